"""The XSD of a format: what is written of entries is valid by it, what is broken is not."""

import json

import orjson
import pytest
from lxml import etree

from mulu.convert.target import open_target
from mulu.errors import BadStandard
from mulu.output import whole_file
from mulu.publish.begin import begin
from mulu.publish.site.model import model_of
from mulu.publish.site.xsd import own_formats, xsd
from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load
from mulu.standard.mapping_reader import read_mapping

STANDARD = load()
MODEL = model_of(STANDARD)
OWN = {mapping.id: mapping for mapping in own_formats(MODEL)}


def schema_of(model, mapping):
    """Return the schema of a format, as a validator has it."""
    return etree.XMLSchema(etree.fromstring(xsd(model, mapping)))


def written(standard, entries, name, path):
    """Write entries in a format; return the root element."""
    target = open_target(standard, name, path)
    with whole_file(path) as stream:
        for entry in entries:
            target.add(entry, stream)
        target.finish(stream)
    return etree.parse(path).getroot()


def test_formats_that_have_a_schema_elsewhere_get_none():
    """What is in the namespaces of others is described by them."""
    assert set(OWN) == {"gbt21063", "gbt36903"}


@pytest.mark.parametrize("name", OWN)
def test_what_is_written_of_a_sample_is_valid(name, tmp_path):
    """Many entries in what stands around them, one alone, and the kind's full example."""
    mapping = OWN[name]
    recipes = Recipes(STANDARD)
    lines = b"".join(Sample(recipes, counts_of(recipes, (f"{mapping.kind}:60",), None), 1, 0).lines()).splitlines()
    entries = [entry for entry in map(orjson.loads, lines) if entry["kind"] == mapping.kind]
    assert len(entries) >= 60
    schema = schema_of(MODEL, mapping)
    schema.assertValid(written(STANDARD, entries, name, tmp_path / "all.xml"))
    for entry in (*entries[:3], STANDARD.examples[mapping.kind]):
        schema.assertValid(written(STANDARD, [entry], name, tmp_path / "one.xml"))


def changed(name, path, change):
    """Return what is written of a kind's example, with one element changed."""
    root = written(STANDARD, [STANDARD.examples[OWN[name].kind]], name, path)
    change(root)
    return root


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("gbt21063", lambda root: root.remove(root.find("resTitle"))),
        ("gbt21063", lambda root: root.append(root.find("resTitle"))),
        ("gbt21063", lambda root: setattr(root.find("resTitle"), "text", "长" * 257)),
        ("gbt21063", lambda root: setattr(root.find("pubDate"), "text", "2021-13")),
        ("gbt21063", lambda root: setattr(root.find("TpCat/cateStd"), "text", "随便")),
        ("gbt21063", lambda root: etree.SubElement(root, "unknown")),
        ("gbt21063", lambda root: root.set("unknown", "x")),
        ("gbt21063", lambda root: root.find("IdPoC").remove(root.find("IdPoC/rpOrgName"))),
        ("gbt36903", lambda root: setattr(root.find("CZZTDMLXDM"), "text", "000")),
        ("gbt36903", lambda root: setattr(root.find("ZZYXQJZRQ"), "text", "永远")),
    ],
)
def test_what_is_broken_is_not_valid(name, change, tmp_path):
    """Missing, twice, too long, no date, no code, unknown, at any depth."""
    schema = schema_of(MODEL, OWN[name])
    assert schema.validate(changed(name, tmp_path / "a.xml", lambda root: None))
    assert not schema.validate(changed(name, tmp_path / "b.xml", change))


def test_what_a_record_held_beyond_the_standard_is_allowed(tmp_path):
    """It is in its own namespace, behind what the format has."""
    source = {"format": "gbt21063", "namespaces": {"z": "urn:z"}, "values": {"z:shareType": "共享", "@z:a": "b"}}
    entry = STANDARD.examples["resource"] | {"source": source}
    root = written(STANDARD, [entry], "gbt21063", tmp_path / "a.xml")
    assert root.find("{urn:z}shareType") is not None
    schema_of(MODEL, OWN["gbt21063"]).assertValid(root)


