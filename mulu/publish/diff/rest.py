"""Changes of rules, mappings, levels and of what a standard says of itself."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from mulu.findings import SEVERITIES
from mulu.publish.diff.changes import Change, breaking, documentation, loosening, tightening, unsure
from mulu.standard import Rule, Standard
from mulu.standard.mappings import Mapping, Spec

_RULE_WORDS = ("title", "why", "message", "mend", "source")
_RULE_EXAMPLES = {"pass": "passes", "fail": "fails", "fix": "fix"}


def level_changes(old: Standard, new: Standard) -> Iterator[Change]:
    """Yield the changes of the levels and of the header."""
    for name in ("title", "description", "base"):
        if getattr(old.header, name) != getattr(new.header, name):
            yield documentation(f"standard/{name}", f"{name} 改了", f"{name} is another")
    for name in old.levels:
        if name not in new.levels:
            yield breaking(f"levels/{name}", f"取消了级别 {name}", f"the level {name} is gone")
    for name, level in new.levels.items():
        before = old.levels.get(name)
        if before is None:
            yield loosening(f"levels/{name}", f"增加了级别 {name}", f"there is a level {name}")
        elif (before.title, before.description) != (level.title, level.description):
            yield documentation(f"levels/{name}", "级别的文字改了", "the level is worded anew")
    kept = [[name for name in one.levels if name in other.levels] for one, other in ((old, new), (new, old))]
    if kept[0] != kept[1]:
        change = f"{', '.join(kept[0])} → {', '.join(kept[1])}"
        yield breaking("levels", f"级别的顺序变了：{change}", f"the order of the levels: {change}")


def help_changes(old: Standard, new: Standard) -> Iterator[Change]:
    """Yield the changes of migrations and of the lists of clauses and names, which ask nothing of entries."""
    was, now = ({one.path.stem: one for one in standard.migrations} for standard in (old, new))
    for name, one in now.items():
        change = f"{one.old} → {one.new}"
        if name not in was:
            yield documentation(f"migrations/{name}", f"增加了迁移 {change}", f"there is a migration {change}")
        elif (was[name].old, was[name].new, was[name].steps) != (one.old, one.new, one.steps):
            yield documentation(f"migrations/{name}", f"迁移 {change} 改了", f"the migration {change} is another")
    for name in was:
        if name not in now:
            yield documentation(f"migrations/{name}", f"取消了迁移 {name}", f"the migration {name} is gone")
    if [one._replace(line=0) for one in old.clauses] != [one._replace(line=0) for one in new.clauses]:
        yield documentation("clauses", "条款表改了", "the list of clauses is another")
    if [one._replace(line=0) for one in old.names] != [one._replace(line=0) for one in new.names]:
        yield documentation("names", "别处名称表改了", "the list of names elsewhere is another")


def rule_changes(old: Standard, new: Standard) -> Iterator[Change]:
    """Yield the changes of the rules."""
    for name, rule in old.rules.items():
        if name not in new.rules:
            yield loosening(
                f"rules/{name}", f"取消了规则：{rule.text.title.zh}", f"the rule is gone: {rule.text.title.en}"
            )
    for name, rule in new.rules.items():
        if name in old.rules:
            yield from _rule(new, old.rules[name], rule)
        else:
            text = rule.text
            yield tightening(
                f"rules/{name}",
                f"增加了规则（{text.severity}，{text.level}）：{text.title.zh}",
                f"there is a rule ({text.severity}, {text.level}): {text.title.en}",
                soft=text.severity != SEVERITIES[0],
            )


def _rule(new: Standard, before: Rule, after: Rule) -> Iterator[Change]:
    where = f"rules/{after.id}"
    was, is_ = before.text, after.text
    if was.severity != is_.severity:
        zh, en = f"程度 {was.severity} → {is_.severity}", f"severity {was.severity} → {is_.severity}"
        if SEVERITIES.index(is_.severity) < SEVERITIES.index(was.severity):
            yield tightening(f"{where}/severity", zh, en, soft=is_.severity != SEVERITIES[0])
        else:
            yield loosening(f"{where}/severity", zh, en)
    if was.level != is_.level and was.level in new.levels:
        zh, en = f"级别 {was.level} → {is_.level}", f"level {was.level} → {is_.level}"
        if new.levels[is_.level].rank < new.levels[was.level].rank:
            yield tightening(f"{where}/level", zh, en, soft=is_.severity != SEVERITIES[0])
        else:
            yield loosening(f"{where}/level", zh, en)
    if before.query.split() != after.query.split():
        yield unsure(f"{where}/query", "查询改了", "the query is another")
    changed = [name for name in _RULE_WORDS if getattr(was, name) != getattr(is_, name)]
    changed += [name for name, kind in _RULE_EXAMPLES.items() if getattr(before, kind) != getattr(after, kind)]
    if before.topic != after.topic:
        changed.append("topic")
    for name in changed:
        yield documentation(f"{where}/{name}", f"{name} 改了", f"{name} is another")


def mapping_changes(old: Standard, new: Standard) -> Iterator[Change]:
    """Yield the changes of how legacy formats are read."""
    for name, mapping in old.mappings.items():
        if name not in new.mappings:
            title = mapping.title
            yield breaking(
                f"converters/{name}", f"不再能读格式：{title.zh}", f"the format is no longer read: {title.en}"
            )
        else:
            yield from _mapping(f"converters/{name}", mapping, new.mappings[name])
    for name, mapping in new.mappings.items():
        if name not in old.mappings:
            yield loosening(
                f"converters/{name}", f"能读格式：{mapping.title.zh}", f"a format is read: {mapping.title.en}"
            )


def _mapping(where: str, before: Mapping, after: Mapping) -> Iterator[Change]:
    if before.kind != after.kind:
        yield breaking(f"{where}/kind", f"{before.kind} → {after.kind}", f"{before.kind} → {after.kind}")
    for name in ("title", "description"):
        if getattr(before, name) != getattr(after, name):
            yield documentation(f"{where}/{name}", f"{name} 改了", f"{name} is worded anew")
    yield from _specs(where, _by_target(before.fields), _by_target(after.fields))
    for item in fields(before):
        if item.name in ("id", "folder", "kind", "title", "description", "fields"):
            continue
        if getattr(before, item.name) != getattr(after, item.name):
            yield unsure(f"{where}/{item.name}", f"{item.name} 改了", f"{item.name} is another")


def _by_target(specs: tuple[Spec, ...], inside: str = "") -> dict[str, list[Spec]]:
    found: dict[str, list[Spec]] = {}
    for spec in specs:
        here = f"{inside}{'.'.join(spec.target)}"
        found.setdefault(here, []).append(spec)
        for name, inner in _by_target(spec.fields, f"{here}.").items():
            found.setdefault(name, []).extend(inner)
    return found


def _specs(where: str, old: dict[str, list[Spec]], new: dict[str, list[Spec]]) -> Iterator[Change]:
    for name in old:
        if name not in new:
            yield breaking(f"{where}/{name}", f"不再读出属性 {name}", f"the property {name} is no longer read")
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            yield loosening(f"{where}/{name}", f"读出属性 {name}", f"the property {name} is read")
            continue
        was, is_ = _headings(before), _headings(after)
        for heading in was:
            if heading not in is_:
                yield breaking(
                    f"{where}/{name}", f"不再认得表头“{heading}”", f"the heading “{heading}” is no longer known"
                )
        for heading in is_:
            if heading not in was:
                yield loosening(f"{where}/{name}", f"认得表头“{heading}”", f"the heading “{heading}” is known")
        if list(map(_rest, before)) != list(map(_rest, after)):
            yield unsure(f"{where}/{name}", "读法改了", "it is read in another way")


def _headings(specs: list[Spec]) -> list[str]:
    return list(dict.fromkeys(heading for spec in specs for heading in spec.headings))


def _rest(spec: Spec) -> dict[str, Any]:
    """Return what a way of reading says beside its headings; what is inside it is compared by itself."""
    said = [item.name for item in fields(spec) if item.compare and item.name not in ("headings", "fields")]
    return {name: getattr(spec, name) for name in said}
