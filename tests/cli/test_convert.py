"""`mulu convert`, as integrators use it."""

from collections import Counter
from pathlib import Path

import jsonschema
import orjson
import pytest

from mulu.standard import load

ROOT = Path(__file__).parents[2]
LEDGER = orjson.loads((ROOT / "mulu" / "convert" / "ledger.schema.json").read_bytes())
SAMPLES = {name: next(mapping.folder.glob("sample.*")) for name, mapping in load().mappings.items()}
PORTAL = ROOT / "converters" / "cn-open-data" / "sample.json"


def test_entries_and_account_come_out(mulu):
    """The output holds one entry a line, and the account says what became of every value."""
    result = mulu("convert", PORTAL, "-o", "条目.jsonl", "--ledger", "账目.json")
    assert result.code == 0 and not result.err
    entries = [orjson.loads(line) for line in Path("条目.jsonl").read_bytes().splitlines()]
    account = orjson.loads(Path("账目.json").read_bytes())
    jsonschema.Draft202012Validator(LEDGER).validate(account)
    assert account["sources"][0]["entries"] == len(entries) > 0
    assert f"→ {len(entries)} 条" in result.out and str(account["total"]["leaves"]) in result.out


def test_without_an_output_file_the_entries_go_to_standard_output(mulu):
    """Then the account is on stderr, so that the entries can be piped on."""
    result = mulu("convert", PORTAL)
    assert [orjson.loads(line)["kind"] for line in result.out.splitlines()]
    assert "→" in result.err


def test_who_asks_for_quiet_gets_entries_and_errors_alone(mulu):
    """In a pipe, or a job that runs each night; what could not be converted is told all the same."""
    result = mulu("convert", PORTAL, "-q")
    assert [orjson.loads(line)["kind"] for line in result.out.splitlines()] and result.err == ""
    result = mulu("convert", PORTAL, "none.csv", "-q", "-o", "a.jsonl", "--ledger", "a.json")
    assert result.code == 2 and result.out == "" and "none.csv" in result.err
    assert Path("a.jsonl").read_bytes() and orjson.loads(Path("a.json").read_bytes())["sources"]


def test_what_was_converted_validates_as_the_legacy_file_does(mulu):
    """The way through entries and the way through the file find the same faults, in all formats."""
    mulu("convert", *SAMPLES.values(), "-o", "a.jsonl")
    through = []
    for paths in (SAMPLES.values(), ["a.jsonl"]):
        report = orjson.loads(mulu("validate", *paths, "--level", "interoperate", "-f", "json").out)
        through.append(Counter((f["rule"], f["entry"], f["pointer"]) for f in report["findings"] if f["kind"]))
    lines_of_the_file = {"lines-disagree", "named-by-table"}
    of_files = Counter({at: count for at, count in through[0].items() if at[0] not in lines_of_the_file})
    assert of_files == through[1] and len(of_files) > 100


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_preview_shows_values_beside_their_cells(mulu, monkeypatch, language):
    """The first entry only, each value with the cell that it comes from."""
    monkeypatch.setenv("MULU_LANG", language)
    result = mulu("convert", SAMPLES["cn-guide-2017"], "--preview", "1")
    assert result.code == 0
    assert result.out.count("\n#") == 0 and result.out.startswith("#1\n")
    assert "/title" in result.out and "← " in result.out and "!" in result.out
    # A word of a list has the cell of the list.
    words = [line for line in mulu("convert", PORTAL, "--preview", "1").out.splitlines() if "/keyword/" in line]
    assert words and all("← " in line for line in words)
    assert mulu("convert", PORTAL, "--preview", "1", "-o", "x.jsonl").code == 2


def test_what_the_file_leaves_out_can_be_said_for_all_of_it(mulu, tmp_path):
    """A department's own sheet does not name the department; what is said so is marked, and never overrides."""
    rows = [
        "信息资源名称,信息资源代码,信息资源摘要,共享类型,更新周期,信息资源提供方",
        "甲,1,乙,无条件共享,每年,",
        "丙,2,丁,无条件共享,每年,教育局",
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    mulu("convert", "a.csv", "-o", "a.jsonl", "--set", "publisher.name=民政局")
    first, second = (orjson.loads(line) for line in Path("a.jsonl").read_bytes().splitlines())
    assert first["publisher"]["name"] == "民政局" and first["source"]["given"] == {"/publisher/name": "民政局"}
    assert second["publisher"]["name"] == "教育局" and "given" not in second["source"]
    for wrong in ("publisher.nam=x", "publisher.name", "publisher.name="):
        assert mulu("convert", "a.csv", "-o", "b.jsonl", "--set", wrong).code == 2


def test_a_broken_file_does_not_stop_the_others(mulu, tmp_path):
    """The good one is converted, the bad one named, the exit code tells."""
    (tmp_path / "坏.json").write_bytes(b"{")
    result = mulu("convert", "坏.json", PORTAL, "-o", "a.jsonl")
    assert result.code == 2 and "坏.json" in result.err
    assert Path("a.jsonl").read_bytes()


def test_nothing_converted_writes_nothing(mulu, tmp_path):
    """An empty output would look like an empty catalog."""
    (tmp_path / "坏.json").write_bytes(b"{")
    assert mulu("convert", "坏.json", "-o", "a.jsonl").code == 2
    assert not Path("a.jsonl").exists()


def test_a_conversion_is_the_same_each_time(mulu):
    """Two runs over one file give the same bytes."""
    runs = {mulu("convert", SAMPLES["suzhou-55"]).out for _ in range(2)}
    assert len(runs) == 1


def test_personal_numbers_are_masked_in_account_and_preview(mulu, tmp_path):
    """Entries keep what the source holds; what is shown of them does not."""
    record = {
        "标题": "救助信息",
        "来源部门": "民政局",
        "描述": "经办 11010519491231002X",
        "更新频率": "每年",
        "暗号": "13812345678",
    }
    record |= {"发布时间": "2020-01-01", "开放类型": "无条件开放", "数据格式": "xls"}
    (tmp_path / "a.json").write_bytes(orjson.dumps([record]))
    result = mulu("convert", "a.json", "-o", "a.jsonl", "--ledger", "l.json")
    assert result.code == 0 and "13812345678" in Path("a.jsonl").read_text(encoding="utf-8")
    shown = result.out + Path("l.json").read_text(encoding="utf-8") + mulu("convert", "a.json", "--preview", "1").out
    assert "13812345678" not in shown and "11010519491231002X" not in shown


def test_a_format_that_holds_none_of_the_entries_is_no_success(mulu, tmp_path):
    """An envelope with nothing in it would look like a catalog; nothing is written, and the message says why."""
    path = tmp_path / "机构.json"
    path.write_text(orjson.dumps(load().examples["organization"]).decode(), encoding="utf-8")
    result = mulu("convert", str(path), "--to", "dcat-us-1.1", "-o", str(tmp_path / "out.json"))
    assert result.code == 2 and "dcat-us-1.1" in result.err and not (tmp_path / "out.json").exists()
