"""Organisation codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.identifiers import explain
from mulu.identifiers.cn import organisation_code

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
bodies = st.text(ALPHABET, min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("text", "position", "zh"),
    [
        ("002470171", 9, "第 9 位校验码应为 X，实际为 1"),
        ("O0247017X", 1, "第 1 位是字母 O，按校验码应为数字 0"),
        ("002A7?17X", 6, "第 6 位应为数字或大写字母，实际为“?”"),
        ("00247017A", 9, "第 9 位应为数字或 X"),
        ("0024701", None, "可能被 Excel 去掉了开头的 0"),
        ("00247017", None, "可能漏了末位校验码"),
        ("0024701777", None, "应为 9 位，实际为 10 位"),
        ("11330105002500287C", None, "统一社会信用代码；组织机构代码是其中第 9 至 17 位"),
        ("00247017-X", 9, "多余的 “-”"),
        ("00247017—X", 9, "多余的 “—”（U+2014）"),
        ("00247017x", 9, "“x”应写成“X”"),
    ],
)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the character and tells what to do."""
    reason = explain("organisation-code", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@given(bodies)
def test_made_codes_pass(body: str) -> None:
    """Every body has one check character."""
    code = body + organisation_code.check_character(body)
    assert organisation_code.validate(f"{code[:8]}—{code[8]}") == code
    assert organisation_code.get_body(code) == body
    assert organisation_code.format(code) == f"{body}-{code[8]}"
    assert [c for c in "0123456789X" if organisation_code.is_valid(body + c)] == [code[8]]


@given(bodies, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught(body: str, place: int, other: str) -> None:
    """Modulo 11, a substitution shows unless the two values differ by 11 or 22 (0 and B, say)."""
    changed = body[:place] + other + body[place + 1 :]
    if (ALPHABET.index(other) - ALPHABET.index(body[place])) % 11:
        assert not organisation_code.is_valid(changed + organisation_code.check_character(body))


@given(st.text(max_size=12))
def test_format_takes_anything(text: str) -> None:
    """Formatting checks nothing and hides nothing."""
    assert organisation_code.compact(organisation_code.format(text)) == organisation_code.compact(text)
