"""One run of a validation: files in, findings out.

Each file is read once. Its entries are held to their schemas as they pass, and stand in the spool for the rules,
which see all entries of all files at once. What the schema rejected is taken out of the spool, so that no rule fires
on it a second time.
"""

import hashlib
import sys
from bisect import bisect_right
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from mulu.checks import checks
from mulu.convert import ENTRIES, Source, check_asked, nothing_in, open_source, place
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, Unreadable, internal_error
from mulu.findings import Subject
from mulu.limits import portions_of
from mulu.place import Place
from mulu.pointer import Json, pointer_of
from mulu.readers import Document
from mulu.readers.checkpoint import Kept, Piece
from mulu.readers.input_files import PassedOver, files_of
from mulu.readers.jsonl import JsonLinesDocument
from mulu.standard import Rule, Standard
from mulu.texts import Text
from mulu.validate import batches
from mulu.validate.batches import Made, Remarks
from mulu.validate.check_results import Checked, Terms, Told
from mulu.validate.documents import Documents
from mulu.validate.entries import digest_of, subject_of
from mulu.validate.failed import RuleFailed
from mulu.validate.judge import Judge, file_number, refuse_rule
from mulu.validate.lines import Work, checked
from mulu.validate.missing import Path as Steps
from mulu.validate.queries import Found, results
from mulu.validate.recording import Notes
from mulu.validate.report import Input, Options, Report, statistic_rows
from mulu.validate.resume import Record, about, holds, take
from mulu.validate.since import Before, version_of
from mulu.validate.spool import PORTION, Portion, Spool
from mulu.validate.store import Store
from mulu.validate.structure import Structure

Progress = Callable[[int, float | None, float | None], None]
"""Told how many entries there have been, which part of the file that is being checked is done, if that is known, and
which part of the rules has been run, once the entries are checked."""

_SMALL = 2**20
"""Up to so many bytes a file of lines has no portion of its own: to make one takes longer than to check ten entries."""


