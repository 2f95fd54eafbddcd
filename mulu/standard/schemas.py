"""Schemas of a standard: open as written, closed when composed.

A schema with `unevaluatedProperties: false` cannot be extended by `$ref`. So each kind and each nested shape is
written open with a `$dynamicAnchor`, is referred to by `$dynamicRef`, and is closed here, once, for what all
folders of the standard have put together. Only `x-…` properties may be added freely.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from mulu.errors import BadStandard
from mulu.findings import SEVERITIES
from mulu.pointer import pointer_of
from mulu.standard.codes import CodeLists
from mulu.standard.folder import Level, files
from mulu.texts import Text, shown

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"
# Of every entry, whatever its kind: the engine's own name for what a legacy record held beyond the standard.
EXTENSIONS = "^x-"

# Where a schema holds schemas: one, a list, several by name.
_ONE = (
    *("items", "contains", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames"),
    *("not", "if", "then", "else"),
)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")
# No schema that people wrote is nested so deep; what walks schemas counts on it.
_DEPTH = 64

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a kind, with what the schema says of it.

    `pointer` is the JSON Pointer with `*` for the positions of arrays; `schema` what constrains its value.
    """

    pointer: str
    name: str
    schema: Schema
    owner: Schema

    @property
    def title(self) -> Text:
        """The property's name in both languages."""
        return Text(self.schema.get("title", self.name), self.schema.get("x-en", {}).get("title", self.name))

    @property
    def description(self) -> Text:
        """What to fill in, in both languages."""
        english = self.schema.get("x-en", {}).get("description", "")
        return Text(self.schema.get("description", ""), english)


