"""The way back to a table: an entry becomes lines of cells, by the mapping whose columns it is read from.

Which column holds a property is found as it is in reading. A condition is asked of what has been written so far,
because that is all a reader of the table will know; and what the lines say is read again, so that the account tells
what a reader will find.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mulu.convert.columns import Column, Columns, Matching, column
from mulu.convert.engine import Builder
from mulu.convert.headings import normal
from mulu.convert.ledger import Ledger
from mulu.convert.paths import get, put
from mulu.convert.plan import Plan, plan
from mulu.convert.reading import holds, is_none, read
from mulu.convert.tables import Line, Table
from mulu.convert.trees import label, leaves
from mulu.convert.values import LIST_SEPARATORS, NUMBERED, as_text, is_blank
from mulu.convert.writing import written
from mulu.pointer import Json, pointer_of
from mulu.standard import CodeLists
from mulu.standard.mappings import Drop, Spec, Writing

Cell = str | int | float | None
MOST_OWN = 200
"""How many columns may be added for what a source held beyond the standard."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNTIL = {"zh": "至", "en": "~"}
_TRUTH = {"zh": ("是", "否"), "en": ("yes", "no")}


@dataclass
class Layout:
    """The columns of a sheet that is written, and what goes into each."""

    writing: Writing
    fields: tuple[Spec, ...]
    drops: tuple[Drop, ...]
    codes: CodeLists
    inside: str = ""
    longest: int | None = None
    """How many characters a cell can hold."""
    own: dict[str, int] = field(default_factory=dict)
    """What sources held beyond the standard: heading -> column."""

    @cached_property
    def headings(self) -> tuple[tuple[str, ...], ...]:
        """Each heading, outermost group first; those that are only written where they are needed come last."""
        both = (*self.writing.headings, *self.writing.further)
        return tuple(tuple(part.strip() for part in heading.split("›")) for heading in both)

    @cached_property
    def columns(self) -> Columns:
        """The columns."""
        return Columns(column(number, parts[-1], parts[:-1]) for number, parts in enumerate(self.headings, start=1))

    @cached_property
    def plan(self) -> Plan:
        """How the sheet is read."""
        return plan(Table(0, "", self.columns, []), self.fields, self.drops, self.codes, inside=self.inside)

    @property
    def matching(self) -> Matching:
        """Which column holds which property."""
        return self.plan.matching

    def number_of(self, heading: str | None) -> int | None:
        """Return the column of a heading, as the mapping writes it."""
        if heading is None:
            return None
        wanted = normal(heading.split("›")[-1])
        return next((item.number for item in self.columns if wanted in (item.full, item.short)), None)

    @cached_property
    def of_lines(self) -> frozenset[int]:
        """The columns that hold a value of their own on each line."""
        inner = [each for spec in self.fields if spec.each == "line" for each in spec.fields]
        return frozenset(item.number for spec in inner for item in self.matching.columns_of(spec))

    def has(self, heading: str) -> bool:
        """Whether a column of the format has this heading."""
        return any(item.full == normal(heading.rstrip("#")) for item in self.columns)

    def own_column(self, heading: str) -> int | None:
        """Return where a value without a property stands: under its heading or one that means the same, or beside all.

        `None` if there are too many such headings.
        """
        bare = heading.rstrip("#") or heading
        like = [item.number for item in self.columns if item.full == normal(bare)]
        if like:
            return like[min(len(heading) - len(bare), len(like) - 1)]
        if heading not in self.own:
            alone = Matching(Columns([column(1, bare)]), self.fields)
            spec = next((one for one in _all(self.fields) if alone.columns_of(one)), None)
            there = self.matching.columns_of(spec) if spec is not None else []
            if there:
                return there[0].number
            if spec is not None or len(self.own) >= MOST_OWN:
                return None
            self.own[heading] = len(self.columns) + len(self.own) + 1
        return self.own[heading]


