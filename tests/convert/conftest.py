"""Conversions of files that a test names."""

import pytest

from mulu.convert import known, open_source
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()
KNOWN = known(STANDARD)


@pytest.fixture
def convert():
    """Return a function that converts a file; it gives back the entries and the source with its ledger."""

    def run(path, wanted=None, name=None):
        document = open_document(path, name=name or path.name, known=KNOWN)
        source = open_source(document, STANDARD, wanted)
        return list(source), source

    return run
