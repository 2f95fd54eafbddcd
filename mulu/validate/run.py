"""One run of a validation: files in, findings out.

Each file is read once. Its entries are held to their schemas as they pass, and stand in a spool file for the
rules, which see all entries of all files at once. What the schema rejected is taken out of the spool, so that no
rule fires on it a second time.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import orjson

from mulu.checks import checks
from mulu.convert import Given, Remark, Source, Sourced, known_prefixes, known_words, open_source, place
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, internal_error
from mulu.findings import SEVERITIES, Fix, RuleText, Subject, finding
from mulu.limits import DEFAULT, Limits
from mulu.mask import mask
from mulu.place import Place
from mulu.pointer import Json, dumps, pointer_of, steps_of
from mulu.readers import Document, Notice, open_document
from mulu.standard import Rule, Standard
from mulu.texts import Text
from mulu.validate.judge import Coming, Judge, Policy, file_number, refuse_rule
from mulu.validate.queries import RuleFailed, results
from mulu.validate.since import version_of
from mulu.validate.store import RuleCount, Store
from mulu.validate.structure import Fault, Structure, without

DOCUMENTS_HELD = 128 * 2**20
"""Bytes of documents that are kept open for the places of findings; further ones are read again."""

_POSITIONS = ("line", "row", "column", "offset")


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for."""

    level: str | None
    """The level to reach; the standard's first if none is said."""
    today: date
    format: str | None = None
    encoding: str | None = None
    limits: Limits = DEFAULT
    allow_empty: bool = False
    only: frozenset[str] = frozenset()
    """Rules to run; without any, all of the standard."""
    given: Given = field(default_factory=dict)
    """What the user says of all entries of legacy files: path of a property -> its text."""
    policy: Policy = field(default_factory=Policy)
    since: str | None = None
    """The git revision against which entries must have changed to be judged."""


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


@dataclass(frozen=True, slots=True)
class Statistic:
    """One figure: how many, of how many where it is a share, and of what where there are several."""

    value: int
    total: int | None = None
    label: Text | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return it as the JSON report writes it."""
        label: Json = {**self.label.to_dict()} if self.label else None
        return {"label": label, "value": self.value, "total": self.total}


def statistic_rows(given: list[Mapping[str, Json]]) -> list[Statistic]:
    """Return the rows of a statistic's query that count anything, the largest first."""
    rows = []
    for row in given:
        value, total = row.get("value"), row.get("total")
        if not isinstance(value, int) or not (total is None or isinstance(total, int)) or not (value or total):
            continue
        zh, en = row.get("label_zh"), row.get("label_en")
        rows.append(Statistic(value, total, Text(mask(str(zh)), mask(str(en))) if zh and en else None))
    return sorted(rows, key=lambda row: (-row.value, row.label.en if row.label else ""))


