"""`mulu validate`, as departments and pipelines use it."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import jsonschema
import openpyxl
import orjson
import pytest

from mulu.findings import SEVERITIES

ROOT = Path(__file__).parents[2]
SCHEMA = orjson.loads((ROOT / "mulu" / "reports" / "report.schema.json").read_bytes())


def report_of(mulu, *arguments):
    """Run a validation and return its JSON report, held to its schema."""
    result = mulu("validate", "-f", "json", *arguments)
    report = orjson.loads(result.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    assert report["summary"]["entries"] == sum(item["entries"] for item in report["inputs"])
    assert len(report["findings"]) == sum(rule["kept"] for rule in report["rules"].values())
    by = Counter()
    for rule in report["rules"].values():
        by.update(rule["statuses"])
    assert sum(report["summary"][severity] for severity in SEVERITIES) == by["new"]
    assert all(report["summary"][status] == by[status] for status in ("outlook", "known", "waived", "unchanged"))
    return result.code, report


def test_a_clean_catalog_is_said_to_be_clean(mulu, catalog, good):
    """Nothing found is exit 0, and the screen says how much was checked."""
    result = mulu("validate", catalog(good))
    assert result.code == 0
    assert "1 个文件中的 1 条：0 个错误" in result.out and not result.err


def test_a_finding_says_what_where_and_what_to_do_in_both_languages(mulu, catalog, good):
    """One report serves readers of both languages, later too."""
    good["sharing"]["type"] = "无条件共亨"
    code, report = report_of(mulu, "--level", "share", catalog(good))
    found = [f for f in report["findings"] if f["rule"] == "value-not-in-code-list"]
    assert code == 1 and len(found) == 1
    finding = found[0]
    assert finding["pointer"] == "/sharing/type" and finding["value"] == "无条件共亨"
    assert (finding["source"]["path"], finding["source"]["line"]) == ("目录.jsonl", 1)
    assert "无条件共享" in finding["mend"]["zh"] and "unconditional" in finding["mend"]["en"]
    assert finding["message"]["zh"] != finding["message"]["en"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.csv", b"", "文件是空的"),
        ("空.jsonl", b"\n\n", "没有任何条目"),
        ("空.json", b"[]", "没有任何条目"),
        ("错.json", b'{"knd": "resource", "title": "x"}', "是不是写错了"),
        ("错.json", b'{"a": [1, 2]}', "都不相近"),
        ("错.csv", "姓名,年龄\n甲,3\n".encode(), "找到的是 姓名、年龄"),
        ("断.json", b'{"kind": "resource"', "内容在此中断"),
        ("图.xlsx", b"\x89PNG\r\n\x1a\n", "图片"),
    ],
)
def test_nothing_checked_is_not_a_pass(mulu, tmp_path, name, content, said):
    """A file in which nothing was recognised exits 2 and says what was expected."""
    (tmp_path / name).write_bytes(content)
    result = mulu("validate", name)
    assert result.code == 2
    assert name in result.err and said in result.err and "Traceback" not in result.err


def test_the_nearest_format_and_its_missing_headings_are_named(mulu, tmp_path):
    """Who chose the wrong sheet learns what the right one has."""
    (tmp_path / "目录.csv").write_text("信息资源名称,信息资源摘要\n甲,乙\n", encoding="utf-8")
    result = mulu("validate", "目录.csv")
    assert result.code == 2
    assert "最接近" in result.err and "--from" in result.err and "没有找到的有" in result.err


@pytest.mark.parametrize("content", [b"", b"[]", b"\n"])
def test_an_empty_file_passes_only_when_allowed(mulu, tmp_path, content):
    """Emptiness must be meant."""
    (tmp_path / "x.json").write_bytes(content)
    assert mulu("validate", "x.json").code == 2
    assert mulu("validate", "x.json", "--allow-empty").code == 0


def test_a_broken_file_does_not_stop_the_others(mulu, tmp_path, catalog, good):
    """A batch goes on, names the file, and exits with the worst code."""
    (tmp_path / "坏.json").write_bytes(b"{")
    code, report = report_of(mulu, "坏.json", catalog(good), "没有.csv")
    assert code == 2
    assert [bool(item["problem"]) for item in report["inputs"]] == [True, False, True]
    assert report["summary"]["entries"] == 1


def test_a_folder_stands_for_the_catalogs_in_it(mulu, tmp_path, good):
    """Excel's lock files and hidden files are none."""
    (tmp_path / "报送" / "甲局").mkdir(parents=True)
    (tmp_path / "报送" / "甲局" / "1.jsonl").write_bytes(orjson.dumps(good))
    for name in ("~$1.xlsx", ".x.json", "说明.txt"):
        (tmp_path / "报送" / name).write_bytes(b"?")
    code, report = report_of(mulu, "报送")
    assert code == 0 and len(report["inputs"]) == 1
    (tmp_path / "空").mkdir()
    assert mulu("validate", "空").code == 2


