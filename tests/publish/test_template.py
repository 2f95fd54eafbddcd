"""A template for every kind: filled in as a person would, it gives the entry back, and findings point at its cells."""

import datetime
import io
import json
import re
import shlex
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from mulu.cli import run
from mulu.convert import open_source
from mulu.convert.template import columns, forms
from mulu.errors import NotRecognised, UsageFault
from mulu.publish.template import write_template
from mulu.readers import open_bytes, open_document
from mulu.standard import load
from mulu.texts import Text
from mulu.validate import Options, Validation

STANDARD = load()
KINDS = list(STANDARD.schemas.kinds)
LEVELS = list(STANDARD.levels)


@cache
def written(kind, language="zh", level="share", standard=STANDARD):
    """Return the bytes of a template."""
    stream = io.BytesIO()
    write_template(standard, kind, level, language, stream)
    return stream.getvalue()


def marks(sheet):
    """Return the row of pointers of a sheet and what stands in it, `None` for a sheet that has none."""
    for row in sheet.iter_rows(max_row=10):
        found = {cell.value: cell.column for cell in row if isinstance(cell.value, str) and cell.value[:1] in "#/"}
        if any(mark.startswith("/") for mark in found):
            return row[0].row, found
    return None


def text(value, language):
    """Return a value as people write it into a cell."""
    if isinstance(value, list):
        return "\n".join(str(text(item, language)) for item in value)
    if isinstance(value, bool):
        return {"zh": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}[language][value]
    return value


def fill(book, kind, entry, language="zh", number=1):
    """Put an entry into a workbook below what stands there; a line for each object of a list, by its number."""
    sheets = {}
    for sheet in book.worksheets:
        if (found := marks(sheet)) is not None:
            part = max((mark.rpartition("/*/")[0] for mark in found[1] if mark.startswith("/")), key=len)
            sheets[f"{part}/*" if part else ""] = (sheet, found[1])

    def line(part, value, numbers):
        sheet, found = sheets[part]
        row = sheet.max_row + 1
        for mark, position in numbers.items():
            if f"#{kind}{mark}" in found:
                sheet.cell(row, found[f"#{kind}{mark}"]).value = position
        inside(part, part, value, row, numbers)

    def inside(part, here, value, row, numbers):
        for key, member in value.items():
            pointer = f"{here}/{key}"
            if isinstance(member, dict):
                inside(part, pointer, member, row, numbers)
            elif isinstance(member, list) and isinstance(member[0], dict):
                for n, item in enumerate(member, 1):
                    line(f"{pointer}/*", item, {**numbers, f"{pointer}/*": n})
            elif pointer != "/kind":
                sheet, found = sheets[part]
                sheet.cell(row, found[pointer]).value = text(member, language)

    line("", entry, {"": number})


