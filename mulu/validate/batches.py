"""Entries that this process makes, of a file that is converted or read whole, held to their schemas batch by batch.

The first batches are checked here: to start a process takes longer. Of a file with more of them, others check what
there is while this one makes what follows. A batch is written to a file for them; what comes back is as with lines.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from mulu import child
from mulu.convert import Remark, Source, Sourced
from mulu.errors import MuluError, Unreadable
from mulu.findings import Subject
from mulu.limits import Limits
from mulu.pointer import Json
from mulu.standard import Standard, load
from mulu.validate.check_results import (
    CHECKING,
    Checked,
    Kept,
    Rest,
    Teller,
    Terms,
    block_name,
    check_entry,
    found_beside,
    said_of,
)
from mulu.validate.entries import subject_of
from mulu.validate.faults import Fault
from mulu.validate.lines import ended_early
from mulu.validate.missing import Path as Steps
from mulu.validate.spool import Portion, Spool, Written
from mulu.validate.structure import Structure

ENTRIES = 1_000
"""How many entries there are in a batch at most."""
_BYTES = 2**20
"""How many bytes of entries, about."""
_HERE = 2
"""How many batches of a file are checked here."""
_MOST = 3
"""Processes that check what one makes."""
_WAITING = 8
"""Batches that wait for a process at most."""
# As a value: a property may well be called nullable.
_NULL = re.compile(rb"(?:\A|[\[:,])null")

Mark = tuple[int, int]
"""How many records have been read, and how many notices there are of them."""
Remarks = deque[tuple[int, Subject, Remark]]
"""What was remarked: behind which entry of the file, of what, and what."""


class Work(NamedTuple):
    """Whose entries are checked: what the file is called, which input of the run it is, and what is told of them."""

    path: str
    input: int
    terms: Terms
    told: Callable[[], Mapping[str, list[int]]] = dict
    """How many findings of each check are kept already, up to the run's level and above it."""


@dataclass(slots=True)
class Made:
    """The entries of a source, as they are made, up to `most`; `before` is how many there are in front of them."""

    standard: Standard
    source: Source
    before: int
    most: int
    remarks: Remarks = field(default_factory=deque)
    problem: Unreadable | None = None
    """Why no more can be read."""
    over: Json = None
    """The origin of the first one that is too much."""

    def __iter__(self) -> Iterator[Sourced]:
        count = told = 0
        try:
            for sourced in self.source:
                if count >= self.most:
                    self.over = sourced.origin
                    break
                count += 1
                for remark in self.source.remarks[told:]:
                    of = subject_of(self.standard, sourced.entry, self.before + count) if remark.entry else Subject()
                    self.remarks.append((count, of, remark))
                told = len(self.source.remarks)
                yield sourced
        except Unreadable as problem:
            # What was noticed in the file is told all the same.
            self.problem = problem
        self.remarks += ((count + 1, Subject(), remark) for remark in self.source.remarks[told:])

    def mark(self) -> Mark:
        """Return how many records have been read, and how many notices there are of them."""
        return self.source.ledger.records, len(self.source.document.notices)


@dataclass(slots=True)
class _Batch:
    """Entries with their origins."""

    entries: list[tuple[Json, Json]] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    mark: Mark = (0, 0)
    is_exact: bool = True
    """Whether the quick parser reads from the lines what was written."""

    def add(self, sourced: Sourced) -> None:
        """Add an entry."""
        origin = sourced.origin
        try:
            line = orjson.dumps((origin, sourced.entry))
            # A number may be too long for it, or none, of which it makes a null; origins may well say null.
            is_exact = _NULL.search(line) is None or _NULL.search(orjson.dumps(sourced.entry)) is None
        except TypeError:
            is_exact = False
        if not is_exact:
            line, self.is_exact = json.dumps([origin, sourced.entry]).encode(), False
        self.entries.append((origin, sourced.entry))
        self.lines.append(line)
        self.size += len(line)

    @property
    def is_full(self) -> bool:
        """Whether no more should be added."""
        return len(self.entries) >= ENTRIES or self.size >= _BYTES


class CheckedBatch(NamedTuple):
    """A batch that was checked, where its first entry comes from, and its mark."""

    checked: Checked
    origin: Json
    mark: Mark


def checked(
    work: Work,
    made: Made,
    spool: Spool,
    structure: Structure,
    helpers: "Helpers",
    portion: Callable[[], Portion],
) -> Generator[CheckedBatch, None, None]:
    """Check entries as they are made, with helpers if there are many; yields the batches in order.

    The first goes into the portion that `portion` gives, each other has its own. Raises `Unreadable` if a process ends
    before its work.
    """
    waiting: deque[tuple[tuple[Json, Mark], Future[bytes]]] = deque()
    try:
        for number, batch in enumerate(_batches(made)):
            about = batch.entries[0][0], batch.mark
            if number < _HERE or not helpers.most:
                shared = portion() if not number else None
                yield CheckedBatch(_check_here(work, structure, spool, number, batch, shared), *about)
            else:
                waiting.append((about, helpers.check(work, number, batch)))
                if len(waiting) > _WAITING or waiting[0][1].done():
                    yield _come(work, spool, helpers, *waiting.popleft())
        while waiting:
            yield _come(work, spool, helpers, *waiting.popleft())
    finally:
        for _, answer in waiting:
            answer.cancel()


