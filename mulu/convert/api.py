"""`mulu.convert(…)`: files in, entries out one by one, with the account of each file."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

from mulu.convert import (
    ENTRIES,
    Given,
    Sourced,
    check_asked,
    known,
    nothing_in,
    open_source,
    place,
    resume,
)
from mulu.convert.ledger import Ledger
from mulu.convert.resume import Record, about
from mulu.convert.source import Reject, broken_lines
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, internal_error
from mulu.limits import DEFAULT, Limits
from mulu.pointer import Json
from mulu.readers import Document, Notice, open_document
from mulu.readers.checkpoint import Kept, Piece
from mulu.readers.input_files import PassedOver, files_of
from mulu.scratch import scratch
from mulu.standard import Standard
from mulu.texts import Text

_IN_THE_ACCOUNT = (
    "line-passed-over",
    "sheet-passed-over",
    "column-not-understood",
    "further-language",
    "values-not-read",
    "node-marks",
)
"""Remarks of which the account says as much."""
_NOTHING = Text("没有一个值有对应的属性", "none of its values belongs to a property")


def _raised(path: str, problem: MuluError) -> NoReturn:
    raise problem


@dataclass(slots=True)
class Conversion:
    """A conversion, done as its entries are asked for, once; `ledgers` has the account of each file that is done."""

    paths: tuple[str | Path, ...]
    standard: Standard
    format: str | None = None
    encoding: str | None = None
    given: Given = field(default_factory=dict)
    schema: str | None = None
    limits: Limits = DEFAULT
    allow_empty: bool = False
    on_problem: Callable[[str, MuluError], None] = _raised
    on_passed_over: PassedOver = lambda given, names: None
    on_read: Callable[[Document], None] = lambda document: None
    on_reject: Callable[[Reject], None] = lambda reject: None
    sets_aside: bool = False
    kept: Kept | None = None
    left_out: tuple[str, ...] = ()
    ledgers: list[Ledger] = field(default_factory=list)

    def __iter__(self) -> Iterator[Json]:
        """Yield the entries."""
        return (sourced.entry for _, sourced in self.sourced())

    def sourced(self) -> Iterator[tuple[Document, Sourced]]:
        """Yield the entries with the document that each comes from, and where in it, unless it was kept."""
        check_asked(self.standard, self.format, self.encoding)
        read = partial(
            open_document,
            limits=self.limits,
            encoding=self.encoding,
            known=known(self.standard),
        )
        with scratch() as folder:
            files = files_of(self.paths, folder, self.limits, self.schema, self.on_passed_over, self.left_out)
            for file, shown in files:
                piece = self.kept.piece(file, shown, self._about()) if self.kept is not None else None
                if piece is not None and piece.said is not None:
                    yield from self._again(piece)
                    continue
                try:
                    with ExitStack() as stack:
                        record = Record(piece, stack) if piece is not None else None
                        yield from self._of(read(file, name=shown), shown, record)
                except Empty as problem:
                    if not self.allow_empty:
                        self.on_problem(shown, problem)
                except BadStandard:
                    raise
                except MuluError as problem:
                    self.on_problem(shown, problem)
                except DEFECTS as error:
                    self.on_problem(shown, internal_error(shown, error))

    def _about(self) -> Json:
        return about(self.standard.sha256, self.format, self.encoding, self.given, self.limits, self.sets_aside)

    def _again(self, piece: Piece) -> Iterator[tuple[Document, Sourced]]:
        """Yield what was kept of a file."""
        document = resume.document(piece)
        for number, entry in enumerate(resume.entries(piece)):
            yield document, Sourced(entry, number)
        self.ledgers.append(resume.ledger(piece))
        for reject in resume.rejects(piece):
            self.on_reject(reject)
        self.on_read(document)

    def _of(self, document: Document, shown: str, record: Record | None) -> Iterator[tuple[Document, Sourced]]:
        source = open_source(document, self.standard, self.format, self.given)
        made = False
        try:
            for sourced in source:
                source.ledger.give(sourced.entry, sourced.trace)
                if self.sets_aside and source.format != ENTRIES and (aside := _without_property(document, sourced)):
                    self._reject(aside, record)
                    continue
                made = True
                if record is not None:
                    record.entry(sourced.entry)
                yield document, sourced
        except MuluError:
            # What came of the file before it broke off is in the output, so it is in the account.
            if made:
                self.ledgers.append(source.ledger)
            raise
        self.ledgers.append(source.ledger)
        document.notices += [
            Notice(remark.check, remark.params, remark.ref)
            for remark in source.remarks
            if remark.check not in _IN_THE_ACCOUNT
        ]
        for reject in [*broken_lines(document), *(source.rejects if self.sets_aside else [])]:
            self._reject(reject, record)
        self.on_read(document)
        if not made:
            raise nothing_in(shown, source)
        if record is not None:
            record.end(document, source.ledger)

    def _reject(self, reject: Reject, record: Record | None) -> None:
        if record is not None:
            record.reject(reject)
        self.on_reject(reject)


def _without_property(document: Document, sourced: Sourced) -> Reject | None:
    """Return the record of an entry that has nothing but its source, to be set aside."""
    entry = sourced.entry
    if not isinstance(entry, dict) or set(entry) - {"kind", "source"}:
        return None
    source = entry.get("source")
    return Reject(
        place(document, sourced.origin, ""), _NOTHING, source.get("values", {}) if isinstance(source, dict) else {}
    )


def convert(
    *paths: str | Path,
    standard: Standard | Path | str | None = None,
    format: str | None = None,
    encoding: str | None = None,
    given: Given | None = None,
    schema: str | None = None,
    limits: Limits = DEFAULT,
    allow_empty: bool = False,
    on_problem: Callable[[str, MuluError], None] | None = None,
    on_passed_over: PassedOver = lambda given, names: None,
    on_read: Callable[[Document], None] = lambda document: None,
    on_reject: Callable[[Reject], None] = lambda reject: None,
    sets_aside: bool = False,
    kept: Kept | None = None,
    left_out: Iterable[Path | str] = (),
) -> Conversion:
    """Return the conversion of files to entries of a standard; iterate over it to get them.

    `paths` are files, folders, archives, addresses of databases (`schema` names the tables'), or "-" for standard
    input. `standard` is a loaded one or its folder, without any the
    built-in one. `format`, `encoding`, `given` and `limits` say how files are read, as `--from`, `--encoding`, `--set`
    and `--limit` do. A file that cannot be read or is not recognised raises `MuluError` when it is reached; with
    `on_problem`, which is called with its name and the error, the others are converted all the same. `kept`
    is a folder in which what comes of each file is kept, and from which it is taken if the conversion is made again.
    Files that are `left_out` are passed over where they stand in a folder that is named.

    Raises `BadStandard`.
    """
    loaded = standard if isinstance(standard, Standard) else Standard.load(standard)
    return Conversion(
        paths,
        loaded,
        format,
        encoding,
        given or {},
        schema,
        limits,
        allow_empty,
        on_problem or _raised,
        on_passed_over,
        on_read,
        on_reject,
        sets_aside,
        kept,
        tuple(map(str, left_out)),
    )
