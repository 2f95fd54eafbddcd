"""The workbook that goes back to the department: unharmed, but for what is marked."""

import copy
import io
import re
import warnings
import zipfile
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import orjson
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from mulu.cli import run
from mulu.errors import MuluError, UsageFault
from mulu.limits import DEFAULT
from mulu.reports import formats, report_format, xlsx
from mulu.reports._xlsx import cells, listing, marks, original
from mulu.standard import load
from mulu.validate import Options, Validation

pytestmark = pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")

ROOT = Path(__file__).parents[2]
STANDARD = load(ROOT)
EXAMPLE = ROOT / "examples" / "示例市民政局政务信息资源目录.xlsx"
CSV = ROOT / "converters" / "cn-flat-35" / "sample.csv"
RED, AMBER, BLUE, GREY = "00FFC7CE", "00FFE699", "00CFE2F3", "00E4E4E4"
PHONE = "13812345678"


@pytest.fixture
def annotated(tmp_path):
    """Return a function that checks files and returns the workbook report, and the findings."""
    runs = []

    def check(*paths, language="zh", level="register", before=None, stream=None):
        folder = tmp_path / f"run{len(runs)}"
        folder.mkdir()
        options = Options(level, date(2026, 1, 15), only=frozenset({"duplicate-identifier", "placeholder-text"}))
        checking = Validation(STANDARD, options, folder)
        runs.append(checking)
        for path in paths:
            list(checking.add(path, path.name))
        report = checking.finish()
        if before is not None:
            before()
        written = stream or io.BytesIO()
        report_format("xlsx").write(report, written, language, False)
        written.seek(0)
        book = openpyxl.load_workbook(written, rich_text=True)
        return book, list(report.findings), written

    yield check
    for checking in runs:
        checking.close()


@pytest.fixture
def submitted(tmp_path):
    """Return a workbook with all that must survive, and the path that it was saved to."""
    book = openpyxl.load_workbook(EXAMPLE)
    sheet = book.worksheets[0]
    sheet["O5"] = "=0.2+0.4"
    sheet["O5"].number_format = "0.00%"
    sheet["K10"] = CellRichText("全市", TextBlock(InlineFont(b=True), "社会组织"), "登记的基本情况")
    sheet["G16"] = f"联系{PHONE}"
    sheet["G16"].comment = Comment("科室：已核对", "张三", width=200, height=60)
    sheet["G16"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["F27"].fill = PatternFill("solid", fgColor="0000FF")
    sheet["G27"] = "=cmd|' /C calc'!A0"
    sheet["G27"].data_type = "s"
    sheet["AE32"] = 20240101
    sheet["AE32"].number_format = "yyyy-mm-dd"
    sheet["K16"] = "_x005F_x0041_"
    sheet["AE41"] = datetime(2018, 6, 1)
    sheet.column_dimensions["F"].width = 33.5
    sheet.row_dimensions[10].height = 44
    sheet.row_dimensions[41].hidden = True
    sheet.freeze_panes = "G5"
    sheet.add_data_validation(DataValidation("list", formula1='"是,否"', sqref="AB5:AB47"))
    sheet.conditional_formatting.add("X5:X9", CellIsRule("equal", ['"x"'], font=openpyxl.styles.Font(b=True)))
    book.create_sheet("校验结果").append(["部门自己的"])
    path = tmp_path / "目录.xlsx"
    book.save(path)
    return openpyxl.load_workbook(path, rich_text=True), path


def look(cell):
    """Return all that makes a cell but its comment."""
    style = (cell.font, cell.border, cell.alignment, cell.fill, cell.number_format, cell.protection)
    return cell.value, cell.data_type, [copy.copy(part) for part in style]


def fills(sheet):
    """Return the colours that cells of a sheet are marked with."""
    return {
        f"{get_column_letter(column)}{row}": rule.dxf.fill.bgColor.rgb
        for marked in sheet.conditional_formatting
        for rule in marked.rules
        if "mulu" in str(rule.formula)
        for area in marked.sqref.ranges
        for row, column in area.cells
    }


def comments(sheet):
    """Return the comments of a sheet by cell."""
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def table(sheet):
    """Return the list of findings of the first sheet, as dictionaries, and the texts above it."""
    rows = [list(row) for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0].fill.fgColor.rgb == "0044546A")
    names = [cell.value for cell in rows[head]]
    listed = []
    for row in rows[head + 1 :]:
        if row[0].value is None:
            break
        listed.append(dict(zip(names, row, strict=True)))
    return listed, [row[0].value for row in rows[:head]]