@dataclass(slots=True)
class Rows:
    """The lines of one entry in one sheet while they are written."""

    layout: Layout
    originals: dict[str, Json] = field(default_factory=dict)
    lines: list[dict[int, Cell]] = field(default_factory=lambda: [{}])
    places: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Pointer in the entry -> head, the heading where it went, and how a reader spells the value."""
    _elements: set[str] = field(default_factory=set)
    """The elements of lists of which something was written."""

    def fill(self, specs: Sequence[Spec], target: dict[str, Json], here: tuple[str, ...] = (), line: int = 0) -> None:
        """Write the properties of an object that stand on one line, and the lists of it down the lines."""
        done: dict[str, Json] = {}
        self._together(specs, target, here, line, done)
        for spec in sorted(specs, key=_turn):
            value = get(target, spec.target)
            if value is None or spec.constant is not None or spec.write is None or not holds(spec, done):
                continue
            if pointer_of((*here, *spec.target)) in self.places or not _agrees(specs, spec, target):
                continue
            if spec.each == "line":
                self.down(spec, value, (*here, *spec.target))
            elif self._write(spec, value, (*here, *spec.target), line):
                put(done, spec.target, value)

    def down(self, spec: Spec, value: Json, here: tuple[str, ...]) -> None:
        """Write the elements of a list, each on its line."""
        for number, element in enumerate(value if isinstance(value, list) else []):
            if isinstance(element, dict):
                self.fill(spec.fields, element, (*here, str(number)), number)

    def set(self, line: int, number: int, cell: Cell) -> bool:
        """Write a cell; whether it could be, because it was blank or said the same."""
        if isinstance(cell, str):
            cell = _NO_TEXT.sub("\ufffd", cell)
        longest = self.layout.longest
        if is_blank(cell) or (isinstance(cell, str) and longest is not None and len(cell) > longest):
            return False
        while len(self.lines) <= line:
            self.lines.append({})
        return self.lines[line].setdefault(number, cell) == cell

    def _write(self, spec: Spec, value: Json, here: tuple[str, ...], line: int) -> bool:
        columns = self.layout.matching.columns_of(spec)
        if not columns or isinstance(value, dict):
            return False
        if spec.each == "column":
            values = value if isinstance(value, list) else [value]
            for position, (one, item) in enumerate(zip(values, columns, strict=False)):
                cell = self._cell(spec.alone, one, "")
                if self.set(line, item.number, cell):
                    self._note(spec.alone, (*here, str(position)), one, cell, item)
            return True
        if isinstance(value, list):
            return self._list(spec, value, here, line, columns[0])
        cell = self._cell(spec, value, pointer_of(here))
        if spec.write is not None and value in spec.write.texts and read(spec, cell, self.layout.codes)[0] != value:
            # The text says less than the code, which is left to another way.
            self.set(line, columns[0].number, cell)
            return False
        if is_none(spec, cell, self.layout.codes) or not self.set(line, columns[0].number, cell):
            return False
        self._note(spec, here, value, cell, columns[0])
        return True

    def _list(self, spec: Spec, value: list[Json], here: tuple[str, ...], line: int, item: Column) -> bool:
        """Write the values of a list into one cell; of objects those that the way is for, each by its best text."""
        found: list[tuple[Spec, tuple[str, ...], Json, str]] = []
        for number, element in enumerate(value):
            place = (*here, str(number))
            inner = spec.alone
            if isinstance(element, dict):
                if pointer_of(place) in self._elements or not _fits(spec.fields, element):
                    continue
                ways = [one for one in spec.fields if one.constant is None and holds(one, element)]
                way = next((one for one in ways if get(element, one.target) is not None), None)
                if way is None:
                    continue
                inner = way
                place, element = (*place, *inner.target), get(element, inner.target)
            if element is None or isinstance(element, dict | list) or pointer_of(place) in self.places:
                continue
            text = as_text(self._cell(inner, element, ""))
            if text and not is_none(spec, text, self.layout.codes) and not is_none(inner, text, self.layout.codes):
                found.append((inner, place, element, text))
        texts = list(dict.fromkeys(text for *_, text in found))
        if not self.set(line, item.number, _joined(spec, texts)):
            return False
        for inner, place, element, text in found:
            self._note(inner, place, element, text, item)
        return True

    def _together(
        self, specs: Sequence[Spec], target: dict[str, Json], here: tuple[str, ...], line: int, done: dict[str, Json]
    ) -> None:
        """Write properties that share a cell: parts of a text, the first and the last day of a period."""
        shared: dict[tuple[int, str], dict[int, tuple[Spec, Json]]] = {}
        for spec in specs:
            value = get(target, spec.target)
            columns = self.layout.matching.columns_of(spec)
            if value is None or isinstance(value, dict | list) or not columns or spec.write is None:
                continue
            separators, position, *_ = spec.part or ((_UNTIL[self.layout.writing.language],), int(spec.cast == "end"))
            if (spec.part is not None or spec.cast in ("start", "end")) and holds(spec, done):
                shared.setdefault((columns[0].number, separators[0]), {})[position] = (spec, value)
        for (number, separator), parts in shared.items():
            # A part alone has a way of its own, or none; a gap before it would be read as something else.
            if sorted(parts) != list(range(len(parts))) or (len(parts) == 1 and self._has_whole(specs, parts[0][0])):
                continue
            cells = [self._cell(parts[at][0], parts[at][1], "") for at in range(len(parts))]
            cell = cells[0] if len(cells) == 1 else separator.join(map(as_text, cells))
            if self.set(line, number, cell):
                for spec, value in parts.values():
                    self._note(spec, (*here, *spec.target), value, cell, self.layout.columns[number - 1])
                    put(done, spec.target, value)

    def _has_whole(self, specs: Sequence[Spec], part: Spec) -> bool:
        columns = self.layout.matching.columns_of
        return any(
            one.part is None and one.target == part.target and columns(one) == columns(part) and one is not part
            for one in specs
        )

    def _cell(self, spec: Spec, value: Json, pointer: str) -> Cell:
        """Return what stands in the cell of a value; a date that was read from a table of this format as it stood."""
        codes, language = self.layout.codes, self.layout.writing.language
        if isinstance(value, bool):
            text = _TRUTH[language][not value]
            return next((key for key, decoded in spec.decode.items() if decoded == text), text)
        if spec.write is not None and isinstance(value, str) and value in spec.write.texts:
            return spec.write.texts[value]
        before = self.originals.get(pointer)
        if spec.cast == "date" and isinstance(before, str) and read(spec, before, codes)[0] == value:
            return before
        cell = written(spec, value, codes, language)
        if spec.scale is not None and isinstance(cell, float):
            cell = next((short for n in range(9) if read(spec, short := round(cell, n), codes)[0] == value), cell)
        if spec.code is not None and cell != value and read(spec, cell, codes)[0] not in (value, [value]):
            return as_text(value)
        return cell if isinstance(cell, str | int | float) else as_text(str(cell))

    def _note(self, spec: Spec, here: tuple[str, ...], value: Json, cell: Cell, item: Column) -> None:
        heading = " › ".join(self.layout.headings[item.number - 1])
        # A reader trims texts and writes identifiers in capitals: that is its spelling, and no loss.
        is_text = isinstance(value, str) and spec.code is None and spec.part is None
        spelt = read(spec, value, self.layout.codes)[0] if is_text else value
        self.places[pointer_of(here)] = ("mapped" if cell == value == spelt else "transformed", heading, str(spelt))
        self._elements.update(pointer_of(here[: n + 1]) for n, step in enumerate(here) if step.isdecimal())

    def keep(self, heading: str, value: Json) -> list[bool]:
        """Write what a source held under a heading without a property, where the cells are blank; which could be."""
        column_ = self.layout.own_column(heading)
        found = []
        line = 0
        for one in value if isinstance(value, list) else [value]:
            if column_ is None or isinstance(one, dict | list):
                found += [False for _ in leaves(one)]
                continue
            cell: Cell = _TRUTH[self.layout.writing.language][not one] if isinstance(one, bool) else one
            while line < len(self.lines) and self.lines[line].get(column_, cell) != cell:
                line += 1
            found.append(line < len(self.lines) and self.set(line, column_, cell))
            line += 1
        return found

    def as_lines(self) -> list[Line]:
        """Return the lines as they will be read."""
        made = []
        for number, cells in enumerate(self.lines):
            there = {at: cell for at, cell in cells.items() if at <= len(self.layout.columns)}
            made.append(Line(number, {**there}, {at: (0, number, at) for at in there}, (0, number, 0)))
        return made


def read_again(rows: Rows, details: Iterable[tuple[Spec, int, Rows]], ledger: Ledger) -> Counter[tuple[str, str]]:
    """Return the values that a reader finds in the lines of an entry, each with its property.

    `ledger` is one that the reader keeps and nobody reads.
    """
    entry: dict[str, Json] = {}
    Builder(rows.layout.plan, ledger, [], 1, entry).add(rows.as_lines())
    for spec, joined, further in details:
        Builder(further.layout.plan, ledger, [], 1, entry).add_to(spec, further.as_lines(), joined)
    return Counter((label(at), str(value)) for at, value in leaves(entry))


def _turn(spec: Spec) -> tuple[bool, bool, bool]:
    """In which order ways are taken: those with texts of their own first, those that take only some texts last."""
    return spec.each != "column", spec.write is None or not spec.write.texts, spec.leaves_unknown


def _joined(spec: Spec, texts: list[str]) -> str:
    if spec.write is not None and spec.write.join is not None:
        return spec.write.join.join(texts)
    if NUMBERED in spec.split:
        return "\n".join(f"{n}.{text}" for n, text in enumerate(texts, 1)) if len(texts) > 1 else "".join(texts)
    marks = spec.split or (("、",) if spec.by_vocabulary else LIST_SEPARATORS)
    return marks[0].join(texts)


def _agrees(specs: Sequence[Spec], spec: Spec, target: dict[str, Json]) -> bool:
    """Whether the object that a property is of is not told by a constant beside it to be another."""
    beside = [one for one in specs if one.constant is not None and one.target[:-1] == spec.target[:-1]]
    return len(spec.target) < 2 or _fits(beside, target)


def _fits(specs: Sequence[Spec], element: dict[str, Json]) -> bool:
    """Whether an object has the constants that a way gives to what it reads."""
    fixed = [one for one in specs if one.constant is not None and holds(one, element)]
    return all(get(element, one.target) in (None, one.constant) for one in fixed)


def _all(specs: Iterable[Spec]) -> Iterable[Spec]:
    for spec in specs:
        yield spec
        yield from _all(spec.fields)
