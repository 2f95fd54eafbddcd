"""What `mulu validate` takes for 10^4, 10^5 and 10^6 entries, beside a bare loop.

    pip install -e '.[dev]' && python benchmarks/scale.py [--runs N] [ENTRIES ...]

The bare loop is `orjson.loads` and `is_valid` of jsonschema-rs over the same file, in one process, by the same schemas
without the formats that are Python; it finds nothing but whether each entry is right. Both are whole processes, run in
turn, so that a slow moment of the machine meets both; medians are printed, with the time of processors beside that of
the clock, since other work on the machine lengthens the second alone. Memory is that of all processes of a run at its
peak (PSS; Linux).
"""

import argparse
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
_LOOK = 0.1

_BARE = """
import sys, orjson, jsonschema_rs
from pathlib import Path
schemas = {
    path.stem: jsonschema_rs.Draft202012Validator(
        orjson.loads(path.read_bytes()), offline=True, pattern_options=jsonschema_rs.RegexOptions()
    )
    for path in Path(sys.argv[2]).glob("*.json")
}
wrong = 0
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        entry = orjson.loads(line)
        wrong += not schemas[entry["kind"]].is_valid(entry)
print(wrong)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds by the clock and of processors, bytes at the peak, of one run with all its processes; its exit code."""

    clock: float
    processors: float
    memory: int
    code: int = 0


def measured(command: list[str], codes: tuple[int, ...] = (0, 1)) -> Run:
    """Run a command to its end, which must be one of `codes`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_memory, _tree(process.pid))))
            time.sleep(_LOOK)
        if process.returncode not in codes:
            raise SystemExit(process.stderr.read().decode() if process.stderr else "")
    clock = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processors = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(clock, processors, peak, process.returncode)


def _tree(process: int) -> list[int]:
    found = [process]
    try:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            found += [each for child in children.read_text().split() for each in _tree(int(child))]
    except OSError:
        pass
    return found


def _memory(process: int) -> int:
    try:
        match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(match[1]) * 1024 if match else 0


def median(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(
        statistics.median(run.clock for run in runs),
        statistics.median(run.processors for run in runs),
        round(statistics.median(run.memory for run in runs)),
    )


def told(name: str, run: Run, entries: int) -> str:
    """Return a line of the table."""
    each = run.processors / entries * 1e6
    return (
        f"{name:18} {entries:>9,} entries {run.clock:8.1f} s, processors {run.processors:8.1f} s "
        f"({each:6.1f} µs each), {run.memory / 1e6:5.0f} MB"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("entries", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundles = folder / "schemas"
        bundles.mkdir()
        mulu = str(SCRIPTS / "mulu")
        from mulu.standard import load

        for kind in load().schemas.kinds:
            bundle = subprocess.run([mulu, "schema", kind, "--bundle"], capture_output=True, check=True).stdout
            (bundles / f"{kind}.json").write_bytes(bundle)
        bare = folder / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        for number in asked.entries:
            file = folder / f"{number}.jsonl"
            subprocess.run([mulu, "sample", "-n", str(number), "-o", str(file)], capture_output=True, check=True)
            ours = [mulu, "validate", "--isolated", "-q", "-f", f"json:{folder / 'report.json'}", str(file)]
            loop = [sys.executable, str(bare), str(file), str(bundles)]
            runs = [(measured(ours), measured(loop)) for _ in range(asked.runs)]
            mine, theirs = median([run for run, _ in runs]), median([run for _, run in runs])
            print(told("mulu validate", mine, number), told("bare loop", theirs, number), sep="\n")
            clock, processors = mine.clock / theirs.clock, mine.processors / theirs.processors
            print(f"  ratio: {clock:.2f} by the clock, {processors:.2f} of processors", flush=True)
            file.unlink()


if __name__ == "__main__":
    main()
