"""TOML with the line of every key, which the standard library's parser does not tell."""

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from mulu.errors import Unreadable
from mulu.place import Place
from mulu.pointer import pointer_of
from mulu.texts import Text
from mulu.words import told_or_quoted

if TYPE_CHECKING:
    from mulu.yaml import Positions

# Before Python 3.14 the exception tells the line in its sentence only.
_AT = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")
_DAY = re.compile(r"=[ \t]*([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})")
_LONGEST = 16 * 2**20
_PARTS = 64
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*(\.?)""")
_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|\'\'\'(?:[^']|'{1,2}(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|'''
    r"""\#[^\n]*|[\[\]{}]|\n|[^"'\#\[\]{}\n]+""",
    re.DOTALL,
)


def load_toml(text: str, *, name: str) -> "tuple[dict[str, Any], Positions]":
    """Return the value of a TOML text, and the line and column of each key by its pointer.

    What stands inside an inline table or an array has no place of its own. Raises `Unreadable`, with the place, if
    `text` is no TOML.

    >>> load_toml("[[a]]\\nb.c = 1", name="x")
    ({'a': [{'b': {'c': 1}}]}, {'/a/0': (1, 1), '/a': (1, 1), '/a/0/b/c': (2, 1), '/a/0/b': (2, 1)})
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text) > _LONGEST:
        raise Unreadable(
            name,
            f"TOML 文件太大（上限 {_LONGEST // 2**20} MiB）；请减少内容",
            f"the TOML file is too large (limit {_LONGEST // 2**20} MiB); put less into it",
        )
    _refuse_long_keys(text, name)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        # Without a line it is the end that came too soon.
        place = (
            Place(name, line=int(at[1]), column=int(at[2])) if at else Place(name, line=text.rstrip().count("\n") + 1)
        )
        reason = _no_day(text, at) or told_or_quoted("toml", _AT.sub("", str(error)))
        raise Unreadable(name, f"不是合格的 TOML：{reason.zh}", f"no valid TOML: {reason.en}", place=place) from None
    except RecursionError:
        raise Unreadable(name, "TOML 嵌套太深；请减少嵌套", "the TOML is nested too deep; nest it less") from None
    return data, _positions(text)


def _no_day(text: str, at: re.Match[str] | None) -> Text | None:
    """Return what is wrong if the parser stopped in what should be a date, which it tells as something else."""
    if at is None:
        return None
    line, column = text.split("\n")[int(at[1]) - 1], int(at[2]) - 1
    for day in _DAY.finditer(line):
        if day.start(1) <= column <= day.end(1) and not _is_day(day[1]):
            return Text(f"{day[1]} 不是日期；日期写作 2027-01-31", f"{day[1]} is no date; one is written 2027-01-31")
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refuse_long_keys(text: str, name: str) -> None:
    """Raise `Unreadable` for a key of many parts, which takes the parser time with the square of their number."""
    line, parts = 1, 0
    for match in _TOKEN.finditer(text):
        said = match.group()
        line += said.count("\n")
        if said[0] in "[]{}\n":
            parts = 0
        elif said[0] not in "\"'#":
            # A number has a point, too, but one.
            ends = max(said.rfind("="), said.rfind(","))
            parts = said.count(".", ends + 1) + (parts if ends < 0 else 0)
            longest = max(one.count(".") for one in re.split("[=,]", said))
            if max(parts, longest) > _PARTS:
                raise Unreadable(
                    name,
                    f"键的层数太多（上限 {_PARTS}）；请减少嵌套",
                    f"a key has too many parts (limit {_PARTS}); nest it less",
                    place=Place(name, line=line),
                )


def _positions(text: str) -> "Positions":
    found: Positions = {}
    arrays: dict[str, int] = {}
    table: tuple[str | int, ...] = ()
    # Lines are counted on from the last key: from the beginning, it would take time with the square of the length.
    at = counted = 0
    line = 1
    while at < len(text):
        if text[at] in " \t\n":
            at += 1
            continue
        start = at
        line += text.count("\n", counted, start)
        counted = start
        column = start - text.rfind("\n", 0, start)
        if text[at] == "[":
            double = text.startswith("[[", at)
            keys, at = _keys(text, at + 1 + double)
            table = _resolved(tuple(keys[:-1] if double else keys), arrays)
            if double:
                array = pointer_of((*table, keys[-1]))
                arrays[array] = arrays.get(array, -1) + 1
                table = (*table, keys[-1], arrays[array])
            here = table
        elif text[at] != "#":
            keys, at = _keys(text, at)
            here = (*table, *keys)
        else:
            here = ()
        for length in range(len(here), 0, -1):
            found.setdefault(pointer_of(here[:length]), (line, column))
        at = _after(text, at)
    return found


def _keys(text: str, at: int) -> tuple[list[str], int]:
    keys: list[str] = []
    while (match := _KEY.match(text, at)) is not None:
        part = match[1]
        keys.append(next(iter(tomllib.loads(f"{part} = 0"))) if part[0] in "\"'" else part)
        at = match.end()
        if not match[2]:
            break
    return keys, at


def _resolved(keys: tuple[str, ...], arrays: dict[str, int]) -> tuple[str | int, ...]:
    """Return the path of a table; below an array of tables it belongs to the last of them."""
    path: tuple[str | int, ...] = ()
    for key in keys:
        path = (*path, key)
        if pointer_of(path) in arrays:
            path = (*path, arrays[pointer_of(path)])
    return path


def _after(text: str, at: int) -> int:
    """Return where the statement ends whose key ends at `at`."""
    depth = 0
    while (match := _TOKEN.match(text, at)) is not None:
        at = match.end()
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match.group(), 0)
        if match.group() == "\n" and depth <= 0:
            return at
    return len(text)
