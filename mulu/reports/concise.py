"""The report with a finding a line, for editors, `grep` and logs: `path:line:col: rule severity message`."""

from typing import BinaryIO

from mulu.findings import SEVERITIES
from mulu.reports._common import (
    WORDS,
    cuts,
    failed,
    notes,
    outlook,
    place_of,
    print_line,
    problem_place,
    unchecked,
    what,
)
from mulu.texts import clean, several
from mulu.validate import Report

MACHINE = False


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the findings that count, then what was not checked, last how many were found."""
    for finding in report.counted():
        place = clean(str(place_of(finding)))
        text = what(finding, language, mend=False)
        print_line(stream, f"{place}: {clean(finding['rule'])} {finding['severity']} {text}")
    for item, reason in unchecked(report):
        print_line(stream, f"{clean(str(problem_place(item)))}: not-checked error {reason.get(language)}")
    for rule, reason in failed(report):
        print_line(stream, f"mulu: {clean(rule)} error {reason.get(language)}")
    for _, cut in cuts(report):
        print_line(stream, cut.get(language))
    later = outlook(report)
    for note in [*([later] if later else []), *notes(report)]:
        print_line(stream, note.get(language))
    print_line(stream, _found(report, language))


def _found(report: Report, language: str) -> str:
    counts = report.counts()
    total = sum(counts.values())
    if language == "zh":
        parts = "，".join(f"{counts[severity]} 个{WORDS['zh'][severity]}" for severity in SEVERITIES)
        return f"在 {report.entries} 条中找到 {total} 处：{parts}"
    parts = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES)
    return f"Found {total} in {several(report.entries, 'entry', 'entries')}: {parts}"
