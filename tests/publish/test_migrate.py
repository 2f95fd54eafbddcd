"""What each step does to an entry, how its values are counted, and which catalogs are refused."""

import copy as copying
import json
import shutil
from dataclasses import replace

import pytest
import yaml

from mulu.cli import run
from mulu.convert.ledger import leaves_of
from mulu.limits import DEFAULT
from mulu.publish.migrate.steps import ADDED, HEADS, Stopped, carried
from mulu.standard.folder import builtin_folder
from mulu.standard.migrations import read_migration

WHY = "why: {zh: 因, en: for}"
ENTRY = {
    "kind": "a",
    "x": "one",
    "blank": "",
    "list": ["p", "q", "p"],
    "rows": [{"n": 1, "t": "a-b"}, {"n": 2}, {"t": "c-d", "deep": {"v": True}}],
    "hold": {"only": "k"},
}


def steps(folder, *texts):
    """Return steps as a file holds them."""
    head = "from: 1.0.0\nto: 1.1.0\nwhy: {zh: 新版, en: next}\nsteps:\n"
    path = folder / "m.yaml"
    path.write_text(head + "".join(f"  - {{kind: a, {WHY}, {text}}}\n" for text in texts), "utf-8")
    return list(read_migration(path).steps)


def changed(**members):
    """Return the entry with other members; `...` takes one out."""
    entry = copying.deepcopy(ENTRY) | members
    return {key: value for key, value in entry.items() if value is not ...}


# steps: (what comes of the entry, counts other than carried)
DONE = {
    "renamed": (["move: /x, to: /y"], changed(x=..., y="one"), {"moved": 1}),
    "moved into a new object": (["move: /x, to: /new/x"], changed(x=..., new={"x": "one"}), {"moved": 1}),
    "moved out of an object that is empty then": (
        ["move: /hold/only, to: /k"],
        changed(hold=..., k="k"),
        {"moved": 1},
    ),
    "an object as a whole": (
        ["move: /hold, to: /other/hold"],
        changed(hold=..., other={"hold": {"only": "k"}}),
        {"moved": 1},
    ),
    "in each element": (
        ["move: /rows/*/n, to: /rows/*/deep/n"],
        changed(rows=[{"t": "a-b", "deep": {"n": 1}}, {"deep": {"n": 2}}, {"t": "c-d", "deep": {"v": True}}]),
        {"moved": 2},
    ),
    "moved twice": (["move: /x, to: /y", "move: /y, to: /z"], changed(x=..., z="one"), {"moved": 1}),
    "moved, then changed": (
        ["move: /x, to: /y", "recode: /y, codes: {one: two}"],
        changed(x=..., y="two"),
        {"changed": 1},
    ),
    "changed, then removed": (["recode: /x, codes: {one: two}", "remove: /x"], changed(x=...), {"lost": 1}),
    "recoded in a list": (["recode: /list/*, codes: {q: r}"], changed(list=["p", "r", "p"]), {"changed": 1}),
    "recoded to one that is there": (["recode: /list/*, codes: {q: p}"], changed(list=["p", "p"]), {"merged": 1}),
    "recoded to nothing": (["recode: /list/*, codes: {p: null}"], changed(list=["q"]), {"lost": 2}),
    "recoded, no text": (
        ["recode: /rows/*/deep/v, codes: {'true': yes}"],
        changed(rows=[*ENTRY["rows"][:2], {"t": "c-d", "deep": {"v": "yes"}}]),
        {"changed": 1},
    ),
    "recoded from a blank": (["recode: /blank, codes: {'': none}"], changed(blank="none"), {"added": 1}),
    "another code stays": (["recode: /x, codes: {two: three}"], ENTRY, {}),
    "split": (
        ["split: /rows/*/t, pattern: '(?P<l>.)-(?P<r>.)', to: {l: /rows/*/l, r: /rows/*/r}"],
        changed(rows=[{"n": 1, "l": "a", "r": "b"}, {"n": 2}, {"deep": {"v": True}, "l": "c", "r": "d"}]),
        {"changed": 2, "added": 2},
    ),
    "default": (["default: /new, value: {a: 1, b: [x]}"], changed(new={"a": 1, "b": ["x"]}), {"added": 2}),
    "default where it is blank": (["default: /blank, value: w"], changed(blank="w"), {"added": 1}),
    "default where there is one": (["default: /x, value: w"], ENTRY, {}),
    "default in each element": (
        ["default: /rows/*/n, value: 0"],
        changed(rows=[*ENTRY["rows"][:2], {**ENTRY["rows"][2], "n": 0}]),
        {"added": 1},
    ),
    "default without the object": (["default: /none/x, value: w"], ENTRY, {}),
    "default, then removed": (["default: /new, value: w", "remove: /new"], ENTRY, {}),
    "removed with all in it": (["remove: /rows"], changed(rows=...), {"lost": 5}),
    "of another kind after it": (["recode: /kind, codes: {a: b}", "remove: /x"], changed(kind="b"), {"changed": 1}),
    "nothing there": (["remove: /none", "move: /rows/*/none, to: /rows/*/y"], ENTRY, {}),
}


