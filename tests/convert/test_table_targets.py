"""Tables that are written: what a department opens in its spreadsheet, and what a reader finds in them again."""

import csv

import openpyxl
import pytest

from mulu.convert import open_source
from mulu.convert.target import open_target
from mulu.errors import MuluError
from mulu.output import whole_file
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()


def entry(**properties):
    """Return a resource with a name and code, and what else is said."""
    return {"kind": "resource", "identifier": "307099010300/000001", "title": "水库信息", **properties}


def write(path, name, *entries):
    """Write entries as a table; return the account."""
    target = open_target(STANDARD, name, path)
    with whole_file(path) as stream:
        for one in entries:
            target.add(one, stream)
        target.finish(stream)
    return target.ledger


def read(path, name):
    """Return the entries of a table, without their source."""
    made = [item.entry for item in open_source(open_document(path), STANDARD, name)]
    return [{key: value for key, value in one.items() if key != "source"} for one in made]


def dropped(ledger):
    """Return which properties the account tells as lost, and how often."""
    return {
        account.heading: account.counts["dropped"] for account in ledger.columns.values() if account.counts["dropped"]
    }


def test_the_national_template_has_two_rows_of_headings_and_merged_cells(tmp_path):
    """Groups stand over their columns; the cells of a resource reach over the lines of its items."""
    items = [
        {"name": "水库名称", "datatype": "C", "length": 50},
        {"name": "库容", "datatype": "N", "length": 10, "precision": 2},
    ]
    path = tmp_path / "目录 一.xlsx"
    write(path, "cn-guide-2017", entry(dataItems=items), entry(identifier="307099010300/000002", title="堤防信息"))
    sheet = openpyxl.load_workbook(path).active
    values = {cell.value: cell.coordinate for row in sheet.iter_rows(max_row=2) for cell in row if cell.value}
    assert values["信息资源分类"] == "B1" and values["类"] == "B2" and sheet.freeze_panes == "A3"
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:A2", "B1:E1", "F3:F4"} <= merged
    assert [sheet["A3"].value, sheet["A4"].value, sheet["A5"].value] == [1, None, 2]
    assert sheet["G3"].data_type == "s" and sheet["G3"].number_format == "@"
    assert [sheet.cell(row, 23).value for row in (3, 4)] == [50, "10,2"]
    assert read(path, "cn-guide-2017")[0] == entry(dataItems=items)


def test_columns_that_the_template_lacks_are_there_if_an_entry_needs_them(tmp_path):
    """Key words have no column in the national template; they get one, beside the others."""
    without, with_ = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write(without, "cn-guide-2017", entry())
    ledger = write(with_, "cn-guide-2017", entry(keyword=["水库", "库容"]))
    headings = [[cell.value for cell in openpyxl.load_workbook(path).active[1]] for path in (without, with_)]
    assert "关键字" not in headings[0] and headings[1][-1] == "关键字"
    assert not dropped(ledger) and read(with_, "cn-guide-2017") == [entry(keyword=["水库", "库容"])]
    # One of a group stands in it.
    write(with_, "cn-guide-2017", entry(dataItems=[{"name": "库容", "columnName": "capacity"}]))
    headings = [cell.value for cell in openpyxl.load_workbook(with_).active[2]]
    assert headings[headings.index("数据长度") + 1] == "字段英文名称"


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+86 731", "-", "@SUM(A1)", " =1", "＝1", "'=1", "''+1", "'quoted'", '"=1"', "=1,2\n3"]
)
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_text_becomes_a_formula_and_each_comes_back(text, ending, tmp_path):
    """A spreadsheet takes none of them for a formula; a reader gets what was written."""
    path = tmp_path / f"flat{ending}"
    ledger = write(path, "cn-flat-35", entry(description=f"{text}。"))
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            assert all(not cell.lstrip(" ").startswith(tuple("=+-@＝")) for row in csv.reader(stream) for cell in row)
    else:
        assert not [cell for row in openpyxl.load_workbook(path).active for cell in row if cell.data_type == "f"]
    assert [one.get("description") for one in read(path, "cn-flat-35")] == [f"{text}。".strip()]
    assert not dropped(ledger)


def test_csv_has_a_byte_order_mark_and_repeats_or_not_as_the_format_does(tmp_path):
    """Spreadsheets know UTF-8 by its mark; the flat table repeats the resource, the Suzhou export does not."""
    items = [{"name": "甲"}, {"name": "乙"}]
    rows = {}
    for name in ("cn-flat-35", "suzhou-55"):
        path = tmp_path / f"{name}.csv"
        write(path, name, entry(dataItems=items))
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows[name] = list(csv.reader(stream))
    assert [row[1] for row in rows["cn-flat-35"][1:]] == ["水库信息"] * 2
    assert [row[5] for row in rows["suzhou-55"][1:]] == ["水库信息", ""]
    assert len(rows["suzhou-55"][0]) == 55


