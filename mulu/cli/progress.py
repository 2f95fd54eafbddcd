"""How far a long run is, on a line of standard error that is written over; in a log, if that is asked for, on lines."""

import sys
import time

from mulu.cli.console import say
from mulu.texts import width

MODES = ("auto", "always", "never")
_FIRST = 1.0
_AGAIN = 0.2
_IN_A_LOG = 10.0
"""Seconds between two lines of a log, which nothing takes away."""


class Progress:
    """Told how far a run is (`mulu.validate.run.Progress`), shows it from the second second on."""

    def __init__(self, mode: str = "auto") -> None:
        self._over = sys.stderr.isatty()
        self._silent = mode == "never" or (mode == "auto" and not self._over)
        self._begin = time.monotonic()
        self._shown = 0.0
        self._wide = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, entries: int, part: float | None, rules: float | None) -> None:
        """Show entries, entries a second and the time left; then which part of the rules is done."""
        now = time.monotonic()
        if self._silent or now - self._begin < _FIRST or now - self._shown < (_AGAIN if self._over else _IN_A_LOG):
            return
        self._shown = now
        if rules is not None:
            done = int(100 * rules)
            self._write(say(f"{entries:,} 条，规则 {done}%", f"{entries:,} entries, rules {done}%"))
            return
        passed = now - self._begin
        rate = int(entries / passed)
        left = int(passed * (1 - part) / part) if part else None
        more = "" if left is None else say(f"，约剩 {left} 秒", f", about {left} s left")
        self._write(say(f"{entries:,} 条，每秒 {rate:,} 条{more}", f"{entries:,} entries, {rate:,} a second{more}"))

    def close(self) -> None:
        """Take the line away, so that what is written next stands alone."""
        if self._wide:
            sys.stderr.write("\r" + " " * self._wide + "\r")
            sys.stderr.flush()
            self._wide = 0

    def _write(self, text: str) -> None:
        if not self._over:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
            return
        wide = width(text)
        sys.stderr.write("\r" + text + " " * max(0, self._wide - wide))
        sys.stderr.flush()
        self._wide = wide
