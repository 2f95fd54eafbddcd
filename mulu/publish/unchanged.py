"""Rules that find the same under two versions of a standard, so that they need not be run twice.

A rule is a query over tables. If its text, its level and severity, the rows of each table that it names and the way in
which the table is made are the same, so is what it finds. Whether the rows are the same is seen from the entries as
they are handed to the rules, without the values that a schema rejected: kind by kind.
"""

from itertools import zip_longest
from pathlib import Path

import orjson

from mulu.standard import Rule, Standard
from mulu.validate.tables import table_query, tables_of, words_of


def unchanged_rules(old: Standard, new: Standard, was: Path, now: Path) -> set[str]:
    """Return the names of these rules; `was` and `now` are the entries as each version hands them to its rules."""
    if list(old.levels) != list(new.levels):
        return set()
    kinds = _changed_kinds(was, now)
    before, after = tables_of(old.schemas), tables_of(new.schemas)
    names = {name.replace("-", "_"): name for name in (*old.codes, *new.codes)}
    same: dict[str, bool] = {"entries": not kinds}

    def is_same(table: str) -> bool:
        if table.startswith("code_") and table not in before:
            name = names[table.removeprefix("code_")]
            lists = [standard.codes.paths[name].read_bytes() for standard in (old, new) if name in standard.codes]
            return len(lists) == 2 and lists[0] == lists[1]
        if table not in before or table not in after or before[table][0] in kinds:
            return False
        return table_query(old, *before[table]) == table_query(new, *after[table])

    known = {*same, *before, *after, *(f"code_{name}" for name in names)}
    found = set()
    for name, rule in new.rules.items():
        if name in old.rules and _asks_the_same(old.rules[name], rule):
            for table in words_of(rule.query) & known - same.keys():
                same[table] = is_same(table)
            if all(same[table] for table in words_of(rule.query) & known):
                found.add(name)
    return found


def _asks_the_same(one: Rule, other: Rule) -> bool:
    return (one.query, one.text.severity, one.text.level) == (other.query, other.text.severity, other.text.level)


def _changed_kinds(was: Path, now: Path) -> set[str]:
    """Return the kinds of which a line is another, or stands elsewhere."""
    found: set[str] = set()
    with was.open("rb") as olds, now.open("rb") as news:
        for pair in zip_longest(olds, news):
            if pair[0] != pair[1]:
                found |= {orjson.loads(line)["kind"] for line in pair if line is not None}
    return found
