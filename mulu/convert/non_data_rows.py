"""Rows of a table that are no data: headings once more, hints, examples, sections, totals, notes, sign-offs.

What a row is shows in what it says and in what stands around it: `联系人` alone is a note, beside a data type it is the
name of a data item. A row is an aside only for a reason that is told; anything else is data, however little it is.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mulu.convert.columns import Columns, Headings, Matching, matches
from mulu.convert.headings import as_unit, is_unit_label, normal
from mulu.convert.reading import Reader
from mulu.convert.values import Cell, as_text, is_day
from mulu.standard import CodeLists
from mulu.standard.mappings import Drop, Spec
from mulu.texts import Text, is_chinese

REPEATED = Text("重复的表头", "repeated headings")
TITLE = Text("表头上方的标题", "a title above the headings")
_NUMBERS = Text("表头下的列号", "column numbers")
_HINTS = Text("表头下的填写提示", "instructions below the headings")
_EXAMPLE = Text("填写示例", "a sample row")
_SECTION = Text("分组标题", "the title of a group of rows")
_ACROSS = Text("横跨表格的说明", "a note across the table")
UNITS = Text("数值的单位", "units of measurement")
NOTE = Text("表下的说明或合计", "a note or total under the table")
SIGNED = Text("签署栏", "signature and date")

_LABELLED = re.compile(r"[^:：]{1,14}[:：]")
_CHINESE = "[一二三四五六七八九十百]+"
_SECTION_NUMBER = re.compile(rf"[(（]?{_CHINESE}[)）、.．]*|第{_CHINESE}(部分|类|章|节)")
_SECTION_BEGINS = re.compile(rf"({_CHINESE}[、.．]|[(（]{_CHINESE}[)）]|第{_CHINESE}(部分|类|章|节)).")
_NOTE_BEGINS = re.compile(r"[※★▲●◆■□*＊—]|[(（]?\d{1,2}[)）]?[.、．)）]\s*\D|[①-⑳]")
_LONGEST = 60
"""Longer texts are no headings."""
_TELLING = ("date", "start", "end", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands in `non_data_rows.toml`."""

    notes: tuple[str, ...]
    names: tuple[str, ...]
    totals: frozenset[str]
    total_begins: frozenset[str]
    end_begins: frozenset[str]
    """The characters that totals, and texts at the end, begin with."""
    ends: re.Pattern[str]
    signing: re.Pattern[str]
    signing_label: re.Pattern[str]
    seal: re.Pattern[str]
    examples: frozenset[str]
    example_begins: tuple[str, ...]
    hint: re.Pattern[str]


@cache
def _words() -> _Words:
    told = tomllib.loads((Path(__file__).parent / "non_data_rows.toml").read_text(encoding="utf-8"))
    of, signing = "|".join(told["signing_of"]), "|".join(told["signing"])
    label = rf"({of})?({signing})([(（].{{0,6}}[)）])?\s*"
    parts = {name: "|".join(told[name]) for name in ("ends", "counted", "counting", "units", "counted_things")}
    count = "({counted})?({counting})#({units})({counted_things})?".format(**parts)
    hints = [*map(re.escape, told["hints"]), *(rf"^{re.escape(word)}" for word in told["hint_begins"])]
    return _Words(
        tuple(told["notes"]),
        tuple(told["names"]),
        frozenset(told["totals"]),
        frozenset(word[0] for word in told["totals"]),
        frozenset(word[0] for name in ("ends", "counted", "counting") for word in told[name]),
        re.compile(f"{parts['ends']}|{count}".replace("#", "[0-9零一二三四五六七八九十百千万两]+")),
        re.compile(rf"{label}[:：]"),
        re.compile(rf"{label}[:：]?"),
        re.compile(rf"[(（]{label}[)）]"),
        frozenset(told["examples"]),
        tuple(told["example_begins"]),
        re.compile("|".join(hints).replace("\\#", "[0-9]+"), re.IGNORECASE),
    )


class Around(NamedTuple):
    """What stands around a row: the cells of the last data line and of the next row, and whether a gap is above it."""

    before: Mapping[int, Cell]
    after: Mapping[int, Cell]
    follows_gap: bool
    follows_data: bool
    """Whether data stands between the headings and the row."""
    follows_note: bool
    """Whether the row above is a note."""
    is_covered: bool
    """Whether merged cells of rows above reach down to the row."""


