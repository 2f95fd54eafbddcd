"""What a format keeps of its files: the account of reading, and the round trip file → entries → file.

`scores.json` holds the floor: over the committed samples, and over the corpus where it is. A score may only rise;
`python tests/convert/test_scores.py [FORMAT…] [-v] [--write]` measures, tells what was lost (`-v`) and sets it.
"""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest

from mulu.convert import known, open_source
from mulu.convert.target import open_target
from mulu.convert.tree_plan import ways_to_records
from mulu.convert.tree_source import records
from mulu.convert.trees import Tree, label, leaves
from mulu.errors import MuluError
from mulu.marks import REF
from mulu.pointer import pointer_step
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()
KNOWN = known(STANDARD)
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
SCORES = Path(__file__).with_name("scores.json")
FILES = orjson.loads(Path(__file__).with_name("corpus.json").read_bytes())
"""Format → its files in the corpus, as patterns."""
TAKEN: dict[Path, str] = {}
"""What a file was taken for: several formats have their files in the same folders."""


@dataclass
class Score:
    """The sums over the files of a format.

    `normalised` counts what entries say before and after the way through the format, `verbatim` the leaves of the
    records as they stand in the files, `alone` what comes back where nothing of the source is there to help.
    """

    files: int = 0
    records: int = 0
    leaves: int = 0
    mapped: int = 0
    kept: int = 0
    dropped: int = 0
    seconds: float = 0.0
    normalised: list[int] = field(default_factory=lambda: [0, 0])
    verbatim: list[int] = field(default_factory=lambda: [0, 0])
    alone: list[int] = field(default_factory=lambda: [0, 0])
    lost: Counter[str] = field(default_factory=Counter)
    kept_by: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, float]:
        """Return the figures in percent, rounded down to tenths."""
        made = {"files": self.files, "records": self.records, "leaves": self.leaves}
        of = {"mapped": self.mapped, "kept": self.kept, "dropped": self.dropped}
        made |= {name: percent(value, self.leaves) for name, value in of.items()}
        made |= {"refused": len(self.refused)} if self.refused else {}
        if self.normalised[1]:
            made["round_trip"] = percent(*self.normalised)
            made["verbatim"] = percent(*self.verbatim)
            made["without_source"] = percent(*self.alone)
        return made


def percent(part: int, whole: int) -> float:
    """Return a share in percent, rounded down to a tenth, so that 100 means all."""
    return int(1000 * part / whole) / 10 if whole else 100.0


def read(path: Path, wanted: str | None = None):
    """Return the entries of a file, its records as they stand there, and the account."""
    document = open_document(path, name=path.name, known=KNOWN)
    source = open_source(document, STANDARD, wanted)
    entries = [item.entry for item in source]
    found = {
        (item.index, node.pointer): node.value
        for item in (document.items() if getattr(source.mapping, "is_tree", False) else ())
        if not item.broken
        for part in source.mapping.parts
        for node in records(Tree(item.value, source.mapping.family), ways_to_records(part))
    }
    trees = list(found.values())
    return entries, trees, source


def values(value) -> Counter:
    """Count the leaves of a value by where they stand, without positions.

    In RDF the address of a node counts whether or not the file says more of that node.
    """
    found = Counter((label(at), str(one)) for at, one in leaves(value))
    waiting = [("", value)]
    while waiting:
        at, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(f"{at}/{pointer_step(name)[1:]}", member) for name, member in one.items()]
            if not str(one.get(REF, "_:")).startswith("_:"):
                found[label(f"{at}/@id"), one[REF]] += 1
        elif isinstance(one, list):
            waiting += [(f"{at}/{number}", member) for number, member in enumerate(one)]
    return found


def understood(entry) -> Counter:
    """Count what an entry says, what it keeps of its source beyond the standard included."""
    source = entry.get("source", {})
    return values({**entry, "source": {"values": source.get("values")}})


def written(name: str, entries: list, path: Path):
    """Write entries in a format; return the entries and records that are read of it again."""
    stream = BytesIO()
    target = open_target(STANDARD, name, path)
    for entry in entries:
        target.add(entry, stream)
    target.finish(stream)
    path.write_bytes(stream.getvalue())
    again, trees, _ = read(path, name)
    return again, trees


