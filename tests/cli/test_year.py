"""A department's pipeline through a year: each step's exit code and report, in a repository of its own."""

import subprocess
from pathlib import Path

import orjson
import pytest

COUNT = 150
RULE = """\
id: name-too-short
level: basic
severity: error
title: {zh: 名称太短, en: A name too short}
why: {zh: 看不出是什么。, en: It does not say what it is.}
source: 本标准 / this standard
message: {zh: "“{name}”只有一个字", en: "“{name}” is one character"}
mend: {zh: 写全称, en: write it in full}
query: select entry, '/name' as path, name from example where length(name) < 2
pass:
  - name: {zh: 全称, en: in full}
    entries: [{like: example}]
fail:
  - name: {zh: 一个字, en: one character}
    entries: [{like: example, set: {/name: 甲}}]
    at: [{entry: 0, path: /name}]
"""


def entry(number):
    """Return an entry with two faults: it ended before it started, and its type is unknown."""
    return {
        "kind": "example",
        "identifier": f"E-{number:05d}",
        "name": f"第 {number} 个",
        "keeper": "示例单位",
        "type": "没有的类型",
        "started": "2024",
        "ended": "2020",
    }


class Repository:
    """A folder with a catalog, settings and a standard, under git."""

    def __init__(self, mulu, folder):
        self.mulu = mulu
        self.folder = folder
        self.entries = [entry(number) for number in range(COUNT)]
        assert mulu("standard", "new", "own", "-o", "standard").code == 0
        self.settings('standard = "standard"\nlevel = "basic"\n')
        self.git("init", "-q", ".")

    def git(self, *arguments):
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def settings(self, text):
        (self.folder / "mulu.toml").write_text(text, encoding="utf-8")

    def save(self):
        lines = b"".join(orjson.dumps(item) + b"\n" for item in self.entries)
        (self.folder / "catalogs").mkdir(exist_ok=True)
        (self.folder / "catalogs" / "目录.jsonl").write_bytes(lines)

    def check(self, day, *arguments):
        """Validate as the pipeline does; return exit code, summary and the findings that count."""
        self.save()
        result = self.mulu("validate", "catalogs", "--date", day, "-f", "json", *arguments)
        assert not result.err, result.err
        report = orjson.loads(result.out)
        return result.code, report, [item for item in report["findings"] if item["status"] == "new"]


@pytest.fixture
def repository(mulu, tmp_path):
    return Repository(mulu, tmp_path)


