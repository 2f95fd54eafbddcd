"""Real files of departments and portals are read or refused in words, whatever they are."""

from pathlib import Path

import pytest

from mulu.errors import Unreadable
from mulu.readers import open_document

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FILES = [
    path
    for folder in ("cn", "e-spreadsheets-cn-catalogs", "h-conformance")
    for path in sorted((CORPUS / folder).rglob("*"))
    if path.is_file()
]


def inspected(path):
    """Read everything of a file, and ask for the place of much of it."""
    document = open_document(path)
    for item in document.items():
        assert document.place((item.index, "")).line
    for sheet in document.sheets:
        for row in sheet.rows[:50]:
            assert row.cells and row.cells[-1] is not None
            assert document.place((sheet.index, row.number, len(row.cells))).row == row.number
    for notice in document.notices:
        assert notice.place or notice.ref is None or document.place(notice.ref)
    return document


@pytest.mark.skipif(not FILES, reason="the corpus is not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_every_file_is_read_or_refused_in_words(path):
    try:
        inspected(path)
    except Unreadable as refusal:
        assert refusal.zh and refusal.en


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.is_relative_to(CORPUS / "cn")], ids=lambda path: path.name
)
def test_no_file_of_the_portals_is_refused(path):
    document = inspected(path)
    assert document.sheets or list(document.items())
    assert not [notice for notice in document.notices if notice.rule in ("undecodable-bytes", "mixed-encoding")]
