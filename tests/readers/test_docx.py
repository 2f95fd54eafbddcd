"""Tables in Word documents: merged cells, tables in tables, changes, forms; and documents made to harm."""

import io
import zipfile

import pytest

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import Known, open_bytes

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def document(body, prolog=""):
    """Return a document of this body."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", f"{prolog}<w:document {NAMES}><w:body>{body}</w:body></w:document>")
    return stream.getvalue()


def p(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(content, *properties):
    inside = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{''.join(properties)}</w:tcPr>{inside}</w:tc>"


def table(*rows):
    return "<w:tbl>" + "".join("<w:tr>" + "".join(row) + "</w:tr>" for row in rows) + "</w:tbl>"


def wide(number):
    return f'<w:gridSpan w:val="{number}"/>'


DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def read(body, known=(), **options):
    return open_bytes(document(body), "目录.docx", known=Known(words=lambda: frozenset(known)), **options)


def cells(sheet):
    return [row.cells for row in sheet.rows]


def test_merged_cells_and_their_places():
    found = read(
        table(
            [tc("名称", DOWN), tc("共享", wide(2)), tc("备注")],
            [tc("", ON), tc("类型"), tc("条件"), tc("")],
            [tc("婚姻", DOWN), tc("有条件"), tc("审核"), tc("x")],
            [tc("", ON), tc("无条件"), tc(""), tc("y")],
        )
    )
    sheet = found.sheets[0]
    assert (found.family, sheet.name) == ("docx", "table1")
    assert cells(sheet) == [
        ["名称", "共享", None, "备注"],
        [None, "类型", "条件"],
        ["婚姻", "有条件", "审核", "x"],
        [None, "无条件", None, "y"],
    ]
    assert sorted(sheet.merged) == [(1, 1, 2, 1), (1, 2, 1, 3), (3, 1, 4, 1)]
    assert str(found.place((0, 3, 4))) == "目录.docx › table1!D3"


def test_paragraphs_breaks_and_tabs_of_a_cell():
    found = read(table([tc(p("甲") + "<w:p><w:r><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:tab/><w:t>丁</w:t></w:r></w:p>")]))
    assert cells(found.sheets[0]) == [["甲\n乙\n丙\t丁"]]


def test_a_table_in_a_table_is_one_of_its_own():
    found = read(table([tc(p("外") + table([tc("内")]) + p("后")), tc("右")]) + p("段落") + table([tc("二")]))
    assert [(sheet.name, cells(sheet)) for sheet in found.sheets] == [
        ("table1", [["外\n后", "右"]]),
        ("table2", [["内"]]),
        ("table3", [["二"]]),
    ]


def test_tracked_changes_are_read_as_accepted_and_told():
    changed = (
        "<w:p><w:r><w:t>留</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>增</w:t></w:r></w:ins></w:p>"
    )
    struck = f"<w:tr><w:trPr><w:del/></w:trPr>{tc('整行删去')}</w:tr>"
    found = read(f"<w:tbl><w:tr>{tc(changed)}</w:tr>{struck}<w:tr>{tc('末行')}</w:tr></w:tbl>")
    assert [(row.number, row.cells) for row in found.sheets[0].rows] == [(1, ["留增"]), (3, ["末行"])]
    assert [(notice.rule, dict(notice.params)) for notice in found.notices] == [("tracked-change", {"count": 3})]


def test_comments_and_struck_out_text_are_told_once_a_table():
    """What is struck out by hand, not as a change, is read: nobody has said that it is gone."""
    run = "<w:r><w:rPr>{}</w:rPr><w:t>{}</w:t></w:r>"
    partly = "<w:p>" + run.format("<w:strike/>", "每月") + run.format('<w:strike w:val="0"/>', "每季") + "</w:p>"
    whole = "<w:p>" + run.format("<w:dstrike/>", "旧") + "</w:p>"
    noted = '<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:commentReference w:id="3"/></w:r></w:p>'
    body = table([tc("名称"), tc("周期")], [tc(noted), tc(partly)], [tc(whole), tc(whole)])
    stream = io.BytesIO(document(body))
    comment = (
        '<w:comment w:id="3" w:author="李"><w:p><w:r><w:t>请</w:t></w:r><w:r><w:t>核实</w:t></w:r></w:p></w:comment>'
    )
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/comments.xml", f"<w:comments {NAMES}>{comment}</w:comments>")
    found = open_bytes(stream.getvalue(), "目录.docx", known=Known())
    assert cells(found.sheets[0])[1:] == [["甲", "每月每季"], ["旧", "旧"]]
    assert [(notice.rule, dict(notice.params), notice.ref) for notice in found.notices] == [
        ("struck-out-row", {"sheet": "table1", "count": 1, "cells": "A3:B3"}, (0, 3, 0)),
        ("struck-out-text", {"sheet": "table1", "count": 1, "cells": "B2"}, (0, 2, 2)),
        ("cell-comment", {"sheet": "table1", "count": 1, "cells": "A2", "text": "请核实"}, (0, 2, 1)),
    ]


def test_a_text_box_is_read_once_and_field_codes_are_no_text():
    box = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{p('框')}</mc:Choice><mc:Fallback>{p('框')}</mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:instrText>PAGE</w:instrText><w:t>1</w:t></w:r></w:p>"
    )
    assert cells(read(table([tc(box)])).sheets[0]) == [["框\n1"]]


KNOWN = ("信息资源名称", "信息资源代码", "共享类型", "更新周期", "信息项名称", "数据类型")


def form(number):
    return table(
        [tc("登记表", wide(4))],
        [tc("信息资源名称"), tc(f"资源{number}"), tc("信息资源代码"), tc(f"1/{number}")],
        [tc("共享类型（必填）"), tc("有条件"), tc("更新周期"), tc("")],
        [tc("自定"), tc("甲", wide(3))],
        [tc("信息项名称"), tc("数据类型")],
        [tc("姓名"), tc("C")],
        [tc("更新周期"), tc("C")],
    )


def test_forms_become_lines_of_one_table_and_keep_their_places():
    found = read(form(1) + table([tc("别的"), tc("表")]) + form(2), KNOWN)
    assert [sheet.name for sheet in found.sheets] == ["table2", "table1–table3"]
    joined = found.sheets[1]
    assert cells(joined) == [
        ["…", "信息资源名称", "信息资源代码", "共享类型（必填）", "更新周期", "自定", "信息项名称", "数据类型"],
        ["登记表", "资源1", "1/1", "有条件", None, "甲", "姓名", "C"],
        [None, None, None, None, None, None, "更新周期", "C"],
        ["登记表", "资源2", "1/2", "有条件", None, "甲", "姓名", "C"],
        [None, None, None, None, None, None, "更新周期", "C"],
    ]
    assert str(found.place((1, 4, 3))) == "目录.docx › table3!D2"
    # A blank value stands where its name does; a line where it begins.
    assert str(found.place((1, 4, 5))) == "目录.docx › table3!C3"
    assert str(found.place((1, 3, 0))) == "目录.docx › table1!7:7"


def test_a_list_is_no_form():
    found = read(table([tc(word) for word in KNOWN[:4]], [tc("甲"), tc("1"), tc("有"), tc("年")]), KNOWN)
    assert [sheet.name for sheet in found.sheets] == ["table1"]


def test_a_document_without_a_table_is_refused():
    with pytest.raises(Unreadable, match="no table"):
        read(p("只有文字"))


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_doctype_is_refused(prolog):
    with pytest.raises(Unreadable, match="DOCTYPE"):
        open_bytes(document(table([tc("x")]), prolog), "a.docx")


@pytest.mark.parametrize(
    ("body", "limit", "options"),
    [
        ("<w:tbl><w:tr><w:tc>" * 200, "download it again", {}),
        (table([tc("x", wide(99999))]), "columns", {}),
        (table([tc("x")]) * 5, "sheets", {"limits": Limits(sheets=4)}),
        (table([tc("x")] * 5), "cells", {"limits": Limits(cells=4)}),
        (table([tc("x" * 50)]), "text", {"limits": Limits(text=40)}),
        ("<w:p>" * 10_000, "download it again", {}),
        ("&nbsp;", "download it again", {}),
    ],
)
def test_what_would_do_harm_is_refused_in_words(body, limit, options):
    with pytest.raises(Unreadable, match=limit):
        read(body, **options)
