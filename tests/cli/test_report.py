"""`mulu report` and `mulu verify`: what a JSON report is good for once the run is over."""

import shutil
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
FORMATS = ["json", "jsonl", "text", "concise", "markdown", "sarif", "gitlab", "github", "html"]


CHECK = ("validate", "报送 材料", "--level", "share", "--date", "2026-01-15", "-q")


@pytest.fixture(scope="module")
def run_once(mulu_in, tmp_path_factory):
    """Return a folder with the examples and a report on them."""
    folder = tmp_path_factory.mktemp("report")
    shutil.copytree(ROOT / "examples", folder / "报送 材料")
    assert mulu_in(folder, *CHECK, "-f", "json:报告.json").code == 1
    return folder


@pytest.fixture
def checked(mulu, run_once, tmp_path):
    """Return the path of a report on the examples, which stand beside it."""
    shutil.copytree(run_once, tmp_path, dirs_exist_ok=True)
    return Path("报告.json")


def changed(path, change, to="新.json"):
    """Write a report that was changed; return its path."""
    data = orjson.loads(path.read_bytes())
    change(data)
    Path(to).write_bytes(orjson.dumps(data))
    return to


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_rendered_is_what_was_reported(mulu, checked, language):
    """A stored report gives the same bytes as the run itself, whether or not the standard is still that of the run."""

    def targets(folder):
        Path(folder).mkdir()
        return ["--lang", language, "-q", *(part for name in FORMATS for part in ("-f", f"{name}:{folder}/{name}"))]

    mulu(*CHECK, *targets("原"))
    assert mulu("report", "render", checked, *targets("再")).code == 0
    other = changed(checked, lambda data: data["standard"].update(sha256="0" * 64))
    assert mulu("report", "render", other, *targets("三")).code == 0
    sha256 = orjson.loads(checked.read_bytes())["standard"]["sha256"].encode()
    for name in FORMATS:
        first = Path("原", name).read_bytes()
        assert Path("再", name).read_bytes() == first
        # Without the standard nobody knows what to mask, so that no line is quoted.
        assert name == "text" or Path("三", name).read_bytes().replace(b"0" * 64, sha256) == first


def test_junit_is_rendered_with_every_entry(mulu, checked):
    """Entries without a fault pass; they are told by their number."""
    assert mulu("report", "render", checked, "-q", "-f", "junit:j.xml").code == 0
    entries = orjson.loads(checked.read_bytes())["summary"]["entries"]
    assert Path("j.xml").read_text("utf-8").count("<testcase") == entries + 3


def test_workbook_is_rendered_as_long_as_the_file_is_the_same(mulu, checked):
    """A format that needs the file itself says so when it has changed or the standard is another."""
    book = next(Path("报送 材料").glob("*.xlsx"))
    mulu("validate", book, "-q", "-f", "json:簿.json", "-f", "xlsx:一.xlsx")
    assert mulu("report", "render", "簿.json", "-q", "-f", "xlsx:二.xlsx").code == 0 and Path("二.xlsx").stat().st_size
    mulu("validate", next(Path("报送 材料").glob("*.csv")), "-q", "-f", "json:表.json")
    other = changed(Path("表.json"), lambda d: d["standard"].update(sha256="0" * 64))
    result = mulu("report", "render", other, "-q", "-f", "xlsx:三.xlsx")
    assert result.code == 2 and "--standard" in result.err and not Path("三.xlsx").exists()
    book.write_bytes(book.read_bytes() + b"\0")
    result = mulu("report", "render", "簿.json", "-q", "-f", "xlsx:三.xlsx")
    assert result.code == 2 and "改动" in result.err and not Path("三.xlsx").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "不是 JSON"),
        (b'{"kind": "resource"}', "mulu validate -f json"),
        (b"[1]", "mulu validate -f json"),
        (None, "读不了"),
    ],
)
@pytest.mark.parametrize("command", [["report", "render"], ["verify"]])
def test_what_is_no_report_is_refused(mulu, tmp_path, command, content, said):
    """Another file is named as what it is, and nothing is written."""
    if content is not None:
        (tmp_path / "别的.json").write_bytes(content)
    result = mulu(*command, "别的.json")
    assert result.code == 2 and said in result.err and "别的.json" in result.err and not result.out


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(level="no-such-level"),
        lambda d: d["findings"][0].update(rule="no-such-rule"),
        lambda d: d["options"].update(date="2026-13-45"),
        lambda d: d["options"].update(limits={"no_such_limit": 1}),
        lambda d: d["findings"][0].update(level=3),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(mulu, checked, change):
    """Reports come from elsewhere too; one that was edited by hand is no reason for a traceback."""
    result = mulu("report", "render", changed(checked, change))
    assert result.code == 2 and "不是本版本 mulu 的 JSON 报告" in result.err


def test_diff_tells_new_mended_and_same(mulu, checked):
    """What was mended and what came are counted by rule and by department; anything new is exit 1."""
    same = mulu("report", "diff", checked, checked)
    assert same.code == 0 and "新增 0 处，已改 0 处" in same.out
    found = [f for f in orjson.loads(checked.read_bytes())["findings"] if f["level"] != "interoperate" and f["owner"]]
    gone = found[0]
    other = changed(checked, lambda d: d["findings"].remove(gone))
    assert mulu("report", "diff", checked, other).code == 0
    result = mulu("report", "diff", other, checked, "-q")
    assert result.code == 1 and not result.out
    result = mulu("report", "diff", other, checked, "-f", "json")
    said = orjson.loads(result.out)
    assert result.code == 1 and said["new"] == [gone] and said["mended"] == []
    assert (
        said["summary"]["new"] == said["rules"][gone["rule"]]["new"] == said["departments"][gone["owner"]]["new"] == 1
    )
    text = mulu("report", "diff", other, checked).out
    assert gone["message"]["zh"] in text and "新增 1 处" in text
    back = orjson.loads(mulu("report", "diff", checked, other, "-f", "json").out)
    assert back["mended"] == [gone] and back["new"] == []
    assert "1 fixed" in mulu("report", "diff", checked, other, "-f", "markdown", "--lang", "en").out


