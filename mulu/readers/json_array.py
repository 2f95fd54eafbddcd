"""A long JSON array, read element by element as lines are: in blocks that end behind the comma of an element."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import scan
from mulu.readers.jsonl import Block, JsonLinesDocument, Record, block_size, found_in, mark_of
from mulu.readers.model import Item, Notice
from mulu.readers.strict import Refused, parse

_WHOLE = re.compile(scan.TEXT + rb"|" + scan.SHALLOW + rb'|[^ \t\r\n,\]}:\[{"]++', re.DOTALL)
_ELEMENT = re.compile(scan.BLANK + rb"(?:" + _WHOLE.pattern + rb")" + scan.BLANK + rb",", re.DOTALL)
_BRACKET = re.compile(scan.TEXT + rb'|["\[\]{}]', re.DOTALL)
_COMMA, _CLOSE = b",", b"]"
_DEEPEST = 256
"""What is nested deeper no parser here reads, whatever the limit."""
_MORE = 2**10
"""Bytes behind the place where an array is broken that tell how."""


def holds_entries(head: bytes) -> bool:
    """Whether a file that starts with `head` is an array whose first element says what kind of entry it is."""
    start = scan.skip_space(head, mark_of(head))
    first = scan.skip_space(head, start + 1)
    if head[start : start + 1] != b"[" or head[first : first + 1] != b"{":
        return False
    try:
        return "kind" in orjson.loads(head[first : scan.skip_value(head, first)])
    except ValueError:
        return False


def end_of_value(data: bytes, position: int) -> int:
    """Return the offset after the value that starts at `position`.

    That is -1 if it does not end in `data`, which may be a part of a text, is no value, or one that nobody can read.
    """
    if (simple := _WHOLE.match(data, position)) is not None:
        return simple.end()
    depth = 0
    for match in _BRACKET.finditer(data, position) if data[position : position + 1] in (b"[", b"{") else ():
        token = match.group()
        if token in (b"[", b"{"):
            depth += 1
            if depth > _DEEPEST:
                return -1
        elif token in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                return match.end()
        elif token == b'"':
            # A text that does not end.
            return -1
    return -1


class ElementBlocks:
    """Cuts an array in a file of `size` bytes into blocks as its bytes pass.

    Where it ends, or goes on as no array does, the last block ends, too: who reads that tells what is wrong.
    """

    def __init__(self, size: int, limits: Limits) -> None:
        self._most = block_size(size)
        self._longest = limits.record_bytes
        self._found: list[Block] = []
        self._rest = b""
        # Where the bytes begin that are not looked through yet, and where the present block does.
        self._at = self._begin = _Spot(0, 1, 1)
        self._opened = self._closed = self._broken = False
        self._again = 0
        """With fewer bytes that are not looked through yet nothing more would be found."""

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        if self._broken:
            return
        data, start = self._rest + chunk, 0
        if self._closed or len(data) < self._again:
            self._rest = data
            # Behind its end an array has nothing but a few blanks.
            self._broken = self._closed and (chunk.strip(b" \t\r\n") != b"" or len(data) > self._longest)
            return
        if not self._opened:
            start = data.find(b"[") + 1
            self._opened = start > 0
            if self._opened and mark_of(data):
                # A byte order mark takes no column.
                self._at = self._begin = _Spot(0, 1, 0)
        while not (self._closed or self._broken):
            element = _ELEMENT.match(data, start)
            end = element.end() if element else self._end_of_element(data, start)
            if end < 0:
                break
            start = end
            if self._at.offset + start - self._begin.offset >= self._most:
                data, start = self._onward(data, start), 0
                self._found.append(_block(self._begin, self._at.offset))
                self._begin = self._at
        self._rest = self._onward(data, start)

    def _end_of_element(self, data: bytes, start: int) -> int:
        """Return what stands behind the comma of the element that begins there, -1 if none does or not yet.

        Blanks around it count, so that no more is held in memory of them either.
        """
        begin = scan.skip_space(data, start)
        end = end_of_value(data, begin) if data[begin : begin + 1] != _CLOSE else begin
        behind = scan.skip_space(data, end) if end >= 0 else len(data)
        mark = data[behind : behind + 1]
        if mark == _COMMA:
            return behind + 1
        self._closed = mark == _CLOSE
        # A value that does not end yet may end further on; to look at it again with each chunk might take for ever.
        self._again = 2 * (len(data) - start)
        self._broken = not self._closed and (mark != b"" or len(data) - start > self._longest)
        self._broken |= self._closed and data[behind + 1 :].strip(b" \t\r\n") != b""
        return -1

    def _onward(self, data: bytes, end: int) -> bytes:
        self._at = self._at.behind(data, 0, end)
        return data[end:]

    def done(self) -> list[Block]:
        """Return the blocks."""
        self._again = 0
        self.add(b"")
        return [*self._found, _block(self._begin, self._at.offset + len(self._rest))]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A byte offset, and line and column of the character there."""

    offset: int
    line: int
    column: int

    def behind(self, data: bytes, start: int, end: int) -> "_Spot":
        """Return the spot at `end` of bytes that stand here from `start` on."""
        lines, column = scan.line_and_column(data, end, start)
        if lines == 1:
            column += self.column - 1
        return _Spot(self.offset + end - start, self.line + lines - 1, column)


