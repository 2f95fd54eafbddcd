"""Every rule's own examples, as a user would validate them; tests/publish holds all of them to all rules at once."""

from datetime import date

import pytest

from mulu.pointer import dumps
from mulu.standard import load
from mulu.standard.rules import read_rule
from mulu.validate import Options, Validation

STANDARD = load()
TODAY = date(2026, 1, 15)
LAST = STANDARD.header.levels[-1].id
CASES = [
    pytest.param(rule, examples[0], id=f"{rule.id}-{kind}")
    for rule in STANDARD.rules.values()
    for kind, examples in (("pass", rule.passes), ("fail", rule.fails))
]


@pytest.fixture
def checked(tmp_path):
    """Return a function that validates entries and gives back the report."""

    def check(entries, only=()):
        file = tmp_path / "catalog.jsonl"
        file.write_bytes(b"".join(dumps(dict(entry)) + b"\n" for entry in entries))
        folder = tmp_path / "run"
        folder.mkdir()
        run = Validation(STANDARD, Options(LAST, TODAY, only=frozenset(only)), folder)
        assert list(run.add(file, "catalog.jsonl"))[-1] == len(entries)
        return run.finish()

    return check


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_is_found_where_the_rule_says(rule, example, checked):
    """A passing example has no finding of the rule, a failing one has them at its places and nowhere else.

    Both conform to the schema, or the rule would never see them.
    """
    report = checked(example.entries, [rule.id])
    assert not report.failures and report.inputs[0].problem is None
    every = list(report.findings)
    assert not [
        (f["rule"], f["pointer"]) for f in every if f["rule"] not in STANDARD.rules and f["severity"] == "error"
    ]
    findings = [finding for finding in every if finding["rule"] == rule.id]
    lines = [(finding["source"]["line"] - 1, finding["pointer"]) for finding in findings]
    assert sorted(set(lines)) == sorted(example.at)
    for finding in findings:
        # A parameter that the query does not give would stand in the message as it is written.
        assert "{" not in finding["message"]["zh"] + finding["message"]["en"]
        assert "{" not in finding["mend"]["zh"] + finding["mend"]["en"]
        assert finding["severity"] == rule.text.severity and finding["level"] == rule.text.level


@pytest.mark.parametrize("rule", STANDARD.rules.values(), ids=lambda rule: rule.id)
def test_a_rule_has_both_examples_and_a_source(rule):
    """A rule that cannot pass or cannot fail is none."""
    assert rule.passes and rule.fails
    assert all(example.at for example in rule.fails)
    assert rule.text.source
    assert rule.path.stem == rule.text.id and rule.path.parent.name == rule.topic


def test_a_query_is_what_the_whole_file_says():
    """Of the built-in standard's rules a run reads the queries alone, which must make no difference."""
    whole = {rule.id: read_rule(rule.path, set(STANDARD.levels), {}).query for rule in STANDARD.rules.values()}
    assert {rule.id: rule.query for rule in STANDARD.rules.values()} == whole


def test_there_are_rules_for_what_departments_get_wrong():
    """The standard says what a schema cannot."""
    assert len(STANDARD.rules) >= 130


@pytest.mark.parametrize("kind", STANDARD.schemas.kinds)
def test_the_example_of_a_kind_is_right_in_every_way(kind, checked):
    """What is shown as an example has no finding at any level."""
    report = checked([STANDARD.examples[kind]])
    assert [(f["rule"], f["pointer"]) for f in report.findings] == []


@pytest.mark.parametrize(
    ("region", "message", "mend"),
    [
        ("330103", "现为 330105（拱墅区）", "改为 330105；"),
        ("330103001", "330103001 的前 6 位 330103（下城区）", "改为 330105，其后各位（乡镇、村）"),
        ("130103", "分属 130102;130104", "改为其中一个：130102;130104；"),
        ("132102", "没有直接对应的新代码", "按现在的区划改为所在地的代码；"),
    ],
)
def test_a_retired_region_is_told_with_what_came_of_it(checked, region, message, mend):
    """A successor by its name, several, none; of a township's code the part that is retired."""
    entry = STANDARD.examples["resource"]
    entry = {**entry, "publisher": {**entry["publisher"], "region": region}}
    (finding,) = checked([entry], ["retired-region"]).findings
    assert message in finding["message"]["zh"] and mend in finding["mend"]["zh"]