def test_thresholds_and_levels(mulu, catalog, good):
    """What fails the run is the user's choice; higher levels are told and do not fail."""
    del good["accrualPeriodicity"]
    name = catalog(good)
    assert mulu("validate", name).code == 0
    assert "属于更高的级别" in mulu("validate", name).out
    assert mulu("validate", name, "--level", "share").code == 1
    assert mulu("validate", name, "--level", "share", "--fail-on", "never").code == 0
    assert mulu("validate", name, "--level", "share", "-e").code == 0
    assert mulu("validate", "no.csv", "--exit-zero").code == 2
    _, report = report_of(mulu, name)
    assert report["summary"]["error"] == 0 and report["summary"]["outlook"] > 0


def test_the_next_level_is_told_by_rules_and_properties_those_beyond_by_number(mulu, catalog, good):
    """One step after the other; the demand of a later level is not told as one of the next."""
    for name in ("accrualPeriodicity", "issued"):
        del good[name]
    entries = [{**good, "title": f"登记信息（{name}）", "identifier": f"307021022100/00010{name}"} for name in range(4)]
    told = mulu("validate", catalog(*entries)).out
    shown = told[told.index("属于更高的级别") :]
    share, beyond = shown.split("  [互通] ")
    assert "[共享] " in share and "更新周期 4" in share and "数据分级" not in share
    assert re.fullmatch(r"\d+ 处，用 --level interoperate 列出位置", beyond.splitlines()[0])
    assert "数据分级 4" in mulu("validate", "目录.jsonl", "--level", "interoperate").out


def test_of_many_findings_the_properties_are_told_with_how_often(mulu, catalog, good):
    """Three places of one entry do not hide what the other entries lack."""
    first = {"kind": "resource", "identifier": "307021022100/000100"}
    others = [{**good, "identifier": f"307021022100/00010{number}"} for number in range(1, 4)]
    for number, entry in enumerate(others):
        del entry["publisher"]
        entry["title"] = f"登记信息（{number}）"
    lines = mulu("validate", catalog(first, *others)).out.splitlines()
    assert lines[0].endswith("missing-property · 5 处") and lines[1] == "  信息资源提供方 4，信息资源名称 1"
    told = mulu("validate", "目录.jsonl", "-f", "markdown").out.splitlines()
    assert "信息资源提供方 4，信息资源名称 1" in told


def test_warnings_fail_only_when_asked(mulu, catalog, good):
    """`--fail-on warning` is stricter than the default."""
    good["title"] = "个体工商户登记信息.xlsx"
    name = catalog(good)
    assert mulu("validate", name).code == 0
    assert mulu("validate", name, "--fail-on", "warning").code == 1


def test_repetitions_are_folded_on_the_screen_and_whole_in_the_file(mulu, catalog, good):
    """A thousand equal faults are one block of lines; the file has them all."""
    entries = []
    for number in range(1000):
        entry = orjson.loads(orjson.dumps(good))
        entry["identifier"] = f"307021022100/{number:06d}"
        entry["title"] = f"个体工商户登记信息（{number}街道）"
        entry["accrualPeriodicity"] = "随时"
        entries.append(entry)
    result = mulu("validate", catalog(*entries), "--level", "share", "-f", "text", "-f", "json:报告.json")
    assert result.code == 1
    assert "另有 997 处" in result.out and len(result.out.splitlines()) < 60
    report = orjson.loads(Path("报告.json").read_bytes())
    found = [f for f in report["findings"] if f["rule"] == "value-not-in-code-list"]
    assert len(found) == 1000
    assert [f["source"]["line"] for f in found] == list(range(1, 1001))
    assert len({f["fingerprint"] for f in found}) == 1000


