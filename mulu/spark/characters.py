"""Characters on which the two engines differ, and what is done about those that a run really has.

Java and DuckDB know different versions of Unicode, Java makes `ß` two letters where DuckDB makes it one, and Spark
cannot compose a letter and its mark. Nearly every catalog has only characters on which they agree by themselves
(`simple`). For the others that were seen DuckDB is asked, and its answers go into the queries.
"""

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import cache

import duckdb

from mulu.validate.tables import create_macros

# All that is usual in catalogs. Java knows Unicode 13; a test tries each character.
_SIMPLE = (
    "\\x00-\\xb4\\xb6-\\xde\\xe0-\\xff\u2000-\u2064\u2103\u2116\u2121\u2122\u2150-\u217f\u2190-\u22ff\u2460-\u27bf"
    "\u3000-\u3029\u3030-\u303e\u3041-\u3096\u309b-\u30ff\u3105-\u312f\u3220-\u33ff\u3400-\u4dbf\u4e00-\u9ffc"
    "\ufe30-\ufe4f\ufeff\uff01-\uff5e\uffe0-\uffe6\U00020000-\U0002a6dd\U0002a700-\U0002b734"
)
_ALL_SIMPLE = re.compile(f"[{_SIMPLE}]*+")
_STRANGE = re.compile(f"[^{_SIMPLE}]")
DROPPED = r"\t\n\f\r\p{Z}\p{P}\p{S}\p{C}"
"""Java's words for what RE2 knows as \\s, \\p{Z}, \\p{P}, \\p{S}, \\p{C}: what `plain` drops."""
MOST = 500
"""So many compositions at most go into a query."""
LOOKED_AT = 100_000
"""So many pairs of a letter and its marks at most are looked at."""


def simple(text: str) -> bool:
    """Whether a text is of characters only on which the engines agree by themselves."""
    return _ALL_SIMPLE.fullmatch(text) is not None


@dataclass(slots=True)
class Seen:
    """The characters of a run that are not simple, and what of it may have to be composed."""

    characters: set[str] = field(default_factory=set)
    compositions: set[str] = field(default_factory=set)

    def look(self, text: str) -> None:
        """Take note of what is in a text."""
        if not simple(text):
            self.characters |= set(_STRANGE.findall(text))
            if len(self.compositions) <= LOOKED_AT:
                self.compositions |= set(_compositions().findall(text))

    def add(self, other: "Seen") -> None:
        """Take note of what another has seen."""
        self.characters |= other.characters
        self.compositions |= other.compositions


@cache
def _compositions() -> re.Pattern[str]:
    """Return the pattern of what is not composed, or may not be: characters with marks, and some by themselves."""
    marks, single = _marks()
    return re.compile(f".?[{marks}]+|[{single}]", re.DOTALL)


@cache
def _marks() -> tuple[str, str]:
    """Return the characters that may be composed with one before them, and those that may be something else alone."""
    marks: set[int] = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}
    single: set[int] = set()
    for code in range(0x300, sys.maxunicode + 1):
        sign = chr(code)
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
            continue
        if unicodedata.combining(sign):
            marks.add(code)
        parts = unicodedata.decomposition(sign).split()
        if parts and not parts[0].startswith("<"):
            if not unicodedata.is_normalized("NFC", sign):
                single.add(code)
            if len(parts) == 2:
                marks.add(int(parts[1], 16))
    return "".join(map(chr, sorted(marks))), "".join(map(chr, sorted(single - marks)))


@dataclass(frozen=True, slots=True)
class Letters:
    """What DuckDB makes of the characters of a run: pairs of texts for `translate`, compositions, kept and dropped."""

    lower: tuple[str, str]
    upper: tuple[str, str]
    composed: dict[str, str]
    characters: dict[str, bool]
    """Character that is not simple -> whether `plain` drops it."""
    too_many: bool = False
    """Whether there are more letters with marks apart than can be dealt with."""
    begins_with_mark: bool = False
    """Whether a text may begin with a mark, which goes to the letter before it once texts are joined."""


def letters(seen: Seen) -> Letters:
    """Ask DuckDB what it makes of what was seen."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    create_macros(connection)
    ask = connection.execute
    given = sorted(seen.compositions)
    rows = ask("select c, nfc_normalize(c) from (select unnest(?::varchar[]) as c)", [given]).fetchall()
    composed = {before: after for before, after in rows if before != after}
    strange = sorted(seen.characters | {sign for text in composed.values() for sign in text if not simple(sign)})
    rows = ask("select c, plain(c) = '' from (select unnest(?::varchar[]) as c)", [strange]).fetchall()
    known = [chr(code) for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000 and simple(chr(code))] + strange
    cases = ask("select c, lower(c), upper(c) from (select unnest(?::varchar[]) as c)", [known]).fetchall()
    connection.close()
    small = [(sign, lower) for sign, lower, _ in cases if sign != lower]
    great = [(sign, upper) for sign, _, upper in cases if sign != upper]
    too_many = len(composed) > MOST or len(given) > LOOKED_AT
    # In the JSON of an entry a quotation mark stands before its texts.
    first = re.compile(f'["{_marks()[0]}]')
    begins = any(first.match(text) for text in given)
    return Letters(_pair(small), _pair(great), composed, dict(rows), too_many, begins)


def _pair(changes: list[tuple[str, str]]) -> tuple[str, str]:
    return "".join(sign for sign, _ in changes), "".join(changed for _, changed in changes)
