"""`--resume`: a batch that was ended goes on where it was, and gives what it would have given."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
# Ends the process for good when two files are done, before it is noted that the second is.
KILLED = """
import os, signal, sys
from mulu.readers.checkpoint import Piece
end, ended = Piece.end, []
def killed(piece, said):
    ended.append(piece)
    if len(ended) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    end(piece, said)
Piece.end = killed
from mulu.cli import run
sys.exit(run(sys.argv[1:]))
"""
RUNS = {
    "validate": "--date 2026-01-31 -q -f json:report.json -f text:report.txt --baseline base.json",
    "convert": "-o out.jsonl --ledger ledger.json --rejects rejects.jsonl",
    "convert --to dcat-us-1.1": "-o out.json --ledger ledger.json",
}


@pytest.fixture
def batch(catalog, good, tmp_path):
    """Return a folder of three files: entries with faults and a broken line, a workbook, entries with a twin."""
    bad = {**good, "sharing": {"type": "无条件共亨"}, "title": "个体工商户  13812345678"}
    folder = tmp_path / "in"
    folder.mkdir()
    catalog(bad, good, name="in/1.jsonl")
    with (folder / "1.jsonl").open("ab") as file:
        file.write(b'{"kind": "resource", \n')
    (folder / "2.xlsx").write_bytes((ROOT / "converters/cn-guide-2017/sample.xlsx").read_bytes())
    catalog(good, bad, {**bad, "identifier": "2"}, name="in/3.jsonl")
    return folder


@pytest.fixture
def baseline(mulu, batch):
    """Return a baseline that knows some of the equal findings of the batch."""
    assert mulu("baseline", "write", batch / "1.jsonl", "-o", "base.json").code == 0


def written(folder):
    """Return the bytes of what a run wrote."""
    names = ("report.json", "report.txt", "out.jsonl", "out.json", "ledger.json", "rejects.jsonl")
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


@pytest.mark.usefixtures("baseline")
@pytest.mark.parametrize("command", RUNS)
def test_after_a_kill_the_rest_is_done_and_the_result_is_the_same(mulu, tmp_path, command):
    """What is finished is not done again, nothing is left out, and no byte differs."""
    arguments = [*command.split(), "in", *RUNS[command].split()]
    whole = mulu(*arguments)
    expected = written(tmp_path)
    for path in expected:
        (tmp_path / path).unlink()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MULU_LANG": "zh"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments, "--resume", "kept"], cwd=tmp_path, env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL and not written(tmp_path)

    again = mulu(*arguments, "--resume", "kept")
    assert "1 个文件以前已完成，本次沿用；本次处理 2 个" in again.err
    assert (again.code, written(tmp_path)) == (whole.code, expected)
    assert expected and not (tmp_path / "kept").exists()


@pytest.fixture
def stopped(mulu, batch):
    """Return a function that runs a batch with a file that cannot be read, so that what is finished stays."""
    (batch / "4.json").write_bytes(b'{"kind": "resource"')

    def run(*arguments):
        return mulu("validate", batch, "-q", "--resume", "kept", *arguments)

    assert run().code == 2
    return run


def test_a_file_that_was_mended_is_all_that_is_done(stopped, batch, good, tmp_path):
    """After an error the others are not checked again; then nothing is left lying about."""
    assert (tmp_path / "kept").is_dir()
    (batch / "4.json").write_bytes(orjson.dumps(good))
    result = stopped()
    assert result.code == 1 and "3 个文件以前已完成，本次沿用；本次处理 1 个" in result.err
    assert not (tmp_path / "kept").exists()


def test_what_is_another_file_or_asked_for_otherwise_is_done_anew(stopped, batch, catalog, good, tmp_path):
    """A file is known by its content, and what came of it by how it was read; what is outdated is removed."""
    catalog(good, name="in/3.jsonl")
    # The numbers of the inputs behind it change.
    catalog(good, name="in/0.jsonl")
    assert "2 个文件以前已完成，本次沿用；本次处理 3 个" in stopped().err
    assert "0 个文件以前已完成，本次沿用；本次处理 5 个" in stopped("--limit", "depth=60").err
    # The level decides nothing that is kept.
    assert "4 个文件以前已完成，本次沿用；本次处理 1 个" in stopped("--limit", "depth=60", "--level", "share").err
    assert len([path for path in (tmp_path / "kept").iterdir() if path.is_dir()]) == 4


def test_a_place_is_found_in_the_file_that_it_is_in(stopped, mulu, batch, catalog, good):
    """A file in front of those that are kept does not shift what rules find to another file."""
    catalog(good, name="in/0.jsonl")
    stopped("-f", "json:resumed.json", "--date", "2026-01-31")
    mulu("validate", batch, "-q", "-f", "json:plain.json", "--date", "2026-01-31")
    assert Path("resumed.json").read_bytes() == Path("plain.json").read_bytes()


def test_what_was_damaged_is_done_anew(stopped, tmp_path):
    """A piece that lost its end on the disk is no result."""
    piece = next(path for path in (tmp_path / "kept").iterdir() if (path / "found.jsonl").exists())
    (piece / "found.jsonl").write_bytes(b"")
    next(piece.glob("*.index")).unlink()
    assert "2 个文件以前已完成，本次沿用；本次处理 2 个" in stopped().err


@pytest.mark.parametrize("which", ["done.json", "another"])
def test_what_says_something_else_is_done_anew(stopped, tmp_path, which):
    """A bit that changed on the disk does not come into a report."""
    files = sorted(path for path in (tmp_path / "kept").glob("*/*") if path.stat().st_size)
    path = next(path for path in files if (path.name == "done.json") == (which == "done.json"))
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    assert "2 个文件以前已完成，本次沿用；本次处理 2 个" in stopped().err


def test_a_folder_of_something_else_is_left_alone(mulu, batch, tmp_path):
    """A folder that was named by mistake is neither written to nor removed."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    for folder, said in (("mine", "有别的文件"), ("in/kept", "会被当作输入"), ("mine/letter.txt", "不能用作")):
        result = mulu("validate", batch, "--resume", folder)
        assert result.code == 2 and said in result.err and "Traceback" not in result.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    assert not (batch / "kept").exists()


