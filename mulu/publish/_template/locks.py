"""What cannot be changed by mistake in a sheet to fill in: all that stands above its lines."""

from typing import Any

from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension

UNLOCKED = Protection(locked=False)
_LAST_COLUMN = 16_384
_ALLOWED = (
    *("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "insertHyperlinks"),
    *("sort", "autoFilter"),
)
"""What may be done in a protected sheet. In the file such a name says that it may not."""


def lock(sheet: Any, columns: int, head: int, last: int) -> None:
    """Protect the rows to `head`, without a password; the columns themselves have to be unlocked.

    The columns behind the last are free: to write in, and since a row with a locked cell cannot be deleted.
    """
    letter = get_column_letter(columns)
    # A cell that is not in the file is as its column says.
    for row in sheet[f"A1:{letter}{head}"]:
        for cell in row:
            cell.protection = Protection()
    free = ColumnDimension(sheet, get_column_letter(columns + 1), min=columns + 1, max=_LAST_COLUMN)
    free.protection = UNLOCKED
    sheet.column_dimensions[free.index] = free
    # A filter cannot be set where the sheet is protected, only used.
    sheet.auto_filter.ref = f"A{head}:{letter}{last}"
    for name in _ALLOWED:
        setattr(sheet.protection, name, False)
    sheet.protection.enable()
