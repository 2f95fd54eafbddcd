"""Citizen number (公民身份号码, GB 11643-1999), and the 15-digit one before it (GB 11643-1989).

    18 characters                            15 digits (cards expired at the end of 2012, data still has them)
    1 to 6    region of first registration   1 to 6    region of first registration
    7 to 14   date of birth, YYYYMMDD        7 to 12   date of birth, YYMMDD, of the 1900s
    15 to 17  sequence, odd for men          13 to 15  sequence, odd for men
    18        check, ISO 7064 MOD 11-2       -         no check character

Issued by the public security authorities for life. The region is checked for its shape only: many codes
that were right at a birth have since been abolished. Official text:
https://openstd.samr.gov.cn/bzgk/gb/newGbInfo?hcno=080D6FBF2BB468F9007657F26D60013E

The reasons never quote the date or the sequence: they tell who somebody is.

>>> from mulu.identifiers import explain
>>> validate("11010519491231002x")
'11010519491231002X'
>>> validate("110105491231002")
'110105491231002'
>>> print(explain(FORMAT, "440524188001010015"))
character 18, the check character, should be 4 but is 5; compare with the document
>>> print(explain(FORMAT, "44052418800230001O"))
character 18 should be a digit or X but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "440524188013010014"))
characters 11 and 12 should be a month from 01 to 12; compare with the document
>>> print(explain(FORMAT, "440524188002300014"))
characters 13 and 14 are a day that this month did not have; compare with the document
>>> print(explain(FORMAT, "1.10105E+17"))
Excel turned it into scientific notation and lost digits; set the cell to text and enter it again
>>> print(explain(FORMAT, "110105********002X"))
character 7 is masked (*), so the number cannot be checked; take it from the source
>>> print(explain(FORMAT, "1101051949123100"))
it should have 18 or 15 characters but has 16; look for missing or extra ones
>>> print(explain(FORMAT, "11010519491231002x"))
only its spelling is wrong: character 18 is “x”, write “X”
"""

from datetime import date

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.iso7064 import mod_11_2
from mulu.identifiers.spelling import (
    DIGITS,
    asked,
    plain,
    refuse_length,
    refuse_others,
    refuse_spelling,
    refuse_spoiled,
)

FORMAT = "citizen-number"


def compact(text: str) -> str:
    """Return the number half width and in upper case, without white space."""
    return plain(text)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact number or raise `InvalidIdentifier`; if `strict`, also where `text` is not so."""
    number = compact(text)
    refuse_spoiled(number)
    _refuse_masked(number)
    if len(number) not in (15, 18):
        refuse_length(number, "18 or 15")
    refuse_others(number, "123456789", "数字 1 至 9", "a digit from 1 to 9", stop=1)
    refuse_others(number, DIGITS, "数字", "a digit", stop=17)
    refuse_others(number, DIGITS + "X", "数字或 X", "a digit or X", start=18)
    _refuse_date(number)
    if len(number) == 18:
        _refuse_check_character(number)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the number as cards print it: without separators."""
    return compact(text)


def complete(text: str) -> str:
    """Return the number of the 17 digits before its check character.

    >>> complete("11010519491231002")
    '11010519491231002X'
    """
    return text + mod_11_2(text)


def is_old(text: str) -> bool:
    """Whether the number is one of the 15-digit ones."""
    return len(validate(text)) == 15


def get_region(text: str) -> str:
    """Return the 6 digits of the region of first registration, as it was called then (GB/T 2260)."""
    return validate(text)[:6]


def get_birth_date(text: str) -> date:
    """Return the date of birth.

    >>> get_birth_date("110105491231002")
    datetime.date(1949, 12, 31)
    """
    number = validate(text)
    digits = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def get_sex(text: str) -> str:
    """Return the code of GB/T 2261.1: "1" for men, "2" for women.

    >>> get_sex("11010519491231002X")
    '2'
    """
    number = validate(text)
    return "1" if int(number[16 if len(number) == 18 else 14]) % 2 else "2"


def _refuse_masked(number: str) -> None:
    if "*" in number:
        position = number.index("*") + 1
        raise InvalidIdentifier(
            f"第 {position} 位已被遮盖（*），无法核对；请从原始数据取完整的号码",
            f"character {position} is masked (*), so the number cannot be checked; take it from the source",
            position,
        )


def _refuse_date(number: str) -> None:
    short = len(number) == 15
    year = f"19{number[6:8]}" if short else number[6:10]
    first = 9 if short else 11
    month, day = int(number[first - 1 : first + 1]), int(number[first + 1 : first + 3])
    if not "1800" <= year <= "2099":
        raise _wrong_date(
            "第 7 至 10 位应为 1800 至 2099 的年份",
            "characters 7 to 10 should be a year from 1800 to 2099",
            7,
        )
    if not 1 <= month <= 12:
        raise _wrong_date(
            f"第 {first} 至 {first + 1} 位应为月份 01 至 12",
            f"characters {first} and {first + 1} should be a month from 01 to 12",
            first,
        )
    try:
        date(int(year), month, day)
    except ValueError:
        raise _wrong_date(
            f"第 {first + 2} 至 {first + 3} 位的日子在该月不存在",
            f"characters {first + 2} and {first + 3} are a day that this month did not have",
            first + 2,
        ) from None


def _wrong_date(zh: str, en: str, position: int) -> InvalidIdentifier:
    return InvalidIdentifier(f"{zh}；请对照证件核对", f"{en}; compare with the document", position)


def _refuse_check_character(number: str) -> None:
    wanted = mod_11_2(number[:17])
    if number[17] == wanted:
        return
    if number.endswith("000"):
        raise InvalidIdentifier(
            "校验码不符，且末三位都是零：Excel 只保留 15 位数字；请把单元格设为文本后重新填写",
            "the check fails and it ends in three zeros: Excel keeps 15 digits; set the cell to text, enter it again",
            16,
        )
    raise InvalidIdentifier(
        f"第 18 位校验码应为 {wanted}，实际为 {number[17]}；请对照证件核对",
        f"character 18, the check character, should be {wanted} but is {number[17]}; compare with the document",
        18,
    )