class Asides:
    """Tells the rows of one table that are no data."""

    def __init__(self, columns: Columns, fields: Iterable[Spec], drops: Iterable[Drop], codes: CodeLists | None):
        fields = tuple(fields)
        self._columns = {item.number: item for item in columns}
        self._reader = Reader(codes) if codes is not None else None
        self._readings: dict[int, list[Spec]] = {}
        matching = Matching(columns, fields)
        for spec in _leaves(fields):
            for item in matching.columns_of(spec):
                self._readings.setdefault(item.number, []).extend((spec, *spec.fields))
        headings = Headings.of(fields)
        self._words, self._last = headings.named, headings.ends
        self._listed = {
            item.number
            for spec in fields
            if spec.each == "line"
            for inner in spec.fields
            for item in matching.columns_of(inner)
        }
        self._unread = {
            item.number
            for item in columns
            if item.number not in matching.taken and any(matches(item, h) for drop in drops for h in drop.headings)
        }

    def begins_table(self, filled: Mapping[int, Cell], around: Around, *, is_whole: bool = False) -> bool:
        """Whether a row holds the headings of another table.

        Most of them are known, or that of its first column is the same and the row stands apart from the lines above.
        If the table `is_whole`, one entry, the same headings begin the next one.
        """
        if is_whole and self._repeats(filled) and not self._speaks(filled):
            return True
        if self._reader is None or len(filled) < 3:
            return False
        number, first = next(iter(filled.items()))
        is_apart = around.follows_gap or around.follows_note
        return (
            ((is_apart and self._is_heading(number, first)) or self._are_known(filled))
            and all(isinstance(cell, str) for cell in filled.values())
            and not self._repeats(filled)
            and not self._speaks(filled)
        )

    def _is_known(self, cell: Cell) -> bool:
        if not isinstance(cell, str) or len(cell) > _LONGEST:
            return False
        # Of most cells their last character tells, as a Chinese one, or a digit, is that of the normal form too.
        last = cell[-1:]
        is_same = is_chinese(last) or "0" <= last <= "9"
        return not (is_same and last not in self._last) and normal(cell) in self._words

    def _are_known(self, filled: Mapping[int, Cell]) -> bool:
        known = unknown = 0
        for cell in filled.values():
            is_known = self._is_known(cell)
            known, unknown = known + is_known, unknown + (not is_known)
            if unknown * 2 >= len(filled):
                return False
        return known > 2

    def reason(self, filled: Mapping[int, Cell], width: int, around: Around) -> Text | None:
        """Return why a row is no data, or `None`; `width` is that of its first cell in columns."""
        if self._repeats(filled) and not self._speaks(filled):
            return REPEATED
        if not around.follows_data and self._numbers(filled):
            return _NUMBERS
        if not around.follows_data and _are_units(filled):
            return UNITS
        if not around.follows_data and _are_hints(filled):
            return _HINTS
        number, first = next(iter(filled.items()))
        text = as_text(first)
        if number <= 2 and len(filled) > 1 and _is_example(text):
            return _EXAMPLE
        if (number <= 2 or number not in self._listed) and is_total_line(filled):
            return NOTE
        if around.is_covered:
            return None
        if len(filled) == 1 and width * 2 >= max(len(self._columns), 4):
            return _ACROSS
        if (found := closing(filled)) is not None:
            return found
        if (labels := signing_labels(filled)) > 2 or (labels == 2 and not self._speaks(filled)):
            return SIGNED
        if number <= 2 and len(filled) <= 3 and text.startswith(_words().notes) and self._is_note(text, filled, around):
            return NOTE
        if number <= 2 and len(self._columns) > 3 and _is_section(text, filled, around):
            return _SECTION
        if len(filled) == 1 and isinstance(first, str) and self._stands_alone(number, text, around):
            return NOTE
        return None

    def _is_heading(self, number: int, cell: Cell) -> bool:
        # Of most cells a look at length and first character tells, as every cell of the table is asked for it.
        item = self._columns.get(number)
        return (
            item is not None
            and isinstance(cell, str)
            and len(item.full) <= len(cell) <= 2 * len(item.label)
            and (item.full[:1].isascii() or item.full[0] in cell)
            and normal(cell) == item.full
        )

    def _repeats(self, filled: Mapping[int, Cell]) -> bool:
        """Whether most of a row's cells, more than one, are the headings of their columns, and none of another."""
        others = []
        for number, cell in filled.items():
            if not self._is_heading(number, cell):
                others.append(cell)
                if len(others) * 2 >= len(filled):
                    return False
        return len(filled) - len(others) > 1 and not any(map(self._is_known, others))

    def _speaks(self, filled: Mapping[int, Cell]) -> bool:
        """Whether a cell reads as a value of its column: a code of its list, a date, a number."""
        reader = self._reader
        if reader is None:
            return False
        return any(
            reader.read(spec, cell)[1] != "not_understood"
            for number, cell in filled.items()
            for spec in self._readings.get(number, ())
            if spec.code is not None or spec.cast in _TELLING
        )

    def _numbers(self, filled: Mapping[int, Cell]) -> bool:
        """Whether a row counts the columns: 1, 2, 3 …, up to two before it called otherwise (甲, 栏次)."""
        if len(filled) < 3 or len(filled) * 2 < len(self._columns):
            return False
        texts = [unicodedata.normalize("NFKC", as_text(cell)).strip("()[]【】 ") for cell in filled.values()]
        begin = next((at for at, text in enumerate(texts[:3]) if text in ("0", "1", "2")), None)
        if begin is None or len(texts) - begin < 3:
            return False
        first = int(texts[begin])
        return texts[begin:] == [str(first + step) for step in range(len(texts) - begin)]

    def _is_note(self, text: str, filled: Mapping[int, Cell], around: Around) -> bool:
        """Whether a row that begins with a word of notes is one: alone, a total, or beside what else signs it."""
        number = next(iter(filled))
        others = {column: cell for column, cell in filled.items() if column != number}
        if text.endswith(_words().names) and not is_labelled(text):
            return False
        if not others or _is_total(text):
            return True
        if all(is_labelled(as_text(cell)) for cell in others.values()):
            return True
        if self._speaks(others):
            return False
        after = next(iter(around.after.values()), None)
        is_alike = set(filled) == set(around.before) or (
            set(filled) == set(around.after) and not as_text(after).startswith(_words().notes)
        )
        return not is_alike

    def _stands_alone(self, number: int, text: str, around: Around) -> bool:
        """Whether a text alone in its row is said of the table: in a column of line numbers, or below other notes."""
        if number in self._unread:
            return not re.fullmatch(r"[\d.\-]+", text)
        return around.follows_note and around.follows_data and number <= 2 and bool(_NOTE_BEGINS.match(text))


