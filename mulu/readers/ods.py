"""OpenDocument spreadsheets (.ods), as LibreOffice and WPS write them (OASIS OpenDocument 1.3, part 3).

Read as a stream of elements. A cell or row that is repeated a million times up to the sheet's edge is one element;
only repetitions that hold something are written out, and counted against the limits before.
"""

import datetime
import re
from typing import NamedTuple

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers.annotations import Beside, notices
from mulu.readers.annotations import said as said_by
from mulu.readers.archive import Archive
from mulu.readers.model import Document, Notice, Row, Scalar, Sheet
from mulu.readers.office import SAFE, encrypted, refuse_doctype

_CHUNK = 64 * 1024
_ROWS, _COLUMNS = 1_048_576, 16_384
_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_DURATION = re.compile(r"(-?)PT(\d{1,9})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_VALUES = ("value", "date-value", "time-value", "boolean-value")
_LEFT_OUT = frozenset(("annotation-end", "tracked-changes", "dde-links", "scenario"))
_BESIDE = frozenset(("annotation", "shapes", "frame", "custom-shape", "caption", "rect", "ellipse", "g"))
"""What holds texts that are no values: comments, and what floats over the cells."""


def is_spreadsheet(archive: Archive) -> bool:
    """Whether an archive with a `content.xml` is a spreadsheet and no text or drawing."""
    if "content.xml" not in archive.infos:
        return False
    return "mimetype" not in archive.infos or archive.read("mimetype").strip().startswith(_KIND)


def read_ods(document: Document, archive: Archive) -> Document:
    """Read the spreadsheet into `document.sheets`; raises `Unreadable`."""
    from lxml import etree

    refuse_doctype(archive)
    if "META-INF/manifest.xml" in archive.infos and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise encrypted(document.path)
    content = _Content(document.path, archive.limits, archive.limits.cells_in(len(archive.data)))
    parser = etree.XMLParser(target=content, **SAFE)
    data = archive.read("content.xml")
    try:
        for position in range(0, len(data), _CHUNK):
            parser.feed(data[position : position + _CHUNK])
        parser.close()
    except etree.XMLSyntaxError:
        raise Unreadable(
            document.path,
            "表格文件已损坏或不完整；请用 LibreOffice 或 WPS 打开后另存为 .xlsx，或重新获取该文件",
            "the spreadsheet is damaged or incomplete; open it in LibreOffice or WPS and save it as .xlsx",
        ) from None
    document.sheets = content.sheets
    document.note(content.notices, archive.limits)
    return document


class _Cell(NamedTuple):
    kind: str
    value: str
    formula: str
    repeated: int
    width: int
    height: int
    is_struck: bool


class _Content:
    """Gathers sheets from the elements of `content.xml`, as lxml's parser meets them."""

    def __init__(self, path: str, limits: Limits, most: int) -> None:
        """`most`: how many cells there may be."""
        self.path, self.limits, self._most = path, limits, most
        self.sheets: list[Sheet] = []
        self.notices: list[Notice] = []
        self._skipping = 0
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._rows_repeated = self._column = self._columns = self._cells = 0
        self._row_hidden = False
        self._beside = Beside()
        self._aside: list[str] = []
        """The names of the elements around what is read, from a comment or box on."""
        self._aside_texts: list[str] = []
        self._author = ""
        self._struck_styles: set[str] = set()
        self._struck: list[tuple[int, int, bool]] = []
        """Columns of the row in which text is struck out: the first, how many, and whether all of the text is."""
        self._spans: list[bool] = []
        self._runs: set[bool] = set()
        """Whether the texts of the cell are struck out."""
        self._again = 0
        """Cells with a value that stand in the file once for several rows."""
        self._values: list[Scalar] = []
        self._odd: list[tuple[str, str, int]] = []
        self._cell: _Cell | None = None
        self._texts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        name = tag.rpartition("}")[2]
        if self._skipping or name in _LEFT_OUT:
            self._skipping += 1
            return
        if self._aside or (name in _BESIDE and self.sheets):
            self._aside.append(name)
            return
        said = {key.rpartition("}")[2]: text for key, text in attributes.items()}
        if name == "style":
            self._style = said.get("name", "")
        elif name == "table-properties" and said.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "text-properties" and said.get("text-line-through-style", "none") != "none":
            self._struck_styles.add(self._style)
        elif name == "table-column" and self.sheets:
            self._columns += _count(said.get("number-columns-repeated"), _COLUMNS)
            if said.get("visibility") in ("collapse", "filter"):
                first = self._columns - _count(said.get("number-columns-repeated"), _COLUMNS) + 1
                self._beside.hidden_columns.append((first, self._columns))
        elif name == "table":
            self._begin_sheet(said)
        elif name == "table-row":
            self._column, self._values, self._odd, self._struck = 0, [], [], []
            self._rows_repeated = _count(said.get("number-rows-repeated"), _ROWS)
            self._row_hidden = said.get("visibility") in ("collapse", "filter")
        elif name in ("table-cell", "covered-table-cell"):
            value = next((said[key] for key in _VALUES if key in said), "")
            self._cell = _Cell(
                said.get("value-type", ""),
                value,
                said.get("formula", ""),
                _count(said.get("number-columns-repeated"), _COLUMNS),
                _count(said.get("number-columns-spanned"), _COLUMNS),
                _count(said.get("number-rows-spanned"), _ROWS),
                said.get("style-name", "") in self._struck_styles,
            )
            self._texts, self._runs, self._spans = [], set(), []
        elif self._cell is not None:
            if name == "span":
                self._spans.append(said.get("style-name", "") in self._struck_styles)
            if (name == "p" and self._texts) or name == "line-break":
                self._texts.append("\n")
            elif name == "tab":
                self._texts.append("\t")
            elif name == "s":
                self._texts.append(" " * _count(said.get("c"), 1_000))

    def data(self, text: str) -> None:
        """Take text between elements."""
        if self._aside:
            if "p" in self._aside:
                self._aside_texts.append(text)
            elif self._aside[-1] == "creator":
                self._author += text
        elif self._cell is not None and not self._skipping:
            self._texts.append(text)
            if text.strip():
                self._runs.add(self._cell.is_struck or True in self._spans)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skipping:
            self._skipping -= 1
            return
        if self._aside:
            self._end_aside()
            return
        name = tag.rpartition("}")[2]
        if name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "span" and self._spans:
            self._spans.pop()
        elif name == "table-row" and self.sheets:
            self._end_row()
        elif name == "table" and self.sheets:
            self._end_sheet()

    def _end_aside(self) -> None:
        if self._aside[-1] in ("p", "line-break"):
            self._aside_texts.append(" ")
        name = self._aside.pop()
        if self._aside:
            return
        text = said_by(self._author if name == "annotation" else "", "".join(self._aside_texts))
        if text:
            spot = (self._row + 1, self._column + 1) if self._cell is not None else (1, 1)
            (self._beside.comments if name == "annotation" else self._beside.boxes).append((*spot, text))
        self._aside_texts, self._author = [], ""

    def close(self) -> None:
        """Take the end of the document."""

    def _begin_sheet(self, said: dict[str, str]) -> None:
        if len(self.sheets) >= self.limits.sheets:
            raise self.limits.exceeded("sheets", self.path, "工作表太多", "there are too many sheets")
        hidden = said.get("style-name", "") in self._hidden_styles
        self.sheets.append(Sheet(len(self.sheets), said.get("name", ""), hidden=hidden))
        self._row = self._columns = 0
        self._beside = Beside()

    def _end_cell(self, cell: _Cell) -> None:
        text = "".join(self._texts)
        if len(text) > self.limits.text:
            raise self.limits.exceeded("text", self.path, "单元格文字太长", "the text of a cell is too long")
        first = self._column + 1
        value = _value(cell, text)
        if cell.width > 1 or cell.height > 1:
            area = (self._row + 1, first, self._row + cell.height, first + cell.width - 1)
            self.sheets[-1].merged.append(area)
        self._column += cell.repeated
        if value is None:
            if cell.formula and not text:
                self._odd.append(("formula-without-value", cell.formula.partition(":=")[2] or cell.formula, first))
            return
        if self._column > self.limits.columns:
            place = Place(self.path, sheet=self.sheets[-1].name, row=self._row + 1, column=self._column)
            raise self.limits.exceeded(
                "columns",
                self.path,
                "表格右侧远处还有内容",
                "there is content in a column too far to the right",
                place=place,
            )
        if isinstance(value, str) and cell.formula and value.startswith(("#", "Err:")):
            self._odd.append(("error-cell", value, first))
        self._values += [None] * (first - 1 - len(self._values)) + [value] * cell.repeated
        if True in self._runs:
            self._struck.append((first, cell.repeated, False not in self._runs))

    def _end_row(self) -> None:
        sheet = self.sheets[-1]
        first = self._row + 1
        self._row += self._rows_repeated
        for rule, said, column in self._odd:
            key = "value" if rule == "error-cell" else "formula"
            self.notices.append(Notice(rule, {key: said}, (sheet.index, first, column)))
        if not self._values:
            return
        self._cells += self._rows_repeated * len(self._values)
        self._again += (self._rows_repeated - 1) * len(self._values)
        if self._again > self.limits.values:
            place = Place(self.path, sheet=sheet.name, row=first)
            raise self.limits.exceeded(
                "values", self.path, "重复的单元格太多", "too many cells are repeated", place=place
            )
        if self._cells > self._most or self._row > _ROWS:
            place = Place(self.path, sheet=sheet.name, row=first)
            raise self.limits.exceeded("cells", self.path, "单元格太多", "there are too many cells", place=place)
        for number in range(first, self._row + 1):
            sheet.rows.append(Row(number, list(self._values)))
            if self._row_hidden:
                self._beside.hidden_rows.append(number)
            for column, repeated, is_whole in self._struck:
                struck = self._beside.struck if is_whole else self._beside.partly
                struck.update((number, at) for at in range(column, column + repeated))

    def _end_sheet(self) -> None:
        sheet = self.sheets[-1]
        last = sheet.rows[-1].number if sheet.rows else 0
        sheet.merged = [
            (top, left, min(bottom, last), min(right, self.limits.columns))
            for top, left, bottom, right in sheet.merged
            if top <= last and left <= self.limits.columns
        ]
        self.notices += notices(sheet, self._beside)


def _value(cell: _Cell, text: str) -> Scalar:
    """Return what a cell holds; a number is a number whatever way it is shown in."""
    match cell.kind:
        case "float" | "currency" | "percentage":
            try:
                number = float(cell.value)
            except ValueError:
                return text or None
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        case "boolean":
            return cell.value == "true"
        case "date":
            return _date(cell.value) or text or None
        case "time":
            match = _DURATION.fullmatch(cell.value)
            return f"{match[1]}{int(match[2])}:{match[3]:0>2}:{match[4]:0>2}" if match else text or None
    return text or None


def _date(said: str) -> Scalar:
    try:
        moment = datetime.datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment.date() if moment.time() == datetime.time() and "T" not in said else moment


def _count(said: str | None, most: int) -> int:
    return max(1, min(int(said[:9]), most)) if said is not None and said.isascii() and said.isdigit() else 1
