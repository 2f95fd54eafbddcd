"""A standard built on another may add and tighten; what it gives up it must name, with the reason, in `relaxes`.

What is given up is named by a path: `schemas/NAME/PROPERTY/…/KEYWORD`, `codes/LIST/CODE`, `rules/NAME/MEMBER`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mulu.findings import SEVERITIES
from mulu.publish.check.flaws import Flaw, Lines
from mulu.publish.check.schemas import HAN, LATIN
from mulu.standard import Rule, Standard
from mulu.standard.folder import read_yaml
from mulu.standard.written import Schema

# (path of what is given up, where it is written, sentence in Chinese, in English)
_Loosened = tuple[str, Lines, str, str, str]
# Greater is stricter, or smaller; anything else is stricter only if it is the same.
_LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties", "minContains")
_UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties", "maxContains")
_SAME = ("pattern", "format", "const", "x-code-list", "uniqueItems", "multipleOf")


def untaken_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield each schema that stands in the place of one below without taking it in, so that nothing is left of it.

    Raises `BadStandard` if the schemas cannot be read.
    """
    below, named = standard.below, {item.what for item in standard.header.relaxes}
    for path, taken in _untaken(below, standard) if below is not None else ():
        what = f"schemas/{path.name.partition('.')[0]}/$ref"
        if what not in named:
            flaw = Lines(path).error(
                "",
                "放宽了所依据的标准：模式取代了其中的同名模式，却没有引用它；请加上 "
                f'"$ref": "{taken}"；确要整个取代的，在 standard.toml 的 [[relaxes]] 中写明 what = "{what}" 和理由',
                "this loosens the standard below: the schema stands in the place of that of the same name in it and "
                f'does not take it in; add "$ref": "{taken}", or if that is meant name it in standard.toml under '
                f'[[relaxes]], what = "{what}", with the reason',
            )
            yield replace(flaw, stops=True)


def _untaken(below: Standard, above: Standard) -> Iterator[tuple[Path, str]]:
    """Yield the schemas of the standard above that do not take in those of the same name, with the `$id` of these."""
    for identifier, path in above.schemas.paths.items():
        taken = below.schemas.effective.get(path.name.partition(".")[0])
        if taken is not None and identifier not in below.schemas.written:
            parts = above.schemas.parts(above.schemas.resources[identifier])
            if all(part is not above.schemas.resources[taken] for part in parts):
                yield path, taken


