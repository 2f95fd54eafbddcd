"""A baseline: the findings that were there before, known by content, so that only new ones count.

A finding is known by its fingerprint, which is made of rule, entry and pointer, an array position replaced by the
element's own key, equal ones numbered: lines may move, entries and elements change places. The file holds no value
of any entry; rule, identifier and pointer beside the fingerprint are for people who read the difference.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from mulu.errors import BadSettings
from mulu.findings import fingerprint
from mulu.plain_file import read_plain
from mulu.pointer import without_positions
from mulu.texts import name_of
from mulu.words import why_no_json, why_unreadable

VERSION = 1
_KEYS = ("rule", "entry", "pointer", "fingerprint")
_FINGERPRINT = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline in the file `path`: the standard that it was made with, and fingerprint -> line."""

    path: str
    standard: str
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sha256: str = ""


def read_baseline(path: Path) -> Baseline:
    """Read a baseline; raises `BadSettings` if the file is none, as after a merge that was not finished."""
    shown = name_of(path)
    try:
        content = read_plain(path)
        data = orjson.loads(content)
    except OSError as error:
        why = why_unreadable(error)
        raise BadSettings(
            shown,
            f"基线读不出来（{why.zh}）；首次使用请运行 mulu baseline write",
            f"the baseline cannot be read ({why.en}); create it with mulu baseline write",
        ) from None
    except orjson.JSONDecodeError as error:
        why = why_no_json(content)
        raise BadSettings(
            shown,
            f"基线不是合格的 JSON（{why.zh}）；若合并有冲突，先解决，或重新运行 mulu baseline write",
            f"the baseline is not valid JSON ({why.en}); resolve any merge conflict, or run mulu baseline write again",
            line=error.lineno,
        ) from None
    findings = data.get("findings") if isinstance(data, dict) and data.get("baseline") == VERSION else None
    if not isinstance(findings, list) or not all(_right(item) for item in findings):
        raise BadSettings(
            shown,
            f"不是这一版 mulu 的基线（应有 baseline = {VERSION} 和 findings）；请用 mulu baseline write 写出",
            f"this is not a baseline of this version of mulu (baseline = {VERSION}, findings); create it with mulu "
            "baseline write",
        )
    known = {item["fingerprint"]: item for item in findings}
    return Baseline(shown, str(data.get("standard", "")), known, hashlib.sha256(content).hexdigest())


def _right(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("rule"), str)
        and isinstance(item.get("fingerprint"), str)
        and _FINGERPRINT.fullmatch(item["fingerprint"]) is not None
    )


def line_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of a finding, given as the JSON report writes it."""
    pointer = without_positions(finding["pointer"])
    # A name is a value of the entry; an identifier is not, and is masked where it looks like a personal number.
    entry = finding["entry"] if finding["entry"] != finding["name"] and finding["kind"] else None
    if entry is not None and entry.startswith("#"):
        entry = None
    return {"rule": finding["rule"], "entry": entry, "pointer": pointer, "fingerprint": finding["fingerprint"]}


def write_baseline(stream: BinaryIO, standard: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write a baseline, a finding a line, sorted, so that two states of it can be compared."""
    head = orjson.dumps({"baseline": VERSION, "standard": standard}).removesuffix(b"}")
    stream.write(head + b',\n"findings": [')
    separator = b"\n"
    for line in sorted(orjson.dumps({key: line.get(key) for key in _KEYS}) for line in lines):
        stream.write(separator + line)
        separator = b",\n"
    stream.write(b"\n]}\n")


class Ratchet:
    """Tells known findings from new ones, and in the end which known ones were not found again."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._left = dict(baseline.known)
        self._seen: dict[str, int] = {}

    def knows(self, content_key: str) -> bool:
        """Whether the baseline has this finding; equal ones are counted."""
        # Numbers are needed only for what the baseline has at least once, so that memory does not grow with findings.
        occurrence = self._seen.get(content_key, 0) + 1
        known = fingerprint(content_key, occurrence)
        if occurrence > 1 or known in self.baseline.known:
            self._seen[content_key] = occurrence
        return self._left.pop(known, None) is not None

    def gone(self, judged: Iterable[str]) -> dict[str, str]:
        """Return what was not found again, fingerprint -> rule, of the rules that were `judged` in this run."""
        rules = set(judged)
        return {known: line["rule"] for known, line in self._left.items() if line["rule"] in rules}
