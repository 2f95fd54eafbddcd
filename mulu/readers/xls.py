"""Workbooks of Excel 5 to 2003 and of WPS (.xls, .et): by xlrd, which, being Python, cannot end the process.

calamine was tried first and loses here: two of 78 real files came out of it as garbage, as did all of BIFF5
in Chinese, and it takes sizes in the file on trust ([MS-XLS] 2.4).
"""

import datetime
import io
from typing import Any

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import text
from mulu.readers.annotations import Beside, notices, said
from mulu.readers.model import Document, Notice, Row, Scalar, Sheet
from mulu.readers.office import encrypted

_BIFF8 = 80
_BOOKS = ("Workbook", "Book", "WORKBOOK", "BOOK", "workbook", "book")
_STREAMS = (
    ("WordDocument", " Word 文档", "a Word document"),
    ("PowerPoint Document", " PowerPoint 文件", "a PowerPoint file"),
    ("__substg1.0_", "邮件", "an e-mail"),
    ("DigitalSignature", "安装包", "an installer"),
)


def read_xls(document: Document, data: bytes, limits: Limits, known: text.Words = frozenset) -> Document:
    """Read the workbook `data` into `document.sheets`; raises `Unreadable`."""
    path = document.path
    if _has_stream(data, "EncryptedPackage"):
        raise encrypted(path)
    if not any(_has_stream(data, name) for name in _BOOKS):
        zh, en = next((kind[1:] for kind in _STREAMS if _has_stream(data, kind[0])), ("旧式文档", "an old document"))
        raise Unreadable(
            path,
            f"这是{zh}，不是工作簿；请把表格另存为 .xlsx，Word 文档也可另存为 .docx",
            f"this is {en}, not a workbook; save the table as .xlsx, or a Word document as .docx",
        )
    book = _open(data, path, None)
    encoding = None
    if book.biff_version < _BIFF8:
        # Older files hold bytes. What they say of their code page is often wrong, so it is not asked.
        book = _open(data, path, "latin-1")
        decoded = text.decode(_all_text(book), path, known=known)
        encoding = document.encoding = decoded.encoding
        document.notices += [notice for notice in decoded.notices if notice.rule == "encoding-guessed"]
    if book.nsheets > limits.sheets:
        raise limits.exceeded("sheets", path, f"有 {book.nsheets} 张工作表", f"there are {book.nsheets} sheets")
    cells = 0
    for number in range(book.nsheets):
        sheet = _sheet(document, book, number, encoding)
        cells += sum(len(row.cells) for row in sheet.rows)
        if cells > limits.cells_in(len(data)):
            raise limits.exceeded("cells", path, "单元格太多", "there are too many cells")
        _check_texts(sheet, path, limits)
        document.sheets.append(sheet)
    return document


def _has_stream(data: bytes, name: str) -> bool:
    """Whether a directory entry of the compound file begins with `name` ([MS-CFB] 2.6.1)."""
    wanted = name.encode("utf-16-le")
    ends = b"" if name.endswith("_") else b"\0\0"
    return wanted + ends in data


