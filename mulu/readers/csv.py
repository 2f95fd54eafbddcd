"""CSV and its kin: delimiter by what the columns say, line breaks in quotes, positions of every cell.

Cells are split here and not by the standard library, because a finding must point at the line and character
where a cell starts, and because a quote that is never closed must not swallow the rest of the file.
"""

import csv
import itertools
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mulu.limits import Limits
from mulu.place import Place
from mulu.readers.model import Document, Notice, Ref, Row, Scalar, Sheet
from mulu.texts import unshielded

DELIMITERS = (",", "\t", ";", "|", "，")
"""In the order in which they win a tie."""

_SAMPLE = 65_536
_PATIENCE = 16 * 2**20
# The end of a line of old Macs, wherever it stands: also beside LF, in quoted cells or where files were put together.
_LONE_CR = re.compile(r"(?<!\r)\r++(?!\n)")
# ="0012" is a text of digits, as programs write it that want Excel to leave it alone.
_AS_TEXT = re.compile(r'="((?:[^"]|"")*+)"')
_GUARDS = ("'", "=")
# The line below the headings of a table in Markdown.
_RULE = re.compile(r" *:?-{3,}:? *")
_BLANKS = re.compile(r"\n++")
_QUOTE = re.compile(r' *+"(?:[^"]++|"")*+')


def _quoted(delimiter: str, inside: str) -> re.Pattern[str]:
    return re.compile(rf' *+"((?:{inside}++|"")*+)"[ \r]*+(?={re.escape(delimiter)}|\n|\Z)')


_QUOTED = {delimiter: _quoted(delimiter, '[^"]') for delimiter in DELIMITERS}
_ON_ONE_LINE = {delimiter: _quoted(delimiter, r'[^"\n]') for delimiter in DELIMITERS}


@dataclass(slots=True)
class CsvDocument(Document):
    """A text whose records are the rows of its one sheet; the header is row 1."""

    text: str = ""
    delimiter: str = ","
    _starts: "array[int]" = field(default_factory=lambda: array("Q"))
    _lines: "array[int]" = field(default_factory=lambda: array("Q"))
    _patient_until: int = 0
    _asked: tuple[int, list[int], Iterator[int]] = (-1, [], iter(()))
    """Of which record, by its offset, cells were looked up last: the offsets of those found, and the further ones."""

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return record, line and column where a cell starts; past the last cell, where the record ends."""
        if len(ref) == 2 or ref[1] < 1:
            return Place(self.path)
        _, row, column = ref
        if row > len(self._starts):
            return Place(self.path, row=row)
        start = self._starts[row - 1]
        if not column:
            return Place(self.path, row=row, line=self._lines[row - 1], column=1)
        if self._asked[0] != start:
            self._asked = start, [], self._cell_offsets(start)
        _, offsets, further = self._asked
        offsets += itertools.islice(further, max(0, column - len(offsets)))
        offset = offsets[min(column, len(offsets)) - 1]
        line = self._lines[row - 1] + self.text.count("\n", start, offset)
        line_start = self.text.rfind("\n", 0, offset) + 1
        return Place(self.path, row=row, column=offset - line_start + 1, line=line)

    def _cell_offsets(self, position: int) -> Iterator[int]:
        """Yield the offset of each cell of the record at `position`, last the offset of the record's end."""
        patient = position <= self._patient_until
        while True:
            yield position
            end = _cell(self.text, position, self.delimiter, patient).end
            if _ends_line(self.text, end):
                yield end
                return
            position = end + 1


