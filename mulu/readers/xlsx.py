"""Workbooks of Excel and WPS (.xlsx, .xlsm): values by calamine, after a look at their XML.

calamine is fast, but allocates the rectangle between the first and the last cell, so one value in a far
corner ends the process; and it does not tell hidden rows, error cells, or formulas that were never
calculated. The parts are therefore streamed once before (ECMA-376 part 1, 18.3 Worksheets).
"""

import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mulu.limits import Limits
from mulu.place import Place, column_name
from mulu.readers.annotations import Beside, notices
from mulu.readers.archive import Archive
from mulu.readers.model import Document, Notice, Row, Scalar, Sheet
from mulu.readers.office import encrypted, refuse_doctype
from mulu.readers.xlsx_annotations import Struck, hidden_columns, look_beside
from mulu.readers.xlsx_plain import cut_out
from mulu.readers.xlsx_xml import (
    COLUMNS,
    ROWS,
    TRUE,
    column_number,
    damaged,
    events,
    local_name,
    relations_of,
    row_number,
)

_REMEMBERED = 1_000


@dataclass(slots=True)
class _Part:
    """What `workbook.xml` says of a sheet, and what a look at its XML found."""

    name: str
    hidden: bool
    member: str | None
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    uncalculated: dict[tuple[int, int], str] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)


def workbook_member(archive: Archive) -> str | None:
    """Return the name of the part that lists the sheets, `None` if the archive is no workbook in XML."""
    lower = {name.lower(): name for name in archive.infos}
    if "xl/workbook.xml" in lower:
        return lower["xl/workbook.xml"]
    for kind, target in relations_of(archive, "").values() if "_rels/.rels" in lower else ():
        if kind.endswith("/officeDocument") and target.lower().endswith("workbook.xml") and target in archive.infos:
            return target
    return None


def sheet_members(archive: Archive) -> dict[str, str]:
    """Return the member of the archive that holds each sheet, by the sheet's name; raises `Unreadable`."""
    return dict(all_sheet_members(archive))


def all_sheet_members(archive: Archive) -> list[tuple[str, str]]:
    """Return name and member of each sheet, as `sheet_members` does, also where a name recurs."""
    name = workbook_member(archive)
    parts = _workbook(archive, name)[0] if name is not None else []
    return [(part.name, part.member) for part in parts if part.member is not None]


def read_xlsx(document: Document, archive: Archive, member: str) -> Document:
    """Read the workbook whose list of sheets is `member` into `document.sheets`; raises `Unreadable`."""
    limits = archive.limits
    refuse_doctype(archive)
    parts, date_1904 = _workbook(archive, member)
    if len(parts) > limits.sheets:
        raise limits.exceeded("sheets", document.path, f"有 {len(parts)} 张工作表", f"there are {len(parts)} sheets")
    _check_shared_strings(archive)
    struck = Struck.of(archive, member)
    left = limits.cells_in(len(archive.data))
    read: set[str] = set()
    for part in parts:
        if part.member is not None:
            _look_at(archive, part, left, struck)
            left -= _area(part.box)
            _check_box(part, left, document.path, limits)
            look_beside(archive, part.member, part.beside, read)
    for index, (part, values, merged) in enumerate(_values(archive.data, parts, document.path)):
        sheet = Sheet(index, part.name, hidden=part.hidden, date_1904=date_1904)
        sheet.rows = list(_rows(values, part))
        sheet.merged = _clipped(merged, part.box)
        document.sheets.append(sheet)
        _check_texts(sheet, document.path, limits)
        document.note(_notices(sheet, part), limits)
    return document


def _workbook(archive: Archive, name: str) -> tuple[list[_Part], bool]:
    targets = relations_of(archive, name)
    parts: list[_Part] = []
    date_1904 = False
    for element in events(archive.read(name), archive.path, ("sheet", "workbookPr"), archive.limits):
        if local_name(element) == "workbookPr":
            date_1904 = element.get("date1904") in TRUE
            continue
        relation = next((value for key, value in element.items() if key.endswith("}id")), "")
        kind, member = targets.get(relation, ("", ""))
        state = element.get("state", "visible")
        is_sheet = kind.endswith("/worksheet")
        if is_sheet and member not in archive.infos:
            raise damaged(archive.path)
        parts.append(_Part(element.get("name", ""), state != "visible", member if is_sheet else None))
    return parts, date_1904


def _check_shared_strings(archive: Archive) -> None:
    """calamine reserves memory for as many shared texts as the table says it has (calamine issue 684)."""
    for name, info in archive.infos.items():
        if not name.lower().endswith("sharedstrings.xml"):
            continue
        for element in events(archive.read(name), archive.path, ("sst",), archive.limits, start=True):
            claimed = element.get("uniqueCount", "0")
            if not claimed.isascii() or not claimed.isdigit() or int(claimed[:12]) > info.file_size:
                raise damaged(archive.path)
            break


