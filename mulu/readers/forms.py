"""Forms: tables of documents that give one record each, a name beside its value, are put together to one table.

    | 资源名称   | 婚姻登记信息 | 资源代码 | 307…/000001 |
    | 信息项名称 | 数据类型     | 数据长度 |             |
    | 登记日期   | 日期型       | 8        |             |

Each form becomes a line of the joined table; a list inside a form (a row of headings and the rows below it) becomes
further lines, whose other cells are blank. Every cell still stands where it stood.

In a workbook, where tables are the rule, a sheet is a form only if it is small and most of what it names is known, and
if no sheet of the workbook has a row of headings. A sheet with the names in its first column and a record in each other
is put together in the same way.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from mulu.readers.model import Document, Row, Scalar, Sheet

_LEAST = 3
"""How many known names beside a value make a form."""
_LEAST_IN_WORKBOOK = 5
_HEADINGS = 6
"""How many known names in a row are the headings of a table."""
_LARGEST = 200
"""How many rows a form in a workbook has at most."""
_REST = "…"
"""The heading of what stands beside no name, such as a title across the form."""


@dataclass(slots=True)
class _Spot:
    value: Scalar
    row: int
    column: int


@dataclass(slots=True)
class _Form:
    """A form: name and value of each pair, and the lines of its list; a line is a list of pairs too."""

    sheet: Sheet
    pairs: list[tuple[str, _Spot]] = field(default_factory=list)
    lines: list[list[tuple[str, _Spot]]] = field(default_factory=list)
    known: int = 0


def join_forms(document: Document, known: frozenset[str]) -> Document:
    """Put the forms among the document's sheets together; `known` are the headings that some format has."""
    words = frozenset(map(_normal, known)) - {""}
    return _put_together(document, [_form(sheet, words) for sheet in document.sheets])


def join_workbook_forms(document: Document, known: frozenset[str]) -> Document:
    """Put the forms in a workbook together, as `join_forms` does, if it holds no table."""
    if any(len(sheet.rows) > _LARGEST for sheet in document.sheets):
        return document
    words = frozenset(map(_normal, known)) - {""}
    if any(_known(row, words) >= _HEADINGS for sheet in document.sheets for row in sheet.rows):
        return document
    return _put_together(document, [_workbook_forms(sheet, words) for sheet in document.sheets])


def _put_together(document: Document, found: "list[list[_Form]]") -> Document:
    """Replace the sheets that hold forms by one sheet of these."""
    forms = [form for here in found for form in here]
    if not forms:
        return document
    rest = [sheet for sheet, here in zip(document.sheets, found, strict=True) if not here]
    moved = {sheet.index: number for number, sheet in enumerate(rest)}
    for number, sheet in enumerate(rest):
        sheet.index = number
    joined = _joined(forms, len(rest))
    for position, notice in enumerate(document.notices):
        if notice.ref is not None and len(notice.ref) == 3:
            index, row, column = notice.ref
            ref = (moved[index], row, column) if index in moved else (joined.index, 0, 0)
            document.notices[position] = type(notice)(notice.rule, notice.params, ref, notice.place)
    document.sheets = [*rest, joined]
    return document


