"""Tables: a workbook, or comma-separated values that a spreadsheet opens as they are."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

from mulu.texts import shielded, width
from mulu.writers import workbook

Cell = str | int | float | None
Block = tuple[list[list[Cell]], list[int]]
"""Lines that belong together, and the positions of the columns whose cells are merged down over them."""

_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\]")
_NARROW, _WIDE = 9, 42
_A3 = "8"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its headings, outermost group first, the width of what stands below each, and its lines."""

    name: str
    headings: Sequence[tuple[str, ...]]
    widths: Sequence[int]
    blocks: Iterable[Block]


def write_table(stream: BinaryIO, sheets: Sequence[Sheet], ending: str) -> None:
    """Write sheets as a workbook (`.xlsx`), or the first of them as CSV."""
    if ending == ".csv":
        _write_csv(stream, sheets[0])
    else:
        _write_workbook(stream, sheets)


def _write_csv(stream: BinaryIO, sheet: Sheet) -> None:
    """Write RFC 4180 in UTF-8 with a byte order mark, by which spreadsheets know it."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="", write_through=False)
    try:
        out = csv.writer(text, lineterminator="\r\n")
        out.writerow([shielded(heading[-1]) for heading in sheet.headings])
        for lines, _ in sheet.blocks:
            for line in lines:
                out.writerow([shielded(cell) if isinstance(cell, str) else cell for cell in line])
        text.flush()
    finally:
        text.detach()


def _write_workbook(stream: BinaryIO, sheets: Sequence[Sheet]) -> None:
    import openpyxl

    book: Any = openpyxl.Workbook(write_only=True)
    for number, sheet in enumerate(sheets, start=1):
        _write_sheet(book.create_sheet(_NOT_IN_NAME.sub(" ", sheet.name)[:31] or f"Sheet{number}"), sheet)
    workbook.save(book, stream)


def _write_sheet(out: Any, sheet: Sheet) -> None:
    depth = max((len(heading) for heading in sheet.headings), default=1)
    _lay_out(out, sheet, depth)
    _write_headings(out, sheet, depth)
    _write_lines(out, sheet, depth)


def _lay_out(out: Any, sheet: Sheet, depth: int) -> None:
    """Set how wide columns and how high the headings are, and how the sheet is printed."""
    from openpyxl.utils import get_column_letter

    height = 1
    for number, (heading, wide) in enumerate(zip(sheet.headings, sheet.widths, strict=True), start=1):
        titles_wide = [width(line) for line in heading[-1].split("\n")]
        # A long heading is wrapped.
        of_title = max(one if one <= 16 else max(12, one // 2 + 1) for one in titles_wide)
        room = min(max(_NARROW, of_title + 2, wide + 2), _WIDE)
        out.column_dimensions[get_column_letter(number)].width = room
        height = max(height, sum(-(-one // (room - 2)) for one in titles_wide))
    out.row_dimensions[depth].height = 4 + 15 * height
    out.freeze_panes = f"A{depth + 1}"
    out.page_setup.orientation, out.page_setup.paperSize = "landscape", _A3
    out.print_title_rows = f"1:{depth}"


def _write_headings(out: Any, sheet: Sheet, depth: int) -> None:
    """Write the headings over each other, merged where neighbours are alike and where one reaches further down."""
    from openpyxl.styles import Alignment, Font, PatternFill

    title_style = {
        "font": Font(bold=True),
        "fill": PatternFill("solid", fgColor="DDEBF7"),
        "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True),
    }
    titles = [_cell(out, **title_style) for _ in sheet.headings]
    padded = [(heading[0],) * (depth - len(heading)) + heading for heading in sheet.headings]
    for row in range(depth):
        for made, parts in zip(titles, padded, strict=True):
            _put(made, parts[row])
        out.append(titles)
        position = 1
        for parts, alike in groupby(padded, key=lambda parts: parts[: row + 1]):
            count = len([*alike])
            if row < depth - 1 and len(parts) == row + 1 and count > 1:
                _merge(out, row + 1, position, row + 1, position + count - 1)
            position += count
    for number, heading in enumerate(sheet.headings, start=1):
        if len(heading) < depth:
            _merge(out, 1, number, depth - len(heading) + 1, number)


def _write_lines(out: Any, sheet: Sheet, depth: int) -> None:
    from openpyxl.styles import Alignment

    top = Alignment(vertical="top", wrap_text=True)
    texts = [_cell(out, alignment=top, number_format="@") for _ in sheet.headings]
    others = [_cell(out, alignment=top) for _ in sheet.headings]
    row = depth
    for lines, merged in sheet.blocks:
        for number in merged:
            _merge(out, row + 1, number + 1, row + len(lines), number + 1)
        for line in lines:
            for at, value in enumerate(line):
                _put(texts[at] if isinstance(value, str) else others[at], value)
            out.append([texts[at] if isinstance(value, str) else others[at] for at, value in enumerate(line)])
        row += len(lines)


def _cell(out: Any, **style: Any) -> Any:
    """Return a cell with a thin border."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Border, Side

    thin = Side(style="thin", color="BFBFBF")
    made = WriteOnlyCell(out)
    made.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    for name, value in style.items():
        setattr(made, name, value)
    return made


def _merge(out: Any, top: int, left: int, bottom: int, right: int) -> None:
    from openpyxl.worksheet.cell_range import CellRange

    out.merged_cells.ranges.add(CellRange(None, left, top, right, bottom))


def _put(made: Any, value: Cell) -> None:
    """Set a cell that is written and then used again; a text stays a text, whatever it begins with."""
    made.value = value
    if isinstance(value, str):
        made.data_type = "s"
