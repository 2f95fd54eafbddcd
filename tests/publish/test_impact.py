"""Known edits have known victims, and what is told is what validation under each version says."""

import copy as copying
import datetime
import json

import pytest

from mulu.cli import run
from mulu.errors import UsageFault
from mulu.publish.impact import impact, to_dict
from mulu.publish.unchanged import unchanged_rules
from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load
from mulu.validate import Options, Validation
from mulu.validate.shapes import words_of

OLD = load()
DAY = datetime.date(2026, 1, 1)
DEPARTMENTS = ("长沙市市场监督管理局", "长沙市城市管理和综合执法局")


def entry(number, **changed):
    """Return a right entry with some properties changed."""
    made = copying.deepcopy(OLD.examples["resource"])
    made["identifier"] = f"307021022100/{number:06d}"
    made["title"] = f"第{number}类食品经营许可信息"
    made["publisher"] = {"name": DEPARTMENTS[number % 2]}
    made.pop("relation")
    return made | changed


CATALOG = [
    *[entry(number) for number in range(1, 7)],
    entry(7, accrualPeriodicity="minutely"),
    entry(8, accrualPeriodicity="minutely"),
    entry(9, title="基本信息"),
    entry(10, theme=["99x"]),
    entry(11, theme=["99y"]),
    entry(12, themeNote=""),
    entry(13, version="第十三版" * 12, accrualPeriodicity="minutely"),
]


@pytest.fixture
def catalog(tmp_path):
    """Return a catalog in two files, one of them with a blank line."""
    one, other = tmp_path / "甲 局.jsonl", tmp_path / "乙.json"
    one.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in CATALOG[:8]), "utf-8")
    other.write_text(json.dumps(CATALOG[8:], ensure_ascii=False), "utf-8")
    return [(one, one.name), (other, other.name)]


@pytest.fixture
def edited(copy):
    """Return a version with a code gone, a rule graver, a code more, a blank note allowed, a short version."""
    copy.text("schemas/codes/update-cycle.csv", "\nminutely,", "\nsecondly,")
    copy.text("validators/title/generic-title.yaml", "severity: warning", "severity: error")
    columns = len(OLD.codes["theme"].columns)
    copy.text("schemas/codes/theme.csv", "\n", "\n99x,,新领域,New field" + "," * (columns - 4) + "\n")
    copy.schema("resource", lambda s: s["properties"]["themeNote"].pop("minLength"))
    copy.schema("resource", lambda s: s["properties"]["version"].update(maxLength=40))
    return load(copy.folder)


def rejected(standard, files, folder):
    """Return the number of each entry that one version rejects, by validating file after file."""
    found, before = set(), 0
    for number, (path, name) in enumerate(files):
        inner = folder / str(number)
        inner.mkdir(parents=True)
        validation = Validation(standard, Options("share", DAY), inner)
        for _ in validation.add(path, name):
            pass
        report = validation.finish()
        for _, entry_number, finding in validation.store.placed():
            if entry_number and finding["severity"] == "error" and report.counts_at_level(finding):
                found.add(before + entry_number)
        before += report.entries
        validation.close()
    return found


def work(folder):
    """Return a folder for what is needed meanwhile."""
    (folder / "work").mkdir()
    return folder / "work"


def numbers(side, first):
    """Return the entries of a side, counted over all files."""
    return {number + (first if file else 0) for file, number in side.entries}


def test_known_edits_have_known_victims(catalog, edited, tmp_path):
    """The code that is gone rejects those who use it, the graver rule the vague title; the rest stays."""
    found = impact(OLD, edited, catalog, Options("share", DAY), work(tmp_path))
    assert found.problems == [] and found.entries == len(CATALOG)
    assert numbers(found.rejected, 8) == {7, 8, 9, 13}
    assert numbers(found.accepted, 8) == {10, 12}
    assert found.still_rejected == 1
    effects = {name: effect.entries for name, effect in found.rejected.rules.items()}
    assert effects["value-not-in-code-list"] == 3 and effects["generic-title"] == 1 and effects["text-too-long"] == 1
    assert dict(found.rejected.owners) == {DEPARTMENTS[0]: 1, DEPARTMENTS[1]: 3}
    example = found.rejected.rules["generic-title"].examples[0]
    assert example["source"]["path"] == "乙.json" and example["pointer"] == "/title"


def test_agrees_with_validation_under_each_version(catalog, edited, tmp_path):
    """Newly rejected and accepted are exactly what two separate validations differ by."""
    one, other = rejected(OLD, catalog, tmp_path / "a"), rejected(edited, catalog, tmp_path / "b")
    found = impact(OLD, edited, catalog, Options("share", DAY), work(tmp_path))
    assert numbers(found.rejected, 8) == other - one
    assert numbers(found.accepted, 8) == one - other
    assert found.still_rejected == len(one & other)


