"""TypeScript types: an interface a shape, a union a code list."""

import json
import re
from collections.abc import Iterator

from mulu.publish.site.model import ANY, OBJECT, Field, Model, Shape
from mulu.publish.site.names import Names, pascal
from mulu.texts import Text, clean

MOST_CODES = 500
"""How many codes a union lists; a longer list is any text."""
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_RESERVED = (
    "Any",
    "Array",
    "Boolean",
    "Date",
    "Error",
    "Function",
    "Map",
    "Number",
    "Object",
    "Promise",
    "Record",
    "Set",
    "String",
    "Symbol",
    "Entry",
)


def typescript(model: Model) -> bytes:
    """Return the types of all entries; a property that the first level does not require is optional."""
    header = model.standard.header
    names = Names(_RESERVED)
    shapes = {name: names.take(pascal(name)) for name in model.shapes}
    lists = {
        name: names.take(f"{pascal(name)}Code")
        for name in sorted({one.codes for shape in model.shapes.values() for one in shape.fields if one.codes})
    }
    first = header.levels[0].id
    lines = list(_comment("", Text(f"{header.title.zh} {header.version}", f"{header.title.en} {header.version}")))
    for name, own in lists.items():
        codes = model.standard.codes[name].values
        told = " | ".join(map(_text, codes)) if codes and len(codes) <= MOST_CODES else "string"
        lines += ["", f"/** {_inert(name)}.csv */", f"export type {own} = {told};"]
    for shape in model.shapes.values():
        lines += ["", *_interface(shape, shapes, lists, first)]
    union = " | ".join(shapes[shape.name] for shape in model.kinds)
    lines += ["", f"export type Entry = {union};"]
    return ("\n".join(lines) + "\n").encode()


def _interface(shape: Shape, shapes: dict[str, str], lists: dict[str, str], first: str) -> Iterator[str]:
    yield from _comment("", shape.title, shape.description)
    yield f"export interface {shapes[shape.name]} {{"
    for one in shape.fields:
        yield from _comment("  ", one.title, one.description)
        name = one.name if _NAME.fullmatch(one.name) else _text(one.name)
        optional = "" if one.level in ("", first) else "?"
        yield f"  {name}{optional}: {_type(one, shapes, lists)};"
    yield "  [extension: `x-${string}`]: unknown;"
    yield "}"


def _type(one: Field, shapes: dict[str, str], lists: dict[str, str]) -> str:
    constant = next((demand.value for demand in one.demands if demand.keyword == "const"), None)
    if one.shape is not None:
        told = shapes[one.shape]
    elif isinstance(constant, str):
        told = _text(constant)
    elif one.codes is not None:
        told = lists[one.codes]
    elif one.type == OBJECT:
        told = "{ [name: string]: unknown }"
    else:
        told = "unknown" if one.type == ANY else _TYPES[one.type]
    return f"Array<{told}>" if one.many else told


def _comment(indent: str, *texts: Text) -> Iterator[str]:
    told = [_inert(part) for text in texts for part in dict.fromkeys((text.zh, text.en)) if part]
    yield f"{indent}/**"
    yield from (f"{indent} * {part}" for part in told)
    yield f"{indent} */"


def _inert(text: str) -> str:
    """Return a text on one line that does not end the comment around it."""
    return clean(text).replace("*/", "* /")


def _text(value: str) -> str:
    # JSON leaves two characters as they are that older engines take for the end of a line.
    return json.dumps(value, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
