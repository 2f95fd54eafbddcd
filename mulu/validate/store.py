"""Findings on disk: counted all, kept up to a limit, given back in order, so that memory does not grow with them."""

import errno
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from mulu.findings import SEVERITIES, Finding, fingerprint
from mulu.limits import Limits, portions_of
from mulu.place import Place
from mulu.pointer import Json
from mulu.validate.judge import Judge

_SCHEMA = """
create table finding (
    place text not null, input integer not null, content text not null, status text not null, body blob not null,
    origin text, pointer text not null, names_key integer not null
)
"""
_BATCH = 500


@contextmanager
def _on_disk() -> Iterator[None]:
    """Tell as `OSError` that the folder for temporary files is full, cannot be written or was taken away."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        raise OSError(str(error)) from None


@dataclass(slots=True)
class RuleCount:
    """How many findings of one rule there are, and how many of them the limits let stay."""

    severity: str
    total: int = 0
    kept: int = 0
    levels: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    above: int = 0
    """How many of those that stayed are of levels above the run's."""

    @property
    def whole(self) -> bool:
        """Whether all stayed that are not of levels above the run's."""
        return self.kept - self.above == self.total - self.statuses.get("outlook", 0)


class Store:
    """The findings of one run, in a file of the run's own folder; `judge` gives each its status, or drops it."""

    def __init__(self, folder: Path, limits: Limits, judge: Judge) -> None:
        with _on_disk():
            self._connection = sqlite3.connect(folder / "findings.sqlite")
            self._connection.executescript(
                f"pragma journal_mode = off; pragma synchronous = off; pragma temp_store = file; {_SCHEMA}"
            )
        self._limits = limits
        self._judge = judge
        self._waiting: list[tuple[Any, ...]] = []
        self._entry = 0
        self._of_entry = [0, 0]
        """How many of the present entry stayed, up to the run's level and above it."""
        self._counted: Counter[tuple[str, str, str]] = Counter()
        """What is only counted, by rule, severity and level; to enter each takes longer than to find it."""
        self.size = 0
        """Bytes of the files so far, by which the limits grow."""
        self.rules: dict[str, RuleCount] = {}
        self.totals: dict[tuple[str, str, str], int] = {}
        """(status, severity, level) -> number of findings."""

    def add(self, finding: Finding, origin: Json = None, *, names_key: bool = False) -> str | None:
        """Count a finding and keep it; `origin` is that of its entry where its place is yet to be looked up.

        Returns its status, `None` if it is ignored.
        """
        judged = self._judge(finding)
        if judged is None:
            return None
        finding, status, waiver = judged
        count = self._count(finding.rule, finding.severity, finding.level, status)
        number = finding.subject.number
        if not self._keeps(finding.rule, status, number):
            return status
        above = status == "outlook"
        count.kept += 1
        count.above += above
        if number != self._entry:
            self._entry, self._of_entry = number, [0, 0]
        self._of_entry[above] += 1
        told = finding.to_dict() | {"status": status, "waiver": waiver.to_dict() if waiver else None}
        body = orjson.dumps(told, option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=str)
        origin_text = None if origin is None else orjson.dumps(origin).decode()
        self._waiting.append(
            (
                *(finding.order, finding.input, finding.content_key, status, body),
                *(origin_text, finding.pointer, int(names_key)),
            )
        )
        if len(self._waiting) >= _BATCH:
            self._flush()
        return status

    def _count(self, rule: str, severity: str, level: str, status: str, number: int = 1) -> RuleCount:
        """Count findings; returns what is counted of their rule."""
        count = self.rules.setdefault(rule, RuleCount(severity))
        count.total += number
        count.severity = min(count.severity, severity, key=SEVERITIES.index)
        count.levels[level] = count.levels.get(level, 0) + number
        count.statuses[status] = count.statuses.get(status, 0) + number
        at = (status, severity, level)
        self.totals[at] = self.totals.get(at, 0) + number
        return count

    def count_only(self, rule: str, severity: str, level: str, number: int = 1) -> str:
        """Count findings of which `spares` says that they need not be made; returns their status."""
        status = self._judge.status(rule, level)
        assert status is not None
        self._counted[rule, severity, level] += number
        return status

    def spares(self, rule: str, level: str, entry: int) -> bool:
        """Whether a further finding need only be counted: its status is sure, and it would not be kept."""
        status = self._judge.status(rule, level)
        return status is not None and not self._keeps(rule, status, entry)

    def _keeps(self, rule: str, status: str, entry: int) -> bool:
        """Whether a further finding of a rule in an entry (0: of a file) would be kept.

        Those of higher levels, of which there may be many, leave no less room to those that count.
        """
        limits, count, above = self._limits, self.rules.get(rule), status == "outlook"
        if entry and entry == self._entry and self._of_entry[above] >= limits.findings_per_entry:
            return False
        if count is None:
            return True
        kept, most = (
            (count.above, limits.findings_above_level)
            if above
            else (count.kept - count.above, limits.findings_per_rule)
        )
        return kept < most * portions_of(self.size)

    def kept(self) -> dict[str, list[int]]:
        """Return how many findings of each rule stayed, up to the run's level and above it."""
        return {rule: [count.kept - count.above, count.above] for rule, count in self.rules.items()}

    def _flush(self) -> None:
        with _on_disk():
            self._connection.executemany("insert into finding values (?, ?, ?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def settle(self, look_up: Callable[[int, Json, str, bool], Place]) -> None:
        """Enter what was only counted, and look up the places that are missing.

        One input comes after the other and in it one entry after the other.
        """
        for (rule, severity, level), number in self._counted.items():
            status = self._judge.status(rule, level)
            assert status is not None
            self._count(rule, self._judge.severity(rule, severity), level, status, number)
        self._counted.clear()
        self._flush()
        with _on_disk():
            self._look_up(look_up)

    def _look_up(self, look_up: Callable[[int, Json, str, bool], Place]) -> None:
        rows = self._connection.execute(
            "select rowid, input, body, origin, pointer, names_key from finding where origin is not null order by place"
        )
        changed = self._connection.cursor()
        while batch := rows.fetchmany(_BATCH):
            found = []
            for row, number, body, origin, pointer, names_key in batch:
                finding = orjson.loads(body)
                place = look_up(number, orjson.loads(origin), pointer, bool(names_key))
                finding["source"] = place.to_dict()
                found.append((orjson.dumps(finding), row))
            changed.executemany("update finding set body = ? where rowid = ?", found)
        self._connection.execute("update finding set origin = null")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the findings that were kept as the JSON report writes them, in their order."""
        for _, _, finding in self.placed():
            yield finding

    def placed(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield the findings as iteration does, each behind the numbers of its input and of its entry.

        The entry's number is 0 for a finding about a whole file.
        """
        self._flush()
        with _on_disk():
            yield from self._in_order()

    def _in_order(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        # What a rule finds several times at one place comes from the engine in any order, so the content decides. Of
        # equal findings those that the baseline knows have its numbers, whichever of them came first.
        rows = self._connection.cursor().execute(
            "select input, place, content, body, row_number() over ("
            "partition by content order by status <> 'known', place, body, rowid) "
            "from finding order by place, body, rowid"
        )
        while batch := rows.fetchmany(_BATCH):
            for number, place, content, body, occurrence in batch:
                finding = orjson.loads(body)
                finding["fingerprint"] = fingerprint(content, occurrence)
                yield number, int(place.split("\t", 2)[1]), finding

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
