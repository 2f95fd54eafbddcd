"""Values of a recipe: what is written in YAML, turned into functions that make it for an entry.

    text {name} {name:06} {name:2}     the text with the values of names put in: whole, six digits, two characters;
                                       a name alone stands for its value
    = FORMULA                          a number, or what the formula says
    {$of: LIST, at: F, weights: [..]}  one of a list: by number, else any
    {$some: LIST, count: F, at: F}     several that follow each other
    {$join: [LIST, …]}                 lists behind each other
    {$if: F, then: V, else: V}         one or the other; a member without value is left out
    {$by: F, of: {RESULT: V}}          by what a formula says
    {$date: [FROM, UNTIL]}             any day of a period
    {$date: NAME, after: [LEAST, MOST]}    so many days after another
    {$code: FORMAT, of: V}             a number with its check characters
    {$entry: KIND, at: F}              the names of another entry

A LIST is one, or the name of words or of something that holds one. All else is what it is: an object, a list, a value.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Any

from mulu import identifiers
from mulu.sample.formula import Const, Value, Wrong, both, formula, run

ABSENT = object()
"""The value of a member that is left out."""

NUMBER, DRAWN, FIRST = 0, 1, 2
"""Where an entry's own names begin: its number, what looks random in it, the first name."""

_MASK = (1 << 64) - 1
_PLACE = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)(?::(0?)([0-9]))?\}")
_FIRST_DAY = date(1980, 1, 1)
_DAYS = 40_000


def mixed(number: int) -> int:
    """Return 64 bits in which those of `number` are spread all over (the finaliser of MurmurHash3)."""
    number = (number ^ (number >> 33)) * 0xFF51AFD7ED558CCD & _MASK
    number = (number ^ (number >> 33)) * 0xC4CEB9FE1A85EC53 & _MASK
    return number ^ (number >> 33)


