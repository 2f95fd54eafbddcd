"""The rows of a sheet in which nothing is out of the ordinary, looked at as text: that takes a tenth of parsing them.

Ordinary is what Excel, WPS and the usual libraries write of cells with values: names for all rows and cells, no row
that is hidden, no error, no formula without a result. One pattern, which runs without backtracking, tells whether all
rows of a sheet are so; of a sheet with any other row its XML is parsed (ECMA-376 part 1, 18.3 Worksheets).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_BEGIN, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_CHUNK = 2**20
# Characters of XML 1.0: what else a reference may stand for, or be, is for the parser to say.
_REFERENCE = (
    rb"&(?:amp|lt|gt|quot|apos"
    rb"|#(?:9|10|13|3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3}|[1-4][0-9]{4}|5[0-4][0-9]{3}|65[0-4][0-9]{2}));"
)
_TEXT = rb"(?:[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]|" + _REFERENCE + rb")"
_FORMULA = rb'(?:<f(?: (?:t|ref|si|ca|aca)="[^"<>&]*")*(?:/>|>' + _TEXT + rb"*</f>))?"
_VALUE = _FORMULA + rb"<v>" + _TEXT + rb'+</v>|<is><t(?: xml:space="preserve")?>' + _TEXT + rb"*</t></is>"
_TYPE = rb' t="(?:s|n|str|b|d|inlineStr)"'
_CELL = rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,9}")?(?:' + _TYPE + rb")?(?:/>|>(?:" + _VALUE + rb")?</c>)"
_ROW = rb'<row r="[0-9]{1,7}"(?: (?:s|[a-zA-Z0-9:]{2,40})="[^"<>&]*")*(?:/>|>(?:' + _CELL + rb")*</row>)"
_NOT_ROWS = re.compile(
    rb'<!|<\?(?!xml\s)|<(?:\w+:)?(?:row|c|sheetData)[\s/>]|encoding\s*=\s*(?!["\']utf-8["\'])', re.IGNORECASE
)
_HIDDEN = re.compile(rb' hidden="(?!false"|0")')
_FILLED = re.compile(r'<c r="([A-Z0-9]+)"[^<>/]*><[^/]')
_NO_CHARACTERS = b"\xef\xbf\xbe", b"\xef\xbf\xbf"


@cache
def _rows() -> Any:
    import re2

    return re2.compile(rb"(?:" + _ROW + rb")*")


def cut_out(data: bytes) -> tuple[bytes, Iterator[tuple[str, tuple[str, ...]]]] | None:
    """Return the XML of a sheet without its rows, and what they hold; `None` if something in them is not ordinary.

    Of each row with values come its number and the letters of the cells that hold them, `A1` in row 1 giving `A`.
    """
    begin = data.find(_BEGIN)
    end = data.find(_END, begin)
    if begin < 0 or end < 0 or _NOT_ROWS.search(data, 0, begin):
        return None
    pieces: list[tuple[int, int]] = []
    at = begin + len(_BEGIN)
    while at < end:
        until = end if end - at <= _CHUNK else data.rfind(_ROW_END, at, at + _CHUNK) + len(_ROW_END)
        if until <= at or not _is_ordinary(data[at:until]):
            return None
        pieces.append((at, until))
        at = until
    return data[: begin + len(_BEGIN)] + data[end:], _filled(data, pieces)


def _is_ordinary(rows: bytes) -> bool:
    if _HIDDEN.search(rows) or any(one in rows for one in _NO_CHARACTERS) or _rows().fullmatch(rows) is None:
        return False
    try:
        rows.decode()
    except UnicodeDecodeError:
        return False
    return True


def _filled(data: bytes, pieces: list[tuple[int, int]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for at, until in pieces:
        for row in data[at:until].decode().split(_ROW_END.decode()):
            # Rows without cells may stand before the one that ends here.
            digits = row.rpartition('<row r="')[2].partition('"')[0]
            if names := _FILLED.findall(row):
                yield digits, tuple([name.removesuffix(digits) for name in names])
