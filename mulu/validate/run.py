"""One run of a validation: files in, findings out.

Each file is read once. Its entries are held to their schemas as they pass, and stand in a spool file for the
rules, which see all entries of all files at once. What the schema rejected is taken out of the spool, so that no
rule fires on it a second time.
"""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mulu.checks import checks
from mulu.convert import Given, Remark, Source, Sourced, known_words, open_source, place
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, internal_error
from mulu.findings import SEVERITIES, RuleText, Subject, finding
from mulu.limits import DEFAULT, Limits
from mulu.mask import mask
from mulu.place import Place
from mulu.pointer import Json, dumps, pointer_of, steps_of
from mulu.readers import Document, Notice, open_document
from mulu.standard import Rule, Standard
from mulu.validate.store import Store
from mulu.validate.structure import Fault, Structure, without

if TYPE_CHECKING:
    from mulu.validate.tables import Tables

DOCUMENTS_HELD = 128 * 2**20
"""Bytes of documents that are kept open for the places of findings; further ones are read again."""

_AT_ONCE = 2
_FOUND_AT_ONCE = 10_000
_LITTLE = 16 * 2**20

_Found = tuple[RuleText, int | None, str, Mapping[str, Any]]
"""What a rule found: the rule, the entry, the pointer, the parameters."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for."""

    level: str
    today: date
    format: str | None = None
    encoding: str | None = None
    limits: Limits = DEFAULT
    allow_empty: bool = False
    only: frozenset[str] = frozenset()
    """Rules to run; without any, all of the standard."""
    given: Given = field(default_factory=dict)
    """What the user says of all entries of legacy files: path of a property -> its text."""


@dataclass(slots=True)
class Input:
    """One file of a run; `problem` says why nothing, or not all of it, was checked."""

    number: int
    path: str
    file: Path
    sha256: str | None = None
    encoding: str | None = None
    format: str | None = None
    records: int = 0
    entries: int = 0
    problem: MuluError | None = None


@dataclass(slots=True)
class Report:
    """The result of a run."""

    standard: Standard
    level: str
    inputs: list[Input]
    findings: Store
    failures: dict[str, str] = field(default_factory=dict)
    """Rule -> why it could not be run."""
    spool: Path | None = None
    """The entries of the run, a line each, as long as the run's folder is there."""

    @property
    def entries(self) -> int:
        """How many entries were checked."""
        return sum(item.entries for item in self.inputs)

    def counts(self) -> dict[str, int]:
        """Return how many findings of each severity there are that count at the run's level."""
        rank = self.standard.levels[self.level].rank
        found = dict.fromkeys(SEVERITIES, 0)
        for (severity, level), count in self.findings.severities.items():
            if self.standard.levels[level].rank <= rank:
                found[severity] += count
        return found

    def counted(self) -> Iterator[dict[str, Any]]:
        """Return the findings that count at the run's level, in their order."""
        return filter(self.counts_at_level, self.findings)

    def counts_at_level(self, finding: Mapping[str, Any]) -> bool:
        """Whether a finding is of the run's level or of one below."""
        levels = self.standard.levels
        return levels[finding["level"]].rank <= levels[self.level].rank

    def subjects(self) -> Iterator[tuple[Input, Subject]]:
        """Yield every entry of the run with its input, in their order, personal numbers masked.

        Of an entry whose kind is not known nothing but its number is told.
        """
        spooled = _spooled(self.spool)
        next_one = next(spooled, None)
        before = 0
        for item in self.inputs:
            for number in range(before + 1, before + item.entries + 1):
                if next_one is not None and next_one.number == number:
                    yield item, next_one
                    next_one = next(spooled, None)
                else:
                    yield item, Subject(number)
            before += item.entries

    @property
    def outlook(self) -> int:
        """How many findings are of levels above the run's."""
        return sum(self.findings.severities.values()) - sum(self.counts().values())

    def rule(self, name: str) -> RuleText:
        """Return the texts of a rule of the standard or of a check of the engine."""
        rule = self.standard.rules.get(name)
        return rule.text if rule is not None else checks()[name]

    def exit_code(self, fail_on: str) -> int:
        """Return 2 if something could not be checked, 1 if there are findings at or above `fail_on`, else 0."""
        if self.failures or any(item.problem for item in self.inputs):
            return 2
        counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return 1 if any(self.counts()[severity] for severity in counted) else 0


