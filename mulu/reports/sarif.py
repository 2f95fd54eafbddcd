"""The report as SARIF 2.1.0, for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Texts are plain, never Markdown. Up to `RESULTS`
of the findings that count are written, the worst first, then as many that are waived, suppressed; what is left out is
told in a notification.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from itertools import chain, islice
from typing import Any, BinaryIO
from urllib.parse import quote

import orjson

from mulu.place import Place
from mulu.pointer import steps_of
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
    waiver_text,
    what,
    worst,
)
from mulu.texts import LANGUAGES, Text, clean
from mulu.validate import Report
from mulu.validate.apply import Change, mends

MACHINE = True
RESULTS = 5_000
"""As many as GitHub shows of one file."""
LEVELS = {"error": "error", "warning": "warning", "info": "note"}

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "%SRCROOT%"
_PLACEHOLDER = re.compile(r"\{([0-9]+)\}")


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the log, result by result."""
    log = _Log(report, language)
    head = orjson.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [log.run()]}, option=orjson.OPT_INDENT_2)
    stream.write(head.removesuffix(b"\n    }\n  ]\n}") + b',\n      "results": [')
    separator = b"\n        "
    for finding in chain(worst(report, RESULTS), islice(report.waived(), RESULTS)):
        stream.write(separator + orjson.dumps(log.result(finding)))
        separator = b",\n        "
    stream.write(b"\n      ]\n    }\n  ]\n}\n")


def text_of(text: str) -> str:
    """Return what `message.text` holds so that a viewer shows `text` as it is.

    >>> print(text_of("[甲](http://x) {0}"))
    [甲]\\(http://x) {{0}}
    """
    # A link needs its two brackets side by side, a placeholder its number; nothing else has a meaning.
    return _PLACEHOLDER.sub(r"{{\1}}", clean(text).replace("](", "]\\("))


def uri_of(path: str) -> str:
    """Return a path as a URI reference, percent-encoded, below the working directory where it can be.

    >>> uri_of("报送 材料/a:b.csv")
    '%E6%8A%A5%E9%80%81%20%E6%9D%90%E6%96%99/a%3Ab.csv'
    """
    plain = relative(path)
    # Two slashes would begin the name of a host.
    plain = f"/{plain.lstrip('/')}" if plain.startswith("/") else plain
    try:
        return quote(plain.encode("utf-8", "surrogateescape"), safe="/")
    except UnicodeEncodeError:
        return quote(plain.encode("utf-8", "surrogatepass"), safe="/")


