"""Codes of information resources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.identifiers import explain
from mulu.identifiers.cn import resource_code
from mulu.identifiers.cn.resource_code import ResourceCode


@pytest.mark.parametrize(
    ("text", "position", "zh"),
    [
        ("BA6006/000218", 1, "第 1 位是类，应为 1（基础）、2（主题）或 3（部门），实际为“B”"),
        ("4001001/000218", 1, "实际为“4”"),
        ("/000218", 1, "实际为“/”"),
        ("00247017X/000709", 1, "开头是旧的组织机构代码"),
        ("71526726X", 1, "开头是旧的组织机构代码"),
        ("3O3084/000001", 2, "请把字母 O 改为数字 0"),
        ("303084/00000l", 13, "请把字母 L 改为数字 1"),
        ("303084/000/001", 11, "第 11 位应为数字，实际为“/”"),
        ("30308/000001", 6, "斜杠前只有 5 位"),
        ("303084122704/", 13, "斜杠后没有顺序码"),
        ("30701505003030050000000003", 27, "末尾缺少斜杠和顺序码"),
        ("303084122704_000001", 13, "第 13 位的“_”应为斜杠"),
        ("303084122704%2F000001", 13, "第 13 位的“%2F”应为斜杠"),
        ("303084122704\\000001", 13, "应为斜杠"),
        ("303084122704-000001", 13, "应为斜杠"),
        ("303084 122704/000001", 7, "多余的 U+0020"),
        ("303084122704／000001", 13, "“／”（U+FF0F）应写成“/”"),
        ("3.03084E+11", None, "科学计数法"),
    ],
)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the character and tells what to do."""
    reason = explain("resource-code", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("303084122704/000001", ("3", "03", "084", "122704", "000001")),
        ("303021070100/000003", ("3", "03", "021", "070100", "000003")),
        ("3070010370/000066", ("3", "07", "001", "0370", "000066")),
        ("105001/12", ("1", "05", "001", "", "12")),
    ],
)
def test_parts(text: str, parts: tuple[str, str, str, str, str]) -> None:
    """Codes from real catalogs, taken apart."""
    assert resource_code.get_parts(text) == ResourceCode(*parts)


@given(st.from_regex(r"[1-3][0-9]{5,20}/[0-9]{1,12}", fullmatch=True))
def test_every_code_of_the_shape_passes(code: str) -> None:
    """The guide fixes the shape, not which classes there are, and neither length."""
    parts = resource_code.get_parts(code)
    classification = parts.category + parts.division + parts.group + parts.subgroup
    assert f"{classification}/{parts.sequence}" == code
