"""The rules of a standard run over the entries of a run: at once in this process, or in a child.

The built-in standard's rules are known. Those of another are queries that somebody wrote who need not mean well:
they run in a child, one after the other, each under a limit of time, all under one of memory. DuckDB's own
`interrupt` does not end a long scalar function (measured: `repeat` of gigabytes), so the child is killed, and
another goes on with the rules that are left.
"""

import mmap
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from mulu import child
from mulu.errors import BadStandard
from mulu.limits import DEFAULT, Limits, portions_of
from mulu.pointer import Json
from mulu.standard import Rule, Standard, load
from mulu.standard.folder import builtin_folder
from mulu.texts import shown
from mulu.validate.allowed import refuse_unlisted, tables_to_ask
from mulu.validate.failed import NotTried, RuleFailed, not_run, of_duckdb
from mulu.validate.spool import Spool
from mulu.validate.suggestions import Neighbours

if TYPE_CHECKING:
    from mulu.validate.report import Options
    from mulu.validate.tables import Tables

Given = TypeVar("Given")
Found = tuple[int | None, str, dict[str, Json]]
"""Entry, pointer and parameters; see `Tables.run`."""

LOADED = "mulu.validate.tables"
"""What a child that runs rules loads first."""
_AT_ONCE = 2
# Addresses, most of which nothing is ever written to.
_ROOM = 900 * 2**20
_STARTING = 30
_KILLED = 2
"""After so many rules that had to be killed no further one is tried."""
LONGEST = 1_000
"""Characters that are told of a value; a message shows less."""
_DEEPEST = DEFAULT.depth * (DEFAULT.key + 1)
"""Characters of the longest pointer that leads to anything."""


def results(
    standard: Standard, options: "Options", rules: list[Rule], spool: Spool, folder: Path
) -> Generator[tuple[Rule, Iterator[Found]], None, None]:
    """Yield rules with what they find in the entries of the spool; that raises `RuleFailed` where one stops.

    `folder` is for what does not fit into memory.
    """
    if is_builtin(standard):
        tables, idle = _loaded_here(standard, folder, spool, rules, options.today)
        neighbours = Neighbours(tables.lines)
        asked = [rule for rule in rules if rule.query not in idle]
        with closing(tables), closing(ahead(tables.run, asked, stop=tables.stop)) as answers:
            for rule, result in answers:
                yield rule, _told(rule, result, neighbours, spool.entries)
    else:
        yield from _apart(standard, options, rules, spool, folder)


def is_builtin(standard: Standard) -> bool:
    """Whether a standard is the one that mulu brings, whose rules are known."""
    return len(standard.roots) == 1 and standard.roots[0].resolve() == builtin_folder().resolve()


def _loaded(
    standard: Standard, folder: Path, spool: Spool, rules: list[Rule], today: date
) -> "tuple[Tables, set[str]]":
    """Return the tables, and those of the rules' queries that can find nothing in them."""
    from mulu.validate.tables import Tables

    tables = Tables(standard, folder, spool.size)
    return tables, tables.load(spool, [rule.query for rule in rules], today)


def _loaded_here(
    standard: Standard, folder: Path, spool: Spool, rules: list[Rule], today: date
) -> "tuple[Tables, set[str]]":
    """Return what `_loaded` does; raises `OSError` or `MemoryError` if there is no room for it."""
    _refuse_narrow()
    import duckdb

    try:
        return _loaded(standard, folder, spool, rules, today)
    except duckdb.OutOfMemoryException:
        raise MemoryError from None
    except duckdb.Error as error:
        # The built-in standard's own tables are in order, so that it is the disk.
        raise OSError(str(error).strip().split("\n")[0]) from None


