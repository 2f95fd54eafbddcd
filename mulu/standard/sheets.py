"""Tables that a standard keeps as CSV: each line of a file with its number."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from mulu.errors import BadStandard
from mulu.plain_file import read_plain
from mulu.standard.folder import inside
from mulu.texts import Text


def lines_of(root: Path, path: Path, columns: Sequence[str], what: Text) -> list[tuple[int, list[str]]]:
    """Return the lines of a table with exactly these columns, each with its number; none if there is no such file.

    `what` says what the table is. Raises `BadStandard` with the line of what is wrong.
    """
    if not path.exists() and not path.is_symlink():
        return []
    try:
        reader = csv.reader(StringIO(read_plain(inside(root, path)).decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except (csv.Error, OSError, UnicodeDecodeError) as error:
        raise BadStandard(str(path), f"{what.zh}读不出来：{error}", f"{what.en} cannot be read: {error}") from None
    if not rows or rows[0][1] != [*columns]:
        told = ",".join(columns)
        raise BadStandard(str(path), f"{what.zh}的表头应为 {told}", f"the headings of {what.en} are {told}", line=1)
    for line, row in rows[1:]:
        if len(row) != len(columns):
            count = len(columns)
            raise BadStandard(str(path), f"应有 {count} 格", f"{count} cells are needed", line=line)
    return rows[1:]
