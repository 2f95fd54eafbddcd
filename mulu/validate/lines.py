"""The lines of a file of entries, held to their schemas: block by block, in this process or in several beside it.

A block is a part of the file that ends with a line. Who checks it writes its entries as a portion of the spool, and
what was found into a file beside it, so that little goes from process to process and no process waits for another.
Whichever process it was, what it found is the same.
"""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
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
from mulu.readers.jsonl import Block, JsonLinesDocument, item_of_line, mark_of, place_in_line
from mulu.readers.scan import Finder
from mulu.standard import Standard, load
from mulu.validate.entries import digest_of, seen_by_rules, subject_of
from mulu.validate.spool import Portion, Spool, Written
from mulu.validate.structure import Fault, Structure

_SECONDS = 600
_MEMORY = 4 * 2**30


class Work(NamedTuple):
    """What is to be checked: the document, which input of the run it is, how; `digests`: each entry's is asked for."""

    standard: Standard
    document: JsonLinesDocument
    input: int
    limits: Limits
    digests: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was found in a block.

    `what` is "fault" (of an entry: `subject` with its number in the block, `said` the fault, `anchor`, `place`),
    "notice" (`said` is one), "digest" (of an entry: `said`) or "refused" (`said` is the line that is too long).
    """

    what: str
    said: Any
    subject: Subject = field(default_factory=Subject)
    anchor: str = ""
    place: Place | None = None


class Checked(NamedTuple):
    """A block that was checked: its portion of the spool, and the file of what was found."""

    written: Written
    file: Path

    def told(self, path: str) -> Iterator[Told]:
        """Yield what was found in the order of the lines; `path` is what the file is called."""
        with self.file.open("rb") as lines:
            for line in lines:
                yield read_told(json.loads(line), path)


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


def checked(work: Work, spool: Spool, structure: Structure, jobs: int) -> Iterator[Checked]:
    """Check all blocks of a document, by as many processes as `jobs` and the blocks are; yields them in their order.

    Raises `Unreadable` if the file changes meanwhile or a process ends before its work.
    """
    blocks = work.document.blocks
    spool.folder.mkdir(exist_ok=True)
    if min(jobs, len(blocks)) < 2 or work.document.file is None:
        for number, block in enumerate(blocks):
            yield _check(work, structure, spool.begin(_name(work.input, number)), block)
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
                yield Checked(Written(*said["written"]), _found(spool.folder, _name(work.input, number)))
        except (child.Died, StopIteration):
            raise _ended(work.document.path) from None


def _name(number: int, block: int) -> str:
    return f"{number:05d}-{block:07d}"


def _found(folder: Path, name: str) -> Path:
    return folder / f"{name}.found"


def _beside(work: Work, spool: Spool, number: int, jobs: int, stack: ExitStack) -> Iterator[bytes]:
    document = work.document
    blocks = [[n, b.offset, b.size, b.line] for n, b in enumerate(document.blocks)][number::jobs]
    arguments = {
        "root": str(work.standard.roots[-1].resolve()),
        "path": document.path,
        "file": str(document.file),
        "stamp": document.stamp,
        "input": work.input,
        "limits": {name: getattr(work.limits, name) for name in work.limits.__slots__},
        "digests": work.digests,
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
    document = JsonLinesDocument(arguments["path"], "jsonl", "", 0, "utf-8", limits=limits)
    document.file, document.stamp = Path(arguments["file"]), (arguments["stamp"][0], arguments["stamp"][1])
    work = Work(standard, document, arguments["input"], limits, arguments["digests"])
    spool = Spool(Path(arguments["folder"]), arguments["kinds"])
    yield b"{}"
    for number, *block in arguments["blocks"]:
        try:
            done = _check(work, structure, spool.begin(_name(work.input, number)), Block(*block))
        except MuluError as problem:
            yield orjson.dumps({"unreadable": [problem.zh, problem.en]})
            return
        written = done.written
        told = [written.name, written.entries, written.kinds, written.longest, written.size]
        yield orjson.dumps({"written": told})


def _ended(path: str) -> Unreadable:
    return Unreadable(
        path,
        "检查它的进程没有做完就结束了，可能是内存不足；请用 --jobs 1 再试",
        "a process that checked it ended before its work was done, maybe for lack of memory; try again with --jobs 1",
    )


def _check(work: Work, structure: Structure, portion: Portion, block: Block) -> Checked:
    """Check the lines of one block."""
    file = _found(portion.folder, portion.name)
    with file.open("wb") as out:
        _check_lines(work, structure, portion, block, out)
    return Checked(portion.close(), file)


def _check_lines(work: Work, structure: Structure, portion: Portion, block: Block, out: BinaryIO) -> None:
    limits = work.limits
    offset, index = block.offset, 0
    for number, line in enumerate(work.document.read(block).split(b"\n"), block.line):
        ends = offset + len(line) < block.offset + block.size
        if len(line) + ends > limits.record_bytes:
            _tell(out, ["refused", number])
            return
        skip = mark_of(line) if number == 1 else 0
        content = line[skip:] if skip else line
        at, offset = offset + skip, offset + len(line) + 1
        if not content.strip(b" \t\r"):
            continue
        check_line(work, structure, portion, content, index, (number, at), out)
        index += 1


def check_line(
    work: Work,
    structure: Structure,
    portion: Kept,
    line: bytes,
    index: int,
    at: tuple[int, int],
    out: BinaryIO,
) -> None:
    """Check one line that is not empty; its entry goes to `portion`, what is found to `out` (`read_told`).

    `index` counts such lines, from 0, `at` is the number of the line and the byte at which it begins.
    """
    path = work.document.path
    item, notices = item_of_line(path, line, index, at[0], work.limits)
    for notice in notices:
        place = notice.place or Place(path)
        _tell(out, ["notice", notice.rule, notice.params, notice.ref, place.line, place.column])
    if item.broken:
        return
    entry = item.value
    subject = subject_of(work.standard, entry, portion.entries + 1)
    if work.digests:
        _tell(out, ["digest", subject.number, subject.key, digest_of(entry).hex()])
    faults = structure.faults(entry)
    portion.add(subject, [*at], seen_by_rules(subject, entry, faults, None if notices else line.strip(b" \t\r")))
    if faults:
        _tell_faults(path, structure, entry, subject, faults, line, at[0], out)


def _tell_faults(
    path: str,
    structure: Structure,
    entry: Json,
    subject: Subject,
    faults: list[Fault],
    line: bytes,
    number: int,
    out: BinaryIO,
) -> None:
    finder, anchor = Finder(line), structure.anchors(entry)
    places: dict[tuple[str, bool], Place] = {}
    for fault in faults:
        # What is missing stands where its object does.
        missing = fault.path[:-1] if fault.value is None else fault.path
        asked = pointer_of(missing), fault.names_key
        if asked not in places:
            places[asked] = place_in_line(path, finder, number, asked[0], key=asked[1])
        place = places[asked]
        said = [
            *(fault.check, fault.path, fault.params, None if isinstance(fault.value, dict | list) else fault.value),
            *(fault.severity, fault.level, [fault.fix.safe, fault.fix.value] if fault.fix else None),
        ]
        _tell(out, ["fault", [*subject], said, anchor(fault.path), place.line, place.column])


def _tell(out: BinaryIO, said: Any) -> None:
    out.write(dumps(said) + b"\n")


def read_told(said: list[Any], path: str) -> Told:
    """Return what `check_line` wrote; `path` is what the file is called."""
    what, *rest = said
    if what == "fault":
        about, (check, steps, params, value, severity, level, fix), anchor, line, column = rest
        fault = Fault(
            *(check, tuple(steps), params, value, severity, level), fix=Fix(*fix) if fix is not None else None
        )
        return Told(what, fault, Subject(*about), anchor, Place(path, line=line, column=column))
    if what == "notice":
        rule, params, ref, line, column = rest
        return Told(what, Notice(rule, params, (ref[0], ref[1]), Place(path, line=line, column=column)))
    if what == "digest":
        number, key, digest = rest
        return Told(what, bytes.fromhex(digest), Subject(number, key=key))
    return Told(what, rest[0])
