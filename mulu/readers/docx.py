"""Tables in Word documents (.docx): every table of the body is a sheet, in the order in which they begin.

The part is read as a stream of elements, so its size costs time and no memory (ECMA-376 part 1, 17.4 Tables). Tracked
changes are read as accepted; of a drawing and its stand-in for old programs only the first is read.
"""

from dataclasses import dataclass, field

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers.annotations import Beside, notices
from mulu.readers.archive import Archive
from mulu.readers.model import Document, Notice, Row, Scalar, Sheet
from mulu.readers.office import SAFE, refuse_doctype
from mulu.readers.xlsx_xml import events

_CHUNK = 64 * 1024
# What holds no text of the document as it is read: struck out, field codes, what old programs show instead.
_LEFT_OUT = frozenset(("del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "rPrChange", "pPrChange"))
_CHANGES = frozenset(("ins", "del", "moveFrom", "moveTo"))
_FALSE = ("0", "false", "off")


def document_member(archive: Archive) -> str | None:
    """Return the name of the main part of a Word document, `None` if the archive is none."""
    return next((name for name in archive.infos if name.lower() == "word/document.xml"), None)


def read_docx(document: Document, archive: Archive, member: str) -> Document:
    """Read each table of the document as a sheet; raises `Unreadable` if there is none."""
    from lxml import etree

    refuse_doctype(archive)
    tables = _Tables(document.path, archive.limits, archive.limits.cells_in(len(archive.data)))
    parser = etree.XMLParser(target=tables, **SAFE)
    data = archive.read(member)
    try:
        for position in range(0, len(data), _CHUNK):
            parser.feed(data[position : position + _CHUNK])
        parser.close()
    except etree.XMLSyntaxError:
        raise _damaged(document.path) from None
    document.sheets = tables.sheets()
    if not document.sheets:
        raise Unreadable(
            document.path,
            "这个 Word 文档里没有表格；请把目录放进表格，或提供有表格的那个文件",
            "this Word document has no table; put the catalog into a table, or check the file that contains it",
        )
    if tables.changes:
        document.notices.append(Notice("tracked-change", {"count": tables.changes}))
    texts, is_unread = {}, False
    if any(table.comments for _, table in tables.kept):
        try:
            texts = _comments(archive)
        except Unreadable:
            # What the tables hold does not depend on them.
            is_unread = True
    for sheet, table in tables.kept:
        table.beside.is_unread = is_unread and bool(table.comments)
        table.beside.comments = [
            (row, column, texts[number]) for row, column, number in table.comments if texts.get(number)
        ]
        document.note(notices(sheet, table.beside), archive.limits)
    return document


def _comments(archive: Archive) -> dict[str, str]:
    """Return the texts of the document's comments by their numbers; raises `Unreadable`."""
    member = next((name for name in archive.infos if name.lower() == "word/comments.xml"), None)
    found: dict[str, str] = {}
    for comment in events(archive.read(member), archive.path, ("comment",), archive.limits) if member else ():
        number = next((text for key, text in comment.items() if key.rpartition("}")[2] == "id"), "")
        found[number] = " ".join("".join(text.text or "" for text in comment.iter("{*}t")).split())
    return found


def _damaged(path: str) -> Unreadable:
    return Unreadable(
        path,
        "Word 文档已损坏或不完整；请用 Word 或 WPS 打开后另存为 .docx，或重新获取该文件",
        "the Word document is damaged or incomplete; open it in Word or WPS and save it as .docx, or download it again",
    )


@dataclass(slots=True)
class _Table:
    number: int
    rows: list[Row] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    beside: Beside = field(default_factory=Beside)
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    """Row and column of the cells that comments are on, and the comments' numbers."""
    row: int = 0
    column: int = 0
    cells: dict[int, str] = field(default_factory=dict)
    struck: bool = False
    # Of the cell that is being read: its text, whether that is struck out, its width, and whether it goes on with the
    # one above.
    texts: list[str] | None = None
    runs: set[bool] = field(default_factory=set)
    width: int = 1
    goes_on: str = ""
    # Column -> where the merged cell that reaches down there began, as an index of `merged`.
    reaching: dict[int, int] = field(default_factory=dict)


class _Tables:
    """Gathers tables from the elements of a document, as lxml's parser meets them."""

    def __init__(self, path: str, limits: Limits, most: int) -> None:
        """`most`: how many cells there may be."""
        self.path, self.limits, self._most = path, limits, most
        self.done: list[_Table] = []
        self.open: list[_Table] = []
        self.kept: list[tuple[Sheet, _Table]] = []
        self.changes = 0
        self.cells = 0
        self._skipping = 0
        self._in_text = False
        self._is_struck = False

    def sheets(self) -> list[Sheet]:
        """Return the tables that hold something."""
        found: list[Sheet] = []
        for table in sorted(self.done, key=lambda table: table.number):
            if table.rows:
                sheet = Sheet(len(found), f"table{table.number}", rows=table.rows)
                last = table.rows[-1].number
                sheet.merged = [area for area in table.merged if area[0] <= last and area[:2] != area[2:]]
                found.append(sheet)
                self.kept.append((sheet, table))
        return found

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        name = tag.rpartition("}")[2]
        if self._skipping or name in _LEFT_OUT:
            # In the properties of a row, `del` says that the row is struck out, and holds nothing.
            if not self._skipping and name == "del" and self.open and self.open[-1].texts is None:
                self.open[-1].struck = True
            if not self._skipping and name in _CHANGES and self.open:
                self.changes += 1
            self._skipping += 1
            return
        if name == "tbl":
            self._begin_table()
        if not self.open:
            return
        table = self.open[-1]
        value = next((text for key, text in attributes.items() if key.rpartition("}")[2] == "val"), "")
        if name in _CHANGES:
            self.changes += 1
        elif name == "tr":
            table.row += 1
            table.column, table.cells, table.struck = 0, {}, False
        elif name == "gridBefore":
            table.column += _count(value)
        elif name == "hidden" and value not in _FALSE:
            table.beside.hidden_rows.append(table.row)
        elif name == "tc":
            table.texts, table.runs, table.width, table.goes_on = [], set(), 1, ""
        elif name == "gridSpan":
            table.width = max(1, _count(value))
        elif name == "vMerge":
            table.goes_on = value or "continue"
        elif table.texts is not None:
            self._in_text = name == "t"
            if name == "r":
                self._is_struck = False
            elif name in ("strike", "dstrike"):
                self._is_struck = value not in _FALSE
            elif name == "commentReference":
                number = next((text for key, text in attributes.items() if key.rpartition("}")[2] == "id"), "")
                table.comments.append((table.row, table.column + 1, number))
            if name in ("br", "cr", "tab", "noBreakHyphen"):
                table.texts.append({"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))

    def data(self, text: str) -> None:
        """Take text between elements."""
        if self._in_text and not self._skipping and self.open and self.open[-1].texts is not None:
            self.open[-1].texts.append(text)
            if text.strip():
                self.open[-1].runs.add(self._is_struck)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skipping:
            self._skipping -= 1
            return
        self._in_text = False
        if not self.open:
            return
        name = tag.rpartition("}")[2]
        table = self.open[-1]
        if name == "p" and table.texts is not None:
            table.texts.append("\n")
        elif name == "tc" and table.texts is not None:
            self._end_cell(table)
        elif name == "tr":
            self._end_row(table)
        elif name == "tbl":
            self.done.append(self.open.pop())

    def close(self) -> None:
        """Take the end of the document."""

    def _begin_table(self) -> None:
        number = len(self.done) + len(self.open) + 1
        if number > self.limits.sheets:
            raise self.limits.exceeded("sheets", self.path, "表格太多", "there are too many tables")
        self.open.append(_Table(number))

    def _end_cell(self, table: _Table) -> None:
        said = "\n".join(line for line in (line.strip(" \u00a0") for line in _lines(table.texts or [])) if line)
        place = Place(self.path, sheet=f"table{table.number}", row=table.row, column=table.column + 1)
        if len(said) > self.limits.text:
            raise self._exceeded("text", "单元格文字太长", "the text of a cell is too long", place)
        first, last = table.column + 1, table.column + table.width
        if last > self.limits.columns:
            raise self._exceeded("columns", "表格列数太多", "a table has too many columns", place)
        self.cells += 1
        if self.cells > self._most:
            raise self._exceeded("cells", "单元格太多", "there are too many cells", place)
        if table.goes_on == "continue" and first in table.reaching and not said:
            at = table.reaching[first]
            top, left, _, right = table.merged[at]
            table.merged[at] = (top, left, table.row, right)
        else:
            table.reaching.pop(first, None)
            if said:
                table.cells[first] = said
                if True in table.runs:
                    (table.beside.partly if False in table.runs else table.beside.struck).add((table.row, first))
            if table.goes_on or table.width > 1:
                table.merged.append((table.row, first, table.row, last))
                if table.goes_on:
                    table.reaching[first] = len(table.merged) - 1
        table.column = last
        table.texts = None

    def _exceeded(self, limit: str, zh: str, en: str, place: Place) -> Unreadable:
        return self.limits.exceeded(limit, self.path, zh, en, place=place)

    def _end_row(self, table: _Table) -> None:
        if table.struck:
            # As if it were gone; the rows below keep their numbers.
            return
        if table.cells:
            cells: list[Scalar] = [None] * max(table.cells)
            for column, said in table.cells.items():
                cells[column - 1] = said
            table.rows.append(Row(table.row, cells))


def _lines(texts: list[str]) -> list[str]:
    return "".join(texts).split("\n")


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
