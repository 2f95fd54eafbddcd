"""Files with more findings than anyone reads: all are counted, so many are kept, and with too many checking ends."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from mulu.limits import Limits
from mulu.readers import jsonl as reader
from mulu.reports import report_format
from mulu.standard import load
from mulu.validate import faults
from mulu.validate.api import validate

STANDARD = load()
DAY = date(2026, 1, 15)
LEAST = [{"kind": "resource", "title": f"名称{number}", "publisher": {"name": "甲局"}} for number in range(40)]
"""Entries that conform to the first level and lack what the others ask for."""
WRONG = [{"kind": "resource", "title": number, "odd": 1} for number in range(40)]
"""Entries with three findings of the first level each."""
RULES = frozenset({"title-numbered-by-dragging", "duplicate-title", "repeated-description"})
"""The rules that find something in the entries here: to ask the others takes most of the time, and changes nothing."""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write entries as lines, or as one list, and cut the lines into blocks of a few."""
    monkeypatch.setattr(reader, "BLOCK", 800)
    monkeypatch.chdir(tmp_path)

    def write(entries, name="entries.jsonl"):
        lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
        text = "\n".join(lines) if name.endswith("l") else f"[{','.join(lines)}]"
        (tmp_path / name).write_text(text, "utf-8")
        return name

    return write


def report(path, *, jobs=1, form="json", limits=None, **options):
    """Return a report of a run, and its exit code."""
    limits = Limits.of(limits or {})
    with validate(path, standard=STANDARD, today=DAY, jobs=jobs, limits=limits, only=RULES, **options) as found:
        stream = io.BytesIO()
        report_format(form).write(found, stream, "en", False)
        return stream.getvalue().decode(), found.exit_code("error")


def counts(told):
    """Return of each rule how many findings there are, of what levels and statuses."""
    return {name: [rule["total"], rule["levels"], rule["statuses"]] for name, rule in told["rules"].items()}


@pytest.mark.parametrize(
    ("name", "entries"), [("entries.json", LEAST), ("entries.jsonl", [*WRONG, *LEAST])], ids=["above", "both"]
)
@pytest.mark.parametrize(
    "limits",
    [{"findings_per_rule": 7}, {"findings_above_level": 5}, {"findings_per_entry": 2}, {"findings_per_rule": 1}],
    ids=["rule", "above", "entry", "one"],
)
def test_what_is_not_kept_is_counted_all_the_same(written, name, entries, limits):
    """By however many processes; what is kept is the same as if each finding had been made."""
    file = written(entries, name)
    every, code = report(file)
    every = json.loads(every)
    told = [report(file, jobs=jobs, limits=limits) for jobs in (1, 2)]
    assert told[0] == told[1] and told[0][1] == code
    found = json.loads(told[0][0])
    assert counts(found) == counts(every) and found["summary"] == every["summary"]
    # A waiver of something else makes no difference but that every finding of its rule is looked at.
    said = 'entries = ["nothing"]\nowner = "a"\nreason = "b"\nexpires = 2027-01-01\n'
    Path("waivers.toml").write_text("".join(f'[[waivers]]\nrule = "{rule}"\n{said}' for rule in counts(every)), "utf-8")
    looked_at = json.loads(report(file, limits=limits, waivers=["waivers.toml"])[0])
    del looked_at["rules"]["waiver-unused"]
    assert counts(looked_at) == counts(every)
    kept = [one for one in looked_at["findings"] if one["rule"] != "waiver-unused"]
    assert kept == found["findings"] and len(kept) < len(every["findings"])


def test_unknown_properties_behind_the_limit_are_only_counted(written):
    """Those that stand first in the order of names are told whole, and what else is wrong is not forgotten for them."""
    names = {f"x{number:03d}": number for number in range(200)}
    file = written([{"kind": "resource", "title": 1, "publisher": {"name": "甲局", **names}, **names}])
    found = json.loads(report(file, limits={"findings_per_entry": 5})[0])
    assert found["rules"]["unknown-property"]["total"] == 400 and found["rules"]["wrong-type"]["total"] == 1
    here = [one for one in found["findings"] if one["status"] == "new"]
    assert [one["pointer"] for one in here] == [f"/publisher/x00{number}" for number in range(5)]
    assert here[4]["message"]["en"].endswith("“x004”") and here[4]["value"] == 4
    assert len(found["findings"]) == 10


@pytest.mark.parametrize("name", ["entries.jsonl", "entries.json"])
def test_with_too_many_findings_checking_ends(written, name):
    """At an entry, by however many processes; the file counts as not wholly checked, and where it ended is told."""
    file = written(WRONG, name)
    ended = []
    for jobs in (1, 2):
        text, code = report(file, jobs=jobs, limits={"findings": 20})
        found = json.loads(text)
        ended.append(found)
        # Of the lines, what the block still held that was being checked was checked as well.
        assert code == 2 and 7 <= found["inputs"][0]["entries"] < 20
        assert "limit findings = 20" in found["inputs"][0]["problem"]["en"]
        assert f"from {name}:" in found["inputs"][0]["problem"]["en"]
        assert found["summary"]["error"] > 20
    assert ended[0] == ended[1]
    text, code = report(file, limits={"findings": 120})
    assert code == 1 and json.loads(text)["inputs"][0]["entries"] == 40


