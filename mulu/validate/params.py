"""What is told of a value that fails a keyword of its schema: the parameters of the check's texts."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from mulu import identifiers
from mulu.identifiers.spelling import is_blank
from mulu.pointer import Json, dumps, value_at
from mulu.standard import CodeList, Property, Standard
from mulu.texts import Text, did_you_mean, nearest
from mulu.validate.demands import Demands, format_wanted, listed, shape_wanted, types
from mulu.validate.missing import Path

MOST_ASKED = 4096
"""How many suggestions are kept: to look for one takes longer than all else, and what is wrong in a file recurs."""
FEW = 6
"""Codes of the longest list that a finding tells whole."""
LONGEST = 64
"""Characters of a name or value that something like it is looked for."""
_SIGNS = {
    "minItems": "≥",
    "maxItems": "≤",
    "minimum": "≥",
    "maximum": "≤",
    "exclusiveMinimum": ">",
    "exclusiveMaximum": "<",
    "minProperties": "≥",
    "maxProperties": "≤",
}
# Keywords that say when what is beside or inside them holds.
_CONDITIONS = ("then", "else", "dependentRequired", "dependentSchemas")
# How many steps of a location lead to a value inside the value, and how many to another schema for the same value.
_INSIDE = {
    **dict.fromkeys(("properties", "patternProperties", "prefixItems"), 2),
    **dict.fromkeys(("items", "contains", "additionalProperties", "unevaluatedProperties"), 1),
}
_BESIDE = dict.fromkeys(("allOf", "anyOf", "oneOf", "dependentSchemas"), 2)
Way = Sequence[dict[str, Any]]
"""The subschemas on the way to a keyword, outermost first."""


class Failed(NamedTuple):
    """A keyword of the schemas that a value in an entry fails."""

    keyword: str
    details: Mapping[str, Any]
    """What the validator says of it."""
    way: Way
    """The subschemas on the way to the keyword."""
    kind: str
    """That of the entry."""
    path: Path
    value: Any

    @property
    def holder(self) -> dict[str, Any]:
        """The schema that has the keyword."""
        return next((schema for schema in reversed(self.way) if self.keyword in schema), {})


class Params:
    """Makes the parameters for faults of a standard's entries; `property_at` tells what is known of a path."""

    def __init__(self, standard: Standard, property_at: Callable[[str, Path], Property | None]) -> None:
        self._standard, self._schemas, self._property_at = standard, standard.schemas, property_at

    def title(self, kind: str, path: Path) -> Text:
        """Return what the value at a path is called."""
        found = self._property_at(kind, path)
        name = str(path[-1]) if path else kind
        # An element of an array has no title of its own: the array's serves.
        if found is None and len(path) > 1 and isinstance(path[-1], int):
            found = self._property_at(kind, path[:-1])
        if not path:
            schema = self._schemas.kinds[kind]
            return Text(schema.get("title", kind), schema.get("x-en", {}).get("title", kind))
        return found.title if found else Text(name, name)

    def of(self, check: str, failed: Failed) -> dict[str, Json]:
        """Return what is told of a value that fails a keyword, for the texts of a check."""
        details, value, path = failed.details, failed.value, failed.path
        demands = self._demands(failed.kind)
        match check:
            case "wrong-type":
                return both("expected", types(details["types"]))
            case "value-not-in-code-list":
                codes = failed.way[-1]["x-code-list"]
                return {"list": codes, **self._code_suggestion(codes, str(value)[: LONGEST + 1])}
            case "value-not-allowed":
                return {"allowed": listed(details.get("options", [details.get("expected_value")]))}
            case "invalid-format":
                return _format(details["format"], value)
            case "invalid-pattern":
                return {"pattern": details["pattern"], **both("shape", self._shape(failed))}
            case "text-too-short" | "text-too-long":
                return {"length": len(value), "limit": details["limit"]}
            case "wrong-number-of-elements":
                most = len(failed.way[-1].get("prefixItems", ())) if failed.way else 0
                sign = _SIGNS.get(failed.keyword, "≤")
                return {"count": len(value), "limit": f"{sign} {details.get('limit', most)}"}
            case "wrong-number-of-properties":
                return {"count": len(value), "limit": f"{_SIGNS[failed.keyword]} {details['limit']}"}
            case "number-out-of-range":
                return {"limit": f"{_SIGNS[failed.keyword]} {details['limit']}"}
            case "number-not-a-multiple":
                return {"step": details["multiple_of"]}
            case "repeated-element":
                return _repeated(value)
            case "empty-object":
                any_element = tuple(0 if isinstance(step, int) else step for step in path)
                return both("inside", self._inside(failed.kind, any_element))
            case "wrong-number-of-fitting-elements":
                return self._fitting_elements(failed)
            case "no-alternative-met" | "several-alternatives-met":
                schemas = failed.holder.get(failed.keyword, [])
                met = [schema for schema, errors in zip(schemas, details["context"], strict=False) if not errors]
                return both("demand", demands.of_each(met or schemas, path))
            case "as-the-schema-excludes" | "property-name-not-allowed":
                return both("demand", demands.of(failed.holder.get(failed.keyword), path))
            case "property-not-allowed":
                return {}
        return {"keyword": failed.keyword}

    def because(self, location: str, entry: Json, kind: str, path: Path) -> Text | None:
        """Return under which condition what stands at `location` of the schemas holds; `None` if it always does."""
        if not any(f"/{word}/" in location for word in _CONDITIONS) and not location.endswith("/dependentRequired"):
            return None
        identifier, _, fragment = location.partition("#")
        steps = fragment.split("/")[1:]
        at = next((number for number, step in enumerate(steps) if step in _CONDITIONS), None)
        if at is None:
            return None
        *_, holder = self._schemas.locate("/".join([f"{identifier}#", *steps[:at]]))
        inner, rest = 0, steps[at + 1 :] if steps[at] in ("then", "else") else steps[at + 2 :]
        while rest:
            inner += rest[0] in _INSIDE
            rest = rest[_INSIDE.get(rest[0], _BESIDE.get(rest[0], 1)) :]
        path = path[: len(path) - inner]
        demands = self._demands(kind)
        if steps[at] == "then":
            return demands.of(holder.get("if"), path)
        if steps[at] == "else":
            return demands.of({"not": holder.get("if")}, path)
        there = value_at(entry, path)
        names = [steps[at + 1]] if steps[at] == "dependentSchemas" else [*holder.get("dependentRequired", ())]
        return demands.of({"required": [name for name in names if isinstance(there, dict) and name in there]}, path)

    def _demands(self, kind: str) -> Demands:
        return Demands(self._schemas, lambda inner: self.title(kind, inner))

    @cached_property
    def _inside(self) -> Callable[[str, Path], Text]:
        """What an object of a kind may hold; many entries lack the same."""
        return lru_cache(MOST_ASKED)(self._named_inside)

    def _named_inside(self, kind: str, path: Path) -> Text:
        known = self._property_at(kind, path)
        members = [*self._schemas.members(known.schema)] if known is not None else []
        return self._demands(kind).names(members, path) if members else self._demands(kind).of({}, path)

    def _shape(self, failed: Failed) -> Text:
        if isinstance(failed.value, str) and all(map(is_blank, failed.value)):
            return shape_wanted(r"\S")
        known = self._property_at(failed.kind, failed.path)
        return shape_wanted(failed.details["pattern"], known.description if known is not None else None)

    def _fitting_elements(self, failed: Failed) -> dict[str, Json]:
        least, most = failed.holder.get("minContains", 1), failed.holder.get("maxContains")
        limit = f"≥ {least}" if most is None else f"≥ {least}, ≤ {most}"
        demand = self._demands(failed.kind).of(failed.holder.get("contains"), (*failed.path, 0))
        return {"limit": limit, **both("demand", demand)}

    @cached_property
    def _code_suggestion(self) -> Callable[[str, str], dict[str, Json]]:
        """What may have been meant by a value that a list has not; files repeat what is wrong in them."""
        return lru_cache(MOST_ASKED)(lambda codes, value: _code_suggestion(self._standard.codes[codes], value))


