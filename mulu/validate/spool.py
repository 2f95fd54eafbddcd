"""The entries of a run on disk: what rules are asked of, and what findings are looked up in.

They stand in portions, each written by one process: a file of JSON Lines a kind, and an index of all. A line holds
`entry` (its number in the portion, from 1), `kind`, `identifier`, `name`, `owner`, `key`, `origin` and `doc`, the
entry without the values that its schema rejected. Numbers in the run follow from the order of the portions.
"""

import shutil
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from mulu.findings import Subject
from mulu.pointer import Json, dumps, loads
from mulu.readers.record_at import RecordAt, end_of_line

PORTION = 8 * 2**20
"""Bytes of entries in a portion, about."""

# An index has a number for each entry: which kind's file it stands in, and at which byte. `_NOWHERE`: in none, as its
# kind is not known.
_NOWHERE = 2**64 - 1
_KIND = 48
_INDEXES = 64
# Bytes of a kind that are written at once.
_BUFFER = 2**18


class Portion:
    """Writes one portion; close it when done."""

    def __init__(self, folder: Path, name: str, kinds: list[str]) -> None:
        self.folder, self.name = folder, name
        self.size = self.longest = 0
        self._numbers = {kind: number for number, kind in enumerate(kinds)}
        self._files: dict[str, BinaryIO] = {}
        # Where the next entry of a kind will stand, as the index has it; to ask the file takes a call of the system.
        self._next: dict[str, int] = {}
        self._index = array("Q")

    @property
    def entries(self) -> int:
        """How many entries there are, those of no known kind included."""
        return len(self._index)

    def add(self, subject: Subject, origin: Json, doc: bytes | None) -> None:
        """Write an entry; without `doc` it only counts."""
        _, kind, identifier, name, owner, key = subject
        if doc is None or kind is None:
            self._index.append(_NOWHERE)
            return
        if kind not in self._files:
            self._files[kind] = (self.folder / f"{self.name}.{kind}.jsonl").open("wb", buffering=_BUFFER)
            self._next[kind] = self._numbers[kind] << _KIND
        head = dumps(
            {
                "entry": len(self._index) + 1,
                "kind": kind,
                "identifier": identifier,
                "name": name,
                "owner": owner,
                "key": key,
                "origin": origin,
            }
        )
        length = self._files[kind].write(b'%s,"doc":%s}\n' % (head[:-1], doc))
        self._index.append(self._next[kind])
        self._next[kind] += length
        self.size += length
        if length > self.longest:
            self.longest = length

    def close(self) -> "Written":
        """Write the index; return what the spool has to know."""
        for file in self._files.values():
            file.close()
        (self.folder / f"{self.name}.index").write_bytes(self._index.tobytes())
        return Written(self.name, len(self._index), sorted(self._files), self.longest, self.size)


class Written(NamedTuple):
    """A portion that was written: its name, how many entries, of which kinds; bytes of the longest line and of all."""

    name: str
    entries: int
    kinds: list[str]
    longest: int
    size: int


