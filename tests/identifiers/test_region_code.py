"""Codes of administrative divisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.identifiers import explain
from mulu.identifiers.cn import region_code


@pytest.mark.parametrize(
    ("text", "position", "zh"),
    [
        ("33", None, "应为 6、9 或 12 位，实际为 2 位；请补 0，如 330000"),
        ("3301", None, "请补 0，如 330100"),
        ("3301061", None, "实际为 7 位"),
        ("030106", 1, "第 1 位应为数字 1 至 9"),
        ("33O106", 3, "请把字母 O 改为数字 0"),
        ("33010六", 6, "实际为“六”（U+516D）"),
        ("330106.0", 7, "多出了小数点"),
        ("3.30106E+11", None, "科学计数法"),
        ("330106\t", 7, "多余的 U+0009"),
        ("33-01-06", 3, "第 3 位应为数字，实际为“-”"),
    ],
)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the character and tells what to do."""
    reason = explain("region-code", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@pytest.mark.parametrize(
    ("code", "level", "ancestors"),
    [
        ("330000", "province", []),
        ("110000000000", "province", []),
        ("330100", "prefecture", ["330000"]),
        ("330106", "county", ["330000", "330100"]),
        ("469001", "county", ["460000", "469000"]),
        ("330106109", "township", ["330000", "330100", "330106"]),
        ("330106109000", "township", ["330000", "330100", "330106"]),
        ("330106109001", "village", ["330000", "330100", "330106", "330106109"]),
    ],
)
def test_level_and_ancestors(code: str, level: str, ancestors: list[str]) -> None:
    """The zeros at the end tell the level, in short and in long codes."""
    assert region_code.get_level(code) == level
    assert region_code.get_ancestors(code) == ancestors


@given(st.from_regex(r"[1-9][0-9]{5}([0-9]{3}){0,2}", fullmatch=True))
def test_only_the_shape_counts(code: str) -> None:
    """Which divisions exist changes every year; that is a rule, with dates."""
    assert region_code.validate(code, strict=True) == code
    assert all(region_code.is_compact(ancestor) for ancestor in region_code.get_ancestors(code))
