"""Rules that find the same under two versions of a standard, so that they need not be run twice.

A rule is a query over tables. If its text, its level and severity, and of each table that it names the rows and the
columns that it may speak of are the same, so is what it finds. Whether the values are the same is seen from the
entries as they are handed to the rules, without the values that a schema rejected: kind by kind, name by name.
"""

from dataclasses import dataclass, field
from filecmp import cmp
from itertools import zip_longest
from pathlib import Path

import orjson

from mulu.pointer import Json
from mulu.standard import Rule, Standard
from mulu.validate.shapes import ArrayTable, columns_of_queries, is_asked, shape_of, tables_of, words_of
from mulu.validate.spool import Spool


@dataclass(slots=True)
class _Changes:
    """What differs in the entries of a kind: names of properties, at any depth, or more than values (`is_whole`)."""

    names: set[str] = field(default_factory=set)
    is_whole: bool = False


def unchanged_rules(old: Standard, new: Standard, was: Spool, now: Spool) -> set[str]:
    """Return the names of these rules; `was` and `now` are the entries as each version hands them to its rules."""
    if list(old.levels) != list(new.levels):
        return set()
    changes = {kind: found for kind in was.present | now.present if (found := _changes_of(kind, was, now)) is not None}
    before, after = tables_of(old.schemas), tables_of(new.schemas)
    lists = {f"code_{name.replace('-', '_')}": name for name in (*old.codes, *new.codes)}
    same_lists = {table for table, name in lists.items() if _is_same_list(old, new, name)}

    def is_same(table: str, columns: set[str] | None) -> bool:
        if table == "entries":
            return not any(found.is_whole for found in changes.values())
        if table in before or table in after:
            return (
                table in before
                and table in after
                and _holds_the_same(*before[table], columns)
                and shape_of(old, *before[table], columns) == shape_of(new, *after[table], columns)
            )
        return table in same_lists

    def _holds_the_same(kind: str, array: ArrayTable | None, columns: set[str] | None) -> bool:
        found = changes.get(kind, _Changes())
        steps = set(array.steps) if array is not None else set()
        return not found.is_whole and not any(name in steps or is_asked(name, columns) for name in found.names)

    known = {"entries", *before, *after, *lists}
    same = set()
    for name, rule in new.rules.items():
        if name in old.rules and _asks_the_same(old.rules[name], rule):
            words = words_of(rule.query)
            columns = columns_of_queries([rule.query])
            if all(is_same(table, columns) for table in words & known):
                same.add(name)
    return same


def _asks_the_same(one: Rule, other: Rule) -> bool:
    return (one.query, one.text.severity, one.text.level) == (other.query, other.text.severity, other.text.level)


def _is_same_list(old: Standard, new: Standard, name: str) -> bool:
    paths = [standard.codes.paths[name] for standard in (old, new) if name in standard.codes]
    return len(paths) == 2 and paths[0].read_bytes() == paths[1].read_bytes()


def _changes_of(kind: str, was: Spool, now: Spool) -> _Changes | None:
    """Return what differs in the entries of a kind, `None` if nothing does."""
    files, others = was.files(kind), now.files(kind)
    if [start for _, start in files] != [start for _, start in others]:
        return _Changes(is_whole=True)
    found = _Changes()
    pairs = [(one, other) for (one, _), (other, _) in zip(files, others, strict=True)]
    changed = [pair for pair in pairs if not cmp(*pair, shallow=False)]
    for one, other in changed:
        _compare(one, other, found)
    return found if changed else None


def _compare(one: Path, other: Path, found: _Changes) -> None:
    with one.open("rb") as lines, other.open("rb") as others:
        for was, now in zip_longest(lines, others, fillvalue=b""):
            if found.is_whole or not was or not now:
                found.is_whole = True
                return
            if was != now:
                before, after = orjson.loads(was), orjson.loads(now)
                found.names |= _differing(before.pop("doc"), after.pop("doc"))
                # What an entry is known by stands in other tables too.
                found.is_whole = before != after


def _differing(one: Json, other: Json) -> set[str]:
    """Return the names of the members that differ, with those of the members that they are in."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = set()
        for name in one.keys() | other.keys():
            mine, theirs = one.get(name), other.get(name)
            if type(mine) is str and mine == theirs:
                continue
            # 1 and true are equal to Python.
            if (name in one) != (name in other) or orjson.dumps(mine) != orjson.dumps(theirs):
                found |= {name} | _differing(mine, theirs)
        return found
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return set[str]().union(*(_differing(mine, theirs) for mine, theirs in zip(one, other, strict=True)))
    return set()