def _look_at(archive: Archive, part: _Part, most: int, struck: Struck) -> None:
    """Note the box of the cells with values, and errors, uncalculated formulas, and what is hidden or struck out in it.

    The box is as far as one of more than `most` cells reaches.
    """
    path = archive.path
    number = 0
    columns = _Columns(path)
    top, left, bottom, right = ROWS + 1, COLUMNS + 1, 0, 0
    data = archive.read(str(part.member))
    may_be_struck = struck.may_be_in(data)
    if not may_be_struck and (ordinary := cut_out(data)) is not None:
        data, filled = ordinary
        for digits, letters in filled:
            at = row_number(digits, 0, path)
            first, last = columns.reach(letters)
            left, right = min(left, first), max(right, last)
            top, bottom = min(top, at), max(bottom, at)
            if _area((top, left, bottom, right)) > most:
                break
    for row in events(data, path, ("row", "sheetData", "cols"), archive.limits):
        if local_name(row) == "cols":
            part.beside.hidden_columns += hidden_columns(row, path)
            continue
        before = row.getprevious() if (is_row := local_name(row) == "row") else next(iter(row[-1:]), None)
        if before is not None and local_name(before) != "row":
            raise damaged(path)
        if not is_row:
            break
        number = row_number(row.get("r"), number + 1, path)
        first, last = columns.filled(row, number, part)
        if last:
            left, right = min(left, first), max(right, last)
            top, bottom = min(top, number), max(bottom, number)
            if row.get("hidden") in TRUE:
                part.beside.hidden_rows.append(number)
            if may_be_struck:
                struck.note(row, number, part.beside)
            if _area((top, left, bottom, right)) > most:
                break
    if right > COLUMNS:
        raise damaged(path)
    part.box = (top, left, bottom, right) if bottom else (0, 0, 0, 0)


class _Columns:
    """Tells the first and the last column of a row that hold values; rows mostly fill the same columns."""

    def __init__(self, path: str) -> None:
        from lxml import etree

        self._path = path
        self._known: dict[str, int] = {}
        self._of: dict[tuple[str, ...], tuple[int, int]] = {}
        self._cells: Any = etree.XPath("*[*]")
        # Most cells of a sheet with merged ones are blank; then it is quicker to look at the others alone.
        self._is_sparse = False

    def filled(self, row: Any, number: int, part: _Part) -> tuple[int, int]:
        """Return the columns, (0, 0) of a row of blank cells; what is odd in the row is noted in `part`."""
        if self._is_sparse:
            return self._one_by_one(row, number, part)
        named, count, is_plain = _looks(row.tag[1:-4])
        names = named(row)
        if (len(names) != len(row) and len(names) != len(self._cells(row))) or not is_plain(row):
            # Without any name, cells stand beside each other from the first column on.
            if not names and len(row) == count(row) and is_plain(row):
                return 1, len(row)
            return self._one_by_one(row, number, part)
        self._is_sparse = 2 * len(names) < len(row)
        digits = str(number)
        return self.reach(tuple([name.removesuffix(digits) for name in names]))

    def reach(self, letters: tuple[str, ...]) -> tuple[int, int]:
        """Return the first and the last of some columns, (0, 0) of none."""
        found = self._of.get(letters)
        if found is None:
            there = [self._column(each) for each in letters] or [0]
            if len(self._of) >= _REMEMBERED:
                self._of.clear()
            found = self._of[letters] = min(there), max(there)
        return found

    def _one_by_one(self, row: Any, number: int, part: _Part) -> tuple[int, int]:
        digits, known = str(number), self._known
        first, last = COLUMNS + 1, 0
        column, before = 0, None
        tag = f"{row.tag[:-3]}c"
        cells = self._cells(row)
        self._is_sparse = 2 * len(cells) < len(row)
        for cell in cells:
            if cell.tag != tag:
                # calamine takes cells wherever they stand; what this look would miss must not be there.
                raise damaged(self._path)
            # A cell without a name stands beside the one before it.
            at, further = cell, 0
            while at is not None and at is not before and (name := at.get("r")) is None:
                at, further = at.getprevious(), further + (at.tag == tag)
            if at is None:
                column = further
            elif at is before:
                column += further
            else:
                letters = name.removesuffix(digits)
                column = further + (known.get(letters) or self._column(letters))
            before = cell
            if _has_value(cell, number, column, part):
                if column < first:
                    first = column
                if column > last:
                    last = column
        return (first, last) if last else (0, 0)

    def _column(self, letters: str) -> int:
        column = self._known.get(letters)
        if column is None:
            column = self._known[letters] = column_number(letters, self._path)
        return column


@lru_cache(maxsize=8)
def _looks(namespace: str) -> tuple[Any, Any, Any]:
    """Return what gives the names of the cells of a row that hold anything, their number, and whether all hold a value.

    The last is false also if something is odd. Asked of a row as a whole, that takes less than of its cells.
    """
    from lxml import etree

    spaces = {"m": namespace} if namespace else {}
    c, v, f, inline = (f"m:{name}" if namespace else name for name in ("c", "v", "f", "is"))
    is_plain = (
        f"count({c}[*]) = count({c}/{v}[1]/text()) + count({c}/{inline}[1]) and not({c}/{f}) and not({c}/@t[. = 'e'])"
    )
    return (
        etree.XPath(f"{c}[*]/@r", namespaces=spaces, smart_strings=False),
        etree.XPath(f"count({c}[*])", namespaces=spaces),
        etree.XPath(is_plain, namespaces=spaces),
    )


