"""What a run on a cluster brings to the driver: what rules found, and the entries that it was found in.

It stands in a file of the run's own folder, so that the driver's memory does not grow with it. All other entries stay
where they are.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from mulu.findings import Subject
from mulu.validate.queries import Found, json_value, place_found
from mulu.validate.spool import Spool

_BATCH = 10_000


class Gathered(Spool):
    """The entries of a run, as far as they were brought here; `subjects_of` brings what all say of themselves."""

    def __init__(self, folder: Path, kinds: list[str]) -> None:
        super().__init__(folder, kinds)
        self.known: set[str] = set()
        self.subjects_of: Callable[[], Iterator[Subject]] = lambda: iter(())
        self._base = sqlite3.connect(folder / "gathered.sqlite")
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; pragma temp_store = file; "
            "create table found (query integer, entry integer, path text, params text); "
            "create table line (entry integer primary key, said blob, text text)"
        )

    @property
    def present(self) -> set[str]:
        """The kinds that there are entries of."""
        return self.known

    def find(self, query: int, columns: list[str], rows: Iterable[Any], entries: int) -> None:
        """Take what the query of that number found in so many entries; raises `RuleFailed` if it is no such thing."""
        made = [_row(query, columns, row, entries) for row in rows]
        self._base.executemany("insert into found values (?, ?, ?, ?)", made)

    def found(self, query: int) -> Iterator[Found]:
        """Yield what the query of that number found, by entry and pointer."""
        rows = self._base.cursor().execute(
            "select entry, path, params from found where query = ? order by entry is null, entry, path, params",
            (query,),
        )
        for entry, path, params in rows:
            yield entry, path, orjson.loads(params)

    def wanted(self) -> Iterator[int]:
        """Yield the number of each entry in which something was found."""
        rows = self._base.cursor().execute("select distinct entry from found where entry is not null")
        for (entry,) in rows:
            yield entry

    def bring(self, lines: Iterable[tuple[int, dict[str, Any], str | None]]) -> None:
        """Take entries: number, what `line` tells, and the line of the file."""
        self._base.executemany(
            "insert or replace into line values (?, ?, ?)", ((n, orjson.dumps(said), text) for n, said, text in lines)
        )

    def line(self, entry: int) -> dict[str, Any] | None:
        """Return what was brought of an entry; `None` if nothing was."""
        row = self._base.execute("select said from line where entry = ?", (entry,)).fetchone()
        if row is None:
            return None
        said: dict[str, Any] = orjson.loads(row[0])
        # Numbers of any length are read as they are.
        return said | {"doc": json.loads(said["doc"])}

    def text(self, entry: int) -> bytes | None:
        """Return the line of the file that an entry was read from; `None` if it was none."""
        row = self._base.execute("select text from line where entry = ?", (entry,)).fetchone()
        return row[0].encode("utf-8") if row is not None and row[0] is not None else None

    def subjects(self) -> Iterator[Subject]:
        """Yield what each entry of the run says of itself, in order; of one of no known kind its number alone."""
        return self.subjects_of()

    def close(self) -> None:
        """Give the file back."""
        self._base.close()


def _row(query: int, columns: list[str], row: Any, entries: int) -> tuple[int, int | None, str, bytes]:
    values = dict(zip(columns, row, strict=True))
    entry, path = place_found(values.pop("entry"), values.pop("path", None), entries)
    return query, entry, path, orjson.dumps({name: json_value(value) for name, value in values.items()}, default=str)
