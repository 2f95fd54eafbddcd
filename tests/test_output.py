"""A file is written whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mulu.output import NotWritten, whole_file, whole_folder


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


LONG_AGO = 1_000_000_000


@pytest.mark.skipif(os.name != "posix", reason="a process is ended otherwise there")
def test_what_a_killed_process_left_is_removed_by_a_later_one(tmp_path):
    """A file or a folder, a day later; what somebody may still write to stays, and so does what is another's."""
    program = (
        "import os, signal, sys; from pathlib import Path; from mulu.output import whole_file, whole_folder\n"
        "with whole_folder(Path('site')) as folder, whole_file(Path('a.json')) as stream:\n"
        "    (folder / 'index.html').write_bytes(b'x'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    left = sorted(tmp_path.iterdir())
    assert len(left) == 4 and sum(path.is_dir() for path in left) == 2
    kept = [next(path for path in left if path.is_dir() == is_folder) for is_folder in (True, False)]
    for path in set(left) - set(kept):
        os.utime(path, (LONG_AGO, LONG_AGO))
    (tmp_path / "others").mkdir()
    (tmp_path / ".mulu-0.tmp").symlink_to("others")
    os.utime(tmp_path / ".mulu-0.tmp", (LONG_AGO, LONG_AGO), follow_symlinks=False)
    with whole_folder(tmp_path / "site"):
        pass
    assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / "others", tmp_path / "site"])


@pytest.mark.skipif(os.name != "posix", reason="a process is ended otherwise there")
def test_a_folder_that_was_put_aside_is_never_cleared_away(tmp_path):
    """Between two renames it is all there is."""
    program = (
        "import os, signal; from pathlib import Path; from mulu.output import whole_folder\n"
        "rename, seen = Path.rename, []\n"
        "def dies(path, target):\n"
        "    seen or rename(path, target)\n"
        "    seen and os.kill(os.getpid(), signal.SIGKILL)\n"
        "    seen.append(path)\n"
        "Path.rename = dies\n"
        "with whole_folder(Path('site'), replaces=True): pass"
    )
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_bytes(b"old")
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    for path in tmp_path.iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO))
    with whole_folder(tmp_path / "other"):
        pass
    assert [path.read_bytes() for path in tmp_path.glob("*/index.html")] == [b"old"]


def test_a_folder_that_is_replaced_leaves_nothing(tmp_path):
    for content in (b"old", b"new"):
        with whole_folder(tmp_path / "site", replaces=True) as folder:
            (folder / "index.html").write_bytes(content)
    assert (tmp_path / "site/index.html").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
