"""Unified social credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from mulu.identifiers import InvalidIdentifier, explain
from mulu.identifiers.cn import organisation_code, uscc
from mulu.identifiers.iso7064 import ALPHABET_31, mod_31


def _code(department: str, kind: str, region: str, body: str) -> str:
    front = department + kind + region + body + organisation_code.check_character(body)
    return front + mod_31(front)


codes = st.builds(
    _code,
    st.sampled_from("123456789ANY"),
    st.sampled_from("123456789"),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET_31, min_size=8, max_size=8),
)
wrong = [
    ("11330105002500287D", 18, "第 18 位校验码应为 C，实际为 D"),
    ("21330105002500287C", 18, "第 18 位校验码应为"),
    ("11330105002500278C", 18, "第 17 位校验码也不符"),
    ("11330105O02500287C", 9, "请把字母 O 改为数字 0"),
    ("1133010500250028IC", 17, "请把字母 I 改为数字 1"),
    ("1133010S002500287C", 8, "请把字母 S 改为数字 5"),
    ("1133010500Z500287C", 11, "请把字母 Z 改为数字 2"),
    ("1133010B002500287C", 8, "请把字母 B 改为数字 8"),
    ("11330105V02500287C", 9, "第 9 位应为数字或 I、O、S、V、Z 以外的大写字母，实际为“V”"),
    ("B1330105002500287C", 1, "第 1 位应为 1 至 9、A、N、Y 之一"),
    ("10330105002500287C", 2, "第 2 位应为数字 1 至 9，实际为“0”"),
    ("113301Х5002500287C", 7, "实际为“Х”（U+0425）"),
    ("113301050025002870", 18, "第 18 位校验码应为 C，实际为 0"),
    ("113301050025002000", 16, "Excel 只保留 15 位数字"),
    ("00247017-X", None, "旧组织机构代码"),
    ("00247017X", None, "旧组织机构代码"),
    ("330106000012345", None, "15 位的旧工商注册号"),
    ("3301060001234", None, "13 位的旧工商注册号"),
    ("1133010500250028C", None, "应为 18 位，实际为 17 位"),
    ("1.13301050025003E+17", None, "科学计数法"),
    ("113301050025002000.0", 19, "多出了小数点"),
    ("11010519491231002X", None, "这是公民身份号码"),
    ("11 330105002500287C", 3, "多余的 U+0020"),
    ("11330105-002500287-C", 9, "多余的 “-”"),
    ("11330105002500287c", 18, "“c”应写成“C”"),
    ("１1330105002500287C", 1, "“１”（U+FF11）应写成“1”"),
]


@pytest.mark.parametrize(("text", "position", "zh"), wrong)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the character and tells what to do."""
    reason = explain("uscc", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


def test_the_inner_check_character_alone_rejects_nothing() -> None:
    """Character 17 checks the organisation code; that rests on memory, so a right character 18 is enough."""
    front = "11330105002500280"
    assert uscc.validate(front + mod_31(front), strict=True)
    other = "0" if mod_31(front) != "0" else "1"
    reason = explain("uscc", front + other)
    assert reason is not None and "第 17 位校验码也不符" in reason.zh


def test_codes_of_the_trials() -> None:
    """Codes with M000 were given before the standard; their holder has to ask for another."""
    front = _code("9", "1", "350200", "M0000000")[:17]
    reason = explain("uscc", front + ("0" if mod_31(front) != "0" else "1"))
    assert reason is not None
    assert "试点期间" in reason.zh


@pytest.mark.parametrize("code", ["91110000600037341L", "12100000400000624D", "11100000MB03271699"])
def test_published_codes(code: str) -> None:
    """Codes that public bodies print on their pages."""
    assert uscc.validate(code) == code


@given(codes)
def test_made_codes_pass(code: str) -> None:
    """Every combination that the standard allows is taken, A, N and Y in front too."""
    assert uscc.validate(code, strict=True) == code
    assert uscc.get_department(code).zh
    assert uscc.get_region(code) == code[2:8]
    assert organisation_code.is_compact(uscc.get_organisation_code(code))


@given(codes.filter(lambda code: code[0] not in "ANY"))
def test_stdnum_takes_ours(code: str) -> None:
    """stdnum wants a digit in front (its rule, not the standard's), and otherwise agrees."""
    assert oracle.validate(code) == code


@given(st.text(ALPHABET_31, min_size=18, max_size=18) | codes.map(lambda code: code[:17] + "0"))
def test_what_stdnum_refuses_we_refuse(text: str) -> None:
    """We check more than stdnum (the kind of body), never less."""
    if uscc.is_valid(text) and text[0] not in "ANY":
        assert oracle.is_valid(text)


@given(codes, st.data())
def test_one_wrong_character_is_caught(code: str, data: st.DataObject) -> None:
    """31 is a prime and no weight is a multiple of it, so every single substitution shows."""
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.characters(exclude_characters=code[place]))
    changed = code[:place] + other + code[place + 1 :]
    if uscc.compact(changed) != code:
        assert not uscc.is_valid(changed)


@given(codes, st.integers(0, 16))
def test_neighbours_exchanged_are_caught(code: str, place: int) -> None:
    """Neighbouring weights differ by more than a multiple of 31."""
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert changed == code or not uscc.is_valid(changed)


def test_parts() -> None:
    """The parts come in both languages; a kind that the standard does not list is no fault."""
    assert uscc.get_kind("11330105002500287C") == uscc.get_kind("1133 0105 0025 0028 7c")
    assert uscc.get_kind(_code("9", "7", "330106", "MA000000")) is None
    with pytest.raises(InvalidIdentifier):
        uscc.get_region("11330105002500287D")
