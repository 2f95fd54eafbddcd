"""Dates known to the year, month, day or instant."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.identifiers import explain, partial_date


@pytest.mark.parametrize(
    ("text", "position", "zh"),
    [
        ("0000", 1, "第 1 至 4 位应为年份 0001 至 9999，实际为 0000"),
        ("2018-00", 6, "第 6 至 7 位应为月份 01 至 12，实际为 00"),
        ("2018-06-31", 9, "第 9 至 10 位应为日 01 至 30，实际为 31"),
        ("2019-02-29", 9, "应为日 01 至 28"),
        ("1900-02-29", 9, "应为日 01 至 28"),
        ("2018-6-1", None, "请写成 2018-06-01"),
        ("2018/06/01", None, "请写成 2018-06-01"),
        ("2018.6", None, "请写成 2018-06"),
        ("2018年", None, "请写成 2018"),
        ("2018年6月", None, "请写成 2018-06"),
        ("2018 年 6 月 1 日", None, "请写成 2018-06-01"),
        ("20180601", None, "请写成 2018-06-01"),
        ("201806", None, "请写成 2018-06"),
        ("43252", None, "Excel 的日期序号；请把单元格设为日期格式，多半是 2018-06-01"),
        ("43252.5", None, "Excel 的日期序号"),
        ("1527811200000", None, "毫秒数；请写成日期，北京时间为 2018-06-01"),
        ("18-06-01", None, "不是日期"),
        ("2018-06-01T", 12, "应写成 08:00:00+08:00 的样子"),
        ("2018-06-01T08:00Z", 12, "应写成 08:00:00+08:00 的样子"),
        ("2018-06-01T08:00:00", 20, "没有时区"),
        ("2018-06-01T24:00:00Z", 12, "应为小时 00 至 23，实际为 24"),
        ("2018-06-01T08:60:00Z", 15, "应为分钟 00 至 59，实际为 60"),
        ("2018-06-01T08:00:60Z", 18, "应为秒 00 至 59，实际为 60"),
        ("2018-06-01T08:00:00+24:00", 21, "应为时区的小时 00 至 23，实际为 24"),
        ("2018-06-01T08:00:00.5+08:60", 26, "应为时区的分钟 00 至 59，实际为 60"),
        ("2018-06-01 08:00:00+08:00", 11, "第 11 位应为字母 T，实际为空白"),
        ("2018-06-01t08:00:00Z", 11, "“t”应写成“T”"),
        ("２０18", 1, "“２”（U+FF12）应写成“2”"),
        ("2018-06-01\n", 11, "多余的 U+000A"),
        ("٢٠١٨", None, "不是日期"),
    ],
)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the characters and, where it is clear, what to write."""
    reason = explain("partial-date", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@pytest.mark.parametrize(
    "text",
    [
        "2018-06-01T08:00:00Z",
        "2018-06-01T08:00:00.123456789-00:00",
        "2016-12-31T23:59:60Z",
        "2017-01-01T07:59:60+08:00",
        "2000-02-29",
    ],
)
def test_what_rfc_3339_allows(text: str) -> None:
    """Long fractions, the unknown zone and leap seconds are allowed."""
    assert partial_date.is_compact(text)


@given(st.dates())
def test_every_day_passes(day: date) -> None:
    """All days that Python's calendar has, at each precision."""
    text = day.isoformat()
    assert all(partial_date.is_compact(text[:length]) for length in (4, 7, 10))
    assert partial_date.get_first_day(text) == partial_date.get_last_day(text) == day
    assert partial_date.get_first_day(text[:7]) == day.replace(day=1)
    assert partial_date.get_first_day(text[:4]) == day.replace(month=1, day=1)
    assert partial_date.get_last_day(text[:4]) == day.replace(month=12, day=31)
    if day.year < 9999:
        assert (partial_date.get_last_day(text[:7]) + timedelta(days=1)).day == 1


@given(st.datetimes(timezones=st.timezones()))
def test_every_instant_passes(instant: datetime) -> None:
    """What Python writes is an instant, unless its zone has seconds (RFC 3339 has none)."""
    text = instant.isoformat()
    offset = instant.utcoffset()
    assert offset is not None
    assert partial_date.is_compact(text) is (offset.total_seconds() % 60 == 0)


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_no_other_day_passes(text: str) -> None:
    """What Python's calendar lacks is refused."""
    try:
        date.fromisoformat(text)
    except ValueError:
        assert not partial_date.is_valid(text)
    else:
        assert partial_date.is_valid(text)


@pytest.mark.parametrize(("text", "precision"), [("2018", "year"), ("2018-06", "month"), ("2018-06-01", "day")])
def test_precision(text: str, precision: str) -> None:
    """The shape tells what is known."""
    assert partial_date.get_precision(text) == precision
    assert partial_date.get_precision("2018-06-01T08:00:00Z") == "instant"
