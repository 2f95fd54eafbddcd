"""Baseline and waivers: what is known by content, what is waived and for how long, and that slips fail closed."""

import copy
from pathlib import Path

import orjson
import pytest

from mulu.limits import Limits

NUMBER = "11010519491231002X"


def judged(mulu, *arguments):
    """Return exit code and findings as (rule, pointer, status)."""
    result = mulu("validate", "目录.jsonl", "--level", "share", "-f", "json", *arguments)
    report = orjson.loads(result.out)
    assert not [item["message"] for item in report["findings"] if "{" in str([*item["message"].values()])]
    return result.code, sorted((item["rule"], item["pointer"], item["status"]) for item in report["findings"])


@pytest.fixture
def items(good):
    """Return an entry with three data items of one fault each, two of them with the same name, one with none."""
    good["dataItems"] = [
        {"name": "姓名", "datatype": "甲"},
        {"name": "姓名", "datatype": "乙"},
        {"datatype": "丙", "description": "没有名称"},
    ]
    return good


def new(found):
    """Return the findings that count, those of the baseline itself apart."""
    return [item for item in found if item[2] == "new" and item[0] != "baseline-outdated"]


def test_elements_are_known_by_their_own_key(mulu, catalog, items):
    """Elements change places and nothing is new; one fault more in one of equal name is one finding."""
    catalog(items)
    assert mulu("baseline", "write", "目录.jsonl", "-o", "b.json", "--level", "share").code == 0
    items["dataItems"].reverse()
    catalog(items)
    code, found = judged(mulu, "--baseline", "b.json")
    assert code == 0 and new(found) == []
    items["dataItems"].append({"name": "姓名", "datatype": "丁"})
    catalog(items)
    code, found = judged(mulu, "--baseline", "b.json")
    assert code == 1 and len(new(found)) == 1
    items["dataItems"] = items["dataItems"][:1]
    catalog(items)
    code, found = judged(mulu, "--baseline", "b.json")
    assert code == 0 and new(found) == [] and ("baseline-outdated", "", "new") in found
    # A run that could not read all files does not know what is gone.
    Path("坏.json").write_text("{", "utf-8")
    assert "baseline-outdated" not in {rule for rule, _, _ in judged(mulu, "坏.json", "--baseline", "b.json")[1]}


def test_entries_without_identifier_are_known_while_they_are_mended(mulu, catalog, good):
    """Another property of the entry changes, and its old fault stays old; two of one name are counted."""
    del good["identifier"]
    good["accrualPeriodicity"] = "随时"
    catalog(good, good)
    assert mulu("baseline", "write", "目录.jsonl", "-o", "b.json", "--level", "share").code == 0
    changed = good | {"description": "全市个体工商户设立、变更、注销登记的情况，可用于核验许可。"}
    catalog(changed, good)
    assert new(judged(mulu, "--baseline", "b.json")[1]) == []
    catalog(changed, good, good)
    assert len({item[0] for item in new(judged(mulu, "--baseline", "b.json")[1])}) >= 1


def test_a_new_finding_never_has_the_fingerprint_of_a_known_one(mulu, catalog, items):
    """What reads fingerprints takes a new finding for new."""
    catalog(items)
    assert mulu("baseline", "write", "目录.jsonl", "-o", "b.json", "--level", "share").code == 0
    known = {item["fingerprint"] for item in orjson.loads(Path("b.json").read_bytes())["findings"]}
    items["dataItems"].insert(0, {"name": "姓名", "datatype": "丁"})
    catalog(items)
    report = orjson.loads(mulu("validate", "目录.jsonl", "--level", "share", "-f", "json", "--baseline", "b.json").out)
    for item in report["findings"]:
        if item["status"] in ("known", "new"):
            assert (item["fingerprint"] in known) == (item["status"] == "known")


