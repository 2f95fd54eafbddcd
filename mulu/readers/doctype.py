"""The DOCTYPE of an XML text: judged and taken out before any parser runs."""

import re

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place

_HEAD = 64 * 1024
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE")
_ENTITY = re.compile(r"""\s*<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"&%<]*)"|'([^'&%<]*)')\s*>""")
_ELEMENT = re.compile(r"""\s*<!ELEMENT\s+[A-Za-z_:][\w:.-]*\s+[^<>&%"']*>""")
"""Which members an element may have, says nothing of what it has: WMS 1.1.1 declares so what is a vendor's own."""
_REFERENCE = re.compile(r"&([A-Za-z_][\w.-]*);")
_MOST_ENTITIES = 100
_OWN_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


def without_doctype(path: str, text: str, limits: Limits) -> tuple[str, str]:
    """Return the text without declaration and DOCTYPE, short forms put in, and the external DTD that was named.

    An internal subset may only hold texts by name, without references in them
    (RDF/XML writes namespaces so), and members of elements, which are passed over; everything else that it could hold
    is refused.
    """
    match = _DECLARATION.match(text)
    if match:
        text = _blank(text, match.start(), match.end())
    found = _DOCTYPE.search(text[:_HEAD])
    if found is None:
        return text, ""
    first_element = re.search(r"<[A-Za-z_]", text)
    if first_element is not None and first_element.start() < found.start():
        return text, ""
    subset = text.find("[", found.end())
    close = text.find(">", found.end())
    external, entities = "", {}
    if subset >= 0 and subset < close:
        end = text.find("]", subset)
        entities = _entities(path, text, text[subset + 1 : end] if end >= 0 else "", found.start())
        close = text.find(">", end)
        name = text[found.end() : subset]
    else:
        name = text[found.end() : close]
    if close < 0:
        raise _doctype_refused(path, text, found.start())
    if re.search(r"\b(SYSTEM|PUBLIC)\b", name):
        external = " ".join(name.split())[:200]
    text = _blank(text, found.start(), close + 1)
    if entities:
        grown = sum(len(entities.get(each, "")) for each in _REFERENCE.findall(text))
        if grown > limits.text * 64:
            raise _doctype_refused(path, text, found.start())
        text = _REFERENCE.sub(lambda one: entities.get(one.group(1), one.group(0)), text)
    return text, external


def _entities(path: str, text: str, subset: str, start: int) -> dict[str, str]:
    entities: dict[str, str] = {}
    at = 0
    while match := _ENTITY.match(subset, at) or _ELEMENT.match(subset, at):
        name = match.group(1) if match.re is _ENTITY else ""
        if name and name not in _OWN_ENTITIES:
            entities.setdefault(name, match.group(2) if match.group(2) is not None else match.group(3))
        at = match.end()
        if len(entities) > _MOST_ENTITIES:
            raise _doctype_refused(path, text, start)
    if subset[at:].strip():
        raise _doctype_refused(path, text, start)
    return entities


def _doctype_refused(path: str, text: str, start: int) -> Unreadable:
    line = text.count("\n", 0, start) + 1
    return Unreadable(
        path,
        f"第 {line} 行的 DOCTYPE 里有实体或其他声明，出于安全不予处理；请去掉 DOCTYPE 后重试",
        f"the DOCTYPE in line {line} contains declarations such as entities, which are not accepted for security "
        "reasons; remove it and try again",
        place=Place(path, line=line, column=1),
    )


def _blank(text: str, start: int, end: int) -> str:
    """Return the text with a stretch taken out, its line breaks left in, so that lines keep their numbers."""
    return text[:start] + "\n" * text.count("\n", start, end) + text[end:]
