"""Conversions of files that a test names, and all that is told of them, in lines to compare."""

import io
from pathlib import Path

import openpyxl
import orjson
import pytest

from mulu.convert import known, open_source
from mulu.convert.account import account_lines, notice_lines, preview_lines
from mulu.convert.ledger import HEADS, to_json
from mulu.convert.legacy import LegacySource
from mulu.convert.target import open_target
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()
KNOWN = known(STANDARD)
LANGUAGES = ("zh", "en")


@pytest.fixture
def convert():
    """Return a function that converts a file; it gives back the entries and the source with its ledger."""

    def run(path, wanted=None, name=None):
        document = open_document(path, name=name or path.name, known=KNOWN)
        source = open_source(document, STANDARD, wanted)
        return list(source), source

    return run


@pytest.fixture
def told_of_source():
    """Return `source_lines`."""
    return source_lines


@pytest.fixture
def told_of_target():
    """Return `target_lines`."""
    return target_lines


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
        source.ledger.give(item.entry, item.trace)
    yield from (text([one.check, one.params, one.ref, one.entry, one.pointer]) for one in source.remarks)
    yield from (text(one.to_dict()) for one in source.rejects)
    if isinstance(source, LegacySource):
        yield from (f"{heading} → {pointer}" for heading, pointer in source.properties().items())
    yield from ledger_lines(orjson.loads(to_json([source.ledger]))["sources"][0])
    for language in LANGUAGES:
        yield from account_lines([source.ledger], language)
        yield from notice_lines(source.document, language)
        yield from preview_lines(source.document, made[0])


def target_lines(entries, name, standard=STANDARD, ending=None):
    """Yield the file that entries are written to, and the account of what has a place in it."""
    output = Path(f"out{ending or standard.mappings[name].writing.endings[0]}")
    target, stream = open_target(standard, name, output), io.BytesIO()
    for entry in entries:
        target.add(entry, stream)
    target.finish(stream)
    if output.suffix == ".xlsx":
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
