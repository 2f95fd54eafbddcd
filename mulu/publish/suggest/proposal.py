"""Which property each column is: by its name, and by whether the values in it are such as the property takes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mulu import identifiers
from mulu.convert import values
from mulu.convert.values import Cell, NotUnderstood, as_text
from mulu.publish.suggest.layouts import Found, Layout
from mulu.publish.suggest.likeness import Name, words
from mulu.publish.suggest.places import Place, Places
from mulu.standard import Standard

THRESHOLD = 0.6
"""From which confidence on a property is proposed; what is below is left blank."""

_LOOKED_AT, _FIRST = 40, 6
"""How many values of a column are read to see whether a property takes them; no more if it takes none of the first."""
_FITS, _HARDLY, _BONUS = 0.8, 0.3, 0.15
"""A share of values that speaks for a property, and what it adds to a likeness that is more than chance."""
_MARGIN = 0.03
"""By how much the best property must be ahead of the next."""
_BY_VALUES, _BY_NAME, _NEARLY_ALL = 0.65, 0.3, 0.95
"""What a column is worth whose values are nearly all in a code list, and how much its name counts then."""
_VOTED, _NO_HINT = 0.9, 0.8
"""What is left for a property of a list's elements, if nothing hints at the list: read so elsewhere, or never."""
_LIST = 1.6
"""Name and content of a list of objects count together; both in full would be more than sure."""
_URL = re.compile(r"(?:https?|ftp)://\S+", re.IGNORECASE)
# Not 无, which says of a text that there is none.
_YES_OR_NO = re.compile(r"[是否]|y|n|yes|no|true|false", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:[-/.年][0-9]{1,2}.*)")
_READERS: Mapping[str, Callable[[Cell], object]] = {
    "date": values.as_date,
    "integer": values.as_integer,
    "number": values.as_number,
    "boolean": values.as_boolean,
    "email": values.as_email,
}


@dataclass(slots=True)
class Match:
    """A column and the property that it is taken for, with a confidence from 0 to 1; the next best where it is none."""

    column: Found
    place: Place | None
    confidence: float
    nearest: Place | None = None
    inner: list["Match"] = field(default_factory=list)


@dataclass(slots=True)
class Proposal:
    """The properties of a layout, for one kind."""

    kind: str
    layout: Layout
    matches: list[Match]

    @property
    def weight(self) -> float:
        """How much of the layout is known: by which kinds and layouts are compared."""
        return sum(match.confidence for match in self.matches if match.place is not None)


def propose(layout: Layout, places: Places, standard: Standard, kind: str | None) -> Proposal:
    """Return the proposal for `kind`, or for the kind whose properties are found best."""
    scorer = _Scorer(places, standard)
    kinds = [kind] if kind is not None else list(standard.schemas.kinds)
    names = {id(column): places.of(column.name) for column in layout.columns}
    made = [Proposal(one, layout, scorer.match(layout.columns, one, "", names)) for one in kinds]
    return max(made, key=lambda proposal: proposal.weight)


