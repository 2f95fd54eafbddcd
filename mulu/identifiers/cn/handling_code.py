"""Code of a handling item (业务办理项编码, GB/T 39554.1-2020): one of the cases that a service item is handled by.

    1 to 31    implementation code   see `implementation_code`
    32 to 33   serial                01, 02, … in the order in which the body numbers its cases

Worked out from published codes. Exchange tables sometimes hold the plain implementation code in its place.

>>> from mulu.identifiers import explain
>>> validate("11100000MB0341032Y1000172149001-01")
'11100000MB0341032Y100017214900101'
>>> get_parts("11100000MB0341032Y100017214900101")
HandlingCode(implementation='11100000MB0341032Y1000172149001', serial='01')
>>> print(explain(FORMAT, "11100000MB0341032Y1000172149001"))
31 characters are an implementation code; two digits for the case stand behind it
>>> print(explain(FORMAT, "11100000MB0341032Y1000172149001O1"))
character 32 should be a digit but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "11100000MB0341032Y900017214900101"))
character 19, the level, should be a digit from 1 to 7 but is “9”
>>> print(explain(FORMAT, "172149001"))
it should have 33 characters but has 9; look for missing or extra ones
>>> print(explain(FORMAT, "11100000MB0341032Y 100017214900101"))
only its spelling is wrong: character 19 is a superfluous U+0020, remove it
"""

from dataclasses import dataclass

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.cn import implementation_code
from mulu.identifiers.spelling import (
    DIGITS,
    asked,
    plain,
    refuse_length,
    refuse_others,
    refuse_spelling,
    refuse_spoiled,
)

FORMAT = "service-handling-code"


@dataclass(frozen=True, slots=True)
class HandlingCode:
    """The parts of a code."""

    implementation: str
    serial: str


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space and hyphens."""
    return plain(text, hyphens=True)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if len(number) == 31:
        raise InvalidIdentifier(
            "这是 31 位的实施编码；后面还应有两位办理项序号",
            "31 characters are an implementation code; two digits for the case stand behind it",
        )
    if len(number) != 33:
        refuse_length(number, "33")
    implementation_code.refuse_parts(number)
    refuse_others(number, DIGITS, "数字", "a digit", start=32)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code as guides print it: without separators."""
    return compact(text)


def get_parts(text: str) -> HandlingCode:
    """Return the implementation code and the serial of the case."""
    number = validate(text)
    return HandlingCode(number[:31], number[31:])
