"""How long `mulu standard impact` takes, beside one `mulu validate` of the same entries.

    pip install -e '.[dev]' && python benchmarks/impact.py [ENTRIES]

New versions are compared with the built-in one: a rule that is graver, a code that all interfaces use under another
name, a property of resources that is gone, a property more in every kind, titles of a few characters only. Prints
seconds of processor time, of the processes together, and of the clock, each as a multiple of the validation's; and what
one validation under each version takes, which may cost more where the new one rejects much.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
MULU = [sys.executable, "-m", "mulu"]


def text(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return the edit of a file that puts one text in the place of another."""

    def edit(folder: Path) -> None:
        path = folder / name
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), "utf-8")

    return edit


def without(folder: Path) -> None:
    """Take a property out that most resources have."""
    path = folder / "schemas/resource.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    del schema["properties"]["theme"]
    path.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")


def everywhere(folder: Path) -> None:
    """Give every kind a property more."""
    for path in (folder / "schemas").glob("*.schema.json"):
        schema = json.loads(path.read_text("utf-8"))
        if "x-entry" in schema:
            schema["properties"]["further"] = {"title": "其他", "x-en": {"title": "Further"}, "type": "string"}
            path.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")


def narrower(folder: Path) -> None:
    """Allow titles of a few characters only, so that nearly every entry is rejected."""
    for path in (folder / "schemas").glob("*.schema.json"):
        schema = json.loads(path.read_text("utf-8"))
        if "x-entry" in schema and "title" in schema["properties"]:
            schema["properties"]["title"] |= {"maxLength": 12}
            path.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")


EDITS: dict[str, Callable[[Path], None]] = {
    "a graver rule": text("validators/title/generic-title.yaml", "severity: warning", "severity: error"),
    "a code of interfaces": text("schemas/codes/rate-period.csv", "\nminute,", "\nmoment,"),
    "a property of resources": without,
    "a property more in every kind": everywhere,
    "titles of every kind": narrower,
}


def taken(command: list[str]) -> tuple[float, float]:
    """Run a command and return processor time and time of the clock, in seconds."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    total = sys.argv[1] if len(sys.argv) > 1 else "100000"
    with tempfile.TemporaryDirectory() as name:
        catalog = Path(name) / "catalog.jsonl"
        subprocess.run([*MULU, "sample", "-n", total, "-o", str(catalog)], stdout=subprocess.DEVNULL, check=True)
        used, passed = taken([*MULU, "validate", str(catalog)])
        print(f"{total} entries, one validation: {used:.1f} s of processor, {passed:.1f} s of the clock")
        for what, edit in EDITS.items():
            new = Path(name) / "new"
            for part in ("schemas", "validators", "converters"):
                shutil.copytree(ROOT / part, new / part)
            shutil.copy(ROOT / "standard.toml", new)
            edit(new)
            cpu, clock = taken([*MULU, "standard", "impact", str(ROOT), str(new), str(catalog)])
            again, _ = taken([*MULU, "validate", str(catalog), "--standard", str(new)])
            print(
                f"impact of {what}: {cpu / used:.2f} times the processor, {clock / passed:.2f} times the clock; "
                f"one validation under each version: {(used + again) / used:.2f} times the processor"
            )
            shutil.rmtree(new)


if __name__ == "__main__":
    main()
