"""Clauses: what the documents say that a standard rests on, one line each, in `schemas/clauses.csv`.

The columns are `document` and `clause` as properties (`$comment`), rules and code lists (`source`) cite them, what the
clause is about in both languages, and, where nothing in the standard checks it on purpose, why not.
"""

from pathlib import Path
from typing import NamedTuple

from mulu.errors import BadStandard
from mulu.standard.sheets import lines_of
from mulu.texts import Text

COLUMNS = ("document", "clause", "title.zh", "title.en", "unchecked.zh", "unchecked.en")


class Clause(NamedTuple):
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
    found = []
    for line, (document, clause, *texts) in lines_of(root, path, COLUMNS, Text("条款表", "the clauses")):
        if not document:
            raise BadStandard(str(path), "缺少文件名", "a document is needed", line=line)
        found.append(Clause(document, clause, Text(texts[0], texts[1]), Text(texts[2], texts[3]), line))
    return found
