"""What `mulu validate` takes beside validators that check structure alone, over the same resources.

    pip install -e '.[dev]' sourcemeta-jsonschema pyshacl
    python benchmarks/peers.py [--runs N] [--fast ENTRIES] [--slow ENTRIES] [--shapes ENTRIES]

sourcemeta-jsonschema gets them as JSON Lines (`--fast`), check-jsonschema as one array (`--slow`), both by the schema
of resources in one file; pySHACL gets them as RDF (`--shapes`), by the shapes that `mulu standard build` publishes.
`mulu validate` runs all rules besides. All are whole processes, run in turn; a peer that is not installed is left out.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from scale import SCRIPTS, measured, median, told

MULU = str(SCRIPTS / "mulu")
Command = Callable[[Path, Path], list[str]]
"""Makes what a peer needs out of a folder and a file of entries in it, and returns its command."""


def sourcemeta(folder: Path, entries: Path) -> list[str]:
    """Return the command of sourcemeta-jsonschema."""
    schema = folder / "resource.schema.json"
    schema.write_bytes(_said("schema", "resource", "--bundle"))
    return [
        sys.executable,
        "-m",
        "sourcemeta_jsonschema",
        "validate",
        "--fast",
        "--continue",
        str(schema),
        str(entries),
    ]


def check_jsonschema(folder: Path, entries: Path) -> list[str]:
    """Return the command of check-jsonschema, which wants a file an entry or an array."""
    array, schema = folder / "array.json", folder / "array.schema.json"
    array.write_bytes(b"[" + b",\n".join(entries.read_bytes().splitlines()) + b"]")
    schema.write_bytes(b'{"type": "array", "items": ' + _said("schema", "resource", "--bundle") + b"}")
    return [str(SCRIPTS / "check-jsonschema"), "--schemafile", str(schema), str(array)]


def pyshacl(folder: Path, entries: Path) -> list[str]:
    """Return the command of pySHACL."""
    _said("standard", "build", "-o", str(folder / "site"))
    _said("convert", str(entries), "--to", "dcat", "-o", str(folder / "entries.ttl"))
    return [sys.executable, "-m", "pyshacl", "-s", str(folder / "site" / "shapes.ttl"), str(folder / "entries.ttl")]


def _said(*arguments: str) -> bytes:
    return subprocess.run([MULU, *arguments], capture_output=True, check=False).stdout


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--fast", type=int, default=100_000)
    parser.add_argument("--slow", type=int, default=10_000)
    parser.add_argument("--shapes", type=int, default=10_000)
    asked = parser.parse_args()
    peers: list[tuple[str, str, Command, int]] = [
        ("sourcemeta", "sourcemeta_jsonschema", sourcemeta, asked.fast),
        ("check-jsonschema", "check_jsonschema", check_jsonschema, asked.slow),
        ("pySHACL", "pyshacl", pyshacl, asked.shapes),
    ]
    for name, module, command, number in peers:
        if find_spec(module) is None:
            print(f"{name}: not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            entries = Path(folder) / "entries.jsonl"
            entries.write_bytes(_said("sample", f"resource:{number}"))
            theirs = command(Path(folder), entries)
            ours = [MULU, "validate", "--isolated", "-q", str(entries)]
            runs = [(measured(ours), measured(theirs)) for _ in range(asked.runs)]
            mine, other = median([run for run, _ in runs]), median([run for _, run in runs])
            print(told("mulu validate", mine, number), told(name, other, number), sep="\n")
            clock, processors = mine.clock / other.clock, mine.processors / other.processors
            print(f"  ratio: {clock:.3f} by the clock, {processors:.3f} of processors", flush=True)


if __name__ == "__main__":
    main()
