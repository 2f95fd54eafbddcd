"""Faults that are planted on purpose: which rules can be broken, how, and what is found then.

A rule's own `fail` example shows how it is broken. Where that is one entry, the same change is made to a made-up
entry; else `schemas/sample/faults/` says which made-up entries, changed how, break it together. Entries that are
changed are ones that no other entry refers to, so that nothing else is found than what is written down.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mulu import identifiers
from mulu.checks import checks
from mulu.errors import BadStandard
from mulu.pointer import dumps, steps_of
from mulu.sample.catalog import Catalog, Pins
from mulu.sample.recipes import Recipes, fault_at, reason
from mulu.standard.examples import patched
from mulu.standard.folder import read_yaml
from mulu.yaml import Positions

_KEYS = {"entries", "at", "also", "as", "with", "fail", "none", "several", "most"}
_PLACE = re.compile(r"\{(?:n(?::0([0-9]))?|([0-9])((?:/[^{}/:]+)*)(?::([0-9]{1,2}))?)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a fault: its kind, the names that are pinned in it, and how it is changed.

    `open` says that the change has places to fill in; one that a rule's example makes is taken as it is. What is
    `company` is there only to keep other rules still, and left out of a catalog without its kind.
    """

    kind: str
    pins: Pins
    change: Mapping[str, Any]
    open: bool
    company: bool = False


@dataclass(frozen=True, slots=True)
class Planter:
    """How one rule or check is broken: the entries, and what is found: (rule, number of the entry, pointer)."""

    rule: str
    parts: tuple[Part, ...]
    found: tuple[tuple[str, int, str], ...]
    needs: frozenset[str]
    several: frozenset[str] = frozenset()
    """Kinds of which one entry alone in the catalog would not do."""
    most: int | None = None
    """How often one catalog can hold it."""


def planters(recipes: Recipes) -> dict[str, Planter]:
    """Return how each rule and check is broken that can be, by name; raises `BadStandard`."""
    made = _Planters(recipes)
    names = {*recipes.standard.rules, *recipes.faults}
    found = {name: made.planter(name) for name in sorted(names) if name not in made.shared}
    return {name: planter for name, planter in found.items() if planter is not None}


def group(planter: Planter, catalog: Catalog, numbers: list[int], turn: int) -> list[Any]:
    """Return the entries of a fault, changed; `numbers` are theirs, `turn` is the fault's own."""
    entries = [
        orjson.loads(orjson.dumps(catalog.maker(part.kind, part.pins)(number)))
        for part, number in zip(planter.parts, numbers, strict=True)
    ]
    for at, part in enumerate(planter.parts):
        change = (
            {**part.change, "set": _filled(part.change.get("set", {}), entries, turn)} if part.open else part.change
        )
        entries[at] = change["whole"] if "whole" in change else patched(entries[at], change)
    return entries


def needs(recipes: Recipes, rule: str) -> frozenset[str]:
    """Return the kinds of entry without which a rule finds nothing: those of its first example."""
    if rule not in recipes.standard.rules:
        return frozenset()
    return frozenset(str(entry["kind"]) for entry in recipes.standard.rules[rule].fails[0].entries)


