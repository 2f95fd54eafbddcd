"""DBF tables: dBase III and IV, FoxPro, Visual FoxPro; memo texts from the .dbt or .fpt file beside.

The layout is that of the dBase file structure and of Visual FoxPro's table file structure. The header's counts are
not believed: records are those that are there. Numbers stay as they are written if they are codes (leading zeros).
"""

import datetime
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import text
from mulu.readers.model import Document, Json, Notice, Ref, Row, Scalar, Sheet

Beside = Callable[[str], bytes | None]
"""Gives the file of the same name with another ending, `None` if there is none."""

_HEADER = 32
_VERSIONS = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xE5, 0xF5, 0xFB))
_FOX_MEMO = frozenset((0x30, 0x31, 0x32, 0xF5))
_TYPES = frozenset(b"CNFDLMGPBITYQVW0@+O")
# The language driver of the header, where it tells the encoding (Visual FoxPro, Code Pages Supported).
_LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "gb18030", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932"}
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


class _Field(NamedTuple):
    name: bytes
    kind: str
    start: int
    size: int


@dataclass(slots=True)
class DbfDocument(Document):
    """A DBF file; row 1 is its field names, so that record n is row n + 1, deleted records counted."""

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return record and field of a value."""
        if len(ref) == 2 or ref[1] < 2:
            return Place(self.path)
        return Place(self.path, sheet=self.sheets[0].name, row=ref[1], column=ref[2] or None)


def looks_like_dbf(data: bytes) -> bool:
    """Whether `data` begins with a DBF header: a known version, a day of the calendar, and fields of known types."""
    if len(data) < _HEADER + 33 or data[0] not in _VERSIONS or not 1 <= data[2] <= 12 or not 1 <= data[3] <= 31:
        return False
    header, record = struct.unpack("<HH", data[8:12])
    return header > _HEADER and record > 1 and data[_HEADER] > 0x20 and data[_HEADER + 11] in _TYPES


def read_dbf(
    document: DbfDocument, data: bytes, limits: Limits, known: text.Words, beside: Beside, encoding: str | None
) -> DbfDocument:
    """Read the table `data` into `document`; raises `Unreadable` if it is damaged."""
    header, size = struct.unpack("<HH", data[8:12])
    claimed = struct.unpack("<I", data[4:8])[0]
    fields = list(_fields(data[: max(header, _HEADER)], document.path))
    if len(fields) > limits.columns:
        raise limits.exceeded("columns", document.path, "字段太多", "there are too many fields")
    if not fields or fields[-1].start + fields[-1].size > size:
        raise _damaged(document.path)
    there = max(0, len(data) - header) // size
    count = min(claimed, there)
    if count * len(fields) > limits.cells_in(len(data)):
        raise limits.exceeded("cells", document.path, "单元格太多", "there are too many cells")
    memo = _memo(document, data[0], fields, beside)
    records = [data[header + n * size : header + (n + 1) * size] for n in range(count)]
    document.encoding = _encoding(document, data[29], fields, records, memo, known, encoding)
    reader = _Values(document, memo, limits)
    names = [_name(field.name, document.encoding) for field in fields]
    name = re.split(r"[/\\› ]", document.path)[-1]
    sheet = Sheet(0, name.rpartition(".")[0] or name, rows=[Row(1, [*names])])
    deleted: list[int] = []
    for number, record in enumerate(records, 1):
        if record[:1] == b"*":
            deleted.append(number)
            continue
        cells = [
            reader.value(field, record[field.start : field.start + field.size], (0, number + 1, column))
            for column, field in enumerate(fields, 1)
        ]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            sheet.rows.append(Row(number + 1, cells))
    document.sheets = [sheet]
    if deleted:
        params: dict[str, Json] = {"count": len(deleted), "first": deleted[0]}
        document.note([Notice("deleted-record", params, (0, deleted[0] + 1, 0))], limits)
    if count < claimed:
        document.note([Notice("missing-records", {"expected": claimed, "found": count})], limits)
    document.note(reader.notices, limits)
    return document


def _damaged(path: str) -> Unreadable:
    return Unreadable(
        path,
        "DBF 文件已损坏（文件头与内容不符）；请重新导出或重新获取该文件",
        "the DBF file is damaged (its header does not match its content); export or download it again",
    )


def _fields(header: bytes, path: str) -> Iterator[_Field]:
    """Yield the fields that the header describes, up to its end mark; flags of Visual FoxPro are none."""
    start = 1
    for position in range(_HEADER, len(header), _HEADER):
        part = header[position : position + _HEADER]
        if part[0] == 0x0D:
            return
        if len(part) < _HEADER or part[11] not in _TYPES:
            raise _damaged(path)
        kind = chr(part[11])
        # FoxPro and Clipper keep the length of long texts in two bytes.
        size = part[16] + part[17] * 256 if kind == "C" and part[17] else part[16]
        if kind != "0":
            yield _Field(part[:11].split(b"\0")[0].strip(), kind, start, size)
        start += size


def _name(name: bytes, encoding: str) -> str:
    """Return a field's name; one that was cut off in the middle of a character loses its half."""
    return name.decode(encoding, "ignore").strip() or "?"


def _memo(document: DbfDocument, version: int, fields: list[_Field], beside: Beside) -> "_Memo | None":
    with_memo = [field for field in fields if field.kind in "MGP"]
    if not with_memo:
        return None
    endings = (".fpt", ".dbt") if version in _FOX_MEMO else (".dbt", ".fpt")
    for ending in endings:
        data = beside(ending)
        if data is not None:
            return _Memo(data, ending == ".fpt", version)
    names = ", ".join(field.name.decode("gb18030", "replace") for field in with_memo)
    document.notices.append(Notice("missing-memo", {"fields": names, "ending": endings[0]}))
    return None


