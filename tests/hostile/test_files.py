"""Each hostile file gets a verdict: one exit code, a line with its name and the reason, nothing else."""

import json
import re

import pytest
from hostile_samples import SAMPLES
from verdict import CONTROL, assert_verdict, commands, languages

from mulu.texts import clean

# All rules at each of hundreds of files would say nothing more of them.
ONE = ("--only", "duplicate-identifier")
HAN = re.compile("[\u4e00-\u9fff]")


def assert_validated(mulu, file, name):
    """Hold what `validate` says of a sample, in the languages in which it is tried, to what must be said of it."""
    sample = SAMPLES[name]
    codes = (0, 1, 2) if sample.refused is None else (2,)
    for language in languages(name):
        ran = mulu("validate", file.name, *ONE, "-f", "json:report.json", "-f", "text", language=language)
        assert_verdict(ran, codes)
        if ran.code == 2:
            lines = [line for line in ran.err.splitlines() if line.startswith("mulu: ")]
            assert len(lines) == 1 and len(lines[0]) < 1000, ran.err
            words = HAN if language == "zh" else re.compile("[a-z]{2,} [a-z]{2,}")
            assert clean(file.name) in lines[0] and words.search(lines[0].replace(file.name, ""))
        if sample.refused and language == "en":
            assert sample.refused in ran.err, ran.err
        if ran.code != 2:
            # What the texts of findings say in English is tested where they are made.
            break
    report = (mulu.folder / "report.json").read_bytes().decode("utf-8")
    assert not CONTROL.search(report)
    for rule in sample.rules:
        assert rule in json.loads(report)["rules"], json.loads(report)["rules"].keys()


def assert_converted(mulu, file, name):
    """Hold what `convert` makes of a sample to what may become of any file."""
    ran = mulu("convert", file.name, "-o", "out.jsonl")
    # Lines that are no JSON are set aside: 1.
    assert_verdict(ran)
    if ran.code < 2:
        assert all(json.loads(line) for line in (mulu.folder / "out.jsonl").read_bytes().splitlines())


TRIED = {"validate": assert_validated, "convert": assert_converted}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_hostile_file_gets_a_verdict(mulu, name):
    """Validated in either language and converted, the file ends in a code and in words."""
    sample = SAMPLES[name]
    file = mulu.folder / sample.file
    data = sample.make()
    file.write_bytes(data)
    for command in commands(name, len(data)):
        TRIED[command](mulu, file, name)
    left = {path.name for path in mulu.folder.iterdir()}
    assert left <= {file.name, "report.json", "out.jsonl"}, left


def test_there_are_enough_of_them():
    """The suite does not lose samples by a wrong pattern."""
    assert len(SAMPLES) >= 150