class _Planters:
    def __init__(self, recipes: Recipes) -> None:
        self.recipes = recipes
        self.rules = recipes.standard.rules
        said = [said for _, said, _ in recipes.faults.values()]
        self.shared = {str(name) for item in said for name in item.get("with", [])}

    def planter(self, name: str) -> Planter | None:
        path, said, positions = self.recipes.faults.get(name, (Path(), {}, {}))
        if name not in self.rules and name not in checks():
            raise fault_at(path, positions, f"/{name}", f"没有规则 {name}", f"there is no rule {name}")
        for key in sorted(set(said) - _KEYS):
            raise fault_at(path, positions, f"/{name}/{key}", f"此处没有 {key}", f"{key} says nothing here")
        if "none" in said:
            return None
        try:
            return self._planter(name, said)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise _wrong(path, positions, name, error) from None

    def _planter(self, name: str, said: Mapping[str, Any]) -> Planter | None:
        written = said.get("entries")
        if written is not None:
            parts = [self._part(item, {}, open=True) for item in written]
            found = [self._place(place, name) for place in said["at"]]
        else:
            rule = self.rules.get(name)
            # As it is written: how it departs from the kind's example is what is carried over.
            written_fails = read_yaml(rule.path)[0]["fail"] if rule else [{"entries": []}]
            example = written_fails[int(said.get("fail", 0))]
            if len(example["entries"]) != 1 or not self._can_be_carried(example["entries"][0]):
                return None
            parts = [self._part(example["entries"][0], said.get("as", {}), open=False)]
            found = [(name, int(place["entry"]), str(place["path"])) for place in example["at"]]
        found += [self._place(place, name) for place in said.get("also", [])]
        for other in said.get("with", []):
            company = self.recipes.faults[str(other)][1]["entries"]
            parts += [self._part(item, {}, open=True, company=True) for item in company]
        own = {part.kind for part in parts if not part.company}
        return Planter(
            name,
            tuple(parts),
            tuple(found),
            frozenset(own | needs(self.recipes, name)),
            frozenset(map(str, said.get("several", []))),
            said.get("most"),
        )

    def _part(self, item: Any, pins: Mapping[str, Any], *, open: bool, company: bool = False) -> Part:
        kind = str(item["like"])
        recipe = self.recipes.kinds[kind]
        pinned = {**recipe.alone, **item.get("as", {}), **pins}
        change = {key: item[key] for key in ("set", "remove", "whole") if key in item}
        return Part(kind, tuple(sorted(pinned.items())), change, open, company)

    def _can_be_carried(self, item: Mapping[str, Any]) -> bool:
        """Whether an example's change leaves alone what tells its entry from others."""
        kind = str(item.get("like"))
        if kind not in self.recipes.kinds:
            return False
        own = self.recipes.standard.schemas.kinds[kind]["x-entry"].get("identifier")
        return own not in item.get("set", {})

    def _place(self, place: Mapping[str, Any], name: str) -> tuple[str, int, str]:
        rule = str(place.get("rule", name))
        if rule not in self.rules and rule not in checks():
            raise KeyError(rule)
        return rule, int(place["entry"]), str(place["path"])


def _wrong(path: Path, positions: Positions, name: str, error: Exception) -> BadStandard:
    what = reason(error)
    zh, en = f"{name} 写法不对：{what.zh}", f"{name} is written wrongly: {what.en}"
    return fault_at(path, positions, f"/{name}", zh, en)


def _filled(value: Any, entries: list[Any], turn: int) -> Any:
    """Return a value with its places filled in.

    {n}, {n:06}                            the number of the fault, of six digits
    {ENTRY/POINTER}, {ENTRY/POINTER:12}    a value of one of the fault's entries, its first 12 characters
    {$code: FORMAT, of: TEXT}              a number with its check characters
    {$text: [..]}                          texts behind each other
    {$unlike: VALUE, of: [..]}             the first that is another value
    """
    if isinstance(value, dict):
        if "$code" in value:
            return identifiers.complete(value["$code"], _filled(value["of"], entries, turn))
        if "$text" in value:
            return "".join(_filled(value["$text"], entries, turn))
        if "$unlike" in value:
            other = _filled(value["$unlike"], entries, turn)
            found = [item for item in _filled(value["of"], entries, turn) if item != other]
            return found[0]
        return {key: _filled(item, entries, turn) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, entries, turn) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    only = _PLACE.fullmatch(value)
    if only and only[2] and not only[4]:
        return _at(entries[int(only[2])], only[3])
    return _PLACE.sub(lambda match: _shown(match, entries, turn), value)


def _shown(match: re.Match[str], entries: list[Any], turn: int) -> str:
    if match[2] is None:
        return str(turn).zfill(int(match[1] or 1))
    found = _at(entries[int(match[2])], match[3])
    text = found if isinstance(found, str) else dumps(found).decode()
    return text[: int(match[4])] if match[4] else text


def _at(node: Any, pointer: str) -> Any:
    for step in steps_of(pointer):
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node


def found_in(planter: Planter, recipes: Recipes, counts: Mapping[str, int]) -> Iterator[tuple[str, int, str]]:
    """Yield what is found of a fault in a catalog of so many entries a kind."""
    for rule, entry, pointer in planter.found:
        if rule == planter.rule or all(counts.get(kind) for kind in needs(recipes, rule)):
            yield rule, entry, pointer
