"""Organisation code (组织机构代码, GB 11714-1997), the predecessor of the unified social credit code.

    1 to 8   body      digits or capital letters, issued in sequence
    9        check     weights 3 7 9 10 5 8 4 2, modulo 11; X stands for 10

Issued by the organisation code centres until 2015, and since then as characters 9 to 17 of every unified
social credit code. People write a hyphen before the last character. Official text: GB 11714 at
https://openstd.samr.gov.cn

>>> from mulu.identifiers import explain
>>> validate("00247017-X")
'00247017X'
>>> format("00247017X")
'00247017-X'
>>> print(explain(FORMAT, "002470171"))
character 9, the check character, should be X but is 1; compare with the certificate
>>> print(explain(FORMAT, "O0247017X"))
character 1 is the letter O, and the check character calls for the digit 0
>>> print(explain(FORMAT, "247017X"))
it should have 9 characters but has 7; Excel may have dropped leading zeros
>>> print(explain(FORMAT, "11330105002500287C"))
18 characters are a unified social credit code; this code is its characters 9 to 17
>>> print(explain(FORMAT, "0024701?X"))
character 8 should be a digit or capital letter but is “?”
>>> print(explain(FORMAT, "00247017-X"))
only its spelling is wrong: character 9 is a superfluous “-”, remove it
"""

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.spelling import (
    DIGITS,
    asked,
    mended,
    plain,
    refuse_length,
    refuse_others,
    refuse_spelling,
    refuse_spoiled,
)

FORMAT = "organisation-code"

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space and hyphens."""
    return plain(text, hyphens=True)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if len(number) != 9:
        _refuse_length(number)
    refuse_others(number, _ALPHABET, "数字或大写字母", "a digit or capital letter", stop=8)
    refuse_others(number, DIGITS + "X", "数字或 X", "a digit or X", start=9)
    _refuse_check_character(number)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code with a hyphen before its check character."""
    number = compact(text)
    return f"{number[:-1]}-{number[-1]}" if len(number) == 9 else number


def complete(text: str) -> str:
    """Return the code of the 8 characters before its check character.

    >>> complete("00247017")
    '00247017X'
    """
    return text + check_character(text)


def get_body(text: str) -> str:
    """Return characters 1 to 8 (本体代码)."""
    return validate(text)[:8]


def check_character(body: str) -> str:
    """Return the check character of the 8 characters before it (校验码)."""
    values = map(_ALPHABET.index, body)
    total = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def _refuse_length(number: str) -> None:
    if len(number) == 18:
        raise InvalidIdentifier(
            "这是 18 位的统一社会信用代码；组织机构代码是其中第 9 至 17 位",
            "18 characters are a unified social credit code; this code is its characters 9 to 17",
        )
    if len(number) == 8:
        refuse_length(
            number,
            "9",
            "可能漏了末位校验码，或被 Excel 去掉了开头的 0",
            "a check character or leading 0 is missing",
        )
    if 5 <= len(number) < 8:
        refuse_length(number, "9", "可能被 Excel 去掉了开头的 0", "Excel may have dropped leading zeros")
    refuse_length(number, "9")


def _refuse_check_character(number: str) -> None:
    wanted = check_character(number[:8])
    if number[8] == wanted:
        return
    other = mended(number[:8])
    if other != number[:8] and number[8] == check_character(other):
        position = next(i for i, (a, b) in enumerate(zip(number, other, strict=False), 1) if a != b)
        raise InvalidIdentifier(
            f"第 {position} 位是字母 {number[position - 1]}，按校验码应为数字 {other[position - 1]}",
            f"character {position} is the letter {number[position - 1]},"
            f" and the check character calls for the digit {other[position - 1]}",
            position,
        )
    raise InvalidIdentifier(
        f"第 9 位校验码应为 {wanted}，实际为 {number[8]}；请对照证照核对",
        f"character 9, the check character, should be {wanted} but is {number[8]}; compare with the certificate",
        9,
    )
