"""To how many schemas one value of an entry is held: where that doubles with each level, so does the time of checking.

A schema that refers to itself for what is inside is harmless, as each value is held to it once. One that does so by two
ways for the same place (`properties.a` of its own and of its `allOf`) holds a value at the depth n to itself 2^n times.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from mulu.standard.written import HOLDS, REFERENCES, Schema, subschemas

MOST = 1_000
"""To how many schemas one value is held at most; of the built-in standard it is a handful."""
# Ways into an entry on which it is held to other schemas than on any before; the built-in standard has some hundred.
_PLACES = 20_000
_Starts = Counter[int]
"""By the number of a part how often a value is held to it."""
_Step = tuple[str, str | int]


class TooOften(Exception):
    """One value is held to too many schemas; `identifier` is the `$id` of the last."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.identifier = identifier


class _Part(NamedTuple):
    """A schema with those inside it that are for the same value."""

    identifier: str
    targets: tuple[int, ...]
    """The parts that it refers to for the same value."""
    inside: tuple[tuple[_Step, int], ...]
    """The parts for what is inside the value, by the step that leads there."""
    others: tuple[tuple[str, Collection[str | int], int], ...]
    """The parts for all steps of a sort, but for some."""


def refuse_often(resources: Mapping[str, Schema], target_of: Callable[[str, str], str]) -> None:
    """Raise `TooOften` if a value may be held to more than `MOST` of the schemas, at whatever depth.

    `resources` holds the schemas by `$id`; `target_of` gives the `$id` that a keyword and its reference lead to.
    """
    parts = _Parts(resources, target_of)
    waiting: list[_Starts] = [Counter([parts.number(identifier, schema)]) for identifier, schema in resources.items()]
    seen: set[frozenset[tuple[int, int]]] = set()
    while waiting:
        starts = waiting.pop()
        key = frozenset(starts.items())
        if key not in seen:
            seen.add(key)
            held = parts.held(starts)
            if len(seen) > _PLACES:
                raise TooOften(parts[next(iter(held))].identifier)
            waiting += parts.below(held)


class _Parts:
    def __init__(self, resources: Mapping[str, Schema], target_of: Callable[[str, str], str]) -> None:
        self._resources = resources
        self._target_of = target_of
        self._numbers: dict[int, int] = {}
        self._schemas: list[tuple[str, Schema]] = []
        self._known: dict[int, _Part] = {}

    def number(self, identifier: str, schema: Schema) -> int:
        """Return the number of the part that begins with a schema; `identifier` is the `$id` of its file."""
        number = self._numbers.setdefault(id(schema), len(self._schemas))
        if number == len(self._schemas):
            self._schemas.append((identifier, schema))
        return number

    def __getitem__(self, number: int) -> _Part:
        if number not in self._known:
            self._known[number] = self._part(*self._schemas[number])
        return self._known[number]

    def held(self, starts: _Starts) -> _Starts:
        """Return all that a value is held to which is held to `starts`."""
        found: _Starts = Counter()
        waiting, total = list(starts.items()), 0
        while waiting:
            number, often = waiting.pop()
            found[number] += often
            total += often
            if total > MOST:
                raise TooOften(self[number].identifier)
            waiting += [(target, often) for target in self[number].targets]
        return found

    def below(self, held: _Starts) -> Iterator[_Starts]:
        """Yield what each value inside one is held to that is held to `held`, where it is held to anything."""
        inside: dict[_Step, _Starts] = defaultdict(Counter)
        others: dict[str, _Starts] = defaultdict(Counter)
        for number, often in held.items():
            for step, part in self[number].inside:
                inside[step][part] += often
            for sort, _, part in self[number].others:
                others[sort][part] += often
        for number, often in held.items() if others else ():
            for sort, but, part in self[number].others:
                for step in inside:
                    if step[0] == sort and step[1] not in but:
                        inside[step][part] += often
        yield from inside.values()
        yield from others.values()

    def _part(self, identifier: str, schema: Schema) -> _Part:
        nodes = [node for _, node in subschemas(schema, inside=False)]
        targets = [
            self.number(target, self._resources[target])
            for node in nodes
            for key in sorted(REFERENCES & set(node))
            if (target := self._target_of(key, node[key])) in self._resources
        ]
        inside: list[tuple[_Step, int]] = []
        others: list[tuple[str, Collection[str | int], int]] = []
        for node in nodes:
            inside += [(step, self.number(identifier, one)) for step, one in _inside(node) if _leads_on(one)]
            others += [(sort, but, self.number(identifier, one)) for sort, but, one in _others(node) if _leads_on(one)]
        return _Part(identifier, tuple(targets), tuple(inside), tuple(others))


def _inside(node: Schema) -> Iterator[tuple[_Step, Any]]:
    yield from ((("name", name), one) for name, one in node.get("properties", {}).items())
    yield from ((("position", place), one) for place, one in enumerate(node.get("prefixItems", [])))
    yield ("key", 0), node.get("propertyNames")


def _others(node: Schema) -> Iterator[tuple[str, Collection[str | int], Any]]:
    named: Collection[str | int] = node.get("properties", {}).keys()
    # Which names a pattern matches is not asked: all, as far as is known here.
    yield from (("name", (), one) for one in node.get("patternProperties", {}).values())
    yield from (("name", named, node.get(key)) for key in ("additionalProperties", "unevaluatedProperties"))
    yield "position", range(len(node.get("prefixItems", []))), node.get("items")
    yield from (("position", (), node.get(key)) for key in ("contains", "unevaluatedItems"))


def _leads_on(schema: Any) -> bool:
    """Whether a schema holds schemas or refers to others; most are of a value that has nothing inside."""
    return isinstance(schema, dict) and not HOLDS.isdisjoint(schema)
