"""How one value of a source becomes the value of a property, by what a mapping says of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from mulu.convert import values
from mulu.convert.boxes import as_edge
from mulu.convert.contacts import as_person, as_phone
from mulu.convert.markup import without_markup
from mulu.convert.paths import get
from mulu.convert.values import Cell, NotUnderstood, as_text
from mulu.pointer import Json
from mulu.standard import CodeList, CodeLists
from mulu.standard.mappings import EDGES, Spec

_SHORT = 100
"""Up to how many characters a text is likely to come again."""
_ANSWERS = 10_000
"""How many texts are remembered with what they are read as."""

RANK = {"kept": 0, "not_understood": 1, "transformed": 2, "mapped": 3}
"""Of several heads that a value was given, the highest is entered into the ledger."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\s*:\s*/\s*/|www\s*\.|[a-z]+:|[^\s@]+\s*@")
"""What begins as an address does, blanks in it or not."""


def read(spec: Spec, cell: Cell, codes: CodeLists, *, date_1904: bool = False) -> tuple[Json, str]:
    """Return the value of a cell and its head in the ledger; one that has no reading stands as it is."""
    try:
        value = _value(spec, cell, codes, date_1904)
    except NotUnderstood:
        return raw(cell), "not_understood"
    if isinstance(value, _Partly):
        return value.values, "not_understood"
    return value, "mapped" if _same(cell, value) else "transformed"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the values of one source; what a property is said again is read once."""

    codes: CodeLists
    date_1904: bool = False
    _answers: dict[tuple[int, str], tuple[Json, str]] = field(default_factory=dict, repr=False)
    _noted: dict[tuple[int, str], tuple[str, str] | None] = field(default_factory=dict, repr=False)

    def is_none(self, spec: Spec, cell: Cell) -> bool:
        """Return what `is_none` does."""
        return bool(spec.not_in) and is_none(spec, cell, self.codes)

    def noted(self, spec: Spec, cell: Cell) -> tuple[str, str] | None:
        """Return the code of a cell that `read` did not understand, and the remark behind it; see `as_noted_code`."""
        if spec.code is None or spec.split or spec.part or spec.leaves_unknown or type(cell) is not str:
            return None
        if len(cell) > _SHORT:
            return None
        if (id(spec), cell) not in self._noted:
            if len(self._noted) >= _ANSWERS:
                self._noted.clear()
            try:
                found = values.as_noted_code(cell, self.codes[spec.code], spec.decode.get)
            except NotUnderstood:
                found = None
            self._noted[id(spec), cell] = found
        return self._noted[id(spec), cell]

    def read(self, spec: Spec, cell: Cell) -> tuple[Json, str]:
        """Return what `read` does."""
        if type(cell) is not str:
            return read(spec, cell, self.codes, date_1904=self.date_1904)
        if spec.is_verbatim:
            text = without_markup(as_text(cell))
            return text, "mapped" if text == cell else "transformed"
        if len(cell) > _SHORT:
            return read(spec, cell, self.codes, date_1904=self.date_1904)
        found = self._answers.get((id(spec), cell))
        if found is None:
            found = read(spec, cell, self.codes, date_1904=self.date_1904)
            # A list belongs to its entry.
            if not isinstance(found[0], list | dict):
                if len(self._answers) >= _ANSWERS:
                    self._answers.clear()
                self._answers[id(spec), cell] = found
        return found


def said_at(spec: Spec, pointer: str) -> str:
    """Return under which pointer the original of a property is kept: of the edges of a box once, at the box."""
    return pointer.rpartition("/")[0] if spec.cast in EDGES else pointer


def is_none(spec: Spec, cell: Cell, codes: CodeLists) -> bool:
    """Whether the content is one that a code list of `not_in` tells to be no value of the property."""
    if not spec.not_in or not isinstance(cell, str | int | float):
        return False
    text = cell if type(cell) is str else as_text(cell)
    return any(codes[name].find(text) is not None for name in spec.not_in)


def holds(spec: Spec, target: dict[str, Json]) -> bool:
    """Whether what was found so far meets the conditions of a property."""
    return not spec.conditions or all(
        (get(target, path) in wanted) == expected for expected, path, wanted in spec.conditions
    )


def set_constants(specs: Iterable[Spec], target: dict[str, Json]) -> None:
    """Set constants where something else was found beside them; a constant alone describes nothing."""
    for spec in specs:
        if spec.constant is not None and holds(spec, target):
            parent = get(target, spec.target[:-1]) if len(spec.target) > 1 else target
            if isinstance(parent, dict) and parent:
                parent.setdefault(spec.target[-1], spec.constant)


def raw(cell: Cell, *, stripped: bool = True) -> Json:
    """Return a cell's content as JSON, as it stands there."""
    if isinstance(cell, date | datetime | time):
        return as_text(cell)
    if isinstance(cell, str) and stripped:
        return as_text(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell


def part_of(text: str, separators: Sequence[str], number: int, count: int | None = None) -> str:
    """Return a part of a text, counted from 0.

    Raises `NotUnderstood` if it has fewer, or not `count`, or nothing there.

    >>> part_of("decimal(10,2)", ("(", ",", ")"), 1)
    '10'
    """
    parts = re.split("|".join(map(re.escape, separators)), text)
    if len(parts) <= number or not parts[number].strip() or len(parts) != (count or len(parts)):
        raise NotUnderstood
    return parts[number]


class _Partly:
    """A list of which some values were understood as codes and some were not."""

    def __init__(self, found: list[Json]) -> None:
        self.values = found


def _value(spec: Spec, cell: Cell, codes: CodeLists, date_1904: bool) -> Json | _Partly:
    if spec.part is not None:
        cell = part_of(as_text(cell), *spec.part).strip()
    if spec.prefix and isinstance(cell, str):
        text = as_text(cell)
        # What names something by an address is the same with and without encryption.
        plain = spec.prefix.replace("https://", "http://", 1)
        cell = text.removeprefix(spec.prefix) if text.startswith(spec.prefix) else text.removeprefix(plain)
    if spec.cast == "duration-unit":
        cell = values.as_unit_of_time(cell)
    if spec.code is not None:
        known = codes[spec.code]
        if spec.by_vocabulary:
            return [*values.by_vocabulary(as_text(cell), known, spec.split)]
        if spec.split or spec.cast == "list" or isinstance(cell, list):
            return _codes(values.as_list(cell, spec.split), known, spec.decode)
        return values.as_code(as_text(cell), known, spec.decode.get)
    if spec.split or spec.cast == "list":
        return [*values.as_list(cell, spec.split)]
    if isinstance(cell, list):
        cell = "；".join(values.as_list(cell, ()))
    if spec.decode:
        cell = spec.decode.get(as_text(cell), cell)
    match spec.cast:
        case "text":
            return without_markup(as_text(cell))
        case "date":
            return values.as_date(cell, date_1904=date_1904)
        case "identifier":
            return values.as_identifier(cell)
        case "integer":
            return values.as_integer(cell, spec.scale)
        case "number":
            return values.as_number(cell, spec.scale)
        case "boolean":
            return values.as_boolean(cell)
        case "start":
            return values.as_start(cell)
        case "end":
            return values.as_end(cell)
        case "url":
            text = as_text(cell).strip()
            # Blanks are in no address; of words where an address belongs they are what parts them.
            return "".join(text.split()) if _ADDRESS.match(text) else text
        case "email":
            return values.as_email(cell)
        case "duration":
            return values.as_amount(cell)
        case "person":
            return as_person(cell)
        case "phone":
            return as_phone(cell)
        case "west" | "south" | "east" | "north":
            return as_edge(cell, spec.cast)
        case _:
            return as_text(cell)


def _codes(texts: list[str], known: CodeList, decode: Mapping[str, str]) -> Json | _Partly:
    found: list[Json] = []
    partly = False
    for text in texts:
        try:
            code: str = values.as_code(text, known, decode.get)
        except NotUnderstood:
            code, partly = text, True
        if code not in found:
            found.append(code)
    return _Partly(found) if partly else found


def _same(cell: Cell, value: Json) -> bool:
    if type(cell) is str and type(value) is str:
        return cell == value
    if isinstance(value, list):
        return cell == value or (len(value) == 1 and cell == value[0])
    if isinstance(value, dict):
        return False
    if isinstance(cell, str):
        return cell == (value if isinstance(value, str) else str(value))
    if isinstance(cell, list | dict):
        return False
    return as_text(cell) == as_text(value)