def test_what_was_handed_in_comes_back_unharmed(annotated, submitted):
    """Values, formulas, formats, widths, merged and hidden parts are as they were, in marked cells too."""
    before, path = submitted
    after, findings, _ = annotated(path)
    assert after.sheetnames == ["校验结果 (2)", *before.sheetnames]
    marked = 0
    for old in before.worksheets:
        new = after[old.title]
        assert old.dimensions == new.dimensions and old.sheet_state == new.sheet_state
        assert sorted(map(str, old.merged_cells.ranges)) == sorted(map(str, new.merged_cells.ranges))
        assert {k: (v.width, v.hidden) for k, v in old.column_dimensions.items()} == {
            k: (v.width, v.hidden) for k, v in new.column_dimensions.items()
        }
        assert {k: (v.height, v.hidden) for k, v in old.row_dimensions.items()} == {
            k: (v.height, v.hidden) for k, v in new.row_dimensions.items()
        }
        assert old.freeze_panes == new.freeze_panes
        assert str(old.data_validations.dataValidation) == str(new.data_validations.dataValidation)
        formats = [each for each in new.conditional_formatting if "mulu" not in str(each.rules[0].formula)]
        assert [str(each.sqref) for each in old.conditional_formatting] == [str(each.sqref) for each in formats]
        shown = fills(new)
        for row in old.iter_rows():
            for cell in row:
                other = new[cell.coordinate]
                if cell.coordinate == "AE32":
                    # openpyxl itself makes an error of it.
                    continue
                assert look(cell) == look(other), cell.coordinate
                says_more = (other.comment and other.comment.text) != (cell.comment and cell.comment.text)
                assert says_more == (cell.coordinate in shown)
                marked += says_more
    assert 0 < marked <= len(findings)
    assert after.active.title == "校验结果 (2)"
    assert [sheet.sheet_view.tabSelected for sheet in after.worksheets].count(True) == 1


def test_what_openpyxl_would_change_stays(annotated, submitted):
    """Of 20240101 in a cell for dates it makes `#VALUE!`, of the escape `_x005F_` nothing."""
    _, path = submitted
    _, _, written = annotated(path)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        with zipfile.ZipFile(written) as archive:
            part = archive.read("xl/worksheets/sheet2.xml")
    cell = part[part.index(b'r="AE32"') :]
    assert b"<v>20240101</v>" in cell[: cell.index(b"</c>")]
    assert b">_x005F_x0041_<" in part


def test_cells_are_marked_by_gravity_and_told_in_the_language(annotated, submitted):
    """The comment says what is wrong and what to do, in Chinese or English; existing ones are kept."""
    _, path = submitted
    for language, word in (("zh", "【错误】"), ("en", "[error]")):
        after, findings, _ = annotated(path, language=language)
        sheet = after[openpyxl.load_workbook(path, read_only=True).sheetnames[0]]
        told, shown = comments(sheet), fills(sheet)
        assert shown["G41"] == RED and told["G41"].startswith(f"—— mulu ——\n{word}")
        assert (shown["K41"], shown["A1"], shown["A10"]) == (AMBER, BLUE, GREY)
        finding = next(f for f in findings if f["source"]["cell"] == "G41")
        assert finding["message"][language] in told["G41"] and finding["mend"][language] in told["G41"]
        assert told["G16"].startswith("科室：已核对\n") and "138******78" in told["G16"]
        assert sheet["G16"].comment.author == "张三" and shown["G16"] in (RED, BLUE)
        assert sheet["G16"].value == f"联系{PHONE}"


def test_every_finding_is_listed_with_a_link_to_its_cell(annotated, submitted):
    """The list is complete, the gravest first, and each link leads to a cell that is marked."""
    _, path = submitted
    after, findings, _ = annotated(path)
    first = after.worksheets[0]
    listed, top = table(first)
    assert len(listed) == len(findings)
    colours = [row["程度"].fill.fgColor.rgb for row in listed]
    assert colours == sorted(colours, key=[RED, AMBER, BLUE, GREY].index)
    for row in listed:
        name, cell = row["单元格"].hyperlink.location.rsplit("!", 1)
        target = after[name.strip("'")]
        assert row["工作表"].value == target.title
        if row["单元格"].value != "整张表":
            assert row["单元格"].value == cell and target[cell].comment is not None
    assert {row["问题"].value for row in listed} == {f["message"]["zh"] for f in findings}
    assert any("9 条" in str(text) for text in top) and any("公式" in str(text) for text in top)
    assert first.freeze_panes == f"A{listed[0]['程度'].row}" and first.auto_filter.ref.startswith("A")


