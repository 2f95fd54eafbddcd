"""A file of another format that entries are written to: records in their envelope, and the account of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from mulu.convert.beyond import XmlNames
from mulu.convert.ledger import Ledger, leaves_of
from mulu.convert.out import Out
from mulu.convert.source import ENTRIES
from mulu.convert.table_target import NO_KIND, TableTarget
from mulu.convert.writing import RecordWriter, filled, own
from mulu.errors import UsageFault
from mulu.pointer import Json, dumps, inert
from mulu.standard import Standard
from mulu.standard.mappings import Mapping as FormatMapping
from mulu.texts import Text, did_you_mean

_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "table": (".xlsx", ".csv"),
    "json": (".json", ".jsonl", ".jsonld"),
    "xml": (".xml",),
    "rdf": (".ttl", ".rdf", ".jsonld", ".nt"),
}


def endings_of(mapping: FormatMapping) -> tuple[str, ...]:
    """Return with what the files may end that are written by a mapping; the first is the usual ending."""
    return _ENDINGS[mapping.family or "json"] if mapping.is_tree else _ENDINGS["table"]


class Target(Protocol):
    """A file that entries are written to."""

    @property
    def ledger(self) -> Ledger | None:
        """The account of writing; `None` for entries as they are."""

    def add(self, entry: Json, stream: BinaryIO) -> None:
        """Take one entry."""

    def finish(self, stream: BinaryIO) -> None:
        """Write what is not written yet."""


@dataclass(slots=True)
class EntryTarget:
    """Entries of the standard, one a line."""

    ledger: None = None

    def add(self, entry: Json, stream: BinaryIO) -> None:
        """Write the entry."""
        stream.write(inert(dumps(entry)) + b"\n")

    def finish(self, stream: BinaryIO) -> None:
        """All is written."""


@dataclass(slots=True)
class TreeTarget:
    """Collects records of a format whose files are trees."""

    mapping: FormatMapping
    standard: Standard
    path: str
    ending: str
    ledger: Ledger = field(init=False)
    _names: XmlNames = field(init=False)
    _root: Out = field(default_factory=Out)
    _records: list[tuple[int, Json]] = field(default_factory=list)
    _writers: dict[str, tuple[int, RecordWriter]] = field(default_factory=dict)
    _around: dict[str, Json] = field(default_factory=dict)
    """What stands around the records and names properties: what all entries have there, `None` if they differ."""

    def __post_init__(self) -> None:
        assert self.mapping.writing is not None
        self.ledger = Ledger(self.path, self.mapping.id)
        self._names = XmlNames(self.mapping.namespaces, self.mapping.writing.order)
        for number, part in enumerate(self.mapping.parts):
            writer = RecordWriter(self.mapping, part, self.standard.codes, self.ledger, self._names)
            self._writers.setdefault(part.kind, (number, writer))

    def add(self, entry: Json, stream: BinaryIO) -> None:
        """Take one entry as a record; one of a kind that the format does not hold is entered as dropped."""
        self.ledger.records += 1
        kind = entry.get("kind") if isinstance(entry, dict) else None
        found = self._writers.get(str(kind))
        if found is None or not isinstance(entry, dict):
            self.ledger.drop(NO_KIND, leaves_of(own(entry)), self.ledger.column(None, str(kind)), None)
            return
        number, writer = found
        assert self.mapping.writing is not None
        for path, value in self.mapping.writing.envelope:
            text = filled(value, entry)
            if self._around.setdefault(path.text, text) != text:
                self._around[path.text] = None
        self._records.append((number, writer.record(entry)))

    def finish(self, stream: BinaryIO) -> None:
        """Write the file."""
        from mulu import writers

        assert self.mapping.writing is not None and self.mapping.family is not None
        mapping = replace(self.mapping, namespaces={**self.mapping.namespaces, **self._names.further})
        writers.write(stream, mapping, self._tree(), self.ending)

    def _tree(self) -> Json:
        """Return the records in their envelope, at the place where they are read first."""
        assert self.mapping.writing is not None and self.mapping.family is not None
        # The record says itself what a condition on its place asks for.
        paths = [
            replace(path, steps=tuple(replace(step, tests=()) for step in path.steps))
            for path in (part.records[0] for part in self.mapping.parts)
        ]
        if self.mapping.writing.alone and len(self._records) == 1:
            number, record = self._records[0]
            self._root.walk(paths[number].steps[-1:]).value = record
            return self._root.tree(self.mapping.family)
        for path, value in self.mapping.writing.envelope:
            self._root.walk(path.steps).value = self._around.get(path.text) if self._records else filled(value, {})
        if self.ending == ".jsonl" or not paths[0].steps:
            # With nothing around them several records are a list, or a line each, and one stands alone.
            records = [record for _, record in self._records]
            return records[0] if len(records) == 1 and self.ending != ".jsonl" else records
        for number, record in self._records:
            self._root.place(paths[number]).value = record
        return self._root.tree(self.mapping.family)


def open_target(standard: Standard, wanted: str, output: Path | None) -> Target:
    """Return what writes the format `wanted`; the ending of the output tells in which of its syntaxes.

    Raises `UsageFault` if there is no such format, it is only read, or the ending is none of its own.
    """
    if wanted == ENTRIES:
        return EntryTarget()
    mapping = standard.mappings.get(wanted)
    writable = ", ".join([ENTRIES] + [name for name, one in standard.mappings.items() if one.writing is not None])
    if mapping is None or mapping.writing is None:
        if mapping is None:
            near = did_you_mean(wanted, standard.mappings, most=3)
            said = Text(f"没有格式 {wanted}{near.zh or '；'}", f"unknown format {wanted}{near.en}; ")
        else:
            said = Text(
                f"格式 {wanted} 只能读，它的映射没有 write；",
                f"the format {wanted} can only be read, because its mapping has no write; ",
            )
        raise UsageFault(f"{said.zh}能写的有 {writable}", f"{said.en}formats that can be written: {writable}")
    endings = mapping.writing.endings or endings_of(mapping)
    ending = endings[0] if output is None else output.suffix.lower()
    if ending not in endings:
        raise UsageFault(
            f"{wanted} 写成 {'、'.join(endings)}，不写成 {ending or '没有扩展名的文件'}；请改输出文件的扩展名",
            f"{wanted} is written as {', '.join(endings)}, not as {ending or 'a file without an extension'}; rename "
            "the output",
        )
    made = TreeTarget if mapping.is_tree else TableTarget
    return made(mapping, standard, "-" if output is None else str(output), ending)
