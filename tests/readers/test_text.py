"""Encodings: decided over the whole file, told, and nothing dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import UsageFault
from mulu.readers import text

TABLE = "信息资源名称,提供方,更新周期\n人口基本信息,某某局,每年\n企业登记信息,市场监管局,每月\n"
TRADITIONAL = "資料集名稱,提供機關,更新頻率\n人口統計資料,民政局,每年\n"
JAPANESE = "データ名称,所管部署\nひとり世帯の数,市民課\nごみ収集のカレンダー,環境課\n"


def rules(decoded):
    return [notice.rule for notice in decoded.notices]


@pytest.mark.parametrize(
    ("content", "written", "read"),
    [
        (TABLE, "gbk", "gb18030"),
        (TABLE + "㐂,𠮷,\n", "gb18030", "gb18030"),
        ("name,code\n" * 500 + "x,中\n", "gbk", "gb18030"),
        ("姓名\n王嵬\n", "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        ("Educación;Organización\ncafé;año\n", "cp1252", "cp1252"),
        ("№;Назва набору даних;Опис\n1;Реєстр доріг;Перелік\n", "cp1251", "cp1251"),
        ("Название;ОПИСАНИЕ;URL\nДороги;Перечень;x\n", "cp1251", "cp1251"),
        ("name,note\na,测绘\n", "gbk", "gb18030"),
        ("name,note\na,旅游咨询\n", "gbk", "gb18030"),
        (TABLE, "utf-16-le", "utf-16-le"),
        (TABLE, "utf-16-be", "utf-16-be"),
        ("name,code\r\na,1\r\n", "utf-16-le", "utf-16-le"),
    ],
)
def test_an_encoding_is_guessed_by_what_the_text_says(content, written, read):
    decoded = text.decode(content.encode(written), "x")
    assert (decoded.text, decoded.encoding) == (content, read)
    assert rules(decoded) == ["encoding-guessed"]
    assert decoded.notices[0].params["encoding"] == read


def test_utf8_needs_no_word():
    decoded = text.decode(TABLE.encode(), "x")
    assert (decoded.text, decoded.encoding, decoded.notices) == (TABLE, "utf-8", [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_told(encoding):
    decoded = text.decode(TABLE.encode(encoding), "x")
    assert decoded.text == TABLE
    assert rules(decoded) == ["byte-order-mark"]


def test_known_words_decide_where_frequency_cannot():
    # Every reading consists of rare characters.
    data = "鼇螭,鰲\n".encode("big5")
    assert text.decode(data, "x").encoding == "gb18030"
    assert text.decode(data, "x", known=frozenset({"鼇螭"}).copy).encoding == "big5hkscs"


def test_lines_in_gb18030_in_a_file_in_utf8_are_read_and_told():
    data = "名称\n人口信息\n".encode() + "法人信息\n".encode("gbk") + "地理信息\n".encode()
    decoded = text.decode(data, "x")
    assert decoded.text == "名称\n人口信息\n法人信息\n地理信息\n"
    (notice,) = decoded.notices
    assert notice.rule == "mixed-encoding"
    assert notice.params == {"line": 3, "encoding": "utf-8", "other": "gb18030"}
    assert notice.place.line == 3


def test_lines_in_utf8_in_a_file_in_gb18030_are_read_and_told():
    data = "名称\n人口信息\n社会保障\n".encode("gbk") + "法人信息\n".encode()
    decoded = text.decode(data, "x")
    assert decoded.text == "名称\n人口信息\n社会保障\n法人信息\n"
    assert rules(decoded) == ["encoding-guessed", "mixed-encoding"]


def test_bytes_in_no_encoding_become_visible_and_are_told():
    data = "名称,类型\n人口信息,".encode() + "社会".encode()[:-1] + b",x\n"
    decoded = text.decode(data, "x")
    assert decoded.text == "名称,类型\n人口信息,社\\xe4\\xbc,x\n"
    (notice,) = decoded.notices
    assert notice.rule == "undecodable-bytes"
    assert notice.params == {"line": 2, "offset": 30, "bytes": "e4 bc", "encoding": "utf-8"}
    assert (notice.place.line, notice.place.column) == (2, 7)
    assert data[30:32] == b"\xe4\xbc"


def test_what_the_caller_says_counts():
    data = "名称\n".encode("gbk")
    assert text.decode(data, "x", encoding="gb2312").text == "名称\n"
    assert text.decode(data, "x", encoding="gb2312").encoding == "gb18030"
    assert rules(text.decode(data, "x", encoding="utf-8")) == ["undecodable-bytes"]


@pytest.mark.parametrize("name", ["no-such", "zip", "rot13", "idna", "undefined", "x\0y"])
def test_what_is_no_text_encoding_is_a_fault_of_usage(name):
    with pytest.raises(UsageFault):
        text.decode(b"x", "x", encoding=name)


def test_a_wrong_declaration_is_told():
    assert rules(text.decode(TABLE.encode(), "x", declared="gb2312")) == ["encoding-declared-wrong"]
    assert rules(text.decode(TABLE.encode("gbk"), "x", declared="gb2312")) == ["encoding-guessed"]
    assert rules(text.decode(TABLE.encode(), "x", declared="utf8")) == []


@given(st.binary(max_size=200))
def test_any_bytes_become_some_text(data):
    assert isinstance(text.decode(data, "x").text, str)


@given(st.text(st.characters(codec="gb18030"), max_size=50))
def test_what_the_encoding_holds_comes_back(content):
    assert text.decode(content.encode("gb18030"), "x", encoding="gb18030").text == content