@pytest.mark.skipif(os.name != "posix", reason="the system knows no such lock")
def test_two_runs_do_not_share_a_folder(mulu, batch, tmp_path):
    """The second would remove what the first is at."""
    from mulu.readers.checkpoint import Kept

    with Kept(tmp_path / "kept", []):
        result = mulu("convert", batch, "-o", "out.jsonl", "--resume", "kept")
    assert result.code == 2 and "正被另一次运行使用" in result.err


@pytest.mark.parametrize("option", ["--fix", "--diff", "--since=HEAD"])
def test_options_that_need_the_whole_run_do_not_go_with_it(mulu, batch, option):
    """What cannot be kept is said, rather than half done."""
    result = mulu("validate", batch, option, "--resume", "kept")
    assert result.code == 2 and "同用" in result.err


def test_a_file_that_would_end_at_the_limit_of_findings_is_not_taken_for_whole(stopped, mulu, batch, catalog, good):
    """Which findings count depends on the level: what was checked to its end then is not at a higher one."""
    entries = [{**good, "identifier": f"307021022100/{number:06}"} for number in range(1, 101)]
    catalog(*entries, name="in/0.jsonl")
    options = ("--limit", "findings=50", "--date", "2026-01-31")
    stopped(*options)
    assert "4 个文件以前已完成" in stopped(*options).err
    higher = (*options, "--level", "interoperate")
    result = stopped(*higher, "-f", "json:resumed.json")
    assert "3 个文件以前已完成，本次沿用；本次处理 2 个" in result.err
    plain = mulu("validate", batch, "-q", *higher, "-f", "json:plain.json")
    assert "findings = 50" in plain.err and plain.err in result.err
    assert Path("resumed.json").read_bytes() == Path("plain.json").read_bytes()
