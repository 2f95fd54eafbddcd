"""Texts for people: two languages, inert parameters, and no control over the reader's terminal."""

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("zh", "en")
VALUE_LIMIT = 120
"""Longest value, in characters, that a message quotes."""
PHRASE_LIMIT = 600
"""Longest part of a sentence, in characters, that stands in a message in the message's own language."""

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ASIDE = re.compile(r"\{(?:suggestion|choices)_(?:zh|en)\}")
_HAN = "\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_OPENS = "（《「『【“‘"
_CLOSES = "，。、；：！？）》」』】”’…"
_UNIT = re.compile(rf"\s*[{_OPENS}]*(?:[{_HAN}]|[^\s{_HAN}{_OPENS}{_CLOSES}]+)?[{_CLOSES}]*\s*")
"""What stays on one line: a character of Chinese or a word, with the marks at it."""
_FORMULA = re.compile(r"'* *[=+\-@\t\r\n＝＋－＠]")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u2028\u2029\u00ad\u061c\u200e\u200f")


class Text(NamedTuple):
    """The same sentence in Chinese and in English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en")."""
        return self.en if language == "en" else self.zh

    def filled(self, params: Mapping[str, object]) -> "Text":
        """Return both sentences with each `{name}` replaced by the parameter of that name."""
        return Text(fill(self.zh, params), fill(self.en, params))

    def to_dict(self) -> dict[str, str]:
        """Return `{"zh": …, "en": …}`."""
        return {"zh": self.zh, "en": self.en}


def fill(template: str, params: Mapping[str, object]) -> str:
    """Replace `{name}` in `template` by `params[name]`; nothing else in it has a meaning.

    Templates come with a standard, values come with a submission, and neither is trusted: no format
    specifications, no attribute access, unknown names stay as they are.
    """

    between, *rest = _parts(template)
    filled = [between]
    for name, between in zip(rest[::2], rest[1::2], strict=True):
        limit = PHRASE_LIMIT if name.endswith(("_zh", "_en")) else VALUE_LIMIT
        filled += shown(params[name], limit) if name in params else f"{{{name}}}", between
    return "".join(filled)


@lru_cache(maxsize=1024)
def _parts(template: str) -> list[str]:
    """Return a template's text before its first name, that name, the text behind it, and so on."""
    return _PARAMETER.split(template)


