"""How far a run is: told to people at a terminal, and to nobody else."""

import contextlib
import io
import os
import subprocess
import sys

import pytest

from mulu.cli import progress


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self):
        """Say so."""
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_nothing_is_shown_where_nobody_looks(clock, monkeypatch):
    """A file of messages has no lines that are written over."""
    stream = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    with progress.Progress() as told:
        clock[0] += 60
        told(1000, 0.5, None)
    assert stream.getvalue() == ""


def test_lines_in_a_log_are_asked_for(clock, monkeypatch):
    """`always` writes a line now and then where there is no terminal; `never` nothing where there is one."""
    stream = io.StringIO()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    monkeypatch.setattr(progress, "say", lambda zh, en: en)
    with progress.Progress("always") as told:
        for passed in (10, 1, 9):
            clock[0] += passed
            told(1000, None, None)
    assert stream.getvalue() == "1,000 entries, 100 a second\n1,000 entries, 50 a second\n"
    stream = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    with progress.Progress("never") as told:
        clock[0] += 60
        told(1000, 0.5, None)
    assert stream.getvalue() == ""


def test_entries_rate_and_time_left(clock, monkeypatch):
    """Nothing in the first second; then one line, which is taken away in the end."""
    stream = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    monkeypatch.setattr(progress, "say", lambda zh, en: en)
    with progress.Progress() as told:
        told(10, 0.1, None)
        assert stream.getvalue() == ""
        clock[0] += 10
        told(50_000, 0.25, None)
        assert "50,000 entries, 5,000 a second, about 30 s left" in stream.getvalue()
        shown = stream.getvalue()
        told(50_001, 0.25, None)
        assert stream.getvalue() == shown
        clock[0] += 1
        told(200_000, None, 0.5)
        assert "200,000 entries, rules 50%" in stream.getvalue()
    assert stream.getvalue().endswith("\r") and "\n" not in stream.getvalue()


def on_terminal(folder, *arguments):
    """Return what a terminal shows of a run: standard output and standard error, and the exit code."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mulu", *arguments, "--lang", "zh"]
    code = subprocess.run(command, cwd=folder, stdout=theirs, stderr=theirs, check=False).returncode
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    return shown.decode(), code


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_what_was_not_checked_is_told_once_on_a_terminal(mulu, tmp_path):
    """The report stands right below; into a file or a pipe goes the report, to the terminal the reason."""
    (tmp_path / "坏.json").write_text("{")
    shown, code = on_terminal(tmp_path, "validate", "坏.json")
    assert code == 2 and shown.count("坏.json") == 1
    piped = mulu("validate", "坏.json")
    assert piped.out.count("坏.json") == piped.err.count("坏.json") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_a_page_does_not_go_to_a_terminal(mulu, tmp_path, catalog, good):
    """Thousands of lines of markup are no answer; a pipe gets them."""
    name = catalog(good)
    shown, code = on_terminal(tmp_path, "validate", name, "-f", "html")
    assert code == 2 and "-f html:报告.html" in shown and "<" not in shown
    assert mulu("validate", name, "-f", "html").out.startswith("<!DOCTYPE html>")
