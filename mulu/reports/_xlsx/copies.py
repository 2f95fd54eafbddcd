"""Copies of inputs that are no workbook, or not the only one: the values that their readers saw.

A copy finds the cell of a finding: by sheet, row and column, or by line and column of a text.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from mulu.convert import open_source
from mulu.errors import MuluError
from mulu.pointer import Json, dumps, pointer_step, steps_of
from mulu.readers import Document, Ref, Sheet
from mulu.reports._xlsx.cells import WRAP, Account, Copy, Spot, put, unique
from mulu.reports._xlsx.original import Sheets
from mulu.standard import Standard
from mulu.texts import Text, width

COLUMNS = 500
"""Properties of entries that have a column."""

_HEADING = Font(bold=True)


def copy(book: Any, document: Document, standard: Standard, wanted: str | None, stem: str, account: Account) -> Copy:
    """Add a copy of a document's sheets, or of its entries, to `book`; `stem` names what has no name."""
    if not document.sheets:
        return _copy_entries(book, document, standard, wanted, stem, account)
    by_name: dict[str, Any] = {}
    for sheet in document.sheets:
        made = _copy_sheet(book, sheet, stem, account)
        by_name.setdefault(sheet.name, made)
    return Records(document, by_name[""], by_name[""].max_column) if document.family == "csv" else Sheets(by_name)


def _copy_sheet(book: Any, source: Sheet, stem: str, account: Account) -> Any:
    sheet = book.create_sheet(unique(book, source.name or stem))
    sheet.sheet_state = "hidden" if source.hidden else "visible"
    widest: dict[int, int] = {}
    last = 0
    for row in source.rows:
        account.left -= len(row.cells)
        if account.left < 0:
            account.cut(sheet.title, last)
            break
        last = row.number
        for column, value in enumerate(row.cells, 1):
            if value is not None:
                cell = put(sheet, row.number, column, value, account)
                wide = max(map(width, value.split("\n"))) if isinstance(value, str) else 11
                widest[column] = max(widest.get(column, 0), wide)
                if wide > 40 or (isinstance(value, str) and "\n" in value):
                    cell.alignment = WRAP
    for column, wide in widest.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(max(wide + 2, 9), 42)
    _merge(sheet, [area for area in source.merged if area[0] <= last], account)
    return sheet


def _merge(sheet: Any, areas: list[tuple[int, int, int, int]], account: Account) -> None:
    """Merge ranges as they were; overlapping ones, which HTML allows, would make the workbook damaged."""
    taken: set[tuple[int, int]] = set()
    for top, left, bottom, right in areas:
        size = (bottom - top + 1) * (right - left + 1)
        if not 1 < size <= account.left:
            continue
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if taken.isdisjoint(cells):
            taken |= cells
            account.left -= size
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


@dataclass(slots=True)
class Records:
    """The copy of a CSV file; its findings have lines and characters, its sheet rows and columns."""

    document: Document
    sheet: Any
    width: int
    _columns: dict[int, dict[tuple[int | None, int | None], int]] = field(default_factory=dict)

    def spot(self, finding: dict[str, Any]) -> Spot | None:
        """Return where a finding stands."""
        place = finding["source"]
        row = place["row"]
        if row is None:
            return None
        if row not in self._columns:
            found: dict[tuple[int | None, int | None], int] = {}
            for column in range(1, min(self.width, COLUMNS) + 2):
                at = self.document.place((0, row, column))
                found.setdefault((at.line, at.column), column)
            self._columns[row] = found
        return self.sheet, row, self._columns[row].get((place["line"], place["column"]), 0)


class _Starts:
    """The places where entries start, looked up as a search asks for them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.refs: list[Ref] = []
        self._known: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self.refs)

    def __getitem__(self, index: int) -> tuple[int, int]:
        if index not in self._known:
            place = self.document.place(self.refs[index])
            self._known[index] = place.line or 0, place.column or 0
        return self._known[index]


@dataclass(slots=True)
class Entries:
    """The entries of a JSON, JSON Lines or YAML file, one a row; columns are added as they are needed."""

    sheet: Any
    starts: _Starts
    titles: dict[str, Text]
    language: str
    columns: dict[str, int] = field(default_factory=dict)

    def column(self, pointer: str) -> int:
        """Return the column of a property, 0 if there are too many."""
        known = self.columns.get(pointer, 0)
        if known or len(self.columns) >= COLUMNS:
            return known
        number = self.columns[pointer] = len(self.columns) + 2
        name = ".".join(steps_of(pointer))
        title = self.titles.get(pointer)
        heading = put(self.sheet, 1, number, f"{title.get(self.language)}\n{name}" if title else name)
        heading.font, heading.alignment = _HEADING, WRAP
        wide = max(map(width, str(heading.value).split("\n")))
        self.sheet.column_dimensions[get_column_letter(number)].width = min(max(wide + 2, 14), 36)
        return number

    def spot(self, finding: dict[str, Any]) -> Spot | None:
        """Return where a finding stands: its entry is the last that starts before its place."""
        place = finding["source"]
        if place["line"] is None or not finding["entry"]:
            return None
        row = bisect_right(self.starts, (place["line"], place["column"] or 1))
        if not row:
            return None
        here = finding["pointer"]
        while here and here not in self.columns:
            here = here.rpartition("/")[0]
        if not here:
            named: list[str] = []
            for step in finding["pointer"].split("/")[1:]:
                if step.isdecimal():
                    break
                named.append(f"/{step}")
            here = "".join(named)
        return self.sheet, row + 1, self.column(here) if here else 0


def _copy_entries(
    book: Any, document: Document, standard: Standard, wanted: str | None, stem: str, account: Account
) -> Copy:
    sheet = book.create_sheet(unique(book, stem))
    titles = {item.pointer: item.title for kind in standard.schemas.kinds for item in standard.schemas.properties(kind)}
    entries = Entries(sheet, _Starts(document), titles, account.language)
    put(sheet, 1, 1, Text("序号", "No.").get(account.language)).font = _HEADING
    try:
        for number, sourced in enumerate(open_source(document, standard, wanted), 1):
            row = dict(_flat(sourced.entry))
            account.left -= len(row) + 1
            if account.left < 0:
                account.cut(sheet.title, number)
                break
            entries.starts.refs.append(sourced.trace[""] if sourced.trace else (sourced.item, ""))
            put(sheet, number + 1, 1, number)
            for pointer, value in row.items():
                column = entries.column(pointer)
                if column and value is not None:
                    put(sheet, number + 1, column, value, account).alignment = WRAP
    except MuluError:
        # Why is told of the input.
        pass
    sheet.freeze_panes = "B2"
    return entries


def _flat(entry: Json) -> Iterator[tuple[str, Any]]:
    """Yield what goes into a row: texts and numbers, lists of them joined, other lists as JSON."""
    waiting: list[tuple[str, Json]] = [("", entry)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(pointer + pointer_step(key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list) and pointer:
            plain = all(isinstance(item, str | int | float) for item in value)
            yield pointer, "\n".join(map(str, value)) if plain else dumps(value).decode("utf-8", "replace")
        elif pointer:
            yield pointer, value
