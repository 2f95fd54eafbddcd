"""A file is written whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mulu.output import NotWritten, refuse_no_place, whole_file, whole_folder


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


def test_another_file_that_is_missing_is_not_its_folder(tmp_path):
    """What is needed on the way, such as a folder for temporary files, is told by the system's words."""
    with pytest.raises(NotWritten) as caught, whole_file(tmp_path / "a.json"):
        raise FileNotFoundError(2, "no usable temporary directory")
    assert "no usable temporary directory" in caught.value.en and "make" not in caught.value.en


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


@pytest.mark.skipif(os.name != "posix", reason="links and modes are otherwise there")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_a_link_stays_and_its_file_keeps_its_mode(tmp_path, mode):
    """Whether links lead on, and from wherever they are relative to; while it is written nobody else may read it."""
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "target.json"
    target.write_bytes(b"old")
    target.chmod(mode)
    (tmp_path / "there" / "second.json").symlink_to("target.json")
    link = tmp_path / "out.json"
    link.symlink_to("there/second.json")
    with whole_file(link) as stream:
        stream.write(b"new")
        assert stream.name == str(link)
        (temporary,) = target.parent.glob(".mulu-*")
        assert stat.S_IMODE(temporary.stat().st_mode) == mode
    assert link.is_symlink() and target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert sorted(path.name for path in target.parent.iterdir()) == ["second.json", "target.json"]


@pytest.mark.skipif(os.name != "posix", reason="links are otherwise there")
def test_links_that_lead_to_no_file(tmp_path, monkeypatch):
    """A new file is made where a link leads; a round of links, a missing folder and a link of another are told."""
    (tmp_path / "out.json").symlink_to("new.json")
    with whole_file(tmp_path / "out.json") as stream:
        stream.write(b"new")
    assert (tmp_path / "new.json").read_bytes() == b"new" and (tmp_path / "out.json").is_symlink()
    (tmp_path / "round.json").symlink_to("round.json")
    (tmp_path / "none.json").symlink_to("none/a.json")
    for name in ("round.json", "none.json"):
        for attempt in (lambda path: whole_file(path).__enter__(), refuse_no_place):
            with pytest.raises(NotWritten):
                attempt(tmp_path / name)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(Path, "lstat", lambda path: os.stat_result((stat.S_IFLNK, 0, 0, 0, 4712, 0, 0, 0, 0, 0)))
    with pytest.raises(NotWritten) as caught:
        refuse_no_place(tmp_path / "out.json")
    assert "another user" in caught.value.en and "他人" in caught.value.zh
    assert (tmp_path / "new.json").read_bytes() == b"new"