def test_a_year_of_a_department(repository, mulu):
    """Old faults do not block, new ones do, exceptions end, levels and standards move on."""
    base = 'standard = "standard"\nlevel = "basic"\nbaseline = "mulu-baseline.json"\n'

    # January: hundreds of faults at the first run.
    code, report, new = repository.check("2026-01-05")
    assert code == 1 and len(new) == report["summary"]["error"] == 2 * COUNT

    # They are set down, and the pipeline is green from then on.
    assert mulu("baseline", "write", "catalogs", "-o", "mulu-baseline.json", "--date", "2026-01-05").code == 0
    repository.settings(base)
    repository.commit()
    code, report, new = repository.check("2026-01-06")
    assert (code, new, report["summary"]["known"]) == (0, [], 2 * COUNT)
    assert f"{2 * COUNT} 处已在基线中" in mulu("validate", "catalogs").out

    # February: the file is turned over and written anew; nothing is new.
    repository.entries.reverse()
    repository.entries = [dict(reversed(item.items())) for item in repository.entries]
    assert repository.check("2026-02-01")[0] == 0

    # One fault more is one finding.
    repository.entries[7]["nmae"] = "甲"
    code, report, new = repository.check("2026-02-02")
    assert code == 1 and [item["rule"] for item in new] == ["unknown-property"]
    assert new[0]["entry"] == repository.entries[7]["identifier"]
    refused = mulu("baseline", "write", "catalogs", "--date", "2026-02-02")
    assert refused.code == 1 and "1 处新问题" in refused.err

    # March: somebody answers for it until summer.
    waiver = (
        '\n[[waivers]]\nrule = "unknown-property"\n'
        f'entries = ["{repository.entries[7]["identifier"]}"]\nowner = "信息中心"\n'
        'reason = "等原系统升级"\nexpires = 2026-06-30\n'
    )
    repository.settings(base + waiver)
    code, report, new = repository.check("2026-03-01")
    assert code == 0 and report["summary"]["waived"] == 1
    waived = next(item for item in report["findings"] if item["status"] == "waived")
    assert waived["waiver"] == {"owner": "信息中心", "reason": "等原系统升级", "expires": "2026-06-30"}

    # June: its end is told before it comes, on the last day too, and not a day early.
    assert repository.check("2026-05-30")[2] == []
    for day, left in (("2026-05-31", 30), ("2026-06-30", 0)):
        code, _, new = repository.check(day)
        told = next(item for item in new if item["rule"] == "waiver-expiring")
        assert code == 0 and told["params"]["days"] == left and told["severity"] == "warning"
        assert (told["source"]["path"], told["source"]["line"]) == ("mulu.toml", 5)

    # July: it has expired, so the fault counts and the waiver is loud.
    code, _, new = repository.check("2026-07-01")
    assert code == 1 and {"unknown-property", "waiver-expired"} <= {item["rule"] for item in new}

    # It is mended together with an old one: the waiver goes, the baseline shrinks and says so.
    repository.settings(base)
    del repository.entries[7]["nmae"]
    repository.entries[7] |= {"started": "2019"}
    code, report, new = repository.check("2026-07-02")
    assert code == 0 and report["summary"]["gone"] == 1
    assert [item["rule"] for item in new] == ["baseline-outdated"]
    pruned = mulu("baseline", "prune", "catalogs", "--date", "2026-07-02")
    assert pruned.code == 0 and "删去" in pruned.out
    assert len(orjson.loads(Path("mulu-baseline.json").read_bytes())["findings"]) == 2 * COUNT - 1
    code, report, new = repository.check("2026-07-03")
    assert (code, new, report["summary"]["known"], report["summary"]["gone"]) == (0, [], 2 * COUNT - 1, 0)
    repository.commit()

    # A mended fault that comes back is new.
    repository.entries[7] |= {"started": "2024"}
    assert repository.check("2026-07-04")[0] == 1
    repository.entries[7] |= {"started": "2019"}

    # Autumn: the next level has a date; its faults are told with the days left, and count from that day on.
    del repository.entries[3]["type"]
    repository.settings(base + "\n[levels]\nfull = 2026-10-01\n")
    repository.save()
    assert mulu("baseline", "prune", "catalogs", "--date", "2026-09-30").code == 0
    code, report, new = repository.check("2026-09-30")
    assert code == 0 and new == []
    assert report["coming"] == [{"level": "full", "date": "2026-10-01", "days": 1, "error": 1, "warning": 0, "info": 0}]
    assert "还有 1 天" in mulu("validate", "catalogs", "--date", "2026-09-30").out
    code, report, new = repository.check("2026-10-01")
    assert code == 1 and [item["rule"] for item in new] == ["missing-property"]
    assert (report["level"], report["coming"]) == ("full", [])
    repository.entries[3]["type"] = "public"
    assert repository.check("2026-10-02")[0] == 0
    repository.commit()

    # November: a new version of the standard asks for more. What is old is told apart from what it asks.
    repository.entries[9]["name"] = "甲"
    header = Path("standard/standard.toml")
    header.write_text(header.read_text(encoding="utf-8").replace('"0.1.0"', '"0.2.0"'), encoding="utf-8")
    Path("standard/validators/name").mkdir()
    Path("standard/validators/name/name-too-short.yaml").write_text(RULE, encoding="utf-8")
    assert mulu("standard", "check", "standard").code == 0
    code, report, new = repository.check("2026-11-01")
    assert code == 1 and report["standard"]["version"] == "0.2.0"
    assert {item["rule"] for item in new} == {"name-too-short", "baseline-of-other-standard"}

    # Who changed only one entry is judged by that one.
    code, report, new = repository.check("2026-11-01", "--since", "HEAD", "--ignore", "baseline-of-other-standard")
    assert code == 1 and [item["entry"] for item in new] == [repository.entries[9]["identifier"]]
    repository.commit()
    code, report, new = repository.check("2026-11-02", "--since", "HEAD", "--ignore", "baseline-of-other-standard")
    assert (code, new, report["summary"]["unchanged"]) == (0, [], 1)

    # The baseline takes it in, on purpose only, and the year ends green.
    assert mulu("baseline", "write", "catalogs", "--date", "2026-11-02").code == 1
    assert mulu("baseline", "write", "catalogs", "--allow-growth", "--date", "2026-11-02").code == 0
    assert repository.check("2026-12-31")[:1] == (0,) and repository.check("2026-12-31")[2] == []
