"""A small standard with one demand of each kind (`small/`), and files with one fault of each kind."""

import json
from pathlib import Path

import openpyxl
import pytest

from mulu.standard import Standard, load

SMALL = Path(__file__).with_name("small")
RIGHT = {"kind": "thing", "code": "A-1", "label": "桌子", "colour": "red", "size": 5, "owner": {"name": "甲局"}}
NUMBER = "11430100MB1E204792"  # the last character is wrong
CITIZEN = "11010519491231002X"
ENTRIES = [
    RIGHT,
    {"kind": "thing"},
    {"kind": "thing", "label": "a", "colour": "rd", "size": -1, "weight": 0, "count": 3, "status": "ajar"},
    {"kind": "thing", "label": "abcdefgh", "colour": "朱红", "size": 11, "weight": 1.0, "count": 2.5, "status": 3},
    {"kind": "thing", "label": 7, "colour": 3, "size": "２.５", "count": "10", "ready": "是", "gone": 0, "either": 1.5},
    {"kind": "thing", "label": ["a"], "colour": "nothing like it", "ready": 1, "either": None, "closed": {"b": 1}},
    {**RIGHT, "labl": "x", "colur": "red", "qqqqqq": {"a": [1]}, "x-own": 1, "source": {"file": "a"}},
    {**RIGHT, "shades": []},
    {**RIGHT, "shades": ["red", "blue", "red", "gren"], "notes": ["a", "", 3]},
    {**RIGHT, "started": "2021年6月8日", "page": "看网站"},
    {**RIGHT, "started": "2021-06-31", "owner": {"name": " ", "identifier": NUMBER, "telephone": "13812345678"}},
    {**RIGHT, "owner": {"identifier": "114301", "contact": "王小明明", "telephone": "010-1234567", "nam": CITIZEN}},
    {**RIGHT, "owner": "甲局", "code": "a-1"},
    {**RIGHT, "code": "A-2", "parts": [{"name": "腿", "size": 7}, {"size": 0, "tags": ["a", "abcde"]}, {"name": ""}]},
    {**RIGHT, "code": "A-3", "parts": [{"name": "甲局部", "size": 1, "tagz": 1}, "面", {"name": 3, "size": 9}]},
    {"kind": "thign", "label": "x"},
    {"kind": None},
    {"kind": ["thing"]},
    {"label": f"号 {CITIZEN}"},
    [1],
    "text",
    {**RIGHT, "code": "A-4", "owner": {"name": "乙局", "contact": "王小明", "telephone": "010-1234567"}},
]
HEAD = ["编号", "标签", "颜色", "大小", "开始", "归属", "电话", "色调", "部件", "部件大小", "备注"]
ROWS = [
    ["A-1", "桌子", "红", "5", "2021-06-08", "甲局", "010-1234567", "红、蓝", "腿", "7", "无"],
    ["A-1", "桌子", "红", "5", "2021-06-08", "甲局", "010-1234567", "红、蓝", "面", "一", "旧"],
    ["a2", "椅", "第3蓝", "很大", "２０２１年6月31日", "乙局", "13812345678", "红、黑", "", "", ""],
    ["A-3", "柜子 ", "朱红色", "11", "2021/6/8", "甲", "", "", "门", "2", CITIZEN],
]
TREE = f"""\
<things>
  <thing code="A-1"><label>桌子</label><colour>红</colour>
    <size>5</size><started>2021年6月8日</started><owner>甲局</owner></thing>
  <thing code="a2">
    <label>椅</label><colour>黑</colour><size>大</size>
    <owner>{CITIZEN}</owner><rest>余</rest>
  </thing>
</things>
"""


def lines_of(entries):
    """Return entries as lines, among which are some that are none."""
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    lines[2:2] = ["", '{"kind": "thing", "label": "甲", "label": "乙乙"}', "  ", "{broken"]
    return "\ufeff" + "\n".join(lines) + "\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a folder with all files, as the working directory, so that reports name no place of this machine."""
    monkeypatch.chdir(tmp_path)
    texts = {
        "lines.jsonl": lines_of(ENTRIES),
        "list.json": json.dumps(ENTRIES, ensure_ascii=False, indent=1),
        "list.yaml": json.dumps(ENTRIES[:15], ensure_ascii=False, indent=1),
        "right.jsonl": json.dumps(RIGHT, ensure_ascii=False) + "\n",
        "table.csv": "\n".join(",".join(row) for row in [HEAD, *ROWS]) + "\n",
        "rows.json": json.dumps({"rows": [dict(zip(HEAD, row, strict=True)) for row in ROWS]}, ensure_ascii=False),
        "tree.xml": TREE,
        "empty.jsonl": "\n",
        "none.json": "[]",
        "broken.json": '[{"kind": "thing", "label": }]',
        "unknown.csv": "甲,乙\n1,2\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text, "utf-8")
    book = openpyxl.Workbook()
    book.active.title = "目录"
    for row in [["目录"], HEAD, *ROWS]:
        book.active.append(row)
    book.create_sheet("说明")["A1"] = "无"
    book.save("book.xlsx")
    return tmp_path


@pytest.fixture(scope="module")
def plain():
    """Return the standard without its rules, which a run begins a process for."""
    found = load(SMALL)
    silent = Standard(found.roots, found.header, found.below)
    silent.__dict__.update(rules={}, statistics={})
    return silent
