"""The report as JUnit XML: a suite for each input, a case for each entry, one more for the file itself.

An entry with errors that count is a failure; warnings, information and what is waived stand in its `system-out`, as
they fail nothing by default. Readers show the first `failure` of a case only, so one holds all errors of the entry.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from mulu.findings import Subject
from mulu.reports._common import cuts, failed, place_of, set_apart, waiver_text, what
from mulu.texts import clean
from mulu.validate import Input, Report

MACHINE = True
LINES = 200
"""Findings of one kind that one case lists; further ones are counted."""

# Control characters are made visible by `clean`; these two are none, and no XML holds them.
_NO_XML = re.compile("[\ufffe\uffff]")


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the suites, case by case."""
    for line in _Suites(report, language).lines():
        stream.write(line.encode() + b"\n")


@dataclass(slots=True)
class _Case:
    """What was found in one entry, or in a file outside of its entries."""

    errors: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    first: dict[str, Any] | None = None
    left: Counter[str] = field(default_factory=Counter)

    def add(self, finding: dict[str, Any], language: str) -> None:
        """Take a finding in, as a line of text."""
        waived = finding["status"] == "waived"
        grave = finding["severity"] == "error" and not waived
        lines = self.errors if grave else self.others
        if grave and self.first is None:
            self.first = finding
        if len(lines) == LINES:
            self.left["errors" if grave else "others"] += 1
            return
        place = clean(str(place_of(finding)))
        text = (
            f"waived, {waiver_text(finding, language)}: {what(finding, language)}"
            if waived
            else what(finding, language)
        )
        lines.append(f"{place}: {clean(finding['rule'])} {finding['severity']} {text}")


_Groups = Iterator[tuple[tuple[int, int], Iterator[tuple[int, int, dict[str, Any]]]]]


class _Suites:
    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = language
        self.zh = language == "zh"
        self._groups: _Groups = iter(())
        self._next: tuple[tuple[int, int], _Case] | None = None

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        report = self.report
        failures = self._failures()
        own = [("rule-failed", rule, text.get(self.language)) for rule, text in failed(report)]
        # An entry of which a finding was not kept might pass here; that must not look like a pass.
        own += [("findings-cut", rule, text.get(self.language)) for rule, text in cuts(report)]
        tests = report.entries + len(report.inputs) + len(own)
        errors = sum(item.problem is not None for item in report.inputs) + len(own)
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield f'<testsuites name="mulu" {_numbers(tests, failures.total(), errors)}>'
        self._groups = groupby(
            (item for item in report.findings.placed() if item[2]["status"] in ("new", "waived")),
            key=lambda item: item[:2],
        )
        self._advance()
        subjects = report.subjects()
        for item in report.inputs:
            yield from self._suite(item, failures[item.number], subjects)
        if own:
            yield f'  <testsuite name="mulu" {_numbers(len(own), 0, len(own))}>'
            for kind, rule, text in own:
                yield f'    <testcase name={_value(f"{kind} {rule}")} classname="mulu">'
                yield f'      <error type="{kind}" message={_value(text)}>{_text(text)}</error>'
                yield "    </testcase>"
            yield "  </testsuite>"
        yield "</testsuites>"

    def _failures(self) -> Counter[int]:
        """Return how many cases of each input fail; what a broken file lacks besides is part of its error."""
        found: Counter[int] = Counter()
        last = (-1, -1)
        for number, entry, finding in self.report.findings.placed():
            if finding["severity"] == "error" and (number, entry) != last and self.report.counts_at_level(finding):
                last = (number, entry)
                found[number] += 1 if entry or self.report.inputs[number].problem is None else 0
        return found

    def _suite(self, item: Input, failures: int, subjects: Iterator[tuple[Input, Subject]]) -> Iterator[str]:
        errors = int(item.problem is not None)
        yield f"  <testsuite name={_value(item.path)} {_numbers(item.entries + 1, failures, errors)}>"
        yield from self._properties(item)
        class_name = _value(item.path.replace(".", "_"))
        name = self._say("（文件）", "(file)")
        yield from self._case(name, class_name, self._taken(item.number, 0), item if item.problem else None)
        for count in range(item.entries):
            _, subject = next(subjects)
            yield from self._case(_name(subject, count + 1), class_name, self._taken(item.number, subject.number))
        yield "  </testsuite>"

    def _properties(self, item: Input) -> Iterator[str]:
        header = self.report.standard.header
        said = {
            "standard": f"{header.id} {header.version}",
            "level": self.report.level,
            "format": item.format or "",
            "sha256": item.sha256 or "",
        }
        yield "    <properties>"
        yield from (f'      <property name="{name}" value={_value(text)}/>' for name, text in said.items() if text)
        yield "    </properties>"

    def _case(self, name: str, class_name: str, case: _Case, broken: Input | None = None) -> Iterator[str]:
        head = f"    <testcase name={_value(name)} classname={class_name}"
        if not case.errors and not case.others and broken is None:
            yield f"{head}/>"
            return
        yield f"{head}>"
        lines = [*case.errors, *self._more(case.left["errors"])]
        if broken is not None and broken.problem is not None:
            reason = broken.problem.text(self.language)
            yield f'      <error type="not-checked" message={_value(reason)}>{_text(reason, *lines)}</error>'
        elif case.first is not None:
            message = _value(what(case.first, self.language, mend=False))
            yield f"      <failure type={_value(case.first['rule'])} message={message}>{_text(*lines)}</failure>"
        if case.others:
            yield f"      <system-out>{_text(*case.others, *self._more(case.left['others']))}</system-out>"
        yield "    </testcase>"

    def _taken(self, number: int, entry: int) -> _Case:
        """Return what was found in that entry; findings come in the order of inputs and entries."""
        while self._next is not None and self._next[0] <= (number, entry):
            at, case = self._next
            self._advance()
            if at == (number, entry):
                return case
        return _Case()

    def _advance(self) -> None:
        found = next(self._groups, None)
        self._next = None
        if found is not None:
            case = _Case()
            for _, _, finding in found[1]:
                case.add(finding, self.language)
            self._next = (found[0], case)

    def _more(self, count: int) -> list[str]:
        return [self._say(f"……另有 {count} 处", f"… and {count} more")] if count else []

    def _say(self, zh: str, en: str) -> str:
        return zh if self.zh else en


def _name(subject: Subject, count: int) -> str:
    """Return what a case is called: by the identifier if there is one, else with the number in the file."""
    if subject.identifier:
        return " ".join(filter(None, [subject.identifier, subject.name]))
    return f"{subject.name} #{count}" if subject.name else f"#{count}"


def _numbers(tests: int, failures: int, errors: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="{errors}"'


def _legal(text: str) -> str:
    return _NO_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", clean(text))


def _value(text: str) -> str:
    return quoteattr(_legal(text))


def _text(*lines: str) -> str:
    return escape("\n".join(set_apart(_legal(line)) for line in lines))
