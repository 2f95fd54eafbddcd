"""Mutants of good files: a small number each time, a large one by hand (`python tests/fuzz/run.py`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize(("of", "count"), [("readers", 700), ("standards", 300)])
def test_mutants_are_read_or_refused_in_words(of, count):
    """Nothing answers a broken file by anything but a result or a refusal: reading, conversion, loading a standard."""
    program = str(Path(__file__).with_name("run.py"))
    command = [sys.executable, program, "--of", of, "--count", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