def _has_value(cell: Any, row: int, column: int, part: _Part) -> bool:
    """Whether a cell holds a value; what is odd in it is noted in `part`."""
    formula: str | None = None
    kind = cell.get("t")
    for child in cell:
        name = local_name(child)
        if name == "v" and child.text:
            if kind == "e":
                part.errors.setdefault(row, {})[column] = str(child.text)
            return True
        if name == "is":
            return True
        if name == "f":
            formula = child.text or ""
    if formula is not None and kind != "str":
        part.uncalculated[row, column] = formula
    return False


def _area(box: tuple[int, int, int, int]) -> int:
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1) if box[2] else 0


def _check_box(part: _Part, left: int, path: str, limits: Limits) -> None:
    _, _, bottom, right = part.box
    corner = f"{column_name(right)}{bottom}"
    place = Place(path, sheet=part.name, row=bottom, column=right)
    if right > limits.columns:
        raise limits.exceeded(
            "columns",
            path,
            f"工作表“{part.name}”用到了第 {right} 列（{corner} 一带）；请删除表格右侧远处的内容",
            f"sheet “{part.name}” extends to column {right} ({corner}); delete the content far to the right",
            place=place,
        )
    if left < 0:
        raise limits.exceeded(
            "cells",
            path,
            f"工作表“{part.name}”一直用到 {corner}，单元格太多；请删除表格下方或右侧远处的内容",
            f"sheet “{part.name}” extends to {corner}: too many cells; delete the content far from the table",
            place=place,
        )


def _values(
    data: bytes, parts: list[_Part], path: str
) -> Iterator[tuple[_Part, tuple[int, Iterator[list[Any]]], list[tuple[int, int, int, int]]]]:
    """Yield each sheet's part, first column (from 0) with rows of raw values, and merged ranges."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = workbook.sheet_names
        for index, part in enumerate(parts):
            if part.member is None:
                continue
            sheet = workbook.get_sheet_by_name(names[index] if len(names) == len(parts) else part.name)
            start = sheet.start
            merged = [
                (top + 1, left + 1, bottom + 1, right + 1)
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
            ]
            rows = iter(sheet.iter_rows()) if start is not None else iter(())
            yield part, (start[1] if start else 0, rows), merged
    except python_calamine.PasswordError:
        raise encrypted(path) from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise damaged(path) from None
    except BaseException as error:
        # A Rust panic arrives as an exception that is no Exception, and has no importable name.
        if type(error).__name__ == "PanicException":
            raise damaged(path) from None
        raise


def _rows(values: tuple[int, Iterator[list[Any]]], part: _Part) -> Iterator[Row]:
    # calamine yields the empty rows above the first value, but not the empty columns before it.
    first_column, rows = values
    for number, raw in enumerate(rows, 1):
        cells: list[Scalar] = [None] * first_column
        cells += [(value or None) if type(value) is str else scalar(value) for value in raw]
        for column, text in part.errors.get(number, {}).items():
            cells += [None] * (column - len(cells))
            cells[column - 1] = text
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield Row(number, cells)


def scalar(value: Any) -> Scalar:
    """Return a value of calamine as a cell's value: empty is `None`, 3.0 is 3, a duration is a text."""
    if value == "":
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, datetime.timedelta):
        seconds = round(abs(value.total_seconds()))
        sign = "-" if value < datetime.timedelta(0) else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, (str, bool, int, datetime.date, datetime.time)):
        return value
    return str(value)


def _clipped(areas: list[tuple[int, int, int, int]], box: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """Return what of some ranges is in a box."""
    first_row, first_column, last_row, last_column = box
    return [
        (top, left, max(top, min(bottom, last_row)), max(left, min(right, last_column)))
        for top, left, bottom, right in areas
        if top <= last_row and bottom >= first_row and left <= last_column and right >= first_column
    ]


def _check_texts(sheet: Sheet, path: str, limits: Limits) -> None:
    most = limits.text
    for row in sheet.rows:
        for column, cell in enumerate(row.cells, 1):
            if type(cell) is str and len(cell) > most:
                place = Place(path, sheet=sheet.name, row=row.number, column=column)
                raise limits.exceeded("text", path, "单元格文字太长", "the text of a cell is too long", place=place)


def _notices(sheet: Sheet, part: _Part) -> Iterator[Notice]:
    yield from notices(sheet, part.beside)
    for row, texts in sorted(part.errors.items()):
        for column, text in sorted(texts.items()):
            yield Notice("error-cell", {"value": text}, (sheet.index, row, column))
    for (row, column), formula in sorted(part.uncalculated.items()):
        yield Notice("formula-without-value", {"formula": f"={formula}"}, (sheet.index, row, column))
