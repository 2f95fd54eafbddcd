"""Where the values of a JSON text stand: offsets in its UTF-8 bytes, found without building objects.

For texts that a JSON parser has accepted; nothing here judges syntax. All loops keep their own stack, and
every pattern is possessive, so time grows with the length alone.
"""

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mulu.pointer import pointer_step, steps_of

BLANK = rb"[ \t\r\n]*+"
TEXT = rb'"(?:[^"\\]++|\\.)*+"'
# An array or object with up to two more inside each other, as nearly all of an entry's are: one match skips it.
SHALLOW = rb"(?!)"
for _ in range(3):
    SHALLOW = rb'[\[{](?:[^"\[\]{}]++|' + TEXT + rb"|" + SHALLOW + rb")*+[\]}]"
_SIMPLE = re.compile(TEXT + rb"|" + SHALLOW + rb"|[^ \t\r\n,\]}:\[{]++", re.DOTALL)
_BRACKET = re.compile(TEXT + rb"|[\[\]{}]", re.DOTALL)
_KEY = re.compile(BLANK + rb"(" + TEXT + rb")" + BLANK + rb":" + BLANK, re.DOTALL)
_SPACE = re.compile(BLANK)
_COMMA = re.compile(BLANK + rb"," + BLANK)
_TOKEN = re.compile(TEXT + rb'|[\[\]{},:]|[^ \t\r\n,\]}:\[{"]++', re.DOTALL)
_OPEN, _CLOSE = b"[{", b"]}"
_REMEMBERED = 200_000
"""Members and elements whose offsets are kept, but for those on the way to a value."""
_STEP = 2**12
"""Bytes after which line and column are noted, so that none is counted from the beginning of a long text."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The value found by `locate`: byte offsets of it and of its key (`None` in an array or at the root).

    `found` is the number of the pointer's steps that exist; fewer than asked for means the nearest value
    above.
    """

    value: int
    key: int | None
    found: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key that an object has twice: its pointer and the byte offsets of both occurrences."""

    pointer: str
    key: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, with its pointer and byte offset."""

    pointer: str
    text: str
    offset: int


def skip_space(data: bytes, position: int) -> int:
    """Return the offset of the first byte from `position` on that is no white space."""
    match = _SPACE.match(data, position)
    return match.end() if match else position


def skip_value(data: bytes, position: int) -> int:
    """Return the offset after the value that starts at `position`."""
    if (simple := _SIMPLE.match(data, position)) is not None:
        return simple.end()
    depth = 0
    for match in _BRACKET.finditer(data, position):
        token = data[match.start()]
        if token in _OPEN:
            depth += 1
        elif token in _CLOSE:
            depth -= 1
            if depth == 0:
                return match.end()
    return len(data)


def elements(data: bytes, position: int) -> Iterator[int]:
    """Yield the offset of each element of the array that starts at `position`."""
    position = skip_space(data, position + 1)
    while position < len(data) and data[position] != 0x5D:
        yield position
        comma = _COMMA.match(data, skip_value(data, position))
        if comma is None:
            return
        position = comma.end()