def saved(book):
    """Return a workbook's bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data, standard=STANDARD):
    """Return the entries of a filled template, and the source that they came from."""
    source = open_source(open_bytes(data, "填报.xlsx"), standard)
    return list(source), source


def checked(tmp_path, data, level="interoperate"):
    """Validate a workbook; return its findings."""
    path = tmp_path / "填报 表.xlsx"
    path.write_bytes(data)
    run = Validation(STANDARD, Options(level, datetime.date(2026, 1, 1)), tmp_path)
    try:
        for _ in run.add(path, path.name):
            pass
        return run.finish(), list(run.store)
    finally:
        run.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_filled_template_gives_the_entry_back(kind, language):
    """Values written by a person, codes among them, come back as the entry that was meant, nothing lost."""
    entry = STANDARD.examples[kind]
    book = openpyxl.load_workbook(io.BytesIO(written(kind, language)))
    fill(book, kind, entry, language)
    found, source = read(saved(book))
    got = [{k: v for k, v in item.entry.items() if k != "source"} for item in found]
    assert got == [entry]
    assert source.remarks == [] and source.ledger.counts["kept"] == source.ledger.counts["not_understood"] == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_the_example_lines_give_the_codes_back(kind, language):
    """What the template itself shows as an example, labels of drop-downs and all, reads as the example entry."""
    book = openpyxl.load_workbook(io.BytesIO(written(kind, language)))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in ("示例", "Example"):
                    cell.value = "1"
    found, source = read(saved(book))
    assert [{k: v for k, v in item.entry.items() if k != "source"} for item in found] == [STANDARD.examples[kind]]
    assert source.remarks == []
    if kind == "resource" and language == "zh":
        assert found[0].entry["source"]["original"]["/accrualPeriodicity"] == "每月"


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_has_a_column(kind):
    """Each property that an entry may have can be filled in."""
    stream = io.BytesIO()
    template = write_template(STANDARD, kind, "register", "zh", stream)
    assert template.left_out == []
    assert sorted(c.pointer for part in template.parts for c in part.columns) == sorted(columns(STANDARD.schemas, kind))


def test_example_is_no_entry(tmp_path):
    """An untouched template holds nothing, and says where to begin."""
    report, _ = checked(tmp_path, written("resource"))
    assert report.entries == 0 and "从工作表“政务信息资源”的第 7 行起填" in report.inputs[0].problem.zh


def test_right_workbook_has_no_findings(tmp_path):
    """The example as it stands in the workbook passes as it does as JSON: hidden lists and titles are no findings."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    fill(book, "resource", STANDARD.examples["resource"])
    report, findings = checked(tmp_path, saved(book), "share")
    assert report.entries == 1
    assert [f["rule"] for f in findings if f["severity"] == "error"] == []
    assert not {"hidden-sheet", "sheet-passed-over", "line-passed-over"} & {f["rule"] for f in findings}


def test_findings_point_at_the_cells(tmp_path):
    """A missing value is told at the blank cell, a wrong one at its own, one of a list in the list's sheet."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    entry = json.loads(json.dumps(STANDARD.examples["resource"]))
    entry["sharing"]["type"] = "随便"
    del entry["title"]
    entry["dataItems"][2]["length"] = "很长"
    fill(book, "resource", entry)
    _, findings = checked(tmp_path, saved(book))
    places = {(f["rule"], f["source"]["sheet"], f["source"]["cell"]) for f in findings}
    main, items = book["政务信息资源"], next(s for s in book if s.title.startswith("信息项"))

    def cell(sheet, pointer, row):
        return f"{sheet.cell(row, marks(sheet)[1][pointer]).column_letter}{row}"

    first = next(r for r in range(6, items.max_row) if items.cell(r, 1).value == 1)
    assert ("missing-property", main.title, cell(main, "/title", 7)) in places
    assert ("value-not-in-code-list", main.title, cell(main, "/sharing/type", 7)) in places
    assert ("wrong-type", items.title, cell(items, "/dataItems/*/length", first + 2)) in places


def test_what_no_column_takes_is_kept_and_told():
    """A column of one's own stays in `source`; a sheet of one's own, an unknown number and a repeated one are told."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    fill(book, "resource", {"title": "甲"}, number="01")
    fill(book, "resource", {"title": "乙"}, number="01")
    main = book["政务信息资源"]
    last = main.max_column + 1
    main.cell(4, last).value, main.cell(7, last).value = "本部门备注", "自用"
    main.cell(7, last + 2).value = "漏了表头"
    main.cell(7, last).comment = Comment("这是什么", "审核")
    fill(book, "resource", {"dataItems": [{"name": "无主"}]}, number="9")
    # The line of the main sheet that this number would be in was left blank.
    book.create_sheet("随手记").append(["看看"])
    found, source = read(saved(book))
    assert [item.entry["title"] for item in found] == ["甲", "乙"]
    assert found[0].entry["source"]["values"] == {"本部门备注": "自用", f"#{last + 2}": "漏了表头"}
    said = {remark.check: remark.params for remark in source.remarks}
    assert set(said) == {
        "orphan-line",
        "repeated-line-number",
        "column-not-understood",
        "column-without-heading",
        "sheet-passed-over",
    }
    unheaded = next(remark for remark in source.remarks if remark.check == "column-without-heading")
    assert source.document.place(unheaded.ref).cell == f"{unheaded.params['heading']}4"
    assert source.ledger.drops[Text("批注", "cell comments")] == 1
    orphan = next(remark for remark in source.remarks if remark.check == "orphan-line")
    at = source.document.place(orphan.ref)
    assert (at.sheet, at.row) == ("信息项", 14)
    assert said["orphan-line"]["value"] == "9" and said["repeated-line-number"]["value"] == "01"
    assert source.ledger.leaves == sum(source.ledger.counts.values())


