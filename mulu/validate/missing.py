"""What an entry lacks, told without asking for all that may be wrong with it.

A catalog at its first level lacks nearly everywhere what higher levels ask for. To have a validator explain each of
that takes most of the time of looking for what is wrong. So it is given the schemas without `required` where that can
be looked up by walking along, and here is a tree of the properties that are required.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mulu.pointer import Json
from mulu.standard.schemas import Schemas
from mulu.standard.written import Schema, subschemas

Path = tuple[str | int, ...]
_REFERENCES = ("$ref", "$dynamicRef")


@dataclass(slots=True, eq=False)
class Need:
    """What is required of a value: of an object its properties, each with the schema that says so, and of what is
    inside them or, of an array, of each element."""

    required: list[tuple[str, Schema]] = field(default_factory=list)
    members: dict[str, "Need"] = field(default_factory=dict)
    elements: "Need | None" = None

    def lacking(self, value: Json, path: Path = ()) -> Iterator[tuple[Path, str, Schema]]:
        """Yield what is missing in `value`: where, its name, the schema that requires it."""
        if isinstance(value, dict):
            for name, schema in self.required:
                if name not in value:
                    yield path, name, schema
            for name, need in self.members.items():
                if name in value:
                    yield from need.lacking(value[name], (*path, name))
        elif isinstance(value, list) and self.elements is not None:
            for position, element in enumerate(value):
                yield from self.elements.lacking(element, (*path, position))


def can_be_told(schemas: Schemas) -> bool:
    """Whether `Need` tells all that `without_required` leaves out: no schema is referred to from elsewhere, too."""
    for resource in schemas.resources.values():
        walked = {id(part) for part in _walked(resource)}
        for _, part in subschemas(resource):
            targets = [part[key] for key in _REFERENCES if key in part]
            if targets and (id(part) not in walked or any("#/" in target for target in targets)):
                return False
    return True


def need_of(schemas: Schemas, kind: str) -> Need:
    """Return what is required of an entry of `kind`."""
    made: dict[tuple[int, ...], Need] = {}

    def made_of(governing: list[Schema]) -> Need:
        parts = list({id(part): part for schema in governing for part in schemas.parts(schema)}.values())
        key = tuple(map(id, parts))
        if key in made:
            return made[key]
        need = made[key] = Need([(name, part) for part in parts for name in part.get("required", ())])
        members: dict[str, list[Schema]] = {}
        elements: list[Schema] = []
        for part in parts:
            for name, inner in part.get("properties", {}).items():
                members.setdefault(name, []).append(inner)
            elements += _elements(part)
        need.members = {name: made_of(inside) for name, inside in members.items()}
        need.elements = made_of(elements) if elements else None
        return need

    whole = made_of([schemas.resources[schemas.effective[kind]]])
    _prune(list(made.values()))
    return whole


def _prune(needs: list[Need]) -> None:
    """Take out what requires nothing, so that nothing is looked at in vain."""
    asking = {id(need) for need in needs if need.required}
    while True:
        further = {
            id(need)
            for need in needs
            if id(need) not in asking
            and any(id(inner) in asking for inner in (*need.members.values(), need.elements) if inner is not None)
        }
        if not further:
            break
        asking |= further
    for need in needs:
        need.members = {name: inner for name, inner in need.members.items() if id(inner) in asking}
        if id(need.elements) not in asking:
            need.elements = None


def _elements(schema: Schema) -> list[Schema]:
    """Return what every element of an array is held to."""
    items = schema.get("items")
    return [items] if isinstance(items, dict) and "prefixItems" not in schema else []


def _walked(schema: Schema) -> Iterator[Schema]:
    """Yield a schema and those inside it whose `required` is told by `Need`."""
    yield schema
    inside = [*schema.get("properties", {}).values(), *schema.get("allOf", []), *_elements(schema)]
    for inner in inside:
        if isinstance(inner, dict):
            yield from _walked(inner)


def without_required(schema: Schema) -> Schema:
    """Return a schema without the `required` that `Need` tells of."""
    left: dict[str, Any] = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in left:
        left["properties"] = {name: _without_inside(inner) for name, inner in left["properties"].items()}
    if "allOf" in left:
        left["allOf"] = [_without_inside(inner) for inner in left["allOf"]]
    if _elements(schema):
        left["items"] = without_required(left["items"])
    return left


def _without_inside(schema: Any) -> Any:
    return without_required(schema) if isinstance(schema, dict) else schema
