"""What the formats have in common: words, places, folding, the worst first, what a report must own up to."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from mulu.findings import SEVERITIES
from mulu.place import Place
from mulu.texts import Text, clean, several
from mulu.validate import Input, Report
from mulu.validate.store import RuleCount

PLACES = 3
"""How many places of one rule are shown where findings are folded."""
PROPERTIES = 5
"""How many of the properties that they concern are named."""

WORDS = {
    "zh": {"error": "错误", "warning": "警告", "info": "提示"},
    "en": {"error": "error", "warning": "warning", "info": "info"},
}


@dataclass(slots=True)
class Fold:
    """The findings of one rule that count, or those of it that belong to one higher level."""

    rule: str
    severity: str
    level: str
    total: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)
    properties: Counter[Text] = field(default_factory=Counter)
    """The names of the properties that findings concern, as far as a rule says them."""

    def add(self, finding: dict[str, Any]) -> None:
        """Count a finding, and keep it if it is one of the first."""
        self.total += 1
        if len(self.first) < PLACES:
            self.first.append(finding)
        if name := finding["params"].get("title_zh"):
            self.properties[Text(clean(str(name)), clean(str(finding["params"].get("title_en"))))] += 1

    def add_cut(self, number: int) -> None:
        """Count findings that a limit kept out of the report; of the others alone the properties would mislead."""
        self.total += number
        self.properties.clear()

    def concerned(self, language: str) -> str:
        """Return the properties that the findings concern, each with how often, the commonest first."""
        named = self.properties.most_common(PROPERTIES)
        told = [f"{name.get(language)} {count}" for name, count in named]
        if left := len(self.properties) - len(named):
            rest = self.properties.total() - sum(count for _, count in named)
            told.append(f"其他 {left} 项 {rest}" if language == "zh" else f"{left} others {rest}")
        return ("，" if language == "zh" else ", ").join(told)


def folds(report: Report) -> tuple[list[Fold], list[Fold]]:
    """Return the folded findings that count, the worst first, and those of higher levels, the next level first."""
    here: _Folds = {}
    later: _Folds = {}
    for finding in report.told():
        rule, severity, level = finding["rule"], finding["severity"], finding["level"]
        if report.counts_at_level(finding):
            here.setdefault((0, rule, severity), Fold(rule, severity, level)).add(finding)
        else:
            rank = report.standard.levels[level].rank
            later.setdefault((rank, rule, severity), Fold(rule, severity, level)).add(finding)
    for rule, count in report.findings.rules.items():
        _count_cut(rule, count, here)
        _count_cut_above(report, rule, count, later)
    return _in_order(here), _in_order(later)


_Folds = dict[tuple[int, str, str], Fold]
"""(rank of a higher level, rule, severity) -> findings."""


def _in_order(found: _Folds) -> list[Fold]:
    def order(key: tuple[int, str, str]) -> tuple[int, int, int, str]:
        rank, rule, severity = key
        return rank, SEVERITIES.index(severity), -found[key].total, rule

    return [found[key] for key in sorted(found, key=order)]


def _count_cut(rule: str, count: RuleCount, here: _Folds) -> None:
    """Add the findings of a rule that a limit kept out of the report to those of its gravest fold."""
    of_rule = [fold for key, fold in here.items() if key[1] == rule]
    left = count.statuses.get("new", 0) - sum(fold.total for fold in of_rule)
    if of_rule and left > 0:
        min(of_rule, key=lambda fold: SEVERITIES.index(fold.severity)).add_cut(left)


def _count_cut_above(report: Report, rule: str, count: RuleCount, later: _Folds) -> None:
    """Add those of higher levels, of which a level may have none that was kept, to their levels."""
    left = count.statuses.get("outlook", 0) - sum(fold.total for key, fold in later.items() if key[1] == rule)
    for level in sorted(count.levels, key=lambda name: report.standard.levels[name].rank):
        rank = report.standard.levels[level].rank
        if left <= 0 or rank <= report.standard.levels[report.level].rank:
            continue
        of_level = [fold for key, fold in later.items() if key[:2] == (rank, rule)]
        cut = min(left, count.levels[level] - sum(fold.total for fold in of_level))
        if cut > 0 and not of_level:
            of_level = [later.setdefault((rank, rule, count.severity), Fold(rule, count.severity, level))]
        if cut > 0:
            min(of_level, key=lambda fold: SEVERITIES.index(fold.severity)).add_cut(cut)
            left -= cut


def worst(report: Report, limit: int, severities: tuple[str, ...] = SEVERITIES) -> Iterator[dict[str, Any]]:
    """Yield up to `limit` of the findings that count, errors before warnings before information."""
    counts = report.counts()
    for severity in severities:
        if not counts[severity]:
            continue
        for finding in report.counted():
            if limit <= 0:
                return
            if finding["severity"] == severity:
                limit -= 1
                yield finding


def place_of(finding: dict[str, Any]) -> Place:
    """Return where a finding is in the file that was handed in."""
    source = finding["source"]
    return Place(source["path"], source["sheet"], source["row"], source["column"], source["line"])


def cell_of(place: Place) -> str:
    """Return sheet and cell of a place in a workbook, else an empty text."""
    return str(Place("", place.sheet, place.row, place.column, place.line)).removeprefix(" › ") if place.sheet else ""


def line_of(place: Place) -> int | None:
    """Return the line of a place; in a workbook, which has no lines, its row."""
    return place.line or (place.row if place.sheet else None)


def relative(path: str) -> str:
    """Return `path` with `/`, below the working directory if it is there, else as it was given."""
    here = Path(os.path.normpath(path))
    if here.is_absolute() and here.is_relative_to(Path.cwd()):
        here = here.relative_to(Path.cwd())
    return here.as_posix()


def problem_place(item: Input) -> Place:
    """Return where an input stopped being read, as far as that is known."""
    place = getattr(item.problem, "place", None)
    return place if isinstance(place, Place) else Place(item.path)


def what(finding: dict[str, Any], language: str, *, mend: bool = True) -> str:
    """Return, on one line, the entry, what is wrong and what to do."""
    name = finding["name"] or finding["entry"]
    label = f"{clean(name)}{'：' if language == 'zh' else ': '}" if name else ""
    message = clean(f"{label}{finding['message'][language]}")
    return f"{message} → {clean(finding['mend'][language])}" if mend else message


def waiver_text(finding: dict[str, Any], language: str) -> str:
    """Return who answers for a finding that is waived, why, and until when."""
    waiver = finding["waiver"]
    text = Text(
        f"{waiver['reason']}（{waiver['owner']}，到 {waiver['expires']}）",
        f"{waiver['reason']} ({waiver['owner']}, until {waiver['expires']})",
    )
    return clean(text.get(language))


def unchecked(report: Report) -> Iterator[tuple[Input, Text]]:
    """Yield each input that was not, or not wholly, checked, and why."""
    for item in report.inputs:
        if item.problem is not None:
            yield item, Text(clean(item.problem.zh), clean(item.problem.en))


def failed(report: Report) -> Iterator[tuple[str, Text]]:
    """Yield each rule that could not be run, and a sentence on it."""
    for rule, reason in sorted(report.failures.items()):
        name = clean(rule)
        yield (
            rule,
            Text(
                f"规则 {name} 没有运行成功：{clean(reason.zh)}；请把这一行报告给标准的发布者",
                f"the rule {name} could not be run: {clean(reason.en)}; report this to the publisher of the standard",
            ),
        )


def cuts(report: Report) -> Iterator[tuple[str, Text]]:
    """Yield each rule of which a limit kept findings out of the reports, and a sentence on it."""
    for rule, count in sorted(report.findings.rules.items()):
        if count.kept < count.total:
            yield (
                rule,
                Text(
                    f"{clean(rule)}：共 {count.total} 处，报告中保留 {count.kept} 处",
                    f"{clean(rule)}: {count.total} in all, {count.kept} kept in reports",
                ),
            )


def outlook(report: Report) -> Text | None:
    """Return the sentence on findings of higher levels and on the day from which these count, if there are any."""
    level = report.standard.levels[report.level].title
    found = [text for _, text in coming(report)]
    if report.outlook:
        count = report.outlook
        here = Text(
            f"另有 {count} 处属于更高的级别，不影响“{clean(level.zh)}”级的结果",
            f"{count} more findings at higher levels do not count at level “{clean(level.en)}”",
        )
        found.insert(0, here)
    return Text("；".join(text.zh for text in found), "; ".join(text.en for text in found)) if found else None


def notes(report: Report) -> Iterator[Text]:
    """Yield a sentence on each thing else that was found and does not count, and on what was not looked for."""
    known, waived, unchanged = (report.total(status) for status in ("known", "waived", "unchanged"))
    if known:
        yield Text(f"{known} 处已在基线中，不计入", f"{known} in the baseline, not counted")
    if waived:
        yield Text(f"{waived} 处有豁免，不计入", f"{waived} waived, not counted")
    if unchanged:
        yield Text(
            f"{unchanged} 处在没有改动的条目中，不计入",
            f"{unchanged} in unchanged entries, not counted",
        )
    if report.ignored:
        names = sorted(map(clean, report.ignored))
        yield Text(f"按设置没有检查：{'、'.join(names)}", f"skipped by the settings: {', '.join(names)}")


def coming(report: Report) -> Iterator[tuple[str, Text]]:
    """Yield each level that will count from a later day on, and a sentence on it."""
    for item in report.coming:
        count = report.of_level(item.level)
        level = report.standard.levels[item.level].title
        yield (
            item.level,
            Text(
                f"“{clean(level.zh)}”级自 {item.date} 起计入，还有 {item.days} 天：{_numbers(count).zh}",
                f"the level “{clean(level.en)}” counts from {item.date}, in {several(item.days, 'day')}: "
                f"{_numbers(count).en}",
            ),
        )


def summary(report: Report) -> Text:
    """Return the sentence on what was checked against what, and how much was found."""
    header, counts = report.standard.header, report.counts()
    level = report.standard.levels[report.level].title
    checked = sum(item.problem is None for item in report.inputs)
    found = _numbers(counts)
    return Text(
        clean(
            f"按《{header.title.zh}》{header.version} 的“{level.zh}”级检查了 {checked} 个文件中的 {report.entries} 条："
            f"{found.zh}"
        ),
        clean(
            f"{several(report.entries, 'entry', 'entries')} in {several(checked, 'file')} checked against the "
            f"{header.title.en} {header.version}, level “{level.en}”: {found.en}"
        ),
    )


def _numbers(counts: dict[str, int]) -> Text:
    """Return how many findings of each severity there are."""
    return Text(
        "，".join(f"{counts[severity]} 个{WORDS['zh'][severity]}" for severity in SEVERITIES),
        f"{several(counts['error'], 'error')}, {several(counts['warning'], 'warning')}, {counts['info']} info",
    )


def set_apart(line: str) -> str:
    """Return a line that no CI system takes for a command of its own."""
    return f"| {line}" if line.lstrip().startswith(("::", "##")) else line


def print_line(stream: BinaryIO, line: str) -> None:
    """Write a line of a report for people; what a CI system would take for a command of its own is set apart."""
    stream.write(set_apart(line).encode("utf-8", "backslashreplace") + b"\n")
