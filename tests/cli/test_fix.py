"""`mulu validate --fix` and `--diff`: what is mended, where it is written, and what is left alone."""

import zipfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import openpyxl
import orjson
import pytest

from mulu.limits import DEFAULT

ROOT = Path(__file__).parents[2]
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
BOOK = next((ROOT / "examples").glob("*.xlsx"))


def entry(good, **changed):
    """Return an entry with spellings that mean what they should."""
    return {**good, "accrualPeriodicity": "按年", "issued": "２０２１年6月8日", **changed}


def fixes_of(mulu, name, *options):
    """Return the mends that the JSON report tells, by pointer."""
    report = orjson.loads(mulu("validate", name, "-f", "json", *options).out)
    return {f["pointer"]: (f["fix"]["safe"], f["fix"]["value"]) for f in report["findings"] if f["fix"]}


def test_findings_carry_their_mends(mulu, catalog, good):
    """Reports show what --fix would write; a guess is told from what means the same."""
    good["publisher"] = {**good["publisher"], "identifier": "11430100 mb1e204791", "identifer": "x"}
    good["sharing"] = {**good["sharing"], "type": "无条件的共享类"}
    good["volume"] = {"storage": "2.5"}
    good["dataItems"] = [{"name": "注册号", "primaryKey": "是"}]
    name = catalog(entry(good), {"kind": " ｒｅｓｏｕｒｃｅ "})
    assert fixes_of(mulu, name) == {
        "/accrualPeriodicity": (True, "annual"),
        "/issued": (True, "2021-06-08"),
        "/publisher/identifier": (True, "11430100MB1E204791"),
        "/sharing/type": (False, "unconditional"),
        "/volume/storage": (True, 2.5),
        "/dataItems/0/primaryKey": (True, True),
        "/kind": (True, "resource"),
    }


def test_unknown_property_is_renamed_only_where_the_name_is_free(mulu, catalog, good):
    """Two properties of one name would lose a value."""
    title = good.pop("title")
    assert fixes_of(mulu, catalog({**good, "titel": title})) == {"/titel": (False, "title")}
    assert fixes_of(mulu, catalog({**good, "titel": title, "title": title})) == {}
    mulu("validate", catalog({**good, "titel": title}), "--fix", "--unsafe-fixes")
    assert orjson.loads(Path("目录.jsonl").read_bytes())["title"] == title


