"""The report as JSON Lines: first the run, then a finding a line; `type` tells which."""

from typing import BinaryIO

import orjson

from mulu.pointer import inert
from mulu.reports.json import header
from mulu.validate import Report

MACHINE = True


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the report, finding by finding."""
    stream.write(inert(orjson.dumps({"type": "run", **header(report)})) + b"\n")
    for finding in report.findings:
        stream.write(inert(orjson.dumps({"type": "finding", **finding})) + b"\n")
