"""How a cell is read, by the spellings that departments and portals write; what is doubtful has no reading."""

from datetime import UTC, date, datetime, time

import pytest

from mulu.convert import values
from mulu.convert.values import NUMBERED, NotUnderstood
from mulu.standard import load

CYCLES = load().codes["update-cycle"]
TYPES = load().codes["format-type"]

READ = {
    values.as_text: [
        (" \u3000甲 乙\u00a0\ufeff\u200b\t\r\n", "甲 乙"),
        (True, "true"),
        (False, "false"),
        (3.0, "3"),
        (3.5, "3.5"),
        (1e15, "1000000000000000.0"),
        (999_999_999_999_999.0, "999999999999999"),
        (datetime(2018, 6, 1), "2018-06-01"),
        (datetime(2018, 6, 1, 8, 30), "2018-06-01 08:30:00"),
        (date(2018, 6, 1), "2018-06-01"),
        (time(8, 30), "08:30:00"),
        (None, ""),
        (12, "12"),
        ([], None),
        ({"a": 1}, None),
    ],
    values.as_identifier: [(" １１43-01 00ｍb ", "1143-0100MB"), (12.0, "12"), ("乙\u200b 甲", "乙甲")],
    values.as_date: [
        (datetime(2018, 6, 1, 23, 59), "2018-06-01"),
        (date(2018, 6, 1), "2018-06-01"),
        ("2018-6-1", "2018-06-01"),
        ("2018/06/01", "2018-06-01"),
        ("2018.6.1", "2018-06-01"),
        ("1.6.2018", "2018-06-01"),
        ("01.06.2018 08:30", "2018-06-01"),
        ("２０１８年６月１日", "2018-06-01"),
        ("2018 年 6 月 1 日", "2018-06-01"),
        ("‘2018-6-1’。", "2018-06-01"),
        ("2018-06-01 08:30:00", "2018-06-01"),
        ("2018-06-01T08:30:00Z", "2018-06-01"),
        ("20180601", "2018-06-01"),
        ("20180601083000", "2018-06-01"),
        ("20180601083000123", "2018-06-01"),
        ("二〇一八年六月一日", "2018-06-01"),
        ("二○一八年十二月廿五日", "2018-12-25"),
        ("二零一八年二月二十日", "2018-02-20"),
        ("2018年六月1号", "2018-06-01"),
        ("二〇一八年〇六月", "2018-06"),
        ("二〇一八年", "2018"),
        ("二〇一八年六月二五日", None),
        ("二〇一八年十六月", None),
        ("2018年6月三一日", None),
        ("民國107年6月1日", "2018-06-01"),
        ("中華民國一百零七年六月一日", "2018-06-01"),
        ("民国 107.6.1", "2018-06-01"),
        ("民國一〇七年6月", "2018-06"),
        ("民國元年1月1日", "1912-01-01"),
        ("民國189年1月1日", None),
        ("令和元年6月1日", "2019-06-01"),
        ("平成30年6月1日", "2018-06-01"),
        ("平成32年6月1日", None),
        ("公元2018年6月1日", "2018-06-01"),
        ("107年6月1日", None),
        ("107/6/1", None),
        ("2018年6月1日 星期五", "2018-06-01"),
        ("2018年6月1日（周五）上午9时30分", "2018-06-01"),
        ("2018-06-01 Fri", "2018-06-01"),
        ("2018/6/1 下午3点半", "2018-06-01"),
        ("2018-06-01 08:30:00 PM", "2018-06-01"),
        ("二〇一八年六月一日上午九时三十分", "2018-06-01"),
        ("2018年6月1日 星期四", None),
        ("1 June 2018", "2018-06-01"),
        ("June 1st, 2018 9:30 am", "2018-06-01"),
        ("01-Jun-2018", "2018-06-01"),
        ("Fri, 01 Jun 2018 02:03:04 GMT", "2018-06-01"),
        ("Fri Jun 01 10:12:13 CST 2018", "2018-06-01"),
        ("Sept. 2018", "2018-09"),
        ("Thu, 01 Jun 2018", None),
        ("31 June 2018", None),
        ("1-Jun-18", None),
        ("June 2018 or later", None),
        ("06/01/2018", None),
        ("Fri, 06/01/2018 - 10:12", "2018-06-01"),
        ("Fri, 01/06/2018", "2018-06-01"),
        ("Thu, 01/01/2015", "2015-01-01"),
        ("Sun, 06/01/2018", None),
        ("2018-06-01 已停用", None),
        ("2018-06-01 2019-06-01", None),
        ("2018年6月1日起", None),
        ("6月1日", None),
        ("2018年第一季度", None),
        ("18.6.1", None),
        ("2018年6月", "2018-06"),
        ("2018.12", "2018-12"),
        ("2018年", "2018"),
        ("2018", "2018"),
        ("43252", "2018-06-01"),
        (43252, "2018-06-01"),
        (43252.75, "2018-06-01"),
        (21000, "1957-06-29"),
        (20999, None),
        (20181, None),
        ("20181", None),
        (79999, "2119-01-10"),
        (80000, None),
        (21000.5, "1957-06-29"),
        (20999.5, None),
        (80000.5, None),
        (100_000_000, "1973-03-03"),
        (500_000_000, "1985-11-05"),
        (20180601, "2018-06-01"),
        (20181301, None),
        (2018, "2018"),
        (1899, None),
        (1900, "1900"),
        (2099, "2099"),
        (2100, None),
        (2018.5, "2018-05"),
        (2018.11, "2018-11"),
        (2018.1, None),
        ("2018.1", None),
        ("2018.01", "2018-01"),
        ("2018.10", "2018-10"),
        ("2018.2", "2018-02"),
        ("2018.1月", "2018-01"),
        (2018.13, None),
        # 2018-06-01T00:00:00+08:00 in milliseconds and in seconds: still the day before in London.
        (1527782400000, "2018-06-01"),
        (1527782400, "2018-06-01"),
        (100_000_000_000, "1973-03-03"),
        (4_999_999_999, "2128-06-11"),
        (5_000_000_000, None),
        (99_999_999, None),
        (10_000_000_000_000, None),
        ("2018-2-29", None),
        ("2018-13", None),
        ("2018-0", None),
        ("1899年", None),
        ("2100年", None),
        ("6/1/2018", None),
        ("长期", None),
        (True, None),
        (time(8), None),
        (["2018"], None),
        ({"a": "2018"}, None),
    ],
    values.as_period: [
        ("2019/01/01-2020/12/31", ("2019-01-01", "2020-12-31")),
        ("2019年至2020年", ("2019", "2020")),
        ("2019年1月到2020年2月", ("2019-01", "2020-02")),
        ("2019~2020", ("2019", "2020")),
        ("2019—2020", ("2019", "2020")),
        ("2019-01-01--2020-01-01", ("2019-01-01", "2020-01-01")),
        ("2019-01-01 - 2020-01-01", ("2019-01-01", "2020-01-01")),
        ("2019年至今", ("2019", None)),
        ("2019年至现在", ("2019", None)),
        ("2019年", ("2019", None)),
        ("长期", None),
        ("2019至未来", None),
    ],
    values.as_start: [("2019年至2020年", "2019"), ("无", None)],
    values.as_end: [("2019年至2020年", "2020"), ("2019年至今", None)],
    values.as_number: [
        ("1 234", 1234),
        (" 12\u3000", 12),
        ("1， 234", 1234),
        ("10 2", None),
        ("1 2345", None),
        (3, 3),
        (3.0, 3),
        (3.5, 3.5),
        (2.0**60, 2.0**60),
        ("１,２３４．５", 1234.5),
        ("1,234,567", 1234567),
        ("12,34", None),
        ("-0.50", -0.5),
        ("+7", 7),
        (" 1 000 ", 1000),
        ("7.0", 7),
        ("10条", None),
        ("1e5", None),
        ("", None),
        ("9" * 400, int("9" * 400)),
        ("9" * 401, None),
        (True, None),
        (date(2018, 6, 1), None),
        (time(8), None),
        ([1], None),
        ({}, None),
    ],
    values.as_integer: [("12", 12), (12.0, 12), ("12.5", None), (12.5, None)],
    values.as_boolean: [
        (True, True),
        (False, False),
        *((text, True) for text in ("是", "有", "真", "TRUE", "yes", "Y", "√", "✓", "☑", "对", " 是 ")),
        *((text, False) for text in ("否", "无", "没有", "假", "False", "NO", "n", "×", "✗", "☐", "不")),
        ("也许", None),
        ("", None),
    ],
    values.as_email: [(" a @b.cn ", "a@b.cn"), ("ａ＠b.cn", "a@b.cn"), ("a.b.cn", None), ("a@b@c", None)],
}