def test_yes_or_no_stands_beside_what_says_more(tmp_path):
    """The template asks whether a resource is open; under which condition stands in another column."""
    path = tmp_path / "suzhou.csv"
    both = [entry(opening={"type": kind}, identifier=f"{kind}/1") for kind in ("open", "conditional", "none")]
    assert not dropped(write(path, "suzhou-55", *both))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["是否向社会开放"] for row in rows] == ["是", "是", "否"]
    assert [row["开放类型"] for row in rows] == ["", "有条件开放", ""]
    assert [one["opening"] for one in read(path, "suzhou-55")] == [one["opening"] for one in both]


def test_the_second_sheet_names_the_entry_of_each_item(tmp_path):
    """Items find their entry by its title; those of a second entry with that title would go astray, and are told."""
    path = tmp_path / "two.xlsx"
    items = [{"name": "甲", "primaryKey": True}, {"name": "乙", "primaryKey": False}]
    twin = entry(dataItems=[{"name": "丙"}], identifier="307099010300/000002")
    ledger = write(path, "cn-two-sheet", entry(dataItems=items), twin)
    sheet = openpyxl.load_workbook(path)["信息项导入"]
    assert [[cell.value for cell in row[:2]] for row in sheet.iter_rows(min_row=2)] == [
        ["水库信息", "甲"],
        ["水库信息", "乙"],
    ]
    assert dropped(ledger) == {"dataItems/*/name": 1}
    assert [one.get("dataItems") for one in read(path, "cn-two-sheet")] == [items, None]


def test_entries_that_a_table_cannot_tell_apart_are_told(tmp_path):
    """Lines with the same name and code are one resource, so the second entry is no record of its own."""
    path = tmp_path / "guide.xlsx"
    ledger = write(
        path, "cn-guide-2017", entry(), entry(), {"kind": "resource", "description": "无名"}, entry(identifier="2")
    )
    assert (ledger.records, ledger.entries, ledger.counts["dropped"]) == (4, 2, 3)
    assert [name.samples for name in ledger.columns.values() if "无名" in name.samples] == [["无名"]]
    assert len(read(path, "cn-guide-2017")) == 2


def test_what_a_column_cannot_hold_is_told(tmp_path):
    """A condition that the table's reader would take for a requirement, a list value with the separator, a control."""
    one = entry(
        sharing={"type": "unconditional", "condition": "须登记", "legalBasis": "某法"},
        keyword=["甲、乙"],
        description="响\x07铃",
        theme=["15"],
    )
    path = tmp_path / "guide.xlsx"
    ledger = write(path, "cn-guide-2017", one)
    assert dropped(ledger) == {
        "sharing/condition": 1,
        "sharing/legalBasis": 1,
        "keyword/*": 1,
        "description": 1,
        "theme/*": 1,
    }


@pytest.mark.parametrize(("name", "said"), [("suzhou-56", " (did you mean suzhou-55?);"), ("dif", " can only be read")])
def test_a_format_that_cannot_be_written_is_refused(name, said, tmp_path):
    """One that is misspelt gets a suggestion, one that is only read none."""
    with pytest.raises(MuluError) as caught:
        open_target(STANDARD, name, tmp_path / "a.xlsx")
    assert name in caught.value.zh and f"{name}{said}" in caught.value.en


def test_a_text_that_no_cell_can_hold_is_left_out_and_told(tmp_path):
    """A workbook's cell ends at 32,767 characters; nothing is cut."""
    ledger = write(tmp_path / "guide.xlsx", "cn-guide-2017", entry(description="水" * 32_768))
    assert dropped(ledger) == {"description": 1}
    assert not dropped(write(tmp_path / "flat.csv", "cn-flat-35", entry(description="水" * 32_768)))


@pytest.mark.parametrize(
    ("name", "ending"), [("cn-guide-2017", ".xlsx"), ("suzhou-55", ".csv"), ("cn-two-sheet", ".xlsx")]
)
def test_the_same_entries_give_the_same_bytes(name, ending, tmp_path):
    """A written table can be compared with the one of yesterday."""
    for number in (1, 2):
        write(tmp_path / f"{number}{ending}", name, STANDARD.examples["resource"])
    assert (tmp_path / f"1{ending}").read_bytes() == (tmp_path / f"2{ending}").read_bytes()
