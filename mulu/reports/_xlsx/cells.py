"""Cells, sheet names and comments, written so that nothing out of the data can do harm or be damaged."""

import re
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from openpyxl.styles import Alignment

from mulu.texts import Text, clean, lines_in

COPIED_CELLS = 200_000
"""How many cells are copied of inputs that cannot be given back as they are."""
LONGEST = 32_767
"""Characters (UTF-16 units) that a cell or comment can hold."""
WRAP = Alignment(vertical="top", wrap_text=True)

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# What a spreadsheet would take for a character by its number (ECMA-376 part 1, 22.9.2.19).
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))

Spot = tuple[Any, int, int]
"""A sheet of openpyxl, a row (0: the whole sheet) and a column (0: the whole row)."""


class Copy(Protocol):
    """One input in the workbook."""

    def spot(self, finding: dict[str, Any]) -> Spot | None:
        """Return where a finding of the input stands, `None` if it is of the file as a whole."""


@dataclass(slots=True)
class Account:
    """The language of the workbook, how many cells may still be copied, and what its first sheet has to say."""

    language: str
    left: int = COPIED_CELLS
    notes: list[Text] = field(default_factory=list)

    def note(self, zh: str, en: str) -> None:
        """Say something once."""
        if Text(zh, en) not in self.notes:
            self.notes.append(Text(zh, en))

    def cut(self, name: str, row: int) -> None:
        """Say that a sheet was not copied to its end."""
        self.note(
            f"“{name}”只复制到第 {row} 行：复制的单元格以 {COPIED_CELLS} 个为限，其余请看原文件",
            f"“{name}” is copied up to row {row}: no more than {COPIED_CELLS} cells are copied; see the file itself",
        )


@dataclass(slots=True)
class Looks:
    """Gives cells of a workbook their looks.

    What is alike is made once: openpyxl compares whatever it is given with all that it has.
    """

    _made: dict[tuple[bytes, tuple[tuple[str, int], ...]], Any] = field(default_factory=dict)

    def give(self, cell: Any, **looks: Any) -> None:
        """Set `alignment`, `border`, `fill` or `font` of a cell to objects that live as long as the workbook."""
        key = (cell._style.tobytes() if cell._style else b"", tuple((name, id(look)) for name, look in looks.items()))
        if key not in self._made:
            for name, look in looks.items():
                setattr(cell, name, look)
            self._made[key] = cell._style
        cell._style = copy(self._made[key])


def unique(book: Any, name: str) -> str:
    """Return `name` as a sheet of `book` can be called: 31 characters, none of them forbidden, not taken."""
    name = clean(name).translate(_NOT_IN_NAMES).strip("' ") or "Sheet"
    taken = {sheet.title.casefold() for sheet in book._sheets} | {"history"}
    shown, number = _cut(name, 31), 1
    while shown.casefold() in taken:
        number += 1
        shown = f"{_cut(name, 28 - len(str(number))).strip()} ({number})"
    return shown


def _cut(text: str, length: int) -> str:
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore")


def put(sheet: Any, row: int, column: int, value: Any, account: Account | None = None) -> Any:
    """Write a value into a cell; a text stays one, whatever it begins with or looks like."""
    cell = sheet.cell(row, column)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        value = str(value)
    if isinstance(value, date) and value.year < 1900:
        value = value.isoformat()
    if not isinstance(value, str):
        cell.value = value
        if isinstance(value, int) and abs(value) >= 10**11:
            cell.number_format = "0"
        return cell
    text = _ESCAPE.sub("_x005F_", _FORBIDDEN.sub(lambda match: _visible(match.group()), value))
    if len(text) > LONGEST // 2 and len(text.encode("utf-16-le")) > 2 * LONGEST:
        text = _cut(text, LONGEST - 1) + "…"
        if account is not None:
            account.note(
                f"“{sheet.title}”中有文字超过 {LONGEST} 个字符，一个单元格放不下，已截断（以…结尾）",
                f"“{sheet.title}” has texts of more than {LONGEST} characters, which no cell holds: "
                "they are cut and end in …",
            )
    cell.value = text
    cell.data_type = "s"
    return cell


def _visible(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def fit(comment: Any) -> None:
    """Make a comment's box large enough for its text; openpyxl does not keep the size that it had."""
    comment.width, comment.height = 330, min(30 + 19 * lines_in(comment.text, 44), 480)
