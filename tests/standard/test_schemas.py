"""The built-in schemas: valid, complete in two languages, open as written, closed as composed, and of use elsewhere."""

import json
import re

import jsonschema
import jsonschema_rs
import pytest
import referencing
import regress
from referencing.jsonschema import DRAFT202012

from mulu.findings import SEVERITIES
from mulu.mask import mask_value
from mulu.standard import load
from mulu.validate.structure import Structure

STANDARD = load()
SCHEMAS = STANDARD.schemas
STRUCTURE = Structure(STANDARD)
WRITTEN = SCHEMAS.written
EXAMPLES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((STANDARD.roots[-1] / "schemas" / "examples").glob("*.json"))
}
HAN = re.compile(r"[\u4e00-\u9fff]")
PROPERTIES = [
    pytest.param(name, schema, id=f"{identifier.rpartition('/')[2]}-{name}")
    for identifier, written in WRITTEN.items()
    for name, schema in written["properties"].items()
]
# What a catalog of information resources is asked to hold: document 1272 of 2017, and what platforms have added.
NEEDED = {
    "resource": ["identifier", "title", "description", "keyword"],
    "data items": [
        f"dataItems/*/{name}"
        for name in ("name", "columnName", "datatype", "length", "codeList", "primaryKey", "sensitivity")
    ],
    "sharing": [f"sharing/{name}" for name in ("type", "condition", "mode/category", "mode/type", "legalBasis")],
    "opening": ["opening/type", "opening/condition"],
    "format": ["format/*/category", "format/*/type"],
    "update": ["accrualPeriodicity", "issued", "modified"],
    "classification": ["classification/*/scheme", "classification/*/code", "classification/*/name"],
    "provider": ["publisher/name", "publisher/unit", "publisher/identifier"],
    "place": ["publisher/region", "spatial/region", "level"],
    "rights": ["rightsHolder/name", "creator/name"],
    "security": ["grade/national", "grade/provincial"],
    "marks": ["secrecy", "tradeSecret", "personalInformation"],
    "contact": ["contactPoint/name", "contactPoint/telephone", "contactPoint/email"],
    "source system": ["sourceSystem/name", "sourceSystem/identifier", "sourceSystem/table"],
    "related codes": ["relation"],
    "service items": ["serviceItems/*/identifier", "serviceItems/*/name"],
}


