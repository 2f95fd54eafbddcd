"""A catalog in which many rules are broken at once: each is told once, in one order, with the same bytes each time."""

import copy
import json
import random
from datetime import date

import pytest

from mulu.pointer import dumps
from mulu.reports import report_format
from mulu.standard import load
from mulu.validate import Options, Validation

STANDARD = load()
# Each is broken by one entry alone, at one place.
RULES = """
    basic-code-of-another-province basis-that-names-no-document cancelled-service-in-use catch-all-condition
    charged-without-fees citizen-number-in-text collected-without-method commitment-without-verification
    conditional-without-condition conditionally-open-without-condition copies-of-an-electronic-material
    database-without-primary-key delegated-without-delegator description-too-short dictionary-item-without-code-list
    duplicate-column-name duplicate-item-name exempt-without-source fee-without-basis file-name-as-title
    form-without-blank format-type-outside-category garbled-text generic-item-name generic-title
    government-material-without-issuer grade-below-items important-data-open intermediary-without-basis
    issued-in-the-future item-not-shared-without-reason keyword-holding-several licensing-without-questions
    markup-in-text material-listed-twice mobile-number-as-contact modified-before-issued not-shared-without-basis
    nullable-primary-key online-without-address own-document-asked-for part-beyond-the-whole precision-beyond-length
    promised-longer-than-legal realtime-file repeated-format restricted-grade-open result-without-sample
    static-but-modified visits-without-reason
""".split()
# What names, refers to or is compared with another entry; in a catalog of its own an example may have it.
APART = ("relation", "alternative", "serviceItems", "jointItems", "dataNeeds", "handlingCode", "modified")


def entries():
    """Return one entry a rule, the first example that fails it, with a number, a title and a description of its own."""
    names = list(dict.fromkeys(code.name.zh for code in STANDARD.codes["industry"].codes))
    for number, (rule, name) in enumerate(zip(RULES, names, strict=False)):
        (entry,) = copy.deepcopy(STANDARD.rules[rule].fails[0].entries)
        example = STANDARD.examples[entry["kind"]]
        # What the example of the rule sets itself is what the rule is about.
        same = {key for key in entry if entry[key] == example.get(key)}
        for key in same & set(APART):
            del entry[key]
        if "materials" in same:
            # The one that refers to nothing, as an applicant's own form does.
            entry["materials"] = [{**example["materials"][0], "name": f"{name}申请表"}]
        if "title" in same:
            entry["title"] = f"{name}登记信息" if entry["kind"] == "resource" else f"{name}许可"
        if "description" in same:
            entry["description"] = f"{name}：{entry['description']}"
        if "identifier" in same and entry["kind"] == "resource":
            entry["identifier"] = f"307021022100/{900 + number:06}"
        elif "identifier" in same:
            entry["identifier"] = f"{entry['identifier'][:-6]}{100_000 + number:06}"
            entry["basicCode"] = entry["identifier"][-12:]
        yield entry


@pytest.fixture
def report(tmp_path):
    """Return a function that validates lines, and gives the JSON report as bytes."""
    file = tmp_path / "catalog.jsonl"

    def run(lines, number):
        file.write_bytes(b"".join(lines))
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        options = Options(STANDARD.header.levels[-1].id, date(2026, 1, 15))
        run = Validation(STANDARD, options, folder)
        assert list(run.add(file, file.name))[-1] == len(RULES)
        path = folder / "report.json"
        with path.open("wb") as stream:
            report_format("json").write(run.finish(), stream, "zh", False)
        run.close()
        return path.read_bytes()

    return run


def place(finding):
    """Return what a finding says but the line on which it stands."""
    return finding["fingerprint"], finding["rule"], finding["pointer"], finding["message"], finding["value"]


def test_fifty_rules_broken_at_once(report):
    """Fifty findings in the order of the lines, twice the same bytes; in another order of lines the same findings."""
    lines = [dumps(dict(entry)) + b"\n" for entry in entries()]
    first = report(lines, 1)
    findings = json.loads(first)["findings"]
    assert len(RULES) == 50
    assert [(finding["source"]["line"], finding["rule"]) for finding in findings] == list(enumerate(RULES, 1))
    assert report(lines, 2) == first
    order = list(range(len(lines)))
    random.Random(7).shuffle(order)
    again = json.loads(report([lines[number] for number in order], 3))["findings"]
    assert [place(finding) for finding in again] == [place(findings[number]) for number in order]
