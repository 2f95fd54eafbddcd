"""Whole reports: what a run says of files with one fault of each kind, by a standard with one demand of each kind.

The standard is `small/`; the reports are kept in `approved/`, without hashes and what is null.
"""

import hashlib
import importlib
import io
import json
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pytest

from mulu import child
from mulu.errors import BadSettings, BadStandard, UsageFault
from mulu.limits import Limits
from mulu.readers import jsonl as reader
from mulu.readers.checkpoint import Kept
from mulu.reports import report_format
from mulu.standard import load
from mulu.validate import batches, documents, queries, run, store, tables
from mulu.validate.api import validate
from mulu.validate.baseline import line_of, write_baseline
from mulu.validate.judge import CLOSING, file_number
from mulu.validate.report import statistic_rows
from mulu.validate.structure import Structure

SMALL = Path(__file__).with_name("small")
DAY = date(2026, 1, 15)


def report(*paths, **options):
    """Return the JSON report of a run, without hashes and what the standard says of itself."""
    options = {"today": DAY, "jobs": 1} | options
    stream = io.BytesIO()
    with validate(*paths, **options) as found:
        report_format("json").write(found, stream, "zh", False)
        subjects = [
            [item.number, subject.number, subject.kind, subject.identifier, subject.name, subject.owner, subject.key]
            for item, subject in found.subjects()
        ]
        codes = [found.exit_code(severity) for severity in ("error", "warning", "info", "never")]
    told = json.loads(stream.getvalue())
    del told["tool"], told["standard"]
    for item in told["inputs"]:
        digest = item.pop("sha256")
        assert (
            digest is None
            or not Path(item["path"]).exists()
            or digest == hashlib.sha256(Path(item["path"]).read_bytes()).hexdigest()
        )
    for counted in told["rules"].values():
        for text in ("title", "why", "message", "mend", "source"):
            del counted[text]
    for failure in told["failures"]:
        failure["reason"] = {lang: text.replace(str(SMALL), "small") for lang, text in failure["reason"].items()}
    return lean(told) | {"exit": codes, "subjects": subjects}


