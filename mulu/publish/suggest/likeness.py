"""How alike two names are: of a column in somebody's table, and of a property of the standard.

A name is taken apart into words: those of Latin script by case and punctuation (`updateTime`, `update_time`), Chinese
and Japanese by characters and pairs of them, since nothing separates their words. What many properties have in common
(名称, name, date) says little, and counts little.
"""

import math
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mulu.convert.headings import normal, short

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[a-z]+|[0-9]+")
_AROUND = 0.6
"""What a word of the group that a name stands in counts, beside one of the name itself."""
_CHARACTER = 0.5
_SPELLING = 0.5
_LONGEST_WORD = 4
_LONGEST = 200
_STOP = frozenset(("the", "of", "a", "an", "and", "or", "in", "for", "to", "的", "是否"))
_PARTED = re.compile(r"(?<=[\u3400-\u9fff])\s*[-—–:：/>›]\s*(?=[\u3400-\u9fff])")
_BRACKET = re.compile(r"[(\[【〔<]")
INITIALS = re.compile(r"[a-z]{3,16}")
# Level 1 of GB/T 2312 stands in the order of its readings; where each first letter begins.
_BEGIN = (
    "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝",
    "abcdefghjklmnopqrstwxyz",
)


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called, and what the groups are called that it stands in, outermost first."""

    leaf: str
    around: tuple[str, ...] = ()


def named(heading: str, groups: tuple[str, ...] = ()) -> Name:
    """Return the name of a column by its heading; what stands before a dash or colon in Chinese is a group.

    >>> named("信息项-数据类型")
    Name(leaf='数据类型', around=('信息项',))
    """
    *before, leaf = (part.strip() for part in _PARTED.split(heading))
    return Name(leaf, (*groups, *before)) if leaf and all(before) else Name(heading, groups)


def words(name: Name) -> dict[str, float]:
    """Return the words of a name with what each counts."""
    found: dict[str, float] = {}
    for text, weight in [(name.leaf, 1.0), *((one, _AROUND) for one in name.around)]:
        for word, count in _words(text).items():
            found[word] = max(found.get(word, 0.0), count * weight)
    return found


def _words(text: str) -> dict[str, float]:
    spelled = unicodedata.normalize("NFKC", text[:_LONGEST])
    spelled = _BRACKET.split(spelled)[0] or spelled
    found: dict[str, float] = {}
    for run in _RUN.findall(_CAMEL.sub(" ", spelled).casefold()):
        if run in _STOP:
            continue
        meant = {}
        if run[0] < "\u3040":
            word = run[:-1] if len(run) > 3 and run.endswith("s") and not run.endswith("ss") else run
            found[word] = 1.0
            meant = {word: _groups()[word]} if word in _groups() else {}
        else:
            found |= dict.fromkeys(run, _CHARACTER)
            found |= dict.fromkeys(_pairs(run), 1.0)
            meant = dict(_meant(run))
        for word, group in meant.items():
            # What a word means counts for more than how it is spelled.
            found |= {part: found[part] * _SPELLING for part in (word, *_pairs(word), *word) if part in found}
            found[group] = 1.0
    return found


def _meant(run: str) -> Iterator[tuple[str, str]]:
    """Yield the words with synonyms that Chinese characters hold, the longest where several begin, and their groups."""
    at = 0
    while at < len(run):
        word = next((run[at : at + n] for n in range(_LONGEST_WORD, 1, -1) if run[at : at + n] in _groups()), None)
        if word is None:
            at += 1
        else:
            yield word, _groups()[word]
            at += len(word)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


@cache
def _groups() -> dict[str, str]:
    """Return word → what it shares with those that mean the same."""
    data = tomllib.loads(Path(__file__).with_name("alike.toml").read_text(encoding="utf-8"))
    return {word: f"={group[0]}" for group in data["groups"] for word in group}


def initials(text: str) -> str:
    """Return the first letters of the readings of Chinese characters, as tables name their columns; "" if unknown.

    >>> initials("信息资源名称")
    'xxzymc'
    """
    return "".join(map(_initial, text))


def _initial(character: str) -> str:
    if character.isascii():
        return character.casefold() if character.isalnum() else ""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    # Behind 座, the last of level 1, characters stand by their radicals.
    if not b"\xb0\xa1" <= code <= b"\xd7\xf9":
        return ""
    at = sum(first.encode("gb2312") <= code for first in _BEGIN[0])
    return _BEGIN[1][at - 1]


class Likeness:
    """How alike names are to those of a set of things, each of which has several names."""

    def __init__(self, names: Sequence[Iterable[Name]]) -> None:
        self._vectors: list[tuple[int, dict[str, float], float]] = []
        self._by_word: dict[str, list[int]] = {}
        taken = [(number, words(name)) for number, many in enumerate(names) for name in many]
        of_word: dict[str, set[int]] = {}
        for number, counts in taken:
            for word in counts:
                of_word.setdefault(word, set()).add(number)
        self._rarity = {word: math.log(1 + len(names) / len(where)) for word, where in of_word.items()}
        self._unknown = math.log(1 + len(names))
        for number, counts in taken:
            vector, length = self._vector(counts)
            for word in vector:
                self._by_word.setdefault(word, []).append(len(self._vectors))
            self._vectors.append((number, vector, length))

    def _vector(self, counts: Mapping[str, float]) -> tuple[dict[str, float], float]:
        vector = {word: count * self._rarity.get(word, self._unknown) for word, count in counts.items()}
        return vector, math.sqrt(sum(value * value for value in vector.values()))

    def share_known(self, name: Name) -> float:
        """Return how much of a name is words that the things have, which is quick to tell: 0 to 1."""
        counts = words(Name(name.leaf))
        return sum(count for word, count in counts.items() if word in self._rarity) / (sum(counts.values()) or 1.0)

    def of(self, name: Name) -> dict[int, float]:
        """Return the things with a name that has a word in common with `name`: number → likeness, above 0 up to 1."""
        vector, length = self._vector(words(name))
        sums: dict[int, float] = {}
        for word, value in vector.items():
            for at in self._by_word.get(word, ()):
                sums[at] = sums.get(at, 0.0) + value * self._vectors[at][1][word]
        best: dict[int, float] = {}
        for at, total in sums.items():
            number, _, other = self._vectors[at]
            best[number] = max(best.get(number, 0.0), min(1.0, total / (length * other)))
        return best


def spellings(text: str) -> tuple[str, ...]:
    """Return the forms in which two names that differ only in writing are the same: in full, and without brackets."""
    full = normal(text)
    return tuple(dict.fromkeys((full, short(full))))
