"""What is read of each file of a standard, and what is said of each slip in it, whole and in both languages."""

import json
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pytest

from mulu.errors import BadStandard
from mulu.standard import load
from mulu.standard.folder import files
from mulu.standard.mapping_data import DEEPEST
from mulu.standard.mapping_reader import read_mapping
from mulu.standard.mappings import Mapping, place_of
from mulu.standard.migrations import read_migration
from mulu.standard.rules import read_rule
from mulu.standard.selectors import Selector, selector, steps_to
from mulu.standard.statistics import read_statistic
from mulu.standard.written import read_schema
from mulu.texts import Text

LEVELS = load().header.levels
NAMES = [level.id for level in LEVELS]
KINDS = {"thing": {"kind": "thing", "label": "a", "parts": [{"size": 1}, {"size": 2}], "owner": {"name": "b"}}}
BOTH = {"zh": "中文", "en": "English"}

TABLE = {
    "title": BOTH,
    "description": BOTH,
    "kind": "thing",
    "reads": "table",
    "recognise": {"headings": ["名称", ["颜色", "色"], "大小"], "required": ["名称"], "at_least": 2},
    "table": {"header_rows": 2, "one_entry_per": ["名称"]},
    "fields": {
        "label": {"heading": ["名称", "名"], "after": "编号", "part": ["/", 0], "unless": {"colour": "red"}},
        "colour": [
            {"heading": "颜色", "code": "colour", "decode": {"1": "red"}, "when": {"label": ["a", "b"]}},
            {"heading": "色", "code": "colour", "unknown": "leave", "not_in": ["placeholder"]},
        ],
        "owner.name": "部门",
        "parts": {"each": "line", "fields": {"size": {"heading": "大小", "as": "number", "scale": 2}}},
        "words": {"heading": "词", "each": "value", "split": [",", "；"], "write": {"join": "；"}},
        "mail": {"heading": "邮箱", "as": "email", "prefix": "mailto:", "write": {"label": "zh", "texts": {"a": "甲"}}},
        "x-fixed": {"value": 1, "write": False},
    },
    "details": [
        {
            "recognise": {"headings": ["部件", "重量"], "at_least": 1},
            "join": {"heading": "名称", "to": "owner.name"},
            "into": "parts",
            "fields": {"size": "大小"},
            "write": {"headings": ["名称", "大小"], "sheet": "部件"},
        }
    ],
    "drop": [{"heading": ["序号"], "reason": BOTH}],
    "write": {
        "headings": ["序号", "名称"],
        "further": ["颜色"],
        "language": "en",
        "endings": ["csv", "xlsx"],
        "lines": "merge",
        "number": "序号",
        "sheet": "目录",
    },
}
TREE = {
    "title": BOTH,
    "description": BOTH,
    "kind": "thing",
    "reads": "tree",
    "family": "xml",
    "namespaces": {"a": "urn:a"},
    "recognise": {"paths": ["a:things/a:thing", ["x", "y"]], "required": ["a:things"], "at_least": 2},
    "records": ["a:things/a:thing", "thing"],
    "fields": {
        "label": "a:name",
        "colour": {
            "at": ["a:colour[@kind='main']", "@colour"],
            "code": "colour",
            "write": {"label": "code", "nearest": {"blue": "red"}},
        },
        "size": {"at": "size", "as": "number", "write": {"as": "text"}},
        "day": {"at": "day", "as": "date", "write": {"at": "x/day", "time": "x/time"}},
        "words": {"at": "words", "split": "vocabulary"},
        "parts": {"at": "part+", "each": "element", "fields": {"size": "a:size"}},
    },
    "also": [{"kind": "other", "records": "a:others/a:other", "fields": {"label": "a:name"}}],
    "drop": [{"at": ["a:rest", "rest"], "reason": BOTH}],
    "write": {
        "language": "en",
        "envelope": {"@version": "1"},
        "record": {"thing": {"@id": "{label}"}, "other": {"@id": "other"}},
        "always": {"a:note": ["{label}", "none"]},
        "order": {"a:thing": ["a:name", "a:colour"]},
        "endings": ["xml"],
        "as_read": True,
        "alone": True,
    },
}
LEAST = {key: TABLE[key] for key in ("title", "description", "kind", "reads")} | {
    "recognise": {"headings": ["名称", "颜色"]},
    "fields": {"label": "名称"},
}
LEAST_TREE = LEAST | {
    "reads": "tree",
    "family": "json",
    "recognise": {"paths": ["name", "colour"]},
    "fields": {"label": "name"},
    "write": {},
}
RULE = {
    "id": "rule",
    "level": LEVELS[0].id,
    "severity": "warning",
    "source": "a law",
    "title": BOTH,
    "why": BOTH,
    "message": BOTH,
    "mend": BOTH,
    "query": "select entry, '/label' as path, label, meant from thing, word where word <> label",
    "fix": {"safe": True, "value": "meant"},
    "suggest": {"from": "word", "by": {"label": "word"}},
    "pass": [{"name": BOTH, "entries": [{"kind": "thing", "label": "a"}]}],
    "fail": [
        {
            "name": BOTH,
            "entries": [
                {"like": "thing", "set": {"/label": "b", "/parts/0/size": 3, "/new/inner": 1}, "remove": ["/parts/0"]},
                {"like": "thing", "remove": ["/label", "/none/of/it"]},
            ],
            "at": [{"entry": 1, "path": "/label"}],
        }
    ],
}
WHY = {"kind": "thing", "why": BOTH}
MIGRATION = {
    "from": "1.9.0",
    "to": "1.10.0-rc.1",
    "why": BOTH,
    "steps": [
        {**WHY, "move": "/x/*/y", "to": "/x/*/z/y"},
        {**WHY, "recode": "/x", "codes": {"old": "new", "gone": None}},
        {**WHY, "split": "/x/*/a", "pattern": "(?P<one>.)-(?P<two>.)", "to": {"one": "/x/*/b", "two": "/x/*/c"}},
        {**WHY, "default": "/x", "value": [1]},
        {**WHY, "remove": "/x"},
    ],
}
STATISTIC = {"title": BOTH, "why": BOTH, "source": "a law", "query": "select count(*) as value from thing; "}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.org/thing.schema.json",
    "title": "东西",
    "x-en": {"title": "Thing"},
    "x-entry": {"name": "/label"},
    "x-required": {LEVELS[0].id: ["label"], LEVELS[1].id: ["colour"]},
    "type": "object",
    "properties": {
        "label": {"type": "string", "x-level": LEVELS[1].id, "x-severity": "warning", "x-personal": "name"},
        "parts": {
            "type": "array",
            "x-table": "part",
            "x-key": "size",
            "items": {"allOf": [{"properties": {"size": {"x-code-list": "size"}}}]},
        },
    },
    "$defs": {"a/b": {"x-open-code-list": "colour"}},
}

