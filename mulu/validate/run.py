"""One run of a validation: files in, findings out.

Each file is read once. Its entries are held to their schemas as they pass, and stand in a spool file for the
rules, which see all entries of all files at once. What the schema rejected is taken out of the spool, so that no
rule fires on it a second time.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from mulu.checks import checks
from mulu.convert import Remark, Source, Sourced, check_asked, known_prefixes, known_words, open_source, place
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, internal_error
from mulu.findings import Fix, RuleText, Subject, finding
from mulu.place import Place
from mulu.pointer import Json, dumps, pointer_of, steps_of
from mulu.readers import Document, Notice, open_document
from mulu.standard import Rule, Standard
from mulu.texts import Text
from mulu.validate.judge import Judge, file_number, refuse_rule
from mulu.validate.queries import RuleFailed, results
from mulu.validate.report import Input, Options, Report, statistic_rows
from mulu.validate.since import version_of
from mulu.validate.store import Store
from mulu.validate.structure import Fault, Structure, without

DOCUMENTS_HELD = 128 * 2**20
"""Bytes of documents that are kept open for the places of findings; further ones are read again."""

_POSITIONS = ("line", "row", "column", "offset")


class Validation:
    """A run in progress: `add` each file, then `finish`; `folder` is the run's own and is not cleaned up here."""

    def __init__(self, standard: Standard, options: Options, folder: Path) -> None:
        self.standard = standard
        self.options = options
        self.folder = folder
        self.structure = Structure(standard)
        self.judge = Judge(standard, options.level, options.today, options.policy)
        check_asked(standard, options.format, options.encoding)
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

    def spooled(self) -> Path:
        """Return the file of the entries as they are handed to the rules; no further file can be added."""
        self._spool.close()
        return self.folder / "entries.jsonl"

    def finish(self, known: Collection[str] = (), *, figures: bool = True) -> Report:
        """Run the rules over all entries, look up the places of what they find, and return the result.

        The rules in `known` are left out, as the caller knows what they find, and with `figures` false statistics are.
        """
        self.spooled()
        failures = self._rules(known, figures) if self._spooled else {}
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

    def _rules(self, known: Collection[str], asks_figures: bool) -> dict[str, Text]:
        rules = [rule for rule in self.standard.rules.values() if self._wanted(rule.id) and rule.id not in known]
        statistics = self.standard.statistics if asks_figures and not self.options.only else {}
        figures = {one.id: name for name, one in statistics.items()}
        rules += statistics.values()
        if not rules:
            return {}
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
