"""Schemas: valid, their references and names lead somewhere, every property told in both languages with its source."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import referencing
import referencing.exceptions

from mulu import identifiers
from mulu.errors import BadStandard
from mulu.mask import KINDS
from mulu.pointer import pointer_of, pointer_step, steps_of
from mulu.publish.check.flaws import Flaw, Lines, of_error
from mulu.standard import Standard
from mulu.standard.folder import files
from mulu.standard.schemas import SUFFIX
from mulu.standard.written import ANNOTATIONS, DIALECT, Schema, not_a_schema, read_schema, subschemas
from mulu.texts import Text, did_you_mean, shown
from mulu.validate.shapes import ArrayTable, array_tables, structure, table_of
from mulu.validate.structure import Structure
from mulu.words import quoted

_ROLES = ["identifier", "name", "owner"]
HAN = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]")
# A condition speaks of properties that are described elsewhere.
_PARTS = re.compile("/(allOf/|anyOf/|oneOf/|if|then|else|not)")
# https://json-schema.org/draft/2020-12/json-schema-validation, 7.3
_FORMATS = set(
    "date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri iri-reference "
    "uuid uri-template json-pointer relative-json-pointer regex".split()
)


def schema_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the schemas of the standard's own folder."""
    levels = [*standard.levels]
    whole = True
    for path in files(standard.roots[-1], "schemas", f"*{SUFFIX}"):
        try:
            schema = read_schema(path, levels)
        except BadStandard as error:
            whole = False
            yield from _refused(path, error)
        else:
            # A second implementation, as those who use the schemas have others than mulu.
            for flaw in _metaschema(path, schema):
                whole = False
                yield flaw
    try:
        if whole and standard.schemas.written:
            yield from _Checked(standard).flaws()
    except BadStandard as error:
        yield of_error(error)


def _refused(path: Path, error: BadStandard) -> Iterator[Flaw]:
    """Yield all that the metaschema has against a file of which the loader told the first fault."""
    try:
        schema = orjson.loads(path.read_bytes())
        is_schema = isinstance(schema, dict) and schema.get("$schema") == DIALECT
        found = list(_metaschema(path, schema)) if is_schema else []
    except (ValueError, RecursionError):
        found = []
    yield from found or [of_error(error)]


@cache
def _keywords() -> frozenset[str]:
    """Return the keywords of the dialect: those that the vocabularies of its metaschema describe."""
    from jsonschema_specifications import REGISTRY

    vocabularies = REGISTRY.contents(DIALECT)["$vocabulary"]
    parts = [REGISTRY.contents(uri.replace("/vocab/", "/meta/")) for uri in vocabularies]
    return frozenset(name for part in parts for name in part["properties"])


@cache
def _second() -> Any:
    # Where its formats are installed its import takes seconds, and the child that runs examples does without.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(Draft202012Validator.META_SCHEMA)


def _metaschema(path: Path, schema: Schema) -> Iterator[Flaw]:
    """Yield all that the metaschema has against a schema."""
    lines = Lines(path)
    found = [not_a_schema(schema, tuple(item.absolute_path)) for item in _second().iter_errors(schema)]
    for told, pointer in {told: pointer for pointer, told in reversed(found)}.items():
        yield Flaw("error", str(path), lines.line(pointer), told.zh, told.en, stops=True)