def _open(data: bytes, path: str, encoding: str | None) -> Any:
    import xlrd

    try:
        return xlrd.open_workbook(
            file_contents=data,
            logfile=io.StringIO(),
            formatting_info=True,
            ragged_rows=True,
            encoding_override=encoding,
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise encrypted(path) from None
        raise _damaged(path) from None
    except MemoryError:
        raise
    except Exception:
        # xlrd meets a damaged file with whatever its code runs into: AssertionError, IndexError,
        # struct.error …
        raise _damaged(path) from None


def _all_text(book: Any) -> bytes:
    texts = {
        value
        for sheet in book.sheets()
        for row in range(sheet.nrows)
        for value in sheet.row_values(row)
        if isinstance(value, str)
    }
    return "\n".join([*book.sheet_names(), *sorted(texts)]).encode("latin-1", "replace")


def _sheet(document: Document, book: Any, number: int, encoding: str | None) -> Sheet:
    source = book.sheet_by_index(number)
    sheet = Sheet(number, _decoded(source.name, encoding), source.visibility != 0, date_1904=book.datemode == 1)
    beside = _beside(book, source, encoding)
    for index in range(source.nrows):
        cells: list[Scalar] = []
        for column, cell in enumerate(source.row(index)):
            value = _value(book, cell, encoding)
            cells.append(value)
            if cell.ctype == 5:
                ref = (number, index + 1, column + 1)
                document.notices.append(Notice("error-cell", {"value": str(value)}, ref))
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            sheet.rows.append(Row(index + 1, cells))
            information = source.rowinfo_map.get(index)
            if information is not None and information.hidden:
                beside.hidden_rows.append(index + 1)
    last = sheet.rows[-1].number if sheet.rows else 0
    sheet.merged = [
        (top + 1, left + 1, min(bottom, last), right) for top, bottom, left, right in source.merged_cells if top < last
    ]
    document.notices += notices(sheet, beside)
    return sheet


def _beside(book: Any, source: Any, encoding: str | None) -> Beside:
    """Return the hidden columns of a sheet, its comments, and what is struck out."""
    beside = Beside()
    beside.hidden_columns = [(number + 1, number + 1) for number, each in source.colinfo_map.items() if each.hidden]
    for (row, column), note in source.cell_note_map.items():
        if text_said := said(_decoded(note.author, encoding), _decoded(note.text, encoding)):
            beside.comments.append((row + 1, column + 1, text_said))
    fonts = [bool(font.struck_out) for font in book.font_list]
    if not any(fonts):
        return beside
    styles = {number for number, style in enumerate(book.xf_list) if _is_struck(fonts, style.font_index)}
    for row in range(source.nrows):
        for column, cell in enumerate(source.row(row)):
            if cell.ctype in (0, 6):
                continue
            whole = cell.xf_index in styles
            runs = source.rich_text_runlist_map.get((row, column), ())
            # A run reaches to the next one; what is before the first has the font of the cell.
            parts = {whole} if not runs or runs[0][0] > 0 else set()
            parts |= {_is_struck(fonts, font) for start, font in runs if start < len(str(cell.value))}
            if True in parts:
                (beside.partly if False in parts else beside.struck).add((row + 1, column + 1))
    return beside


def _is_struck(fonts: list[bool], number: int) -> bool:
    return number < len(fonts) and fonts[number]


def _value(book: Any, cell: Any, encoding: str | None) -> Scalar:
    import xlrd

    value = cell.value
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return _decoded(value, encoding) or None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return int(value) if value.is_integer() and abs(value) < 2**53 else float(value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(book, cell)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, f"#{value}"))
    return None


def _date(book: Any, cell: Any) -> Scalar:
    import xlrd

    number = float(cell.value)
    try:
        pattern = book.format_map[book.xf_list[cell.xf_index].format_key].format_str.lower()
    except (KeyError, IndexError, TypeError):
        pattern = ""
    if number < 0 or "[h" in pattern or "[m" in pattern or "[s" in pattern:
        seconds = round(number * 86_400)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds >= 0 else number
    try:
        moment: datetime.datetime = xlrd.xldate.xldate_as_datetime(number, book.datemode)
    except (OverflowError, ValueError):
        return number
    if number < 1:
        return moment.time()
    return moment.date() if number.is_integer() else moment


def _decoded(value: str, encoding: str | None) -> str:
    return value if encoding is None else value.encode("latin-1", "replace").decode(encoding, "backslashreplace")


def _check_texts(sheet: Sheet, path: str, limits: Limits) -> None:
    for row in sheet.rows:
        for column, cell in enumerate(row.cells, 1):
            if isinstance(cell, str) and len(cell) > limits.text:
                place = Place(path, sheet=sheet.name, row=row.number, column=column)
                raise limits.exceeded("text", path, "单元格文字太长", "the text of a cell is too long", place=place)


def _damaged(path: str) -> Unreadable:
    return Unreadable(
        path,
        "工作簿已损坏，或不是 .xls；请用 Excel 或 WPS 打开后另存为 .xlsx",
        "the workbook is damaged or is not an .xls file; open it in Excel or WPS and save it as .xlsx",
    )
