"""A standard built on another: later folders add, narrow and replace; nothing leads out of the folder."""

import json
from pathlib import Path

import pytest

from mulu.errors import BadStandard
from mulu.standard import load
from mulu.standard.extends import DEPTH
from mulu.standard.folder import builtin_folder
from mulu.validate.shapes import array_tables, structure
from mulu.validate.structure import Structure

ROOT = Path(__file__).parents[2]
PROFILE = ROOT / "profiles" / "zhejiang"
BELOW = """\
id = "below"
version = "1.0.0"
base = "https://example.org/below/"
title = { zh = "下层", en = "Below" }
description = { zh = "测试用。", en = "For tests." }

[[levels]]
id = "basic"
title = { zh = "基本", en = "Basic" }
description = { zh = "起步。", en = "A start." }

[[levels]]
id = "full"
title = { zh = "完整", en = "Full" }
description = { zh = "全部。", en = "All of it." }
"""
ABOVE = """\
id = "above"
version = "1.0.0"
base = "https://example.org/above/"
extends = "below"
title = { zh = "上层", en = "Above" }
description = { zh = "测试用。", en = "For tests." }

[[levels]]
id = "strict"
title = { zh = "从严", en = "Strict" }
description = { zh = "更严。", en = "Stricter." }
"""
THING = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.org/below/thing.schema.json",
    "$dynamicAnchor": "thing",
    "x-entry": {"name": "/label"},
    "type": "object",
    "required": ["kind"],
    "x-required": {"full": ["label"]},
    "properties": {
        "kind": {"const": "thing"},
        "label": {"title": "名称", "type": "string", "maxLength": 9},
        "colour": {"type": "string", "x-code-list": "colour"},
        "parts": {"type": "array", "x-table": "part", "items": {"$dynamicRef": "part.schema.json#part"}},
        "source": {"type": "object"},
    },
}
PART = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.org/below/part.schema.json",
    "$dynamicAnchor": "part",
    "type": "object",
    "properties": {"size": {"type": "integer"}},
}
CODES = "code,name.zh,name.en,broader,status,aliases,source\nred,红,Red,,,,t\nblue,蓝,Blue,,,,t\n"
RULE = """\
id: nameless-thing
level: basic
severity: warning
title: {zh: 没有名称, en: A thing without a name}
why: {zh: 找不到。, en: Nobody finds it.}
message: {zh: 缺名称, en: no name}
mend: {zh: 请填写, en: fill it in}
query: |
  select entry, '/label' as path from thing where label is null
pass: [{name: {zh: 有, en: named}, entries: [{kind: thing, label: a}]}]
fail: [{name: {zh: 无, en: nameless}, entries: [{kind: thing}], at: [{entry: 0, path: /label}]}]
"""


def over(schema, **more):
    """Return the schema of the same name that adds to another."""
    name = schema["$dynamicAnchor"]
    return {
        "$schema": schema["$schema"],
        "$id": f"https://example.org/above/{name}.schema.json",
        "$dynamicAnchor": name,
        "$ref": schema["$id"],
        **more,
    }


FILES = {
    "below/standard.toml": BELOW,
    "below/schemas/thing.schema.json": json.dumps(THING),
    "below/schemas/part.schema.json": json.dumps(PART),
    "below/schemas/codes/colour.csv": CODES,
    "below/validators/thing/nameless-thing.yaml": RULE,
    "standard.toml": ABOVE,
    "schemas/thing.schema.json": json.dumps(
        over(
            THING,
            **{"x-required": {"basic": ["label"], "strict": ["colour"]}, "properties": {"label": {"minLength": 2}}},
        )
    ),
    "schemas/part.schema.json": json.dumps(over(PART, properties={"weight": {"type": "number"}})),
    "schemas/codes/colour.csv": CODES.replace("blue,蓝,Blue,,,,t\n", ""),
    "validators/own/nameless-thing.yaml": RULE.replace("severity: warning", "severity: error"),
}


def write(folder, files):
    """Write files into a folder, and return it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def both(tmp_path):
    """Return a standard of two folders."""
    return load(write(tmp_path, FILES))


def found(standard, entry):
    """Return check, pointer and level of each fault."""
    return [(f.check, "/".join(map(str, f.path)), f.level) for f in Structure(standard).faults(entry)]


def test_what_is_below_comes_first(both, tmp_path):
    """The folders stand in order, the levels one after the other, and the header is the last one's."""
    assert both.roots == (tmp_path / "below", tmp_path)
    assert both.header.id == "above" and both.below.header.id == "below"
    assert [(level.id, level.rank) for level in both.levels.values()] == [("basic", 0), ("full", 1), ("strict", 2)]
    assert list(both.below.levels) == ["basic", "full"]