def test_the_file_is_sorted_and_holds_no_value(mulu, catalog, items):
    """A finding a line, so that git shows what changed; nothing that a person is known by."""
    items["title"] = f"王某 {NUMBER} 的登记"
    del items["identifier"]
    items["accrualPeriodicity"] = "随时王某"
    catalog(items)
    assert mulu("baseline", "write", "目录.jsonl", "-o", "b.json", "--level", "interoperate").code == 0
    text = Path("b.json").read_text(encoding="utf-8")
    lines = [line.rstrip(",") for line in text.splitlines()[2:-1]]
    assert lines == sorted(lines) and all(orjson.loads(line)["rule"] for line in lines)
    assert not any(word in text for word in (NUMBER, "王某", "姓名", "甲"))
    again = Path("b.json").read_bytes()
    assert mulu("baseline", "write", "目录.jsonl", "-o", "b.json", "--level", "interoperate").code == 0
    assert Path("b.json").read_bytes() == again


def test_prune_takes_nothing_in_and_writes_only_after_a_whole_run(mulu, catalog, good):
    """New faults stay new; a file that cannot be read leaves the baseline as it is; other rules' lines stay."""
    good["accrualPeriodicity"] = "随时"
    good["title"] = "登记系统"
    catalog(good)
    assert mulu("baseline", "write", "目录.jsonl", "-o", "b.json", "--level", "share").code == 0
    before = Path("b.json").read_bytes()
    catalog(good | {"issued": "昨天"})
    assert mulu("baseline", "prune", "目录.jsonl", "--baseline", "b.json", "--level", "interoperate").code == 0
    assert Path("b.json").read_bytes() == before
    Path("坏.json").write_bytes(b"{")
    catalog({**good, "accrualPeriodicity": "monthly"})
    assert mulu("baseline", "prune", "目录.jsonl", "坏.json", "--baseline", "b.json", "--level", "share").code == 2
    assert Path("b.json").read_bytes() == before
    only = ("--only", "duplicate-title", "--level", "share")
    assert mulu("baseline", "prune", "目录.jsonl", "--baseline", "b.json", *only).code == 0
    left = [item["rule"] for item in orjson.loads(Path("b.json").read_bytes())["findings"]]
    assert "value-not-in-code-list" not in left and left


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"baseline": 2, "findings": []}', b"<<<<<<< HEAD", b'{"baseline":1,"findings":[1]}'],
)
def test_a_broken_baseline_stops_the_run(mulu, catalog, good, content):
    """A merge that went wrong does not let everything through, nor blame everybody."""
    Path("b.json").write_bytes(content)
    result = mulu("validate", catalog(good), "--baseline", "b.json")
    assert result.code == 2 and "b.json" in result.err
    assert mulu("validate", "目录.jsonl", "--baseline", "没有.json").code == 2


WHOLE = {
    "rule": '"missing-property"',
    "entries": '["307021022100/*"]',
    "owner": '"信息中心"',
    "reason": '"x"',
    "expires": "2026-06-30",
}


def waivers(**changes):
    """Write a file with one waiver."""
    lines = [f"{key} = {value}" for key, value in (WHOLE | changes).items() if value is not None]
    Path("waivers.toml").write_text("\n".join(["[[waivers]]", *lines]) + "\n", encoding="utf-8")


def waived(mulu, *arguments):
    """Run with the waivers a day in May."""
    arguments = ("--waivers", "waivers.toml", "--date", "2026-05-01", *arguments)
    return mulu("validate", "目录.jsonl", *arguments)


@pytest.mark.parametrize(
    "changes",
    [
        *({key: None} for key in WHOLE),
        {"expires": '"2026-06-31"'},
        {"expires": '"30.6.2026"'},
        {"expires": "2026-13-01"},
        {"expires": "20260630"},
        {"expires": "2026-06-30T10:00:00"},
        {"expires": '"never"'},
        {"owner": '" "'},
        {"entries": "[]"},
        {"entries": "[3]"},
        {"rule": '"mising-property"'},
        {"ruel": '"x"'},
    ],
)
def test_a_waiver_that_is_not_whole_fails_closed(mulu, catalog, good, changes):
    """A slip of the pen silences nothing: exit 2, with the line."""
    waivers(**changes)
    catalog(good)
    result = waived(mulu)
    assert result.code == 2 and result.err.startswith("mulu: waivers.toml:") and "Traceback" not in result.err
    assert "None" not in result.err


