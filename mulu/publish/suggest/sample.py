"""The first records of a file, as the sample of its converter: what stands in it, without what makes it large."""

import csv
import io
from typing import Any, BinaryIO

from mulu.convert.values import as_text
from mulu.mask import mask, mask_value
from mulu.pointer import Json, dumps
from mulu.publish.suggest.layouts import Layout
from mulu.readers import Document
from mulu.readers.model import Row, Sheet
from mulu.texts import shielded
from mulu.writers import workbook
from mulu.writers.xml import xml_bytes

RECORDS = 20
"""How many records, or lines of a table, a sample has."""


def write_sample(document: Document, layout: Layout, stream: BinaryIO) -> None:
    """Write the sample in the family of files that `ending` names; numbers of persons are masked."""
    if document.sheets:
        sheet = document.sheets[layout.sheet]
        rows = sheet.rows[: layout.header[-1] + 1 + RECORDS]
        (_write_csv if ending(document) == ".csv" else _write_workbook)(stream, sheet, rows)
        return
    items = [item.value for item in document.items() if not item.broken]
    if not layout.path:
        stream.write(dumps([mask_value(item, None) for item in items[:RECORDS]]) + b"\n")
        return
    cut = mask_value(_cut(items[0], layout.path), None)
    if layout.is_tree:
        stream.write(xml_bytes(_local(cut)))
    else:
        stream.write(dumps(cut) + b"\n")


def ending(document: Document) -> str:
    """Return what the name of the sample ends in."""
    if document.sheets:
        return ".csv" if document.family == "csv" else ".xlsx"
    return ".xml" if document.family == "xml" else ".json"


def _cut(value: Json, path: tuple[str, ...]) -> Json:
    """Return a value with the list at `path` cut to the first records."""
    if not path:
        return value[:RECORDS] if isinstance(value, list) else value
    if isinstance(value, list):
        return [_cut(one, path) for one in value[:1]]
    if not isinstance(value, dict):
        return value
    return {key: _cut(member, path[1:]) if key == path[0] else member for key, member in value.items()}


def _masked(cell: Any) -> Any:
    return mask(cell) if isinstance(cell, str) else cell


def _write_csv(stream: BinaryIO, sheet: Sheet, rows: list[Row]) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    try:
        out = csv.writer(text)
        out.writerows([shielded(_masked(as_text(cell))) for cell in row.cells] for row in rows)
        text.flush()
    finally:
        text.detach()


def _write_workbook(stream: BinaryIO, sheet: Sheet, rows: list[Row]) -> None:
    import openpyxl

    book: Any = openpyxl.Workbook()
    out = book.active
    for row in rows:
        for column, value in enumerate(row.cells, start=1):
            if value is not None:
                cell = out.cell(row.number, column, _masked(value))
                if isinstance(value, str):
                    # A text stays a text, whatever it begins with.
                    cell.data_type = "s"
    last = rows[-1].number
    for top, left, bottom, right in sheet.merged:
        if top <= last and (bottom, right) != (top, left):
            out.merge_cells(start_row=top, start_column=left, end_row=min(bottom, last), end_column=right)
    workbook.save(book, stream)


def _local(value: Json) -> Json:
    """Return a tree by local names: a converter that was proposed finds its elements in any namespace."""
    if isinstance(value, list):
        return [_local(one) for one in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Json] = {}
    for key, member in value.items():
        mark, name = ("@", key[1:]) if key.startswith("@") else ("", key)
        here, inner = mark + name.rpartition(":")[2], _local(member)
        if here in found and not mark:
            before = found[here]
            inner = [
                *(before if isinstance(before, list) else [before]),
                *(inner if isinstance(inner, list) else [inner]),
            ]
        found[here] = inner
    return found
