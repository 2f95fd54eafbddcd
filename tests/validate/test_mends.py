"""Mends, whole: what each file becomes, of each value what stood there and what stands there then, and what is left."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from mulu.convert import Sourced
from mulu.errors import Unreadable
from mulu.readers import open_bytes
from mulu.standard import load
from mulu.validate import apply, queries
from mulu.validate.api import validate
from mulu.validate.apply import _Mender, mends, write
from mulu.validate.in_place import in_csv, in_element, in_sheet, in_yaml
from mulu.validate.mend import mend
from mulu.validate.spellings import _Format

SMALL = Path(__file__).with_name("small")
DAY = date(2026, 1, 15)
THING = {"kind": "thing", "code": "A-1", "colour": " 朱红", "size": "２．５", "started": "2021年6月8日", "labl": "桌子"}
OWNER = {"name": "甲局", "identifier": "11430100 mb1e204791", "telephone": "010—1234567"}
YAML = """\
- kind: thing   # 一种
  code: A-1
  colour: 朱红 # 颜色
  size: '5'
  started: "2021年6月8日"
  labl: 桌 子
  count: 'it''s'
  ready: 是
  notes: [ 红, "a" ]
  owner: {name: 甲局, telephone: '010—1234567'}
"""
SHEET = [
    ["编号", "标签", "颜色", "开始", "归属", "电话"],
    ["A-1", "桌子　", "红", "2021年6月8日", "甲局", "010—1234567"],
    ["A－2", '椅 "子"', "第3蓝", "２０２１/6/8", "甲局", "010-1234567"],
    ["A-3", "柜子", "蓝 色", "2021-06-08", " 乙，局", ""],
    ["A-4", "桌子　", "朱红色", "2021.6", "甲局", ""],
    ["A-5", "桌子", "朱红", "2021年", "甲局 ", ""],
]
MORE = [
    ["编号", "标签", "颜色", "大小", "开始", "归属", "电话", "色调", "就绪", "说明"],
    ["A-1", "桌子", "正绿　", "２", "2021-06-08 12:00", "１" * 300 + "局　", "010-1234567　", " 红 ", "是", "甲　"],
    ["A-2", "桌子", "墨绿A", "2 ", "2021年6月", "甲局", "010-1234567", "红、蓝", " 是 ", "甲　、乙"],
    ["A-3", "１３８１２３４５６７８　", "1", "2.0", "2021-06-08", "甲局　", "", "第3蓝", "有", ""],
]
# Lines of one entry that disagree in spelling alone, so that to mend them would change what is said of it.
DOUBTFUL = """\
编号,标签,颜色,开始
A-1,桌子,红色,2021年6月8日
A-1,桌子,红色,2021-06-08
A-2,椅子,红色,2021/6
A-2,椅子,红色,2021-06
"""
TREE = """\
<?xml version="1.0"?>
<things>
  <thing code="A-1"><label> 桌子 </label><colour>朱红</colour></thing>
  <thing code="A-2">
    <label>椅&amp;子　</label>
    <colour>红</colour>
    <started>2021年6月8日</started>
    <owner>甲局</owner><size> ２ </size>
  </thing>
  <thing code="A-3"><label>桌</label><colour>红</colour><started>2021年</started></thing>
</things>
"""


def sheet(mark=",", end="\n"):
    """Return the table as text; a cell with a mark in it stands in quotes."""
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' if '"' in cell else cell for cell in row] for row in SHEET]
    return end.join(mark.join(row) for row in quoted) + end


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the working directory, with files of spellings that mean what they should."""
    monkeypatch.chdir(tmp_path)
    entries = [THING | {"owner": OWNER}, {"kind": " thing", "label": "ａｂ"}, {"kind": "thing", "label": "甲 乙　"}]
    laid_out = json.dumps(entries, ensure_ascii=False, indent=2)
    texts = {
        "a.jsonl": ("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8"),
        "a.json": (laid_out.replace("\n", "\r\n"), "utf-8-sig"),
        "escaped.json": (json.dumps(entries, indent=1), "utf-8"),
        "gb.json": (laid_out, "gb18030"),
        "wide.json": (laid_out, "utf-16"),
        "old-mac.json": (laid_out.replace("\n", "\r"), "utf-8"),
        "a.yaml": (YAML, "utf-8"),
        "a.csv": (sheet(end="\r\n"), "gb18030"),
        "tabs.csv": (sheet("\t"), "utf-8-sig"),
        "rows.json": (json.dumps([dict(zip(SHEET[0], row, strict=True)) for row in SHEET[1:]], indent=1), "utf-8"),
        "more.csv": ("".join(",".join(row) + "\n" for row in MORE), "utf-8"),
        "doubtful.csv": (DOUBTFUL, "utf-8"),
        "right.csv": ("编号,标签,颜色\nA-1,桌子,红色\n", "utf-8"),
        "tree.xml": (TREE, "utf-8"),
        "page.html": (
            "<table>" + "".join(f"<tr><td>{'<td>'.join(row)}</tr>\n" for row in SHEET) + "</table>",
            "utf-8",
        ),
    }
    for name, (text, encoding) in texts.items():
        Path(name).write_bytes(text.encode(encoding))
    book = openpyxl.Workbook()
    for row in SHEET:
        book.active.append(row)
    book.active["C3"] = '="第3" & "蓝"'
    book.save("book.xlsx")
    return tmp_path


