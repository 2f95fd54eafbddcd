"""What checking one file gave, written down so that a later run has it without checking the file again.

Kept is what does not depend on the rest of the run: the findings before they are judged, the entries as rules see
them. Numbers of entries count from the file's first one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from mulu.findings import Finding, Fix, Subject
from mulu.limits import Limits, portions_of
from mulu.place import Place
from mulu.pointer import Json
from mulu.readers.checkpoint import Piece
from mulu.texts import Text
from mulu.validate.judge import Judge
from mulu.validate.report import Input, Options
from mulu.validate.spool import Spool
from mulu.validate.waivers import digest_of

_FOUND = "found.jsonl"
_FACTS = ("sha256", "encoding", "format", "records", "entries", "octets")


def about(standard: str, options: Options) -> Json:
    """Return all that decides what checking a file gives but the file; `standard` is the standard's digest."""
    limits = options.limits.to_dict()
    given: Json = [[[*path], text] for path, text in sorted(options.given.items())]
    return ["validate", standard, options.format, options.encoding, options.allow_empty, given, limits]


def judged(judge: Judge) -> Json:
    """Return all that decides which findings count, and so at how many of them checking a file ends."""
    policy = judge.policy
    waivers = digest_of(waiver for waiver in policy.waivers if waiver.days_left(judge.today) >= 0)
    return [judge.level, [*sorted(policy.ignore)], policy.baseline.sha256 if policy.baseline else None, waivers]


def holds(piece: Piece, judge: Judge, limits: Limits) -> bool:
    """Whether checking the file now would come to its end as well: it ends early where too many findings count."""
    most = limits.findings * portions_of(piece.said["input"][_FACTS.index("octets")])
    return bool(piece.said["found"] <= most or piece.said["judged"] == judged(judge))


class Record:
    """Writes down what is found in a file; `before` is how many entries there have been in the run."""

    def __init__(self, piece: Piece, before: int, portions: int) -> None:
        self._piece, self._before, self._portions = piece, before, portions
        self._found = 0
        self._file: BinaryIO = (piece.folder / _FOUND).open("wb")

    def add(self, found: Finding) -> None:
        """Write a finding down."""
        said = orjson.dumps(
            _said(found, self._before), default=str, option=orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_APPEND_NEWLINE
        )
        self._file.write(said)
        self._found += 1

    def close(self) -> None:
        """Leave it; unless it was ended, nothing is kept."""
        self._file.close()

    def end(self, item: Input, spool: Spool, judge: Judge) -> None:
        """Keep it, with the file's entries, as the file is checked to its end."""
        self._file.close()
        portions = spool.copy_to(self._piece.folder, self._portions)
        said: Json = {
            "input": [getattr(item, name) for name in _FACTS],
            "portions": portions,
            "found": self._found,
            "judged": judged(judge),
        }
        self._piece.end(said)


def take(piece: Piece, item: Input, spool: Spool, before: int) -> Iterator[Finding]:
    """Take what is kept of a file, and give its entries to the spool; returns what was found in it."""
    for name, fact in zip(_FACTS, piece.said["input"], strict=True):
        setattr(item, name, fact)
    spool.copy_from(piece.folder, piece.said["portions"])
    return _findings(piece.folder / _FOUND, item.number, before)


def _findings(file: Path, input: int, before: int) -> Iterator[Finding]:
    with file.open("rb") as lines:
        for line in lines:
            yield _finding(orjson.loads(line), input, before)


def _said(found: Finding, before: int) -> list[Any]:
    subject, source, fix = found.subject, found.source, found.fix
    number = subject.number and subject.number - before
    return [
        *(found.rule, found.severity, found.level, found.message.to_dict(), found.mend.to_dict()),
        [number, *subject[1:]],
        *(found.pointer, found.anchor, found.params, found.value),
        [source.path, source.sheet, source.row, source.column, source.line],
        [fix.safe, fix.value] if fix is not None else None,
    ]


def _finding(said: list[Any], input: int, before: int) -> Finding:
    rule, severity, level, message, mend, about, pointer, anchor, params, value, source, fix = said
    subject = Subject(*about)
    return Finding(
        *(rule, severity, level, Text(**message), Text(**mend)),
        subject=subject._replace(number=subject.number and subject.number + before),
        pointer=pointer,
        anchor=anchor,
        params=params,
        value=value,
        source=Place(*source),
        input=input,
        fix=Fix(*fix) if fix is not None else None,
    )
