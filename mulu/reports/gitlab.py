"""The report as GitLab's code quality file: a JSON array of what is wrong, positions from 1.

https://docs.gitlab.com/ci/testing/code_quality/ reads it. A finding in a workbook stands in the line that is its
row. Findings of higher levels are left out: a merge request shows what it must mend.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from mulu.place import Place
from mulu.reports._common import (
    cell_of,
    cuts,
    failed,
    line_of,
    place_of,
    problem_place,
    relative,
    unchecked,
    what,
)
from mulu.texts import clean
from mulu.validate import Report

MACHINE = True
SEVERITIES = {"error": "major", "warning": "minor", "info": "info", "not checked": "critical"}
"""What GitLab calls them; "blocker" is left to those who know what may not be released."""


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the array, issue by issue."""
    separator = b"[\n  "
    for issue in _issues(report, language):
        stream.write(separator + orjson.dumps(issue))
        separator = b",\n  "
    stream.write(b"[]\n" if separator.startswith(b"[") else b"\n]\n")


def _issues(report: Report, language: str) -> Iterator[dict[str, Any]]:
    for finding in report.counted():
        place = place_of(finding)
        cell = cell_of(place)
        text = f"{clean(cell)} {what(finding, language)}" if cell else what(finding, language)
        yield _issue(finding["rule"], text, finding["fingerprint"], SEVERITIES[finding["severity"]], place)
    for item, reason in unchecked(report):
        yield _own("not-checked", reason.get(language), item.path, SEVERITIES["not checked"], problem_place(item))
    # An issue without a file is not shown.
    first = Place(report.inputs[0].path if report.inputs else "-")
    for rule, reason in failed(report):
        yield _own("rule-failed", reason.get(language), rule, SEVERITIES["not checked"], first)
    for rule, cut in cuts(report):
        yield _own("findings-cut", cut.get(language), rule, SEVERITIES["warning"], first)


def _own(check: str, text: str, about: str, severity: str, place: Place) -> dict[str, Any]:
    key = hashlib.sha256(f"{check}\n{about}".encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return _issue(check, text, key, severity, place)


def _issue(check: str, text: str, key: str, severity: str, place: Place) -> dict[str, Any]:
    line = line_of(place) or 1
    where: dict[str, Any] = {"lines": {"begin": line}}
    if place.column:
        where = {"positions": {"begin": {"line": line, "column": place.column}}}
    return {
        "description": text,
        "check_name": clean(check),
        "fingerprint": key,
        "severity": severity,
        "location": {"path": clean(relative(place.path)), **where},
    }