def closing(filled: Mapping[int, Cell]) -> Text | None:
    """Return why a row is what stands below a table, if it says so by itself: signatures, pages, counts, an end."""
    cells, words = filled.values(), _words()
    if all(is_labelled(text) or words.seal.fullmatch(text) or is_day(text) for text in map(as_text, cells)) and any(
        words.signing.match(text) or words.seal.fullmatch(text) for text in map(as_text, cells)
    ):
        return SIGNED
    if all(_is_end(as_text(cell)) for cell in cells):
        return NOTE
    return None


def signing_labels(filled: Mapping[int, Cell]) -> int:
    """Return how many labels of those who sign a row has, each alone in a cell before what it asks for, or 0."""
    if len(filled) < 3:
        return 0
    labels = set()
    for cell in islice(filled.values(), 0, None, 2):
        labels.add(text := as_text(cell))
        if not _words().signing_label.fullmatch(text):
            return 0
    return len(labels)


def is_total_line(filled: Mapping[int, Cell]) -> bool:
    """Whether a row begins with the word for a total, and has nothing else but numbers and counts."""
    first, *others = filled.values()
    return bool(others) and _is_total(as_text(first)) and all(_is_count(as_text(cell)) for cell in others)


def is_said_note(text: str) -> bool:
    """Whether a text that stands alone begins as notes do, and is no name."""
    return text.startswith(_words().notes) and (not text.endswith(_words().names) or is_labelled(text))


def is_labelled(text: str) -> bool:
    """Whether a text begins with a few words and a colon."""
    return bool(_LABELLED.match(text))


def _letters(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold()) if len(text) <= _LONGEST else ""


def _leaves(specs: Iterable[Spec]) -> Iterable[Spec]:
    for spec in specs:
        yield spec
        if spec.each == "line":
            yield from spec.fields


def _are_hints(filled: Mapping[int, Cell]) -> bool:
    hints = sum(isinstance(cell, str) and bool(_words().hint.search(cell.strip())) for cell in filled.values())
    return hints > 1 and hints * 2 > len(filled)


def _are_units(filled: Mapping[int, Cell]) -> bool:
    texts = [cell for cell in filled.values() if not (isinstance(cell, str) and is_unit_label(cell))]
    return bool(texts) and all(isinstance(cell, str) and as_unit(cell) is not None for cell in texts)


def _is_total(text: str) -> bool:
    # To see how a text begins takes a tenth of the time; so for ends.
    if is_chinese(text[:1]) and text[0] not in _words().total_begins:
        return False
    return re.sub(r"[(（].*|[:：\s]", "", text) in _words().totals


def _is_count(text: str) -> bool:
    return re.fullmatch(r"[\d.,]+\W?[^\W\d]{0,2}", text) is not None or _is_end(text)


def _is_end(text: str) -> bool:
    if is_chinese(text[:1]) and text[0] not in _words().end_begins:
        return False
    return bool(_words().ends.fullmatch(_letters(text)))


def _is_example(text: str) -> bool:
    if "例" not in text and not (len(text) < 12 and text.isascii()):
        return False
    said = unicodedata.normalize("NFKC", text).casefold()
    return f"{said}:".startswith(_words().example_begins) or said.strip("()[]【】<>: 0123456789") in _words().examples


def _is_section(text: str, filled: Mapping[int, Cell], around: Around) -> bool:
    """Whether a row is the title of those below it: a Chinese number, a name, and fuller rows around."""
    if len(around.after) <= len(filled) + 1:
        return False
    if len(filled) == 1:
        return bool(_SECTION_BEGINS.match(text))
    return len(filled) == 2 and bool(_SECTION_NUMBER.fullmatch(text))