class _Scorer:
    def __init__(self, places: Places, standard: Standard) -> None:
        self.places = places
        self.standard = standard
        self._fit: dict[tuple[object, ...], float] = {}

    def match(
        self, columns: list[Found], kind: str, inside: str, names: Mapping[int, Mapping[int, float]]
    ) -> list[Match]:
        """Give each column the property that suits it best, no property to two columns."""
        rated: dict[int, list[tuple[float, int]]] = {}
        inner: dict[tuple[int, int], list[Match]] = {}
        for at, column in enumerate(columns):
            hinted = self._hinted(column, kind)
            likely = {
                number: alike * (1.0 if inside else self._as_hinted(number, hinted))
                for number, alike in names[id(column)].items()
                if self._is_open(number, kind, inside)
            }
            coded = self._coded(column, kind, inside)
            likely = dict.fromkeys(coded, 0.0) | likely
            for number, alike in likely.items():
                place = self.places.all[number]
                if bool(column.inner) != place.is_list_of_objects and (column.inner or "fields" not in place.way):
                    continue
                confidence = self._confidence(column, number, alike)
                if number in coded:
                    by_values = _BY_VALUES + _BY_NAME * alike
                    confidence = max(confidence, by_values * (1.0 if inside else self._as_hinted(number, hinted)))
                if column.inner:
                    found = self._inner(column, place)
                    inner[at, number] = found
                    known = sum(one.place is not None for one in found)
                    confidence = 0.0 if not known else (alike + known / len(found)) / _LIST
                rated.setdefault(at, []).append((round(confidence, 3), number))
        for choices in rated.values():
            choices.sort(key=lambda choice: (-choice[0], choice[1]))
        return self._assigned(columns, rated, inner)

    def _is_open(self, number: int, kind: str, inside: str) -> bool:
        place = self.places.all[number]
        if place.kind != kind:
            return False
        return place.pointer.startswith(f"{inside}/*/") if inside else True

    def _hinted(self, column: Found, kind: str) -> set[str]:
        """Return the lists of objects that a column's name hints at."""
        said = words(Name(" ".join((*column.name.around, column.name.leaf)))).keys()
        return {where for (one, where), hints in self.places.hints.items() if one == kind and hints & said}

    def _as_hinted(self, number: int, hinted: set[str]) -> float:
        """Return what is left of a likeness, as the column hints at a list and the property is of one."""
        place = self.places.all[number]
        if place.inside in hinted or place.pointer in hinted:
            return 1.0
        if hinted or (place.inside and all(around for _, around in place.votes)):
            return _NO_HINT
        return _VOTED if place.inside else 1.0

    def _inner(self, column: Found, place: Place) -> list[Match]:
        names = {id(one): self.places.of(one.name) for one in column.inner}
        return self.match(column.inner, place.kind, place.pointer, names)

    def _assigned(
        self,
        columns: list[Found],
        rated: Mapping[int, list[tuple[float, int]]],
        inner: Mapping[tuple[int, int], list[Match]],
    ) -> list[Match]:
        order = sorted(
            ((confidence, at, number) for at, choices in rated.items() for confidence, number in choices),
            key=lambda one: (-one[0], one[1], one[2]),
        )
        taken: dict[int, tuple[float, int]] = {}
        used: set[int] = set()
        for confidence, at, number in order:
            if confidence < THRESHOLD:
                break
            if at in taken or number in used or not self._is_clear(rated[at], number, confidence, used):
                continue
            if self.places.all[number].inside != self.places.all[rated[at][0][1]].inside:
                # What suits best is taken by another column; its like in a list is another thing.
                continue
            taken[at] = (confidence, number)
            if "fields" not in self.places.all[number].way:
                # Several columns may give elements to a list, one alone a value.
                used.add(number)
        made = []
        for at, column in enumerate(columns):
            if at in taken:
                confidence, number = taken[at]
                place = self.places.all[number]
                made.append(Match(column, place, min(1.0, confidence), None, inner.get((at, number), [])))
            else:
                best = next(iter(rated.get(at, [])), None)
                near = self.places.all[best[1]] if best is not None and best[0] > _HARDLY else None
                made.append(Match(column, None, 0.0 if best is None else min(1.0, best[0]), near))
        return made

    @staticmethod
    def _is_clear(choices: list[tuple[float, int]], number: int, confidence: float, used: set[int]) -> bool:
        """Whether no other property that is free suits the column as well or better."""
        return not any(
            other != number and other not in used and score > confidence - _MARGIN for score, other in choices
        )

    def _confidence(self, column: Found, number: int, alike: float) -> float:
        fit = self._fitting(column, number)
        if fit is None:
            return alike
        if fit >= _FITS:
            return alike + _BONUS * fit if alike >= _HARDLY else alike
        if alike == 1.0 and "code" in self.places.all[number].way:
            # Called exactly so: its values are other spellings of codes, which the mapping is yet to be told.
            return max(THRESHOLD, 0.5 + 0.5 * fit)
        return alike * (0.5 + 0.5 * fit)

    def _coded(self, column: Found, kind: str, inside: str) -> list[int]:
        """Return the properties whose code list has nearly all values of a column, by names that say something."""
        texts = {text for cell in column.values[:_LOOKED_AT] if (text := _text(cell))}
        if len(texts) < 2 or all(text.isascii() and (len(text) < 3 or text.isdecimal()) for text in texts):
            return []
        return [
            number
            for number, place in enumerate(self.places.all)
            if self._is_open(number, kind, inside) and "code" in place.way and "fields" not in place.way
            if (fit := self._fitting(column, number)) is not None and fit >= _NEARLY_ALL
        ]

    def _fitting(self, column: Found, number: int) -> float | None:
        """Return the share of values that the property takes, `None` where it takes any text."""
        place = self.places.all[number]
        way = place.way
        # What takes the same values is asked once.
        key = (id(column), way.get("code"), "split" in way, way.get("as"), place.schema.get("format"))
        if key not in self._fit:
            cells = [cell for cell in column.values[:_LOOKED_AT] if not isinstance(cell, dict)]
            self._fit[key] = -1.0 if not cells or column.inner else self._share(place, cells)
        return None if self._fit[key] < 0 else self._fit[key]

    def _share(self, place: Place, cells: Sequence[Cell]) -> float:
        way = place.way
        first = [self._takes(way, place, cell) for cell in cells[:_FIRST]]
        if not any(first) and None not in first:
            return 0.0
        checks = [*first, *(self._takes(way, place, cell) for cell in cells[_FIRST:])]
        told = [one for one in checks if one is not None]
        if told:
            return sum(told) / len(told)
        # Any text will do; one that looks like something else all through hardly.
        texts = [text for cell in cells if (text := _text(cell))]
        odd = sum(any(form.fullmatch(text) for form in (_URL, _ISO_DATE, _YES_OR_NO)) for text in texts)
        return 0.4 if texts and odd > 0.9 * len(texts) else -1.0

    def _takes(self, way: Mapping[str, object], place: Place, cell: Cell) -> bool | None:
        """Whether a value can be read as the property asks; `None` if that is no question."""
        try:
            if "code" in way:
                return self._is_coded(str(way["code"]), way, cell)
            cast = str(way.get("as", "text"))
            if cast == "identifier":
                format = place.schema.get("format")
                return None if format is None else identifiers.explain(str(format), values.as_identifier(cell)) is None
            if cast == "url":
                return bool(_URL.match(as_text(cell)))
            reader = _READERS.get(cast)
            if reader is None:
                return None
            reader(cell)
        except NotUnderstood:
            return False
        return True

    def _is_coded(self, name: str, way: Mapping[str, object], cell: Cell) -> bool:
        codes = self.standard.codes[name]
        texts = values.as_list(cell, ()) if "split" in way or isinstance(cell, list) else [as_text(cell)]
        return all(codes.find(text) is not None for text in texts)


def _text(cell: Cell) -> str:
    try:
        return as_text(cell)
    except NotUnderstood:
        return ""
