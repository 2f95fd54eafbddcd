"""Two JSON reports beside each other: what is new, what was mended, what is the same; by rule and by department.

Findings are the same if their fingerprints are: content, not lines or order. Those of levels above that of the
new report are left out, and so are those that do not count in it, as they are waived, in its baseline or in an entry
that has not changed: they are neither new nor mended.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from mulu.findings import SEVERITIES
from mulu.reports._common import PLACES, WORDS, place_of
from mulu.reports.markdown import escape
from mulu.texts import Text, clean, padded, several, width
from mulu.validate import Report

STATES = ("new", "mended", "same")
FORMATS = ("text", "json", "markdown")
LISTED = 30
"""How many departments, and how many rules, are listed where people read."""

_STATES = {"new": Text("新增", "new"), "mended": Text("已改", "fixed"), "same": Text("未变", "same")}
_NONE = Text("（没有写明）", "(none named)")


@dataclass(slots=True)
class Difference:
    """What became of the findings of an old report in a new one."""

    old: Report
    new: Report
    uncounted: int = 0
    """How many findings of the new report's level do not count in it."""
    totals: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    owners: dict[str, Counter[str]] = field(default_factory=dict)
    found: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {state: [] for state in STATES})

    def add(self, state: str, finding: dict[str, Any]) -> None:
        """Take in a finding that is `new`, `mended` or the `same`."""
        self.totals[state] += 1
        self.rules.setdefault(finding["rule"], Counter())[state] += 1
        self.owners.setdefault(finding["owner"] or "", Counter())[state] += 1
        if state != "same":
            self.found[state].append(finding)

    def notes(self) -> list[Text]:
        """Return what makes the comparison less than it looks."""
        notes = []
        before, after = self.old.standard, self.new.standard
        if before.sha256 != after.sha256:
            notes.append(
                Text(
                    f"两次校验所用的标准不同（{before.header.version}、{after.header.version}），新增的可能来自标准的变化",
                    f"the two runs used different standards ({before.header.version}, {after.header.version}); new "
                    "findings may be due to the standard",
                )
            )
        if self.old.level != self.new.level:
            notes.append(
                Text(
                    f"级别不同：原来 {self.old.level}，现在 {self.new.level}；按现在的级别比较",
                    f"the levels differ ({self.old.level} before, {self.new.level} now); compared at the latter",
                )
            )
        cut = [count for report in (self.old, self.new) for count in report.findings.rules.values()]
        if any(count.kept < count.total for count in cut):
            notes.append(
                Text(
                    "有的问题超过上限没有列入报告，不在比较之内",
                    "findings beyond a limit are not in the reports and were not compared",
                )
            )
        if self.uncounted:
            notes.append(
                Text(
                    f"新的一次有 {self.uncounted} 处在基线中、有豁免或在没有改动的条目中，不在比较之内",
                    f"not compared: {several(self.uncounted, 'finding')} of the new run that are in its baseline, "
                    "waived or in unchanged entries",
                )
            )
        return notes

    def unchecked(self) -> list[str]:
        """Return the files and rules of the new run that were not checked: what is missing there may not be mended."""
        files = [item.path for item in self.new.inputs if item.problem is not None]
        return [*files, *sorted(self.new.failures)]


def difference(old: Report, new: Report) -> Difference:
    """Compare two reports at the level of the new one."""
    found = Difference(old, new)
    levels = new.standard.levels
    counts = {name for name, level in levels.items() if level.rank <= levels[new.level].rank}
    before = {f["fingerprint"]: f for f in old.findings if f["level"] in counts}
    for finding in new.findings:
        # What is still there is not mended, whether it counts or not.
        known = before.pop(finding["fingerprint"], None)
        if new.counts_at_level(finding):
            found.add("new" if known is None else "same", finding)
        else:
            found.uncounted += finding["level"] in counts
    for finding in before.values():
        found.add("mended", finding)
    return found


