"""Tables as departments leave them: titles, notes, blanks, lines that disagree."""

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.convert.headings import bare, normal, short
from mulu.convert.non_data_rows import SIGNED, TITLE, UNITS
from mulu.convert.source import nearest
from mulu.errors import Unreadable

HEADINGS = [
    "信息资源名称",
    "信息资源代码",
    "信息资源提供方",
    "信息资源摘要",
    "共享类型",
    "更新周期",
    "信息项名称",
    "数据类型",
]
ONE = [
    "婚姻登记信息",
    "307099020400/000001",
    "示例市民政局",
    "婚姻登记的基本情况",
    "有条件共享",
    "每月",
    "登记日期",
    "日期型D",
]


@pytest.fixture
def made(convert, tmp_path):
    """Return a function that converts a workbook of these rows."""

    def run(*rows, merge=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cells in merge:
            book.active.merge_cells(cells)
        path = tmp_path / "目录.xlsx"
        book.save(path)
        return convert(path)

    return run


@pytest.fixture
def made_of_sheets(convert, tmp_path):
    """Return a function that converts a workbook of sheets, each a list of rows."""

    def run(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "目录.xlsx"
        book.save(path)
        return convert(path)

    return run


def told(source, check):
    """Return the places of one remark."""
    return [str(source.document.place(remark.ref)) for remark in source.remarks if remark.check == check]


@pytest.mark.parametrize(
    "above", [[], [["示例市政务信息资源目录"]], [["示例市政务信息资源目录"], [], ["填报单位：示例市民政局"]]]
)
def test_a_title_above_the_headings_is_told_and_counted(made, above):
    """It is neither a heading nor lost, even right above a single row of headings."""
    entries, source = made(*above, HEADINGS, ONE)
    assert [item.entry["title"] for item in entries] == ["婚姻登记信息"]
    titles = sum(len(row) for row in above)
    assert source.ledger.counts["dropped"] == titles == len(told(source, "line-passed-over"))


def test_notes_and_repeated_headings_under_the_table_are_no_data(made):
    """They are told with their line and counted as dropped."""
    entries, source = made(HEADINGS, ONE, HEADINGS, ["注：数据截至 2019 年底"], merge=["A4:H4"])
    assert len(entries) == 1
    assert told(source, "line-passed-over") == ["目录.xlsx › Sheet!3:3", "目录.xlsx › Sheet!4:4"]
    assert source.ledger.counts["dropped"] == len(HEADINGS) + 1


def test_a_single_word_in_a_line_is_data(made):
    """A short line may be a further item; nothing is thrown away for being short."""
    entries, _ = made(HEADINGS, ONE, [None] * 6 + ["结婚证字号"])
    assert [item["name"] for item in entries[0].entry["dataItems"]] == ["登记日期", "结婚证字号"]


@pytest.mark.parametrize("style", ["repeated", "first", "merged"])
def test_lines_of_one_entry_however_they_are_filled(made, style):
    """Repeated, filled on the first line only, or merged down: the entry is the same."""
    second = [*ONE[:6], "结婚证字号", "字符型C"] if style == "repeated" else [None] * 6 + ["结婚证字号", "字符型C"]
    merge = [f"{column}2:{column}3" for column in "ABCDEF"] if style == "merged" else []
    entries, source = made(HEADINGS, ONE, second, merge=merge)
    assert len(entries) == 1 and len(entries[0].entry["dataItems"]) == 2
    assert source.ledger.leaves == 10 if style != "repeated" else 16
    assert not told(source, "lines-disagree")


def test_lines_that_disagree_are_told_at_their_cell(made):
    """Which of two statements is right, only the department knows."""
    other = [*ONE[:4], "不予共享", *ONE[5:6], "结婚证字号", "字符型C"]
    entries, source = made(HEADINGS, ONE, other)
    assert len(entries) == 1 and entries[0].entry["sharing"]["type"] == "conditional"
    assert told(source, "lines-disagree") == ["目录.xlsx › Sheet!E3"]


def test_one_title_with_two_codes_is_two_entries(made):
    """Whether it is one resource is for the rules to tell; nothing is merged on a guess."""
    other = [ONE[0], "307099020400/000002", *ONE[2:]]
    assert len(made(HEADINGS, ONE, other)[0]) == 2


@pytest.mark.parametrize("kind", ["数据存储总量", "已共享的数据存储量", "已开放的数据存储量"])
@pytest.mark.parametrize(("unit", "storage"), [("", 3072), ("（G）", 3072), ("（M）", 3)])
def test_storage_is_in_the_unit_of_its_heading(made, kind, unit, storage):
    """The census counts in G; tables that count in M say so."""
    ((item,), _) = made([*HEADINGS, f"{kind}{unit}"], [*ONE, 3072])
    assert list(item.entry["volume"].values()) == [storage]


@pytest.mark.parametrize("kind", ["结构化信息记录总数", "已共享结构化记录数", "已开放的结构化记录数"])
@pytest.mark.parametrize(("unit", "records"), [("", 30_000_000), ("（万）", 30_000_000), ("（条）", 3000)])
def test_records_are_in_the_unit_of_their_heading(made, kind, unit, records):
    """The census counts in ten thousands; tables that count one by one say so."""
    ((item,), _) = made([*HEADINGS, f"{kind}{unit}"], [*ONE, 3000])
    assert list(item.entry["volume"].values()) == [records]


def test_the_list_of_a_water_authority(made):
    """Items stand in one cell; what has no apt property stays in the source."""
    said = {
        "水利信息资源名称": "水库基本信息",
        "摘要": "大中型水库的基本情况",
        "特征分类": "基础数据",
        "类别": "数据库",
        "提供方：提供方名称": "示例省水利厅",
        "资源维护单位：资源维护单位名称": "示例省水利信息中心",
        "格式": "ORACLE",
        "属性": "水库名称/字符型C、总库容/数值型N；特征水位：校核洪水位/数值型N、汛限水位/长整数",
        "更新频率": "每年",
        "共享类型": "无条件共享",
        "共享方式": "下载",
        "文件大小(MB)": 512,
        "数据库网址地址": "https://slt.example.org/db",
        "数据表数量": 12,
    }
    ((item,), source) = made([*said], [*said.values()])
    assert source.format == "cn-open-data"
    entry = item.entry
    assert [one["name"] for one in entry["classification"]] == ["基础数据", "数据库"]
    assert [(one["name"], one.get("datatype")) for one in entry["dataItems"]] == [
        ("水库名称", "C"),
        ("总库容", "N"),
        ("特征水位：校核洪水位", "N"),
        ("汛限水位", None),
    ]
    assert entry["volume"] == {"storage": 0.5} and entry["sharing"]["mode"] == {"type": "file"}
    assert entry["accessService"] == [{"endpointURL": "https://slt.example.org/db"}]
    assert set(entry["source"]["values"]) == {"资源维护单位：资源维护单位名称", "数据表数量"}
    assert entry["source"]["original"]["/dataItems"] == said["属性"]


def titles(entries):
    """Return the titles of entries."""
    return [item.entry["title"] for item in entries]


def test_each_sheet_is_read_by_the_format_that_fits_it(made_of_sheets):
    """A workbook of a catalog for sharing and one for the public gives the entries of both."""
    public = ["数据集名称", "数据提供单位", "数据简介", "开放类型", "更新频率", "数据格式", "发布日期"]
    entries, source = made_of_sheets(
        共享=[HEADINGS, ONE], 开放=[public, ["学籍", "示例市教育局", "x", "无条件开放", "每年", "csv", "2023-01-01"]]
    )
    assert titles(entries) == ["婚姻登记信息", "学籍"]
    assert [item.entry["source"]["format"] for item in entries] == ["cn-guide-2017", "cn-open-data"]
    assert source.format == source.ledger.format == "cn-guide-2017 + cn-open-data"
    assert source.ledger.counts["dropped"] == 0


def test_all_sheets_of_data_items_are_joined(made_of_sheets):
    """Items are found on a sheet of their own, and on several, by what names the entry; none of them is lost."""
    catalog = [HEADINGS[:6], ONE[:6], ["学籍信息", "307099020400/000002", "示例市教育局", "x", "有条件共享", "每月"]]
    heads = ["信息资源代码", "信息项名称", "数据类型", "数据长度"]
    entries, source = made_of_sheets(
        目录=catalog,
        甲=[heads, ["307099020400/000001", "登记日期", "日期型D", "8"], [None, "姓名", "字符型C", "50"]],
        乙=[heads, ["307099020400/000002", "学号", "字符型C", "20"]],
    )
    assert [[item["name"] for item in entry.entry["dataItems"]] for entry in entries] == [
        ["登记日期", "姓名"],
        ["学号"],
    ]
    assert source.ledger.counts["dropped"] == source.ledger.counts["kept"] == 0


def test_a_sheet_whose_lines_name_no_entry_is_not_joined(made_of_sheets):
    """A sheet of instructions is told as one that was not read."""
    _, source = made_of_sheets(
        目录=[HEADINGS, ONE], 说明=[["信息资源名称", "信息项名称", "数据类型"], ["填写名称", "填写项名", "选择类型"]]
    )
    assert told(source, "sheet-passed-over") and not source.rejects


def test_a_line_of_the_table_is_data_however_it_begins(made):
    """A data item may be called as notes are: what its other cells say tells that it is one."""
    names = ["联系人", "审核日期", "合计人数", "备注：其他", "填报单位"]
    heads = ["信息资源名称", "信息项名称", "数据类型", *HEADINGS[1:6]]
    first = ["婚姻登记信息", "登记日期", "日期型D", *ONE[1:6]]
    entries, source = made(heads, first, *([None, name, "字符型C"] for name in names), ["合计", "共6条"])
    assert [item["name"] for item in entries[0].entry["dataItems"]] == ["登记日期", *names]
    assert told(source, "line-passed-over") == ["目录.xlsx › Sheet!8:8"]


NUMBERED = ["序号", *HEADINGS[:6]]


@pytest.mark.parametrize(
    ("aside", "reason"),
    [
        (["1", "2", "3", "4", "5", "6", "7"], "列号"),
        (["（1）", "（2）", "（3）", "（4）", "（5）", "（6）", "（7）"], "列号"),
        (["自动生成", "必填", "必填，不超过50字", "必填", None, "下拉选择", "下拉选择"], "提示"),
        (["示例", "某信息", "3070/1", "某局", "某事", "有条件共享", "每月"], "示例"),
        (["例：", "某信息", "3070/1", "某局", "某事", "有条件共享", "每月"], "示例"),
        (["序号", "信息资源名称", "信息资源 代码", None, "信息资源摘要", "共享类型", "更新周期"], "重复的表头"),
        (["一", "示例市民政局"], "分组标题"),
        (["一、示例市民政局"], "分组标题"),
        (["单位负责人：张三", None, "经办人：李四", None, "电话：12345678"], "签署"),
    ],
)
def test_what_is_no_data_is_told_with_its_reason(made, aside, reason):
    """Numbers of columns, hints, examples, headings once more, sections, sign-offs make no entries."""
    entries, source = made(NUMBERED, aside, [1, *ONE[:6]])
    assert titles(entries) == ["婚姻登记信息"]
    assert next(remark.params["reason_zh"] for remark in source.remarks).count(reason) == 1
    assert source.ledger.counts["dropped"] == sum(cell is not None for cell in aside) + 1


@pytest.mark.parametrize(
    "below",
    [
        [None, "填表人", "张三", "审核人", "李四", "日期", "2024-5-1"],
        [None, "填表人：", "张三", None, "审核人：", "李四"],
        [None, "第1页 共3页"],
        [None, "第 1 页", None, None, None, None, "共 3 页"],
        [None, "以上共5条"],
        [None, "共计 120 条数据"],
        [None, None, "（以下空白）"],
        [None, "合计", None, "3条", "5", "共2项", 12],
    ],
)
def test_what_stands_below_a_table_is_told_as_such(made, below):
    """Signatures in cells of their own, page numbers, counts and the word for the end make no entries."""
    entries, source = made(NUMBERED, [1, *ONE[:6]], below)
    assert titles(entries) == ["婚姻登记信息"]
    assert told(source, "line-passed-over") == ["目录.xlsx › Sheet!3:3"]


@pytest.mark.parametrize("title", ["联系人信息", "合计表", "说明材料目录", "审核记录", "填报单位名录"])
def test_a_name_that_begins_as_notes_do_is_data(made, title):
    """Also where the line says little else."""
    entries, source = made(HEADINGS, ONE, [title, None, "示例市民政局"], ONE)
    assert title in titles(entries) and not told(source, "line-passed-over")


def test_data_items_called_as_those_who_sign_are_data(made):
    """A name, its type and a description are no labels of signatures."""
    heads = [*HEADINGS, "字段英文名称", "备注"]
    items = [[None] * 6 + ["联系电话", "字符型C", "电话"], [None] * 6 + ["合计", None, None, 12]]
    entries, source = made(heads, ONE, *items)
    assert [item["name"] for item in entries[0].entry["dataItems"]] == ["登记日期", "联系电话", "合计"]
    assert not told(source, "line-passed-over")


@pytest.mark.parametrize(
    "line",
    [
        ["1", "示例信息", "3070/1", "示例局", "示例", "有条件共享", "每月"],
        ["2", "示例"],
        ["1", "必填项目信息", "3070/1", "某局", "请选择必填", "有条件共享", "每月"],
        ["1", "一、二等奖信息", "3070/1", "某局", "电话：办理", "有条件共享", "每月"],
    ],
)
def test_data_is_not_taken_for_something_else(made, line):
    """A word of hints or examples in a name does not make the line one."""
    entries, source = made(NUMBERED, line, [2, *ONE[:6]])
    assert titles(entries) == [line[1], "婚姻登记信息"]
    assert not source.remarks


def test_a_text_alone_in_the_column_of_numbers_is_a_note(made):
    """Notes under the table that begin with no known word are no entries."""
    below = [["单位负责人：张三", "经办人：李四"], ["※ 截至2023年6月"], ["1.本表由各单位填写；"]]
    entries, source = made(NUMBERED, [1, *ONE[:6]], *below)
    assert titles(entries) == ["婚姻登记信息"]
    assert len(told(source, "line-passed-over")) == 3


def test_a_second_table_in_a_sheet_is_read_if_it_is_known(made):
    """Headings further down begin a table with columns of its own."""
    heads = [
        "序号",
        "信息资源代码",
        "信息资源名称",
        "信息资源提供方",
        "信息资源摘要",
        "共享类型",
        "更新周期",
        "信息项名称",
    ]
    second = [1, "3070/2", "学籍信息", "示例市教育局", "x", "有条件共享", "每年", "学号"]
    entries, source = made(NUMBERED, [1, *ONE[:6]], [], ["附表：教育"], heads, second)
    assert titles(entries) == ["婚姻登记信息", "学籍信息"]
    assert entries[1].entry["identifier"] == "3070/2" and "source" in entries[1].entry
    assert told(source, "line-passed-over") == ["目录.xlsx › Sheet!4:4"]


def test_a_second_table_that_no_format_knows_is_told(made):
    """Its lines are no entries of the first, and each is in the account."""
    entries, source = made(NUMBERED, [1, *ONE[:6]], [], ["附表"], ["序号", "接口", "地址"], [1, "甲", "http://x"])
    assert titles(entries) == ["婚姻登记信息"]
    assert len(told(source, "line-passed-over")) == 3
    assert source.ledger.counts["dropped"] == 8


def stacked(made, count, headings=lambda number: NUMBERED[::-1] if number % 2 else NUMBERED):
    """Convert tables of one line below each other; each has the `headings` of its number."""
    rows = []
    for number in range(1, count + 1):
        values = dict(zip(NUMBERED, [number, *ONE[:6]], strict=True)) | {"信息资源名称": f"资源{number}"}
        rows += [[values.get(heading, "x") for heading in headings(number - 1)], headings(number)]
    return made(NUMBERED, *rows)


def test_tables_are_stacked_as_high_as_a_sheet_is(made):
    """Headings may be the last row, and those that were read before are read in the same way."""
    entries, source = stacked(made, 3)
    assert titles(entries) == ["资源1", "资源2", "资源3"]
    entries, source = stacked(made, 3000)
    assert titles(entries)[-1] == "资源3000" and len(entries) == 3000
    assert source.ledger.counts["dropped"] == 3000, "the numbers of the lines"


def test_a_heading_without_property_is_told_once_a_sheet(made):
    """It may stand in each of the tables."""
    entries, source = stacked(made, 6, lambda number: [*(NUMBERED[::-1] if number % 2 else NUMBERED), "其他"])
    assert len(entries) == 6
    assert [one.check for one in source.remarks].count("column-not-understood") == 1


def test_tables_with_ever_other_headings_are_refused_by_a_limit(made):
    """Each is matched with all formats; a sheet may hold as many as a file may have sheets."""
    with pytest.raises(Unreadable, match=r"row 403.*limit sheets = 200"):
        stacked(made, 250, lambda number: [*(NUMBERED[::-1] if number % 2 else NUMBERED), f"其他{number}"])


def test_headings_of_groups_are_read_in_tables_below_too(made):
    """A group reaches over the blank cells beside it, or by a merged cell."""
    top = ["信息资源代码", "信息资源名称", "信息资源提供方", None, "信息资源摘要", "共享类型", "更新周期"]
    leaves = [None, None, "提供方代码", "信息资源提供方", None, None, None]
    entries, _ = made(
        NUMBERED, [1, *ONE[:6]], [], ["附表"], top, leaves,
        ["3070/2", "学籍信息", "11370000004503003X", "示例市教育局", "x", "有条件共享", "每年"],
    )  # fmt: skip
    assert titles(entries) == ["婚姻登记信息", "学籍信息"]
    assert entries[1].entry["publisher"]["name"] == "示例市教育局"


PLAIN = [
    "序号",
    "信息资源名称",
    "信息资源提供方",
    "信息资源摘要",
    "信息资源格式",
    "共享类型",
    "是否向社会开放",
    "更新周期",
]
LICENCES = [1, "行政许可信息", "示例市民政局", "许可", "数据库", "无条件共享", "是", "每月"]


@pytest.mark.parametrize(
    "second",
    [
        [2, "行政许可信息", "示例市教育局", "教育许可", "电子表格", "有条件共享", "否", "每年"],
        [2, "行政许可信息", "示例市教育局", *LICENCES[3:]],
        [None, "行政许可信息", "示例市教育局", *LICENCES[3:]],
        [2, *LICENCES[1:]],
    ],
)
def test_two_resources_of_one_title_are_two_entries(made, second):
    """Without codes a full line of another department, or with a number of its own, is an entry of its own."""
    entries, source = made(PLAIN, LICENCES, second)
    assert titles(entries) == ["行政许可信息"] * 2
    assert entries[1].entry["publisher"]["name"] == second[2]
    assert not told(source, "lines-disagree")


@pytest.mark.parametrize(
    "second",
    [
        [2, "行政许可信息", None, None, None, None, None, None, "许可日期"],
        [2, "行政许可信息", *LICENCES[2:], "许可日期"],
        [2, "行政许可信息", "示例市民政", *LICENCES[3:], "许可日期"],
        [None, None, None, None, None, None, None, None, "许可日期"],
    ],
)
def test_lines_of_one_title_stay_one_entry(made, second):
    """Lines of data items are numbered too, and repeat the resource or leave it blank."""
    entries, _ = made([*PLAIN, "信息项名称"], [*LICENCES, "许可证号"], second)
    assert [item["name"] for item in entries[0].entry["dataItems"]] == ["许可证号", "许可日期"]
    assert len(entries) == 1


def test_items_of_two_resources_of_one_title(made):
    """Where most of the resource is another, the line begins another, with data items of its own."""
    other = [2, "行政许可信息", "示例市教育局", "教育许可", "电子表格", "有条件共享", "否", "每年", "学校"]
    entries, _ = made([*PLAIN, "信息项名称"], [*LICENCES, "许可证号"], other)
    assert [[item["name"] for item in one.entry["dataItems"]] for one in entries] == [["许可证号"], ["学校"]]


@pytest.mark.parametrize(
    "written",
    [
        "1.{}",
        "（1）{}",
        "①{}",
        "一、{}",
        "★{}",
        "※{}",
        "（必填）{}",
        "{}-必填",
        "{}*（选填）",
        "基本信息-{}",
        "{} Title of it",
        "Title\n{}",
    ],
)
def test_headings_with_additions_are_known(made, written):
    """Numbers, marks, hints, a group before a dash, a second language take nothing from a heading."""
    entries, source = made([written.format(heading) for heading in HEADINGS], ONE)
    assert source.format == "cn-guide-2017" and not source.remarks
    assert entries[0].entry == made(HEADINGS, ONE)[0][0].entry


def test_traditional_characters_and_brackets_inside(made):
    """A heading in traditional characters, or with a word in brackets inside, is the same heading."""
    heads = ["信息資源名稱", "資訊資源代碼", "信息资源（目录）提供方", "信息資源摘要", "共享類型", "更新週期"]
    heads += HEADINGS[6:]
    assert made(heads, ONE)[0][0].entry == made(HEADINGS, ONE)[0][0].entry


def test_what_tells_headings_apart_is_not_taken_off(made):
    """A unit stays part of the heading, and of two columns that additions alone tell apart neither is guessed at."""
    entries, _ = made([*HEADINGS, "12.数据存储总量（MB）"], [*ONE, 1024])
    assert entries[0].entry["volume"]["storage"] == 1
    entries, _ = made([*HEADINGS, "甲-关键字", "乙-关键字"], [*ONE, "x", "y"])
    assert "keyword" not in entries[0].entry
    assert entries[0].entry["source"]["values"] == {"甲-关键字": "x", "乙-关键字": "y"}
    entries, _ = made([*HEADINGS[:6], "备注/MB"], [*ONE[:6], "2048"])
    assert entries[0].entry["source"]["values"] == {"备注/MB": "2048"}
    assert bare("是否必填") == ((), "")


@given(st.text(alphabet="信息资源名称共享類型必填项-（）()*★※1２.、 \nTitleMB／/", max_size=30))
def test_any_heading_has_forms(heading):
    """None of them is blank or one of those that are compared first."""
    full = normal(heading)
    forms, _ = bare(heading)
    assert all(forms) and not {full, short(full)} & {*forms}


FORM = [
    ["政务信息资源目录登记表"],
    ["信息资源名称", "婚姻登记信息", "信息资源代码", "3070/1"],
    ["信息资源提供方", "示例市民政局", "更新周期", "每月"],
    ["信息资源摘要", "婚姻登记"],
    ["共享类型", "有条件共享", "共享条件", "核对"],
    ["是否向社会开放", "否", "发布日期", "2023-01-05"],
    ["信息项名称", "数据类型", "数据长度"],
    ["姓名", "字符型", "50"],
    ["登记日期", "日期型", "8"],
]


def test_a_form_in_a_workbook_is_an_entry(made):
    """A name beside each value, a list of items below; each value is told at its cell."""
    entries, source = made(*FORM)
    assert titles(entries) == ["婚姻登记信息"]
    assert [item["name"] for item in entries[0].entry["dataItems"]] == ["姓名", "登记日期"]
    assert str(source.document.place(entries[0].trace["/identifier"])) == "目录.xlsx › Sheet!D2"
    assert source.ledger.leaves == 16 and source.ledger.counts["dropped"] == 0


def test_two_sheets_of_forms_are_two_entries(made_of_sheets):
    """A sheet for each resource is how forms come in workbooks."""
    other = [*FORM[:1], ["信息资源名称", "学籍信息", "信息资源代码", "3070/2"], *FORM[2:]]
    assert titles(made_of_sheets(一=FORM, 二=other)[0]) == ["婚姻登记信息", "学籍信息"]


def test_a_sheet_with_a_record_in_each_column(made):
    """The names stand in the first column, and what a column lacks is lacking in its entry alone."""
    lines = [[name, ONE[at], other] for at, (name, other) in enumerate(zip(HEADINGS[:6], ONE[:6], strict=True))]
    lines[0][2], lines[1][2], lines[3][2] = "学籍信息", "3070/2", None
    entries, source = made(["名称", "甲", "乙"], *lines[1:], lines[0], ["是否向社会开放", "否", "是"])
    assert titles(entries) == ["婚姻登记信息", "学籍信息"]
    assert "description" not in entries[1].entry
    assert str(source.document.place(entries[1].trace["/identifier"])) == "目录.xlsx › Sheet!C2"


def test_instructions_beside_a_table_are_no_form(made_of_sheets):
    """What names are explained in a sheet of its own is no entry where the workbook has a table."""
    entries, source = made_of_sheets(目录=[HEADINGS, ONE], 说明=[[heading, f"填写{heading}"] for heading in HEADINGS])
    assert len(entries) == 1
    assert told(source, "sheet-passed-over")


@pytest.mark.parametrize(
    ("heading", "volume"),
    [
        ("数据存储总量[MB]", {"storage": 2}),
        ("数据存储总量【MB】", {"storage": 2}),
        ("数据存储总量：MB", {"storage": 2}),
        ("数据存储总量/MB", {"storage": 2}),
        ("数据存储总量-MB", {"storage": 2}),
        ("数据存储总量MB", {"storage": 2}),
        ("数据存储总量（必填，单位：MB）", {"storage": 2}),
        ("数据存储总量（TB）*", {"storage": 2097152}),
        ("数据存储总量（GB）（必填）", {"storage": 2048}),
        ("数据存储总量（必填）", {"storage": 2048}),
        ("结构化信息记录总数【条】", {"records": 2048}),
        ("结构化信息记录总数/条", {"records": 2048}),
        ("结构化信息记录总数（单位：万条）", {"records": 20480000}),
        ("结构化信息记录总数（亿条）", {"records": 204800000000}),
    ],
)
def test_the_unit_in_a_heading_counts_however_it_is_written(made, heading, volume):
    """In any brackets, behind a mark, and another than those that the mapping names."""
    entries, source = made([*HEADINGS[:6], heading], [*ONE[:6], "2048"])
    assert entries[0].entry["volume"] == volume
    (pointer,) = (f"/volume/{name}" for name in volume)
    assert entries[0].entry["source"]["original"].get(pointer, "2048") == "2048" and not source.remarks


@pytest.mark.parametrize("heading", ["数据存储总量（条）", "结构化信息记录总数（MB）", "数据存储总量（单位：箱）"])
def test_numbers_in_a_unit_that_measures_something_else_are_kept_and_told(made, heading):
    """They are not taken for the usual unit."""
    entries, source = made([*HEADINGS[:6], heading], [*ONE[:6], "2048"])
    assert "volume" not in entries[0].entry
    assert entries[0].entry["source"]["values"] == {heading: "2048"}
    assert [remark.check for remark in source.remarks] == ["column-not-understood"]


def test_a_heading_that_stands_twice_is_told_at_its_column(made):
    """The first of two is read; the other is kept under a name of its own, and told with its letter and content."""
    heads = [*HEADINGS[:6], "备注", "备注", "自有", "自有"]
    entries, source = made(heads, [*ONE[:6], "甲", "乙", "丙", "丁"])
    assert entries[0].entry["note"] == "甲"
    assert entries[0].entry["source"]["values"] == {"备注#8": "乙", "自有": "丙", "自有#10": "丁"}
    (repeated,) = (remark for remark in source.remarks if remark.check == "repeated-heading")
    assert repeated.params == {"heading": "备注", "column": "H", "first": "G", "sample": "乙", "count": 1}
    assert told(source, "repeated-heading") == ["目录.xlsx › Sheet!H1"]
    assert told(source, "column-not-understood") == ["目录.xlsx › Sheet!I1", "目录.xlsx › Sheet!J1"]


def test_what_stands_below_no_heading_is_kept_and_told(made):
    """Between columns and to the right of the last."""
    heads = [*HEADINGS[:5], None, HEADINGS[5]]
    entries, source = made([], heads, [*ONE[:5], "甲", ONE[5], "乙"])
    assert entries[0].entry["source"]["values"] == {"#6": "甲", "#8": "乙"}
    assert told(source, "column-without-heading") == ["目录.xlsx › Sheet!F2", "目录.xlsx › Sheet!H2"]


def test_columns_of_one_name_in_different_groups_are_told_apart(made):
    """By their groups."""
    above = [None] * 6 + ["甲组", None, "乙组", None]
    entries, _ = made(above, [*HEADINGS[:6], "一", "值", "二", "值"], [*ONE[:6], "1", "2", "3", "4"])
    assert entries[0].entry["source"]["values"] == {"一": "1", "值": "2", "二": "3", "乙组 › 值": "4"}


def test_a_list_that_is_missing_is_told_at_its_first_blank_cell(made):
    """As a single value is."""
    entries, source = made(HEADINGS, [*ONE[:6], None, None])
    place = source.document.place(nearest(entries[0].trace, "/dataItems"))
    assert place.cell == "G2"


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\u00a0", "\u3000", "\u00ad", "\u200e", "\u2060"])
def test_what_is_not_seen_does_not_hinder_recognition(made, mark):
    """Headings that were copied from a web page or document, and codes below them."""
    heads = [f"{mark}{heading[:2]}{mark}{heading[2:]}{mark}" for heading in HEADINGS]
    entries, source = made(heads, [*ONE[:4], f"有条{mark}件共享{mark}", *ONE[5:]])
    assert entries[0].entry["dataItems"] == [{"name": "登记日期", "datatype": "D"}]
    assert entries[0].entry["sharing"] == {"type": "conditional"} and not source.remarks


@pytest.mark.parametrize(
    ("said", "code", "remark"),
    [
        ("无条件共享（2020年起）", "unconditional", "(2020年起)"),
        ("有条件共享：需审批", "conditional", ":需审批"),
        ("有条件共享，须签订协议", "conditional", ",须签订协议"),
        ("1-无条件共享", "unconditional", None),
        ("02 有条件共享", "conditional", None),
        ("（3）不予共享", "none", None),
        ("【无条件共享】", "unconditional", None),
    ],
)
def test_a_choice_with_more_beside_it_is_read_where_it_is_certain(made, said, code, remark):
    """The whole stays in `source`, and a remark that is not read is told."""
    entries, source = made(HEADINGS, [*ONE[:4], said, *ONE[5:]])
    assert entries[0].entry["sharing"]["type"] == code
    assert entries[0].entry["source"]["original"]["/sharing/type"] == said
    assert [one.params["remark"] for one in source.remarks] == ([remark] if remark else [])
    assert told(source, "remark-behind-code") == (["目录.xlsx › Sheet!E2"] if remark else [])


@pytest.mark.parametrize(
    "said",
    [
        "无条件共享(部分有条件)",
        "无条件共享（除个人信息外）",
        "有条件共享（暂）",
        "无条件共享/有条件共享",
        "1-有条件共享",
        "不是无条件共享",
    ],
)
def test_a_choice_that_is_not_certain_is_left_as_it_is(made, said):
    """Validation tells that it is none of the list."""
    entries, source = made(HEADINGS, [*ONE[:4], said, *ONE[5:]])
    assert entries[0].entry["sharing"]["type"] == said
    assert source.ledger.counts["not_understood"] == 1 and not source.remarks


@pytest.mark.parametrize("said", ["3 季度", "3 日", "每年（第一季度）", "每年 2"])
def test_a_number_beside_a_cycle_is_no_code(made, said):
    """It says how often, or which."""
    entries, _ = made(HEADINGS, [*ONE[:5], said, *ONE[6:]])
    assert entries[0].entry["accrualPeriodicity"] == said


VOLUME = [*HEADINGS[:6], "数据存储总量", "结构化信息记录总数"]


def measured(name, storage, records):
    return [name, f"307099020400/{name}", *ONE[2:6], storage, records]


def volumes(entries):
    return [item.entry["volume"] for item in entries]


def said_of_units(source):
    """Return what is told of units: the check, where, and which heading."""
    return [
        (remark.check, source.document.place(remark.ref).cell, remark.params.get("heading"))
        for remark in source.remarks
        if remark.check.startswith("unit-")
    ]


def test_a_unit_above_the_headings_is_that_of_the_columns_counted_in_its_kind(made):
    """It is no title: 2,048 MB are 2 GB; records keep the unit of their heading, the length of an item has none."""
    above = ["示例市目录", None, None, "填报单位：示例市民政局", None, "计量单位：MB"]
    entries, source = made(above, [*VOLUME, "数据长度"], [*measured("甲", 2048, 3), 8])
    assert volumes(entries) == [{"storage": 2, "records": 30000}]
    assert entries[0].entry["dataItems"] == [{"length": 8}]
    assert said_of_units(source) == [("unit-outside-heading", "F1", "数据存储总量")]
    assert source.ledger.drops == {TITLE: 3}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # Nothing is counted in it.
        ([["单位：条"], HEADINGS, ONE], [("unit-not-applied", "A1", None)]),
        # Two units of one kind.
        (
            [["单位：MB、TB"], VOLUME, measured("甲", 2, 3)],
            [("unit-not-applied", "A1", None)],
        ),
        # The heading says otherwise.
        (
            [["单位：MB"], [*HEADINGS[:6], "数据存储总量（GB）", "结构化信息记录总数"], measured("甲", 2, 3)],
            [("unit-not-applied", "A1", None)],
        ),
        ([["单位：GB"], [*HEADINGS[:6], "数据存储总量（GB）", "结构化信息记录总数"], measured("甲", 2, 3)], []),
        # Lines above it have been read; where it says what was applied, there is nothing to tell.
        ([VOLUME, measured("甲", 2, 3), ["注：存储量单位为MB"]], [("unit-not-applied", None, None)]),
        (
            [["（单位：GB）"], VOLUME, measured("甲", 2, 3), ["注：存储量单位为GB"]],
            [("unit-outside-heading", "A1", "数据存储总量")],
        ),
        ([["填报单位：示例市民政局"], VOLUME, measured("甲", 2, 3)], []),
    ],
)
def test_a_unit_that_applies_to_nothing_is_told(made, rows, told):
    entries, source = made(*rows)
    assert [item.entry.get("volume", {}).get("storage") in (None, 2) for item in entries] == [True]
    assert said_of_units(source) == told


