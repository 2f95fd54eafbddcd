"""What is derived of a small standard, whole: closed and bundled schemas, properties, code lists, locks."""

import json
import shutil
from pathlib import Path

import pytest

from mulu.errors import BadSettings, BadStandard
from mulu.standard import folder, load
from mulu.standard.codes import spelling
from mulu.standard.extends import DEPTH
from mulu.standard.lock import differences, lock_of, written

SMALL = Path(__file__).parents[1] / "validate" / "small"
ABOVE = """\
id = "above"
version = "2.0.0"
base = "https://example.org/above/"
title = { zh = "上", en = "Above" }
description = { zh = "在上。", en = "Above." }
extends = "below"

[[levels]]
id = "full"
title = { zh = "更完整", en = "Fuller" }
description = { zh = "改写。", en = "Said anew." }

[[levels]]
id = "top"
title = { zh = "最高", en = "Top" }
description = { zh = "又一级。", en = "One more." }

[[relaxes]]
what = "thing /size"
reason = { zh = "不需要", en = "not needed" }
"""
THING = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.org/above/thing.schema.json",
    "$dynamicAnchor": "thing",
    "$ref": "https://example.org/small/thing.schema.json",
    "x-required": {"top": ["status", "weight"], "basic": ["count"]},
    "required": ["ready"],
    "allOf": [{"required": ["gone"], "properties": {"gone": {"description": "没有"}}}],
    "properties": {"label": {"minLength": 3, "allOf": [{"pattern": "a"}]}, "more": {"$ref": "part.schema.json"}},
}


@pytest.fixture
def both(tmp_path):
    """Return a standard that stands on the small one."""
    shutil.copytree(SMALL, tmp_path / "below")
    (tmp_path / "standard.toml").write_text(ABOVE, "utf-8")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "thing.schema.json").write_text(json.dumps(THING), "utf-8")
    part = {**THING, "$id": THING["$id"].replace("thing", "part"), "$dynamicAnchor": "part"}
    part |= {"$ref": "https://example.org/small/part.schema.json", "allOf": [{}], "x-required": {}, "properties": {}}
    (tmp_path / "schemas" / "part.schema.json").write_text(json.dumps(part), "utf-8")
    return load(tmp_path)


LOCATIONS = (
    "https://example.org/above/thing.schema.json#/properties/label/minLength",
    "https://example.org/above/thing.schema.json#/allOf/0/properties/gone",
    "https://example.org/above/thing.schema.json#/allOf/1",
    "https://example.org/above/thing.schema.json#/allOf/x",
    "https://example.org/above/thing.schema.json#/required/0/x",
    "https://example.org/above/thing.schema.json#/no~1thing~0",
    "https://example.org/above/thing.schema.json",
    "https://example.org/none.schema.json#/properties",
)


def test_all_that_is_derived_of_schemas(both, approved):
    """What is above says more or otherwise, and what is below is still said."""
    schemas = both.schemas
    approved("closed", schemas.closed("thing"))
    approved("bundle", schemas.bundle("thing"))
    approved(
        "properties",
        {
            item.pointer: [
                item.name,
                item.title.to_dict(),
                item.description.to_dict(),
                schemas.required_level(item.owner, item.name),
                sorted(item.schema),
            ]
            for item in schemas.properties("thing")
        },
    )
    located = {location: [sorted(node) for node in schemas.locate(location)] for location in LOCATIONS}
    header = both.header
    approved(
        "standard",
        {
            "located": located,
            "kinds": {kind: sorted(schema) for kind, schema in schemas.kinds.items()},
            "effective": schemas.effective,
            "levels": [[one.id, one.rank, one.title.en, one.description.zh] for one in header.levels],
            "below": [[one.id, one.rank, one.title.en, one.description.zh] for one in both.below.header.levels],
            "relaxes": [[one.what, one.reason.to_dict(), one.line] for one in header.relaxes],
            "layers": [layer.header.id for layer in both.layers],
            "rules": list(both.rules),
            "statistics": {name: [rule.id, rule.topic, rule.query] for name, rule in both.statistics.items()},
        },
    )
    with pytest.raises(KeyError):
        schemas.closed("owner")