def test_personal_numbers_are_masked_in_all_that_is_added(annotated, submitted):
    """The cell itself keeps what it holds."""
    _, path = submitted
    after, _, _ = annotated(path)
    added = [str(cell.value) for row in after.worksheets[0].iter_rows() for cell in row]
    added += [text for sheet in after.worksheets for text in comments(sheet).values()]
    assert any("138******78" in text for text in added)
    assert not any(PHONE in text for text in added)


def test_no_text_becomes_a_formula(annotated, submitted):
    """What begins like a formula stays text in the sheet, in the comment and in the list."""
    _, path = submitted
    after, _, written = annotated(path)
    sheet = after.worksheets[1]
    assert sheet["G27"].data_type == "s" and sheet["G27"].value.startswith("=cmd")
    formulas = [c.coordinate for s in after.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert formulas == ["O5"]
    assert b"fullCalcOnLoad" in zipfile.ZipFile(written).read("xl/workbook.xml")


def test_a_finding_in_a_merged_cell_goes_to_the_first_of_its_range(annotated, tmp_path):
    """A comment elsewhere in the range would be lost, and openpyxl refuses it."""
    book = openpyxl.load_workbook(EXAMPLE)
    book.worksheets[0].merge_cells("F41:G41")
    path = tmp_path / "合并.xlsx"
    book.save(path)
    after, _, _ = annotated(path)
    here = SimpleNamespace(copies={"甲": original.Sheets({"表": after.worksheets[1]})}, anchors={})
    here._merged = partial(xlsx._Annotated._merged, here)
    here.used, here._first_used = {}, partial(xlsx._Annotated._first_used, here)
    place = {"path": "甲", "sheet": "表", "row": 41, "column": 7}
    assert xlsx._Annotated._spot(here, {"source": place})[1:] == (41, 6)
    assert xlsx._Annotated._spot(here, {"source": {**place, "row": 6, "column": None}})[1:] == (6, 21)


def test_what_came_back_is_mended_and_handed_in_again(annotated, submitted, tmp_path):
    """Of the check before nothing is left: no mark on what was mended, no second list, and nothing is told of it."""
    _, path = submitted
    first, before, written = annotated(path)
    again = tmp_path / "again" / path.name
    again.parent.mkdir()
    again.write_bytes(written.getvalue())
    unchanged, same, _ = annotated(again)
    assert [f["message"] for f in same] == [f["message"] for f in before]
    assert unchanged.sheetnames == first.sheetnames
    for sheet in first.worksheets[1:]:
        assert comments(unchanged[sheet.title]) == comments(sheet) and fills(unchanged[sheet.title]) == fills(sheet)

    first.worksheets[1]["G41"].value = "307099020400/000099"
    first.worksheets[1]["G16"].value = None
    first.save(again)
    mended, after, _ = annotated(again)
    sheet = mended.worksheets[1]
    found = {finding["source"]["cell"] for finding in after if finding["source"]["sheet"] == sheet.title}
    assert set(fills(sheet)) == set(comments(sheet)) >= found - {None} and "G41" not in found
    assert sheet["F27"].fill.fgColor.rgb == "000000FF"
    told = comments(sheet).get("G16", "")
    assert told.startswith("科室：已核对") and "138******78" not in told and sheet["G16"].comment.author == "张三"
    assert [c.rules[0].formula for c in sheet.conditional_formatting if str(c.sqref) == "X5:X9"] == [['"x"']]


def test_old_workbooks_come_back_with_sheets_values_and_merged_cells(annotated, tmp_path):
    """`.xls` has the same cells, dates as dates, long numbers in full, hidden sheets hidden."""
    source = openpyxl.load_workbook(EXAMPLE)
    old = xlwt.Workbook(encoding="utf-8")
    for sheet in source.worksheets:
        new = old.add_sheet(sheet.title)
        new.visibility = 0 if sheet.sheet_state == "visible" else 1
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    new.write(cell.row - 1, cell.column - 1, cell.value)
        for area in sheet.merged_cells.ranges:
            new.merge(area.min_row - 1, area.max_row - 1, area.min_col - 1, area.max_col - 1)
    old.get_sheet(0).write(46, 3, 123456789012)
    path = tmp_path / "目录.xls"
    old.save(str(path))
    after, _, _ = annotated(path)
    assert after.sheetnames[1:] == source.sheetnames
    for sheet in source.worksheets:
        new = after[sheet.title]
        assert sorted(map(str, new.merged_cells.ranges)) == sorted(map(str, sheet.merged_cells.ranges))
        assert new.sheet_state == sheet.sheet_state
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and cell.coordinate != "D47":
                    assert str(new[cell.coordinate].value)[:10] == str(cell.value)[:10]
    assert fills(after.worksheets[1])["G41"] == RED
    assert after.worksheets[1]["D47"].value == 123456789012 and after.worksheets[1]["D47"].number_format == "0"
    assert "不是 .xlsx" in "".join(map(str, table(after.worksheets[0])[1]))


def test_pages_come_back_as_sheets(annotated, tmp_path):
    """Captions that no sheet can be called, formulas, spans that overlap, `_x0041_`: all held as they were."""
    heads = [
        cell.value for cell in openpyxl.load_workbook(ROOT / "converters/cn-two-sheet/sample.xlsx").worksheets[0][1]
    ]
    row = ["=1+1", "_x0041_", *["x"] * (len(heads) - 2)]
    lines = "".join(f"<tr>{''.join(f'<td>{v}</td>' for v in values)}</tr>" for values in (heads, row, row))
    odd = "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td colspan=3>c</td></tr></table>"
    page = f"<html><meta charset=utf-8><table><caption>目录[1]/甲:{'长' * 40}</caption>{lines}</table>{odd}</html>"
    path = tmp_path / "导出.xls"
    path.write_text(page, encoding="utf-8")
    after, findings, written = annotated(path)
    sheet = after.worksheets[1]
    assert sheet.title.startswith("目录_1__甲_") and len(sheet.title) == 31
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["B2"].value == "_x0041_"
    parts = [zipfile.ZipFile(written).read(name) for name in zipfile.ZipFile(written).namelist()]
    assert any(b">_x005F_x0041_<" in part for part in parts)
    assert len(table(after.worksheets[0])[0]) == len(findings) > 0
    assert zipfile.ZipFile(written).testzip() is None


def test_lines_of_a_csv_file_become_rows(annotated, tmp_path):
    """A row is a record, line breaks in quotes and all; the faulty cell is found by its line and character."""
    path = tmp_path / "导出.csv"
    text = CSV.read_bytes().decode("gb18030").replace("公共停车场信息", "=HYPERLINK(1)")
    path.write_text(re.sub("接口,.,,每", "接口,也许,,每", text, count=1), encoding="utf-8")
    after, findings, _ = annotated(path, level="interoperate")
    sheet = after.worksheets[1]
    assert sheet.title == "导出" and sheet["A1"].value == "信息资源英文名称\n（必填）"
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=HYPERLINK(1)", "s")
    wrong = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value == "也许"]
    found = [f for f in findings if f["value"] == "也许" or "也许" in str(f["params"])]
    assert found and wrong
    assert fills(sheet)[wrong[0]] == RED and "也许" in sheet[wrong[0]].comment.text