def read_csv(document: CsvDocument, known: frozenset[str], limits: Limits) -> CsvDocument:
    """Split `document.text` into rows; `known` are headings that tell the right delimiter.

    A CR that no LF follows ends a line, too; in a quoted cell it becomes an LF.
    """
    # One by one, so that offsets stay. CRs before an LF are one end of a line with it, however many a program wrote.
    if "\r" in document.text:
        document.text = _LONE_CR.sub(lambda match: "\n" * len(match.group()), document.text)
    text = document.text
    document.delimiter = choose_delimiter(text, known)
    sheet = Sheet(0, "")
    widths = array("L")
    cells_left = limits.cells_in(document.size)
    for record in _records(text, document.delimiter):
        if not record.size:
            # Each of the blank lines is a record.
            document._starts.extend(range(record.start, record.start + record.blanks))
            document._lines.extend(range(record.line, record.line + record.blanks))
            continue
        document._starts.append(record.start)
        document._lines.append(record.line)
        number = len(document._starts)
        if record.patient:
            document._patient_until = record.start
        if record.unclosed is not None:
            document.note([_unclosed_quote(document, number, record.unclosed)], limits)
        row: list[Scalar] = [(_plain(cell) if cell[:1] in _GUARDS else cell) or None for cell in record.cells]
        while row and row[-1] is None:
            row.pop()
        if not row or (document.delimiter == "|" and _is_rule(row)):
            continue
        widths.append(len(record.cells))
        cells_left -= len(row)
        if len(row) > limits.columns or cells_left < 0 or record.size > limits.text:
            _keep_limits(document, number, row, cells_left, limits)
        sheet.rows.append(Row(number, row))
    document.sheets = [sheet]
    document.note(_ragged_rows(sheet, widths), limits)
    document.note(_nul_characters(document, sheet), limits)
    return document


def _is_rule(row: Sequence[Scalar]) -> bool:
    return all(cell is None or _RULE.fullmatch(str(cell)) for cell in row)


def _plain(cell: str) -> str:
    """Return a text without what keeps a spreadsheet program from taking it for a formula or a number."""
    if found := _AS_TEXT.fullmatch(cell):
        return found[1].replace('""', '"')
    return unshielded(cell) if cell[:1] == "'" else cell


