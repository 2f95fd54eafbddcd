"""Headings as they are compared: what is only added to one is told from what makes it another.

Width, case, white space and the marks of required columns never count. Further additions (numbers, hints, a group
before a dash, another language, traditional characters) are taken off only where nothing else was found for a column.
"""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from mulu.identifiers.spelling import INVISIBLE

_NO_WIDTH = dict.fromkeys(map(ord, INVISIBLE))
_MARKS = "*★☆※▲△●◆■□✱"
_BRACKETS = frozenset("([【〔<")
_CIRCLED = re.compile(r"^[①-⑳]\s*")
_INNER = re.compile(r"\([^()]*\)(?=[^\W0-9])")
_GROUP = re.compile(r"^(.*[\u4e00-\u9fff][^-—–]*)[-—–]+([^-—–]*[\u4e00-\u9fff].*)$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FIRST_CHINESE = re.compile(r"(.*[\u4e00-\u9fff)）])\s*[\s/|]\s*([A-Za-z][A-Za-z .,'()-]*)", re.DOTALL)
_THEN_CHINESE = re.compile(r"([A-Za-z][A-Za-z .,'()-]*?)\s*[\s/|]\s*([\u4e00-\u9fff].*)", re.DOTALL)
# Behind a name a unit stands in brackets, after a mark, or, of two letters, as it is.
_BRACKETED = re.compile(r"(.+?)[-:/]?[(\[{【〔<]([^()\[\]{}【】〔〕<>]+)[)\]}】〕>]")
_JOINED = re.compile(r"(.*[\u4e00-\u9fff])([kmgtp]i?b)")


class _Words(NamedTuple):
    """What stands in `headings.toml`: patterns of what is before a name or behind it, and of a unit that is said."""

    before: tuple[re.Pattern[str], ...]
    behind: tuple[re.Pattern[str], ...]
    marked: re.Pattern[str]
    unit: re.Pattern[str]
    stated: re.Pattern[str]
    labels: frozenset[str]


@cache
def _words() -> _Words:
    told = tomllib.loads((Path(__file__).parent / "headings.toml").read_text(encoding="utf-8"))
    hint, unit = (f"(?:{'|'.join(map(re.escape, told[name]))})" for name in ("hints", "unit"))
    before = (
        re.compile(r"^[(\[]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)\]]?[.、:)]\s*(?=[^\W0-9])"),
        re.compile(r"^\((?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\)(?=[^\W0-9])"),
        re.compile(rf"^[(\[【〔<]{hint}[)\]】〕>]"),
        re.compile(rf"^[{_MARKS}]+"),
    )
    behind = (
        re.compile(rf"[-—–/|:]{hint}$"),
        re.compile(rf"[(\[【〔<]{hint}[)\]】〕>]$"),
        re.compile(rf"[{_MARKS}]+$"),
    )
    marks = f"[{''.join(told['unit_marks'])}]"
    said = re.compile(rf"(?:.*[,;、])?{unit}{marks}?(.+)")
    stated = re.compile(rf"{unit}\s*{marks}\s*([^。)\]】〕>\n]{{1,40}})")
    return _Words(
        before, behind, re.compile(rf"(.+?)[-—–:/,]{unit}?:?([^-—–:/,]+)"), said, stated, frozenset(told["unit"])
    )


_LONGEST = 80
"""Longer texts are no headings."""


class Unit(NamedTuple):
    """What a heading says its numbers are: what is measured, `""` if not known, and how many of the basic unit."""

    measure: str
    size: float


def normal(heading: str) -> str:
    """Return the form in which headings are compared.

    Neither width nor case counts, nor white space or what is not seen, nor `_`: `updateTime` and `UPDATE_TIME` are one
    heading.

    >>> normal("*信息资源名称\\n(必填)")
    '信息资源名称(必填)'
    """
    return _normal(heading) if len(heading) <= _LONGEST else _fresh(heading)


def _fresh(heading: str) -> str:
    folded = unicodedata.normalize("NFKC", heading).casefold()
    if not INVISIBLE.isdisjoint(folded):
        folded = folded.translate(_NO_WIDTH)
    return "".join(folded.split()).replace("_", "").lstrip("*").rstrip("*:")


_normal = lru_cache(maxsize=10_000)(_fresh)
"""The same headings stand in one table after the other, and are asked for by every mapping."""


def short(full: str) -> str:
    """Return a normal heading up to its first bracket, or all of it if it begins with one."""
    if _BRACKETS.isdisjoint(full):
        return full
    for bracket in "([【〔<":
        full = full.split(bracket)[0] or full
    return full


@lru_cache(maxsize=10_000)
def bare(label: str) -> tuple[tuple[str, ...], str]:
    """Return the forms of a heading without what is added to it, the fullest first, and the group before a dash.

    >>> bare("★1.信息资源（目录）名称（必填） Title")
    (('信息资源(目录)名称', '信息资源', '信息资源名称'), '')
    >>> bare("基本信息-更新週期")
    (('基本信息-更新周期', '更新周期'), '基本信息')
    """
    if len(label) > _LONGEST:
        return (), ""
    full = normal(label)
    text = _plain(_one_language(label))
    forms = [text, short(text), inner := _INNER.sub("", text), short(inner)]
    group = ""
    if found := _GROUP.match(text):
        group = found[1]
        forms += [leaf := _stripped(found[2]), short(leaf)]
    if (measured := unit_of(label)) is not None:
        forms.append(measured[0])
    return tuple(form for form in dict.fromkeys(forms) if form and form not in (full, short(full))), group


@lru_cache(maxsize=10_000)
def unit_of(label: str) -> tuple[str, Unit] | None:
    """Return the normal heading without the unit that it names, and the unit; `None` if it names none.

    >>> unit_of("数据存储总量【MB】"), unit_of("记录数/万条")
    (('数据存储总量', Unit(measure='storage', size=1048576)), ('记录数', Unit(measure='count', size=10000)))
    >>> unit_of("数据量(单位:箱)"), unit_of("更新周期（必填）")
    (('数据量', Unit(measure='', size=1)), None)
    """
    if len(label) > _LONGEST:
        return None
    text = _plain(label)
    for pattern in (_BRACKETED, _words().marked, _JOINED):
        if found := pattern.fullmatch(text):
            said = _words().unit.fullmatch(found[2])
            known = _units().get(said[1] if said else found[2])
            if known is not None:
                return found[1], known
            if said:
                return found[1], Unit("", 1)
    return None


def units_in(text: str) -> list[Unit]:
    """Return the units that a text says numbers are in, as one above a table does; known ones only.

    >>> units_in("填报日期：2024年3月  计量单位：MB、万条"), units_in("填报单位：示例市民政局")
    ([Unit(measure='storage', size=1048576), Unit(measure='count', size=10000)], [])
    """
    found: list[Unit] = []
    for match in _words().stated.finditer(_simplified(unicodedata.normalize("NFKC", text).casefold())):
        for name in re.split(r"[、,/;和及\s]+", match[1]):
            unit = _units().get(name)
            if unit is None:
                break
            found.append(unit)
    return found


def as_unit(text: str) -> Unit | None:
    """Return the known unit that a cell names and nothing else, such as `（MB）` or `单位：条`."""
    folded = _simplified(normal(text)).strip("()[]【】〔〕<>")
    said = _words().unit.fullmatch(folded)
    return _units().get(folded) or (_units().get(said[1]) if said else None)


def unit_behind(text: str) -> Unit | None:
    """Return the unit that stands behind a number in a cell.

    >>> unit_behind("万条"), unit_behind("MB"), unit_behind("工作日")
    (Unit(measure='count', size=10000), Unit(measure='storage', size=1048576), None)
    """
    return as_unit(text) or _counters().get(_simplified(normal(text)))


@cache
def _counters() -> dict[str, Unit]:
    told = tomllib.loads((Path(__file__).parent / "counters.toml").read_text(encoding="utf-8"))
    return {
        f"{word}{counted}": Unit("count", size)
        for word, size in told["magnitudes"].items()
        for counted in told["counted"]
        if word or counted
    }


def is_unit_label(text: str) -> bool:
    """Whether a cell is the label of a row of units, such as 计量单位."""
    return normal(text) in _words().labels


@cache
def _units() -> dict[str, Unit]:
    told = tomllib.loads((Path(__file__).parent / "units.toml").read_text(encoding="utf-8"))
    return {name: Unit(measure, size) for measure, units in told.items() for size, names in units for name in names}


@lru_cache(maxsize=10_000)
def _plain(label: str) -> str:
    return _stripped(_simplified(normal(label)))


def _stripped(text: str) -> str:
    before = ""
    while before != text:
        before = text
        for pattern in (*_words().before, *_words().behind):
            text = pattern.sub("", text) or text
    return text


def _one_language(label: str) -> str:
    """Return the Chinese of a heading in two languages."""
    text = _CIRCLED.sub("", label.strip())
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 2:
        chinese = [line for line in lines if _CHINESE.search(line)]
        other = next((line for line in lines if line not in chinese), "")
        if len(chinese) == 1 and _is_name(other):
            return chinese[0]
    if (found := _FIRST_CHINESE.fullmatch(text)) and _is_name(found[2]):
        return found[1]
    if (found := _THEN_CHINESE.fullmatch(text)) and _is_name(found[1]):
        return found[2]
    return text


def _is_name(text: str) -> bool:
    # A unit tells one heading from another, and so may a word as short as `MB` or `ID`.
    words = text.strip(".*: ").casefold()
    return (sum(map(str.isalpha, words)) > 2 and words.strip("()") not in _units()) or words == "no"


@cache
def _traditional() -> tuple[list[tuple[str, str]], dict[int, str], frozenset[str]]:
    """Return words and characters with what stands for them, and of which a text has none that has none of them."""
    lines = (Path(__file__).parent / "traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs = [(line.split()[0], line.split()[1]) for line in lines if not line.startswith("#")]
    words = [pair for pair in pairs if len(pair[0]) > 1]
    return words, {ord(old): new for old, new in pairs if len(old) == 1}, frozenset(old[0] for old, _ in pairs)


def _simplified(text: str) -> str:
    """Return a heading as it is written in simplified characters, with the words that are used with them."""
    words, characters, first = _traditional()
    if first.isdisjoint(text):
        return text
    for old, new in words:
        text = text.replace(old, new)
    return text.translate(characters)
