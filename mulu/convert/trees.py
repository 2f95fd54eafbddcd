"""Trees: values by selector, and the leaves that a tree holds.

A tree is a JSON value, whatever it was written in. An XML element is an object of its attributes (`@name`), its
elements by name and its text (`#text`), or its text alone; an RDF node an object of its properties, where a literal
with a language or datatype is `{"@value": …, "^lang": …}`, a name `{"@id": …}`, and `{"^ref": …}` leads to the
node of that name in the `@graph` of the document.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from mulu.convert.values import Cell, is_blank
from mulu.marks import GRAPH, LANG, MARKS, REF
from mulu.pointer import Json, pointer_step, steps_of
from mulu.standard.selectors import Selector, Step, Test

TEXTS = {"xml": ("#text",), "rdf": ("@value", "@id"), "json": ("@value", "@id")}
"""Family -> where the text of a node stands that is no text alone; `@value` and `@id` of XML are attributes."""
_DEEPEST = 64


class Node(NamedTuple):
    """A value in a tree and where it stands, as a JSON Pointer from the root."""

    value: Json
    pointer: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole tree: one item of a document."""

    root: Json
    family: str | None = "json"
    _below: dict[str, "_Below"] = field(default_factory=dict, repr=False, compare=False)

    def top(self) -> Node:
        """Return the root as a node."""
        return Node(self.root, "")

    def select(self, node: Node, path: Selector) -> list[Node]:
        """Return what a selector finds from `node`, in the order of the tree; lists give way to their elements."""
        found = self.spread(node)
        is_deep = False
        for step in path.steps:
            if step.name == "**":
                is_deep = True
                continue
            if is_deep:
                found = [one for above in found for one in self._all_below(above).with_member(step)]
                is_deep = False
            found = self._next(found, step)
            if not found:
                return found
        return [one for above in found for one in self._all_below(above).nodes] if is_deep else found

    def leaf(self, node: Node) -> tuple[Cell, str] | None:
        """Return the text or number of a node and where it stands; `None` if it has none."""
        value = node.value
        if isinstance(value, dict):
            name = next((name for name in TEXTS[self.family or "json"] if name in value), None)
            if name is None or isinstance(value[name], dict | list):
                return None
            return None if is_blank(value[name]) else (value[name], node.pointer + pointer_step(name))
        if isinstance(value, list) or is_blank(value):
            return None
        return value, node.pointer

    def spread(self, node: Node) -> list[Node]:
        """Return the elements of a list, of lists in it too, or the node itself; a reference gives way to its node."""
        if not isinstance(node.value, list):
            return [self.resolved(node) if isinstance(node.value, dict) else node]
        found: list[Node] = []
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if isinstance(one.value, list):
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

    def _next(self, found: list[Node], step: Step) -> list[Node]:
        """Return what one step leads to from each of several nodes."""
        name, pointer = step.name, step.pointer
        if name == ".":
            return [one for one in found if isinstance(one.value, dict) and self._holds(one, step)]
        reached: list[Node] = []
        for one in found:
            value = one.value
            if not isinstance(value, dict):
                continue
            if step.is_pattern:
                spread = [
                    each
                    for key, member in value.items()
                    if step.fits(key)
                    for each in self.spread(Node(member, one.pointer + pointer_step(key)))
                ]
            elif name in value:
                spread = self.spread(Node(value[name], one.pointer + pointer))
            else:
                continue
            if step.tests:
                spread = [each for each in spread if self._holds(each, step)]
            reached += spread if step.position is None else spread[step.position - 1 : step.position]
        return reached

    def _holds(self, node: Node, step: Step) -> bool:
        return all(self._meets(node, test) for test in step.tests)

    def _meets(self, node: Node, test: Test) -> bool:
        if test.value is None:
            return bool(self.select(node, test.path))
        leaves = (self.leaf(one) for one in self.select(node, test.path))
        return any(leaf is not None and str(leaf[0]) == test.value for leaf in leaves) == test.is_equal

    def _all_below(self, node: Node) -> "_Below":
        """Return the objects at and below a node, kept for the next selector that begins there."""
        found = self._below.get(node.pointer)
        if found is None:
            self._below.clear()
            found = self._below[node.pointer] = _Below([*self._walk(node)])
        return found

    def _walk(self, node: Node) -> Iterator[Node]:
        waiting = [(node, 0)]
        while waiting:
            one, depth = waiting.pop()
            yield one
            if isinstance(one.value, dict) and depth < _DEEPEST:
                inner = [
                    (each, depth + 1)
                    for name, value in one.value.items()
                    if isinstance(value, dict | list)
                    for each in self.spread(Node(value, one.pointer + pointer_step(name)))
                ]
                waiting += reversed(inner)