def choose_delimiter(text: str, known: frozenset[str]) -> str:
    """Return the delimiter that gives the most known headings, then the most rows of equal width.

    Rows in which something follows a closing quote speak against it: it is another delimiter, or a mark inside quotes.

    >>> choose_delimiter("名称;代码\\n甲,乙;1\\n丙;2", frozenset())
    ';'
    """
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample

    def fitness(delimiter: str) -> tuple[int, float, float]:
        if delimiter not in sample:
            return 0, -1.0, 0.0
        rows = [record for record in _records(sample, delimiter) if any(record.cells)]
        hits = sum(_heading(cell) in known for record in rows[:5] for cell in record.cells)
        regular = [record for record in rows if record.regular]
        evenness, share = _evenness(rows), len(regular) / max(1, len(rows))
        return hits, _evenness(regular) * share - (1 - share) if evenness else -1.0, evenness

    scores = {delimiter: fitness(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=scores.__getitem__)
    return best if scores[best][0] or scores[best][2] else ","


def _evenness(rows: "list[_Record]") -> float:
    """Return the share of rows that are as wide as most; 0 if these have one cell."""
    width, count = Counter(len(record.cells) for record in rows).most_common(1)[0] if rows else (1, 0)
    return count / len(rows) if width > 1 else 0.0


def _heading(cell: str) -> str:
    return cell.split("（")[0].split("(")[0].strip(" *")


@dataclass(slots=True)
class _Record:
    """A record; `unclosed` is the offset of a quote that nothing closes, if that was looked for.

    It is `regular` if no cell begins with a quote that ends before the cell does.
    """

    start: int
    size: int
    line: int
    cells: list[str]
    unclosed: int | None = None
    patient: bool = True
    regular: bool = True
    blanks: int = 0
    """How many lines without anything stand here in a row, if it is no record with cells."""


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    position, length, line = 0, len(text), 1
    # Looking for the end of a quoted cell may read the rest of the file in vain; a file of such quotes must
    # not make that quadratic, so after some waste the end is looked for on the same line only.
    patience = _PATIENCE
    while position < length:
        if text[position] == "\n" and (blanks := _BLANKS.match(text, position)):
            end = blanks.end()
            yield _Record(position, 0, line, [], blanks=end - position)
            position, line = end, line + end - position
            continue
        end = text.find("\n", position)
        end = length if end < 0 else end
        if text.find('"', position, end) < 0:
            yield _Record(position, end - position, line, text[position:end].removesuffix("\r").split(delimiter))
            position, line = end + 1, line + 1
            continue
        well_formed = _well_formed(text[position:end], delimiter)
        if well_formed is not None:
            yield _Record(position, end - position, line, well_formed, patient=patience > 0)
            position, line = end + 1, line + 1
            continue
        record = _Record(position, 0, line, [], patient=patience > 0)
        while True:
            cell = _cell(text, position, delimiter, record.patient)
            if not cell.closed and record.unclosed is None:
                record.unclosed = position
            record.regular &= cell.regular
            patience -= cell.wasted
            record.cells.append(cell.text)
            position = cell.end + 1
            if _ends_line(text, cell.end):
                break
        record.size = position - record.start
        yield record
        line += text.count("\n", record.start, position)


def _well_formed(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line by the standard library, for speed; `None` if it needs a closer look."""
    if '" ' in line or ' "' in line:
        return None
    try:
        return next(csv.reader((line.removesuffix("\r"),), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    end: int
    closed: bool = True
    wasted: int = 0
    regular: bool = True


def _cell(text: str, position: int, delimiter: str, patient: bool) -> _Cell:
    """Return the cell at `position`; `wasted` is how far its closing quote was looked for in vain."""
    match = (_QUOTED if patient else _ON_ONE_LINE)[delimiter].match(text, position)
    if match:
        return _Cell(match.group(1).replace('""', '"'), match.end())
    line_end = text.find("\n", position)
    line_end = len(text) if line_end < 0 else line_end
    end = text.find(delimiter, position, line_end)
    plain = text[position:line_end].removesuffix("\r") if end < 0 else text[position:end]
    end = line_end if end < 0 else end
    quote = _QUOTE.match(text, position) if patient else None
    # Quotes inside a cell, "甲"类, are part of it; they are only odd if they do not pair.
    regular = not plain.lstrip(" ").startswith('"')
    closed = regular or plain.count('"') % 2 == 0
    return _Cell(plain, end, closed, quote.end() - position if quote else 0, regular)


def _ends_line(text: str, position: int) -> bool:
    return position >= len(text) or text[position] == "\n"


def _keep_limits(document: CsvDocument, number: int, row: list[Scalar], cells_left: int, limits: Limits) -> None:
    place = Place(document.path, row=number, line=document._lines[number - 1], column=1)
    if len(row) > limits.columns:
        raise limits.exceeded(
            "columns",
            document.path,
            f"第 {number} 行有 {len(row)} 列",
            f"row {number} has {len(row)} columns",
            place=place,
        )
    if cells_left < 0:
        raise limits.exceeded("cells", document.path, "单元格太多", "there are too many cells", place=place)
    if any(isinstance(cell, str) and len(cell) > limits.text for cell in row):
        raise limits.exceeded(
            "text",
            document.path,
            f"第 {number} 行有太长的单元格",
            f"row {number} has a cell that is too long",
            place=place,
        )


def _unclosed_quote(document: CsvDocument, number: int, offset: int) -> Notice:
    text = document.text
    line = document._lines[number - 1] + text.count("\n", document._starts[number - 1], offset)
    column = offset - text.rfind("\n", 0, offset)
    return Notice("unclosed-quote", {"line": line}, place=Place(document.path, row=number, line=line, column=column))


def _ragged_rows(sheet: Sheet, widths: Sequence[int]) -> Iterator[Notice]:
    """Tell rows wider or narrower than the table, which is as wide as its headings or most of its rows.

    `widths` are those of the rows as written. Narrower rows are told only where they are exceptions: some
    programs leave out the empty cells at the end of every row, and titles and notes have one cell. The last is one
    if no other is narrow: so ends a file that was cut off.
    """
    if not sheet.rows:
        return
    heading = next((at for at, row in enumerate(sheet.rows[:5]) if sum(cell is not None for cell in row.cells) > 1), 0)
    expected = max(len(sheet.rows[heading].cells), Counter(widths).most_common(1)[0][0])
    narrow = sum(width < expected for width in widths[heading:])
    is_exception = narrow * 10 <= len(widths) or (narrow == 1 and widths[-1] < expected)
    for row, width in zip(sheet.rows[heading:], widths[heading:], strict=True):
        if len(row.cells) > expected:
            yield Notice("extra-cells", {"expected": expected, "found": width}, (0, row.number, expected + 1))
        elif 1 < width < expected and is_exception:
            yield Notice("missing-cells", {"expected": expected, "found": width}, (0, row.number, 0))


def _nul_characters(document: CsvDocument, sheet: Sheet) -> list[Notice]:
    count = document.text.count("\0")
    if not count:
        return []
    for row in sheet.rows:
        for column, cell in enumerate(row.cells, 1):
            if isinstance(cell, str) and "\0" in cell:
                return [Notice("nul-character", {"count": count}, (0, row.number, column))]
    return []