def text_of(content, encoding):
    """Return the lines of a file without its mark."""
    wide = content.startswith(b"\xff\xfe")
    return content.decode("utf-16" if wide else encoding).removeprefix("\ufeff").split("\n")


def told(mended):
    """Return what becomes of a file as JSON."""
    found = {
        "problem": mended.problem and mended.problem.to_dict(),
        "left": mended.left,
        "changes": [
            [str(one.finding["source"]["cell"] or one.finding["source"]["line"]), one.before, one.after]
            for one in mended.changes
        ],
    }
    if mended.data.startswith(b"PK"):
        rows = openpyxl.load_workbook(io.BytesIO(mended.data)).active.iter_rows(values_only=True)
        return found | {"rows": [["" if cell is None else cell for cell in row] for row in rows]}
    if not mended.data:
        return found
    encoding, before = mended.item.encoding, mended.item.file.read_bytes()
    old, new = text_of(before, encoding), text_of(mended.data, encoding)
    assert mended.data[:2] == before[:2]
    lines = [[number, *pair] for number, pair in enumerate(zip(old, new, strict=True), 1) if pair[0] != pair[1]]
    if mended.lines:
        # What is shown is what is written.
        assert [list(line) for line in mended.lines] == [[n, a.rstrip("\r"), b.rstrip("\r")] for n, a, b in lines]
    return found | {"lines": lines}


def becomes(*paths, unsafe=False, spelt=True):
    """Return what each file of a run becomes, by name."""
    with validate(*paths, standard=SMALL, level="strict", today=DAY, jobs=1, only=["label-twice"]) as report:
        return {one.item.path: told(one) for one in mends(report, unsafe=unsafe, spelt=spelt)}


