"""Forms: tables of documents that give one record each, a name beside its value, are put together to one table.

    | 资源名称   | 婚姻登记信息 | 资源代码 | 307…/000001 |
    | 信息项名称 | 数据类型     | 数据长度 |             |
    | 登记日期   | 日期型       | 8        |             |

Each form becomes a line of the joined table; a list inside a form (a row of headings and the rows below it) becomes
further lines, whose other cells are blank. Every cell still stands where it stood.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from mulu.readers.model import Document, Row, Scalar, Sheet

_LEAST = 3
"""How many known names beside a value make a form."""
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
    forms: list[_Form] = []
    rest: list[Sheet] = []
    for sheet in document.sheets:
        form = _form(sheet, words)
        if form is None:
            rest.append(sheet)
        else:
            forms.append(form)
    if not forms:
        return document
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


def _form(sheet: Sheet, known: frozenset[str]) -> _Form | None:
    """Return a sheet as a form, `None` if it is none."""
    form = _Form(sheet)
    columns: list[tuple[int, str]] = []
    for row in sheet.rows:
        spots = list(_spots(sheet, row))
        if not spots:
            # A separator such as U+001E is a value for its reader, and nothing for whoever looks at the form.
            continue
        at = [spot.column for spot in spots]
        names = [isinstance(spot.value, str) and _normal(spot.value) in known for spot in spots]
        is_heads = len(spots) > 1 and all(names)
        if is_heads and not form.known and len(spots) > 2:
            # Headings at the top: a list, which is read as it is.
            return None
        if is_heads:
            columns = [(spot.column, str(spot.value)) for spot in spots]
        elif columns and set(at) <= {column for column, _ in columns}:
            heads = dict(columns)
            form.lines.append([(heads[spot.column], spot) for spot in spots])
        else:
            columns = []
            _read_pairs(form, spots, names)
    return form if form.known >= _LEAST else None


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


def _spots(sheet: Sheet, row: Row) -> Iterator[_Spot]:
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
    name = forms[0].sheet.name if len(forms) == 1 else f"{forms[0].sheet.name}–{forms[-1].sheet.name}"
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
