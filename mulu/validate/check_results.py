"""What was found in entries, as whoever checks them writes it down for the process that makes findings of it.

Entries are checked in this process or in others beside it, and what they found is the same.
"""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, TypedDict

from mulu.findings import Fix, Subject
from mulu.limits import DEFAULT, Limits
from mulu.place import Place
from mulu.pointer import Json, dumps, loads
from mulu.readers import Notice
from mulu.validate.entries import digest_of, seen_by_rules, subject_of
from mulu.validate.faults import Fault
from mulu.validate.missing import Path as Steps
from mulu.validate.spool import Portion, Spool, Written
from mulu.validate.structure import Structure


class _Bounds(TypedDict):
    seconds: int
    memory: int


CHECKING: _Bounds = {"seconds": 600, "memory": 4 * 2**30}
"""What a process that checks entries may take for each block or batch of them."""


class Terms(NamedTuple):
    """What is to be told of entries, and how many of them are checked; `digests`: each entry's is asked for."""

    limits: Limits = DEFAULT
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

    def to_dict(self) -> dict[str, Any]:
        """Return what another process needs to make them again."""
        return {
            **self._asdict(),
            "limits": self.limits.to_dict(),
            **{name: [*getattr(self, name)] for name in ("above", "ignored", "kept")},
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Terms":
        """Return the terms that `to_dict` told of."""
        return cls(**{**said, "limits": Limits(**said["limits"])})


class Told(NamedTuple):
    """One thing that was found in a block.

    `what` is "fault" (of an entry: `subject` with its number in the block, `said` the fault, `anchor`, `place`; or,
    where who makes findings has to look that up, `origin` and `at`), "notice" (`said` is one), "digest" (of an entry:
    `said`), "counted" (`said`: check, severity, level and number of faults that are only counted), "refused" (the file
    cannot be read further: `said` why in both languages, `place` where) or "ended" (`place` or `origin` is where that
    begins which was not checked).
    """

    what: str
    said: Any
    subject: Subject = Subject()
    anchor: str = ""
    place: Place | None = None
    origin: Json = None
    at: Steps = ()


class Checked(NamedTuple):
    """A block that was checked: how many entries, what was found, and its portion of the spool.

    It has none if its entries were put into a portion that others share.
    """

    entries: int
    found: Path | bytes
    written: Written | None = None

    def told(self, path: str) -> Iterator[Told]:
        """Yield what was found in the order of the entries, once; `path` is what the file is called."""
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


@dataclass(slots=True)
class Rest:
    """What is put into a portion from now on, counted from there."""

    portion: Portion
    start: int = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.portion.entries

    @property
    def entries(self) -> int:
        """How many there have been from there."""
        return self.portion.entries - self.start

    def add(self, subject: Subject, origin: Json, doc: bytes | None) -> None:
        """Put an entry into the portion."""
        self.portion.add(subject, origin, doc)


def block_name(input: int, block: int) -> str:
    """Return what the portion of a block of an input is called."""
    return f"{input:05d}-{block:07d}"


def found_beside(spool: Spool, portion: str) -> Path:
    """Return the file of what was found in the entries of a portion."""
    return spool.folder / f"{portion}.found"


class Teller:
    """Writes down what is found in entries (`read_told`); what would not be kept is counted where that is enough."""

    def __init__(self, terms: Terms, out: BinaryIO, told: Mapping[str, Sequence[int]] | None = None) -> None:
        """`told`: how many findings of a check there are already, up to the run's level and above it."""
        self.terms = terms
        self._out = out
        self._told = {
            (check, above): numbers[above] for check, numbers in (told or {}).items() for above in (False, True)
        }
        self._counted: dict[tuple[str, str, str], int] = {}
        self._kept = terms.kept
        self.found = 0
        """How many findings there were up to the run's level, of checks that are not ignored."""
        self.most = terms.limits.findings_per_entry if terms.sure else sys.maxsize
        """Of how many faults of an entry more must be known than which they are."""

    def tell(self, what: str, *said: Any) -> None:
        """Write something down."""
        self._out.write(dumps([what, *said]) + b"\n")

    def spares(self, check: str, level: str) -> bool:
        """Whether a further fault would not be told, whatever it is."""
        above = level in self.terms.above
        return self.terms.sure and (
            check in self.terms.ignored or self._told.get((check, above), 0) >= self._kept[above]
        )

    def tells(self, fault: Fault, told_of_entry: list[int]) -> bool:
        """Whether a fault must be told, it is counted if not.

        `told_of_entry` are how many of the entry have been told, up to the run's level and above it.
        """
        terms = self.terms
        above, ignored = fault.level in terms.above, fault.check in terms.ignored
        self.found += not above and not ignored
        if not terms.sure or ignored:
            return not terms.sure
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


def check_entry(
    structure: Structure,
    portion: Kept,
    entry: Json,
    origin: Json,
    teller: Teller,
    text: bytes | None = None,
) -> tuple[Subject, list[Fault]]:
    """Check an entry, which goes to `portion`; return what it says of itself and the faults that are to be told.

    `text` is the entry as it was read, if it says neither more nor less.
    """
    subject = subject_of(structure.standard, entry, portion.entries + 1)
    if teller.terms.digests:
        teller.tell("digest", subject.number, subject.key, digest_of(entry).hex())
    faults = structure.faults(entry, teller.most, teller.spares)
    portion.add(subject, origin, seen_by_rules(subject, entry, faults, text))
    of_entry = [0, 0]
    return subject, [fault for fault in faults if teller.tells(fault, of_entry)]


def said_of(fault: Fault, anchor: str, place: Place | Steps) -> list[Any]:
    """Return a fault as a `Teller` writes it, with its place or the path at which that is to be looked up."""
    value = None if isinstance(fault.value, dict | list) else fault.value
    fix = [fault.fix.safe, fault.fix.value] if fault.fix else None
    said = [fault.check, fault.path, fault.params, value, fault.severity, fault.level, fix, fault.names_key]
    return [said, anchor, [place.line, place.column] if isinstance(place, Place) else place]


def read_told(line: bytes, path: str) -> Iterator[Told]:
    """Yield what a `Teller` wrote in a line; `path` is what the file is called."""
    what, *rest = loads(line)
    if what == "faults":
        about, faults, origin = rest
        subject = Subject(*about)
        for (check, steps, params, value, severity, level, fix, names_key), anchor, at in faults:
            fault = Fault(
                *(check, tuple(steps), params, value, severity, level),
                names_key=names_key,
                fix=Fix(*fix) if fix is not None else None,
            )
            if origin is None:
                yield Told("fault", fault, subject, anchor, Place(path, line=at[0], column=at[1]))
            else:
                yield Told("fault", fault, subject, anchor, origin=origin, at=tuple(at))
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
        number, column, origin = rest
        yield Told(what, None, place=Place(path, line=number, column=column) if origin is None else None, origin=origin)
    else:
        yield Told(what, rest[0])
