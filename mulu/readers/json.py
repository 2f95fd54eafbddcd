"""JSON and JSON Lines: values by a strict parser, oddities and positions by a scan of the text.

The parser (jiter) refuses what other software would read each in its own way: repeated keys, `NaN`. Such a
text is read once more, tolerantly, and each of them is told. What two readers cannot disagree on is a
syntax error.
"""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import orjson

from mulu.errors import Unreadable
from mulu.limits import DEFAULT, Limits
from mulu.place import Place
from mulu.pointer import pointer_step, steps_of
from mulu.readers import scan
from mulu.readers.model import Document, Item, Json, Notice, Ref

_LARGEST = 2**63 - 1
# Bytes by what matters of them in `_is_suspicious`: digits, exponents, the rest.
_SHAPES = bytes(
    0x30 if 0x30 <= code <= 0x39 else 0x65 if code in b"eE" else 0x2B if code == 0x2B else 0x2E for code in range(256)
)
BLOCK = 8 * 2**20
"""Bytes of a block of lines, at least, if there are so many."""
_SHORT = 2**20
_MANY_DIGITS = b"0" * 19
_LONG_TEXT = re.compile(rb'"[^"]{1024}')
_WHERE = re.compile(r" at line (\d+) column (\d+)$")

_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "EOF while parsing",
        "内容在此中断，缺少结尾的括号或引号",
        "the text ends here; a closing bracket or quote is missing",
    ),
    ("trailing comma", "最后一项之后多了一个逗号", "there is a comma after the last element"),
    (
        "trailing characters",
        "内容已经结束，其后还有多余的文字",
        "there is more text after the end of the value",
    ),
    ("expected `:`", "键之后应为冒号", "a colon must follow the key"),
    ("expected `,` or `}`", "此处应为逗号或右花括号", "a comma or a closing brace is expected here"),
    ("expected `,` or `]`", "此处应为逗号或右方括号", "a comma or a closing bracket is expected here"),
    ("key must be a string", "键须写在英文双引号中", "a key must stand in double quotes"),
    (
        "control character",
        "文字中有未转义的控制字符（如换行）",
        "a text has an unescaped control character (a line break?)",
    ),
    ("invalid escape", "反斜杠后的转义写法不对", "a backslash is followed by no known escape"),
    ("hex escape", "\\u 之后的字符编码不成对或不完整", "a \\u escape is incomplete or lacks its other half"),
    ("surrogate", "\\u 之后的字符编码不成对或不完整", "a \\u escape is incomplete or lacks its other half"),
    ("invalid number", "数字的写法不对", "a number is not written as JSON writes it"),
    ("invalid unicode", "有不是文字编码的字节", "there are bytes that encode no character"),
    ("expected value", "此处应为一个值", "a value is expected here"),
    ("expected ident", "此处应为 true、false 或 null", "true, false or null is expected here"),
)


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
        offset = _offset(self.data, start, rest, key)
        line, column = _line_and_column(self.data, offset, start)
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
                    lines, rest = _line_and_column(self.data, start, offset)
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
            lines, rest = _line_and_column(self.data, start, before)
            line, column = line + lines - 1, rest - 1 if lines > 1 else column + rest - 1
            before = start
            self._starts.append(start)
            self._lines.append(line + 1)
            self._columns.append(column + 1)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a file of lines: byte offset, bytes, and the number of its first line."""

    offset: int
    size: int
    line: int


class Blocks:
    """Cuts a file into blocks as its bytes pass."""

    def __init__(self) -> None:
        self._found: list[Block] = []
        self._offset, self._line = 0, 1
        self._size = self._lines = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        end = chunk.rfind(b"\n") + 1 if self._size + len(chunk) >= BLOCK else 0
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

    limits: Limits = DEFAULT
    data: bytes | None = None
    file: Path | None = None
    stamp: tuple[int, int] = (0, 0)
    blocks: list["Block"] = field(default_factory=list)
    """The whole of the file in parts that end with a line."""
    _offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    _lines: "array[int]" = field(default_factory=lambda: array("Q"))

    def items(self) -> Iterator[Item]:
        """Yield the value of each line that is not empty; of a line that cannot be parsed, a broken item."""
        seen = len(self._offsets)
        index = 0
        for number, offset, line in self._read_lines():
            if not line.strip(b" \t\r\n"):
                continue
            item, notices = item_of_line(self.path, line, index, number, self.limits)
            if index >= seen:
                self._offsets.append(offset)
                self._lines.append(number)
                self.note(notices, self.limits.notices)
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
        with self.open() as file:
            file.seek(offset)
            line = file.readline(self.limits.record_bytes)
        return place_in_line(self.path, line, number, pointer, key=key)

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
        try:
            file = self.file.open("rb")
        except OSError:
            raise _changed(self.path) from None
        if file_stamp(file) != self.stamp:
            file.close()
            raise _changed(self.path)
        return file


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


def place_in_line(path: str, line: bytes, number: int, pointer: str, *, key: bool = False) -> Place:
    """Return where the value `pointer`, or its key, stands in a line of a file."""
    _, column = _line_and_column(line, _offset(line, scan.skip_space(line, 0), pointer, key))
    return Place(path, line=number, column=column)


def file_stamp(file: BinaryIO) -> tuple[int, int]:
    """Return what tells that an open file is still the same: its size and the time of its last change."""
    import os

    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _changed(path: str) -> Unreadable:
    return Unreadable(
        path,
        "读取期间文件被修改或移走；请等写入结束后重试",
        "the file was changed or moved while it was read; try again when nothing writes to it",
    )


def read_json(document: JsonDocument, limits: Limits) -> JsonDocument:
    """Parse `document.data` into `document.value`; raises `Unreadable` at the first syntax error."""
    try:
        value, found = _parse(document.data, limits)
    except _Refused as refused:
        line, column = _line_and_column(document.data, refused.offset)
        raise refused.unreadable(document.path, line, column, limits) from None
    document.value = value
    document.root_is_array = isinstance(value, list)
    for oddity in found:
        item, pointer = 0, oddity.pointer
        if document.root_is_array:
            first, _, rest = pointer[1:].partition("/")
            item, pointer = int(first), f"/{rest}" if rest or pointer.count("/") > 1 else ""
        line, column = _line_and_column(document.data, oddity.offset)
        place = Place(document.path, line=line, column=column)
        document.notices.append(Notice(oddity.rule, oddity.params, (item, pointer), place))
    return document


def parses(data: bytes) -> bool:
    """Whether `data` is one JSON object or array, apart from repeated keys and the like."""
    import jiter

    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        jiter.from_json(data)
    except ValueError:
        return False
    return True


def item_of_line(path: str, line: bytes, index: int, number: int, limits: Limits) -> tuple[Item, list[Notice]]:
    """Return the value of a line of JSON Lines, and what is to be noticed in it.

    `index` counts the lines that are not empty, from 0, `number` all lines, from 1.
    """
    notices: list[Notice] = []
    try:
        value, found = _parse(line, limits)
    except _Refused as refused:
        _, column = _line_and_column(line, refused.offset)
        params: dict[str, Json] = {
            "line": number,
            "column": column,
            "reason_zh": refused.zh,
            "reason_en": refused.en,
        }
        place = Place(path, line=number, column=column)
        notices.append(Notice("unparsable-json", params, (index, ""), place))
        return Item(index, None, broken=True, text=line.decode("utf-8", "replace").strip()), notices
    for oddity in found:
        _, column = _line_and_column(line, oddity.offset)
        place = Place(path, line=number, column=column)
        if "first_line" in oddity.params:
            oddity.params["first_line"] = number
        notices.append(Notice(oddity.rule, oddity.params, (index, oddity.pointer), place))
    return Item(index, value), notices


@dataclass(frozen=True, slots=True)
class _Oddity:
    rule: str
    pointer: str
    offset: int
    params: dict[str, Json]


class _Refused(Exception):
    """Why a text cannot be parsed, and the byte offset where; `limit` names the limit it exceeds, if any."""

    def __init__(self, offset: int, zh: str, en: str, limit: str | None = None) -> None:
        super().__init__(en)
        self.offset, self.zh, self.en, self.limit = offset, zh, en, limit

    def unreadable(self, path: str, line: int, column: int, limits: Limits) -> Unreadable:
        place = Place(path, line=line, column=column)
        zh, en = f"第 {line} 行第 {column} 列：{self.zh}", f"line {line}, column {column}: {self.en}"
        if self.limit:
            return limits.exceeded(self.limit, path, zh, en, place=place)
        return Unreadable(
            path,
            f"不是合格的 JSON，{zh}。请改正后重试",
            f"not valid JSON, {en}; mend it and try again",
            place=place,
        )


def _parse(data: bytes, limits: Limits) -> tuple[Json, list[_Oddity]]:
    """Return the value of `data`, and what is odd in it; raises `_Refused`."""
    import jiter

    plain = len(data) <= _SHORT and _as_written(data)
    if plain:
        _keep_limits(data, plain, limits)
        return plain, []
    look_again = False
    try:
        value: Json = jiter.from_json(data, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError:
        look_again = True
        try:
            value = jiter.from_json(data, allow_inf_nan=True)
        except ValueError as error:
            raise _refusal(data, str(error)) from None
    if look_again or _is_suspicious(data):
        found = list(_oddities(data, value, limits))
        for oddity in found:
            if oddity.rule == "not-a-json-number":
                value = _replaced(value, oddity.pointer, oddity.params["value"])
    else:
        found = []
    _keep_limits(data, value, limits)
    return value, found


def _as_written(data: bytes) -> Json:
    """Return the value of a text that is what is written for its value, byte by byte; `None` if it is not.

    Then no key is repeated and no number odd, which takes half as long to see as to look for each of them.
    """
    try:
        value: Json = orjson.loads(data)
        same = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == data.rstrip(b"\r\n")
    except (ValueError, TypeError):
        return None
    return value if same and b"\\u0000" not in data else None


def _is_suspicious(data: bytes) -> bool:
    """Whether there may be what the parser accepts and a second look must judge.

    That is: numbers of 19 digits and more, an exponent of three, an escaped NUL. A pattern would take
    longer than the parser does.
    """
    shape = data.translate(_SHAPES)
    return _MANY_DIGITS in shape or b"0e000" in shape or b"0e+000" in shape or b"\\u0000" in data


def _oddities(data: bytes, value: Json, limits: Limits) -> Iterator[_Oddity]:
    start = scan.skip_space(data, 0)
    for oddity in scan.oddities(data, start):
        if isinstance(oddity, scan.Repeat):
            line, _ = _line_and_column(data, oddity.first)
            params: dict[str, Json] = {"key": oddity.key, "first_line": line}
            yield _Oddity("duplicate-key", oddity.pointer, oddity.second, params)
            continue
        text = oddity.text
        if text.lstrip("-").isdigit():
            if len(text) > limits.digits:
                raise _Refused(oddity.offset, "数字太长", "a number is too long", "digits")
            if len(text) > 18 and abs(int(text)) > _LARGEST:
                yield _Oddity("integer-too-large", oddity.pointer, oddity.offset, {"value": text})
        elif len(text) > limits.digits:
            raise _Refused(oddity.offset, "数字太长", "a number is too long", "digits")
        elif not _is_finite(text):
            yield _Oddity("not-a-json-number", oddity.pointer, oddity.offset, {"value": text})
    if b"\\u0000" in data:
        for pointer, kind in _walk(value, ""):
            if isinstance(kind, str) and "\0" in kind:
                spot = scan.locate(data, start, steps_of(pointer))
                yield _Oddity("nul-character", pointer, spot.value, {"count": kind.count("\0")})


def _is_finite(text: str) -> bool:
    try:
        return abs(float(text)) != float("inf") and text.lower().strip("-") not in ("nan", "inf", "infinity")
    except ValueError:
        return False


def _replaced(value: Json, pointer: str, text: Json) -> Json:
    """Put `text` where `value` has a number that is none; of repeated keys the last one is there."""
    steps = steps_of(pointer)
    if not steps:
        return text
    parent: Json = value
    for step in steps[:-1]:
        if isinstance(parent, list) and int(step) < len(parent):
            parent = parent[int(step)]
        elif isinstance(parent, dict):
            parent = parent.get(step)
    if isinstance(parent, list) and int(steps[-1]) < len(parent):
        parent[int(steps[-1])] = text
    elif isinstance(parent, dict) and isinstance(parent.get(steps[-1]), float):
        parent[steps[-1]] = text
    return value


def _keep_limits(data: bytes, value: Json, limits: Limits) -> None:
    """Raise `_Refused` for what is nested too deep, too long or has too many keys.

    A look at every value costs as much as parsing, so each is spared where the text tells enough: it is
    short, it has few brackets, no two of its quotes are far enough from each other for a key that is too
    long.
    """
    if len(data) > 4 * limits.keys or data.count(b"{") + data.count(b"[") > limits.depth:
        _keep_limits_of_containers(data, value, limits)
    short = len(data) <= min(limits.text, limits.key)
    if not short and (min(limits.key, limits.text) < 1024 or b'\\"' in data or _LONG_TEXT.search(data)):
        _keep_limits_of_texts(data, value, limits)


def _keep_limits_of_containers(data: bytes, value: Json, limits: Limits) -> None:
    level: list[dict[str, Json] | list[Json]] = [value] if isinstance(value, (dict, list)) else []
    depth = 0
    while level:
        depth += 1
        if depth > limits.depth:
            raise _at(data, value, level[0], "嵌套太深", "values are nested too deep", "depth")
        crowded = next((node for node in level if type(node) is dict and len(node) > limits.keys), None)
        if crowded is not None:
            raise _at(data, value, crowded, "键太多", "an object has too many keys", "keys")
        level = [
            member
            for node in level
            for member in (node.values() if type(node) is dict else node)
            if type(member) is dict or type(member) is list
        ]


def _keep_limits_of_texts(data: bytes, value: Json, limits: Limits) -> None:
    todo: list[Json] = [value]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if any(len(key) > limits.key for key in node):
                raise _at(data, value, node, "键太长", "a key is too long", "key")
            todo += node.values()
        elif isinstance(node, list):
            todo += node
        elif isinstance(node, str) and len(node) > limits.text:
            raise _at(data, value, node, "文字太长", "a text is too long", "text")


def _at(data: bytes, root: Json, wanted: Json, zh: str, en: str, limit: str) -> _Refused:
    pointer = next((pointer for pointer, node in _walk(root, "") if node is wanted), "")
    spot = scan.locate(data, scan.skip_space(data, 0), steps_of(pointer))
    return _Refused(spot.value, zh, en, limit)


def _walk(value: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    stack: list[tuple[str, Json]] = [(pointer, value)]
    while stack:
        here, node = stack.pop()
        yield here, node
        if isinstance(node, dict):
            stack += [(here + pointer_step(key), member) for key, member in node.items()]
        elif isinstance(node, list):
            stack += [(f"{here}/{index}", member) for index, member in enumerate(node)]


def _refusal(data: bytes, message: str) -> _Refused:
    match = _WHERE.search(message)
    offset = 0
    if match:
        line, column = int(match.group(1)), int(match.group(2))
        offset = min(len(data), _line_start(data, line) + max(0, column - 1))
    if message.startswith("recursion limit"):
        return _Refused(offset, "嵌套太深", "values are nested too deep", "depth")
    if message.startswith("number out of range"):
        return _Refused(offset, "数字太长", "a number is too long", "digits")
    for start, zh, en in _REASONS:
        if start in message:
            return _Refused(offset, zh, en)
    return _Refused(offset, "写法不对", "this is not how JSON is written")


def _line_start(data: bytes, line: int) -> int:
    position = 0
    for _ in range(line - 1):
        position = data.find(b"\n", position) + 1
    return position


def _line_and_column(data: bytes, offset: int, start: int = 0) -> tuple[int, int]:
    """Return line and column of `offset`, counted in characters from (1, 1) at `start`."""
    line_start = data.rfind(b"\n", start, offset) + 1 or start
    return data.count(b"\n", start, offset) + 1, len(data[line_start:offset].decode("utf-8", "replace")) + 1


def _offset(data: bytes, start: int, pointer: str, key: bool) -> int:
    """Return the byte offset of what `pointer` leads to from the value at `start`, or of its key."""
    steps = steps_of(pointer)
    spot = scan.locate(data, start, steps)
    return spot.key if key and spot.key is not None and spot.found == len(steps) else spot.value