def _batches(made: Made) -> Iterator[_Batch]:
    batch = _Batch()
    for sourced in made:
        batch.add(sourced)
        if batch.is_full:
            batch.mark = made.mark()
            yield batch
            batch = _Batch()
    if batch.entries:
        batch.mark = made.mark()
        yield batch


def _check_here(
    work: Work, structure: Structure, spool: Spool, number: int, batch: _Batch, shared: Portion | None
) -> Checked:
    name = block_name(work.input, number)
    kept: Portion | Rest = spool.begin(name) if shared is None else Rest(shared)
    found = found_beside(spool, name)
    _check(work, structure, kept, batch.entries, work.told(), found)
    return Checked(kept.entries, found, kept.close() if isinstance(kept, Portion) else None)


def _come(
    work: Work, spool: Spool, helpers: "Helpers", about: tuple[Json, Mark], answer: Future[bytes]
) -> CheckedBatch:
    try:
        said = orjson.loads(answer.result())
    except (child.Died, StopIteration):
        helpers.close()
        raise ended_early(work.path) from None
    if "unreadable" in said:
        raise Unreadable(work.path, *said["unreadable"])
    written = Written(*said["written"])
    return CheckedBatch(Checked(written.entries, found_beside(spool, written.name), written), *about)


class Helpers:
    """The processes that check batches of the files of a run, begun when there is something for them to do."""

    def __init__(self, standard: Standard, limits: Limits, spool: Spool, jobs: int) -> None:
        self.most = min(jobs - 1, _MOST)
        """How many there are at most."""
        self._arguments = {
            "root": str(standard.roots[-1].resolve()),
            "limits": limits.to_dict(),
            "folder": str(spool.folder),
            "kinds": spool.kinds,
        }
        self._folder = spool.folder
        self._helpers: list[_Helper] = []

    def check(self, work: Work, number: int, batch: _Batch) -> Future[bytes]:
        """Have a batch checked."""
        if len(self._helpers) < self.most:
            self._helpers.append(_Helper(self._arguments))
        name = block_name(work.input, number)
        _made(self._folder, name).write_bytes(b"\n".join(batch.lines))
        asked = {
            "name": name,
            "is_exact": batch.is_exact,
            "path": work.path,
            "terms": work.terms.to_dict(),
            "told": work.told(),
        }
        return self._helpers[number % len(self._helpers)].ask(orjson.dumps(asked))

    def close(self) -> None:
        """End the processes; those that are asked for later are begun anew."""
        while self._helpers:
            self._helpers.pop().close()


class _Helper:
    """A process that checks batches, one after the other, while this one does something else."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._answers = child.ask(f"{__name__}:answer", arguments, **CHECKING, talks=True)
        # One thread waits for the process, so that nothing is asked before it has answered.
        self._pool = ThreadPoolExecutor(1)
        self._pool.submit(next, self._answers)

    def ask(self, what: bytes) -> Future[bytes]:
        """Have something done."""
        return self._pool.submit(self._answers.send, what)

    def close(self) -> None:
        """End the process, what is not yet begun is not done."""
        self._pool.shutdown(cancel_futures=True)
        self._answers.close()


def _made(folder: Path, name: str) -> Path:
    return folder / f"{name}.made"


def answer(arguments: Mapping[str, Any], data: bytes) -> Generator[bytes, bytes, None]:
    """Check batches, in the child; yields an empty object at the beginning and a line for each batch."""
    standard = load(Path(arguments["root"]))
    structure = Structure(standard, Limits(**arguments["limits"]))
    spool = Spool(Path(arguments["folder"]), arguments["kinds"])
    asked = yield b"{}"
    while asked:
        batch = orjson.loads(asked)
        work = Work(batch["path"], 0, Terms.of(batch["terms"]))
        try:
            written = _check_batch(work, structure, spool, batch)
        except MuluError as problem:
            asked = yield orjson.dumps({"unreadable": [problem.zh, problem.en]})
        else:
            asked = yield orjson.dumps({"written": [*written]})


def _check_batch(work: Work, structure: Structure, spool: Spool, batch: Mapping[str, Any]) -> Written:
    """Check the entries of a batch into a portion of its own."""
    made, portion = _made(spool.folder, batch["name"]), spool.begin(batch["name"])
    parse = orjson.loads if batch["is_exact"] else json.loads
    with made.open("rb") as lines:
        entries = ((origin, entry) for origin, entry in map(parse, lines))
        _check(work, structure, portion, entries, batch["told"], found_beside(spool, portion.name))
    made.unlink()
    return portion.close()


def _check(
    work: Work,
    structure: Structure,
    portion: Kept,
    entries: Iterable[tuple[Json, Json]],
    told: Mapping[str, list[int]],
    found: Path,
) -> None:
    """Check entries, each with its origin; they go to `portion`, what is found into a file."""
    with found.open("wb") as out:
        teller = Teller(work.terms, out, told)
        ended: Json = None
        for origin, entry in entries:
            if teller.found > work.terms.findings:
                ended = origin
                break
            subject, faults = check_entry(structure, portion, entry, origin, teller)
            if faults:
                anchor = structure.anchors(entry)
                said = [said_of(fault, anchor(fault.path), _place_of(fault, origin)) for fault in faults]
                teller.tell("faults", [*subject], said, origin)
        teller.end()
        if ended is not None:
            teller.tell("ended", None, None, ended)


def _place_of(fault: Fault, origin: Json) -> Steps:
    """Return what is to be looked up: what is missing stands where its object does, in a file of entries."""
    return fault.path[:-1] if fault.value is None and isinstance(origin, int) else fault.path
