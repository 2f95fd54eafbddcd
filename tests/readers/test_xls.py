"""Workbooks of old (.xls): values, hidden things, code pages."""

import datetime
import io
import struct

import pytest
import xlwt

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes


def workbook():
    book = xlwt.Workbook()
    sheet = book.add_sheet("目录")
    sheet.write(1, 1, "名称")
    sheet.write(1, 2, "数量")
    sheet.write_merge(2, 3, 1, 1, "人口")
    sheet.write(2, 2, 3.0)
    sheet.write(2, 3, True)
    sheet.write(2, 4, datetime.date(2018, 5, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(2, 5, datetime.datetime(2018, 5, 1, 12, 30), xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM"))
    sheet.write(2, 6, 1.25, xlwt.easyxf(num_format_str="[h]:mm:ss"))
    sheet.write(2, 7, 0.5, xlwt.easyxf(num_format_str="h:mm"))
    sheet.write(2, 8, "007")
    sheet.row(2).set_cell_error(9, 42)  # #N/A
    sheet.row(2).hidden = True
    hidden = book.add_sheet("草稿")
    hidden.visibility = 1
    hidden.write(0, 0, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_values_keep_their_types_and_places():
    document = open_bytes(workbook(), "x.xls")
    assert document.family == "xls"
    assert [(row.number, row.cells) for row in document.sheets[0].rows] == [
        (2, [None, "名称", "数量"]),
        (
            3,
            [
                None,
                "人口",
                3,
                True,
                datetime.date(2018, 5, 1),
                datetime.datetime(2018, 5, 1, 12, 30),
                "30:00:00",
                datetime.time(12),
                "007",
                "#N/A",
            ],
        ),
    ]
    assert document.sheets[0].merged == [(3, 2, 3, 2)]
    assert document.place((0, 3, 2)).cell == "B3"


def test_errors_and_hidden_things_are_told():
    document = open_bytes(workbook(), "x.xls")
    assert [(notice.rule, dict(notice.params), notice.ref) for notice in document.notices] == [
        ("error-cell", {"value": "#N/A"}, (0, 3, 10)),
        ("hidden-row", {"sheet": "目录", "count": 1, "rows": "3"}, (0, 3, 0)),
        ("hidden-sheet", {"sheet": "草稿"}, (1, 0, 0)),
    ]


def test_hidden_columns_and_struck_out_text_are_told():
    book = xlwt.Workbook()
    sheet = book.add_sheet("目录", cell_overwrite_ok=True)
    struck, plain = xlwt.easyxf("font: struck_out on"), xlwt.easyxf("font: bold on")
    for row in range(4):
        for column in range(3):
            sheet.write(row, column, f"{row}{column}", struck if row == 2 else plain)
    sheet.write_rich_text(3, 2, [("每月", struck.font), "每季"], plain)
    sheet.col(1).hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    document = open_bytes(buffer.getvalue(), "x.xls")
    assert [(notice.rule, dict(notice.params), notice.ref) for notice in document.notices] == [
        ("hidden-column", {"sheet": "目录", "count": 1, "columns": "B"}, (0, 1, 2)),
        ("struck-out-row", {"sheet": "目录", "count": 1, "cells": "A3:C3"}, (0, 3, 0)),
        ("struck-out-text", {"sheet": "目录", "count": 1, "cells": "C4"}, (0, 4, 3)),
    ]


def biff5(cells, codepage):
    """Return a workbook of Excel 5 with one sheet of texts, as bytes in whatever encoding they are in."""

    def record(kind, content):
        return struct.pack("<HH", kind, len(content)) + content

    def sheet():
        yield record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
        for row, texts in enumerate(cells):
            for column, text in enumerate(texts):
                yield record(0x204, struct.pack("<HHHH", row, column, 0, len(text)) + text)
        yield record(0x0A, b"")

    opening = record(0x809, struct.pack("<HHHH", 0x500, 0x05, 0, 0)) + record(0x42, struct.pack("<H", codepage))
    name = "目录".encode("gbk")
    length = len(opening) + 4 + 8 - 2 + 1 + len(name) + 4
    bound = record(0x85, struct.pack("<LBB", length + 1, 0, 0)[:6] + bytes([len(name)]) + name)
    assert len(opening) + len(bound) + 4 == length + 1 - 0 or True
    start = len(opening) + len(bound) + 4
    bound = record(0x85, struct.pack("<LBB", start, 0, 0) + bytes([len(name)]) + name)
    stream = opening + bound + record(0x0A, b"") + b"".join(sheet())
    from xlwt.CompoundDoc import XlsDoc

    buffer = io.BytesIO()
    XlsDoc().save(buffer, stream.ljust(4096, b"\0"))
    return buffer.getvalue()


@pytest.mark.parametrize("codepage", [936, 1252])
def test_chinese_of_excel_5_is_read_whatever_it_says_of_its_code_page(codepage):
    texts = [["信息资源名称", "提供方"], ["人口基本信息", "某某局"]]
    data = biff5([[text.encode("gbk") for text in row] for row in texts], codepage)
    document = open_bytes(data, "x.xls")
    assert [row.cells for row in document.sheets[0].rows] == texts
    assert document.sheets[0].name == "目录"
    assert document.encoding == "gb18030"
    assert [notice.rule for notice in document.notices] == ["encoding-guessed"]


def test_limits_are_named():
    for limits, name in ((Limits(sheets=1), "sheets"), (Limits(cells=3), "cells"), (Limits(text=1), "text")):
        with pytest.raises(Unreadable) as caught:
            open_bytes(workbook(), "x.xls", limits=limits)
        assert f"--limit {name}=" in caught.value.zh


@pytest.mark.parametrize("cut", [600, 2000, 4000])
def test_a_damaged_workbook_is_refused(cut):
    data = workbook()
    with pytest.raises(Unreadable, match="xlsx"):
        open_bytes(data[:cut] + b"\xff" * 700 + data[cut + 700 :], "x.xls")


@pytest.mark.parametrize(
    ("stream", "word"),
    [("EncryptedPackage", "password"), ("WordDocument", "Word"), ("Anything", "not a workbook")],
)
def test_other_compound_files_are_told(stream, word):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 600
    with pytest.raises(Unreadable) as caught:
        open_bytes(data, "x.xls")
    assert word in caught.value.en
