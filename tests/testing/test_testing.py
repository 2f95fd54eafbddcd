"""What authors of a standard use in their own tests."""

import pytest

import mulu
from mulu.publish.begin import begin
from mulu.testing import cases, findings


@pytest.fixture
def folder(tmp_path):
    """Return a new standard that passes."""
    begin("ours", tmp_path / "ours")
    return tmp_path / "ours"


def test_each_file_of_a_new_standard_is_a_case_that_passes(folder):
    found = cases(folder)
    assert {str(case) for case in found} >= {"standard.toml"} and len(found) > 5
    for case in found:
        case.check()


def test_a_fault_is_told_by_the_case_of_its_file_alone(folder):
    rule = next((folder / "validators").rglob("*.yaml"))
    rule.write_text(rule.read_text("utf-8").replace("query:", "querry:"), "utf-8")
    failed = {}
    for case in cases(folder):
        try:
            case.check()
        except AssertionError as error:
            failed[case.path] = str(error)
    assert list(failed) == [rule]
    assert "querry" in failed[rule]


def test_findings_are_compared_by_rule_and_place():
    entry = {"kind": "resource", "title": "x", "nonsense": 1}
    found = findings([entry], level="register")
    assert ("unknown-property", "/nonsense") in [(one.rule, one.pointer) for one in found]
    assert all(one.message["zh"] and one.message["en"] for one in found)


def test_what_cannot_be_checked_raises(tmp_path):
    with pytest.raises(mulu.MuluError):
        findings([])
    with pytest.raises(mulu.MuluError):
        cases(tmp_path)
