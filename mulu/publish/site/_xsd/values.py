"""Types of texts: what the schema asks of a property, in the spelling that a mapping writes it in."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from mulu.convert.writing import written
from mulu.pointer import Json
from mulu.publish.site.model import Demand, Field, Model
from mulu.standard.mappings import Spec

MOST_CODES = 500
"""How many codes a type lists; of a longer list it takes any text."""
_TYPES = {"string": "xs:string", "integer": "xs:integer", "number": "xs:double", "boolean": "xs:boolean"}
_FORMATS = {
    "date": ("xs:date",),
    "date-time": ("xs:dateTime",),
    "partial-date": ("xs:date", "xs:gYearMonth", "xs:gYear"),
    "uri": ("xs:anyURI",),
}
_BOUNDS = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minimum": "minInclusive",
    "maximum": "maxInclusive",
    "exclusiveMinimum": "minExclusive",
    "exclusiveMaximum": "maxExclusive",
}


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple type: one of XML Schema's own, with what is asked besides."""

    base: str
    facets: tuple[tuple[str, str], ...] = ()


ANY = Simple("xs:string")


def one_of(texts: Iterable[str]) -> Simple:
    """Return the type of some texts."""
    return Simple("xs:string", tuple(("enumeration", text) for text in dict.fromkeys(texts)))


def merged(texts: list[Simple]) -> tuple[Simple, ...]:
    """Return the fewest types that take what any of some takes."""
    if ANY in texts:
        return (ANY,)
    listed = [text for one in texts for facet, text in one.facets if facet == "enumeration"]
    others = [one for one in texts if not any(facet == "enumeration" for facet, _ in one.facets)]
    return tuple(dict.fromkeys([*([one_of(listed)] if listed else []), *others]))


def restriction(one: Simple) -> dict[str, Json]:
    """Return the body of a simple type in an XSD."""
    facets: dict[str, list[Json]] = {}
    for facet, text in one.facets:
        facets.setdefault(f"xs:{facet}", []).append({"@value": text})
    return {"xs:restriction": {"@base": one.base, **facets}}


def types_of(model: Model, spec: Spec, field: Field | None, language: str) -> Iterable[Simple]:
    """Return what types a property's values have as a mapping writes them."""
    nearest = spec.write.nearest.values() if spec.write is not None else ()
    if field is None or spec.part is not None:
        return [ANY]
    first = model.standard.header.levels[0].id
    demands = [one for one in field.demands if one.severity == "error" and one.level in ("", first)]
    choices = _choices(model, field, demands)
    if choices is not None:
        texts = (written(spec, choice, model.standard.codes, language) for choice in choices)
        return [one_of(chain(map(_text, texts), nearest))]
    if spec.decode or spec.code or spec.prefix or nearest or field.type not in _TYPES:
        return [ANY]
    if spec.scale is not None:
        return [Simple("xs:double")]
    inside = [one for one in demands if one.is_inside == field.many]
    bases = next((_FORMATS[one.value] for one in inside if one.keyword == "format" and one.value in _FORMATS), None)
    facets = tuple((_BOUNDS[one.keyword], _text(one.value)) for one in inside if one.keyword in _BOUNDS)
    return [Simple(base) for base in bases] if bases else [Simple(_TYPES[field.type], _narrowest(facets))]


def _choices(model: Model, field: Field, demands: list[Demand]) -> list[Json] | None:
    """Return the values that a property may have, `None` if they are not few."""
    if field.codes is not None:
        codes = list(model.standard.codes[field.codes].values)
        return [*codes] if len(codes) <= MOST_CODES else None
    for one in demands:
        if one.keyword in ("const", "enum") and one.is_inside == field.many:
            listed = one.value if one.keyword == "enum" else [one.value]
            return [value for value in listed if not isinstance(value, dict | list)]
    return [True, False] if field.type == "boolean" else None


def _narrowest(facets: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return each facet once: the tightest of several."""
    found: dict[str, str] = {}
    for name, text in facets:
        if name not in found or (float(text) > float(found[name])) == name.startswith("min"):
            found[name] = text
    return tuple(found.items())


def _text(value: Json) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