DATE = {"type": "string", "format": "partial-date"}
# check, value, schema, further parameters
WAYS = [
    ("wrong-type", "２.５", {"type": "number"}, {}),
    ("wrong-type", " 12 ", {"type": "integer"}, {}),
    ("wrong-type", "1.5", {"type": "integer"}, {}),
    ("wrong-type", "-0.5", {"type": "number"}, {}),
    ("wrong-type", "012", {"type": "integer"}, {}),
    ("wrong-type", "999999999999999", {"type": "integer"}, {}),
    ("wrong-type", "9999999999999999", {"type": "integer"}, {}),
    ("wrong-type", "1.123456789", {"type": "number"}, {}),
    ("wrong-type", "1.1234567891", {"type": "number"}, {}),
    ("wrong-type", "12", {"type": "number", "maximum": 11}, {}),
    ("wrong-type", "12", {"type": "number", "minimum": 13}, {}),
    ("wrong-type", "是", {"type": "boolean"}, {}),
    ("wrong-type", " 否", {"type": "boolean"}, {}),
    ("wrong-type", "不知道", {"type": "boolean"}, {}),
    ("wrong-type", 1, {"type": "boolean"}, {}),
    ("wrong-type", 7, {"type": "string"}, {}),
    ("wrong-type", 7, {"type": "string", "minLength": 2}, {}),
    ("wrong-type", 7, {"type": "string", "maxLength": 0}, {}),
    ("wrong-type", 7, {"type": "string", "pattern": "a"}, {}),
    ("wrong-type", 7, {"type": "string", "enum": ["8"]}, {}),
    ("wrong-type", 7, {"type": "string", "const": "7"}, {}),
    ("wrong-type", 7.5, {"type": "string"}, {}),
    ("wrong-type", True, {"type": "string"}, {}),
    ("wrong-type", None, {"type": "string"}, {}),
    ("wrong-type", ["a"], {"type": "string"}, {}),
    ("invalid-format", "2021年6月8日", DATE, {"format": "partial-date"}),
    ("invalid-format", "２０２１．６", DATE, {"format": "partial-date"}),
    ("invalid-format", "2021-02-30", DATE, {"format": "partial-date"}),
    ("invalid-format", "2021年6月8日", DATE | {"pattern": "^1"}, {"format": "partial-date"}),
    ("invalid-format", 20210608, DATE, {"format": "partial-date"}),
    ("invalid-format", "a", {"type": "string", "format": "uri"}, {"format": "uri"}),
    ("invalid-format", "11430100-mb1e20479-1", {"type": "string", "format": "uscc"}, {"format": "uscc"}),
    ("invalid-pattern", " A-1\u3000", {"type": "string", "pattern": "^A-1$"}, {}),
    ("invalid-pattern", "Ａ-1", {"type": "string", "pattern": "^A-1$"}, {}),
    ("invalid-pattern", "Ａ—1", {"type": "string", "pattern": "^A-1$"}, {}),
    ("invalid-pattern", "Ａ — 1", {"type": "string", "pattern": "^A-1$"}, {}),
    ("invalid-pattern", "\u3000", {"type": "string", "pattern": "a"}, {}),
    ("invalid-pattern", "B-1", {"type": "string", "pattern": "^A-1$"}, {}),
    ("invalid-pattern", "a" + " " * 255, {"type": "string", "pattern": "^a$"}, {}),
    ("invalid-pattern", "a" + " " * 256, {"type": "string", "pattern": "^a$"}, {}),
    ("text-too-long", "abc  ", {"type": "string", "maxLength": 3}, {}),
    ("value-not-allowed", " open", {"enum": ["open"]}, {}),
    ("value-not-in-code-list", "朱红", {}, {"list": "colour"}),
    ("value-not-in-code-list", "朱", {}, {"list": "colour", "suggestion": "red"}),
    ("value-not-in-code-list", "xyzzy", {}, {"list": "colour", "suggestion": None}),
    ("value-not-in-code-list", 3, {}, {"list": "colour"}),
    ("unknown-property", "labl", {}, {"suggestion": "label"}),
    ("unknown-kind", "ｔｈｉｎｇ", {"enum": ["thing"]}, {"suggestion": "thing"}),
    ("unknown-kind", "thign", {"enum": ["thing"]}, {"suggestion": "thing"}),
    ("missing-property", None, {}, {"suggestion": "a"}),
    ("repeated-element", ["a"], {}, {}),
]


def test_what_each_value_can_be_changed_to(approved):
    """What surely means the same is told from a guess, and neither breaks another demand."""
    codes = load(SMALL).codes
    found = [(each, mend(*each, codes), mend(*each, None)) for each in WAYS]
    told = [
        [*each[:3], one and [one.safe, one.value], *(["without lists"] if one != other else [])]
        for each, one, other in found
    ]
    approved("ways", told)


FILES = (
    *("a.jsonl", "a.json", "escaped.json", "gb.json", "wide.json", "old-mac.json", "a.yaml"),
    *("a.csv", "tabs.csv", "more.csv", "doubtful.csv", "right.csv", "rows.json", "tree.xml", "page.html", "book.xlsx"),
)


def test_all_that_becomes_of_files(folder, approved, monkeypatch):
    """Safe mends, guesses beside them, and entries alone."""
    monkeypatch.setattr(queries, "is_builtin", lambda standard: True)
    safe, guessed = becomes(*FILES), becomes(*FILES, unsafe=True)
    found = becomes(*FILES, spelt=False)
    assert "a.jsonl" in found and "a.csv" not in found
    assert all(change in safe[name]["changes"] for name in found for change in found[name]["changes"])
    more = {name: [one for one in guessed[name]["changes"] if one not in safe[name]["changes"]] for name in guessed}
    approved("mends", {"safe": safe, "guessed": more})


