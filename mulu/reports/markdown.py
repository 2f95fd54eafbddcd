"""The report in Markdown, for a comment or the summary of a pipeline: tables, then what to mend first.

Every text is escaped, so that it shows as it is: no HTML, no link, no heading of its own. Headings are
underlined, because CI systems read lines that begin with `##` as commands.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from mulu.reports._common import (
    WORDS,
    Fold,
    cell_of,
    cuts,
    failed,
    folds,
    notes,
    outlook,
    place_of,
    print_line,
    summary,
    unchecked,
    waiver_text,
    what,
)
from mulu.texts import clean
from mulu.validate import Report

MACHINE = True
DEPARTMENTS = 30
"""How many departments are listed."""
DEPARTMENTS_COUNTED = 10_000
"""How many departments are told from each other; the findings of further ones are counted together."""

# What has a meaning in some Markdown: of dashes and pluses those at the edge of a word (lists), of dots all but those
# in numbers (addresses).
_PUNCTUATION = re.compile(r"([#$&*:<=>@\[\\\]^_`{|}~]|(?<!\w)[-+]|[-+](?!\w)|(?<!\d)\.|\.(?!\d)|(?<=\d)\))")
_Counts = dict[str, Counter[str]]


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the report in `language`."""
    for line in _View(report, language).lines():
        print_line(stream, line)


def escape(text: str) -> str:
    """Return `text` on one line, so that Markdown shows each of its characters.

    >>> print(escape("<b>|`*"), escape("- 1. invalid-format, 1.0.0"))
    \\<b\\>\\|\\`\\* \\- 1\\. invalid-format, 1.0.0
    """
    return _PUNCTUATION.sub(r"\\\1", clean(text).strip())


class _View:
    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = language
        self.zh = language == "zh"

    def lines(self) -> Iterator[str]:
        here, _ = folds(self.report)
        yield from _heading(self._say("校验报告", "Validation report"), "=")
        yield escape(summary(self.report).get(self.language))
        yield ""
        yield from self._not_checked()
        if here:
            yield from self._rules(here)
            yield from self._departments()
            yield from _heading(self._say("要改的地方", "What to mend"), "-")
            for fold in here:
                yield from self._fold(fold)
        if self.report.show_waived:
            yield from self._waived()
        later = outlook(self.report)
        for note in [*(text for _, text in cuts(self.report)), *([later] if later else []), *notes(self.report)]:
            yield f"- {escape(note.get(self.language))}"

    def _waived(self) -> Iterator[str]:
        yield from _heading(self._say("有豁免的", "Waived"), "-")
        for finding in self.report.waived():
            said = f"{what(finding, self.language, mend=False)} — {waiver_text(finding, self.language)}"
            yield f"- {self._where(finding)} — {escape(said)}"
        yield ""

    def _not_checked(self) -> Iterator[str]:
        reasons = [f"{escape(item.path)} — {escape(text.get(self.language))}" for item, text in unchecked(self.report)]
        reasons += [escape(text.get(self.language)) for _, text in failed(self.report)]
        if reasons:
            yield from _heading(self._say("没能检查的", "Not checked"), "-")
            yield from (f"- {reason}" for reason in reasons)
            yield ""

    def _rules(self, here: list[Fold]) -> Iterator[str]:
        yield from _heading(self._say("按规则", "By rule"), "-")
        yield self._say("| 程度 | 规则 | 问题 | 处数 |", "| Severity | Rule | What is wrong | Count |")
        yield "| --- | --- | --- | ---: |"
        for fold in here:
            title = escape(self.report.rule(fold.rule).title.get(self.language))
            yield f"| {WORDS[self.language][fold.severity]} | {escape(fold.rule)} | {title} | {fold.total} |"
        yield ""

    def _departments(self) -> Iterator[str]:
        counts, rest = self._by_owner()
        ordered = sorted(counts.items(), key=lambda item: (-item[1]["error"], -item[1].total(), item[0]))
        yield from _heading(self._say("按部门", "By department"), "-")
        yield self._say("| 部门 | 错误 | 警告 | 提示 |", "| Department | Errors | Warnings | Information |")
        yield "| --- | ---: | ---: | ---: |"
        for owner, count in ordered[:DEPARTMENTS]:
            yield _row(escape(owner) or self._say("（没有写明）", "(none named)"), count)
        for _, count in ordered[DEPARTMENTS:]:
            rest += count
        if rest:
            yield _row(self._say("其余部门", "all others"), rest)
        yield ""

    def _by_owner(self) -> tuple[_Counts, Counter[str]]:
        counts: _Counts = {}
        rest: Counter[str] = Counter()
        for finding in self.report.counted():
            owner = finding["owner"] or ""
            known = owner in counts or len(counts) < DEPARTMENTS_COUNTED
            (counts.setdefault(owner, Counter()) if known else rest)[finding["severity"]] += 1
        return counts, rest

    def _fold(self, fold: Fold) -> Iterator[str]:
        title = escape(self.report.rule(fold.rule).title.get(self.language))
        count = self._say(f"{fold.total} 处", f"{fold.total}×")
        yield f"**{WORDS[self.language][fold.severity]}** {title} — {escape(fold.rule)} · {count}"
        yield ""
        if fold.total > len(fold.first) and len(fold.properties) > 1:
            yield escape(fold.concerned(self.language))
            yield ""
        for finding in fold.first:
            yield f"- {self._where(finding)} — {escape(what(finding, self.language))}"
        if fold.total > len(fold.first):
            more = fold.total - len(fold.first)
            yield self._say(f"- ……另有 {more} 处", f"- … and {more} more")
        yield ""

    def _where(self, finding: dict[str, Any]) -> str:
        place = place_of(finding)
        cell = cell_of(place)
        return f"{escape(place.path)} › {escape(cell)}" if cell else escape(str(place))

    def _say(self, zh: str, en: str) -> str:
        return zh if self.zh else en


def _heading(text: str, mark: str) -> list[str]:
    return [text, mark * 8, ""]


def _row(name: str, count: Counter[str]) -> str:
    return f"| {name} | {count['error']} | {count['warning']} | {count['info']} |"
