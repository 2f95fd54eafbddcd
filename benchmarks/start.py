"""How long one small file takes, from start to finish, beside check-jsonschema on the same entry.

    pip install -e '.[dev]' && python benchmarks/start.py [RUNS]

Prints the medians in seconds and their ratio; both run as whole processes, in turn, so that a slow moment of the
machine meets both.
"""

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


def seconds(command: list[str]) -> float:
    """Run a command once; return its time. Its findings are not our business."""
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
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
        for name, file in FILES.items():
            ours = [str(SCRIPTS / "mulu"), "validate", str(file)]
            times: tuple[list[float], list[float]] = ([], [])
            for number in range(runs + 1):
                pair = seconds(ours), seconds(peer)
                if number:  # the first pair warms the disk's cache
                    times[0].append(pair[0])
                    times[1].append(pair[1])
            mine, theirs = (statistics.median(item) for item in times)
            print(f"{name}: mulu {mine:.2f} s, check-jsonschema on one entry {theirs:.2f} s, ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    main()