def test_units_in_a_row_below_the_headings_are_those_of_their_columns(made):
    """The row is no entry, nor are the hints below it."""
    units = ["计量单位", None, None, None, None, None, "MB", "条"]
    hints = ["必填"] * 6 + ["选填", "选填"]
    entries, source = made(VOLUME, units, hints, measured("甲", 1024, 30))
    assert volumes(entries) == [{"storage": 1, "records": 30}]
    assert said_of_units(source) == [
        ("unit-outside-heading", "G2", "数据存储总量"),
        ("unit-outside-heading", "H2", "结构化信息记录总数"),
    ]
    assert source.ledger.drops[UNITS] == 3


@pytest.mark.parametrize(
    "above",
    [["填报单位：示例市民政局", None, "填报日期：2024年3月"], ["目录", None, None, "2024-03-05"], ["目录", "单位：MB"]],
)
def test_what_is_said_of_a_table_is_no_group_of_headings(made, above):
    """Right above headings in one row it was taken as one, and was gone."""
    entries, source = made(above, VOLUME, measured("甲", 2048, 3))
    assert len(entries) == 1 and told(source, "line-passed-over") == ["目录.xlsx › Sheet!1:1"]


def test_a_seal_with_its_day_is_no_line_of_the_entry_above(made):
    _, source = made(HEADINGS, ONE, ["（盖章）", None, None, None, "2024年3月5日"])
    assert told(source, "line-passed-over") == ["目录.xlsx › Sheet!3:3"] and source.ledger.drops == {SIGNED: 2}