def odd(text: str) -> int:
    """Return an odd number of 64 bits that follows from a text, in every run the same."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) | 1


class Scope:
    """What the names of one recipe mean, and the source of its chances."""

    def __init__(
        self,
        salt: str,
        known: Mapping[str, Any],
        words: Callable[[str], Any],
        names_of: Callable[[str], Mapping[str, int]],
        entry: Callable[[str, int], list[Any]],
    ) -> None:
        self.salt = salt
        self.known = known
        self.words = words
        self.names_of = names_of
        self.entry = entry
        self.slots: dict[str, Const | int] = {}
        self.kinds: dict[str, str] = {}
        self._sites = 0

    def draw(self) -> Value:
        """Return what gives a large number, another one at each place of the recipe that asks."""
        self._sites += 1
        factor = odd(f"{self.salt}/{self._sites}")
        return lambda own: (own[1] * factor & _MASK) >> 33

    def named(self, way: list[str]) -> Const | Value:
        """Return the value of a dotted name; raises `Wrong` if there is none of it."""
        first, *rest = way
        if first == "k":
            return lambda own: own[0]
        if first in self.slots:
            slot = self.slots[first]
            if isinstance(slot, Const):
                return Const(_inside(slot.value, rest))
            if first in self.kinds and rest:
                return self._of_entry(slot, self.kinds[first], rest)
            return _inner(slot, rest)
        if first in self.known:
            return Const(_inside(self.known[first], rest))
        raise Wrong(f"没有名称 {'.'.join(way)}", f"there is no name {'.'.join(way)}")

    def _of_entry(self, slot: int, kind: str, rest: list[str]) -> Value:
        name, *rest = rest
        names = self.names_of(kind)
        if name not in names:
            raise Wrong(f"{kind} 的 let 里没有 {name}", f"the recipe of {kind} lets nothing be called {name}")
        at = names[name]
        if not rest:
            return lambda own: own[slot][at]
        return lambda own: _inside(own[slot][at], rest)

    def formula(self, text: Any) -> Const | Value:
        """Return the value of a formula, or of a number in its place."""
        return formula(str(text), self.named, self.draw)

    def list(self, given: Any) -> Const | Value:
        """Return a list: written out, or by its name."""
        if isinstance(given, list):
            return self.value(given)
        if not isinstance(given, str):
            raise Wrong("此处应为列表或其名称", "a list is wanted here, or its name")
        first, *rest = given.split(".")
        if first in self.slots:
            return self.named([first, *rest])
        return Const(_inside(self.words(first), rest))

    def value(self, given: Any) -> Const | Value:
        """Return the value that is written so."""
        if isinstance(given, str):
            return self.formula(given[1:].strip()) if given.startswith("=") else self.text(given)
        if isinstance(given, list):
            return _joined([self.value(item) for item in given])
        if not isinstance(given, dict):
            return Const(given)
        way = next((key for key in given if key.startswith("$")), None)
        return self.object(given) if way is None else self._made(way, given)

    def text(self, given: str) -> Const | Value:
        """Return a text with names in braces filled in."""
        found = list(_PLACE.finditer(given))
        if any(brace in _PLACE.sub("", given) for brace in "{}"):
            raise Wrong(f"花括号里不是名称：{given}", f"in braces stands something else than a name: {given}")
        if len(found) == 1 and found[0].group() == given and not found[0][3]:
            return self.named(found[0][1].split("."))
        template = given.replace("%", "%%")
        parts: list[Value] = []
        for match in found:
            part, zero, width = self.named(match[1].split(".")), match[2], match[3]
            shown = f"%0{width}d" if zero else f"%.{width}s" if width else "%s"
            if isinstance(part, Const):
                shown = (shown % part.value).replace("%", "%%")
            else:
                parts.append(part)
            template = template.replace(match.group(), shown, 1)
        return _filled(template, parts)

    def object(self, given: dict[str, Any]) -> Const | Value:
        """Return an object, member by member."""
        return assembled({name: self.value(item) for name, item in given.items()})

    def _made(self, way: str, given: dict[str, Any]) -> Const | Value:
        maker = _MAKERS.get(way)
        if maker is None:
            raise Wrong(f"没有 {way}；可用：{'、'.join(_MAKERS)}", f"there is no {way}; there are {', '.join(_MAKERS)}")
        keys, make = maker
        for key in sorted(set(given) - keys - {way}):
            raise Wrong(f"{way} 没有 {key}", f"{way} takes no {key}")
        return make(self, given)

    def _of(self, given: dict[str, Any]) -> Const | Value:
        items = self.list(given["$of"])
        if "weights" in given:
            bounds = list(accumulate(given["weights"]))
            draw, most = self.draw(), bounds[-1]
            turn = [next(n for n, bound in enumerate(bounds) if chance < bound) for chance in range(most)]
            return both(lambda found, at: found[at], items, lambda own: turn[draw(own) % most])
        at = self.formula(given["at"]) if "at" in given else self.draw()
        if isinstance(given["$of"], list) and not isinstance(items, Const):
            # Only the one that is chosen is made.
            made = [self.value(item) for item in given["$of"]]
            return lambda own: run(made[run(at, own) % len(made)], own)
        return _chosen(items, at)

    def _some(self, given: dict[str, Any]) -> Const | Value:
        items = self.list(given["$some"])
        count = self.formula(given.get("count", 1))
        start = self.formula(given["at"]) if "at" in given else self.draw()

        def some(own: list[Any]) -> Any:
            found = run(items, own)
            size = len(found)
            most = min(run(count, own), size)
            first = run(start, own) % size
            return found[first : first + most] + found[: max(0, first + most - size)]

        return some

    def _if(self, given: dict[str, Any]) -> Const | Value:
        test = self.formula(given["$if"])
        then, other = self.value(given["then"]), self.value(given["else"]) if "else" in given else Const(ABSENT)
        if isinstance(test, Const):
            return then if test.value else other
        return lambda own: run(then, own) if test(own) else run(other, own)

    def _by(self, given: dict[str, Any]) -> Const | Value:
        what = self.formula(given["$by"])
        made = {str(name): self.value(item) for name, item in given["of"].items()}
        if isinstance(what, Const):
            return made.get(str(what.value), Const(ABSENT))
        absent = Const(ABSENT)
        return lambda own: run(made.get(str(what(own)), absent), own)

    def _join(self, given: dict[str, Any]) -> Const | Value:
        parts = [self.list(item) if isinstance(item, str) else self.value(item) for item in given["$join"]]
        if all(isinstance(part, Const) for part in parts):
            return Const([item for part in parts for item in run(part, [])])
        return lambda own: [item for part in parts for item in run(part, own)]

    def _date(self, given: dict[str, Any]) -> Const | Value:
        days, position = _calendar()
        draw = self.draw()
        wanted = given["$date"]
        if isinstance(wanted, str):
            start = self.named(wanted.split("."))
            least, most = given["after"]
            return lambda own: days[position[run(start, own)] + least + draw(own) % (most - least + 1)]
        first, last = position[str(wanted[0])], position[str(wanted[1])]
        return lambda own: days[first + draw(own) % (last - first + 1)]

    def _code(self, given: dict[str, Any]) -> Const | Value:
        return both(identifiers.complete, Const(given["$code"]), self.value(given["of"]))

    def _entry(self, given: dict[str, Any]) -> Const | Value:
        kind = given["$entry"]
        self.names_of(kind)
        at, entry = self.formula(given["at"]), self.entry
        return lambda own: entry(kind, run(at, own))


_MAKERS: dict[str, tuple[set[str], Callable[[Scope, dict[str, Any]], Const | Value]]] = {
    "$of": ({"at", "weights"}, Scope._of),
    "$some": ({"count", "at"}, Scope._some),
    "$join": (set(), Scope._join),
    "$if": ({"then", "else"}, Scope._if),
    "$by": ({"of"}, Scope._by),
    "$date": ({"after"}, Scope._date),
    "$code": ({"of"}, Scope._code),
    "$entry": ({"at"}, Scope._entry),
}


def assembled(members: Mapping[str, Const | Value]) -> Const | Value:
    """Return an object of members; those that are the same for all entries are put in once."""
    fixed = {name: item.value if isinstance(item, Const) else None for name, item in members.items()}
    fixed = {name: item for name, item in fixed.items() if item is not ABSENT}
    moving = [(name, item) for name, item in members.items() if not isinstance(item, Const)]
    if not moving:
        return Const(fixed)

    def made(own: list[Any]) -> Any:
        found = fixed.copy()
        for name, item in moving:
            value = item(own)
            if value is ABSENT:
                del found[name]
            else:
                found[name] = value
        return found

    return made


def _inside(value: Any, way: list[str]) -> Any:
    for step in way:
        if not isinstance(value, Mapping) or step not in value:
            raise Wrong(f"其中没有 {step}", f"it has no {step}")
        value = value[step]
    return value


def _inner(slot: int, way: list[str]) -> Value:
    if not way:
        return lambda own: own[slot]
    if len(way) == 1:
        name = way[0]
        return lambda own: own[slot][name]
    return lambda own: _inside(own[slot], way)


def _chosen(items: Const | Value, at: Const | Value) -> Const | Value:
    if isinstance(items, Const) and not isinstance(at, Const):
        found, size = items.value, len(items.value)
        return lambda own: found[at(own) % size]
    return both(lambda found, place: found[place % len(found)], items, at)


def _joined(parts: list[Const | Value]) -> Const | Value:
    if all(isinstance(part, Const) for part in parts):
        return Const([run(part, []) for part in parts])
    return lambda own: [item for part in parts if (item := run(part, own)) is not ABSENT]


def _filled(template: str, parts: list[Value]) -> Const | Value:
    if not parts:
        return Const(template % ())
    if len(parts) == 1:
        (only,) = parts
        return lambda own: template % (only(own),)
    if len(parts) == 2:
        first, second = parts
        return lambda own: template % (first(own), second(own))
    return lambda own: template % tuple([part(own) for part in parts])


@cache
def _calendar() -> tuple[list[str], dict[str, int]]:
    days = [(_FIRST_DAY + timedelta(days=n)).isoformat() for n in range(_DAYS)]
    return days, {day: n for n, day in enumerate(days)}
