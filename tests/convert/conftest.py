"""Conversions of files that a test names."""

import pytest

from mulu.convert import known_prefixes, known_records, known_words, open_source
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()
WORDS = known_words(STANDARD)
PREFIXES = known_prefixes(STANDARD)
RECORDS = known_records(STANDARD)


@pytest.fixture
def convert():
    """Return a function that converts a file; it gives back the entries and the source with its ledger."""

    def run(path, wanted=None, name=None):
        known = {"known_words": WORDS, "known_prefixes": PREFIXES, "known_records": RECORDS}
        document = open_document(path, name=name or path.name, **known)
        source = open_source(document, STANDARD, wanted)
        return list(source), source

    return run
