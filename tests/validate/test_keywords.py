"""Every keyword of JSON Schema that a standard may use is told as a clerk can read it, in both languages."""

import json

import pytest

from mulu.checks import checks
from mulu.pointer import pointer_of
from mulu.publish.begin import begin
from mulu.standard import load
from mulu.validate.structure import Structure

THREE_DIGITS = {"type": "string", "pattern": "^[0-9]{3}$"}


def named(zh, en, **said):
    """Return a property with its names."""
    texts = {"title": zh, "description": f"{zh}的说明。", "x-en": {"title": en, "description": f"What {en} is."}}
    return {**texts, "$comment": "-", **said}


CITY = named("城市", "City", type="string")
PROPERTIES = {
    "alpha": named("甲", "Alpha", type="string"),
    "beta": named("乙", "Beta", type="string"),
    "some": named("清单", "List", type="array", contains=THREE_DIGITS, minContains=1, maxContains=2),
    "unique": named("各异", "Unique", type="array", uniqueItems=True),
    "fixed": named("定长", "Fixed", type="array", prefixItems=[{"type": "string"}], items=False),
    "open": named("定长二", "Open", type="array", prefixItems=[{"type": "string"}], unevaluatedItems=False),
    "amount": named("金额", "Amount", type="number", multipleOf=0.01),
    "fee": named("收费", "Fee", type="number", exclusiveMinimum=0, maximum=100),
    "only": named("定值", "Only", const=1),
    "choice": named("选项", "Choice", enum=["x", None, True, {"a": 1}]),
    "map": named("对照", "Map", propertyNames={"pattern": "^[a-z]+$", "maxLength": 3}, maxProperties=2),
    "address": named("地址", "Address", type="object", minProperties=1, properties={"city": CITY}),
    "either": named(
        "任一", "Either", anyOf=[{"type": "string", "minLength": 2}, {"type": "object", "required": ["city"]}]
    ),
    "one": named(
        "其一", "One", oneOf=[{"type": "string", "minLength": 2}, {"maxLength": 4, "type": "string"}, {"type": "null"}]
    ),
    "not": named("排除", "Excluded", **{"not": {"enum": ["无", "其他"]}}),
    "banned": named("禁用", "Banned", **{"not": {}}),
    "code": named("编码", "Code", type="string", pattern="^[A-Z]{2}-[0-9]+$"),
    "postcode": named("邮编", "Postcode", type="string", pattern="^[0-9]{6}$"),
    "day": named("时间", "Time", type="string", format="date-time"),
    "site": named("网址", "Site", type="string", format="uri"),
    "parts": named("部分", "Parts", type="array", items={"$ref": "part.schema.json"}),
}
MORE = [
    {
        "if": {"properties": {"alpha": {"const": "x"}}, "required": ["alpha"]},
        "then": {"required": ["beta"], "properties": {"day": {"not": {}}}},
        "else": {"properties": {"beta": {"not": {}}}},
    },
    {"dependentRequired": {"amount": ["some", "alpha"]}},
    {"dependentSchemas": {"site": {"required": ["code"]}}},
    {"not": {"required": ["only", "unique"]}},
    {"not": {"properties": {"parts": {"contains": {"$ref": "part.schema.json"}}}, "required": ["parts"]}},
]
ENTRIES = [
    {"alpha": "x"},
    {"alpha": "x", "beta": "y", "day": "2021-06-18T09:30:00Z"},
    {"beta": "y"},
    {"alpha": 3},
    {"alpha": None},
    {"some": ["12"]},
    {"some": ["123", "124", "125"]},
    {"unique": [1, {"a": 2}, 1.0]},
    {"unique": "t"},
    {"fixed": ["a", 1, 2]},
    {"open": ["a", 1, 2]},
    {"amount": 1.234, "some": ["123"], "alpha": "y"},
    {"amount": 1},
    {"fee": 0},
    {"only": 2},
    {"choice": "q"},
    {"map": {"A1": 1}},
    {"map": {"a": 1, "b": 2, "c": 3}},
    {"address": {}},
    {"address": "t"},
    {"either": {}},
    {"either": "a"},
    {"one": "abc"},
    {"one": 3},
    {"not": "无"},
    {"banned": [1]},
    {"code": "x"},
    {"code": "\u3000"},
    {"postcode": "12"},
    {"day": "2021"},
    {"site": "http://example.gov.cn"},
    {"site": "x", "code": "AA-1"},
    {"only": 1, "unique": []},
    {"parts": [{}]},
]


@pytest.fixture(scope="module")
def structure(tmp_path_factory):
    """Return what holds entries to a standard that uses all keywords."""
    folder = tmp_path_factory.mktemp("standards") / "small"
    begin("small", folder)
    path = folder / "schemas/example.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    schema["properties"] |= PROPERTIES
    schema["allOf"] = MORE
    path.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    part = {
        **schema,
        "$id": schema["$id"].replace("example.schema", "part.schema"),
        "$dynamicAnchor": "part",
        "title": "部分",
    }
    part |= {"x-en": {"title": "Part", "description": "Part."}, "properties": {"city": CITY}, "required": []}
    for key in ("x-entry", "x-required", "allOf"):
        part.pop(key, None)
    (folder / "schemas/part.schema.json").write_text(json.dumps(part, ensure_ascii=False), "utf-8")
    return Structure(load(folder))


def test_each_keyword_in_words(structure, approved):
    """What is missing, what was found and how to mend it, without the words of JSON Schema."""
    example, told, said = structure.standard.examples["example"], {}, []
    assert structure.faults(example) == []
    for entry in ENTRIES:
        faults = structure.faults({**example, **entry})
        assert faults
        texts = [
            [f(fault.params) for f in (checks()[fault.check].message.filled, checks()[fault.check].mend.filled)]
            for fault in faults
        ]
        told[json.dumps(entry, ensure_ascii=False)] = [
            [fault.check, pointer_of(fault.path), *(f"{m} → {n}" for m, n in zip(message, mend, strict=True))]
            for fault, (message, mend) in zip(faults, texts, strict=True)
        ]
        said += [text for pair in texts for both in pair for text in both]
    assert not [
        text
        for text in said
        for word in ("Properties", "Items", "Of ", "dependent", "None", "True", "_zh}")
        if word in text
    ]
    approved("keywords", told)
