"""What converting one file gave, written down so that a later run has it without converting the file again."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from mulu.convert.ledger import Ledger
from mulu.convert.source import Given, Reject
from mulu.limits import Limits
from mulu.place import Place
from mulu.pointer import Json, dumps
from mulu.readers import Document, Notice
from mulu.readers.checkpoint import Piece
from mulu.texts import Text

_ENTRIES, _REJECTS = "entries.jsonl", "rejects.jsonl"


def about(
    standard: str, format: str | None, encoding: str | None, given: Given, limits: Limits, sets_aside: bool
) -> Json:
    """Return all that decides what converting a file gives but the file; `standard` is the standard's digest."""
    said: Json = [[[*path], text] for path, text in sorted(given.items())]
    bounds = limits.to_dict()
    return ["convert", standard, format, encoding, said, bounds, sets_aside]


class Record:
    """Writes down what comes of a file; unless it is ended, nothing is kept."""

    def __init__(self, piece: Piece, stack: ExitStack) -> None:
        self._piece = piece
        self._entries, self._rejects = (
            stack.enter_context((piece.folder / name).open("wb")) for name in (_ENTRIES, _REJECTS)
        )

    def entry(self, entry: Json) -> None:
        """Write an entry down."""
        self._entries.write(dumps(entry) + b"\n")

    def reject(self, reject: Reject) -> None:
        """Write a record down that could not become an entry."""
        self._rejects.write(dumps([_place(reject.place), {**reject.reason.to_dict()}, reject.record]) + b"\n")

    def end(self, document: Document, ledger: Ledger) -> None:
        """Keep all of it, as the file is converted to its end."""
        self._entries.close()
        self._rejects.close()
        notices: list[Json] = [
            [
                notice.rule,
                {**notice.params},
                _place(notice.place or (document.place(notice.ref) if notice.ref else None)),
            ]
            for notice in document.notices
        ]
        facts: list[Json] = [document.path, document.family, document.sha256, document.size, document.encoding]
        self._piece.end({"document": facts, "notices": notices, "ledger": ledger.state()})


def entries(piece: Piece) -> Iterator[Json]:
    """Yield the entries of a file."""
    yield from _lines(piece, _ENTRIES)


def rejects(piece: Piece) -> Iterator[Reject]:
    """Yield the records of a file that could not become entries."""
    for place, reason, record in _lines(piece, _REJECTS):
        yield Reject(Place(*place), Text(**reason), record)


def ledger(piece: Piece) -> Ledger:
    """Return the account of a file."""
    return Ledger.of(piece.said["ledger"])


def document(piece: Piece) -> Document:
    """Return the document with what was noticed in it, and nothing of its content."""
    notices = [Notice(rule, params, place=place and Place(*place)) for rule, params, place in piece.said["notices"]]
    path, family, sha256, length, encoding = piece.said["document"]
    return Document(path, family, sha256, length, encoding, notices)


def _lines(piece: Piece, name: str) -> Iterator[Any]:
    with (piece.folder / name).open("rb") as lines:
        yield from map(json.loads, lines)


def _place(place: Place | None) -> list[Json] | None:
    return None if place is None else [place.path, place.sheet, place.row, place.column, place.line]
