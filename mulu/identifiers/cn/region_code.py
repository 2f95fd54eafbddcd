"""Code of an administrative division (行政区划代码, GB/T 2260-2007, GB/T 10114; 12 digits in statistics).

    1 to 2     province      provincial level
    3 to 4     prefecture    00 in the code of a province
    5 to 6     county        00 in the code of a prefecture
    7 to 9     township      only in codes of 9 and 12 digits; 000 above
    10 to 12   village       only in codes of 12 digits; 000 above

Given by the Ministry of Civil Affairs, townships and villages by the statistics bureau. This module looks at
the shape alone: which codes there are changes every year, and old ones stay in data. Official text:
https://openstd.samr.gov.cn/bzgk/gb/newGbInfo?hcno=C9C488FD717AFDCD52157F41C3302C6D

>>> from mulu.identifiers import explain
>>> validate("330106 ")
'330106'
>>> print(explain(FORMAT, "3301"))
it should have 6, 9 or 12 characters but has 4; fill it up with zeros, as in 330100
>>> print(explain(FORMAT, "33010"))
it should have 6, 9 or 12 characters but has 5; look for missing or extra ones
>>> print(explain(FORMAT, "望城区"))
this is a name, not a code; write the 6 digits of the place, such as 330106
>>> print(explain(FORMAT, "33O106"))
character 3 should be a digit but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "030106"))
character 1 should be a digit from 1 to 9 but is “0”
>>> print(explain(FORMAT, "330106.0"))
Excel took it for a quantity and added a decimal point; set the cell to text and enter it again
>>> print(explain(FORMAT, "330106\\t"))
only its spelling is wrong: character 7 is a superfluous U+0009, remove it
"""

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

FORMAT = "region-code"

_ENDS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space."""
    return plain(text)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if number and all(map(_is_han, number)):
        raise InvalidIdentifier(
            "这是地名，不是代码；请填该地的 6 位代码，如 330106",
            "this is a name, not a code; write the 6 digits of the place, such as 330106",
        )
    refuse_others(number, "123456789", "数字 1 至 9", "a digit from 1 to 9", stop=1)
    refuse_others(number, DIGITS, "数字", "a digit", start=2)
    if len(number) in (2, 4):
        whole = number.ljust(6, "0")
        refuse_length(number, "6, 9 or 12", f"请补 0，如 {whole}", f"fill it up with zeros, as in {whole}")
    if len(number) not in (6, 9, 12):
        refuse_length(number, "6, 9 or 12")
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code as tables print it: without separators."""
    return compact(text)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def get_level(text: str) -> str:
    """Return the level of the division: province, prefecture, county, township or village.

    >>> get_level("330106"), get_level("330000000000")
    ('county', 'province')
    """
    filled = len(validate(text).rstrip("0"))
    return next(level for level, end in _ENDS.items() if filled <= end)


def get_ancestors(text: str) -> list[str]:
    """Return the codes of the divisions around it, from the province down, each in its short form.

    >>> get_ancestors("330106109001")
    ['330000', '330100', '330106', '330106109']
    """
    number = validate(text)
    own = _ENDS[get_level(number)]
    return [number[:end].ljust(6, "0") for end in _ENDS.values() if end < own]