def test_two_descriptions_of_a_property_add_up(tmp_path):
    """What both say under `allOf` holds, what is below first; of other words the later count."""
    shutil.copytree(SMALL, tmp_path / "below")
    edited(
        tmp_path / "below/schemas/thing.schema.json", '"minLength": 2', '"minLength": 2, "allOf": [{"pattern": "b"}]'
    )
    (tmp_path / "standard.toml").write_text(ABOVE, "utf-8")
    (tmp_path / "schemas").mkdir()
    above = tmp_path / "schemas" / "thing.schema.json"
    above.write_text(json.dumps(THING | {"properties": {"label": THING["properties"]["label"]}}), "utf-8")
    schemas = load(tmp_path).schemas
    label = schemas.members(schemas.resources[schemas.effective["thing"]])["label"]
    assert label["allOf"] == [{"pattern": "b"}, {"pattern": "a"}]
    assert (label["minLength"], label["maxLength"]) == (3, 6)


def test_a_reference_that_leads_nowhere_is_told(tmp_path):
    shutil.copytree(SMALL, tmp_path / "below")
    (tmp_path / "standard.toml").write_text(ABOVE, "utf-8")
    (tmp_path / "schemas").mkdir()
    above = json.dumps(THING | {"properties": {"x": {"$ref": "no.schema.json"}}})
    (tmp_path / "schemas" / "thing.schema.json").write_text(above, "utf-8")
    with pytest.raises(BadStandard) as caught:
        load(tmp_path).schemas.properties("thing")
    reference = "https://example.org/above/no.schema.json"
    assert (caught.value.path, caught.value.zh) == (str(tmp_path), f"引用无法解析：{reference}；请核对文件名")
    assert caught.value.en == f"the reference leads nowhere: {reference}; check the file's name"


CODES = """\
code,name.zh,name.en,broader,status,aliases,source,successor
a,甲,Alpha,,,一号;第#号;　,t,
b,乙,Beta,,retired,二;甲;"b;c",t,a

2,丙,,,,“三”;III,t,
a,甲新,Alpha new,,,新甲,t,
"""
SPELLED = (
    *(
        "a",
        "Ａ",
        " 甲 ",
        "甲新",
        "“alpha”",
        "ALPHA NEW",
        "一号",
        "第12号",
        "第 3 号",
        "第三号",
        "二",
        "2",
        "12",
        "三。",
        "iii",
    ),
    *("c", "", " ", "……", "甲\u200b", "『乙』", "乙。", "，乙"),
)
NEAR = ("alpa", "甲心", "III号", "betta", "", "xyzzy", "第9好", "a" * 64, "a" * 65, "一" * 3)


def test_all_that_is_found_in_a_code_list(tmp_path, approved):
    """By code, name, alias and number, however it is spelled; and what is nearest."""
    shutil.copytree(SMALL, tmp_path / "own")
    (tmp_path / "own/schemas/codes/colour.csv").write_text("\ufeff" + CODES, "utf-8")
    codes = load(tmp_path / "own").codes
    known = codes["colour"]
    nearest = {text[:20] + str(len(text)): known.nearest(text) for text in NEAR}
    approved(
        "codes",
        {
            "lists": list(codes),
            "columns": known.columns,
            "values": known.values,
            "labels": known.labels,
            "by code": {
                code: [one.name.to_dict(), one.status, one.successor, one.aliases, one.fields["source"]]
                for code, one in known.by_code.items()
            },
            "found": {text: known.find(text) for text in SPELLED},
            "nearest": {text: one and one.code for text, one in nearest.items()},
            "spelled": [spelling(text) for text in SPELLED],
        },
    )
    assert "colour" in codes and "color" not in codes and known.id == "colour"


def test_a_lock_made_before_still_holds(tmp_path):
    """The digest of a folder is the same in every version of the program."""
    (tmp_path / "standard.toml").write_text(ABOVE.replace('extends = "below"\n', ""), "utf-8")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "thing.schema.json").write_text(json.dumps({"$id": "thing.schema.json"}), "utf-8")
    assert load(tmp_path).sha256 == "5e958e561fa7f2e411824e47b1cfe0ac4fb7860f13124578c4996c4752ff0b03"


@pytest.mark.parametrize("there", [(), ("standard.toml",), ("pyproject.toml",), ("standard.toml", "pyproject.toml")])
def test_where_the_built_in_standard_is(tmp_path, monkeypatch, there):
    """The root of a checkout, which holds both files; else the copy in the package."""
    monkeypatch.setattr(folder, "__file__", str(tmp_path / "mulu" / "standard" / "folder.py"))
    for name in there:
        (tmp_path / name).touch()
    assert folder.builtin_folder() == (tmp_path if len(there) == 2 else tmp_path / "mulu" / "builtin")


