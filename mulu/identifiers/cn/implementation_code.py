"""Implementation code of a government service item (实施编码, GB/T 39554.1-2020).

    1 to 18    body         unified social credit code of the body that carries it out, GB 32100
    19         level        1 nation, 2 province, 3 prefecture, 4 county, 5 township, 6 village, 7 graded
    20 to 31   basic code   see `basic_code`

Follows from the three parts, so that nobody numbers it anew. Worked out from published codes; GB/T 39046-2020
lists 24 characters and some provinces have codes of their own.

>>> from mulu.identifiers import explain
>>> validate("11100000MB03271699 1 000115035000")
'11100000MB032716991000115035000'
>>> get_parts("11370800MB285591843370117002011")
ImplementationCode(body='11370800MB28559184', level='3', basic='370117002011')
>>> print(explain(FORMAT, "11370800MB285591858370117002011"))
character 18, the check character, should be 4 but is 5; check 1 to 8 and 18
>>> print(explain(FORMAT, "11370800MB285591848370117002011"))
character 19, the level, should be a digit from 1 to 7 but is “8”
>>> print(explain(FORMAT, "11370800MB285591843990117002011"))
characters 20 and 21, the province, are 99, which is none; 00 stands for national items
>>> print(explain(FORMAT, "370117002011"))
12 characters are a basic code; the body's code and the level stand before it
>>> print(explain(FORMAT, "11100000MB0341032Y100017214900101"))
33 characters are a handling code; the implementation code is its first 31
>>> print(explain(FORMAT, "511Z07001006-511602000000-000-11511301008778183N-1-00"))
it should have 31 characters but has 48; look for missing or extra ones
>>> print(explain(FORMAT, "11100000mb032716991000115035000"))
only its spelling is wrong: character 9 is “m”, write “M”
"""

from dataclasses import dataclass

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.cn import basic_code, uscc
from mulu.identifiers.spelling import asked, plain, refuse_length, refuse_spelling, refuse_spoiled, shown

FORMAT = "service-implementation-code"

_LEVELS = "1234567"


@dataclass(frozen=True, slots=True)
class ImplementationCode:
    """The parts of a code."""

    body: str
    level: str
    basic: str


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space and hyphens."""
    return plain(text, hyphens=True)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if len(number) != 31:
        _refuse_length(number)
    refuse_parts(number)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code as guides print it: without separators."""
    return compact(text)


def get_parts(text: str) -> ImplementationCode:
    """Return the code of the body, the level and the basic code."""
    number = validate(text)
    return ImplementationCode(number[:18], number[18], number[19:])


def refuse_parts(number: str) -> None:
    """Raise for the first part that is wrong in the first 31 characters of `number`."""
    if not uscc.is_valid(number[:18]):
        uscc.validate(number[:18])
    if number[18] not in _LEVELS:
        raise InvalidIdentifier(
            f"第 19 位是行使层级，应为数字 1 至 7，实际为{shown(number[18])}",
            f"character 19, the level, should be a digit from 1 to 7 but is {shown(number[18])}",
            19,
        )
    basic_code.refuse_parts(number, 19)


def _refuse_length(number: str) -> None:
    if len(number) == 12:
        raise InvalidIdentifier(
            "这是 12 位的基本编码；前面还应有实施主体的统一社会信用代码和行使层级",
            "12 characters are a basic code; the body's code and the level stand before it",
        )
    if len(number) == 33:
        raise InvalidIdentifier(
            "这是 33 位的业务办理项编码；实施编码是其中前 31 位",
            "33 characters are a handling code; the implementation code is its first 31",
        )
    refuse_length(number, "31")
