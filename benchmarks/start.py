"""How long one small file takes, from start to finish, beside check-jsonschema on the same entry.

    pip install -e '.[dev]' && python benchmarks/start.py [RUNS]

Prints the medians in seconds and their ratios, also to the time that it takes to load the libraries and no more. All
run as whole processes, in turn, so that a slow moment of the machine meets all.
"""

import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
FILES = {
    "one entry (JSON)": ROOT / "schemas" / "examples" / "resource.json",
    "a department's workbook": next((ROOT / "examples").glob("*.xlsx")),
}
LIBRARIES = "import click, jiter, jsonschema_rs, duckdb; duckdb.connect()"
# An installed package has its byte code beside it; what is measured here shall have it too.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """Run a command once; return its time. Its findings are not our business."""
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "resource.schema.json"
        schema.write_bytes(
            subprocess.run([SCRIPTS / "mulu", "schema", "resource", "--bundle"], capture_output=True, check=True).stdout
        )
        entry = str(FILES["one entry (JSON)"])
        peer = [str(SCRIPTS / "check-jsonschema"), "--schemafile", str(schema), entry]
        bare = [sys.executable, "-c", LIBRARIES]
        for name, file in FILES.items():
            ours = [str(SCRIPTS / "mulu"), "validate", str(file)]
            # The first of the rounds warms the disk's cache.
            rounds = [(seconds(ours), seconds(peer), seconds(bare)) for _ in range(runs + 1)][1:]
            mine, theirs, least = (statistics.median(times) for times in zip(*rounds, strict=True))
            print(
                f"{name}: mulu {mine:.2f} s, check-jsonschema on one entry {theirs:.2f} s, ratio {mine / theirs:.2f}; "
                f"libraries alone {least:.2f} s, ratio {mine / least:.2f}"
            )


if __name__ == "__main__":
    main()
