"""A catalog that is made up: entry number k of a kind follows from the seed, its kind and k, and from nothing else.

So entries refer to each other by number, and none has to be remembered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mulu.sample.formula import Const, Value, Wrong
from mulu.sample.recipes import Recipe, Recipes, reason
from mulu.sample.values import DRAWN, FIRST, NUMBER, Scope, assembled, mixed, odd

_HELD = 4096
"""How many entries' names of one kind are remembered; what is referred to most is few."""

Pins = tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class _Made:
    """A recipe as functions: the names of an entry, then the entry."""

    start: list[Any]
    names: list[tuple[int, Value]]
    entry: Const | Value
    salt: int
    held: dict[int, list[Any]]


class Catalog:
    """The entries of a sample. `counts` says how many of each kind other entries may refer to."""

    def __init__(self, recipes: Recipes, counts: Mapping[str, int], seed: int) -> None:
        self.recipes = recipes
        self.counts = {kind: counts.get(kind, 0) for kind in recipes.kinds}
        self.seed = seed
        self._made: dict[tuple[str, str], _Made] = {}

    def maker(self, kind: str, pins: Pins = ()) -> Callable[[int], dict[str, Any]]:
        """Return what makes entry number k of a kind, with some names pinned to values; raises `BadStandard`.

        Parts of what it returns are shared with other entries: whoever changes one copies it first.
        """
        made = self._recipe(kind, pins)
        entry, names = made.entry, self._names
        if isinstance(entry, Const):
            return lambda k: dict(entry.value)
        return lambda k: entry(names(made, k))

    def _of(self, kind: str, k: int) -> list[Any]:
        return self._names(self._recipe(kind, ()), k)

    def _names(self, made: _Made, k: int) -> list[Any]:
        own = made.held.get(k)
        if own is None:
            own = made.start.copy()
            own[NUMBER] = k
            own[DRAWN] = mixed(k + made.salt)
            for slot, value in made.names:
                own[slot] = value(own)
            if len(made.held) < _HELD:
                made.held[k] = own
        return own

    def _recipe(self, kind: str, pins: Pins) -> _Made:
        # What is pinned may be an object, which is no key.
        found = self._made.get((kind, repr(pins)))
        if found is None:
            found = self._made[(kind, repr(pins))] = self._compiled(self.recipes.kinds[kind], dict(pins))
        return found

    def _compiled(self, recipe: Recipe, pins: dict[str, Any]) -> _Made:
        salt = f"{self.seed}/{recipe.kind}"
        known = {"count": self.counts, "seed": self.seed}
        scope = Scope(salt, known, self._list, lambda kind: self._slots(recipe, kind), self._of)
        start: list[Any] = [None, None]
        names: list[tuple[int, Value]] = []
        for name, given in recipe.let.items():
            with _at(recipe, f"/let/{name}"):
                if isinstance(given, dict) and "$entry" in given:
                    scope.kinds[name] = str(given["$entry"])
                value = Const(pins[name]) if name in pins else scope.value(given)
            if isinstance(value, Const):
                start.append(value.value)
                scope.slots[name] = value
            else:
                names.append((len(start), value))
                scope.slots[name] = len(start)
                start.append(None)
        for name in pins:
            if name not in recipe.let:
                raise recipe.fault("/let", f"let 里没有 {name}", f"nothing is called {name} under let")
        entry: dict[str, Any] = {}
        for name, given in recipe.entry.items():
            with _at(recipe, f"/entry/{name}"):
                entry[name] = scope.value(given)
        with _at(recipe, "/entry"):
            return _Made(start, names, assembled(entry), odd(salt), {})

    def _list(self, name: str) -> Any:
        try:
            return self.recipes.words[name]
        except KeyError:
            raise Wrong(f"没有词表 {name}", f"there is no list of words {name}") from None

    def _slots(self, asking: Recipe, kind: str) -> dict[str, int]:
        """Return where the names of another kind stand in its list."""
        if kind not in self.recipes.kinds:
            raise Wrong(f"没有 {kind} 的配方", f"there is no recipe of {kind}")
        self._refuse_circle(asking.kind, kind)
        return {name: FIRST + place for place, name in enumerate(self.recipes.kinds[kind].let)}

    def _refuse_circle(self, start: str, kind: str) -> None:
        waiting, seen = [kind], set()
        while waiting:
            here = waiting.pop()
            if here == start:
                raise Wrong(
                    f"{start} 和 {kind} 的配方互相引用", f"the recipes of {start} and {kind} refer to each other"
                )
            if here not in seen and here in self.recipes.kinds:
                seen.add(here)
                lets = self.recipes.kinds[here].let.values()
                waiting += [str(item["$entry"]) for item in lets if isinstance(item, dict) and "$entry" in item]


class _at:
    """Says where in a recipe something is wrong."""

    def __init__(self, recipe: Recipe, pointer: str) -> None:
        self.recipe = recipe
        self.pointer = pointer

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Wrong):
            raise self.recipe.fault(self.pointer, error.zh, error.en) from None
        if isinstance(error, KeyError | TypeError | ValueError | IndexError | AttributeError | ZeroDivisionError):
            what = reason(error)
            raise self.recipe.fault(self.pointer, f"写法不对：{what.zh}", f"written wrongly: {what.en}") from None
