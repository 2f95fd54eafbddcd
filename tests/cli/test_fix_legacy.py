"""`mulu validate --fix` on a department's own file: spellings are mended in place, all else stays as it was."""

import io
import zipfile
from pathlib import Path

import openpyxl
import orjson
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

ROOT = Path(__file__).parents[2]
# Rules across entries have nothing to do with it.
FEW = ("-q", "--only", "duplicate-identifier")
ALIASES = (*FEW, "--unsafe-fixes")
"""An alias may say more than the name of its code, so to write the name for it is a guess."""
HEAD = "信息资源名称 信息资源代码 信息资源提供方 信息资源提供方代码 信息资源摘要 共享类型 更新周期 发布日期".split()
# What was written, and what is written for it; by column.
MENDS = {
    0: ("登记信息 \u3000", "登记信息"),
    1: ("307021022100／0００１01", "307021022100/000101"),
    3: ("11430100—MB1E20479-1", "11430100MB1E204791"),
    5: ("无条件共享类", "无条件共享"),
    6: ("按月", "每月"),
    7: ("２０２１年6月8日", "2021-06-08"),
}
ROWS = [
    [MENDS[n][0] if n in MENDS else text for n, text in enumerate([""] * 2 + ["某局", "", "某事 有，逗号"] + [""] * 3)],
    ["婚姻信息", "307021022100/000102", "某局", "11430100MB1E204791", "ABC１２３", "无条件共享", "每月", "2021—06—08"],
    ["养老信息", "307021022100/000103", "某局", "11430100MB1E204791", "按月", "无条件共享", "每 3 日", "2021-06-08"],
]
WANTED = [
    [MENDS[n][1] if n in MENDS else text for n, text in enumerate(ROWS[0])],
    [*ROWS[1][:7], "2021-06-08"],
    ROWS[2],
]


def entries(mulu, name):
    """Return what a file says, without the spellings that were found."""
    mulu("convert", name, "-o", "条目.jsonl")
    found = [orjson.loads(line) for line in Path("条目.jsonl").read_bytes().splitlines()]
    return [{**entry, "source": {k: v for k, v in entry["source"].items() if k != "original"}} for entry in found]


@pytest.mark.parametrize(("encoding", "end"), [("utf-8-sig", "\r\n"), ("gb18030", "\n")])
def test_each_spelling_of_a_csv_is_mended_and_nothing_else(mulu, encoding, end):
    """Blanks, full width, dates, dashes, aliases of codes; free text, quotes and what tells more stay to the byte."""

    def table(rows):
        return end.join([",".join(HEAD), *(",".join(f'"{c}"' if "，" in c else c for c in row) for row in rows), ""])

    Path("表.csv").write_bytes(table(ROWS).encode(encoding))
    before = Path("表.csv").read_bytes()
    shown = mulu("validate", "表.csv", "--diff", *ALIASES)
    assert Path("表.csv").read_bytes() == before and "可改 7 处" in shown.err
    assert shown.out.startswith("--- 表.csv\n+++ 表.csv\n@@ -2 +2 @@\n-登记信息")
    assert "+" + ",".join(WANTED[1]) in shown.out and "养老信息" not in shown.out
    assert "表.csv：改了 7 处" in mulu("validate", "表.csv", "--fix", *ALIASES).err
    assert Path("表.csv").read_bytes() == table(WANTED).encode(encoding)
    assert "没有可以改的" in mulu("validate", "表.csv", "--fix", *ALIASES).err


