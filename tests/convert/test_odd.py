"""Odd files and entries: `odd/` is a standard whose formats have all that a mapping can say.

What is expected stands in `approved/odd`; `tests/conftest.py` says how it is written anew.
"""

from pathlib import Path

import pytest
import yaml

from mulu.convert import known, open_source
from mulu.readers import Document, Notice, Row, Sheet, open_document
from mulu.standard import load

ODD = load(Path(__file__).with_name("odd"))
NAMES = sorted(set(ODD.mappings) - set(load().mappings))
READ = [name for name in NAMES if any(ODD.mappings[name].folder.glob("[is]*.*"))]
WRITTEN = [name for name in NAMES if (ODD.mappings[name].folder / "entries.yaml").exists()]
TREES = [name for name in NAMES if ODD.mappings[name].is_tree]


def sheets_source(path):
    """Return the source that sheets, as a file lists them, are read from, and what is said of all its entries."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = []
    for index, sheet in enumerate(said["sheets"]):
        rows = [Row(number, cells) for number, cells in enumerate(sheet.pop("rows"), 1) if cells]
        merged = [tuple(area) for area in sheet.pop("merged", [])]
        made.append(Sheet(index, rows=rows, merged=merged, **sheet))
    given = {tuple(path.split(".")): text for path, text in said.get("given", {}).items()}
    hidden = [
        Notice("hidden-sheet", {"sheet": str(index)}, None if index is None else (index, 0, 0))
        for index in said.get("notices", [])
    ]
    return open_source(Document("sheets.xlsx", "xlsx", "", 0, None, hidden, made), ODD, None, given)


def odd_source(name):
    """Return the source that the file of an odd format is read from."""
    folder = ODD.mappings[name].folder
    if (folder / "sheets.yaml").exists():
        return sheets_source(folder / "sheets.yaml")
    path = next(folder.glob("input.*"))
    return open_source(open_document(path, name=path.name, known=known(ODD)), ODD, None, {("secrecy",): "non-secret"})


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_odd_is_written_and_told(name, told_of_target, approved):
    """Of each way to write a value, what it takes, what it leaves, and what a reader would not find again."""
    entries = yaml.safe_load((ODD.mappings[name].folder / "entries.yaml").read_text(encoding="utf-8"))
    approved(f"odd/{name}.entries.txt", told_of_target(entries, name, ODD))


@pytest.mark.parametrize("name", TREES)
def test_what_stands_around_records_is_written_for_none_and_for_one(name, told_of_target, approved):
    """A file without records has what all of them share; of several endings each has its syntax."""
    alone = {
        "kind": "resource",
        "title": "独",
        "identifier": "urn:x",
        "publisher": {"name": "局"},
        "issued": "2018-06-01",
    }
    lines = []
    for ending in ODD.mappings[name].writing.endings:
        for entries in ([], [alone], [alone, {"kind": "organization", "title": "别"}]):
            lines += told_of_target(entries, name, ODD, ending)
    approved(f"odd/{name}.around.txt", lines)


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_is_read_and_told(name, told_of_source, told_of_target, approved):
    """Of each way to read a value, what it takes, what it leaves, and what of the file has no place in an entry."""
    source = odd_source(name)
    assert (source.format, source.ledger.format, source.ledger.path) == (name, name, source.document.path)
    made = list(source)
    lines = [*told_of_source(made, source)]
    approved(f"odd/{name}.txt", lines)
    assert [*told_of_source(list(source), source)] == lines
    if source.mapping.writing is not None:
        approved(f"odd/{name}.written.txt", told_of_target([item.entry for item in made], name, ODD))


def test_a_template_that_several_people_filled_in_is_read_and_told(told_of_source, approved):
    """Lines are joined by their numbers; what belongs to none, has no property or is no value is told."""
    source = sheets_source(ODD.roots[-1] / "template.yaml")
    assert (source.ledger.format, source.ledger.path) == (source.format, source.document.path)
    lines = [*told_of_source(list(source), source)]
    approved("odd/template.txt", lines)
    assert [*told_of_source(list(source), source)] == lines
