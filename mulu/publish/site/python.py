"""Pydantic models: a class a shape, in one module that needs nothing but pydantic 2."""

import keyword
from collections.abc import Iterator
from typing import Any

from mulu.publish.site.model import ANY, OBJECT, Field, Model, Shape
from mulu.publish.site.names import Names, pascal, snake
from mulu.texts import Text, clean

MOST_CODES = 500
"""How many codes a field lists; a longer list is any text."""
_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_ASKS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_HEAD = """
from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, populate_by_name=True)

    @model_validator(mode="after")
    def _refuse_unknown(self) -> _Shape:
        unknown = [name for name in self.__pydantic_extra__ or {} if not name.startswith("x-")]
        if unknown:
            raise ValueError(f"unknown properties: {', '.join(unknown)}")
        return self
"""
# What members of a model may not be called: its own methods, what the module and the language use.
_TAKEN = (
    *("construct", "copy", "dict", "fields", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json"),
    *("from_orm", "update_forward_refs", "validate", "bool", "float", "int", "list", "str"),
    *(word for word in keyword.kwlist),
)


def python(model: Model) -> bytes:
    """Return the module: what the first level asks of entries, but formats, conditions and rules."""
    header = model.standard.header
    names = Names(("Annotated", "Any", "BaseModel", "ConfigDict", "Field", "Literal", "Entry", *keyword.kwlist))
    known = {name: names.take(pascal(name)) for name in model.shapes}
    first = header.levels[0].id
    title = Text(f"{header.title.zh} {header.version}", f"{header.title.en} {header.version}")
    lines = [_docstring(title), _HEAD.rstrip("\n")]
    for shape in model.shapes.values():
        lines += ["", "", *_class(shape, known, model, first)]
    union = " | ".join(known[shape.name] for shape in model.kinds)
    # Models that name each other are complete only once all are there.
    lines += ["", "", *(f"{name}.model_rebuild()" for name in known.values()), "", f"Entry = {union}"]
    return ("\n".join(lines) + "\n").encode()


def _class(shape: Shape, known: dict[str, str], model: Model, first: str) -> Iterator[str]:
    yield f"class {known[shape.name]}(_Shape):"
    yield f"    {_docstring(shape.title, shape.description)}"
    yield ""
    names = Names(_TAKEN)
    for one in shape.fields:
        wanted = snake(one.name).lstrip("_")
        # Names of pydantic's own begin so.
        name = names.take(f"{wanted}_" if wanted.startswith("model_") or keyword.iskeyword(wanted) else wanted)
        told = _type(one, known, model, first)
        said: dict[str, Any] = {} if name == one.name else {"alias": one.name}
        said["title"] = clean(f"{one.title.zh} / {one.title.en}")
        arguments = "".join(f", {key}={value!r}" for key, value in said.items())
        if one.level in ("", first):
            yield f"    {name}: {told} = Field(...{arguments})"
        else:
            yield f"    {name}: {told} | None = Field(None{arguments})"


def _type(one: Field, known: dict[str, str], model: Model, first: str) -> str:
    counted = [demand for demand in one.demands if demand.level == first and demand.severity == "error"]
    constants = [demand.value for demand in counted if demand.keyword == "const"]
    codes = model.standard.codes[one.codes].values if one.codes is not None else []
    inner = [demand for demand in counted if demand.is_inside or not one.many]
    if one.shape is not None:
        told = known[one.shape]
    elif constants and isinstance(constants[0], str):
        told = f"Literal[{constants[0]!r}]"
    elif codes and len(codes) <= MOST_CODES:
        told = f"Literal[{', '.join(map(repr, codes))}]"
    elif one.type in (ANY, OBJECT):
        told = "Any" if one.type == ANY else "dict[str, Any]"
    else:
        told = _TYPES[one.type]
        asked = {_ASKS[demand.keyword]: demand.value for demand in reversed(inner) if demand.keyword in _ASKS}
        if asked:
            told = f"Annotated[{told}, Field({', '.join(f'{key}={value!r}' for key, value in sorted(asked.items()))})]"
    if not one.many:
        return told
    outer = {demand.keyword: demand.value for demand in counted if not demand.is_inside}
    sizes = {name: outer[key] for key, name in (("minItems", "min_length"), ("maxItems", "max_length")) if key in outer}
    listed = f"list[{told}]"
    return (
        f"Annotated[{listed}, Field({', '.join(f'{key}={value!r}' for key, value in sizes.items())})]"
        if sizes
        else listed
    )


def _docstring(*texts: Text) -> str:
    told = " ".join(clean(part) for text in texts for part in dict.fromkeys((text.zh, text.en)) if part)
    return repr(told)
