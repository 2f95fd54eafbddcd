"""Date known to the year, month, day or instant (ISO 8601-1, GB/T 7408.1; the instant as in RFC 3339).

    YYYY                        year, 0001 to 9999
    YYYY-MM                     month
    YYYY-MM-DD                  day, which the calendar must have
    YYYY-MM-DDThh:mm:ss+08:00   instant; a fraction of a second may follow the seconds, Z stands for +00:00

Texts: https://www.rfc-editor.org/rfc/rfc3339, and GB/T 7408.1-2023 at https://openstd.samr.gov.cn

>>> from mulu.identifiers import explain
>>> validate("2018"), validate("2018-06"), validate("2018-06-01"), validate("2018-06-01T08:00:00+08:00")
('2018', '2018-06', '2018-06-01', '2018-06-01T08:00:00+08:00')
>>> validate("2018-06-01 08:00:00z")
'2018-06-01T08:00:00Z'
>>> print(explain(FORMAT, "2018年6月1日"))
a date is written YYYY, YYYY-MM or YYYY-MM-DD; write 2018-06-01
>>> print(explain(FORMAT, "20180601"))
a date is written YYYY, YYYY-MM or YYYY-MM-DD; write 2018-06-01
>>> print(explain(FORMAT, "43252"))
this is how Excel counts days; format the cell as a date, most likely 2018-06-01
>>> print(explain(FORMAT, "1527811200000"))
this counts milliseconds since 1970; write the date, in Beijing 2018-06-01
>>> print(explain(FORMAT, "2018.1"))
this may be January, or October of which a workbook dropped the zero; write 2018-01 or 2018-10
>>> print(explain(FORMAT, "2018-13"))
characters 6 and 7 should be a month from 01 to 12 but are 13
>>> print(explain(FORMAT, "2019-02-29"))
characters 9 and 10 should be a day from 01 to 28 but are 29
>>> print(explain(FORMAT, "2018-06-01T08:00:00"))
the time has no zone; add +08:00, or leave the time out
>>> print(explain(FORMAT, "2018-06-01T25:00:00Z"))
characters 12 and 13 should be an hour from 00 to 23 but are 25
>>> print(explain(FORMAT, "长期"))
this is no date; write it as 2018, 2018-06 or 2018-06-01
>>> print(explain(FORMAT, " 2018-06"))
only its spelling is wrong: character 1 is a superfluous U+0020, remove it
"""

import calendar
import re
from datetime import date, timedelta

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.spelling import LONGEST, asked, half_width, is_blank, plain, refuse_spelling

FORMAT = "partial-date"

_SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T(.*))?)?)?", re.DOTALL)
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))?")
_LOOSE = re.compile(r"([0-9]{4})[年./-]([0-9]{1,2})(?:[月./-](?:([0-9]{1,2})日?)?)?|([0-9]{4})年")
# Two long numbers with a dash between may be a span of years; a day is a day.
_DASHED = re.compile(r"([0-9]{4})[\u2010-\u2015\u2212]([0-9]{1,2})[\u2010-\u2015\u2212]([0-9]{1,2})")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
_ZERO_LOST = re.compile(r"[0-9]{4}\.1")
_BEIJING = 8 * 3600


def compact(text: str) -> str:
    """Return the date half width, with T and Z in upper case, and T for blanks between date and time."""
    half = half_width(text)
    if len(half) > LONGEST:
        return text
    start, stop = 0, len(half)
    while start < stop and is_blank(half[start]):
        start += 1
    while stop > start and is_blank(half[stop - 1]):
        stop -= 1
    day, rest = half[start:stop][:10], half[start:stop][10:]
    if rest and is_blank(rest[0]) and len(plain(day)) == 10:
        return plain(f"{plain(day)}T{rest}")
    return plain(day + rest)