GOOD = {
    "kind": "resource",
    "identifier": "307021022100/000101",
    "title": "个体工商户登记信息",
    "publisher": {"name": "示例市市场监督管理局", "identifier": "11430100MB1E204791"},
}


@pytest.mark.parametrize("ending", ["jsonl", "json", "yaml"])
def test_entries_become_rows_and_faulty_properties_cells(annotated, tmp_path, ending):
    """Columns are properties; one that is missing gets a column to be marked in."""
    wrong = {**GOOD, "identifier": "307021022100/000102", "publisher": {"name": "=甲\x0b局", "identifier": "1143"}}
    del wrong["title"]
    wrong["keyword"] = ["甲", "乙"]
    path = tmp_path / f"条目.{ending}"
    lines = b"\n".join([*map(orjson.dumps, (GOOD, GOOD, wrong))])
    path.write_bytes(lines if ending == "jsonl" else orjson.dumps([GOOD, GOOD, wrong], option=orjson.OPT_INDENT_2))
    after, findings, _ = annotated(path)
    sheet = after.worksheets[1]
    column = {str(cell.value).split("\n")[-1]: cell.column_letter for cell in sheet[1]}
    assert sheet[f"{column['publisher.name']}4"].value == "=甲\\x0b局"
    assert sheet[f"{column['keyword']}4"].value == "甲\n乙"
    assert fills(sheet)[f"{column['publisher.identifier']}4"] == RED
    assert fills(sheet)[f"{column['title']}4"] == RED and sheet[f"{column['title']}4"].value is None
    assert sheet[f"{column['identifier']}3"].comment is not None
    assert sheet[f"{column['title']}3"].comment is None
    listed, _ = table(after.worksheets[0])
    assert len(listed) == len(findings) and all(row["单元格"].hyperlink for row in listed)