@pytest.mark.parametrize(
    ("function", "cell", "wanted"),
    [(function, cell, wanted) for function, cases in READ.items() for cell, wanted in cases],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_cell_is_read_as_what_it_says(function, cell, wanted):
    """Nothing is guessed: what could be two things is left as it stands."""
    if wanted is None:
        with pytest.raises(NotUnderstood):
            function(cell)
    else:
        found = function(cell)
        assert found == wanted and type(found) is type(wanted)


def test_a_workbook_may_count_its_days_from_1904():
    """The same number is another day there."""
    assert (
        values.as_date(43252, date_1904=True) == "2022-06-02"
        and values.as_date(0.5 + 43252, date_1904=True) == "2022-06-02"
    )
    assert values.as_date("43252", date_1904=True) == "2022-06-02"


def test_a_unit_of_the_source_becomes_that_of_the_standard():
    """Megabytes become gigabytes, ten thousands ones, without the noise of binary fractions."""
    assert values.as_number("512", 0.0009765625) == 0.5 and values.as_integer("1.2", 10000) == 12000
    assert values.as_number("0.1", 3) == 0.3 and isinstance(values.as_number("3", 1000), int)


@pytest.mark.parametrize(
    ("cell", "blank"),
    [
        ("", True),
        (" \u3000\u00a0\ufeff\u200b\n", True),
        ("0", False),
        (None, True),
        (0, False),
        (False, False),
        ([], True),
        ({"a": ["", None, {"b": " "}]}, True),
        ({"a": ["", 0]}, False),
    ],
)
def test_what_holds_nothing_is_blank(cell, blank):
    """White space of any kind, lists and objects of nothing; a zero is something."""
    assert values.is_blank(cell) is blank


@pytest.mark.parametrize(
    ("cell", "separators", "wanted"),
    [
        ("a,b，c;d；e", (), ["a", "b", "c", "d", "e"]),
        ("水利、环境, 水利、环境 ,", (), ["水利、环境"]),
        ("水利、环境", ("、",), ["水利", "环境"]),
        ("a|b、c", ("|", "、"), ["a", "b", "c"]),
        ("科技局（一处、二处）、财政局", ("、",), ["科技局（一处、二处）", "财政局"]),
        ("姓名(中文,全称(甲,乙)),年龄", (), ["姓名(中文,全称(甲,乙))", "年龄"]),
        ("a（b、c、d", ("、",), ["a（b", "c", "d"]),
        ("1) a、2) b", ("、",), ["1) a", "2) b"]),
        ("甲（一、\n二）、丙", ("\n", "、"), ["甲（一", "二）", "丙"]),
        (["a ", 3.0, None, "a"], (), ["a", "3"]),
        ('["a", "b,c"]', (), ["a", "b,c"]),
        ("['xls', 'api']", (), ["xls", "api"]),
        ("[xls, api]", (), ["xls", "api"]),
        ("[]", (), []),
        ("[a,b", (), ["[a", "b"]),
        ("a,b]", (), ["a", "b]"]),
        ("1、2、甲", (NUMBERED,), ["2、甲"]),
        ("['a' x]", (), ["'a' x"]),
        ("1.甲\n2、乙\n（3）丙\n④丁\n(5) 1.5 吨\n戊", (NUMBERED,), ["甲", "乙", "丙", "丁", "1.5 吨", "戊"]),
        ("1.5 吨", (NUMBERED,), ["1.5 吨"]),
        ("1.申请表；2.身份证复印件2份；3.照片", (NUMBERED,), ["申请表", "身份证复印件2份", "照片"]),
        ("（1）甲 （2）乙\n③丙", (NUMBERED,), ["甲", "乙", "丙"]),
        ("1.见表 3.其中；2.乙（第2、3条）", (NUMBERED,), ["见表 3.其中", "乙（第2、3条）"]),
        ("甲；2.乙", (NUMBERED,), ["甲；2.乙"]),
        ("1.5米；2.乙", (NUMBERED,), ["1.5米；2.乙"]),
        pytest.param(
            "1.甲" + " " * 200_000 + "乙", (NUMBERED,), ["甲" + " " * 200_000 + "乙"], id="blanks without end"
        ),
        ("受理→审查\n决定", (NUMBERED, "→"), ["受理", "审查", "决定"]),
        (None, (), []),
    ],
)
def test_a_cell_that_holds_several_values_is_cut(cell, separators, wanted):
    """JSON, lists as Python prints them, separators, numbered lines; each value once."""
    assert values.as_list(cell, separators) == wanted


@pytest.mark.parametrize(
    "text", ["一" * 200_000, "民国" + "一" * 200_000, "9" * 5_000 + "年", "9" * 5_000, "1一" * 100_000]
)
def test_a_text_longer_than_any_date_is_none(text):
    """It would take time with the square of its length, or be a number that Python does not make."""
    for read in (values.as_date, values.as_period):
        with pytest.raises(NotUnderstood):
            read(text)


def test_objects_are_no_list_of_values():
    """What has members is not made a text."""
    for cell in ([{"a": 1}], [["a"]]):
        with pytest.raises(NotUnderstood):
            values.as_list(cell, ())


def test_a_code_is_found_by_what_the_platform_calls_it_first():
    """A number of a platform goes before a label of the list; what neither knows is not read."""
    assert values.as_code("每年", CYCLES, {}.get) == "annual"
    assert values.as_code("每年", CYCLES, {"每年": "monthly"}.get) == "monthly"
    with pytest.raises(NotUnderstood):
        values.as_code("随缘", CYCLES, {}.get)


@pytest.mark.parametrize(
    ("text", "separators", "wanted"),
    [
        ("每年", (), ["annual"]),
        ("每年、每月", (), ["annual", "monthly"]),
        ("每年;每月|每日/每周 每年", (), ["annual", "monthly", "daily", "weekly"]),
        ("、每年，", (), ["annual"]),
        ("每年#每月", ("#",), ["annual", "monthly"]),
        ("每年#每月", (), None),
        ("每年、随缘", (), None),
        ("每年每月", (), None),
        ("", (), None),
    ],
)
def test_a_text_is_cut_into_the_labels_of_a_list(text, separators, wanted):
    """Labels alone, with separators between them: anything else is no such text."""
    if wanted is None:
        with pytest.raises(NotUnderstood):
            values.by_vocabulary(text, CYCLES, separators)
    else:
        assert values.by_vocabulary(text, CYCLES, separators) == wanted


def test_an_instant_is_the_day_that_it_was_in_beijing():
    """An export in seconds of Unix time does not move to the day before."""
    midnight = datetime(2018, 5, 31, 16, 0, tzinfo=UTC)
    assert values.as_date(int(midnight.timestamp())) == "2018-06-01"
    assert values.as_date(int(midnight.timestamp()) - 1) == "2018-05-31"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-05-31T16:00:00.000+0000", "2018-06-01"),
        ("2018-05-31T16:00:00Z", "2018-06-01"),
        ("2018-05-31 16:00:00+00:00", "2018-06-01"),
        ("2018-12-31T16:00Z", "2019-01-01"),
        ("2018-05-31T16:00:01Z", "2018-05-31"),
        ("2018-05-31T16:00:00", "2018-05-31"),
        ("2018-05-31T16:00:00-07:00", "2018-05-31"),
        ("2018-06-01T00:00:00+08:00", "2018-06-01"),
    ],
)
def test_midnight_in_beijing_that_is_written_in_utc_is_the_day_that_begins(text, day):
    """As its Unix time is; any other text is the day that it says."""
    assert values.as_date(text) == day


def test_the_day_after_the_last_one_is_none():
    with pytest.raises(values.NotUnderstood):
        values.as_date("9999-12-31T16:00:00Z")
