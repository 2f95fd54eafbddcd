"""The built-in code lists: well formed, without doubt about a spelling, and knowing what departments really write."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.standard import load
from mulu.standard.codes import read_code_list, spelling

STANDARD = load()
CODES = STANDARD.codes
README = (STANDARD.roots[-1] / "schemas" / "codes" / "README.md").read_text(encoding="utf-8")
COLUMNS = {"code", "name.zh", "name.en", "broader", "status", "aliases", "source"}
# Their names repeat, or the code itself is the spelling (README.md says so): found by code.
BY_CODE_ONLY = {"region", "industry", "subject", "placeholder"}
BROADER_ELSEWHERE = {"format-type": "format-category"}
REGIONS_OF_2000 = Path(__file__).parents[3] / "shared" / "corpus" / "cn" / "gb2260" / "200012.tsv"

# What 21 open-data portals wrote for the update cycle in 27,893 records of 2023.
CYCLES = {
    "": None,
    "牲畜饲养": None,
    "实时": "realtime",
    "每日": "daily",
    "每天": "daily",
    "每周": "weekly",
    "每月": "monthly",
    "季度": "quarterly",
    "每季度": "quarterly",
    "每 3 月": "quarterly",
    "每半年": "semiannual",
    "每 6 月": "semiannual",
    "每年": "annual",
    "年": "annual",
    "按年": "annual",
    "按年更新": "annual",
    "‘每年’": "annual",
    "每两年": "biennial",
    "每 2 日": "custom",
    "每 3 日": "custom",
    "每 121 日": "custom",
    "自定义": "custom",
    "不定期": "irregular",
    "不定期更新": "irregular",
    "其他": "other",
    "每 null null": "unknown",
}
# The same for opening, and for sharing what platforms and department catalogs wrote.
OPENINGS = {
    "": None,
    "无条件开放": "unconditional",
    "普遍开放": "unconditional",
    # Words of sharing: only the mapping of portals knows that there they mean opening.
    "无条件共享": None,
    "有条件共享": None,
    "无条件开发": "unconditional",
    "无条件": "unconditional",
    "普通公开，简单注册用户可下载": "unconditional",
    "普通公开,简单注册用户可下载": "unconditional",
    "有条件开放": "conditional",
    "有条件开发": "conditional",
    "依申请开放": "conditional",
    "安全开放": "conditional",
    "实名注册用户可下载": "conditional",
    "不开放": "none",
    "不予开放": "none",
    "否": "none",
    "是": "open",
    "无": "unknown",
}
SHARINGS = {
    "无条件共享": "unconditional",
    "无条件": "unconditional",
    "有条件共享": "conditional",
    "有条件": "conditional",
    "依申请": "conditional",
    "依申请共享": "conditional",
    "申请共享": "conditional",
    "不予共享": "none",
    "不共享": "none",
}
LETTERS = {
    "C": ("字符型", "字符型C", "字符串型C", "字符型 C", "字符型Ｃ", "c", "VARCHAR"),
    "N": ("数值型", "数值型N"),
    "Y": ("货币型", "货币型Y"),
    "D": ("日期型", "日期型D"),
    "T": ("日期时间型", "日期时间型T"),
    "L": ("逻辑型", "逻辑型L"),
    "M": ("备注型", "备注型M"),
    "G": ("通用型", "通用型G"),
    "B": ("双精度型", "双精度型B"),
    "I": ("整型", "整型I"),
    "F": ("浮点型", "浮点型F"),
}
SPELLED = [
    *(("update-cycle", text, code) for text, code in CYCLES.items()),
    *(("opening-type", text, code) for text, code in OPENINGS.items()),
    *(("sharing-type", text, code) for text, code in SHARINGS.items()),
    *(("data-type", text, letter) for letter, texts in LETTERS.items() for text in texts),
]
NAMES = [
    (name, text, code.code)
    for name in CODES
    if name not in BY_CODE_ONLY
    for code in CODES[name].codes
    for text in (code.code, code.name.zh, code.name.en, *code.aliases)
    if "#" not in text
]


def written(text, choose):
    """Return `text` as a careless hand writes it; `choose` picks one of a list."""
    wide = {ord(letter): 0xFEE0 + ord(letter) for letter in string.ascii_letters + string.digits + "()/-+"}
    letters = [choose([letter, letter.translate(wide), letter.upper(), letter.lower()]) for letter in text]
    # No other letters become one of these: ß and the like have no single other case.
    same = [new if spelling(new) == spelling(old) else old for new, old in zip(letters, text, strict=True)]
    blanks = [choose(["", "", "", " ", "\u3000", "\xa0", "\t", "\u200b"]) for _ in same]
    opening, closing = choose([("", ""), ("“", "”"), ("‘", "’"), ('"', '"'), ("「", "」"), (" ", "\r\n")])
    body = "".join(letter + blank for letter, blank in zip(same, blanks, strict=True))
    return opening + body + closing + choose(["", "。", "，", "；", ",", " "])


@pytest.mark.parametrize("name", sorted(CODES))
def test_list_is_well_formed(name):
    """Each row has a code, names and a source; each heading stands once; a code does so but for periods."""
    codes = CODES[name]
    assert set(codes.columns) >= COLUMNS and len(set(codes.columns)) == len(codes.columns)
    assert all(code.code.strip() == code.code != "" and code.name.zh and code.fields["source"] for code in codes.codes)
    assert {code.status for code in codes.codes} <= {"", "retired"}
    if "valid_from" not in codes.columns:
        assert len(codes.values) == len(codes.codes)
    if name not in BY_CODE_ONLY:
        assert all(code.name.en for code in codes.codes)


@pytest.mark.parametrize("name", sorted(CODES))
def test_broader_codes_exist_and_end(name):
    """Climbing from a code to the broader one arrives at the top."""
    codes, upper = CODES[name], CODES[BROADER_ELSEWHERE.get(name, name)]
    above = {code.code: code.fields["broader"] for code in codes.codes}
    assert set(above.values()) - {""} <= set(upper.values)
    for code in above:
        way = [code]
        while upper is codes and above[way[-1]]:
            way.append(above[way[-1]])
            assert len(way) == len(set(way))


@pytest.mark.parametrize("name", sorted(CODES))
def test_successors_exist(name):
    """A retired code leads to codes of the same list, never to itself."""
    known = CODES[name].by_code
    for code in known.values():
        successors = set(filter(None, code.successor.split(";")))
        assert successors <= known.keys()
        assert code.code not in successors or code.status != "retired"


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_spelling_means_one_code(name):
    """Nothing that a department writes can be read as two codes."""
    if name in BY_CODE_ONLY:
        assert f"`{name}`" in README.partition("## 标记")[0]
        return
    meanings = {}
    for code in CODES[name].codes:
        for text in (code.code, code.name.zh, code.name.en, *code.aliases):
            meanings.setdefault(spelling(text), set()).add(code.code)
    assert {text: codes for text, codes in meanings.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(("name", "text", "code"), SPELLED)
def test_what_departments_write_is_found(name, text, code):
    """The spellings seen in real catalogs find their code, and a title in the wrong column finds none."""
    assert CODES[name].find(text) == code


@given(st.sampled_from(NAMES), st.data())
def test_careless_spelling_finds_the_same_code(entry, data):
    """Width, blanks, quotes, case and a full stop at the end do not hide a code."""
    name, text, code = entry
    assert CODES[name].find(written(text, lambda options: data.draw(st.sampled_from(options)))) == code


@given(st.text(max_size=30))
def test_no_text_is_compared_as_nothing(text):
    """Dots and quotes alone stand for themselves, so that only a blank cell is blank."""
    visible = re.sub(r"[\u00ad\u200b-\u200d\u2060\ufeff]", "", "".join(text.split()))
    assert bool(spelling(text)) == bool(visible)


def test_a_name_of_several_codes_stands_for_none(tmp_path):
    """As districts of several cities have; what is no more, or a part that is called as the whole, does not count."""
    path = tmp_path / "place.csv"
    path.write_text(
        "code,name.zh,name.en,broader,status,successor,aliases\n"
        "11,鼓楼区,,,,,鼓楼\n12,鼓楼区,,,,,\n13,东城区,,,retired,,\n14,东城区,,,,,\n15,西城区,,,,,\n15,新城区,,,,,\n"
        "16,西城区,,,,,\n017,农业,,,,,\n0171,农业,,017,,,\n18,北区,,,retired,,\n19,南区,,,,,老区\n20,老区,,,,,\n",
        "utf-8",
    )
    codes = read_code_list(path)
    meant = "鼓楼区: , 鼓楼: 11, 东城区: 14, 西城区: 16, 新城区: 15, 农业: 017, 北区: 18, 老区: 20, 12: 12"
    pairs = [pair.split(": ") for pair in meant.split(", ")]
    assert [[text, codes.find(text) or ""] for text, _ in pairs] == pairs
    assert codes.called(" 鼓楼区") == ["11", "12"] and codes.called("鼓") == []


def test_zeros_that_were_lost_are_suggested():
    """A spreadsheet makes 4 of 04; that 14 looks much like it is no reason to think of it."""
    assert CODES["theme"].nearest("4").code == "04"
    assert CODES["theme"].nearest("99999") is None


def test_nearest_code_is_a_suggestion():
    """A slip of the pen gets the code that was meant, nonsense gets none."""
    assert CODES["update-cycle"].nearest("montly").code == "monthly"
    assert CODES["update-cycle"].nearest("每季度一").code == "quarterly"
    assert CODES["update-cycle"].nearest("牲畜饲养") is None
    assert CODES["update-cycle"].nearest("每" * 1000) is None


def test_every_format_type_has_a_category():
    """A format of a known type can be held against its category."""
    assert {code.fields["broader"] for code in CODES["format-type"].codes} <= set(CODES["format-category"].values)


def test_retired_regions_are_so_in_their_last_row():
    """Rows of a code stand in order of time, and only a code without a valid row is retired."""
    rows = {}
    for code in CODES["region"].codes:
        rows.setdefault(code.code, []).append(code)
    for periods in rows.values():
        ends = [code.fields["valid_to"] or "9999" for code in periods]
        assert ends == sorted(ends)
        assert {code.status for code in periods} == {"" if ends[-1] == "9999" else "retired"}
        if any(code.successor for code in periods[:-1]) and ends[-1] != "9999":
            assert periods[-1].successor


@pytest.mark.skipif(not REGIONS_OF_2000.exists(), reason="the corpus is not here")
def test_regions_of_2000_lead_to_those_of_today():
    """Catalogs outlive counties: each code of the list of 2000 is valid or leads to codes that are."""
    regions = CODES["region"].by_code
    listed = [line.split("\t")[2] for line in REGIONS_OF_2000.read_text(encoding="utf-8").splitlines()[1:]]
    gone = [code for code in listed if regions[code].status == "retired"]
    assert (len(listed), len(gone)) == (3225, 698)
    for code in gone:
        reached, ways = {code}, [code]
        while ways:
            further = set(filter(None, regions[ways.pop()].successor.split(";"))) - reached
            reached |= further
            ways += further
        assert any(regions[found].status == "" for found in reached)