def test_columns_may_be_moved_and_a_sheet_saved_as_csv():
    """The pointers tell the columns apart, wherever they stand and in whatever file."""
    lines = ["题,代码,编号", "/title,/identifier,#resource", "乙,00012,1", "丙,00013,2"]
    document = open_bytes("\n".join(lines).encode(), "表.csv")
    assert [(e.entry["title"], e.entry["identifier"]) for e in open_source(document, STANDARD)] == [
        ("乙", "00012"),
        ("丙", "00013"),
    ]


def test_blank_number_goes_on_with_the_line_above():
    """As in the workbooks of departments, what is blank repeats; another entry begins its list anew."""
    book = openpyxl.load_workbook(io.BytesIO(written("service")))
    entry = {"title": "办证", "materials": [{"name": "表", "availableFrom": [{"licence": "A"}, {"licence": "B"}]}]}
    fill(book, "service", entry)
    sheet = next(s for s in book.worksheets if (m := marks(s)) and "/materials/*/availableFrom/*/licence" in m[1])
    sheet.cell(sheet.max_row, 1).value = sheet.cell(sheet.max_row, 2).value = None
    found, source = read(saved(book))
    assert found[0].entry["materials"] == entry["materials"] and source.remarks == []


def test_drop_downs_hang_on_each_other_and_keep_to_the_limits_of_excel():
    """Types are offered by the category beside them; names of sheets and lists are as long as Excel allows."""
    for kind in KINDS:
        book = openpyxl.load_workbook(io.BytesIO(written(kind, "en")))
        for sheet in book.worksheets:
            assert len(sheet.title) <= 31
            assert all(len(rule.formula1) <= 255 for rule in sheet.data_validations.dataValidation)
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    sheet = next(s for s in book.worksheets if (m := marks(s)) and "/format/*/type" in m[1])
    letters = {mark: openpyxl.utils.get_column_letter(n) for mark, n in marks(sheet)[1].items()}
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    first = marks(sheet)[0] + 1
    assert f"MATCH(${letters['/format/*/category']}{first}," in rules[f"{letters['/format/*/type']}{first}"]
    lists = book["代码"]
    assert lists.sheet_state == "hidden"
    heads = {cell.value: cell.column for cell in lists[1]}
    at = heads["format-type"]
    offered = [(lists.cell(r, at + 1).value, lists.cell(r, at).value) for r in range(2, 90)]
    codes, above = STANDARD.codes["format-type"], STANDARD.codes["format-category"]
    for category, label in offered:
        if label is not None:
            code = codes.by_code[codes.find(label)]
            assert above.find(category) == code.fields["broader"]
    regions = [lists.cell(r, heads["region"]).value for r in range(2, 4000)]
    assert "430100 长沙市" in regions or "长沙市" in regions
    assert len([r for r in regions if r]) > 3000


def test_codes_keep_their_zeros_and_required_cells_are_marked():
    """Columns of text are text cells, numbers are not; what the level asks for has a star."""
    share, register = (
        openpyxl.load_workbook(io.BytesIO(written("resource", level=level)))["政务信息资源"] for level in LEVELS[1::-1]
    )
    found = marks(share)[1]
    letter = openpyxl.utils.get_column_letter
    assert share.column_dimensions[letter(found["/identifier"])].number_format == "@"
    assert share.column_dimensions[letter(found["/volume/records"])].number_format != "@"
    starred = {
        sheet: {m for m, n in found.items() if str(sheet.cell(4, n).value).endswith("*")} for sheet in (share, register)
    }
    assert {"/title", "/publisher/name"} <= starred[register] and "/identifier" not in starred[register]
    assert "/identifier" in starred[share]
    note = share.cell(4, found["/sharing/type"]).comment.text
    assert "有条件共享" in note and "国发〔2016〕51号" in note
    assert share.freeze_panes is not None and share.print_title_rows