@pytest.mark.parametrize("name", DONE)
def test_what_steps_do(name, tmp_path):
    """The entry that comes out, and counts that add up; the old entry is left as it was."""
    texts, expected, counts = DONE[name]
    before = copying.deepcopy(ENTRY)
    found = carried(steps(tmp_path, *texts), before)
    assert found.entry == expected and before == ENTRY
    assert {head: count for head, count in found.counts.items() if count and head != "carried"} == counts
    assert sum(found.counts[head] for head in HEADS) == leaves_of(ENTRY)
    kept = sum(found.counts[head] for head in ("carried", "moved", "changed", ADDED))
    assert kept == leaves_of(expected)
    assert len(found.lost) == 0 or found.counts["lost"]


ORIGINAL = {"/x": "One", "/list/1": "Q", "/list/2": "P", "/rows/2/deep/v": "yes", "/xx": "other"}
# steps: the spellings that the source record has after them
POINTERS = {
    "move: /x, to: /new/x": {"/list/1": "Q", "/list/2": "P", "/rows/2/deep/v": "yes", "/xx": "other", "/new/x": "One"},
    "move: /rows/*/deep, to: /rows/*/low": {
        "/x": "One",
        "/list/1": "Q",
        "/list/2": "P",
        "/rows/2/low/v": "yes",
        "/xx": "other",
    },
    "move: /rows, to: /lines": {"/x": "One", "/list/1": "Q", "/list/2": "P", "/lines/2/deep/v": "yes", "/xx": "other"},
    "recode: /list/*, codes: {q: null}": {"/x": "One", "/list/1": "P", "/rows/2/deep/v": "yes", "/xx": "other"},
    "recode: /list/*, codes: {q: p}": {"/x": "One", "/list/1": "P", "/rows/2/deep/v": "yes", "/xx": "other"},
    "remove: /x": {"/list/1": "Q", "/list/2": "P", "/rows/2/deep/v": "yes", "/xx": "other"},
}


@pytest.mark.parametrize("name", ["original", "at"])
@pytest.mark.parametrize("step", POINTERS)
def test_what_the_source_tells_of_a_value_goes_with_it(step, name, tmp_path):
    """Its spelling and its place would else be those of nothing, or of whatever comes to stand there."""
    entry = ENTRY | {"source": {"format": "f", name: dict(ORIGINAL)}}
    found = carried(steps(tmp_path, step), entry)
    assert found.entry["source"] == {"format": "f", name: POINTERS[step]}
    assert sum(found.counts[head] for head in HEADS) == leaves_of(entry)


def test_a_draft_makes_the_folder_of_migrations(copy, tmp_path):
    """A standard that had none has no such folder yet; elsewhere none is made."""
    copy.text("standard.toml", 'version = "1.0.0"', 'version = "1.1.0"')
    folder = copy.folder / "schemas" / "migrations"
    if folder.exists():
        shutil.rmtree(folder)
    file = folder / "1.1.0.yaml"
    assert run(["standard", "migrate", str(builtin_folder()), str(copy.folder), "--draft", "-o", str(file)]) == 0
    assert file.is_file()
    file = tmp_path / "none" / "1.1.0.yaml"
    assert run(["standard", "migrate", str(builtin_folder()), str(copy.folder), "--draft", "-o", str(file)]) == 2


