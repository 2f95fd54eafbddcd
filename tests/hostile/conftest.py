"""How a hostile sample is run: the command line in a bounded process, what it printed and what it left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Modules beside this one are found by their names.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def driver():
    """Return the process that runs the samples."""
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("driver.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def mulu(driver, tmp_path):
    """Return a function that runs the command line in a bounded process, in a folder of its own."""
    streams = tmp_path / "streams"
    temporary = tmp_path / "temporary"
    work = tmp_path / "work"
    for folder in (streams, temporary, work):
        folder.mkdir()

    def call(*arguments, language="en", **more):
        request = {
            "arguments": [*map(str, arguments), "--lang", language],
            "cwd": str(work),
            "environment": {"TMPDIR": str(temporary)} | more.pop("environment", {}),
            "out": str(streams / "out"),
            "err": str(streams / "err"),
        } | more
        driver.stdin.write(json.dumps(request) + "\n")
        driver.stdin.flush()
        from verdict import Ran

        answer = json.loads(driver.stdout.readline())
        out, err = (
            file.read_bytes().decode("utf-8") if file.exists() else "" for file in (streams / "out", streams / "err")
        )
        assert list(temporary.iterdir()) == [], "something was left in the temporary folder"
        return Ran(answer["code"], answer["signal"], answer["rss"], out, err)

    call.folder = work
    return call
