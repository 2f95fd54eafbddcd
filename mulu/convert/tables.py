"""Tables: sheets, CSV files, HTML tables and arrays of flat objects are columns with headings, and lines of cells.

A mapping is then one thing for a portal's JSON and for the workbook that the same portal exports.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mulu.convert.columns import Columns
from mulu.convert.values import Cell, is_blank
from mulu.readers.model import Ref, Row
from mulu.texts import Text

if TYPE_CHECKING:
    from mulu.convert.units import Said


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: the cells that are not blank by column number, and where each stands."""

    number: int
    cells: dict[int, Cell]
    refs: dict[int, Ref]
    base: Ref
    """Where the line as a whole stands."""
    spread: frozenset[int] = frozenset()
    """Columns whose cell is part of a merged cell that began in a line above."""
    written: Mapping[int, Cell] = field(default_factory=dict)
    """What stands in the cells whose content is that of the cell above: 同上."""

    def ref(self, number: int) -> Ref:
        """Return where the cell of a column stands, or would stand if it is blank."""
        found = self.refs.get(number)
        if found is not None:
            return found
        return (self.base[0], self.base[1], number) if len(self.base) == 3 else self.base


@dataclass(slots=True)
class Ditto:
    """The cells of a column whose content was taken from the cell above: what the first says, where, and how many."""

    mark: str
    value: Cell
    ref: Ref
    count: int = 0


@dataclass(slots=True)
class Table:
    """A table that a mapping reads."""

    index: int
    name: str
    columns: Columns
    lines: Iterable[Line]
    passed_over: list[tuple[int, Text, str, int]] = field(default_factory=list)
    """Lines that are no data: (row, reason, text, number of cells)."""
    date_1904: bool = False
    heading: int = 0
    """In which row the headings of its columns stand, the lowest of them; 0 if they stand in no cells."""
    units: "list[Said]" = field(default_factory=list)
    """Units that are said of it outside of its headings; those below these are added as lines are read."""
    dittos: dict[int, Ditto] = field(default_factory=dict)
    """Columns in which cells stand for the one above; those of lines are added as these are read."""
    further: int | None = None
    """At which of the sheet's rows, by position, the headings of another table stand; the lines end there."""


def cells_of(row: Row) -> dict[int, Cell]:
    """Return the cells of a row that are not blank, by column."""
    return {
        number: cell
        for number, cell in enumerate(row.cells, 1)
        # Most cells begin with a letter or digit.
        if cell is not None and ((type(cell) is str and cell[:1].isalnum()) or not is_blank(cell))
    }
