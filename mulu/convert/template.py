"""How a workbook to fill in is laid out, by whoever writes one (`mulu standard template`) and reads it (`filled`).

Above its lines each sheet has a row of JSON Pointers, `/sharing/type`, one a column; the first cell of that row says
which kind the lines are of, `#service`, or which list inside it, `#service/materials/*`, by the numbers that join the
sheets. So nothing but the schema tells how a column is read, and a workbook keeps being read when columns are moved,
headings reworded, sheets renamed, or a sheet is saved as CSV.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mulu.convert.values import as_text, is_blank
from mulu.errors import NotRecognised
from mulu.pointer import steps_of
from mulu.readers import Document
from mulu.readers.model import Sheet
from mulu.standard import CodeList, Property, Schemas, Standard
from mulu.texts import Text

MARK = "#"
"""What the cell begins with that says what a sheet holds."""
EXAMPLE = Text("示例", "Example")
"""In place of a line's number: the line is an example, and not read as long as it says what the template said."""
YES, NO = Text("是", "yes"), Text("否", "no")
SEPARATORS = "\n；"
"""What separates the values of a list in one cell; other marks stand inside real values and addresses."""

_HEADER_SEARCH = 20
_STAMP = re.compile(rf"{MARK}[a-z0-9-]+ [0-9]+[.][0-9.]+\S*")
_UNREAD = ("/kind", "/source")


@dataclass(frozen=True, slots=True)
class Column:
    """A property that stands in one cell: a single value, or a list of them.

    `keywords` are what its schema, and all that this takes in, says of one value.
    """

    pointer: str
    described: Property
    is_list: bool
    keywords: Mapping[str, Any]

    @property
    def part(self) -> str:
        """The list of objects that the property is in, as a pointer that ends in `/*`; `""` for the entry itself."""
        return part_of(self.pointer)

    @property
    def type(self) -> str:
        """The JSON type of one value."""
        found = self.keywords.get("type", "string")
        return next((name for name in found if name != "null"), "null") if isinstance(found, list) else str(found)

    @property
    def code_list(self) -> str | None:
        """The code list of which each value is one, or may be one."""
        found: str | None = self.keywords.get("x-code-list") or self.keywords.get("x-open-code-list")
        return found


def part_of(pointer: str) -> str:
    """Return the innermost list around a property.

    >>> part_of("/materials/*/availableFrom/*/note"), part_of("/title")
    ('/materials/*/availableFrom/*', '')
    """
    return pointer[: pointer.rfind("/*/") + 2] if "/*/" in pointer else ""


def columns(schemas: Schemas, kind: str) -> dict[str, Column]:
    """Return every property of a kind that can stand in a cell, by its pointer.

    What is neither a value, nor a list of values, nor described by members of its own cannot.
    """
    found = {}
    for item in schemas.properties(kind):
        if item.pointer in _UNREAD:
            continue
        keywords = _keywords(schemas, item.schema)
        is_list = isinstance(keywords.get("items"), dict)
        if is_list:
            keywords = _keywords(schemas, keywords["items"])
        if keywords.get("type") not in ("object", "array"):
            found[item.pointer] = Column(item.pointer, item, is_list, keywords)
    return found


def stamp(standard: Standard) -> str:
    """Return what a sheet of the template's own says in its first column: the standard, and which version."""
    return f"{MARK}{standard.header.id} {standard.header.version}"


def label_of(codes: CodeList, code: str, language: str) -> str:
    """Return how a code is offered: by its name, or behind the code where the name alone would not tell it."""
    name = codes.by_code[code].name
    text = name.get(language) or name.zh
    return text if text and codes.find(text) == code else f"{code} {text}".strip()


def example_lines(
    standard: Standard, kind: str, found: Iterable[Column], language: str
) -> Iterator[tuple[dict[str, Any], tuple[int, ...]]]:
    """Yield what the example of a kind, if there is one, says in the columns of one sheet, a line at a time.

    Cells are told by the pointers of their columns; behind them stand the positions in the lists that the line is in.
    """
    wanted = [*found]
    if kind not in standard.examples or not wanted:
        return
    for value, positions in _at(standard.examples[kind], wanted[0].part):
        cells = {column.pointer: _shown(standard, column, value, language) for column in wanted}
        yield {pointer: cell for pointer, cell in cells.items() if cell is not None}, positions