def test_a_cut_by_a_limit_is_stated(mulu, catalog, good):
    """Findings beyond a limit are counted, and the report says so."""
    good["accrualPeriodicity"] = "x"
    name = catalog(good, good, good)
    _, report = report_of(mulu, name, "--limit", "findings_per_rule=2", "--level", "share")
    rule = report["rules"]["value-not-in-code-list"]
    assert (rule["total"], rule["kept"]) == (3, 2)
    assert "共 3 处，报告中保留 2 处" in mulu("validate", name, "--limit", "findings_per_rule=2").out


def test_a_rule_never_fires_on_what_the_schema_rejected(mulu, catalog, good):
    """One fault is one finding."""
    good["issued"] = "2999年"
    good["identifier"] = ["307021022100/000101"]
    _, report = report_of(mulu, catalog(good), "--level", "interoperate")
    at = [f["rule"] for f in report["findings"] if f["pointer"].startswith(("/issued", "/identifier"))]
    assert sorted(at) == ["invalid-format", "wrong-type"]


def test_rules_see_all_files_together(mulu, catalog, good):
    """One code in the files of two departments is found in both, each in its own file."""
    one = catalog(good, name="甲局.jsonl")
    good["title"] = "农民专业合作社登记信息"
    good["publisher"] = {"name": "示例市农业农村局"}
    two = catalog(good, name="乙局.jsonl")
    _, report = report_of(mulu, one, two, "--only", "duplicate-identifier")
    found = [f for f in report["findings"] if f["rule"] == "duplicate-identifier"]
    assert [f["source"]["path"] for f in found] == ["甲局.jsonl", "乙局.jsonl"]
    assert all(f["source"]["column"] > 1 for f in found)


def test_rules_see_what_a_table_says(mulu, tmp_path):
    """A table is held to the rules as entries are, and found at its lines."""
    head = "信息资源名称,信息资源代码,信息资源提供方,信息资源提供方代码,信息资源摘要,共享类型,更新周期,发布日期"
    rest = "307021022100/000101,某局,11430100MB1E204791,某事,无条件共享,每月,2021-06-08"
    (tmp_path / "表.csv").write_text("\n".join([head, f"登记信息,{rest}", f"婚姻信息,{rest}", ""]), "utf-8")
    _, report = report_of(mulu, "表.csv", "--only", "duplicate-identifier")
    found = [item["source"]["line"] for item in report["findings"] if item["rule"] == "duplicate-identifier"]
    assert found == [2, 3]


def test_personal_numbers_are_masked_everywhere(mulu, catalog, good):
    """A citizen number in a catalog is a fault, and no report repeats it."""
    number = "11010519491231002X"
    good["description"] = f"经办人 王某 {number}，电话 13812345678"
    good["contactPoint"] = {"telephone": "1381234567x"}
    name = catalog(good)
    for arguments in (["-f", "text"], ["-f", "json"], ["-f", "jsonl"]):
        out = mulu("validate", name, "--level", "interoperate", *arguments).out
        assert number not in out and "13812345678" not in out and "1381234567" not in out


def test_what_a_file_says_cannot_drive_the_terminal_or_the_log(mulu, catalog, good):
    """Names and values of the input are shown, not obeyed."""
    good["title"] = "\x1b]0;甲\x07::error ::x"
    good["accrualPeriodicity"] = "甲\x1b[31m乙\u202e丙\n::error ::x"
    out = mulu("validate", catalog(good), "--level", "share").out
    assert "\x1b" not in out and "\u202e" not in out and "\\x1b[31m" in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_standard_says_cannot_drive_the_terminal(mulu, language, tmp_path):
    """A standard of somebody else is as little obeyed as an input: its titles, those of levels and properties."""
    assert mulu("standard", "new", "parks").code == 0
    titles = {
        "standard.toml": ("parks 目录标准", "Catalog standard parks", "基本", "Basic", "完整", "Full"),
        "schemas/example.schema.json": ("类型", "Type"),
    }
    for name, words in titles.items():
        text = (tmp_path / "parks" / name).read_text("utf-8")
        for word in words:
            assert f'"{word}"' in text
            text = text.replace(f'"{word}"', f'"\\u001b[31m{word}"')
        (tmp_path / "parks" / name).write_text(text, "utf-8")
    Path("a.json").write_bytes(orjson.dumps([{"kind": "example", "identifier": "1", "name": "a"}]))
    for level in ("basic", "full"):
        out = mulu("validate", "a.json", "--standard", "parks", "--level", level, "--lang", language).out
        assert "\x1b" not in out and "\\x1b[31m" in out and "missing-property" in out


