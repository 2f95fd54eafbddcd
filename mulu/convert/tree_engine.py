"""The mapping engine for trees: a record in XML, JSON or RDF becomes an entry, each leaf accounted for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import is_not

from mulu.convert import values
from mulu.convert.languages import best
from mulu.convert.ledger import Ledger
from mulu.convert.paths import array_at, get, put, remove
from mulu.convert.reading import RANK, holds, raw, said_at, set_constants
from mulu.convert.tree_plan import Group, Route, Routes, TreePlan
from mulu.convert.trees import Leaf, Node, Tree, label, leaves, without
from mulu.convert.values import Cell
from mulu.limits import DEFAULT
from mulu.marks import GRAPH, REF
from mulu.pointer import Json, objects_in, pointer_step, steps_of, without_positions
from mulu.standard.mappings import EDGES, Drop, Spec


class TooDeep(Exception):
    """More nodes hang on each other than a record may have; its argument is the pointer of one."""


@dataclass(slots=True)
class TreeBuilder:
    """Makes one entry of one record.

    `seen` holds the leaves of the item that are accounted for already: nodes that several records share count once.
    `records` are the places of all records of the item: one that another refers to is not a part of it. `deepest`: how
    many nodes may hang on each other.
    """

    plan: TreePlan
    tree: Tree
    record: Node
    seen: set[str]
    records: frozenset[str] = frozenset()
    deepest: int = DEFAULT.depth
    entry: dict[str, Json] = field(default_factory=dict)
    trace: dict[str, str] = field(default_factory=dict)
    """Pointer in the entry -> pointer in the item."""
    original: dict[str, Json] = field(default_factory=dict)
    kept: Json = None
    places: dict[str, str] = field(default_factory=dict)
    """Pointer in the entry -> the place in the record that it was read from, where another one is written."""
    again: int = 0
    """How many leaves of nodes that other records share were gone through again."""
    _passed: set[str] = field(default_factory=set)
    """The nodes of which one was read; the others belong to the record too."""
    _language: str | None = None
    """That of the first text of the entry that has one."""
    _heads: dict[str, str] = field(default_factory=dict)
    _properties: dict[str, str] = field(default_factory=dict)

    def build(self, ledger: Ledger) -> None:
        """Read the record into the entry's properties, and enter each of its leaves into the ledger."""
        self.trace[""] = self.record.pointer
        self._apply_all(self.plan.part.fields, self.entry, "", self.record)
        self._settle(ledger)

    def _apply_all(self, specs: tuple[Spec, ...], target: dict[str, Json], prefix: str, node: Node) -> None:
        routes = self.plan.routes(specs)
        self._follow(routes, target, prefix, node, node)
        if routes.constants:
            set_constants(routes.constants, target)

    def _follow(self, routes: Routes, target: dict[str, Json], prefix: str, node: Node, base: Node) -> None:
        """Read what the ways from a node lead to; places are told from `base`."""
        reached = self.tree.find(node, routes.way)
        for position in sorted({routes.of[number] for number in reached}):
            spec, places = routes.read[position]
            if not holds(spec, target):
                continue
            if isinstance(places, Group):
                self._one_node(places, reached, target, prefix, base)
                continue
            for place in places:
                found = reached.get(place.number)
                if (
                    found
                    and holds(spec, target)
                    and self._apply(spec, target, prefix + spec.pointer, base, place, found)
                ):
                    break

    def _one_node(
        self, group: Group, reached: dict[int, list[Node]], target: dict[str, Json], prefix: str, base: Node
    ) -> None:
        """Read several properties from the first node that has any of them."""
        for number, _ in group.bases:
            self._passed.update(node.pointer for node in reached.get(number, ()))
        for number, routes in group.bases:
            for node in reached.get(number, ()):
                self._follow(routes, target, prefix, node, base)
                if any(get(target, spec.target) is not None for spec, _ in routes.read):
                    return

    def _apply(
        self, spec: Spec, target: dict[str, Json], here: str, node: Node, place: Route, found: list[Node]
    ) -> bool:
        """Read a property from one of its places; return whether there is anything."""
        if spec.each == "element":
            self._each_element(spec, target, here, found)
        else:
            texts, is_map = self._texts(spec, found)
            if texts is None:
                return False
            if spec.each != "value" and spec.cast != "list":
                at = self._one(spec, target, here, [leaf for _, leaf in texts])
                if at is not None and (place.is_elsewhere or is_map or self.plan.is_inside(place.path, at)):
                    self.places[here] = at.removeprefix(node.pointer)
                return True
            is_each = is_map or any(self.plan.has_other_name(place.path, at) for _, (_, at) in texts)
            self._each_value(spec, target, here, texts, node, is_each=is_each)
        if place.is_elsewhere and get(target, spec.target) is not None:
            self.places[here] = place.path.text
        return True

    def _texts(self, spec: Spec, found: list[Node]) -> tuple[list[tuple[Node, Leaf]] | None, bool]:
        """Return the texts of nodes, in one language, and whether an object had a text for each language.

        `None`: there are none.
        """
        if not any(isinstance(one.value, dict) for one in found):
            # As nearly everywhere: what stands there is the text.
            return [(one, leaf) for one in found if (leaf := self.tree.leaf(one)) is not None] or None, False
        spoken = self.tree.spoken(found)
        texts = [(one, leaf) for _, one in spoken if (leaf := self._leaf(spec, one)) is not None]
        if not texts:
            return None, False
        if any(tag is not None for tag, _ in spoken):
            texts = self._in_one_language(spoken, is_list=spec.each == "value" or spec.cast == "list")
        return texts, len(spoken) != len(found) or any(map(is_not, (one for _, one in spoken), found))

    def _leaf(self, spec: Spec, node: Node) -> Leaf | None:
        """Return the text or number of a node; a box may be an object of numbers."""
        leaf = self.tree.leaf(node)
        is_box = leaf is None and spec.cast in EDGES and isinstance(node.value, dict)
        return (node.value, node.pointer) if is_box else leaf

    def _in_one_language(self, spoken: list[tuple[str | None, Node]], *, is_list: bool) -> list[tuple[Node, Leaf]]:
        """Return the texts in the language of the entry, as far as there are any; the first that is read sets it.

        Of a list those of one language are taken, and those of none; else the others come behind.
        """
        found = [(tag, one, leaf) for tag, one in spoken if (leaf := self.tree.leaf(one)) is not None]
        chosen = best((tag for tag, *_ in found), self._language)
        self._language = self._language or chosen
        if is_list:
            return [(one, leaf) for tag, one, leaf in found if tag in (chosen, None)]
        return [(one, leaf) for _, one, leaf in sorted(found, key=lambda text: text[0] != chosen)]

    def _one(self, spec: Spec, target: dict[str, Json], here: str, found: list[Leaf]) -> str | None:
        """Read the first value that can be read; return where it stands."""
        for cell, at in found:
            if self.plan.reader.is_none(spec, cell):
                continue
            value, head = self.plan.reader.read(spec, cell)
            if head == "not_understood" and spec.leaves_unknown:
                continue
            if get(target, spec.target) is not None and not isinstance(value, list):
                return None
            put(target, spec.target, value)
            self._note(here, "kept" if spec.is_kept else head, cell, at, said_at(spec, here))
            return at
        return None

    def _each_value(
        self,
        spec: Spec,
        target: dict[str, Json],
        here: str,
        found: list[tuple[Node, Leaf]],
        base: Node,
        *,
        is_each: bool,
    ) -> None:
        """Read each value; `is_each`: each goes back to the place where it was."""
        array = array_at(target, spec.target)
        for node, (cell, at) in found:
            parts: list[Cell] = [*values.as_list(cell, spec.split)] if spec.split else [cell]
            first, heads = len(array), []
            if is_each and len(parts) == 1:
                self.places[f"{here}/{first}"] = at.removeprefix(base.pointer)
            for part in parts:
                if not spec.fields:
                    value, head = self._read_alone(spec, part)
                    if value is not None and value not in array:
                        self.trace[f"{here}/{len(array)}"] = at
                        array.append(value)
                    heads += [head] if value is not None else []
                    continue
                element: dict[str, Json] = {}
                place = f"{here}/{len(array)}"
                for inner in spec.fields:
                    if inner.at:
                        self._beside(inner, element, place, node, base)
                    elif inner.constant is None and holds(inner, element):
                        value, head = self._read_alone(inner, part)
                        if value is not None:
                            put(element, inner.target, value)
                            self.trace[place + inner.pointer] = at
                            heads.append(head)
                set_constants(spec.fields, element)
                if element:
                    array.append(element)
                    self.trace[place] = at
            if len(array) == first:
                self.places.pop(f"{here}/{first}", None)
            if heads:
                head = min(heads, key=RANK.__getitem__)
                head = "transformed" if head == "mapped" and len(parts) > 1 else head
                pointer = f"{here}/{min(first, max(0, len(array) - 1))}"
                self._note(pointer, "kept" if spec.is_kept else head, cell, at)
                self.trace.setdefault(here, at)
        if not array:
            remove(target, spec.target)

    def _beside(self, spec: Spec, element: dict[str, Json], place: str, node: Node, base: Node) -> None:
        """Read the value at the position of `node` in another list, one that runs parallel to that of `node`."""
        position = steps_of(node.pointer)[-1]
        for path in spec.at:
            there = [one for one in self.tree.select(base, path) if steps_of(one.pointer)[-1] == position]
            if there and holds(spec, element) and (leaf := self.tree.leaf(there[0])) is not None:
                value, head = self._read_alone(spec, leaf[0])
                if value is not None:
                    put(element, spec.target, value)
                    self._note(place + spec.pointer, head, *leaf)
                return

    def _read_alone(self, spec: Spec, part: Cell) -> tuple[Json, str]:
        """Read one value of several; `None` if it is no value of the property."""
        if self.plan.reader.is_none(spec, part):
            return None, "kept"
        value, head = self.plan.reader.read(spec.alone, part)
        return (None, "kept") if head == "not_understood" and spec.leaves_unknown else (value, head)

    def _each_element(self, spec: Spec, target: dict[str, Json], here: str, found: list[Node]) -> None:
        array = array_at(target, spec.target)
        for node in found:
            element: dict[str, Json] = {}
            place = f"{here}/{len(array)}"
            self._apply_all(spec.fields, element, place, node)
            if element:
                array.append(element)
                self.trace[place] = node.pointer
        if not array:
            remove(target, spec.target)

    def _note(self, pointer: str, head: str, cell: Cell, at: str, said: str | None = None) -> None:
        """Note where a value stood; `said` is the pointer of its original, if that is another."""
        self.trace[pointer] = at
        if head in ("transformed", "not_understood"):
            self.original[pointer if said is None else said] = raw(cell, stripped=False)
        # Of a box that is an object each number was read.
        for one in [place for place, _ in leaves(cell, at)] if isinstance(cell, dict) else [at]:
            self._properties.setdefault(one, pointer)
            if RANK[head] >= RANK.get(self._heads.get(one, ""), -1):
                self._heads[one] = head

    def _settle(self, ledger: Ledger) -> None:
        """Enter every leaf of the record into the ledger, and keep what no property took."""
        heads, seen, dropped = self._heads, self.seen, self._dropped()
        nodes = list(self._nodes())
        for node in nodes:
            start = len(node.pointer)
            for at, value in leaves(node.value, node.pointer):
                if at in seen:
                    self.again += 1
                    continue
                seen.add(at)
                account = ledger.column(None, label(at[start:]))
                head = heads.get(at)
                if head is None and at in dropped:
                    ledger.drop(dropped[at].reason, 1, account, value)
                    continue
                if head is not None and account.property is None:
                    account.property = without_positions(self._properties[at])
                ledger.enter(head or "kept", account, value, 1)
        self._settle_around(ledger)
        own = {node.pointer: node for node in nodes[1:]}
        self.kept = without(
            self.record.value,
            {*heads, *dropped},
            self.record.pointer,
            lambda name: own.pop(pointer_step(GRAPH) + pointer_step(name), None),
            blanks=self.plan.mapping.family == "xml" and self.plan.mapping.writing is not None,
        )

    def _settle_around(self, ledger: Ledger) -> None:
        """Enter what was read from objects around the record: of several records it is counted once."""
        # Another node of a graph is told where it belongs.
        heads = self._heads if self.tree.family == "json" else {}
        for at, head in heads.items():
            if at not in self.seen and not at.startswith(f"{self.record.pointer}/"):
                self.seen.add(at)
                account = ledger.column(None, label(at))
                account.property = without_positions(self._properties[at])
                ledger.enter(head, account, self.tree.value_at(at), 1)

    def _dropped(self) -> dict[str, Drop]:
        """Return the leaves that the mapping leaves out on purpose, as far as no property took them."""
        if not self.plan.mapping.drops:
            return {}
        found = self.tree.find(self.record, self.plan.drops)
        drops = (drop for drop in self.plan.mapping.drops for _ in drop.at)
        return {
            at: drop
            for number, drop in enumerate(drops)
            for node in found.get(number, ())
            for at, _ in leaves(node.value, node.pointer)
            if at not in self._heads
        }

    def _nodes(self) -> Iterator[Node]:
        """Yield the record, and of a graph what belongs to it: blank nodes, and what properties are read from."""
        yield self.record
        if not isinstance(self.tree.root, dict) or GRAPH not in self.tree.root:
            return
        here = f"{self.record.pointer}/"
        read_from = {
            at.split("/", 3)[2]
            for at in (*self._heads, *self._passed)
            if not at.startswith(here) and at.startswith(f"/{GRAPH}/")
        }
        visited = {self.record.pointer}
        waiting = [(self.record, 0)]
        while waiting:
            node, depth = waiting.pop()
            if depth > self.deepest:
                raise TooDeep(node.pointer)
            for name in _references(node.value):
                one = self.tree.resolved(Node({REF: name}, ""))
                own = name.startswith("_:") or pointer_step(name)[1:] in read_from
                if own and one.pointer and one.pointer not in visited and one.pointer not in self.records:
                    visited.add(one.pointer)
                    waiting.append((one, depth + 1))
                    yield one


def _references(value: Json) -> Iterator[str]:
    """Yield the names of the nodes that a value refers to."""
    for one in objects_in(value):
        name = one.get(REF)
        if isinstance(name, str):
            yield name
