"""What an executor does: lines of entries in, what rules may see of them and what is wrong in them out.

The lines are checked by the very function that checks a file on one machine. A part of a file does not know how many
lines and entries stand before it, so that all numbers are those of the part; the driver adds what is missing.
"""

import io
import math
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from mulu.findings import Subject
from mulu.limits import Limits
from mulu.pointer import Json, dumps
from mulu.readers.jsonl import JsonLinesDocument, mark_of
from mulu.spark.characters import Seen
from mulu.standard import Standard
from mulu.validate.check_results import Teller, Terms
from mulu.validate.lines import Work, check_record
from mulu.validate.structure import Structure

LINES = "given int, file string, start bigint, line binary"
"""A line of an input, of the file and the part of it that begins at a byte."""
CHECKED = (
    "given int, file string, start bigint, line bigint, number bigint, kind string, identifier string, name string, "
    "owner string, key string, doc string, typed string, text string, found string, refused boolean, "
    "characters array<string>, compositions array<string>"
)
"""A line that was checked.

`number` counts entries, and is null where there is none. `doc` is what rules see of it, `typed` the same with whole
numbers written as such, where they were not, `text` the line where it says more, `found` what is wrong, a line each.
"""

_BATCH_BYTES = 8 * 2**20
_BATCH_LINES = 5_000
_FRACTION = re.compile(rb"[0-9](?:\.[0-9]|[eE])")
_LONG = 2.0**63


@dataclass(slots=True)
class _Part:
    """The entries of one part of a file, counted; `last` is what was kept of the last of them."""

    entries: int = 0
    last: tuple[Subject, bytes | None] | None = None

    def add(self, subject: Subject, origin: Json, doc: bytes | None) -> None:
        """Take an entry."""
        self.entries += 1
        self.last = subject, doc


@dataclass(slots=True)
class _Batch:
    """Lines that were checked, column by column."""

    columns: dict[str, list[Any]]
    size: int = 0
    lines: int = field(default=0)

    def add(self, row: dict[str, Any]) -> None:
        """Add a line."""
        for name, column in self.columns.items():
            value = row.get(name)
            column.append(value)
            self.size += len(value) if isinstance(value, str) else 8
        self.lines += 1


def checker(standard: Standard, limits: Limits) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Return what checks batches of `LINES` and gives batches of `CHECKED`, to be sent to executors.

    It carries the standard in itself, so that no executor needs its folder.
    """
    # What is read when it is first asked for must be read here: the folder is not there on an executor.
    needed = Standard(standard.roots, standard.header)
    _ = needed.schemas.resources, [needed.codes[name] for name in needed.codes]
    given = pickle.dumps(needed)

    def check(batches: Iterator[Any]) -> Iterator[Any]:
        return _checked(batches, *_unpacked(given, limits), limits)

    return check


@lru_cache(maxsize=2)
def _unpacked(given: bytes, limits: Limits) -> tuple[Standard, Structure]:
    """Return the standard, once a process."""
    standard = pickle.loads(given)
    return standard, Structure(standard, limits)


def _checked(batches: Iterator[Any], standard: Standard, structure: Structure, limits: Limits) -> Iterator[Any]:
    import pyarrow

    schema = pyarrow.schema([_column(said) for said in CHECKED.split(", ")])
    document = JsonLinesDocument("", "jsonl", "", 0, "utf-8", limits=limits)
    work = Work(standard, document, 0, Terms(limits))
    at: tuple[Any, ...] | None = None
    part, number, index = _Part(), 0, 0
    out = _Batch({name: [] for name in schema.names})
    for batch in batches:
        for given, file, start, line in zip(*(batch.column(name).to_pylist() for name in _names(LINES)), strict=True):
            if at != (given, file, start):
                at, part, number, index = (given, file, start), _Part(), 0, 0
            number += 1
            row = {"given": given, "file": file, "start": start, "line": number}
            if len(line) > limits.record_bytes:
                row["refused"] = True
            else:
                content = line[mark_of(line) :] if number == 1 and not start else line
                if content.strip(b" \t\r"):
                    row |= _of_line(work, structure, part, content, index, number)
                    index += 1
            out.add(row)
            if out.lines >= _BATCH_LINES or out.size >= _BATCH_BYTES:
                yield pyarrow.RecordBatch.from_pydict(out.columns, schema)
                out = _Batch({name: [] for name in schema.names})
    if out.lines:
        yield pyarrow.RecordBatch.from_pydict(out.columns, schema)


def _names(columns: str) -> list[str]:
    return [said.split()[0] for said in columns.split(", ")]


def _column(said: str) -> tuple[str, Any]:
    """Return a column of Arrow for one as Spark writes it."""
    import pyarrow

    name, kind = said.split()
    types = {
        "int": pyarrow.int32(),
        "bigint": pyarrow.int64(),
        "string": pyarrow.string(),
        "boolean": pyarrow.bool_(),
        "array<string>": pyarrow.list_(pyarrow.string()),
    }
    return name, types[kind]


def _of_line(work: Work, structure: Structure, part: _Part, content: bytes, index: int, number: int) -> dict[str, Any]:
    """Return the columns of a line that is not empty."""
    found = io.BytesIO()
    before = part.entries
    check_record(work, structure, part, (number, 1, 0, content), index, Teller(work.terms, found))
    row: dict[str, Any] = {"found": found.getvalue().decode("utf-8") or None}
    if part.entries == before or part.last is None:
        return row
    subject, doc = part.last
    row |= {"number": part.entries, "kind": subject.kind, "identifier": subject.identifier, "name": subject.name}
    row |= {"owner": subject.owner, "key": subject.key}
    if doc is None:
        return row | {"text": content.decode("utf-8", "replace")}
    row |= {"doc": doc.decode("utf-8")}
    if doc != content:
        row["text"] = content.decode("utf-8", "replace")
    typed = _typed(doc)
    if typed != doc:
        row["typed"] = typed.decode("utf-8")
    seen = Seen()
    seen.look(typed.decode("utf-8"))
    return row | {"characters": sorted(seen.characters), "compositions": sorted(seen.compositions)}


def _typed(doc: bytes) -> bytes:
    r"""Return an entry whose characters stand for themselves and whose whole numbers are written as such.

    Spark reads 1.0 as no whole number, and what `\u` hides would not be looked at.
    """
    if b"\\u" not in doc and not _FRACTION.search(doc):
        return doc
    return dumps(_whole(orjson.loads(doc)))


def _whole(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < _LONG:
        return int(value)
    return value
