"""OpenDocument spreadsheets: values, merged and repeated cells, hidden things; and files made to harm."""

import datetime
import io
import zipfile
from pathlib import Path

import pytest

from mulu.errors import Unreadable
from mulu.readers import open_bytes, open_document

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "h-conformance" / "tafia__calamine"
KIND = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "draw")
)


def spreadsheet(tables, styles="", kind=KIND, prolog=""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "content.xml",
            f"{prolog}<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return stream.getvalue()


def cell(text="", attributes="", tag="table-cell"):
    inside = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:{tag} {attributes}>{inside}</table:{tag}>"


def typed(kind, value, shown="x", name="value"):
    return cell(shown, f'office:value-type="{kind}" office:{name}="{value}"')


def sheet(*rows, name="目录", attributes=""):
    return f'<table:table table:name="{name}" {attributes}>{"".join(rows)}</table:table>'


def row(*cells, attributes=""):
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def read(tables, **options):
    return open_bytes(spreadsheet(tables, **options), "目录.ods")


def test_values_of_every_type():
    document = read(
        sheet(
            row(
                cell("名称"),
                typed("float", "3", "3.00"),
                typed("percentage", "0.5"),
                typed("boolean", "true", name="boolean-value"),
            ),
            row(
                typed("date", "2023-06-01", name="date-value"),
                typed("date", "2023-06-01T12:30:00", name="date-value"),
                typed("time", "PT26H30M00S", name="time-value"),
                cell("甲<text:line-break/>乙</text:p><text:p>丙<text:s text:c='2'/>丁"),
            ),
        )
    )
    assert document.family == "ods"
    assert [r.cells for r in document.sheets[0].rows] == [
        ["名称", 3, 0.5, True],
        [datetime.date(2023, 6, 1), datetime.datetime(2023, 6, 1, 12, 30), "26:30:00", "甲\n乙\n丙  丁"],
    ]
    assert str(document.place((0, 2, 4))) == "目录.ods › 目录!D2"


def test_merged_and_repeated_cells_and_rows():
    document = read(
        sheet(
            row(
                cell("组", 'table:number-columns-spanned="2" table:number-rows-spanned="2"'),
                cell(tag="covered-table-cell"),
            ),
            row(cell(tag="covered-table-cell", attributes='table:number-columns-repeated="2"'), cell("右")),
            row(cell(attributes='table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="3"'),
            row(cell("同", 'table:number-columns-repeated="2"'), attributes='table:number-rows-repeated="2"'),
            row(
                cell(attributes='table:number-columns-repeated="16384"'),
                attributes='table:number-rows-repeated="1048569"',
            ),
        )
    )
    assert [(r.number, r.cells) for r in document.sheets[0].rows] == [
        (1, ["组"]),
        (2, [None, None, "右"]),
        (6, ["同", "同"]),
        (7, ["同", "同"]),
    ]
    assert document.sheets[0].merged == [(1, 1, 2, 2)]


def test_hidden_things_errors_and_comments():
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    document = read(
        sheet(
            row(cell("一"), attributes='table:visibility="collapse"'),
            row(
                cell("#N/A", 'table:formula="of:=NA()" office:value-type="string"'), cell("", 'table:formula="of:=A1"')
            ),
            row(
                "<table:table-cell><office:annotation><text:p>批注</text:p></office:annotation><text:p>值</text:p></table:table-cell>"
            ),
        )
        + sheet(row(cell("藏")), name="草稿", attributes='table:style-name="ta2"'),
        styles=style,
    )
    assert document.sheets[0].rows[2].cells == ["值"] and document.sheets[1].hidden
    assert [(notice.rule, notice.ref) for notice in document.notices] == [
        ("error-cell", (0, 2, 1)),
        ("formula-without-value", (0, 2, 2)),
        ("hidden-row", (0, 1, 0)),
        ("cell-comment", (0, 3, 1)),
        ("hidden-sheet", (1, 0, 0)),
    ]


def test_hidden_columns_struck_out_text_and_boxes_are_told():
    style = (
        '<style:style style:name="{}" style:family="{}"><style:text-properties style:text-line-through-style="{}"/>'
        "</style:style>"
    )
    frame = "<draw:frame><draw:text-box><text:p>仅供参考</text:p></draw:text-box></draw:frame>"
    struck = 'table:style-name="ce1"'
    document = read(
        sheet(
            '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>',
            row(cell("一"), cell("二"), cell("三")),
            row(cell("四", struck), cell("五", struck), cell("六", struck)),
            row(
                cell("<text:span text:style-name='T1'>每月</text:span>每季"),
                f"<table:table-cell>{frame}<text:p>值</text:p></table:table-cell>",
            ),
        ),
        styles=style.format("ce1", "table-cell", "solid") + style.format("T1", "text", "solid"),
    )
    assert document.sheets[0].rows[2].cells == ["每月每季", "值"]
    assert [(notice.rule, dict(notice.params), notice.ref) for notice in document.notices] == [
        ("hidden-column", {"sheet": "目录", "count": 1, "columns": "C"}, (0, 1, 3)),
        ("struck-out-row", {"sheet": "目录", "count": 1, "cells": "A2:C2"}, (0, 2, 0)),
        ("struck-out-text", {"sheet": "目录", "count": 1, "cells": "A3"}, (0, 3, 1)),
        ("text-box", {"sheet": "目录", "count": 1, "cells": "B3", "text": "仅供参考"}, (0, 3, 2)),
    ]


@pytest.mark.parametrize(
    ("rows", "limit"),
    [
        (row(cell("x", 'table:number-columns-repeated="16384"')), "columns"),
        (
            row(cell("x", 'table:number-columns-repeated="2000"'), attributes='table:number-rows-repeated="1048576"'),
            "cells",
        ),
        (row(cell("x"), attributes='table:number-rows-repeated="1048576"') * 2, "cells"),
        (row(cell("x" * (2**20 + 1))), "text"),
        ("<table:table-row>" * 300, "damaged"),
        (row(cell("&nbsp;")), "damaged"),
    ],
)
def test_what_would_do_harm_is_refused_in_words(rows, limit):
    with pytest.raises(Unreadable, match=limit):
        read(sheet(rows))


def test_other_documents_and_doctypes_are_refused():
    with pytest.raises(Unreadable, match="text or presentation"):
        read("", kind="application/vnd.oasis.opendocument.text")
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(sheet(row(cell("x"))), prolog='<!DOCTYPE x [<!ENTITY a "b">]>')


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_files_of_other_programs():
    document = open_document(CORPUS / "merged_cells.ods")
    assert document.sheets[0].merged
    assert open_document(CORPUS / "date.ods").sheets[0].rows[0].cells[0] == datetime.date(2021, 1, 1)
    with pytest.raises(Unreadable, match="password"):
        open_document(CORPUS / "pass_protected.ods")
