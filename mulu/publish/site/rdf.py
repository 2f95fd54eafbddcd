"""Triples as Turtle and JSON-LD, in the order in which they are given; and the vocabularies that have short names.

Only what this site needs: IRIs, texts with a language, texts with a datatype, and nodes without a name. The bytes are
the same for the same triples, whatever is installed.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import orjson

XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What no IRI may hold.
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\\x7f]")
_TERM = re.compile(r"(?<![\w:/-])([a-z][a-z0-9]*):([A-Za-z][A-Za-z0-9]*)(?![\w:/-])")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: its text, and the language or the datatype (an IRI) that it is in."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A node without a name: what is said of it, property by property."""

    said: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values, in their order."""

    values: tuple["Value", ...]


Value = str | Literal | Node | Listing
"""A text alone is an IRI."""
Said = list[tuple[str, Value]]
Graph = Mapping[str, Said]
"""What is said of each subject, by IRI, in order."""


@cache
def prefixes() -> dict[str, str]:
    """Return the short name of each vocabulary that is known, and its namespace."""
    return tomllib.loads(Path(__file__).with_name("prefixes.toml").read_text(encoding="utf-8"))


@cache
def _by_namespace() -> dict[str, str]:
    return {namespace: prefix for prefix, namespace in prefixes().items()}


def _used(text: str) -> dict[str, str]:
    """Return the prefixes that a text may use, which is each that stands in it."""
    return {prefix: namespace for prefix, namespace in sorted(prefixes().items()) if f"{prefix}:" in text}


def iri(text: str) -> str:
    """Return a text as an IRI: what cannot stand in one is escaped."""
    return _NOT_IN_IRI.sub(lambda match: quote(match.group()), text)


def terms(text: str) -> list[str]:
    """Return the IRIs of the terms of known vocabularies that a text names.

    >>> terms("GB/T 21063.3 (resTitle); dct:title, x:y")
    ['http://purl.org/dc/terms/title']
    """
    known = prefixes()
    return [known[prefix] + name for prefix, name in _TERM.findall(text) if prefix in known]


def is_class(term: str) -> bool:
    """Whether a term is the name of a class: vocabularies write those with a capital."""
    return re.split("[/#]", term)[-1][:1].isupper()


def short(name: str) -> str:
    """Return an IRI by the short name of its vocabulary, or as it is."""
    end = max(name.rfind("/"), name.rfind("#")) + 1
    prefix = _by_namespace().get(name[:end])
    return f"{prefix}:{name[end:]}" if prefix and _LOCAL.fullmatch(name, end) else name


def turtle(graph: Graph) -> bytes:
    """Return triples as Turtle, with the prefixes that they use."""
    body = "".join(f"\n{_name(subject)}{_said(said, 1)} .\n" for subject, said in graph.items())
    head = "".join(f"@prefix {key}: <{uri}> .\n" for key, uri in _used(body).items())
    return (head + body).encode("utf-8", "backslashreplace")


def _said(said: Iterable[tuple[str, Value]], depth: int) -> str:
    by_property: dict[str, list[str]] = {}
    for name, value in said:
        by_property.setdefault(name, []).append(_value(value, depth))
    indent = "\n" + "  " * depth
    return " ;".join(
        f"{indent}{'a' if name == _TYPE else _name(name)} {', '.join(values)}" for name, values in by_property.items()
    )


def _name(name: str) -> str:
    shortened = short(name)
    return f"<{iri(name)}>" if shortened == name else shortened


def _value(value: Value, depth: int) -> str:
    if isinstance(value, str):
        return _name(value)
    if isinstance(value, Node):
        return f"[{_said(value.said, depth + 1)} ]"
    if isinstance(value, Listing):
        return f"( {' '.join(_value(one, depth) for one in value.values)} )"
    text = "".join(
        _ESCAPES.get(one) or (one if one >= " " and one != "\x7f" else f"\\u{ord(one):04x}") for one in value.text
    )
    if value.datatype in (f"{XSD}integer", f"{XSD}boolean"):
        return text
    suffix = f"@{value.language}" if value.language else f"^^{_name(value.datatype)}" if value.datatype else ""
    return f'"{text}"{suffix}'


def json_ld(graph: Graph) -> bytes:
    """Return triples as JSON-LD: one object a subject, names shortened; only what has no unnamed nodes."""
    nodes = []
    for subject, said in graph.items():
        node: dict[str, object] = {"@id": iri(subject)}
        for name, value in said:
            key, item = ("@type", _json_name(value)) if name == _TYPE else (short(name), _json_value(value))
            node.setdefault(key, [])
            known = node[key]
            assert isinstance(known, list)
            known.append(item)
        nodes.append(
            {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in node.items()}
        )
    context = _used(" ".join({name for node in nodes for name in node}) + " skos: xsd:")
    return json_bytes({"@context": context, "@graph": nodes})


def _json_name(value: Value) -> str:
    return short(value) if isinstance(value, str) else ""


def _json_value(value: Value) -> dict[str, str]:
    if isinstance(value, str):
        return {"@id": iri(value)}
    assert isinstance(value, Literal)
    found = {"@value": value.text}
    if value.language:
        found["@language"] = value.language
    elif value.datatype:
        found["@type"] = short(value.datatype)
    return found


def json_bytes(value: object) -> bytes:
    """Return a value as JSON that people can read, ended by a line feed."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"
    except TypeError:
        # An integer of more than 64 bits, or half of a character that UTF-16 writes in two.
        return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n"


def both(name: str, chinese: str, english: str) -> Iterator[tuple[str, Value]]:
    """Yield what is said in both languages, each that is not blank."""
    if chinese:
        yield name, Literal(chinese, "zh")
    if english:
        yield name, Literal(english, "en")
