"""The lines of a table: the rows below its headings, without those that are no data."""

import sys
from collections.abc import Iterator, Mapping

from mulu.convert.columns import Columns
from mulu.convert.header_rows import Merged, heading_text
from mulu.convert.headings import as_unit
from mulu.convert.non_data_rows import REPEATED, TITLE, UNITS, Around, Asides
from mulu.convert.table_name import names_table
from mulu.convert.tables import Ditto, Line, Table, cells_of
from mulu.convert.units import Said
from mulu.convert.values import Cell, as_text, is_blank, is_ditto
from mulu.readers.model import Area, Ref, Row, Sheet
from mulu.texts import Text


def sheet_table(
    sheet: Sheet,
    header: range,
    columns: Columns,
    asides: Asides | None = None,
    merged: Merged | None = None,
    *,
    is_whole: bool = False,
) -> Table:
    """Return the table below the header rows, given by their positions, without the rows that are no data.

    Its lines can be read once, as they are asked for; what was passed over, and whether another table follows, is
    known behind them. `merged` are the merged cells of the sheet, if they are sorted already. A table that
    `is_whole` is one entry, and ends where its headings stand again.
    """
    heading = sheet.rows[header[-1]].number
    table = Table(sheet.index, sheet.name, columns, (), date_1904=sheet.date_1904, heading=heading)
    asides, merged = asides or Asides(columns, (), (), None), merged or Merged(sheet.merged)
    table.lines = _lines(sheet, header, table, asides, merged, is_whole)
    return table


def _lines(sheet: Sheet, header: range, table: Table, asides: Asides, merged: Merged, is_whole: bool) -> Iterator[Line]:
    labels = {item.number for item in table.columns}
    header_end = sheet.rows[header[-1]].number
    header_rows = [[heading_text(cell) for cell in sheet.rows[r].cells] for r in header]
    down = _MergedDown(merged)
    before: Mapping[int, Cell] = {}
    above, follows_data, follows_note = header_end, False, False
    last: dict[int, Cell] = {}
    for position, row, filled, after in _with_next(sheet, header[-1] + 1):
        covered = {number: one for number, one in down.at(row).items() if number in labels}
        is_covered = any(number not in filled for number in covered)
        around = Around(before, after, row.number > above + 1, follows_data, follows_note, is_covered)
        above = row.number
        if asides.begins_table(filled, around, is_whole=is_whole):
            table.further = position
            return
        if len(filled) > 1 and any(_is_repeated(one, row) for one in header_rows):
            reason: Text | None = REPEATED
        elif _may_be_title(filled) and asides.begins_table(
            after, around._replace(follows_note=True), is_whole=is_whole
        ):
            reason = TITLE
        else:
            reason = asides.reason(filled, _width(merged.at(row.number), next(iter(filled))), around)
        if reason is not None:
            table.passed_over.append((row.number, reason, sample(filled), len(filled)))
            if reason is UNITS:
                here = {one.column: one for one in _units(filled, sheet.index, row.number)}
                table.units[:] = [one for one in table.units if one.column not in here] + [*here.values()]
            # Below headings that are repeated there may be hints once more.
            follows_note, follows_data = True, follows_data and reason is not REPEATED
            continue
        before, follows_data, follows_note = (dict(filled) if covered else filled), True, False
        refs: dict[int, Ref] = {number: (sheet.index, row.number, number) for number in filled}
        spread = set()
        for number, (top, value) in covered.items():
            if number not in filled:
                filled[number] = value
                refs[number] = (sheet.index, top, number)
                spread.add(number)
        written = _take_over(filled, last, refs, table)
        last |= filled
        yield Line(row.number, filled, refs, (sheet.index, row.number, 0), frozenset(spread), written)


def _take_over(
    filled: dict[int, Cell], last: Mapping[int, Cell], refs: Mapping[int, Ref], table: Table
) -> Mapping[int, Cell]:
    """Fill the cells that stand for the one above with its content, and return what they say themselves.

    Where nothing stands above, the cell stays as it is.
    """
    written = {number: cell for number, cell in filled.items() if is_ditto(cell) and number in last}
    for number, cell in written.items():
        filled[number] = last[number]
        told = table.dittos.setdefault(number, Ditto(as_text(cell), last[number], refs[number]))
        told.count += 1
    return written


def _may_be_title(filled: Mapping[int, Cell]) -> bool:
    return len(filled) == 1 or names_table(filled)


def _units(filled: Mapping[int, Cell], sheet: int, row: int) -> Iterator[Said]:
    for number, cell in filled.items():
        text = heading_text(cell)
        unit = as_unit(text)
        if unit is not None:
            yield Said(unit, text, (sheet, row, number), number)


def _width(areas: list[Area], column: int) -> int:
    return next((right - left + 1 for _, left, _, right in areas if left == column), 1)


def rows_from(sheet: Sheet, start: int) -> Iterator[tuple[int, Row]]:
    """Yield the rows from a position on, with their positions; those before it are not passed through."""
    for position in range(start, len(sheet.rows)):
        yield position, sheet.rows[position]


def _with_next(sheet: Sheet, start: int) -> Iterator[tuple[int, Row, dict[int, Cell], Mapping[int, Cell]]]:
    """Yield the rows that hold something: position, row, its cells, and those of the next one."""
    last: tuple[int, Row, dict[int, Cell]] | None = None
    for position, row in rows_from(sheet, start):
        filled = cells_of(row)
        if filled:
            if last is not None:
                yield (*last, filled)
            last = position, row, filled
    if last is not None:
        yield (*last, {})


def sample(filled: Mapping[int, Cell]) -> str:
    """Return what a row says, as far as it is shown."""
    return " ".join(heading_text(cell) for cell in filled.values())[:80]


def _is_repeated(header: list[str], row: Row) -> bool:
    return len(header) == len(row.cells) and all(
        heading_text(cell) == text for cell, text in zip(row.cells, header, strict=True)
    )


class _MergedDown:
    """What merged cells hold for the rows below their first, as these come one after the other."""

    def __init__(self, merged: Merged) -> None:
        self._merged = merged
        self._open: dict[int, tuple[int, int, Cell]] = {}
        self._covers: dict[int, tuple[int, Cell]] = {}
        self._until = 0

    def at(self, row: Row) -> dict[int, tuple[int, Cell]]:
        """Return column -> (first row, value) of the cells that reach down to a row."""
        if self._until < row.number:
            self._change({column: one for column, one in self._open.items() if one[0] >= row.number})
        found = self._covers
        begun = {
            left: (bottom, top, value)
            for top, left, bottom, _ in self._merged.at(row.number)
            if bottom > top and not is_blank(value := row.cell(left))
        }
        if begun:
            self._change({**self._open, **begun})
        return found

    def _change(self, areas: dict[int, tuple[int, int, Cell]]) -> None:
        self._open = areas
        self._covers = {column: (top, value) for column, (_, top, value) in areas.items()}
        self._until = min((bottom for bottom, _, _ in areas.values()), default=sys.maxsize)
