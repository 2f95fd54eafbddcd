"""Samples of the built-in standard, written into a folder and validated as a user would."""

from dataclasses import dataclass
from datetime import date

import orjson
import pytest

from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load
from mulu.validate import Options, Validation

DAY = date(2026, 1, 15)


@dataclass
class Checked:
    """What was written, what a validation at the last level found, and what the list of faults says."""

    entries: list
    found: list
    expected: list
    sample: Sample


@pytest.fixture(scope="session")
def recipes():
    """The recipes of the built-in standard."""
    return Recipes(load())


@pytest.fixture
def checked(tmp_path, recipes):
    """Return a function that writes a sample, validates it and tells both."""

    def run(*kinds, total=None, seed=1, dose=0.0, day=DAY, by=recipes, faults=None):
        counts = counts_of(by, kinds, total)
        sample = Sample(by, counts, seed, round(dose * sum(counts.values())) if faults is None else faults)
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        file = folder / "样例.jsonl"
        with file.open("wb") as stream:
            for lines in sample.lines():
                stream.write(lines)
        standard = by.standard
        validation = Validation(standard, Options(standard.header.levels[-1].id, day), folder)
        for _ in validation.add(file, file.name):
            pass
        report = validation.finish()
        assert not report.failures and not report.inputs[0].problem
        found = sorted((item["source"]["line"], item["rule"], item["pointer"]) for item in report.findings)
        validation.close()
        expected = sorted((item.line, item.rule, item.pointer) for item in sample.found())
        entries = [orjson.loads(line) for line in file.read_bytes().splitlines()]
        assert len(entries) == sum(counts.values())
        return Checked(entries, found, expected, sample)

    return run
