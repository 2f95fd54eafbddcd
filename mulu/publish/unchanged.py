"""Rules that find the same under two versions of a standard, so that they need not be run twice.

A rule is a query over tables. If its text, its level and severity, the rows of each table that it names and the way in
which the table is made are the same, so is what it finds. Whether the rows are the same is seen from the entries as
they are handed to the rules, without the values that a schema rejected: kind by kind.
"""

from filecmp import cmp

from mulu.standard import Rule, Standard
from mulu.validate.shapes import shape_of, tables_of, words_of
from mulu.validate.spool import Spool


def unchanged_rules(old: Standard, new: Standard, was: Spool, now: Spool) -> set[str]:
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
        return bool(shape_of(old, *before[table]) == shape_of(new, *after[table]))

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


def _changed_kinds(was: Spool, now: Spool) -> set[str]:
    """Return the kinds of which a line is another, or stands elsewhere."""
    found: set[str] = set()
    for kind in was.present | now.present:
        files, others = was.files(kind), now.files(kind)
        same = [start for _, start in files] == [start for _, start in others] and all(
            cmp(one, other, shallow=False) for (one, _), (other, _) in zip(files, others, strict=True)
        )
        if not same:
            found.add(kind)
    return found
