"""The JSON Schemas: each at the address that its `$id` says, whole ones, and those of each level."""

import copy
from collections.abc import Iterator
from typing import Any

from mulu.publish.site.rdf import json_bytes
from mulu.standard import Standard
from mulu.standard.schemas import SUFFIX
from mulu.standard.written import subschemas

# What says something of other subschemas, or of none: it stays where a demand is left out.
_KEPT = {
    *(
        "$id",
        "$schema",
        "$ref",
        "$dynamicRef",
        "$anchor",
        "$dynamicAnchor",
        "$defs",
        "$comment",
        "title",
        "description",
    ),
    *("default", "examples", "deprecated", "properties", "patternProperties", "items", "prefixItems", "allOf"),
    *("additionalProperties", "unevaluatedProperties", "unevaluatedItems"),
}


def schema_files(standard: Standard) -> Iterator[tuple[str, bytes]]:
    """Yield each schema with the name of its file.

    A schema that a standard below has brought stands at the base of that standard; here it is part of the whole ones.
    """
    base = standard.header.base
    for identifier, schema in standard.schemas.resources.items():
        if identifier.startswith(base) and "/" not in identifier.removeprefix(base):
            yield identifier.removeprefix(base), json_bytes(schema)
    for kind in standard.schemas.kinds:
        yield f"{kind}.closed{SUFFIX}", json_bytes(standard.schemas.bundle(kind))
        for level in standard.levels:
            yield f"levels/{level}/{kind}.closed{SUFFIX}", json_bytes(at_level(standard, kind, level))


def at_level(standard: Standard, kind: str, level: str) -> dict[str, Any]:
    """Return the whole schema of a kind with the demands that are errors up to a level, and no others.

    What it embeds has addresses of its own, so that a program can hold the schemas of several levels.
    """
    schema = copy.deepcopy(standard.schemas.bundle(kind))
    ranks = {one.id: one.rank for one in standard.header.levels}
    base = standard.header.base
    moved = {}
    # By pointer: the level and the severity that count in a subschema, unless it says others itself.
    known: dict[str, tuple[int, bool]] = {"": (0, True)}
    for pointer, node in subschemas(schema):
        around = pointer
        while around not in known:
            around = around.rpartition("/")[0]
        rank, is_error = known[around]
        rank = ranks.get(node.get("x-level", ""), rank)
        is_error = node.get("x-severity", "error" if is_error else "") == "error"
        known[pointer] = (rank, is_error)
        _lower(node, ranks, ranks[level], rank <= ranks[level] and is_error)
        if (identifier := node.get("$id")) is not None:
            name = identifier.removeprefix(base)
            moved[identifier] = f"{base}levels/{level}/{name.partition('://')[2] or name}"
    for _, node in subschemas(schema):
        for key in ("$id", "$ref", "$dynamicRef"):
            address, hash_, fragment = str(node.get(key, "")).partition("#")
            if address in moved:
                node[key] = moved[address] + hash_ + fragment
    schema["$defs"] = {moved.get(name, name): inner for name, inner in schema["$defs"].items()}
    return schema


def _lower(schema: dict[str, Any], ranks: dict[str, int], wanted: int, counts: bool) -> None:
    """Take out of a subschema what is required above a level only, or all that it asks if it does not count."""
    later: dict[str, int] = {}
    for level, names in schema.get("x-required", {}).items():
        for name in names:
            later[name] = min(ranks[level], later.get(name, ranks[level]))
    if later:
        schema["required"] = [name for name in schema.get("required", []) if later.get(name, 0) <= wanted]
    if not counts:
        for keyword in [key for key in schema if key not in _KEPT and not key.startswith("x-")]:
            del schema[keyword]