def test_several_files_make_one_workbook(annotated, submitted, tmp_path):
    """Values only, which is said; names of sheets are made unique; what was not read is named."""
    _, path = submitted
    other = tmp_path / "乙" / "目录.xlsx"
    other.parent.mkdir()
    other.write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "坏.json").write_bytes(b"{")
    after, findings, _ = annotated(path, other, CSV, tmp_path / "坏.json", tmp_path / "没有.csv")
    assert len(after.sheetnames) == len(set(after.sheetnames)) == 1 + 3 + 2 + 1
    listed, top = table(after.worksheets[0])
    said = "".join(map(str, top))
    assert len(listed) == len(findings) and "多个文件" in said
    assert "坏.json" in said and "没有.csv" in said
    assert {row["文件"].value for row in listed} >= {"目录.xlsx", "sample.csv"}


def test_a_file_that_changed_meanwhile_is_refused(annotated, tmp_path):
    """Marks in another workbook than the one that was checked would mislead."""
    path = tmp_path / "目录.xlsx"
    for change in (lambda: path.write_bytes(path.read_bytes() + b"\0"), lambda: path.write_bytes(b"PK"), path.unlink):
        path.write_bytes(EXAMPLE.read_bytes())
        with pytest.raises(MuluError, match="was modified or removed"):
            annotated(path, before=change)


def test_a_workbook_that_openpyxl_cannot_hold_comes_back_as_values(annotated, submitted, monkeypatch):
    """Too large, or full of what openpyxl does not know: said, and still annotated."""
    _, path = submitted
    reading = openpyxl.load_workbook

    def failing(*given, keep_vba=None, **other):
        if keep_vba is not None:
            raise IndexError
        return reading(*given, **other)

    for thing, name, value in ((original, "KEPT_CELLS", 10), (openpyxl, "load_workbook", failing)):
        with monkeypatch.context() as patch:
            patch.setattr(thing, name, value)
            after, _, _ = annotated(path)
        assert "无法原样保留" in "".join(map(str, table(after.worksheets[0])[1]))
        assert fills(after.worksheets[1])["G41"] == RED


def test_cells_that_would_fill_the_memory_are_counted_before_they_are_made():
    """One merged, linked or commented range can stand for the whole sheet, however it is written."""
    part = b'<x><c r="A1"/><c/><mergeCell ref="A1:J10"/><hyperlink id="x" ref="A1:A5"/><hyperlink ref="B1"/></x>'
    assert original._weight(part, DEFAULT) == 2 + 101 + 6 + 1
    assert original._weight(b'<x><comment ref="A1"/></x>', DEFAULT) > 1
    for written in (b"<mergeCell " + b" " * 9_000 + b'ref="A1:XFD1048576"/>', b'<comment ref="A1&#58;XFD1048576"/>'):
        assert original._weight(b"<x>" + written + b"</x>", DEFAULT) > original.KEPT_CELLS


TEXTS = b'<Override PartName="/xl/t.xml" ContentType="application/vnd.openxmlformats.sharedStrings+xml"/></Types>'


@pytest.mark.parametrize(
    "changes",
    [
        {"xl/styles.xml": (b"</cellXfs>", b"<xf/>" * 201_000 + b"</cellXfs>")},
        {"xl/styles.xml": (b"</fonts>", b"<font/>" * 201_000 + b"</fonts>")},
        {"[Content_Types].xml": (b"</Types>", TEXTS), "xl/t.xml": (b"", b"<sst>" + b"<si/>" * 1_001_000 + b"</sst>")},
    ],
)
def test_a_workbook_of_formats_or_texts_beyond_number_comes_back_as_values(changes):
    """openpyxl makes an object of each, whether a cell has it or not."""
    book, buffer, dense = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.save(buffer)
    assert original.parts_of(buffer.getvalue(), 2**20)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(dense, "w") as target:
        members = {name: source.read(name) for name in source.namelist()}
        for name, (old, new) in changes.items():
            members[name] = members.get(name, b"").replace(old, new)
        for name, data in members.items():
            target.writestr(name, data)
    with pytest.raises(original.NotKept):
        original.parts_of(dense.getvalue(), 2**20)


