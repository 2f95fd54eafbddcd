"""What an entry lacks is what a validator that explains everything finds missing."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mulu.errors import BadStandard
from mulu.standard.schemas import Schemas
from mulu.standard.written import DIALECT
from mulu.validate.missing import can_be_told, need_of, without_required

BASE = "https://example.org/"
NAMES = ["a", "b", "c"]
LEAVES = st.sampled_from([{"type": "string"}, {"type": "integer"}, {}])
REQUIRED = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)


def schemas_of(**written):
    """Return schemas by name as those of a standard whose only kind is `thing`."""
    resources = {
        f"{BASE}{name}.schema.json": {"$schema": DIALECT, "$id": f"{BASE}{name}.schema.json", **schema}
        for name, schema in written.items()
    }
    made = Schemas((), BASE, None, ())
    made.__dict__["_read"] = {identifier: (None, schema) for identifier, schema in resources.items()}
    return made


def objects(inner):
    """Return objects whose properties are `inner`, with what is required of them."""
    parts = {"properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=3), "required": REQUIRED}
    return st.fixed_dictionaries(parts, optional={"allOf": st.lists(st.fixed_dictionaries(parts), max_size=2)})


REFERENCES = st.sampled_from([{"$ref": f"{BASE}part.schema.json"}, {"$ref": f"{BASE}thing.schema.json"}])
SHAPES = st.recursive(
    LEAVES | REFERENCES,
    lambda inner: (
        objects(inner)
        | inner.map(lambda items: {"type": "array", "items": items})
        | st.tuples(inner, REQUIRED).map(
            lambda both: {"prefixItems": [{"required": both[1]}], "items": {"required": both[1]}, "type": "array"}
        )
        | st.tuples(objects(inner), REQUIRED).map(lambda both: {"if": {"required": both[1]}, "then": both[0]})
    ),
    max_leaves=8,
)
VALUES = st.recursive(
    st.sampled_from(["x", 1, None]),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=12,
)


def found(schemas, resources, value):
    """Return where and what the reference implementation finds missing, and its other faults."""
    registry = Registry().with_contents(resources.items(), default_specification=DRAFT202012)
    kind = {"$ref": f"{BASE}thing.schema.json"}
    missing, others = set(), set()
    for error in jsonschema.Draft202012Validator(kind, registry=registry).iter_errors(value):
        if error.validator == "required":
            # The reference names what is missing in its message alone.
            names = [
                name for name in error.validator_value if name not in error.instance and f"'{name}'" in error.message
            ]
            missing |= {(tuple(error.absolute_path), name) for name in names}
        else:
            others.add((tuple(error.absolute_path), error.validator))
    return missing, others


@given(objects(SHAPES), objects(LEAVES), VALUES)
def test_what_is_left_out_of_the_schemas_is_told_by_the_tree(thing, part, value):
    schemas = schemas_of(thing=thing, part=part)
    try:
        is_told = can_be_told(schemas)
    except BadStandard:
        # One that refers to itself inside by two ways is refused.
        is_told = False
    if not is_told:
        return
    missing, others = found(schemas, schemas.resources, value)
    without = {identifier: without_required(schema) for identifier, schema in schemas.resources.items()}
    still_missing, same_others = found(schemas, without, value)
    told = {(path, name) for path, name, _ in need_of(schemas, "thing").lacking(value)}
    assert told | still_missing == missing
    assert same_others == others


@pytest.mark.parametrize(
    ("thing", "is_told"),
    [
        ({"properties": {"a": {"$ref": f"{BASE}part.schema.json"}}}, True),
        ({"properties": {"a": {"items": {"allOf": [{"$ref": f"{BASE}part.schema.json"}]}}}}, True),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, True),
        ({"if": {"$ref": f"{BASE}part.schema.json"}, "then": {"required": ["b"]}}, False),
        ({"anyOf": [{"$ref": f"{BASE}part.schema.json"}]}, False),
        ({"prefixItems": [True], "items": {"$ref": f"{BASE}part.schema.json"}}, False),
        ({"properties": {"a": {"$ref": f"{BASE}part.schema.json#/properties/a"}}}, False),
        ({"properties": {"a": {"additionalProperties": {"$ref": f"{BASE}part.schema.json"}}}}, False),
    ],
)
def test_a_schema_that_is_used_otherwise_too_keeps_what_it_requires(thing, is_told):
    part = {"required": ["a"], "properties": {"a": {"type": "object"}}}
    assert can_be_told(schemas_of(thing=thing, part=part)) is is_told
