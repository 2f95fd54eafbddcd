"""JSON: one value, or the elements of one array."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from mulu.limits import Limits
from mulu.place import Place
from mulu.pointer import pointer_step, steps_of
from mulu.readers import scan
from mulu.readers.model import Document, Item, Json, Notice, Ref
from mulu.readers.strict import Refused, line_and_column, offset_of, parse


@dataclass(slots=True)
class JsonDocument(Document):
    """A JSON text, read whole: the elements of an array at its root, or the root itself, are its items."""

    value: Json = None
    data: bytes = b""
    _starts: "array[int]" = field(default_factory=lambda: array("Q"))
    _lines: "array[int]" = field(default_factory=lambda: array("Q"))
    _columns: "array[int]" = field(default_factory=lambda: array("Q"))
    _elements: dict[tuple[int, str], list[tuple[int, int, int]]] = field(default_factory=dict)

    def items(self) -> Iterator[Item]:
        """Yield each element of the array at the root, or the root."""
        if isinstance(self.value, list):
            return (Item(index, value) for index, value in enumerate(self.value))
        return iter((Item(0, self.value),))

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return line and column of the value `ref`, or of its key."""
        item, pointer = cast("tuple[int, str]", ref)
        if not self._starts:
            self._find_items()
        if item >= len(self._starts):
            return Place(self.path, line=1, column=1)
        start, before, left, rest = self._nearest_element(item, pointer)
        offset = offset_of(self.data, start, rest, key)
        line, column = line_and_column(self.data, offset, start)
        if line == 1:
            column += left - 1
        return Place(self.path, line=before + line - 1, column=column)

    def _nearest_element(self, item: int, pointer: str) -> tuple[int, int, int, str]:
        """Return offset, line and column of the outermost list's element on the way, and the pointer within it.

        Records often stand in a list inside an envelope: its elements are looked for once, not for each place.
        """
        here = (self._starts[item], self._lines[item], self._columns[item])
        steps = steps_of(pointer)
        number = next((n for n, step in enumerate(steps) if step.isdecimal()), None)
        if number is None:
            return *here, pointer
        prefix = "".join(map(pointer_step, steps[:number]))
        if (item, prefix) not in self._elements:
            spot = scan.locate(self.data, here[0], steps[:number])
            found: list[tuple[int, int, int]] = []
            if spot.found == number and self.data[spot.value : spot.value + 1] == b"[":
                offset, line, column = here
                for start in scan.elements(self.data, spot.value):
                    lines, rest = line_and_column(self.data, start, offset)
                    line, column = line + lines - 1, rest if lines > 1 else column + rest - 1
                    offset = start
                    found.append((offset, line, column))
            self._elements[item, prefix] = found
        elements = self._elements[item, prefix]
        position = int(steps[number][:9])
        if position >= len(elements):
            return *here, pointer
        return *elements[position], "".join(map(pointer_step, steps[number + 1 :]))

    def _find_items(self) -> None:
        """Note offset, line and column of each item: no place needs a count from the start of the file."""
        before = line = column = 0
        root = scan.skip_space(self.data, 0)
        for start in scan.elements(self.data, root) if self.root_is_array else (root,):
            lines, rest = line_and_column(self.data, start, before)
            line, column = line + lines - 1, rest - 1 if lines > 1 else column + rest - 1
            before = start
            self._starts.append(start)
            self._lines.append(line + 1)
            self._columns.append(column + 1)


def read_json(document: JsonDocument, limits: Limits) -> JsonDocument:
    """Parse `document.data` into `document.value`; raises `Unreadable` at the first syntax error."""
    try:
        value, found = parse(document.data, limits)
    except Refused as refused:
        line, column = line_and_column(document.data, refused.offset)
        raise refused.unreadable(document.path, line, column, limits) from None
    document.value = value
    document.root_is_array = isinstance(value, list)
    for oddity in found:
        item, pointer = 0, oddity.pointer
        if document.root_is_array:
            first, _, rest = pointer[1:].partition("/")
            item, pointer = int(first), f"/{rest}" if rest or pointer.count("/") > 1 else ""
        line, column = line_and_column(document.data, oddity.offset)
        place = Place(document.path, line=line, column=column)
        document.notices.append(Notice(oddity.rule, oddity.params, (item, pointer), place))
    return document
