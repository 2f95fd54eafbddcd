"""The report as one HTML page that needs nothing else: charts, search and filter, the texts of the rules.

What the page shows stands in `_html/`: markup, style and script, put together here. The findings are data in a
script element that no browser runs; the script makes text nodes of them, never markup. A policy in the page forbids
everything else, the network first of all. Without script the totals and the first findings are there.
"""

import hashlib
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from mulu.errors import UsageFault
from mulu.findings import SEVERITIES
from mulu.reports._common import WORDS, cell_of, cuts, failed, outlook, place_of, summary, unchecked, worst
from mulu.texts import LANGUAGES, Text, clean, in_script, unasked
from mulu.validate import Report

MACHINE = True
FINDINGS = 50_000
"""How many findings the page holds, the gravest first; all are counted."""
FIRST = 50
"""How many findings stand in the page without script."""
BARS = 10
"""How many rules, files and departments have a bar before one asks for more."""
BARS_HELD = 1_000
COUNTED = 10_000
"""How many departments are told from each other; the findings of further ones are counted together."""

_FOLDER = Path(__file__).parent / "_html"
_NONE = Text("（没有写明）", "(none named)")
_OTHERS = Text("其余", "all others")
_Counts = dict[str, Counter[str]]


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the page, which opens in `language` and can be switched to the other."""
    page = _Page(report, language)
    style, script = (_part(name) for name in ("document.css", "document.js"))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    parts = {
        "language": language,
        "lang": _LANG[language],
        "policy": escape(policy),
        "style": style,
        "script": script,
        **page.parts(),
    }
    # What was put in is not looked at again: a finding may hold the name of a part.
    for number, piece in enumerate(_part("document.html").split("%%")):
        text = parts[piece] if number % 2 else piece
        stream.write(text.encode("utf-8", "backslashreplace"))


_LANG = {"zh": "zh-CN", "en": "en"}


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _both(text: Text) -> str:
    """Return both languages as markup; the style shows one of them."""
    return "".join(f'<span lang="{_LANG[each]}">{escape(clean(text.get(each)))}</span>' for each in LANGUAGES)


def check_target(path: Path | None) -> None:
    """Raise `UsageFault` for a terminal, which would show thousands of lines of markup; a pipe is welcome."""
    if path is None and sys.stdout.isatty():
        raise UsageFault(
            "html 报告是网页，在终端里没法看；请写入文件，如 -f html:报告.html",
            "the html report is a web page and cannot be shown in a terminal; name a file, such as -f html:report.html",
        )


class _Numbers:
    """Gives each value the number by which the data refer to it."""

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.known.setdefault(value, len(self.known))


class _Page:
    def __init__(self, report: Report, language: str) -> None:
        self.report = report
        self.language = language
        self.rules, self.files, self.owners = _Counts(), _Counts(), _Counts()
        self.later = 0
        for finding in report.findings:
            if not report.counts_at_level(finding):
                self.later += 1
                continue
            severity = finding["severity"]
            self.rules.setdefault(finding["rule"], Counter())[severity] += 1
            self.files.setdefault(finding["source"]["path"], Counter())[severity] += 1
            owner = finding["owner"] or ""
            if owner not in self.owners and len(self.owners) >= COUNTED:
                owner = _OTHERS.get(language)
            self.owners.setdefault(owner, Counter())[severity] += 1

    def parts(self) -> dict[str, str]:
        """Return what takes the place of each name between `%%` in the page."""
        report, header = self.report, self.report.standard.header
        counts = report.counts()
        data, first = self._data()
        return {
            "title": escape(clean(Text("目录校验报告", "Catalog validation report").get(self.language))),
            "standard": _both(Text(f"{header.title.zh} {header.version}", f"{header.title.en} {header.version}")),
            "level": _both(report.standard.levels[report.level].title),
            "summary": _both(summary(report)),
            "entries": f"{report.entries:,}",
            **{severity: f"{counts[severity]:,}" for severity in SEVERITIES},
            "outlook": f"{report.outlook:,}",
            "severity_bar": _bar(Counter(counts), sum(counts.values())) if any(counts.values()) else "",
            "not_checked": self._not_checked(),
            "notes": self._notes(),
            "rule_bars": _bars(self.rules, lambda name: _both(report.rule(name).title)),
            "file_bars": _bars(self.files, lambda path: escape(clean(path))),
            "owner_bars": _bars(self.owners, lambda name: escape(clean(name)) if name else _both(_NONE)),
            "first": "".join(first),
            "rules": "".join(map(self._rule, sorted(report.findings.rules))),
            "inputs": self._inputs(),
            "tool": escape(f"mulu {version('mulu')}"),
            "sha256": report.standard.sha256,
            "data": _data_text(data),
        }

    # -- what stands in the page as it is

    def _not_checked(self) -> str:
        told = [f"<b>{escape(clean(item.path))}</b> — {_both(text)}" for item, text in unchecked(self.report)]
        told += [_both(text) for _, text in failed(self.report)]
        if not told:
            return ""
        heading = _both(Text("没能检查的", "Not checked"))
        items = "".join(f"<li>{item}</li>" for item in told)
        return f'<section class="gaps"><h2>{heading}</h2><ul>{items}</ul></section>'

    def _notes(self) -> str:
        notes = [text for _, text in cuts(self.report)]
        notes += [text for text in [outlook(self.report)] if text]
        kept = sum(count.kept for count in self.report.findings.rules.values())
        if kept > FINDINGS:
            notes.append(
                Text(
                    f"共 {kept} 处，本页列出最重的 {FINDINGS} 处；统计含全部；全部结果：-f json:报告.json",
                    f"{kept} findings in total, of which the {FINDINGS} most severe are shown here; the charts count "
                    "all of them; for all findings: -f json:report.json",
                )
            )
        return f'<ul class="notes">{"".join(f"<li>{_both(note)}</li>" for note in notes)}</ul>' if notes else ""

    def _rule(self, name: str) -> str:
        rule, count = self.report.rule(name), self.report.findings.rules[name]
        rows = [(Text("为何", "Why"), _both(rule.why)), (Text("怎样改", "How to fix it"), _both(_told(rule.mend)))]
        if rule.source:
            rows.insert(1, (Text("依据", "Grounds"), escape(clean(rule.source))))
        told = "".join(f"<dt>{_both(word)}</dt><dd>{text}</dd>" for word, text in rows)
        # A rule's name comes with a standard: in an id it is a number of our own that counts.
        return (
            f'<details class="rule" data-rule="{escape(clean(name))}"><summary><span class="sev {count.severity}">'
            f"{_both(_word(count.severity))}</span> {_both(rule.title)} <code>{escape(clean(name))}</code> "
            f'<span class="count">{count.total:,}</span></summary><dl>{told}</dl></details>'
        )

    def _inputs(self) -> str:
        rows = []
        for item in self.report.inputs:
            said = _both(Text("没能（全部）检查", "not (fully) checked")) if item.problem else f"{item.entries:,}"
            rows.append(
                f"<tr><td>{escape(clean(item.path))}</td><td>{escape(clean(item.format or '—'))}</td>"
                f'<td class="n">{said}</td><td><code class="hash">{item.sha256 or "—"}</code></td></tr>'
            )
        return "".join(rows)

    # -- the findings, as data and the first of them as rows

    def _findings(self) -> Iterator[dict[str, Any]]:
        counted = worst(self.report, FINDINGS)
        later = (finding for finding in self.report.findings if not self.report.counts_at_level(finding))
        for number, finding in enumerate(chain(counted, later)):
            if number == FINDINGS:
                return
            yield finding

    def _data(self) -> tuple[dict[str, Any], list[str]]:
        rules, files, owners, texts = _Numbers(), _Numbers(), _Numbers(), _Numbers()
        levels = list(self.report.standard.levels)
        rows: list[list[Any]] = []
        first: list[str] = []
        for finding in self._findings():
            place = place_of(finding)
            where = cell_of(place) or (str(place).removeprefix(place.path).removeprefix(":") if place.line else "")
            message, mend = ((clean(finding[key]["zh"]), clean(finding[key]["en"])) for key in ("message", "mend"))
            rows.append(
                [
                    SEVERITIES.index(finding["severity"]),
                    rules(finding["rule"]),
                    levels.index(finding["level"]),
                    files(clean(finding["source"]["path"])),
                    clean(where),
                    owners(clean(finding["owner"] or "")),
                    clean(finding["entry"] or ""),
                    clean(finding["name"] or ""),
                    clean(finding["pointer"]),
                    texts(message),
                    texts(mend),
                ]
            )
            if len(first) < FIRST and self.report.counts_at_level(finding):
                first.append(self._row(finding, where))
        titles = [self.report.rule(name).title for name in rules.known]
        known_levels = self.report.standard.levels.values()
        data = {
            "level": levels.index(self.report.level),
            "levels": [[clean(level.id), clean(level.title.zh), clean(level.title.en)] for level in known_levels],
            "rules": [
                [clean(name), clean(title.zh), clean(title.en)] for name, title in zip(rules.known, titles, strict=True)
            ],
            "paths": list(files.known),
            "owners": list(owners.known),
            "texts": list(texts.known),
            "rows": rows,
        }
        return data, first

    def _row(self, finding: dict[str, Any], where: str) -> str:
        name = finding["name"] or finding["entry"] or ""
        message, mend = (Text(finding[key]["zh"], finding[key]["en"]) for key in ("message", "mend"))
        return (
            f'<tr><td><span class="sev {finding["severity"]}">{_both(_word(finding["severity"]))}</span></td>'
            f'<td><span class="file">{escape(clean(finding["source"]["path"]))}</span> '
            f'<span class="at">{escape(clean(where))}</span></td>'
            f'<td><span class="name">{escape(clean(name))}</span>{_both(message)}'
            f'<span class="mend">{_both(mend)}</span></td>'
            f"<td><code>{escape(clean(finding['rule']))}</code></td>"
            f"<td>{escape(clean(finding['owner'] or ''))}</td></tr>"
        )


def _word(severity: str) -> Text:
    return Text(WORDS["zh"][severity], WORDS["en"][severity])


def _told(text: Text) -> Text:
    """Return a template as it can be read without its parameters: “{value}” becomes “…”."""
    shown = unasked(text)
    return Text(*(_blanked(part) for part in (shown.zh, shown.en)))


def _blanked(template: str) -> str:
    outside, *inside = template.split("{")
    return outside + "".join(f"…{piece.partition('}')[2]}" for piece in inside)


def _bars(counts: _Counts, label: Callable[[str], str]) -> str:
    """Return a list of bars, the most errors first, each of the parts that are errors, warnings and information."""
    ordered = sorted(counts.items(), key=lambda item: (*(-item[1][severity] for severity in SEVERITIES), item[0]))
    longest = max((count.total() for count in counts.values()), default=1)
    shown = ordered[:BARS_HELD]
    rows = []
    for number, (key, count) in enumerate(shown):
        more = ' class="more"' if number >= BARS else ""
        rows.append(
            f'<li{more}><button type="button" data-key="{escape(clean(key))}" aria-pressed="false">'
            f'<span class="label">{label(key)}</span>'
            f'<span class="count">{count.total():,}</span>{_bar(count, longest)}</button></li>'
        )
    rest = sum(count.total() for _, count in ordered[BARS_HELD:])
    if rest:
        said = f'<span class="label">{_both(_OTHERS)} <span class="count">{rest:,}</span></span>'
        rows.append(f'<li class="more">{said}</li>')
    return "".join(rows)


def _bar(count: Counter[str], longest: int) -> str:
    start, pieces = 0.0, []
    for severity in SEVERITIES:
        part = 100 * count[severity] / longest
        if part:
            pieces.append(f'<rect class="{severity}" x="{start:.3f}%" width="{part:.3f}%" height="100%"/>')
            start += part
    return f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(pieces)}</svg>'


def _data_text(data: dict[str, Any]) -> str:
    """Return data as JSON that can stand in a script element: nothing in it ends the element or begins a comment."""
    return in_script(orjson.dumps(data, default=str).decode("utf-8", "backslashreplace"))