def test_same_in_same_out(mulu, catalog, good):
    """Two runs over the same files give the same bytes."""
    good["issued"] = "2021/6/18"
    name = catalog(good, good)
    runs = {mulu("validate", name, "-f", "json", "--date", "2026-01-15").out for _ in range(2)}
    assert len(runs) == 1


def test_the_workbook_comes_back_with_sheet_and_cell(mulu, tmp_path):
    """A finding on a workbook points at the department's own cell, in a path with Chinese and blanks."""
    book = openpyxl.load_workbook(ROOT / "converters" / "cn-guide-2017" / "sample.xlsx")
    path = tmp_path / "报送 材料" / "目录 终稿.xlsx"
    path.parent.mkdir()
    book.save(path)
    _, report = report_of(mulu, path, "--level", "interoperate")
    places = [f["source"] for f in report["findings"] if f["kind"]]
    assert all(place["path"] == str(path) and place["sheet"] and place["row"] for place in places)
    # Only what has no column of its own, nor a neighbour that has one, stands for the whole row.
    assert all(f["pointer"].count("/") == 1 for f in report["findings"] if f["kind"] and not f["source"]["cell"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["validate", "--levl", "x"],
        ["validate", "目录.jsonl", "--level", "x"],
        ["validate", "目录.jsonl", "-f", "pdf"],
        ["validate", "目录.jsonl", "-f", "text", "-f", "json"],
        ["validate", "目录.jsonl", "--from", "x"],
        ["validate", "目录.jsonl", "--limit", "cells"],
        ["validate", "目录.jsonl", "--encoding", "x"],
        ["validate", "目录.jsonl", "--only", "x"],
        ["validate", "目录.jsonl", "--standard", "x"],
        ["validate", "目录.jsonl", "-f", "json:no/report.json"],
        ["explain", "没有的东西"],
        ["schema", "x"],
        ["rules", "x"],
        ["没有的命令"],
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_command_line_is_answered_in_words(mulu, catalog, good, monkeypatch, arguments, language):
    """Wrong use exits 2 with one message in the user's language and no traceback."""
    catalog(good)
    monkeypatch.setenv("MULU_LANG", language)
    result = mulu(*arguments)
    assert result.code == 2
    assert result.err.startswith("mulu: ") and "Traceback" not in result.err
    said = result.err
    for argument in arguments:
        said = said.replace(argument.removeprefix("json:"), "").replace("没有/", "")
    assert any("\u4e00" <= character <= "\u9fff" for character in said) == (language == "zh")


def process(*arguments, **options):
    """Run mulu as a process of its own."""
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run([sys.executable, "-m", "mulu", *arguments], capture_output=True, env=environment, **options)


def test_the_program_runs_as_a_module_and_reads_standard_input(good):
    """`python -m mulu validate -` is wired."""
    done = process("validate", "-", "--lang", "en", input=orjson.dumps(good))
    assert done.returncode == 0 and b"1 entry" in done.stdout


def test_a_console_of_gbk_gets_text_that_it_can_show(tmp_path, good):
    """No character of the report stops the output on a Chinese Windows."""
    good["title"] = "甲.xlsx"
    path = tmp_path / "目录 1.jsonl"
    path.write_bytes(orjson.dumps(good))
    done = process("validate", str(path), env={"PYTHONIOENCODING": "gbk", "MULU_LANG": "zh"})
    assert done.returncode == 0 and "甲.xlsx" in done.stdout.decode("gbk")


def test_a_pipe_that_closes_early_is_no_error(good):
    """`mulu validate … | head -1` ends quietly."""
    entries = b"".join(orjson.dumps({**good, "issued": "x"}) + b"\n" for _ in range(2000))
    with subprocess.Popen(
        [sys.executable, "-m", "mulu", "validate", "-", "-f", "jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        running.stdin.write(entries)
        running.stdin.close()
        assert running.stdout.readline().startswith(b'{"type":"run"')
        running.stdout.close()
        assert running.stderr.read() == b""
        running.wait()
    assert running.returncode == 141


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_system_that_starts_no_thread_is_told_in_words(mulu, catalog, good, monkeypatch, language):
    """Containers bound processes, and threads are some."""

    def refused(thread):
        raise RuntimeError("can't start new thread")

    name = catalog(good)
    monkeypatch.setattr("threading.Thread.start", refused)
    result = mulu("validate", name, "--lang", language)
    assert result.code == 2 and "ulimit -u" in result.err and result.err.count("\n") == 1