@dataclass(slots=True)
class Spool:
    """The portions of a run, in the order of its entries; `kinds` are those of the standard."""

    folder: Path
    kinds: list[str]
    portions: list[Written] = field(default_factory=list)
    entries: int = 0
    _starts: list[int] = field(default_factory=list)
    _indexes: "dict[str, array[int]]" = field(default_factory=dict)
    _last: tuple[Path, RecordAt] | None = None

    def begin(self, name: str | None = None) -> Portion:
        """Return a new portion to be written."""
        self.folder.mkdir(exist_ok=True)
        return Portion(self.folder, name or f"{len(self.portions):06d}", self.kinds)

    def take(self, written: Written) -> None:
        """Put a portion behind those that are there."""
        if written.entries:
            self.portions.append(written)
            self._starts.append(self.entries)
            self.entries += written.entries

    def copy_to(self, folder: Path, first: int) -> list[Json]:
        """Copy the portions from number `first` on to another folder; return what `copy_from` needs to have them."""
        portions = self.portions[first:]
        for portion in portions:
            for name in _files(portion):
                shutil.copyfile(self.folder / name, folder / name)
        return [_said(portion) for portion in portions]

    def copy_from(self, folder: Path, portions: list[Any]) -> None:
        """Put portions that were copied to another folder behind those that are there; raises `OSError`."""
        self.folder.mkdir(exist_ok=True)
        for said in portions:
            given = Written(*said)
            taken = given._replace(name=f"{len(self.portions):06d}")
            for there, here in zip(_files(given), _files(taken), strict=True):
                shutil.copyfile(folder / there, self.folder / here)
            self.take(taken)

    def to_dict(self) -> dict[str, Any]:
        """Return what another process needs to read it."""
        return {"folder": str(self.folder), "kinds": self.kinds, "portions": [*map(_said, self.portions)]}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Spool":
        """Return the spool that `to_dict` told of."""
        spool = cls(Path(given["folder"]), given["kinds"])
        for portion in given["portions"]:
            spool.take(Written(*portion))
        return spool

    @property
    def present(self) -> set[str]:
        """The kinds that there are entries of."""
        return {kind for portion in self.portions for kind in portion.kinds}

    @property
    def size(self) -> int:
        """Bytes of all lines."""
        return sum(portion.size for portion in self.portions)

    @property
    def longest(self) -> int:
        """Bytes of the longest line."""
        return max((portion.longest for portion in self.portions), default=0)

    def files(self, kind: str) -> list[tuple[Path, int]]:
        """Return the files of a kind in order, each with how many entries of the run stand before its portion."""
        return [
            (self.folder / f"{portion.name}.{kind}.jsonl", start)
            for portion, start in zip(self.portions, self._starts, strict=True)
            if kind in portion.kinds
        ]

    def line(self, entry: int) -> dict[str, Any] | None:
        """Return what stands there of the entry of a number in the run; `None` if nothing does."""
        number = bisect_right(self._starts, entry - 1) - 1
        if not 0 < entry <= self.entries:
            return None
        portion = self.portions[number]
        at = self._index(portion)[entry - 1 - self._starts[number]]
        if at == _NOWHERE:
            return None
        file = self.folder / f"{portion.name}.{self.kinds[at >> _KIND]}.jsonl"
        if self._last is None or self._last[0] != file:
            self._last = file, RecordAt(lambda: file.open("rb"), end_of_line)
        found: dict[str, Any] = loads(self._last[1](at & (1 << _KIND) - 1))
        return found

    def _index(self, portion: Written) -> "array[int]":
        index = self._indexes.get(portion.name)
        if index is None:
            if len(self._indexes) >= _INDEXES:
                self._indexes.clear()
            index = self._indexes[portion.name] = array("Q")
            index.frombytes((self.folder / f"{portion.name}.index").read_bytes())
        return index

    def subjects(self) -> Iterator[Subject]:
        """Yield what each entry of the run says of itself, in order; of one of no known kind its number alone."""
        for portion, start in zip(self.portions, self._starts, strict=True):
            files = {kind: (self.folder / f"{portion.name}.{kind}.jsonl").open("rb") for kind in portion.kinds}
            try:
                for number, at in enumerate(self._index(portion), start + 1):
                    if at == _NOWHERE:
                        yield Subject(number)
                        continue
                    said = loads(files[self.kinds[at >> _KIND]].readline())
                    told = (said[name] for name in ("kind", "identifier", "name", "owner", "key"))
                    yield Subject(number, *told)
            finally:
                for file in files.values():
                    file.close()


def _files(portion: Written) -> list[str]:
    return [f"{portion.name}.index", *(f"{portion.name}.{kind}.jsonl" for kind in portion.kinds)]


def _said(portion: Written) -> Json:
    return [portion.name, portion.entries, [*portion.kinds], portion.longest, portion.size]
