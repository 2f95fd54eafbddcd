"""DBF tables: values of each type, memo texts, encodings, and headers that lie."""

import datetime
import struct

import pytest

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes, open_document

FIELDS = [("XXZYMC", "C", 20, 0), ("SJL", "N", 6, 0), ("FBRQ", "D", 8, 0), ("SFKF", "L", 1, 0)]
RECORDS = [("婚姻登记信息", 12, "20230601", "T"), ("养老机构信息", "007", "", "?"), ("已撤销", 1, "", "")]


def dbf(fields, records, *, version=3, language=0, encoding="gb18030", claimed=None, deleted=()):
    """Return the bytes of a table."""
    size = 1 + sum(field[2] for field in fields)
    count = len(records) if claimed is None else claimed
    data = bytes([version, 123, 6, 1]) + struct.pack("<IHH", count, 33 + 32 * len(fields), size)
    data += bytes(17) + bytes([language]) + bytes(2)
    for name, kind, length, decimals in fields:
        data += name.encode(encoding)[:10].ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([length, decimals])
        data += bytes(14)
    data += b"\r"
    for number, record in enumerate(records):
        data += b"*" if number in deleted else b" "
        for (_, kind, length, _), value in zip(fields, record, strict=True):
            raw = value if isinstance(value, bytes) else str(value).encode(encoding)
            data += (raw.rjust(length) if kind in "NFM" else raw.ljust(length))[:length]
    return data + b"\x1a"


def told(document):
    return {notice.rule: dict(notice.params) for notice in document.notices}


def test_values_names_and_places():
    document = open_bytes(dbf(FIELDS, RECORDS, deleted={2}), "部门/目录.dbf")
    sheet = document.sheets[0]
    assert document.family == "dbf" and document.encoding == "gb18030" and sheet.name == "目录"
    assert [row.cells for row in sheet.rows] == [
        ["XXZYMC", "SJL", "FBRQ", "SFKF"],
        ["婚姻登记信息", 12, datetime.date(2023, 6, 1), True],
        ["养老机构信息", "007"],
    ]
    assert str(document.place((0, 3, 1))) == "部门/目录.dbf › 目录!A3"
    assert told(document)["deleted-record"] == {"count": 1, "first": 3}


def test_types_of_visual_foxpro():
    fields = [
        ("A", "I", 4, 0),
        ("B", "B", 8, 0),
        ("C", "Y", 8, 0),
        ("D", "T", 8, 0),
        ("E", "F", 8, 2),
        ("F", "N", 3, 0),
    ]
    moment = struct.pack("<ii", 2460097, 45_000_000)
    record = (struct.pack("<i", -5), struct.pack("<d", 1.5), struct.pack("<q", 123400), moment, "2.50", "***")
    document = open_bytes(dbf(fields, [record], version=0x30), "a.dbf")
    assert document.sheets[0].rows[1].cells == [-5, 1.5, 12.34, datetime.datetime(2023, 6, 1, 12, 30), 2.5, "***"]
    assert told(document) == {"error-cell": {"value": "***"}}


@pytest.mark.parametrize(("language", "encoding"), [(0, "gb18030"), (0x4D, "gb18030"), (0x03, "gb18030"), (0, "utf-8")])
def test_the_encoding_is_told_by_the_content(language, encoding):
    fields = [("信息资源名称", "C", 40, 0), ("共享类型", "C", 20, 0)]
    document = open_bytes(dbf(fields, [("婚姻登记", "有条件共享")], language=language, encoding=encoding), "a.dbf")
    assert document.sheets[0].rows[1].cells == ["婚姻登记", "有条件共享"]
    # Ten bytes are five characters in GBK and three and a third in UTF-8.
    assert document.sheets[0].rows[0].cells[0] == ("信息资源名" if encoding == "gb18030" else "信息资")


def memo_of_dbase(text):
    return bytes(512) + text.encode("gb18030") + b"\x1a\x1a" + bytes(100)


def memo_of_foxpro(text):
    raw = text.encode("gb18030")
    return bytes(6) + (64).to_bytes(2, "big") + bytes(504) + struct.pack(">II", 1, len(raw)) + raw


@pytest.mark.parametrize(
    ("version", "ending", "memo", "block"),
    [(0x83, ".dbt", memo_of_dbase, 1), (0xF5, ".FPT", memo_of_foxpro, 8)],
)
def test_memo_texts_beside_the_table(tmp_path, version, ending, memo, block):
    fields = [("ZYMC", "C", 20, 0), ("ZYZY", "M", 10, 0)]
    (tmp_path / "a.dbf").write_bytes(dbf(fields, [("婚姻登记", block), ("无", 900)], version=version))
    (tmp_path / f"a{ending}").write_bytes(memo("登记双方\r\n和日期"))
    document = open_document(tmp_path / "a.dbf")
    assert [row.cells for row in document.sheets[0].rows[1:]] == [["婚姻登记", "登记双方\n和日期"], ["无"]]
    # The second record names a block that is not there.
    assert "undecodable-bytes" in told(document)


def test_a_missing_memo_file_is_told():
    document = open_bytes(dbf([("ZYMC", "C", 20, 0), ("ZYZY", "M", 10, 0)], [("婚姻", 1)], version=0x83), "a.dbf")
    assert told(document)["missing-memo"] == {"fields": "ZYZY", "ending": ".dbt"}
    assert document.sheets[0].rows[1].cells == ["婚姻"]


@pytest.mark.parametrize("claimed", [4, 2**32 - 1])
def test_a_header_that_claims_more_records_than_there_are(claimed):
    document = open_bytes(dbf(FIELDS, RECORDS, claimed=claimed), "a.dbf")
    assert len(document.sheets[0].rows) == 4
    assert told(document)["missing-records"] == {"expected": claimed, "found": 3}


def test_a_table_cut_off_anywhere_is_read_or_refused_in_words():
    whole = dbf(FIELDS, RECORDS)
    for length in range(40, len(whole) - 2):
        try:
            document = open_bytes(whole[:length], "a.dbf")
        except Unreadable as refusal:
            assert refusal.zh and refusal.en
        else:
            assert document.family != "dbf" or "missing-records" in told(document)


def test_a_table_of_random_bytes_ends():
    whole = bytearray(dbf(FIELDS, RECORDS))
    for position in range(len(whole)):
        for value in (0, 0x7F, 0xFF):
            changed = bytes(whole[:position]) + bytes([value]) + bytes(whole[position + 1 :])
            try:
                open_bytes(changed, "a.dbf")
            except Unreadable as refusal:
                assert refusal.zh and refusal.en


def test_too_many_cells_are_refused():
    with pytest.raises(Unreadable, match="cells"):
        open_bytes(dbf(FIELDS, RECORDS), "a.dbf", limits=Limits(cells=5))


def test_the_fields_are_bounded_by_the_limit_alone():
    """More than it allows are no damage, and it may be raised."""
    fields = [(f"F{number}", "C", 1, 0) for number in range(2_040)]
    data = dbf(fields, ["x" * 2_040])
    with pytest.raises(Unreadable, match="columns"):
        open_bytes(data, "a.dbf")
    document = open_bytes(data, "a.dbf", limits=Limits(columns=2_040))
    assert len(document.sheets[0].rows[1].cells) == 2_040
