"""What `mulu validate --engine spark` takes beside the engine on one machine, and how it scales from one worker to two.

    pip install -e '.[spark]' && python benchmarks/spark.py [--runs N] [--scaling ENTRIES] [ENTRIES ...]

All are whole processes, run in turn over the same made-up catalogs with faults, and must find the same. On `local[2]`
Spark has both threads of one process; for the scaling the master starts workers of one core each, every executor a
process of its own. Times are those of the clock; what is told beside them is how busy the machine was.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

MULU = str(Path(sysconfig.get_path("scripts"), "mulu"))
_MEMORY = 2048


def seconds(file: Path, report: Path, master: str | None) -> float:
    """Validate a file, on Spark if there is a master; return how long it took."""
    engine = ["--engine", "spark"] if master else []
    environment = dict(os.environ, PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    if master:
        environment["PYSPARK_SUBMIT_ARGS"] = (
            f"--master {master} --driver-memory {_MEMORY}m --executor-memory {_MEMORY - 512}m pyspark-shell"
        )
    begin = time.perf_counter()
    command = [MULU, "validate", "--isolated", "-q", "--date", "2026-01-15", *engine]
    done = subprocess.run(
        [*command, "-f", f"jsonl:{report}", str(file)], capture_output=True, env=environment, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - begin


def found(report: Path) -> list[str]:
    """Return the findings of a report."""
    return [line for line in report.read_text(encoding="utf-8").splitlines() if json.loads(line)["type"] == "finding"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--scaling", type=int, default=100_000)
    parser.add_argument("entries", type=int, nargs="*", default=[10_000, 100_000])
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = folder / "ours.jsonl", folder / "theirs.jsonl"
        for number in sorted({*asked.entries, asked.scaling}):
            file = folder / f"{number}.jsonl"
            sample = [MULU, "sample", "-n", str(number), "--faults", "0.01", "-o", str(file)]
            subprocess.run(sample, capture_output=True, check=True)
            if number in asked.entries:
                runs = [(seconds(file, ours, None), seconds(file, theirs, "local[2]")) for _ in range(asked.runs)]
                one, spark = (statistics.median(each) for each in zip(*runs, strict=True))
                same = "the same findings" if found(ours) == found(theirs) else "OTHER FINDINGS"
                print(f"{number:>9,} entries: duckdb {one:.1f} s, spark local[2] {spark:.1f} s, ", end="")
                print(f"ratio {spark / one:.2f}, {same}; load {os.getloadavg()[0]:.1f}", flush=True)
            if number == asked.scaling:
                for workers in (1, 2):
                    took = seconds(file, theirs, f"local-cluster[{workers},1,{_MEMORY}]")
                    load = os.getloadavg()[0]
                    print(f"{number:>9,} entries on {workers} worker(s): {took:.1f} s; load {load:.1f}", flush=True)


if __name__ == "__main__":
    main()
