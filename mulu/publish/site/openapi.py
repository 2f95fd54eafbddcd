"""OpenAPI 3.1 components: a plain schema a shape, without the references that few tools follow."""

from typing import Any

from mulu.publish.site.model import ANY, OBJECT, Field, Model, Shape
from mulu.publish.site.names import Names, pascal


def openapi(model: Model) -> dict[str, Any]:
    """Return a document without paths, whose components describe the entries.

    Required is what is required at the first level; more is asked by the JSON Schemas of a level.
    """
    header = model.standard.header
    names = Names()
    known = {name: names.take(pascal(name)) for name in model.shapes}
    first = header.levels[0].id
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{header.title.zh} / {header.title.en}",
            "version": header.version,
            "description": f"{header.description.zh}\n\n{header.description.en}",
        },
        "paths": {},
        "components": {
            "schemas": {known[shape.name]: _schema(shape, known, model, first) for shape in model.shapes.values()}
        },
    }


def _schema(shape: Shape, known: dict[str, str], model: Model, first: str) -> dict[str, Any]:
    required = [one.name for one in shape.fields if one.level in ("", first)]
    return {
        "title": f"{shape.title.zh} / {shape.title.en}",
        "description": f"{shape.description.zh}\n\n{shape.description.en}",
        "type": "object",
        **({"required": required} if required else {}),
        "properties": {one.name: _property(one, known, model, first) for one in shape.fields},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }


def _property(one: Field, known: dict[str, str], model: Model, first: str) -> dict[str, Any]:
    value: dict[str, Any] = {}
    if one.shape is not None:
        value = {"$ref": f"#/components/schemas/{known[one.shape]}"}
    elif one.type not in (ANY, OBJECT):
        value = {"type": one.type}
    elif one.type == OBJECT:
        value = {"type": "object"}
    if one.codes is not None:
        value["enum"] = model.standard.codes[one.codes].values
    outer: dict[str, Any] = {"type": "array", "items": value} if one.many else value
    for demand in one.demands:
        if demand.level == first and demand.severity == "error":
            target = value if demand.is_inside or not one.many else outer
            target.setdefault(demand.keyword, demand.value)
    return {
        "title": f"{one.title.zh} / {one.title.en}",
        **({"description": f"{one.description.zh}\n\n{one.description.en}"} if one.description.zh else {}),
        **outer,
    }
