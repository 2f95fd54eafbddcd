"""What is written is whole or not there, whatever happens on the way, and the message says which."""

import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from verdict import assert_verdict

from mulu.publish.begin import begin

ROOT = Path(__file__).parents[2]
WORKBOOK = next((ROOT / "examples").glob("*.xlsx"))
KILLS = int(os.environ.get("TEST_KILLS", "10"))
COMMANDS = {
    "convert": ("convert", "a.xlsx", "-o", "out", "--ledger", "ledger.json"),
    "validate": ("validate", "a.xlsx", "-q", "-f", "json:out", "-f", "xlsx:out.xlsx"),
}


ENDS = [("SIGTERM", 143, "terminated"), ("SIGHUP", 129, "terminated"), ("SIGINT", 130, "interrupted")]


@pytest.fixture
def catalog(mulu):
    """Return a workbook in the folder of the run."""
    shutil.copy(WORKBOOK, mulu.folder / "a.xlsx")
    return mulu.folder / "a.xlsx"


def whole(path):
    """Whether a file that is there is complete."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        return data.startswith(b"PK") and b"PK\x05\x06" in data
    return all(json.loads(line) for line in data.splitlines()) if data.startswith(b'{"') else bool(json.loads(data))


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_killed_run_leaves_whole_files_or_none(tmp_path, command):
    """Killed at any moment, the run has written nothing or all of each file; no process is left behind."""
    chance = random.Random(command)
    shutil.copy(WORKBOOK, tmp_path / "a.xlsx")
    program = [sys.executable, "-m", "mulu", *COMMANDS[command]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    began = time.monotonic()
    subprocess.run(program, cwd=tmp_path, env=environment, check=False, capture_output=True)
    lasts = time.monotonic() - began
    for path in tmp_path.glob("out*"):
        path.write_bytes(b'{"old": 1}' if path.suffix != ".xlsx" else path.read_bytes())
    killed = 0
    while killed < KILLS:
        with subprocess.Popen(
            program, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as running:
            began = time.monotonic()
            try:
                # It came to its end: others will, too, so that later moments need not be tried.
                running.wait(chance.random() * lasts)
                lasts = time.monotonic() - began
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                killed += 1
        assert all(whole(path) for path in tmp_path.iterdir() if path.name.startswith(("out", "ledger")))
        others = {path.name for path in tmp_path.iterdir()} - {"a.xlsx", "out", "out.xlsx", "ledger.json", "temporary"}
        assert all(name.startswith(".mulu-") and name.endswith(".tmp") for name in others)


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize(("name", "code", "said"), ENDS)
def test_a_run_that_is_asked_to_end_leaves_nothing(tmp_path, name, code, said):
    """It cleans up, says so by its exit code, and is not disturbed in that by being asked again at once."""
    shutil.copy(WORKBOOK, tmp_path / "a.xlsx")
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "temporary")}
    program = [sys.executable, "-m", "mulu", "convert", "-", "-o", "out", "--lang", "en"]
    with subprocess.Popen(
        program,
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Who runs the tests in the background has Ctrl-C ignored, and with nohup that the terminal is gone.
        preexec_fn=lambda: signal.signal(getattr(signal, name), signal.SIG_DFL),
    ) as running:
        while not list((tmp_path / "temporary").glob("*/*")):
            time.sleep(0.01)
        for _ in range(3):
            running.send_signal(getattr(signal, name))
        words = running.stderr.read()
        assert said in words and words.count("\n") == 1
    assert running.returncode == code
    assert {path.name for path in tmp_path.iterdir()} == {"a.xlsx", "temporary"}
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="needs the alarm of POSIX")
def test_a_run_that_is_asked_to_end_ends_where_a_library_keeps_that_to_itself():
    program = """
import os, signal
from mulu.cli import signals
signals._PATIENCE = 1
signals.heed()
try:
    os.kill(os.getpid(), signal.SIGTERM)
except signals.Ended:
    pass
while True:
    pass
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, check=False, timeout=60)
    assert ran.returncode == -signal.SIGALRM


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("size", [0, 1, 1_000, 8_000])
def test_a_disk_that_is_full_is_said(mulu, catalog, command, size):
    """No file may grow beyond some bytes: the old files stand, the message says that it was not written."""
    (mulu.folder / "out").write_bytes(b"old")
    ran = mulu(*COMMANDS[command], file_size=size, out="/dev/null", err="/dev/null")
    assert ran.signal == 0 and ran.code == 2
    assert (mulu.folder / "out").read_bytes() == b"old"
    assert {path.name for path in mulu.folder.iterdir()} <= {"a.xlsx", "out"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [("validate", "a.xlsx"), ("convert", "a.xlsx"), ("rules",), ("limits",)])