def test_only_the_bytes_of_the_value_change(mulu, good):
    """Encoding, mark, line ends, blanks and the order of members stay."""
    wanted = {}
    for number, (suffix, encoding, end) in enumerate(product(("jsonl", "json"), ENCODINGS, ("\n", "\r\n"))):
        content = entry(good, identifier=f"307021022100/{number + 1:06}", title=f"登记信息{'甲' * number}")
        text = orjson.dumps(content, option=orjson.OPT_INDENT_2 if suffix == "json" else 0).decode() + "\n"
        path = Path(f"目 录/{number} {encoding}.{suffix}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.replace("\n", end).encode(encoding))
        mended = text.replace("按年", "annual").replace("２０２１年6月8日", "2021-06-08")
        wanted[path] = mended.replace("\n", end).encode(encoding)
    result = mulu("validate", "目 录", "--fix", "-f", "json:r.json", "-q")
    assert result.code == 0 and result.err.count("改了 2 处") == len(wanted) == 16
    assert {path: path.read_bytes() for path in wanted} == wanted
    assert orjson.loads(Path("r.json").read_bytes())["summary"]["error"] == 0


@pytest.mark.parametrize("name", ["目录.jsonl", "目录.json", "目录.yaml"])
def test_blanks_around_texts_of_entries_go(mulu, good, name):
    """No finding tells of them. What is personal, or no property of the standard, stays as it is."""
    entry = {**good, "title": "\u3000登记信息 ", "keyword": ["甲 ", "乙"], "x-note": " 甲 "}
    entry["contactPoint"] = {"name": "张三 "}
    entry["source"] = {"values": {"备注": " 甲 "}}
    Path(name).write_bytes(orjson.dumps(entry))
    told = mulu("validate", name, "--diff", "--lang", "en").out
    assert '"title":"登记信息"' in told and "张三" not in told
    assert mulu("validate", name, "--fix", "-q").err.count("改了 2 处") == 1
    assert orjson.loads(Path(name).read_bytes()) == {**entry, "title": "登记信息", "keyword": ["甲", "乙"]}
    assert "nothing was mended" in mulu("validate", name, "--fix", "-q", "--lang", "en").err


def test_a_diff_shows_the_value_under_a_property_that_it_renames(mulu, catalog, good):
    """Under the new name it might be a person's title; what a finding tells is shown."""
    title = good.pop("title")
    told = mulu("validate", catalog({**good, "titel": title}), "--diff", "--unsafe-fixes").out
    assert f'"titel":"{title}"' in told and f'"title":"{title}"' in told


def test_yaml_keeps_comments_and_quotes(mulu, good):
    """A person wrote the file, with remarks."""
    text = "kind: resource # 资源\ntitle: '登记信息'\naccrualPeriodicity: 按年 # 待定\nissued: '2021/6/8'\n"
    Path("一.yaml").write_text(text, "utf-8")
    mulu("validate", "一.yaml", "--fix", "-q")
    wanted = text.replace("按年", "annual").replace("'2021/6/8'", '"2021-06-08"')
    assert Path("一.yaml").read_text("utf-8") == wanted


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_gets_the_name_that_departments_write(mulu, end):
    """A code of the standard means nothing in the department's own table; other cells stay to the byte."""
    head = "信息资源名称,信息资源代码,信息资源提供方,信息资源摘要,共享类型,更新周期"
    rows = [head, '登记信息,307021022100/000101,某局,"某事、 某物,等",无条件的共享类,"每年一回"', ""]
    Path("一.csv").write_bytes(end.join(rows).encode("gb18030"))
    assert "改了 2 处" in mulu("validate", "一.csv", "--fix", "--unsafe-fixes", "-q").err
    wanted = end.join(rows).replace("无条件的共享类", "无条件共享").replace("每年一回", "每年")
    assert Path("一.csv").read_bytes() == wanted.encode("gb18030")


def test_an_alias_in_a_department_s_table_is_no_other_spelling(mulu):
    """区县（市） says more than 各区（县）, the name of its code: who asks for guesses gets it, nobody else."""
    head, row = "数据资源目录名称,目录提供方,数据资源目录描述,空间范围", "登记信息, 某局,某局登记的事项,区县（市）"
    Path("一.csv").write_text(f"{head}\n{row}\n", "utf-8")
    assert "改了 1 处" in mulu("validate", "一.csv", "--from", "cn-two-sheet", "--fix", "-q").err
    assert ",某局,某局登记的事项,区县（市）" in Path("一.csv").read_text("utf-8")
    result = mulu("validate", "一.csv", "--from", "cn-two-sheet", "--diff", "--unsafe-fixes")
    assert ",各区（县）" in result.out


def test_workbook_changes_in_one_cell_of_one_part(mulu, tmp_path):
    """Formats, widths, formulas, macros: every other part of the workbook is the same."""
    Path("簿.xlsx").write_bytes(Path(BOOK).read_bytes())
    # Other mends are of no concern here.
    mulu("validate", "簿.xlsx", "--fix", "--unsafe-fixes", "-q")
    book = openpyxl.load_workbook("簿.xlsx")
    sheet = book["政务信息资源目录"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "无条件共享")
    cell.value = "无条件的 <共享> 类"
    book.save("簿.xlsx")
    before = {i.filename: data for i, data in parts("簿.xlsx")}
    assert "无条件的 <共享> 类 → 无条件共享" in mulu("validate", "簿.xlsx", "--diff", "--unsafe-fixes").out
    assert {i.filename: data for i, data in parts("簿.xlsx")} == before
    assert "改了 1 处" in mulu("validate", "簿.xlsx", "--fix", "--unsafe-fixes", "-q").err
    after = {i.filename: data for i, data in parts("簿.xlsx")}
    assert list(after) == list(before) and [name for name in before if after[name] != before[name]] == [
        "xl/worksheets/sheet1.xml"
    ]
    again = openpyxl.load_workbook("簿.xlsx")["政务信息资源目录"]
    assert again[cell.coordinate].value == "无条件共享" and again[cell.coordinate].style_id == cell.style_id
    cell.value = "无条件共享"
    assert [[c.value for c in row] for row in again.iter_rows()] == [
        [c.value for c in row] for row in sheet.iter_rows()
    ]


def parts(path):
    """Yield each member of a workbook and its content."""
    with zipfile.ZipFile(path) as archive:
        yield from [(info, archive.read(info)) for info in archive.infolist()]


def test_diff_shows_and_writes_nothing(mulu, catalog, good):
    """One sees first what would be done; personal numbers are masked there, too."""
    name = catalog(entry(good, publisher={**good["publisher"], "telephone": "13812345678"}))
    before = Path(name).read_bytes()
    result = mulu("validate", name, "--diff")
    assert result.out.startswith(f"--- {name}\n+++ {name}\n@@ -1 +1 @@\n-") and "可改 2 处" in result.err
    assert '"annual"' in result.out and "按年" in result.out and "13812345678" not in result.out
    assert Path(name).read_bytes() == before and result.code == 1


def test_safe_mends_leave_guesses(mulu, catalog, good):
    """A guess is written only by who asks for it, and is told."""
    name = catalog(entry(good, sharing={**good["sharing"], "type": "无条件的共享类"}))
    result = mulu("validate", name, "--fix", "-q")
    assert result.code == 1 and "另有 1 处只能猜测" in result.err
    assert "无条件的共享类" in Path(name).read_text("utf-8")
    assert mulu("validate", name, "--fix", "--unsafe-fixes", "-q").code == 0


def test_what_is_personal_is_not_rewritten(mulu, catalog, good):
    """A report cannot show what would be written, so a person has to."""
    name = catalog({**good, "publisher": {**good["publisher"], "telephone": 13812345678}})
    assert fixes_of(mulu, name) == {}


def test_links_and_read_only_files_are_refused(mulu, catalog, good):
    """Somebody decided that such a file is not to be written here."""
    name = catalog(entry(good))
    Path("链接.jsonl").symlink_to(name)
    before = Path(name).read_bytes()
    result = mulu("validate", "链接.jsonl", "--fix", "-q")
    assert result.code == 2 and "链接" in result.err and Path("链接.jsonl").is_symlink()
    Path(name).chmod(0o444)
    result = mulu("validate", name, "--fix", "-q")
    assert result.code == 2 and "只读" in result.err and Path(name).read_bytes() == before


def test_file_that_changes_meanwhile_is_left_alone(mulu, catalog, good, monkeypatch):
    """What somebody else has just written is worth more than our mend."""
    from mulu.validate import apply

    name = catalog(entry(good))
    whole = apply.write

    def late(mended):
        Path(name).write_bytes(b"{}\n")
        whole(mended)

    monkeypatch.setattr("mulu.cli.fixing.write", late)
    result = mulu("validate", name, "--fix", "-q")
    assert result.code == 2 and "有改动" in result.err and Path(name).read_bytes() == b"{}\n"


def test_permissions_stay(mulu, catalog, good):
    """A mended file can be read by whom it could be read before."""
    name = catalog(entry(good))
    Path(name).chmod(0o640)
    mulu("validate", name, "--fix", "-q")
    assert Path(name).stat().st_mode & 0o777 == 0o640 and "annual" in Path(name).read_text("utf-8")


@pytest.mark.parametrize("options", [["--unsafe-fixes"], ["--fix", "--diff"]])
def test_options_that_make_no_sense_are_refused(mulu, catalog, good, options):
    """Nothing is written by mistake."""
    assert mulu("validate", catalog(entry(good)), *options).code == 2


def test_sarif_carries_the_mends(mulu, catalog, good):
    """An editor can offer them: the region is that of the value."""
    name = catalog(entry(good))
    mulu("validate", name, "-q", "-f", "sarif:r.sarif")
    results = orjson.loads(Path("r.sarif").read_bytes())["runs"][0]["results"]
    changes = [fix["artifactChanges"][0]["replacements"][0] for result in results for fix in result.get("fixes", [])]
    line = Path(name).read_text("utf-8")
    cut = {
        line[c["deletedRegion"]["startColumn"] - 1 : c["deletedRegion"]["endColumn"] - 1]: c["insertedContent"]["text"]
        for c in changes
    }
    assert cut == {'"按年"': '"annual"', '"２０２１年6月8日"': '"2021-06-08"'}


def test_rule_of_a_standard_carries_its_own_mend(mulu):
    """A standard says of its rules, too, what the value can be changed to: by the column of the query that it names."""
    mulu("standard", "new", "std")
    rule = next(Path("std/validators").rglob("*.yaml"))
    text = rule.read_text("utf-8")
    assert text.count("query: |") == 1
    rule.write_text(text.replace("query: |", "fix: {safe: true, value: started}\nquery: |"), "utf-8")
    example = orjson.loads(next(Path("std/schemas/examples").glob("*.json")).read_bytes())
    Path("一.jsonl").write_bytes(orjson.dumps({**example, "started": "2024", "ended": "2020-05"}))
    assert fixes_of(mulu, "一.jsonl", "--standard", "std") == {"/ended": (True, "2024")}
    assert mulu("validate", "一.jsonl", "--standard", "std", "--fix", "-q").code == 0
    assert orjson.loads(Path("一.jsonl").read_bytes())["ended"] == "2024"
    rule.write_text(text.replace("query: |", "fix: {safe: maybe}\nquery: |"), "utf-8")
    result = mulu("validate", "一.jsonl", "--standard", "std")
    assert result.code == 2 and "fix 应写成" in result.err


def test_files_are_read_again_under_the_limits_of_the_run(mulu, good):
    """What a limit lets be checked can be mended, and told as a fix; else the file is told, and the report written."""
    deep = entry(good, identifier="307021022100/000102", deep="甲")
    for _ in range(70):
        deep["deep"] = [deep["deep"]]
    Path("深.json").write_bytes(orjson.dumps([deep]))
    options = ("深.json", "--limit", "depth=100", "--fail-on", "never")
    assert mulu("validate", *options, "-f", "sarif:r.sarif", "-q").code == 0
    results = orjson.loads(Path("r.sarif").read_bytes())["runs"][0]["results"]
    assert sum("fixes" in result for result in results) == 2
    assert '"annual"' in mulu("validate", *options, "--diff").out
    assert "改了 2 处" in mulu("validate", *options, "--fix", "-q").err


def test_what_is_too_large_to_be_read_whole_is_told(mulu, catalog, good):
    """Lines are checked whatever the size of their file; to change it is another matter."""
    name = catalog(entry(good))
    options = (name, "--limit", "document_bytes=100")
    assert mulu("validate", *options, "-f", "sarif:r.sarif", "-q").code == 1
    assert orjson.loads(Path("r.sarif").read_bytes())["runs"][0]["results"]
    result = mulu("validate", *options, "--fix", "-q")
    assert result.code == 2 and "document_bytes" in result.err and "没有修改" in result.err


def test_the_report_of_what_is_left_has_the_limits_of_its_run(mulu, catalog, good, monkeypatch):
    """All are mended, however many a report holds; the report that is written then is as without --fix."""
    monkeypatch.setattr("mulu.limits.DEFAULT", replace(DEFAULT, findings_per_rule=1))
    name = catalog(*(entry(good, identifier=f"307021022100/{number:06d}") for number in (101, 102, 103)))
    assert "改了 6 处" in mulu("validate", name, "--fix", "-q", "-f", "json:r.json", "--limit", "depth=50").err
    limits = orjson.loads(Path("r.json").read_bytes())["options"]["limits"]
    assert (
        limits["findings_per_rule"] == 1
        and limits.get("findings", DEFAULT.findings) == DEFAULT.findings
        and limits["depth"] == 50
    )
