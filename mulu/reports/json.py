"""The JSON report: one object, findings last, as `report.schema.json` beside this module describes it."""

from importlib.metadata import version
from typing import Any, BinaryIO

import orjson

from mulu.pointer import inert
from mulu.validate import Report

MACHINE = True


def header(report: Report) -> dict[str, Any]:
    """Return all of a report but its findings."""
    return {
        "tool": {"name": "mulu", "version": version("mulu")},
        "standard": {
            "id": report.standard.header.id,
            "version": report.standard.header.version,
            "sha256": report.standard.sha256,
        },
        "level": report.level,
        "inputs": [
            {
                "path": item.path,
                "sha256": item.sha256,
                "format": item.format,
                "records": item.records,
                "entries": item.entries,
                "problem": {"zh": item.problem.zh, "en": item.problem.en} if item.problem else None,
            }
            for item in report.inputs
        ],
        "summary": {"entries": report.entries, **report.counts(), "outlook": report.outlook},
        "rules": {
            name: {"severity": count.severity, "total": count.total, "kept": count.kept, "levels": count.levels}
            for name, count in sorted(report.findings.rules.items())
        },
        "failures": [{"rule": rule, "reason": reason.to_dict()} for rule, reason in sorted(report.failures.items())],
    }


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the report, finding by finding."""
    head = inert(orjson.dumps(header(report), option=orjson.OPT_INDENT_2))
    stream.write(head.removesuffix(b"\n}") + b',\n  "findings": [')
    separator = b"\n    "
    for finding in report.findings:
        stream.write(separator + inert(orjson.dumps(finding)))
        separator = b",\n    "
    stream.write(b"\n  ]\n}\n")
