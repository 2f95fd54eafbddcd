"""Trees: values by selector, and the leaves that a tree holds.

A tree is a JSON value, whatever it was written in. An XML element is an object of its attributes (`@name`), its
elements by name and its text (`#text`), or its text alone; an RDF node an object of its properties, where a literal
with a language or datatype is `{"@value": …, "^lang": …}`, a name `{"@id": …}`, and `{"^ref": …}` leads to the
node of that name in the `@graph` of the document.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from mulu.convert.languages import is_in_languages
from mulu.convert.selector_trie import Way, way_of
from mulu.convert.values import Cell, is_blank
from mulu.marks import GRAPH, LANG, MARKS, REF
from mulu.pointer import Json, pointer_step, steps_of
from mulu.standard.selectors import PARENT, Selector, Step, Test

FAMILIES = {"json": "json", "jsonl": "json", "yaml": "json", "xml": "xml", "rdf": "rdf"}
"""Family of a document -> what its trees are made of."""
TEXTS = {"xml": ("#text",), "rdf": ("@value", "@id"), "json": ("@value", "@id")}
"""Family -> where the text of a node stands that is no text alone; `@value` and `@id` of XML are attributes."""
_LANGUAGES = (LANG, "@language", "@xml:lang")
_DEEPEST = 64
_INNER = (dict, list)


class Node(NamedTuple):
    """A value in a tree and where it stands, as a JSON Pointer from the root."""

    value: Json
    pointer: str


Leaf: TypeAlias = tuple[Cell, str]
"""The text or number of a node and where it stands."""


@dataclass(slots=True)
class Tree:
    """A whole tree: one item of a document; `spread_out` counts the elements of lists that were gone through."""

    root: Json
    family: str | None = "json"
    spread_out: int = field(default=0, compare=False)

    def top(self) -> Node:
        """Return the root as a node."""
        return Node(self.root, "")

    def select(self, node: Node, path: Selector) -> list[Node]:
        """Return what a selector finds from `node`, in the order of the tree; lists give way to their elements."""
        return self.find(node, way_of((path,))).get(0, [])

    def find(self, node: Node, way: Way) -> dict[int, list[Node]]:
        """Return what each of several selectors finds from `node`, by their numbers, for those that find anything."""
        found: dict[int, list[Node]] = {}
        self._go(way, self.spread(node), found)
        return found

    def leaf(self, node: Node) -> Leaf | None:
        """Return the text or number of a node and where it stands; `None` if it has none."""
        value, pointer = node
        if isinstance(value, dict):
            name = next((name for name in TEXTS[self.family or "json"] if name in value), None)
            if name is None:
                return None
            value, pointer = value[name], pointer + pointer_step(name)
        # A blank node has a name in this file only, which names nothing.
        is_nameless = isinstance(value, str) and value[:2] == "_:" and pointer.endswith("/@id")
        return None if is_nameless or isinstance(value, _INNER) or is_blank(value) else (value, pointer)

    def spoken(self, nodes: list[Node]) -> list[tuple[str | None, Node]]:
        """Return texts with their languages; an object with a text for each language gives way to its texts."""
        found: list[tuple[str | None, Node]] = []
        for node in nodes:
            value = node.value
            if not isinstance(value, dict):
                found.append((None, node))
            elif self.family == "json" and is_in_languages(value):
                for key, member in value.items():
                    found += [(key, one) for one in self.spread(Node(member, node.pointer + pointer_step(key)))]
            else:
                tag = next((value[name] for name in _LANGUAGES if name in value), None)
                found.append((tag if isinstance(tag, str) and tag else None, node))
        return found

    def spread(self, node: Node) -> list[Node]:
        """Return the elements of a list, of lists in it too, or the node itself; a reference gives way to its node."""
        if not isinstance(node.value, list):
            return [self.resolved(node)] if isinstance(node.value, dict) and REF in node.value else [node]
        found: list[Node] = []
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if isinstance(one.value, list):
                self.spread_out += len(one.value)
                waiting += [
                    Node(value, f"{one.pointer}/{number}") for number, value in reversed(list(enumerate(one.value)))
                ]
            else:
                found.append(self.resolved(one))
        return found

    def resolved(self, node: Node) -> Node:
        """Return the node that a reference leads to, or the node itself."""
        if isinstance(node.value, dict) and REF in node.value and isinstance(self.root, dict):
            name = node.value[REF]
            graph = self.root.get(GRAPH)
            if isinstance(graph, dict) and isinstance(name, str) and name in graph:
                return Node(graph[name], pointer_step(GRAPH) + pointer_step(name))
        return node

    def _go(self, way: Way, nodes: list[Node], found: dict[int, list[Node]]) -> None:
        if way.tests:
            nodes = [one for one in nodes if all(self._meets(one, *test) for test in way.tests)]
        if way.step.position is not None:
            nodes = nodes[way.step.position - 1 : way.step.position]
        if not nodes:
            return
        for number in way.ends:
            found.setdefault(number, []).extend(nodes)
        if way.named or way.others:
            for one in nodes:
                self._go_on(way, one, found)
            for further in way.others:
                if further.step.name == PARENT:
                    # Of the elements of a list it is one.
                    around = {outer.pointer: outer for one in nodes for outer in self._around(one)}
                    self._go(further, [*around.values()], found)

    def _go_on(self, way: Way, node: Node, found: dict[int, list[Node]]) -> None:
        value, pointer = node
        if isinstance(value, dict):
            named = way.named
            # A selector goes one of these ways at most, so that their order tells nothing.
            for name in value if len(value) < len(named) else named:
                if name in value and (ways := named.get(name)) is not None:
                    self._go_to(ways, Node(value[name], pointer + ways[0].step.pointer), found)
        for further in way.others:
            if further.step.name == "**":
                self._go_below(further, node, found)
            elif isinstance(value, dict) and further.step.name != PARENT:
                self._go(further, self._fitting(further.step, node), found)

    def _go_to(self, ways: list[Way], node: Node, found: dict[int, list[Node]]) -> None:
        """Go on to a member, whose name is that of each of the ways."""
        is_text = not isinstance(node.value, _INNER)
        spread = [node] if is_text else self.spread(node)
        for way in ways:
            # Most members are texts, and have nothing more to look at.
            if not is_text or way.takes_text is None or way.others:
                self._go(way, spread, found)
            elif way.takes_text:
                for number in way.ends:
                    found.setdefault(number, []).append(node)

    def _fitting(self, step: Step, node: Node) -> list[Node]:
        """Return what a step that is no single name leads to."""
        if step.name == ".":
            return [node]
        assert isinstance(node.value, dict)
        return [
            one
            for key, member in node.value.items()
            if step.fits(key)
            for one in self.spread(Node(member, node.pointer + pointer_step(key)))
        ]

    def _around(self, node: Node) -> list[Node]:
        """Return the object that a node stands in, lists passed over; the root stands in none."""
        names = steps_of(node.pointer)
        found: list[Node] = []
        value, pointer = self.root, ""
        for name in names:
            if isinstance(value, dict):
                found = [Node(value, pointer)]
                value = value[name]
            elif isinstance(value, list):
                value = value[int(name)]
            pointer += pointer_step(name)
        return found

    def value_at(self, pointer: str) -> Json:
        """Return what stands at a place."""
        value = self.root
        for name in steps_of(pointer):
            value = value[int(name)] if isinstance(value, list) else value[name] if isinstance(value, dict) else None
        return value

    def _meets(self, node: Node, way: Way, test: Test) -> bool:
        # What is no object has no members: most texts stand alone.
        has_any = isinstance(node.value, _INNER) or way.ends or way.others
        found = self.find(node, way).get(0, []) if has_any else []
        if test.value is None:
            return bool(found) == test.is_equal
        leaves = map(self.leaf, found)
        return any(leaf is not None and str(leaf[0]) == test.value for leaf in leaves) == test.is_equal

    def _go_below(self, way: Way, node: Node, found: dict[int, list[Node]]) -> None:
        """Go on from each of the objects at and below a node."""
        # A name is mostly all that follows.
        only = next(iter(way.named)) if len(way.named) == 1 and not way.others and not way.ends else None
        for one in self._below(node, only):
            for number in way.ends:
                found.setdefault(number, []).append(one)
            self._go_on(way, one, found)

    def _below(self, node: Node, name: str | None) -> list[Node]:
        """Return the objects at and below a node that have a member of that name, or all, in the order of the tree."""
        found: list[Node] = []
        self._look(*node, name, 0, found)
        return found

    def _look(self, value: Json, pointer: str, name: str | None, depth: int, found: list[Node]) -> None:
        if name is None or (isinstance(value, dict) and name in value):
            found.append(Node(value, pointer))
        if not isinstance(value, dict) or depth == _DEEPEST:
            return
        for key, member in value.items():
            if isinstance(member, dict) and REF not in member:
                self._look(member, pointer + pointer_step(key), name, depth + 1, found)
            elif isinstance(member, _INNER):
                for each in self.spread(Node(member, pointer + pointer_step(key))):
                    self._look(*each, name, depth + 1, found)


def leaves(value: Json, pointer: str = "", *, but: frozenset[str] = frozenset()) -> list[tuple[str, Json]]:
    """Return pointer and value of each leaf in a value: a scalar that is not blank and no mark of another one.

    What stands at one of the pointers in `but` is passed over.
    """
    found: list[tuple[str, Json]] = []
    _add_leaves(value, pointer, but, found)
    return found


def _add_leaves(value: Json, pointer: str, but: frozenset[str], found: list[tuple[str, Json]]) -> None:
    if isinstance(value, dict):
        for key, member in value.items() if pointer not in but else ():
            if key in MARKS:
                continue
            if isinstance(member, _INNER):
                _add_leaves(member, pointer + pointer_step(key), but, found)
            elif not is_blank(member):
                found.append((pointer + pointer_step(key), member))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            _add_leaves(member, f"{pointer}/{number}", but, found)
    elif not is_blank(value):
        found.append((pointer, value))


def without(
    value: Json, taken: set[str], pointer: str, follow: Callable[[str], Node | None], *, blanks: bool = False
) -> Json:
    """Return what is left of a value when the leaves at the pointers in `taken` are gone; `None` if nothing is.

    Objects keep their place in a list, so that what is left can be laid over what is written again. `follow` gives
    the node that a reference leads to, if it belongs to the value. With `blanks`, texts of nothing are kept: in XML an
    element is there though it is empty.
    """
    if isinstance(value, dict):
        if REF in value:
            name = str(value[REF])
            node = follow(name)
            if node is not None:
                return without(node.value, taken, node.pointer, follow, blanks=blanks)
            return None if name.startswith("_:") else {"@id": name}
        rest: dict[str, Json] = {}
        for key, member in value.items():
            if key in MARKS:
                continue
            at = pointer + pointer_step(key)
            if isinstance(member, _INNER):
                left = without(member, taken, at, follow, blanks=blanks)
                if left is not None:
                    rest[key] = left
            elif at not in taken and member is not None and (blanks or not is_blank(member)):
                rest[key] = member
        # The language of a literal stays, also where its text is taken: the standard has no place for it.
        for key in MARKS[1:]:
            if key in value and (key == LANG or "@value" in rest):
                rest[key] = value[key]
        return rest or None
    if isinstance(value, list):
        members = [
            without(member, taken, f"{pointer}/{number}", follow, blanks=blanks) for number, member in enumerate(value)
        ]
        if any(isinstance(member, dict) for member in value):
            while members and members[-1] is None:
                members.pop()
            return [{} if member is None else member for member in members] or None
        return [member for member in members if member is not None] or None
    return None if pointer in taken or (not blanks and is_blank(value)) else value


def closed(tree: Json) -> Json:
    """Return a tree without the positions that nothing took."""
    if isinstance(tree, dict):
        return {key: closed(member) for key, member in tree.items()}
    if isinstance(tree, list):
        return [closed(member) for member in tree if member != {}]
    return tree


@lru_cache(maxsize=10_000)
def label(pointer: str) -> str:
    """Return a pointer without positions, as the heading under which its values are counted.

    >>> label("/distribution/0/dct:format/@id")
    'distribution/dct:format/@id'
    """
    return "/".join(step for step in steps_of(pointer) if not step.isdecimal())
