"""Hold a standard folder to what a standard must be: `mulu standard check`.

Each part is read file by file, so that one fault does not hide the others. What needs the standard as a whole
(rules run over their examples, mappings over their samples) is done once all files can be read.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from mulu import child
from mulu.errors import BadStandard
from mulu.limits import DEFAULT, Limits
from mulu.publish.check.clauses import clause_flaws
from mulu.publish.check.codes import code_flaws
from mulu.publish.check.examples import example_flaws, kind_flaws
from mulu.publish.check.extends import extension_flaws, untaken_flaws
from mulu.publish.check.flaws import Flaw, Lines, of_error
from mulu.publish.check.levels import level_flaws
from mulu.publish.check.mappings import mapping_flaws
from mulu.publish.check.migrations import migration_flaws
from mulu.publish.check.names import name_flaws
from mulu.publish.check.rules import rule_flaws, statistic_flaws
from mulu.publish.check.samples import sample_flaws
from mulu.publish.check.schemas import schema_flaws
from mulu.publish.check.stray import stray_flaws
from mulu.scratch import scratch
from mulu.standard import Rule, Standard, load
from mulu.standard.folder import builtin_folder
from mulu.validate.queries import LOADED

__all__ = ["Flaw", "check"]

_STOPPED = 2
"""After so many rules that had to be stopped no further one is tried."""


def check(root: Path | None = None, limits: Limits = DEFAULT) -> list[Flaw]:
    """Return what is wrong with the standard in `root`, or the built-in one, by file and line.

    Only the files of the folder itself are judged, each in the light of all that it extends. Raises `BadStandard` if
    the folder holds no standard at all, `MissingExtra` if what reads SQL is not installed.
    """
    folder = builtin_folder() if root is None else root
    try:
        standard = load(folder)
    except BadStandard as error:
        if not (folder / "standard.toml").is_file():
            raise
        return [of_error(error)]
    return sorted(set(_flaws(standard, limits)), key=lambda flaw: flaw.order)


def _flaws(standard: Standard, limits: Limits) -> Iterator[Flaw]:
    yield from stray_flaws(standard)
    if untaken := _untaken(standard):
        # All that stands on the schema below would be told as well.
        yield from untaken
        return
    broken = False
    parts = schema_flaws, kind_flaws, level_flaws, code_flaws, rule_flaws, statistic_flaws, mapping_flaws
    for part in (*parts, migration_flaws):
        # What mappings name in schemas that are wrong would be told as missing, time and again.
        told = mapping_flaws(standard, named=not broken) if part is mapping_flaws else part(standard)
        try:
            for flaw in told:
                broken = broken or flaw.stops
                yield flaw
        except BadStandard as error:
            broken = True
            yield of_error(error)
    if broken:
        return
    try:
        yield from clause_flaws(standard)
        yield from name_flaws(standard)
        yield from _example_flaws(standard, limits)
        yield from extension_flaws(standard)
        yield from sample_flaws(standard)
    except BadStandard as error:
        yield of_error(error)


def _untaken(standard: Standard) -> list[Flaw]:
    try:
        return list(untaken_flaws(standard))
    except BadStandard:
        # Told when the schemas are looked at one by one.
        return []


def _example_flaws(standard: Standard, limits: Limits) -> Iterator[Flaw]:
    """Yield what running the examples tells; queries of others run in a child, which is killed if they do not end."""
    if standard.roots[-1].resolve() == builtin_folder().resolve():
        with scratch() as folder:
            yield from (said for said in example_flaws(standard, folder) if isinstance(said, Flaw))
        return
    # What a rule that was stopped keeps from being told of the others is asked without it.
    stopped: list[str] = []
    while len(stopped) < _STOPPED:
        ended = _Ended()
        yield from _asked(standard, limits, stopped, ended)
        if ended.why is None:
            return
        yield _not_ended(standard, limits, ended)
        if ended.rule is None:
            return
        stopped.append(ended.rule)


@dataclasses.dataclass(slots=True)
class _Ended:
    """How a child ended: the rule that it was asking, and why it died, if it did (`child.Died`)."""

    rule: str | None = None
    why: str | None = None


def _asked(standard: Standard, limits: Limits, without: list[str], ended: _Ended) -> Iterator[Flaw]:
    root = standard.roots[-1]
    seconds, memory = limits.check_seconds, limits.rule_memory
    try:
        with scratch() as folder:
            arguments = {"root": str(root.resolve()), "shown": str(root), "folder": str(folder), "without": without}
            for line in child.ask(f"{__name__}:answer", arguments, seconds=seconds, memory=memory, loaded=LOADED):
                said = orjson.loads(line)
                if "broken" in said:
                    raise BadStandard(*said["broken"], line=said["line"])
                if "asks" in said:
                    ended.rule = said["asks"]
                else:
                    yield Flaw(**said)
    except child.Died as died:
        ended.why = died.why


def _not_ended(standard: Standard, limits: Limits, ended: _Ended) -> Flaw:
    if ended.why == "time":
        limit = f"check_seconds = {limits.check_seconds}"
        zh, en = f"超过上限 {limit}，已中止", f"stopped after the limit {limit}"
    else:
        limit = f"rule_memory = {limits.rule_memory}"
        zh = f"使运行它的进程中止，可能是内存超过上限 {limit}"
        en = f"it ended the process that ran it, maybe by more memory than the limit {limit}"
    if ended.rule is None:
        return Flaw(
            "error",
            str(standard.roots[-1] / "validators"),
            None,
            f"规则的示例没有装入：{zh}；请减少示例和代码表的内容",
            f"the examples of the rules could not be loaded: {en}; have less in examples and code lists",
        )
    asked = {one.id: one for one in (*standard.rules.values(), *standard.statistics.values())}
    return Lines(asked[ended.rule].path).error(
        "/query",
        f"查询在示例上没有运行完：{zh}；请改写查询，使它做得更少",
        f"the query did not come to its end on the examples: {en}; write it so that it does less",
    )


def answer(arguments: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield, in the child, each flaw of the examples as JSON, and each rule before it is asked."""
    root, shown = arguments["root"], arguments["shown"]
    try:
        for said in example_flaws(load(Path(root)), Path(arguments["folder"]), arguments["without"]):
            if isinstance(said, Rule):
                yield orjson.dumps({"asks": said.id})
            else:
                path = said.path.replace(root, shown, 1) if said.path.startswith(root) else said.path
                yield orjson.dumps(dataclasses.asdict(said) | {"path": path})
    except BadStandard as error:
        yield orjson.dumps({"broken": [error.path, error.zh, error.en], "line": error.line})
