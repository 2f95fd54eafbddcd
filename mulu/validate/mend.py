"""What a rejected value can be changed to: the ways that `checks.yaml` names, and a rule's own.

A safe mend means what the value meant and conforms; any other is a guess. A value that no way mends is left to people.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from mulu import identifiers
from mulu.checks import fixes
from mulu.convert.values import NotUnderstood, as_boolean
from mulu.findings import Fix
from mulu.identifiers.spelling import half_width, is_blank
from mulu.pointer import Json
from mulu.standard import CodeLists

LONGEST = 256
"""Characters of the longest text that is mended."""

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?")
_OWN = ("type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum")


def mend(
    check: str, value: Json, schema: Mapping[str, Any], params: Mapping[str, Json], codes: CodeLists | None
) -> Fix | None:
    """Return what `value`, rejected by `schema`, can be changed to; `params` are those of the finding."""
    ways = fixes().get(check)
    if ways is None or (isinstance(value, str) and len(value) > LONGEST):
        return None
    for safe in ("safe", "unsafe"):
        way = ways.get(safe)
        found = _WAYS[way](value, schema, params, codes) if way else None
        if found is not None and found != value:
            return Fix(safe == "safe", found)
    return None


_Way = Callable[[Json, Mapping[str, Any], Mapping[str, Json], CodeLists | None], Json]


def _code(value: Json, schema: Mapping[str, Any], params: Mapping[str, Json], codes: CodeLists | None) -> Json:
    """Return the code that the text is a name or an alias of."""
    name = params.get("list")
    return codes[name].find(value) if codes is not None and isinstance(name, str) and isinstance(value, str) else None


def _suggestion(value: Json, schema: Mapping[str, Any], params: Mapping[str, Json], codes: CodeLists | None) -> Json:
    """Return what the message asks whether it was meant."""
    return params.get("suggestion")


def _number(value: Json, schema: Mapping[str, Any], params: Mapping[str, Json], codes: CodeLists | None) -> Json:
    """Return a number or date as its rules write it."""
    module = identifiers.formats().get(str(params.get("format")))
    if module is None or not isinstance(value, str):
        return None
    try:
        found = getattr(module, "rewritten", module.compact)(value)
    except identifiers.InvalidIdentifier:
        return None
    return found if isinstance(found, str) and module.is_compact(found) and _conforms(found, schema) else None


def _spelling(value: Json, schema: Mapping[str, Any], params: Mapping[str, Json], codes: CodeLists | None) -> Json:
    """Return the text without outer blanks, in half width, with plain hyphens, as far as that makes it conform."""
    if not isinstance(value, str):
        return None
    return next((found for found in _respelled(value) if _conforms(found, schema)), None)


def _respelled(text: str) -> Iterator[str]:
    start, stop = 0, len(text)
    while start < stop and is_blank(text[start]):
        start += 1
    while stop > start and is_blank(text[stop - 1]):
        stop -= 1
    yield (text := text[start:stop])
    yield (text := half_width(text).strip())
    yield (text := text.translate(_DASHES))
    yield "".join(character for character in text if not is_blank(character))


def _type(value: Json, schema: Mapping[str, Any], params: Mapping[str, Json], codes: CodeLists | None) -> Json:
    """Return a number that is written as text as a number, and the other way round; yes and no as true and false."""
    wanted = schema.get("type")
    found: Json = None
    if isinstance(value, str):
        text = half_width(value).strip()
        if wanted in ("number", "integer") and _NUMBER.fullmatch(text):
            found = orjson.loads(text)
        elif wanted == "boolean":
            try:
                found = as_boolean(text)
            except NotUnderstood:
                return None
    elif wanted == "string" and isinstance(value, int) and not isinstance(value, bool):
        found = str(value)
    return found if found is not None and _conforms(found, schema) else None


def _conforms(value: Json, schema: Mapping[str, Any]) -> bool:
    return _validator(orjson.dumps({key: schema[key] for key in _OWN if key in schema})).is_valid(value)


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    formats = {name: module.is_compact for name, module in identifiers.formats().items()}
    return jsonschema_rs.Draft202012Validator(
        orjson.loads(schema),
        validate_formats=True,
        formats=formats,
        offline=True,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


_WAYS: dict[str, _Way] = {
    "code": _code,
    "suggestion": _suggestion,
    "number": _number,
    "spelling": _spelling,
    "type": _type,
}