def extension_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what the standard loosens of the one that it extends and does not name, and what it names without need."""
    header = Lines(standard.roots[-1] / "standard.toml", {})
    named = {item.what: item for item in standard.header.relaxes}
    for item in standard.header.relaxes:
        if not HAN.search(item.reason.zh) or not LATIN.search(item.reason.en):
            yield Flaw(
                "error",
                str(header.path),
                item.line,
                f"放宽 {item.what} 的理由须有中英文",
                f"the reason for relaxing {item.what} is needed in both languages",
            )
    used = set()
    if standard.below is not None:
        for what, lines, pointer, zh, en in _loosened(standard.below, standard):
            used.add(what)
            if what not in named:
                yield lines.error(
                    pointer,
                    f"放宽了所依据的标准：{zh}；确要放宽的，在 standard.toml 的 [[relaxes]] 中写明 "
                    f'what = "{what}" 和理由',
                    f"this loosens the standard below: {en}; if that is meant, name it in standard.toml under "
                    f'[[relaxes]], what = "{what}", with the reason',
                )
    for item in standard.header.relaxes:
        if item.what not in used:
            yield Flaw(
                "error",
                str(header.path),
                item.line,
                f"relaxes 所说的 {item.what} 并没有放宽",
                f"{item.what} is listed under relaxes but not loosened",
            )


def _loosened(below: Standard, above: Standard) -> Iterator[_Loosened]:
    schemas = above.schemas
    untaken = {path for path, _ in _untaken(below, above)}
    for identifier, path in schemas.paths.items():
        name = path.name.partition(".")[0]
        if identifier in below.schemas.written or name not in below.schemas.effective:
            continue
        taken = below.schemas.effective[name]
        new, what, lines = schemas.resources[identifier], f"schemas/{name}", Lines(path)
        if path in untaken:
            zh, en = f"模式没有用 $ref 引用 {taken}", f"the schema does not include {taken} by $ref"
            yield f"{what}/$ref", lines, "", zh, en
        yield from _schema(_Pair(below, above, lines), what, "", below.schemas.resources[taken], new)
    for name, path in above.codes.paths.items():
        if name in below.codes and path != below.codes.paths[name]:
            for code in above.codes[name].values:
                if code not in below.codes[name].by_code:
                    line = _line_of_code(above, name, code)
                    lines = Lines(path, {"": (line, 1)})
                    yield (
                        f"codes/{name}/{code}",
                        lines,
                        "",
                        f"代码表增加了 {code}",
                        f"the list has a further code {code}",
                    )
    for name, rule in above.rules.items():
        if name in below.rules and rule.path != below.rules[name].path:
            yield from _rule(above, below.rules[name], rule)


def _line_of_code(standard: Standard, name: str, code: str) -> int:
    rows = standard.codes.paths[name].read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, row in enumerate(rows, 1) if row.split(",")[0].strip('"') == code), 1)


def _rule(above: Standard, old: Rule, new: Rule) -> Iterator[_Loosened]:
    lines = Lines(new.path, read_yaml(new.path)[1])
    if SEVERITIES.index(new.text.severity) > SEVERITIES.index(old.text.severity):
        change = f"{old.text.severity} → {new.text.severity}"
        yield f"rules/{new.id}/severity", lines, "/severity", f"严重程度 {change}", f"severity {change}"
    if above.levels[new.text.level].rank > above.levels[old.text.level].rank:
        change = f"{old.text.level} → {new.text.level}"
        yield f"rules/{new.id}/level", lines, "/level", f"级别 {change}", f"level {change}"
    if new.query.split() != old.query.split():
        yield f"rules/{new.id}/query", lines, "/query", "规则的查询不同，可能漏报", "another query, which may find less"


class _Pair:
    """The two standards, and the file that changes the one below."""

    def __init__(self, below: Standard, above: Standard, lines: Lines) -> None:
        self.below, self.above, self.lines = below, above, lines


def _schema(pair: _Pair, what: str, pointer: str, old: Schema, new: Schema) -> Iterator[_Loosened]:
    """Compare two descriptions of one value; `pointer` is where the later one is written."""
    for key, zh, en in _keywords(old, new, pair):
        yield f"{what}/{key}", pair.lines, f"{pointer}/{key}", zh, en
    members, later = pair.below.schemas.members(old), pair.above.schemas.members(new)
    ranks = {name: level.rank for name, level in pair.above.levels.items()} | {"": -1}
    for name, member in members.items():
        before, after = pair.below.schemas.required_level(old, name), pair.above.schemas.required_level(new, name)
        if before is not None and (after is None or ranks[after] > ranks[before]):
            at = before or "—"
            yield (
                f"{what}/required/{name}",
                pair.lines,
                pointer,
                f"{name} 原来必填（{at}）",
                f"{name} is required below ({at})",
            )
        if name not in later:
            yield f"{what}/{name}", pair.lines, pointer, f"没有了属性 {name}", f"the property {name} is gone"
        elif later[name] is not member and later[name] != member:
            yield from _schema(pair, f"{what}/{name}", f"{pointer}/properties/{name}", member, later[name])
    old_items, new_items = old.get("items"), new.get("items")
    if isinstance(old_items, dict) and isinstance(new_items, dict) and "$dynamicRef" not in old_items:
        yield from _schema(pair, f"{what}/items", f"{pointer}/items", old_items, new_items)


def _keywords(old: Schema, new: Schema, pair: _Pair) -> Iterator[tuple[str, str, str]]:
    """Yield each keyword that asks less in `new` than in `old`; what `new` refers to counts as said in it."""
    before, after = _said(old, pair.below), _said(new, pair.above)
    for key, told in before.items():
        for value in told:
            # What is joined holds together: it is looser if nothing keeps the old demand, or if the file itself says
            # something wider, which would have no effect and mislead.
            kept = any(not _is_looser(key, value, other) for other in after.get(key, []))
            wider = key not in _SAME and key in new and _is_looser(key, value, new[key])
            if not kept or wider:
                yield key, f"{key} 原为 {value}", f"{key} is {value} below"


def _is_looser(key: str, value: Any, other: Any) -> bool:
    if key in _LOWER:
        return bool(other < value)
    if key in _UPPER:
        return bool(other > value)
    return other != value if key in _SAME else not _listed(other) <= _listed(value)


def _listed(value: Any) -> set[Any]:
    return set(value) if isinstance(value, list) else {value}


def _said(schema: Schema, standard: Standard) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for part in standard.schemas.parts(schema):
        # Code lists are compared as such.
        keys = set(part) - ({"enum"} if "x-code-list" in part else set())
        for key in keys & {*_LOWER, *_UPPER, *_SAME, "type", "enum"}:
            found.setdefault(key, []).append(part[key])
    return found
