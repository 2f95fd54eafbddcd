"""A real cluster on this machine: a standalone master and two workers on loopback, ended with the tests."""

import os
import queue
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

# Of a process that lives for a minute, compiling for long runs is the greater part.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
START = 120
"""Seconds until a process of the cluster must have said that it is there."""


def started(arguments, said, folder):
    """Start a process of Spark; return it and what it said of itself by the pattern `said`."""
    from pyspark.find_spark_home import _find_spark_home

    home = _find_spark_home()
    process = subprocess.Popen(
        [str(Path(home, "bin", "spark-class")), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable},
    )
    lines = queue.Queue()

    def read():
        for line in process.stderr:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    told = []
    try:
        while (line := lines.get(timeout=START)) is not None:
            told.append(line)
            match = re.search(said, line)
            if match:
                return process, match
    except queue.Empty:
        process.kill()
    process.wait()
    raise AssertionError("Spark did not start:\n" + "".join(told))


@contextmanager
def cluster(folder, workers):
    """Start a master and workers of one core; yields the master's address, and ends them."""
    processes = []
    own = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    try:
        master, match = started(
            ["org.apache.spark.deploy.master.Master", *own], r"Starting Spark master at (spark://\S+)", folder
        )
        processes.append(master)
        for number in range(workers):
            work = ["--cores", "1", "--memory", "2g", "-d", str(folder / f"work-{number}")]
            worker, _ = started(
                ["org.apache.spark.deploy.worker.Worker", *own, *work, match[1]], "Successfully registered", folder
            )
            processes.append(worker)
        yield match[1]
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(START)
            process.stderr.close()


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A session on a master and two workers."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("cluster")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": QUICK,
        "spark.driver.host": "127.0.0.1",
        "spark.executor.extraJavaOptions": QUICK,
        "spark.executor.memory": "1g",
        "spark.log.level": "OFF",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    with pytest.MonkeyPatch.context() as own, cluster(folder, 2) as address:
        own.setenv("PYSPARK_PYTHON", sys.executable)
        own.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master(address).appName("mulu's tests")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            gateway = SparkContext._gateway
            session.stop()
            if gateway is not None:
                gateway.shutdown()
                gateway.proc.stdin.close()
                gateway.proc.wait(START)
                SparkContext._gateway = SparkContext._jvm = None
