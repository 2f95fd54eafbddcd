"""Standard → format → standard: of a made-up catalog, what a format has no place for is lost, and each loss is told.

`floor.json` holds how many of the values come back; a share may only rise. `python
tests/convert/test_standard_round_trips.py --write` measures and sets it.
"""

import sys
from collections import Counter
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest

from mulu.convert import known, open_source
from mulu.convert.target import open_target
from mulu.convert.trees import leaves
from mulu.pointer import without_positions
from mulu.readers import open_document
from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load

STANDARD = load()
KNOWN = known(STANDARD)
RECIPES = Recipes(STANDARD)
FLOOR = Path(__file__).with_name("floor.json")
WRITABLE = [name for name, mapping in STANDARD.mappings.items() if mapping.writing is not None]
EACH = 20


def catalog(kinds):
    """Return made-up entries of some kinds."""
    counts = counts_of(RECIPES, [f"{kind}:{EACH}" for kind in kinds], None)
    entries = map(orjson.loads, b"".join(Sample(RECIPES, counts, 1).lines()).splitlines())
    return [entry for entry in entries if entry["kind"] in kinds]


def values(entry):
    """Count the values of an entry by property."""
    return Counter(
        (without_positions(at)[1:], str(value))
        for at, value in leaves({key: value for key, value in entry.items() if key != "source"})
    )


def there_and_back(name, ending, folder):
    """Return the entries' values before and after, and what the account says was dropped, by property."""
    entries = catalog(STANDARD.mappings[name].kinds)
    path, stream = folder / f"back{ending}", BytesIO()
    target = open_target(STANDARD, name, path)
    for entry in entries:
        target.add(entry, stream)
    target.finish(stream)
    path.write_bytes(stream.getvalue())
    document = open_document(path, known=KNOWN)
    again = [item.entry for item in open_source(document, STANDARD, name)]
    before = sum(map(values, entries), Counter())
    after = sum(map(values, again), Counter())
    told = {key[1]: column.counts["dropped"] for key, column in target.ledger.columns.items()}
    return before, after, Counter({key: count for key, count in told.items() if count})


def share(before, after):
    """Return how many values come back, in percent, rounded down to tenths."""
    return int(1000 * (before & after).total() / before.total()) / 10


@pytest.mark.parametrize("name", WRITABLE)
def test_each_loss_is_told_and_no_more_is_lost_than_ever(name, tmp_path):
    ending = STANDARD.mappings[name].writing.endings[0] if STANDARD.mappings[name].writing.endings else ".xlsx"
    before, after, told = there_and_back(name, ending, tmp_path)
    lost = Counter()
    for (property, _), count in (before - after).items():
        lost[property] += count
    assert lost == told
    assert share(before, after) >= orjson.loads(FLOOR.read_bytes())[name]


@pytest.mark.parametrize("page", ["formats.md", "formats.zh.md"])
def test_what_is_published_is_what_was_measured(page):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    for name, percent in orjson.loads(FLOOR.read_bytes()).items():
        assert f"`{name}` {percent}" in text, name


def main(write):
    """Print the shares, and set the floor to them."""
    shares = {}
    for name in WRITABLE:
        endings = STANDARD.mappings[name].writing.endings or (".xlsx",)
        with TemporaryDirectory() as folder:
            before, after, _ = there_and_back(name, endings[0], Path(folder))
        shares[name] = share(before, after)
        print(name, shares[name])
    if write:
        FLOOR.write_bytes(orjson.dumps(shares, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


if __name__ == "__main__":
    main("--write" in sys.argv)
