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
from mulu.publish.check.examples import example_flaws
from mulu.publish.check.extends import extension_flaws
from mulu.publish.check.flaws import Flaw, of_error
from mulu.publish.check.levels import level_flaws
from mulu.publish.check.mappings import mapping_flaws
from mulu.publish.check.migrations import migration_flaws
from mulu.publish.check.names import name_flaws
from mulu.publish.check.rules import rule_flaws, statistic_flaws
from mulu.publish.check.samples import sample_flaws
from mulu.publish.check.schemas import schema_flaws
from mulu.publish.check.stray import stray_flaws
from mulu.scratch import scratch
from mulu.standard import Standard, load
from mulu.standard.folder import builtin_folder

__all__ = ["Flaw", "check"]


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
    broken = False
    for part in (schema_flaws, level_flaws, code_flaws, rule_flaws, statistic_flaws, mapping_flaws, migration_flaws):
        try:
            for flaw in part(standard):
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


def _example_flaws(standard: Standard, limits: Limits) -> Iterator[Flaw]:
    """Yield what running the examples tells; queries of others run in a child, which is killed if they do not end."""
    if standard.roots[-1].resolve() == builtin_folder().resolve():
        with scratch() as folder:
            yield from example_flaws(standard, folder)
        return
    root = standard.roots[-1]
    try:
        with scratch() as folder:
            arguments = {"root": str(root.resolve()), "shown": str(root), "folder": str(folder)}
            seconds, memory = limits.check_seconds, limits.rule_memory
            for line in child.ask(f"{__name__}:answer", arguments, seconds=seconds, memory=memory):
                said = orjson.loads(line)
                if "broken" in said:
                    raise BadStandard(*said["broken"], line=said["line"])
                yield Flaw(**said)
    except child.Died:
        yield Flaw(
            "error",
            str(root / "validators"),
            None,
            f"规则的示例没有运行完：超过上限 check_seconds = {limits.check_seconds}，或内存不足；请检查新近改动的查询",
            "the examples of the rules did not come to their end: beyond the limit check_seconds = "
            f"{limits.check_seconds}, or too much memory; look at the queries that were changed last",
        )


def answer(arguments: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield, in the child, each flaw of the examples as JSON."""
    root, shown = arguments["root"], arguments["shown"]
    try:
        for flaw in example_flaws(load(Path(root)), Path(arguments["folder"])):
            path = flaw.path.replace(root, shown, 1) if flaw.path.startswith(root) else flaw.path
            yield orjson.dumps(dataclasses.asdict(flaw) | {"path": path})
    except BadStandard as error:
        yield orjson.dumps({"broken": [error.path, error.zh, error.en], "line": error.line})
