"""Two engines, one truth: the validator that mulu uses and the reference implementation say the same."""

import json
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
import referencing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SUITE = Path(__file__).parents[3] / "shared/corpus/h-conformance/json-schema-org__JSON-Schema-Test-Suite"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# They ask for documents of the network, which is never read, for another dialect or for what names one.
OUTSIDE = ("http://localhost:1234", "draft2019-09", "draft-07", "$vocabulary")
# Patterns run on an engine without look-around, and so without the classes that ECMA-262 alone has.
OTHER_DIALECT = ("\\\\p{Letter}", "(?", "\\\\c", "\\\\d", "\\\\w", "\\\\W", "\\\\D", "\\\\S", "\\\\s")

NAMES = st.sampled_from(["a", "b", "名称", "x-a", "kind"])
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.sampled_from([0.5, -1.5, 1e300]), st.text(max_size=6)
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])
PATTERNS = st.sampled_from(["^[0-9]+$", "a|b", "^x-", "^.{2,3}$", "[\u4e00-\u9fff]", "^$"])


def schemas():
    """Return schemas with the keywords that our schemas have."""
    plain = st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "enum": st.lists(VALUES, min_size=1, max_size=3, unique_by=lambda value: json.dumps(value, sort_keys=True)),
            "const": VALUES,
            "pattern": PATTERNS,
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(0, 3),
            "minimum": st.integers(-2, 2),
            "maximum": st.integers(-2, 2),
            "exclusiveMinimum": st.integers(-2, 2),
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "uniqueItems": st.booleans(),
            "required": st.lists(NAMES, max_size=2, unique=True),
        },
    )

    def nested(inner):
        return st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(NAMES, inner, max_size=3),
                "patternProperties": st.dictionaries(PATTERNS, inner, max_size=1),
                "items": inner,
                "contains": inner,
                "allOf": st.lists(inner, min_size=1, max_size=2),
                "anyOf": st.lists(inner, min_size=1, max_size=2),
                "oneOf": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
                "if": inner,
                "then": inner,
                "else": inner,
                "unevaluatedProperties": st.booleans(),
                "propertyNames": inner,
                "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=1),
            },
        )

    return st.recursive(plain, nested, max_leaves=6)


def ours(schema):
    """Return the validator as `validate/structure.py` builds it."""
    return jsonschema_rs.Draft202012Validator(
        schema, offline=True, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions()
    )


@settings(suppress_health_check=list(HealthCheck))
@given(schemas(), st.lists(VALUES, min_size=1, max_size=5))
def test_both_engines_agree(schema, values):
    """For schemas and values of every shape one says valid where the other does."""
    reference = jsonschema.Draft202012Validator(schema, registry=referencing.Registry())
    engine = ours({"$schema": DIALECT, **schema})
    for value in values:
        assert engine.is_valid(value) == reference.is_valid(value), (schema, value)


def cases():
    """Yield each group of the suite that is within the dialect."""
    for path in sorted(SUITE.glob("*.json")):
        groups = json.loads(path.read_bytes())
        for group in groups if isinstance(groups, list) else ():
            text = json.dumps(group["schema"])
            if isinstance(group["schema"], dict) and not any(word in text for word in (*OUTSIDE, *OTHER_DIALECT)):
                yield pytest.param(group, id=f"{path.stem}-{group['description']}")


@pytest.mark.skipif(not SUITE.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("group", list(cases()))
def test_the_suite_of_the_standard_passes(group):
    """The cases of JSON-Schema-Test-Suite come out as it says."""
    if "format" in json.dumps(group["schema"]):
        pytest.skip("formats are annotations there and are asserted here")
    engine = ours(group["schema"])
    for case in group["tests"]:
        assert engine.is_valid(case["data"]) == case["valid"], case["description"]