def _at(entry: Any, pointer: str) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """Yield each object that is a line of a sheet, with its position in the lists that it is in."""
    nodes: list[tuple[Any, tuple[int, ...]]] = [(entry, ())]
    for step in steps_of(pointer):
        if step == "*":
            nodes = [(item, (*way, n)) for node, way in nodes for n, item in enumerate(node or [])]
        else:
            nodes = [(node.get(step) if isinstance(node, Mapping) else None, way) for node, way in nodes]
    yield from ((node, way) for node, way in nodes if node is not None)


def _shown(standard: Standard, column: Column, value: Any, language: str) -> Any:
    for step in steps_of(column.pointer[len(column.part) :]):
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None:
        return None
    found = [_cell(standard, column, item, language) for item in (value if isinstance(value, list) else [value])]
    return found[0] if len(found) == 1 else SEPARATORS[0].join(map(str, found))


def _cell(standard: Standard, column: Column, value: Any, language: str) -> Any:
    if column.code_list is not None and value in standard.codes[column.code_list].by_code:
        return label_of(standard.codes[column.code_list], value, language)
    if isinstance(value, bool):
        return YES.get(language) if value else NO.get(language)
    return value


def _keywords(schemas: Schemas, schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in schemas.parts(schema):
        for key, value in part.items():
            found.setdefault(key, value)
    return found


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet to fill in: what its lines are, which columns number the lines, and which hold a property."""

    sheet: Sheet
    row: int
    """The number of the row of pointers."""
    kind: str
    part: str
    numbers: Mapping[str, int]
    """Pointer of a list (`""`: the entries) -> the column that says which line of it is meant."""
    columns: Mapping[int, str]
    labels: Mapping[int, str]

    @property
    def around(self) -> list[str]:
        """The entry and the lists that a line is in, outermost first."""
        if not self.part:
            return []
        cut = [self.part[: match.end()] for match in re.finditer(r"/\*(?=/)", self.part)]
        return ["", *cut]


def forms(document: Document, standard: Standard) -> list[Form]:
    """Return the sheets of a filled template in a document; none if it is something else.

    Raises `NotRecognised` if the template is for a kind that the standard does not have.
    """
    found = [form for sheet in document.sheets if (form := _form(sheet)) is not None]
    unknown = sorted({form.kind for form in found} - set(standard.schemas.kinds))
    if unknown:
        kinds = ", ".join(standard.schemas.kinds)
        raise NotRecognised(
            document.path,
            f"这是填报模板，但所用标准没有种类 {', '.join(unknown)}（有 {kinds}）；请用 --standard 指定生成模板的标准",
            f"this is a template of a standard that has the kind {', '.join(unknown)}, which the standard in use "
            f"does not (available: {kinds}); name the standard it was created with, using --standard",
        )
    return sorted(found, key=lambda form: form.part.count("*"))


def _form(sheet: Sheet) -> Form | None:
    for position, row in enumerate(sheet.rows[:_HEADER_SEARCH]):
        texts = {number: as_text(cell) for number, cell in enumerate(row.cells, 1) if isinstance(cell, str)}
        marks = {number: text[1:] for number, text in texts.items() if text.startswith(MARK) and len(text) > 1}
        pointers = {number: text for number, text in texts.items() if text.startswith("/")}
        if not marks or not pointers:
            continue
        kind = next(iter(marks.values())).partition("/")[0]
        numbers = {mark.removeprefix(kind): number for number, mark in marks.items()}
        part = max((part_of(pointer) for pointer in pointers.values()), key=len)
        above = sheet.rows[position - 1].cells if position else []
        labels = {number: as_text(cell) for number, cell in enumerate(above, 1) if not is_blank(cell)}
        return Form(sheet, row.number, kind, part, numbers, pointers, labels)
    return None


def is_own(sheet: Sheet) -> bool:
    """Whether a sheet is the template's own, to read or for its drop-downs: its first column says so."""
    firsts = [row.cells[0] for row in sheet.rows[:_HEADER_SEARCH] if row.cells]
    return any(isinstance(cell, str) and _STAMP.fullmatch(cell.strip()) for cell in firsts)