def test_a_part_that_is_referred_to_twice_comes_back_as_values():
    """Each is one sheet's; openpyxl reads it as often as somebody wrote that it is there."""
    book, buffer, again = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active["A1"].comment = Comment("x", "y")
    book.save(buffer)
    assert len(original.parts_of(buffer.getvalue(), 2**20)[1]) == 1
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(again, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith("sheet1.xml.rels"):
                data = re.sub(rb"(<Relationship [^>]*comments[^>]*>)", rb"\1\1", data)
            target.writestr(info, data)
    with pytest.raises(original.NotKept):
        original.parts_of(again.getvalue(), 2**20)


def test_what_cannot_be_kept_is_named(annotated, tmp_path):
    """Images, text boxes, sparklines, drop-down lists of other sheets, macros."""
    path = tmp_path / "目录.xlsx"
    with zipfile.ZipFile(EXAMPLE) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith("sheet1.xml"):
                groups = b'<ext uri="{05C60535}" xmlns:x14="u"><x14:sparklineGroups/></ext>'
                extension = b"<extLst>" + groups + b"</extLst></worksheet>"
                data = data.replace(b"</worksheet>", extension)
            target.writestr(info, data)
        target.writestr("xl/media/image1.emf", b"x")
        target.writestr("xl/drawings/drawing1.xml", b"<xdr:wsDr><xdr:sp macro=''/></xdr:wsDr>")
    after, _, _ = annotated(path)
    said = "".join(map(str, table(after.worksheets[0])[1]))
    assert all(word in said for word in ("图片", "文本框", "迷你图")) and "切片器" not in said
    macros = original.lost_features(["xl/vbaProject.bin"], [], False)
    assert ".xlsm" in macros[0].zh and original.lost_features(["xl/vbaProject.bin"], [], True) == []


def test_macros_stay_if_the_name_says_so(annotated, tmp_path):
    """A workbook with macros named .xlsx, or one without named .xlsm, does not open in Excel."""
    path = tmp_path / "目录.xlsm"
    with zipfile.ZipFile(EXAMPLE) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "[Content_Types].xml":
                kind = b'ContentType="application/vnd.ms-office.vbaProject"'
                part = b'<Override PartName="/xl/vbaProject.bin" ' + kind + b"/></Types>"
                data = data.replace(b"</Types>", part)
            target.writestr(info, data)
        target.writestr("xl/vbaProject.bin", b"macros")
    for name, kept in (("a.xlsm", True), ("a.xlsx", False)):
        with (tmp_path / name).open("w+b") as stream:
            after, _, _ = annotated(path, stream=stream)
            said = "".join(map(str, table(after.worksheets[0])[1]))
            assert ("宏" in said) is not kept
            assert ("xl/vbaProject.bin" in zipfile.ZipFile(stream).namelist()) is kept
    with (tmp_path / "b.xlsm").open("w+b") as stream, pytest.raises(UsageFault, match="no macros"):
        annotated(EXAMPLE, stream=stream)


def test_a_workbook_that_cannot_be_written_as_it_was_comes_back_as_a_copy(annotated, monkeypatch):
    """What was written before openpyxl gave up does not get into the copy."""
    real, calls = ExcelWriter.write_data, []

    def write_data(writer):
        calls.append("called")
        if len(calls) == 1:
            writer._archive.writestr("begun", "a" * 100)
            raise TypeError
        real(writer)

    monkeypatch.setattr(ExcelWriter, "write_data", write_data)
    _, _, written = annotated(EXAMPLE)
    assert len(calls) == 2
    with zipfile.ZipFile(written) as archive:
        assert archive.testzip() is None and "begun" not in archive.namelist()


def test_long_lists_and_large_copies_are_cut_and_say_so(annotated, tmp_path, monkeypatch):
    """The gravest are listed; a text too long for a cell is cut."""
    monkeypatch.setattr(listing, "LISTED", 3)
    monkeypatch.setattr(xlsx, "MARKED", 2)
    wrong = {**GOOD, "identifier": "x", "description": "长" * 40_000}
    path = tmp_path / "条目.jsonl"
    path.write_bytes(b"\n".join([orjson.dumps({**wrong, "title": f"甲{n}"}) for n in range(9)]))
    after, findings, _ = annotated(path)
    listed, top = table(after.worksheets[0])
    said = "".join(map(str, top))
    assert len(listed) == 3 < len(findings) and f"共 {len(findings)} 处" in said
    assert "只标记了前 2 个" in said and "已截断" in said
    assert len(comments(after.worksheets[1])) == 2
    monkeypatch.setattr(cells.Account.__init__, "__defaults__", (20, *cells.Account.__init__.__defaults__[1:]))
    after, _, _ = annotated(path)
    assert "只复制到第" in "".join(map(str, table(after.worksheets[0])[1]))
    assert after.worksheets[1].max_row < 9


def test_a_comment_is_no_longer_than_a_comment_can_be(annotated, tmp_path, monkeypatch):
    """What stood there goes first; of ours, the gravest."""
    book = openpyxl.load_workbook(EXAMPLE)
    book.worksheets[0]["G41"].comment = Comment("长" * 40_000, "甲")
    path = tmp_path / "目录.xlsx"
    book.save(path)
    monkeypatch.setattr(marks, "COMMENT", 10)
    after, _, _ = annotated(path)
    told = comments(after.worksheets[1])
    assert len(told["G41"]) < 41_000 and told["G41"].startswith("长")
    assert all(len(text) < 80 for name, text in told.items() if name != "G41")


@pytest.mark.parametrize(
    ("name", "taken", "shown"),
    [
        ("a[b]:c*d?e/f\\g", [], "a_b__c_d_e_f_g"),
        ("'目录'", ["目录"], "目录 (2)"),
        ("", [], "Sheet"),
        ("History", [], "History (2)"),
        ("长" * 40, ["长" * 31], "长" * 27 + " (2)"),
        ("𠀀" * 20, [], "𠀀" * 15),
    ],
)
def test_names_of_sheets(name, taken, shown):
    """As a spreadsheet takes them: 31 characters, none forbidden, each once."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title in taken:
        book.create_sheet(title)
    assert cells.unique(book, name) == shown


def test_values_are_written_as_what_they_are():
    """No value becomes an error, a formula, or another number."""
    sheet = openpyxl.Workbook().active
    values = ["=1", "+1", "-1", "@x", "#N/A", "a\ufffeb", "\t=1", 2**60, 123456789012, date(1850, 1, 2), True, 1.5]
    for row, value in enumerate(values, 1):
        cells.put(sheet, row, 1, value)
    book = io.BytesIO()
    sheet.parent.save(book)
    read = [row[0] for row in openpyxl.load_workbook(book).active.iter_rows()]
    shown = ["=1", "+1", "-1", "@x", "#N/A", "a\\ufffeb", "\t=1", str(2**60), 123456789012, "1850-01-02", True, 1.5]
    assert [cell.value for cell in read] == shown
    assert all(cell.data_type == "s" for cell in read[:8])


def test_the_report_needs_a_file():
    """And one whose name Excel takes; parts of the format are no formats."""
    assert "xlsx" in formats() and not any(name.startswith("_") for name in formats())
    for target in (None, Path("x.json"), Path("x.xls")):
        with pytest.raises(UsageFault):
            report_format("xlsx").check_target(target)
    report_format("xlsx").check_target(Path("结果.XLSX"))


def test_the_command_writes_it(tmp_path, monkeypatch, capsys):
    """`-f xlsx:OUT`; without a file the command says how to name one, before it checks anything."""
    monkeypatch.chdir(tmp_path)
    assert run(["validate", str(EXAMPLE), "-f", "xlsx:结果.xlsx", "-q", "--lang", "zh"]) == 1
    assert openpyxl.load_workbook("结果.xlsx").sheetnames[0] == "校验结果"
    assert [path.name for path in tmp_path.iterdir()] == ["结果.xlsx"]
    assert run(["validate", "没有.xlsx", "-f", "xlsx", "--lang", "zh"]) == 2
    assert "-f xlsx:校验结果.xlsx" in capsys.readouterr().err