MAPPING = """
title: {zh: "]]><!-- & 公园", en: "Parks \\u0000"}
description: {zh: 公园, en: parks}
kind: example
reads: tree
family: xml
records: parks/park
recognise: {required: [parks/park], paths: []}
fields:
  identifier: "@number"
  name: head/name/#text
  keeper: head/name/@keeper
  type: {at: kind, code: example-type}
  started: {at: time, split: ["/"], part: ["/", 0]}
  ended: {at: time, split: ["/"], part: ["/", 1]}
  isOpen: {at: open, as: boolean, decode: {"是": "true", "否": "false"}}
  size: {at: size, as: number}
  tags: {at: tags/tag, as: list}
  words: {at: words, as: list, split: ["; "], write: {join: "; "}}
  parts:
    at: part
    each: element
    fields:
      label: "@label"
      count: {at: "value[@unit=piece]", as: integer}
      isOpen: {at: open, as: boolean}
write:
  envelope: {parks/@version: "1"}
  order: {head: [name]}
  always: {example: {note/@lang: zh}}
"""
PARK = {
    "kind": "example",
    "identifier": "E-1",
    "name": "公园",
    "keeper": "局",
    "type": "public",
    "started": "2021-06-18",
    "ended": "2024-05",
    "isOpen": False,
    "size": 1e-7,
    "tags": ["甲", "乙"],
    "words": ["a", "b"],
    "parts": [{"label": "湖", "count": 2, "isOpen": True}, {"label": "山"}],
}


@pytest.fixture(scope="module")
def parks(tmp_path_factory):
    """Return a standard with an XML format that writes in all ways that there are."""
    folder = tmp_path_factory.mktemp("parks") / "parks"
    begin("parks", folder)
    path = folder / "schemas/example.schema.json"
    data = json.loads(path.read_text("utf-8"))
    text, number = {"type": "string"}, {"type": "integer", "minimum": 1, "maximum": 10}
    part = {"label": text, "count": number, "isOpen": {"type": "boolean"}}
    data["properties"] |= {
        "isOpen": {"type": "boolean"},
        "size": {"type": "number", "exclusiveMinimum": 0},
        "tags": {"type": "array", "items": {"enum": ["甲", "乙", '<&"']}},
        "words": {"type": "array", "items": text},
        "parts": {"type": "array", "items": {"type": "object", "required": ["label"], "properties": part}},
    }
    path.write_text(json.dumps(data), "utf-8")
    (folder / "converters/parks").mkdir()
    (folder / "converters/parks/mapping.yaml").write_text(MAPPING, "utf-8")
    return load(folder)


def test_every_way_of_writing_is_described(parks, tmp_path):
    """Attributes, lists, joined values, words for codes, conditions; no text of a standard ends the schema."""
    model = model_of(parks)
    schema = schema_of(model, parks.mappings["parks"])
    least = {key: PARK[key] for key in ("kind", "identifier", "name")}
    for entries in ([PARK], [PARK, least], [least]):
        schema.assertValid(written(parks, entries, "parks", tmp_path / "a.xml"))
    for key, value in (
        ("type", "secret"),
        ("size", 0),
        ("size", "big"),
        ("tags", ["丙"]),
        ("parts", [{"label": "湖", "count": 11}]),
        ("parts", [{"label": "湖", "isOpen": "maybe"}]),
        ("isOpen", "maybe"),
        ("name", ""),
    ):
        assert not schema.validate(written(parks, [PARK | {key: value}], "parks", tmp_path / "b.xml")), (key, value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at: tags/tag", "at: tags/a b"),
        ("parks/@version", "parks/@1"),
        ("family: xml", "family: xml\nnamespaces: {ns1: urn:x}"),
        ("family: xml", "family: xml\nnamespaces: {a: 'http://www.w3.org/2000/xmlns/'}"),
    ],
)
def test_a_mapping_with_names_that_xml_cannot_have_is_refused(old, new, tmp_path):
    """Told when the standard is read, not when a file is written."""
    assert old in MAPPING
    folder = tmp_path / "converters/parks"
    folder.mkdir(parents=True)
    (folder / "mapping.yaml").write_text(MAPPING.replace(old, new), "utf-8")
    with pytest.raises(BadStandard, match="XML cannot have"):
        read_mapping(folder / "mapping.yaml")
