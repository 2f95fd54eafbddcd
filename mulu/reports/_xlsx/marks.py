"""What is put on the cells of somebody's workbook, so that the next check can take all of it off again.

A cell keeps its own looks: its fill is a conditional format that is always true, and is known by its formula. What is
said in a comment stands behind `OURS`.
"""

from collections.abc import Mapping
from typing import Any

from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle

from mulu.readers.annotations import OURS, OWN, Spot, areas, is_own
from mulu.reports._xlsx.cells import LONGEST, fit

COLORS = ("FFC7CE", "FFE699", "CFE2F3", "E4E4E4")
"""How cells are filled, by rank."""
COMMENT = 2_000
"""Characters of findings in one comment."""

_ALWAYS = f'N("{OURS}")=0'
_AREAS = 100
"""Of how many areas one conditional format is."""


def fill(sheet: Any, spots: Mapping[int, list[Spot]]) -> None:
    """Fill cells of a sheet, given by rank; other conditional formats of theirs are shown as far as these let them."""
    for there in sheet.conditional_formatting:
        for rule in there.rules:
            rule.priority += len(COLORS)
    for rank, cells in spots.items():
        names = areas(cells)
        for first in range(0, len(names), _AREAS):
            looks = DifferentialStyle(fill=PatternFill("solid", bgColor=COLORS[rank]))
            rule = Rule("expression", dxf=looks, priority=rank + 1, formula=[_ALWAYS])
            sheet.conditional_formatting.add(" ".join(names[first : first + _AREAS]), rule)


def room(cell: Any) -> int:
    """Return how many characters can be said in a cell's comment, below what is said there already."""
    before = len(cell.comment.text) if cell.comment is not None else 0
    return min(COMMENT, max(LONGEST - 2 * before - 100, 0))


def comment(cell: Any, text: str) -> None:
    """Say something in a cell's comment, below what is said there already."""
    before, author = ("", OWN) if cell.comment is None else (f"{cell.comment.text}\n", cell.comment.author or OWN)
    cell.comment = Comment(f"{before}{OURS}\n{text}", author)
    fit(cell.comment)


def take_off(book: Any) -> None:
    """Take out of a workbook what an earlier report has put there."""
    for sheet in book.worksheets:
        if is_own([cell.value for (row, _), cell in sheet._cells.items() if row == 1]):
            book.remove(sheet)
            continue
        formats = ConditionalFormattingList()
        for there in sheet.conditional_formatting:
            for rule in there.rules:
                if [*rule.formula] != [_ALWAYS]:
                    formats.add(there, rule)
        sheet.conditional_formatting = formats
        for cell in sheet._cells.values():
            if cell.comment is not None and OURS in cell.comment.text:
                before = cell.comment.text.partition(OURS)[0].rstrip()
                cell.comment = Comment(before, cell.comment.author) if before else None