class Validation:
    """A run in progress: `add` each file, then `finish`; `folder` is the run's own and is not cleaned up here."""

    def __init__(self, standard: Standard, options: Options, folder: Path) -> None:
        self.standard = standard
        self.options = options
        self.folder = folder
        self.structure = Structure(standard)
        self.store = Store(folder, options.limits)
        self.inputs: list[Input] = []
        self._spool = (folder / "entries.jsonl").open("wb")
        self._words = known_words(standard)
        self._number = 0
        self._held: dict[int, Document] = {}
        self._spooled = False

    def add(self, file: Path, shown: str) -> Iterator[int]:
        """Check the entries of a file one by one; yields how many there have been. A file that fails is noted."""
        item = Input(len(self.inputs), shown, file)
        self.inputs.append(item)
        try:
            yield from self._check(item)
            if not item.entries:
                raise Empty(
                    shown,
                    "没有任何条目，什么也没有检查；请核对文件内容。确应为空的，加 --allow-empty",
                    "it holds no entry, so nothing was checked; look into it, or say --allow-empty if that is meant",
                )
        except Empty as problem:
            item.problem = None if self.options.allow_empty else problem
        except BadStandard:
            # No file can be checked against it.
            raise
        except MuluError as problem:
            item.problem = problem
        except DEFECTS as error:
            # A defect of the engine on this file must not keep the others from being checked.
            item.problem = internal_error(shown, error)

    def _check(self, item: Input) -> Iterator[int]:
        document = self._open(item)
        item.sha256, item.encoding = document.sha256, document.encoding
        source = open_source(document, self.standard, self.options.format, self.options.given)
        item.format = source.format
        told = 0
        for sourced in source:
            self._number += 1
            item.entries += 1
            subject = self._subject(sourced.entry)
            self._entry(item, document, sourced, subject)
            for remark in source.remarks[told:]:
                self._remark(item, document, remark, subject if remark.entry else Subject())
            told = len(source.remarks)
            yield self._number
        for remark in source.remarks[told:]:
            self._remark(item, document, remark, Subject())
        for notice in document.notices:
            self._notice(item, document, source, notice)
        item.records = source.ledger.records

    def _open(self, item: Input) -> Document:
        held = self._held.get(item.number)
        if held is not None:
            return held
        document = open_document(
            item.file,
            limits=self.options.limits,
            encoding=self.options.encoding,
            name=item.path,
            known_words=self._words,
        )
        self._held[item.number] = document
        while len(self._held) > 1 and sum(d.size for d in self._held.values()) > DOCUMENTS_HELD:
            del self._held[next(iter(self._held))]
        return document

    def _entry(self, item: Input, document: Document, sourced: Sourced, subject: Subject) -> None:
        faults = self.structure.faults(sourced.entry)
        origin = sourced.origin
        places: dict[tuple[str, bool], Place] = {}
        for fault in faults:
            at = fault.path
            if fault.value is None and isinstance(origin, int):
                # What is missing stands where its object does, and many are missing together.
                at = at[:-1]
            wanted = (pointer_of(at), fault.names_key)
            if wanted not in places:
                places[wanted] = place(document, origin, wanted[0], key=fault.names_key)
            self._fault(item, sourced.entry, subject, fault, places[wanted])
        doc = without(sourced.entry, [fault.path for fault in faults if fault.rejected])
        kind = subject.kind if isinstance(doc, dict) and doc.get("kind") == subject.kind else None
        if isinstance(doc, dict) and kind is not None:
            self._spooled = True
            line: dict[str, Json] = {
                "entry": subject.number,
                "kind": kind,
                "identifier": subject.identifier,
                "name": subject.name,
                "owner": subject.owner,
                "key": subject.key,
                "origin": dumps([item.number, origin]).decode(),
                "doc": {key: value for key, value in doc.items() if key != "source"},
            }
            self._spool.write(dumps(line) + b"\n")

    def _subject(self, entry: Json) -> Subject:
        kind = entry.get("kind") if isinstance(entry, dict) else None
        schema = self.standard.schemas.kinds.get(kind) if isinstance(kind, str) else None
        names: Mapping[str, str] = schema["x-entry"] if schema else {}
        said = {name: _text_at(entry, pointer) for name, pointer in names.items()}
        identifier = said.get("identifier")
        own = identifier or hashlib.sha256(_content(entry)).hexdigest()[:32]
        return Subject(
            self._number,
            kind if isinstance(kind, str) else None,
            identifier,
            said.get("name"),
            said.get("owner"),
            f"{kind if isinstance(kind, str) else ''}:{own}",
        )

    def _fault(self, item: Input, entry: Json, subject: Subject, fault: Fault, at: Place) -> None:
        kind = subject.kind or ""
        known = self.structure.property_at(kind, fault.path) if kind in self.standard.schemas.kinds else None
        self.store.add(
            finding(
                checks()[fault.check],
                subject=subject,
                pointer=pointer_of(fault.path),
                anchor=self.structure.anchor(entry, fault.path),
                params=fault.params,
                value=fault.value if not isinstance(fault.value, dict | list) else None,
                source=at,
                input=item.number,
                personal=known.schema.get("x-personal") if known else None,
                severity=fault.severity,
                level=fault.level,
            )
        )

    def _remark(self, item: Input, document: Document, remark: Remark, subject: Subject) -> None:
        self._told(item, remark.check, remark.params, document.place(remark.ref) if remark.ref else None, subject)

    def _notice(self, item: Input, document: Document, source: Source, notice: Notice) -> None:
        at = notice.place or (document.place(notice.ref) if notice.ref else None)
        self._told(item, notice.rule, notice.params, at, Subject())

    def _told(self, item: Input, check: str, params: Mapping[str, Json], at: Place | None, subject: Subject) -> None:
        source = at or Place(item.path)
        self.store.add(
            finding(
                checks()[check],
                subject=subject,
                pointer="",
                # Without an entry what was found tells one from another.
                anchor=orjson.dumps(dict(params), option=orjson.OPT_SORT_KEYS, default=str).decode(),
                params=params,
                value=params.get("value"),
                source=source,
                input=item.number,
                level=self.standard.header.levels[0].id,
            )
        )

    def finish(self) -> Report:
        """Run the rules over all entries, look up the places of what they find, and return the result."""
        self._spool.close()
        failures = self._rules() if self._spooled else {}
        self.store.settle(self._look_up)
        self._held.clear()
        spool = self.folder / "entries.jsonl"
        return Report(self.standard, self.options.level, self.inputs, self.store, failures, spool)

    def close(self) -> None:
        """Give back the files of the run, whether it came to its end or not."""
        self._spool.close()
        self.store.close()

    def _rules(self) -> dict[str, str]:
        import duckdb

        from mulu.validate.tables import Tables

        failures: dict[str, str] = {}
        found: list[_Found] = []
        entries = self.folder / "entries.jsonl"
        # Threads within a query only cost time where there is little to do; rules run beside each other all the same.
        tables = Tables(self.standard, self.folder, threads=1 if entries.stat().st_size < _LITTLE else None)
        try:
            only = self.options.only
            rules = [rule for rule in self.standard.rules.values() if not only or rule.id in only]
            idle = tables.load(entries, [rule.query for rule in rules], self.options.today)
            for rule, result in _ahead(tables.run, [rule for rule in rules if rule.query not in idle]):
                try:
                    for entry, pointer, params in result():
                        found.append((rule.text, entry, pointer, params))
                        if len(found) >= _FOUND_AT_ONCE:
                            self._tell(tables, found)
                except (duckdb.Error, ValueError) as error:
                    failures[rule.id] = str(error).strip().split("\n")[0]
            if found:
                self._tell(tables, found)
        finally:
            tables.close()
        return failures

    def _tell(self, tables: "Tables", found: list[_Found]) -> None:
        """Make findings of what rules found, and clear the list; to look up their entries takes a query of its own."""
        lines = tables.lines([(entry, pointer) for _, entry, pointer, _ in found])
        for (rule, entry, pointer, params), line in zip(found, lines, strict=True):
            self._broken(rule, entry, pointer, params, line)
        found.clear()

    def _broken(
        self, rule: RuleText, entry: int | None, pointer: str, params: Mapping[str, Any], line: str | None
    ) -> None:
        said = json.loads(line) if line else {}
        number, origin = json.loads(said["origin"]) if said.get("origin") else (0, None)
        path = tuple(int(step) if step.isdecimal() else step for step in steps_of(pointer))
        kind = said.get("kind")
        known = self.structure.property_at(kind, path) if kind else None
        doc = json.loads(said["doc"]) if said.get("doc") else {"kind": kind}
        value = json.loads(said["value"]) if said.get("value") else None
        self.store.add(
            finding(
                rule,
                subject=Subject(
                    entry or 0, kind, said.get("identifier"), said.get("name"), said.get("owner"), said.get("key") or ""
                ),
                pointer=pointer,
                anchor=self.structure.anchor(doc, path),
                params={name: _plain(item) for name, item in params.items()},
                value=None if isinstance(value, dict | list) else value,
                source=Place(self.inputs[number].path),
                input=number,
                personal=known.schema.get("x-personal") if known else None,
            ),
            origin,
        )

    def _look_up(self, number: int, origin: Json, pointer: str, names_key: bool) -> Place:
        again = number not in self._held
        try:
            document = self._open(self.inputs[number])
            if again:
                # JSON Lines know the places of the lines that have been read.
                for _ in document.items():
                    pass
        except MuluError:
            # The file went away during the run; that it stood there is all that is left to say.
            return Place(self.inputs[number].path)
        return place(document, origin, pointer, key=names_key)