def test_an_inventory_as_a_catalogue_of_research_exports_it_is_read(made):
    """Periodicity, controller and plain names of identifier and dates."""
    names = ["title", "description", "data controller", "periodicity", "dataset start date", "issued", "id"]
    entries, source = made(
        names, ["Rain gauges", "Daily rain", "Water Office", "Monthly", "2001-01-01", "2020-03-04", "r-1"]
    )
    assert source.mapping.id == "data-inventory" and not source.ledger.counts["kept"]
    assert entries[0].entry["accrualPeriodicity"] == "monthly" and entries[0].entry["identifier"] == "r-1"
    assert entries[0].entry["temporal"] == {"startDate": "2001-01-01"} and entries[0].entry["issued"] == "2020-03-04"


def test_a_guide_to_services_in_one_line_each_is_read(made):
    """Materials counted within a cell, steps with arrows, a charge that says there is none."""
    names = [
        "事项名称",
        "事项编码",
        "实施主体",
        "办理条件",
        "申请材料",
        "办理流程",
        "收费标准",
        "网上办理深度",
        "咨询电话",
    ]
    line = [
        "烟草零售许可",
        "YC-1",
        "示例区烟草专卖局",
        "有固定场所",
        "1.申请表；2.身份证",
        "受理→审查→决定",
        "不收费",
        "全流程网办",
        "020-1",
    ]
    ((one,), source) = made(names, line)
    assert source.mapping.id == "cn-service-list"
    assert [material["name"] for material in one.entry["materials"]] == ["申请表", "身份证"]
    assert [step["name"] for step in one.entry["process"]] == ["受理", "审查", "决定"]
    assert one.entry["charged"] is False and "fees" not in one.entry
    assert one.entry["onlineDepth"] == ["whole-process"]


