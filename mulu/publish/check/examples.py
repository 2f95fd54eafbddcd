"""Examples at work: the example of each kind, and each example of each rule, against the whole standard.

Hundreds of small catalogs, each to be seen by all rules, and no rule may see two of them together. Running them one
by one takes minutes, as planning a query takes longer than running it. So all are loaded at once, and each query is
asked once, for all of them, with every table narrowed to the catalog in hand (a lateral join).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from mulu.errors import BadStandard
from mulu.pointer import dumps
from mulu.publish.check.flaws import Flaw, Lines, is_readable, of_error
from mulu.publish.check.sql import narrowed
from mulu.standard import Rule, Standard
from mulu.standard.folder import files
from mulu.standard.statistics import FIGURE
from mulu.standard.written import read_object
from mulu.texts import did_you_mean, shown
from mulu.validate import Options, Validation
from mulu.validate.allowed import known_tables, refuse_unlisted, tables_to_ask
from mulu.validate.failed import RuleFailed, not_run, of_duckdb
from mulu.validate.queries import place_found
from mulu.validate.spool import Spool
from mulu.validate.suggestions import SUGGESTION
from mulu.validate.tables import Tables

DAY = date(2026, 1, 15)
"""The day on which examples are run, so that they hold for ever."""

_PARAMETER = re.compile(r"\{(\w+)\}")
_Found = Counter[tuple[int, str]]
"""(position of the entry, pointer) -> how often something is found there."""


@dataclass(slots=True)
class _Catalog:
    """One example: where it is written, its entries, and what was found in it by rule or check."""

    lines: Lines
    pointer: str
    entries: tuple[Mapping[str, Any], ...]
    rule: str | None = None
    expected: _Found = field(default_factory=Counter)
    found: dict[str, _Found] = field(default_factory=dict)

    def add(self, rule: str, entry: int, pointer: str) -> None:
        self.found.setdefault(rule, Counter())[entry, pointer] += 1


def kind_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield the examples of kinds in the standard's own folder that cannot be read, or are of another kind."""
    kinds = list(standard.schemas.kinds) if is_readable(standard) else None
    for path in files(standard.roots[-1], "schemas", "examples/*.json"):
        try:
            kind = read_object(path).get("kind")
        except BadStandard as error:
            yield of_error(error)
            continue
        if kinds is None:
            continue
        if path.stem not in kinds:
            near = did_you_mean(path.stem, kinds)
            yield of_error(
                BadStandard(
                    str(path),
                    f"没有种类 {path.stem}；示例的文件名是它的种类{near.zh}",
                    f"unknown kind {path.stem}; an example's file must be named after its kind{near.en}",
                )
            )
        elif kind != path.stem:
            line = Lines(path).line("/kind")
            yield of_error(
                BadStandard(
                    str(path),
                    f"kind 应为 {path.stem}，与文件名相同，不能是 {shown(kind)}",
                    f"kind must be {path.stem}, like the file name, not {shown(kind)}",
                    line=line,
                )
            )


def example_flaws(standard: Standard, folder: Path, without: Collection[str] = ()) -> Iterator[Flaw | Rule]:
    """Yield each example of the standard's own folder in which something else is found than it says.

    Each rule is yielded before it is asked, so that it is known which one does not come to its end; those of the names
    in `without` are not asked. `folder` is for the files of the run.
    """
    catalogs = [*_kinds(standard), *_rules(standard)]
    failed = set(without)
    yield from _run(standard, catalogs, folder, failed)
    # What is wrong in the example of a kind is told there, not in each example that is built on it.
    kinds = [catalog for catalog in catalogs if catalog.rule is None]
    below = {(rule, pointer) for kind in kinds for rule, places in kind.found.items() for _, pointer in places}
    for catalog in catalogs:
        if catalog.rule not in failed:
            yield from _judged(catalog, below if catalog.rule is not None else set())


def _own(standard: Standard) -> Iterator[Rule]:
    yield from (rule for rule in standard.rules.values() if _is_own(standard, rule))


def _is_own(standard: Standard, rule: Rule) -> bool:
    return rule.path.resolve().parents[2] == standard.roots[-1].resolve()