@dataclass(frozen=True)
class Schemas:
    """The schemas of the folders that make up a standard, by name (`resource`, `data-item`, …)."""

    roots: tuple[Path, ...]
    base: str
    codes: CodeLists
    levels: tuple[Level, ...]

    @cached_property
    def written(self) -> dict[str, Schema]:
        """Each schema as written, by its `$id`."""
        found: dict[str, Schema] = {}
        for root in self.roots:
            for path in files(root, "schemas", f"*{SUFFIX}"):
                schema = _read(path)
                identifier = schema.get("$id")
                if not isinstance(identifier, str) or not identifier.endswith(f"/{path.name}") or identifier in found:
                    raise BadStandard(
                        str(path),
                        f"$id 缺失、重复或不以文件名结尾：{identifier}",
                        f"the $id is missing, used twice, or does not end in the file's name: {identifier}",
                    )
                _refuse_shape(path, schema, {level.id for level in self.levels})
                found[identifier] = schema
        return found

    @cached_property
    def effective(self) -> dict[str, str]:
        """Schema name -> `$id` of the one that counts: that of the last folder which has a schema of this name."""
        return {_name(identifier): identifier for identifier in self.written}

    @cached_property
    def kinds(self) -> dict[str, Schema]:
        """The schemas that describe whole entries, by kind."""
        return {
            name: self.written[identifier]
            for name, identifier in self.effective.items()
            if "x-entry" in self.written[identifier]
        }

    @cached_property
    def resources(self) -> dict[str, Schema]:
        """Each schema by its `$id`, with code lists written out as `enum` and the `required` of all levels joined."""
        return {identifier: self._expanded(copy.deepcopy(schema)) for identifier, schema in self.written.items()}

    def closed(self, kind: str) -> Schema:
        """Return the schema that an entry of `kind` is checked against; it refers to the others by `$id`.

        Raises `KeyError` if the standard has no such kind.
        """
        kind_schema = self.kinds[kind]
        nested = {name: identifier for name, identifier in self.effective.items() if name not in self.kinds}
        return {
            "$schema": DIALECT,
            "$id": f"{self.base}{kind}.closed{SUFFIX}",
            "title": kind_schema.get("title", kind),
            "description": kind_schema.get("description", ""),
            "$ref": self.effective[kind],
            "patternProperties": {EXTENSIONS: True},
            "unevaluatedProperties": False,
            "$defs": {
                name: {
                    "$dynamicAnchor": name,
                    "$ref": identifier,
                    "patternProperties": {EXTENSIONS: True},
                    "unevaluatedProperties": False,
                }
                for name, identifier in sorted(nested.items())
            },
        }

    def bundle(self, kind: str) -> Schema:
        """Return the closed schema of `kind` with all that it reaches embedded: one document that stands alone."""
        closed = self.closed(kind)
        reached = {closed["$ref"]}
        waiting = [closed["$ref"]]
        while waiting:
            for target in _references(self.resources[waiting.pop()], self.base):
                identifier = self.effective.get(_name(target), target)
                for found in {identifier, target} & set(self.resources) - reached:
                    reached.add(found)
                    waiting.append(found)
        closed["$defs"] = {name: schema for name, schema in closed["$defs"].items() if schema["$ref"] in reached} | {
            identifier: self.resources[identifier] for identifier in sorted(reached)
        }
        return closed

    def locate(self, location: str) -> Iterator[Schema]:
        """Yield the subschemas on the way to `location` (`$id#/pointer`), outermost first."""
        identifier, _, fragment = location.partition("#")
        node: Any = self.resources.get(identifier)
        if node is None:
            return
        for step in fragment.split("/")[1:]:
            if isinstance(node, dict):
                yield node
                node = node.get(step.replace("~1", "/").replace("~0", "~"))
            elif isinstance(node, list) and step.isdecimal() and int(step) < len(node):
                node = node[int(step)]
            else:
                return
        if isinstance(node, dict):
            yield node

    def properties(self, kind: str) -> list[Property]:
        """Return every property that an entry of `kind` may have, nested ones after their parent.

        Raises `KeyError` if the standard has no such kind.
        """
        return list(self._walk(self.resources[self.effective[kind]], "", (kind,)))

    def members(self, schema: Schema) -> dict[str, Schema]:
        """Return the properties that `schema` describes, with those of what it refers to by `$ref` or `allOf`."""
        found: dict[str, Schema] = {}
        for part in reversed(self._parts(schema)):
            found |= part.get("properties", {})
        return found

    def shape(self, schema: Schema) -> Schema:
        """Return the schema that gives the value its type: `schema` itself, or what it refers to."""
        seen: list[Schema] = []
        while (targets := self._targets(schema)) and all(schema is not other for other in seen):
            seen.append(schema)
            schema = targets[0]
        return schema

    def _parts(self, schema: Schema) -> list[Schema]:
        """Return `schema` and all that it takes in by reference or `allOf`, each once, itself first."""
        found: list[Schema] = []
        waiting = [schema]
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict) and all(part is not other for other in found):
                found.append(part)
                waiting += [*self._targets(part), *part.get("allOf", [])]
        return found

    def _walk(self, schema: Schema, pointer: str, path: tuple[str, ...]) -> Iterator[Property]:
        for name, member in self.members(schema).items():
            here = f"{pointer}/{name}"
            yield Property(here, name, member, schema)
            inner = self.shape(member)
            if isinstance(inner.get("items"), dict):
                here, inner = f"{here}/*", self.shape(inner["items"])
            anchor = inner.get("$dynamicAnchor", name)
            # A shape inside itself (an organisation's parent as an object, say) is walked once.
            if anchor not in path:
                yield from self._walk(inner, here, (*path, anchor))

    def _targets(self, schema: Schema) -> list[Schema]:
        references = [schema[key] for key in ("$ref", "$dynamicRef") if key in schema]
        found = []
        for reference in references:
            name = _name(reference.partition("#")[0])
            identifier = self.effective.get(name) if "$dynamicRef" in schema else None
            target = self.resources.get(identifier or _absolute(reference, self.base))
            if target is None:
                raise BadStandard(
                    str(self.roots[-1]),
                    f"引用无法解析：{reference}",
                    f"the reference leads nowhere: {reference}",
                )
            found.append(target)
        return found

    def _expanded(self, schema: Schema) -> Schema:
        for node in _subschemas(schema):
            if "x-code-list" in node:
                node["enum"] = self.codes[node["x-code-list"]].values
            if "x-required" in node:
                later = [name for names in node["x-required"].values() for name in names]
                node["required"] = list(dict.fromkeys([*node.get("required", []), *later]))
        return schema


