"""What a mapping says of the records of one kind in a tree: the ways to them, and from each to its properties."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from mulu.convert.reading import Reader
from mulu.convert.selector_trie import Way, way_of
from mulu.convert.trees import TEXTS
from mulu.pointer import steps_of
from mulu.standard.mappings import Mapping, Part, Spec, place_of
from mulu.standard.selectors import Selector, as_written, joined


class Route(NamedTuple):
    """A place that a property is read from."""

    number: int
    path: Selector
    is_elsewhere: bool
    """Whether it would be written to another place, and is to go back where it was."""


class Group(NamedTuple):
    """Properties that are read from one node: the first at one of the places that has any of them."""

    bases: list[tuple[int, "Routes"]]
    """The places, best first, by the number of the way there, with the ways on from there."""


class Routes(NamedTuple):
    """The ways to properties that are read from one object."""

    way: Way
    read: list[tuple[Spec, list[Route] | Group]]
    """Of each property the places, best first; of several that are read from one node, the first."""
    of: list[int]
    """Which of these a route leads to, by its number."""
    constants: list[Spec]
    """The properties that have one value."""


@dataclass(frozen=True, slots=True)
class TreePlan:
    """What a mapping says of the records of one kind."""

    mapping: Mapping
    part: Part
    reader: Reader
    records: list[Way] = field(init=False)
    """The ways to the records, best first."""
    drops: Way = field(init=False)
    """The ways to what is left out, from a record."""
    _routes: dict[int, Routes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", ways_to_records(self.part))
        object.__setattr__(self, "drops", way_of(path for drop in self.mapping.drops for path in drop.at))

    def routes(self, specs: tuple[Spec, ...]) -> Routes:
        """Return the ways to properties that are read from one object."""
        found = self._routes.get(id(specs))
        if found is None:
            grouped: dict[object, list[Spec]] = {}
            for spec in specs:
                if spec.at:
                    # Without a base each property is alone.
                    grouped.setdefault((spec.bases, spec.conditions) if spec.bases else id(spec), []).append(spec)
            found = self._routes[id(specs)] = self._of(list(grouped.values()), specs)
        return found

    def _of(self, grouped: list[list[Spec]], specs: Iterable[Spec]) -> Routes:
        paths: list[Selector] = []
        of: list[int] = []
        read: list[tuple[Spec, list[Route] | Group]] = []
        for position, group in enumerate(grouped):
            first, number = group[0], len(paths)
            places = first.bases or first.at
            paths += places
            of += [position] * len(places)
            if first.bases:
                on = [self._from(group, base) for base in places]
                read.append((first, Group(list(zip(count(number), on, strict=False)))))
            else:
                read.append((first, [self._route(first, path, number + n) for n, path in enumerate(places)]))
        constants = [spec for spec in specs if spec.constant is not None]
        return Routes(way_of(paths), read, of, constants)

    def _from(self, group: list[Spec], base: Selector) -> Routes:
        """Return the ways from a node on to the properties of a group."""
        paths: list[Selector] = []
        read: list[tuple[Spec, list[Route] | Group]] = []
        of: list[int] = []
        for position, spec in enumerate(group):
            routes = [self._route(spec, joined(base, path), len(paths) + n) for n, path in enumerate(spec.inside)]
            paths += spec.inside
            of += [position] * len(routes)
            # Its conditions are those of the group.
            read.append((replace(spec, conditions=()), routes))
        return Routes(way_of(paths), read, of, [])

    def _route(self, spec: Spec, path: Selector, number: int) -> Route:
        return Route(number, path, self._is_elsewhere(spec, path))

    def _is_elsewhere(self, spec: Spec, path: Selector) -> bool:
        writing = self.mapping.writing
        if writing is None or not writing.as_read:
            return False
        place = place_of(spec)
        if spec.write is None or place is None or any(step.tests for step in path.steps):
            return True
        return as_written(path) != as_written(place)

    def is_inside(self, path: Selector, at: str) -> bool:
        """Whether a text was found in a member of what the selector names, such as the `@value` of a literal.

        So is one that has another of the names that will do.
        """
        writing = self.mapping.writing
        name = at.rpartition("/")[2]
        if writing is None or not writing.as_read or not path.steps:
            return False
        is_text = name in TEXTS[self.mapping.family or "json"]
        return self.has_other_name(path, at) or (is_text and path.steps[-1].name not in (name, "*", "**"))

    def has_other_name(self, path: Selector, at: str) -> bool:
        """Whether a text was found under another of the names that will do than the one that is written."""
        others = path.steps[-1].others if path.steps else ()
        names = steps_of(at)[-2:] if others else []
        return (
            self.mapping.writing is not None and self.mapping.writing.as_read and any(map(others.__contains__, names))
        )


def ways_to_records(part: Part) -> list[Way]:
    """Return the ways to the records of a kind, best first."""
    return [way_of((path,)) for path in part.records]
