"""What a table is called that describes one thing as a whole: by the title above it, or by its sheet.

表1 婚姻登记信息
字段名 | 类型    | 长度 | 说明
XM     | varchar | 50   | 姓名
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mulu.convert.headings import normal, units_in
from mulu.convert.tables import cells_of
from mulu.convert.values import Cell, as_text, is_day
from mulu.readers.model import Ref, Sheet

_FARTHEST = 3
"""How many rows above the headings may hold the name."""
_MOST = 2
"""How many cells a row with a name has at most: a label and the name."""


class _Words(NamedTuple):
    """What stands in `table_name.toml`."""

    labels: frozenset[str]
    labelled: re.Pattern[str]
    before: re.Pattern[str]
    defaults: re.Pattern[str]
    no_names: tuple[str, ...]


class Name(NamedTuple):
    """A name, and where it stands; the heading row stands for the sheet's own name."""

    text: str
    ref: Ref


@cache
def _words() -> _Words:
    told = tomllib.loads((Path(__file__).parent / "table_name.toml").read_text(encoding="utf-8"))
    labels = "|".join(map(re.escape, told["labels"]))
    return _Words(
        frozenset(map(normal, told["labels"])),
        re.compile(rf"(?:{labels})\s*[:：]\s*(.+)", re.IGNORECASE),
        re.compile(told["before"]),
        re.compile(told["defaults"], re.IGNORECASE),
        tuple(told["no_names"]),
    )


def name_of(sheet: Sheet, start: int) -> Name | None:
    """Return the name of the table whose headings begin at a position of the sheet's rows."""
    for row in reversed(sheet.rows[max(0, start - _FARTHEST) : start]):
        filled = cells_of(row)
        if not filled:
            continue
        if len(filled) > _MOST:
            break
        if len(filled) == _MOST and not names_table(filled):
            break
        number, cell = [*filled.items()][-1]
        if (name := _name(as_text(cell))) is not None:
            return Name(name, (sheet.index, row.number, number))
    if sheet.name and not _words().defaults.fullmatch(sheet.name) and (name := _name(sheet.name)) is not None:
        return Name(name, (sheet.index, sheet.rows[start].number, 0))
    return None


def names_table(filled: Mapping[int, Cell]) -> bool:
    """Whether the cells of a row are the label of a table's name, and the name."""
    return len(filled) == _MOST and normal(as_text(next(iter(filled.values()))).rstrip(":：")) in _words().labels


def _name(text: str) -> str | None:
    """Return the name that a text above a table says; `None` if it says a day, a unit or whose table it is."""
    text = text.strip().lstrip("#*•· ").strip()
    if found := _words().labelled.fullmatch(text):
        text = found[1].strip()
    elif is_day(text) or units_in(text) or re.match(r"[^:：]{1,14}[:：]", text):
        return None
    text = _words().before.sub("", text, count=1).strip()
    return text if text and normal(text) not in map(normal, _words().no_names) else None