def nodes(schema):
    """Return every object in a schema, itself included."""
    found, waiting = [], [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found.append(node)
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return found


def objects(value, path=()):
    """Return every object in an entry with its path."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [found for step, item in steps for found in objects(item, (*path, step))]
    return [(path, value), *inner] if isinstance(value, dict) else inner


NESTED = [
    pytest.param(kind, path, id=f"{kind}/{'/'.join(map(str, path))}")
    for kind, entry in EXAMPLES.items()
    for path, _ in objects(entry)
]


def with_member(kind, path, name):
    """Return the example of `kind` with the member `name` added to its object at `path`."""
    entry = json.loads(json.dumps(EXAMPLES[kind]))
    node = entry
    for step in path:
        node = node[step]
    node[name] = "value"
    return entry


@pytest.mark.parametrize("schema", [*WRITTEN.values(), *SCHEMAS.resources.values()], ids=lambda schema: schema["$id"])
def test_schema_is_valid(schema):
    """Each schema, as written and with its code lists written out, is JSON Schema 2020-12."""
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("identifier", WRITTEN)
def test_schema_has_the_address_and_anchor_of_its_name(identifier):
    """A schema is found by its file's name alone: address, anchor and reference follow from it."""
    path = STANDARD.roots[-1] / "schemas" / identifier.removeprefix(STANDARD.header.base)
    assert identifier.startswith(STANDARD.header.base) and path.is_file()
    assert WRITTEN[identifier]["$dynamicAnchor"] == path.name.removesuffix(".schema.json")


def test_every_reference_resolves_without_a_network():
    """No `$ref` or `$dynamicRef` leads outside of the folder or to nothing."""
    registry = referencing.Registry().with_contents(list(WRITTEN.items()), default_specification=DRAFT202012)
    for identifier, schema in WRITTEN.items():
        resolver = registry.resolver(base_uri=identifier)
        for node in nodes(schema):
            for reference in (node[key] for key in ("$ref", "$dynamicRef") if key in node):
                assert resolver.lookup(reference).contents in WRITTEN.values()


@pytest.mark.parametrize(("name", "schema"), [*PROPERTIES, *(pytest.param(i, s, id=i) for i, s in WRITTEN.items())])
def test_property_is_described_in_both_languages_with_its_source(name, schema):
    """Whoever fills in a form sees a name and what to write in Chinese or English, and where the demand comes from."""
    english = schema["x-en"]
    assert HAN.search(schema["title"]) and HAN.search(schema["description"])
    assert re.search("[a-z]", english["title"]) and re.search("[a-z]", english["description"])
    assert not HAN.search(english["title"])
    assert schema["$comment"].strip()


@pytest.mark.parametrize("identifier", WRITTEN)
def test_written_schema_is_open(identifier):
    """A province can add properties, since no schema is closed before all folders are put together."""
    for node in nodes(WRITTEN[identifier]):
        assert not {"unevaluatedProperties", "additionalProperties"} & set(node)
        # An object inside a property has no anchor, so nobody could add to it; it stands in a file of its own.
        assert node is WRITTEN[identifier] or not ("properties" in node and "type" in node)


@pytest.mark.parametrize("kind", SCHEMAS.kinds)
def test_composed_schema_is_closed_everywhere(kind):
    """The root and each nested shape refuse what nobody has defined, `x-…` apart."""
    closed = SCHEMAS.closed(kind)
    jsonschema.Draft202012Validator.check_schema(closed)
    shapes = [closed, *closed["$defs"].values()]
    assert all(shape["unevaluatedProperties"] is False for shape in shapes)
    assert all(shape["patternProperties"] == {"^x-": True} for shape in shapes)
    referred = {node["$dynamicRef"] for schema in WRITTEN.values() for node in nodes(schema) if "$dynamicRef" in node}
    assert {reference.partition("#")[2] for reference in referred} <= set(closed["$defs"])


@pytest.mark.parametrize("kind", SCHEMAS.kinds)
def test_every_kind_has_an_example_that_conforms(kind):
    """Rules build their examples on it, so it must be without fault."""
    assert STRUCTURE.faults(EXAMPLES[kind]) == []
    present = {re.sub("/[0-9]+", "/*", "/" + "/".join(map(str, path))) for path, _ in objects(EXAMPLES[kind]) if path}
    shaped = {item.pointer for item in SCHEMAS.properties(kind) if "$dynamicRef" in item.schema}
    assert shaped <= present


@pytest.mark.parametrize(("kind", "path"), NESTED)
def test_only_properties_with_x_extend(kind, path):
    """A department's own `x-foo` passes wherever it stands, a misspelt `foo` never does."""
    assert STRUCTURE.faults(with_member(kind, path, "x-foo")) == []
    (fault,) = STRUCTURE.faults(with_member(kind, path, "foo"))
    assert (fault.check, fault.path, fault.value) == ("unknown-property", (*path, "foo"), "value")


@pytest.mark.parametrize("kind", SCHEMAS.kinds)
@pytest.mark.parametrize(
    "validator",
    [
        lambda schema: jsonschema_rs.Draft202012Validator(schema, offline=True),
        lambda schema: jsonschema.Draft202012Validator(schema, registry=referencing.Registry()),
    ],
    ids=["jsonschema-rs", "jsonschema"],
)
def test_bundle_stands_alone(kind, validator):
    """What `mulu schema` prints works in any validator, without another file or a network."""
    bundle = SCHEMAS.bundle(kind)
    jsonschema.Draft202012Validator.check_schema(bundle)
    alone = validator(json.loads(json.dumps(bundle)))
    assert alone.is_valid(EXAMPLES[kind])
    for path, _ in objects(EXAMPLES[kind]):
        assert alone.is_valid(with_member(kind, path, "x-foo"))
        assert not alone.is_valid(with_member(kind, path, "foo"))


def test_patterns_are_those_of_ecmascript():
    """A published pattern means the same in a browser as here."""
    patterns = {node["pattern"] for schema in WRITTEN.values() for node in nodes(schema) if "pattern" in node}
    assert patterns
    for pattern in patterns:
        assert regress.Regex(pattern, "u")


@pytest.mark.parametrize("identifier", WRITTEN)
def test_annotations_name_what_exists(identifier):
    """Levels, severities, code lists, required properties, keys and personal kinds are none but known ones."""
    schema = SCHEMAS.resources[identifier]
    for node in nodes(schema):
        members = SCHEMAS.members(node)
        assert set(node.get("x-required", {})) <= set(STANDARD.levels)
        assert set(node.get("required", [])) <= set(members) or "properties" not in node
        assert node.get("x-level", "register") in STANDARD.levels
        assert node.get("x-severity", "error") in SEVERITIES
        assert {node[key] for key in ("x-code-list", "x-open-code-list") if key in node} <= set(STANDARD.codes)
        assert "x-personal" not in node or mask_value("王小明", node["x-personal"]) != "王小明"
        if "x-key" in node:
            assert node["x-key"] in SCHEMAS.members(SCHEMAS.shape(node["items"]))


@pytest.mark.parametrize("kind", SCHEMAS.kinds)
def test_required_properties_exist(kind):
    """A property that is demanded at some level is one that can be given."""
    root = SCHEMAS.resources[SCHEMAS.effective[kind]]
    for item in SCHEMAS.properties(kind):
        members = SCHEMAS.members(SCHEMAS.shape(item.schema))
        assert set(item.schema.get("required", [])) <= set(members)
    assert set(root["required"]) <= set(SCHEMAS.members(root))


@pytest.mark.parametrize("kind", SCHEMAS.kinds)
def test_entry_says_what_identifies_names_and_owns_it(kind):
    """Reports by department need these three, and they must be properties of the kind."""
    pointers = {item.pointer for item in SCHEMAS.properties(kind)}
    assert {"name", "owner"} <= set(SCHEMAS.kinds[kind]["x-entry"]) <= {"identifier", "name", "owner"}
    assert set(SCHEMAS.kinds[kind]["x-entry"].values()) <= pointers


@pytest.mark.parametrize("topic", NEEDED)
def test_resource_has_what_catalogs_are_asked_for(topic):
    """Each element that the guide and the platforms ask for has its place."""
    pointers = {item.pointer for item in SCHEMAS.properties("resource")}
    assert {f"/{pointer}" for pointer in NEEDED[topic]} <= pointers