def refused(change):
    """Return what is said when a file that was checked is written after a change."""
    with validate("a.jsonl", "a.csv", standard=SMALL, today=DAY, jobs=1, only=["label-twice"]) as report:
        change(report)
        found = {}
        for one in mends(report, unsafe=False):
            found[one.item.path] = told(one)["problem"]
            if one.problem is None:
                if change is written_late:
                    one.item.file.write_bytes(b"{}")
                with pytest.raises(Unreadable) as caught:
                    write(one)
                found[one.item.path] = [caught.value.path, caught.value.zh, caught.value.en]
        return found


def written_late(report):
    """Leave the files as they are until what becomes of them is known."""


def linked(report):
    for item in report.inputs:
        item.file.rename(f"old-{item.path}")
        item.file.symlink_to(f"old-{item.path}")


def renamed(report):
    for item in report.inputs:
        item.path = f"archive.zip/{item.path}"


def locked(report):
    for item in report.inputs:
        item.file.chmod(0o444)


def changed(report):
    for item in report.inputs:
        item.file.write_bytes(b" " + item.file.read_bytes())


def gone(report):
    for item in report.inputs:
        item.file.unlink()


def test_all_that_is_said_of_files_that_are_left_alone(folder, approved, monkeypatch):
    """Links, parts of archives, files that nobody may write, that have changed or are gone."""
    monkeypatch.setattr(queries, "is_builtin", lambda standard: True)
    before = {name: Path(name).read_bytes() for name in ("a.jsonl", "a.csv")}
    found = {}
    for change in (written_late, linked, renamed, locked, changed, gone):
        found[change.__name__] = refused(change)
        for name, content in before.items():
            Path(name).unlink(missing_ok=True)
            Path(name).write_bytes(content)
    approved("left-alone", found)


def test_parts_of_a_workbook_stay_as_they_were(folder, monkeypatch):
    """All but the sheet: their order, their bytes, and how they are compressed."""
    monkeypatch.setattr(queries, "is_builtin", lambda standard: True)

    def parts(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(i.filename, i.compress_type, i.date_time, archive.read(i)) for i in archive.infolist()]

    before = parts(Path("book.xlsx").read_bytes())
    with validate("book.xlsx", standard=SMALL, today=DAY, jobs=1, only=["label-twice"]) as report:
        (mended,) = mends(report, unsafe=False)
        write(mended)
    after = parts(Path("book.xlsx").read_bytes())
    assert [one[:3] for one in after] == [one[:3] for one in before]
    assert [old[0] for old, new in zip(before, after, strict=True) if old != new] == ["xl/worksheets/sheet1.xml"]


def test_all_that_is_said_of_what_cannot_be_written(folder, approved, monkeypatch):
    """An encoding that lacks the character or is another, a file that is neither text nor workbook, the same twice."""
    monkeypatch.setattr(queries, "is_builtin", lambda standard: True)
    found = {}
    with validate("rows.json", standard=SMALL, today=DAY, jobs=1, only=["label-twice"]) as report:
        (whole,) = mends(report, unsafe=False)
        for encoding in ("ascii", "utf-8-sig", "nothing", None):
            report.inputs[0].encoding = encoding
            again = _Mender(report, whole.item).mended([change.finding for change in whole.changes])
            found[str(encoding)] = [again.left, len(again.data), again.problem.to_dict()]
    with validate("a.jsonl", "book.xlsx", standard=SMALL, today=DAY, jobs=1, only=["label-twice"]) as report:
        mended = list(mends(report, unsafe=False))
        twice = _Mender(report, mended[0].item).mended([change.finding for change in mended[0].changes] * 2)
        assert (twice.left, len(twice.changes)) == (6, 6)
        for name in ("value", "pointer"):
            others = [change.finding | {name: "/other"} for change in mended[0].changes]
            kept = _Mender(report, mended[0].item).mended(others)
            assert (kept.left, len(kept.changes)) == ((6, 0) if name == "value" else (0, 6))

        others = [
            [change.finding | {"value": "other"} for change in mended[1].changes],
            [change.finding | {"source": change.finding["source"] | {"cell": "Z9"}} for change in mended[1].changes],
        ]
        for other in others:
            kept = _Mender(report, mended[1].item).mended(other)
            assert (kept.left, len(kept.changes)) == (len(mended[1].changes), 0)

        def unreadable(*_, **__):
            raise Unreadable("a", "坏", "bad")

        monkeypatch.setattr(apply, "open_document", unreadable)
        found["workbook"] = _Mender(report, mended[1].item).mended([]).problem.to_dict()
    approved("not-written", found)


