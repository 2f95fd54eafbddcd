"""Structure: an entry against the schema of its kind, by `jsonschema-rs`.

Each error becomes a `Fault` in the standard's own terms. What the schema says beside its keywords counts:
`x-required` gives a missing property its level, `x-severity` and `x-level` those of the subschema they stand in.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, cast

import jsonschema_rs

from mulu import identifiers
from mulu.errors import BadStandard
from mulu.findings import SEVERITIES, Fix
from mulu.limits import DEFAULT, Limits
from mulu.pointer import Json, dumps, has_more, pointer_of, value_at
from mulu.standard import Property, Standard
from mulu.texts import Text, shown
from mulu.validate.demands import given_as_reason
from mulu.validate.mend import mend
from mulu.validate.missing import Need, Path, can_be_told, need_of, without_required
from mulu.validate.params import LONGEST, MOST_ASKED, Failed, Params, Way, both, suggestion
from mulu.words import quoted

# Keywords after which the value itself is of no use: rules must not see it a second time.
_REJECTING = {
    "type",
    "enum",
    "const",
    "format",
    "pattern",
    "maxLength",
    "minLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
}
# Of several faults of one value the gravest is told, then that of the first level, of equals the first in this order:
# what is no text is no code.
_FIRST = (
    "missing-property",
    "wrong-type",
    "value-not-in-code-list",
    "value-not-allowed",
    "invalid-pattern",
    "text-too-short",
    "text-too-long",
    "invalid-format",
)
_CHECKS = {
    "required": "missing-property",
    "unevaluatedProperties": "unknown-property",
    "additionalProperties": "unknown-property",
    "type": "wrong-type",
    "enum": "value-not-allowed",
    "const": "value-not-allowed",
    "format": "invalid-format",
    "pattern": "invalid-pattern",
    "minLength": "text-too-short",
    "maxLength": "text-too-long",
    "minItems": "wrong-number-of-elements",
    "maxItems": "wrong-number-of-elements",
    "minimum": "number-out-of-range",
    "maximum": "number-out-of-range",
    "exclusiveMinimum": "number-out-of-range",
    "exclusiveMaximum": "number-out-of-range",
    "uniqueItems": "repeated-element",
    "unevaluatedItems": "wrong-number-of-elements",
    "additionalItems": "wrong-number-of-elements",
    "contains": "wrong-number-of-fitting-elements",
    "minProperties": "wrong-number-of-properties",
    "maxProperties": "wrong-number-of-properties",
    "multipleOf": "number-not-a-multiple",
    "falseSchema": "property-not-allowed",
    "propertyNames": "property-name-not-allowed",
    "not": "as-the-schema-excludes",
    "anyOf": "no-alternative-met",
    "oneOf": "no-alternative-met",
}
"""The check that a failed keyword stands for; any other: "structure-not-allowed"."""
_TOLD_SHORT = ("property-not-allowed", "no-alternative-met", "several-alternatives-met", "as-the-schema-excludes")
Spares = Callable[[str, str], bool]
"""Whether faults of a check, at a level, are only counted."""


class Fault(NamedTuple):
    """One way in which an entry does not conform: which check, where, with what parameters.

    `rejected` says that rules must not see the value; `names_key` that the fault is the property's name.
    """

    check: str
    path: Path
    params: Mapping[str, Json]
    value: Json
    severity: str
    level: str
    rejected: bool = False
    names_key: bool = False
    fix: Fix | None = None


class Structure:
    """Holds entries to the schemas of a standard. One object a process; the validators are built at first use."""

    def __init__(self, standard: Standard, limits: Limits = DEFAULT) -> None:
        self.standard = standard
        self.limits = limits
        self.schemas = standard.schemas
        self.first_level = standard.header.levels[0].id
        self._validators: dict[tuple[str, bool], jsonschema_rs.Draft202012Validator] = {}
        self._registries: dict[bool, jsonschema_rs.Registry] = {}
        self._needs: dict[str, Need] = {}
        self._told = Params(standard, self.property_at)
        self._known_missing: dict[tuple[str, tuple[tuple[Path, str, str], ...]], list[Fault]] = {}

    @cached_property
    def _tells_missing(self) -> bool:
        """Whether what is missing is looked up (`Need`), so that the validator that explains need not tell it."""
        return can_be_told(self.schemas)

    def _registry(self, explains: bool) -> jsonschema_rs.Registry:
        if explains not in self._registries:
            resources = self.schemas.resources
            if explains and self._tells_missing:
                resources = {identifier: without_required(schema) for identifier, schema in resources.items()}
            self._registries[explains] = jsonschema_rs.Registry(list(resources.items()))
        return self._registries[explains]

    def _validator(self, kind: str, *, explains: bool) -> jsonschema_rs.Draft202012Validator:
        """Return what judges entries of a kind; one that `explains` tells too where in the schemas errors stand.

        That one does not tell what is missing if `_tells_missing`.
        """
        known = self._validators.get((kind, explains))
        if known is None:
            try:
                schema = self.schemas.closed(kind) if explains else self.schemas.in_place(kind)
                known = self._validators[kind, explains] = self._built(schema, self._registry(explains))
            except (ValueError, jsonschema_rs.ReferencingError) as error:
                why = quoted("jsonschema-rs", str(getattr(error, "message", error)))
                raise BadStandard(
                    str(self.standard.roots[-1]),
                    f"{kind} 的模式不能使用，请用 mulu standard check 检查（{why.zh}）",
                    f"the schema of {kind} cannot be used; look with mulu standard check ({why.en})",
                ) from None
        return known

    def _built(self, schema: dict[str, Any], registry: jsonschema_rs.Registry) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            schema,
            registry=registry,
            validate_formats=True,
            offline=True,
            formats={name: module.is_compact for name, module in identifiers.formats().items()},
            pattern_options=jsonschema_rs.RegexOptions(),
        )

    def faults(self, entry: Json, most: int = sys.maxsize, spares: Spares = lambda check, level: False) -> list[Fault]:
        """Return what is wrong with the structure of `entry`, in the order of its properties.

        Of unknown properties behind the first `most` of an object no more is told than what they are called, and of
        what `spares` names no more than where it is: to explain it takes longer than to find it.
        """
        if not isinstance(entry, dict):
            said = shown(dumps(entry).decode() if isinstance(entry, list) or entry is None else entry)
            return [self._fault("entry-not-an-object", (), {"value": said}, entry, rejected=True)]
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in self.schemas.kinds:
            known = tuple(self.schemas.kinds)
            params = {"value": kind, "known": ", ".join(known), **suggestion(str(kind)[:LONGEST], known)}
            fix = mend("unknown-kind", kind, {"enum": [*known]}, params, None) if isinstance(kind, str) else None
            return [self._fault("unknown-kind", ("kind",), params, kind, rejected=True, fix=fix)]
        # Nearly all entries are right, and to see that takes a small part of the time of looking for what is not.
        if self._validator(kind, explains=False).is_valid(entry):
            return []
        if has_more(entry, self.limits.values):
            # What is wrong comes all at once, each with a copy of the object that it is in.
            params = {"limit": "values", "most": self.limits.values}
            return [self._fault("entry-too-large", (), params, None, rejected=True)]
        found: list[Fault] = []
        for error in self._validator(kind, explains=True).iter_errors(entry):
            found.extend(self._explain(error, kind, entry, most, spares))
        missing = self._missing_in(kind, entry) if self._tells_missing else []
        return self._in_order([*found, *missing]) if found else missing

    def _in_order(self, faults: list[Fault]) -> list[Fault]:
        return sorted(self._once(faults), key=lambda fault: (_in_order(fault.path), fault.check))

    def _missing_in(self, kind: str, entry: Json) -> list[Fault]:
        """Return the faults of what an entry lacks, in their order; many lack the same."""
        if kind not in self._needs:
            self._needs[kind] = need_of(self.schemas, kind)
        lacking = tuple(
            (path, name, self._level_of_required([schema], name))
            for path, name, schema in self._needs[kind].lacking(entry)
        )
        known = self._known_missing.get((kind, lacking))
        if known is None:
            known = self._in_order([self._missing(kind, *one) for one in lacking])
            if len(self._known_missing) < MOST_ASKED and len(lacking) <= LONGEST:
                self._known_missing[kind, lacking] = known
        return known

    def _once(self, faults: list[Fault]) -> Iterator[Fault]:
        told: dict[Path, tuple[tuple[int, int, int], Fault]] = {}
        if len({fault.path for fault in faults}) == len(faults):
            yield from faults
            return
        for fault in faults:
            if fault.check not in _FIRST:
                yield fault
                continue
            rank = self.standard.levels[fault.level].rank
            grade = (SEVERITIES.index(fault.severity), rank, _FIRST.index(fault.check))
            if fault.path not in told or grade < told[fault.path][0]:
                told[fault.path] = (grade, fault)
        yield from (fault for _, fault in told.values())

    def property_at(self, kind: str, path: Path) -> Property | None:
        """Return what the standard says of the property at `path`, or `None` if it has none there."""
        return self._properties(kind).get(_pattern(path))

    def _properties(self, kind: str) -> dict[str, Property]:
        if kind not in self._by_pattern:
            self._by_pattern[kind] = {item.pointer: item for item in self.schemas.properties(kind)}
        return self._by_pattern[kind]

    @cached_property
    def _by_pattern(self) -> dict[str, dict[str, Property]]:
        return {}

    def anchors(self, entry: Json) -> Callable[[Path], str]:
        """Return what gives the anchors of places in an entry.

        An anchor is a pointer with each array position replaced by the element's own key (`x-key`). An element without
        one is known by its content, so that it may change places all the same.
        """
        kind = entry.get("kind") if isinstance(entry, dict) else None
        known: dict[Path, str] = {}

        def anchor(path: Path) -> str:
            steps: list[str | int] = []
            node: Json = entry
            for number, step in enumerate(path):
                if isinstance(node, list) and isinstance(step, int) and step < len(node):
                    node, place = node[step], path[: number + 1]
                    if place not in known:
                        known[place] = self._element(str(kind), path[:number], node)
                    steps.append(known[place])
                else:
                    node = node.get(str(step)) if isinstance(node, dict) else None
                    steps.append(step)
            return pointer_of(tuple(steps))

        return anchor

    def _element(self, kind: str, array: Path, value: Json) -> str:
        """Return what an element of an array is known by."""
        there = self.property_at(kind, array)
        key = there.schema.get("x-key") if there else None
        own = value.get(key) if isinstance(value, dict) and key else value
        plain = isinstance(own, str | int | float) and own != ""
        return f"={own}" if plain else f"#{_digest(value)}"

    def _explain(
        self, error: jsonschema_rs.ValidationError, kind: str, entry: Json, most: int, spares: Spares
    ) -> Iterator[Fault]:
        location = error.absolute_keyword_location or ""
        way, path = list(self.schemas.locate(location)), tuple(error.instance_path)
        failed = Failed(error.kind.name, error.kind.as_dict(), way, kind, path, None)
        check = _check_of(failed.keyword, way)
        if check == "missing-property":
            yield self._required(failed, self._told.because(location, entry, kind, path))
        elif check == "unknown-property":
            yield from self._unknown(failed, entry, most, spares)
        elif spares(check, self._level_at(way)):
            yield self._bare(check, failed)
        else:
            named = _named(check, failed._replace(value=cast(Json, error.instance)), entry)
            if named is not None:
                because = self._told.because(location, entry, kind, path)
                yield self._broken(*named, given_as_reason(because))

    def _required(self, failed: Failed, because: Text | None) -> Fault:
        """Return the fault of a property that is missing, always or under a condition."""
        kind, name = failed.kind, failed.details["property"]
        level = self._level_of_required(failed.way, name)
        if because is None:
            return self._missing(kind, failed.path, name, level)
        here = (*failed.path, name)
        params = {"property": name, **both("because", because), **self._title(kind, here)}
        return self._fault("property-missing-by-condition", here, params, None, level=level)

    def _unknown(self, failed: Failed, entry: Json, most: int, spares: Spares) -> Iterator[Fault]:
        """Yield the faults of properties that an object may not have, with the one that was probably meant."""
        check = "unknown-property"
        for number, name in enumerate(sorted(failed.details["unexpected"])):
            here = (*failed.path, name)
            if number >= most or spares(check, self.first_level):
                yield self._fault(check, here, {}, None, names_key=True)
                continue
            siblings = self._siblings(failed.kind, failed.path)
            params = {"property": name, **suggestion(name[:LONGEST], siblings)}
            fix = mend(check, name, {}, params, None)
            # A name that stands there already cannot be given a second time.
            free = fix is not None and str(fix.value) not in cast(dict[str, Json], value_at(entry, failed.path))
            value = value_at(entry, here)
            yield self._fault(check, here, params, value, names_key=True, fix=fix if free else None)

    def _broken(self, check: str, failed: Failed, because: Text) -> Fault:
        """Return the fault of a value that stands there and fails a keyword."""
        kind, path = failed.kind, failed.path
        told = self._told.of(check, failed)
        if check == "property-not-allowed":
            told |= both("because", because)
        params = {
            "value": failed.value,
            "kind": kind,
            "property": next((step for step in reversed(path) if isinstance(step, str)), kind),
            **self._title(kind, path),
            **told,
        }
        fix = mend(check, failed.value, failed.way[-1] if failed.way else {}, told, self.standard.codes)
        fault = self._bare(check, failed)
        return fault._replace(
            params=params, value=failed.value, names_key=check == "property-name-not-allowed", fix=fix
        )

    def _bare(self, check: str, failed: Failed) -> Fault:
        """Return a fault of which no more is told than where it is, and how grave as its schema says."""
        severity = _annotation(failed.way, "x-severity") or "error"
        rejected = failed.keyword in _REJECTING and severity == "error"
        return Fault(check, failed.path, {}, None, severity, self._level_at(failed.way), rejected)

    def _level_at(self, way: Way) -> str:
        return _annotation(way, "x-level") or self.first_level

    def _missing(self, kind: str, path: Path, name: str, level: str) -> Fault:
        here = (*path, name)
        params = {"property": name, **self._title(kind, here)}
        return self._fault("missing-property", here, params, None, level=level)

    def _fault(
        self,
        check: str,
        path: Path,
        params: Mapping[str, Json],
        value: Json,
        *,
        level: str | None = None,
        rejected: bool = False,
        names_key: bool = False,
        fix: Fix | None = None,
    ) -> Fault:
        return Fault(check, path, params, value, "error", level or self.first_level, rejected, names_key, fix)

    def _level_of_required(self, way: Way, name: str) -> str:
        for schema in reversed(way):
            if "required" in schema:
                for level, names in schema.get("x-required", {}).items():
                    if name in names:
                        return str(level)
                break
        return self.first_level

    def _title(self, kind: str, path: Path) -> dict[str, Json]:
        return both("title", self._told.title(kind, path))

    def _siblings(self, kind: str, path: Path) -> tuple[str, ...]:
        beside = _pattern(path)
        if (kind, beside) not in self._names_beside:
            names = (p.name for p in self._properties(kind).values() if p.pointer.rpartition("/")[0] == beside)
            self._names_beside[kind, beside] = tuple(names)
        return self._names_beside[kind, beside]

    @cached_property
    def _names_beside(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}


def _digest(value: Json) -> str:
    return hashlib.sha256(dumps(value, sort_keys=True)).hexdigest()[:16]


@lru_cache(maxsize=8192)
def _pattern(path: Path) -> str:
    return pointer_of(tuple("*" if isinstance(step, int) else step for step in path))


@lru_cache(maxsize=8192)
def _in_order(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in path)


def _check_of(keyword: str, way: Way) -> str:
    if keyword in ("enum", "const") and way and isinstance(way[-1].get("x-code-list"), str):
        return "value-not-in-code-list"
    return _CHECKS.get(keyword, "structure-not-allowed")


def _named(check: str, failed: Failed, entry: Json) -> tuple[str, Failed] | None:
    """Return the check, the value and the place that an error is told by; `None` if another one tells it already."""
    details, value, path = failed.details, failed.value, failed.path
    if check == "wrong-number-of-properties" and not value:
        check = "empty-object"
    elif check == "as-the-schema-excludes" and details["schema"] in ({}, True):
        check = "property-not-allowed"
    elif check == "no-alternative-met" and any(not errors for errors in details["context"]):
        check = "several-alternatives-met"
    elif check == "property-name-not-allowed":
        path = (*path, cast(str, details["error"].instance))
    elif failed.keyword == "falseSchema" and path and isinstance(path[-1], int):
        if path[-1] > len(failed.way[-1].get("prefixItems", ())):
            # The first that is too many is told.
            return None
        check, path = "wrong-number-of-elements", path[:-1]
        value = value_at(entry, path)
    if check in _TOLD_SHORT and isinstance(value, dict | list):
        # A whole record in a message hides what is said of it.
        value = "{…}" if isinstance(value, dict) else "[…]"
    return check, failed._replace(value=value, path=path)


def _annotation(way: Way, name: str) -> str | None:
    for schema in reversed(way):
        if isinstance(schema.get(name), str):
            return str(schema[name])
    return None
