"""What is needed only while something runs is gone with it, and what a killed run left with the next one."""

import os
import tempfile
import time

import pytest

from mulu.errors import UsageFault
from mulu.scratch import scratch

fcntl = pytest.importorskip("fcntl", reason="this system cannot hold a folder")
LONG_AGO = time.time() - 7200


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Have temporary folders made in one that is empty."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(place, name, when=LONG_AGO):
    """Leave a folder with an entry in it, as a run that is killed does."""
    folder = place / name
    folder.mkdir()
    (folder / "entries.jsonl").write_text("{}")
    os.utime(folder, (when, when))
    return folder


def test_it_is_empty_private_and_gone_afterwards(place):
    """Nobody else may look into it."""
    with scratch() as folder:
        assert [*folder.iterdir()] == [] and folder.parent == place and folder.stat().st_mode & 0o077 == 0
        (folder / "a").write_text("a")
    assert [*place.iterdir()] == []
    with pytest.raises(ZeroDivisionError), scratch():
        raise ZeroDivisionError
    assert [*place.iterdir()] == []


def test_what_a_killed_run_left_is_removed(place):
    """What is young may be of one that is just beginning."""
    left(place, "mulu-run-aaaaaaaa.tmp")
    young = left(place, "mulu-run-bbbbbbbb.tmp", time.time())
    with scratch() as folder:
        assert sorted(place.iterdir()) == sorted([young, folder])


def test_what_another_run_holds_stays(place):
    """However long a run takes, its folder is its own."""
    with scratch() as folder:
        (folder / "entries.jsonl").write_text("{}")
        os.utime(folder, (LONG_AGO, LONG_AGO))
        with scratch() as other:
            assert (folder / "entries.jsonl").exists() and other != folder
    of_another = left(place, "mulu-run-cccccccc.tmp")
    opened = os.open(of_another, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        with scratch():
            assert of_another.exists()
    finally:
        os.close(opened)
    with scratch():
        assert not of_another.exists()


def test_only_own_folders_of_that_name_are_removed(place):
    """A link is not followed, a file and what is called otherwise are somebody else's."""
    other = left(place, "other")
    named = [left(place, name) for name in ("mulu-results", "mulu-run-2026", "mulu-exports", "mulu-run-a.tmp")]
    (place / "mulu-run-dddddddd.tmp").symlink_to(other)
    os.utime(place / "mulu-run-dddddddd.tmp", (LONG_AGO, LONG_AGO), follow_symlinks=False)
    (place / "mulu-run-eeeeeeee.tmp").write_text("a")
    os.utime(place / "mulu-run-eeeeeeee.tmp", (LONG_AGO, LONG_AGO))
    with scratch():
        pass
    assert (other / "entries.jsonl").exists() and all((folder / "entries.jsonl").exists() for folder in named)
    assert (place / "mulu-run-dddddddd.tmp").is_symlink() and (place / "mulu-run-eeeeeeee.tmp").is_file()


def test_a_place_whose_name_is_no_unicode_is_told(monkeypatch):
    """Not every library can open what stands there."""
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/\udcff")
    with pytest.raises(UsageFault, match="TMPDIR"), scratch():
        pass