def _block(begin: _Spot, end: int) -> Block:
    return Block(begin.offset, end - begin.offset, begin.line, begin.column)


@dataclass(slots=True)
class JsonArrayDocument(JsonLinesDocument):
    """The elements of a JSON array, read as they are asked for. What is no JSON ends it: `Unreadable`."""

    _columns: "array[int]" = field(default_factory=lambda: array("Q"))

    def records(self, block: Block) -> Iterator[Record]:
        """Yield the elements in a block; raises `Unreadable` where the array is broken or an element too long."""
        data, start, before, longest = self.read(block), 0, b"[0,", self.limits.record_bytes
        # Where that is of which line and column are known; they are counted on from there.
        at, spot = 0, _Spot(block.offset, block.line, block.column)
        if not block.offset:
            start, before = data.find(b"[") + 1, b"["
        while True:
            begin = scan.skip_space(data, start)
            if begin == len(data) and block.offset + block.size < self.size and begin - start <= longest:
                return
            behind, mark = begin, data[begin : begin + 1]
            if begin - start > longest:
                raise self._too_long(spot.behind(data, at, begin))
            if mark == b"" or (mark == _CLOSE and before != b"["):
                raise self._broken(before, data, begin, spot.behind(data, at, begin))
            if mark != _CLOSE:
                end = end_of_value(data, begin)
                if end < 0:
                    # What does not end is no JSON, and the parser says where.
                    end = len(data)
                behind = scan.skip_space(data, end)
                mark = data[behind : behind + 1]
                at, spot = begin, spot.behind(data, at, begin)
                if behind - start > longest:
                    raise self._too_long(spot)
                yield spot.line, spot.column, spot.offset, data[begin:end]
            if mark == _CLOSE:
                more = scan.skip_space(data, behind + 1)
                if more - start > longest:
                    raise self._too_long(spot.behind(data, at, behind))
                if more < len(data):
                    raise self._broken(b"[0]", data, more, spot.behind(data, at, more))
                return
            if mark != _COMMA:
                # The blank keeps what follows from becoming a part of the number.
                raise self._broken(b"[0 ", data, behind, spot.behind(data, at, behind))
            start, before = behind + 1, b"[0,"

    def _broken(self, before: bytes, data: bytes, start: int, spot: _Spot) -> Unreadable:
        """Return the refusal of an array that goes on behind `before`, which stands for all, as no array does."""
        try:
            parse(before + data[start : start + _MORE], self.limits)
        except Refused as refused:
            at = spot.behind(data, start, max(start, start + refused.offset - len(before)))
            return refused.unreadable(self.path, at.line, at.column, self.limits)
        raise AssertionError("an array that can be parsed is not broken")

    def _too_long(self, here: _Spot) -> Unreadable:
        place = Place(self.path, line=here.line, column=here.column)
        return self.limits.exceeded(
            "record_bytes", self.path, f"{place} 处的条目太长", f"the entry at {place} is too long", place=place
        )

    def item(self, record: Record, index: int) -> tuple[Item, list[Notice]]:
        """Return the value of an element, and what is to be noticed in it; raises `Unreadable` if it is no JSON."""
        line, column, offset, data = record
        try:
            value, odd = parse(data, self.limits)
        except Refused as refused:
            at = _Spot(offset, line, column).behind(data, 0, refused.offset)
            raise refused.unreadable(self.path, at.line, at.column, self.limits) from None
        return Item(index, value), found_in(self.path, scan.Finder(data), odd, index, line, column)

    def _all(self) -> Iterator[Record]:
        for block in self.blocks:
            yield from self.records(block)

    def _begins(self, record: Record) -> None:
        JsonLinesDocument._begins(self, record)
        self._columns.append(record[1])

    def _column(self, item: int) -> int:
        return self._columns[item]

    def _end(self, data: bytes, start: int) -> int:
        """Return where an element ends that begins at `start`, -1 if that is not in `data`."""
        end = end_of_value(data, start)
        # What is no object, array or text may go on behind these bytes.
        return end if end < len(data) else -1
