"""There and back: what a format holds, the standard holds, and the format again."""

from collections import Counter

import orjson
import pytest

from mulu.convert import known, open_source
from mulu.convert.source import ENTRIES
from mulu.convert.target import open_target
from mulu.convert.trees import label, leaves
from mulu.output import whole_file
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()
KNOWN = known(STANDARD)
WRITABLE = [
    pytest.param(name, ending, id=f"{name}{ending}")
    for name, mapping in STANDARD.mappings.items()
    if mapping.writing is not None
    for ending in mapping.writing.endings
]


def read(path, wanted=None):
    """Return the entries of a file, and the document."""
    document = open_document(path, name=path.name, known=KNOWN)
    source = open_source(document, STANDARD, wanted)
    return [item.entry for item in source], document


def write(entries, name, path):
    """Write entries in a format; return the account."""
    target = open_target(STANDARD, name, path)
    with whole_file(path) as stream:
        for entry in entries:
            target.add(entry, stream)
        target.finish(stream)
    return target.ledger


def standard_values(entry):
    """Count the values of an entry, without what it keeps of its source."""
    return Counter(
        (label(at), str(value)) for at, value in leaves({k: v for k, v in entry.items() if k not in ("source",)})
    )


@pytest.mark.parametrize(("name", "ending"), WRITABLE)
def test_the_sample_comes_back_as_the_same_entries(name, ending, tmp_path):
    """What is written of a sample's entries reads as these entries again, with nothing left over or lost."""
    sample = next(STANDARD.mappings[name].folder.glob("sample.*"))
    entries, _ = read(sample)
    ledger = write(entries, name, tmp_path / f"back{ending}")
    again, _ = read(tmp_path / f"back{ending}", name)
    assert [standard_values(entry) for entry in again] == [standard_values(entry) for entry in entries]
    assert ledger.counts["dropped"] == 0


@pytest.mark.parametrize(("name", "ending"), WRITABLE)
def test_what_a_format_holds_of_an_entry_is_what_its_account_says(name, ending, tmp_path):
    """Of the kinds' examples every value is written or told as dropped; what was written is read again."""
    mapping = STANDARD.mappings[name]
    entries = [STANDARD.examples[kind] for kind in mapping.kinds]
    ledger = write(entries, name, tmp_path / f"out{ending}")
    total = sum(1 for entry in entries for key in entry if key not in ("kind", "source") for _ in leaves(entry[key]))
    assert ledger.leaves == total
    again, _ = read(tmp_path / f"out{ending}", name)
    lost = Counter()
    for entry in entries:
        same = next((one for one in again if one["kind"] == entry["kind"]), {})
        lost += standard_values(entry) - standard_values(same)
    assert sum(lost.values()) <= ledger.counts["dropped"], lost


def test_entries_of_another_kind_are_told(tmp_path):
    """A format that holds resources says so of an organisation, and counts it."""
    ledger = write([STANDARD.examples["organization"]], "dcat-us-1.1", tmp_path / "out.json")
    entry = STANDARD.examples["organization"]
    lost = sum(1 for key, member in entry.items() if key not in ("kind", "source") for _ in leaves(member))
    assert ledger.counts["dropped"] == lost and ledger.entries == 0
    assert orjson.loads((tmp_path / "out.json").read_bytes())["conformsTo"]


def test_entries_are_written_as_they_are(tmp_path):
    """Without a format the entries go out one a line."""
    entry = STANDARD.examples["resource"]
    assert write([entry], ENTRIES, tmp_path / "out.jsonl") is None
    assert [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()] == [entry]