# name: (where it stands, what it says, how it is read)
READ = {
    "table": ("converters/own/mapping.yaml", TABLE, read_mapping),
    "tree": ("converters/own/mapping.yaml", TREE, read_mapping),
    "table-least": ("converters/own/mapping.yaml", LEAST, read_mapping),
    "tree-least": ("converters/own/mapping.yaml", LEAST_TREE, read_mapping),
    "rule": ("validators/own/rule.yaml", RULE, lambda path: read_rule(path, NAMES, KINDS)),
    "migration": ("schemas/migrations/1.10.0.yaml", MIGRATION, read_migration),
    "statistic": ("schemas/statistics/size.yaml", STATISTIC, lambda path: read_statistic(path, LEVELS)),
    "schema": ("schemas/thing.schema.json", SCHEMA, lambda path: read_schema(path, NAMES)),
}
JUNK = (None, "junk", 7, ["junk"], {"junk": "junk"})


def plain(value):
    """Return what was read as JSON, without what is as it would be if nothing were said."""
    if isinstance(value, Selector):
        return value.text
    if isinstance(value, Text):
        return value.to_dict()
    if isinstance(value, Path):
        return value.name
    if is_dataclass(value):
        said = {}
        for one in fields(value):
            default = one.default if one.default_factory is MISSING else one.default_factory()
            found = getattr(value, one.name)
            if one.init and found != default:
                said[one.name] = plain(found)
        return said
    if callable(value):
        # What is read when it is asked for.
        return plain(value())
    if hasattr(value, "_asdict"):
        defaults = value._field_defaults
        said = value._asdict().items()
        return {name: plain(inner) for name, inner in said if name not in defaults or inner != defaults[name]}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value


