"""Workbooks (.xlsx): values, what calamine does not tell, and files that would end the process."""

import datetime
import io
import re
import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes, xlsx
from mulu.readers.xlsx_annotations import Struck
from mulu.readers.xlsx_plain import cut_out


def saved(workbook):
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def workbook(fill):
    """Return the bytes of a workbook whose first sheet `fill` has filled."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "目录"
    fill(sheet)
    return saved(book)


def changed(data, **parts):
    """Return a workbook with each part (by the end of its name) passed through a function; None removes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            for part, change in parts.items():
                if name.endswith(f"{part}.xml"):
                    content = change(content)
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def added(data, parts):
    """Return a workbook with further parts, or others in place of its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in {**dict.fromkeys(old.namelist()), **parts}:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return buffer.getvalue()


def told(document):
    return [(notice.rule, dict(notice.params), notice.ref) for notice in document.notices]


def rows(document, sheet=0):
    return [(row.number, row.cells) for row in document.sheets[sheet].rows]


def refused(data, **options):
    with pytest.raises(Unreadable) as caught:
        open_bytes(data, "x.xlsx", **options)
    assert caught.value.zh and caught.value.en
    return caught.value


def small(sheet):
    sheet["B2"] = "名称"
    sheet["C2"] = "代码"
    sheet["B4"] = "人口"
    sheet["C4"] = "007"


SMALL = workbook(small)


def test_rows_and_columns_are_those_of_the_sheet():
    document = open_bytes(SMALL, "x.xlsx")
    assert document.family == "xlsx"
    assert rows(document) == [(2, [None, "名称", "代码"]), (4, [None, "人口", "007"])]
    assert document.place((0, 4, 3)).cell == "C4"
    assert str(document.place((0, 4, 3))) == "x.xlsx › 目录!C4"
    assert document.place((0, 4, 0)).cell is None


def test_values_keep_their_types():
    def fill(sheet):
        sheet.append(
            [
                3,
                3.0,
                1.5,
                True,
                "0012",
                " x ",
                datetime.date(2018, 5, 1),
                datetime.datetime(2018, 5, 1, 12, 30),
                datetime.time(12, 30),
                datetime.timedelta(hours=30, seconds=5),
                None,
            ]
        )

    assert rows(open_bytes(workbook(fill), "x"))[0][1] == [
        3,
        3,
        1.5,
        True,
        "0012",
        " x ",
        datetime.date(2018, 5, 1),
        datetime.datetime(2018, 5, 1, 12, 30),
        datetime.time(12, 30),
        "30:00:05",
    ]


def test_errors_formulas_and_hidden_things_are_told():
    def fill(sheet):
        small(sheet)
        sheet["D4"] = "#N/A"
        sheet["D4"].data_type = "e"
        sheet["E4"] = "=C4&1"
        sheet.row_dimensions[4].hidden = True
        sheet.row_dimensions[9].hidden = True

    book = openpyxl.load_workbook(io.BytesIO(workbook(fill)))
    hidden = book.create_sheet("草稿")
    hidden["A1"] = 1
    hidden.sheet_state = "veryHidden"
    book.create_sheet("空").sheet_state = "hidden"
    document = open_bytes(saved(book), "x")
    assert rows(document)[1] == (4, [None, "人口", "007", "#N/A"])
    assert [sheet.hidden for sheet in document.sheets] == [False, True, True]
    assert told(document) == [
        ("hidden-row", {"sheet": "目录", "count": 1, "rows": "4"}, (0, 4, 0)),
        ("error-cell", {"value": "#N/A"}, (0, 4, 4)),
        ("formula-without-value", {"formula": "=C4&1"}, (0, 4, 5)),
        ("hidden-sheet", {"sheet": "草稿"}, (1, 0, 0)),
    ]
    assert str(document.place((1, 0, 0))) == "x › 草稿"


def beside(sheet):
    for row in range(1, 8):
        sheet.append([f"{column}{row}" for column in "ABCDE"])
    sheet["B2"].comment = Comment("请核实\n来源", "李审核")
    sheet["E7"].comment = Comment("请改正", "mulu")
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["H"].hidden = True
    for row in (5, 6):
        for column in "ABCDE":
            sheet[f"{column}{row}"].font = Font(strike=True)
    sheet["A6"].font = Font(strike=False)
    sheet["A7"].font = Font(strike=True)
    sheet["C7"].font = Font(strike=False)
    sheet["B7"] = CellRichText([TextBlock(InlineFont(strike=True), "每月"), TextBlock(InlineFont(), "每季")])


BESIDE = [
    ("hidden-column", {"sheet": "目录", "count": 1, "columns": "C"}, (0, 1, 3)),
    ("struck-out-row", {"sheet": "目录", "count": 2, "cells": "A5:E5, B6:E6"}, (0, 5, 0)),
    ("struck-out-text", {"sheet": "目录", "count": 2, "cells": "A7:B7"}, (0, 7, 1)),
    ("cell-comment", {"sheet": "目录", "count": 1, "cells": "B2", "text": "请核实 来源"}, (0, 2, 2)),
]


def test_what_is_beside_the_values_or_takes_them_back_is_told_once_a_sheet():
    document = open_bytes(workbook(beside), "x")
    assert rows(document)[6] == (7, ["A7", "每月每季", "C7", "D7", "E7"])
    assert told(document) == BESIDE


def test_struck_out_texts_among_the_shared_ones_are_told():
    """As Excel and WPS write them; openpyxl writes runs into the cells."""
    texts = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="3"><si><t>名称</t></si>'
        '<si><r><rPr><strike/></rPr><t>旧</t></r><r><rPr><strike val="0"/></rPr><t>新</t></r></si>'
        "<si><r><rPr><strike/></rPr><t>废</t></r><r><t> </t></r></si></sst>"
    )
    cells = "".join(f'<c r="{name}" t="s"><v>{text}</v></c>' for name, text in (("B2", 0), ("C2", 1), ("D2", 2)))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="{id}" Type="{kind}/{type}" Target="{target}"/>'
        for id, type, target in (
            ("r", "worksheet", "worksheets/sheet1.xml"),
            ("s", "sharedStrings", "sharedStrings.xml"),
        )
    )
    parts = {
        "xl/workbook.xml": f'<workbook xmlns:r="{kind}"><sheets><sheet name="甲" r:id="r"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/sharedStrings.xml": texts,
        "xl/worksheets/sheet1.xml": f'<worksheet><sheetData><row r="2">{cells}</row></sheetData></worksheet>',
    }
    document = open_bytes(added(SMALL, parts), "x")
    assert rows(document) == [(2, [None, "名称", "旧新", "废"])]
    assert told(document) == [("struck-out-text", {"sheet": "甲", "count": 2, "cells": "C2:D2"}, (0, 2, 3))]


def test_threads_and_boxes_are_told():
    """Of a thread all comments count, and not what stands in its place for programs that know none."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="a" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        'threadedComment" Target="../threadedComments/t.xml"/>'
        f'<Relationship Id="b" Type="{kind}/comments" Target="/xl/comments1.xml"/>'
        f'<Relationship Id="c" Type="{kind}/drawing" Target="../drawings/d.xml"/></Relationships>',
        "xl/threadedComments/t.xml": '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
        'threadedcomments"><threadedComment ref="C4" id="1"><text>对吗</text></threadedComment>'
        '<threadedComment ref="C4" id="2" parentId="1"><text>已改</text></threadedComment></ThreadedComments>',
        "xl/comments1.xml": '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors>'
        '<author>tc=1</author></authors><commentList><comment ref="C4" authorId="0"><text><t>[线程批注]</t></text>'
        '</comment><comment ref="B4" authorId="0"><text><r><t>缺</t></r><r><t>代码</t></r></text></comment>'
        "</commentList></comments>",
        "xl/drawings/d.xml": '<d:wsDr xmlns:d="x" xmlns:a="y"><d:twoCellAnchor><d:from><d:col>1</d:col><d:row>6</d:row>'
        "</d:from><d:sp><d:txBody><a:p><a:r><a:t>仅供</a:t></a:r><a:r><a:t>参考</a:t></a:r></a:p></d:txBody></d:sp>"
        "</d:twoCellAnchor></d:wsDr>",
    }
    assert told(open_bytes(added(SMALL, parts), "x")) == [
        ("cell-comment", {"sheet": "目录", "count": 3, "cells": "B4:C4", "text": "缺代码"}, (0, 4, 2)),
        ("text-box", {"sheet": "目录", "count": 1, "cells": "B7", "text": "仅供参考"}, (0, 7, 2)),
    ]


