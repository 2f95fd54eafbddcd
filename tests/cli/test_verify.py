"""`mulu verify`: a report holds with all the settings that it was made with, and says which of them has changed."""

import subprocess
import zipfile
from pathlib import Path

import orjson
import pytest

WAIVER = """
[[waivers]]
rule = "invalid-format"
entries = ["*/000101"]
owner = "信息中心"
reason = "下月改正"
expires = {}
"""


@pytest.fixture
def reported(mulu, catalog, good):
    """Return the text of a report that was made with a baseline, a waiver, a severity and a level to come."""
    first = {**good, "identifier": "307021022100/000100", "title": "旧的", "accrualPeriodicity": "没有的"}
    Path("mulu.toml").write_text(
        'baseline = "基线.json"\nwaivers = ["豁免.toml"]\nignore = ["default-date"]\nwaiver-days = 5\n'
        '[levels]\nshare = 2027-01-01\n[severity]\nunknown-property = "info"\n',
        "utf-8",
    )
    Path("豁免.toml").write_text(WAIVER.format("2026-06-30"), "utf-8")
    assert mulu("baseline", "write", catalog(first), "--isolated", "-o", "基线.json").code == 0
    catalog(first, {**good, "issued": "没有", "extra": 1})
    assert mulu("validate", "目录.jsonl", "--date", "2026-06-01", "-q", "-f", "json:报告.json").code == 0
    said = orjson.loads(Path("报告.json").read_bytes())
    assert {f["status"] for f in said["findings"] if f["severity"] == "error"} >= {"known", "waived"}
    assert said["coming"] and said["options"]["waiver_days"] == 5
    # What counts now stands in the report; a settings file may go.
    Path("mulu.toml").unlink()
    return Path("报告.json").read_bytes()


def test_baseline_waivers_levels_and_severities_count_again(mulu, reported):
    """A report on which somebody relies was made with exceptions; they are part of what it says."""
    assert mulu("verify", "报告.json").code == 0


def test_it_is_said_which_setting_has_changed(mulu, reported):
    """The same waivers written otherwise are the same; another day, a baseline with less, are not."""
    waivers = Path("豁免.toml")
    waivers.write_text("# 说明\n" + waivers.read_text("utf-8").replace('["*/000101"]', '[ "*/000101" ]'), "utf-8")
    assert "豁免已改动" not in mulu("verify", "报告.json").out
    waivers.write_text(WAIVER.format("2026-05-31"), "utf-8")
    ran = mulu("verify", "报告.json")
    assert ran.code == 1 and "豁免.toml：豁免已改动" in ran.out and "waiver-expired" in ran.out
    assert "基线" not in ran.out.replace("基线.json", "")
    waivers.write_text(WAIVER.format("2026-06-30"), "utf-8")
    lines = orjson.loads(Path("基线.json").read_bytes())
    Path("基线.json").write_bytes(orjson.dumps({**lines, "findings": []}))
    ran = mulu("verify", "报告.json", "--lang", "en")
    assert ran.code == 1 and "基线.json: the baseline has changed" in ran.out and "1 finding found now" in ran.out
    Path("基线.json").unlink()
    ran = mulu("verify", "报告.json")
    assert ran.code == 2 and "基线.json" in ran.err


def test_what_was_compared_with_a_revision_is_compared_again(mulu, catalog, good, monkeypatch):
    """A branch that has moved makes other entries the new ones, and it is said so."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")

    def commit():
        for words in (["add", "目录.jsonl"], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"]):
            subprocess.run(["git", *words], check=True)

    subprocess.run(["git", "init", "-q"], check=True)
    old = {**good, "accrualPeriodicity": "没有的"}
    catalog(old)
    commit()
    catalog(old, {**good, "identifier": "307021022100/000102", "title": "新的", "issued": "没有"})
    assert mulu("validate", "目录.jsonl", "--since", "HEAD", "-q", "-f", "json:报告.json").code == 1
    assert mulu("verify", "报告.json").code == 0
    commit()
    ran = mulu("verify", "报告.json")
    assert (
        ran.code == 1 and "目录.jsonl：文件在 git 版本 HEAD 中的内容已不同" in ran.out and "文件已改动" not in ran.out
    )


def test_folders_and_archives_are_looked_into_again(mulu, catalog, good):
    """What was named is named again: a file in an archive is found, and one that is new in a folder is told."""
    Path("报送").mkdir()
    with zipfile.ZipFile("报送/一.zip", "w") as archive:
        archive.writestr("目录.jsonl", orjson.dumps(good))
    mulu("validate", "报送", "-q", "-f", "json:报告.json")
    assert mulu("verify", "报告.json").code == 0
    Path("报送/二.jsonl").write_bytes(orjson.dumps({**good, "identifier": "307021022100/000102", "title": "新的"}))
    ran = mulu("verify", "报告.json")
    assert ran.code == 1 and "二.jsonl：新增的文件" in ran.out
    Path("报送/一.zip").unlink()
    ran = mulu("verify", "报告.json")
    assert ran.code == 2 and "一.zip › 目录.jsonl: 文件不在了" in ran.err