def test_a_waiver_is_for_its_entries_and_seen_in_every_report(mulu, catalog, good):
    """Another entry's fault of the same rule counts; a waived one is told as such."""
    del good["publisher"]
    other = copy.deepcopy(good) | {"identifier": "407021022100/000001", "title": "另一项登记信息"}
    catalog(good, other)
    waivers()
    assert waived(mulu).code == 1
    catalog(good)
    assert waived(mulu).code == 0 and "1 处有豁免" in waived(mulu).out
    assert "信息中心" in waived(mulu, "--show-waived").out
    log = orjson.loads(waived(mulu, "-f", "sarif").out)
    (result,) = [item for item in log["runs"][0]["results"] if item["suppressions"]]
    assert result["suppressions"][0]["kind"] == "external" and "信息中心" in result["suppressions"][0]["justification"]
    junit = waived(mulu, "-f", "junit").out
    assert 'failures="0"' in junit and "信息中心" in junit
    assert "missing-property" not in waived(mulu, "-f", "gitlab").out
    assert "::error" not in waived(mulu, "-f", "github").out
    for name in ("concise", "markdown"):
        assert "1 处有豁免" in waived(mulu, "-f", name).out.replace("\\", "")


def test_an_unused_waiver_is_told(mulu, catalog, good):
    """It would let a later fault slip through; of a run that did not see all nothing can be said."""
    waivers(rule='"duplicate-identifier"')
    catalog(good)
    assert "waiver-unused" in waived(mulu).out and waived(mulu).code == 0
    assert waived(mulu, "--fail-on", "warning").code == 1
    Path("坏.json").write_bytes(b"{")
    assert "waiver-unused" not in waived(mulu, "坏.json").out


def test_a_baseline_takes_in_what_a_report_would_not_hold(mulu, catalog, good, monkeypatch):
    """However many findings a rule has."""
    limits = Limits(findings=3, findings_per_rule=2, findings_per_entry=1)
    monkeypatch.setattr("mulu.limits.DEFAULT", limits)
    good["accrualPeriodicity"] = good["theme"] = "x"
    name = catalog(*[good] * 5)
    assert mulu("baseline", "write", name, "--level", "share", "-o", "known.json").code == 0
    known = orjson.loads(Path("known.json").read_bytes())["findings"]
    assert len([one for one in known if one["rule"] == "value-not-in-code-list"]) == 5
    assert len([one for one in known if one["rule"] == "wrong-type"]) == 5


@pytest.mark.parametrize(("expires", "check"), [("2026-04-30", "waiver-expired"), ("2026-05-20", "waiver-expiring")])
def test_the_end_of_a_waiver_tells_how_many_count_again(mulu, catalog, good, expires, check):
    """Neither those of higher levels, which a waiver is about as well, nor those that the baseline knows."""
    entries = [
        good | {"identifier": f"307021022100/{number:06d}", "title": f"登记信息{number}"} for number in (1, 2, 3)
    ]
    del entries[0]["publisher"], entries[1]["publisher"]
    catalog(entries[0])
    assert mulu("baseline", "write", "目录.jsonl", "-o", "基线.json").code == 0
    catalog(*entries)
    waivers(expires=expires)

    def told(*arguments):
        report = orjson.loads(waived(mulu, "-f", "json", *arguments).out)
        rules = [item["rule"] for item in report["findings"] if item["status"] == "outlook"]
        assert rules.count("missing-property") > 2
        return next(item["params"]["count"] for item in report["findings"] if item["rule"] == check)

    assert told() == 2
    assert told("--baseline", "基线.json") == 1
