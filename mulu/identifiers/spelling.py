"""How numbers are misspelled: full width, blanks, look-alike letters, and what a spreadsheet makes of them.

>>> plain(" １１３３ ０１０６ ｍａ")
'11330106MA'
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NoReturn, Protocol

from mulu.identifiers import InvalidIdentifier

DIGITS = "0123456789"
LONGEST = 256
"""No number, however it is spelled, has more characters."""
_KEPT = 8192
_UPPER = {lower: lower - 32 for lower in range(ord("a"), ord("z") + 1)}
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c\u202d")
"""Characters of which nothing is seen, not even a blank."""
# NFKC makes the hyphen of full-width text an ordinary one; these others stay.
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_LOOKS_LIKE = {"O": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "B": "8"}
_NOTHING_TO_DROP = re.compile(r"[0-9A-Za-z./]*")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}")
_DECIMAL = re.compile(r"[0-9]+\.0*")


class Validate(Protocol):
    """What tells whether a text is a number, and why not."""

    def __call__(self, text: str, *, strict: bool = False) -> str:
        """Return the compact form or raise `InvalidIdentifier`."""


def asked(
    validate: Validate, sure: Callable[[str], object] = lambda text: None
) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """Return the two questions that a number is asked, which never raise: is it right, and is it so in compact form.

    Answers are kept, since a catalog names the same bodies and days over and over. `sure` tells at once of most numbers
    that are right and compact, where nobody repeats them and a pattern is enough.
    """

    def question(strict: bool) -> Callable[[str], bool]:
        # `lru_cache` cannot leave out long texts, and a function in front of it takes longer than both look-ups.
        kept: dict[str, bool] = {}

        def ask(text: str) -> bool:
            try:
                known = kept.get(text)
            except TypeError:
                # What is no text may be no key either.
                known = None
            return learn(text) if known is None else known

        def learn(text: str) -> bool:
            keep = isinstance(text, str) and len(text) <= LONGEST
            if keep and sure(text):
                return True
            answer = _passes(validate, text, strict)
            if keep:
                if len(kept) >= _KEPT:
                    kept.clear()
                kept[text] = answer
            return answer

        return ask

    return question(False), question(True)


def _passes(validate: Validate, text: str, strict: bool) -> bool:
    try:
        validate(text, strict=strict)
    except InvalidIdentifier:
        return False
    return True


def plain(text: str, *, hyphens: bool = False) -> str:
    """Return `text` in half width (NFKC) and upper case, without blanks and, if `hyphens`, without hyphens.

    Only a to z are raised: other letters are in no number, and `str.upper` makes two of some of them. The
    result is its own compact form. What is too long for any number is returned as it is.
    """
    half = half_width(text)
    if len(half) > LONGEST:
        return text
    if _NOTHING_TO_DROP.fullmatch(half):
        return half.translate(_UPPER)
    kept = "".join(c for c in half if not (is_blank(c) or (hyphens and c in _HYPHENS))).translate(_UPPER)
    return half_width(kept)


def half_width(text: str) -> str:
    """Return the NFKC form of `text`; what is too long for any number is returned as it is."""
    if not isinstance(text, str):
        raise InvalidIdentifier(
            "应为文字，实际为数字或其他类型；请把号码存为文字，否则会丢失开头的 0",
            "it should be text, not a number or another type; store it as text, or leading zeros are lost",
        )
    # The time of NFKC grows with the square of the number of combining marks: minutes for 1 MiB of them.
    return text if text.isascii() or len(text) > LONGEST else unicodedata.normalize("NFKC", text)


def is_blank(character: str) -> bool:
    """Whether nothing is seen of `character`: white space, or a mark of no width."""
    return character.isspace() or character in INVISIBLE


def refuse_spoiled(number: str) -> None:
    """Raise if nothing is there, or if a spreadsheet took the number for a quantity."""
    if not number:
        raise InvalidIdentifier("是空的；请填写，或删去该项", "it is empty; fill it in, or leave it out")
    if _SCIENTIFIC.fullmatch(number):
        raise InvalidIdentifier(
            "Excel 把号码变成了科学计数法，后面的位已丢失；请把单元格设为文本后重新填写",
            "Excel turned it into scientific notation and lost digits; set the cell to text and enter it again",
        )
    if _DECIMAL.fullmatch(number):
        raise InvalidIdentifier(
            "Excel 把号码当成了数字，多出了小数点；请把单元格设为文本后重新填写",
            "Excel took it for a quantity and added a decimal point; set the cell to text and enter it again",
            number.index(".") + 1,
        )


def refuse_length(number: str, wanted: str, zh: str = "", en: str = "") -> NoReturn:
    """Raise for a number of the wrong length: `wanted` tells the right ones, `zh` and `en` what to do."""
    raise InvalidIdentifier(
        f"应为 {wanted.replace(', ', '、').replace(' or ', ' 或 ')} 位，实际为 {len(number)} 位；"
        f"{zh or '请核对有无漏写或多写'}",
        f"it should have {wanted} characters but has {len(number)}; {en or 'look for missing or extra ones'}",
    )


def refuse_others(number: str, allowed: str, zh: str, en: str, *, start: int = 1, stop: int | None = None) -> None:
    """Raise for the first character from position `start` to `stop` (both counted) that is not in `allowed`.

    `zh` and `en` complete “应为…” and “should be …”.
    """
    for position, character in enumerate(number[start - 1 : stop], start):
        if character not in allowed:
            raise wrong_character(position, character, allowed, zh, en)


def wrong_character(position: int, character: str, allowed: str, zh: str, en: str) -> InvalidIdentifier:
    """Return that `character` should be `zh` or `en`, and what a look-alike is to be replaced by."""
    meant = _LOOKS_LIKE.get(character, "")
    mend_zh = mend_en = ""
    if meant and meant in allowed:
        mend_zh = f"；请把字母 {character} 改为数字 {meant}"
        mend_en = f"; write the digit {meant} for the letter {character}"
    return InvalidIdentifier(
        f"第 {position} 位应为{zh}，实际为{shown(character)}{mend_zh}",
        f"character {position} should be {en} but is {shown(character)}{mend_en}",
        position,
    )


def mended(number: str) -> str:
    """Return `number` with the letters O, I, S, Z replaced by the digits that they look like."""
    return number.translate(str.maketrans("OISZ", "0152"))


def refuse_spelling(text: str, number: str) -> None:
    """Raise if `text` is not its compact form `number`, for the first character that makes the difference."""
    if text == number:
        return
    pairs = enumerate(zip(text, number, strict=False), 1)
    position = next((place for place, (found, wanted) in pairs if found != wanted), len(number) + 1)
    character = text[position - 1 : position]
    if not plain(character, hyphens=True):
        zh, en = f"是多余的 {shown(character)}，请删去", f"is a superfluous {shown(character)}, remove it"
    else:
        wanted = shown(plain(character))
        zh, en = f"{shown(character)}应写成{wanted}", f"is {shown(character)}, write {wanted}"
    raise InvalidIdentifier(
        f"内容不错，只是写法不对：第 {position} 个字符{zh}",
        f"only its spelling is wrong: character {position} {en}",
        position,
    )


def shown(text: str) -> str:
    """Return a character or two as a message quotes them: by code point too if outside ASCII or unseen."""
    if text.isascii() and text.isprintable() and text != " ":
        return f"“{text}”"
    points = " ".join(f"U+{ord(character):04X}" for character in text[:2])
    seen = all(unicodedata.category(character)[0] in "LNPS" for character in text)
    return f"“{text[:2]}”（{points}）" if seen else points