class Validation:
    """A run in progress: `add` each file, then `finish`; `folder` is the run's own and is not cleaned up here."""

    def __init__(self, standard: Standard, options: Options, folder: Path, kept: Kept | None = None) -> None:
        self.standard = standard
        self.kept = kept
        self.options = options
        self.folder = folder
        self.structure = Structure(standard, options.limits)
        self.judge = Judge(standard, options.level, options.today, options.policy)
        check_asked(standard, options.format, options.encoding)
        for name in sorted(options.only):
            refuse_rule(standard, "only", name)
        self.store = Store(folder, options.limits, self.judge)
        self.notes = Notes(standard, self.structure, self.store)
        self.inputs: list[Input] = []
        self.spool = Spool(folder / "entries", list(standard.schemas.kinds))
        self._portion: Portion | None = None
        self._helpers = batches.Helpers(standard, options.limits, self.spool, options.jobs)
        self.part: float | None = None
        """Which part of the present file is done, if that is known."""
        self._documents = Documents(standard, options)
        self._number = 0
        self._first: list[int] = []
        """The number of the first entry of each input, or of the next one's if it has none."""
        self._statistics: dict[str, list[Mapping[str, Json]]] = {}

    def check(
        self,
        paths: Iterable[str | Path],
        schema: str | None = None,
        passed_over: PassedOver = lambda given, names: None,
    ) -> Iterator[int]:
        """Check what is named (`files_of`); yields now and then how many entries there have been."""
        for file, shown in files_of(
            paths, self.folder, self.options.limits, schema, passed_over, self.options.left_out
        ):
            yield from self.add(file, shown)

    def add(self, file: Path, shown: str) -> Iterator[int]:
        """Check the entries of a file; yields now and then how many there have been. A file that fails is noted."""
        item = Input(len(self.inputs), shown, file)
        self.inputs.append(item)
        self._first.append(self._number + 1)
        piece = None
        if self.kept is not None:
            # What is kept of a file is kept by itself.
            self._end_portion()
            piece = self.kept.piece(file, shown, about(self.standard.sha256, self.options))
            if piece is not None and piece.said is not None and not holds(piece, self.judge, self.options.limits):
                piece.said = None
                piece.begin()
                self.kept.before -= 1
                self.kept.anew += 1
        if piece is None:
            yield from self._checked(item)
        elif piece.said is None:
            yield from self._kept(item, piece)
        else:
            findings = take(piece, item, self.spool, self._number)
            self.store.size += item.octets
            for found in findings:
                self.store.add(found)
            self._number += item.entries
            yield self._number

    def _kept(self, item: Input, piece: Piece) -> Iterator[int]:
        """Check the entries of a file, and keep what comes of it."""
        with closing(Record(piece, self._number, len(self.spool.portions))) as self.notes.record:
            yield from self._checked(item)
            if item.problem is None:
                self.notes.record.end(item, self.spool, self.judge)
        self.notes.record = None

    def _checked(self, item: Input) -> Iterator[int]:
        try:
            yield from self._check(item)
        except Empty as problem:
            item.problem = None if self.options.allow_empty else problem
        except BadStandard:
            # No file can be checked against it.
            raise
        except MuluError as problem:
            item.problem = problem
        except DEFECTS as error:
            # A defect of the engine on this file must not keep the others from being checked.
            item.problem = internal_error(item.path, error)
        finally:
            # A file that broke off half-way must not go on in the portion of the next.
            if item.problem is not None or self.notes.record is not None:
                self._end_portion()
                # What was checked when it broke off is counted as well.
                item.entries += self.spool.entries - self._number
                self._number = self.spool.entries

    def _check(self, item: Input) -> Iterator[int]:
        document = self._documents.open(item)
        item.sha256, item.encoding, item.octets = document.sha256, document.encoding, document.size
        self.store.size += item.octets
        source = open_source(document, self.standard, self.options.format, self.options.given)
        item.format = source.format
        before = self._before(item)
        self.part, self.notes.in_file = None, 0
        if isinstance(document, JsonLinesDocument) and source.format == ENTRIES:
            yield from self._check_lines(item, document, before)
        else:
            yield from self._check_made(item, document, source, before)
        if not item.entries:
            raise nothing_in(item.path, source)

    def _check_made(self, item: Input, document: Document, source: Source, before: Before | None) -> Iterator[int]:
        """Check entries as this process makes them."""
        terms = self._terms(document, before)
        made = Made(self.standard, source, self._number, terms.entries)
        work = batches.Work(item.path, item.number, terms, self.store.kept)
        ended: Json = None
        with closing(
            batches.checked(work, made, self.spool, self.structure, self._helpers, self._open_portion)
        ) as checked:
            for batch in checked:
                if self._exceeded(item) is not None:
                    ended = batch.origin
                else:
                    last = self._take(item, document, batch.checked, before, made.remarks)
                    ended = last.origin if last.what == "ended" else None
                    item.records, noticed = batch.mark
                    yield self._number
                if ended is not None:
                    break
        problem = made.problem
        if ended is not None:
            problem = self._too_much("findings", place(document, ended, ""))
        else:
            item.records, noticed = made.mark()
            self._take_remarks(item, document, made.remarks, sys.maxsize)
            if made.over is not None:
                problem = self._too_much("entries", place(document, made.over, ""))
        for notice in document.notices[:noticed]:
            self.notes.notice(item, document, notice)
        if problem is not None:
            raise problem

    def _check_lines(self, item: Input, document: JsonLinesDocument, before: Before | None) -> Iterator[int]:
        shared = self._open_portion() if len(document.blocks) == 1 and self._is_small(document) else None
        if shared is None:
            self._end_portion()
        # To see that it holds entries, some lines were read before; what was noticed in them comes again.
        document.notices[:] = [notice for notice in document.notices if notice.ref is None]
        work = Work(self.standard, document, item.number, self._terms(document, before))
        problem: MuluError | None = None
        with closing(checked(work, self.spool, self.structure, self.options.jobs, shared)) as blocks:
            for number, block in enumerate(blocks, 1):
                self.part = number / len(document.blocks)
                following = document.blocks[number] if number < len(document.blocks) else None
                ended = Place(item.path, line=following.line, column=following.column) if following else None
                last = self._take(item, document, block, before)
                if last.what == "refused":
                    problem = Unreadable(item.path, *last.said, place=last.place)
                ended = last.place if last.what == "ended" else ended
                item.records = item.entries
                yield self._number
                limit = self._exceeded(item) if ended is not None else None
                if limit is not None and ended is not None:
                    problem = problem or self._too_much(limit, ended)
                if problem is not None:
                    break
        for notice in document.notices:
            self.notes.notice(item, document, notice)
        if problem is not None:
            raise problem

    def _terms(self, document: Document, before: Before | None) -> Terms:
        """Return what is to be told of the entries of a file."""
        limits, portions = self.options.limits, portions_of(document.size)
        return Terms(
            limits,
            digests=before is not None,
            sure=self.notes.record is None and self.judge.is_sure,
            above=self.judge.above,
            ignored=self.options.policy.ignore,
            kept=[
                each * portions_of(self.store.size) for each in (limits.findings_per_rule, limits.findings_above_level)
            ],
            findings=limits.findings * portions if self.judge.is_sure else sys.maxsize,
            entries=limits.entries * portions,
        )

    def _take(
        self,
        item: Input,
        document: Document,
        block: Checked,
        before: Before | None,
        remarks: Remarks | None = None,
    ) -> Told:
        """Take what was found in some entries of a file, and what was remarked of each; return what was told last."""
        at: Place | None = None
        asked: tuple[int, Steps, bool] | None = None
        told = Told("nothing", None)
        for told in block.told(item.path):
            self._take_remarks(item, document, remarks, item.entries + told.subject.number)
            subject = told.subject._replace(number=told.subject.number + self._number)
            if told.what == "fault" and not self.notes.only_counts(told.said, subject):
                # Much that is missing stands at one place.
                where = subject.number, told.at, told.said.names_key
                if told.place is None and where != asked:
                    at, asked = place(document, told.origin, pointer_of(told.at), key=told.said.names_key), where
                self.notes.fault(item, subject, told.said, told.anchor, told.place or at or Place(item.path))
            elif told.what == "notice":
                self.notes.notice(item, document, told.said)
            elif told.what == "digest" and before is not None:
                self._compare(item, before, subject, told.said)
            elif told.what == "counted":
                for counted in told.said:
                    self.notes.count(*counted)
        if block.written is not None:
            self._end_portion()
            self.spool.take(block.written)
        self._number += block.entries
        item.entries += block.entries
        self._take_remarks(item, document, remarks, item.entries + 1)
        return told

    def _take_remarks(self, item: Input, document: Document, remarks: Remarks | None, entry: int) -> None:
        """Take what was remarked of entries in front of one of that number in the file."""
        while remarks and remarks[0][0] < entry:
            _, subject, remark = remarks.popleft()
            self.notes.remark(item, document, remark, subject)

    def _is_small(self, document: JsonLinesDocument) -> bool:
        """Whether the entries of a file may stand in a portion with those of others; what is kept stands by itself."""
        return document.size <= _SMALL and self.notes.record is None

    def _before(self, item: Input) -> Before | None:
        """Return the entries that the file had at the revision that the run compares with."""
        if self.options.since is None:
            return None
        self.judge.changed = self.judge.changed or set()
        old = version_of(item.file, item.path, self.options.since, self.folder, self.options.limits)
        if old is None:
            return Before()
        item.before = hashlib.sha256(old.read_bytes()).hexdigest()
        try:
            document = self._documents.read(old)
            source = open_source(document, self.standard, self.options.format, self.options.given)
            return Before((subject_of(self.standard, entry, 0).key, digest_of(entry)) for entry, *_ in source)
        except (MuluError, *DEFECTS):
            # What could not be read then is new now.
            return Before()

    def _compare(self, item: Input, before: Before, subject: Subject, digest: bytes) -> None:
        """Note whether an entry is to be judged: whether it was not there before, or said something else."""
        if not before.take(subject.key, digest) and self.judge.changed is not None:
            self.judge.changed |= {subject.number, file_number(item.number)}

    def _open_portion(self) -> Portion:
        """Return the portion that entries of small files share, one that is not full."""
        if self._portion is not None and self._portion.size > PORTION:
            self._end_portion()
        if self._portion is None:
            self._portion = self.spool.begin()
        return self._portion

    def _end_portion(self) -> None:
        if self._portion is not None:
            self.spool.take(self._portion.close())
            self._portion = None

    def _exceeded(self, item: Input) -> str | None:
        """Return the limit at which checking a file ends, if that is reached."""
        limits, portions = self.options.limits, portions_of(item.octets)
        if item.entries >= limits.entries * portions:
            return "entries"
        return "findings" if self.notes.in_file > limits.findings * portions else None

    def _too_much(self, limit: str, at: Place) -> Unreadable:
        many = Text("条目", "entries") if limit == "entries" else Text("问题", "findings")
        return self.options.limits.exceeded(
            limit,
            at.path,
            f"{many.zh}太多，从 {at} 起没有检查，指向其后条目的引用会报为缺失；请先改正已列出的，或把文件拆小",
            f"there are too many {many.en}; nothing was checked from {at} on, and references to entries after that "
            "point may be reported as missing; fix the listed problems, or split the file",
            place=at,
        )

    def spooled(self) -> Spool:
        """Return the entries as they are handed to the rules; no further file can be added."""
        self._helpers.close()
        self._end_portion()
        return self.spool

    def finish(
        self,
        known: Collection[str] = (),
        *,
        figures: bool = True,
        on_progress: Progress = lambda entries, part, rules: None,
    ) -> Report:
        """Run the rules over all entries, look up the places of what they find, and return the result.

        The rules in `known` are left out, as the caller knows what they find, and with `figures` false statistics are.
        """
        failures = self._rules(known, figures, on_progress) if self.spooled().present else {}
        judged = self._judged() - set(failures) if self.options.policy.expects else set[str]()
        whole = not failures and all(item.problem is None for item in self.inputs)
        self.judge.changed = None
        for found in self.judge.closing(judged, whole):
            self.store.add(found)
        self.store.settle(self._look_up)
        self._documents.close()
        return Report(
            self.standard,
            replace(self.options, level=self.judge.level),
            self.inputs,
            self.store,
            failures,
            self.spool,
            self.judge.coming,
            self.options.policy.ignore,
            self.judge.gone(judged) if whole else {},
            statistics={name: rows for name, given in self._statistics.items() if (rows := statistic_rows(given))},
        )

    def _judged(self) -> set[str]:
        """Return the checks, and the rules that this run is told to run: without a table to ask one finds nothing."""
        return {name for name in self.standard.rules if self._wanted(name)} | set(checks())

    def _wanted(self, name: str) -> bool:
        return (not self.options.only or name in self.options.only) and name not in self.options.policy.ignore

    def close(self) -> None:
        """Give back the files of the run, whether it came to its end or not."""
        self._helpers.close()
        self._end_portion()
        self.store.close()

    def _rules(self, known: Collection[str], asks_figures: bool, on_progress: Progress) -> dict[str, Text]:
        rules = [rule for rule in self.standard.rules.values() if self._wanted(rule.id) and rule.id not in known]
        statistics = self.standard.statistics if asks_figures and not self.options.only else {}
        figures = {one.id: name for name, one in statistics.items()}
        rules += statistics.values()
        if not rules:
            return {}
        failures: dict[str, Text] = {}
        # What a rule finds comes entry by entry.
        line = lru_cache(maxsize=1)(self.spool.line)
        with closing(self._results(rules)) as results:
            for number, (rule, result) in enumerate(results):
                on_progress(self._number, None, number / len(rules))
                try:
                    for entry, pointer, params in result:
                        if rule.id in figures:
                            self._statistics.setdefault(figures[rule.id], []).append(params)
                        elif self.store.spares(rule.id, rule.text.level, entry or 0):
                            self.store.count_only(rule.id, rule.text.severity, rule.text.level)
                        else:
                            said = line(entry) if entry is not None else None
                            item = self.inputs[bisect_right(self._first, entry) - 1 if entry is not None else 0]
                            self.notes.broken(rule, item, entry or 0, pointer, params, said or {})
                except RuleFailed as failed:
                    failures[rule.id] = failed.at(rule)
        return failures

    def _results(self, rules: list[Rule]) -> Generator[tuple[Rule, Iterator[Found]], None, None]:
        """Yield rules with what they find."""
        return results(self.standard, self.options, rules, self.spool, self.folder)

    def _look_up(self, number: int, origin: Json, pointer: str, names_key: bool) -> Place:
        return self._documents.place(self.inputs[number], origin, pointer, names_key)