def nearest(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the names of `known` that are most like `name` but for case, at most `most`, the nearest first."""
    names = {item.lower(): item for item in known}
    return [names[item] for item in close(name.lower()[:64], names, most, 0.6)]


def close(text: str, known: Iterable[str], most: int, cutoff: float) -> list[str]:
    """Return what `difflib.get_close_matches` gives; only texts with enough letters in common are compared.

    To compare two takes a hundred times as long as to see that they have other letters.
    """
    import difflib

    size, letters = len(text), _letters(text)
    possible = []
    for one in known:
        others = _letters(one)
        common = min(len(one) - (others & ~letters).bit_count(), size - (letters & ~others).bit_count())
        if 2.0 * common >= cutoff * (size + len(one)):
            possible.append(one)
    return difflib.get_close_matches(text, possible, most, cutoff) if possible else []


@lru_cache(maxsize=2**16)
def _letters(text: str) -> int:
    """Return a set of the letters of a text, several of which may share a bit."""
    return reduce(or_, (1 << ord(letter) % 61 for letter in text), 0)


def did_you_mean(name: str, known: Iterable[str], most: int = 1) -> Text:
    """Return a question after the names of `known` most like `name`, to follow a sentence; empty if none is."""
    near = nearest(name, known, most)
    if not near:
        return Text("", "")
    return Text(f"，是不是 {'、'.join(near)}？", f" (did you mean {', '.join(near)}?)")


def unasked(template: Text) -> Text:
    """Return a template without the places where a finding asks whether something else was meant, or lists what may be.

    >>> unasked(Text("核对{suggestion_zh}；再改", "check{suggestion_en}, then mend")).en
    'check, then mend'
    """
    return Text(_ASIDE.sub("", template.zh), _ASIDE.sub("", template.en))


def shown(value: object, limit: int = VALUE_LIMIT) -> str:
    """Return `value` as a message quotes it: one cleaned line of at most `limit` characters."""
    if isinstance(value, str):
        return clean(value if len(value) <= limit else value[: limit - 1] + "…")
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    return shown(text, limit)


def several(count: int, one: str, many: str = "") -> str:
    """Return a number with the English noun that it counts; `many` where the plural is not `one` with an s.

    >>> several(1, "file"), several(2, "file"), several(1000, "entry", "entries")
    ('1 file', '2 files', '1000 entries')
    """
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def is_chinese(character: str) -> bool:
    """Whether a character is one of those that no form of a text changes, whatever stands beside it."""
    return "\u4e00" <= character <= "\u9fff"


def name_of(path: object) -> str:
    """Return the name of a file as text that any report can hold: what of its bytes is no Unicode becomes visible.

    What stands in a folder that a packed file was unpacked to is told as in that file.

    >>> print(name_of("目录\\udcff.csv"))
    目录\\udcff.csv
    """
    text = str(path)
    for folder, name in _CALLED.items():
        if text.startswith(folder):
            text = name + text[len(folder) :]
    return text.encode("utf-8", "backslashreplace").decode()


def call(folder: Path, name: str) -> None:
    """Have what stands in a folder told as if it stood in `name`; of a folder of this run's own."""
    _CALLED.update(dict.fromkeys((str(folder), str(folder.resolve())), name))


_CALLED: dict[str, str] = {}


def clean(text: str, *, keep_newlines: bool = False) -> str:
    """Make what could drive a terminal, a log or the reading direction visible, as `\\x1b` or `\\u202e`."""
    if text.isprintable():
        return text
    return "".join(character if _harmless(character, keep_newlines) else _escape(character) for character in text)


def _harmless(character: str, keep_newlines: bool) -> bool:
    if character == "\n":
        return keep_newlines
    if character in _INVISIBLE:
        return False
    category = unicodedata.category(character)
    # Cc control, Cf direction and tags, Cs lone surrogates, Co private use, Zl/Zp separators
    return category not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _escape(character: str) -> str:
    code = ord(character)
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def in_script(text: str) -> str:
    """Return JSON as it can stand in a script element of HTML: nothing in it ends the element or begins a comment.

    >>> in_script('{"a": "</script>"}')
    '{"a": "\\\\u003c/script\\\\u003e"}'
    """
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def language_of(environment: Mapping[str, str] | None = None) -> str:
    """Return the language that the environment asks for: `MULU_LANG`, else the locale, else English."""
    variables = os.environ if environment is None else environment
    for name in ("MULU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if variables.get(name):
            return "zh" if variables[name].lower().startswith("zh") else "en"
    return "zh" if _windows_speaks_chinese() else "en"


def _windows_speaks_chinese() -> bool:
    if os.name != "nt":
        return False
    import ctypes

    windll = getattr(ctypes, "windll")  # noqa: B009 - absent on other systems, mypy knows it
    return bool(windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x04)


def width(text: str) -> int:
    """Return the number of terminal columns that `text` takes: Chinese characters take two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


@lru_cache(2**14)
def _columns_of(character: str) -> int:
    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1


def lines_in(text: str, columns: int) -> int:
    """Return how many lines `text` takes in a cell or box of that width, a twentieth of which is lost at its edges.

    >>> lines_in("一二三四五六", 10), lines_in("a" + chr(10) + "b", 10)
    (2, 2)
    """
    return sum(1 + width(line) * 21 // (20 * columns) for line in text.split("\n"))


def wrapped(text: str, columns: int) -> list[str]:
    """Return a paragraph in lines of at most `columns` terminal columns, if no word is longer.

    A line may end at a space and beside a Chinese character, but does not begin with a mark that closes something.

    >>> wrapped("报告的格式：text、json，可重复", 12)
    ['报告的格式：', 'text、json，', '可重复']
    """
    lines = [""]
    for unit in _UNIT.findall(text):
        if lines[-1] and width(lines[-1] + unit.rstrip()) > columns:
            lines.append("")
        lines[-1] += unit
    return [line.rstrip() for line in lines]


def padded(text: str, columns: int) -> str:
    """Return `text` followed by the spaces that make it `columns` terminal columns wide."""
    return text + " " * max(0, columns - width(text))


def shielded(text: str) -> str:
    """Return a text with a `'` before it if a spreadsheet that opens a CSV file would take it for a formula.

    >>> shielded("=1+1"), shielded("'=1+1"), shielded("1-1")
    ("'=1+1", "''=1+1", '1-1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unshielded(text: str) -> str:
    """Return what `shielded` was given.

    >>> unshielded("'=1+1"), unshielded("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
