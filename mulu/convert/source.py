"""A source of entries: a file of entries as they are, or a legacy file that is converted on the way.

Whoever validates or writes entries asks a `Source` for them and, later, for the place of any value; which of the
two kinds it is makes no difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from mulu.convert.ledger import Ledger, leaves_of
from mulu.place import Place
from mulu.pointer import Json
from mulu.readers import Document
from mulu.readers.jsonl import JsonLinesDocument
from mulu.readers.model import Ref
from mulu.texts import Text

ENTRIES = "mulu"
"""The format of a file that holds entries already."""

TEMPLATE = "mulu-template"
"""The format of a workbook made by `mulu standard template`."""

_BESIDE = {
    "cell-comment": Text("批注", "cell comments"),
    "text-box": Text("文本框里的文字", "text boxes"),
    "text-beside-name": Text("网址旁的文字", "text next to a resource address in RDF"),
}
"""What a reader tells of, and leaves out, as it has no place of its own."""

AND = " + "
"""Between the names of the formats of a document of which tables are of several."""

ENVELOPE = Text("记录以外的内容（如返回码、总数）", "around the records, such as a status code or a total")

Trace = Mapping[str, Ref]
"""JSON Pointer in an entry -> where its value stands in the document."""

Given = Mapping[tuple[str, ...], str]
"""What the user says of all entries of a file: path of a property -> its text, where the file says nothing."""


class Remark(NamedTuple):
    """What reading or converting found, before there is a finding of it: a check's name, parameters, a place."""

    check: str
    params: Mapping[str, Json]
    ref: Ref | None
    entry: int = 0
    """Which entry of the source it concerns, from 1; 0 for the file as a whole."""
    pointer: str = ""


class Reject(NamedTuple):
    """A record that could not become an entry: where it stands, why, and what it holds."""

    place: Place
    reason: Text
    record: Json

    def to_dict(self) -> dict[str, Json]:
        """Return the record as `--rejects` writes it."""
        return {**self.place.to_dict(), "reason": {**self.reason.to_dict()}, "record": self.record}


class Sourced(NamedTuple):
    """An entry and where it comes from; without a trace its pointers are those of the document."""

    entry: Json
    item: int
    trace: Trace | None = None

    @property
    def origin(self) -> Json:
        """What `Source.place` needs later, as JSON."""
        if self.trace is None:
            return self.item
        return {pointer: list(ref) for pointer, ref in self.trace.items()}


class Source(Protocol):
    """Entries out of one document."""

    document: Document
    ledger: Ledger
    remarks: list[Remark]
    rejects: list[Reject]

    @property
    def format(self) -> str:
        """The name of the format."""

    def __iter__(self) -> Iterator[Sourced]:
        """Yield the entries; `ledger`, `remarks` and `rejects` are complete when they are exhausted.

        What each property was given is entered by whoever asks for an account of that, with `Ledger.give`.
        """


def drop_beside(document: Document, ledger: Ledger) -> None:
    """Enter what stands beside the cells of a document, and is told by its reader, into the account."""
    for notice in document.notices:
        count = notice.params.get("count")
        if notice.rule in _BESIDE and isinstance(count, int):
            ledger.drop(_BESIDE[notice.rule], count)


def place(document: Document, origin: Json, pointer: str, *, key: bool = False) -> Place:
    """Return where the value at `pointer` of an entry stands, or what comes nearest to it.

    `origin` is that of the entry (`Sourced.origin`), or line, byte offset and column at which it begins. A property
    that was converted is looked up in the trace, then what it is part of, then whatever of the entry comes first; `key`
    asks for the property's name instead.
    """
    if isinstance(origin, list) and isinstance(document, JsonLinesDocument):
        line, offset, *column = (item for item in origin if isinstance(item, int))
        return document.place_at(line, offset, pointer, *column, key=key)
    if not isinstance(origin, dict):
        item = origin if isinstance(origin, int) else 0
        return document.place((item, pointer), key=key)
    return document.place(nearest(origin, pointer))


def broken_lines(document: Document) -> Iterator[Reject]:
    """Yield the lines of a document, read before, that could not be parsed."""
    reasons: dict[int, Mapping[str, Json]] = {}
    for notice in document.notices:
        if notice.rule == "unparsable-json" and notice.ref is not None:
            reasons[notice.ref[0]] = notice.params
    # Only where there are some is the file read once more.
    for item in document.items() if reasons else ():
        if item.broken:
            said = reasons.get(item.index, {})
            reason = Text(
                f"这一行不是 JSON：{said.get('reason_zh', '')}".rstrip("："),
                f"the line is no JSON: {said.get('reason_en', '')}".rstrip(": "),
            )
            yield Reject(document.place((item.index, "")), reason, item.text)


def nearest(trace: Mapping[str, object], pointer: str) -> Ref:
    """Return the reference of `pointer` in a trace, else of what stands beside it, else of the entry."""
    here = pointer
    while here:
        if here in trace:
            return ref_of(trace[here])
        beside = next((ref for known, ref in trace.items() if known.startswith(f"{here}/")), None)
        if beside is not None:
            return ref_of(beside)
        here = here.rpartition("/")[0]
    return ref_of(trace[""])


def origin_at(origin: Json, pointer: str) -> Json:
    """Return as much of an entry's origin as tells the place of one value: that of an entry of many values is long.

    >>> origin_at({"": [0, 4, 0], "/a": [0, 4, 2], "/b": [0, 4, 3]}, "/b/name"), origin_at([7, 120], "/b")
    ({'': [0, 4, 3]}, [7, 120])
    """
    return {"": list(nearest(origin, pointer))} if isinstance(origin, dict) else origin


def ref_of(value: object) -> Ref:
    """Return the reference that was written as JSON."""
    assert isinstance(value, list | tuple)
    if len(value) == 2:
        return int(value[0]), str(value[1])
    return int(value[0]), int(value[1]), int(value[2])


@dataclass(slots=True)
class EntrySource:
    """A document of entries: a JSON array or object, JSON Lines or YAML."""

    document: Document
    ledger: Ledger = field(init=False)
    remarks: list[Remark] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.document.path, self.format)

    @property
    def format(self) -> str:
        """That of entries."""
        return ENTRIES

    def __iter__(self) -> Iterator[Sourced]:
        for item in self.document.items():
            if item.broken:
                continue
            self.ledger.records += 1
            self.ledger.entries += 1
            self.ledger.counts["mapped"] += leaves_of(item.value)
            yield Sourced(item.value, item.index)
