"""What every reader gives: a document that remembers where each of its values stands."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from mulu.errors import Unreadable
from mulu.limits import DEFAULT, Limits
from mulu.place import Place
from mulu.pointer import Json

if TYPE_CHECKING:
    # A child that reads a file needs nothing of the standard.
    from mulu.standard.selectors import Selector

__all__ = ["Area", "Document", "Item", "Json", "Notice", "Place", "Ref", "Row", "Scalar", "Sheet"]

Scalar: TypeAlias = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | None
"""A cell's value. A number without fraction is an int, an empty cell `None`, a duration a text "26:30:00"."""

Area: TypeAlias = tuple[int, int, int, int]
"""Cells of a sheet: first row, first column, last row, last column."""

Ref: TypeAlias = tuple[int, int, int] | tuple[int, str]
"""Where a value stands in its file: `(sheet, row, column)` in a table, `(item, JSON Pointer)` elsewhere.

Sheets and items count from 0, rows and columns from 1; column 0 is the whole row, row 0 the whole sheet. The
pointer starts inside the item, so `(3, "")` is the fourth item itself.
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the mappings of a standard know of files; each is asked for only where it is needed.

    `words` gives every heading, by which encodings and delimiters are judged; `prefixes` namespace -> prefix, by which
    names in trees are written; `records` where the records of trees in XML stand, so that they are read one by one.
    """

    words: Callable[[], frozenset[str]] = frozenset
    prefixes: Callable[[], Mapping[str, str]] = dict
    records: Callable[[], "Sequence[Selector]"] = tuple


NOTHING = Known()
"""What is known without a standard."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader of a file noticed; `rule` names it, its texts are kept elsewhere.

    `place` is set where the exact spot is known and `ref` cannot tell it (a byte that cannot be decoded).
    """

    rule: str
    params: Mapping[str, Json]
    ref: Ref | None = None
    place: Place | None = None


@dataclass(slots=True)
class Row:
    """A row that has at least one value; empty cells at its end are left out."""

    number: int
    cells: list[Scalar]

    def cell(self, column: int) -> Scalar:
        """Return the value in `column` (from 1), `None` past the last one."""
        return self.cells[column - 1] if column <= len(self.cells) else None


@dataclass(slots=True)
class Sheet:
    """A table: a worksheet, a CSV file, a table of an HTML page.

    Of the cells that `merged` joins, the first one has the value.
    `date_1904`: the workbook counts days from 1904 (the values of `rows` are right already). `spots` tells of a sheet
    that was put together from others where a cell `(row, column)` really stands: sheet's name, row, column.
    """

    index: int
    name: str
    hidden: bool = False
    rows: list[Row] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    date_1904: bool = False
    spots: dict[tuple[int, int], tuple[str, int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Item:
    """A top-level value of a JSON, JSON Lines or YAML document; `index` counts from 0.

    `broken`: the line could not be parsed (then `value` is `None`, `text` is the line, and a notice of the document
    says why).
    """

    index: int
    value: Json
    broken: bool = False
    text: str = ""


@dataclass(slots=True)
class Document:
    """One file, read.

    `family` is "xlsx", "xls", "ods", "docx", "csv", "html", "dbf", "sql", "database" (these have `sheets`) or "json",
    "jsonl", "yaml", "xml", "rdf" (these have `items()`). `encoding` is Python's name of the text's encoding, `None`
    for workbooks. `notices` of JSON Lines grow while `items()` is iterated. `namespaces` are those of the prefixes in
    the names of XML; of `""`, where all names without a prefix are in one.
    """

    path: str
    family: str
    sha256: str
    size: int
    encoding: str | None
    notices: list[Notice] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    root_is_array: bool = False
    namespaces: dict[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT

    def note(self, notices: Iterable[Notice], limits: Limits) -> None:
        """Add notices; raises `Unreadable` for more than there may be."""
        for notice in notices:
            if len(self.notices) >= limits.notices:
                raise too_odd(self.path, notice, limits)
            self.notices.append(notice)

    def items(self) -> Iterator[Item]:
        """Yield the document's top-level values in order; tables have none. May be called again."""
        return iter(())

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return where the value `ref` stands; with `key`, where its key does (in JSON and YAML).

        A pointer to nothing gives the place of the nearest value above it.
        """
        if len(ref) == 2:
            return Place(self.path)
        sheet, row, column = ref
        if sheet < len(self.sheets) and (spot := self.sheets[sheet].spots.get((row, column))):
            return Place(self.path, sheet=spot[0], row=spot[1], column=spot[2] or None)
        name = self.sheets[sheet].name if sheet < len(self.sheets) else None
        return Place(self.path, sheet=name, row=row or None, column=column or None)


def too_odd(path: str, last: Notice, limits: Limits) -> Unreadable:
    """Return the refusal of a file in which more is odd than can be told, as what was noticed last."""
    return limits.exceeded(
        "notices",
        path,
        f"可疑之处太多，例如 {last.rule}（见 mulu explain {last.rule}）；请核对文件的保存或导出是否有误",
        f"the file has too many irregularities, such as {last.rule} (see mulu explain {last.rule}); check whether it "
        "was saved or exported correctly",
        place=last.place,
    )
