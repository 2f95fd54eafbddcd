"""JSON Lines: one value a line, read as it is asked for; the file in blocks of lines, for who reads it by parts."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import scan
from mulu.readers.line_at import LineAt
from mulu.readers.model import Document, Item, Json, Notice, Ref
from mulu.readers.strict import Refused, parse

BLOCK = 8 * 2**20
"""Bytes of a block of lines, about; a file of more than half as many is cut into four at least."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file of lines: byte offset, bytes, and the number of its first line."""

    offset: int
    size: int
    line: int


class Blocks:
    """Cuts a file of `size` bytes into blocks as its bytes pass."""

    def __init__(self, size: int) -> None:
        self._most = min(BLOCK, max(BLOCK // 8, size // 4)) if size > BLOCK // 2 else BLOCK
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
    """One JSON value a line; lines are read as they are asked for, only their offsets are kept."""

    data: bytes | None = None
    file: Path | None = None
    stamp: tuple[int, int] = (0, 0)
    blocks: list["Block"] = field(default_factory=list)
    """The whole of the file in parts that end with a line."""
    _offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    _lines: "array[int]" = field(default_factory=lambda: array("Q"))
    _last: tuple[int, scan.Finder] | None = None
    """The line that was last looked into, by its offset: an entry's places are asked for one after the other."""
    _line_at: LineAt | None = None

    def items(self) -> Iterator[Item]:
        """Yield the value of each line that is not empty; of a line that cannot be parsed, a broken item.

        Raises `Unreadable` if there are more notices than there may be.
        """
        seen = len(self._offsets)
        index = 0
        for number, offset, line in self._read_lines():
            if not line.strip(b" \t\r\n"):
                continue
            item, notices = item_of_line(self.path, line, index, number, self.limits)
            if index >= seen:
                self._offsets.append(offset)
                self._lines.append(number)
                self.note(notices, self.limits)
            yield item
            index += 1

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return line and column of the value `ref`, or of its key, of an item that has been yielded."""
        item, pointer = cast("tuple[int, str]", ref)
        if item >= len(self._offsets):
            return Place(self.path)
        return self.place_at(self._lines[item], self._offsets[item], pointer, key=key)

    def place_at(self, number: int, offset: int, pointer: str, *, key: bool = False) -> Place:
        """Return where a value of the line `number` stands, which begins at the byte `offset`."""
        if self._last is None or self._last[0] != offset:
            if self._line_at is None:
                self._line_at = LineAt(self.open, self.limits.record_bytes)
            self._last = offset, scan.Finder(self._line_at(offset))
        return place_in_line(self.path, self._last[1], number, pointer, key=key)

    def read(self, block: Block) -> bytes:
        """Return the bytes of a block."""
        with self.open() as file:
            file.seek(block.offset)
            return file.read(block.size)

    def _read_lines(self) -> Iterator[tuple[int, int, bytes]]:
        number = 1
        with self.open() as file:
            offset = 0
            while line := file.readline(self.limits.record_bytes + 1):
                if len(line) > self.limits.record_bytes:
                    raise too_long(self.path, number, self.limits)
                skip = mark_of(line) if number == 1 else 0
                yield number, offset + skip, line[skip:]
                offset += len(line)
                number += 1

    def open(self) -> BinaryIO:
        """Return the file, or what stands for it; raises `Unreadable` if it is not the one that was read first."""
        import io

        if self.data is not None:
            return io.BytesIO(self.data)
        if self.file is None:
            raise ValueError("a JSON Lines document needs data or a file")
        return unchanged(self.file, self.stamp, self.path)


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


def place_in_line(path: str, line: scan.Finder, number: int, pointer: str, *, key: bool = False) -> Place:
    """Return where the value `pointer`, or its key, stands in a line of a file."""
    _, column = line.place(pointer, key=key)
    return Place(path, line=number, column=column)


def file_stamp(file: BinaryIO) -> tuple[int, int]:
    """Return what tells that an open file is still the same: its size and the time of its last change."""
    import os

    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def unchanged(file: Path, stamp: tuple[int, int], path: str) -> BinaryIO:
    """Return an open file; raises `Unreadable` if it is not the one any more that `stamp` was taken of."""
    try:
        opened = file.open("rb")
    except OSError:
        raise _changed(path) from None
    if file_stamp(opened) != stamp:
        opened.close()
        raise _changed(path)
    return opened


def _changed(path: str) -> Unreadable:
    return Unreadable(
        path,
        "读取期间文件被修改或移走；请等写入结束后重试",
        "the file was changed or moved while it was read; try again when nothing writes to it",
    )


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
    finder = scan.Finder(line)
    for oddity in found:
        _, column = finder.line_and_column(oddity.offset)
        place = Place(path, line=number, column=column)
        if "first_line" in oddity.params:
            oddity.params["first_line"] = number
        notices.append(Notice(oddity.rule, oddity.params, (index, oddity.pointer), place))
    return Item(index, value), notices
