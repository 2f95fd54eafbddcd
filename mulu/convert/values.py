"""From a cell's content to a value of the standard: dates, numbers, codes and lists in the spellings that are met.

Each function returns the value, or raises `NotUnderstood`; nothing is guessed. What was read stays available to
the caller, which keeps the original spelling beside the value.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from mulu.convert.dates import duration_of, ends_of, in_digits, is_ongoing, may_be_behind, of_english
from mulu.pointer import Json
from mulu.standard import CodeList

Cell = str | int | float | bool | date | datetime | time | None | list[Json] | dict[str, Json]

# The portals and exports in question are kept in Beijing time; an instant becomes the day it was there.
_BEIJING = timezone(timedelta(hours=8))
_FILLER = re.compile(r"[\s\u3000\u00a0\ufeff\u200b]+")
_SOLID = re.compile(r"[^\s\u3000\u00a0\ufeff\u200b]")
_YMD = re.compile(r"([0-9]{4})(?:年|[-./])([0-9]{1,2})(?:月|[-./])([0-9]{1,2})(?:日|(?![0-9]))(.*)", re.DOTALL)
# With dots nobody writes the month first.
_DMY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?![0-9.])")
_UTC_MIDNIGHT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]16:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)")
"""Midnight in Beijing as programs write it that keep their times in UTC: eight hours, and a day, before."""
_LETTER = re.compile(r"(?:[0-9]{1,2}[^0-9/:]*)?[A-Za-z]{3}")
_YM = re.compile(r"([0-9]{4})(?:年|[-./])([0-9]{1,2})月?")
_Y = re.compile(r"([0-9]{4})年?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6}(?:[0-9]{3})?)?")
_YEAR_MONTH = re.compile(r"([0-9]{4})\.([0-9]{1,2})")
_ZERO_LOST = re.compile(r"[0-9]{4}\.1")
_OPENING = re.compile("[(（]")
_CLOSING = re.compile("[)）]")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_LONGEST_DATE = 200
_LONGEST_DITTO = 12
_AROUND = "'\"‘’“”。.,;"
"""What may stand around a date."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_SPACED = re.compile(r"[+-]? ?[0-9]{1,3}(?: [0-9]{3})*(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
LIST_SEPARATORS = (",", "，", ";", "；")
"""What separates the values of a cell where a mapping does not say."""

NUMBERED = "numbered"
"""In place of separators: one value a line, each behind its number, `1.`, `2、`, `（3）` or `④`."""
_INLINE_ORDINAL = re.compile(
    r"(?:[;；。，,]\s*+|(?<=[)）》”])|(?<!\s)\s++)((?:[(（]?[0-9]{1,3}(?:[)）、．]|[.](?![0-9]))|[①-⑳]))\s*"
)
_ORDINAL = re.compile(r"^(?:[(（]?[0-9]{1,3}(?:[)）、．]|[.](?![0-9]))|[①-⑳])\s*")


class _Words(NamedTuple):
    """What stands in `values.toml`."""

    yes: frozenset[str]
    no: frozenset[str]
    doubts: tuple[str, ...]
    ditto: frozenset[str]
    hours: tuple[str, ...]


@cache
def _words() -> _Words:
    told = tomllib.loads((Path(__file__).parent / "values.toml").read_text(encoding="utf-8"))
    ditto = frozenset(map(_as_ditto, told["ditto"]))
    return _Words(frozenset(told["yes"]), frozenset(told["no"]), tuple(told["doubts"]), ditto, tuple(told["hours"]))


class NotUnderstood(ValueError):
    """The content has no reading as the wanted value; what is said of it is for whoever asked to say."""


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing: empty, only white space, or a list or object of nothing."""
    if isinstance(cell, str):
        # Most texts begin with a letter or digit, and to see that takes a third of a search.
        return not cell[:1].isalnum() and _SOLID.search(cell) is None
    if not isinstance(cell, (list, dict)):
        return cell is None
    waiting: list[Json] = [cell]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list | dict):
            waiting.extend(item.values() if isinstance(item, dict) else item)
        elif not is_blank(item):
            return False
    return True


def is_ditto(cell: Cell) -> bool:
    """Whether a cell stands for the content of the one above it (同上, 〃, ditto).

    >>> is_ditto("（同 上）"), is_ditto("同上级单位")
    (True, False)
    """
    return type(cell) is str and len(cell) <= _LONGEST_DITTO and _stands_for_above(cell)


@lru_cache(maxsize=10_000)
def _stands_for_above(text: str) -> bool:
    return _as_ditto(text) in _words().ditto


def _as_ditto(text: str) -> str:
    return _FILLER.sub("", text.casefold()).strip("()（）[]【】。—-")


def tells_hours(text: str) -> bool:
    """Whether a text says when somebody can be reached."""
    return any(word in text for word in _words().hours)


def as_text(cell: Cell) -> str:
    """Return the content as text, without the white space around it.

    A whole number loses the `.0` that a workbook adds; a date is written as in ISO 8601.
    """
    if isinstance(cell, str):
        return cell.strip("\t\r\n \u3000\u00a0\ufeff\u200b")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, list | dict):
        raise NotUnderstood
    return "" if cell is None else str(cell)


def as_identifier(cell: Cell) -> str:
    """Return a code as text: half width, upper case, without white space (GB 32100 codes come with tabs and spaces)."""
    return _FILLER.sub("", unicodedata.normalize("NFKC", as_text(cell))).upper()


def as_date(cell: Cell, *, date_1904: bool = False) -> str:
    """Return a date as `YYYY-MM-DD`, or as `YYYY-MM` or `YYYY` where no more is said (ISO 8601-1, GB/T 7408.1).

    Reads dates of a workbook, its serial numbers, `2018-6-1`, `2018/6/1`, `2018.6.1`, `2018年6月1日`, `20180601`,
    `1.6.2018`, `2018.5`, and what `in_digits` and `of_english` read, with or without weekday and time of day, and the
    milliseconds or seconds of Unix time. 2018.1 is refused, as a text too: the cell may have said 2018.10, of which a
    workbook and the CSV that it writes keep no zero; and so is 20181, which is a month rather than a day in 1955.

    A text is the day that it says, but for midnight in Beijing that was written in UTC: that is the day which began
    then. A number says no day, and is the one that it was in Beijing.
    """
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool | time | list | dict):
        raise NotUnderstood
    if isinstance(cell, int | float):
        return _date_of_number(cell, date_1904)
    text = _short(cell).strip(_AROUND)
    text = re.sub(r"\s*([年月日/.-])\s*", r"\1", text)
    if match := _UTC_MIDNIGHT.fullmatch(text):
        return _next_day(_day(*match.groups()))
    if not text.isascii():
        text = in_digits(text) or text
    elif _LETTER.match(text):
        text = of_english(text) or text
    elif match := _DMY.match(text):
        text = f"{match[3]}-{match[2]}-{match[1]}{text[match.end() :]}"
    if match := _YMD.fullmatch(text):
        year, month, number, behind = match.groups()
        day = _day(year, month, number)
        if behind and not may_be_behind(behind, day):
            raise NotUnderstood
        return day
    if match := _COMPACT.fullmatch(text):
        return _day(*match.groups())
    if (match := _YM.fullmatch(text)) and not _ZERO_LOST.fullmatch(text):
        return _month(*match.groups())
    if match := _Y.fullmatch(text):
        return _year(match.group(1))
    if text.isascii() and text.isdecimal():
        return _date_of_number(int(text), date_1904)
    raise NotUnderstood


def _short(cell: Cell) -> str:
    """Return the text of a date or period in half width; raises `NotUnderstood` for one that is too long for any.

    Of a text without bounds the patterns take time with the square of its length, and Python makes no number.
    """
    text = as_text(cell)
    if len(text) > _LONGEST_DATE:
        raise NotUnderstood
    return unicodedata.normalize("NFKC", text)


def _date_of_number(number: int | float, date_1904: bool) -> str:
    if isinstance(number, float) and not number.is_integer():
        if 21_000 <= number < 80_000:
            return _serial(number, date_1904)
        match = _YEAR_MONTH.fullmatch(repr(number))
        if match is None or _ZERO_LOST.fullmatch(match.group()):
            raise NotUnderstood
        return _month(*match.groups())
    whole = int(number)
    if 21_000 <= whole < 80_000:
        return _serial(whole, date_1904)
    if match := _COMPACT.fullmatch(str(whole)):
        return _day(*match.groups())
    if 10**11 <= whole < 10**13:
        return datetime.fromtimestamp(whole / 1000, tz=UTC).astimezone(_BEIJING).date().isoformat()
    if 10**8 <= whole < 10**11 // 20:
        return datetime.fromtimestamp(whole, tz=UTC).astimezone(_BEIJING).date().isoformat()
    if 1900 <= whole < 2100:
        return _year(str(whole))
    raise NotUnderstood


def _serial(number: int | float, date_1904: bool) -> str:
    """Return the day of a workbook's serial number (ECMA-376 part 1, 18.17.4.1)."""
    epoch = date(1904, 1, 1) if date_1904 else date(1899, 12, 30)
    return (epoch + timedelta(days=int(number))).isoformat()


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise NotUnderstood from None


def _next_day(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except OverflowError:
        raise NotUnderstood from None


def _month(year: str, month: str) -> str:
    if not 1 <= int(month) <= 12:
        raise NotUnderstood
    return f"{year}-{int(month):02d}"


def _year(year: str) -> str:
    if not 1900 <= int(year) < 2100:
        raise NotUnderstood
    return year


def is_day(text: str) -> bool:
    """Whether a text is a day or month and says so by more than digits."""
    if text.isdecimal() or not ("年" in text or (text[-1:].isdigit() and text.strip().lstrip(_AROUND)[:1].isnumeric())):
        return False
    try:
        return len(as_date(text)) > len("YYYY")
    except NotUnderstood:
        return False


def as_period(cell: Cell) -> tuple[str, str | None]:
    """Return the first and last day of “2019/01/01-2020/12/31”, “2019年至2020年” or “2019年至今”, or a start alone."""
    text = _short(cell)
    parts = ends_of(text)
    if len(parts) == 1 and (match := re.fullmatch(r"(.*[0-9日月年])\s*-\s*([0-9]{4}.*)", text)):
        parts = list(match.groups())
    if len(parts) == 1 or is_ongoing(parts[1]):
        return as_date(parts[0]), None
    return as_date(parts[0]), as_date(parts[1])


def as_start(cell: Cell) -> str:
    """Return the first day of a period; see `as_period`."""
    return as_period(cell)[0]


def as_end(cell: Cell) -> str:
    """Return the last day of a period; raises `NotUnderstood` if it has none yet."""
    end = as_period(cell)[1]
    if end is None:
        raise NotUnderstood
    return end


def as_amount(cell: Cell) -> int:
    """Return how many units a duration in ISO 8601 has, if it has one of them: 20 of P20D."""
    return _duration(cell)[0]


def as_unit_of_time(cell: Cell) -> str:
    """Return the unit of a duration in ISO 8601 of one unit: `year`, `month`, `day`, `hour` or `minute`."""
    return _duration(cell)[1]


def _duration(cell: Cell) -> tuple[int, str]:
    found = duration_of(_short(cell))
    if found is None:
        raise NotUnderstood
    return found


def as_number(cell: Cell, scale: float | None = None) -> int | float:
    """Return a number, from text too; thousands separators are read, units are not.

    `scale` turns the source's unit into the standard's.
    """
    if isinstance(cell, bool | date | time | list | dict):
        raise NotUnderstood
    if isinstance(cell, int | float):
        value: int | float = cell
    else:
        text = _FILLER.sub(" ", unicodedata.normalize("NFKC", as_text(cell))).strip()
        # Blanks stand between thousands and beside a separator; two numbers beside each other are none.
        text = re.sub(r" ?, ?", ",", text.replace(" ", "") if _SPACED.fullmatch(text) else text)
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if not _NUMBER.fullmatch(text) or len(text) > 400:
            raise NotUnderstood
        value = float(text) if "." in text else int(text)
    if scale is not None:
        value = round(value * scale, 9)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def as_integer(cell: Cell, scale: float | None = None) -> int:
    """Return a whole number; raises `NotUnderstood` if there is a fraction."""
    value = as_number(cell, scale)
    if isinstance(value, float):
        raise NotUnderstood
    return value


def as_boolean(cell: Cell) -> bool:
    """Return whether the cell says yes (是, 有, true, √ …) or no."""
    if isinstance(cell, bool):
        return cell
    text = as_text(cell).casefold()
    if text in _words().yes:
        return True
    if text in _words().no:
        return False
    raise NotUnderstood


def as_email(cell: Cell) -> str:
    """Return an address without the spaces that stand in it."""
    text = "".join(unicodedata.normalize("NFKC", as_text(cell)).split())
    if text.count("@") != 1:
        raise NotUnderstood
    return text


def as_list(cell: Cell, separators: Sequence[str]) -> list[str]:
    """Return the values in a cell that holds several, without repetitions, in their order.

    Takes JSON and Python lists, `[a,b]` without quotes, and text with the given separators. The mark `、` stands
    inside real values (“水利、环境和公共设施管理业”) and separates only where a mapping says so. What stands in a pair
    of round brackets is not cut: “科技局（一处、二处）、财政局” are two.
    """
    if isinstance(cell, list):
        if any(isinstance(item, list | dict) for item in cell):
            raise NotUnderstood
        parts = [as_text(item) for item in cell]
    else:
        text = as_text(cell)
        if text.startswith("[") and text.endswith("]"):
            parts = _of_printed_list(text[1:-1])
        else:
            parts = _of_numbered_lines(text) if NUMBERED in separators else [text]
            for separator in separators or LIST_SEPARATORS:
                if separator != NUMBERED:
                    parts = [piece for part in parts for piece in _split(part, separator)]
    return list(dict.fromkeys(stripped for part in parts if (stripped := as_text(part))))


def _of_numbered_lines(text: str) -> list[str]:
    """Return what stands behind the numbers of lines; a line that counts on from 1, `1.甲；2.乙`, holds several."""
    parts: list[str] = []
    for line in map(str.strip, text.splitlines()):
        found = _ORDINAL.match(line)
        start = found.end() if found else 0
        marks: list[re.Match[str]] = []
        if found and _digits(found[0]) == 1:
            for mark in _INLINE_ORDINAL.finditer(line, start):
                if _digits(mark[1]) == len(marks) + 2:
                    marks.append(mark)
        for mark in marks:
            parts.append(line[start : mark.start()])
            start = mark.end()
        parts.append(line[start:])
    return parts


def _digits(mark: str) -> int:
    """Return the number that stands in a mark such as `2、`, `（2）` or `②`."""
    return int("".join(unicodedata.normalize("NFKC", character) for character in mark if character.isdigit()) or 0)


def _split(text: str, separator: str) -> list[str]:
    """Return the parts of a text; a separator in a pair of round brackets, both on one line, is none."""
    pieces = text.split(separator)
    if len(pieces) == 1 or _OPENING.search(text) is None or separator == "\n":
        return pieces
    parts: list[str] = []
    held: list[str] = []
    depth = 0
    for piece in pieces:
        held.append(piece)
        _, is_new_line, line = piece.rpartition("\n")
        depth = max(0, (0 if is_new_line else depth) + len(_OPENING.findall(line)) - len(_CLOSING.findall(line)))
        if not depth:
            parts.append(separator.join(held))
            held = []
    # A bracket that nothing closes holds nothing together.
    return parts + held


def _of_printed_list(text: str) -> list[str]:
    """Return the elements of a printed list, `'xls', 'api'` or `xls,api`."""
    quoted = _QUOTED.findall(text)
    if quoted and not _QUOTED.sub("", text).strip(" ,"):
        return [one or other for one, other in quoted]
    return text.split(",")


def as_code(text: str, codes: CodeList, decode: Callable[[str], str | None]) -> str:
    """Return the code that `text` stands for: as this platform numbers it (`decode`), else by label or alias."""
    found = decode(text) or codes.find(text)
    if found is None:
        raise NotUnderstood
    return found


_NUMBERED_NAME = re.compile(r"\(?([0-9]{1,3})(\)?\s*[-—_.、:)]\s*|\s+)([^0-9].+)", re.DOTALL)
_REMARKED = re.compile(r"([^(\[【〔:,;。\n]+)([(\[【〔:,;。\n].+)", re.DOTALL)
_MOST_LABELS = 1_000


def as_noted_code(text: str, codes: CodeList, decode: Callable[[str], str | None]) -> tuple[str, str]:
    """Return the code of a text that says more than its name, and the remark behind the name, or nothing.

    Before the name may stand a number (`1-无条件共享`), if it is no other code; behind it a remark (`每年（春天）`),
    unless that names another code or takes something back (除…外, 部分, 暂). Raises `NotUnderstood` if it is not so.
    """
    plain = unicodedata.normalize("NFKC", as_text(text))
    bare = plain.strip("()[]【】〔〕「」 ")
    if not bare.isdecimal() and (code := codes.find(bare)) is not None:
        return code, ""
    if match := _NUMBERED_NAME.fullmatch(plain):
        number, mark, name = match.groups()
        code = codes.find(name)
        forms = (number, number.lstrip("0"))
        others = {one for form in forms for one in (decode(form), codes.find(form))} - {None}
        others |= {one.code for one in codes.codes if one.fields.get("notation") in forms}
        # 3 季度 is no code with its name.
        is_code = bool(mark.strip()) or number[0] == "0" or bool(others)
        if code is not None and is_code and others <= {code}:
            return code, ""
    if (match := _REMARKED.fullmatch(plain)) and len(codes.labels) <= _MOST_LABELS:
        name, remark = match.groups()
        code = codes.find(name)
        named = {codes.find(label) for label in codes.labels if len(label) > 1 and label in remark}
        if (
            code is not None
            and not name.isdecimal()
            and not any(doubt in remark for doubt in _words().doubts)
            and named <= {code}
        ):
            return code, remark
    raise NotUnderstood


def by_vocabulary(text: str, codes: CodeList, separators: Sequence[str]) -> list[str]:
    """Cut a text into labels that the list knows, longest first; what lies between may only be separators.

    Raises `NotUnderstood` if anything else is left over.
    """
    if (whole := codes.find(text)) is not None:
        return [whole]
    marks = "".join(separators) or "、,，;；|/ \t\r\n"
    found = []
    rest = text.strip(marks)
    while rest:
        label = next((label for label in codes.labels if rest.startswith(label)), None)
        code = codes.find(label) if label else None
        tail = rest[len(label) :] if label else ""
        if code is None or label is None or (tail and tail[0] not in marks):
            raise NotUnderstood
        found.append(code)
        rest = tail.lstrip(marks)
    if not found:
        raise NotUnderstood
    return list(dict.fromkeys(found))