def test_findings_of_higher_levels_end_nothing(written):
    """However many there are."""
    text, code = report(written(LEAST), limits={"findings": 1})
    found = json.loads(text)
    assert code == 0 and found["inputs"][0]["entries"] == 40 and found["rules"]["missing-property"]["total"] > 100


def test_what_is_shown_folded_counts_what_is_not_kept(written):
    """On the screen the numbers are those of all findings; which properties they concern is told only of all."""
    file = written([*LEAST, *WRONG])
    every, found = (
        report(file, form="text", limits=limits)[0]
        for limits in ({}, {"findings_per_rule": 4, "findings_above_level": 3})
    )
    lines = [line for line in found.splitlines() if " kept in reports" not in line]
    told = [
        re.sub(r"(    A required property is missing): .* \d+(  missing-property)", r"\1\2", line)
        for line in every.splitlines()
    ]
    assert told != every.splitlines() and lines == told


def test_limits_grow_with_the_files(written):
    """What may be kept of a rule may be so again for each 10 MiB."""
    line = {"kind": "resource", "title": "名", "publisher": {"name": "甲"}, "description": "述" * 4_000}
    file = written([line] * 900)
    found = json.loads(report(file, limits={"findings_above_level": 100})[0])
    assert (found["rules"]["missing-property"]["kept"], found["rules"]["missing-property"]["total"] > 1000) == (
        200,
        True,
    )


@pytest.mark.parametrize("name", ["entries.jsonl", "entries.json"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_only_what_counts_ends_a_file(written, name, jobs):
    """What is ignored or waived does not; what is neither does."""
    file = written([entry | {"odd": 1} for entry in LEAST], name)
    said = 'rule = "unknown-property"\nentries = ["名称*"]\nowner = "a"\nreason = "b"\nexpires = 2027-01-01\n'
    Path("waivers.toml").write_text(f"[[waivers]]\n{said}", "utf-8")
    for policy, code in (({}, 2), ({"ignore": ["unknown-property"]}, 0), ({"waivers": ["waivers.toml"]}, 0)):
        text, ended = report(file, jobs=jobs, limits={"findings": 10}, **policy)
        assert (ended, json.loads(text)["inputs"][0]["entries"] == 40) == (code, code == 0)


@pytest.mark.parametrize("name", ["entries.jsonl", "entries.json"])
def test_a_file_has_no_more_entries_than_the_limit(written, name):
    """What stands before is checked, of lines to the end of the block; as many as the limit are none too many."""
    file = written(LEAST, name)
    told = [report(file, jobs=jobs, limits={"entries": 11}) for jobs in (1, 2)]
    assert told[0] == told[1] and told[0][1] == 2
    item = json.loads(told[0][0])["inputs"][0]
    assert "too many entries" in item["problem"]["en"] and "limit entries = 11" in item["problem"]["en"]
    assert item["entries"] == 11 if name == "entries.json" else 11 <= item["entries"] < 30
    assert report(file, limits={"entries": 40})[1] == 0


def test_small_files_share_what_is_handed_to_the_rules(tmp_path, monkeypatch):
    """However many files: to write and read some for each takes longer than to check their entries."""
    names = [f"{number:03d}.jsonl" for number in range(40)]
    for name, entry in zip(names, [*LEAST[:20], *WRONG[:20]], strict=True):
        (tmp_path / name).write_text(json.dumps(entry, ensure_ascii=False), "utf-8")
    monkeypatch.chdir(tmp_path)
    with validate(*names, standard=STANDARD, today=DAY, only=RULES) as found:
        assert [portion.entries for portion in found.spool.portions] == [40]
        places = [finding["source"]["path"] for finding in found.findings]
        assert [item.entries for item in found.inputs] == [1] * 40
        assert {path: places.count(path) for path in names[20:]} == dict.fromkeys(names[20:], 12)


def test_what_is_only_counted_is_not_explained(tmp_path, monkeypatch):
    """To look for what was meant takes longer than to see that it is wrong."""
    asked = []
    monkeypatch.setattr(faults, "mend", lambda check, *_: asked.append(check))
    path = tmp_path / "entries.json"
    path.write_text(json.dumps(WRONG, ensure_ascii=False), "utf-8")
    limits = Limits.of({"findings_per_rule": 5})
    with validate(path, standard=STANDARD, today=DAY, limits=limits, only=RULES) as found:
        assert found.findings.rules["unknown-property"].total == found.findings.rules["wrong-type"].total == 40
    assert asked.count("unknown-property") == asked.count("wrong-type") == 5
