"""Clauses: what the documents say that a standard rests on, one line each, in `schemas/clauses.csv`.

The columns are `document` and `clause` as properties (`$comment`), rules and code lists (`source`) cite them, what the
clause is about in both languages, and, where nothing in the standard checks it on purpose, why not.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from mulu.errors import BadStandard
from mulu.standard.folder import inside
from mulu.texts import Text

COLUMNS = ("document", "clause", "title.zh", "title.en", "unchecked.zh", "unchecked.en")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its document, its name in it (`""` for the document as a whole), and the line of the list.

    `unchecked` says why nothing checks it; both texts are empty where something should.
    """

    document: str
    clause: str
    title: Text
    unchecked: Text
    line: int

    @property
    def name(self) -> str:
        """How it is cited."""
        return f"{self.document} {self.clause}".strip()


def path_of(root: Path) -> Path:
    """Return where a standard lists its clauses."""
    return root / "schemas" / "clauses.csv"


def read_clauses(root: Path) -> list[Clause]:
    """Read the clauses of one folder, none if it lists none; raises `BadStandard` with the line of what is wrong."""
    path = path_of(root)
    if not path.exists() and not path.is_symlink():
        return []
    try:
        with inside(root, path).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            rows = [(reader.line_num, row) for row in reader if row]
    except (csv.Error, OSError, UnicodeDecodeError) as error:
        raise BadStandard(str(path), f"条款表读不出来：{error}", f"the clauses cannot be read: {error}") from None
    if not rows or tuple(rows[0][1]) != COLUMNS:
        told = ",".join(COLUMNS)
        raise BadStandard(str(path), f"条款表的表头应为 {told}", f"the headings of the clauses are {told}", line=1)
    found = []
    for line, row in rows[1:]:
        if len(row) != len(COLUMNS) or not row[0].strip():
            raise BadStandard(
                str(path),
                f"应有 {len(COLUMNS)} 格和文件名",
                f"{len(COLUMNS)} cells and a document are needed",
                line=line,
            )
        document, clause, *texts = (cell.strip() for cell in row)
        found.append(Clause(document, clause, Text(texts[0], texts[1]), Text(texts[2], texts[3]), line))
    return found
