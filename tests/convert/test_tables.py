"""Tables as departments leave them: titles, notes, blanks, lines that disagree."""

import openpyxl
import pytest

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
