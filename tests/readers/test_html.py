"""Tables in HTML, as systems export them under the name of .xls."""

import pytest

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv=Content-Type content="text/html; charset=gb2312"><style>td {color: red}</style></head><body>
<table><caption>目录</caption>
<tr><th rowspan=2>名称<th colspan=2>格式</tr>
<tr><td>分类</td><td>类型<br>说明</td></tr>
<tr><td>人口   与
  户籍</td><td>&nbsp;</td><td x:num>12</td></tr>
<tr style='height:0; display: none'><td>㐂</td><td><p>一</p><p>二</p></td></tr>
</table></body></html>"""


def read(text, encoding="gb18030", **options):
    return open_bytes(text.encode(encoding), "export.xls", **options)


def rows(document, sheet=0):
    return [(row.number, row.cells) for row in document.sheets[sheet].rows]


def test_spans_breaks_and_white_space_are_read_as_shown():
    document = read(PAGE)
    assert (document.family, document.sheets[0].name) == ("html", "目录")
    assert rows(document) == [
        (1, ["名称", "格式"]),
        (2, [None, "分类", "类型\n说明"]),
        (3, ["人口 与 户籍", None, "12"]),
        (4, ["㐂", "一\n二"]),
    ]
    assert document.sheets[0].merged == [(1, 1, 2, 1), (1, 2, 1, 3)]
    assert document.place((0, 3, 3)).cell == "C3"


def test_hidden_rows_are_told():
    (notice,) = [notice for notice in read(PAGE).notices if notice.rule == "hidden-row"]
    assert (notice.params["count"], notice.ref) == (1, (0, 4, 0))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_the_declared_encoding_is_not_believed(encoding):
    assert rows(read(PAGE, encoding))[3] == (4, ["㐂", "一\n二"])


def test_a_wrong_declaration_is_told():
    assert "encoding-declared-wrong" in [notice.rule for notice in read(PAGE, "utf-8").notices]


def test_tables_inside_tables_are_sheets_of_their_own():
    document = read("<table><tr><td>外<table><tr><td>内</td></tr></table>后</td></tr></table>")
    assert [rows(document, sheet) for sheet in range(2)] == [[(1, ["外后"])], [(1, ["内"])]]


def test_cells_after_a_span_over_several_rows_keep_their_columns():
    document = read("<table><tr><td>a<td rowspan=3>b<td>c<tr><td>d<td>e<tr><td>f<td>g<tr><td>h<td>i</table>")
    assert rows(document) == [
        (1, ["a", "b", "c"]),
        (2, ["d", None, "e"]),
        (3, ["f", None, "g"]),
        (4, ["h", "i"]),
    ]


def test_a_nul_is_told_and_visible():
    document = read("<table><tr><td>a\0b</td></tr></table>")
    assert rows(document) == [(1, ["a\\x00b"])]
    assert [notice.rule for notice in document.notices] == ["nul-character"]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>登录超时</body></html>",
        "<table></table>",
        "<table><tr><td>" + "<div>" * 5000 + "x</table>",
        "<table>" + "<tr><td>" * 3000 + "<table>" * 3000 + "</table>",
        "<table><tr><td>" + "x" * 12_000_000 + "</td></tr><tr><td>z</td></tr></table>",
    ],
    ids=["no table", "no row", "deep", "deep tables", "long"],
)
def test_a_page_that_cannot_be_read_whole_is_refused(page):
    with pytest.raises(Unreadable) as caught:
        read(page)
    assert ".xlsx" in caught.value.zh


@pytest.mark.parametrize(
    ("page", "limits", "name"),
    [
        ("<table><tr>" + "<td colspan=900>x" * 3 + "</table>", Limits(), "columns"),
        ("<table>" + "<tr><td>x" * 30 + "</table>", Limits(cells=20), "cells"),
        ("<table><tr><td>x</table>" * 5, Limits(sheets=4), "sheets"),
        ("<table><tr><td>" + "x" * 30 + "</table>", Limits(text=20), "text"),
    ],
)
def test_a_limit_is_named_in_the_refusal(page, limits, name):
    with pytest.raises(Unreadable) as caught:
        read(page, limits=limits)
    assert f"--limit {name}=" in caught.value.en


def test_nothing_is_fetched_or_expanded():
    page = '<!DOCTYPE html [<!ENTITY a "bbbb">]><table><tr><td>&a;<td><img src="file:///etc/passwd"></table>'
    assert rows(read(page)) == [(1, ["&a;"])]
