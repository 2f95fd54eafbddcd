"""A tree as a source of entries: its format is recognised by its paths, and each record is made as it is asked for."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from mulu.convert.beyond import prefixes_in
from mulu.convert.engine import finish
from mulu.convert.languages import is_common
from mulu.convert.ledger import Ledger
from mulu.convert.reading import Reader
from mulu.convert.selector_trie import Way, way_of
from mulu.convert.source import ENVELOPE, Given, Reject, Remark, Sourced, drop_beside
from mulu.convert.tree_engine import TooDeep, TreeBuilder
from mulu.convert.tree_plan import TreePlan, ways_to_records
from mulu.convert.trees import FAMILIES, Node, Tree, leaves
from mulu.errors import Unreadable
from mulu.limits import portions_of
from mulu.pointer import Json, has_longer_pointers, has_more
from mulu.readers import Document
from mulu.readers.model import Ref
from mulu.standard import Standard
from mulu.standard.mappings import Mapping, Part, Spec
from mulu.standard.selectors import Selector
from mulu.texts import VALUE_LIMIT

_LOOKED_AT = 20
"""At how many records of XML is looked: one of them may lack what marks the format."""
_DEEPEST = 190
"""Nodes that may hang on each other, whatever the limits are: an entry of more could not be read again as JSON."""
_NODE_MARKS = {"json": ("@type", "@context", "@language"), "rdf": ("a",)}
"""By which linked data tell kind and language of a node, and what its names mean; its own name is `@id`."""
_NAMED = 5
"""How many places are named of those of which not all values were read."""
_SPREAD = 50
"""How many elements of lists are gone through in the time that a value of a shared node takes."""


@dataclass(frozen=True)
class TreeCandidate:
    """A document read with a mapping: which of the places that mark the format are there."""

    mapping: Mapping
    trees: tuple[Tree, ...]
    """The first items, of XML its first records."""
    present: frozenset[Selector]
    """The places that are there, of those by which any of the formats is known."""

    @cached_property
    def marks(self) -> int:
        """How many of the marks are there."""
        return sum(map(self._has, self.mapping.marks))

    @property
    def needed(self) -> int:
        """How many more of the marks are needed."""
        return max(self.mapping.at_least - self.marks, self._lacking)

    @property
    def has_required(self) -> bool:
        """Whether all is there that only this format has."""
        return bool(self.mapping.required_marks) and not self._lacking

    @property
    def _lacking(self) -> int:
        return sum(not self._has(group) for group in self.mapping.required_marks)

    @property
    def is_recognised(self) -> bool:
        """Whether enough of the marks are there."""
        return self.needed <= 0

    @cached_property
    def score(self) -> int:
        """How many properties the first record has a place for."""
        tree, _, record = self._first
        if tree is None or record is None:
            return 0
        fields = [spec for part in self.mapping.parts for spec in part.fields if spec.at]
        there = _present((tree,), record, [path for spec in fields for path in spec.at])
        return sum(not there.isdisjoint(spec.at) for spec in fields)

    @property
    def taken(self) -> int:
        """How many values of the first record a property takes."""
        tree, part, record = self._first
        return len(_taken(tree, record, part.fields)) if tree and part and record else 0

    @cached_property
    def _first(self) -> tuple[Tree | None, Part | None, Node | None]:
        """The first record, with what holds it and what the mapping says of its kind."""
        found = (
            (tree, part, node)
            for tree in self.trees
            for part in self.mapping.parts
            for node in records(tree, ways_to_records(part))
        )
        return next(found, (None, None, None))

    @property
    def rank(self) -> tuple[bool, int, int]:
        """By which the best reading is chosen."""
        return (self.is_recognised, self.score, self.marks)

    @property
    def missing(self) -> list[str]:
        """The marks that are not there."""
        return [group[0].text for group in self.mapping.marks if not self._has(group)]

    def _has(self, group: tuple[Selector, ...]) -> bool:
        return not self.present.isdisjoint(group)


def tree_candidates(document: Document, mappings: list[Mapping]) -> list[TreeCandidate]:
    """Return the readings of a document with each mapping that reads its family, best first."""
    family = FAMILIES.get(document.family)
    suitable = [mapping for mapping in mappings if mapping.is_tree and mapping.family == family]
    if not suitable:
        return []
    items = (item for item in document.items() if not item.broken)
    first = islice(items, _LOOKED_AT if family == "xml" else 1)
    trees = tuple(Tree(item.value, family) for item in first) or (Tree(None, family),)
    groups = (group for mapping in suitable for group in (*mapping.marks, *mapping.required_marks))
    present = _present(trees, None, {path: None for group in groups for path in group})
    found = sorted(
        (TreeCandidate(mapping, trees, present) for mapping in suitable),
        key=lambda candidate: candidate.rank,
        reverse=True,
    )
    fitting = [candidate for candidate in found if candidate.is_recognised]
    if len(fitting) < 2:
        return found
    # Of several formats it is the one that says most of a record, not the one that has most ways of looking.
    fitting.sort(key=lambda candidate: candidate.taken, reverse=True)
    return fitting + found[len(fitting) :]


def _taken(tree: Tree, node: Node, specs: Iterable[Spec]) -> set[str]:
    """Return the places of the values that the properties of an object take."""
    paths = [(spec, path) for spec in specs for path in spec.at]
    taken: set[str] = set()
    for number, nodes in tree.find(node, way_of(path for _, path in paths)).items():
        spec, _ = paths[number]
        for one in nodes:
            if spec.each == "element":
                taken |= _taken(tree, one, spec.fields)
            else:
                taken.update(at for _, spoken in tree.spoken([one]) if (leaf := tree.leaf(spoken)) for at in leaf[1:])
    return taken


def _present(trees: Iterable[Tree], node: Node | None, paths: Collection[Selector]) -> frozenset[Selector]:
    """Return those of the selectors that find anything, from a node or else from the roots, in one walk."""
    way = way_of(paths)
    numbers = {number for tree in trees for number in tree.find(node or tree.top(), way)}
    return frozenset(path for number, path in enumerate(paths) if number in numbers)


def records(tree: Tree, ways: list[Way]) -> list[Node]:
    """Return the records of a kind in a tree: what the first way leads to that leads to any objects."""
    for way in ways:
        found = [node for node in tree.find(tree.top(), way).get(0, ()) if isinstance(node.value, dict)]
        if found:
            return found
    return []


def _apart(tree: Tree, parts: list[tuple[TreePlan, list[Node]]]) -> list[tuple[TreePlan, list[Node]]]:
    """Leave out of the records of each kind those that are of a further kind too; a node of a graph may be of several.

    So the first kind may name its records by what all have, and the further ones what is special of theirs.
    """
    if tree.family == "rdf" or len(parts) < 2:
        return parts
    found: list[tuple[TreePlan, list[Node]]] = []
    taken: set[str] = set()
    for plan, nodes in reversed(parts):
        found.append((plan, [node for node in nodes if node.pointer not in taken]))
        taken.update(node.pointer for node in nodes)
    return found[::-1]


@dataclass(slots=True)
class TreeSource:
    """A document of trees that is converted on the way; see `Source`."""

    document: Document
    standard: Standard
    mapping: Mapping
    given: Given = field(default_factory=dict)
    ledger: Ledger = field(init=False)
    remarks: list[Remark] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    _made: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.document.path, self.format)

    @property
    def format(self) -> str:
        """The name of the format."""
        return self.mapping.id

    def __iter__(self) -> Iterator[Sourced]:
        self.ledger = Ledger(self.document.path, self.format)
        self.remarks.clear()
        self._made = 0
        reader = Reader(self.standard.codes)
        plans = [TreePlan(self.mapping, part, reader) for part in self.mapping.parts]
        for item in self.document.items():
            if not item.broken:
                yield from self._item(plans, Tree(item.value, self.mapping.family), item.index)
        drop_beside(self.document, self.ledger)
        self._account_unmatched()

    def _item(self, plans: list[TreePlan], tree: Tree, index: int) -> Iterator[Sourced]:
        limits = self.document.limits
        if has_longer_pointers(tree.root, limits.pointers * portions_of(self.document.size)):
            # Of objects deep in each other with long names each value would be known by a pointer of all of them.
            said = (
                "各层的名称太长，或嵌套其中的值太多",
                "names on the way to its values are too long, or too many values are nested",
            )
            raise limits.exceeded("pointers", self.document.path, *said, place=self.document.place((index, "")))
        seen: set[str] = set()
        again = 0
        most = self.document.limits.shared * portions_of(self.document.size)
        parts = _apart(tree, [(plan, records(tree, plan.records)) for plan in plans])
        every = frozenset(node.pointer for _, nodes in parts for node in nodes)
        for plan, nodes in parts:
            for node in nodes:
                if again > most or (tree.family == "rdf" and tree.spread_out > _SPREAD * most):
                    said = "和以前各条引用的共有节点，值太多", "and those before it refer to nodes of too many values"
                    raise self._exceeded("shared", index, node.pointer, *said)
                self._made += 1
                self._hold(node, index)
                builder = TreeBuilder(plan, tree, node, seen, every, min(self.document.limits.depth, _DEEPEST))
                try:
                    builder.build(self.ledger)
                except TooDeep as deep:
                    said = "的节点层层相连太深", "has nodes that hang on each other too deep"
                    raise self._exceeded("depth", index, deep.args[0], *said) from None
                again += builder.again
                self.ledger.records += 1
                self.ledger.entries += 1
                record: dict[str, Json] = {"format": self.format, "record": self._made}
                if builder.places:
                    record["at"] = dict(builder.places)
                if self.mapping.writing is not None and (spaces := self._namespaces(builder.kept)):
                    record["namespaces"] = spaces
                entry = finish(
                    builder.entry,
                    plan.part.kind,
                    record,
                    builder.kept,
                    builder.original,
                    self.given,
                )
                trace: dict[str, Ref] = {pointer: (index, at) for pointer, at in builder.trace.items()}
                yield Sourced(entry, self._made - 1, trace)
        left = sum(at not in seen for at, _ in leaves(tree.root, but=every))
        if left:
            self.ledger.drop(ENVELOPE, left)

    def _hold(self, node: Node, index: int) -> None:
        """Refuse a record that holds too much: each of its values is accounted for."""
        if has_more(node.value, self.document.limits.values):
            raise self._exceeded("values", index, node.pointer, "的值太多", "holds too many values")

    def _exceeded(self, limit: str, index: int, pointer: str, zh: str, en: str) -> Unreadable:
        """Return the refusal of the record that is being made."""
        place = self.document.place((index, pointer))
        zh, en = f"第 {self._made} 条记录{zh}", f"record {self._made} {en}"
        return self.document.limits.exceeded(limit, self.document.path, zh, en, place=place)

    def _namespaces(self, kept: Json) -> dict[str, Json]:
        """Return the namespaces of the prefixes in what is kept, as far as the format has none for them."""
        spaces, known = self.document.namespaces, self.mapping.namespaces
        foreign = {prefix: uri for prefix, uri in spaces.items() if uri and prefix not in known}
        used = prefixes_in(kept) if foreign else ()
        return {prefix: uri for prefix, uri in foreign.items() if prefix in used}

    def _account_unmatched(self) -> None:
        """Remark each place that the mapping does not know, once, with a sample of what it holds.

        What stands there in a further language is told as such; what linked data say of their nodes, and of which
        places some values were read and others not, all at once.
        """
        marks: dict[str, int] = {}
        partly: dict[str, int] = {}
        kinds = _NODE_MARKS.get(self.mapping.family or "", ())
        accounts = self.ledger.columns.values()
        members = Counter(_node_of(account.heading) for account in accounts)
        read = {_node_of(account.heading) for account in accounts if account.property is not None}
        for account in accounts:
            if not (count := account.counts["kept"]):
                continue
            node, _, last = account.heading.rpartition("/")
            # The name of a node of which nothing else is said is a value.
            is_name = last == "@id" and (not node or members[node] > 1)
            if kinds and (is_name or last in kinds):
                marks[last] = marks.get(last, 0) + count
                continue
            if account.property is not None:
                partly[account.heading] = count
                continue
            params: dict[str, Json] = {
                "heading": _end_of(account.heading),
                "count": count,
                "sample": account.samples[0] if account.samples else "",
            }
            is_further = bool(node) and self.mapping.family == "json" and node in read and is_common(last)
            self.remarks.append(Remark("further-language" if is_further else "column-not-understood", params, None))
        if partly:
            names = [_end_of(heading) for heading in partly]
            columns = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
            self.remarks.append(Remark("values-not-read", {"columns": columns, "count": sum(partly.values())}, None))
        if marks:
            told: dict[str, Json] = {"marks": ", ".join(marks), "count": sum(marks.values())}
            self.remarks.append(Remark("node-marks", told, None))


def _node_of(way: str) -> str:
    return way.rpartition("/")[0]


def _end_of(way: str) -> str:
    """Return the end of a way to a value, which tells more of it than the beginning, if a message would cut it."""
    return way if len(way) <= VALUE_LIMIT else f"…{way[1 - VALUE_LIMIT :]}"
