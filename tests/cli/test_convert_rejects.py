"""`mulu convert --rejects`: what cannot become an entry is set aside, and the rest goes through."""

from pathlib import Path

import openpyxl
import orjson

GOOD = {"kind": "resource", "title": "水库信息"}


def lines(path):
    """Return the objects of a file of JSON Lines."""
    return [orjson.loads(line) for line in Path(path).read_bytes().splitlines()]


def test_a_broken_line_is_set_aside_with_its_place(mulu):
    """The line stands in the file as it was, and the good ones are converted."""
    Path("条目.jsonl").write_bytes(orjson.dumps(GOOD) + b'\r\n{"kind": "resource",\r\n' + orjson.dumps(GOOD) + b"\r\n")
    result = mulu("convert", "条目.jsonl", "-o", "out.jsonl", "--rejects", "留存 一.jsonl")
    assert result.code == 1 and "条目.jsonl:2" in result.err and "留存 一.jsonl" in result.err
    assert lines("out.jsonl") == [GOOD, GOOD]
    (only,) = lines("留存 一.jsonl")
    assert (only["path"], only["line"], only["record"]) == ("条目.jsonl", 2, '{"kind": "resource",')
    assert set(only["reason"]) == {"zh", "en"}


def test_a_broken_line_is_told_without_a_file_for_it(mulu):
    """Nothing is lost without a word."""
    Path("a.jsonl").write_bytes(orjson.dumps(GOOD) + b"\n{\n")
    result = mulu("convert", "a.jsonl", "-o", "out.jsonl", "--lang", "en")
    assert result.code == 1 and "a.jsonl:2" in result.err and "--rejects" in result.err


def test_lines_of_a_second_sheet_without_an_entry_are_set_aside(mulu):
    """Each with its headings, sheet and row."""
    two = Path(__file__).parents[2] / "converters" / "cn-two-sheet" / "sample.xlsx"
    book = openpyxl.load_workbook(two)
    book["信息项导入"].append(["改了名的目录", "甲", "a"])
    book.save("two.xlsx")
    result = mulu("convert", "two.xlsx", "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    aside = [one for one in lines("rejects.jsonl") if one["record"]["*数据资源目录名称"] == "改了名的目录"]
    assert result.code == 1 and len(lines("out.jsonl")) == 3
    assert [(one["sheet"], one["row"]) for one in aside] == [("信息项导入", book["信息项导入"].max_row)]
    assert aside[0]["record"]["*信息项业务名称"] == "甲"


def test_a_row_without_any_property_is_set_aside(mulu):
    """It would be an entry that says nothing; without the option it is one, with what it held in its source."""
    sample = Path(__file__).parents[2] / "converters" / "suzhou-55" / "sample.csv"
    heading, *rest = sample.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    Path("a.csv").write_text(heading + ",草稿" + "," * 53 + "\n" + "".join(rest), encoding="utf-8-sig")
    assert mulu("convert", "a.csv", "-o", "all.jsonl").code == 0
    result = mulu("convert", "a.csv", "-o", "out.jsonl", "--rejects", "rejects.jsonl")
    assert result.code == 1
    assert lines("out.jsonl") == lines("all.jsonl")[1:]
    assert [(one["row"], one["record"]) for one in lines("rejects.jsonl")] == [(2, {"状态": "草稿"})]


def test_the_file_is_there_and_empty_if_nothing_was_set_aside(mulu):
    """A pipeline can count on it; and it is there if nothing at all could be converted."""
    Path("good.jsonl").write_bytes(orjson.dumps(GOOD) + b"\n")
    assert mulu("convert", "good.jsonl", "-o", "out.jsonl", "--rejects", "a.jsonl").code == 0
    assert Path("a.jsonl").read_bytes() == b""
    sample = Path(__file__).parents[2] / "converters" / "suzhou-55" / "sample.csv"
    heading = sample.read_text(encoding="utf-8-sig").splitlines(keepends=True)[0]
    Path("bad.csv").write_text(heading + ",草稿" + "," * 53 + "\n", encoding="utf-8-sig")
    assert mulu("convert", "bad.csv", "-o", "none.jsonl", "--rejects", "b.jsonl").code == 2
    assert len(lines("b.jsonl")) == 1 and not Path("none.jsonl").exists()
