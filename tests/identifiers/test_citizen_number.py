"""Citizen numbers: computed ones only, nobody's."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from mulu.identifiers import InvalidIdentifier, explain
from mulu.identifiers.cn import citizen_number
from mulu.identifiers.iso7064 import mod_11_2

regions = st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)
days = st.dates(date(1800, 1, 1), date(2099, 12, 31))
sequences = st.from_regex(r"[0-9]{3}", fullmatch=True)


def _number(region: str, day: date, sequence: str) -> str:
    front = f"{region}{day:%Y%m%d}{sequence}"
    return front + mod_11_2(front)


numbers = st.builds(_number, regions, days, sequences)


@pytest.mark.parametrize(
    ("text", "position", "zh"),
    [
        ("440524188001010015", 18, "第 18 位校验码应为 4，实际为 5"),
        ("440524188001010000", 16, "Excel 只保留 15 位数字"),
        ("44052418800101O014", 15, "请把字母 O 改为数字 0"),
        ("44052418800101001A", 18, "第 18 位应为数字或 X"),
        ("040524188001010014", 1, "第 1 位应为数字 1 至 9"),
        ("440524178001010014", 7, "第 7 至 10 位应为 1800 至 2099 的年份"),
        ("440524188013010014", 11, "第 11 至 12 位应为月份 01 至 12"),
        ("440524188102290014", 13, "第 13 至 14 位的日子在该月不存在"),
        ("110105491331002", 9, "第 9 至 10 位应为月份 01 至 12"),
        ("110105490229002", 11, "第 11 至 12 位的日子在该月不存在"),
        ("11010549123100A", 15, "第 15 位应为数字"),
        ("110105********002X", 7, "已被遮盖"),
        ("1101051949123100", None, "应为 18 或 15 位，实际为 16 位"),
        ("4.40524E+17", None, "科学计数法"),
        ("11010519491231002x", 18, "“x”应写成“X”"),
        ("110105 19491231002X", 7, "多余的 U+0020"),
        ("110105-19491231-002X", None, "应为 18 或 15 位，实际为 20 位"),
    ],
)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the characters and tells what to do."""
    reason = explain("citizen-number", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@given(numbers)
def test_made_numbers_pass(number: str) -> None:
    """A number is right whatever its region: those of a birth may be gone, which stdnum does not forgive."""
    assert citizen_number.validate(number, strict=True) == number
    assert number[-1] == ric.calc_check_digit(number)
    assert citizen_number.get_birth_date(number) == ric.get_birth_date(number)
    assert citizen_number.get_region(number) == number[:6]
    assert citizen_number.get_sex(number) == ("1" if number[16] in "13579" else "2")
    assert not citizen_number.is_old(number)


@given(st.dates(date(1990, 1, 1), date(2020, 12, 31)), sequences, st.sampled_from("0123456789X"))
def test_stdnum_agrees_where_it_knows_the_county(day: date, sequence: str, check: str) -> None:
    """For a county that existed at the birth, both take and refuse the same numbers."""
    number = f"330106{day:%Y%m%d}{sequence}{check}"
    assert citizen_number.is_valid(number) == ric.is_valid(number)


@given(numbers, st.data())
def test_one_wrong_digit_is_caught(number: str, data: st.DataObject) -> None:
    """ISO 7064 MOD 11-2 promises that every single substitution is found."""
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from("0123456789X").filter(lambda digit: digit != number[place]))
    assert not citizen_number.is_valid(number[:place] + other + number[place + 1 :])


@given(numbers, st.integers(0, 16))
def test_neighbours_exchanged_are_caught(number: str, place: int) -> None:
    """ISO 7064 MOD 11-2 promises that too."""
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert changed == number or not citizen_number.is_valid(changed)


@given(regions, st.dates(date(1900, 1, 1), date(1999, 12, 31)), sequences)
def test_old_numbers(region: str, day: date, sequence: str) -> None:
    """Old numbers have no check character, but a date of the 1900s."""
    number = f"{region}{day:%y%m%d}{sequence}"
    assert citizen_number.validate(number) == number
    assert citizen_number.is_old(number)
    assert citizen_number.get_birth_date(number) == day
    assert citizen_number.get_sex(number) == ("1" if number[-1] in "13579" else "2")


def test_parts_of_a_wrong_number() -> None:
    """Parts are only given of numbers that are right."""
    with pytest.raises(InvalidIdentifier):
        citizen_number.get_birth_date("440524188001010015")
