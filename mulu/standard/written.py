"""One schema file: read as it is written, refused with the line of what is wrong."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import orjson

from mulu.errors import BadStandard, Unreadable
from mulu.findings import SEVERITIES
from mulu.pointer import dumps, pointer_of, pointer_step
from mulu.standard.folder import read_text
from mulu.texts import Text, did_you_mean, shown
from mulu.words import why_no_json
from mulu.yaml import Positions, load_yaml, position_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Where a schema holds schemas: one, a list, several by name.
_ONE = {
    *("items", "contains", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames"),
    *("not", "if", "then", "else"),
}
_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_MAPS = {"properties", "patternProperties", "dependentSchemas", "$defs"}
_SAME_VALUE = {"not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas"}
REFERENCES = {"$ref", "$dynamicRef"}
HOLDS = _ONE | _LISTS | _MAPS | REFERENCES
"""What a schema has that is more than a value by itself."""
# No schema that people wrote is nested so deep; what walks schemas counts on it.
DEPTH = 64

Schema = dict[str, Any]


def read_schema(path: Path, levels: Collection[str]) -> Schema:
    """Read one schema; raises `BadStandard` if it is no JSON Schema, or has annotations that nobody could read."""
    schema = read_object(path)
    _refuse_shape(path, schema, levels)
    return schema


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON file of a standard that holds one object; raises `BadStandard`, with the line, if it does not.

    Of a key that is there twice the first would be lost, so that is refused, too.
    """
    data = read_text(path).encode("utf-8")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        why = why_no_json(data)
        raise BadStandard(
            str(path), f"不是 JSON：{why.zh}", f"no JSON: {why.en}", line=error.lineno, column=error.colno
        ) from None
    if not isinstance(value, dict):
        raise BadStandard(str(path), "文件应为一个 JSON 对象", "the file is to hold one JSON object", line=1)
    inner: list[Any] = [value]
    for _ in range(DEPTH):
        if not inner:
            break
        inner = [item for node in inner for item in (node.values() if isinstance(node, dict) else node)]
        inner = [item for item in inner if isinstance(item, dict | list)]
    if inner:
        raise BadStandard(str(path), f"文件嵌套超过 {DEPTH} 层", f"the file is nested deeper than {DEPTH}")
    try:
        json.loads(data, object_pairs_hook=_unrepeated)
    except _Repeated as repeated:
        raise BadStandard(
            str(path),
            f"键 {shown(repeated.key)} 写了两次，前一个会丢失；请删去一个",
            f"the key {shown(repeated.key)} is there twice, and the first would be lost; drop one",
            line=_line_of_repeated(path),
        ) from None
    return value


