"""The lines of a file of entries, held to their schemas: block by block, in this process or in several beside it.

A block is a part of the file that ends with a line. Who checks it writes its entries as a portion of the spool, and
what was found into a file beside it, so that little goes from process to process and no process waits for another.
Whichever process it was, what it found is the same.
"""

import os
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from mulu import child
from mulu.errors import MuluError, Unreadable
from mulu.findings import Subject
from mulu.place import Place
from mulu.pointer import Json, pointer_of
from mulu.readers.jsonl import Block, JsonLinesDocument, Record, place_in
from mulu.readers.scan import Finder
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
from mulu.validate.faults import Fault
from mulu.validate.spool import Portion, Spool, Written
from mulu.validate.structure import Structure

_BLANK = b" \t\r\n"
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


class Work(NamedTuple):
    """What is to be checked: the document, which input of the run it is, and what is told of its entries."""

    standard: Standard
    document: JsonLinesDocument
    input: int
    terms: Terms = Terms()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def checked(
    work: Work, spool: Spool, structure: Structure, jobs: int, shared: Portion | None = None
) -> Generator[Checked, None, None]:
    """Check all blocks of a document, by as many processes as `jobs` and the blocks are; yields them in their order.

    Each has a portion of the spool, but for a single one that goes into a portion which it shares with what stands
    there already (`shared`). Raises `Unreadable` if the file changes meanwhile or a process ends before its work.
    """
    blocks = work.document.blocks
    spool.folder.mkdir(exist_ok=True)
    if shared is not None:
        rest, out = Rest(shared), BytesIO()
        _check(work, structure, rest, blocks[0], out)
        yield Checked(rest.entries, out.getvalue())
        return
    if min(jobs, len(blocks)) < 2 or work.document.file is None:
        for number, block in enumerate(blocks):
            written = _check_alone(work, structure, spool, number, block)
            yield Checked(written.entries, found_beside(spool, written.name), written)
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
                yield Checked(written.entries, found_beside(spool, written.name), written)
        except (child.Died, StopIteration):
            raise ended_early(work.document.path) from None


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
        "terms": work.terms.to_dict(),
        "folder": str(spool.folder),
        "kinds": spool.kinds,
        "blocks": blocks,
    }
    lines = child.ask(f"{__name__}:answer", arguments, **CHECKING)
    stack.callback(lines.close)
    return lines


def answer(arguments: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Check blocks, in the child; yields an empty object at the beginning and a line for each block."""
    standard = load(Path(arguments["root"]))
    terms = Terms.of(arguments["terms"])
    structure = Structure(standard, terms.limits)
    document_of = JsonLinesDocument
    if arguments["is_array"]:
        from mulu.readers.json_array import JsonArrayDocument

        document_of = JsonArrayDocument
    document = document_of(arguments["path"], "", "", arguments["bytes"], "utf-8", limits=terms.limits)
    identity, size, moment = arguments["stamp"]
    document.file, document.stamp = Path(arguments["file"]), (identity, size, moment)
    work = Work(standard, document, arguments["input"], terms)
    spool = Spool(Path(arguments["folder"]), arguments["kinds"])
    yield b"{}"
    for number, *block in arguments["blocks"]:
        try:
            written = _check_alone(work, structure, spool, number, Block(*block))
        except MuluError as problem:
            yield orjson.dumps({"unreadable": [problem.zh, problem.en]})
            return
        yield orjson.dumps({"written": [*written]})


def ended_early(path: str) -> Unreadable:
    """Return what is said of a file if a process ended that checked it."""
    return Unreadable(
        path,
        "检查它的进程没有做完就结束了，可能是内存不足；请用 --jobs 1 再试",
        "a checking process ended unexpectedly, possibly for lack of memory; try again with --jobs 1",
    )


def _check_alone(work: Work, structure: Structure, spool: Spool, number: int, block: Block) -> Written:
    """Check the lines of one block into a portion of its own, and what is found into a file beside it."""
    portion = spool.begin(block_name(work.input, number))
    with found_beside(spool, portion.name).open("wb") as out:
        _check(work, structure, portion, block, out)
    return portion.close()


def _check(work: Work, structure: Structure, portion: Kept, block: Block, out: BinaryIO) -> None:
    """Check the lines of one block."""
    teller = Teller(work.terms, out)
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
            if teller.found > work.terms.findings or portion.entries >= work.terms.entries:
                return "ended", record[0], record[1], None
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
        teller.found += notice.rule not in work.terms.ignored
        teller.tell("notice", notice.rule, notice.params, notice.ref, place.line, place.column)
    if item.broken:
        return
    entry = item.value
    line, column, offset, data = record
    text = None if notices else data.strip(_BLANK)
    if text is not None and b"\n" in text:
        # In the spool it stands in one line; no text in JSON has the end of one in it.
        text = text.translate(_ONE_LINE)
    origin: list[Json] = [line, offset] if column == 1 else [line, offset, column]
    subject, faults = check_entry(structure, portion, entry, origin, teller, text)
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
    line, column, _, data = record
    finder, anchor = Finder(data), structure.anchors(entry)
    places: dict[tuple[str, bool], Place] = {}
    told = []
    for fault in faults:
        # What is missing stands where its object does.
        missing = fault.path[:-1] if fault.value is None else fault.path
        asked = pointer_of(missing), fault.names_key
        if asked not in places:
            places[asked] = place_in(path, finder, asked[0], line, column, key=asked[1])
        place = places[asked]
        told.append(said_of(fault, anchor(fault.path), place))
    teller.tell("faults", [*subject], told, None)
