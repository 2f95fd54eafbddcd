"""What a sheet holds beside the values that are read, or hides, or takes back: each is told once a sheet.

Hidden rows and columns and struck-out text are read like all others; comments and the texts of boxes are not.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mulu.place import column_name
from mulu.readers.model import Json, Notice, Sheet

OWN = "mulu"
"""The author of comments that are written here, in templates and reports; they are not told."""

OURS = "—— mulu ——"
"""What stands before that which is said in a comment here, below what was there."""

OWN_SHEETS = ("校验结果 · mulu", "Findings · mulu")
"""What stands at the top of the sheet that a report adds, in either language; such a sheet is not read again."""

_SHOWN = 10
"""How many places, and ranges of rows or columns, a notice names."""
_QUOTED = 200
"""How many characters of the first text a notice holds."""

_FEW = 3
"""How many cells behind its first one make a row struck out."""

Spot = tuple[int, int]
"""Row and column of a cell."""


@dataclass(slots=True)
class Beside:
    """What was met of one sheet; a comment and a box are `(row, column, text)`.

    `hidden_columns` are ranges, each by its first and last column.
    `struck` are the cells whose whole text is struck out, `partly` those where some of it is.
    """

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    boxes: list[tuple[int, int, str]] = field(default_factory=list)
    struck: set[Spot] = field(default_factory=set)
    partly: set[Spot] = field(default_factory=set)
    threaded: set[str | None] = field(default_factory=set)
    """The cells whose comments are threads."""
    is_unread: bool = False
    """Whether some of the comments and boxes could not be read."""


def notices(sheet: Sheet, beside: Beside) -> Iterator[Notice]:
    """Yield what is to be told of a sheet; of what is hidden only where it holds something."""
    if sheet.hidden and sheet.rows:
        yield Notice("hidden-sheet", {"sheet": sheet.name}, (sheet.index, 0, 0))
    if beside.hidden_rows:
        rows = sorted(beside.hidden_rows)
        yield _notice(sheet, "hidden-row", len(rows), rows[0], 0, {"rows": _ranges(rows, str)})
    if beside.hidden_columns:
        columns = _filled(sheet, beside.hidden_columns)
        if columns:
            params: dict[str, Json] = {"columns": _ranges(columns, column_name)}
            top = next(row.number for row in sheet.rows if row.cell(columns[0]) is not None)
            yield _notice(sheet, "hidden-column", len(columns), top, columns[0], params)
    if beside.struck or beside.partly:
        yield from _struck(sheet, beside)
    for check, texts in (("cell-comment", beside.comments), ("text-box", beside.boxes)):
        if texts:
            row, column, first = min(texts)
            cells = _listed(areas({(row, column) for row, column, _ in texts}))
            yield _notice(sheet, check, len(texts), row, column, {"cells": cells, "text": first[:_QUOTED]})
    if beside.is_unread:
        yield Notice("beside-unreadable", {"sheet": sheet.name}, (sheet.index, 0, 0))


def said(writer: str, text: str) -> str:
    """Return what a comment says in one line, without what was written here.

    >>> said("李", "请核实\\n—— mulu ——\\n【错误】…"), said("mulu", "【错误】…")
    ('请核实', '')
    """
    return "" if writer == OWN else " ".join(text.partition(OURS)[0].split())


def is_own(first_row: Sequence[object]) -> bool:
    """Whether a sheet that begins so was written here."""
    return [cell for cell in first_row if cell is not None] in [[own] for own in OWN_SHEETS]


def areas(spots: Iterable[Spot]) -> list[str]:
    """Return cells as a spreadsheet program names them, those beside and below each other as one.

    >>> areas([(5, 1), (5, 2), (6, 1), (6, 2), (9, 3)])
    ['A5:B6', 'C9']
    """
    runs: list[tuple[int, int, int]] = []
    for row, column in sorted(spots):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1] = (row, runs[-1][1], column)
        else:
            runs.append((row, column, column))
    blocks: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, left, right in runs:
        above = blocks.setdefault((left, right), [])
        if above and above[-1][1] == row - 1:
            above[-1] = (above[-1][0], row)
        else:
            above.append((row, row))
    found = sorted((top, left, bottom, right) for (left, right), rows in blocks.items() for top, bottom in rows)
    return [
        first if first == last else f"{first}:{last}"
        for first, last in (
            (f"{column_name(left)}{top}", f"{column_name(right)}{bottom}") for top, left, bottom, right in found
        )
    ]


def _notice(sheet: Sheet, check: str, count: int, row: int, column: int, more: dict[str, Json]) -> Notice:
    return Notice(check, {"sheet": sheet.name, "count": count, **more}, (sheet.index, row, column))


def _filled(sheet: Sheet, ranges: list[tuple[int, int]]) -> list[int]:
    """Return those of some columns in which something stands."""
    width = max((len(row.cells) for row in sheet.rows), default=0)
    columns: list[int] = []
    for first, last in sorted(ranges):
        columns += range(max(first, columns[-1] + 1 if columns else 1), min(last, width) + 1)
    left = set(columns)
    for row in sheet.rows:
        left -= {column for column in left if row.cell(column) is not None}
        if not left:
            break
    return [column for column in columns if column not in left]


def _struck(sheet: Sheet, beside: Beside) -> Iterator[Notice]:
    """Yield the rows that are struck out, and the other cells of which some text is.

    The first cell of a row, mostly its number, is often left as it was.
    """
    in_rows: dict[int, set[int]] = {}
    for number, column in beside.struck:
        in_rows.setdefault(number, set()).add(column)
    whole: list[Spot] = []
    for row in sheet.rows:
        struck = in_rows.get(row.number)
        if struck is None:
            continue
        left = [column for column, cell in enumerate(row.cells, 1) if cell is not None and column not in struck]
        if not left or (len(struck) >= _FEW and len(left) == 1 and left[0] < min(struck)):
            whole += [(row.number, column) for column in struck]
    rows = {number for number, _ in whole}
    if whole:
        yield _notice(sheet, "struck-out-row", len(rows), min(rows), 0, {"cells": _listed(areas(whole))})
    cells = {spot for spot in beside.struck if spot[0] not in rows} | beside.partly
    if cells:
        yield _notice(sheet, "struck-out-text", len(cells), *min(cells), {"cells": _listed(areas(cells))})


def _ranges(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return _listed(name(first) if first == last else f"{name(first)}–{name(last)}" for first, last in runs)


def _listed(names: Iterable[str]) -> str:
    found = [*names]
    return ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