def test_a_formula_with_a_value_is_its_value():
    data = changed(SMALL, sheet1=lambda xml: xml.replace(b'<c r="C4"', b'<c r="D4"><f>1+1</f><v>2</v></c><c r="C4"', 1))
    document = open_bytes(data, "x")
    assert rows(document)[1] == (4, [None, "人口", "007", 2])
    assert not document.notices


def test_merged_ranges_are_told_within_the_used_cells():
    def fill(sheet):
        small(sheet)
        sheet.merge_cells("B2:B3")
        # openpyxl's own `merge_cells` would make all of its cells.
        sheet.merged_cells.ranges.add(CellRange("C4:XFD1048576"))
        sheet.merge_cells("Z90:Z99")

    assert open_bytes(workbook(fill), "x").sheets[0].merged == [(2, 2, 3, 2), (4, 3, 4, 3)]


def test_chart_sheets_do_not_shift_the_others():
    book = openpyxl.load_workbook(io.BytesIO(SMALL))
    book.create_chartsheet("图", 0)
    book.create_sheet("后")["A1"] = "x"
    document = open_bytes(saved(book), "x")
    assert [(sheet.index, sheet.name) for sheet in document.sheets] == [(0, "目录"), (1, "后")]
    assert rows(document, 1) == [(1, ["x"])]


