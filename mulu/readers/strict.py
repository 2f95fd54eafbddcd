"""A JSON text: its value by a strict parser, and what is odd in it by a scan of the text.

Most texts are read by a quick parser (orjson), where what it would write for the value tells that nothing is odd. The
strict one (jiter) refuses what other software would read each in its own way: repeated keys, `NaN`. Such a text is
read once more, tolerantly, and each of them is told. What two readers cannot disagree on is a syntax error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.pointer import pointer_step, steps_of
from mulu.readers import scan
from mulu.readers.model import Json
from mulu.words import told_or_quoted

_LARGEST = 2**63 - 1
# Bytes by what matters of them in `_is_suspicious`: digits, exponents, the rest.
_SHAPES = bytes(
    0x30 if 0x30 <= code <= 0x39 else 0x65 if code in b"eE" else 0x2B if code == 0x2B else 0x2E for code in range(256)
)
_SHORT = 2**20
_MANY_DIGITS = b"0" * 19
# A number such as that, where a number may stand; most such digits are codes in texts.
_LARGE = re.compile(rb"(?:^|[ \t\r\n:,\[])-?(?:[0-9]+\.)?(?:[0-9]{19}|[0-9]+[eE][+-]?[0-9]{3})")
_LONG = 1024
_LONG_TEXT = re.compile(rb'"[^"]{%d}' % _LONG)
_WHERE = re.compile(r" at line (\d+) column (\d+)$")


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


@dataclass(frozen=True, slots=True)
class Oddity:
    rule: str
    pointer: str
    offset: int
    params: dict[str, Json]


class Refused(Exception):
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
            f"invalid JSON, {en}; correct it and try again",
            place=place,
        )


def parse(data: bytes, limits: Limits) -> tuple[Json, list[Oddity]]:
    """Return the value of `data`, and what is odd in it; raises `Refused`."""
    plain = _plain(data) if len(data) <= _SHORT else None
    if plain:
        _keep_limits(data, plain, limits)
        return plain, []
    import jiter

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


def _plain(data: bytes) -> Json:
    """Return the value of a text in which no key is repeated and no number is odd; `None` if that is not certain.

    That is told by what is written for the value, which takes half as long as to look for each: the same bytes, or as
    many quotes where only blanks and escapes are others. A key that was repeated would be missing there with its own.
    """
    try:
        value: Json = orjson.loads(data)
        written = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except (ValueError, TypeError):
        return None
    if written == data.rstrip(b"\r\n"):
        return None if _has(data, b"\\u0000") else value
    if written.count(b'"') != data.count(b'"') or _has(data, b"\\u0022") or _is_suspicious(data):
        return None
    return value


def _has(data: bytes, escape: bytes) -> bool:
    """Whether an escape stands in a text. Most have no backslash, and one byte is looked for ten times as quickly."""
    return b"\\" in data and escape in data


def _is_suspicious(data: bytes) -> bool:
    """Whether there may be what the parser accepts and a second look must judge.

    That is: numbers of 19 digits and more, an exponent of three, an escaped NUL. The pattern alone would take longer
    than the parser does.
    """
    shape = data.translate(_SHAPES)
    digits = _MANY_DIGITS in shape or b"0e000" in shape or b"0e+000" in shape
    return (digits and _LARGE.search(data) is not None) or _has(data, b"\\u0000")


def _oddities(data: bytes, value: Json, limits: Limits) -> Iterator[Oddity]:
    finder = scan.Finder(data)
    for oddity in scan.oddities(data, finder.root):
        if isinstance(oddity, scan.Repeat):
            line, _ = finder.line_and_column(oddity.first)
            params: dict[str, Json] = {"key": oddity.key, "first_line": line}
            yield Oddity("duplicate-key", oddity.pointer, oddity.second, params)
            continue
        text = oddity.text
        if text.lstrip("-").isdigit():
            if len(text) > limits.digits:
                raise Refused(oddity.offset, "数字太长", "a number is too long", "digits")
            if len(text) > 18 and abs(int(text)) > _LARGEST:
                yield Oddity("integer-too-large", oddity.pointer, oddity.offset, {"value": text})
        elif len(text) > limits.digits:
            raise Refused(oddity.offset, "数字太长", "a number is too long", "digits")
        elif not _is_finite(text):
            yield Oddity("not-a-json-number", oddity.pointer, oddity.offset, {"value": text})
    if _has(data, b"\\u0000"):
        for pointer, kind in _walk(value, ""):
            if isinstance(kind, str) and "\0" in kind:
                spot = finder.locate(steps_of(pointer))
                yield Oddity("nul-character", pointer, spot.value, {"count": kind.count("\0")})


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
    """Raise `Refused` for what is nested too deep, too long or has too many keys.

    A look at every value costs as much as parsing, so each is spared where the text tells enough: it is
    short, it has few brackets, no two of its quotes are far enough from each other for a key that is too
    long.
    """
    size, longest = len(data), limits.key if limits.key < limits.text else limits.text
    if size > 4 * limits.keys or data.count(b"{") + data.count(b"[") > limits.depth:
        _keep_limits_of_containers(data, value, limits)
    if size > longest and (longest < _LONG or _has(data, b'\\"') or _has_long_text(data)):
        _keep_limits_of_texts(data, value, limits)


def _has_long_text(data: bytes) -> bool:
    """Whether two quotes may be so far from each other; of a text that is not much longer its middle tells enough."""
    if _LONG < len(data) < 2 * _LONG and data.find(b'"', len(data) - _LONG, _LONG) >= 0:
        return False
    return _LONG_TEXT.search(data) is not None


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


def _at(data: bytes, root: Json, wanted: Json, zh: str, en: str, limit: str) -> Refused:
    pointer = next((pointer for pointer, node in _walk(root, "") if node is wanted), "")
    spot = scan.Finder(data).locate(steps_of(pointer))
    return Refused(spot.value, zh, en, limit)


def _walk(value: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    stack: list[tuple[str, Json]] = [(pointer, value)]
    while stack:
        here, node = stack.pop()
        yield here, node
        if isinstance(node, dict):
            stack += [(here + pointer_step(key), member) for key, member in node.items()]
        elif isinstance(node, list):
            stack += [(f"{here}/{index}", member) for index, member in enumerate(node)]


def _refusal(data: bytes, message: str) -> Refused:
    match = _WHERE.search(message)
    offset = 0
    if match:
        line, column = int(match.group(1)), int(match.group(2))
        offset = min(len(data), _line_start(data, line) + max(0, column - 1))
    if message.startswith("recursion limit"):
        return Refused(offset, "嵌套太深", "values are nested too deep", "depth")
    if message.startswith("number out of range"):
        return Refused(offset, "数字太长", "a number is too long", "digits")
    return Refused(offset, *told_or_quoted("json", message))


def _line_start(data: bytes, line: int) -> int:
    position = 0
    for _ in range(line - 1):
        position = data.find(b"\n", position) + 1
    return position
