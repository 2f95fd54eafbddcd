"""RDF in Turtle, N-Triples, RDF/XML and JSON-LD: a graph of nodes by their names.

The tree has the nodes of each type under the type's name, and all nodes in `@graph`; `{"^ref": …}` leads from one to
another. A node is an object of its properties and its types (`a`); names are written with the prefixes that the
standard's mappings give them. Contexts, imports and whatever else a file names are never fetched.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast

from mulu.errors import MissingExtra, Unreadable
from mulu.limits import Limits, portions_of
from mulu.marks import DATATYPE, GRAPH, LANG, REF
from mulu.place import Place
from mulu.pointer import Json, steps_of
from mulu.readers.doctype import without_doctype
from mulu.readers.model import Document, Item, Notice, Ref
from mulu.readers.xml import add_member, parsed_xml
from mulu.words import told_or_quoted

TYPE = "a"
"""The member of a node that holds its types, as in Turtle."""

_BASE = "mulu:"
"""What names without a scheme are read against: they stand behind it as they are, be they a path, a query or a word."""
_WRITTEN = "urn:mulu:"
"""What the writer puts before a name that is no IRI."""
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_OWN = {"http://www.w3.org/2001/XMLSchema#": "xsd", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf"}
_HEAD = 64 * 1024
_TURTLE = re.compile(
    r"(?:\s|#[^\n]*\n)*(?:@prefix\s|@base\s|PREFIX\s|BASE\s|<[a-z][a-z0-9+.-]*:[^\s<>\"]*>\s+(?:a\s|<))", re.I
)
_TURTLE_NAMES = (".ttl", ".nt", ".turtle")
# A group that takes one character each time would need a hundred bytes for each.
_STRINGS = re.compile(
    r"\"\"\"[^\"\\]*(?:(?:\\.|\"(?!\"\"))[^\"\\]*)*\"\"\"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r"|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|<[^<>\s]*>|#[^\n]*"
)
_PIECES = re.compile(r"[^\"<>]+")
_GRAPH_IN_XML = re.compile(r"(?:\s|<\?[^>]*>|<!--(?:[^-]|-(?!->))*-->)*<(?:[\w.-]+:)?RDF[\s>/]")
_RDF_XML = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_NAMES_IN_XML = re.compile(r"(?<=[:\s])((?:about|resource|datatype)\s*=\s*)(\"[^\"<]*\"|'[^'<]*')")
_TEXTS = re.compile(r"(<[\w.:-]+\s[^<>]*(?<!/)>)([^<]+)(</[\w.:-]+\s*>)")
_RESOURCE = re.compile(r"[:\s]resource\s*=")
_NAMES_IN_TURTLE = re.compile(rf"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\n]*)>|({_STRINGS.pattern})")
_NAMES_IN_JSON = re.compile(r"(\"@id\"\s*:\s*\")([^\"\\]+)\"")
_NOT_IN_IRI = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x20<>\"{}|^`\\]")
_QUOTED = re.compile("'([^']+)'|prefix (\\S+):")
_SHORT_NAMES = re.compile(r":([^\s:;,<>\"]+)[ \n]")
_BRACKETS = re.compile(r"[\[\](){}]")


def syntax_of(text: str, name: str) -> str | None:
    """Return in which syntax of RDF a text is: "turtle", "xml", "jsonld"; `None` if it is no RDF.

    JSON is RDF where its context stands in the file itself; with a context that would have to be fetched it stays JSON.
    """
    head = text[:_HEAD].lstrip()
    lower = name.lower()
    if head.startswith("<") and re.search(r"<(?:\w+:)?RDF[\s>]", head) and "22-rdf-syntax-ns#" in head:
        return "xml"
    if lower.endswith(_TURTLE_NAMES) or _TURTLE.match(text[:_HEAD]):
        return "turtle"
    if head.startswith(("{", "[")) and (lower.endswith(".jsonld") or '"@graph"' in head):
        return "jsonld" if _has_own_context(text) else None
    return None


def _has_own_context(text: str) -> bool:
    import jiter

    try:
        value = jiter.from_json(text.encode("utf-8", "replace"))
    except ValueError:
        return False
    nodes = value if isinstance(value, list) else [value]
    for node in nodes:
        context = node.get("@context", {}) if isinstance(node, dict) else {}
        if any(isinstance(one, str) for one in (context if isinstance(context, list) else [context])):
            return False
    return bool(nodes)


@dataclass(slots=True)
class RdfDocument(Document):
    """A graph: one item."""

    value: Json = None
    text: str = ""
    _spots: "_Spots | None" = None

    def items(self) -> Iterator[Item]:
        """Yield the graph."""
        return iter((Item(0, self.value),))

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return where a value stands if its text stands once in the file, else the line of its node's name.

        Parsers of RDF give no positions; a blank node has the place of the file.
        """
        steps = steps_of(cast("tuple[int, str]", ref)[1])
        value: Any = self.value
        for step in steps:
            value = (
                value[int(step)] if isinstance(value, list) else value.get(step) if isinstance(value, dict) else None
            )
        literal = value if isinstance(value, str) else None
        if self._spots is None:
            self._spots = _Spots(self.text)
        at = self._spots.of_literal(literal) if literal and len(literal) > 3 else None
        if at is not None:
            return Place(self.path, line=at[0], column=at[1])
        name = steps[1] if len(steps) > 1 and steps[0] == GRAPH else ""
        return Place(self.path, line=self._spots.of_name(name))


