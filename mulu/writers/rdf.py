"""RDF: nested nodes as Turtle, N-Triples, RDF/XML or JSON-LD."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from mulu.errors import MissingExtra
from mulu.marks import DATATYPE, LANG
from mulu.pointer import Json
from mulu.standard.mappings import Mapping as FormatMapping

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def write_rdf(stream: BinaryIO, mapping: FormatMapping, tree: Json, ending: str) -> None:
    """Write the nodes of a tree; raises `MissingExtra` where the library is not installed."""
    nodes = [
        node
        for name, value in (tree.items() if isinstance(tree, dict) else ())
        for node in (value if isinstance(value, list) else [value])
        if not name.startswith("@") and isinstance(node, dict)
    ]
    if ending == ".jsonld":
        graph = [_with_types(node) for node in nodes]
        text = json.dumps(graph)
        prefixes = {"xsd": _XSD, **mapping.namespaces}
        document = {"@context": {key: uri for key, uri in prefixes.items() if f'"{key}:' in text}, "@graph": graph}
        stream.write(json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n")
        return
    try:
        import pyoxigraph
    except ImportError:
        raise MissingExtra("rdf", "写 RDF", "writing RDF") from None
    formats = pyoxigraph.RdfFormat
    syntax = {".ttl": formats.TURTLE, ".nt": formats.N_TRIPLES, ".rdf": formats.RDF_XML}[ending]
    prefixes = {"xsd": _XSD, **mapping.namespaces}
    triples = dict.fromkeys(_triples(nodes, prefixes, pyoxigraph))
    used = {name for one in triples for name in _names(one)}
    prefixes = {key: uri for key, uri in sorted(prefixes.items()) if any(name.startswith(uri) for name in used)}
    written: Any = pyoxigraph.serialize(triples, format=syntax, prefixes=None if ending == ".nt" else prefixes)
    stream.write(_in_order(str(written, "utf-8"), ending).encode())


def _with_types(value: Json) -> Json:
    """Return a node as JSON-LD writes it: `a` is `@type`, references are nodes."""
    if isinstance(value, list):
        return [_with_types(one) for one in value]
    if not isinstance(value, dict):
        return value
    names = {"a": "@type", LANG: "@language", DATATYPE: "@type"}
    return {names.get(key, key): _with_types(member) for key, member in value.items()}


def _triples(nodes: list[dict[str, Json]], prefixes: Mapping[str, str], ox: Any) -> Iterator[Any]:
    count = 0

    def subject_of(node: dict[str, Json]) -> Any:
        nonlocal count
        name = node.get("@id")
        if isinstance(name, str) and not name.startswith("_:"):
            return ox.NamedNode(iri(name, prefixes))
        count += 1
        return ox.BlankNode(f"b{count}")

    waiting = [(subject_of(node), node) for node in reversed(nodes)]
    while waiting:
        subject, node = waiting.pop()
        inner = []
        for key, value in node.items():
            if key == "@id":
                continue
            predicate = ox.NamedNode(_TYPE if key == "a" else iri(key, prefixes))
            for one in value if isinstance(value, list) else [value]:
                if key == "a" and isinstance(one, str):
                    yield ox.Triple(subject, predicate, ox.NamedNode(iri(one, prefixes)))
                elif isinstance(one, dict) and "@value" not in one:
                    there = subject_of(one)
                    yield ox.Triple(subject, predicate, there)
                    if set(one) - {"@id"}:
                        inner.append((there, one))
                elif one is not None:
                    yield ox.Triple(subject, predicate, _literal(one, prefixes, ox))
        waiting.extend(reversed(inner))


def _in_order(text: str, ending: str) -> str:
    """Return the text with its prefixes in the order of the alphabet; the library's differs from run to run."""
    if ending == ".ttl":
        lines = text.split("\n")
        count = next((number for number, line in enumerate(lines) if not line.startswith("@prefix")), 0)
        return "\n".join(sorted(lines[:count]) + lines[count:])
    if ending == ".rdf":
        root = re.search(r"<rdf:RDF ([^>]*)>", text)
        if root is not None:
            names = sorted(re.findall(r'xmlns:[^ =]+="[^"]*"', root.group(1)))
            return f"{text[: root.start()]}<rdf:RDF {' '.join(names)}>{text[root.end() :]}"
    return text


def _names(triple: Any) -> Iterator[str]:
    for one in (triple.subject, triple.predicate, triple.object):
        datatype = getattr(one, "datatype", None)
        yield str(getattr(datatype if datatype is not None else one, "value", ""))


def _literal(value: Json, prefixes: Mapping[str, str], ox: Any) -> Any:
    if isinstance(value, dict):
        text = str(value["@value"])
        language, datatype = value.get(LANG), value.get(DATATYPE)
        if isinstance(language, str):
            return ox.Literal(text, language=language)
        return ox.Literal(text, datatype=ox.NamedNode(iri(str(datatype), prefixes))) if datatype else ox.Literal(text)
    return ox.Literal(value)


def iri(name: str, prefixes: Mapping[str, str]) -> str:
    """Return a name in full, with what an IRI cannot hold percent-encoded (RFC 3987, 2.2)."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        name = prefixes[prefix] + local
    if not _SCHEME.match(name):
        name = "urn:mulu:" + name
    return _NOT_IN_IRI.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), name)
