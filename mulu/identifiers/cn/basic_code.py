"""Basic code of a government service item (基本编码, GB/T 39554.1-2020).

    1 to 2     province     00 national, else the first two digits of GB/T 2260; 66 and 83 besides
    3 to 4     type         01 to 10 powers, 20 public service; provinces number further ones
    5 to 6     department   the ministry that guides the item
    7 to 9     main item    主项
    10 to 12   sub-item     子项; 000 where there is none

Given by whoever keeps the basic catalog, and the same for all bodies that carry the item out. The split was
worked out from published codes, the standard's own text could not be read; departments and items are
therefore held to their shape alone. Older provincial codes have 10 or 16 characters.

>>> from mulu.identifiers import explain
>>> validate(" 3701 1700 2011")
'370117002011'
>>> get_parts("000172149001")
BasicCode(province='00', type='01', department='72', main='149', sub='001')
>>> print(explain(FORMAT, "990117002011"))
characters 1 and 2, the province, are 99, which is none; 00 stands for national items
>>> print(explain(FORMAT, "370017002011"))
characters 3 and 4, the type, are 00; 01 is a licence, 20 a public service
>>> print(explain(FORMAT, "37O117002011"))
character 3 should be a digit but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "72149001"))
it should have 12 characters but has 8; Excel may have dropped leading zeros
>>> print(explain(FORMAT, "11100000MB032716991000115035000"))
31 characters are an implementation code; the basic code is its characters 20 to 31
>>> print(explain(FORMAT, "370117-002011"))
only its spelling is wrong: character 7 is a superfluous “-”, remove it
"""

from dataclasses import dataclass

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.spelling import (
    DIGITS,
    asked,
    plain,
    refuse_length,
    refuse_others,
    refuse_spelling,
    refuse_spoiled,
)

FORMAT = "service-basic-code"

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Those of GB/T 2260, 00 for national items, 66 for the corps in Xinjiang, 83 for Taiwan (71 in GB/T 2260).
_PROVINCES = frozenset(
    "00 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
    "50 51 52 53 54 61 62 63 64 65 66 71 81 82 83".split()
)


@dataclass(frozen=True, slots=True)
class BasicCode:
    """The parts of a code; `sub` is 000 where the item has no sub-items."""

    province: str
    type: str
    department: str
    main: str
    sub: str


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space and hyphens."""
    return plain(text, hyphens=True)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if len(number) != 12:
        _refuse_length(number)
    refuse_parts(number)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code as guides print it: without separators."""
    return compact(text)


def get_parts(text: str) -> BasicCode:
    """Return province, type, department, main item and sub-item."""
    number = validate(text)
    return BasicCode(number[:2], number[2:4], number[4:6], number[6:9], number[9:])


def refuse_parts(number: str, offset: int = 0) -> None:
    """Raise for the first part that is wrong in the 12 characters of `number` after `offset` others."""
    refuse_others(number, DIGITS, "数字", "a digit", start=offset + 1, stop=offset + 4)
    refuse_others(number, _ALPHABET, "数字或大写字母", "a digit or capital letter", start=offset + 5, stop=offset + 12)
    first, province, kind = offset + 1, number[offset : offset + 2], number[offset + 2 : offset + 4]
    if province not in _PROVINCES:
        raise InvalidIdentifier(
            f"第 {first} 至 {first + 1} 位是省份，没有 {province}；国家通用的事项为 00",
            f"characters {first} and {first + 1}, the province, are {province}, which is none;"
            " 00 stands for national items",
            first,
        )
    if kind == "00":
        raise InvalidIdentifier(
            f"第 {first + 2} 至 {first + 3} 位是事项类型，不应为 00；01 为行政许可，20 为公共服务",
            f"characters {first + 2} and {first + 3}, the type, are 00; 01 is a licence, 20 a public service",
            first + 2,
        )


def _refuse_length(number: str) -> None:
    if len(number) in (31, 33):
        kind_zh, kind_en = ("实施编码", "an implementation") if len(number) == 31 else ("业务办理项编码", "a handling")
        raise InvalidIdentifier(
            f"这是 {len(number)} 位的{kind_zh}；基本编码是其中第 20 至 31 位",
            f"{len(number)} characters are {kind_en} code; the basic code is its characters 20 to 31",
        )
    if 8 <= len(number) < 12 and set(number) <= set(DIGITS):
        refuse_length(number, "12", "可能被 Excel 去掉了开头的 0", "Excel may have dropped leading zeros")
    refuse_length(number, "12")
