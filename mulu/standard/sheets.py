"""Tables that a standard keeps as CSV: each line of a file with its number."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from mulu.errors import BadStandard
from mulu.standard.folder import inside, read_text
from mulu.texts import Text
from mulu.words import told_or_quoted


def lines_of(root: Path, path: Path, columns: Sequence[str], what: Text) -> list[tuple[int, list[str]]]:
    """Return the lines of a table with exactly these columns, each with its number; none if there is no such file.

    `what` says what the table is. Raises `BadStandard` with the line of what is wrong.
    """
    if not path.exists() and not path.is_symlink():
        return []
    reader = csv.reader(io.StringIO(read_text(inside(root, path)).removeprefix("\ufeff")), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except csv.Error as error:
        why, line = told_or_quoted("csv", str(error)), reader.line_num or None
        raise BadStandard(
            str(path), f"{what.zh}读不出来：{why.zh}", f"{what.en} cannot be read: {why.en}", line=line
        ) from None
    if not rows or rows[0][1] != [*columns]:
        told = ",".join(columns)
        raise BadStandard(str(path), f"{what.zh}的表头应为 {told}", f"the headings of {what.en} are {told}", line=1)
    for line, row in rows[1:]:
        if len(row) != len(columns):
            count = len(columns)
            raise BadStandard(
                str(path),
                f"应有 {count} 格，现有 {len(row)} 格",
                f"{count} cells are needed, and there are {len(row)}",
                line=line,
            )
    return rows[1:]
