"""What every verdict is, whatever the file."""

import os
import re
import zlib
from dataclasses import dataclass

# What must not leave: control characters but the line feed, separators, directions, zero widths, lone surrogates.
CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\ud800-\udfff]"
)
COMMAND = re.compile(r"^\s*(::|##)", re.MULTILINE)
GIGABYTE = 2**30
LARGE = 2**18


def languages(name):
    """Return the languages that a sample is tried in: one of them, both if `TEST_WHOLE` is set."""
    return _part(("zh", "en"), name)


def commands(name, size):
    """Return the commands that a sample of `size` bytes is tried with: of a large one only one of them, both if
    `TEST_WHOLE` is set.
    """
    both = ("convert", "validate")
    return both if size < LARGE else _part(both, name)


def _part(both, name):
    return both if os.environ.get("TEST_WHOLE") else (both[zlib.crc32(name.encode()) % 2],)


@dataclass
class Ran:
    """What one command did."""

    code: int | None
    signal: int
    rss: int
    out: str
    err: str

    @property
    def said(self):
        """All that was printed."""
        return self.out + self.err


def assert_verdict(ran, codes=(0, 1, 2)):
    """Hold what was printed to what every verdict is: no signal, no traceback, nothing that drives a terminal."""
    assert ran.signal == 0, f"ended by signal {ran.signal}"
    assert ran.code in codes, (ran.code, ran.said[-2000:])
    assert ran.rss < GIGABYTE, f"{ran.rss // 2**20} MiB"
    assert "Traceback" not in ran.said
    assert "internal error" not in ran.said and "内部错误" not in ran.said, ran.said[-2000:]
    assert not CONTROL.search(ran.said), ascii(CONTROL.search(ran.said))
    assert not COMMAND.search(ran.said)