def _refuse_narrow() -> None:
    """Raise `MemoryError` where the system bounds the memory of this process and DuckDB has no room for its threads.

    They would end the process or wait for each other.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        try:
            mmap.mmap(-1, _ROOM).close()
        except OSError:
            raise MemoryError from None


def _told(rule: Rule, result: Callable[[], Iterator[Any]], neighbours: Neighbours, entries: int) -> Iterator[Found]:
    """Yield what a rule finds in that many entries, in values of JSON, with what was probably meant."""
    import duckdb

    try:
        for entry, pointer, params in result():
            meant = neighbours.told(rule.suggest, params)
            values = {name: json_value(value) for name, value in params.items()}
            yield *place_found(entry, pointer, entries), values | meant
    except (duckdb.Error, ValueError) as error:
        raise RuleFailed(*not_run(error)) from None


def place_found(entry: Any, path: Any, entries: int) -> tuple[int | None, str]:
    """Return the columns `entry` and `path` of a line of a query as number (from 1) and pointer.

    Without an entry (`None`) it is about all of the run. Raises `RuleFailed` if they say none of the run's `entries`,
    or no pointer.
    """
    if entry is not None and (not isinstance(entry, int) or isinstance(entry, bool) or not 0 < entry <= entries):
        raise RuleFailed(
            f"查询的 entry 列给出了 {shown(entry)}，不是任何条目的编号；请原样选取表中的 entry 列",
            f"the query yields {shown(entry)} in the column entry, the number of no entry; select the column entry of "
            "a table as it is",
        )
    if path is None:
        return entry, ""
    if not isinstance(path, str) or (path and not path.startswith("/")) or len(path) > _DEEPEST:
        raise RuleFailed(
            f"查询的 path 列给出了 {shown(path)}，不是 JSON Pointer；应为以 / 开头的文字，指整条时为 ''",
            f"the query yields {shown(path)} in the column path, which is no JSON Pointer; let it be a text that "
            "begins with /, or '' for the entry as a whole",
        )
    return entry, path


def ahead(
    run: Callable[[str], Given], rules: list[Rule], at_once: int = _AT_ONCE, stop: Callable[[], None] = lambda: None
) -> Generator[tuple[Rule, Callable[[], Given]], None, None]:
    """Yield each rule with what gives its result; a few run at the same time, as planning one takes one processor.

    `stop` ends those that run, if it is closed before its end.
    """
    waiting: deque[tuple[Rule, Future[Given]]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        try:
            for rule in rules:
                waiting.append((rule, pool.submit(run, rule.query)))
                if len(waiting) > 2 * at_once:
                    first, result = waiting.popleft()
                    yield first, result.result
            while waiting:
                first, result = waiting.popleft()
                yield first, result.result
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise


def _apart(
    standard: Standard, options: "Options", rules: list[Rule], spool: Spool, folder: Path
) -> Iterator[tuple[Rule, Iterator[Found]]]:
    left = deque(rules)
    killed = 0
    while left and killed < _KILLED:
        answers = _Answers(standard, options, list(left), spool, folder)
        try:
            while left and not answers.dead:
                rule = left.popleft()
                yield rule, answers.next()
            answers.hear_out()
        finally:
            answers.close()
        killed += 1
    for rule in left:
        yield rule, _not_tried()


def _not_tried() -> Iterator[Found]:
    raise NotTried(
        f"已有 {_KILLED} 条规则被中止，这一条未再运行", f"{_KILLED} rules had to be stopped, so this one was not tried"
    )
    yield


class _Answers:
    """A child that runs the rules one after the other."""

    def __init__(self, standard: Standard, options: "Options", rules: list[Rule], spool: Spool, folder: Path) -> None:
        self.limits = limits = options.limits
        self.dead = False
        seconds = limits.rule_seconds * portions_of(spool.size)
        arguments = {
            "root": str(standard.roots[-1].resolve()),
            "rules": [rule.id for rule in rules],
            "spool": spool.to_dict(),
            "folder": str(folder),
            "today": options.today.isoformat(),
            "seconds": seconds,
            "together": limits.rules_seconds * portions_of(spool.size),
        }
        self.lines = child.ask(
            f"{__name__}:answer",
            arguments,
            seconds=seconds,
            starting=_STARTING,
            memory=limits.rule_memory,
            loaded=LOADED,
        )
        self._begin(standard)

    def _begin(self, standard: Standard) -> None:
        """Wait until the tables are there."""
        try:
            said = orjson.loads(next(self.lines, b"{}"))
            why = said.get("broken")
        except child.Died as died:
            why = _stopped(died.why, self.limits).args
        if why:
            raise BadStandard(
                str(standard.roots[-1]),
                f"条目和代码表不能装入供规则查询：{why[0]}",
                f"entries and code lists cannot be loaded for the rules: {why[1]}",
            )

    def next(self) -> Iterator[Found]:
        """Yield what the next rule finds."""
        try:
            for line in self.lines:
                said = orjson.loads(line)
                if not said:
                    return
                if "late" in said:
                    raise child.Died("time")
                if "spent" in said:
                    raise _spent(self.limits)
                if "failed" in said:
                    raise RuleFailed(*said["failed"])
                yield said["entry"], said["path"], said["params"]
        except child.Died as died:
            self.dead = True
            raise _stopped(died.why, self.limits) from None

    def hear_out(self) -> None:
        """Have the child say that it is done, so that it stays for other rules."""
        with suppress(child.Died):
            next(self.lines, None)

    def close(self) -> None:
        """End the child, unless it is done."""
        self.lines.close()


def _stopped(why: str, limits: Limits) -> RuleFailed:
    if why == "time":
        limit = limits.rule_seconds
        return RuleFailed(
            f"运行时间超过上限 rule_seconds = {limit}，已中止；查询确实无误的，可用 --limit rule_seconds=… 放宽",
            f"stopped after the limit rule_seconds = {limit}; if the query is right, allow more with "
            "--limit rule_seconds=…",
        )
    limit = limits.rule_memory
    return RuleFailed(
        f"查询使运行它的进程中止，可能是内存超过上限 rule_memory = {limit}；可用 --limit rule_memory=… 放宽",
        f"the query ended the process that ran it, maybe by more memory than the limit rule_memory = {limit}; allow "
        "more with --limit rule_memory=…",
    )


def _spent(limits: Limits) -> NotTried:
    limit = f"rules_seconds = {limits.rules_seconds}"
    return NotTried(
        f"前面的规则合计已超过上限 {limit}，这一条未运行；标准确实无误的，可用 --limit rules_seconds=… 放宽，"
        "或用 --only 只查几条",
        f"the rules before it took longer together than the limit {limit}, so this one was not tried; if the standard "
        "is right, allow more with --limit rules_seconds=…, or ask a few rules with --only",
    )


def answer(arguments: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield, in the child, what each rule finds, behind it an empty object or why it failed."""
    import duckdb

    standard = load(Path(arguments["root"]))
    figures = {statistic.id: statistic for statistic in standard.statistics.values()}
    rules = [figures[name] if name in figures else standard.rules[name] for name in arguments["rules"]]
    today = date.fromisoformat(arguments["today"])
    spool = Spool.from_dict(arguments["spool"])
    try:
        tables, idle = _loaded(standard, Path(arguments["folder"]), spool, rules, today)
    except (duckdb.Error, UnicodeError) as error:
        yield orjson.dumps({"broken": [*of_duckdb(error)]})
        return
    yield b"{}"
    neighbours = Neighbours(tables.lines)
    may_ask = tables_to_ask(standard)
    spent = time.process_time() + arguments["together"]
    for rule in rules:
        if rule.query in idle:
            yield b"{}"
            continue
        if time.process_time() >= spent:
            yield b'{"spent": true}'
            continue
        # The bound of each answer would let a rule tell of millions of things without end.
        until = time.process_time() + arguments["seconds"]
        try:
            refuse_unlisted(tables.connection, rule, may_ask)
            for entry, path, params in _told(rule, partial(tables.run, rule.query), neighbours, spool.entries):
                yield orjson.dumps({"entry": entry, "path": path, "params": params}, default=str)
                if time.process_time() > until:
                    yield b'{"late": true}'
                    break
            else:
                yield b"{}"
        except RuleFailed as failed:
            yield orjson.dumps({"failed": [failed.zh, failed.en]})


def json_value(value: Any) -> Json:
    """Return what an engine gave as a value of JSON; of a long text its beginning, as far as a finding tells it."""
    if isinstance(value, date):
        return value.isoformat()
    # Integers beyond 64 bits, which sums can be, are none of JSON's as they are written here.
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and -(2**63) <= value < 2**64):
        return value
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
