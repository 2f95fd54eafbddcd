"""What can be searched for: names of everything, with their pages; small enough to stand in the page that searches."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson
from markupsafe import Markup

from mulu.publish.site.addresses import anchor, list_page, page_of
from mulu.publish.site.model import Model
from mulu.texts import Text, clean, in_script

MOST_CODES = 300
"""Of how long a list the codes can be found one by one; the list itself can always."""
KINDS = {
    "kind": Text("种类", "Kind"),
    "object": Text("对象", "Object"),
    "property": Text("属性", "Property"),
    "list": Text("代码表", "Code list"),
    "code": Text("代码", "Code"),
    "rule": Text("规则", "Rule"),
    "format": Text("格式", "Format"),
}


def entries(model: Model, language: str) -> list[dict[str, str]]:
    """Return what can be found: `k` what it is, `n` its name, `t` its title, `u` its address below the language."""
    return [
        {"k": kind, "n": clean(name), "t": clean(title.get(language) or title.zh), "u": address}
        for kind, name, title, address in _all(model)
    ]


def _all(model: Model) -> Iterator[tuple[str, str, Text, str]]:
    for shape in model.shapes.values():
        page = quote(page_of(shape))
        yield "kind" if shape.is_kind else "object", shape.name, shape.title, page
        for one in shape.fields:
            title = Text(f"{one.title.zh}（{shape.title.zh}）", f"{one.title.en} ({shape.title.en})")
            yield "property", f"{shape.name}.{one.name}", title, f"{page}#{anchor(one.name)}"
    for name in model.standard.codes:
        codes = model.standard.codes[name]
        yield "list", name, Text(name, name), quote(list_page(codes))
        if len(codes.values) <= MOST_CODES:
            for code in codes.by_code.values():
                title = Text(f"{code.name.zh}（{name}）", f"{code.name.en or code.name.zh} ({name})")
                yield "code", code.code, title, f"{quote(list_page(codes))}#{anchor(code.code)}"
    for rule in model.standard.rules.values():
        yield "rule", rule.id, rule.text.title, quote(f"rules/{rule.id}.html")
    for name in sorted(model.standard.mappings):
        yield "format", name, model.standard.mappings[name].title, quote(f"formats/{name}.html")


def json_of(found: dict[str, list[dict[str, str]]]) -> bytes:
    """Return the index of both languages as JSON."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n"


def script_data(found: Any) -> Markup:
    """Return the index as JSON that can stand in a script element: nothing in it ends the element."""
    return Markup(in_script(orjson.dumps(found).decode()))
