"""Changes of the schemas: kinds, properties, from which level they are required, and what is asked of their values."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from mulu.findings import SEVERITIES
from mulu.publish.diff.changes import Change, breaking, documentation, loosening, tightening, unsure
from mulu.standard import Standard
from mulu.standard.schemas import SUFFIX
from mulu.standard.written import Schema
from mulu.texts import shown

# A greater number asks for more, or a smaller one.
_LOWER = {"minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties", "minContains"}
_UPPER = {"maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties", "maxContains"}
# The fewer are named, the more is asked.
_SETS = {"type", "enum"}
_WORDS = {
    "title",
    "description",
    "x-en",
    "$comment",
    "examples",
    "default",
    "deprecated",
    "x-open-code-list",
    "x-personal",
}
# What is compared elsewhere, or is no demand on a value.
_PASSED = {
    *("$id", "$schema", "$dynamicAnchor", "$defs", "properties", "items", "allOf", "required", "x-required"),
    *("x-severity", "x-level"),
}
# Tables and reports are named and keyed by these.
_NAMES = {"x-entry", "x-table", "x-key"}


def schema_changes(old: Standard, new: Standard) -> Iterator[Change]:
    """Yield the changes of the schemas."""
    for kind in old.schemas.kinds:
        if kind not in new.schemas.kinds:
            yield breaking(f"schemas/{kind}", f"取消了种类 {kind}", f"the kind {kind} is gone")
    for kind in new.schemas.kinds:
        if kind not in old.schemas.kinds:
            yield loosening(f"schemas/{kind}", f"增加了种类 {kind}", f"there is a kind {kind}")
    for name, identifier in old.schemas.effective.items():
        if name in new.schemas.effective and (name in old.schemas.kinds) == (name in new.schemas.kinds):
            before = old.schemas.resources[identifier]
            after = new.schemas.resources[new.schemas.effective[name]]
            yield from _object(old, new, f"schemas/{name}", before, after)
            yield from _value(old, new, f"schemas/{name}", before, after)


def _object(old: Standard, new: Standard, where: str, before: Schema, after: Schema) -> Iterator[Change]:
    """Compare what two objects may and must have."""
    members, later = _members(old, before), _members(new, after)
    gone, come = [n for n in members if n not in later], [n for n in later if n not in members]
    for name in gone:
        twin = next((other for other in come if alike(members[name], later[other])), None)
        if twin is None:
            yield breaking(f"{where}/{name}", f"取消了属性 {name}", f"the property {name} is gone")
        else:
            come.remove(twin)
            yield breaking(f"{where}/{name}", f"属性 {name} 改名为 {twin}", f"the property {name} is now called {twin}")
    for name in come:
        level = new.schemas.required_level(after, name)
        if level is None:
            yield loosening(f"{where}/{name}", f"增加了选填属性 {name}", f"there is an optional property {name}")
        else:
            zh, en = _level(new, level)
            yield tightening(
                f"{where}/{name}", f"增加了必填属性 {name}（{zh}）", f"there is a property {name}, required {en}"
            )
    for name in members:
        if name in later:
            yield from _required(old, new, f"{where}/{name}", name, before, after)
            yield from _value(old, new, f"{where}/{name}", members[name], later[name])
            inner, outer = members[name], later[name]
            if "properties" in inner and "properties" in outer:
                yield from _object(old, new, f"{where}/{name}", inner, outer)


def _members(standard: Standard, schema: Schema) -> dict[str, Schema]:
    return standard.schemas.members(schema)


def alike(one: Schema, other: Schema) -> bool:
    """Whether two properties are one under two names: the same demands, and the same title or description."""
    # The codes of a list are compared where the list is. A table mostly takes the new name of its property.
    demands = [
        {
            key: value
            for key, value in node.items()
            if key not in _WORDS | _NAMES and not (key == "enum" and "x-code-list" in node)
        }
        for node in (one, other)
    ]
    words = [key for key in ("title", "description") if one.get(key) and one.get(key) == other.get(key)]
    return demands[0] == demands[1] and bool(words)


def _required(old: Standard, new: Standard, where: str, name: str, before: Schema, after: Schema) -> Iterator[Change]:
    was, is_ = old.schemas.required_level(before, name), new.schemas.required_level(after, name)
    if was == is_ or (was is not None and was not in new.levels and was != ""):
        return
    rank = {"": -1, **{name: level.rank for name, level in new.levels.items()}}
    where = f"{where}/required"
    (old_zh, old_en), (new_zh, new_en) = _level(old, was), _level(new, is_)
    zh, en = f"必填：{old_zh} → {new_zh}", f"required: {old_en} → {new_en}"
    if is_ is None or (was is not None and rank[is_] > rank[was]):
        yield loosening(where, zh, en)
    else:
        yield tightening(where, zh, en)


def _level(standard: Standard, level: str | None) -> tuple[str, str]:
    if level is None:
        return "否", "no"
    if level == "":
        return "一律", "always"
    title = standard.levels[level].title
    return f"“{title.zh}”级起", f"from level “{title.en}”"


class _Demand(NamedTuple):
    """Value of a keyword, the severity of a fault against it, the level from which it counts."""

    value: Any
    severity: str
    level: str


def _value(old: Standard, new: Standard, where: str, before: Schema, after: Schema) -> Iterator[Change]:
    """Compare what is asked of one value."""
    for key in sorted(_WORDS):
        if before.get(key) != after.get(key):
            yield documentation(f"{where}/{key}", f"{key} 改了", f"{key} is worded anew")
    for key in sorted(_NAMES):
        if before.get(key) != after.get(key):
            change = f"{shown(before.get(key))} → {shown(after.get(key))}"
            yield breaking(f"{where}/{key}", f"{key}：{change}", f"{key}: {change}")
    was, is_ = _demands(old, before), _demands(new, after)
    for key in sorted({*was, *is_}):
        yield from _keyword(old, new, f"{where}/{key}", key, was.get(key, []), is_.get(key, []))
    if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
        yield from _value(old, new, f"{where}/items", before["items"], after["items"])
        if "properties" in before["items"] and "properties" in after["items"]:
            yield from _object(old, new, f"{where}/items", before["items"], after["items"])
    elif "items" in after and "items" not in before:
        yield tightening(f"{where}/items", "元素有了要求", "something is asked of the elements")
    elif "items" in before and "items" not in after:
        yield loosening(f"{where}/items", "元素没有要求了", "nothing is asked of the elements any more")


def _demands(standard: Standard, schema: Schema) -> dict[str, list[_Demand]]:
    """Return each keyword that asks something of a value, here and under `allOf`, with how much it counts."""
    found: dict[str, list[_Demand]] = {}
    waiting = [(schema, SEVERITIES[0], standard.header.levels[0].id)]
    while waiting:
        node, severity, level = waiting.pop(0)
        severity, level = node.get("x-severity", severity), node.get("x-level", level)
        waiting += [(part, severity, level) for part in node.get("allOf", [])]
        for key, value in node.items():
            if key in _PASSED or key in _WORDS or key in _NAMES or (key == "enum" and "x-code-list" in node):
                continue
            if key in ("$ref", "$dynamicRef"):
                # The name counts, not the address, which goes with the version.
                value = value.partition("#")[0].rpartition("/")[2].removesuffix(SUFFIX)
            found.setdefault(key, []).append(_Demand(value, severity, level))
    return found


def _keyword(
    old: Standard, new: Standard, where: str, key: str, was: list[_Demand], is_: list[_Demand]
) -> Iterator[Change]:
    gone = [demand for demand in was if demand not in is_]
    come = [demand for demand in is_ if demand not in was]
    for before in list(gone):
        after = next((demand for demand in come if demand.value == before.value), None)
        if after is not None:
            gone.remove(before)
            come.remove(after)
            yield from _weight(new, where, before, after)
    for before, after in zip(gone, come, strict=False):
        yield _changed(old, new, where, key, before, after)
    for value, _, _ in gone[len(come) :]:
        zh, en = f"不再要求 {shown(value)}", f"{shown(value)} is no longer asked"
        if key in ("$ref", "$dynamicRef"):
            yield breaking(where, zh, en)
        else:
            yield loosening(where, zh, en)
    for value, severity, _ in come[len(gone) :]:
        zh, en = f"新要求 {shown(value)}", f"{shown(value)} is asked"
        if key in ("$ref", "$dynamicRef"):
            yield breaking(where, zh, en)
        else:
            yield tightening(where, zh, en, soft=severity != SEVERITIES[0])


def _weight(new: Standard, where: str, before: _Demand, after: _Demand) -> Iterator[Change]:
    """Compare how much a demand counts that is the same otherwise."""
    if before.severity != after.severity:
        zh, en = f"程度 {before.severity} → {after.severity}", f"severity {before.severity} → {after.severity}"
        if SEVERITIES.index(after.severity) < SEVERITIES.index(before.severity):
            yield tightening(where, zh, en, soft=after.severity != SEVERITIES[0])
        else:
            yield loosening(where, zh, en)
    if before.level != after.level:
        zh, en = f"级别 {before.level} → {after.level}", f"level {before.level} → {after.level}"
        if before.level not in new.levels:
            return
        if new.levels[after.level].rank < new.levels[before.level].rank:
            yield tightening(where, zh, en, soft=after.severity != SEVERITIES[0])
        else:
            yield loosening(where, zh, en)


def _changed(old: Standard, new: Standard, where: str, key: str, before: _Demand, after: _Demand) -> Change:
    was, is_ = before.value, after.value
    zh = en = f"{shown(was)} → {shown(is_)}"
    if before[1:] != after[1:]:
        return unsure(where, zh, en)
    soft = after.severity != SEVERITIES[0]
    if key in _LOWER or key in _UPPER:
        more = is_ > was if key in _LOWER else is_ < was
        return tightening(where, zh, en, soft=soft) if more else loosening(where, zh, en)
    if key in _SETS or key == "x-code-list":
        one, other = _taken(old, key, was), _taken(new, key, is_)
        if one is not None and other is not None:
            if one < other:
                return loosening(where, zh, en)
            if other < one:
                return tightening(where, zh, en, soft=soft)
            if one == other:
                return documentation(where, zh, en)
        return breaking(where, zh, en)
    if key in ("const", "$ref", "$dynamicRef"):
        return breaking(where, zh, en)
    return unsure(where, f"{key}：{zh}", f"{key}: {en}")


def _taken(standard: Standard, key: str, value: Any) -> set[str] | None:
    """Return what a keyword lets through, as far as it is a set."""
    if key == "x-code-list":
        return set(standard.codes[value].values) if value in standard.codes else None
    found = {repr(item) for item in (value if isinstance(value, list) else [value])}
    # Each integer is a number.
    return found | ({"'integer'"} if "'number'" in found and key == "type" else set())