def test_dates_of_a_workbook_that_counts_from_1904():
    book = openpyxl.Workbook()
    book.epoch = datetime.datetime(1904, 1, 1)
    assert isinstance(book.active, Worksheet)
    book.active["A1"] = datetime.date(2018, 5, 1)
    document = open_bytes(saved(book), "x")
    assert document.sheets[0].date_1904
    assert rows(document) == [(1, [datetime.date(2018, 5, 1)])]


def test_cells_without_names_count_on():
    data = changed(SMALL, sheet1=lambda xml: re.sub(rb' r="[A-Z]*[0-9]+"', b"", xml))
    assert rows(open_bytes(data, "x")) == [(1, ["名称", "代码"]), (2, ["人口", "007"])]


@pytest.mark.parametrize(("before", "column"), [(b'<c r="K4"/><c/>', 13), (b"<c/><c/>", 5), (b"<c/>" * 97, 100)])
def test_a_cell_without_a_name_stands_beside_the_one_before_it(before, column):
    """Blank ones count, as they do where the columns of a sheet are bounded."""
    data = changed(SMALL, sheet1=lambda xml: xml.replace(b'<c r="C4"', before + b"<c", 1))
    assert rows(open_bytes(data, "x"))[1] == (4, [None, "人口", *[None] * (column - 3), "007"])
    assert f"column {column} " in refused(data, limits=Limits(columns=column - 1)).en


def test_a_far_corner_is_refused_by_name():
    def fill(sheet):
        small(sheet)
        sheet["XFD1048576"] = "x"

    refusal = refused(workbook(fill))
    assert refusal.place.cell == "XFD1048576"
    assert "--limit columns=" in refusal.en
    refusal = refused(workbook(fill), limits=Limits(columns=20_000))
    assert "--limit cells=" in refusal.en


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<sheetData>", b'<sheetData><c r="XFD1048576"><v>1</v></c>'),
        lambda xml: xml.replace(b"</sheetData>", b'<c r="XFD1048576"><v>1</v></c></sheetData>'),
        lambda xml: xml.replace(b"</row>", b'<x><c r="XFD1048576"><v>1</v></c></x></row>', 1),
        lambda xml: xml.replace(b'r="C4"', b'r="XFD1048576"'),
        lambda xml: xml.replace(b'<row r="4"', b'<row r="99999999"'),
        lambda xml: xml.replace(b"</row>", b"<c><v>1</v></c>" * 20_000 + b"</row>", 1),
        lambda xml: xml[:-40],
        lambda xml: None,
    ],
)
def test_a_sheet_that_is_not_as_it_should_be_is_refused(change):
    assert "damaged" in refused(changed(SMALL, sheet1=change)).en


def test_a_dimension_that_lies_does_no_harm():
    data = changed(SMALL, sheet1=lambda xml: re.sub(rb'ref="[A-Z0-9:]+"', b'ref="A1:XFD1048576"', xml))
    assert len(rows(open_bytes(data, "x"))) == 2


def test_a_table_of_texts_that_claims_too_many_is_refused():
    buffer = io.BytesIO()
    sst = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="4000000000"/>'
    with zipfile.ZipFile(io.BytesIO(SMALL)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if not name.endswith("sharedStrings.xml"):
                new.writestr(name, old.read(name))
        new.writestr("xl/sharedStrings.xml", sst)
    assert "damaged" in refused(buffer.getvalue()).en


def test_a_document_type_is_refused():
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    data = changed(SMALL, sheet1=lambda xml: entity + xml.replace(b'<?xml version="1.0"?>', b""))
    assert "DOCTYPE" in refused(data).en


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(sheets=1), "sheets"),
        (Limits(members=3), "members"),
        (Limits(expanded=1000), "expanded"),
        (Limits(text=2), "text"),
    ],
)
def test_a_limit_is_named_in_the_refusal(limits, name):
    book = openpyxl.load_workbook(io.BytesIO(SMALL))
    book.create_sheet("二")["A1"] = "三个字"
    assert f"--limit {name}=" in refused(saved(book), limits=limits).en


