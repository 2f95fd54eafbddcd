"""The page of promises says what was measured."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def figures(monkeypatch):
    """Return the module that measures and writes the figures."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    found = importlib.util.spec_from_file_location("reliability", ROOT / "benchmarks" / "reliability.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    yield module
    sys.modules.pop("scale", None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_holds_the_figures_of_the_last_run(figures, language):
    """No figure on it is written by hand."""
    page = figures.PAGES[language].read_text("utf-8")
    inside = page.split(figures.BEGIN)[1].split(figures.END)[0]
    assert inside == figures.table(json.loads(figures.RESULTS.read_text("utf-8")), language)


def test_a_run_with_another_seed_is_one_more(figures):
    """A run with the same seed takes the place of the one before; other parts hold the last run alone."""
    first, again, other = ({"of": "readers", "seed": seed, "count": count} for seed, count in ((1, 5), (1, 9), (2, 9)))
    assert figures.joined(None, [first]) == [first]
    assert figures.joined([first], [again]) == [again]
    assert figures.joined([first], [other]) == [first, other]
    assert figures.joined({"files": 1}, {"files": 2}) == {"files": 2}
