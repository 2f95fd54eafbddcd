"""A name and a telephone number that stand in one cell: 张三 010-12345678, 李四（手机：13800000000）."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from mulu.convert.values import Cell, NotUnderstood, as_text, tells_hours

_LONGEST = 100
"""Longer texts say more than a name and its numbers."""
_NUMBER = r"\+?(?:\(\+?\d{2,4}\)\s?)?\d(?:\d|[-—– ](?=[\d转])){3,18}\d(?:\s?[-转]\s?\d{1,6})?"
_NUMBERS = re.compile(rf"{_NUMBER}(?:\s?[、,;/\s]\s?{_NUMBER})*")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\d)")
_LABEL = "(?:联系人|负责人|姓名|联系电话|联系方式|办公电话|固定电话|电话号码|电话|座机|手机(?:号码?)?|tel|phone|mobile)"
_LABELS = re.compile(rf"^{_LABEL}(?:\s*[:：]\s*|\s+|$)|[\s,，;；、(]{_LABEL}\s*[:：]?\s*$", re.IGNORECASE)
_AROUND = " \t\n,;、/:()-—|"
_NAME = re.compile(r"[^\d@:;,、/()\n]{2,30}")


class Contact(NamedTuple):
    """Who can be asked, and by which numbers; either may be blank."""

    person: str
    phone: str


def as_person(cell: Cell) -> str:
    """Return the name that stands beside a telephone number.

    >>> as_person("张三（010-12345678）")
    '张三'
    """
    person = _contact(as_text(cell)).person
    if not person:
        raise NotUnderstood
    return person


def as_phone(cell: Cell) -> str:
    """Return the telephone numbers of a cell, without the name beside them.

    >>> as_phone("联系人：张三，电话：010-12345678转8001"), as_phone(" 12345 ")
    ('010-12345678转8001', '12345')
    """
    return _contact(as_text(cell)).phone


@lru_cache(maxsize=1_000)
def _contact(text: str) -> Contact:
    """Return who a text names; raises `NotUnderstood` if it holds anything else than one name and its numbers."""
    if len(text) > _LONGEST:
        raise NotUnderstood
    plain = unicodedata.normalize("NFKC", text)
    numbers = list(_NUMBERS.finditer(plain))
    if len(numbers) != 1:
        raise NotUnderstood
    before, after = (_name(part) for part in (plain[: numbers[0].start()], plain[numbers[0].end() :]))
    person = before or after
    is_name = bool(_NAME.fullmatch(person)) and not tells_hours(person)
    if (before and after) or (person and not is_name) or _DAY.match(numbers[0][0]):
        raise NotUnderstood
    return Contact(person, numbers[0][0] if person or plain != text else text)


def _name(part: str) -> str:
    found = part.strip(_AROUND)
    while (rest := _LABELS.sub("", found).strip(_AROUND)) != found:
        found = rest
    return found