TEXT = 'a, "b ""c""" ,d\n"e,f",i: j\nk\r\n"l\nm",n'
# where it begins, what is to stand there, what then
CELLS = [
    ("a", "a", "x"),
    ("a", "b", "x"),
    ("a", "a ", 'x,"y"'),
    ("a", 1, "x"),
    ("a", "a", 1),
    (' "b', 'b "c"', "x"),
    (' "b', 'b "c', "x"),
    ("d", "d", "x\ny"),
    ('"e', "e,f", 'x"'),
    ("k", "k", "x"),
    ('"l', "l\nm", "x"),
    ("n", "n", "x\ry"),
]
SCALARS = [
    ("a: b # c", 3, "b", "x"),
    ("a: b # c", 3, "c", "x"),
    ("a: b#c", 3, "b#c", "x y"),
    ("a: [b c, d]", 4, "b c", "x"),
    ("a: b:c", 3, "b:c", "x: y"),
    ("a: 'it''s'", 3, "it's", "x"),
    ('a: "b\\tc"', 3, "b\tc", "x"),
    ('a: "b\\qc"', 3, "b\\qc", "x"),
    ("a: 12", 3, 12, "13"),
    ("a: 12", 3, 12, 13),
    ("a: b", 3, "b", "true"),
    ("a: b", 3, "b", True),
    ("a: b", 3, "b", "- x"),
    ("a: b", 3, "b", "-"),
    ("a: b", 3, "b", "-x"),
    ("a: b", 3, "b", "? x"),
    ("a: b", 3, "b", " x"),
    ("a: b", 3, "b", "x#y"),
    ("a: b", 3, "b", "甲"),
    ("a: b", 2, "b", "x"),
    ("a: b", 9, "b", "x"),
    ("a: |", 3, "b", "x"),
]
ELEMENTS = [
    ("<a>b</a>", 0, "b"),
    ("<a> b&amp;c </a>", 0, "b&c"),
    ("<a>b</a><c>b</c>", 0, "b"),
    ("<a>b</a><c>d</c>", 0, "d"),
    ("<a>b\n</a>", 0, "b"),
    ("x\n<a>b</a>\n<a>b</a>", 2, "b"),
    ("<a>b</a>\n<c>d</c>", 0, "d"),
    ("<a>3</a>", 0, 3),
    ("\n<a>b</a>", 0, "b"),
]
SHEETS = [
    ('<c r="A1" t="s"><v>1</v></c>', "A1"),
    ('<c r="A11" t="s"><v>1</v></c><c r="A1"><v>2</v></c>', "A1"),
    ('<c s="3" r="A1" t="s" cm="1"><v>1</v></c>', "A1"),
    ('<x:c r="A1" s="2"><x:v>1</x:v></x:c>', "A1"),
    ('<c r="A1"/><c r="B1"/>', "A1"),
    ('<c r="A1" s="1"/>', "A1"),
    ('<c  r="A1"\n t="s" ><v>1</v></c>', "A1"),
    ('<c r="A1"><f>1+1</f><v>2</v></c>', "A1"),
    ('<c r="A1"><f t="shared"/><v>2</v></c>', "A1"),
    ('<x:c r="A1"><x:f>1</x:f></x:c>', "A1"),
    ('<c r="A1"><fx>2</fx></c>', "A1"),
    ('<c r="A2"><v>2</v></c>', "A1"),
    ('<cr="A1"/>', "A1"),
]


def test_what_is_replaced_in_each_family_of_files(approved):
    """The value as it stands there, and what stands there then; nothing where it is another value."""
    document = open_bytes(TEXT.encode(), "a.csv")
    found = {
        "csv": [[*case, in_csv(document, TEXT, TEXT.index(case[0]), *case[1:])] for case in CELLS],
        "yaml": [[*case, in_yaml(*case)] for case in SCALARS],
        "xml": [[*case, in_element(*case), len(case[0])] for case in ELEMENTS],
        "xlsx": [[part, (made := in_sheet(part.encode(), cell, "甲 <&")) and made.decode()] for part, cell in SHEETS],
    }
    approved("replaced", found)


@pytest.mark.parametrize("entry", ["text", None, [1], {"source": "x"}, {"source": {"original": []}}, {}])
def test_what_has_no_original_has_no_spelling(entry):
    """Also where it is no entry at all."""
    assert list(_Format(load(), "cn-flat-35").mends(Sourced(entry, 0))) == []