def _read(path: Path) -> Schema:
    try:
        schema = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise BadStandard(
            str(path), f"不是 JSON：{error.msg}", f"no JSON: {error.msg}", line=error.lineno, column=error.colno
        ) from None
    if not isinstance(schema, dict):
        raise BadStandard(str(path), "模式应为一个 JSON 对象", "a schema is a JSON object")
    inner: list[Any] = [schema]
    for _ in range(_DEPTH):
        inner = [item for node in inner for item in (node.values() if isinstance(node, dict) else node)]
        inner = [item for item in inner if isinstance(item, dict | list)]
    if inner:
        raise BadStandard(str(path), f"模式嵌套超过 {_DEPTH} 层", f"the schema is nested deeper than {_DEPTH}")
    return schema


def _refuse_shape(path: Path, schema: Schema, levels: set[str]) -> None:
    """Refuse what is no JSON Schema, and annotations that the engine could not read."""
    import jsonschema_rs

    if schema.get("$schema") != DIALECT:
        # Another dialect would be looked for on the network.
        raise BadStandard(str(path), f"$schema 应为 {DIALECT}", f"$schema is not {DIALECT}")
    try:
        jsonschema_rs.meta.validate(schema)
    except jsonschema_rs.ValidationError as error:
        where = pointer_of(error.instance_path) or "/"
        raise BadStandard(
            str(path),
            f"不是合格的 JSON Schema：{where}（{error.message}）",
            f"no valid JSON Schema: {where} ({error.message})",
        ) from None
    for node in _subschemas(schema):
        for name in sorted(set(node) & set(_ANNOTATIONS)):
            if not _ANNOTATIONS[name](node[name], levels):
                raise BadStandard(
                    str(path),
                    f"{name} 的写法不对：{shown(node[name])}",
                    f"{name} is written wrongly: {shown(node[name])}",
                )
        for name, member in node.get("properties", {}).items():
            if not isinstance(member, dict):
                raise BadStandard(
                    str(path), f"属性 {name} 应写为一个对象", f"the property {name} is to be described by an object"
                )


def _is_text(value: Any, _: set[str]) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any, _: set[str]) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _are_names_by_level(value: Any, levels: set[str]) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= levels
        and all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in value.values())
    )


_ANNOTATIONS: dict[str, Callable[[Any, set[str]], bool]] = {
    "x-en": _are_texts,
    "x-entry": _are_texts,
    "x-required": _are_names_by_level,
    "x-severity": lambda value, _: value in SEVERITIES,
    "x-level": lambda value, levels: value in list(levels),
    **dict.fromkeys(("x-code-list", "x-open-code-list", "x-key", "x-table", "x-personal"), _is_text),
}


def _name(identifier: str) -> str:
    return identifier.rpartition("/")[2].removesuffix(SUFFIX)


def _absolute(reference: str, base: str) -> str:
    target = reference.partition("#")[0]
    return target if "://" in target else base + target


def _subschemas(schema: Schema) -> Iterator[Schema]:
    """Yield `schema` and each schema inside it, but no property that is merely named like a keyword."""
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += [node[key] for key in _ONE if key in node]
            waiting += [item for key in _LISTS for item in node.get(key, [])]
            waiting += [item for key in _MAPS for item in node.get(key, {}).values()]


def _references(schema: Schema, base: str) -> set[str]:
    return {
        _absolute(node[key], base)
        for node in _subschemas(schema)
        for key in ("$ref", "$dynamicRef")
        if isinstance(node.get(key), str) and not node[key].startswith("#")
    }