def test_a_list_of_open_data_names_who_opens_and_its_items_in_a_cell(made):
    """As cities publish it: who opens, in which field, and the items counted up."""
    names = [
        "公共数据开放主体名称",
        "更新频率",
        "开放属性",
        "数据格式",
        "数据集领域",
        "数据集名称",
        "数据项",
        "数据摘要",
    ]
    line = [
        "示例市民政局",
        "每年",
        "无条件开放",
        "XLS",
        "民生服务",
        "养老机构",
        "名称、地址（含区）、床位数",
        "全市养老机构",
    ]
    ((one,), source) = made(names, line)
    assert source.mapping.id == "cn-open-data" and not source.ledger.counts["kept"]
    assert one.entry["publisher"] == {"name": "示例市民政局"} and one.entry["theme"]
    assert [item["name"] for item in one.entry["dataItems"]] == ["名称", "地址（含区）", "床位数"]


def test_a_list_of_open_data_without_who_opens_is_told_by_strategy_and_field(made):
    """As companies of the state publish it."""
    names = [
        "序号",
        "所属业务域",
        "数据资源名称",
        "数据项",
        "开放策略",
        "开放对象",
        "开放条件",
        "更新频率",
        "数据区域范围",
    ]
    line = [1, "供电", "变电站容量", "站名、容量", "有条件开放", "政府机构", "签订协议", "每月", "全省"]
    ((one,), source) = made(names, line)
    assert source.mapping.id == "cn-open-data"
    assert one.entry["opening"] == {"type": "conditional", "condition": "签订协议"}
    assert one.entry["classification"] == [{"name": "供电", "scheme": "local"}] and one.entry["spatial"] == {
        "name": "全省"
    }


