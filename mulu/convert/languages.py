"""Which language is read of a text that stands there in several: one that the entry has already, Chinese, English."""

import re
from collections.abc import Iterable

from mulu.pointer import Json

_WANTED = ("zh", "en")
_TAG = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
_COMMON = frozenset(
    "zh en de fr it es pt nl ja ko ru"
    " ar bg ca cs cy da el et eu fi ga gl he hi hr hu lb lt lv mt nb nn pl ro sk sl sq sr sv th tr uk vi".split()
)
"""Of an object whose members are all called like languages one is among these: `id` and `no` are names as well."""


def best(tags: Iterable[str | None], language: str | None) -> str | None:
    """Return which of some languages is read; `None` is a text without any.

    By basic filtering (RFC 4647): the language of the entry, then `zh`, `zh-…`, `en`, `en-…`, then what comes first.

    >>> best(["de", "en-GB", "en"], None), best(["fr", "de"], None), best(["en", "de-AT"], "de")
    ('en', 'fr', 'de-AT')
    """
    wanted = [primary_of(language)] if language else []
    return min(tags, key=lambda tag: _rank(tag, language, (*wanted, *_WANTED)))


def _rank(tag: str | None, language: str | None, wanted: tuple[str, ...]) -> int:
    if tag is None:
        return 2 * len(wanted)
    if tag == language:
        return -1
    primary = primary_of(tag)
    if primary not in wanted:
        return 2 * len(wanted)
    return 2 * wanted.index(primary) + (tag.lower() != primary)


def primary_of(tag: str) -> str:
    """Return the language itself, without script or region."""
    return tag.replace("_", "-").partition("-")[0].lower()


def is_common(name: str) -> bool:
    """Whether a name is the tag of a language, and of one whose tag is no other word.

    >>> is_common("fr"), is_common("zh-Hant"), is_common("id"), is_common("title")
    (True, True, False, False)
    """
    return _TAG.fullmatch(name) is not None and primary_of(name) in _COMMON


def is_in_languages(value: Json) -> bool:
    """Whether an object has a text, or a list of texts, for each of some languages.

    >>> is_in_languages({"zh": "目录", "en": "catalog"}), is_in_languages({"id": 1, "no": 2})
    (True, False)
    """
    return (
        isinstance(value, dict)
        and bool(value)
        and all(_TAG.fullmatch(key) is not None and not isinstance(member, dict) for key, member in value.items())
        and any(primary_of(key) in _COMMON for key in value)
    )