@dataclass(frozen=True)
class _Below:
    """All nodes at and below one, in the order of the tree."""

    nodes: list[Node]

    @cached_property
    def _by_member(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in node.value if isinstance(node.value, dict) else ():
                found.setdefault(name, []).append(node)
        return found

    def with_member(self, step: Step) -> list[Node]:
        """Return the nodes that have a member of the step's name, or all of them if that is no single name."""
        return self.nodes if step.is_pattern or step.name == "." else self._by_member.get(step.name, [])


def leaves(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Yield pointer and value of each leaf in a value: a scalar that is not blank and no mark of another one."""
    waiting: list[tuple[str, Json]] = [(pointer, value)]
    while waiting:
        here, one = waiting.pop()
        if isinstance(one, dict):
            inner = [(here + pointer_step(key), member) for key, member in one.items() if key not in MARKS]
            waiting += reversed(inner)
        elif isinstance(one, list):
            waiting += [(f"{here}/{number}", member) for number, member in reversed(list(enumerate(one)))]
        elif not is_blank(one):
            yield here, one


def without(
    value: Json, taken: set[str], pointer: str, follow: Callable[[str], Node | None], *, blanks: bool = False
) -> Json:
    """Return what is left of a value when the leaves at the pointers in `taken` are gone; `None` if nothing is.

    Objects keep their place in a list, so that what is left can be laid over what is written again. `follow` gives
    the node that a reference leads to, if it belongs to the value. With `blanks`, texts of nothing are kept: in XML an
    element is there though it is empty.
    """

    def left_of(member: Json, step: str) -> Json:
        return without(member, taken, pointer + step, follow, blanks=blanks)

    if isinstance(value, dict):
        if REF in value:
            name = str(value[REF])
            node = follow(name)
            if node is not None:
                return without(node.value, taken, node.pointer, follow, blanks=blanks)
            return None if name.startswith("_:") else {"@id": name}
        rest: dict[str, Json] = {}
        for key, member in value.items():
            if key not in MARKS and (left := left_of(member, pointer_step(key))) is not None:
                rest[key] = left
        # The language of a literal stays, also where its text is taken: the standard has no place for it.
        rest |= {key: value[key] for key in MARKS[1:] if key in value and (key == LANG or "@value" in rest)}
        return rest or None
    if isinstance(value, list):
        members = [left_of(member, f"/{number}") for number, member in enumerate(value)]
        if any(isinstance(member, dict) for member in value):
            while members and members[-1] is None:
                members.pop()
            return [{} if member is None else member for member in members] or None
        return [member for member in members if member is not None] or None
    return None if (is_blank(value) and not blanks) or pointer in taken else value


def closed(tree: Json) -> Json:
    """Return a tree without the positions that nothing took."""
    if isinstance(tree, dict):
        return {key: closed(member) for key, member in tree.items()}
    if isinstance(tree, list):
        return [closed(member) for member in tree if member != {}]
    return tree


def label(pointer: str) -> str:
    """Return a pointer without positions, as the heading under which its values are counted.

    >>> label("/distribution/0/dct:format/@id")
    'distribution/dct:format/@id'
    """
    return "/".join(step for step in steps_of(pointer) if not step.isdecimal())