def test_what_stands_for_the_cell_above_is_read_as_that_and_told(made):
    """同上 is the content of the line above, in columns of every sort; what it said itself is kept."""
    entries, source = made(
        HEADINGS,
        ONE,
        ["收养登记信息", "307099020400/000002", "同上", "收养登记", "〃", " 同 上 ", "姓名", "字符型C"],
        ["同上", "同上", "同上", "同上", "同上", "同上", "性别", "（同上）"],
    )
    first, second = (item.entry for item in entries)
    assert second["publisher"] == first["publisher"] and second["accrualPeriodicity"] == "monthly"
    assert second["sharing"]["type"] == "conditional"
    assert [item["name"] for item in second["dataItems"]] == ["姓名", "性别"]
    assert {item["datatype"] for item in second["dataItems"]} == {"C"}
    assert second["source"]["original"]["/publisher/name"] == "同上"
    told = {remark.params["heading"]: remark for remark in source.remarks if remark.check == "ditto"}
    assert told["信息资源提供方"].params["count"] == 2 and told["信息资源提供方"].params["value"] == "示例市民政局"
    assert told["数据类型"].ref == (0, 4, 8)


def test_a_mark_below_nothing_stays_as_it_is(made):
    """There is nothing that it could stand for."""
    entries, source = made(HEADINGS, [*ONE[:5], "同上", *ONE[6:]])
    assert entries[0].entry["accrualPeriodicity"] == "同上"
    assert not [remark for remark in source.remarks if remark.check == "ditto"]