@dataclass(frozen=True, slots=True)
class _Memo:
    data: bytes
    is_fox: bool
    version: int

    def read(self, block: int) -> bytes | None:
        """Return the text in a block; `None` if there is no such block."""
        if self.is_fox:
            size = int.from_bytes(self.data[6:8], "big") or 64
            at = block * size
            length = int.from_bytes(self.data[at + 4 : at + 8], "big")
            found = self.data[at + 8 : at + 8 + length]
            return found if 0 < at <= len(self.data) - 8 and len(found) == length else None
        # dBase IV writes a mark and the length; dBase III a text up to two end marks, in blocks of 512.
        size = (int.from_bytes(self.data[20:22], "little") or 512) if self.version in (0x8B, 0xCB) else 512
        at = block * size
        if not 0 < at < len(self.data):
            return None
        if self.data[at : at + 4] == b"\xff\xff\x08\x00":
            length = int.from_bytes(self.data[at + 4 : at + 8], "little")
            return self.data[at + 8 : at + length] if at + length <= len(self.data) else None
        end = self.data.find(b"\x1a", at)
        return self.data[at : end if end >= 0 else len(self.data)]


def _encoding(
    document: DbfDocument,
    language: int,
    fields: list[_Field],
    records: list[bytes],
    memo: _Memo | None,
    known: text.Words,
    wanted: str | None,
) -> str:
    """Return the encoding of the texts: what the user says, what the header says, or what the content tells."""
    texts = [field for field in fields if field.kind == "C"]
    sample = b"\n".join(
        [field.name for field in fields]
        + [record[field.start : field.start + field.size].rstrip(b" \0") for record in records for field in texts]
        + ([memo.data[512:].translate(None, bytes(range(32)))] if memo is not None and not memo.is_fox else [])
    )
    decoded = text.decode(sample, document.path, encoding=wanted, declared=_LANGUAGES.get(language), known=known)
    # Of the notices only the encoding is of the file; lines of the sample are none of it.
    document.notices += [notice for notice in decoded.notices if notice.rule == "encoding-guessed"]
    return decoded.encoding


class _Values:
    """Reads the values of a file; what cannot be read is noted at its cell."""

    def __init__(self, document: DbfDocument, memo: _Memo | None, limits: Limits) -> None:
        self.document, self.memo, self.limits = document, memo, limits
        self.encoding = document.encoding or "utf-8"
        self.notices: list[Notice] = []

    def value(self, field: _Field, raw: bytes, ref: Ref) -> Scalar:
        match field.kind:
            case "D":
                return _date(raw)
            case "N" | "F":
                return self._number(raw.decode("ascii", "replace").strip(" \0"), ref)
            case "L":
                return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(raw.strip().upper())
            case "I" | "+":
                return int.from_bytes(raw, "little", signed=True) if len(raw) == 4 else None
            case "Y":
                return _plain(int.from_bytes(raw, "little", signed=True) / 10_000) if len(raw) == 8 else None
            case "B" | "O" if len(raw) == 8:
                return _plain(float(struct.unpack("<d", raw)[0]))
            case "T" | "@":
                return _moment(raw)
            case "M":
                return self._memo(raw, ref)
            case "C" | "V":
                return self._text(raw, ref)
        # Pictures and other objects are no values.
        return None

    def _memo(self, raw: bytes, ref: Ref) -> Scalar:
        digits = raw.strip(b" \0")
        block = int.from_bytes(raw, "little") if len(raw) == 4 else int(digits) if digits.isdigit() else 0
        if not block or self.memo is None:
            return None
        found = self.memo.read(block)
        if found is None:
            self._undecodable(raw, ref)
            return None
        return self._text(found, ref)

    def _text(self, raw: bytes, ref: Ref) -> Scalar:
        raw = raw.rstrip(b" \0")
        if not raw:
            return None
        try:
            said = raw.decode(self.encoding)
        except UnicodeDecodeError:
            # The last character of a full field may be cut in half; anything else is no text.
            said = raw.decode(self.encoding, "backslashreplace")
            self._undecodable(raw, ref)
        if len(said) > self.limits.text:
            raise self.limits.exceeded("text", self.document.path, "字段文字太长", "the text of a field is too long")
        return said.replace("\0", "\\x00").replace("\r\n", "\n").strip() or None

    def _undecodable(self, raw: bytes, ref: Ref) -> None:
        params: dict[str, Json] = {"line": ref[1], "offset": 0, "bytes": raw[:8].hex(" ")}
        self.notices.append(Notice("undecodable-bytes", params, ref))

    def _number(self, said: str, ref: Ref) -> Scalar:
        if not said:
            return None
        if not _NUMBER.fullmatch(said):
            # A number that did not fit is written as asterisks.
            self.notices.append(Notice("error-cell", {"value": said}, ref))
            return said
        if "." not in said:
            # A number that keeps its zeros in front is a code.
            return said if said.startswith("0") and len(said) > 1 else int(said)
        return _plain(float(said))


def _date(raw: bytes) -> Scalar:
    digits = raw.decode("ascii", "replace").strip(" \0")
    if not digits or digits == "00000000":
        return None
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return digits


def _moment(raw: bytes) -> Scalar:
    """Return a day and time: days since the beginning of the Julian period, and milliseconds."""
    if len(raw) != 8:
        return None
    days, milliseconds = struct.unpack("<ii", raw)
    if not days:
        return None
    try:
        day = datetime.date.fromordinal(days - 1_721_425)
        after = datetime.timedelta(seconds=round(milliseconds / 1000))
        moment = datetime.datetime.combine(day, datetime.time()) + after
    except (ValueError, OverflowError):
        return None
    return moment if moment.time() != datetime.time() else day


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
