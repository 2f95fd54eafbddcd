"""The report as workflow commands of GitHub Actions, and as the summary of the step.

GitHub shows ten annotations of a kind a step, so the worst go first and the last notice says how many there are
besides. The whole account goes, in Markdown, to the file that `GITHUB_STEP_SUMMARY` names.
"""

import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from mulu.output import NotWritten
from mulu.place import Place
from mulu.reports import markdown
from mulu.reports._common import (
    cell_of,
    cuts,
    failed,
    line_of,
    notes,
    outlook,
    place_of,
    problem_place,
    relative,
    summary,
    unchecked,
    what,
    worst,
)
from mulu.texts import Text, clean
from mulu.validate import Report
from mulu.words import why_unreadable

MACHINE = True
SHOWN = 10
"""Annotations of one kind that GitHub shows of a step."""
SUMMARY_BYTES = 1_000_000
"""GitHub takes 1 MiB a step."""

_KINDS = {"error": "error", "warning": "warning", "info": "notice"}


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the annotations, and append the summary where GitHub wants one."""
    for line in _commands(report, language):
        stream.write(line.encode("utf-8", "backslashreplace") + b"\n")
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        _append(target, _markdown(report, language))


def command(kind: str, title: str, text: str, place: Place | None = None) -> str:
    """Return one workflow command.

    >>> command("error", "a,b", "100%", Place("c:d.csv", line=2, column=3))
    '::error title=a%2Cb,file=c%3Ad.csv,line=2,col=3,endLine=2::100%25'
    """
    properties = {"title": title}
    if place is not None:
        properties["file"] = relative(place.path)
        line = line_of(place)
        if line:
            properties["line"] = str(line)
            if place.column and not place.sheet:
                properties["col"] = str(place.column)
            properties["endLine"] = str(line)
    said = ",".join(
        f"{name}={_data(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items()
    )
    return f"::{kind} {said}::{_data(text)}"


def _data(text: str) -> str:
    # What is left of control characters after `clean` is a line break that we set ourselves.
    lines = (clean(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25").replace("\r", "%0D") for line in lines)


def _commands(report: Report, language: str) -> Iterator[str]:
    left = dict.fromkeys(_KINDS, SHOWN)
    # The last notice is ours.
    left["info"] -= 1
    for title, text, place in _own(report, language):
        if left["error"]:
            left["error"] -= 1
            yield command("error", title, text, place)
    for severity, kind in _KINDS.items():
        for finding in worst(report, left[severity], (severity,)):
            place = place_of(finding)
            cell = cell_of(place)
            text = what(finding, language)
            yield command(kind, f"mulu ({finding['rule']})", f"{clean(cell)}\n{text}" if cell else text, place)
    yield command("notice", "mulu", "\n".join(text.get(language) for text in _account(report)))


def _own(report: Report, language: str) -> Iterator[tuple[str, str, Place | None]]:
    for item, text in unchecked(report):
        yield "mulu (not-checked)", text.get(language), problem_place(item)
    for _, text in failed(report):
        yield "mulu (rule-failed)", text.get(language), None


def _account(report: Report) -> Iterator[Text]:
    counts = report.counts()
    own = sum(1 for _ in unchecked(report)) + len(report.failures)
    kept = min(own + counts["error"], SHOWN) + min(counts["warning"], SHOWN) + min(counts["info"], SHOWN - 1)
    rest = own + sum(counts.values()) - kept
    yield summary(report)
    if rest > 0:
        yield Text(
            f"另有 {rest} 处没有列在这里；全部结果见步骤摘要和其他格式的报告",
            f"{rest} more findings are not annotated; see the step summary or the reports in other formats",
        )
    yield from (text for _, text in cuts(report))
    later = outlook(report)
    if later:
        yield later
    yield from notes(report)


def _markdown(report: Report, language: str) -> bytes:
    buffer = io.BytesIO()
    markdown.write(report, buffer, language, False)
    whole = buffer.getvalue()
    if len(whole) <= SUMMARY_BYTES:
        return whole
    said = Text("摘要太长，以下略去", "the summary is too long and was truncated").get(language)
    return whole[: whole.rindex(b"\n", 0, SUMMARY_BYTES)] + f"\n\n{said}\n".encode()


def _append(target: str, content: bytes) -> None:
    """Append in one write, so that what other processes append stays whole."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            done = os.write(descriptor, content)
        finally:
            os.close(descriptor)
        if done < len(content):
            raise OSError(0, f"{done} of {len(content)} bytes")
    except OSError as error:
        why = why_unreadable(error)
        raise NotWritten(
            f"{target}：步骤摘要没有写出（{why.zh}）；请检查 GITHUB_STEP_SUMMARY",
            f"{target}: the step summary was not written ({why.en}); check GITHUB_STEP_SUMMARY",
        ) from None