@pytest.mark.parametrize(
    ("heading", "cell", "wanted"),
    [
        ("数据量", "12万", 120_000),
        ("数据量", "3.5万条", 35_000),
        ("数据量", "１,２００ 条记录", 1_200),
        ("数据量（万条）", "120000条", 120_000),
        ("数据量", "约2亿", "约2亿"),
        ("数据量", "120余条", "120余条"),
        ("数据量", "30天", "30天"),
    ],
)
def test_a_number_with_its_unit_in_the_cell(heading, cell, wanted, tmp_path, convert):
    """What a cell says itself comes before what its heading says; what is said roughly is no number."""
    path = tmp_path / "a.csv"
    lines = f'数据资源名称,提供单位,更新周期,共享类型,{heading}\n甲,示例局,每日,无条件共享,"{cell}"\n'
    path.write_text(lines, encoding="utf-8")
    made, source = convert(path)
    assert made[0].entry["volume"]["records"] == wanted
    assert source.ledger.counts["not_understood"] == isinstance(wanted, str)


FIELDS = ["字段名", "中文名称", "字段类型", "长度", "允许空"]


def test_a_table_that_describes_one_thing_is_called_by_its_title(made_of_sheets):
    """Of a data dictionary each table is a resource, however the tables stand; where its name comes from is told."""
    entries, source = made_of_sheets(
        t_marry=[FIELDS, ["XM", "姓名", "varchar(50)", None, "否"]],
        Sheet2=[
            ["表2 收养登记信息"],
            FIELDS,
            ["RQ", "日期", "date", None, "是"],
            ["表名：", "收养人信息"],
            FIELDS,
            ["HH", "户号", "char", 18, "是"],
        ],
        Sheet3=[FIELDS, ["BH", "编号", "char", 20, "否"]],
    )
    found = [item.entry for item in entries]
    assert source.format == "data-dictionary"
    assert [entry.get("title") for entry in found] == ["t_marry", "收养登记信息", "收养人信息", None]
    assert found[0]["dataItems"] == [
        {"name": "姓名", "columnName": "XM", "datatype": "C", "length": 50, "nullable": False}
    ]
    told = [remark for remark in source.remarks if remark.check == "named-by-table"]
    assert [remark.ref for remark in told] == [(0, 1, 0), (1, 1, 1), (1, 4, 2)]


def test_a_column_with_the_name_of_the_table_comes_first(made_of_sheets):
    """Then the lines tell where one table ends, and nothing is guessed."""
    entries, source = made_of_sheets(
        字典=[["表名", *FIELDS], ["甲表", "A", "甲", "char", 1, "是"], ["乙表", "B", "乙", "char", 1, "是"]]
    )
    assert [item.entry["title"] for item in entries] == ["甲表", "乙表"]
    assert not [remark for remark in source.remarks if remark.check == "named-by-table"]
