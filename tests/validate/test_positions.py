"""A fault put into a known cell, or at a known line and column, is reported there and nowhere else."""

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from mulu.standard import load
from mulu.validate import Options, Validation

ROOT = Path(__file__).parents[2]
STANDARD = load()
EXAMPLE = json.loads((ROOT / "schemas" / "examples" / "resource.json").read_text(encoding="utf-8"))

# Headings of the national template, group and leaf, with a right value and, where one is known, a wrong one.
GUIDE = [
    ("信息资源名称", None, "殡葬服务机构信息", None),
    ("信息资源代码", None, "307099020400/000001", None),
    ("信息资源提供方", "信息资源提供方", "示例市民政局", None),
    ("信息资源提供方", "提供方内部部门", "社会事务科", None),
    ("资源提供方代码", None, "11330105002500287C", "11330105002500287D"),
    ("信息资源摘要", None, "全市殡葬服务机构的名称、地址和电话", None),
    ("信息资源格式", "信息资源格式分类", "数据库", "数据酷"),
    ("信息资源格式", "信息资源格式类型", "oracle", "奥拉可"),
    ("信息资源大普查", "数据存储总量（G）", 2, "两个半"),
    ("信息项信息", "信息项名称", "机构名称", None),
    ("信息项信息", "数据类型", "字符型C", "字苻型"),
    ("信息项信息", "数据长度", 50, "五十"),
    ("共享属性", "共享类型", "无条件共享", "无条件共亨"),
    ("开放属性", "是否向社会开放", "是", "大概"),
    ("更新周期", None, "每年", "每隔一年半"),
    ("发布日期", None, "2019-03-01", "前年"),
]
ITEM = {"信息项名称", "数据类型", "数据长度"}
FLAT = {
    "信息资源名称（必填）": ("停车场信息", None),
    "信息资源摘要（必填）": ("公共停车场的位置和泊位数", None),
    "信息资源格式分类（必填）": ("数据库", "数据酷"),
    "信息资源格式类型（必填）": ("mysql", "买色扣"),
    "信息资源共享类型（必填）": ("无条件共享", "随便"),
    "信息资源是否向社会开放（必填）": ("是", "大概"),
    "信息资源更新周期（必填）": ("每月", "隔三差五"),
    "字段名称（必填）": ("泊位数", None),
    "字段英文名称（必填）": ("bws", None),
    "字段数据类型（必填）": ("整型I", "整形"),
    "字段数据长度（选填）": ("10", "很长"),
    "字段是否主键（必填）": ("否", "也许"),
    "字段共享类型（必填）": ("无条件共享", "随便"),
    "字段描述（选填）": ('含逗号,引号"和\n换行', None),
}
WRONG_ENTRY = [
    "/accrualPeriodicity",
    "/issued",
    "/publisher/identifier",
    "/sharing/type",
    "/sharing/mode/category",
    "/opening/type",
    "/format/0/type",
    "/dataItems/0/datatype",
    "/dataItems/3/sensitivity",
    "/grade/national",
    "/spatial/region",
    "/temporal/startDate",
]


def told(folder, name, data):
    """Return the structural findings on a file, as reports write them."""
    path = folder / name
    path.write_bytes(data)
    run = Validation(STANDARD, Options(STANDARD.header.levels[-1].id, date(2026, 1, 15)), folder)
    try:
        assert list(run.add(path, name))
        assert run.inputs[0].problem is None
        return [
            finding for finding in run.store if finding["severity"] == "error" and finding["rule"] != "missing-property"
        ]
    finally:
        run.close()
        shutil.rmtree(folder)
        folder.mkdir()


