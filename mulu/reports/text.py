"""The report for a screen: what to mend first stands first, repetitions are folded."""

import os
from collections import Counter
from typing import Any, BinaryIO

from mulu.reports._common import (
    WORDS,
    Fold,
    coming,
    cuts,
    failed,
    folds,
    notes,
    place_of,
    print_line,
    problem_place,
    summary,
    unchecked,
    waiver_text,
)
from mulu.reports._quote import Quotes
from mulu.texts import clean, several, shown, width, wrapped
from mulu.validate import Report
from mulu.validate.report import Statistic

MACHINE = False
NARROWEST = 40
"""Terminal columns below which lines are left to the terminal."""

_COLORS = {"error": "31", "warning": "33", "info": "36", "title": "1", "dim": "2", "good": "32"}


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the report in `language`."""
    view = _View(report, language, color, _columns_of(stream))
    for line in view.lines():
        print_line(stream, line)


def _columns_of(stream: BinaryIO) -> int:
    """Return how wide the terminal is; 0 for what is none, or too narrow to care."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        return 0
    return columns if columns >= NARROWEST else 0


class _View:
    def __init__(self, report: Report, language: str, color: bool, columns: int) -> None:
        self.report = report
        self.zh = language == "zh"
        self.language = language
        self.color = color
        self.columns = columns

    def lines(self) -> list[str]:
        here, later = folds(self.report)
        self.quotes = Quotes(self.report, [fold.first[0] for fold in here])
        lines: list[str] = []
        for fold in here:
            lines += [*self._rule(fold), ""]
        if later or self.report.coming:
            lines += [*self._outlook(later), ""]
        if self.report.show_waived and self.report.total("waived"):
            lines += [*self._waived(), ""]
        lines += self._statistics()
        lines += self._failures()
        return [*lines, *self._summary()]

    def _rule(self, fold: Fold) -> list[str]:
        texts = self.report.rule(fold.rule)
        word = self._paint(WORDS[self.language][fold.severity], fold.severity)
        title = self._paint(clean(texts.title.get(self.language)), "title")
        count = self._say(f"{fold.total} 处", f"{fold.total}×")
        lines = [f"{word} {title}  {self._paint(f'{clean(fold.rule)} · {count}', 'dim')}"]
        # Of few the places that follow tell it.
        if fold.total > len(fold.first) and len(fold.properties) > 1:
            lines += self._wrapped("  ", fold.concerned(self.language))
        mend = ""
        for finding in fold.first:
            lines.append(f"  {self._where(finding)}")
            # One line shows what is meant; three of a kind would hide the next rule.
            if finding is fold.first[0]:
                lines += self._quoted(finding)
            lines += self._wrapped("    ", clean(finding["message"][self.language]))
            # Only a mend that is not that of the finding above is worth a line.
            if finding["mend"][self.language] != mend:
                mend = finding["mend"][self.language]
                lines += self._wrapped("    ", f"{self._paint('→', 'good')} {clean(mend)}", hanging="  ")
        if fold.total > len(fold.first):
            more = fold.total - len(fold.first)
            lines.append(f"  {self._paint(self._say(f'……另有 {more} 处', f'… and {more} more'), 'dim')}")
        return lines

    def _where(self, finding: dict[str, Any]) -> str:
        what = finding["name"] or finding["entry"]
        who = f"  {self._paint(shown(what), 'dim')}" if what else ""
        return f"{clean(str(place_of(finding)))}{who}"

    def _quoted(self, finding: dict[str, Any]) -> list[str]:
        place = place_of(finding)
        quote = self.quotes.of(finding, place)
        if quote is None:
            return []
        number = str(place.line)
        bar = self._paint("|", "dim")
        return [
            f"    {self._paint(number, 'dim')} {bar} {quote.line}",
            f"    {' ' * len(number)} {bar} {self._paint(quote.caret, finding['severity'])}",
        ]

    def _outlook(self, later: list[Fold]) -> list[str]:
        counts = Counter[str]()
        for fold in later:
            counts[fold.level] += fold.total
        total, level = counts.total(), self._level(self.report.level)
        lines = [
            self._say(
                f"以下 {total} 处属于更高的级别，不影响“{level}”级的结果：",
                f"{total} findings at higher levels, which do not count at level “{level}”:",
            )
        ]
        lines += [f"  {self._paint(text.get(self.language), 'warning')}" for _, text in coming(self.report)]
        for number, (name, count) in enumerate(counts.items()):
            option = f"--level {clean(name)}"
            told = self._say(f"{count} 处，用 {option} 列出位置", f"{count}; list them with {option}")
            lines.append(f"  [{self._level(name)}] {told}")
            # One step after the other: of what lies beyond the next level the number is enough.
            if number == 0:
                of_level = [fold for fold in later if fold.level == name]
                lines += [line for fold in of_level for line in self._wrapped("    ", self._in_short(fold))]
        return lines

    def _in_short(self, fold: Fold) -> str:
        title = clean(self.report.rule(fold.rule).title.get(self.language))
        if fold.properties:
            title += f"{self._say('：', ': ')}{fold.concerned(self.language)}"
        return f"{title}  {self._paint(f'{clean(fold.rule)} · {fold.total}', 'dim')}"

    def _waived(self) -> list[str]:
        lines = [self._say("有豁免、不计入的：", "waived, not counted:")]
        for finding in self.report.waived():
            lines.append(f"  {self._where(finding)}  {self._paint(clean(finding['rule']), 'dim')}")
            lines += self._wrapped("    ", clean(finding["message"][self.language]))
            lines += self._wrapped("    ", waiver_text(finding, self.language))
        return lines

    def _statistics(self) -> list[str]:
        if not self.report.statistics:
            return []
        lines = [self._say("统计：", "Figures:")]
        for name, rows in self.report.statistics.items():
            title = clean(self.report.standard.statistics[name].text.title.get(self.language))
            figures = self._say("，", ", ").join(self._figure(row) for row in rows)
            lines += self._wrapped("  ", f"{title}{self._say('：', ': ')}{figures}", hanging="  ")
        return [*lines, ""]

    def _figure(self, row: Statistic) -> str:
        label = f"{clean(row.label.get(self.language))} " if row.label else ""
        if row.total is None:
            return f"{label}{row.value}"
        share = f"{row.value / row.total:.1%}" if row.total else "0 %"
        return f"{label}{row.value}/{row.total} ({share})"

    def _failures(self) -> list[str]:
        lines = [self._paint(reason.get(self.language), "error") for _, reason in failed(self.report)]
        left = [*unchecked(self.report)]
        if left:
            text = self._say(
                f"{len(left)} 个文件没有（全部）检查：", f"{several(len(left), 'file')} not (fully) checked:"
            )
            lines.append(self._paint(text, "error"))
            for item, reason in left:
                told = f"{clean(str(problem_place(item)))}{self._say('：', ': ')}{reason.get(self.language)}"
                lines += self._wrapped("  ", told, hanging="  ")
        return [*lines, ""] if lines else []

    def _summary(self) -> list[str]:
        texts = [summary(self.report), *notes(self.report), *(text for _, text in cuts(self.report))]
        lines = [line for text in texts for line in self._wrapped("", text.get(self.language))]
        if self.report.findings.rules:
            further = self._say(
                "某条规则为何如此：mulu explain 规则名；全部结果：-f html:报告.html，标在表格里：-f xlsx:结果.xlsx",
                "about a rule: mulu explain RULE; all findings: -f html:report.html; marked in the cells: -f "
                "xlsx:checked.xlsx",
            )
            lines += self._wrapped("", self._paint(further, "dim"))
        return lines

    def _wrapped(self, indent: str, text: str, *, hanging: str = "") -> list[str]:
        """Return a sentence behind its indent, on a terminal in as many lines as it takes, all of them indented.

        What sets colours counts as if it took room, so that such a line ends a little early.
        """
        if not self.columns or width(indent + text) <= self.columns:
            return [indent + text]
        first, *rest = wrapped(text, self.columns - len(indent + hanging))
        return [indent + first, *(f"{indent}{hanging}{line}" for line in rest)]

    def _level(self, level: str) -> str:
        return clean(self.report.standard.levels[level].title.get(self.language))

    def _say(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if self.color else text
