"""The JSON-LD context of a standard's entries, and its vocabulary: what each property and kind is called in the web.

A property whose source (`$comment`) names a term of a known vocabulary, such as `dct:title`, has that term. Others
have a name of their own, at the base of the standard that brings them. Which is which hangs on the place, since one
name may mean several things: JSON-LD 1.1, chapter 4.1.8, lets contexts stand inside contexts.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mulu.publish.site.lists import Lists
from mulu.publish.site.model import ANY, OBJECT, Field, Model, Shape
from mulu.publish.site.rdf import Graph, Said, both, is_class, prefixes, short, terms

KIND = "kind"


class Vocabulary:
    """The IRIs of the shapes and fields of a standard."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.lists = Lists(model)
        self.classes = self._classes()
        self.properties = {shape.name: self._properties(shape) for shape in model.shapes.values()}
        self.names = {KIND, *model.shapes, *(one.name for shape in model.shapes.values() for one in shape.fields)}

    def own(self, home: str, name: str) -> str:
        """Return an IRI at the base of the standard whose schema is `home`."""
        return f"{home.rpartition('/')[0]}/vocabulary.ttl#{quote(name, safe='')}"

    def _classes(self) -> dict[str, str]:
        taken: set[str] = set()
        found = {}
        for shape in self.model.shapes.values():
            known = next((term for term in terms(shape.source) if is_class(term) and term not in taken), None)
            found[shape.name] = known or self.own(self._home(shape), shape.name)
            taken.add(found[shape.name])
        return found

    def _properties(self, shape: Shape) -> dict[str, str]:
        taken: set[str] = set()
        found = {}
        for one in shape.fields:
            known = next((term for term in terms(one.source) if not is_class(term) and term not in taken), None)
            found[one.name] = known or self.own(one.home, f"{shape.name}.{one.name}")
            taken.add(found[one.name])
        return found

    def _home(self, shape: Shape) -> str:
        return shape.id or next((one.home for one in shape.fields), self.model.standard.header.base)

    def short(self, term: str) -> str:
        """Return an IRI by its prefix, unless a property or a kind has the prefix for its name."""
        shortened = short(term)
        return term if shortened.partition(":")[0] in self.names else shortened

    def is_concept(self, one: Field) -> bool:
        """Whether the values of a field are codes that have addresses."""
        return one.codes is not None and one.type == "string" and self.lists.is_plain(one.codes)

    def is_address(self, one: Field) -> bool:
        """Whether the values of a field are addresses themselves."""
        return any(demand.keyword == "format" and demand.value == "uri" for demand in one.demands)


def context(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the context by which an entry of the standard is JSON-LD."""
    model = vocabulary.model
    body: dict[str, Any] = {KIND: "@type"}
    for shape in model.kinds:
        inner = _members(vocabulary, shape, (shape.name,))
        body[shape.name] = {"@id": vocabulary.short(vocabulary.classes[shape.name]), "@context": inner}
    used = sorted(_prefixes(body))
    known = prefixes()
    return {"@context": {"@version": 1.1, **{name: known[name] for name in used}, **body}}


def _members(vocabulary: Vocabulary, shape: Shape, path: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in shape.fields:
        # JSON-LD takes what begins with @ for a keyword, what has a colon or a slash for an IRI.
        if (one.name == KIND and shape.is_kind) or not one.name or one.name[0] == "@" or set(":/") & set(one.name):
            continue
        term: dict[str, Any] = {"@id": vocabulary.short(vocabulary.properties[shape.name][one.name])}
        if one.many:
            term["@container"] = "@set"
        if one.shape is not None:
            # A shape inside itself has the context of what is around it.
            if one.shape not in path:
                term["@context"] = _members(vocabulary, vocabulary.model.shapes[one.shape], (*path, one.shape))
        elif vocabulary.is_concept(one):
            assert one.codes is not None
            term |= {"@type": "@vocab", "@context": _codes(vocabulary, one.codes)}
        elif one.type in (OBJECT, ANY):
            # Whatever stands there is one value, as it is.
            term.pop("@container", None)
            term["@type"] = "@json"
        elif vocabulary.is_address(one):
            term["@type"] = "@id"
        found[one.name] = term
    return found


def _codes(vocabulary: Vocabulary, name: str) -> dict[str, str]:
    """Return the context in which the codes of a list are the IRIs of its concepts."""
    known = vocabulary.names | set(prefixes())
    # A code that is also a name around it would be read as that; not every reader lets a context begin anew.
    same = {code: vocabulary.lists.concept(name, code) for code in vocabulary.lists.standard.codes[name].values}
    return {
        "@vocab": f"{vocabulary.lists.scheme(name)}#",
        **{code: concept for code, concept in same.items() if code in known},
    }


def _prefixes(node: Any) -> set[str]:
    """Return the prefixes that the names in a context begin with."""
    if isinstance(node, Mapping):
        own = {str(node["@id"]).partition(":")[0]} if "@id" in node else set()
        return (own & set(prefixes())).union(*(_prefixes(value) for value in node.values()))
    return set()


def vocabulary_graph(vocabulary: Vocabulary) -> Graph:
    """Return what is said of each class and property that stands at the standard's own base."""
    known = prefixes()
    rdf, rdfs = known["rdf"], known["rdfs"]
    base = f"{vocabulary.model.standard.header.base}vocabulary.ttl#"
    graph: dict[str, Said] = {}
    for shape in vocabulary.model.shapes.values():
        name = vocabulary.classes[shape.name]
        if name.startswith(base):
            graph[name] = [
                (f"{rdf}type", f"{rdfs}Class"),
                *both(f"{rdfs}label", shape.title.zh, shape.title.en),
                *both(f"{rdfs}comment", shape.description.zh, shape.description.en),
            ]
        for one in shape.fields:
            term = vocabulary.properties[shape.name][one.name]
            if not term.startswith(base):
                continue
            said = graph.setdefault(term, [(f"{rdf}type", f"{rdf}Property")])
            said += [
                *both(f"{rdfs}label", one.title.zh, one.title.en),
                *both(f"{rdfs}comment", one.description.zh, one.description.en),
                (f"{rdfs}domain", name),
            ]
            if one.shape is not None:
                said.append((f"{rdfs}range", vocabulary.classes[one.shape]))
    return graph
