"""The JSON report: one object, findings last, as `report.schema.json` beside this module describes it."""

from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from mulu.limits import DEFAULT
from mulu.pointer import inert
from mulu.program import tool
from mulu.validate import Options, Report

MACHINE = True
SCHEMA = Path(__file__).with_name("report.schema.json")


def header(report: Report) -> dict[str, Any]:
    """Return all of a report but its findings."""
    return {
        "tool": tool(),
        "standard": {
            "id": report.standard.header.id,
            "version": report.standard.header.version,
            "sha256": report.standard.sha256,
            "title": report.standard.header.title.to_dict(),
            "base": report.standard.header.base,
            "levels": [
                {"id": level.id, "title": level.title.to_dict(), "description": level.description.to_dict()}
                for level in report.standard.levels.values()
            ],
        },
        "level": report.level,
        "coming": [
            {"level": item.level, "date": item.date.isoformat(), "days": item.days, **report.of_level(item.level)}
            for item in report.coming
        ],
        "ignored": sorted(report.ignored),
        "options": _options(report.options),
        "inputs": [
            {
                "path": item.path,
                "sha256": item.sha256,
                "encoding": item.encoding,
                "format": item.format,
                "records": item.records,
                "entries": item.entries,
                "problem": {"zh": item.problem.zh, "en": item.problem.en} if item.problem else None,
                "before": item.before,
            }
            for item in report.inputs
        ],
        "summary": {
            "entries": report.entries,
            **report.counts(),
            **{status: report.total(status) for status in ("outlook", "known", "waived", "unchanged")},
            "gone": len(report.gone),
        },
        "statistics": [
            {
                "id": name,
                "title": report.standard.statistics[name].text.title.to_dict(),
                "rows": [r.to_dict() for r in rows],
            }
            for name, rows in report.statistics.items()
        ],
        "rules": {
            name: {
                "severity": count.severity,
                "total": count.total,
                "kept": count.kept,
                "levels": count.levels,
                "statuses": count.statuses,
                **_texts(report, name),
            }
            for name, count in sorted(report.findings.rules.items())
        },
        "failures": [{"rule": rule, "reason": reason.to_dict()} for rule, reason in sorted(report.failures.items())],
    }


def _options(options: Options) -> dict[str, Any]:
    """Return what a run was asked for, so that it can be asked for again."""
    policy = options.policy
    return {
        "paths": list(options.paths),
        "schema": options.schema,
        "left_out": list(options.left_out),
        "date": options.today.isoformat(),
        "revision": options.since,
        "from": options.format,
        "encoding": options.encoding,
        "allow_empty": options.allow_empty,
        "only": sorted(options.only),
        "severity": dict(sorted((policy.severity or {}).items())),
        "levels": {name: day.isoformat() for name, day in sorted((policy.level_dates or {}).items())},
        "baseline": {"path": policy.baseline.path, "sha256": policy.baseline.sha256} if policy.baseline else None,
        "waivers": [{"path": path, "sha256": sha256} for path, sha256 in policy.waiver_files.items()],
        "waiver_days": policy.warn_days,
        "set": {".".join(path): text for path, text in sorted(options.given.items())},
        "limits": {
            field.name: value
            for field in fields(options.limits)
            if (value := getattr(options.limits, field.name)) != getattr(DEFAULT, field.name)
        },
    }


def _texts(report: Report, name: str) -> dict[str, Any]:
    text = report.rule(name)
    said = {key: getattr(text, key).to_dict() for key in ("title", "why", "message", "mend")}
    return {**said, "source": text.source}


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the report, finding by finding."""
    head = inert(orjson.dumps(header(report), option=orjson.OPT_INDENT_2))
    stream.write(head.removesuffix(b"\n}") + b',\n  "findings": [')
    separator = b"\n    "
    for finding in report.findings:
        stream.write(separator + inert(orjson.dumps(finding)))
        separator = b",\n    "
    stream.write(b"\n  ]\n}\n")