def test_a_renamed_list_is_drafted_as_moved(copy, tmp_path):
    """Also where the table of its elements has the new name with it; to drop the values would be the alternative."""
    copy.text("standard.toml", 'version = "1.0.0"', 'version = "2.0.0"')

    def rename(schema):
        schema["properties"]["keywords"] = schema["properties"].pop("keyword") | {"x-table": "keywords"}

    copy.schema("resource", rename)
    file = tmp_path / "2.0.0.yaml"
    assert run(["standard", "migrate", str(builtin_folder()), str(copy.folder), "--draft", "-o", str(file)]) == 0
    (step,) = yaml.safe_load(file.read_text("utf-8"))["steps"]
    assert (step["kind"], step["move"], step["to"]) == ("resource", "/keyword", "/keywords")


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("move: /x, to: /hold/only", "/x"),
        ("move: /x, to: /list/y", "/x"),
        ("split: /x, pattern: '(?P<a>[0-9]+)', to: {a: /a}", "/x"),
        ("split: /rows/*/n, pattern: '(?P<a>.)', to: {a: /rows/*/a}", "/rows/1/n"),
        ("split: /x, pattern: 'one(?P<a>.?)', to: {a: /a}", "/x"),
    ],
)
def test_what_cannot_be_done_is_told(text, pointer, tmp_path):
    """A value that is in the way, or of another form than the step counts on."""
    with pytest.raises(Stopped) as caught:
        carried(steps(tmp_path, text), ENTRY)
    assert caught.value.pointer == pointer and caught.value.reason.zh and caught.value.reason.en


def test_entries_of_other_kinds_and_what_is_none_pass(tmp_path):
    """Nothing is done to them."""
    one = steps(tmp_path, "remove: /x")
    for entry in ({"kind": "b", "x": 1}, {"x": 1}, {"kind": ["a"]}, [1], "a", None):
        assert carried(one, entry).entry == entry


def version(copy, number, migration=None):
    """Raise the version of a copy of the standard, with a migration to it."""
    copy.text("standard.toml", 'version = "1.0.0"', f'version = "{number}"')
    if migration is not None:
        folder = copy.folder / "schemas/migrations"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.yaml").write_text(migration, "utf-8")
    return str(copy.folder)


def test_what_the_old_version_never_had_is_refused(copy, tmp_path, capsys):
    """A step that would do nothing is a slip of the pen: line and both versions are known."""
    text = f"from: 1.0.0\nto: 1.1.0\nwhy: {{zh: 新, en: next}}\nsteps:\n  - {{kind: resource, {WHY}, remove: /nmae}}\n"
    new, out = version(copy, "1.1.0", text), tmp_path / "out.jsonl"
    (tmp_path / "a.jsonl").write_text("{}\n", "utf-8")
    arguments = ["standard", "migrate", "--lang", "en"]
    old = str(builtin_folder())
    assert run([*arguments, old, new, str(tmp_path / "a.jsonl"), "-o", str(out)]) == 2
    assert "1.1.0.yaml:5" in (told := capsys.readouterr().err) and "there was no property /nmae before" in told
    assert run([*arguments, new, old, str(tmp_path / "a.jsonl"), "-o", str(out)]) == 2
    assert "the later one second" in capsys.readouterr().err
    assert run([*arguments, old, new, "-o", str(out)]) == 2
    assert run([*arguments, old, new, str(tmp_path / "a.jsonl"), "--draft", "-o", str(out)]) == 2
    assert run([*arguments, old, new, str(tmp_path / "a.jsonl")]) == 2
    assert not out.exists()


