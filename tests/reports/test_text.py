"""The report for a screen: what depends on the screen."""

import importlib
import io
import os
import struct
import sys

import pytest

from mulu.reports import report_format
from mulu.texts import width


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [50, 80])
def test_sentences_keep_to_the_width_of_a_terminal_and_to_their_indent(report, language, columns):
    """It says the same as in a file, where no line is broken; places, which people copy, are on one line."""
    fcntl, pty, termios = map(importlib.import_module, ("fcntl", "pty", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

    class Terminal(io.BytesIO):
        def isatty(self):
            return True

        def fileno(self):
            return theirs

    plain, shown = io.BytesIO(), Terminal()
    for stream in (plain, shown):
        report_format("text").write(report, stream, language, False)
    os.close(ours)
    os.close(theirs)
    plain, shown = (stream.getvalue().decode() for stream in (plain, shown))
    assert shown.count("\n") > plain.count("\n")
    assert "".join(shown.split()) == "".join(plain.split())
    for line in shown.splitlines():
        if line.startswith("    ") and "|" not in line:
            assert width(line) <= columns or " " not in line.strip(), line
    assert {line for line in plain.splitlines() if "›" in line} <= set(shown.splitlines())