class _Repeated(Exception):
    """A key is twice in an object."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Repeated(key)
        found[key] = value
    return found


def _line_of_repeated(path: Path) -> int | None:
    try:
        load_yaml(path.read_text(encoding="utf-8"), name=path.name)
    except Unreadable as error:
        return error.place.line if error.place is not None else None
    return None


def read_known(path: Path) -> Schema:
    """Read one schema of the built-in standard, which is known to be right."""
    return cast(Schema, orjson.loads(path.read_bytes()))


def positions_of(path: Path) -> Positions:
    """Return line and column of each pointer in a JSON file, which is YAML as well; none if it is not."""
    try:
        return load_yaml(path.read_text(encoding="utf-8"), name=path.name)[1]
    except (UnicodeDecodeError, Unreadable):
        return {}


def fault_at(path: Path, pointer: str, zh: str, en: str) -> BadStandard:
    """Return what is wrong at a pointer of a JSON file, with its line, or that of what holds it."""
    line, column = position_of(positions_of(path), pointer) or (None, None)
    return BadStandard(str(path), zh, en, line=line, column=column)


def subschemas(schema: Schema, *, inside: bool = True) -> Iterator[tuple[str, Schema]]:
    """Yield `schema` and each schema inside it with its pointer, but no property merely named like a keyword.

    Without `inside` only those are yielded that are for the same value, and not for what is inside it.
    """
    waiting: list[tuple[str, Any]] = [("", schema)]
    while waiting:
        here, node = waiting.pop()
        if isinstance(node, dict):
            yield here, node
            for key, inner in node.items():
                if not inside and key not in _SAME_VALUE:
                    continue
                if key in _ONE:
                    waiting.append((f"{here}/{key}", inner))
                elif key in _LISTS:
                    waiting += [(f"{here}/{key}/{number}", item) for number, item in enumerate(inner)]
                elif key in _MAPS:
                    waiting += [(f"{here}/{key}{pointer_step(name)}", item) for name, item in inner.items()]


def not_a_schema(schema: Schema, way: Sequence[str | int]) -> tuple[str, Text]:
    """Return the pointer of what the metaschema has something against, at `way` in a schema, and words for it.

    Told is what the keyword takes, in our own words, as what validators say of it is in English.
    """
    words = _keywords()
    at, node, form = 0, cast(Any, schema), "schema"
    while at < len(way) and form == "schema":
        form = words.forms.get(str(way[at]), "")
        inside = {"schema": 1, "schemas": 2, "named-schemas": 2}.get(form, 0)
        # What stands at a list of schemas itself is none of them.
        is_one = 0 < inside <= len(way) - at
        at, form = (at + inside, "schema") if is_one else (at + 1, form)
    for step in way[:at]:
        node = node[step]
    pointer = pointer_of(tuple(way[:at]))
    said, wanted = shown(dumps(node).decode()), words.texts[form or "schema"]
    return pointer_of(way), Text(
        f"不是合格的 JSON Schema：{pointer or '/'} 应为{wanted.zh}，不能是 {said}",
        f"no valid JSON Schema: {pointer or '/'} is to be {wanted.en}, not {said}",
    )


class _Keywords(NamedTuple):
    """What keywords take: the form by the keyword, the words by the form."""

    forms: dict[str, str]
    texts: dict[str, Text]


@cache
def _keywords() -> _Keywords:
    path = Path(__file__).with_name("keywords.yaml")
    said = cast(Any, load_yaml(path.read_text(encoding="utf-8"), name=path.name)[0])
    return _Keywords(
        {keyword: form for form, keywords in said["keywords"].items() for keyword in keywords},
        {form: Text(text["zh"], text["en"]) for form, text in said["forms"].items()},
    )


def _refuse_shape(path: Path, schema: Schema, levels: Collection[str]) -> None:
    import jsonschema_rs

    if schema.get("$schema") != DIALECT:
        # Another dialect would be looked for on the network.
        raise fault_at(path, "/$schema", f"$schema 应为 {DIALECT}", f"$schema should be {DIALECT}")
    try:
        jsonschema_rs.meta.validate(schema)
    except jsonschema_rs.ValidationError as error:
        pointer, told = not_a_schema(schema, error.instance_path)
        raise fault_at(path, pointer, told.zh, told.en) from None
    for here, node in subschemas(schema):
        for name in sorted(set(node) & set(ANNOTATIONS)):
            is_right, form = ANNOTATIONS[name]
            if name == "x-required" and isinstance(node[name], dict):
                _refuse_levels(path, f"{here}/{name}", node[name], levels)
            if not is_right(node[name], levels):
                known, said = ", ".join(levels), shown(node[name])
                raise fault_at(
                    path,
                    f"{here}/{name}",
                    f"{name} 应为{form.zh.replace('{levels}', known)}，不能是 {said}",
                    f"{name} is {form.en.replace('{levels}', known)}, not {said}",
                )
        for key in sorted(REFERENCES & set(node)):
            if node[key].startswith("#"):
                raise fault_at(
                    path,
                    f"{here}/{key}",
                    f"引用 {shown(node[key])} 指向本文件之内，不起作用；请引用另一个模式文件，或把内容写在这里",
                    f"the reference {shown(node[key])} is into this file itself, which is not followed; refer to "
                    "another schema's file, or write out what is meant",
                )
        for name, member in node.get("properties", {}).items():
            if not isinstance(member, dict):
                raise fault_at(
                    path,
                    f"{here}/properties{pointer_step(name)}",
                    f'属性 {shown(name)} 应写为一个对象 {{…}}；不许填写的写 {{"not": {{}}}}',
                    f"the property {shown(name)} is to be described by an object {{…}}; one that must not be there "
                    'is described by {"not": {}}',
                )


def _refuse_levels(path: Path, here: str, by_level: Schema, levels: Collection[str]) -> None:
    for level in by_level:
        if level not in levels:
            near, known = did_you_mean(level, levels), ", ".join(levels)
            raise fault_at(
                path,
                here + pointer_step(level),
                f"没有级别 {shown(level)}{near.zh or '；'}可用：{known}",
                f"there is no level {shown(level)}{near.en}; known: {known}",
            )


def _is_text(value: Any, _: Collection[str]) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any, _: Collection[str]) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _are_names_by_level(value: Any, levels: Collection[str]) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= set(levels)
        and all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in value.values())
    )


_TEXTS = Text("一组文字，如 {title: …}", "texts by name, such as {title: …}")
ANNOTATIONS: dict[str, tuple[Callable[[Any, Collection[str]], bool], Text]] = {
    "x-en": (_are_texts, _TEXTS),
    "x-entry": (_are_texts, _TEXTS),
    "x-required": (
        _are_names_by_level,
        Text("按级别列出的属性名，级别有 {levels}", "lists of properties by level, which are {levels}"),
    ),
    "x-severity": (
        lambda value, _: value in SEVERITIES,
        Text(" / ".join(SEVERITIES), f"one of {', '.join(SEVERITIES)}"),
    ),
    "x-level": (lambda value, levels: value in list(levels), Text("级别之一：{levels}", "one of the levels {levels}")),
    **dict.fromkeys(
        ("x-code-list", "x-open-code-list", "x-key", "x-table", "x-personal"), (_is_text, Text("文字", "a text"))
    ),
}
