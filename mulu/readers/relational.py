"""Tables of a database and their columns as one sheet, under the headings of SQL's information schema.

A script of definitions and a database that is asked for them are then one thing for a mapping, and so is what
`select * from information_schema.columns` exports (ISO/IEC 9075-11; the headings it lacks are MySQL's).
"""

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

from mulu.limits import Limits
from mulu.place import Place
from mulu.readers.model import Document, Ref, Row, Scalar, Sheet

OF_TABLES = ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_COMMENT", "TABLE_TYPE", "DBMS", "TABLE_OPTIONS")
OF_COLUMNS = (
    "COLUMN_NAME",
    "COLUMN_COMMENT",
    "DATA_TYPE",
    "CHARACTER_MAXIMUM_LENGTH",
    "NUMERIC_PRECISION",
    "NUMERIC_SCALE",
    "IS_NULLABLE",
    "COLUMN_KEY",
    "COLUMN_DEFAULT",
    "CHECK_CLAUSE",
    "REFERENCES",
    "EXTRA",
)
HEADINGS = (*OF_TABLES, *OF_COLUMNS)
"""In `COLUMN_KEY` stands PRI for a part of the primary key and UNI for a column that is unique by itself."""

SNAPSHOT = b'{"mulu:snapshot":'
"""How the file begins that holds what a database said of its tables."""

Cells = dict[str, tuple[Scalar | list[str], int]]
"""Heading -> value, and the offset in the script where it stands; a list are the parts of a text."""


def add(cells: Cells, heading: str, text: str, offset: int, between: str = " ") -> None:
    """Add to what stands under a heading.

    The parts are put together at the end: to do so at each would take time that grows with the square of their number.
    """
    before = cells.get(heading)
    if before is None:
        cells[heading] = (text, offset)
    elif isinstance(before[0], list):
        before[0].extend((between, text))
    else:
        cells[heading] = ([str(before[0]), between, text], before[1])


@dataclass(slots=True)
class Column:
    """A column of a table; `offset` is where its definition begins."""

    name: str
    offset: int
    cells: Cells = field(default_factory=dict)

    def add(self, heading: str, text: str, offset: int) -> None:
        """Add to what stands under a heading."""
        add(self.cells, heading, text, offset)


@dataclass(slots=True)
class Table:
    """A table and its columns; `key` is its name as others refer to it."""

    name: str
    offset: int
    cells: Cells = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    _named: dict[str, Column] = field(default_factory=dict, repr=False)

    def take(self, column: Column) -> None:
        """Add a column; of those that are called alike the first is found."""
        self.columns.append(column)
        self._named.setdefault(column.name.casefold(), column)

    def rename(self, column: Column, name: str) -> None:
        """Call a column otherwise."""
        self._named.pop(column.name.casefold(), None)
        column.name = name
        self._named.setdefault(name.casefold(), column)

    def column(self, name: str) -> Column | None:
        """Return the column of that name, whatever its case."""
        return self._named.get(name.casefold())


@dataclass(slots=True)
class RelationalDocument(Document):
    """Definitions of tables: a sheet with a row for each column; what concerns the table stands on its first row."""

    script: str = ""
    tables: list[Table] = field(default_factory=list)
    _rows: list[tuple[Table, Column | None]] = field(default_factory=list)
    _breaks: "array[int]" = field(default_factory=lambda: array("Q"))

    def lay_out(self, limits: Limits) -> None:
        """Make the sheet of the tables."""
        sheet = Sheet(0, "", rows=[Row(1, [*HEADINGS])])
        self._rows = [
            (table, column) for table in self.tables for column in (table.columns if table.columns else [None])
        ]
        if len(self._rows) * len(HEADINGS) > limits.cells_in(len(self.script)):
            raise limits.exceeded("cells", self.path, "字段太多", "there are too many columns")
        last: Table | None = None
        for number, (table, column) in enumerate(self._rows, 2):
            of_table = {} if table is last else table.cells
            last = table
            of_column = {} if column is None else column.cells
            cells = [_value(of_table.get(heading) or of_column.get(heading)) for heading in HEADINGS]
            while cells and cells[-1] is None:
                cells.pop()
            sheet.rows.append(Row(number, cells))
        self.sheets = [sheet]

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return line and column of a value's definition; in a database the table and column that it is of."""
        if len(ref) == 2 or not 2 <= ref[1] < len(self._rows) + 2:
            return Place(self.path)
        table, column = self._rows[ref[1] - 2]
        heading = HEADINGS[ref[2] - 1] if 0 < ref[2] <= len(HEADINGS) else ""
        of_table = heading in OF_TABLES or column is None
        if not self.script:
            return Place(self.path, sheet=table.name if of_table or column is None else f"{table.name}.{column.name}")
        if column is not None and not of_table:
            return self.at(column.cells.get(heading, (None, column.offset))[1])
        return self.at(table.cells.get(heading, (None, table.offset))[1])

    def at(self, offset: int) -> Place:
        """Return line and column of an offset in the script."""
        if not self._breaks:
            self._breaks.append(0)
            here = self.script.find("\n")
            while here >= 0:
                self._breaks.append(here + 1)
                here = self.script.find("\n", here + 1)
        line = bisect_right(self._breaks, offset)
        return Place(self.path, line=line, column=offset - self._breaks[line - 1] + 1)


def _value(cell: tuple[Scalar | list[str], int] | None) -> Scalar:
    value = None if cell is None else cell[0]
    return "".join(value) if isinstance(value, list) else value
