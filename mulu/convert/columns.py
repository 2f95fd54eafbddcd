"""Columns, and which of them hold what: the headings of a table against those that a mapping names."""

import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mulu.convert.headings import Unit, normal, short, unit_of
from mulu.standard.mappings import Spec


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its number from 1, its heading as the file writes it, and the forms by which it is matched.

    `full` is the heading without white space in half width, `short` the same up to its first bracket; `groups`
    are the headings above it, outermost first, in the same form. `bare` are the forms without what is added to it, by
    which it is matched if by none of the others, as (groups, heading); no other column has one of them.
    """

    number: int
    label: str
    full: str
    short: str
    groups: tuple[str, ...] = ()
    bare: tuple[tuple[tuple[str, ...], str], ...] = ()


class Columns(list[Column]):
    """The columns of a table, in their order, which stay as they are."""

    @cached_property
    def named(self) -> dict[str, list[Column]]:
        """The columns by each name that they have; what a heading is asked for is looked up, not compared with all."""
        found: dict[str, list[Column]] = {}
        for item in self:
            for name in {item.full, item.short, *(form for _, form in item.bare)}:
                found.setdefault(name, []).append(item)
        return found

    def having(self, heading: str) -> list[Column]:
        """Return those that may have a heading; most of what mappings name is not there."""
        _, leaf, is_pattern = _parts(heading)
        if not is_pattern:
            return self.named.get(leaf, [])
        names = [name for name in self.named if fnmatch.fnmatchcase(name, leaf)]
        found = {item.number: item for name in names for item in self.named[name]}
        return [found[number] for number in sorted(found)]


def column(number: int, label: str, groups: tuple[str, ...] = ()) -> Column:
    """Make a column of its heading."""
    full = normal(label)
    return Column(number, label, full, short(full), tuple(normal(group) for group in groups))


_PASSES = ((True, False), (False, False), (True, True))
"""How columns are looked for, as (headings in full, headings without what is added): patterns come second."""


class Headings:
    """The headings of properties: which of these a column of some name may hold."""

    def __init__(self, fields: Iterable[Spec]) -> None:
        self.specs = [spec for spec in leaves(fields) if spec.headings]
        self.named: dict[str, list[int]] = {}
        """Name → the positions of the properties that have a heading of that name."""
        patterns: dict[int, None] = {}
        for position, spec in enumerate(self.specs):
            for heading in spec.headings:
                if "*" in heading:
                    patterns[position] = None
                else:
                    self.named.setdefault(_parts(heading)[1], []).append(position)
        self.patterns = list(patterns)
        """The positions of those that have a pattern."""
        self.ends = {name[-1:] for name in self.named}
        """The characters that the names end with."""

    @classmethod
    def of(cls, fields: Iterable[Spec]) -> "Headings":
        """Return the headings of some properties; those of a mapping are asked for by every table, and made once."""
        return _known_headings(_Same(fields)) if isinstance(fields, tuple) else cls(fields)


class _Same:
    """Properties that are the same only if they are one object."""

    def __init__(self, fields: tuple[Spec, ...]) -> None:
        self.fields = fields

    def __hash__(self) -> int:
        return id(self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.fields is other.fields


@lru_cache(maxsize=1_000)
def _known_headings(same: _Same) -> Headings:
    return Headings(same.fields)


class Matching:
    """Which column holds what: the columns of a table against the headings that a mapping names."""

    def __init__(self, columns: Columns, fields: Iterable[Spec]) -> None:
        self.columns = columns
        self._of: dict[int, list[Column]] = {}
        self.taken: set[int] = set()
        self._barred: set[int] = set()
        headings = Headings.of(fields)
        # Most of what a mapping names is in no table, and is not looked for.
        named = sorted({position for name in columns.named for position in headings.named.get(name, ())})
        for exact, bare_too in _PASSES if any(item.bare for item in columns) else _PASSES[:2]:
            # A column that another property names outright is taken neither by a pattern nor by what is left of it.
            self._barred = set() if exact and not bare_too else {*self.taken} if exact else self.taken
            for position in named if exact else headings.patterns:
                spec = headings.specs[position]
                if id(spec) not in self._of:
                    found = self._find(spec, exact, bare_too)
                    if found:
                        self._of[id(spec)] = found
                        self.taken.update(item.number for item in found)

    def columns_of(self, spec: Spec) -> list[Column]:
        """Return the columns that hold `spec`'s value: none, one, or several for `each: column`."""
        return self._of.get(id(spec), [])

    @property
    def score(self) -> int:
        """How many columns hold a property."""
        return len(self.taken)

    def _find(self, spec: Spec, exact: bool, bare_too: bool) -> list[Column]:
        found: list[Column] = []
        start = self._start(spec.after)
        for heading in spec.headings:
            if ("*" in heading) == exact:
                continue
            here = [
                item
                for item in self.columns.having(heading)
                if item.number > start
                and item.number not in self._barred
                and matches(item, heading, bare_too=bare_too)
                and factor(spec, item) is not None
            ]
            # A heading in full comes before one with a bracket, or one of an object inside the record.
            leaf = _parts(heading)[1]
            here.sort(key=lambda item: item.full != leaf)
            if here and spec.each != "column":
                return here[:1]
            found += [item for item in here if item not in found]
        return found

    def _start(self, after: str | None) -> int:
        if after is None:
            return 0
        return next((item.number for item in self.columns.having(after) if matches(item, after)), 10**9)