def zipped(*members, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for info, content in members:
            archive.writestr(info, content)
    return buffer.getvalue()


def link():
    info = zipfile.ZipInfo("xl/workbook.xml")
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "data",
    [
        zipped(("../xl/workbook.xml", "x")),
        zipped(("/xl/workbook.xml", "x")),
        zipped(("xl\\workbook.xml", "x")),
        zipped(("xl/\x1bworkbook.xml", "x")),
        zipped(("xl/workbook.xml", "x"), ("XL/Workbook.xml", "y")),
        zipped((link(), "x")),
        zipped(("xl/workbook.xml", b"0" * 300_000_000)),
        SMALL[:200],
        SMALL[:-30],
        SMALL[:3000] + b"xxxxxxxx" + SMALL[3008:],
    ],
    ids=[
        "parent",
        "absolute",
        "backslash",
        "control",
        "same name",
        "link",
        "bomb",
        "cut",
        "no end",
        "flipped",
    ],
)
def test_a_zip_that_is_not_safe_is_refused(data):
    why = refused(data)
    assert why.zh and why.en


def test_a_member_longer_than_it_says_is_refused():
    data = bytearray(zipped(("xl/workbook.xml", b"0" * 5000)))
    for start in (data.index(b"PK\x03\x04") + 22, data.index(b"PK\x01\x02") + 24):
        data[start : start + 4] = (100).to_bytes(4, "little")
    assert "damaged" in refused(bytes(data)).en


def test_an_encrypted_member_is_told():
    data = bytearray(zipped(("xl/workbook.xml", "x")))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refused(bytes(data)).en


_CELLS = st.sampled_from(
    [
        '<c r="{0}"><v>1</v></c>',
        '<c r="{0}"/>',
        '<c r="{0}" t="e"><v>#N/A</v></c>',
        '<c r="{0}"><f>A1</f><v>2</v></c>',
        '<c r="{0}"><f>A1</f></c>',
        '<c r="{0}" t="str"><f>A1</f></c>',
        '<c r="{0}" t="inlineStr"><is><t>甲</t></is></c>',
        '<c r="{0}"><v></v></c>',
        '<c r="{0}"><v>1</v><v>2</v></c>',
        '<c r="{0}"><extLst/></c>',
        "<c><v>1</v></c>",
        "<c/>",
        '<c r="{0}"><o:v xmlns:o="urn:o">1</o:v></c>',
    ]
)
_NAMES = st.sampled_from(["A", "B", "D", "Z", "AA", "zz", "B1", "", "XFD"])


_ROWS = st.lists(st.tuples(_CELLS, _NAMES), max_size=5) | st.lists(st.just(("<c><v>1</v></c>", "")), max_size=4)


def looked(sheet):
    """Return what a look at the XML of a sheet finds, or why it is refused."""
    archive = SimpleNamespace(path="x", limits=Limits(), read=lambda name: sheet)
    part = xlsx._Part("甲", False, "m")
    try:
        xlsx._look_at(archive, part, 10**9, Struck("x"))
    except Unreadable as error:
        return str(error)
    return part


def sheet_of(cells, *, namespace="urn:m", attributes="", begin="<sheetData>"):
    rows = "".join(
        "".join((f'<row r="{number}"{attributes}>', *(cell.format(f"{name}{number}") for cell, name in row), "</row>"))
        for number, row in enumerate(cells, 9)
    )
    return f'<worksheet xmlns="{namespace}">{begin}{rows}</sheetData></worksheet>'.encode("utf-8", "surrogatepass")


@given(st.lists(_ROWS, max_size=4), st.sampled_from(["urn:m", ""]))
@settings(max_examples=150, deadline=None)
def test_rows_looked_at_as_a_whole_are_what_their_cells_are(cells, namespace):
    """Box, errors, formulas and refusals are the same as of looking at each cell."""
    sheet = sheet_of(cells, namespace=namespace)
    whole = looked(sheet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "_looks", lambda namespace: (lambda row: [], len, lambda row: False))
        patch.setattr(xlsx, "cut_out", lambda data: None)
        assert looked(sheet) == whole


