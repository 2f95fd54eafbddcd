"""Where a value stands in a file that a department handed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and in it a sheet and cell, or a line and column; all numbers count from 1.

    `row` and `column` of a workbook are those of the sheet; in a text file `line` and `column` count lines and
    characters, and `row` is the record.
    """

    path: str
    sheet: str | None = None
    row: int | None = None
    column: int | None = None
    line: int | None = None

    @property
    def cell(self) -> str | None:
        """The cell's name as a spreadsheet shows it, "F12"; `None` where there is no sheet or column."""
        if self.sheet is None or self.row is None or not self.column or self.line is not None:
            return None
        return f"{column_name(self.column)}{self.row}"

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"
        if self.sheet is None:
            return self.path
        where = self.cell or (f"{self.row}:{self.row}" if self.row else "")
        return f"{self.path} › {self.sheet}!{where}" if where else f"{self.path} › {self.sheet}"

    def to_dict(self) -> dict[str, bool | int | float | str | None]:
        """Return the place as reports write it."""
        return {
            "path": self.path,
            "sheet": self.sheet,
            "cell": self.cell,
            "row": self.row,
            "column": self.column,
            "line": self.line,
        }


def column_name(number: int) -> str:
    """Return the letters of a spreadsheet column counted from 1.

    >>> column_name(1), column_name(27), column_name(16384)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
