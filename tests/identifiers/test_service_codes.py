"""Codes of government service items: basic, implementation and handling code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.identifiers import InvalidIdentifier, explain
from mulu.identifiers.cn import basic_code, handling_code, implementation_code, organisation_code, uscc
from mulu.identifiers.cn.basic_code import BasicCode
from mulu.identifiers.cn.handling_code import HandlingCode
from mulu.identifiers.cn.implementation_code import ImplementationCode
from mulu.identifiers.iso7064 import ALPHABET_31, mod_31

BODY = "11370800MB28559184"
PROVINCES = "00 11 15 21 31 33 37 43 44 46 50 54 61 65 66 71 81 82 83".split()


def _body(kind: str, region: str, body: str) -> str:
    front = kind + region + body + organisation_code.check_character(body)
    return front + mod_31(front)


bodies = st.builds(
    _body,
    st.sampled_from(["11", "12", "13", "91", "N2", "Y1"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET_31, min_size=8, max_size=8),
)
basics = st.builds(
    "{}{}{}".format,
    st.sampled_from(PROVINCES),
    st.integers(1, 99).map("{:02}".format),
    st.text("0123456789", min_size=8, max_size=8),
)
levels = st.sampled_from("1234567")

wrong = [
    ("service-basic-code", "990117002011", 1, "没有 99；国家通用的事项为 00"),
    ("service-basic-code", "370017002011", 3, "第 3 至 4 位是事项类型，不应为 00"),
    ("service-basic-code", "37O117002011", 3, "请把字母 O 改为数字 0"),
    ("service-basic-code", "370117-002011", 7, "多余的 “-”"),
    ("service-basic-code", "3701170020.1", 11, "第 11 位应为数字或大写字母，实际为“.”"),
    ("service-basic-code", "172149001", None, "可能被 Excel 去掉了开头的 0"),
    ("service-basic-code", "XK12345001", None, "应为 12 位，实际为 10 位；请核对有无漏写或多写"),
    ("service-basic-code", f"{BODY}3370117002011", None, "这是 31 位的实施编码；基本编码是其中第 20 至 31 位"),
    ("service-basic-code", f"{BODY}337011700201101", None, "这是 33 位的业务办理项编码"),
    ("service-basic-code", "3.70117E+11", None, "科学计数法"),
    ("service-implementation-code", f"{BODY[:17]}53370117002011", 18, "第 18 位校验码应为 4，实际为 5"),
    ("service-implementation-code", f"{BODY}8370117002011", 19, "第 19 位是行使层级，应为数字 1 至 7，实际为“8”"),
    ("service-implementation-code", f"{BODY}0370117002011", 19, "实际为“0”"),
    ("service-implementation-code", f"{BODY}3990117002011", 20, "第 20 至 21 位是省份，没有 99"),
    ("service-implementation-code", f"{BODY}3370017002011", 22, "第 22 至 23 位是事项类型"),
    ("service-implementation-code", f"{BODY}33701170020?1", 30, "第 30 位应为数字或大写字母，实际为“?”"),
    ("service-implementation-code", "370117002011", None, "这是 12 位的基本编码"),
    ("service-implementation-code", f"{BODY}337011700201101", None, "这是 33 位的业务办理项编码"),
    ("service-implementation-code", "430100000000MB28559184XK0001", None, "应为 31 位，实际为 28 位"),
    ("service-implementation-code", f"{BODY} 3370117002011", 19, "多余的 U+0020"),
    ("service-implementation-code", f"{BODY[:8]}m{BODY[9:]}3370117002011", 9, "“m”应写成“M”"),
    ("service-handling-code", f"{BODY}3370117002011", None, "这是 31 位的实施编码；后面还应有两位办理项序号"),
    ("service-handling-code", f"{BODY}33701170020110A", 33, "第 33 位应为数字，实际为“A”"),
    ("service-handling-code", f"{BODY}3370117002011l1", 32, "请把字母 L 改为数字 1"),
    ("service-handling-code", f"{BODY}837011700201101", 19, "行使层级"),
    ("service-handling-code", f"{BODY}3370117002011-01", 32, "多余的 “-”"),
    ("service-handling-code", "370117002011", None, "应为 33 位，实际为 12 位"),
]


@pytest.mark.parametrize(("name", "text", "position", "zh"), wrong)
def test_position_and_reason(name: str, text: str, position: int | None, zh: str) -> None:
    """The reason names the character and tells what to do."""
    reason = explain(name, text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("11100000MB032716991000115035000", "1"),
        ("11100000MB0341032Y1000172149001", "1"),
        ("11370800MB285591843370117002011", "3"),
        ("11370800MB285591843370117002016", "3"),
        ("12441500196720244T3442199806003", "3"),
    ],
)
def test_published_codes(code: str, level: str) -> None:
    """Codes that official pages hold, taken apart: each part is right by its own rules."""
    assert implementation_code.validate(code, strict=True) == code
    parts = implementation_code.get_parts(code)
    assert parts == ImplementationCode(code[:18], level, code[19:])
    assert uscc.is_compact(parts.body) and basic_code.is_compact(parts.basic)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("000172149001", ("00", "01", "72", "149", "001")),
        ("002072029000", ("00", "20", "72", "029", "000")),
        ("370117002011", ("37", "01", "17", "002", "011")),
        ("442199806003", ("44", "21", "99", "806", "003")),
    ],
)
def test_parts_of_a_basic_code(code: str, parts: tuple[str, str, str, str, str]) -> None:
    """Types above 20 are those that provinces added."""
    assert basic_code.get_parts(code) == BasicCode(*parts)


def test_parts_of_a_handling_code() -> None:
    """The implementation code stands in front, whatever the spelling."""
    parts = handling_code.get_parts("11100000mb0341032y 1 000172149001-01")
    assert parts == HandlingCode("11100000MB0341032Y1000172149001", "01")
    with pytest.raises(InvalidIdentifier):
        handling_code.get_parts("11100000MB0341032Y1000172149001")


@given(bodies, levels, basics, st.integers(0, 99))
def test_made_codes_pass(body: str, level: str, basic: str, serial: int) -> None:
    """What is put together of right parts is right."""
    implementation = body + level + basic
    handling = f"{implementation}{serial:02}"
    assert basic_code.validate(basic, strict=True) == basic
    assert implementation_code.validate(implementation, strict=True) == implementation
    assert handling_code.validate(handling, strict=True) == handling
    assert handling_code.get_parts(handling) == HandlingCode(implementation, f"{serial:02}")


@given(bodies, levels, basics, st.data())
def test_a_wrong_character_in_the_body_is_caught(body: str, level: str, basic: str, data: st.DataObject) -> None:
    """The body's own check characters see every single substitution."""
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from(ALPHABET_31.replace(body[place], "")))
    changed = body[:place] + other + body[place + 1 :]
    assert not implementation_code.is_valid(changed + level + basic)
    assert not handling_code.is_valid(changed + level + basic + "01")
