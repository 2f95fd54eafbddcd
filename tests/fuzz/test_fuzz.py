"""Mutants of good files: a small number each time, a large one by hand (`python tests/fuzz/run.py`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_mutants_are_read_or_refused_in_words():
    """No reader answers a broken file by anything but a document or a refusal."""
    program = str(Path(__file__).with_name("run.py"))
    done = subprocess.run([sys.executable, program, "--count", "2000"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
