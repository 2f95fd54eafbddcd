"""Each hostile file gets a verdict: one exit code, a line with its name and the reason, nothing else."""

import json
import re

import pytest
from hostile_samples import SAMPLES
from verdict import CONTROL, assert_verdict

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_hostile_file_gets_a_verdict(mulu, name):
    """Validated in both languages and converted, the file ends in a code and in words."""
    sample = SAMPLES[name]
    file = mulu.folder / sample.file
    file.write_bytes(sample.make())
    codes = (2,) if sample.refused else (0, 1, 2)
    for language in ("zh", "en"):
        ran = mulu("validate", file.name, "-f", "json:report.json", "-f", "text", language=language)
        assert_verdict(ran, codes)
        if ran.code == 2:
            lines = [line for line in ran.err.splitlines() if line.startswith("mulu: ")]
            assert len(lines) == 1 and len(lines[0]) < 1000, ran.err
            assert file.name in lines[0] and bool(HAN.search(lines[0].replace(file.name, ""))) == (language == "zh")
        if sample.refused:
            assert sample.refused == "" or sample.refused in ran.err, ran.err
    report = (mulu.folder / "report.json").read_bytes().decode("utf-8")
    assert not CONTROL.search(report)
    for rule in sample.rules:
        assert rule in json.loads(report)["rules"], json.loads(report)["rules"].keys()
    ran = mulu("convert", file.name, "-o", "out.jsonl")
    assert_verdict(ran, (0, 2))
    if ran.code == 0:
        assert all(json.loads(line) for line in (mulu.folder / "out.jsonl").read_bytes().splitlines())
    left = {path.name for path in mulu.folder.iterdir()}
    assert left <= {file.name, "report.json", "out.jsonl"}, left


def test_there_are_enough_of_them():
    """The suite does not lose samples by a wrong pattern."""
    assert len(SAMPLES) >= 150