def test_headings_are_locked_and_lines_are_not():
    """What tells the columns apart cannot be changed by mistake; filling in, sorting, filtering, widths are free."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    for sheet in book.worksheets:
        if (found := marks(sheet)) is None:
            continue
        row, columns = found
        last = max(columns.values())
        assert all(cell.protection.locked for line in sheet.iter_rows(max_row=row, max_col=last) for cell in line)
        examples = list(sheet.iter_rows(min_row=row + 1, max_row=sheet.max_row, max_col=last))
        assert not any(cell.protection.locked for line in examples for cell in line)
        # Blank cells are as their column is, to the last one of Excel; else no row could be deleted.
        spans = [(one.min, one.max) for one in sheet.column_dimensions.values() if not one.protection.locked]
        assert sorted(n for low, high in spans for n in range(low, high + 1)) == [*range(1, 16_385)]
        rights = sheet.protection
        assert rights.sheet and not rights.password and not rights.selectLockedCells
        assert not any(
            getattr(rights, name)
            for name in ("formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter", "objects")
        )
        assert rights.insertColumns and rights.deleteColumns
        assert sheet.auto_filter.ref.startswith(f"A{row}:")
    assert book["代码"].protection.sheet


def test_same_standard_same_bytes():
    """Two writings of one template are one file; no clock is in it."""
    assert written.__wrapped__("grant") == written("grant")
    with zipfile.ZipFile(io.BytesIO(written("grant"))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_other_standards(tmp_path):
    """Titles that begin like formulas stay text; a template of another standard's kind is refused by its name."""
    from mulu.publish.begin import begin

    begin("parks", tmp_path / "parks")
    schema = tmp_path / "parks/schemas/example.schema.json"
    schema.write_text(schema.read_text("utf-8").replace('"title": "', '"title": "=1+', 1), "utf-8")
    parks = load(tmp_path / "parks")
    level = parks.header.levels[0].id
    data = written("example", level=level, standard=parks)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert forms(open_bytes(data, "a.xlsx"), parks)
    with pytest.raises(NotRecognised, match="the kind example, which the standard in use does not"):
        read(data)
    with pytest.raises(UsageFault, match="no kind nothing"):
        write_template(parks, "nothing", level, "zh", io.BytesIO())
    with pytest.raises(UsageFault, match="no level top"):
        write_template(parks, "example", "top", "zh", io.BytesIO())


def test_named_format_needs_the_row_of_pointers(tmp_path):
    """`--from mulu-template` on something else says what is missing."""
    path = Path(tmp_path) / "a.csv"
    path.write_text("名称,代码\n甲,1\n", "utf-8")
    with pytest.raises(NotRecognised, match="row of property paths"):
        open_source(open_document(path), STANDARD, "mulu-template")


@pytest.mark.parametrize("kind", ["resource", "service"])
def test_an_unfilled_template_says_where_to_begin(tmp_path, monkeypatch, capsys, kind):
    """It holds no entry, which is no fault of it; with the row filled in that is named, it does."""
    monkeypatch.chdir(tmp_path)
    assert run(["standard", "template", kind, "-o", "a.xlsx", "--lang", "en"]) == 0
    for command in ("validate", "convert"):
        assert run([command, "a.xlsx", "--lang", "en"]) == 2
        said = re.search("still empty: start in row ([0-9]+) of the sheet “(.+)”", capsys.readouterr().err)
        assert said is not None
    assert run(["validate", "a.xlsx", "--allow-empty"]) == 0
    book = openpyxl.load_workbook("a.xlsx")
    row, found = marks(book[said[2]])
    assert row < int(said[1])
    book[said[2]].cell(int(said[1]), found.get("/title") or found["/name"], "养老机构信息")
    book.save("a.xlsx")
    assert run(["validate", "a.xlsx", "--fail-on", "never"]) == 0