def slips(value, pointer=""):
    """Yield how a value can be written otherwise: each value in it left out, or something else in its place."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        here = f"{pointer}/{step}"
        less = value.copy()
        del less[step]
        yield f"{here} -", less
        others = [(f"{here} {json.dumps(junk)}", junk) for junk in JUNK]
        for said, other in [*others, *slips(inner, here)]:
            changed = value.copy()
            changed[step] = other
            yield said, changed
    if isinstance(value, dict):
        yield f"{pointer}/junk +", {**value, "junk": "junk"}


def write(path, content):
    """Write what a file says, a line each value."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


@pytest.mark.parametrize("name", READ)
def test_what_is_read_and_what_is_said_of_slips(name, tmp_path, approved):
    """With line and column; what is said of slips in examples is told when they are asked for."""
    file, whole, read = READ[name]
    path = tmp_path / file
    path.parent.mkdir(parents=True)

    def examples(found):
        return {"pass": plain(found.passes), "fail": plain(found.fails)} if name == "rule" else {}

    def derived(found):
        if not isinstance(found, Mapping):
            return {}
        specs = [[spec.pointer, spec.is_kept, spec.alone is spec, plain(place_of(spec))] for spec in found.specs]
        return {"kinds": found.kinds, "words": sorted(found.known_words), "specs": specs, "is tree": found.is_tree}

    told = {}
    for said, content in slips(whole):
        write(path, content)
        try:
            examples(read(path))
            place = "is read"
        except BadStandard as error:
            assert error.path == str(path)
            place = f"{error.line}:{error.column} {error.zh} | {error.en}"
        told.setdefault(place, []).append(said)
    write(path, whole)
    found = read(path)
    approved(name, {"read": plain(found) | examples(found), "derived": derived(found), "slips": told})


EXTENDING = {
    "extends": "table",
    "title": {"zh": "另一种", "en": "Another"},
    "table": {"header_rows": 1},
    "fields": {"label": None, "colour": "色彩", "new": "新"},
    "write": {"sheet": None, "language": "zh"},
    "drop": None,
}
EXTENDING_TREE = {
    "extends": "tree",
    "namespaces": {"b": "urn:b"},
    "fields": {"label": "b:name"},
    "write": {
        "envelope": {"@more": "1", "@version": None},
        "record": {"thing": {"@id": None, "@new": "n"}},
        "always": {"b:more": ["b"]},
        "order": {"b:thing": ["b:name"]},
        "endings": ["rdf"],
    },
}


