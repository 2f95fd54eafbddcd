"""Whole results: what each sample becomes, cell by cell, with its account, and how entries are written in each format.

`odd/` is a standard whose formats have all that a mapping can say, each with a file that has what is odd about it.
What is expected stands in `approved/`; `tests/conftest.py` says how it is written anew.
"""

import io
from pathlib import Path

import openpyxl
import orjson
import pytest
import yaml

from mulu.convert import known, open_source
from mulu.convert.account import account_lines, notice_lines, preview_lines
from mulu.convert.ledger import HEADS, Ledger, to_json
from mulu.convert.legacy import LegacySource
from mulu.convert.target import open_target
from mulu.readers import Document, Notice, Row, Sheet, open_document
from mulu.standard import load

STANDARD = load()
SAMPLES = {name: next(mapping.folder.glob("sample.*")) for name, mapping in STANDARD.mappings.items()}
WRITABLE = [name for name, mapping in STANDARD.mappings.items() if mapping.writing is not None]
ODD = load(Path(__file__).with_name("odd"))
ODD_NAMES = sorted(set(ODD.mappings) - set(STANDARD.mappings))
GIVEN = [name for name in ODD_NAMES if (ODD.mappings[name].folder / "entries.yaml").exists()]
LANGUAGES = ("zh", "en")
FOREIGN = {"kind": "venue", "title": "某种别的条目", "note": ["一", 2]}


def text(value):
    """Return a value as JSON in one line."""
    return orjson.dumps(value).decode()


def flat(value, pointer=""):
    """Yield each value in a value with its pointer."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from flat(member, f"{pointer}/{key}")
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from flat(member, f"{pointer}/{number}")
    else:
        yield pointer, value


def entry_lines(item):
    """Yield what an entry has from the file, a value a line, each with its place; an entry ends with its source."""
    values = {pointer: text(value) for pointer, value in flat(item.entry)}
    yield f"#{item.item}"
    for pointer, ref in item.trace.items():
        yield f"{pointer}  {values.get(pointer, '')}  ← {' '.join(map(str, ref))}"
    yield from (f"{pointer}  {value}" for pointer, value in values.items() if pointer not in item.trace)


def ledger_lines(part):
    """Yield an account as it is written, a column a line."""
    for key, value in part.items():
        if key == "columns":
            yield from map(column_line, value)
        elif isinstance(value, list):
            yield from (" ".join(map(text, one.values())) for one in value)
        else:
            yield f"{key}: {value}"


def column_line(column):
    """Return the account of a column in one line."""
    counts = ", ".join(f"{key} {value}" for key, value in column.items() if isinstance(value, int) and value)
    samples = text([column["samples"], *filter(None, [column["values_not_understood"]])])
    return f"{column['sheet'] or ''}!{column['heading']} → {column['property']}: {counts} {samples}"


def source_lines(made, source):
    """Yield all that a conversion gives."""
    for item in made:
        yield from entry_lines(item)
    yield from (text([one.check, one.params, one.ref, one.entry, one.pointer]) for one in source.remarks)
    yield from (text(one.to_dict()) for one in source.rejects)
    if isinstance(source, LegacySource):
        yield from (f"{heading} → {pointer}" for heading, pointer in source.properties().items())
    yield from ledger_lines(orjson.loads(to_json([source.ledger]))["sources"][0])
    for language in LANGUAGES:
        yield from account_lines([source.ledger], language)
        yield from notice_lines(source.document, language)
        yield from preview_lines(source.document, made[0], language)


def written_lines(entries, name, standard=STANDARD):
    """Yield the file that entries are written to, and the account of what has a place in it."""
    endings = standard.mappings[name].writing.endings or (".xlsx",)
    target, stream = open_target(standard, name, None), io.BytesIO()
    for entry in entries:
        target.add(entry, stream)
    target.finish(stream)
    if endings[0] == ".xlsx":
        yield from workbook_lines(stream.getvalue())
    else:
        yield from stream.getvalue().decode().replace("\r\n", "\n").split("\n")
    account = orjson.loads(to_json([], target.ledger))["written"]
    if standard is STANDARD:
        # Of the many properties that a format has no place for it is enough that they are told.
        account["columns"] = [one for one in account["columns"] if one["dropped"] < sum(one[head] for head in HEADS)]
    yield from ledger_lines(account)
    yield from (line for language in LANGUAGES for line in account_lines([], language, target.ledger))


def workbook_lines(data):
    """Yield the cells of a workbook, a row a line, and how its sheets are laid out."""
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        yield f"{sheet.title}: {sheet.freeze_panes}, merged {sorted(map(str, sheet.merged_cells.ranges))}"
        yield text({name: column.width for name, column in sheet.column_dimensions.items()})
        yield from (text(row) for row in sheet.iter_rows(values_only=True))


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
    return open_source(open_document(path, name=path.name, known=known(ODD)), ODD)


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_odd_is_written_and_told(name, approved):
    """Of each way to write a value, what it takes, what it leaves, and what a reader would not find again."""
    entries = yaml.safe_load((ODD.mappings[name].folder / "entries.yaml").read_text(encoding="utf-8"))
    approved(f"odd/{name}.txt", written_lines(entries, name, ODD))


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name not in GIVEN])
def test_what_is_odd_is_read_and_told(name, approved):
    """Of each way to read a value, what it takes, what it leaves, and what of the file has no place in an entry."""
    source = odd_source(name)
    made = list(source)
    assert source.format == name
    lines = [*source_lines(made, source)]
    approved(f"odd/{name}.txt", lines)
    assert [*source_lines(list(source), source)] == lines
    if source.mapping.writing is not None:
        approved(f"odd/{name}.written.txt", written_lines([item.entry for item in made], name, ODD))


def test_a_template_that_several_people_filled_in_is_read_and_told(approved):
    """Lines are joined by their numbers; what belongs to none, has no property or is no value is told."""
    source = sheets_source(ODD.roots[-1] / "template.yaml")
    lines = [*source_lines(list(source), source)]
    approved("odd/template.txt", lines)
    assert [*source_lines(list(source), source)] == lines


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_becomes_entries_that_know_their_cells(name, convert, approved):
    """Each value with its place, what is remarked, and the account as it is written and told."""
    made, source = convert(SAMPLES[name])
    approved(f"read/{name}.txt", source_lines(made, source))


@pytest.mark.parametrize("name", WRITABLE)
def test_a_sample_is_written_again_as_it_was(name, convert, approved):
    """What its source held beyond the standard stands where it stood."""
    made, _ = convert(SAMPLES[name])
    approved(f"written/{name}.txt", written_lines([item.entry for item in made], name))


@pytest.mark.parametrize("name", WRITABLE)
def test_an_entry_of_no_format_is_written(name, approved):
    """All that a kind can say goes where the format has a place for it, and the account names the rest."""
    entries = [*(STANDARD.examples[kind] for kind in STANDARD.mappings[name].kinds), FOREIGN]
    approved(f"examples/{name}.txt", written_lines(entries, name))


@pytest.mark.parametrize("name", SAMPLES)
def test_an_account_that_was_put_away_is_the_same(name, convert):
    """A run that is resumed tells of a file what the first one told."""
    _, source = convert(SAMPLES[name])
    assert Ledger.of(orjson.loads(orjson.dumps(source.ledger.state()))) == source.ledger