def lean(value):
    """Return a value of JSON without the members that are null."""
    if isinstance(value, dict):
        return {key: lean(item) for key, item in value.items() if item is not None}
    return [lean(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ["lines.jsonl", "table.csv", "book.xlsx", "tree.xml"])
def test_all_that_is_said_of_a_file(name, files, plain, approved):
    """Every finding with all its parameters, texts, places and mends."""
    approved(name, report(name, standard=plain, level="full"))


@pytest.mark.parametrize("name", ["list.json", "list.yaml"])
def test_what_is_said_of_entries_is_said_in_whatever_they_are_written(name, files, plain, approved):
    """Only the places are others."""

    def said(name):
        found = [one for one in report(name, standard=plain, level="full")["findings"] if "kind" in one]
        places = [f"{one['source']['line']}:{one['source']['column']} {one['pointer']} {one['rule']}" for one in found]
        return places, [
            (one["rule"], one["pointer"], one["message"], one.get("fix"), one.get("value")) for one in found
        ]

    places, findings = said(name)
    of_lines = said("lines.jsonl")[1]
    assert len(findings) > 40 and all(one in of_lines for one in findings)
    approved(name, places)


def test_what_cannot_be_checked_and_what_is_empty(files, plain, approved):
    """Each file by itself; the others are checked all the same."""
    names = ("empty.jsonl", "none.json", "broken.json", "unknown.csv", "missing.json", "right.jsonl", "rows.json")
    approved("broken", report(*names, standard=plain))
    told = report("empty.jsonl", "none.json", standard=plain, allow_empty=True)
    assert not any("problem" in item for item in told["inputs"]) and told["exit"] == [0, 0, 0, 0]


@pytest.fixture
def here(monkeypatch):
    """Let rules of the small standard run in this process, as those of the built-in one do."""
    monkeypatch.setattr(queries, "is_builtin", lambda standard: True)


WAIVERS = """\
[[waivers]]
rule = "missing-property"
entries = "乙*"
owner = "王"
reason = "在补"
expires = 2026-02-14

[[waivers]]
rule = "missing-property"
entries = ["A-[23]", "#*"]
owner = " 李 "
reason = " 以后补 "
expires = "2026-02-15"

[[waivers]]
rule = "unknown-property"
entries = ["*"]
owner = "张"
reason = "过期"
expires = 2026-01-14

[[waivers]]
rule = "text-too-long"
entries = ["nobody"]
owner = "张"
reason = "用不上"
expires = 2026-01-15

[[waivers]]
rule = "byte-order-mark"
entries = ["*.jsonl"]
owner = "张"
reason = "文件"
expires = 2027-01-15
"""


def test_all_that_waivers_a_baseline_and_dates_do(files, plain, here, approved):
    """Each finding has its status; what has run out, is of no use any more or will count later is told."""
    Path("waivers.toml").write_text(WAIVERS, "utf-8")
    names = ("right.jsonl", "lines.jsonl")
    before = [one for one in report(*names, standard=plain, level="full")["findings"] if one["rule"] == "wrong-type"]
    known = [line_of({"entry": None, "name": None, "kind": None} | one) for one in before]
    gone = {"rule": "wrong-type", "entry": "A-9", "pointer": "/gone", "fingerprint": "0" * 32}
    with Path("baseline.json").open("wb") as stream:
        write_baseline(stream, "small 0.9.0", [*known[:5], gone, gone | {"rule": "none", "fingerprint": "1" * 32}])
    told = report(
        *names,
        standard=plain,
        level_dates={"full": DAY, "strict": date(2026, 3, 1)},
        ignore=["repeated-element"],
        severity={"text-too-short": "info", "invalid-format": "error", "wrong-type": "warning"},
        waivers=["waivers.toml"],
        baseline="baseline.json",
    )
    assert told["options"]["baseline"].pop("sha256") == hashlib.sha256(Path("baseline.json").read_bytes()).hexdigest()
    told["findings"] = [
        one
        if one["rule"] in CLOSING
        else [one["status"], one["severity"], one["rule"], one["pointer"], one.get("number"), one.get("waiver")]
        for one in told["findings"]
    ]
    # Of a run that is not whole, nobody knows what is not there any more.
    options = {"waivers": ["waivers.toml"], "baseline": "baseline.json"}
    for part in (report(*names, "broken.json", standard=plain, **options), report(*names, standard=SMALL, **options)):
        closing = {one["rule"] for one in part["findings"]} & set(CLOSING)
        assert closing == {"waiver-expired", "waiver-expiring", "baseline-of-other-standard"}
        assert part["summary"]["gone"] == 0
    approved("policy", {"baseline": Path("baseline.json").read_text("utf-8").splitlines(), "report": told})


WAIVER = WAIVERS[: WAIVERS.index("\n\n") + 1]
# what is wrong: file and what it says
POLICIES = {
    "key": ("a.toml", WAIVER.replace("owner", "ovner")),
    "keys": ("a.toml", '[[waivers]]\nrule = "wrong-type"\nreason = "a"\n'),
    "empty": ("a.toml", WAIVER.replace('"王"', '" "')),
    "number": ("a.toml", WAIVER.replace('"在补"', "3")),
    "no entries": ("a.toml", WAIVER.replace('"乙*"', "[]")),
    "blank entries": ("a.toml", WAIVER.replace('"乙*"', '["a", " "]')),
    "entries of no text": ("a.toml", WAIVER.replace('"乙*"', "[1]")),
    "entry": ("a.toml", WAIVER.replace('"乙*"', "1")),
    "day": ("a.toml", WAIVER.replace("2026-02-14", '"2026-02-30"')),
    "short day": ("a.toml", WAIVER.replace("2026-02-14", '"20260214"')),
    "time": ("a.toml", WAIVER.replace("2026-02-14", "2026-02-14T00:00:00")),
    "no day": ("a.toml", WAIVER.replace("2026-02-14", "5")),
    "rule": ("a.toml", "\n\n" + WAIVER.replace("missing-property", "missing-propery")),
    "unlike any rule": ("a.toml", WAIVER.replace("missing-property", "xyzzy")),
    "list": ("a.toml", "[waivers]\na = 1\n"),
    "list of texts": ("a.toml", 'waivers = ["a"]\n'),
    "name": ("a.toml", WAIVER.replace("[[waivers]]", "[[waiver]]")),
    "pyproject": ("pyproject.toml", "[project]\n\n" + WAIVER),
    "tool": ("pyproject.toml", "\n" + WAIVER.replace("[[waivers]]", "[[tool.mulu.waivers]]").replace("owner", "ovner")),
    "toml": ("a.toml", "waivers = [\n\n"),
    "text": ("a.toml", "\udcff"),
    "folder": (".", ""),
    "baseline": ("a.json", '{"baseline": 1,\n"findings": [}'),
    "other version": ("a.json", '{"baseline": 2, "findings": []}'),
    "no findings": ("a.json", '{"baseline": 1}'),
    "baseline of lists": ("a.json", "[1]"),
    "finding": ("a.json", '{"baseline": 1, "findings": [1]}'),
    "finding without rule": ("a.json", '{"baseline": 1, "findings": [{"fingerprint": "00"}]}'),
    "fingerprint": ("a.json", '{"baseline": 1, "findings": [{"rule": "a", "fingerprint": "0"}]}'),
    "no fingerprint": ("a.json", '{"baseline": 1, "findings": [{"rule": "a"}]}'),
    "missing": ("missing.json", None),
}
OPTIONS = {
    "severity": {"severity": {"wrong-type": "grave"}},
    "severity of no rule": {"severity": {"wrong-typ": "info"}},
    "ignore": {"ignore": ["xyzzy"]},
    "only": {"only": ["label-once"]},
    "level": {"level": "ful"},
    "date of level": {"level_dates": {"xyzzy": DAY}},
    "format": {"format": "tabel"},
    "kept": {"kept": True, "since": "HEAD"},
}


def test_all_that_is_said_of_wrong_waivers_baselines_and_options(files, plain, approved):
    """Nothing is checked before they are right."""
    told = {}
    for name, (file, text) in POLICIES.items():
        if text:
            Path(file).write_bytes(text.encode("utf-8", "surrogateescape"))
        option = {"baseline": file} if file.endswith(".json") else {"waivers": [file]}
        with pytest.raises(BadSettings) as caught:
            report("right.jsonl", standard=plain, **option)
        told[name] = [f"{caught.value.path}:{caught.value.line}", caught.value.zh, caught.value.en]
    for name, option in OPTIONS.items():
        with pytest.raises(UsageFault) as caught:
            report("right.jsonl", standard=plain, **option)
        told[name] = [caught.value.zh, caught.value.en, *map(str, vars(caught.value).values())]
    approved("wrong-options", told)


def test_all_that_rules_say(files, here, approved):
    """Findings with parameters, suggestions and mends; figures; and a rule that cannot run."""
    names = ("right.jsonl", "list.json", "table.csv")
    told = report(*names, standard=SMALL, level="full")
    told["findings"] = [finding for finding in told["findings"] if finding["rule"] in load(SMALL).rules]
    approved("rules", told)


def test_rules_say_the_same_in_a_process_of_their_own(files, monkeypatch):
    """Portions, blocks and processes change nothing."""
    names = ("right.jsonl", "lines.jsonl", "list.json", "table.csv")
    apart = report(*names, standard=SMALL, level="strict")
    monkeypatch.setattr(queries, "is_builtin", lambda standard: True)
    monkeypatch.setattr(run, "PORTION", 1000)
    monkeypatch.setattr(batches, "ENTRIES", 4)
    monkeypatch.setattr(store, "_BATCH", 3)
    monkeypatch.setattr(tables, "_BATCH", 2)
    monkeypatch.setattr(documents, "HELD", 1)
    monkeypatch.setattr(reader, "BLOCK", 500)
    assert report(*names, standard=SMALL, level="strict", jobs=2) == apart
    assert {finding["rule"] for finding in apart["findings"]} > set(load(SMALL).rules) - {"never-runs"}


def test_children_say_what_this_process_would(files, monkeypatch):
    """What they are given and what they answer is JSON, and all that there is to say."""
    names = ("right.jsonl", "lines.jsonl", "list.json", "table.csv")
    monkeypatch.setattr(reader, "BLOCK", 500)
    monkeypatch.setattr(batches, "ENTRIES", 1)
    whole = report(*names, standard=SMALL, level="strict", today=date(2026, 2, 1))
    asked = []

    def ask(function, arguments, data=b"", **bounds):
        module, _, name = function.partition(":")
        asked.append((name, sorted(bounds)))
        return getattr(importlib.import_module(module), name)(json.loads(json.dumps(arguments)), data)

    right = report("right.jsonl", standard=SMALL)
    monkeypatch.setattr(child, "ask", ask)
    assert report("right.jsonl", standard=SMALL) == right and asked.pop()
    assert report(*names, standard=SMALL, level="strict", today=date(2026, 2, 1), jobs=3) == whole
    of_lines = ["memory", "seconds"]
    of_batches, of_rules = [*of_lines, "talks"], ["loaded", *of_lines, "starting"]
    assert [bounds for _, bounds in asked] == [*[of_lines] * 6, of_batches, of_rules]


def test_tables_that_cannot_be_made_are_a_fault_of_the_standard(files, monkeypatch):
    """It is told with what the database says, and nothing personal in it."""

    def broken(*_):
        raise duckdb.Error("no 11010519491231002X")

    monkeypatch.setattr(queries, "_loaded", broken)
    monkeypatch.setattr(child, "ask", lambda function, arguments, **bounds: queries.answer(arguments, b""))
    with pytest.raises(BadStandard) as caught:
        report("right.jsonl", standard=SMALL)
    assert (
        caught.value.en
        == "entries and code lists cannot be loaded for the rules: in the words of DuckDB: no 110105************"
    )
    assert caught.value.zh == "条目和代码表不能装入供规则查询：DuckDB 的原话：no 110105************"


def test_a_process_that_ends_or_cannot_read_is_told(files, plain, monkeypatch, approved):
    """The file counts as not checked, up to where it was."""
    monkeypatch.setattr(reader, "BLOCK", 500)
    told = []
    for answers in ([b"{}"], [b"{}", b'{"unreadable": ["\xe5\x9d\x8f", "bad"]}'], [child.Died("memory")]):

        def ask(*given, answers=answers, **bounds):
            for line in answers:
                if isinstance(line, Exception):
                    raise line
                yield line

        monkeypatch.setattr(child, "ask", ask)
        told.append(report("lines.jsonl", standard=plain, jobs=2)["inputs"])
    approved("children", told)


def test_what_is_kept_of_files_gives_the_same(files, plain):
    """A run that is made again takes what is finished from the folder."""
    names = ("lines.jsonl", "empty.jsonl", "list.json", "table.csv", "tree.xml")
    whole = report(*names, standard=plain, level="full")
    for _ in range(2):
        with Kept(files / "kept", names) as kept:
            assert report(*names, standard=plain, level="full", kept=kept) == whole


def test_what_is_said_of_how_files_are_to_be_read(files, plain, approved):
    """Format, encoding, and what stands in none of the files, as `--from`, `--encoding` and `--set` say."""
    Path("gb.csv").write_bytes(Path("table.csv").read_bytes().decode().replace("归属", "别的").encode("gb18030"))
    given = {("owner", "name"): "丙局", ("size",): "3"}
    options = {"format": "table", "encoding": "gb18030", "given": given, "warn_days": 7, "schema": "public"}
    told = report("gb.csv", standard=plain, limits=Limits.of({"depth": 9}), **options)
    approved("read-as", told)


def test_which_figures_are_told():
    """The largest first; of those without a number, a name in both languages or anything to count, what is right."""
    given = [
        {"value": 1, "total": 3},
        {"value": 0},
        {"value": 0, "total": 4, "label_zh": "无", "label_en": "none"},
        {"value": 5, "total": None, "label_zh": "甲", "label_en": "b"},
        {"value": 5, "total": 7, "label_zh": "乙", "label_en": "a"},
        {"value": "6"},
        {"value": 6, "total": "7"},
        {"value": None},
        {"value": 2, "label_zh": "只有中文"},
        {"value": 3, "label_en": "English only"},
        {"value": 4, "label_zh": "号 11010519491231002X", "label_en": "no 11010519491231002X"},
        {},
    ]
    label = {"zh": "号 110105************", "en": "no 110105************"}
    assert [row.to_dict() for row in statistic_rows(given)] == [
        {"label": {"zh": "乙", "en": "a"}, "value": 5, "total": 7},
        {"label": {"zh": "甲", "en": "b"}, "value": 5, "total": None},
        {"label": label, "value": 4, "total": None},
        {"label": None, "value": 3, "total": None},
        {"label": None, "value": 2, "total": None},
        {"label": None, "value": 1, "total": 3},
        {"label": {"zh": "无", "en": "none"}, "value": 0, "total": 4},
    ]


def test_what_limits_keep_of_findings(files, plain, approved):
    """All are counted; of an entry and of a rule so many stand in the report."""
    told = report("lines.jsonl", standard=plain, limits=Limits.of({"findings_per_entry": 2, "findings_per_rule": 3}))
    kept = [[one["rule"], one.get("number"), one["pointer"]] for one in told["findings"]]
    approved("limits", {"rules": told["rules"], "summary": told["summary"], "findings": kept})


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_line_may_be_as_long_as_the_limit(files, plain, monkeypatch, jobs):
    """Its end is not counted; a longer one ends the file, and what stands before it counts."""
    monkeypatch.setattr(reader, "BLOCK", 100)
    line = Path("right.jsonl").read_bytes().rstrip()
    Path("long.jsonl").write_bytes(line + b"\n" + line + b" \n" + line)
    for more, entries in ((2, 3), (1, 1)):
        limits = Limits.of({"record_bytes": len(line) + more})
        told = report("long.jsonl", standard=plain, jobs=jobs, limits=limits)
        assert told["inputs"][0]["entries"] == entries and told["exit"][0] == (2 if entries == 1 else 0)
    assert told["inputs"][0]["problem"]["en"].startswith("line 2 is too long")


def test_how_far_a_run_is(files, here, monkeypatch):
    """After some entries, each file, block and rule; the part of a file that is done where that is known."""
    monkeypatch.setattr(batches, "ENTRIES", 2)
    told = []
    report("right.jsonl", "table.csv", standard=SMALL, on_progress=lambda *at: told.append(at))
    rules = len(load(SMALL).rules) + len(load(SMALL).statistics)
    assert told[:3] == [(1, 1.0, None), (3, None, None), (4, None, None)]
    assert [at[:2] for at in told[3:]] == [(4, None)] * rules
    assert [at[2] for at in told[3:]] == [number / rules for number in range(rules)]


def test_a_file_that_goes_away_meanwhile_is_named(files, here, monkeypatch):
    """That is all that can be said of the place of what a rule finds in it."""
    monkeypatch.setattr(documents, "HELD", 0)

    def remove(entries, part, rules):
        if rules is not None:
            Path("table.csv").unlink(missing_ok=True)

    found = report("table.csv", "list.json", standard=SMALL, on_progress=remove, only=["owner-unknown"])
    places = [one["source"] for one in found["findings"] if one["rule"] == "owner-unknown"]
    assert places[0] == {"path": "table.csv"} and places[-1]["line"] > 1 and len(places) == 11


def test_a_defect_in_one_file_leaves_the_others(files, plain, monkeypatch):
    """It is told as such, and the run is not whole."""
    faults = Structure.faults

    def broken(self, entry, *how):
        if entry == "text":
            raise KeyError("defect")
        return faults(self, entry, *how)

    monkeypatch.setattr(Structure, "faults", broken)
    told = report("list.json", "right.jsonl", standard=plain)
    assert (
        told["inputs"][0]["problem"]["en"].startswith("list.json: internal error")
        and "problem" not in told["inputs"][1]
    )
    assert [item["entries"] for item in told["inputs"]] == [20, 1] and told["exit"][3] == 2


def test_what_is_passed_over_in_folders(files, plain):
    """What the run writes stands in the report where it stands in a folder that is checked, and nowhere else."""
    Path("in").mkdir()
    for name in ("right.jsonl", "list.json"):
        Path("in", name).write_bytes(Path(name).read_bytes())
    Path("baseline.json").write_text('{"baseline": 1, "standard": "small 1.0.0", "findings": []}', "utf-8")
    Path("in/baseline.json").write_bytes(Path("baseline.json").read_bytes())
    told = report("in", standard=plain, left_out=["in/list.json", "table.csv"], baseline="in/baseline.json")
    assert [item["path"] for item in told["inputs"]] == ["in/right.jsonl"]
    assert told["options"]["left_out"] == ["in/list.json", "in/baseline.json"]
    told = report("in/right.jsonl", standard=plain, left_out=["in/list.json"], baseline="baseline.json")
    assert told["options"]["left_out"] == []


def git(*arguments):
    """Call git as somebody."""
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def test_files_and_entries_have_no_number_in_common():
    """Both stand among what has changed, and entries count from 1."""
    numbers = [file_number(number) for number in range(4)]
    assert len({*numbers, *range(1, 9)}) == 12


def test_all_that_is_said_since_a_revision(files, plain, monkeypatch, approved):
    """Only what has changed is judged; and why nothing can be compared."""
    names = ("right.jsonl", "list.json", "table.csv", "tree.xml", "broken.json")
    git("init", "-q", ".")
    Path("broken.json").write_text("[{", "utf-8")
    git("add", *names)
    git("commit", "-qm", "x")
    old = {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in names}
    right, *others = json.loads(Path("list.json").read_bytes())
    Path("list.json").write_text(json.dumps([*reversed(others), right, right, right | {"code": "a-9"}]), "utf-8")
    Path("table.csv").write_text(Path("table.csv").read_text("utf-8").replace("很大", "更大"), "utf-8")
    Path("broken.json").write_text(json.dumps([{"kind": "thing"}]), "utf-8")
    git("add", "lines.jsonl")
    told = report(*names, "lines.jsonl", standard=plain, since="HEAD", level="full")
    assert {item["path"]: item["before"] for item in told["inputs"] if "before" in item} == old
    rows = [f"{one['status']} {one['source']['path']} {one.get('number')} {one['pointer']}" for one in told["findings"]]
    said = {"revision": told["options"]["revision"], "summary": told["summary"], "findings": rows}
    for name, file, revision in (
        ("not under git", "book.xlsx", "HEAD"),
        ("no revision", "right.jsonl", "v1"),
        ("like an option", "right.jsonl", "--all"),
        ("no git", "right.jsonl", "HEAD"),
        ("refused", "right.jsonl", "HEAD"),
    ):
        if name == "no git":
            monkeypatch.setenv("PATH", str(files / "nowhere"))
        if name == "refused":
            script = files / "nowhere" / "git"
            script.parent.mkdir()
            script.write_text('#!/bin/sh\necho "first line\nsafe.directory" >&2\nexit 128\n', "utf-8")
            script.chmod(0o755)
        said[name] = report(file, standard=plain, since=revision)["inputs"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[]")))
    said["standard input"] = report("-", standard=plain, since="HEAD")["inputs"]
    approved("since", said)
