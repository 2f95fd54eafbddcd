"""A file is written whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mulu.output import NotWritten, whole_file


def test_what_was_written_stands_at_its_place(tmp_path):
    """Nothing but the file itself is left in the folder."""
    target = tmp_path / "目录 终稿.jsonl"
    with whole_file(target) as stream:
        stream.write("甲\n".encode())
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "甲\n"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_failure_leaves_what_stood_there(tmp_path):
    """The old file is as it was, and no half of the new one is left."""
    target = tmp_path / "a.jsonl"
    target.write_bytes(b"old")
    with pytest.raises(KeyError), whole_file(target) as stream:
        stream.write(b"new")
        raise KeyError
    assert target.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("name", "said"), [("没有/a.json", "文件夹不存在"), (".", "这是文件夹")])
def test_what_cannot_be_written_is_said(tmp_path, name, said):
    """The message names the file, the reason and what to do."""
    with pytest.raises(NotWritten) as caught, whole_file(tmp_path / name):
        pass
    assert said in caught.value.zh and "not written" in caught.value.en


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_said(tmp_path, monkeypatch):
    """A write that fails is told as such, and nothing is left."""
    monkeypatch.setattr(os, "fsync", lambda number: os.write(os.open("/dev/full", os.O_WRONLY), b"x"))
    with pytest.raises(NotWritten) as caught, whole_file(tmp_path / "a.json") as stream:
        stream.write(b"x")
    assert "没有写出" in caught.value.zh
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_no_half_file(tmp_path):
    """Whenever the process ends, the name stands for a whole file or for none."""
    target = tmp_path / "a.jsonl"
    program = (
        "import sys; from pathlib import Path; from mulu.output import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as stream:\n"
        "    stream.write(b'x' * 100_000); stream.flush(); print('half', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout.readline() == b"half\n"
        running.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        running.wait()
    assert not target.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_or_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(pipe) as stream:
        stream.write(b"all of it")
    assert os.read(reader, 100) == b"all of it"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)
    assert list(tmp_path.iterdir()) == [pipe]