def as_json(found: Difference) -> bytes:
    """Return all of a difference; members are `summary`, `rules`, `departments`, `notes`, `new` and `mended`."""
    said = {
        "summary": _numbers(found.totals),
        "rules": _rows(found.rules),
        "departments": _rows(found.owners),
        "notes": [note.to_dict() for note in found.notes()],
        "new": found.found["new"],
        "mended": found.found["mended"],
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n"


def as_text(found: Difference, language: str) -> Iterator[str]:
    """Yield the lines for a screen."""
    for state in ("new", "mended"):
        yield from _listed(found, state, language)
    for title, rows in _tables(found, language):
        head = [title, *(_STATES[state].get(language) for state in STATES)]
        columns = max(width(row[0]) for row in [head, *rows])
        for row in [head, *rows]:
            yield padded(row[0], columns) + "".join(f"{' ' * max(0, 8 - width(cell))}{cell}" for cell in row[1:])
        yield ""
    for note in found.notes():
        yield clean(note.get(language))
    yield _sentence(found).get(language)


def as_markdown(found: Difference, language: str) -> Iterator[str]:
    """Yield the lines of a comment."""
    yield f"**{escape(_sentence(found).get(language))}**"
    yield ""
    for title, rows in _tables(found, language):
        yield f"| {escape(title)} | {' | '.join(_STATES[state].get(language) for state in STATES)} |"
        yield "| --- | ---: | ---: | ---: |"
        yield from (f"| {' | '.join([escape(row[0]), *row[1:]])} |" for row in rows)
        yield ""
    for line in _listed(found, "new", language):
        yield f"- {escape(line)}" if line.startswith("  ") and not line.startswith("    ") else escape(line)
    yield from (f"- {escape(note.get(language))}" for note in found.notes())


def _listed(found: Difference, state: str, language: str) -> Iterator[str]:
    """Yield the findings of one state, folded by rule, the gravest first."""
    folds: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for finding in found.found[state]:
        folds.setdefault((SEVERITIES.index(finding["severity"]), finding["rule"]), []).append(finding)
    report = found.new if state == "new" else found.old
    for (severity, rule), findings in sorted(folds.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1])):
        word = WORDS[language][SEVERITIES[severity]]
        title = clean(report.rule(rule).title.get(language))
        yield f"{_STATES[state].get(language)} {word} {title}  {rule} · {len(findings)}"
        for finding in findings[:PLACES]:
            name = clean(finding["name"] or finding["entry"] or "")
            yield f"  {clean(str(place_of(finding)))}  {name}".rstrip()
            yield f"    {clean(finding['message'][language])}"
        if len(findings) > PLACES:
            more = len(findings) - PLACES
            yield Text(f"  ……另有 {more} 处", f"  … and {more} more").get(language)
        yield ""


def _tables(found: Difference, language: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield title and rows of each table that has any."""
    for title, counts in ((Text("部门", "department"), found.owners), (Text("规则", "rule"), found.rules)):
        rows = [
            [clean(key) or _NONE.get(language), *(str(count[state]) for state in STATES)]
            for key, count in _ordered(counts)
        ]
        if len(rows) > LISTED:
            rest = [sum(int(row[column]) for row in rows[LISTED:]) for column in (1, 2, 3)]
            rows = [*rows[:LISTED], [Text("其余", "all others").get(language), *map(str, rest)]]
        if rows:
            yield title.get(language), rows


def _ordered(counts: dict[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted(counts.items(), key=lambda item: (-item[1]["new"], -item[1]["mended"], -item[1]["same"], item[0]))


def _rows(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {key: _numbers(count) for key, count in _ordered(counts)}


def _numbers(count: Counter[str]) -> dict[str, int]:
    return {state: count[state] for state in STATES}


def _sentence(found: Difference) -> Text:
    new, mended, same = (found.totals[state] for state in STATES)
    return Text(f"新增 {new} 处，已改 {mended} 处，未变 {same} 处", f"{new} new, {mended} fixed, {same} unchanged")