def narrower(copy):
    """Allow titles of a few characters only, and give every kind a property more."""
    for kind in OLD.schemas.kinds:
        copy.schema(kind, lambda s: s["properties"].get("title", {}).update(maxLength=9))
        copy.schema(kind, lambda s: s["properties"].update(further={"title": "其他", "type": "string"}))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Return a catalog in which faults of every rule stand, and the entries of it that the old version rejects."""
    folder = tmp_path_factory.mktemp("sample")
    file = folder / "sample.jsonl"
    recipes = Recipes(OLD)
    with file.open("wb") as stream:
        for lines in Sample(recipes, counts_of(recipes, (), 250), 3, 60).lines():
            stream.write(lines)
    files = [(file, file.name)]
    return files, rejected(OLD, files, folder / "a")


@pytest.mark.parametrize(
    "edit",
    {
        "every kind": narrower,
        "a code that many use": lambda copy: copy.text("schemas/codes/rate-period.csv", "\nminute,", "\nmoment,"),
        "a code that rules ask for": lambda copy: copy.text("schemas/codes/region.csv", "\n110000,", "\n110009,"),
        "a rule": lambda copy: copy.text(
            "validators/code/duplicate-identifier.yaml", "severity: error", "severity: info"
        ),
    }.items(),
    ids=lambda edit: edit[0],
)
def test_what_is_not_asked_twice_would_have_been_found_twice(edit, copy, sample, tmp_path):
    """The result is that of two whole validations."""
    edit[1](copy)
    new = load(copy.folder)
    files, one = sample
    other = rejected(new, files, tmp_path / "b")
    found = impact(OLD, new, files, Options("share", DAY), work(tmp_path))
    assert one and found.problems == []
    assert {number for _, number in found.rejected.entries} == other - one
    assert {number for _, number in found.accepted.entries} == one - other
    assert found.still_rejected == len(one & other)


def handed_over(standard, entries, folder):
    """Return the entries as a version hands them to its rules."""
    folder.mkdir()
    file = folder / "a.jsonl"
    file.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in entries), "utf-8")
    run_ = Validation(standard, Options("share", DAY), folder)
    for _ in run_.add(file, file.name):
        pass
    run_.close()
    return run_.spooled()


def test_rules_are_asked_again_only_where_what_they_name_differs(copy, tmp_path):
    """A title that is newly rejected concerns the rules on titles; what is in a list, those on the list."""
    narrower(copy)
    new = load(copy.folder)
    was, now = (
        handed_over(standard, [entry(1), entry(2)], tmp_path / name) for name, standard in (("a", OLD), ("b", new))
    )
    known = unchanged_rules(OLD, new, was, now)
    about_titles = {name for name, rule in OLD.rules.items() if {"title", "resource"} <= words_of(rule.query)}
    assert "generic-title" in about_titles and not known & about_titles
    others = {name for name, rule in OLD.rules.items() if not {"title", "*"} & {*words_of(rule.query), *rule.query}}
    assert any("resource" in words_of(OLD.rules[name].query) for name in others) and others <= known
    # A value of another type, an element more, an entry more, another name to be known by.
    items = [{**entry(1)["dataItems"][0], "name": "甲"}]
    for change, rule in (
        (entry(2, volume={"records": True}), None),
        (entry(2, dataItems=items), "duplicate-item-name"),
        (entry(2, identifier="307021022100/000003"), "duplicate-identifier"),
    ):
        other = handed_over(OLD, [entry(1), change], tmp_path / f"c{len(list(tmp_path.iterdir()))}")
        known = unchanged_rules(OLD, OLD, was, other)
        assert len(known) < len(OLD.rules) and rule not in known
    shorter = handed_over(OLD, [entry(1)], tmp_path / "d")
    rules_on_resources = {name for name, rule in OLD.rules.items() if "resource" in words_of(rule.query)}
    assert not unchanged_rules(OLD, OLD, was, shorter) & rules_on_resources


def test_same_version_changes_nothing(catalog, tmp_path):
    """A version against itself."""
    found = to_dict(impact(OLD, OLD, catalog, Options("share", DAY), work(tmp_path)))
    assert found["rejected"]["entries"] == found["accepted"]["entries"] == 0


def test_what_cannot_be_compared_is_told(copy, tmp_path):
    """A format that only one version reads, and a level that only one has."""
    (copy.folder / "converters/dif/mapping.yaml").unlink()
    sample = next((OLD.roots[0] / "converters/dif").glob("sample.*"))
    found = impact(OLD, load(copy.folder), [(sample, sample.name)], Options("register", DAY), work(tmp_path))
    assert found.problems and found.entries == 0
    with pytest.raises(UsageFault, match="no level top"):
        impact(OLD, OLD, [], Options("top", DAY), tmp_path)


def test_command(catalog, edited, capsys):
    """The exit code is 1 where entries are newly rejected; JSON holds the examples."""
    paths = [str(path) for path, _ in catalog]
    old, new = str(OLD.roots[0]), str(edited.roots[0])
    assert run(["standard", "impact", old, new, *paths, "--level", "share", "--lang", "zh"]) == 1
    out = capsys.readouterr().out
    assert "新版不再接受 4 条" in out and "generic-title" in out and DEPARTMENTS[1] in out
    assert run(["standard", "impact", old, old, *paths, "-f", "json", "--date", "2026-01-01"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == len(CATALOG)
    assert run(["standard", "impact", old, new, "没有.jsonl"]) == 2
