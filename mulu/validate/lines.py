"""The lines of a file of entries, held to their schemas: block by block, in this process or in several beside it.

A block is a part of the file that ends with a line. Who checks it writes its entries as a portion of the spool, and
what was found into a file beside it, so that little goes from process to process and no process waits for another.
Whichever process it was, what it found is the same.
"""

import json
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import orjson

from mulu import child
from mulu.errors import MuluError, Unreadable
from mulu.findings import Fix, Subject
from mulu.limits import Limits
from mulu.place import Place
from mulu.pointer import Json, dumps, pointer_of
from mulu.readers import Notice
from mulu.readers.jsonl import Block, JsonLinesDocument, Record, place_in
from mulu.readers.scan import Finder
from mulu.standard import Standard, load
from mulu.validate.entries import digest_of, seen_by_rules, subject_of
from mulu.validate.spool import Portion, Spool, Written
from mulu.validate.structure import Fault, Structure

_BLANK = b" \t\r\n"
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
_SECONDS = 600
_MEMORY = 4 * 2**30


class Work(NamedTuple):
    """What is to be checked: the document, which input of the run it is, how; `digests`: each entry's is asked for."""

    standard: Standard
    document: JsonLinesDocument
    input: int
    limits: Limits
    digests: bool = False
    sure: bool = False
    """Whether what is not kept need only be counted, as no finding is known, waived or unchanged."""
    above: Collection[str] = ()
    """The levels above that of the run."""
    ignored: Collection[str] = ()
    """The checks that find nothing in this run."""
    kept: Sequence[int] = (sys.maxsize, sys.maxsize)
    """How many findings of a check may be kept, up to the run's level and above it."""
    findings: int = sys.maxsize
    """With how many findings up to the run's level checking a block ends."""
    entries: int = sys.maxsize
    """With how many entries it does."""


class Told(NamedTuple):
    """One thing that was found in a block.

    `what` is "fault" (of an entry: `subject` with its number in the block, `said` the fault, `anchor`, `place`),
    "notice" (`said` is one), "digest" (of an entry: `said`), "counted" (`said`: check, severity, level and number of
    faults that are only counted), "refused" (the file cannot be read further: `said` why in both languages, `place`
    where) or "ended" (`place` is where that begins which was not checked).
    """

    what: str
    said: Any
    subject: Subject = Subject()
    anchor: str = ""
    place: Place | None = None


class Checked(NamedTuple):
    """A block that was checked: how many entries, what was found, and its portion of the spool.

    It has none if its entries were put into a portion that others share.
    """

    entries: int
    found: Path | bytes
    written: Written | None = None

    def told(self, path: str) -> Iterator[Told]:
        """Yield what was found in the order of the lines, once; `path` is what the file is called."""
        with self.found.open("rb") if isinstance(self.found, Path) else BytesIO(self.found) as lines:
            for line in lines:
                yield from read_told(line, path)
        if isinstance(self.found, Path):
            self.found.unlink()


