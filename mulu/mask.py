"""Personal numbers and names, hidden before anything is shown.

`mask` looks for numbers in a text whatever it is about; `mask_value` also hides a value known to be personal.
What is hidden becomes `*`, character by character, so that the text around keeps its place. A second time
nothing changes.

>>> mask("联系人电话１３８１２３４５６７８，办公室 0571-87654321 转 12")
'联系人电话１３８******７８，办公室 0571-******21 转 **'
>>> mask("身份证 11010519491231002X，卡号 4111 1111 1111 1111")
'身份证 110105************，卡号 4111 **** **** **11'
>>> mask("统一社会信用代码 121100004000006240，目录 30701505003030050000000003，时间 1527811200000")
'统一社会信用代码 121100004000006240，目录 30701505003030050000000003，时间 1527811200000'
>>> mask_value({"name": "王小明", "aliases": ["Ming"]}, "person-name")
{'name': '王**', 'aliases': ['M***']}
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from mulu.identifiers.cn import citizen_number, uscc

if TYPE_CHECKING:  # findings masks what it holds, so it imports this module
    from mulu.pointer import Json

# What stands for an ASCII character in a number, one for one: digits that NFKC folds to 0 to 9, other
# full-width characters, hyphens, blanks. No circled or raised digits: ① before a number is not part of it.
_FOLD: dict[int, int | str] = {
    **{0xFF01 + i: 0x21 + i for i in range(94) if 0x21 + i != ord("*")},
    **{0x1D7CE + i: ord("0") + i % 10 for i in range(50)},
    **{0x1FBF0 + i: ord("0") + i for i in range(10)},
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-"),
    **dict.fromkeys(map(ord, "\xa0\u2002\u2003\u2009\u200b\u202f\u3000\ufeff"), " "),
}
# Characters that are not seen may stand anywhere in a number. They may stand between two numbers as well, so a text is
# looked through with blanks in their place and without them.
_UNSEEN = dict.fromkeys(map(ord, "\xad\u200b\u200c\u200d\u2060\ufeff"))

# A number is whole: no digit beside it, nor one letter away, as within a code such as 3f2a9b. Four stars
# after it are those of a number that is masked already. Every pattern matches groups of digits whole, has one
# way to match at a place (but for the extension, on which nothing depends), and what it leaves of the last
# group stands right behind a star. So masking makes no number of what is left; a second time finds none.
_START = r"(?<![0-9])(?<![0-9][A-Za-z])"
_END = r"(?![0-9])(?![A-Za-z][0-9])(?!\*{4})"
_CODE_START = _START + r"(?<![A-Za-z])"
# In a resource code 1 to 3 comes first, and a sequence code of a few digits comes after the slash.
_CODE_END = _END + r"(?![A-Za-z])"
_NO_RESOURCE = r"(?![1-3][0-9]{5,24}/[0-9]{1,8}(?![0-9]))"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"

# What departments write between the groups of a number; of an address, a blank.
_GAP = r"(?:[ ._·)-]|%20){1,3}"
_MARK = r"[ ._·/-]?"

# The check character is typed as the Cyrillic letter and as the sign of multiplication, too.
_CITIZEN = re.compile(rf"{_START}[1-9][0-9]{{5}}([ -]?)(?:18|19|20)[0-9]{{2}}{_MONTH_DAY}\1[0-9]{{3}}[0-9XxХх×]{_END}")
_OLD_CITIZEN = re.compile(
    rf"{_CODE_START}{_NO_RESOURCE}{_PROVINCE}[0-9]{{4}}[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}{_CODE_END}"
)
# In groups of any length; then the date and the check character decide.
_SPREAD_CITIZEN = re.compile(
    rf"(?<![0-9])[1-9](?:{_MARK}[0-9]){{5}}{_MARK}(?:1{_MARK}[89]|2{_MARK}0)(?:{_MARK}[0-9]){{2}}"
    rf"{_MARK}[01]{_MARK}[0-9]{_MARK}[0-3](?:{_MARK}[0-9]){{4}}{_MARK}[0-9Xx](?![0-9])(?!\*{{4}})"
)
# UnionPay (62), the national numbers before it (60, 69, 95), Visa, Mastercard and Maestro, JCB.
_ISSUER = r"(?:35|[45][0-9]|6[029]|95)"
_CARD = re.compile(rf"{_CODE_START}{_NO_RESOURCE}{_ISSUER}[0-9]{{14,17}}{_CODE_END}")
_CARD_19 = re.compile(rf"{_CODE_START}{_ISSUER}[0-9]{{2}}([ .-])[0-9]{{4}}(?:\1[0-9]{{4}}){{2}}\1[0-9]{{3}}{_CODE_END}")
_CARD_16 = re.compile(rf"{_CODE_START}{_ISSUER}[0-9]{{2}}([ .-])[0-9]{{4}}(?:\1[0-9]{{4}}){{2}}{_CODE_END}")
_CARD_IN_TWO = re.compile(rf"{_CODE_START}62[0-9]{{4}}[ -][0-9]{{10,13}}{_CODE_END}")
_MOBILE = re.compile(
    rf"{_START}(?:(?:00)?86)?"
    rf"(?P<number>1[3-9][0-9](?:[0-9]{{8}}|{_GAP}[0-9]{{4}}(?:{_GAP})?[0-9]{{4}})){_END}"
)
# Digit by digit, as from a form with a box for each.
_SPREAD_MOBILE = re.compile(r"(?<![0-9])(?<![0-9][ -])(?P<number>1([ -])[3-9](?:\2[0-9]){9})(?![ -]?[0-9])")
_AREA = r"(?:010|02[0-9]|0[3-9][0-9]{2})"
_ABROAD = r"(?<!\*\*)(?:00)?86[ -]{1,3}[1-9][0-9]{1,2}[ -]{1,3}"
_EXTENSION = r"(?: ?(?:-|#|转|分机|ext\.?|EXT\.?):? ?(?P<extension>[0-9]{1,6})(?!-?[0-9]| [0-9]{7}))?"
_LANDLINE = re.compile(
    rf"(?:\({_AREA}\)[ -]{{0,3}}|{_START}(?:{_AREA}[ -]{{1,3}}|{_ABROAD}))"
    rf"(?P<number>[1-9][0-9]{{2,3}} ?[0-9]{{4}}){_EXTENSION}{_END}"
)
_JOINED_LANDLINE = re.compile(
    rf"{_START}(?P<number>(?:010|02[0-9])[2-8][0-9]{{7}}|0[3-9][0-9]{{2}}[2-8][0-9]{{6,7}}){_EXTENSION}{_END}"
)

_STAR = "*"
# Every number that is masked has ten digits at least, or what stands for them.
_FOLDED = "".join(chr(code) for code, folded in _FOLD.items() if folded in range(ord("0"), ord("9") + 1))
_ENOUGH = re.compile(rf"\A(?:[^0-9{_FOLDED}]*+[0-9{_FOLDED}]){{10}}")
_ALL_DIGITS = f"0123456789{_FOLDED}"
_DIGIT = re.compile(f"[{_ALL_DIGITS}]")
_LONG = 10_000
_SHORT = 200
"""Up to how many characters a text is likely to come again."""
_LONGEST = 100
"""Characters of the longest number, in groups and with an extension."""
_DIGITS = "0123456789０１２３４５６７８９"
_HOST = re.compile(r"[A-Za-z0-9.*-]+")
_SEPARATORS = frozenset(" \t\r\n　\xa0-—－–_()（）[]【】,，、;；:：/|·•.。@+")


def mask(text: str) -> str:
    """Return `text` with citizen, telephone and bank card numbers masked, wherever in it they stand.

    Citizen numbers keep their region, cards the first 4 and last 2 digits, telephone numbers the first 3 or
    the area code and the last 2. Longer strings of digits and the codes of bodies and resources stay.
    Behind the first 10,000 characters each digit is masked: megabytes of them take minutes to be looked through.
    """
    if len(text) > _LONG:
        hidden = mask(text[:_LONG])
        # A number may reach across the end; what is left of one must not look like another.
        end = len(hidden[: _LONG - _LONGEST].rstrip(_ALL_DIGITS))
        return hidden[:end] + _DIGIT.sub(_STAR, hidden[end:] + text[_LONG:])
    if not _ENOUGH.match(text):
        return text
    return _mask_before(text) if len(text) <= _SHORT else _mask_fresh(text)


def _mask_fresh(text: str) -> str:
    hidden = _masked(text)
    seen = text.translate(_UNSEEN)
    if seen == text:
        return hidden
    # One by one what is seen, and in its places what is hidden of it.
    shown = iter(_masked(seen))
    return "".join(
        each if ord(original) in _UNSEEN or next(shown) != _STAR else _STAR
        for original, each in zip(text, hidden, strict=True)
    )


_mask_before = lru_cache(maxsize=1024)(_mask_fresh)
"""What has enough digits is mostly a code, and stands in each finding of its entry, as value and as parameter."""


def _masked(text: str) -> str:
    hidden = folded = text.translate(_FOLD)
    for pattern, conceal in _PASSES:
        hidden = _replaced(hidden, pattern, conceal)
    if hidden == folded:
        return text
    pairs = zip(text, hidden, strict=True)
    return "".join(_STAR if shown == _STAR else original for original, shown in pairs)


def mask_value(value: "Json", kind: str | None) -> "Json":
    """Return a copy of a JSON value with personal numbers masked, at every depth; keys of objects stay.

    `kind` (phone, person-name, email, citizen-number) says what the values are, so that they are masked even
    if they do not look like it; those of another kind are masked whole. A number that is masked becomes text.
    """
    if value is None or isinstance(value, str):
        return None if value is None else _concealed(value, kind)
    root: list[Json] = [value]
    todo: list[list[Json] | dict[str, Json]] = [root]
    while todo:
        holder = todo.pop()
        # The keys stay while their values are exchanged, so that going through them at the same time is safe.
        if isinstance(holder, list):
            for position, item in enumerate(holder):
                holder[position] = _entered(item, kind, todo)
        else:
            for key, item in holder.items():
                holder[key] = _entered(item, kind, todo)
    return root[0]


def _entered(value: "Json", kind: str | None, todo: "list[list[Json] | dict[str, Json]]") -> "Json":
    if isinstance(value, list):
        elements = list(value)
        todo.append(elements)
        return elements
    if isinstance(value, dict):
        members = dict(value)
        todo.append(members)
        return members
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _concealed(value, kind)
    if isinstance(value, int) and 2**63 <= abs(value) < 10**4000:
        # Reports hold whole numbers of 64 bits; of longer ones each digit is told.
        return _concealed(str(value), kind)
    if abs(value) >= 10**40:
        return value if kind is None else _STAR * 3
    # A telephone number comes as 13812345678.0 too.
    text = str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)
    hidden = _concealed(text, kind)
    return value if hidden == text else hidden


def _concealed(text: str, kind: str | None) -> str:
    return mask(text if kind is None else _WHOLE.get(kind, _whole)(text))


def _replaced(text: str, pattern: re.Pattern[str], conceal: Callable[[re.Match[str]], str | None]) -> str:
    pieces: list[str] = []
    done = position = 0
    while match := pattern.search(text, position):
        concealed = conceal(match)
        if concealed is None:
            # What is no card at this place may be one a group further.
            position = match.start() + 1
            continue
        pieces += text[done : match.start()], concealed
        done = position = match.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _starred(text: str, first: int, last: int, *, keeps: str | None = None) -> str:
    """Return `text` masked but for separators, and for the `first` and `last` so many other characters.

    Of these, too, only those in `keeps` stay. What has no more than that many is masked altogether.
    """
    places = [place for place, character in enumerate(text) if character not in _SEPARATORS]
    ends = {*places[:first], *places[len(places) - last :]} if len(places) > first + last else set()
    return "".join(
        character if character in _SEPARATORS or (place in ends and (keeps is None or character in keeps)) else _STAR
        for place, character in enumerate(text)
    )


def _conceal_citizen(match: re.Match[str]) -> str | None:
    number = match.group().upper()
    # A body's code of digits alone may look like a person's number; then the person's check digit decides.
    if uscc.is_compact(number) and not citizen_number.is_compact(number):
        return None
    return _starred(number, 6, 0)


def _conceal_spread_citizen(match: re.Match[str]) -> str | None:
    number = "".join(character for character in match.group() if character.isalnum()).upper()
    return _starred(match.group(), 6, 0) if citizen_number.is_compact(number) else None


def _conceal_card(match: re.Match[str]) -> str | None:
    digits = [int(character) for character in match.group() if character not in " .-"]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    if (sum(digits[-1::-2]) + doubled) % 10 or uscc.is_compact(match.group()):
        return None
    return _starred(match.group(), 4, 2)


def _conceal_mobile(match: re.Match[str]) -> str:
    number = match["number"]
    return match.group()[: -len(number)] + _starred(number, 3, 2)


def _conceal_landline(match: re.Match[str], first: int = 0) -> str:
    start, end = match.span("number")
    before = match.string[match.start() : start]
    after = match.string[end : match.end()]
    if match["extension"]:
        extension = match["extension"]
        after = after[: -len(extension)] + _STAR * len(extension)
    return before + _starred(match["number"], first, 2) + after


def _conceal_joined_landline(match: re.Match[str]) -> str:
    return _conceal_landline(match, 3)


_PASSES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_CITIZEN, _conceal_citizen),
    (_SPREAD_CITIZEN, _conceal_spread_citizen),
    (_CARD, _conceal_card),
    (_CARD_19, _conceal_card),
    (_CARD_16, _conceal_card),
    (_CARD_IN_TWO, _conceal_card),
    (_OLD_CITIZEN, lambda match: _starred(match.group(), 6, 0)),
    (_MOBILE, _conceal_mobile),
    (_SPREAD_MOBILE, _conceal_mobile),
    (_LANDLINE, _conceal_landline),
    (_JOINED_LANDLINE, _conceal_joined_landline),
)


def _whole(text: str) -> str:
    return _starred(text, 0, 0)


def _phone(text: str) -> str:
    return _starred(text, 3, 2, keeps=_DIGITS) if len(text) >= 8 else _whole(text)


def _person_name(text: str) -> str:
    return _starred(text, 1, 0)


def _email(text: str) -> str:
    name, at, host = text.rpartition("@")
    return _starred(name, 1, 0) + at + host if _HOST.fullmatch(host) else _starred(text, 1, 0)


def _citizen_number(text: str) -> str:
    return _starred(text, 6, 0, keeps=_DIGITS) if len(text) >= 15 else _whole(text)


_WHOLE: dict[str, Callable[[str], str]] = {
    "phone": _phone,
    "person-name": _person_name,
    "email": _email,
    "citizen-number": _citizen_number,
}
KINDS = tuple(_WHOLE)
"""What a value may be said to be."""
