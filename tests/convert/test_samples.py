"""Every converter's own sample: what must come out, and an account that adds up."""

import re
from pathlib import Path

import jsonschema
import orjson
import pytest

from mulu.convert import place
from mulu.convert.ledger import HEADS, to_json
from mulu.convert.tree_source import TreeSource
from mulu.convert.trees import leaves
from mulu.pointer import steps_of
from mulu.standard import load

ROOT = Path(__file__).parents[2]
STANDARD = load()
LEDGER = orjson.loads((ROOT / "mulu" / "convert" / "ledger.schema.json").read_bytes())
SAMPLES = {name: next(mapping.folder.glob("sample.*")) for name, mapping in STANDARD.mappings.items()}
SIX = {"cn-guide-2017", "cn-flat-35", "suzhou-55", "cn-two-sheet", "cn-exchange-api", "cn-open-data"}


def test_the_formats_that_departments_use_are_there():
    """What is promised to be read has a converter."""
    assert set(STANDARD.mappings) >= SIX


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_becomes_what_is_expected(name, convert):
    """The format is told by the content, and each entry is as it must be."""
    made, source = convert(SAMPLES[name])
    expected = [orjson.loads(line) for line in (SAMPLES[name].parent / "expected.jsonl").read_bytes().splitlines()]
    assert source.format == name
    for entry, wanted in zip([item.entry for item in made], expected, strict=True):
        assert entry == wanted


@pytest.mark.parametrize("wanted", ["cn-guide-2017", "suzhou-55"])
def test_the_format_that_is_named_is_the_one_that_is_read(wanted, convert):
    """Whoever names a format knows more than the headings tell."""
    assert convert(SAMPLES["cn-flat-35"])[1].format == "cn-flat-35"
    assert convert(SAMPLES["cn-flat-35"], wanted)[1].format == wanted


@pytest.mark.parametrize("name", SAMPLES)
def test_the_account_adds_up(name, convert):
    """Each value of the source is counted once, under one head, in its column and in all."""
    made, source = convert(SAMPLES[name])
    account = orjson.loads(to_json([source.ledger]))
    jsonschema.Draft202012Validator(LEDGER).validate(account)
    only = account["sources"][0]
    assert only["entries"] == len(made) > 0
    assert only["leaves"] == sum(only[head] for head in HEADS)
    in_columns = {head: sum(column[head] for column in only["columns"]) for head in HEADS}
    assert {head: in_columns[head] for head in HEADS[:4]} == {head: only[head] for head in HEADS[:4]}
    assert sum(drop["count"] for drop in only["drops"]) == only["dropped"]


def cells(document):
    """Count what a document holds, without regard to any mapping."""
    if document.sheets:
        texts = (str(cell) for sheet in document.sheets for row in sheet.rows for cell in row.cells if cell is not None)
        return sum(bool(text.strip("\t\r\n \u3000")) for text in texts)
    waiting = [item.value for item in document.items()]
    count = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        else:
            count += value is not None and str(value).strip("\t\r\n \u3000") != ""
    return count


@pytest.mark.parametrize("name", SAMPLES)
def test_no_value_of_the_source_is_left_out_of_the_account(name, convert):
    """All cells but the headings, or all scalars, are leaves: counted here by other code than the engine's."""
    _, source = convert(SAMPLES[name])
    if isinstance(source, TreeSource):
        assert sum(1 for item in source.document.items() for _ in leaves(item.value)) == source.ledger.leaves
        return
    headings = sum(
        1
        for candidate in source.found
        if candidate.records is None
        for row in source.document.sheets[candidate.sheet].rows[candidate.header.start : candidate.header.stop]
        for cell in row.cells
        if cell is not None and str(cell).strip()
    )
    details = source.ledger.leaves + headings
    assert cells(source.document) - details == detail_headings(source)


def detail_headings(source):
    """Count the headings of further sheets."""
    taken = {candidate.sheet for candidate in source.found}
    count = 0
    joins = {detail.join_heading for detail in source.mapping.details}
    for sheet in source.document.sheets:
        first = [str(cell) for cell in sheet.rows[0].cells if cell is not None] if sheet.rows else []
        if sheet.index not in taken and any(join in cell for join in joins for cell in first):
            count += len(first)
    return count


def standing(document, ref):
    """Return what stands at a place of a document."""
    index, *rest = ref
    if document.sheets:
        number, column = rest
        row = next(row for row in document.sheets[index].rows if row.number == number)
        # A blank cell behind the last one is no member.
        return row.cells[column - 1] if column <= len(row.cells) else None
    value = next(item.value for item in document.items() if item.index == index)
    for step in steps_of(rest[0]):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def pieces(value):
    """Return a text and what it lists."""
    return {str(value).strip(), *(part.strip() for part in re.split("[;；,，、\n]", str(value)))}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_property_knows_the_cell_that_it_comes_from(name, convert):
    """The trace of an entry leads to a place in the file, and what was copied stands there to the letter."""
    made, source = convert(SAMPLES[name])
    document = source.document
    checked = 0
    for item in made:
        for pointer in item.trace:
            at = place(document, item.origin, pointer)
            assert at.path == SAMPLES[name].name and (at.row or at.line or at.sheet)
        there = {
            piece
            for ref in item.trace.values()
            if len(ref) > 1 and all(ref[1:])
            for piece in pieces(standing(document, ref))
        }
        original = item.entry["source"].get("original", {})
        for pointer, value in leaves(item.entry):
            said = str(original.get(pointer, value)).strip()
            if said in there and not pointer.startswith("/source/"):
                # The list knows its cell if its members stand in one.
                ref = item.trace.get(pointer) or item.trace[pointer.rpartition("/")[0]]
                assert said in pieces(standing(document, ref)), pointer
                checked += 1
    assert checked


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_rewritten_keeps_its_original(name, convert):
    """The way back is open: a value in another spelling stands in `source.original` under its pointer."""
    made, source = convert(SAMPLES[name])
    originals = sum(len(item.entry["source"].get("original", {})) for item in made)
    assert bool(originals) == bool(source.ledger.counts["transformed"] + source.ledger.counts["not_understood"])