class _Spots:
    """Where names and literals stand in a text, looked for once: there may be a hundred thousand of each.

    What stands between two of the marks that begin and end them in every syntax is taken for one.
    """

    def __init__(self, text: str) -> None:
        self._lines = array("Q", (match.end() for match in re.finditer("\n", text)))
        self._first: dict[str, int] = {}
        self._again: set[str] = set()
        for match in _PIECES.finditer(text):
            piece = match.group()
            if self._first.setdefault(piece, match.start()) != match.start():
                self._again.add(piece)
        self._short: dict[str, int] = {}
        for match in _SHORT_NAMES.finditer(text):
            self._short.setdefault(match[1], match.start())

    def of_literal(self, literal: str) -> tuple[int, int] | None:
        """Return line and column of a literal that stands there once; `None` if it does not."""
        at = self._first.get(literal) if literal not in self._again else None
        return None if at is None else self._line_and_column(at)

    def of_name(self, name: str) -> int:
        """Return the line in which a name stands first, written out or shortened; 1 if it stands nowhere."""
        found = [
            spots.get(text) for spots, text in ((self._first, name), (self._short, re.split(r"[/#]", name)[-1])) if text
        ]
        return self._line_and_column(min((at for at in found if at is not None), default=0))[0]

    def _line_and_column(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._lines, at)
        return line + 1, at - (self._lines[line - 1] if line else 0) + 1


def read_rdf(document: RdfDocument, text: str, syntax: str, prefixes: Mapping[str, str], limits: Limits) -> RdfDocument:
    """Read the graph of a text; raises `Unreadable` at the first fault, `MissingExtra` without the library."""
    try:
        import pyoxigraph
    except ImportError:
        raise MissingExtra("rdf", "读 RDF", "reading RDF") from None
    document.text = text
    content = text
    if syntax == "xml":
        content, _ = without_doctype(document.path, text, limits)
    elif syntax == "turtle":
        _keep_depth(document.path, text, limits)
    else:
        # The parser leaves out what is said of a name that is none, and says nothing (JSON-LD 1.1 API, 7).
        content = _NAMES_IN_JSON.sub(lambda one: one[1] + _encoded(one[2]) + '"', text)
        if content != text:
            document.notices.append(_mended("encoded-name", document.path, text, content))
    most = limits.triples * portions_of(document.size)
    try:
        quads = _quads(document, content, syntax, most + 1, limits)
    except (ValueError, OSError):
        raise Unreadable(document.path, "不是合格的 RDF", "this is not readable RDF") from None
    if len(quads) > most:
        raise limits.exceeded(
            "triples", document.path, "三元组太多，请把文件拆小", "there are too many triples; split the file"
        )
    # A graph is a set of triples (RDF 1.1 Concepts, 3.1); JSON-LD may say one several times.
    quads = [*dict.fromkeys(quads)]
    if any(isinstance(quad.object, pyoxigraph.Triple) for quad in quads):
        # A triple as an object (RDF 1.2 Concepts, 3.6) speaks of what is said, and not of a node of the graph.
        raise Unreadable(
            document.path,
            "含有三元组项（<<( … )>> 或 {| … |}），目录中没有对应的内容；请删去后重试",
            "it contains triple terms (<<( … )>> or {{| … |}}), which have no meaning in a catalog; remove them and "
            "try again",
        )
    if any(isinstance(quad.object, pyoxigraph.Literal) and len(quad.object.value) > limits.text for quad in quads):
        raise limits.exceeded("text", document.path, "文字太长", "a text is too long")
    document.value = _graph(quads, prefixes)
    return document