class Kept(Protocol):
    """What takes entries like a portion of the spool."""

    @property
    def entries(self) -> int:
        """How many there have been."""

    def add(self, subject: Subject, origin: Json, doc: bytes | None) -> None:
        """Take an entry."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def checked(
    work: Work, spool: Spool, structure: Structure, jobs: int, shared: Portion | None = None
) -> Iterator[Checked]:
    """Check all blocks of a document, by as many processes as `jobs` and the blocks are; yields them in their order.

    Each has a portion of the spool, but for a single one that goes into a portion which it shares with what stands
    there already (`shared`). Raises `Unreadable` if the file changes meanwhile or a process ends before its work.
    """
    blocks = work.document.blocks
    spool.folder.mkdir(exist_ok=True)
    if shared is not None:
        rest, out = _Rest(shared, shared.entries), BytesIO()
        _check(work, structure, rest, blocks[0], out)
        yield Checked(rest.entries, out.getvalue())
        return
    if min(jobs, len(blocks)) < 2 or work.document.file is None:
        for number, block in enumerate(blocks):
            written = _check_alone(work, structure, spool, number, block)
            yield Checked(written.entries, _found(spool.folder, written.name), written)
        return
    with ExitStack() as stack:
        answers = [_beside(work, spool, number, jobs, stack) for number in range(min(jobs, len(blocks)))]
        try:
            # A child says first that it is there: so all begin at once.
            with ThreadPoolExecutor(len(answers)) as pool:
                list(pool.map(next, answers))
            for number in range(len(blocks)):
                said = orjson.loads(next(answers[number % len(answers)]))
                if "unreadable" in said:
                    raise Unreadable(work.document.path, *said["unreadable"])
                written = Written(*said["written"])
                yield Checked(written.entries, _found(spool.folder, written.name), written)
        except (child.Died, StopIteration):
            raise _ended(work.document.path) from None


def _name(number: int, block: int) -> str:
    return f"{number:05d}-{block:07d}"


def _found(folder: Path, name: str) -> Path:
    return folder / f"{name}.found"


def _beside(work: Work, spool: Spool, number: int, jobs: int, stack: ExitStack) -> Iterator[bytes]:
    document = work.document
    blocks = [[n, b.offset, b.size, b.line, b.column] for n, b in enumerate(document.blocks)][number::jobs]
    arguments = {
        "root": str(work.standard.roots[-1].resolve()),
        "path": document.path,
        "is_array": document.root_is_array,
        "bytes": document.size,
        "file": str(document.file),
        "stamp": document.stamp,
        "input": work.input,
        "limits": {name: getattr(work.limits, name) for name in work.limits.__slots__},
        "digests": work.digests,
        "sure": work.sure,
        "above": [*work.above],
        "ignored": [*work.ignored],
        "kept": [*work.kept],
        "findings": work.findings,
        "entries": work.entries,
        "folder": str(spool.folder),
        "kinds": spool.kinds,
        "blocks": blocks,
    }
    lines = child.ask(f"{__name__}:answer", arguments, seconds=_SECONDS, memory=_MEMORY)
    stack.callback(lines.close)
    return lines


def answer(arguments: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Check blocks, in the child; yields an empty object at the beginning and a line for each block."""
    standard = load(Path(arguments["root"]))
    limits = Limits(**arguments["limits"])
    structure = Structure(standard, limits)
    document_of = JsonLinesDocument
    if arguments["is_array"]:
        from mulu.readers.json_array import JsonArrayDocument

        document_of = JsonArrayDocument
    document = document_of(arguments["path"], "", "", arguments["bytes"], "utf-8", limits=limits)
    document.file, document.stamp = Path(arguments["file"]), (arguments["stamp"][0], arguments["stamp"][1])
    how = {name: arguments[name] for name in ("digests", "sure", "above", "ignored", "kept", "findings", "entries")}
    work = Work(standard, document, arguments["input"], limits, **how)
    spool = Spool(Path(arguments["folder"]), arguments["kinds"])
    yield b"{}"
    for number, *block in arguments["blocks"]:
        try:
            written = _check_alone(work, structure, spool, number, Block(*block))
        except MuluError as problem:
            yield orjson.dumps({"unreadable": [problem.zh, problem.en]})
            return
        told = [written.name, written.entries, written.kinds, written.longest, written.size]
        yield orjson.dumps({"written": told})


def _ended(path: str) -> Unreadable:
    return Unreadable(
        path,
        "检查它的进程没有做完就结束了，可能是内存不足；请用 --jobs 1 再试",
        "a process that checked it ended before its work was done, maybe for lack of memory; try again with --jobs 1",
    )


class Teller:
    """Writes down what is found in lines (`read_told`); what would not be kept is counted where that is enough."""

    def __init__(self, work: Work, out: BinaryIO) -> None:
        self._work = work
        self._out = out
        self._told: dict[tuple[str, bool], int] = {}
        self._counted: dict[tuple[str, str, str], int] = {}
        self._kept = work.kept
        self.found = 0
        """How many findings there were up to the run's level, of checks that are not ignored."""
        self.most = work.limits.findings_per_entry if work.sure else sys.maxsize
        """Of how many faults of an entry more must be known than which they are."""

    def tell(self, what: str, *said: Any) -> None:
        """Write something down."""
        self._out.write(dumps([what, *said]) + b"\n")

    def spares(self, check: str, level: str) -> bool:
        """Whether a further fault would not be told, whatever it is."""
        above = level in self._work.above
        return self._work.sure and (
            check in self._work.ignored or self._told.get((check, above), 0) >= self._kept[above]
        )

    def tells(self, fault: Fault, told_of_entry: list[int]) -> bool:
        """Whether a fault must be told, it is counted if not.

        `told_of_entry` are how many of the entry have been told, up to the run's level and above it.
        """
        work = self._work
        above, ignored = fault.level in work.above, fault.check in work.ignored
        self.found += not above and not ignored
        if not work.sure or ignored:
            return not work.sure
        of_check = fault.check, above
        told = self._told.get(of_check, 0)
        if told < self._kept[above] and told_of_entry[above] < self.most:
            self._told[of_check] = told + 1
            told_of_entry[above] += 1
            return True
        counted = fault.check, fault.severity, fault.level
        self._counted[counted] = self._counted.get(counted, 0) + 1
        return False

    def end(self) -> None:
        """Tell what was counted."""
        if self._counted:
            self.tell("counted", [[*of, number] for of, number in sorted(self._counted.items())])


@dataclass(slots=True)
class _Rest:
    """What is put into a portion from now on, counted from there."""

    portion: Portion
    start: int

    @property
    def entries(self) -> int:
        return self.portion.entries - self.start

    def add(self, subject: Subject, origin: Json, doc: bytes | None) -> None:
        self.portion.add(subject, origin, doc)


