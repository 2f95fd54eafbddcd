"""Objects in JSON and YAML that stand for lines of a table: lists of them, in whatever envelope, or the items."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mulu.convert.headings import normal, short
from mulu.convert.tables import Candidate, Column, Line, Matching, Table, marked
from mulu.convert.values import Cell, is_blank
from mulu.pointer import Json, pointer_step, steps_of
from mulu.readers import Document
from mulu.readers.model import Ref
from mulu.standard import Mapping

ENVELOPES = 5
"""How many objects may lie around a list of records."""
MOST_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class Records:
    """Objects in a JSON or YAML document that stand for lines: a list of them, wherever it is, or the items.

    `pointer` leads to the list inside the single item of the document; `None`: the items are the objects.
    """

    document: Document
    pointer: str | None
    columns: tuple[Column, ...]
    count: int

    def lines(self) -> Iterator[Line]:
        """Yield each object as a line: its members are cells, those of objects inside it too."""
        numbers = {item.label: item.number for item in self.columns}
        for count, (item, pointer, record) in enumerate(_objects(self.document, self.pointer), start=1):
            cells: dict[int, Cell] = {}
            refs: dict[int, Ref] = {}
            for label, here, value in _members(record):
                number = numbers.get(label)
                if number is not None:
                    refs[number] = (item, pointer + here)
                    if not is_blank(value):
                        cells[number] = value
            yield Line(count, cells, refs, (item, pointer))


def record_tables(document: Document, most: int = sys.maxsize) -> list[Records]:
    """Return every list of objects in a document of values, whatever envelope it is in.

    Of each no more than `most` elements are looked at.
    """
    items = document.items()
    first = next(items, None)
    if first is None:
        return []
    second = next(items, None)
    pointers: list[str | None] = [None]
    if second is None:
        pointers += _lists(first.value)
    return [found for pointer in pointers if (found := _records(document, pointer, most)) is not None]


def _lists(value: Json) -> list[str | None]:
    """Return the pointers of the lists of objects inside objects, nearest to the root first."""
    found: list[str | None] = []
    level: list[tuple[str, Json]] = [("", value)]
    for _ in range(ENVELOPES):
        inner: list[tuple[str, Json]] = []
        for pointer, node in level:
            if isinstance(node, dict):
                inner += [(pointer + pointer_step(key), member) for key, member in node.items()]
            elif isinstance(node, list) and node and all(isinstance(item, dict) for item in node):
                found.append(pointer)
        level = inner
    return found


def _records(document: Document, pointer: str | None, most: int) -> Records | None:
    labels: dict[str, None] = {}
    count = 0
    for _, _, record in _objects(document, pointer, most):
        count += 1
        labels.update((label, None) for label, _, _ in _members(record))
        if len(labels) > MOST_COLUMNS:
            return None
    columns = tuple(_record_column(number, label) for number, label in enumerate(labels, start=1))
    return Records(document, pointer, columns, count) if count else None


def _record_column(number: int, label: str) -> Column:
    *groups, leaf = label.split(".")
    return Column(number, label, normal(label), short(normal(leaf)), tuple(normal(group) for group in groups))


def _objects(
    document: Document, pointer: str | None, most: int = sys.maxsize
) -> Iterator[tuple[int, str, dict[str, Json]]]:
    for item in islice(document.items(), most):
        if pointer is None:
            if isinstance(item.value, dict):
                yield item.index, "", item.value
            continue
        node: Json = item.value
        for step in steps_of(pointer):
            node = node.get(step) if isinstance(node, dict) else None
        for position, record in enumerate(node[:most] if isinstance(node, list) else []):
            if isinstance(record, dict):
                yield item.index, f"{pointer}/{position}", record


def _members(record: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """Yield label, pointer and value of each member; objects give way to their members, `parent.child`."""
    waiting: list[tuple[str, str, Json]] = [(key, pointer_step(key), value) for key, value in reversed(record.items())]
    while waiting:
        label, pointer, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{label}.{k}", pointer + pointer_step(k), v) for k, v in reversed(value.items())]
        else:
            yield label, pointer, value


def record_candidate(records: Records, mapping: Mapping) -> Candidate | None:
    """Return how well the objects match `mapping`; `None` if no heading that marks the format is there."""
    columns = list(records.columns)
    marks = len(marked(columns, mapping.headings))
    if not marks:
        return None
    return Candidate(mapping, 0, range(0), marks, Matching(columns, mapping.fields).score, columns, records)


def record_table(records: Records) -> Table:
    """Return the objects as a table; its lines are read as they are asked for."""
    return Table(0, "", list(records.columns), records.lines())