def test_what_a_mapping_takes_over(tmp_path, approved):
    """Each value that it says itself, in those that are maps one by one; null takes away."""
    texts = {"table": TABLE, "own": EXTENDING, "further": {"extends": "own", "kind": "other"}}
    texts |= {"tree": TREE, "own-tree": EXTENDING_TREE}
    for name, content in texts.items():
        (tmp_path / "converters" / name).mkdir(parents=True)
        write(tmp_path / "converters" / name / "mapping.yaml", content)
    read = {name: plain(read_mapping(tmp_path / "converters" / name / "mapping.yaml")) for name in texts}
    whole = {"own": "table", "further": "own", "own-tree": "tree"}
    told = {
        name: {key: value for key, value in read[name].items() if value != read[below].get(key)}
        | {"without": sorted(set(read[below]) - set(read[name]))}
        for name, below in whole.items()
    }
    for name in ("a", "b", *(f"deep{number}" for number in range(DEEPEST + 2))):
        (tmp_path / "converters" / name).mkdir()
        below = {"a": "b", "b": "a"}.get(name) or f"deep{int(name[4:]) + 1}"
        write(tmp_path / "converters" / name / "mapping.yaml", {"extends": below} | (LEAST if name[4:] else {}))
    write(tmp_path / "converters" / f"deep{DEEPEST}" / "mapping.yaml", LEAST)
    assert read_mapping(tmp_path / "converters" / "deep1" / "mapping.yaml").id == "deep1"
    for name in ("a", "deep0"):
        with pytest.raises(BadStandard) as caught:
            read_mapping(tmp_path / "converters" / name / "mapping.yaml")
        told[name] = [caught.value.line, caught.value.column, caught.value.zh, caught.value.en]
    approved("extending", told)


STEPS = (
    {**WHY, "move": "/x/*/y", "to": "/z/*/y"},
    {**WHY, "move": "/x/*/y", "to": "/x/y"},
    {**WHY, "move": "/x/*/y", "to": "/x/*/z/*/y"},
    {**WHY, "move": "/x/*/*/y", "to": "/x/*/z/y"},
    {**WHY, "move": "/x", "to": "/z/*/y"},
    {**WHY, "move": "/x/*", "to": "/x/*"},
    {**WHY, "move": "/x/*/y", "to": "/x/*/y/z"},
    {**WHY, "move": "/x/a~1b", "to": "/x/c"},
    {**WHY, "move": "/x//y", "to": "/x"},
    {**WHY, "move": "x", "to": "/x"},
    {**WHY, "move": "/x", "to": 7},
    {**WHY, "remove": "/x/"},
    {**WHY, "recode": "/x", "codes": {}},
    {**WHY, "recode": "/x", "codes": {"old": {"a": "b"}}},
    {**WHY, "recode": "/x", "codes": {"old": [1]}},
    {**WHY, "recode": "/x", "codes": {"1": 1.5, "old": True}},
    {**WHY, "split": "/x", "pattern": "(", "to": {"one": "/y"}},
    {**WHY, "split": "/x", "pattern": "(?P<one>a)(?=b)", "to": {"one": "/y"}},
    {**WHY, "split": "/x", "pattern": "(?P<one>a)(?P<two>b)", "to": {"one": "/y"}},
    {**WHY, "split": "/x", "pattern": "(?P<one>a)", "to": {}},
    {**WHY, "split": "/x", "pattern": "(?P<one>" + "a" * 991 + ")", "to": {"one": "/y"}},
    {**WHY, "split": "/x", "pattern": "(?P<one>" + "a" * 992 + ")", "to": {"one": "/y"}},
    {**WHY, "default": "/x", "value": False},
)
VERSIONS = (
    *(
        ("1.0.0", "1.0.0"),
        ("1.0.0", "1.0.1"),
        ("1.2.0", "1.10.0"),
        ("1.0", "1.1.0"),
        ("1.0.0", "2"),
        ("2.0.0", "1.9.9"),
    ),
    *(("1.0.0-rc.1", "1.0.1+b.7"), ("01.0.0", "1.0.1"), ("1.0.0-", "1.0.1"), ("0.0.0", "0.0.1"), ("1.0.0", "1.0.1 ")),
)