def test_a_screen_that_takes_nothing_is_said(mulu, catalog, arguments):
    """What could not be printed is a fault, and no traceback."""
    ran = mulu(*arguments, out="/dev/full")
    assert ran.code == 2 and ran.signal == 0
    assert "Traceback" not in ran.err and "did not complete" in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_an_input_is_not_overwritten(mulu, catalog, command):
    """An output that is an input, by whatever name, is refused."""
    before = catalog.read_bytes()
    (mulu.folder / "link.xlsx").symlink_to(catalog)
    for name in ("a.xlsx", "./a.xlsx", "link.xlsx"):
        wanted = ("-o", name) if command == "convert" else ("-f", f"xlsx:{name}")
        ran = mulu(command, "a.xlsx", *wanted)
        assert_verdict(ran, (2,))
        assert "is an input" in ran.err and catalog.read_bytes() == before


def test_a_file_of_the_standard_is_not_overwritten(mulu, catalog):
    """A standard that is used is an input, too."""
    begin("mine", mulu.folder / "mine", None)
    (mulu.folder / "link").symlink_to("mine/standard.toml")
    before = (mulu.folder / "mine" / "standard.toml").read_bytes()
    for name in ("mine/standard.toml", "mine/../mine/standard.toml", "link"):
        for ran in (
            mulu("standard", "pack", "mine", "-o", name),
            mulu("validate", "a.xlsx", "--standard", "mine", "-f", f"json:{name}"),
        ):
            assert_verdict(ran, (2,))
            assert "belongs to the standard" in ran.err
    assert (mulu.folder / "mine" / "standard.toml").read_bytes() == before


def test_what_a_sample_becomes_is_written_anew(mulu):
    """As the documentation tells whoever changes a mapping; an account does not take its place."""
    begin("mine", mulu.folder / "mine", None)
    folder = mulu.folder / "mine" / "converters" / "example-table"
    expected = folder / "expected.jsonl"
    before = expected.read_bytes()
    expected.write_bytes(b"")
    convert = ("convert", str(folder / "sample.csv"), "--standard", "mine")
    assert mulu(*convert, "-o", str(expected)).code == 0 and expected.read_bytes() == before
    for wanted in (("--ledger", str(expected)), ("-o", str(folder / "mapping.yaml"))):
        assert "belongs to the standard" in mulu(*convert, *wanted).err
    assert expected.read_bytes() == before


def test_words_that_nobody_can_be_told_change_no_exit_code(mulu):
    """A wrong command line is no finding, be standard error full."""
    assert mulu("valdate", err="/dev/full").code == 2


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("command", ["rules >&-", "validate - <&-"])
def test_a_closed_stream_is_said(tmp_path, command):
    """What cannot be printed or read is a fault, and none of the program."""
    line = f"{shlex.quote(sys.executable)} -m mulu --lang en {command}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "is closed" in done.stderr and "internal" not in done.stderr


def test_a_target_that_cannot_be_written_is_said(mulu, catalog):
    """A folder, and a file in a folder that is not there, are named."""
    (mulu.folder / "folder").mkdir()
    for name, said in (("folder", "it is a folder"), ("none/out", "does not exist")):
        ran = mulu("convert", "a.xlsx", "-o", name)
        assert_verdict(ran, (2,))
        assert f"{name}: not written" in ran.err and said in ran.err


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("command", ["validate a.xlsx", "convert a.xlsx", "rules", "explain resource"])
def test_a_reader_that_goes_away_is_no_fault(tmp_path, command):
    """`| head -1` ends the run quietly."""
    shutil.copy(WORKBOOK, tmp_path / "a.xlsx")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{shlex.quote(sys.executable)} -m mulu {command} --lang en | head -1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr and "Error" not in done.stderr and done.stdout.count("\n") == 1


def test_what_a_killed_run_left_is_cleared_later(mulu, catalog):
    """A forgotten temporary file goes, one that may be in use stays."""
    old, new = (mulu.folder / f".mulu-{name}.tmp" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    assert mulu("convert", "a.xlsx", "-o", "out").code == 0
    assert not old.exists() and new.exists()


@pytest.mark.skipif(os.name != "posix", reason="other systems keep the folder")
def test_a_working_folder_that_is_gone_is_told(tmp_path):
    """The system does not say what is missing."""
    said = [sys.executable, "-m", "mulu", "limits", "--lang", "en"]
    line = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        ["sh", "-c", line, "sh", *said], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "the current folder: the file or folder does not exist" in done.stderr


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no sockets that are files")
def test_a_socket_is_no_file(mulu, monkeypatch):
    """It is told as what it is, and nothing is asked of whoever listens."""
    monkeypatch.chdir(mulu.folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("a.csv")
        ran = mulu("validate", "a.csv")
    assert_verdict(ran, (2,))
    assert "socket" in ran.err