def _check_alone(work: Work, structure: Structure, spool: Spool, number: int, block: Block) -> Written:
    """Check the lines of one block into a portion of its own, and what is found into a file beside it."""
    portion = spool.begin(_name(work.input, number))
    with _found(spool.folder, portion.name).open("wb") as out:
        _check(work, structure, portion, block, out)
    return portion.close()


def _check(work: Work, structure: Structure, portion: Kept, block: Block, out: BinaryIO) -> None:
    """Check the lines of one block."""
    teller = Teller(work, out)
    ending = _check_records(work, structure, portion, block, teller)
    teller.end()
    if ending is not None:
        teller.tell(*ending)


def _check_records(
    work: Work, structure: Structure, portion: Kept, block: Block, teller: Teller
) -> tuple[Any, ...] | None:
    """Check values until one cannot be read or too much was found; that is told behind everything else."""
    try:
        for index, record in enumerate(work.document.records(block)):
            if teller.found > work.findings or portion.entries >= work.entries:
                return "ended", record[0], record[1]
            check_record(work, structure, portion, record, index, teller)
    except Unreadable as refusal:
        place = refusal.place or Place(work.document.path)
        return "refused", refusal.zh, refusal.en, place.line, place.column
    return None


def check_record(work: Work, structure: Structure, portion: Kept, record: Record, index: int, teller: Teller) -> None:
    """Check one value of a file; its entry goes to `portion`, what is found to `teller`. `index` counts from 0.

    Raises `Unreadable` if it is no JSON, and that ends the file.
    """
    item, notices = work.document.item(record, index)
    for notice in notices:
        place = notice.place or Place(work.document.path)
        teller.found += notice.rule not in work.ignored
        teller.tell("notice", notice.rule, notice.params, notice.ref, place.line, place.column)
    if item.broken:
        return
    entry = item.value
    line, column, offset, data = record
    subject = subject_of(work.standard, entry, portion.entries + 1)
    if work.digests:
        teller.tell("digest", subject.number, subject.key, digest_of(entry).hex())
    faults = structure.faults(entry, teller.most, teller.spares)
    text = None if notices else data.strip(_BLANK)
    if text is not None and b"\n" in text:
        # In the spool it stands in one line; no text in JSON has the end of one in it.
        text = text.translate(_ONE_LINE)
    origin: list[Json] = [line, offset] if column == 1 else [line, offset, column]
    portion.add(subject, origin, seen_by_rules(subject, entry, faults, text))
    if faults:
        _tell_faults(work.document.path, structure, entry, subject, faults, record, teller)


def _tell_faults(
    path: str,
    structure: Structure,
    entry: Json,
    subject: Subject,
    faults: list[Fault],
    record: Record,
    teller: Teller,
) -> None:
    of_entry = [0, 0]
    kept = [fault for fault in faults if teller.tells(fault, of_entry)]
    if not kept:
        return
    line, column, _, data = record
    finder, anchor = Finder(data), structure.anchors(entry)
    places: dict[tuple[str, bool], Place] = {}
    told: list[list[Any]] = []
    for fault in kept:
        # What is missing stands where its object does.
        missing = fault.path[:-1] if fault.value is None else fault.path
        asked = pointer_of(missing), fault.names_key
        if asked not in places:
            places[asked] = place_in(path, finder, asked[0], line, column, key=asked[1])
        place = places[asked]
        said = [
            *(fault.check, fault.path, fault.params, None if isinstance(fault.value, dict | list) else fault.value),
            *(fault.severity, fault.level, [fault.fix.safe, fault.fix.value] if fault.fix else None),
        ]
        told.append([said, anchor(fault.path), place.line, place.column])
    teller.tell("faults", [*subject], told)


def read_told(line: bytes | str, path: str) -> Iterator[Told]:
    """Yield what a `Teller` wrote in a line; `path` is what the file is called."""
    # orjson would read an integer of over 64 bits as another number.
    what, *rest = json.loads(line)
    if what == "faults":
        about, faults = rest
        subject = Subject(*about)
        for (check, steps, params, value, severity, level, fix), anchor, number, column in faults:
            fault = Fault(
                *(check, tuple(steps), params, value, severity, level), fix=Fix(*fix) if fix is not None else None
            )
            yield Told("fault", fault, subject, anchor, Place(path, line=number, column=column))
    elif what == "notice":
        rule, params, ref, number, column = rest
        yield Told(what, Notice(rule, params, (ref[0], ref[1]), Place(path, line=number, column=column)))
    elif what == "digest":
        number, key, digest = rest
        yield Told(what, bytes.fromhex(digest), Subject(number, key=key))
    elif what == "refused":
        zh, en, number, column = rest
        yield Told(what, (zh, en), place=Place(path, line=number, column=column))
    elif what == "ended":
        number, column = rest
        yield Told(what, None, place=Place(path, line=number, column=column))
    else:
        yield Told(what, rest[0])
