"""What is named on the command line as lines of entries: JSON Lines, Parquet, or a table of Delta.

A part of a file is known by the file and the byte it begins at, and its lines come one behind the other, so that lines
and entries have the same numbers however many executors read them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mulu.errors import Unreadable
from mulu.spark.session import faults, reason

TABLE = ""
_DELTA, _PARQUET, _TEXT = "delta", "parquet", "text"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that was named: its `lines` (`worker.LINES`), and each of its inputs with what it is called.

    Of JSON Lines each file is an input, and its lines have numbers (`has_lines`). A table is one input, `TABLE`.
    """

    lines: Any
    files: dict[str, str]
    has_lines: bool


def source(spark: Any, given: str, number: int) -> Source:
    """Return what stands at a path of Spark, the input of that number; raises `Unreadable`."""
    try:
        kind = _kind(spark, given)
        reader = spark.read.option("lineSep", "\n") if kind == _TEXT else spark.read
        frame = reader.format(kind).load(given)
        names = _called(frame.inputFiles(), given) if kind == _TEXT else {TABLE: given}
        return Source(_lines(frame, number), names, kind == _TEXT)
    except faults() as error:
        why = reason(error)
        raise Unreadable(
            given,
            f"Spark 读不了：{why}；请核对路径（本地文件在集群上写 file:///…）和读取它所需的组件",
            f"Spark cannot read it: {why}; look at the path (file:///… for a local file) and at what reading it needs",
        ) from None


def _kind(spark: Any, given: str) -> str:
    """Return the format of what is named, by its own files."""
    from pyspark.errors import AnalysisException

    try:
        spark.read.text(f"{given.rstrip('/')}/_delta_log/*.json")
        return _DELTA
    except AnalysisException:
        files = spark.read.text(given).inputFiles()
        return _PARQUET if files and all(file.endswith(".parquet") for file in files) else _TEXT


def _lines(frame: Any, number: int) -> Any:
    from pyspark.sql import functions as f

    place = [f.lit(number).alias("given"), "_metadata.file_path", "_metadata.file_block_start"]
    columns = frame.dtypes
    is_text = len(columns) == 1 and columns[0][1] == "string"
    # Of a table a column without a value is a property that is not there.
    text = f.col(f"`{columns[0][0]}`") if is_text else f.to_json(f.struct("*"))
    line = f.coalesce(text, f.lit("")).cast("binary")
    return frame.select(*place, line).toDF("given", "file", "start", "line")


def _called(files: list[str], given: str) -> dict[str, str]:
    """Return each file, as Spark knows it in its rows, with what it is called: by what was given, if that is local."""
    here = {plain(file): file for file in files}
    base = str(Path(given).resolve())
    names = {}
    for file in sorted(here, key=lambda name: name.split("/")):
        inner = Path(file).relative_to(base) if Path(file).is_relative_to(base) else None
        names[file] = file if inner is None else str(Path(given, inner))
    return names


def plain(file: str) -> str:
    """Return the name of a file as people write it: local ones without a scheme.

    >>> plain("file:///data/a%20b.jsonl"), plain("hdfs://one:9000/a.jsonl")
    ('/data/a b.jsonl', 'hdfs://one:9000/a.jsonl')
    """
    if file.startswith("file:"):
        file = "/" + file.removeprefix("file:").lstrip("/")
    return unquote(file)