def both(name: str, text: Text) -> dict[str, Json]:
    """Return a text as parameters, one a language."""
    return {f"{name}_zh": text.zh, f"{name}_en": text.en}


def _format(name: str, value: Json) -> dict[str, Json]:
    reason = identifiers.explain(name, value) if isinstance(value, str) else None
    wanted = format_wanted(name)
    return {
        "format": name,
        "position": reason.position if reason else None,
        "reason_zh": reason.zh if reason else f"应为{wanted.zh}",
        "reason_en": reason.en if reason else f"it should be {wanted.en}",
    }


def _repeated(value: list[Json]) -> dict[str, Json]:
    """Return the first element that stands twice, and its places counted from 1."""
    seen: dict[bytes, int] = {}
    for number, element in enumerate(value, 1):
        # JSON Schema takes 1 and 1.0 for the same.
        plain = int(element) if isinstance(element, float) and element.is_integer() else element
        first = seen.setdefault(dumps(plain, sort_keys=True), number)
        if first != number:
            return {"first": first, "second": number}
    return {"first": 1, "second": len(value)}


@lru_cache(MOST_ASKED)
def suggestion(name: str, known: tuple[str, ...]) -> dict[str, Json]:
    """Return the name of `known` that is most like `name`, with a question after it, if one is."""
    near = nearest(name, known)
    question = did_you_mean(name, near)
    return {"suggestion": near[0] if near else None, "suggestion_zh": question.zh, "suggestion_en": question.en}


def _code_suggestion(codes: CodeList, value: str) -> dict[str, Json]:
    """Return the code that may have been meant; if none is near, all of a list that is short."""
    code = codes.nearest(value)
    choices = Text("", "")
    if code is None and len(codes.by_code) <= FEW:
        choices = Text(
            "：" + "、".join(f"{one.name.zh}（{one.code}）" for one in codes.by_code.values()),
            ": " + ", ".join(f"{one.name.en} ({one.code})" for one in codes.by_code.values()),
        )
    if code is None:
        return {**suggestion("", ()), **both("choices", choices)}
    return {
        **both("choices", choices),
        "suggestion": code.code,
        "suggestion_zh": f"，是不是“{code.name.zh}”（{code.code}）？",
        "suggestion_en": f" (did you mean “{code.name.en}”, {code.code}?)",
    }