_ORDINARY = (
    '<c r="{0}"><v>1</v></c>',
    '<c r="{0}" s="3" t="s"><v>0</v></c>',
    '<c r="{0}" s="3"/>',
    '<c r="{0}" t="n"></c>',
    '<c r="{0}" t="inlineStr"><is><t xml:space="preserve"> &lt;甲&#65288;</t></is></c>',
    '<c r="{0}"><f t="shared" si="0"/><v>&amp;</v></c>',
)
_ROW_ATTRIBUTES = ("", ' spans="1:2" s="2" ht="20" x:descent="0.2"', ' hidden="false"')
_NEARLY = (
    ("v>1</v", "v>\ufffe</v"),
    ("v>1</v", "v>\x01</v"),
    ("v>1</v", "v>\ud800</v"),
    ("v>1</v", "v>&#1;</v"),
    ("v>1</v", "v>&#65535;</v"),
    ("v>1</v", "v>&no;</v"),
    ("v>1</v", "v>]]></v"),
    ("v>1</v", "v>1<!-- 2 --></v"),
    ("v>1</v", "v></v"),
    ("<v>1</v>", "<f>A1</f>"),
    ('A9"', 'A9" t="e"'),
    ('A9"', 'A9" r="B9"'),
    ('A9"', 'B10"'),
    ('A9"', 'XFE9"'),
    ("<c ", '<c r="Z9"><v>1</v></c><c '),
    ("</row>", '<?p <c r="Z9">?></row>'),
    ("</row>", '</row><row r="20" hidden="1"><c r="B20"><v>1</v></c></row>'),
    ("</row>", '</row><row r="30" ht="20"/><row r="31"><c r="C31"><v>1</v></c></row>'),
    ("</row>", "</row><row><c><v>1</v></c></row>"),
    ('<row r="9"', '<row r="0"'),
    ('<row r="9"', '<row r="9" r="10"'),
    ("<sheetData>", '<?p <sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>?><sheetData>'),
    ("<sheetData>", '<row r="1"><c r="K1"><v>1</v></c></row><sheetData>'),
    ("<sheetData>", '<cols><col min="2" max="3" hidden="1"/></cols><sheetData>'),
    ("<sheetData>", "<!-- <sheetData> --><sheetData>"),
    ("<worksheet", '<?xml version="1.0" encoding = "gbk"?><worksheet'),
)


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(_ORDINARY), _NAMES), max_size=4), max_size=4),
    st.sampled_from(_ROW_ATTRIBUTES),
)
@settings(max_examples=60, deadline=None)
def test_ordinary_rows_are_what_a_parser_makes_of_them(cells, attributes):
    sheet = sheet_of(cells, attributes=attributes)
    if all(name.isalpha() and name.isupper() for row in cells for _, name in row):
        assert cut_out(sheet) is not None
    whole = looked(sheet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "cut_out", lambda data: None)
        assert looked(sheet) == whole


@pytest.mark.parametrize(("old", "new"), _NEARLY)
def test_what_is_nearly_ordinary_is_what_a_parser_makes_of_it(old, new, monkeypatch):
    before = sheet_of([[('<c r="{0}"><v>1</v></c>', "A")]]).decode()
    sheet = before.replace(old, new, 1).encode("utf-8", "surrogatepass")
    assert sheet.decode("utf-8", "surrogatepass") != before
    whole = looked(sheet)
    monkeypatch.setattr(xlsx, "cut_out", lambda data: None)
    assert looked(sheet) == whole


@pytest.mark.parametrize(("most", "size", "refused_at"), [(25, 0, 3), (50, 0, None), (25, 11 * 2**20, None)])
def test_cells_are_counted_while_they_are_looked_at(most, size, refused_at):
    """What is too much is not looked through to its end; a larger file may hold more."""
    row = "".join(f"<c><v>{number}</v></c>" for number in range(10))
    sheet = f"<worksheet><sheetData>{f'<row>{row}</row>' * 5}</sheetData></worksheet>".encode()
    archive = SimpleNamespace(path="x", limits=Limits(cells=most), read=lambda name: sheet)
    part = xlsx._Part("甲", False, "m")
    room = archive.limits.cells_in(size)
    xlsx._look_at(archive, part, room, Struck("x"))
    assert part.box == (1, 1, refused_at or 5, 10)
    if refused_at:
        with pytest.raises(Unreadable, match=f"J{refused_at}: too many cells.*limit cells = {most}"):
            xlsx._check_box(part, room - xlsx._area(part.box), "x", archive.limits)
    else:
        xlsx._check_box(part, room - xlsx._area(part.box), "x", archive.limits)
