"""Statistics: what a standard counts in a whole catalog, asked like a rule and told in reports."""

import json
from datetime import date

import pytest

import mulu
from mulu.reports import report_format
from mulu.standard import load

STANDARD = load()
DAY = date(2026, 1, 15)


def figures(entries, tmp_path, standard=STANDARD):
    """Return the statistics of a catalog, as the JSON report tells them."""
    path = tmp_path / "catalog.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    with mulu.validate(path, standard=standard, today=DAY) as report:
        with (tmp_path / "report.json").open("wb") as stream:
            report_format("json").write(report, stream, "zh", False)
        return {one["id"]: one["rows"] for one in json.loads((tmp_path / "report.json").read_bytes())["statistics"]}


def service(number, visits):
    """Return a service item with so many visits, or without any statement of them."""
    entry = dict(STANDARD.examples["service"], title=f"事项{number}")
    entry.pop("visits", None)
    return entry if visits is None else entry | {"visits": visits}


def test_the_share_of_items_with_at_most_one_visit_is_counted(tmp_path):
    """Items that do not say are left out of both numbers."""
    found = figures([service(n, visits) for n, visits in enumerate([0, 1, 1, 2, None])], tmp_path)
    assert found["visits-at-most-one"] == [{"label": None, "value": 3, "total": 4}]


def test_what_there_is_nothing_of_is_not_counted(tmp_path):
    """A catalog of resources tells nothing of service items."""
    found = figures([STANDARD.examples["resource"]], tmp_path)
    assert "visits-at-most-one" not in found
    assert sum(row["value"] for row in found["resources-by-sharing-type"]) == 1


def test_a_material_with_several_sources_counts_once(tmp_path):
    """The figure is of materials, not of where they could come from."""
    entry = dict(STANDARD.examples["service"])
    entry["materials"] = [
        {"name": "甲", "availableFrom": [{"resource": "1"}, {"resource": "2"}]},
        {"name": "乙"},
    ]
    found = figures([entry], tmp_path)
    assert found["materials-with-another-source"] == [{"label": None, "value": 1, "total": 2}]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screen_tells_them(tmp_path, language):
    """Number, whole and share, in both languages."""
    path = tmp_path / "catalog.jsonl"
    path.write_text(json.dumps(service(1, 1)) + "\n", encoding="utf-8")
    with mulu.validate(path, today=DAY) as report, (tmp_path / "report.txt").open("wb") as stream:
        report_format("text").write(report, stream, language, False)
    text = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert STANDARD.statistics["visits-at-most-one"].text.title.get(language) in text
    assert "1/1 (100.0%)" in text


def test_the_statistics_of_another_standard_are_counted_apart(tmp_path):
    """They are queries of strangers: they run in the child, as its rules do."""
    profile = load(STANDARD.roots[0] / "profiles" / "zhejiang")
    found = figures([service(1, 1), service(2, 3)], tmp_path, profile)
    assert found["visits-at-most-one"] == [{"label": None, "value": 1, "total": 2}]