def score_file(score: Score, name: str, path: Path, folder: Path) -> None:
    """Add the figures of one file."""
    if TAKEN.get(path, name) == name:
        began = time.perf_counter()
        try:
            entries, trees, source = read(path)
            TAKEN[path] = source.format
        except MuluError as error:
            TAKEN[path] = f"none: {error.en}"
        score.seconds += time.perf_counter() - began
    if TAKEN[path] != name:
        score.refused.append(f"{path.name}: taken for {TAKEN[path]}")
        return
    counts = source.ledger.counts
    score.files += 1
    score.records += source.ledger.records
    score.leaves += source.ledger.leaves
    score.mapped += counts["mapped"] + counts["transformed"]
    score.kept += counts["kept"] + counts["not_understood"]
    score.dropped += counts["dropped"]
    for column in source.ledger.columns.values():
        score.kept_by[column.heading] += column.counts["kept"]
    writing = STANDARD.mappings[name].writing
    if writing is None or not entries:
        return
    again, trees_again = written(name, entries, folder / f"back{writing.endings[0]}")
    bare = [{key: value for key, value in entry.items() if key != "source"} for entry in entries]
    bare_again, _ = written(name, bare, folder / f"bare{writing.endings[0]}")
    for kind, before, after in (
        ("alone", [values(one) for one in bare], [values(one) for one in bare_again]),
        ("normalised", [understood(one) for one in entries], [understood(one) for one in again]),
        ("verbatim", [values(one) for one in trees], [values(one) for one in trees_again]),
    ):
        total = getattr(score, kind)
        for number, one in enumerate(before):
            lost = one - (after[number] if number < len(after) else Counter())
            total[0] += one.total() - lost.total()
            total[1] += one.total()
            for (heading, value), count in lost.items():
                score.lost[f"{kind} {heading}: {value[:60]}"] += count


def samples(name: str) -> list[Path]:
    """Return the committed samples of a format."""
    return sorted(STANDARD.mappings[name].folder.glob("sample*"))


def corpus(name: str) -> list[Path]:
    """Return the files of a format in the corpus, if it is here."""
    return sorted({path for pattern in FILES.get(name, ()) for path in CORPUS.glob(pattern)})


def measure(name: str, paths: list[Path]) -> Score:
    """Return the score of a format over some files."""
    score = Score()
    with TemporaryDirectory() as folder:
        for path in paths:
            score_file(score, name, path, Path(folder))
    return score


FLOOR = orjson.loads(SCORES.read_bytes()) if SCORES.exists() else {}
TREES = [name for name, mapping in STANDARD.mappings.items() if mapping.is_tree]


def hold(name: str, place: str, paths: list[Path]) -> Score:
    """Check that a score is no lower than the floor; return it."""
    score = measure(name, paths)
    now, floor = score.to_json(), FLOOR[name][place]
    for key in ("mapped", "round_trip", "verbatim", "without_source"):
        assert now.get(key, 0) >= floor.get(key, 0), (key, score.lost.most_common(20), score.refused)
    assert now["dropped"] <= floor["dropped"] and now.get("refused", 0) <= floor.get("refused", 0), score.refused
    assert now["files"] >= floor["files"] and now["records"] >= floor["records"]
    return score


@pytest.mark.parametrize("name", sorted(set(TREES) & set(FLOOR)))
def test_the_scores_of_the_samples_do_not_fall(name):
    """As much of a sample is understood, and comes back when it is written again, as ever."""
    assert hold(name, "samples", samples(name)).files


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("name", sorted(FILES))
def test_the_scores_of_real_files_do_not_fall(name):
    """As much of the real files is understood and comes back as ever, and no file is refused that was read."""
    assert hold(name, "corpus", corpus(name)).files


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("name", ["ckan", "dcat-us-1.1"])
def test_what_is_promised_of_round_trips_is_kept(name):
    """Of what real files hold, 98 % come back, in meaning and to the letter."""
    score = FLOOR[name]["corpus"]
    assert score["round_trip"] >= 98 and score["verbatim"] >= 98


@pytest.mark.parametrize("page", ["formats.md", "formats.zh.md"])
def test_what_is_published_is_what_was_measured(page):
    """The table of formats has the figures of `scores.json`."""
    lines = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8").splitlines()
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    assert list(rows) == sorted(rows)
    for name, places in FLOOR.items():
        score = places.get("corpus") or places["samples"]
        assert f"| {score['mapped']} / {score['kept']} / {score['dropped']} |" in rows[name], name
        if "round_trip" in score:
            assert rows[name].endswith(f"| {score['round_trip']} / {score['verbatim']} |"), name


def main(arguments: list[str]) -> None:
    """Print the scores of the formats named, or of all."""
    known = dict(FLOOR)
    for name in [one for one in arguments if not one.startswith("-")] or TREES:
        for place, paths in (("samples", samples(name)), ("corpus", corpus(name))):
            if not paths:
                continue
            score = measure(name, paths)
            print(name, place, score.to_json(), f"{score.seconds:.2f} s")
            for text in score.refused:
                print("   !", text)
            if "-v" in arguments:
                print("   kept:", score.kept_by.most_common(40))
                for text, count in score.lost.most_common(25):
                    print("   -", count, text)
            known.setdefault(name, {})[place] = score.to_json()
    if "--write" in arguments:
        SCORES.write_bytes(orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