def _quads(document: RdfDocument, content: str, syntax: str, most: int, limits: Limits) -> list[Any]:
    """Return up to `most` statements; what is usually written wrong is mended, and noted in the document."""
    left = [*_USUAL.get(syntax, ())]
    while True:
        try:
            return _parsed(document.path, content, syntax, most, limits)
        except SyntaxError as error:
            fault = next((fault for fault in left if fault.says in str(error)), None)
            mended = content if fault is None else fault.mended(content)
            if fault is None or mended == content:
                raise _refusal(document.path, content, error, limits) from None
            left.remove(fault)
            document.notices.append(_mended(fault.check, document.path, content, mended, fault.lost(content)))
            content = mended


def _parsed(path: str, content: str, syntax: str, most: int, limits: Limits) -> list[Any]:
    from pyoxigraph import RdfFormat, parse

    syntaxes = {"turtle": RdfFormat.TURTLE, "xml": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD}
    graphs = _graphs_in(path, content, limits) if syntax == "xml" else [content.encode()]
    quads: list[Any] = []
    for graph in graphs:
        parsed = parse(graph, format=syntaxes[syntax], base_iri=_BASE, rename_blank_nodes=len(graphs) > 1)
        quads += islice(parsed, most - len(quads))
    return quads


def _graphs_in(path: str, content: str, limits: Limits) -> list[bytes]:
    """Return the graphs of a document: it itself, or those that an answer of a catalogue service holds, one a record.

    (OGC 07-006r1, 10.8.4: what a client asks for stands in `SearchResults`, as the schema that it names has it.)
    """
    if _GRAPH_IN_XML.match(content):
        return [content.encode()]
    from lxml import etree

    root = parsed_xml(path, content, limits)
    return [etree.tostring(graph, with_tail=False) for graph in root.iter(_RDF_XML)]


def _mended(check: str, path: str, text: str, mended: str, lost: int = 0) -> Notice:
    """Return what tells of the first place that was mended, and how many values were lost by it."""
    at = next(at for at, pair in enumerate(zip(text, mended, strict=False)) if pair[0] != pair[1])
    return Notice(check, {"count": lost} if lost else {}, place=Place(path, line=text.count("\n", 0, at) + 1))


def _encoded(name: str) -> str:
    return _NOT_IN_IRI.sub(lambda match: f"%{ord(match.group()):02X}", name)


def _without_text_beside_name(element: re.Match[str]) -> str:
    if _RESOURCE.search(element[1]) is None:
        return element[0]
    return element[1] + "\n" * element[2].count("\n") + element[3]


def _texts_beside_names(text: str) -> int:
    return sum(bool(one[2].strip()) and _RESOURCE.search(one[1]) is not None for one in _TEXTS.finditer(text))


class _Fault(NamedTuple):
    """What is usually written wrong."""

    check: str
    """The check that tells of it."""
    says: str
    """The words of the parser."""
    mended: Callable[[str], str]
    """Returns the text as it is meant."""
    lost: Callable[[str], int] = lambda text: 0
    """Returns how many values of the text are lost by that."""


_USUAL = {
    "xml": (
        _Fault(
            "encoded-name",
            "Invalid IRI",
            lambda text: _NAMES_IN_XML.sub(lambda one: one[1] + one[2][0] + _encoded(one[2][1:-1]) + one[2][-1], text),
        ),
        _Fault(
            "text-beside-name",
            "Unexpected text",
            lambda text: _TEXTS.sub(_without_text_beside_name, text),
            _texts_beside_names,
        ),
    ),
    "turtle": (
        _Fault(
            "encoded-name",
            "Invalid IRI",
            lambda text: _NAMES_IN_TURTLE.sub(lambda one: one[2] or f"<{_encoded(one[1])}>", text),
        ),
    ),
}
"""What exporters write against the rule and can mean only one thing, by syntax.

What no IRI can hold is percent-encoded (RFC 3987, 2.2); of `rdf:resource` and a text in one element (RDF/XML, 7.2.17
allows none) the text goes. Lines stay."""


