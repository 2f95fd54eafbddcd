"""What an error that the validator finds in an entry is told as: the fault, in the standard's own terms.

What a schema says beside its keywords counts: `x-required` gives a missing property its level, `x-severity` and
`x-level` those of the subschema that they stand in.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple, cast

import jsonschema_rs

from mulu.findings import Fix
from mulu.pointer import Json, pointer_of, value_at
from mulu.standard import Property, Standard
from mulu.texts import Text
from mulu.validate.demands import given_as_reason
from mulu.validate.mend import mend
from mulu.validate.missing import Path
from mulu.validate.params import LONGEST, Failed, Params, Way, both, suggestion

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


class Faults:
    """Makes the faults of a standard's entries."""

    def __init__(self, standard: Standard) -> None:
        self._standard, self._schemas = standard, standard.schemas
        self.first_level = standard.header.levels[0].id
        self._told = Params(standard, self.property_at)
        self._ways: dict[tuple[str, str], tuple[Way, str, Fault]] = {}

    def property_at(self, kind: str, path: Path) -> Property | None:
        """Return what the standard says of the property at `path`, or `None` if it has none there."""
        return self._properties(kind).get(_pattern(path))

    def _properties(self, kind: str) -> dict[str, Property]:
        if kind not in self._by_pattern:
            self._by_pattern[kind] = {item.pointer: item for item in self._schemas.properties(kind)}
        return self._by_pattern[kind]

    @cached_property
    def _by_pattern(self) -> dict[str, dict[str, Property]]:
        return {}

    def of_error(
        self, error: jsonschema_rs.ValidationError, kind: str, entry: Json, most: int, spares: Spares
    ) -> Iterator[Fault]:
        """Yield the faults that an error of the validator stands for.

        Of unknown properties behind the first `most` no more is told than what they are called, and of what `spares`
        names no more than where it is.
        """
        location, keyword = error.absolute_keyword_location or "", error.kind.name
        path = tuple(error.instance_path)
        way, check, bare = self._at(location, keyword)
        if check not in ("missing-property", "unknown-property") and spares(check, bare.level):
            yield bare._replace(path=path)
            return
        failed = Failed(keyword, error.kind.as_dict(), way, kind, path, None)
        if check == "missing-property":
            yield self._required(failed, self._told.because(location, entry, kind, path))
        elif check == "unknown-property":
            yield from self._unknown(failed, entry, most, spares)
        else:
            named = _named(check, failed._replace(value=cast(Json, error.instance)), entry)
            if named is not None:
                because = self._told.because(location, entry, kind, path)
                yield self._broken(*named, given_as_reason(because), bare)

    def _at(self, location: str, keyword: str) -> tuple[Way, str, Fault]:
        """Return the way to a keyword, the check that it stands for, and its fault but for where it is.

        The same keywords fail in one entry after the other.
        """
        found = self._ways.get((location, keyword))
        if found is None:
            way = list(self._schemas.locate(location))
            check = _check_of(keyword, way)
            severity = _annotation(way, "x-severity") or "error"
            rejected = keyword in _REJECTING and severity == "error"
            level = _annotation(way, "x-level") or self.first_level
            found = self._ways[location, keyword] = way, check, Fault(check, (), {}, None, severity, level, rejected)
        return found

    def _required(self, failed: Failed, because: Text | None) -> Fault:
        """Return the fault of a property that is missing, always or under a condition."""
        kind, name = failed.kind, failed.details["property"]
        level = self.level_of_required(failed.way, name)
        if because is None:
            return self.missing(kind, failed.path, name, level)
        here = (*failed.path, name)
        params = {"property": name, **both("because", because), **self._title(kind, here)}
        return self.fault("property-missing-by-condition", here, params, None, level=level)

    def _unknown(self, failed: Failed, entry: Json, most: int, spares: Spares) -> Iterator[Fault]:
        """Yield the faults of properties that an object may not have, with the one that was probably meant."""
        check = "unknown-property"
        for number, name in enumerate(sorted(failed.details["unexpected"])):
            here = (*failed.path, name)
            if number >= most or spares(check, self.first_level):
                yield self.fault(check, here, {}, None, names_key=True)
                continue
            siblings = self._siblings(failed.kind, failed.path)
            params = {"property": name, **suggestion(name[:LONGEST], siblings)}
            fix = mend(check, name, {}, params, None)
            # A name that stands there already cannot be given a second time.
            free = fix is not None and str(fix.value) not in cast(dict[str, Json], value_at(entry, failed.path))
            value = value_at(entry, here)
            yield self.fault(check, here, params, value, names_key=True, fix=fix if free else None)

    def _broken(self, check: str, failed: Failed, because: Text, bare: Fault) -> Fault:
        """Return the fault of a value that stands there and fails a keyword; `bare`: the fault without all that."""
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
        fix = mend(check, failed.value, failed.way[-1] if failed.way else {}, told, self._standard.codes)
        names_key = check == "property-name-not-allowed"
        return Fault(check, path, params, failed.value, bare.severity, bare.level, bare.rejected, names_key, fix)

    def missing(self, kind: str, path: Path, name: str, level: str) -> Fault:
        """Return the fault of a property that an object lacks."""
        here = (*path, name)
        params = {"property": name, **self._title(kind, here)}
        return self.fault("missing-property", here, params, None, level=level)

    def fault(
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
        """Return a fault that is an error, at the first level if no other is said."""
        return Fault(check, path, params, value, "error", level or self.first_level, rejected, names_key, fix)

    def level_of_required(self, way: Way, name: str) -> str:
        """Return the level at which the last schema of a way demands a property."""
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


@lru_cache(maxsize=8192)
def _pattern(path: Path) -> str:
    return pointer_of(tuple("*" if isinstance(step, int) else step for step in path))


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