def rewritten(text: str) -> str | None:
    """Return the date as it should be written, if there is no doubt which it is.

    >>> rewritten("2021年6月8日"), rewritten("２０２１/6"), rewritten("2021—6—8"), rewritten("6/8/2021")
    ('2021-06-08', '2021-06', '2021-06-08', None)
    >>> rewritten("2021—12"), rewritten("2021.1")
    (None, None)
    """
    number = compact(text)
    return number if is_valid(number) else _written(number)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact date or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    shape = _SHAPE.fullmatch(number)
    if shape is None:
        raise _misshapen(number)
    year, month, day, time = shape.groups()
    _refuse_range(year, 1, 9999, 1, "年份", "a year")
    if month:
        _refuse_range(month, 1, 12, 6, "月份", "a month")
    if day:
        _refuse_range(day, 1, calendar.monthrange(int(year), int(month))[1], 9, "日", "a day")
    if time is not None:
        _refuse_time(time)
    if strict:
        _refuse_blank(text, number)
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the date as ISO 8601 writes it."""
    return compact(text)


def get_precision(text: str) -> str:
    """Return what the date is known to: year, month, day or instant.

    >>> get_precision("2018-06")
    'month'
    """
    return {4: "year", 7: "month", 10: "day"}.get(len(validate(text)), "instant")


def get_first_day(text: str) -> date:
    """Return the first day that is meant; of an instant, the day in its own zone.

    >>> get_first_day("2018")
    datetime.date(2018, 1, 1)
    """
    number = validate(text)
    return date.fromisoformat((number + "-01-01"[len(number) - 4 :])[:10])


def get_last_day(text: str) -> date:
    """Return the last day that is meant; of an instant, the day in its own zone.

    >>> get_last_day("2018-02")
    datetime.date(2018, 2, 28)
    """
    first = get_first_day(text)
    precision = get_precision(text)
    if precision == "year":
        return first.replace(month=12, day=31)
    if precision == "month":
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first


def _refuse_range(digits: str, low: int, high: int, position: int, zh: str, en: str) -> None:
    if low <= int(digits) <= high:
        return
    width = len(digits)
    last = position + width - 1
    joint = "and" if width == 2 else "to"
    raise InvalidIdentifier(
        f"第 {position} 至 {last} 位应为{zh} {low:0{width}} 至 {high:0{width}}，实际为 {digits}",
        f"characters {position} {joint} {last} should be {en} from {low:0{width}} to {high:0{width}} but are {digits}",
        position,
    )


def _refuse_time(time: str) -> None:
    shape = _TIME.fullmatch(time)
    if shape is None:
        raise InvalidIdentifier(
            "第 12 位起的时间应写成 08:00:00+08:00 的样子，或只写日期",
            "the time from character 12 on is written as in 08:00:00+08:00; or write the date alone",
            12,
        )
    hour, minute, second, sign, zone_hour, zone_minute = shape.groups()
    _refuse_range(hour, 0, 23, 12, "小时", "an hour")
    _refuse_range(minute, 0, 59, 15, "分钟", "a minute")
    if sign is None and not time.endswith("Z"):
        raise InvalidIdentifier(
            "时间没有时区；请加上 +08:00，或只写日期",
            "the time has no zone; add +08:00, or leave the time out",
            11 + len(time) + 1,
        )
    if sign:
        _refuse_range(zone_hour, 0, 23, 11 + len(time) - 4, "时区的小时", "an hour of the zone")
        _refuse_range(zone_minute, 0, 59, 11 + len(time) - 1, "时区的分钟", "a minute of the zone")
    # RFC 3339, 5.7: second 60 exists only as a leap second, the last one of a day in UTC.
    shift = int(f"{sign}1") * (int(zone_hour) * 60 + int(zone_minute)) if sign else 0
    leap = (int(hour) * 60 + int(minute) - shift) % 1440 == 1439
    _refuse_range(second, 0, 60 if leap else 59, 18, "秒", "a second")


def _refuse_blank(text: str, number: str) -> None:
    if len(number) > 10 and len(text) > 10 and number[:11] == f"{text[:10]}T" and is_blank(text[10]):
        raise InvalidIdentifier(
            "第 11 位应为字母 T，实际为空白；日期与时间之间用 T 连接",
            "character 11 should be the letter T but is a blank; T joins date and time",
            11,
        )


def _misshapen(number: str) -> InvalidIdentifier:
    if not number:
        return InvalidIdentifier("是空的；请填写，或删去该项", "it is empty; fill it in, or leave it out")
    written = _written(number)
    if written:
        return InvalidIdentifier(
            f"日期的写法是 YYYY、YYYY-MM 或 YYYY-MM-DD；请写成 {written}",
            f"a date is written YYYY, YYYY-MM or YYYY-MM-DD; write {written}",
        )
    if _ZERO_LOST.fullmatch(number):
        year = number[:4]
        return InvalidIdentifier(
            f"可能是 1 月，也可能是表格软件丢了末尾 0 的 10 月；请写成 {year}-01 或 {year}-10",
            f"this may be January, or October of which a workbook dropped the zero; write {year}-01 or {year}-10",
        )
    if re.fullmatch(r"(?:2[1-9]|[3-7][0-9])[0-9]{3}(?:\.[0-9]+)?", number):
        day = date(1899, 12, 30) + timedelta(days=int(number[:5]))
        return InvalidIdentifier(
            f"这是 Excel 的日期序号；请把单元格设为日期格式，多半是 {day}",
            f"this is how Excel counts days; format the cell as a date, most likely {day}",
        )
    if re.fullmatch(r"[0-9]{12,13}", number):
        day = date(1970, 1, 1) + timedelta(seconds=int(number) // 1000 + _BEIJING)
        return InvalidIdentifier(
            f"这是 1970 年以来的毫秒数；请写成日期，北京时间为 {day}",
            f"this counts milliseconds since 1970; write the date, in Beijing {day}",
        )
    return InvalidIdentifier(
        "不是日期；请写成 2018、2018-06 或 2018-06-01 的样子",
        "this is no date; write it as 2018, 2018-06 or 2018-06-01",
    )


def _written(number: str) -> str | None:
    """Return the right way to write a date that is written another way; `None` if that is not clear."""
    if _ZERO_LOST.fullmatch(number):
        return None
    if dashed := _DASHED.fullmatch(number):
        number = "-".join(dashed.groups())
    if loose := _LOOSE.fullmatch(number):
        year, month, day, alone = loose.groups()
        parts = [alone or year, month, day]
    elif digits := _DIGITS.fullmatch(number):
        parts = list(digits.groups())
    else:
        return None
    written = "-".join(part.zfill(2) for part in parts if part)
    return written if is_valid(written) else None
