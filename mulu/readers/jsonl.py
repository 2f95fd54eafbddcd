"""JSON Lines: one value a line, read as it is asked for; the file in blocks of lines, for who reads it by parts."""

import codecs
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias, cast

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import on_disk, scan
from mulu.readers.model import Document, Item, Json, Notice, Ref
from mulu.readers.record_at import RecordAt, end_of_line
from mulu.readers.strict import Oddity, Refused, parse, parses

ENDINGS = (".jsonl", ".ndjson", ".jsonlines", ".ldjson")
BLOCK = 8 * 2**20
"""Bytes of a block of lines, about; a file of more than half as many is cut into four at least."""


def looks_like_lines(head: bytes, name: str) -> bool:
    """Whether a file that starts with `head` holds one JSON value a line, as far as its first lines tell."""
    body = head.removeprefix(codecs.BOM_UTF8)
    if name.lower().endswith(ENDINGS):
        return True
    first, newline, rest = body.lstrip(b" \t\r\n").partition(b"\n")
    if not first.startswith(b"{") or not newline:
        return False
    if parses(first):
        return bool(rest.strip(b" \t\r\n"))
    # The first line may be the one that is broken; JSON with a record on each line has a comma behind most of them.
    lines = [line for line in rest.split(b"\n")[:20] if line.strip()]
    whole = sum(line.startswith(b"{") and line.count(b":") > 1 and parses(line) for line in lines)
    return whole * 2 > len(lines)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file of many values: byte offset, bytes, and line and column of its first character."""

    offset: int
    size: int
    line: int
    column: int = 1


Record: TypeAlias = tuple[int, int, int, bytes]
"""One of many values in a file: line and column of its first character, byte offset, bytes."""


def block_size(size: int) -> int:
    """Return how many bytes a block of a file of `size` bytes has at least."""
    return min(BLOCK, max(BLOCK // 8, size // 4)) if size > BLOCK // 2 else BLOCK


class Cut(Protocol):
    """What cuts a file into blocks as its bytes pass."""

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""

    def done(self) -> list[Block]:
        """Return the blocks."""


class Blocks:
    """Cuts a file of `size` bytes into blocks as its bytes pass."""

    def __init__(self, size: int) -> None:
        self._most = block_size(size)
        self._found: list[Block] = []
        self._offset, self._line = 0, 1
        self._size = self._lines = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        end = chunk.rfind(b"\n") + 1 if self._size + len(chunk) >= self._most else 0
        if end:
            lines = chunk.count(b"\n")
            self._found.append(Block(self._offset, self._size + end, self._line))
            self._offset, self._line = self._offset + self._size + end, self._line + self._lines + lines
            self._size, self._lines = len(chunk) - end, 0
        else:
            self._size += len(chunk)
            self._lines += chunk.count(b"\n")

    def done(self) -> list[Block]:
        """Return the blocks."""
        last = [Block(self._offset, self._size, self._line)] if self._size else []
        return [*self._found, *last]


@dataclass(slots=True)
class JsonLinesDocument(Document):
    """One JSON value a line; lines are read as they are asked for, only where they begin is kept."""

    data: bytes | None = None
    file: Path | None = None
    stamp: on_disk.Stamp = (0, 0, 0)
    blocks: list["Block"] = field(default_factory=list)
    """The whole of the file in parts that end with a line."""
    _offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    _lines: "array[int]" = field(default_factory=lambda: array("Q"))
    _last: tuple[int, scan.Finder] | None = None
    """The line that was last looked into, by its offset: an entry's places are asked for one after the other."""
    _record_at: RecordAt | None = None

    def items(self) -> Iterator[Item]:
        """Yield the value of each line that is not empty; of a line that cannot be parsed, a broken item.

        Raises `Unreadable` if there are more notices than there may be.
        """
        seen = len(self._offsets)
        for index, record in enumerate(self._all()):
            item, notices = self.item(record, index)
            if index >= seen:
                self._begins(record)
                self.note(notices, self.limits)
            yield item

    def item(self, record: Record, index: int) -> tuple[Item, list[Notice]]:
        """Return the value of a line, of which there are `index` before it, and what is to be noticed in it."""
        line, _, _, data = record
        return item_of_line(self.path, data, index, line, self.limits)

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return line and column of the value `ref`, or of its key, of an item that has been yielded."""
        item, pointer = cast("tuple[int, str]", ref)
        if item >= len(self._offsets):
            return Place(self.path)
        return self.place_at(self._lines[item], self._offsets[item], pointer, self._column(item), key=key)

    def place_at(self, line: int, offset: int, pointer: str, column: int = 1, *, key: bool = False) -> Place:
        """Return where a value stands in the record that begins at a line, byte offset and column."""
        if self._last is None or self._last[0] != offset:
            if self._record_at is None:
                self._record_at = RecordAt(self.open, self._end, self.limits.record_bytes)
            self._last = offset, scan.Finder(self._record_at(offset))
        return place_in(self.path, self._last[1], pointer, line, column, key=key)

    def read(self, block: Block) -> bytes:
        """Return the bytes of a block; raises `Unreadable` if the file is not the one that was read first."""
        with self.open() as file:
            file.seek(block.offset)
            data = file.read(block.size)
            if self.data is None:
                on_disk.refuse_changed(file, self.path, self.stamp)
            return data

    def records(self, block: Block) -> Iterator[Record]:
        """Yield the lines of a block that are not empty; raises `Unreadable` for one that is too long."""
        offset = block.offset
        for number, line in enumerate(self.read(block).split(b"\n"), block.line):
            if not line:
                offset += 1
                continue
            ends = offset + len(line) < block.offset + block.size
            if len(line) + ends > self.limits.record_bytes:
                raise too_long(self.path, number, self.limits)
            skip = mark_of(line) if number == 1 else 0
            content = line[skip:] if skip else line
            at, offset = offset + skip, offset + len(line) + 1
            if content.strip(b" \t\r"):
                yield number, 1, at, content

    def _all(self) -> Iterator[Record]:
        """Yield all lines that are not empty, a few at a time in memory."""
        number = 1
        with self.open() as file:
            offset = 0
            while line := file.readline(self.limits.record_bytes + 1):
                if line == b"\n":
                    # A file may be millions of them.
                    offset += 1
                    number += 1
                    continue
                if len(line) > self.limits.record_bytes:
                    raise too_long(self.path, number, self.limits)
                skip = mark_of(line) if number == 1 else 0
                if line[skip:].strip(b" \t\r\n"):
                    yield number, 1, offset + skip, line[skip:]
                offset += len(line)
                number += 1

    def _begins(self, record: Record) -> None:
        """Keep where an item begins."""
        self._lines.append(record[0])
        self._offsets.append(record[2])

    def _column(self, item: int) -> int:
        return 1

    def _end(self, data: bytes, start: int) -> int:
        """Return where the record ends that begins at `start`, -1 if that is not in `data`."""
        return end_of_line(data, start)

    def open(self) -> BinaryIO:
        """Return the file, or what stands for it; raises `Unreadable` if it is not the one that was read first."""
        import io

        if self.data is not None:
            return io.BytesIO(self.data)
        if self.file is None:
            raise ValueError("a JSON Lines document needs data or a file")
        return on_disk.opened_again(self.file, self.path, self.stamp)


def mark_of(line: bytes) -> int:
    """Return how many bytes a byte order mark takes at the beginning of the first line."""
    return 3 if line.startswith(b"\xef\xbb\xbf") else 0


def too_long(path: str, number: int, limits: Limits) -> Unreadable:
    """Return the refusal of a file for the length of one of its lines."""
    return limits.exceeded(
        "record_bytes",
        path,
        f"第 {number} 行太长",
        f"line {number} is too long",
        place=Place(path, line=number, column=1),
    )


def place_in(path: str, record: scan.Finder, pointer: str, line: int, column: int, *, key: bool = False) -> Place:
    """Return where the value `pointer`, or its key, stands in a record that begins at a line and column of a file."""
    return _onward(path, line, column, *record.place(pointer, key=key))


def _onward(path: str, line: int, column: int, further: int, there: int) -> Place:
    """Return the place in a file of a line and column in a record that begins at a line and column."""
    return Place(path, line=line + further - 1, column=there + column - 1 if further == 1 else there)


def item_of_line(path: str, line: bytes, index: int, number: int, limits: Limits) -> tuple[Item, list[Notice]]:
    """Return the value of a line of JSON Lines, and what is to be noticed in it.

    `index` counts the lines that are not empty, from 0, `number` all lines, from 1.
    """
    notices: list[Notice] = []
    try:
        value, found = parse(line, limits)
    except Refused as refused:
        _, column = scan.line_and_column(line, refused.offset)
        params: dict[str, Json] = {
            "line": number,
            "column": column,
            "reason_zh": refused.zh,
            "reason_en": refused.en,
        }
        place = Place(path, line=number, column=column)
        notices.append(Notice("unparsable-json", params, (index, ""), place))
        return Item(index, None, broken=True, text=line.decode("utf-8", "replace").strip()), notices
    return Item(index, value), found_in(path, scan.Finder(line), found, index, number)


def found_in(
    path: str, record: scan.Finder, found: list[Oddity], index: int, line: int, column: int = 1
) -> list[Notice]:
    """Return what is odd in a record that begins at a line and column of a file as notices with their places."""
    notices = []
    for oddity in found:
        place = _onward(path, line, column, *record.line_and_column(oddity.offset))
        if "first_line" in oddity.params:
            oddity.params["first_line"] = line + cast(int, oddity.params["first_line"]) - 1
        notices.append(Notice(oddity.rule, oddity.params, (index, oddity.pointer), place))
    return notices
