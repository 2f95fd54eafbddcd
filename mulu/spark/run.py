"""A validation on Spark: lines are checked and rules are asked where the entries are, what is found comes here.

Findings are made, judged and told as on one machine (`mulu.validate.run`), by the same entries' numbers and lines.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from mulu.convert import ENTRIES, nothing_in
from mulu.errors import Unreadable, UsageFault
from mulu.findings import Subject
from mulu.place import Place
from mulu.pointer import Json
from mulu.publish.check.sql import Language
from mulu.readers import Notice
from mulu.readers.checkpoint import Kept
from mulu.readers.input_files import PassedOver
from mulu.readers.jsonl import JsonLinesDocument, place_in, too_long
from mulu.readers.scan import Finder
from mulu.spark import views
from mulu.spark.characters import LOOKED_AT, Seen
from mulu.spark.found import Gathered
from mulu.spark.inputs import TABLE, Source, plain, source
from mulu.spark.pattern import CannotCarry
from mulu.spark.session import faults, prepared, set_for_little, told, why_failed
from mulu.spark.transpile import Carrier, carrier
from mulu.spark.worker import CHECKED, checker
from mulu.standard import Rule, Standard
from mulu.validate.check_results import Told, read_told
from mulu.validate.failed import RuleFailed
from mulu.validate.queries import Found, ahead, is_builtin
from mulu.validate.report import Input, Options
from mulu.validate.run import Validation
from mulu.validate.suggestions import Neighbours

_BEFORE = "given int, file string, start bigint, input int, lines bigint, entries bigint"
"""A part of a file with the number of its input, and how many lines of it and entries of the run stand before it."""
_LITTLE = 20_000
"""Fewer entries are few."""
_AT_ONCE = 4
_PARTS = ["given", "file", "start"]


def engine(spark: Any) -> Callable[[Standard, Options, Path, Kept | None], Validation]:
    """Return the engine of `mulu.validate(…, engine=…)` that runs on a session of Spark."""

    def begin(standard: Standard, options: Options, folder: Path, kept: Kept | None) -> Validation:
        _refuse(["--resume"] if kept is not None else [])
        return Distributed(standard, options, folder, spark)

    return begin


class Distributed(Validation):
    """A run in progress on a session of Spark."""

    def __init__(self, standard: Standard, options: Options, folder: Path, spark: Any) -> None:
        super().__init__(standard, options, folder)
        asked = {
            "--since": options.since,
            "--from": options.format,
            "--encoding": options.encoding,
            "--set": options.given,
        }
        _refuse([name for name, value in asked.items() if value])
        self.session = prepared(spark)
        self.spool = self.gathered = Gathered(folder, list(standard.schemas.kinds))
        self.gathered.subjects_of = self._subjects
        self._frames: list[Any] = []
        self._numbered: Any = None

    def check(
        self,
        paths: Iterable[str | Path],
        schema: str | None = None,
        passed_over: PassedOver = lambda given, names: None,
    ) -> Iterator[int]:
        """Check what stands at paths of Spark; yields once how many entries there are."""
        named = [str(path) for path in paths]
        _refuse([*(["--schema"] if schema else []), *(["-"] if "-" in named else [])])
        where: dict[tuple[int, str], Input] = {}
        sources: list[Source] = []
        for number, given in enumerate(named):
            try:
                found = source(self.session, given, number)
            except Unreadable as problem:
                self._input(given).problem = problem
                continue
            sources.append(found)
            for file, shown in found.files.items():
                where[number, file] = item = self._input(shown)
                item.encoding = "utf-8" if found.has_lines else None
        if sources:
            with told():
                self._check_sources(sources, where)
        for item in self.inputs:
            if not item.entries and item.problem is None and not self.options.allow_empty:
                item.problem = nothing_in(item.path)
        yield self._number

    def _input(self, shown: str) -> Input:
        item = Input(len(self.inputs), shown, Path(shown), format=ENTRIES)
        self.inputs.append(item)
        self._first.append(self._number + 1)
        return item

    def _check_sources(self, sources: list[Source], where: dict[tuple[int, str], Input]) -> None:
        lines = sources[0].lines
        for more in sources[1:]:
            lines = lines.union(more.lines)
        checked = lines.mapInArrow(checker(self.standard, self.options.limits), CHECKED).persist()
        self._frames.append(checked)
        self._numbered = self._with_numbers(checked, where)
        self._numbered.where("doc is not null and kind is not null").selectExpr(
            "entry", "kind", "identifier", "name", "owner", "coalesce(typed, doc) as doc"
        ).createOrReplaceTempView(views.ENTRIES)
        self._findings()

    def _with_numbers(self, checked: Any, where: dict[tuple[int, str], Input]) -> Any:
        """Return what was checked with the number of each input, line and entry in the run."""
        from pyspark.sql import functions as f

        parts = checked.groupBy(_PARTS).agg(
            f.max("line").alias("lines"),
            f.count("number").alias("entries"),
            f.sum(f.octet_length(f.coalesce("text", "doc"))).alias("octets"),
            f.collect_set(f.when(f.col("doc").isNotNull(), f.col("kind"))).alias("kinds"),
        )
        before = []
        lines: dict[int, int] = {}
        found = [(_input_of(part, where), part) for part in parts.collect()]
        for item, part in sorted(found, key=lambda pair: (pair[0].number, pair[1].file, pair[1].start)):
            before.append((part.given, part.file, part.start, item.number, lines.get(item.number, 0), self._number))
            lines[item.number] = lines.get(item.number, 0) + part.lines
            self._number += part.entries
            item.entries += part.entries
            item.records = item.entries
            item.octets += part.octets or 0
            self.gathered.known |= set(part.kinds)
        self.store.size = sum(item.octets for item in self.inputs)
        for before_it, item in pairwise(self.inputs):
            self._first[item.number] = self._first[before_it.number] + before_it.entries
        if self._number < _LITTLE:
            set_for_little(self.session)
        numbers = self.session.createDataFrame(before, _BEFORE)
        return checked.join(f.broadcast(numbers), _PARTS).selectExpr(
            "input",
            "line + lines as row",
            "number + entries as entry",
            *(name for name in checked.columns if name not in (*_PARTS, "line", "number")),
        )

    def _findings(self) -> None:
        """Take what was found in single lines, in their order."""
        documents = {
            item.number: JsonLinesDocument(item.path, "jsonl", "", 0, "utf-8", limits=self.options.limits)
            for item in self.inputs
        }
        rows = self._numbered.where("found is not null or refused").orderBy("input", "row")
        for row in rows.select("input", "row", "entry", "found", "refused").toLocalIterator():
            item = self.inputs[row.input]
            if row.refused:
                item.problem = item.problem or too_long(item.path, row.row, self.options.limits)
                continue
            for line in row.found.split("\n")[:-1]:
                for found in read_told(line.encode(), item.path):
                    self._found_in_line(item, documents[row.input], row, found)
        for item in self.inputs:
            for notice in documents[item.number].notices:
                self.notes.notice(item, documents[item.number], notice)

    def _found_in_line(self, item: Input, document: JsonLinesDocument, row: Any, found: Told) -> None:
        if isinstance(found.said, Notice):
            # The line had its number in its part of the file.
            lines = {name: row.row for name in ("line", "first_line") if name in found.said.params}
            place = self._place(item, row.row, found.said.place)
            notice = replace(found.said, params={**found.said.params, **lines}, place=place)
            self.notes.notice(item, document, notice)
            return
        subject = found.subject._replace(number=row.entry)
        if not self.notes.only_counts(found.said, subject):
            self.notes.fault(item, subject, found.said, found.anchor, self._place(item, row.row, found.place))

    def _place(self, item: Input, number: int, place: Place | None) -> Place:
        has_lines = place is not None and item.encoding is not None
        return replace(place, line=number) if place is not None and has_lines else Place(item.path)

    def _results(self, rules: list[Rule]) -> Generator[tuple[Rule, Iterator[Found]], None, None]:
        with told():
            quiet = views.idle(self.standard, self.gathered.present, [rule.query for rule in rules])
            asked = [rule for rule in rules if rule.query not in quiet]
            queries = [rule.query for rule in asked]
            self._frames += views.create(self.session, self.standard, self.gathered.present, queries)
            carried = carrier(self.session, self.standard, self.options.today, self._seen())
        language = None if is_builtin(self.standard) else Language(self.standard)
        failed: dict[str, RuleFailed] = {}
        results = ahead(lambda query: self._asked(query, carried, language), asked, _AT_ONCE)
        for number, (rule, result) in enumerate(results):
            try:
                self.gathered.find(number, *result(), self._number)
            except RuleFailed as failure:
                failed[rule.id] = failure
        with told():
            self.gathered.bring(self._brought())
        neighbours = Neighbours(partial(views.lines, self.session))
        for number, rule in enumerate(asked):
            why = failed.get(rule.id)
            yield rule, self._found_by(number, rule, neighbours) if why is None else _failing(why)

    def _found_by(self, number: int, rule: Rule, neighbours: Neighbours) -> Iterator[Found]:
        """Yield what the query of that number found, with what was probably meant."""
        try:
            for entry, pointer, params in self.gathered.found(number):
                yield entry, pointer, params | neighbours.told(rule.suggest, params)
        except faults() as error:
            why = why_failed(error)
            raise RuleFailed(why.zh, why.en) from None

    def _asked(self, query: str, carried: Carrier, language: Language | None) -> tuple[list[str], list[Any]]:
        """Return the columns and rows that a query gives; raises `RuleFailed`."""
        for _, zh, en in language.faults(query) if language is not None else ():
            raise RuleFailed(zh, en)
        try:
            frame = self.session.sql(carried.sql(query))
            return frame.columns, frame.collect()
        except CannotCarry as error:
            raise RuleFailed(error.zh, error.en) from None
        except faults() as error:
            why = why_failed(error)
            raise RuleFailed(why.zh, why.en) from None

    def _seen(self) -> Seen:
        """Return the characters of the run that the engines might disagree on."""
        found = self._numbered.selectExpr("explode(characters) as sign", "false as composed").unionAll(
            self._numbered.selectExpr("explode(compositions) as sign", "true as composed")
        )
        rows = found.distinct().limit(2 * LOOKED_AT).collect()
        return Seen({row.sign for row in rows if not row.composed}, {row.sign for row in rows if row.composed})

    def _brought(self) -> Iterator[tuple[int, dict[str, Any], str | None]]:
        """Yield the entries that something was found in."""
        wanted = self.session.createDataFrame([(number,) for number in self.gathered.wanted()], "entry bigint")
        for row in self._numbered.join(wanted, "entry").toLocalIterator():
            said = {name: row[name] for name in ("kind", "identifier", "name", "owner", "key", "doc")}
            has_lines = self.inputs[row.input].encoding is not None
            origin = [row.entry, row.row] if has_lines else None
            yield row.entry, {**said, "origin": origin}, (row.text or row.doc) if has_lines else None

    def _look_up(self, number: int, origin: Json, pointer: str, names_key: bool) -> Place:
        entry, line = cast("list[int]", origin)
        text = self.gathered.text(entry)
        return place_in(self.inputs[number].path, Finder(text or b""), pointer, line, 1, key=names_key)

    def _subjects(self) -> Iterator[Subject]:
        if self._numbered is None:
            return
        names = ["entry", "doc is null or kind is null as unknown", "kind", "identifier", "name", "owner", "key"]
        rows = self._numbered.where("entry is not null").selectExpr(*names).orderBy("entry")
        for entry, unknown, *said in rows.toLocalIterator():
            yield Subject(entry) if unknown else Subject(entry, *said)

    def close(self) -> None:
        """Give back the files of the run, and what the executors keep for it."""
        super().close()
        self.gathered.close()
        # A session that has ended keeps nothing any more.
        with suppress(*faults(), OSError):
            for frame in self._frames:
                frame.unpersist()


def _input_of(part: Any, where: dict[tuple[int, str], Input]) -> Input:
    """Return the input that a part belongs to: its file, or the table."""
    return where.get((part.given, plain(part.file))) or where[part.given, TABLE]


def _failing(failure: RuleFailed) -> Iterator[Found]:
    raise failure
    yield


def _refuse(names: list[str]) -> None:
    if names:
        said = ", ".join(names)
        raise UsageFault(
            f"--engine spark 不能与 {said} 同用：它只读 UTF-8 的条目，并且全部检查；请去掉，部门自己的文件先用 "
            "mulu convert 转换",
            f"--engine spark does not go with {said}: it reads entries in UTF-8 only, and all of them; leave it out, "
            "and convert a department's own files with mulu convert first",
        )
