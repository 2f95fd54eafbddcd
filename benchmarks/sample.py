"""How fast samples are made, beside writing entries that are there already.

    pip install -e '.[dev]' && python benchmarks/sample.py [ENTRIES]

Prints entries a second of processor time, in one process, and how many times as long as `orjson.dumps` of the same
entries they take.
"""

import sys
import time

import orjson

from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load


def main() -> None:
    """Measure and print."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    recipes = Recipes(load())
    counts = counts_of(recipes, (), total)
    b"".join(Sample(recipes, dict.fromkeys(counts, 1), 1).lines())  # reads what the recipes need
    sample = Sample(recipes, counts, 1)
    begin = time.process_time()
    lines = list(sample.lines())
    made = time.process_time() - begin
    text = b"".join(lines)
    entries = [orjson.loads(line) for line in text.splitlines()]
    begin = time.process_time()
    for entry in entries:
        orjson.dumps(entry)
    dumped = time.process_time() - begin
    print(
        f"{total} entries of {len(text) / total / 1000:.2f} kB: {total / made:,.0f} a second, "
        f"{made / dumped:.1f} times as long as orjson.dumps of them"
    )


if __name__ == "__main__":
    main()