def test_each_spelling_of_a_workbook_is_mended_and_nothing_else(mulu):
    """One part of the file changes, in the cells of the values; formats, widths, comments, formulas stay."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "目录"
    for row in [HEAD, *ROWS]:
        sheet.append(row)
    sheet["F2"].font, sheet["A2"].comment = Font(bold=True, color="FF0000"), Comment("核对", "张")
    sheet.column_dimensions["A"].width, sheet["K2"] = 33, "=1+1"
    book.create_sheet("说明")["A1"] = MENDS[5][0]
    book.save("簿.xlsx")
    before, said = members("簿.xlsx"), entries(mulu, "簿.xlsx")
    shown = mulu("validate", "簿.xlsx", "--diff", *ALIASES)
    assert "簿.xlsx › 目录!F2: 无条件共享类 → 无条件共享" in shown.out and members("簿.xlsx") == before
    assert "簿.xlsx：改了 7 处" in mulu("validate", "簿.xlsx", "--fix", *ALIASES).err
    after = members("簿.xlsx")
    assert list(after) == list(before)
    assert [name for name in before if after[name] != before[name]] == ["xl/worksheets/sheet1.xml"]
    again = openpyxl.load_workbook("簿.xlsx")
    mended = again["目录"]
    assert [[c.value for c in row[: len(HEAD)]] for row in mended.iter_rows(min_row=2, max_row=4)] == WANTED
    assert again["说明"]["A1"].value == MENDS[5][0] and mended["K2"].value == "=1+1"
    assert mended["F2"].font.bold and mended["A2"].comment.text == "核对" and mended.column_dimensions["A"].width == 33
    now = entries(mulu, "簿.xlsx")
    # What conversion understood it understands as the same; what it did not, it does now.
    assert [{**e, "identifier": 0, "publisher": 0, "issued": 0} for e in now] == [
        {**e, "identifier": 0, "publisher": 0, "issued": 0} for e in said
    ]
    assert [e["issued"] for e in now] == ["2021-06-08"] * 3


def members(path):
    """Return each part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(Path(path).read_bytes())) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_each_spelling_of_a_legacy_json_is_mended_and_nothing_else(mulu):
    """A portal's own JSON keeps its order, its blanks and its numbers."""

    def text(rows):
        return orjson.dumps({"data": [dict(zip(HEAD, row, strict=True)) | {"序号": 1.50} for row in rows]}).decode()

    Path("口.json").write_text(text(ROWS).replace("1.5", "1.50"), "utf-8")
    assert "口.json：改了 7 处" in mulu("validate", "口.json", "--fix", *ALIASES).err
    assert Path("口.json").read_text("utf-8") == text(WANTED).replace("1.5", "1.50")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_each_spelling_of_an_xml_is_mended_and_nothing_else(mulu, encoding):
    """An element whose text stands on its own line; references, comments, what is doubtful stay to the byte."""
    text = (ROOT / "converters" / "gbt21063" / "sample.xml").read_text("utf-8").replace("UTF-8", encoding)
    # Two elements of one line that say the same are not told apart.
    twice = "<zwml:TpCat><zwml:cateStd>２０２１年</zwml:cateStd><zwml:cateName>２０２１年</zwml:cateName></zwml:TpCat>"
    text = text.replace("2021-06-18", " ２０２１年6月8日&#32;").replace("<zwml:abstract/>", f"<zwml:abstract/>{twice}")
    Path("录.xml").write_bytes(text.encode(encoding))
    shown = mulu("validate", "录.xml", "--diff", *FEW)
    assert "录.xml:8:  ２０２１年6月8日&#32; → 2021-06-08" in shown.out and "可改 3 处" in shown.err
    assert "录.xml：改了 3 处" in mulu("validate", "录.xml", "--fix", *FEW).err
    wanted = text.replace(" ２０２１年6月8日&#32;", "2021-06-08").replace("2019年7月", "2019-07")
    assert Path("录.xml").read_bytes() == wanted.replace("　建设用地审批结果　", "建设用地审批结果").encode(encoding)


def test_a_cell_that_repeats_on_each_line_of_an_entry_is_mended_on_each(mulu):
    """Lines of one entry must not disagree afterwards."""
    head = "信息资源名称,信息资源代码,信息资源提供方,信息资源摘要,共享类型,更新周期,信息项名称,数据类型\n"
    rows = "".join(f"登记信息,307021022100/000101,某局,某事,无条件共享类,按月,{name},字符型\n" for name in "甲乙丙")
    Path("项.csv").write_text(head + rows, "utf-8")
    assert "项.csv：改了 6 处" in mulu("validate", "项.csv", "--fix", *ALIASES, "-f", "json:r.json").err
    wanted = rows.replace("无条件共享类", "无条件共享").replace("按月", "每月")
    assert Path("项.csv").read_text("utf-8") == head + wanted
    assert "lines-disagree" not in orjson.loads(Path("r.json").read_bytes())["rules"]


def test_what_tells_more_than_the_value_is_left(mulu):
    """A time of day, a number behind an alias, a code of a system, a person: none of it is a matter of spelling."""
    head = "信息资源名称,信息资源代码,信息资源提供方,信息资源摘要,共享类型,更新周期,发布日期,联系电话\n"
    row = "登记信息,307021022100/000101,某局,某事,1,每 3 日,2021-06-08 12:30,１３８１２３４５６７８\n"
    Path("表.csv").write_text(head + row, "utf-8")
    mulu("validate", "表.csv", "--fix", *FEW)
    assert Path("表.csv").read_text("utf-8") == head + row
