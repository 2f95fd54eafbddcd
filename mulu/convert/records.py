"""Objects in JSON and YAML that stand for lines of a table: lists of them, in whatever envelope, or the items.

An object whose members are alike holds records by their names; lists of one shape, such as one for each department,
are read together.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from mulu.convert.headings import normal, short
from mulu.convert.languages import best, is_in_languages
from mulu.convert.tables import Candidate, Column, Line, Matching, Table, marked
from mulu.convert.values import Cell, is_blank
from mulu.pointer import Json, pointer_step
from mulu.readers import Document
from mulu.readers.model import Item, Ref
from mulu.standard import Mapping

ENVELOPES = 5
"""How many objects may lie around a list of records."""
_SHAPES = 100
"""How many members of an object are compared with all others."""
_FIRST = 1_000
"""Of how many items it is looked at what lies inside them."""
_ALL = "*"
KEY = "[key]"
"""The column of the names of the members that hold records, where these do not say them."""
AROUND = "*."
"""What begins the label of what an element of a list says of all records in it."""


@dataclass(frozen=True, slots=True)
class _Alike:
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


_Step = str | _Alike | _Elements
_Steps = tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """Objects in a JSON or YAML document that stand for lines: lists of them, members of an object, or the items.

    `steps` lead from an item to the records, to several lists where one of them is to members that are alike; `None`:
    the items are the records. `keys` is how many names of such members are values of the column `KEY`; `again` how
    often a text around several records is read again, by its column.
    """

    document: Document
    steps: _Steps | None
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
        matching = Matching([*self.columns], mapping.fields)
        shared = {item.number for spec in mapping.fields if len(spec.target) > 1 for item in matching.columns_of(spec)}
        columns = tuple(one for one in self.columns if one.number not in around or one.number in shared)
        kept = {item.label for item in columns}
        return replace(self, columns=columns, again={label: n for label, n in self.again.items() if label in kept})

    def lines(self) -> Iterator[Line]:
        """Yield each object as a line: its members are cells, those of objects inside it too."""
        numbers = {item.label: item.number for item in self.columns}
        records = (found for item in self.document.items() for found in _in_item(self.document, item, self.steps))
        for count, found in enumerate(records, start=1):
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
    for item in islice(document.items(), most) if counts else ():
        for count in counts:
            count.add(_in_item(document, item, count.steps, most))
    return [
        Records(document, count.steps, _columns(count.labels), count.records, count.keys, count.again)
        for count in counts
        if count.records and len(count.labels) <= most_columns
    ]


@dataclass(slots=True)
class _Count:
    """What is found at one place: how many records, with which columns."""

    steps: _Steps | None
    most_columns: int
    labels: dict[str, None] = field(default_factory=dict)
    records: int = 0
    keys: int = 0
    again: dict[str, int] = field(default_factory=dict)

    def add(self, records: Iterable[_Found]) -> None:
        """Add records, unless there are too many columns already."""
        for found in records:
            if len(self.labels) > self.most_columns:
                return
            self.records += 1
            self.keys += found.key is not None
            for label in found.around if not found.is_first else ():
                self.again[label] = self.again.get(label, 0) + 1
            self.labels.update((label, None) for label, _, _ in _values(found))


def _columns(labels: Iterable[str]) -> tuple[Column, ...]:
    return tuple(_record_column(number, label) for number, label in enumerate(labels, start=1))


def _places(values: list[Json]) -> list[_Steps]:
    """Return the ways to the records inside objects, nearest to the root first."""
    found: list[_Steps] = []
    # An item that is a list alone has been given as its elements.
    level: list[tuple[_Steps, list[Json]]] = [
        ((), [one for one in values if isinstance(one, dict) or len(values) == 1])
    ]
    for _ in range(ENVELOPES):
        inner: list[tuple[_Steps, list[Json]]] = []
        for steps, nodes in level:
            is_group = bool(steps) and isinstance(steps[-1], _Alike)
            objects = any(isinstance(node, dict) for node in nodes)
            if any(map(_is_list, nodes)) or (is_group and objects):
                found.append(steps)
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


def _alike(shapes: dict[str, frozenset[str]]) -> _Alike | None:
    """Return the step to those members that are alike, if there are several."""
    best: frozenset[str] = frozenset()
    shape: frozenset[str] = frozenset()
    for one in dict.fromkeys(islice(filter(None, shapes.values()), _SHAPES)):
        keys = frozenset(key for key, other in shapes.items() if _are_alike(one, other))
        if len(keys) > len(best):
            best, shape = keys, one
    return _Alike(best, frozenset(shapes) - best, shape) if len(best) > 1 else None


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


def _in_item(document: Document, item: Item, steps: _Steps | None, most: int = sys.maxsize) -> Iterator[_Found]:
    """Yield the records of an item; of each list no more than `most`."""
    if steps is None:
        if isinstance(item.value, dict):
            yield _Found(item.index, "", item.value, None, {}, True)
        return
    is_element = document.root_is_array or document.family == "jsonl"
    around = _said(item.value, "") if is_element else {}
    for pointer, node, key, said in _reached(item.value, steps, most, around):
        if isinstance(node, dict):
            # Mostly the name is that of the record, which says it too.
            yield _Found(item.index, pointer, node, None if key in node.values() else key, said, True)
            continue
        is_first = True
        for position, record in enumerate(node[:most] if isinstance(node, list) else []):
            if isinstance(record, dict):
                yield _Found(item.index, f"{pointer}/{position}", record, key, said, is_first)
                is_first = False


_Reached = tuple[str, Json, str | None, dict[str, tuple[str, str]]]


def _reached(value: Json, steps: _Steps, most: int, around: dict[str, tuple[str, str]]) -> Iterator[_Reached]:
    """Yield where the steps lead, what is there, the name of the last member of those that are alike, what is around.

    Around records is what an element of a list says that holds them; `around` is that of the item.
    """
    nodes: list[_Reached] = [("", value, None, around)]
    for step in steps:
        inner: list[_Reached] = []
        for pointer, node, key, said in nodes:
            if isinstance(step, _Elements):
                elements = node[:most] if isinstance(node, list) else []
                for position, one in enumerate(elements):
                    here = f"{pointer}/{position}"
                    inner.append((here, one, key, _said(one, here)))
            elif not isinstance(node, dict):
                continue
            elif isinstance(step, str):
                inner += [(pointer + pointer_step(step), node[step], key, said)] if step in node else []
            else:
                inner += [
                    (pointer + pointer_step(name), member, name, said)
                    for name, member in node.items()
                    if step.fits(name, member)
                ]
        nodes = inner
    # Records that are no list are members that are alike.
    is_group = bool(steps) and isinstance(steps[-1], _Alike)
    yield from (one for one in nodes if isinstance(one[1], list) or is_group)


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
    waiting: list[tuple[str, str, Json]] = [(key, pointer_step(key), value) for key, value in reversed(record.items())]
    while waiting:
        label, pointer, value = waiting.pop()
        if isinstance(value, dict) and is_in_languages(value):
            # A text in several languages is the member itself in the best one, and has members for the others.
            there = [key for key, text in value.items() if not is_blank(text)] or list(value)
            chosen = best(there, None)
            for key, text in value.items():
                yield label if key == chosen else f"{label}.{key}", pointer + pointer_step(key), text
        elif isinstance(value, dict) and value:
            waiting += [(f"{label}.{k}", pointer + pointer_step(k), v) for k, v in reversed(value.items())]
        else:
            yield label, pointer, value


def record_candidate(records: Records, mapping: Mapping) -> Candidate | None:
    """Return how well the objects match `mapping`; `None` if no heading that marks the format is there."""
    records = records.known_to(mapping)
    columns = list(records.columns)
    marks = len(marked(columns, mapping.headings))
    if not marks:
        return None
    return Candidate(mapping, 0, range(0), marks, Matching(columns, mapping.fields).score, columns, records)


def record_candidates_beside(found: list[Candidate]) -> list[Candidate]:
    """Return the best of the readings of records, with those of other records that are of its format too.

    `found` is sorted, the best first. Of records inside others one of both is read: the inner ones, if the outer ones
    have nothing else that the format knows.
    """
    best, *others = found
    alike = [one for one in others if one.mapping.id == best.mapping.id and one.is_recognised and one.records]
    best = next((one for one in alike if _is_envelope(best, one) or _holds(one, best)), best)
    chosen = [best]
    for one in (found[0], *alike):
        if one is not best and not any(_is_nested(one, other) or _is_nested(other, one) for other in chosen):
            chosen.append(one)
    return chosen


def _steps_to(candidate: Candidate) -> _Steps:
    return (candidate.records.steps if candidate.records else None) or ()


def _is_nested(outer: Candidate, inner: Candidate) -> bool:
    """Whether the records of one lie inside those of the other."""
    steps = _steps_to(outer)
    return _steps_to(inner)[: len(steps)] == steps


def _holds(outer: Candidate, inner: Candidate) -> bool:
    """Whether some records lie in others that say as much by themselves."""
    return outer.score >= inner.score and _is_nested(outer, inner) and not _is_envelope(outer, inner)


def _is_envelope(outer: Candidate, inner: Candidate) -> bool:
    """Whether all that the format knows of some records lies inside others that they hold."""
    steps = _steps_to(inner)[len(_steps_to(outer)) :]
    if not steps or not _is_nested(outer, inner):
        return False
    taken = Matching(outer.columns, outer.mapping.fields).taken
    labels = [item.label.split(".") for item in outer.columns if item.number in taken]
    return bool(labels) and all(_goes(label, steps) for label in labels)


def _goes(label: list[str], steps: _Steps) -> bool:
    """Whether a label leads along the steps, and on."""
    pairs = zip(label, steps, strict=False)
    return len(label) > len(steps) and all(
        name in step.keys if isinstance(step, _Alike) else name == step for name, step in pairs
    )


def record_table(records: Records) -> Table:
    """Return the objects as a table; its lines are read as they are asked for."""
    return Table(0, "", list(records.columns), records.lines())