def _normal(text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("_", "")
    return folded.split("(")[0].strip("*:")


def _known(row: Row, known: frozenset[str]) -> int:
    return sum(isinstance(cell, str) and _normal(cell) in known for cell in row.cells)


def _workbook_forms(sheet: Sheet, known: frozenset[str]) -> list[_Form]:
    """Return the forms that a sheet of a workbook holds: itself as one, or one in each column behind the names."""
    rows = [spots for row in sheet.rows if (spots := list(_spots(row)))]
    named = [spots for spots in rows if spots[0].column == 1 and _is_named(spots[0], known)]
    wide = [spots for spots in named if len(spots) > 2]
    if (
        len(named) >= _LEAST_IN_WORKBOOK
        and len(wide) * 2 > len(named)
        and not any(_is_named(spot, known) for spots in named for spot in spots[1:])
        and not any(spots is not rows[0] and spots not in named for spots in rows)
    ):
        return _turned(sheet, rows, named)
    forms = _form(sheet, known)
    if not forms or forms[0].known < _LEAST_IN_WORKBOOK or forms[0].known * 2 <= len(forms[0].pairs):
        return []
    return forms


def _is_named(spot: _Spot, known: frozenset[str]) -> bool:
    return isinstance(spot.value, str) and _normal(spot.value) in known


def _turned(sheet: Sheet, rows: list[list[_Spot]], named: list[list[_Spot]]) -> list[_Form]:
    """Return the records of a sheet that has the names in its first column and each record in a column."""
    columns = sorted({spot.column for spots in rows for spot in spots if spot.column > 1})
    lines = [(spots[0], {spot.column: spot for spot in spots}) for spots in named]
    forms = {
        column: _Form(sheet, [(str(name.value), at.get(column) or _Spot(None, name.row, column)) for name, at in lines])
        for column in columns
    }
    # What is above the names: a title, or what the columns are called.
    for spot in rows[0] if rows[0] not in named else ():
        forms.get(spot.column, forms[columns[0]]).pairs.append((_REST, spot))
    return list(forms.values())


def _form(sheet: Sheet, known: frozenset[str]) -> list[_Form]:
    """Return a sheet as a form, nothing if it is none."""
    form = _Form(sheet)
    columns: list[tuple[int, str]] = []
    for row in sheet.rows:
        spots = list(_spots(row))
        if not spots:
            # A separator such as U+001E is a value for its reader, and nothing for whoever looks at the form.
            continue
        at = [spot.column for spot in spots]
        names = [isinstance(spot.value, str) and _normal(spot.value) in known for spot in spots]
        is_heads = len(spots) > 1 and all(names)
        if is_heads and not form.known and len(spots) > 2:
            # Headings at the top: a list, which is read as it is.
            return []
        if is_heads:
            columns = [(spot.column, str(spot.value)) for spot in spots]
        elif columns and set(at) <= {column for column, _ in columns}:
            heads = dict(columns)
            form.lines.append([(heads[spot.column], spot) for spot in spots])
        else:
            columns = []
            _read_pairs(form, spots, names)
    return [form] if form.known >= _LEAST else []


def _read_pairs(form: _Form, spots: list[_Spot], names: list[bool]) -> None:
    """Take a row as name, value, name, value; one that begins with no name of these is something across the form."""
    if len(spots) == 1 or not (names[0] or len(spots) == 2):
        blank = [(str(spot.value), _Spot(None, spot.row, spot.column)) for spot in spots]
        form.pairs += blank if names[0] else [(_REST, spot) for spot in spots]
        return
    position = 0
    while position < len(spots):
        name = str(spots[position].value)
        # A name whose value was left blank is followed by the next name.
        is_blank = position + 1 >= len(spots) or (names[position] and names[position + 1])
        value = _Spot(None, spots[position].row, spots[position].column) if is_blank else spots[position + 1]
        form.pairs.append((name, value))
        form.known += names[position] and not is_blank
        position += 1 if is_blank else 2


def _spots(row: Row) -> Iterator[_Spot]:
    for column, value in enumerate(row.cells, 1):
        if value is not None and str(value).strip():
            yield _Spot(value, row.number, column)


def _joined(forms: list[_Form], index: int) -> Sheet:
    """Return one sheet with a column for each name, and the lines of each form."""
    columns: dict[tuple[str, int], int] = {}
    lines: list[tuple[str, list[tuple[int, _Spot]]]] = []
    for form in forms:
        first = _numbered(form.pairs, columns)
        below = [_numbered(line, columns) for line in form.lines] or [[]]
        lines.append((form.sheet.name, first + below[0]))
        lines += [(form.sheet.name, line) for line in below[1:]]
    name = forms[0].sheet.name if forms[0].sheet is forms[-1].sheet else f"{forms[0].sheet.name}–{forms[-1].sheet.name}"
    sheet = Sheet(index, name, rows=[Row(1, [heading for heading, _ in columns])])
    for number, (table, cells) in enumerate(lines, 2):
        row: list[Scalar] = [None] * len(columns)
        for column, spot in cells:
            row[column - 1] = spot.value
            sheet.spots[number, column] = (table, spot.row, spot.column)
        sheet.spots[number, 0] = (table, min((spot.row for _, spot in cells), default=1), 0)
        while row and row[-1] is None:
            row.pop()
        if row:
            sheet.rows.append(Row(number, row))
    return sheet


def _numbered(pairs: list[tuple[str, _Spot]], columns: dict[tuple[str, int], int]) -> list[tuple[int, _Spot]]:
    """Return the pairs with the numbers of their columns; a name that a form has twice has two columns."""
    seen: dict[str, int] = {}
    found = []
    for name, spot in pairs:
        heading = " ".join(name.split())
        seen[heading] = seen.get(heading, 0) + 1
        found.append((columns.setdefault((heading, seen[heading]), len(columns) + 1), spot))
    return found
