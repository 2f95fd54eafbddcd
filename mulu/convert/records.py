"""Objects in JSON and YAML that stand for lines of a table: lists of them, in whatever envelope, or the items.

An object whose members are alike holds records by their names; lists of one shape, such as one for each department,
are read together.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import NamedTuple

from mulu.convert.columns import Column, Columns, Matching
from mulu.convert.headings import normal, short
from mulu.convert.languages import best, is_in_languages
from mulu.convert.tables import Line, Table
from mulu.convert.values import Cell, is_blank
from mulu.pointer import Json, pointer_step
from mulu.readers import Document
from mulu.readers.model import Item, Ref
from mulu.standard.mappings import Mapping

ENVELOPES = 5
"""How many objects may lie around a list of records."""
_SHAPES = 100
"""How many members of an object are compared with all others."""
_PLACES = 100
"""At how many places lists of records are looked for, those nearest to the root first."""
_LABELS = 500_000
"""How many characters the labels of all columns have: of objects deep in each other each has the names of all."""
_FIRST = 1_000
"""Of how many items it is looked at what lies inside them."""
_ALL = "*"
KEY = "[key]"
"""The column of the names of the members that hold records, where these do not say them."""
AROUND = "*."
"""What begins the label of what an element of a list says of all records in it."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A step to all members of an object that are alike: `keys` is how they were told, `others` are none of them."""

    keys: frozenset[str]
    others: frozenset[str]
    shape: frozenset[str]

    def fits(self, key: str, member: Json) -> bool:
        """Whether a member is one of them; what was not there when they were told is looked at."""
        return key in self.keys or (key not in self.others and _are_alike(self.shape, _shape(member)))


@dataclass(frozen=True, slots=True)
class _Elements:
    """A step to the elements of a list, which hold lists of records each, such as departments."""


_Step = str | Alike | _Elements
Steps = tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """Objects in a JSON or YAML document that stand for lines: lists of them, members of an object, or the items.

    `steps` lead from an item to the records, to several lists where one of them is to members that are alike; `None`:
    the items are the records. `keys` is how many names of such members are values of the column `KEY`; `again` how
    often a text around several records is read again, by its column.
    """

    document: Document
    steps: Steps | None
    columns: tuple[Column, ...]
    count: int
    keys: int = 0
    again: dict[str, int] = field(default_factory=dict)

    @property
    def added(self) -> int:
        """How many values the lines have that are none in the document, or none of their own."""
        return self.keys + sum(self.again.values())

    @property
    def pointer(self) -> str | None:
        """Where the records stand in their item, as a JSON Pointer with `*` for the members that are alike."""
        if self.steps is None:
            return None
        return "".join(pointer_step(step if isinstance(step, str) else _ALL) for step in self.steps)

    def alone(self) -> "Records":
        """Return the records without what is said around them."""
        return replace(self, columns=tuple(one for one in self.columns if not one.label.startswith(AROUND)), again={})

    def known_to(self, mapping: Mapping) -> "Records":
        """Return the records with no more of what is said around them than may hold of each.

        That is what a mapping takes for a part of something else, such as a department. What it takes for a property of
        the record itself, its title or its date, is that of the group; and what it does not know is the answer's.
        """
        around = {item.number for item in self.columns if item.label.startswith(AROUND)}
        if not around:
            return self
        matching = Matching(Columns(self.columns), mapping.fields)
        shared = {item.number for spec in mapping.fields if len(spec.target) > 1 for item in matching.columns_of(spec)}
        columns = tuple(one for one in self.columns if one.number not in around or one.number in shared)
        kept = {item.label for item in columns}
        return replace(self, columns=columns, again={label: n for label, n in self.again.items() if label in kept})

    def lines(self) -> Iterator[Line]:
        """Yield each object as a line: its members are cells, those of objects inside it too."""
        numbers = {item.label: item.number for item in self.columns}
        way = _way_of([self.steps])
        found_in = (found for item in self.document.items() for _, found in _in_item(self.document, item, way))
        for count, found in enumerate(chain.from_iterable(found_in), start=1):
            cells: dict[int, Cell] = {}
            refs: dict[int, Ref] = {}
            for label, here, value in _values(found):
                number = numbers.get(label)
                if number is not None:
                    refs[number] = (found.item, here if label.startswith(AROUND) else found.pointer + here)
                    if not is_blank(value):
                        cells[number] = value
            yield Line(count, cells, refs, (found.item, found.pointer))


class _Found(NamedTuple):
    """A record: its item, where it stands in it, and the name of the member that holds it, if it has one to tell."""

    item: int
    pointer: str
    value: dict[str, Json]
    key: str | None
    around: dict[str, tuple[str, str]]
    """What is said of several records together: label -> where it stands, text."""
    is_first: bool
    """Of the records that have that around them."""