def edited(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def codes_changed(folder):
    edited(folder / "below/schemas/codes/colour.csv", "Red", "red")


def codes_gone(folder):
    shutil.copy(folder / "below/schemas/codes/colour.csv", folder / "below/schemas/codes/more.csv")
    shutil.move(folder / "below/schemas/codes/colour.csv", folder / "below/schemas/codes/other.csv")


def version_changed(folder):
    edited(folder / "below/standard.toml", "1.0.0", "1.0.1")


def file_changed(folder):
    edited(folder / "schemas/thing.schema.json", "minLength", "maxLength")


def named_otherwise(folder):
    edited(folder / "below/standard.toml", '"small"', '"smaller"')


def other_standard(folder):
    shutil.rmtree(folder / "below")
    shutil.rmtree(folder / "schemas")
    (folder / "standard.toml").write_text(
        (SMALL / "standard.toml").read_text("utf-8").replace('"small"', '"x"'), "utf-8"
    )


LOCKS = (
    "\udcff",
    *(
        "lock = 2\n",
        "lock = \n",
        "",
        'lock = 1\nsha256 = "x"\nstandard = 1\n[codes]\n',
        'lock = 1\nsha256 = "x"\n[codes]\n',
    ),
    *(
        'lock = 1\nsha256 = "x"\nstandard = [{id = "a", version = "1"}]\n[codes]\n',
        "lock = 1\nstandard = []\n[codes]\n",
    ),
    'lock = 1\nsha256 = "x"\nstandard = []\ncodes = 1\n',
)


def test_all_that_is_said_of_locks(both, tmp_path, approved):
    """What differs from the standard in use, by its names; and of a file that is no lock."""
    file = tmp_path / "mulu.lock"
    lock = lock_of(both)
    file.write_bytes(written(lock))
    assert differences(file, both) == [] and lock["sha256"] == both.sha256
    hashes = {lock["sha256"]: "WHOLE", lock["standard"][0]["sha256"]: "ABOVE", lock["standard"][1]["sha256"]: "BELOW"}
    text = file.read_text("utf-8")
    for digest, name in (hashes | {lock["codes"]["colour"]: "COLOUR"}).items():
        text = text.replace(digest, name)
    told = {"written": text.splitlines()}
    for change in (codes_changed, codes_gone, version_changed, file_changed, named_otherwise, other_standard):
        folder = tmp_path / change.__name__
        shutil.copytree(tmp_path / "below", folder / "below")
        shutil.copytree(tmp_path / "schemas", folder / "schemas")
        shutil.copy(tmp_path / "standard.toml", folder)
        change(folder)
        told[change.__name__] = [[one.zh, one.en] for one in differences(file, load(folder))]
    for text in LOCKS:
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(BadSettings) as caught:
            differences(file, both)
        assert caught.value.path == str(file)
        told[ascii(text)] = [caught.value.line, caught.value.zh, caught.value.en]
    file.write_bytes(written(lock | {"sha256": "0" * 64}))
    told["nothing named"] = [[one.zh, one.en] for one in differences(file, both)]
    approved("locks", told)


EXTENDS = ("https://example.org/a", "../a", "", ".", "below/../..", "nothing", "below", "linked")


def test_all_that_is_said_of_what_is_extended(tmp_path, approved):
    """Neither the network nor another folder; no circle, and no more than some."""
    told = {}
    for wanted in EXTENDS:
        folder = tmp_path / str(len(told))
        folder.mkdir()
        (folder / "standard.toml").write_text(ABOVE.replace('"below"', json.dumps(wanted)), "utf-8")
        if wanted == "linked":
            (folder / "linked").symlink_to(SMALL)
        if wanted == "below":
            inner = folder
            for _ in range(DEPTH):
                inner = inner / "below"
                inner.mkdir()
                (inner / "standard.toml").write_text(ABOVE, "utf-8")
        with pytest.raises(BadStandard) as caught:
            load(folder)
        error = caught.value
        path = Path(error.path).relative_to(folder).as_posix()
        told[wanted] = [f"{path}:{error.line}", error.zh, error.en]
    approved("extends", told)
