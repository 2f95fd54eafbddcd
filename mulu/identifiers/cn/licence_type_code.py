"""Code of a type of electronic licence (证照类型代码, GB/T 36904-2018).

    1 to 18    defining body   unified social credit code of the body that defines the type (证照定义机构)
    19 to 21   serial number   3 digits, numbered by that body

A ministry defines most types for the whole country, a city those of its own. The code goes into the identifier
of every licence of the type. Official text: GB/T 36904-2018 at https://openstd.samr.gov.cn

>>> from mulu.identifiers import explain
>>> validate(" 11100000000013338w011")
'11100000000013338W011'
>>> print(explain(FORMAT, "11100000000013338W"))
the 3 digits of the type are missing after the 18 of the body that defines it
>>> print(explain(FORMAT, "11100000000013338W01"))
it should have 21 characters but has 20; 18 for the defining body, 3 digits for the type
>>> print(explain(FORMAT, "11100000000013338W0l1"))
character 20 should be a digit but is “L”; write the digit 1 for the letter L
>>> print(explain(FORMAT, "11100000000013338X011"))
character 18, which checks the body at 1 to 17, should be W but is X
>>> print(explain(FORMAT, "11100000000013338W 011"))
only its spelling is wrong: character 19 is a superfluous U+0020, remove it
"""

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.cn import uscc
from mulu.identifiers.iso7064 import ALPHABET_31, mod_31
from mulu.identifiers.spelling import (
    DIGITS,
    asked,
    plain,
    refuse_length,
    refuse_others,
    refuse_spelling,
    refuse_spoiled,
)

FORMAT = "licence-type-code"


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space and hyphens."""
    return plain(text, hyphens=True)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if len(number) == 18 and uscc.is_compact(number):
        raise InvalidIdentifier(
            "只有定义机构的 18 位统一社会信用代码，缺少后面 3 位类型流水号",
            "the 3 digits of the type are missing after the 18 of the body that defines it",
            19,
        )
    if len(number) != 21:
        refuse_length(
            number, "21", "定义机构 18 位、类型流水号 3 位", "18 for the defining body, 3 digits for the type"
        )
    refuse_body(number)
    refuse_others(number, DIGITS, "数字", "a digit", start=19)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code as catalogs print it: without separators."""
    return compact(text)


def get_body(text: str) -> str:
    """Return the unified social credit code of the body that defines the type (证照定义机构代码).

    >>> get_body("11100000MB03271699022")
    '11100000MB03271699'
    """
    return validate(text)[:18]


def refuse_body(number: str, start: int = 1) -> None:
    """Raise if the 18 characters of `number` from position `start` are no unified social credit code."""
    refuse_others(number, "123456789ANY", " 1 至 9、A、N、Y 之一", "one of 1 to 9, A, N and Y", start=start, stop=start)
    refuse_others(number, "123456789", "数字 1 至 9", "a digit from 1 to 9", start=start + 1, stop=start + 1)
    refuse_others(number, DIGITS, "数字", "a digit", start=start + 2, stop=start + 7)
    refuse_others(
        number,
        ALPHABET_31,
        "数字或 I、O、S、V、Z 以外的大写字母",
        "one of 0-9 A-Z without I O S V Z",
        start=start + 8,
        stop=start + 17,
    )
    body, last = number[start - 1 : start + 17], start + 17
    wanted = mod_31(body[:17])
    if body[17] != wanted:
        raise InvalidIdentifier(
            f"第 {last} 位是第 {start} 至 {last - 1} 位机构代码的校验码，应为 {wanted}，实际为 {body[17]}",
            f"character {last}, which checks the body at {start} to {last - 1}, should be {wanted} but is {body[17]}",
            last,
        )