def record_tables(document: Document, most: int = sys.maxsize) -> list[Records]:
    """Return every list of objects in a document of values, whatever envelope it is in, and objects of such.

    Lists of one shape that stand side by side are one table, and what stands at one place in several items is too. Of
    each list no more than `most` elements are looked at.
    """
    values = [item.value for item in islice(document.items(), _FIRST)]
    most_columns = document.limits.columns
    counts = [_Count(steps, most_columns) for steps in (None, *_places(values))] if values else []
    way = _way_of([count.steps for count in counts])
    for item in islice(document.items(), most) if counts else ():
        for number, found in _in_item(document, item, way, most):
            counts[number].add(found)
    return [
        Records(document, count.steps, _columns(count.labels), count.records, count.keys, count.again)
        for count in counts
        if count.records and not count.is_full
    ]


@dataclass(slots=True)
class _Count:
    """What is found at one place: how many records, with which columns."""

    steps: Steps | None
    most_columns: int
    labels: dict[str, None] = field(default_factory=dict)
    size: int = 0
    """How many characters the labels have."""
    records: int = 0
    keys: int = 0
    again: dict[str, int] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether there are too many columns, or too long ones, for a table."""
        return len(self.labels) > self.most_columns or self.size > _LABELS

    def add(self, records: Iterable[_Found]) -> None:
        """Add records, as long as there are not too many columns."""
        for found in records:
            if self.is_full:
                return
            self.records += 1
            self.keys += found.key is not None
            for label in found.around if not found.is_first else ():
                self.again[label] = self.again.get(label, 0) + 1
            for label, _, _ in _values(found):
                if label not in self.labels:
                    self.labels[label] = None
                    self.size += len(label)
                    if self.is_full:
                        return


def _columns(labels: Iterable[str]) -> tuple[Column, ...]:
    return tuple(_record_column(number, label) for number, label in enumerate(labels, start=1))


def _places(values: list[Json]) -> list[Steps]:
    """Return the ways to the records inside objects, nearest to the root first."""
    found: list[Steps] = []
    # An item that is a list alone has been given as its elements.
    level: list[tuple[Steps, list[Json]]] = [((), [one for one in values if isinstance(one, dict) or len(values) == 1])]
    for _ in range(ENVELOPES):
        inner: list[tuple[Steps, list[Json]]] = []
        for steps, nodes in level:
            is_group = bool(steps) and isinstance(steps[-1], Alike)
            objects = any(isinstance(node, dict) for node in nodes)
            if any(map(_is_list, nodes)) or (is_group and objects):
                found.append(steps)
                if len(found) == _PLACES:
                    return found
            inner += [((*steps, step), members) for step, members in _inside(nodes)]
        level = inner
    return found


def _inside(nodes: list[Json]) -> list[tuple[_Step, list[Json]]]:
    """Return the steps into objects with what they lead to; members that are alike have one step."""
    members: dict[str, list[Json]] = {}
    for node in nodes:
        if isinstance(node, dict):
            for key, member in node.items():
                if isinstance(member, dict | list):
                    members.setdefault(key, []).append(member)
    shapes = {key: frozenset[str]().union(*map(_shape, values)) for key, values in members.items()}
    step = _alike(shapes)
    found: list[tuple[_Step, list[Json]]] = []
    elements = [one for node in nodes if isinstance(node, list) and _is_list(node) for one in node]
    if any(isinstance(member, list) for one in elements if isinstance(one, dict) for member in one.values()):
        found.append((_Elements(), elements))
    if step is not None:
        found.append((step, [value for key, values in members.items() if key in step.keys for value in values]))
    return found + [(key, values) for key, values in members.items() if step is None or key not in step.keys]


def _alike(shapes: dict[str, frozenset[str]]) -> Alike | None:
    """Return the step to those members that are alike, if there are several."""
    best: frozenset[str] = frozenset()
    shape: frozenset[str] = frozenset()
    for one in dict.fromkeys(islice(filter(None, shapes.values()), _SHAPES)):
        keys = frozenset(key for key, other in shapes.items() if _are_alike(one, other))
        if len(keys) > len(best):
            best, shape = keys, one
    return Alike(best, frozenset(shapes) - best, shape) if len(best) > 1 else None


def _shape(value: Json) -> frozenset[str]:
    """Return the names of an object's members, or of those of the first object in a list of them."""
    if isinstance(value, list):
        value = value[0] if _is_list(value) else None
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether most names of the object that has fewer are those of the other one, and more than one; or all are."""
    return (bool(one) and one == other) or len(one & other) > max(1, (min(len(one), len(other)) - 1) // 2)


def _is_list(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _record_column(number: int, label: str) -> Column:
    *groups, leaf = label.split(".")
    return Column(number, label, normal(label), short(normal(leaf)), tuple(normal(group) for group in groups))


@dataclass(slots=True)
class _Way:
    """What lies behind a step of several ways: the number of the one that ends here, and the steps that go on.

    What begins alike goes together, so that to look for many places takes no longer than to walk through an item.
    """

    ends: int | None = None
    itself: int | None = None
    """The number of the way that has no steps, as the items are the records."""
    named: dict[str, "_Way"] = field(default_factory=dict)
    others: dict[Alike | _Elements, "_Way"] = field(default_factory=dict)


def _way_of(places: list[Steps | None]) -> _Way:
    """Return the ways to several places, numbered in their order."""
    root = _Way()
    for number, steps in enumerate(places):
        if steps is None:
            root.itself = number
            continue
        way = root
        for step in steps:
            way = way.named.setdefault(step, _Way()) if isinstance(step, str) else way.others.setdefault(step, _Way())
        way.ends = number
    return root


def _in_item(
    document: Document, item: Item, way: _Way, most: int = sys.maxsize
) -> Iterator[tuple[int, Iterator[_Found]]]:
    """Yield the records of an item at each place by its number; of each list no more than `most`."""
    if way.itself is not None and isinstance(item.value, dict):
        yield way.itself, iter([_Found(item.index, "", item.value, None, {}, True)])
    if way.ends is None and not way.named and not way.others:
        return
    # Around records is what an element of a list says that holds them.
    is_element = document.root_is_array or document.family == "jsonl"
    around = _said(item.value, "") if is_element else {}
    for number, reached in _reached(way, [("", item.value, None, around)], most, is_group=False):
        yield number, _records(item.index, reached, most)


def _records(item: int, reached: "list[_Reached]", most: int) -> Iterator[_Found]:
    for pointer, node, key, said in reached:
        if isinstance(node, dict):
            # Mostly the name is that of the record, which says it too.
            yield _Found(item, pointer, node, None if key in node.values() else key, said, True)
            continue
        is_first = True
        for position, record in enumerate(node[:most] if isinstance(node, list) else []):
            if isinstance(record, dict):
                yield _Found(item, f"{pointer}/{position}", record, key, said, is_first)
                is_first = False


_Reached = tuple[str, Json, str | None, dict[str, tuple[str, str]]]
"""Where steps lead, what is there, the name of the last member of those that are alike, and what is around."""


def _reached(way: _Way, nodes: list[_Reached], most: int, *, is_group: bool) -> Iterator[tuple[int, list[_Reached]]]:
    """Yield where the ways from some nodes lead; `is_group`: these are members that are alike."""
    if way.ends is not None:
        # Records that are no list are members that are alike.
        yield way.ends, [one for one in nodes if isinstance(one[1], list) or is_group]
    for step, on in way.others.items():
        if inner := list(_onward(step, nodes, most)):
            yield from _reached(on, inner, most, is_group=isinstance(step, Alike))
    below: dict[str, list[_Reached]] = {}
    for pointer, node, key, said in nodes if way.named else ():
        if isinstance(node, dict):
            for name in way.named.keys() & node.keys():
                below.setdefault(name, []).append((pointer + pointer_step(name), node[name], key, said))
    for name, inner in below.items():
        yield from _reached(way.named[name], inner, most, is_group=False)


def _onward(step: Alike | _Elements, nodes: list[_Reached], most: int) -> Iterator[_Reached]:
    for pointer, node, key, said in nodes:
        if isinstance(step, _Elements):
            for position, one in enumerate(node[:most] if isinstance(node, list) else []):
                here = f"{pointer}/{position}"
                yield here, one, key, _said(one, here)
        elif isinstance(node, dict):
            for name, member in node.items():
                if step.fits(name, member):
                    yield pointer + pointer_step(name), member, name, said


def _said(value: Json, pointer: str) -> dict[str, tuple[str, str]]:
    """Return the texts of an object, which its records may not say themselves; numbers are counts and states."""
    if not isinstance(value, dict):
        return {}
    return {
        AROUND + key: (pointer + pointer_step(key), text)
        for key, text in value.items()
        if isinstance(text, str) and not is_blank(text) and not text.strip().isdecimal()
    }


def _values(found: _Found) -> Iterator[tuple[str, str, Json]]:
    """Yield label, pointer and value of each member of a record, and the name of what holds it."""
    if found.key is not None:
        yield KEY, "", found.key
    yield from _members(found.value)
    for label, (pointer, text) in found.around.items():
        yield label, pointer, text


def _members(record: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """Yield label, pointer and value of each member; objects give way to their members, `parent.child`."""
    # One after the other: of objects deep in each other the labels of all members together may fill the memory.
    waiting = [("", "", iter(record.items()))]
    while waiting:
        above, at, members = waiting[-1]
        key, value = next(members, (None, None))
        if key is None:
            waiting.pop()
            continue
        label, pointer = f"{above}.{key}" if len(waiting) > 1 else key, at + pointer_step(key)
        if isinstance(value, dict) and is_in_languages(value):
            # A text in several languages is the member itself in the best one, and has members for the others.
            there = [key for key, text in value.items() if not is_blank(text)] or list(value)
            chosen = best(there, None)
            for tag, text in value.items():
                yield label if tag == chosen else f"{label}.{tag}", pointer + pointer_step(tag), text
        elif isinstance(value, dict) and value:
            waiting.append((label, pointer, iter(value.items())))
        else:
            yield label, pointer, value


def record_table(records: Records) -> Table:
    """Return the objects as a table; its lines are read as they are asked for."""
    return Table(0, "", Columns(records.columns), records.lines())