def members(data: bytes, position: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield key as it is written, its offset and that of the value for each member of the object at `position`."""
    position += 1
    while (key := _KEY.match(data, position)) is not None:
        value = key.end()
        yield key[1], key.start(1), value
        comma = _COMMA.match(data, skip_value(data, value))
        if comma is None:
            return
        position = comma.end()


class Finder:
    """Finds values in one text, and where they stand; looks through no object, array or line twice for it."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.root = skip_space(data, position)
        self._inside: dict[int, dict[str, tuple[int, int]] | array[int]] = {}
        self._remembered = 0
        # Offset, line and column of places on the way.
        self._marks = [position], [1], [1]

    def locate(self, steps: Sequence[str]) -> Spot:
        """Find the value that the unescaped steps of a JSON Pointer lead to from the root.

        Of a key that an object repeats, the last counts, as it does for the parser.
        """
        spot = Spot(self.root, None, 0)
        way = [self.root]
        for number, step in enumerate(steps, 1):
            inside = self._look_into(spot.value, way)
            if isinstance(inside, dict):
                if step not in inside:
                    return spot
                key, value = inside[step]
                spot = Spot(value, key, number)
            else:
                index = int(step) if step.isascii() and step.isdigit() and len(step) < 19 else len(inside)
                if index >= len(inside):
                    return spot
                spot = Spot(inside[index], None, number)
            way.append(spot.value)
        return spot

    def place(self, pointer: str, *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value that a pointer leads to from the root, or of its key."""
        steps = steps_of(pointer)
        spot = self.locate(steps)
        return self.line_and_column(
            spot.key if key and spot.key is not None and spot.found == len(steps) else spot.value
        )

    def _look_into(self, position: int, way: list[int]) -> "dict[str, tuple[int, int]] | array[int]":
        """Return offsets of what an object or array holds; nothing for any other value."""
        inside = self._inside.get(position)
        if inside is not None:
            return inside
        if self._remembered > _REMEMBERED:
            self._inside = {kept: self._inside[kept] for kept in way if kept in self._inside}
            self._remembered = 0
        if self.data[position : position + 1] == b"{":
            inside = {_text(key): (at, value) for key, at, value in members(self.data, position)}
        else:
            is_array = self.data[position : position + 1] == b"["
            inside = array("Q", elements(self.data, position) if is_array else ())
        self._inside[position] = inside
        self._remembered += len(inside)
        return inside

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, counted in characters from (1, 1) where the text begins."""
        offsets, lines, columns = self._marks
        while offset - offsets[-1] > 2 * _STEP:
            end = offsets[-1] + _STEP
            # A mark stands before a character, never inside of one.
            while self.data[end] & 0xC0 == 0x80:
                end += 1
            line, column = self._onward(len(offsets) - 1, end)
            offsets.append(end)
            lines.append(line)
            columns.append(column)
        return self._onward(bisect_right(offsets, offset) - 1, offset)

    def _onward(self, mark: int, offset: int) -> tuple[int, int]:
        start, line, column = (each[mark] for each in self._marks)
        further, rest = line_and_column(self.data, offset, start)
        return line + further - 1, rest if further > 1 else column + rest - 1


def line_and_column(data: bytes, offset: int, start: int = 0) -> tuple[int, int]:
    """Return line and column of `offset`, counted in characters from (1, 1) at `start`."""
    line_start = data.rfind(b"\n", start, offset) + 1 or start
    return data.count(b"\n", start, offset) + 1, len(data[line_start:offset].decode("utf-8", "replace")) + 1


@dataclass(slots=True)
class _Frame:
    pointer: str
    keys: dict[str, int] | None
    index: int = 0
    key: str = ""

    def here(self) -> str:
        return self.pointer + (pointer_step(self.key) if self.keys is not None else f"/{self.index}")


def oddities(data: bytes, position: int) -> Iterator[Repeat | Number]:
    """Yield each repeated key, and each number or name such as `NaN`, inside the value at `position`."""
    stack: list[_Frame] = []
    wants_key = False
    for match in _TOKEN.finditer(data, position):
        token = match.group()
        first = token[0]
        top = stack[-1] if stack else None
        if first in _OPEN:
            keys: dict[str, int] | None = {} if first == 0x7B else None
            stack.append(_Frame(top.here() if top else "", keys))
            wants_key = keys is not None
        elif first in _CLOSE:
            stack.pop()
            wants_key = False
        elif first == 0x2C and top is not None:
            top.index += 1
            wants_key = top.keys is not None
        elif first == 0x22 and wants_key and top is not None and top.keys is not None:
            top.key = _text(token)
            if top.key in top.keys:
                yield Repeat(top.here(), top.key, top.keys[top.key], match.start())
            top.keys[top.key] = match.start()
            wants_key = False
        elif first not in b'":' and token not in (b"true", b"false", b"null"):
            yield Number(top.here() if top else "", token.decode("utf-8", "replace"), match.start())
        if not stack and first != 0x3A:
            return


def _text(token: bytes) -> str:
    if b"\\" not in token:
        return token[1:-1].decode("utf-8", "replace")
    text = json.loads(token, strict=False)
    return str(text)
