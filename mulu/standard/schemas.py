"""Schemas of a standard: open as written, closed when composed.

A schema with `unevaluatedProperties: false` cannot be extended by `$ref`. So each kind and each nested shape is
written open with a `$dynamicAnchor`, is referred to by `$dynamicRef`, and is closed here, once, for what all
folders of the standard have put together. Only `x-…` properties may be added freely.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from mulu.errors import BadStandard
from mulu.pointer import steps_of
from mulu.standard.codes import CodeLists
from mulu.standard.folder import Level, builtin_folder, files
from mulu.standard.schema_cost import MOST, TooOften, refuse_often
from mulu.standard.written import DEPTH, DIALECT, Schema, fault_at, read_known, read_schema, subschemas
from mulu.texts import Text, shown

SUFFIX = ".schema.json"
# Of every entry, whatever its kind: the engine's own name for what a legacy record held beyond the standard.
EXTENSIONS = "^x-"
# What may say beside `properties` that a property is known, and what belongs to one document.
_NOT_PLAIN = {
    *("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "patternProperties"),
    *("additionalProperties", "unevaluatedProperties", "$defs", "$anchor"),
}
_PROPERTIES = 100_000
"""How many properties a kind has at most, nested ones among them."""


class Property(NamedTuple):
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


@dataclass(frozen=True, eq=False)
class Schemas:
    """The schemas of the folders that make up a standard, by name (`resource`, `data-item`, …)."""

    roots: tuple[Path, ...]
    base: str
    codes: CodeLists
    levels: tuple[Level, ...]

    @cached_property
    def written(self) -> dict[str, Schema]:
        """Each schema as written, by its `$id`."""
        return {identifier: schema for identifier, (_, schema) in self._read.items()}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The file of each schema, by its `$id`."""
        return {identifier: path for identifier, (path, _) in self._read.items()}

    @cached_property
    def _read(self) -> dict[str, tuple[Path, Schema]]:
        found: dict[str, tuple[Path, Schema]] = {}
        levels = [level.id for level in self.levels]
        for root in self.roots:
            is_known = root == builtin_folder()
            for path in files(root, "schemas", f"*{SUFFIX}"):
                schema = read_known(path) if is_known else read_schema(path, levels)
                identifier = schema.get("$id")
                if not isinstance(identifier, str) or not identifier.endswith(f"/{path.name}") or identifier in found:
                    raise fault_at(
                        path,
                        "/$id",
                        f"$id 应以 /{path.name} 结尾，且不与其他模式相同，不能是 {shown(identifier)}",
                        f"the $id should end in /{path.name} and be that of no other schema, not {shown(identifier)}",
                    )
                found[identifier] = (path, schema)
        return found

    @cached_property
    def effective(self) -> dict[str, str]:
        """Schema name -> `$id` of the one that counts: that of the last folder which has a schema of this name."""
        return {_name(identifier): identifier for identifier in self.written}

    @cached_property
    def kinds(self) -> dict[str, Schema]:
        """The schemas that describe whole entries, by kind; what a later folder leaves out an earlier one says."""
        found: dict[str, Schema] = {}
        for identifier, schema in self.written.items():
            name = _name(identifier)
            found[name] = {**found.get(name, {}), **schema}
        return {name: schema for name, schema in found.items() if "x-entry" in schema}

    @cached_property
    def says(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """By kind the ways to identifier, name and owner that an entry says of itself; no step: it does not say it."""
        return {
            kind: tuple(tuple(steps_of(schema["x-entry"].get(role, ""))) for role in ("identifier", "name", "owner"))
            for kind, schema in self.kinds.items()
        }

    @cached_property
    def resources(self) -> dict[str, Schema]:
        """Each schema by its `$id`: code lists as `enum`, the `required` of all levels joined, references in full.

        Raises `BadStandard` if a value would have to be held to one of them again and again, or a kind has properties
        without end: what walks schemas counts on it.
        """
        if self.roots != (builtin_folder(),):
            for kind in self.kinds:
                self.properties(kind)
        return self._resources

    @cached_property
    def _resources(self) -> dict[str, Schema]:
        found = {
            identifier: self._expanded(orjson.loads(orjson.dumps(schema)))
            for identifier, schema in self.written.items()
        }
        self._refuse_often(found)
        return found

    def _refuse_often(self, resources: dict[str, Schema]) -> None:
        """Refuse schemas that hold one value to others, or to themselves, without end or all but so."""
        try:
            refuse_often(resources, self._target)
        except TooOften as error:
            raise BadStandard(
                str(self.paths[error.identifier]),
                f"引用绕回自身，或层层引用：同一个值要按 {MOST} 个以上的模式核对；请减少 $ref，"
                "对同一处只引用一次（写在 allOf、anyOf、oneOf 之外）",
                f"its references lead back to itself, or to so many others that one value is held to more than {MOST} "
                "schemas; let it refer to fewer, and once for one place, outside of allOf, anyOf and oneOf",
            ) from None

    def _target(self, key: str, reference: str) -> str:
        identifier = reference.partition("#")[0]
        return self.effective.get(_name(identifier), identifier) if key == "$dynamicRef" else identifier

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

    def in_place(self, kind: str) -> Schema:
        """Return `closed(kind)` with what it refers to in its place, which means the same and is checked in less time.

        `additionalProperties` needs no list of what was evaluated behind a `$ref`. Where an error stands in the schemas
        as they are written only `closed` tells.
        """
        closed = self.closed(kind)
        closed["$defs"] = {name: self._put_in_place(part) for name, part in closed["$defs"].items()}
        return self._put_in_place(closed)

    def _put_in_place(self, part: Schema) -> Schema:
        schema = self.resources[part["$ref"]]
        if schema.keys() & _NOT_PLAIN:
            return part
        own = {key: value for key, value in schema.items() if key not in ("$id", "$schema", "$dynamicAnchor")}
        around = {key: value for key, value in part.items() if key not in ("$ref", "unevaluatedProperties")}
        return {**own, **around, "additionalProperties": False}

    def bundle(self, kind: str) -> Schema:
        """Return the closed schema of `kind` with all that it reaches embedded: one document that stands alone."""
        closed = self.closed(kind)
        reached = {closed["$ref"]}
        waiting = [closed["$ref"]]
        while waiting:
            for target in _references(self.resources[waiting.pop()]):
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

        Raises `KeyError` if the standard has no such kind, `BadStandard` if there is no end of them.
        """
        if kind not in self._properties:
            schema = self._resources[self.effective[kind]]
            found = list(islice(self._walk(schema, "", (kind,)), _PROPERTIES + 1))
            if len(found) > _PROPERTIES or any(item.pointer.count("/") > DEPTH for item in found):
                raise BadStandard(
                    str(self.paths[self.effective[kind]]),
                    f"种类 {kind} 连同内层的属性超过 {_PROPERTIES} 个，或嵌套超过 {DEPTH} 层；请减少对象的嵌套",
                    f"with those inside others, {kind} has more than {_PROPERTIES} properties, or some deeper than "
                    f"{DEPTH} levels; nest fewer objects in each other",
                )
            self._properties[kind] = found
        return self._properties[kind]

    @cached_property
    def _properties(self) -> dict[str, list[Property]]:
        return {}

    def members(self, schema: Schema) -> dict[str, Schema]:
        """Return the properties that `schema` describes, with those of what it refers to by `$ref` or `allOf`."""
        if id(schema) not in self._members:
            found: dict[str, Schema] = {}
            for part in reversed(self.parts(schema)):
                for name, member in part.get("properties", {}).items():
                    found[name] = _both(found[name], member) if name in found else member
            # The schema is kept with them, so that no other one gets its id.
            self._members[id(schema)] = schema, found
        return self._members[id(schema)][1]

    @cached_property
    def _members(self) -> dict[int, tuple[Schema, dict[str, Schema]]]:
        return {}

    def required_level(self, schema: Schema, name: str) -> str | None:
        """Return the level from which an object of `schema` needs the property, `""` if always, `None` if never."""
        found: set[str] = set()
        for part in self.parts(schema):
            later = {level for level, names in part.get("x-required", {}).items() if name in names}
            if not later and name in part.get("required", []):
                return ""
            found |= later
        return next((level.id for level in self.levels if level.id in found), None)

    def shape(self, schema: Schema) -> Schema:
        """Return the schema that gives the value its type: `schema` itself, or what it refers to."""
        seen: list[Schema] = []
        while (targets := self._targets(schema)) and all(schema is not other for other in seen):
            seen.append(schema)
            schema = targets[0]
        return schema

    def parts(self, schema: Schema) -> list[Schema]:
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
            inner, shape = member, self.shape(member)
            if isinstance(shape.get("items"), dict):
                here, inner = f"{here}/*", shape["items"]
            anchor = self.shape(inner).get("$dynamicAnchor", name)
            # A shape inside itself (an organisation's parent as an object, say) is walked once.
            if anchor not in path and len(path) <= DEPTH:
                yield from self._walk(inner, here, (*path, anchor))

    def _targets(self, schema: Schema) -> list[Schema]:
        found = []
        for key in ("$ref", "$dynamicRef"):
            if key not in schema:
                continue
            reference = schema[key]
            target = self._resources.get(reference.partition("#")[0])
            if key == "$dynamicRef":
                identifier = self.effective.get(_name(reference.partition("#")[0]))
                target = self._resources[identifier] if identifier is not None else target
            if target is None:
                raise BadStandard(
                    str(self.roots[-1]),
                    f"引用无法解析：{reference}；请核对文件名",
                    f"the reference leads nowhere: {reference}; check the file's name",
                )
            found.append(target)
        return found

    def _expanded(self, schema: Schema) -> Schema:
        base = schema["$id"].rpartition("/")[0] + "/"
        for _, node in subschemas(schema):
            for key in {"$ref", "$dynamicRef"} & set(node):
                node[key] = _absolute(node[key], base)
            if "x-code-list" in node:
                node["enum"] = self.codes[node["x-code-list"]].values
            if "x-required" in node:
                later = [name for names in node["x-required"].values() for name in names]
                node["required"] = list(dict.fromkeys([*node.get("required", []), *later]))
        return schema


def _name(identifier: str) -> str:
    return identifier.rpartition("/")[2].removesuffix(SUFFIX)


def _absolute(reference: str, base: str) -> str:
    return reference if "://" in reference or reference.startswith("#") else base + reference


def _both(below: Schema, above: Schema) -> Schema:
    """Return what two descriptions of one property say together; the later one's words count."""
    joined = {**below, **above}
    if "allOf" in below and "allOf" in above:
        joined["allOf"] = [*below["allOf"], *above["allOf"]]
    return joined


def _references(schema: Schema) -> set[str]:
    return {
        node[key].partition("#")[0]
        for _, node in subschemas(schema)
        for key in ("$ref", "$dynamicRef")
        if isinstance(node.get(key), str) and not node[key].startswith("#")
    }
