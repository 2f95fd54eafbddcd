"""For the tests of those who write a standard: each file of it as a case, and what it finds in made-up entries.

import pytest
from mulu.testing import cases, findings

@pytest.mark.parametrize("case", cases("our-standard"), ids=str)
def test_standard(case):
    case.check()

def test_a_title_of_dashes_is_found():
    found = findings([{"kind": "resource", "title": "--"}], standard="our-standard", only=["title-without-words"])
    assert [(one.rule, one.pointer) for one in found] == [("title-without-words", "/title")]
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mulu.errors import BadStandard
from mulu.pointer import Json, dumps
from mulu.publish.check import Flaw, check
from mulu.scratch import scratch
from mulu.validate.api import validate

__all__ = ["Case", "Found", "cases", "findings"]

_PARTS = ("schemas", "validators", "converters")


@dataclass(frozen=True, slots=True)
class Case:
    """One file of a standard, to be held to what `mulu standard check` asks."""

    folder: Path
    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(self.folder).as_posix()

    def check(self) -> None:
        """Raise `AssertionError` with every error of the file, its line and what is wrong in both languages."""
        # A fault that belongs to no file that is there is one of standard.toml.
        here = [
            flaw
            for flaw in _errors(self.folder)
            if Path(flaw.path) == self.path or (self.path.name == "standard.toml" and not Path(flaw.path).is_file())
        ]
        if here:
            raise AssertionError("\n".join(f"{one.path}:{one.line or 1}: {one.zh} / {one.en}" for one in here))


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in an entry: `entry` is its identifier, or "" if it has none."""

    rule: str
    pointer: str
    entry: str
    severity: str
    level: str | None
    message: Mapping[str, str]


def cases(folder: str | Path) -> list[Case]:
    """Return the files of a standard's own folder, `standard.toml` first; the check itself runs at the first `check`.

    Raises `BadStandard` if there is no `standard.toml`.
    """
    root = Path(folder)
    if not (root / "standard.toml").is_file():
        raise BadStandard(str(root), "这里没有标准：缺少 standard.toml", "there is no standard here: no standard.toml")
    found = [path for part in _PARTS for path in sorted((root / part).rglob("*")) if path.is_file()]
    return [Case(root, path) for path in [root / "standard.toml", *found]]


@lru_cache(maxsize=8)
def _errors(folder: Path) -> tuple[Flaw, ...]:
    return tuple(flaw for flaw in check(folder) if flaw.severity == "error")


def findings(entries: Iterable[Json], **options: Any) -> list[Found]:
    """Return what a standard finds in entries, in the order of a report.

    `options` are those of `mulu.validate`, such as `standard`, `level`, `only`. Raises what that raises, and what kept
    the entries from being checked.
    """
    with scratch() as folder:
        path = folder / "entries.jsonl"
        path.write_bytes(b"".join(dumps(entry) + b"\n" for entry in entries))
        with validate(path, **options) as report:
            for item in report.inputs:
                if item.problem is not None:
                    raise item.problem
            return [
                Found(
                    one["rule"],
                    one["pointer"],
                    str(one.get("entry") or ""),
                    one["severity"],
                    one.get("level"),
                    one["message"],
                )
                for one in report.counted()
            ]