def _kinds(standard: Standard) -> Iterator[_Catalog]:
    for path in files(standard.roots[-1], "schemas", "examples/*.json"):
        yield _Catalog(Lines(path), "", (standard.examples[path.stem],))


def _rules(standard: Standard) -> Iterator[_Catalog]:
    for rule in _own(standard):
        lines = Lines(rule.path)
        for key, examples in (("pass", rule.passes), ("fail", rule.fails)):
            for number, example in enumerate(examples):
                yield _Catalog(lines, f"/{key}/{number}", example.entries, rule.id, Counter(example.at))


def _run(standard: Standard, catalogs: list[_Catalog], folder: Path, failed: set[str]) -> Iterator[Flaw | Rule]:
    """Find what is wrong in each catalog; tells of the rules that could not be run, and adds them to `failed`."""
    places = [(number, entry) for number, catalog in enumerate(catalogs) for entry in range(len(catalog.entries))]
    spool = _check(standard, catalogs, places, folder)
    tables = Tables(standard, folder)
    try:
        figures = [one for one in standard.statistics.values() if one.id not in failed and _is_own(standard, one)]
        tables.load(spool, [one.query for one in (*standard.rules.values(), *figures)], DAY, every=True)
        tables.connection.execute(
            "create table mulu_catalog as select unnest(?::bigint[]) as entry, unnest(?::bigint[]) as number",
            [list(range(1, len(places) + 1)), [number for number, _ in places]],
        )
        known, may_ask = known_tables(standard), tables_to_ask(standard)
        own = {rule.id for rule in _own(standard)}
        for rule in standard.rules.values():
            if rule.id in failed:
                continue
            yield rule
            try:
                refuse_unlisted(tables.connection, rule, may_ask)
                query = narrowed(rule.query, known, "mulu_catalog")
            except RuleFailed as error:
                failed.add(rule.id)
                yield Lines(rule.path).error("/query", error.zh, error.en)
                continue
            except ValueError:
                # It is no SQL, which is told with its line where the rule is read.
                failed.add(rule.id)
                continue
            try:
                result = tables.connection.execute(query)
            except duckdb.Error as error:
                failed.add(rule.id)
                yield Lines(rule.path).error("/query", *not_run(error))
                continue
            columns = [column[0] for column in result.description or ()]
            if rule.id in own:
                yield from _columns(rule, columns)
                yield from _list(rule, tables)
            if not {"entry", "path"} <= set(columns):
                failed.add(rule.id)
                continue
            try:
                _note(rule, columns, result.fetchall(), catalogs, places)
            except RuleFailed as error:
                failed.add(rule.id)
                yield Lines(rule.path).error("/query", error.zh, error.en)
        for figure in figures:
            yield figure
            yield from _figure(figure, tables, may_ask)
    finally:
        tables.close()


def _check(standard: Standard, catalogs: list[_Catalog], places: list[tuple[int, int]], folder: Path) -> Spool:
    """Hold the entries of all catalogs to their schemas, and return them as rules see them."""
    file = folder / "examples.jsonl"
    file.write_bytes(b"".join(dumps(dict(entry)) + b"\n" for catalog in catalogs for entry in catalog.entries))
    run = Validation(standard, Options(standard.header.levels[-1].id, DAY), folder)
    for _ in run.add(file, file.name):
        pass
    for finding in run.store:
        number, entry = places[finding["source"]["line"] - 1]
        catalogs[number].add(finding["rule"], entry, finding["pointer"])
    run.close()
    return run.spool


def _note(
    rule: Rule, columns: list[str], rows: list[Any], catalogs: list[_Catalog], places: list[tuple[int, int]]
) -> None:
    """Note what a rule found in which catalog; raises `RuleFailed` for what no example can prove."""
    at, path = columns.index("entry"), columns.index("path")
    for row in rows:
        found, pointer = place_found(row[at], row[path], len(places))
        if found is None:
            raise RuleFailed(
                "查询的 entry 列给出了空值（NULL），示例无从证明这样的结果；请选取表中的 entry 列",
                "the query yields no value (NULL) in the column entry, which no example can prove; select "
                "the column entry of a table",
            )
        number, entry = places[found - 1]
        catalogs[number].add(rule.id, entry, pointer)


