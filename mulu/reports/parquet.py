"""The findings as a table in Parquet, a row each, for those who count with a database or on a cluster."""

import shutil
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import orjson

from mulu.errors import UsageFault
from mulu.pointer import inert
from mulu.scratch import scratch
from mulu.texts import clean
from mulu.validate import Report
from mulu.validate.staging import literal

MACHINE = True

# What is found may be of any type, and is written as JSON.
_READ = (
    "{rule: 'varchar', severity: 'varchar', level: 'varchar', status: 'varchar', kind: 'varchar', entry: 'varchar', "
    "name: 'varchar', number: 'bigint', owner: 'varchar', pointer: 'varchar', value: 'varchar', "
    "message: 'struct(zh varchar, en varchar)', mend: 'struct(zh varchar, en varchar)', fingerprint: 'varchar', "
    'source: \'struct(path varchar, line bigint, "column" bigint, sheet varchar, "row" bigint, cell varchar)\'}'
)
_COLUMNS = (
    "rule, severity, level, status, kind, entry, name, number, owner, pointer, value, message.zh as message_zh, "
    "message.en as message_en, mend.zh as mend_zh, mend.en as mend_en, source.path as path, source.line as line, "
    'source."column" as "column", source.sheet as sheet, source."row" as "row", source.cell as cell, fingerprint'
)


def check_target(target: Path | None) -> None:
    """Raise `UsageFault` unless a file is named."""
    if target is None:
        raise UsageFault(
            "parquet 写入文件：-f parquet:问题.parquet",
            "the parquet report must go to a file: -f parquet:findings.parquet",
        )


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the findings, each with its texts in both languages."""
    with scratch() as folder:
        lines, table = folder / "findings.jsonl", folder / "findings.parquet"
        with lines.open("wb") as out:
            for finding in report.findings:
                value = None if finding["value"] is None else inert(orjson.dumps(finding["value"])).decode()
                out.write(orjson.dumps({**_shown(finding), "value": value}) + b"\n")
        with duckdb.connect(":memory:") as connection:
            connection.execute("set enable_progress_bar = false")
            source = f"read_json({literal(str(lines))}, format = 'newline_delimited', columns = {_READ})"
            connection.execute(f"copy (select {_COLUMNS} from {source}) to {literal(str(table))} (format parquet)")
        with table.open("rb") as found:
            shutil.copyfileobj(found, stream)


def _shown(value: Any) -> Any:
    """Return a value whose texts drive no terminal; what shows a table shows its cells as they are."""
    if isinstance(value, dict):
        return {name: _shown(inner) for name, inner in value.items()}
    return clean(value) if isinstance(value, str) else value