class _Checked:
    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.schemas = standard.schemas
        # Anchors are sought once, not for each reference.
        self.registry = referencing.Registry().with_contents(self.schemas.written.items()).crawl()
        root = standard.roots[-1].resolve()
        paths = self.schemas.paths.items()
        self.own = {identifier: path for identifier, path in paths if path.resolve().parent.parent == root}

    def flaws(self) -> Iterator[Flaw]:
        broken = False
        for identifier, path in self.own.items():
            schema, lines = self.schemas.written[identifier], Lines(path)
            for flaw in [*self._top(identifier, path.name, schema, lines), *self._names(identifier, schema, lines)]:
                broken = broken or flaw.stops
                yield flaw
        if broken:
            return
        for identifier, path in self.own.items():
            schema, lines = self.schemas.resources[identifier], Lines(path)
            for pointer, node in subschemas(schema):
                if _PARTS.search(pointer):
                    continue
                yield from self._members(pointer, node, lines)
                yield from self._texts(pointer, node, lines)
        judging = Structure(self.standard)
        for kind in self.schemas.kinds:
            judging.faults({"kind": kind})
            yield from self._kind(kind)
        yield from self._tables()

    def _tables(self) -> Iterator[Flaw]:
        """Yield tables, and columns of one, that have one name for SQL, to which case does not matter."""
        tables = {"entries": Text("全部条目", "all entries")}
        tables |= {
            f"code_{name.replace('-', '_')}".lower(): Text(f"代码表 {name}", f"the code list {name}")
            for name in self.standard.codes
        }
        for kind in self.schemas.kinds:
            # What lies in an own schema is told there, and what another folder has done is not to be mended here.
            path = self.own.get(self.schemas.effective[kind])
            for array in (None, *array_tables(self.schemas, kind)):
                name = table_of(kind, array).lower()
                at = pointer_of(array.steps) if array is not None else ""
                told = Text(f"{kind}{at}", f"{kind}{at}")
                other = tables.setdefault(name, told)
                if path is not None and other != told:
                    yield Lines(path).error(
                        "/$dynamicAnchor",
                        f"{told.zh} 和 {other.zh} 在规则中的表同名 {name}；请改名",
                        f"{told.en} and {other.en} have one table for rules, {name}; rename one",
                    )
                if path is not None:
                    yield from self._columns(kind, at, array, Lines(path))
        lists: dict[str, str] = {}
        for name in self.standard.codes:
            other_list = lists.setdefault(name.replace("-", "_").lower(), name)
            if other_list != name:
                yield Flaw(
                    "error",
                    str(self.standard.codes.paths[name]),
                    None,
                    f"代码表 {name} 和 {other_list} 在规则中的表同名；请改名",
                    f"the code lists {name} and {other_list} have one table for rules; rename one",
                )

    def _columns(self, kind: str, at: str, array: ArrayTable | None, lines: Lines) -> Iterator[Flaw]:
        """Yield properties that are called as a column that each table has."""
        own = ("entry",) if array is None else ("entry", "path", "position", "parent")
        schema = self.schemas.resources[self.schemas.effective[kind]]
        columns = structure(self.schemas, schema) if array is None else array.structure
        for name in columns if isinstance(columns, dict) else ():
            if name.lower() in own:
                here = f"/properties{pointer_step(name)}" if array is None else f"/properties/{array.steps[0]}"
                yield _stop(
                    lines.error(
                        here,
                        f"{kind}{at} 的属性 {name} 与规则的表自带的列 {name.lower()} 同名；请改名",
                        f"the property {name} of {kind}{at} is called as the column {name.lower()} that each table for "
                        "rules has; rename it",
                    )
                )

    def _top(self, identifier: str, file: str, schema: Schema, lines: Lines) -> Iterator[Flaw]:
        name = file.removesuffix(SUFFIX)
        if identifier != self.standard.header.base + file:
            wanted = self.standard.header.base + file
            yield lines.error("/$id", f"$id 应为 {wanted}", f"$id should be {wanted}")
        if schema.get("$dynamicAnchor") != name:
            yield lines.error("/$dynamicAnchor", f"$dynamicAnchor 应为 {name}", f"$dynamicAnchor should be {name}")
        for key in ("title", "description"):
            yield from self._both(key, self._said(identifier), "", lines)

    def _said(self, identifier: str) -> Schema:
        """Return what a schema says, with that of the same name below it, whose texts it need not say again."""
        file = identifier.rpartition("/")[2]
        said: Schema = {}
        for other, below in self.schemas.written.items():
            if other.rpartition("/")[2] == file:
                said = {**said, **below}
        return said

    def _both(self, key: str, said: Schema, pointer: str, lines: Lines) -> Iterator[Flaw]:
        if not HAN.search(str(said.get(key, ""))):
            yield lines.error(
                pointer, f"{key} 没有中文；请用中文补上", f"{key} is not told in Chinese; add it in Chinese"
            )
        if not LATIN.search(str(said.get("x-en", {}).get(key, ""))):
            yield lines.error(
                pointer,
                f"x-en 中没有英文的 {key}；请用英文补上",
                f"x-en lacks the {key} in English; add it in English",
            )

    def _names(self, identifier: str, schema: Schema, lines: Lines) -> Iterator[Flaw]:
        """Yield names that lead nowhere, and what cannot be extended or compiled."""
        for pointer, node in subschemas(schema):
            yield from self._words(pointer, node, lines)
            for key in ("$ref", "$dynamicRef"):
                if key in node and not self._leads(node[key], identifier):
                    yield _stop(self._nowhere(f"{pointer}/{key}", str(node[key]), lines))
            for key in ("x-code-list", "x-open-code-list"):
                if key in node and node[key] not in self.standard.codes:
                    near = did_you_mean(str(node[key]), self.standard.codes)
                    yield _stop(
                        lines.error(
                            f"{pointer}/{key}",
                            f"没有代码表 {shown(node[key])}（schemas/codes/{shown(node[key])}.csv）{near.zh}",
                            f"there is no code list {shown(node[key])}, schemas/codes/{shown(node[key])}.csv{near.en}",
                        )
                    )
            for key in ("unevaluatedProperties", "additionalProperties"):
                if node.get(key) is False:
                    yield lines.error(
                        f"{pointer}/{key}",
                        f"{key}: false 使模式不能扩展；由 mulu 封闭，请删去",
                        f"{key}: false keeps the schema from being extended; mulu closes it, so drop this",
                    )
            if "pattern" in node and (why := _pattern_fault(node["pattern"])):
                yield _stop(
                    lines.error(
                        f"{pointer}/pattern",
                        f"正则式不能用，请改写（{why.zh}）",
                        f"the pattern cannot be used, write it otherwise ({why.en})",
                    )
                )
            if "format" in node and node["format"] not in _FORMATS | set(identifiers.formats()):
                near = did_you_mean(node["format"], sorted(_FORMATS | set(identifiers.formats())))
                yield lines.error(
                    f"{pointer}/format",
                    f"没有格式 {shown(node['format'])}，不起作用{near.zh}",
                    f"there is no format {shown(node['format'])}, and nothing checks it{near.en}",
                )

    def _nowhere(self, pointer: str, reference: str, lines: Lines) -> Flaw:
        file, names = reference.partition("#")[0], [path.name for path in self.schemas.paths.values()]
        near = did_you_mean(file, names) if file not in names else Text("", "")
        return lines.error(
            pointer,
            f"引用无法解析：{shown(reference)}{near.zh or '；请核对文件名和 # 后面的部分'}",
            f"the reference leads nowhere: {shown(reference)}"
            + (near.en or "; check the file's name and what stands behind #"),
        )

    def _words(self, pointer: str, node: Schema, lines: Lines) -> Iterator[Flaw]:
        """Yield keywords that nothing reads, which are mostly misspelt, and what annotations say that nothing knows."""
        for key in node:
            own = key.startswith("x-")
            known = ANNOTATIONS if own else _keywords()
            if key in known:
                continue
            near = did_you_mean(key, known)
            # Whoever writes a standard may have annotations of his own.
            if own and not near.en:
                continue
            flaw = lines.error(
                f"{pointer}{pointer_step(key)}",
                f"没有关键字 {shown(key)}，不起作用{near.zh}" + ("" if near.zh else "；自用的注解以 x- 开头"),
                f"there is no keyword {shown(key)}, and nothing reads it{near.en}"
                + ("" if near.en else "; annotations of one's own begin with x-"),
            )
            # What is not described for a slip of the pen would be told as missing all over the standard.
            yield _stop(flaw) if near.en else flaw
        for key, words in (("x-personal", list(KINDS)), ("x-en", ["title", "description"]), ("x-entry", _ROLES)):
            said = node.get(key, {})
            for word in said if isinstance(said, dict) else [said]:
                if word not in words:
                    near = did_you_mean(word, words)
                    yield lines.error(
                        f"{pointer}/{key}",
                        f"{key} 没有 {shown(word)}{near.zh or '；'}可用：{'、'.join(words)}",
                        f"{key} knows no {shown(word)}{near.en}; known: {', '.join(words)}",
                    )

    def _leads(self, reference: Any, identifier: str) -> bool:
        if str(reference).startswith("#"):
            # The engine follows references between files.
            return False
        try:
            self.registry.resolver(identifier).lookup(str(reference))
        except referencing.exceptions.Unresolvable:
            return False
        return True

    def _members(self, pointer: str, node: Schema, lines: Lines) -> Iterator[Flaw]:
        """Yield names of properties that no schema describes."""
        members = self.schemas.members(node)
        if not members:
            return
        wanted = dict.fromkeys(node.get("required", []), f"{pointer}/required")
        wanted |= {
            name: f"{pointer}/x-required/{level}"
            for level, names in node.get("x-required", {}).items()
            for name in names
        }
        for name, at in wanted.items():
            if name not in members:
                near = did_you_mean(name, members)
                yield _stop(
                    lines.error(
                        at,
                        f"必填的 {shown(name)} 没有描述{near.zh or '；请在 properties 中描述，或删去'}",
                        f"{shown(name)} is required and not described"
                        + (near.en or "; describe it under properties, or drop it"),
                    )
                )
        alike = {name.lower(): name for name in reversed(members)}
        for name, member in node.get("properties", {}).items():
            here = f"{pointer}/properties{pointer_step(name)}"
            if (other := alike[name.lower()]) != name:
                yield _stop(
                    lines.error(
                        here,
                        f"属性 {name} 与 {other} 只有大小写不同，规则分不清；请改名",
                        f"the properties {name} and {other} differ by case alone, and rules could not tell them apart; "
                        "rename one",
                    )
                )
            shape = self.schemas.shape(member)
            items = shape.get("items")
            if "x-key" in member and isinstance(items, dict) and member["x-key"] not in self.schemas.members(items):
                near = did_you_mean(str(member["x-key"]), self.schemas.members(items))
                yield lines.error(
                    f"{here}/x-key",
                    f"元素没有 x-key 所说的 {shown(member['x-key'])}{near.zh or '；请写元素的一个属性'}",
                    f"an element has no {shown(member['x-key'])}, which x-key names"
                    + (near.en or "; name a property of the elements"),
                )

    def _texts(self, pointer: str, node: Schema, lines: Lines) -> Iterator[Flaw]:
        members = self.schemas.members(node) if "properties" in node else {}
        for name in node.get("properties", {}):
            here = f"{pointer}/properties{pointer_step(name)}"
            for key in ("title", "description"):
                yield from self._both(key, members[name], here, lines)
            if not str(members[name].get("$comment", "")).strip():
                yield lines.error(
                    here,
                    f"{name} 没有出处；请在 $comment 中写明",
                    f"{name} does not say where it comes from; tell it in $comment",
                )

    def _kind(self, kind: str) -> Iterator[Flaw]:
        identifier = self.schemas.effective[kind]
        if identifier not in self.own:
            return
        lines, schema = Lines(self.own[identifier]), self.schemas.resources[identifier]
        members = self.schemas.members(schema)
        for name in ("kind", "source"):
            if name not in members:
                yield _stop(
                    lines.error(
                        "/properties",
                        f"条目须有属性 {name}；请在 properties 中描述",
                        f"an entry needs the property {name}; describe it under properties",
                    )
                )
        if members.get("kind", {}).get("const", kind) != kind:
            yield _stop(
                lines.error(
                    "/properties/kind/const",
                    f"kind 的 const 应与文件名一致，为 {kind}",
                    f"the const of kind is the file's name, {kind}",
                )
            )
        known = {item.pointer for item in self.schemas.properties(kind)}
        for role, target in self.schemas.kinds[kind]["x-entry"].items():
            if target not in known or not steps_of(target):
                near = did_you_mean(target, known)
                yield lines.error(
                    f"/x-entry/{role}",
                    f"x-entry 的 {role} 指向没有的属性 {shown(target)}{near.zh or '；请写属性的指针，如 /name'}",
                    f"{role} of x-entry names {shown(target)}, which is no property"
                    + (near.en or "; write the pointer of one, such as /name"),
                )
        if kind not in self.standard.examples:
            yield lines.warning("", f"没有示例 schemas/examples/{kind}.json", f"it has no schemas/examples/{kind}.json")
        seen: set[str] = set()
        for item in self.schemas.properties(kind):
            table = item.schema.get("x-table")
            if table is not None and table in seen:
                yield lines.error(
                    "", f"{kind} 有两个数组用同一表名 {table}", f"two arrays of {kind} have the table {table}"
                )
            seen |= {table} if table else set()


def _pattern_fault(pattern: Any) -> Text | None:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
    except (ValueError, jsonschema_rs.ValidationError) as error:
        return quoted("jsonschema-rs", str(getattr(error, "message", error)))
    return None


def _stop(flaw: Flaw) -> Flaw:
    return Flaw(flaw.severity, flaw.path, flaw.line, flaw.zh, flaw.en, stops=True)
