"""The session in which queries that were carried over are run, with what their meaning depends on set in it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mulu import words
from mulu.errors import MissingExtra, MuluError
from mulu.texts import Text

# What a query means must not depend on how a cluster is configured.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.groupByAliases": "true",
    "spark.sql.session.timeZone": "UTC",
    # A line may be as long as the limits allow, and a process of Python holds a batch of them.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
    "spark.sql.execution.arrow.maxBytesPerBatch": "16777216",
    # Of what nested subqueries take out of an object Spark would lose track.
    "spark.sql.optimizer.nestedSchemaPruning.enabled": "false",
    # A broken value is null, and leaves the others of its entry as they are.
    "spark.sql.json.enablePartialResults": "true",
}

# To compile a query, or to look at each step of it before the next, takes longer than to run it over a few entries.
_FOR_LITTLE = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}

_BOXED = "Boxed Exception"
"""What Java says of an error that stands inside of another."""


def prepared(spark: Any) -> Any:
    """Return a session beside `spark`, with views of its own, in which a query means what rules mean."""
    found = spark.newSession()
    for name, value in _SETTINGS.items():
        found.conf.set(name, value)
    # What is wrong with a query is a verdict of the run; PySpark would print it with its stack.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    return found


def set_for_little(session: Any) -> None:
    """Have a session run queries over a few entries in the least time."""
    for name, value in _FOR_LITTLE.items():
        session.conf.set(name, value)


@contextmanager
def session() -> Iterator[Any]:
    """Give the session of this process: the one that is there, or one of its own as Spark's configuration says.

    Raises `MissingExtra` without PySpark, `MuluError` if Spark does not start.
    """
    try:
        import pandas  # noqa: F401
        import pyarrow  # noqa: F401
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtra("spark", "在 Spark 上校验", "validation on Spark") from None
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    try:
        # How far a run is mulu tells itself.
        spark = SparkSession.builder.appName("mulu").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except faults() as error:
        why = reason(error)
        raise MuluError(
            f"Spark 没有启动（{why}）；请核对 Java（17 或更新）和 Spark 的配置",
            f"Spark did not start ({why}); look at Java (17 or later) and at the configuration of Spark",
        ) from None
    try:
        if spark.sparkContext.getConf().get("spark.log.level") is None:
            # What goes wrong is told as a verdict.
            spark.sparkContext.setLogLevel("OFF")
        yield spark
    finally:
        spark.stop()


@contextmanager
def told() -> Iterator[None]:
    """Say what Spark could not do, raising `MuluError`."""
    try:
        yield
    except faults() as error:
        why = reason(error)
        raise MuluError(
            f"Spark 没有做完：{why}；请核对各节点装有 mulu 和 PyArrow、内存足够，再看 Spark 的日志",
            f"Spark did not come to its end: {why}; see that mulu and PyArrow are on every node and memory suffices, "
            "then look at Spark's log",
        ) from None


def faults() -> tuple[type[Exception], ...]:
    """Return what Spark raises."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def why_failed(error: BaseException) -> Text:
    """Return why a query failed, and what to do where that is known."""
    said = reason(error)
    return words.told("spark", said) or words.quoted("Spark", said)


def reason(error: BaseException) -> str:
    """Return in one line what Spark says is wrong; of what failed in Python the exception itself."""
    cause = getattr(error, "java_exception", None)
    while cause is not None and cause.getMessage() == _BOXED and cause.getCause() is not None:
        cause = cause.getCause()
    lines = str(cause.getMessage() if cause is not None else error).strip().split("\n")
    begun = [line for line in lines if not line.startswith((" ", "\t"))]
    inner = [line for line in begun[1:] if line.split(":")[0].endswith(("Error", "Exception"))]
    return (inner or lines)[0][:300] or type(error).__name__