class Findings(Protocol):
    """What a report has of findings, whether they were just made or stand in a file."""

    rules: dict[str, RuleCount]
    totals: dict[tuple[str, str, str], int]
    """(status, severity, level) -> number of findings."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the findings that were kept as the JSON report writes them, in their order."""

    def placed(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield them, each behind the numbers of its input and of its entry (0: a finding about a whole file)."""


@dataclass(slots=True)
class Report:
    """The result of a run."""

    standard: Standard
    options: Options
    inputs: list[Input]
    findings: Findings
    failures: dict[str, Text] = field(default_factory=dict)
    """Rule -> why it could not be run."""
    spool: Path | None = None
    """The entries of the run, a line each, as long as the run's folder is there."""
    coming: list[Coming] = field(default_factory=list)
    """The levels that will count from a later day on."""
    ignored: frozenset[str] = frozenset()
    """Rules and checks that the run was told to ignore."""
    gone: dict[str, str] = field(default_factory=dict)
    """What the baseline knows and was not found, fingerprint -> rule."""
    show_waived: bool = False
    """Whether reports for people list what is waived."""
    statistics: dict[str, list[Statistic]] = field(default_factory=dict)
    """The standard's figures of the catalog, by name, as far as there is anything to count."""
    resources: ExitStack = field(default_factory=ExitStack)
    """What the report reads from, given back by `close`."""

    def __enter__(self) -> "Report":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the files that the findings stand in; the report cannot be read any more."""
        self.resources.close()

    @property
    def level(self) -> str:
        """The level that is to be reached."""
        return self.options.level or self.standard.header.levels[0].id

    @property
    def entries(self) -> int:
        """How many entries were checked."""
        return sum(item.entries for item in self.inputs)

    def counts(self, status: str = "new") -> dict[str, int]:
        """Return how many findings of each severity there are of a status: without any, of those that count."""
        found = dict.fromkeys(SEVERITIES, 0)
        for (given, severity, _), count in self.findings.totals.items():
            found[severity] += count if given == status else 0
        return found

    def total(self, status: str) -> int:
        """Return how many findings have a status (`judge.STATUSES`)."""
        return sum(self.counts(status).values())

    def of_level(self, level: str) -> dict[str, int]:
        """Return how many findings of each severity do not count yet and will once `level` does."""
        rank = self.standard.levels[level].rank
        found = dict.fromkeys(SEVERITIES, 0)
        for (status, severity, given), count in self.findings.totals.items():
            if status == "outlook" and self.standard.levels[given].rank <= rank:
                found[severity] += count
        return found

    def counted(self) -> Iterator[dict[str, Any]]:
        """Return the findings that count, in their order."""
        return filter(self.counts_at_level, self.findings)

    def counts_at_level(self, finding: Mapping[str, Any]) -> bool:
        """Whether a finding counts: of the run's level or of one below, and neither known, waived nor unchanged."""
        return bool(finding["status"] == "new")

    def told(self) -> Iterator[dict[str, Any]]:
        """Return the findings that people are told of: those that count, and those of higher levels."""
        return (finding for finding in self.findings if finding["status"] in ("new", "outlook"))

    def waived(self) -> Iterator[dict[str, Any]]:
        """Return the findings that a waiver covers."""
        return (finding for finding in self.findings if finding["status"] == "waived")

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
        return self.total("outlook")

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
        self.judge = Judge(standard, options.level, options.today, options.policy)
        for name in sorted(options.only):
            refuse_rule(standard, "only", name)
        self.store = Store(folder, options.limits, self.judge)
        self.inputs: list[Input] = []
        self._spool = (folder / "entries.jsonl").open("wb")
        self._words, self._prefixes = known_words(standard), known_prefixes(standard)
        self._number = 0
        self._statistics: dict[str, list[Mapping[str, Json]]] = {}
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
        before = self._before(item)
        for sourced in source:
            self._number += 1
            item.entries += 1
            subject = self._subject(sourced.entry)
            if before is not None:
                self._compare(item, before, subject, sourced.entry)
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

    def _before(self, item: Input) -> Counter[tuple[str, bytes]] | None:
        """Return key and content of the entries that the file had at the revision that the run compares with."""
        if self.options.since is None:
            return None
        found: Counter[tuple[str, bytes]] = Counter()
        self.judge.changed = self.judge.changed or set()
        old = version_of(item.file, item.path, self.options.since, self.folder)
        if old is None:
            return found
        try:
            document = open_document(
                old, limits=self.options.limits, encoding=self.options.encoding, known_words=self._words
            )
            for sourced in open_source(document, self.standard, self.options.format, self.options.given):
                found[self._subject(sourced.entry).key, _digest(sourced.entry)] += 1
        except (MuluError, *DEFECTS):
            # What could not be read then is new now.
            found.clear()
        return found

    def _compare(self, item: Input, before: Counter[tuple[str, bytes]], subject: Subject, entry: Json) -> None:
        """Note whether an entry is to be judged: whether it was not there before, or said something else."""
        at = (subject.key, _digest(entry))
        if before[at] > 0:
            before[at] -= 1
        elif self.judge.changed is not None:
            self.judge.changed |= {subject.number, file_number(item.number)}

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
            known_prefixes=self._prefixes,
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
        # Many entries have a name before they have an identifier, and are known by it while they are mended.
        named = "\n".join(filter(None, [said.get("owner"), said["name"]])) if said.get("name") else None
        own = identifier or named or _digest(entry).hex()[:32]
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
                fix=fault.fix,
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
                # Without an entry what was found tells one from another, not where.
                anchor=orjson.dumps(
                    {name: given for name, given in params.items() if name not in _POSITIONS},
                    option=orjson.OPT_SORT_KEYS,
                    default=str,
                ).decode(),
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
        judged = (self._judged_rules() | set(checks())) - set(failures)
        whole = not failures and all(item.problem is None for item in self.inputs)
        self.judge.changed = None
        for found in self.judge.closing(judged, whole):
            self.store.add(found)
        self.store.settle(self._look_up)
        self._held.clear()
        return Report(
            self.standard,
            replace(self.options, level=self.judge.level),
            self.inputs,
            self.store,
            failures,
            self.folder / "entries.jsonl",
            self.judge.coming,
            self.options.policy.ignore,
            self.judge.gone(judged) if whole else {},
            statistics={name: rows for name, given in self._statistics.items() if (rows := statistic_rows(given))},
        )

    def _judged_rules(self) -> set[str]:
        """Return the rules that this run is told to run; one without a table to ask finds nothing all the same."""
        return {name for name in self.standard.rules if self._wanted(name)}

    def _wanted(self, name: str) -> bool:
        return (not self.options.only or name in self.options.only) and name not in self.options.policy.ignore

    def close(self) -> None:
        """Give back the files of the run, whether it came to its end or not."""
        self._spool.close()
        self.store.close()

    def _rules(self) -> dict[str, Text]:

        rules = [rule for rule in self.standard.rules.values() if self._wanted(rule.id)]
        figures = {} if self.options.only else {one.id: name for name, one in self.standard.statistics.items()}
        rules += [self.standard.statistics[name] for name in figures.values()]
        entries = self.folder / "entries.jsonl"
        failures: dict[str, Text] = {}
        for rule, result in results(self.standard, self.options, rules, entries, self.folder):
            try:
                for entry, pointer, params, line in result:
                    if rule.id in figures:
                        self._statistics.setdefault(figures[rule.id], []).append(params)
                        continue
                    self._broken(rule.text, entry, pointer, params, line)
            except RuleFailed as failed:
                failures[rule.id] = failed.at(rule)
        return failures

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
                params=dict(params),
                value=None if isinstance(value, dict | list) else value,
                source=Place(self.inputs[number].path),
                input=number,
                personal=known.schema.get("x-personal") if known else None,
                fix=_fix_of(self.standard.rules[rule.id], params),
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


def _fix_of(rule: Rule, params: Mapping[str, Any]) -> Fix | None:
    value = params.get(rule.fix[1]) if rule.fix is not None else None
    return Fix(rule.fix[0], value) if rule.fix is not None and value is not None else None


def _spooled(path: Path | None) -> Iterator[Subject]:
    if path is None or not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            said = json.loads(line)
            identifier, name, owner = (said[key] and mask(said[key]) for key in ("identifier", "name", "owner"))
            yield Subject(said["entry"], said["kind"], identifier, name, owner, said["key"])


def content_of(entry: Json) -> bytes:
    """Return what an entry says as text, for comparison: where it was read from left out."""
    own = {key: value for key, value in entry.items() if key != "source"} if isinstance(entry, dict) else entry
    return dumps(own, sort_keys=True)


def _digest(entry: Json) -> bytes:
    return hashlib.sha256(content_of(entry)).digest()


def _text_at(entry: Json, pointer: str) -> str | None:
    node = entry
    for step in steps_of(pointer):
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, str) and node.strip() else None