def workbook(chance, style, above):
    """Return a workbook in the national template and the cell into which the wrong value went."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "目录"
    for _ in range(above):
        sheet.append(["示例市民政局政务信息资源目录"])
    order = list(range(len(GUIDE)))
    top = above + 1
    for column, (group, leaf, _, _) in enumerate(GUIDE, start=1):
        sheet.cell(top, column, group)
        if leaf:
            sheet.cell(top + 1, column, leaf)
        else:
            sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
    resources = chance.randint(1, 4)
    victim = chance.randrange(resources)
    number = chance.choice([index for index in order if GUIDE[index][3] is not None])
    row, cell = top + 2, ""
    for resource in range(resources):
        lines = chance.randint(1, 4)
        bad_line = chance.randrange(lines) if (GUIDE[number][1] or "") in ITEM else 0
        for line in range(lines):
            for column, (group, leaf, right, _) in enumerate(GUIDE, start=1):
                own = (leaf or group) in ITEM
                if not own and line and style != "repeated":
                    continue
                value = right
                if group in ("信息资源名称", "信息资源代码"):
                    value = f"{right}{resource}"
                if leaf == "信息项名称":
                    value = f"{right}{line}"
                if column - 1 == number and resource == victim and (not own or line == bad_line):
                    value = GUIDE[number][3]
                    cell = cell or f"{get_column_letter(column)}{row + line}"
                sheet.cell(row + line, column, value)
        if style == "merged" and lines > 1:
            for column, (group, leaf, _, _) in enumerate(GUIDE, start=1):
                if (leaf or group) not in ITEM:
                    last = row + lines - 1
                    sheet.merge_cells(start_row=row, end_row=last, start_column=column, end_column=column)
        row += lines
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue(), cell


# A workbook is read by a process of its own.
@settings(max_examples=settings.default.max_examples // 3)
@given(st.randoms(use_true_random=False), st.sampled_from(["repeated", "merged", "first"]), st.integers(0, 3))
def test_a_fault_in_a_workbook_is_reported_at_its_cell(tmp_path_factory, chance, style, above):
    """Cells merged down, filled once or repeated; headings wherever they are."""
    data, cell = workbook(chance, style, above)
    found = told(tmp_path_factory.mktemp("w"), "目录.xlsx", data)
    assert [(f["source"]["sheet"], f["source"]["cell"]) for f in found] == [("目录", cell)]


@given(st.randoms(use_true_random=False), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), st.booleans())
def test_a_fault_in_a_csv_file_is_reported_at_its_line_and_column(tmp_path_factory, chance, encoding, windows):
    """Lines and columns count characters of the text, whatever its encoding, line ends and quoting."""
    headings = list(FLAT)
    chance.shuffle(headings)
    lines = chance.randint(1, 5)
    bad = chance.choice([heading for heading in headings if FLAT[heading][1]])
    bad_line = chance.randrange(lines)
    rows = []
    for line in range(lines):
        row = {heading: right for heading, (right, _) in FLAT.items()}
        row["信息资源名称（必填）"] += "甲乙丙丁戊"[line]
        if line == bad_line:
            row[bad] = FLAT[bad][1]
        rows.append([row[heading] for heading in headings])
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n" if windows else "\n", quoting=chance.choice([0, 1]))
    writer.writerows([headings, *rows])
    text = buffer.getvalue()
    before = io.StringIO()
    partial = csv.writer(before, lineterminator=writer.dialect.lineterminator, quoting=writer.dialect.quoting)
    partial.writerows([headings, *rows[:bad_line]])
    start = len(before.getvalue()) + text[len(before.getvalue()) :].index(FLAT[bad][1])
    start -= text[start - 1] == '"'
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    found = told(tmp_path_factory.mktemp("c"), "目录.csv", text.encode(encoding))
    assert [(f["source"]["line"], f["source"]["column"]) for f in found] == [(line, column)]


@given(
    st.randoms(use_true_random=False),
    st.sampled_from(WRONG_ENTRY),
    st.sampled_from([None, 1, 4, "\t"]),
    st.sampled_from(["array", "lines"]),
    st.booleans(),
)
def test_a_fault_in_json_is_reported_at_its_line_and_column(tmp_path_factory, chance, pointer, indent, form, escaped):
    """An array or JSON Lines, on one line or many, with characters as they are or escaped."""
    entries = [json.loads(json.dumps(EXAMPLE)) for _ in range(chance.randint(1, 4))]
    for number, entry in enumerate(entries):
        entry["identifier"] = f"307021022100/{number:06d}"
    *way, last = pointer.split("/")[1:]
    node = chance.choice(entries)
    for step in way:
        node = node[int(step) if isinstance(node, list) else step]
    node[last] = "@坏值@"
    if form == "array":
        text = json.dumps(entries, ensure_ascii=escaped, indent=indent)
    else:
        text = "".join(json.dumps(entry, ensure_ascii=escaped) + "\n" for entry in entries)
    start = text.index(json.dumps("@坏值@", ensure_ascii=escaped))
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    found = told(tmp_path_factory.mktemp("j"), "目录.json" if form == "array" else "目录.jsonl", text.encode())
    assert [(f["source"]["line"], f["source"]["column"]) for f in found] == [(line, column)]