def _ahead(
    run: Callable[[str], Iterator[Any]], rules: list[Rule]
) -> Iterator[tuple[Rule, Callable[[], Iterator[Any]]]]:
    """Yield each rule with what gives its result; a few run at the same time, as planning one takes one processor."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: deque[tuple[Rule, Future[Iterator[Any]]]] = deque()
        for rule in rules:
            waiting.append((rule, pool.submit(run, rule.query)))
            if len(waiting) > 2 * _AT_ONCE:
                first, result = waiting.popleft()
                yield first, result.result
        while waiting:
            first, result = waiting.popleft()
            yield first, result.result


def _spooled(path: Path | None) -> Iterator[Subject]:
    if path is None or not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            said = json.loads(line)
            identifier, name, owner = (said[key] and mask(said[key]) for key in ("identifier", "name", "owner"))
            yield Subject(said["entry"], said["kind"], identifier, name, owner, said["key"])


def _content(entry: Json) -> bytes:
    own = {key: value for key, value in entry.items() if key != "source"} if isinstance(entry, dict) else entry
    try:
        return orjson.dumps(own, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return json.dumps(own, sort_keys=True).encode()


def _text_at(entry: Json, pointer: str) -> str | None:
    node = entry
    for step in steps_of(pointer):
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, str) and node.strip() else None


def _plain(value: Any) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