def matches(item: Column, heading: str, *, bare_too: bool = True) -> bool:
    """Whether a column has the heading that a mapping names: `leaf`, `group › leaf`, or a glob.

    With `bare_too` also by a form without what is added to it.
    """
    groups, leaf, is_pattern = _parts(heading)
    if bare_too and not is_pattern:
        for above, form in item.bare:
            if form == leaf and (not groups or above[-len(groups) :] == groups):
                return True
    if groups and item.groups[-len(groups) :] != groups:
        return False
    if is_pattern:
        return fnmatch.fnmatchcase(item.full, leaf) or fnmatch.fnmatchcase(item.short, leaf)
    return leaf in (item.full, item.short)


def factor(spec: Spec, item: Column) -> float | None:
    """Return what a number in a column is multiplied by to be in the unit of the mapping's headings, 1 as a rule.

    `None` if the column's heading names a unit that is no such one: what is measured is something else, or the mapping
    does not say in which unit it counts. A text says no more in which unit it is, without that in its heading.
    """
    there = unit_of(item.label)
    if there is None or any(_parts(heading)[1] == item.full for heading in spec.headings):
        return 1
    base, unit = there
    if spec.cast not in ("integer", "number"):
        return None if base != item.short and any(_parts(heading)[1] == base for heading in spec.headings) else 1
    return measured(spec, unit)


def named_unit(spec: Spec) -> Unit | None:
    """Return the unit of the mapping's headings, `None` if they name none."""
    return next((found[1] for heading in spec.headings if (found := unit_of(heading.replace("*", "")))), None)


def measured(spec: Spec, unit: Unit) -> float | None:
    """Return what a number in a unit is multiplied by to be in that of the mapping's headings; see `factor`."""
    named = named_unit(spec)
    if named is not None:
        return unit.size / named.size if unit.measure == named.measure else None
    if unit.size == 1:
        return 1
    return unit.size if unit.measure == "count" and spec.scale is None else None


@lru_cache(maxsize=10_000)
def _parts(heading: str) -> tuple[tuple[str, ...], str, bool]:
    """Return the groups and the leaf of a heading that a mapping names, normalised, and whether it is a glob."""
    *groups, leaf = heading.split("›")
    pattern = "*".join(normal(piece) for piece in leaf.split("*"))
    return tuple(normal(group) for group in groups), pattern, "*" in leaf


def leaves(specs: Iterable[Spec]) -> Iterator[Spec]:
    """Yield the properties that may have a column of their own, those inside of others too."""
    for spec in specs:
        yield spec
        # The headings of a list of objects are the keys of those objects, no columns.
        if spec.each != "element":
            yield from leaves(spec.fields)


def marked(columns: Columns, groups: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """Return those groups of headings of which a column has one."""
    by_leaf, patterns = _by_leaf(groups)
    # Most rows at the top of a sheet have none of them.
    there = {*patterns, *(position for name in columns.named for position in by_leaf.get(name, ()))}
    return [
        groups[position]
        for position in sorted(there)
        if any(matches(item, heading) for heading in groups[position] for item in columns.having(heading))
    ]


@lru_cache(maxsize=1_000)
def _by_leaf(groups: tuple[tuple[str, ...], ...]) -> tuple[dict[str, list[int]], list[int]]:
    """Return the positions of groups of headings by the leaves of these, and of those that have a pattern."""
    by_leaf: dict[str, list[int]] = {}
    patterns: list[int] = []
    for position, group in enumerate(groups):
        for heading in group:
            _, leaf, is_pattern = _parts(heading)
            if is_pattern:
                patterns.append(position)
            else:
                by_leaf.setdefault(leaf, []).append(position)
    return by_leaf, patterns
