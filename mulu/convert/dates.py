"""Dates as people write them: in Chinese numerals, in the years of an era, with the weekday and a time behind them.

They become dates in digits, `2024年3月5日`; the words stand in `dates.toml`.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple


class _Words(NamedTuple):
    """What stands in `dates.toml`."""

    digits: dict[str, int]
    tens: dict[str, int]
    numeral: re.Pattern[str]
    """A number up to 199: hundreds, tens, units."""
    marked: re.Pattern[str]
    """A number before the mark of a year, month or day."""
    era: re.Pattern[str]
    eras: dict[str, tuple[int, int]]
    first_year: str
    weekdays: dict[str, int]
    behind: re.Pattern[str]
    """What may stand behind a day: a weekday, a time."""
    months: dict[str, int]
    named: re.Pattern[str]
    """A date in English, day or month first, or as Java prints it, with the year behind the time."""
    slashed: re.Pattern[str]
    """A weekday before numbers, of which the first is the day or the month."""
    until: tuple[str, ...]
    ongoing: frozenset[str]


_DURATION = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:0+(?:\.0+)?S)?)?"
)
_COMPONENTS = (("year", 1), ("month", 1), ("day", 7), ("day", 1), ("hour", 1), ("minute", 1))
UNITS_OF_TIME = tuple(dict.fromkeys(unit for unit, _ in _COMPONENTS))
"""The units of durations, by the names that a code list has them by."""


def duration_of(text: str) -> tuple[int, str] | None:
    """Return amount and unit of a duration in ISO 8601 that has one of them; `None` for all others.

    >>> duration_of("P20D"), duration_of("P0Y0M2W"), duration_of("P1M15D")
    ((20, 'day'), (14, 'day'), None)
    """
    found = _DURATION.fullmatch(text)
    parts = zip(found.groups(), _COMPONENTS, strict=True) if found else ()
    said = [(int(number) * times, unit) for number, (unit, times) in parts if number is not None and int(number)]
    return said[0] if len(said) == 1 else None


def duration_as_written(amount: int, unit: str) -> str:
    """Return a duration in ISO 8601 of one of `UNITS_OF_TIME`.

    >>> duration_as_written(20, "day"), duration_as_written(48, "hour")
    ('P20D', 'PT48H')
    """
    return f"P{'T' if unit in ('hour', 'minute') else ''}{amount}{unit[0].upper()}"


@cache
def _words() -> _Words:
    told = tomllib.loads((Path(__file__).parent / "dates.toml").read_text(encoding="utf-8"))
    digits = {character: value for value, characters in enumerate(told["digits"]) for character in characters}
    eras = {name: (base, last) for base, last, names in told["eras"] for name in names}
    weekdays = {name: number for number, names in enumerate(told["weekdays"]) for name in names}
    months = {name: number for number, names in enumerate(told["month_names"], start=1) for name in names}
    tens, hundred = "".join(told["tens"]), told["hundred"]
    unit = f"[{''.join(digits)}]"
    numerals = f"[{''.join(digits)}{tens}{hundred}]"
    hours, minutes, seconds, full, parts, zones = (
        _any(told[name]) for name in ("hours", "minutes", "seconds", "full", "parts", "zones")
    )
    number = rf"(?:[0-9]{{1,2}}|{numerals}{{1,3}})"
    clock = rf"{number}\s*{hours}(?:\s*{number}(?:\s*{minutes}(?:\s*{number}(?:[.,][0-9]+)?\s*{seconds}?)?)?)?{full}?"
    weekday = rf"(?:({_any(weekdays)})[.,]?\s*)"
    day, month, year = r"([0-9]{1,2})(?:st|nd|rd|th)?", rf"({_any(months)})", r"([0-9]{4})"
    return _Words(
        digits,
        told["tens"],
        re.compile(rf"(?:({unit})?({hundred}))?{told['digits'][0][1]}?(?:({unit})?([{tens}]))?({unit})?"),
        re.compile(rf"([0-9]+|{numerals}+)(年|月|日|{_any(told['days'])})"),
        re.compile(rf"({_any(eras)})\s*([0-9]{{1,4}}|{numerals}{{1,5}}|{told['first_year']})\s*(?=[年./-])"),
        eras,
        told["first_year"],
        weekdays,
        re.compile(
            rf"[\s,]*(?:[(\[]?({_any(weekdays)})[)\]]?)?[\sT,]*(?:{parts}?\s*{clock}\s*{parts}?|{parts})?"
            rf"\s*(?:{zones}|[+-][0-9]{{2}}:?(?:[0-9]{{2}})?)?",
            re.IGNORECASE,
        ),
        months,
        re.compile(
            rf"{weekday}?(?:{day}[\s.-]*{month}[\s.,-]*{year}|{month}[\s.-]*(?:{day}(?:,\s*|[\s-]+))?{year}"
            rf"|{month}\s+{day}\s+([0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s+(?:[a-z]{{3,4}}|[+-][0-9]{{4}}))?)\s+{year})"
            r"(?![0-9])(.*)",
            re.IGNORECASE | re.DOTALL,
        ),
        re.compile(rf"{weekday}([0-9]{{1,2}})/([0-9]{{1,2}})/{year}(?:\s*-)?(.*)", re.IGNORECASE | re.DOTALL),
        tuple(told["until"]),
        frozenset(told["ongoing"]),
    )


def in_digits(text: str) -> str | None:
    """Return a date that is written in words as one in digits, `None` if some of it has no reading.

    >>> in_digits("二〇二四年十二月廿五日"), in_digits("民國113年3月"), in_digits("2024年3月5号")
    ('2024年12月25日', '2024年3月', '2024年3月5日')
    """
    words = _words()
    if match := words.era.match(text):
        base, last = words.eras[match[1]]
        number = 1 if match[2] == words.first_year else _number(match[2], is_year=True)
        if number is None or not 1 <= number <= last:
            return None
        text = f"{base + number}{text[match.end() :]}"
    found: list[str] = []
    position = 0
    for match in words.marked.finditer(text):
        number = _number(match[1], is_year=match[2] == "年")
        if number is None:
            return None
        mark = match[2] if match[2] in "年月日" else "日"
        found += [text[position : match.start()], f"{number}{mark}"]
        position = match.end()
    return "".join((*found, text[position:]))


def of_english(text: str) -> str | None:
    """Return a date in English as `YYYY-MM-DD` or `YYYY-MM` with what stands behind it, `None` if it is none.

    Of numbers the weekday before them says which is the month; where it does not, there is no reading.

    >>> of_english("5 March 2024"), of_english("Mar 5, 2024 9:30"), of_english("Tue Mar 05 10:12:13 CST 2024")
    ('2024-03-05', '2024-03-05 9:30', '2024-03-05')
    >>> of_english("March 2024"), of_english("Thu, 09/01/2016 - 01:31"), of_english("Wed, 5 March 2024")
    ('2024-03', '2016-09-01 01:31', None)
    """
    words = _words()
    if match := words.slashed.fullmatch(text):
        weekday, first, second, year, behind = match.groups()
        pairs = {(first, second), (second, first)}
        days = [day for month, number in pairs if (day := _on(year, month, number, weekday)) is not None]
        return _with(days[0], behind) if len(days) == 1 else None
    match = words.named.fullmatch(text)
    if match is None:
        return None
    weekday, *parts, behind = match.groups()
    number, month, year = next(
        (day, month, year)
        for day, month, year in (parts[:3], (parts[4], parts[3], parts[5]), (parts[7], parts[6], parts[9]))
        if year is not None
    )
    month = str(words.months[month.lower()])
    if number is None:
        return _with(f"{year}-{int(month):02}", behind) if weekday is None else None
    day = _on(year, month, number, weekday)
    return None if day is None else _with(day, behind)


def _with(day: str, behind: str) -> str:
    return f"{day} {behind.strip()}" if behind.strip() else day


def _on(year: str, month: str, number: str, weekday: str | None) -> str | None:
    """Return a day, `None` if there is none or it is another weekday."""
    try:
        day = date(int(year), int(month), int(number))
    except ValueError:
        return None
    return day.isoformat() if weekday is None or _words().weekdays[weekday.lower()] == day.weekday() else None


def may_be_behind(text: str, day: str) -> bool:
    """Whether a text is what may stand behind a day, `YYYY-MM-DD`: its weekday, which must be right, and a time.

    >>> may_be_behind(" 星期二 上午9:30", "2024-03-05"), may_be_behind("星期三", "2024-03-05"), may_be_behind("起", "")
    (True, False, False)
    """
    match = _words().behind.fullmatch(text)
    if match is None:
        return False
    weekday = match[1]
    return weekday is None or _words().weekdays[weekday.lower()] == date.fromisoformat(day).weekday()


def ends_of(text: str) -> list[str]:
    """Return what stands before and behind a word such as 至, or the whole text."""
    return next((halves for mark in _words().until if len(halves := text.split(mark)) == 2), [text])


def is_ongoing(text: str) -> bool:
    """Whether the end of a period says that there is none yet."""
    return text.strip() in _words().ongoing


def _number(text: str, *, is_year: bool) -> int | None:
    words = _words()
    if text.isascii():
        return int(text)
    if all(character in words.digits for character in text):
        # 二四 is a year, and no day.
        if not is_year and len(text) > 1 and words.digits[text[0]]:
            return None
        return int("".join(str(words.digits[character]) for character in text))
    match = words.numeral.fullmatch(text)
    if match is None:
        return None
    hundreds, hundred, tens, ten, units = match.groups()
    if tens is not None and words.tens[ten] != 10:
        return None
    number = 100 * words.digits.get(hundreds, 1) if hundred else 0
    number += words.tens[ten] * words.digits.get(tens, 1) if ten else 0
    return number + words.digits.get(units, 0)


def _any(names: Iterable[str]) -> str:
    """Return a pattern for any of some words, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"