def test_a_property_is_added_to_an_object_inside(both):
    """The built-in object stays open until the two are put together, and is closed then."""
    thing = {"kind": "thing", "label": "ab", "colour": "red"}
    assert found(both, {**thing, "parts": [{"size": 1, "weight": 0.5}]}) == []
    assert found(both, {**thing, "parts": [{"width": 1}]}) == [("unknown-property", "parts/0/width", "basic")]
    assert found(both.below, {**thing, "parts": [{"weight": 1}]}) == [("unknown-property", "parts/0/weight", "basic")]
    pointers = [item.pointer for item in both.schemas.properties("thing")]
    assert {"/parts/*/size", "/parts/*/weight"} <= set(pointers)


def test_demands_add_up(both):
    """What both ask is asked, once, from the earlier level on; texts that are not said again are those below."""
    assert found(both, {"kind": "thing"}) == [
        ("missing-property", "colour", "strict"),
        ("missing-property", "label", "basic"),
    ]
    assert found(both, {"kind": "thing", "label": "a", "colour": "red"}) == [("text-too-short", "label", "basic")]
    assert found(both, {"kind": "thing", "label": "a" * 10, "colour": "red"}) == [("text-too-long", "label", "basic")]
    label = next(item for item in both.schemas.properties("thing") if item.name == "label")
    assert label.title.zh == "名称"
    assert [both.schemas.required_level(label.owner, name) for name in ("kind", "label", "colour", "parts")] == [
        *("", "basic", "strict", None)
    ]


def test_a_code_list_of_the_same_name_replaces(both):
    """The narrower list holds for the schema below as well."""
    assert found(both, {"kind": "thing", "label": "ab", "colour": "blue"})[0][0] == "value-not-in-code-list"
    assert found(both.below, {"kind": "thing", "label": "ab", "colour": "blue"}) == []


def test_a_rule_of_the_same_name_replaces(both):
    """There is one rule of a name, that of the last folder."""
    assert both.rules["nameless-thing"].text.severity == "error" and both.rules["nameless-thing"].topic == "own"
    assert both.below.rules["nameless-thing"].text.severity == "warning"


def test_rules_see_what_was_added(both):
    """Tables hold the properties of both."""
    schemas = both.schemas
    assert array_tables(schemas, "thing")[0].structure == {"size": "BIGINT", "weight": "DOUBLE"}
    assert structure(schemas, schemas.resources[schemas.effective["thing"]])["label"] == "VARCHAR"


@pytest.mark.parametrize("file", FILES)
def test_digest_covers_all_folders(tmp_path, file):
    """A change below changes the state of what stands on it."""
    before = load(write(tmp_path, FILES)).sha256
    (tmp_path / file).write_text(FILES[file] + "\n", encoding="utf-8")
    assert load(tmp_path).sha256 != before


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("https://example.org/standard", "https://"),
        ("../elsewhere", "../elsewhere"),
        ("/etc", "/etc"),
        ("", "not empty"),
        ("nothing-there", "nothing-there"),
        ("x" * 5_000, "nor a standard"),
        (r"x\u0000y", "nor a standard"),
        (".", "back"),
    ],
)
def test_extends_leads_nowhere_else(tmp_path, wanted, part):
    """Neither to the network nor out of the folder, nor back; the line is named."""
    write(tmp_path / "elsewhere", {"standard.toml": BELOW})
    folder = write(tmp_path / "own", {"standard.toml": ABOVE.replace('"below"', f'"{wanted}"')})
    with pytest.raises(BadStandard) as caught:
        load(folder)
    assert caught.value.line == 4 and part in caught.value.en and caught.value.zh != caught.value.en


def test_link_to_a_standard_is_refused(tmp_path):
    """A link could lead anywhere."""
    write(tmp_path / "elsewhere", {"standard.toml": BELOW})
    folder = write(tmp_path / "own", {"standard.toml": ABOVE})
    try:
        (folder / "below").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(BadStandard):
        load(folder)


@pytest.mark.parametrize(("count", "right"), [(DEPTH, True), (DEPTH + 1, False)])
def test_depth_is_limited(tmp_path, count, right):
    """Standards may stand on each other, but not without end."""
    for number in range(count):
        text = BELOW if number == count - 1 else ABOVE.replace('"above"', f'"a{number}"')
        write(tmp_path.joinpath(*["below"] * number), {"standard.toml": text})
    if right:
        assert len(load(tmp_path).roots) == count
    else:
        with pytest.raises(BadStandard, match="deeper"):
            load(tmp_path)


def test_profile_stands_on_the_built_in_standard():
    """The worked example: kinds below are there, its own demands are asked."""
    standard = load(PROFILE)
    assert standard.roots == (builtin_folder(), PROFILE)
    assert set(standard.schemas.kinds) >= {"resource", "organization"}
    assert list(standard.levels)[-1] == "provincial"
    faults = found(standard, {"kind": "resource", "title": "登记信息", "publisher": {"name": "示例局"}})
    assert ("missing-property", "grade", "share") in faults
    assert ("missing-property", "dataScope", "provincial") in faults
