"""SHACL shapes: what the schemas ask of entries up to a level, of the graph that the JSON-LD context makes of them."""

from collections.abc import Iterator
from urllib.parse import quote

from mulu.publish.site.context import KIND, Vocabulary
from mulu.publish.site.model import ANY, OBJECT, Demand, Field, Shape
from mulu.publish.site.rdf import XSD, Graph, Listing, Literal, Node, Said, Value, both, prefixes

MOST_CODES = 500
"""How many codes a shape lists; a longer list is told by the beginning that its IRIs have."""
_INTEGERS = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minimum": "minInclusive",
    "maximum": "maxInclusive",
    "exclusiveMinimum": "minExclusive",
    "exclusiveMaximum": "maxExclusive",
}


def shapes_graph(vocabulary: Vocabulary, folder: str, level: str) -> Graph:
    """Return the shapes of all kinds and objects, for the demands that are errors at a level.

    `folder` is where their file stands below the standard's base, `""` or ending in `/`.
    Not told: formats, patterns that XPath reads otherwise, conditions, and what `x-` properties are. The graph has no
    order, so that nothing is asked of the order of values.
    """
    writer = _Writer(vocabulary, folder, level)
    return {writer.name(shape): writer.shape(shape) for shape in vocabulary.model.shapes.values()}


class _Writer:
    def __init__(self, vocabulary: Vocabulary, folder: str, level: str) -> None:
        self.vocabulary = vocabulary
        standard = vocabulary.model.standard
        self.ranks = {one.id: one.rank for one in standard.header.levels}
        self.rank = self.ranks[level]
        self.base = f"{standard.header.base}{folder}shapes.ttl#"
        self.sh, self.rdf = prefixes()["sh"], prefixes()["rdf"]

    def name(self, shape: Shape) -> str:
        return f"{self.base}{quote(shape.name, safe='')}"

    def shape(self, shape: Shape) -> Said:
        said: Said = [(f"{self.rdf}type", f"{self.sh}NodeShape")]
        if shape.is_kind:
            said.append((f"{self.sh}targetClass", self.vocabulary.classes[shape.name]))
        said += both(f"{self.sh}name", shape.title.zh, shape.title.en)
        for one in shape.fields:
            if not (shape.is_kind and one.name == KIND):
                said.append((f"{self.sh}property", Node(tuple(self._property(shape, one)))))
        return said

    def _property(self, shape: Shape, one: Field) -> Iterator[tuple[str, Value]]:
        sh = self.sh
        yield f"{sh}path", self.vocabulary.properties[shape.name][one.name]
        yield from both(f"{sh}name", one.title.zh, one.title.en)
        if one.level is not None and self.ranks.get(one.level, 0) <= self.rank:
            yield f"{sh}minCount", _integer(1)
        if not one.many or (one.type in (OBJECT, ANY) and one.shape is None):
            yield f"{sh}maxCount", _integer(1)
        yield from self._value(one)
        # One name for two properties of an object would join their values; there is none such (`Vocabulary`).
        counted = [one_ for one_ in one.demands if self._counts(one_)]
        for keyword, name in _INTEGERS.items():
            values = [demand.value for demand in counted if demand.keyword == keyword]
            if not values or self._is_resource(one):
                continue
            strictest = max(values) if keyword.lower().endswith(("minlength", "minimum")) else min(values)
            if isinstance(strictest, int):
                yield f"{sh}{name}", _integer(strictest)
            else:
                yield f"{sh}{name}", Literal(repr(strictest), datatype=f"{XSD}double")

    def _value(self, one: Field) -> Iterator[tuple[str, Value]]:
        sh = self.sh
        if one.shape is not None:
            yield f"{sh}node", self.name(self.vocabulary.model.shapes[one.shape])
        elif self.vocabulary.is_concept(one):
            assert one.codes is not None
            lists = self.vocabulary.lists
            codes = lists.standard.codes[one.codes].values
            if len(codes) <= MOST_CODES:
                yield f"{sh}in", Listing(tuple(lists.concept(one.codes, code) for code in codes))
            else:
                yield f"{sh}nodeKind", f"{sh}IRI"
        elif self.vocabulary.is_address(one):
            yield f"{sh}nodeKind", f"{sh}IRI"
        elif one.type == "number":
            kinds = (Node(((f"{sh}datatype", f"{XSD}{name}"),)) for name in ("integer", "decimal", "double"))
            yield f"{sh}or", Listing(tuple(kinds))
        elif one.type in ("string", "integer", "boolean"):
            yield f"{sh}datatype", f"{XSD}{one.type}"
        if one.codes is None and one.type == "string":
            for demand in one.demands:
                if self._counts(demand) and demand.keyword in ("enum", "const"):
                    values = demand.value if demand.keyword == "enum" else [demand.value]
                    yield f"{sh}in", Listing(tuple(Literal(str(value)) for value in values))

    def _is_resource(self, one: Field) -> bool:
        return one.shape is not None or self.vocabulary.is_concept(one) or self.vocabulary.is_address(one)

    def _counts(self, demand: Demand) -> bool:
        return demand.severity == "error" and self.ranks[demand.level] <= self.rank


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=f"{XSD}integer")
