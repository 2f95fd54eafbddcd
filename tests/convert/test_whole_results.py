"""Whole results: what each sample becomes, cell by cell, with its account, and how entries are written in each format.

What is expected stands in `approved/`; `tests/conftest.py` says how it is written anew.
"""

import orjson
import pytest

from mulu.convert.ledger import Ledger
from mulu.standard import load

STANDARD = load()
SAMPLES = {name: next(mapping.folder.glob("sample.*")) for name, mapping in STANDARD.mappings.items()}
WRITABLE = [name for name, mapping in STANDARD.mappings.items() if mapping.writing is not None]
FOREIGN = {"kind": "venue", "title": "某种别的条目", "note": ["一", 2]}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_becomes_entries_that_know_their_cells(name, convert, told_of_source, approved):
    """Each value with its place, what is remarked, and the account as it is written and told."""
    made, source = convert(SAMPLES[name])
    approved(f"read/{name}.txt", told_of_source(made, source))


@pytest.mark.parametrize("name", WRITABLE)
def test_a_sample_is_written_again_as_it_was(name, convert, told_of_target, approved):
    """What its source held beyond the standard stands where it stood."""
    made, _ = convert(SAMPLES[name])
    approved(f"written/{name}.txt", told_of_target([item.entry for item in made], name))


@pytest.mark.parametrize("name", WRITABLE)
def test_an_entry_of_no_format_is_written(name, told_of_target, approved):
    """All that a kind can say goes where the format has a place for it, and the account names the rest."""
    entries = [*(STANDARD.examples[kind] for kind in STANDARD.mappings[name].kinds), FOREIGN]
    approved(f"examples/{name}.txt", told_of_target(entries, name))


@pytest.mark.parametrize("name", SAMPLES)
def test_an_account_that_was_put_away_is_the_same(name, convert):
    """A run that is resumed tells of a file what the first one told."""
    _, source = convert(SAMPLES[name])
    assert Ledger.of(orjson.loads(orjson.dumps(source.ledger.state()))) == source.ledger