def test_command(tmp_path, monkeypatch, capsys):
    """What is printed to check the workbook can be run as it stands; what is misspelt gets a suggestion."""
    from mulu.publish.begin import begin

    monkeypatch.chdir(tmp_path)
    begin("parks", tmp_path / "公园 标准")
    asked = ["standard", "template", "example", "--standard", "公园 标准", "--lang", "en"]
    assert run([*asked, "--level", "full", "-o", "填 报.xlsx"]) == 0
    told = shlex.split(capsys.readouterr().out.partition("check it: ")[2])
    assert told == ["mulu", "validate", "填 报.xlsx", "--standard", "公园 标准", "--level", "full"]
    assert run([*told[1:], "--allow-empty"]) == 0
    capsys.readouterr()
    for words, said in (
        (["-o", "a.csv"], "must end in .xlsx"),
        (["-o", "没有/a.xlsx"], "create 没有 first"),
        (["-o", "a.xlsx", "--level", "fulll"], "did you mean full?"),
    ):
        assert run([*asked, *words]) == 2
        assert said in capsys.readouterr().err
    assert run(["standard", "template", "resourse", "-o", "a.xlsx", "--lang", "en"]) == 2
    assert "did you mean resource?" in capsys.readouterr().err
    assert not (tmp_path / "a.xlsx").exists()


BELOW = [
    ["合计", None, None, 12, "3条"],
    [None, None, "合计", None, 12],
    ["填表人：张三", None, "审核人：李四", None, "日期：2024年5月1日"],
    ["填表人", "张三", "审核人", "李四"],
    ["第1页", None, "共3页"],
    [None, None, "以上共5条"],
    ["注：本表由各单位填写，2024年起执行"],
    [None, None, "填表说明：按年填写"],
    ["填写完毕"],
    [None, None, "（以下空白）"],
]


@pytest.mark.parametrize("below", BELOW)
def test_what_stands_below_a_filled_template_is_no_data_and_told(below):
    """A total, signatures, page numbers and notes are passed over, each with its line."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    fill(book, "resource", {"title": "甲"})
    book["政务信息资源"].append(below)
    found, source = read(saved(book))
    assert [item.entry["title"] for item in found] == ["甲"]
    assert [(remark.check, remark.params["row"]) for remark in source.remarks] == [("line-passed-over", 8)]
    assert source.ledger.counts["kept"] == source.ledger.counts["not_understood"] == 0


def test_names_that_sound_like_notes_are_data_in_a_filled_template():
    """A resource may be called 合计表, a data item 合计, 联系人 or 审核人."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    items = [{"name": "合计", "length": 12}, {"name": "联系人", "datatype": "C", "description": "审核人"}]
    for number, title in enumerate(["合计表", "联系人信息", "审核", "填报说明"], 1):
        fill(book, "resource", {"title": title, "dataItems": items}, number=number)
    found, source = read(saved(book))
    assert [item.entry["title"] for item in found] == ["合计表", "联系人信息", "审核", "填报说明"]
    assert [item.entry["dataItems"] for item in found] == [items] * 4
    assert not source.remarks


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_example_that_was_written_over_is_data_and_told(language):
    """Who fills in the example's line without changing its number does not lose it; its lines of lists come along."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource", language)))
    main, items = (book.worksheets[n] for n in (1, 4))
    main.cell(6, marks(main)[1]["/title"]).value = "学籍信息"
    items.cell(6, marks(items)[1]["/dataItems/*/name"]).value = "学号"
    found, source = read(saved(book))
    assert [item.entry["title"] for item in found] == ["学籍信息"]
    assert [item["name"] for item in found[0].entry["dataItems"]] == ["学号"]
    assert [remark.check for remark in source.remarks] == ["example-written-over"] * 2
    assert [remark.params["value"] for remark in source.remarks] == ["学籍信息", "学号"]


def test_an_example_of_which_a_part_was_deleted_is_still_one():
    """What is left of the example says nothing of one's own."""
    book = openpyxl.load_workbook(io.BytesIO(written("resource")))
    main = book["政务信息资源"]
    main.cell(6, marks(main)[1]["/description"]).value = None
    main.cell(6, marks(main)[1]["/title"]).value = " 食品经营许可信息\n"
    found, source = read(saved(book))
    rows = [row for sheet in book.worksheets if marks(sheet) for row in sheet.iter_rows(min_row=6, values_only=True)]
    assert not found and not source.remarks
    assert source.ledger.counts["dropped"] == sum(cell is not None for row in rows for cell in row)