def _refusal(path: str, content: str, error: SyntaxError, limits: Limits) -> Unreadable:
    message = str(error.msg)
    why = told_or_quoted("rdf", re.sub(r"^Parser error [^:]*: ", "", message))
    if error.lineno is not None:
        line, column = error.lineno, error.offset or 1
        return Unreadable(
            path,
            f"不是合格的 RDF，第 {line} 行第 {column} 列：{why.zh}。请改正后重试",
            f"invalid RDF at line {line}, column {column}: {why.en}; correct it and try again",
            place=Place(path, line=line, column=column),
        )
    # Of RDF/XML the parser tells no place: that of what is not well-formed is known, else that of what it names.
    if content.lstrip().startswith("<"):
        parsed_xml(path, content, limits)
    named = _QUOTED.search(message)
    at = content.find(next(filter(None, named.groups()))) if named else -1
    if at < 0:
        return Unreadable(
            path, f"不是合格的 RDF：{why.zh}。请改正后重试", f"invalid RDF: {why.en}; correct it and try again"
        )
    line = content.count("\n", 0, at) + 1
    return Unreadable(
        path,
        f"不是合格的 RDF，第 {line} 行：{why.zh}。请改正后重试",
        f"invalid RDF at line {line}: {why.en}; correct it and try again",
        place=Place(path, line=line),
    )


def _keep_depth(path: str, text: str, limits: Limits) -> None:
    """Refuse brackets nested too deep before the parser sees them."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(_STRINGS.sub("", text)):
        depth += 1 if match.group() in "[({" else -1
        deepest = max(deepest, depth)
    if deepest > limits.depth:
        raise limits.exceeded("depth", path, "方括号嵌套太深", "brackets are nested too deeply")


def _graph(quads: list[Any], prefixes: Mapping[str, str]) -> Json:
    from pyoxigraph import BlankNode, Literal

    short = _Shortener({**_OWN, **prefixes})
    blanks: dict[str, str] = {}

    def name(term: Any) -> str:
        # The parser's names of blank nodes differ from run to run.
        if isinstance(term, BlankNode):
            return blanks.setdefault(term.value, f"_:b{len(blanks) + 1}")
        iri: str = term.value
        return iri.removeprefix(_BASE).removeprefix(_WRITTEN)

    subjects = [name(quad.subject) for quad in quads]
    graph: dict[str, dict[str, Json]] = {
        subject: {} if subject.startswith("_:") else {"@id": subject} for subject in subjects
    }
    types: dict[str, list[Json]] = {}
    for subject, quad in zip(subjects, quads, strict=True):
        predicate, term = quad.predicate.value, quad.object
        if isinstance(term, Literal):
            add_member(graph[subject], short(predicate), _literal(term, short))
        elif predicate == _TYPE and not isinstance(term, BlankNode):
            kind = short(term.value)
            types.setdefault(kind, []).append({REF: subject})
            add_member(graph[subject], TYPE, kind)
        else:
            other = name(term)
            add_member(graph[subject], short(predicate), {REF if other in graph else "@id": other})
    # A node that is only named with its type, as what a service serves may be, is described elsewhere.
    described = {subject for subject, node in graph.items() if any(key not in ("@id", TYPE) for key in node)}
    for kind, nodes in types.items():
        types[kind] = [node for node in nodes if cast("dict[str, str]", node)[REF] in described] or nodes
    return {**types, GRAPH: {**graph}}


def _literal(term: Any, short: "_Shortener") -> Json:
    if term.language:
        return {"@value": term.value, LANG: term.language}
    datatype = term.datatype.value
    if datatype == _STRING:
        return str(term.value)
    return {"@value": term.value, DATATYPE: short(datatype)}


class _Shortener:
    """Writes names with the longest namespace that is known."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = sorted(prefixes.items(), key=lambda item: -len(item[0]))
        self.known: dict[str, str] = {}

    def __call__(self, iri: str) -> str:
        found = self.known.get(iri)
        if found is None:
            uri, prefix = next(((uri, one) for uri, one in self.prefixes if iri.startswith(uri)), ("", ""))
            local = iri.removeprefix(uri)
            found = self.known[iri] = f"{prefix}:{local}" if prefix and local and "/" not in local else iri
        return found