def test_a_line_that_is_no_json_is_listed_too(copy, tmp_path, capsys):
    """What cannot be read must not be missing without a word."""
    new, out, rejects = version(copy, "1.1.0"), tmp_path / "out.jsonl", tmp_path / "rest.jsonl"
    entry = builtin_folder() / "schemas/examples/organization.json"
    line = json.dumps(json.loads(entry.read_text("utf-8")), ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(f"{line}\n{{broken\n", "utf-8")
    arguments = ["standard", "migrate", str(builtin_folder()), new, str(tmp_path / "a.jsonl"), "-o", str(out)]
    assert run([*arguments, "--lang", "en"]) == 1 and not out.exists()
    assert "the line is no JSON" in capsys.readouterr().out
    assert run([*arguments, "--rejects", str(rejects)]) == 1
    assert json.loads(rejects.read_text("utf-8"))["line"] == 2
    assert json.loads(out.read_text("utf-8")) == json.loads(line)


def test_a_file_that_cannot_be_read_does_not_hide_the_others(copy, tmp_path, capsys):
    """All of them are told; without a word that less will do, nothing is written."""
    new, out, rejects = version(copy, "1.1.0"), tmp_path / "out.jsonl", tmp_path / "rest.jsonl"
    entry = (builtin_folder() / "schemas/examples/organization.json").read_text("utf-8")
    files = [tmp_path / name for name in ("broken.xlsx", "gone.jsonl", "good.json")]
    files[0].write_bytes(b"PK\x03\x04")
    files[2].write_text(entry, "utf-8")
    arguments = ["standard", "migrate", str(builtin_folder()), new, *map(str, files), "-o", str(out), "--lang", "en"]
    assert run(arguments) == 2 and not out.exists()
    told = capsys.readouterr().err
    assert "broken.xlsx" in told and "gone.jsonl" in told and "2 files could not be read" in told
    assert run([*arguments, "--rejects", str(rejects)]) == 2
    assert json.loads(out.read_text("utf-8")) == json.loads(entry) and rejects.read_text("utf-8") == ""


@pytest.fixture
def demanding(copy, tmp_path):
    """Return what migrates a catalog of a dozen entries to a version that demands a property that none of them has."""
    copy.schema("resource", lambda s: s["required"].append("x-new"))
    copy.schema("resource", lambda s: s["properties"].update({"x-new": {"title": "新", "type": "string"}}))
    entry = json.loads((builtin_folder() / "schemas/examples/resource.json").read_text("utf-8"))
    entry.pop("relation")
    catalog = tmp_path / "a.jsonl"
    with catalog.open("w", encoding="utf-8") as stream:
        for number in range(1, 13):
            own = {"identifier": f"307021022100/{number:06d}", "title": f"第{number}类食品经营许可信息"}
            stream.write(f"{json.dumps(entry | own, ensure_ascii=False)}\n")
    return ["--lang", "en", str(builtin_folder()), version(copy, "1.1.0"), str(catalog)]


def test_every_entry_that_the_new_version_refuses_is_set_aside(demanding, tmp_path, monkeypatch, capsys):
    """However many there are: what a report would only count is a refusal all the same; `impact` counts likewise."""
    few = replace(DEFAULT, findings=3, findings_per_rule=2, findings_per_entry=1)
    monkeypatch.setattr("mulu.limits.DEFAULT", few)
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rest.jsonl"
    assert run(["standard", "impact", *demanding]) == 1
    impact = capsys.readouterr()
    assert run(["standard", "migrate", *demanding, "-o", str(out), "--rejects", str(rejects)]) == 1
    assert out.read_text("utf-8") == "" and len(rejects.read_text("utf-8").splitlines()) == 12
    assert "newly rejected: 12" in impact.out and impact.err == ""


@pytest.mark.parametrize("limit", ["entries=3", "findings_per_rule=2"])
def test_what_could_not_be_judged_is_no_promise(limit, demanding, tmp_path, capsys):
    """If limits of the user's own keep a version from seeing every entry, nothing is written."""
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rest.jsonl"
    arguments = [*demanding, "--limit", limit]
    assert run(["standard", "migrate", *arguments, "-o", str(out), "--rejects", str(rejects)]) == 2
    assert limit.partition("=")[0] in capsys.readouterr().err and not out.exists() and not rejects.exists()
    assert run(["standard", "impact", *arguments]) == 2
    assert limit.partition("=")[0] in capsys.readouterr().err
