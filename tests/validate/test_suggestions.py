"""Did-you-mean in the findings of rules: a department that is not on the list is shown the one that was meant."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

import mulu
from mulu.errors import BadStandard
from mulu.standard import load
from mulu.standard.rules import Suggest
from mulu.validate import suggestions

ROOT = Path(__file__).parents[2]
STANDARD = load()
DAY = date(2026, 1, 15)
LISTED = {
    "11430100MB1E204791": "长沙市教育局",
    "11430100MB1E50731C": "长沙市民政局",
    "11430100MB1E19339G": "长沙市财政局",
    "12430100MB1E40621T": "长沙市教育科学研究院",
}
NOT = "11430104MB1E30570C"
LAST = STANDARD.header.levels[-1].id


def mends(entries, tmp_path, rule, standard=STANDARD):
    """Return what each finding of a rule says is to be done, in both languages."""
    path = tmp_path / "catalog.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    with mulu.validate(path, standard=standard, level=LAST, only=[rule], today=DAY) as report:
        assert not report.failures
        return [(f["mend"]["zh"], f["mend"]["en"]) for f in report.findings if f["rule"] == rule]


def listed():
    """Return the departments of a catalog."""
    return [
        {"kind": "organization", "identifier": code, "name": name, "classification": "government-department"}
        for code, name in LISTED.items()
    ]


def of(name, code=None):
    """Return an entry of a department."""
    return STANDARD.examples["resource"] | {"publisher": {"name": name} | ({"identifier": code} if code else {})}


@pytest.mark.parametrize(
    ("name", "code", "meant"),
    [
        ("长沙市民证局", None, ["长沙市民政局 11430100MB1E50731C"]),
        ("长沙市政民局", None, ["长沙市民政局 11430100MB1E50731C"]),
        ("长沙市教育 科研究院", None, ["长沙市教育科学研究院 12430100MB1E40621T"]),
        ("教育局", None, ["长沙市教育局 11430100MB1E204791"]),
        ("长沙市民政局", NOT, ["长沙市民政局 11430100MB1E50731C"]),
        ("长沙市X政局", None, ["长沙市民政局 11430100MB1E50731C", "长沙市财政局 11430100MB1E19339G"]),
        ("长沙市审计局", None, []),
        ("政局", None, []),
        # One slip makes the treasury of it, but the code says that it is another body.
        ("长沙市邮政局", NOT, []),
    ],
)
def test_a_department_that_is_not_listed_is_shown_the_one_that_was_meant(tmp_path, name, code, meant):
    """A slip, a name without its place, the right name with a wrong code; nothing that is merely alike."""
    ((zh, en),) = mends([*listed(), of(name, code)], tmp_path, "unknown-publisher")
    assert ("是不是" in zh, "did you mean" in en) == (bool(meant), bool(meant))
    assert {line for line in (f"{n} {c}" for c, n in LISTED.items()) if line in zh and line in en} == set(meant)


def test_the_standard_says_which_list_is_meant(tmp_path):
    """A rule of another standard, which is run in a child, names its own list; what it cannot name is refused."""
    folder = tmp_path / "standard"
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    shutil.copy(ROOT / "standard.toml", folder)
    rule = folder / "validators/region/unknown-region.yaml"
    rule.parent.mkdir(parents=True)
    text = (ROOT / "validators/region/unknown-region.yaml").read_text("utf-8")
    rule.write_text(text, "utf-8")
    entry = STANDARD.examples["resource"] | {"spatial": {"region": "103100", "name": "石家庄市"}}
    ((zh, en),) = mends([entry], tmp_path, "unknown-region", load(folder))
    assert "是不是 130100？" in zh and "(did you mean 130100?)" in en
    said = "{from: code_region, by: {region: code}}"
    for wrong, word in (("{from: code_region, by: {region: nowhere}}", "nowhere"), ("code_region", "from")):
        assert said in text
        rule.write_text(text.replace(said, wrong), "utf-8")
        with pytest.raises(BadStandard, match=word):
            dict(load(folder).rules)


def test_every_slip_is_found_and_no_other():
    """The halves by which a list is searched lose no slip: changed, left out, added or swapped at any place."""
    name = "长沙市教育考试院"
    known = suggestions._List([(name,), ("株洲市民政局",)])
    slips = {name[:at] + "甲" + name[at + more :] for at in range(len(name)) for more in (0, 1)} | {name + "甲"}
    slips |= {name[:at] + name[at + 1 :] for at in range(len(name))}
    slips |= {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)}
    assert {slip for slip in slips if known.meant((slip,)) != [(name,)]} == set()
    assert known.meant(("甲沙市教育考试甲",)) == []
    # What is on the list just so was rejected for another reason.
    assert known.meant((name,)) == []


@pytest.mark.parametrize("other", ["长沙教育考试院甲乙", "市教育考试院", "长沙市教育考院长", "甲乙沙市教育考试院"])
def test_two_slips_are_no_slip(other):
    """Two characters left out or added, or changed far from each other, make another department."""
    assert not suggestions.one_slip(other, "长沙市教育考试院") and not suggestions.one_slip("长沙市教育考试院", other)


@pytest.mark.parametrize(
    ("lines", "written", "meant"),
    [
        # Three are shown, four say nothing.
        ("甲民政局 乙民政局 丙民政局", "丁民政局", "甲民政局 乙民政局 丙民政局"),
        ("甲民政局 乙民政局 丙民政局 戊民政局", "丁民政局", ""),
        # What ends two names is neither's.
        ("长沙市民政局 株洲市民政局", "民政局", ""),
        ("长沙市民政局 株洲市教育局", "民政局", "长沙市民政局"),
        # Case, width and punctuation make no difference; three characters are enough, two are not.
        ("AB-12-cd", "ａｂ１２ｃx", "AB-12-cd"),
        ("民政局", "民证局", "民政局"),
        ("民政", "民证", ""),
    ],
)
def test_what_is_proposed_of_a_list(lines, written, meant):
    """As many as one can look at, and none where it could be anything."""
    found = suggestions._List([(line,) for line in lines.split()]).meant((suggestions._plain(written),))
    assert [line for (line,) in found] == meant.split()


def test_what_is_told_can_be_put_into_a_sentence():
    """The one that was meant, or all of them; a list is read once, and a column that is empty is no name."""
    asked = []

    def read(suggest):
        asked.append(suggest)
        return [("甲民政局", "1"), ("乙民政局", None)]

    known = suggestions.Neighbours(read)
    suggest = Suggest("list", (("name", "name"), ("code", "code")))
    assert known.told(suggest, {"name": "甲民政厅", "code": None}) == {
        "suggestion": "甲民政局 1",
        "suggestion_zh": "，是不是 甲民政局 1？",
        "suggestion_en": " (did you mean 甲民政局 1?)",
    }
    assert known.told(suggest, {"name": "丙民政局", "code": None}) == {
        "suggestion": None,
        "suggestion_zh": "，是不是 甲民政局 1、乙民政局？",
        "suggestion_en": " (did you mean 甲民政局 1 or 乙民政局?)",
    }
    nothing = {"suggestion": None, "suggestion_zh": "", "suggestion_en": ""}
    assert known.told(suggest, {"name": "某学校", "code": 3}) == nothing and asked == [suggest]
