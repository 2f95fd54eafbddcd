"""The text report quotes the line of a finding, a caret under the value, and nothing that is personal."""

import re
from datetime import date

import orjson
import pytest

from mulu.reports import _quote
from mulu.texts import width
from mulu.validate import Options, Validation

ENTRY = {
    "kind": "resource",
    "title": "个体工商户登记信息",
    "publisher": {"name": "示例市某局", "identifier": "11430100MB1E204791"},
    "accrualPeriodicity": "每年一回",
    "sharing": {"type": "unconditional"},
}


@pytest.fixture
def quoted(standard, tmp_path, written):
    """Return a function that checks a file and returns what is quoted for a rule, and what of it is marked."""

    def check(name, data, rule="value-not-in-code-list"):
        (tmp_path / name).write_bytes(data)
        folder = tmp_path / f"run of {name}"
        folder.mkdir()
        # What is quoted here no rule finds, so that one is enough.
        options = Options("register", date(2026, 1, 15), only=frozenset({"duplicate-identifier"}))
        run = Validation(standard, options, folder)
        for _ in run.add(tmp_path / name, name):
            pass
        lines = written("text", run.finish()).decode().split("\n")
        run.close()
        at = next((number for number, line in enumerate(lines) if f"  {rule} " in line), None)
        assert at is not None, lines
        return quote_of(lines[at:])

    return check


def quote_of(lines):
    """Return the quoted line and the part of it that stands above the caret, by terminal columns."""
    line, caret = lines[2], lines[3]
    found = re.fullmatch(r"( *)\|( *)(\^+)", caret)
    if not found:
        return None
    head = re.match(r" +[0-9]+ \| ", line).end()
    shown, start, count = line[head:], len(found[2]) - 1, len(found[3])
    marked, column = "", 0
    for character in shown:
        if start <= column < start + count:
            marked += character
        column += width(character)
    assert column <= _quote.WIDE + 6
    return shown, marked


def test_caret_stands_under_the_value_of_a_json_line(quoted):
    """Chinese characters take two columns; a long line is shown around the value."""
    line, marked = quoted("一.jsonl", orjson.dumps({**ENTRY, "description": "长" * 3000}))
    assert marked == '"每年一回"' and line.startswith("…") and line.endswith("…")


def test_caret_in_indented_json_and_yaml(quoted):
    """Where a line holds one value it is quoted whole."""
    line, marked = quoted("一.json", orjson.dumps([ENTRY], option=orjson.OPT_INDENT_2))
    assert (line.strip(), marked) == ('"accrualPeriodicity": "每年一回",', '"每年一回"')
    yaml = "kind: resource\ntitle: 登记信息\npublisher: {name: 某局}\naccrualPeriodicity: 每年一回 # 待定\n"
    assert quoted("一.yaml", yaml.encode()) == ("accrualPeriodicity: 每年一回 # 待定", "每年一回")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_caret_in_csv_of_any_encoding(quoted, encoding, end):
    """Lines are those of the reader, whatever the file is encoded in."""
    head = "信息资源名称,信息资源代码,信息资源提供方,信息资源摘要,共享类型,更新周期"
    rows = [head, '登记信息,307021022100/000101,某局,"某事、某物,等",无条件共享,每年一回']
    line, marked = quoted("一.csv", end.join([*rows, ""]).encode(encoding))
    assert marked == "每年一回" and line == rows[1]


def test_what_is_personal_is_masked_beside_the_value(quoted):
    """Names and telephone numbers in the quoted line are those of people who have nothing to do with the fault."""
    near = {"kind": "resource", "signer": "王小明", "telephone": "13812345678", "accrualPeriodicity": "每年一回"}
    line, marked = quoted("一.jsonl", orjson.dumps(near))
    assert marked == '"每年一回"' and "王**" in line and "138******78" in line and "小明" not in line


@pytest.mark.parametrize("inside", [{"name": "王小明"}, [{"telephone": "1", "linkman": "王小明"}]])
def test_the_first_member_of_an_object_is_masked(quoted, inside):
    """Also where nothing is known of what holds it."""
    near = {"accrualPeriodicity": "每年一回", "x-by": inside, "kind": "resource"}
    line, _ = quoted("一.jsonl", orjson.dumps(near))
    assert "王**" in line and "小明" not in line


def test_the_entry_s_own_title_is_not_masked(quoted):
    """A format has people in `title`, but the title of an entry stands beside the place; another's does not."""
    near = {"title": "登记信息", "accrualPeriodicity": "每年一回", "x-by": {"title": "王小明"}, "kind": "resource"}
    line, _ = quoted("一.jsonl", orjson.dumps(near))
    assert '"title":"登记信息"' in line and "王小明" not in line


def test_control_characters_are_shown(quoted):
    """What would drive the terminal is visible, and the caret still fits."""
    data = orjson.dumps({**ENTRY, "accrualPeriodicity": "每年\u202e回"}, option=orjson.OPT_INDENT_2)
    line, marked = quoted("一.json", data)
    assert "\u202e" not in line and marked == '"每年\\u202e回"'


def test_name_of_an_unknown_property_is_marked_without_its_value(quoted):
    """Nobody knows what the value of such a property is."""
    data = orjson.dumps({**ENTRY, "联系人姓名": "李小红"}, option=orjson.OPT_INDENT_2)
    line, marked = quoted("一.json", data, "unknown-property")
    assert marked == '"联系人姓名"' and "李" not in line


def test_a_file_that_changed_is_not_quoted(standard, tmp_path, written):
    """A line of another state of the file would mislead."""
    path = tmp_path / "一.jsonl"
    path.write_bytes(orjson.dumps(ENTRY))
    run = Validation(standard, Options("register", date(2026, 1, 15)), tmp_path)
    for _ in run.add(path, "一.jsonl"):
        pass
    report = run.finish()
    assert "^" in written("text", report).decode()
    path.write_bytes(b" " + path.read_bytes())
    assert "^" not in written("text", report).decode()
    run.close()


def test_what_a_format_calls_something_personal_is_known(standard):
    """Headings of tables and names in trees: both stand for a contact, and are masked beside the value."""
    words = dict(_quote._personal(standard))
    assert words["联系人"] == words["maintainer"] == words["fn"]