def test_what_is_said_of_steps_and_versions_of_migrations(tmp_path, approved, capfd):
    """Where a value may go, by what it can be taken apart, and which version comes after which."""
    path = tmp_path / "1.yaml"
    told = []

    def said(shown, content):
        write(path, content)
        try:
            found = read_migration(path)
            told.append([shown, found.steps[0].told, found.steps[0].line])
        except BadStandard as error:
            told.append([shown, f"{error.line}:{error.column}", error.zh, error.en])

    for step in STEPS:
        said(json.dumps({k: v for k, v in step.items() if k not in WHY})[:60], MIGRATION | {"steps": [step]})
    for old, new in VERSIONS:
        said(f"{old} {new}", MIGRATION | {"from": old, "to": new})
    many = [STEPS[0] | {"to": "/x/*/z"}] * 1000
    said("1000", MIGRATION | {"steps": many})
    said("1001", MIGRATION | {"steps": [*many, many[0]]})
    approved("steps", told)
    assert capfd.readouterr() == ("", "")


SELECTORS = (
    *(
        "",
        "a",
        "a/b",
        "a+/b",
        "*:a",
        "**",
        "./a",
        "a/.",
        ".[b]",
        "'a/b'/c",
        "a['b]'='c]']",
        "a[1]",
        "a[2]+",
        "a[12][b]",
    ),
    *("a[b]", "a[b=c]", "a[b!=c]", "a[b/c='d e']/f", "a[./b=c]", "a[b][c=d]/e", "a[b=]", "a[b", "a[b=c", "a[]", "a]"),
    *(
        "/a",
        "a/",
        "a//b",
        "[a]",
        "a[",
        "'a",
        "a['b",
        "a[b?c]",
        "a[b!c]",
        "a+b",
        "a[1",
        "a" + "/a" * 63,
        "a" + "/a" * 64,
    ),
)


def test_what_selectors_say(approved):
    """Steps, tests and positions, or where they are wrong."""

    def steps(found):
        return [
            plain(step) | {"tests": [[*steps(test.path.steps), test.value, test.is_equal] for test in step.tests]}
            for step in found
        ]

    told = {}
    for text in SELECTORS:
        try:
            told[text] = [json.dumps(step, ensure_ascii=False) for step in steps(selector(text).steps)][:4]
        except ValueError as error:
            told[text] = str(error)
    approved("selectors", told)


def test_which_names_and_places_are_meant(approved):
    """A star means no attribute, mark or text; positions are counted from one."""
    names = ("a", "x:a", "y:b", "@a", "^a", "#text", "@x:a", "")
    fits = {
        text: [name for name in names if selector(text).steps[0].fits(name)] + [selector(text).steps[0].is_pattern]
        for text in ("a", "*", "*:a", "x:a", "@a", "**", "'*:'")
    }
    pointers = ("", "/a", "/a/0", "/a/3/b", "/0", "/a/0/1", "/a~1b/2/c~0d")
    approved("names", {"fits": fits, "steps": {pointer: plain(steps_to(pointer)) for pointer in pointers}})


def test_files_stand_by_their_path(tmp_path):
    """Whatever the file system's order is; what does not match is none of them."""
    for name in ("b/2.yaml", "b/1.yaml", "a/3.yaml", "a/4.txt", "a-b/0.yaml"):
        (tmp_path / "validators" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "validators" / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in files(tmp_path, "validators", "*/*.yaml")]
    assert found == [f"validators/{name}" for name in ("a/3.yaml", "a-b/0.yaml", "b/1.yaml", "b/2.yaml")]


def test_values_of_rdf_do_not_go_back_to_where_they_were_read(tmp_path):
    """A literal has a language and a datatype, which would be lost."""
    path = tmp_path / "converters" / "own" / "mapping.yaml"
    path.parent.mkdir(parents=True)
    write(path, LEAST_TREE | {"family": "rdf", "write": {"as_read": True}})
    with pytest.raises(BadStandard, match="it is one of false") as refused:
        read_mapping(path)
    lines = path.read_text("utf-8").splitlines()
    assert "as_read" in lines[refused.value.line - 1]