def test_diff_does_not_depend_on_order(mulu, checked):
    """Reordered lines are no new faults."""
    other = changed(checked, lambda d: d["findings"].reverse())
    assert mulu("report", "diff", checked, other).code == 0


def test_diff_does_not_take_what_was_not_checked_for_mended(mulu, checked):
    """A file that could not be read in the new run has no findings, which is no reason to rejoice."""
    next(Path("报送 材料").glob("*.csv")).write_bytes(b"")
    mulu("validate", "报送 材料", "--level", "share", "-q", "-f", "json:新.json")
    result = mulu("report", "diff", checked, "新.json")
    assert result.code == 2 and "没能检查" in result.err


def test_diff_says_that_the_standard_is_another(mulu, checked):
    """What is new may come from the standard and not from the department."""
    other = changed(checked, lambda d: d["standard"].update(sha256="0" * 64, version="9.9"))
    assert "标准不同" in mulu("report", "diff", checked, other).out


def test_a_report_holds_until_something_changes(mulu, checked):
    """Same files, standard and program, same findings, on the day of the run; else it is said what differs."""
    assert mulu("verify", checked).code == 0
    result = mulu("verify", changed(checked, lambda d: d["tool"].update(sha256="0" * 64, version="0.0.1")))
    assert result.code == 1 and "mulu 不同" in result.out and "0.0.1" in result.out
    result = mulu("verify", changed(checked, lambda d: d["standard"].update(sha256="0" * 64)))
    assert result.code == 1 and "标准不同" in result.out
    lost = changed(checked, lambda d: d["findings"].pop())
    result = mulu("verify", lost)
    assert result.code == 1 and "现在有、报告中没有的结果：1 处" in result.out
    lines = Path("报送 材料/catalog.jsonl")
    lines.write_bytes(
        lines.read_bytes().replace(b'"issued":"', b'"issued":"x', 1).replace(b'"issued": "', b'"issued": "x', 1)
    )
    result = mulu("verify", checked)
    assert result.code == 1 and "catalog.jsonl：文件已改动" in result.out
    lines.unlink()
    result = mulu("verify", checked)
    assert result.code == 2 and "catalog.jsonl" in result.err


def test_verify_runs_with_the_options_of_the_run(mulu, checked):
    """What was given on the command line counts again."""
    name = str(next(Path("报送 材料").glob("*.csv")))
    asked = ["--only", "duplicate-title", "--from", "cn-open-data", "--encoding", "gb18030", "--limit", "columns=99"]
    asked += ["--set", "publisher.name=某局", "--date", "2020-02-29"]
    mulu("validate", name, *asked, "-q", "-f", "json:选.json")
    said = orjson.loads(Path("选.json").read_bytes())["options"]
    assert (
        said["only"] == ["duplicate-title"]
        and said["set"] == {"publisher.name": "某局"}
        and said["limits"] == {"columns": 99}
    )
    assert mulu("verify", "选.json").code in (0, 2) and "不再成立" not in mulu("verify", "选.json").out


def test_diff_does_not_take_what_does_not_count_for_mended(mulu, catalog, good):
    """What stands in the baseline of the new run is still there; what is gone is mended."""
    name = catalog({**good, "issued": "x"}, {**good, "identifier": "307021022100/000102", "issued": "y"})
    options = ("-q", "--date", "2026-01-15")
    mulu("validate", name, *options, "-f", "json:前.json")
    assert mulu("baseline", "write", name, "-o", "基线.json").code == 0
    mulu("validate", name, *options, "--baseline", "基线.json", "-f", "json:后.json")
    for old in ("前.json", "后.json"):
        out = mulu("report", "diff", old, "后.json").out
        assert "新增 0 处，已改 0 处，未变 0 处" in out and "不在比较之内" in out
    total = sum(orjson.loads(Path("前.json").read_bytes())["summary"][one] for one in ("error", "warning", "info"))
    catalog(good, {**good, "identifier": "307021022100/000102", "issued": "y"})
    mulu("validate", name, *options, "-f", "json:改.json")
    assert f"已改 1 处，未变 {total - 1} 处" in mulu("report", "diff", "前.json", "改.json").out
    assert "已改 1 处" in mulu("report", "diff", "后.json", "改.json").out


def test_a_report_that_is_read_is_not_written_over(mulu, checked):
    """Neither by the command line nor by a setting; the formats of reports are not those of a comparison."""
    other = changed(checked, lambda data: None)
    before = Path(other).read_bytes()
    for arguments in (("render", other), ("diff", checked, other), ("diff", other, checked)):
        result = mulu("report", *arguments, "-f", f"json:./{other}")
        assert result.code == 2 and "会覆盖它" in result.err
    Path("mulu.toml").write_text(f'format = ["json:{other}", "sarif:r.sarif"]\nquiet = true\n', "utf-8")
    assert mulu("report", "render", other).code == 2
    result = mulu("report", "diff", checked, other)
    assert result.code == 0 and "新增 0 处" in result.out
    assert Path(other).read_bytes() == before and not Path("r.sarif").exists()
