"""XML: a tree by element names, its members in the order that the format's schema asks for."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from typing import Any, BinaryIO

from mulu.pointer import Json
from mulu.standard.mappings import Mapping

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_XML = "http://www.w3.org/XML/1998/namespace"


def write_xml(stream: BinaryIO, mapping: Mapping, tree: Json) -> None:
    """Write a tree in the namespaces and the order of a format."""
    assert mapping.writing is not None
    stream.write(xml_bytes(tree, mapping.namespaces, mapping.writing.order))


def xml_bytes(tree: Json, namespaces: MappingOf[str, str] = {}, order: MappingOf[str, tuple[str, ...]] = {}) -> bytes:
    """Return a tree of one root element in UTF-8; characters that XML 1.0 cannot hold are written as U+FFFD.

    `namespaces` are those of the prefixes in its names, `order` gives the members of an element their places.
    """
    from lxml import etree

    assert isinstance(tree, dict)
    names = {"xml": _XML, **namespaces}
    roots = [(name, value) for name, value in tree.items() if not name.startswith(("@", "#"))]
    name, value = roots[0]
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    root: Any = etree.Element(_tag(name, names), nsmap=dict(namespaces))
    in_values: set[str] = set()
    waiting: list[tuple[Any, str, Json]] = [(root, name, one)]
    while waiting:
        element, name, content = waiting.pop()
        if not isinstance(content, dict):
            element.text = _text(content)
            continue
        for key, member in content.items():
            if key.startswith("@"):
                attribute, told = _tag(key[1:], names), _text(member)
                element.set(attribute, told)
                if attribute == _TYPE:
                    in_values.add(told.partition(":")[0])
            elif key == "#text":
                element.text = _text(member)
        inner = []
        for key, member in _ordered(content, order.get(name, ())):
            for each in member if isinstance(member, list) else [member]:
                inner.append((etree.SubElement(element, _tag(key, names)), key, each))
        waiting.extend(reversed(inner))
    etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(in_values & {*namespaces}))
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _ordered(content: dict[str, Json], order: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    place = {name: number for number, name in enumerate(order)}
    members = [(name, value) for name, value in content.items() if not name.startswith(("@", "#"))]
    yield from sorted(members, key=lambda member: place.get(member[0], len(place)))


def _tag(name: str, namespaces: dict[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{namespaces[prefix]}}}{local}" if colon and prefix in namespaces else name.replace(":", "_")


def _text(value: Json) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return "".join(one if _is_allowed(one) else "\ufffd" for one in text)


def _is_allowed(character: str) -> bool:
    """Whether XML 1.0 may hold the character (production 2)."""
    code = ord(character)
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