class _Log:
    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = language
        names = set(report.findings.rules) | (set(report.failures) & set(report.standard.rules))
        self.rules = {name: index for index, name in enumerate(sorted(names))}
        paths = dict.fromkeys(item.path for item in report.inputs)
        self.artifacts = {path: index for index, path in enumerate(paths)}
        self.changes = {
            change.finding["fingerprint"]: change
            for mended in mends(report, unsafe=True, spelt=False)
            for change in mended.changes
            if "\n" not in change.before
        }

    def run(self) -> dict[str, Any]:
        """Return all of the run but its results."""
        header = self.report.standard.header
        title = {"text": text_of(header.title.get(self.language))}
        return {
            "tool": {
                "driver": {
                    "name": "mulu",
                    "version": version("mulu"),
                    "language": "zh-CN" if self.language == "zh" else "en-US",
                    "rules": [self._rule(name) for name in self.rules],
                },
                "extensions": [
                    {
                        "name": clean(header.id),
                        "version": clean(header.version),
                        "shortDescription": title,
                        "properties": {"sha256": self.report.standard.sha256},
                    }
                ],
            },
            "automationDetails": {"id": f"mulu/{quote(self.report.level, safe='')}/"},
            "invocations": [self._invocation()],
            "originalUriBaseIds": {_BASE: {"description": {"text": "where mulu was run"}}},
            "columnKind": "unicodeCodePoints",
            "artifacts": self._artifacts(),
            "properties": {
                "level": clean(self.report.level),
                "entries": self.report.entries,
                **self.report.counts(),
                **{status: self.report.total(status) for status in ("outlook", "known", "waived", "unchanged")},
            },
        }

    def _rule(self, name: str) -> dict[str, Any]:
        rule = self.report.rule(name)
        # First the reader's language, then the other.
        order = sorted(LANGUAGES, key=lambda language: language != self.language)
        help_text = "\n\n".join(f"{clean(rule.title.get(item))}\n{clean(rule.why.get(item))}" for item in order)
        found: dict[str, Any] = {
            "id": clean(name),
            "shortDescription": {"text": text_of(rule.title.get(self.language))},
            "fullDescription": {"text": text_of(rule.why.get(self.language))},
            "help": {"text": "\n".join(text_of(line) for line in help_text.split("\n"))},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
            "properties": {"tags": ["catalog"], **({"grounds": clean(rule.source)} if rule.source else {})},
        }
        base = self.report.standard.header.base
        if name in self.report.standard.rules and base.startswith(("http://", "https://")):
            found["helpUri"] = f"{quote(base, safe=':/?&=%~@')}#{quote(name, safe='')}"
        return found

    def _invocation(self) -> dict[str, Any]:
        whole = not self.report.failures and all(item.problem is None for item in self.report.inputs)
        found: dict[str, Any] = {"executionSuccessful": whole}
        # Between 0 and 1 the threshold decides, which is not the report's to know.
        if not whole:
            said = Text("有的没能检查", "something could not be checked")
            found |= {"exitCode": 2, "exitCodeDescription": said.get(self.language)}
        elif not any(self.report.counts().values()):
            said = Text("全部检查了，没有问题", "everything was checked, and there are no findings")
            found |= {"exitCode": 0, "exitCodeDescription": said.get(self.language)}
        else:
            said = Text(
                "有达到 --fail-on 的问题为 1，否则为 0", "1 if there are findings at or above --fail-on, otherwise 0"
            )
            found["exitCodeDescription"] = said.get(self.language)
        found["toolExecutionNotifications"] = list(self._notifications())
        return found

    def _notifications(self) -> Iterator[dict[str, Any]]:
        for item, text in unchecked(self.report):
            yield {
                **self._notification("not-checked", "error", text),
                "locations": [{"physicalLocation": self._physical(problem_place(item))}],
            }
        for rule, text in failed(self.report):
            notification = self._notification("rule-failed", "error", text)
            if rule in self.rules:
                notification["associatedRule"] = {"id": clean(rule), "index": self.rules[rule]}
            yield notification
        for _, text in cuts(self.report):
            yield self._notification("findings-cut", "warning", text)
        total = sum(self.report.counts().values())
        if total > RESULTS:
            yield self._notification(
                "results-cut",
                "warning",
                Text(
                    f"共 {total} 处，这里只列最重的 {RESULTS} 处；全部结果：-f json:报告.json",
                    f"{total} findings in total, of which the {RESULTS} most severe are listed; for all of them: -f "
                    "json:report.json",
                ),
            )
        later = outlook(self.report)
        if later:
            yield self._notification("outlook", "note", later)
        for note in notes(self.report):
            yield self._notification("not-counted", "note", note)
        yield self._notification("summary", "note", summary(self.report))

    def _notification(self, name: str, level: str, text: Text) -> dict[str, Any]:
        return {"descriptor": {"id": name}, "level": level, "message": {"text": text_of(text.get(self.language))}}

    def _artifacts(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for item in self.report.inputs:
            hashes = {"hashes": {"sha-256": item.sha256}} if item.sha256 else {}
            found.setdefault(item.path, {"location": self._artifact(item.path), "roles": ["analysisTarget"], **hashes})
        return list(found.values())

    def result(self, finding: dict[str, Any]) -> dict[str, Any]:
        """Return a finding as a result."""
        place = place_of(finding)
        cell = cell_of(place)
        text = what(finding, self.language)
        suppressions = []
        if finding["status"] == "waived":
            justification = text_of(waiver_text(finding, self.language))
            suppressions = [{"kind": "external", "status": "accepted", "justification": justification}]
        location: dict[str, Any] = {"physicalLocation": self._physical(place)}
        logical = list(_logical(finding, place))
        if logical:
            location["logicalLocations"] = logical
        change = self.changes.get(finding["fingerprint"])
        return {
            **({"fixes": [self._fix(change, place)]} if change is not None else {}),
            "ruleId": clean(finding["rule"]),
            "ruleIndex": self.rules[finding["rule"]],
            "level": LEVELS[finding["severity"]],
            "message": {"text": text_of(f"{cell} {text}" if cell else text)},
            "locations": [location],
            # Where one result has them, all have, and none is an empty list.
            "suppressions": suppressions,
            "partialFingerprints": {
                "mulu/v1": finding["fingerprint"],
                # The one that GitHub looks at.
                "primaryLocationLineHash": f"{finding['fingerprint'][:16]}:1",
            },
            "properties": {"level": clean(finding["level"]), "owner": clean(finding["owner"] or "")},
        }

    def _fix(self, change: Change, place: Place) -> dict[str, Any]:
        start = place.column or 1
        region = {"startLine": place.line, "startColumn": start, "endColumn": start + len(change.before)}
        replacement = {"deletedRegion": region, "insertedContent": {"text": change.after}}
        return {
            "description": {"text": text_of(change.finding["mend"][self.language])},
            "artifactChanges": [{"artifactLocation": self._artifact(place.path), "replacements": [replacement]}],
        }

    def _physical(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {"artifactLocation": self._artifact(place.path)}
        line = line_of(place)
        if line:
            # A workbook has no lines; its row is where a viewer of texts may look.
            column = {"startColumn": place.column} if place.column and not place.sheet else {}
            found["region"] = {"startLine": line, **column}
        return found

    def _artifact(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {"uri": uri_of(path)}
        if not found["uri"].startswith(("/", "..")):
            found["uriBaseId"] = _BASE
        if path in self.artifacts:
            found["index"] = self.artifacts[path]
        return found


def _logical(finding: dict[str, Any], place: Place) -> Iterator[dict[str, str]]:
    if place.sheet:
        yield {"name": clean(place.sheet), "fullyQualifiedName": clean(place.sheet), "kind": "sheet"}
        if place.cell:
            yield {"name": place.cell, "fullyQualifiedName": clean(cell_of(place)), "kind": "cell"}
    if finding["entry"]:
        pointer = finding["pointer"]
        full = clean(f"{finding['entry']}{'#' + pointer if pointer else ''}")
        name = steps_of(pointer)[-1] if pointer else finding["entry"]
        yield {"name": clean(name), "fullyQualifiedName": full, "kind": "member" if pointer else "entry"}
