"""HTML tables: what many systems call an Excel export and name .xls.

Text is decoded before the parser sees it: given the declared gb2312, libxml2 silently drops the rest of a
table at the first character outside of it. Rows, spans and line breaks are read as a browser shows them.
"""

import re
from collections.abc import Iterator
from typing import Any

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers.annotations import Beside, notices
from mulu.readers.model import Document, Notice, Row, Scalar, Sheet

_DECLARED = re.compile(rb"(?:charset|encoding)[ ]{0,9}=[ ]{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})")
_TABLE = re.compile(r"<table[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*+:\s*+none", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]++")
_HEAD = 64 * 1024
_WIDEST, _HIGHEST = 1_000, 65_534
_BREAKING = frozenset(("br", "p", "div", "li", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"))


def declared_encoding(head: bytes) -> str | None:
    """Return the encoding that a page (or other text with tags) says it is in, `None` if it says nothing."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    match = _DECLARED.search(head)
    return match.group(1).decode("ascii") if match else None


def looks_like_html(text: str) -> bool:
    """Whether `text` is a page or a bare table, not other XML."""
    head = text[:_HEAD].lstrip()
    if not head.startswith("<") or "urn:schemas-microsoft-com:office:spreadsheet" in head:
        return False
    if _PAGE.search(head):
        return True
    return not head.startswith("<?xml") and _TABLE.search(text) is not None


def read_html(document: Document, text: str, limits: Limits) -> Document:
    """Read each table of the page `text` as a sheet; raises `Unreadable` if there is none."""
    from lxml import etree

    if text.count("<") > limits.nodes:
        raise limits.exceeded("nodes", document.path, "网页的元素太多", "the page has too many elements")
    # The parser compares each attribute of an element with all others before it.
    if any(tag.partition(">")[0].count("=") > limits.keys for tag in text.split("<")):
        raise limits.exceeded("keys", document.path, "一个元素的属性太多", "an element has too many attributes")
    nuls = text.count("\0")
    if nuls:
        document.notices.append(Notice("nul-character", {"count": nuls}))
        text = text.replace("\0", "\\x00")
    # What exceeds its own limits of nesting and length libxml2 leaves out, with a word in its log.
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(text.encode("utf-8", "backslashreplace"), parser)
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        raise Unreadable(
            document.path,
            "网页嵌套太深或文字太长；请用 Excel 或 WPS 打开后另存为 .xlsx",
            "the page is nested too deeply or contains an overlong text; open it in Excel or WPS and save it as .xlsx",
        )
    cells = 0
    for table in root.iter("table") if root is not None else ():
        sheet, notices = _sheet(table, len(document.sheets), document.path, limits)
        if not sheet.rows:
            continue
        cells += sum(len(row.cells) for row in sheet.rows)
        if len(document.sheets) >= limits.sheets:
            raise limits.exceeded("sheets", document.path, "表格太多", "there are too many tables")
        if cells > limits.cells_in(document.size):
            raise limits.exceeded("cells", document.path, "单元格太多", "there are too many cells")
        document.sheets.append(sheet)
        document.notices += notices
    if not document.sheets:
        raise Unreadable(
            document.path,
            "这是网页，里面没有表格；请另存为 .xlsx，或提供有表格的那个文件",
            "this is a web page without a table; check the file that contains the table, or save the table as .xlsx",
        )
    return document


def _sheet(table: Any, index: int, path: str, limits: Limits) -> tuple[Sheet, list[Notice]]:
    sheet = Sheet(index, _name(table, index))
    hidden: list[int] = []
    # For each column that a cell from above reaches into: how many rows more it does.
    reaching: dict[int, int] = {}
    for number, row in enumerate(_rows(table), 1):
        values: list[Scalar] = []
        column = 0
        below: dict[int, int] = {}
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while reaching.get(column, 0) > 0:
                column += 1
            width, height = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _HIGHEST)
            if column + width > limits.columns:
                place = Place(path, sheet=sheet.name, row=number)
                raise limits.exceeded(
                    "columns",
                    path,
                    f"第 {number} 行列数太多",
                    f"row {number} has too many columns",
                    place=place,
                )
            values += [None] * (column - len(values))
            values.append(_value(cell, path, limits))
            if width > 1 or height > 1:
                sheet.merged.append((number, column + 1, number + height - 1, column + width))
            if height > 1:
                below |= dict.fromkeys(range(column, column + width), height - 1)
            column += width
        reaching = {at: rows - 1 for at, rows in reaching.items() if rows > 1} | below
        while values and values[-1] is None:
            values.pop()
        if values:
            sheet.rows.append(Row(number, values))
            if _HIDDEN.search(row.get("style") or "") or row.get("hidden") is not None:
                hidden.append(number)
    last = sheet.rows[-1].number if sheet.rows else 0
    sheet.merged = [(top, left, min(bottom, last), right) for top, left, bottom, right in sheet.merged if top <= last]
    return sheet, [*notices(sheet, Beside(hidden_rows=hidden))]


def _name(table: Any, index: int) -> str:
    caption = table.find("caption")
    name = _text(caption)[:80] if caption is not None else ""
    return name or f"table{index + 1}"


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows of a table, not those of tables inside it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _span(cell: Any, attribute: str, largest: int) -> int:
    text = (cell.get(attribute) or "1").strip()
    return min(max(int(text[:6]), 1), largest) if text.isascii() and text.isdigit() else 1


def _value(cell: Any, path: str, limits: Limits) -> Scalar:
    text = _text(cell)
    if len(text) > limits.text:
        raise limits.exceeded("text", path, "单元格文字太长", "the text of a cell is too long")
    # A cell that only holds no-break spaces is how exporters write an empty one.
    return text if text.strip(" \n\xa0") else None


def _text(element: Any) -> str:
    """Return an element's text as shown: white space collapsed, a line for each break, no tables inside."""
    from lxml import etree

    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if event == "end":
            if node is not element:
                parts.append(_SPACE.sub(" ", node.tail or ""))
            continue
        if node is not element and node.tag in ("table", "script", "style"):
            walker.skip_subtree()
            continue
        if node is not element and node.tag in _BREAKING:
            parts.append("\n")
        parts.append(_SPACE.sub(" ", node.text or ""))
    lines = [line.strip(" ") for line in "".join(parts).split("\n")]
    return "\n".join(line for line in lines if line)
