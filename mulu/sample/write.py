"""A sample as a file: every entry in its place, and what is wrong in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from mulu.errors import DEFECTS
from mulu.pointer import Json
from mulu.sample.catalog import Catalog
from mulu.sample.faults import Planter, found_in, group, planters
from mulu.sample.recipes import Recipes, fault_at, reason
from mulu.sample.values import odd

_PART = 3
"""Of each kind one in so many entries may be broken: the others need something to refer to."""
_LINES = 256


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: how, its number, and the number of each of its entries among those of its kind."""

    planter: Planter
    turn: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a planted fault makes a validation find, in the order in which findings are told."""

    line: int
    kind: str
    entry: str
    rule: str
    pointer: str

    def to_dict(self) -> dict[str, Json]:
        """Return it as a line of the list of faults."""
        return {"rule": self.rule, "line": self.line, "kind": self.kind, "entry": self.entry, "pointer": self.pointer}


class Sample:
    """A catalog of so many entries of each kind, of which some are wrong; nothing of it is held but the plan."""

    def __init__(self, recipes: Recipes, counts: Mapping[str, int], seed: int, faults: int = 0) -> None:
        self.recipes = recipes
        self.counts = dict(counts)
        self.faults: list[Fault] = []
        self._wrong: dict[str, list[tuple[Fault, int]]] = {kind: [] for kind in self.counts}
        made = planters(recipes) if faults else {}
        # Another seed begins with other rules.
        waiting = sorted(made.values(), key=lambda planter: odd(f"{seed}/{planter.rule}"))
        planned, used = _planned(waiting, self.counts, faults)
        clean = {kind: count - used.get(kind, 0) for kind, count in self.counts.items()}
        self.catalog = Catalog(recipes, clean, seed)
        for turn, planter in enumerate(planned):
            numbers: list[int] = []
            for part in planter.parts:
                numbers.append(clean[part.kind] + len(self._wrong[part.kind]) + _before(planter, len(numbers)))
            fault = Fault(planter, turn, tuple(numbers))
            self.faults.append(fault)
            for at, part in enumerate(planter.parts):
                self._wrong[part.kind].append((fault, at))

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the catalog, several at once; raises `BadStandard` if a recipe turns out to be wrong."""
        for kind in self.counts:
            try:
                yield from self._lines(kind)
            except DEFECTS as error:
                recipe = self.recipes.kinds[kind]
                what = reason(error)
                raise recipe.fault(
                    "", f"配方不能用于这个目录：{what.zh}", f"the recipe does not do for this catalog: {what.en}"
                ) from None

    def _lines(self, kind: str) -> Iterator[bytes]:
        make, dumps, newline = self.catalog.maker(kind), orjson.dumps, orjson.OPT_APPEND_NEWLINE
        clean = self.catalog.counts[kind]
        done = 0
        for before, (place, (fault, at)) in enumerate(zip(self._places(kind), self._wrong[kind], strict=True)):
            number = place - before
            yield from _batches(make, dumps, newline, done, number)
            done = number
            yield dumps(self._group(fault)[at], option=newline)
        yield from _batches(make, dumps, newline, done, clean)

    def _group(self, fault: Fault) -> list[Any]:
        try:
            return group(fault.planter, self.catalog, list(fault.numbers), fault.turn)
        except DEFECTS as error:
            name = fault.planter.rule
            path, _, positions = self.recipes.faults.get(name, (self.recipes.standard.roots[-1], {}, {}))
            what = reason(error)
            raise fault_at(
                path,
                positions,
                f"/{name}",
                f"{name} 的故障做不出来：{what.zh}",
                f"{name} cannot be broken so: {what.en}",
            ) from None

    def _places(self, kind: str) -> list[int]:
        """Return where the broken entries of a kind stand among its entries, evenly spread."""
        count, wrong = self.counts[kind], len(self._wrong[kind])
        return [(2 * number + 1) * count // (2 * wrong) for number in range(wrong)]

    def places(self) -> Iterator[tuple[Planter, list[int]]]:
        """Yield each fault that is planted, with the lines of its entries."""
        first = {}
        before = 0
        for kind, count in self.counts.items():
            first[kind] = before + 1
            before += count
        places = {kind: iter(self._places(kind)) for kind in self.counts}
        for fault in self.faults:
            yield fault.planter, [first[part.kind] + next(places[part.kind]) for part in fault.planter.parts]

    def found(self) -> list[Found]:
        """Return all that a validation of the catalog finds, in order."""
        found = []
        for fault, (planter, lines) in zip(self.faults, self.places(), strict=True):
            entries = self._group(fault)
            for rule, at, pointer in found_in(planter, self.recipes, self.counts):
                kind = planter.parts[at].kind
                found.append(Found(lines[at], kind, self._label(kind, entries[at], lines[at]), rule, pointer))
        return sorted(found, key=lambda item: (item.line, item.pointer, item.rule))

    def _label(self, kind: str, entry: Any, line: int) -> str:
        """Return what a report calls an entry: by its identifier or name, or by its number where it has no kind."""
        if isinstance(entry, dict) and entry.get("kind") == kind:
            said = self.recipes.standard.schemas.kinds[kind]["x-entry"]
            for pointer in (said.get("identifier", ""), said.get("name", "")):
                value = entry.get(pointer[1:])
                if isinstance(value, str) and value:
                    return value
        return f"#{line}"


def _batches(make: Any, dumps: Any, newline: int, start: int, stop: int) -> Iterator[bytes]:
    for first in range(start, stop, _LINES):
        yield b"".join([dumps(make(k), option=newline) for k in range(first, min(first + _LINES, stop))])


def _planned(waiting: list[Planter], counts: Mapping[str, int], wanted: int) -> tuple[list[Planter], dict[str, int]]:
    """Return the faults in turn, each rule as often as the others as far as entries last, and the entries they take."""
    used = dict.fromkeys(counts, 0)
    planned: list[Planter] = []
    fitting = [_fitted(planter, counts) for planter in waiting if _fits(planter, counts)]
    rounds = 0
    while fitting and len(planned) < wanted:
        still = []
        rounds += 1
        for planter in fitting:
            taken = dict(used)
            for part in planter.parts:
                taken[part.kind] += 1
            if any(number > counts[kind] // _PART for kind, number in taken.items()):
                continue
            if planter.most is None or planter.most > rounds:
                still.append(planter)
            used = taken
            planned.append(planter)
            if len(planned) == wanted:
                return planned, used
        fitting = still
    return planned, used


def _fits(planter: Planter, counts: Mapping[str, int]) -> bool:
    return all(counts.get(kind) for kind in planter.needs) and all(counts.get(kind) != 1 for kind in planter.several)


def _fitted(planter: Planter, counts: Mapping[str, int]) -> Planter:
    """Return the planter without company of kinds that the catalog does not hold."""
    parts = tuple(part for part in planter.parts if not part.company or counts.get(part.kind))
    return replace(planter, parts=parts)


def _before(planter: Planter, at: int) -> int:
    """Return how many parts of the same kind stand before a part."""
    return sum(part.kind == planter.parts[at].kind for part in planter.parts[:at])