def _figure(figure: Rule, tables: Tables, may_ask: Collection[str]) -> Iterator[Flaw]:
    """Yield what is wrong with the figure that a statistic makes of all examples together."""
    lines = Lines(figure.path)
    try:
        refuse_unlisted(tables.connection, figure, may_ask)
        rows = [row for _, _, row in tables.run(figure.query)]
    except duckdb.Error as error:
        yield lines.error("/query", *not_run(error))
        return
    except RuleFailed as error:
        yield lines.error("/query", error.zh, error.en)
        return
    # Without a row there is nothing by which to tell the columns.
    columns = list(rows[0]) if rows else ["value"]
    known = ", ".join(FIGURE)
    for name in columns:
        if name not in FIGURE:
            yield lines.error(
                "/query",
                f"统计没有列 {name}，没有人会看到它；可用：{known}",
                f"a statistic has no column {name}, and nobody would see it; known: {known}",
            )
    if "value" not in columns:
        yield lines.error("/query", "查询没有给出 value", "the query does not yield value")
    if len(rows) > 1 and not {"label_zh", "label_en"} <= set(columns):
        yield lines.error(
            "/query",
            "查询给出了多行，须有 label_zh 和 label_en 说明每行是什么",
            "the query yields several rows, and needs label_zh and label_en to say what each is",
        )
    for name in ("value", "total"):
        odd = [row[name] for row in rows if not isinstance(row.get(name), int | None)]
        if odd:
            yield lines.error(
                "/query",
                f"{name} 应为整数，不能是 {shown(odd[0])}，否则不会显示",
                f"{name} is a whole number, not {shown(odd[0])}, or it is not shown",
            )


def _columns(rule: Rule, columns: list[str]) -> Iterator[Flaw]:
    lines = Lines(rule.path)
    for name in ("entry", "path"):
        if name not in columns:
            yield lines.error("/query", f"查询没有给出 {name}", f"the query does not yield {name}")
    for name, _ in rule.suggest.by if rule.suggest is not None else ():
        if name not in columns:
            yield lines.error("/suggest", f"查询没有给出 {name}", f"the query does not yield {name}")
    known = {*columns, *(SUGGESTION if rule.suggest is not None else ())}
    for key in ("message", "mend"):
        text = getattr(rule.text, key)
        for name in sorted(set(_PARAMETER.findall(text.zh + text.en)) - known):
            yield lines.error(
                f"/{key}", f"{key} 中的 {{{name}}} 不是查询的列", f"{{{name}}} in {key} is no column of the query"
            )


def _list(rule: Rule, tables: Tables) -> Iterator[Flaw]:
    """Yield what is wrong with the list that a rule names for what was meant."""
    try:
        if rule.suggest is not None:
            tables.lines(rule.suggest)
    except duckdb.Error as error:
        why = of_duckdb(error)
        yield Lines(rule.path).error(
            "/suggest",
            f"这张表查不了，请核对 from 和 by 中的名称（{why.zh}）",
            f"that table cannot be asked; check the names under from and by ({why.en})",
        )


def _judged(catalog: _Catalog, below: Collection[tuple[str, str]]) -> Iterator[Flaw]:
    own = catalog.found.get(catalog.rule or "", Counter())
    for entry, pointer in sorted(catalog.expected - own):
        yield catalog.lines.error(
            catalog.pointer,
            f"规则没有在第 {entry} 条的 {pointer or '整条'} 发现问题",
            f"the rule does not find anything in entry {entry} at {pointer or 'the entry as a whole'}",
        )
    for entry, pointer in sorted(own - catalog.expected):
        yield catalog.lines.error(
            catalog.pointer,
            f"规则还在第 {entry} 条的 {pointer or '整条'} 发现了问题（同一处找到几次，at 就列几次）",
            f"the rule also finds something in entry {entry} at {pointer or 'the entry as a whole'} (what is found "
            "several times at one place stands in at as often)",
        )
    for rule, places in sorted(catalog.found.items()):
        others = [place for place in places if (rule, place[1]) not in below]
        if rule != catalog.rule and others:
            entry, pointer = min(others)
            yield catalog.lines.error(
                catalog.pointer,
                f"示例另有问题：{rule}，第 {entry} 条的 {pointer or '整条'}",
                f"the example has another finding: {rule}, entry {entry} at {pointer or 'the entry as a whole'}",
            )
