"""Entries as they stand in pages: whole, with the faulty values marked; and the levels that they reach."""

import html
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from mulu.errors import BadStandard
from mulu.pointer import pointer_step
from mulu.publish.site.schemas import at_level
from mulu.standard import Level, Standard
from mulu.texts import clean, shown


def json_markup(value: Any, faults: Iterable[str] = ()) -> Markup:
    """Return a value as JSON, two spaces a step; what stands at one of the pointers is marked, or what is around it."""
    known = set()
    for pointer in faults:
        # What is missing is marked where it should stand.
        while pointer and not _is_there(value, pointer):
            pointer = pointer.rpartition("/")[0]
        known.add(pointer)
    return Markup("".join(_written(value, "", "", known)))


def _is_there(value: Any, pointer: str) -> bool:
    return any(here == pointer for here in _pointers(value, ""))


def _pointers(value: Any, here: str) -> Iterator[str]:
    yield here
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _pointers(inner, here + pointer_step(str(key)))


def _written(value: Any, here: str, indent: str, faults: set[str]) -> Iterator[str]:
    """Yield the markup of a value; only what comes out of `_text` holds anything of the value's own."""
    marked = here in faults and here != ""
    if marked:
        yield "<mark>"
    if isinstance(value, dict | list) and value:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        inner = indent + "  "
        yield f"{opening}\n"
        items: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for number, (key, item) in enumerate(items, 1):
            yield f"{inner}{_text(key)}: " if isinstance(value, dict) else inner
            yield from _written(item, here + pointer_step(str(key)), inner, faults)
            yield ",\n" if number < len(items) else "\n"
        yield f"{indent}{closing}"
    elif isinstance(value, dict | list):
        yield "{}" if isinstance(value, dict) else "[]"
    else:
        yield _text(value)
    if marked:
        yield "</mark>"


# Most of what examples hold they share with the example of their kind.
@lru_cache(maxsize=50_000, typed=True)
def _text(value: Any) -> str:
    """Return a value without members as JSON, escaped; what could turn the reading direction is written as `\\u…`."""
    text = json.dumps(value, ensure_ascii=False)
    # It stands between tags, where quotes end nothing.
    return html.escape(text if clean(text) == text else json.dumps(value), quote=False)


class Reach:
    """Checks entries against the schemas of each level; each is made when it is first asked for."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self._validators: dict[tuple[str, str], Any] = {}

    def is_valid(self, entry: Any, level: str) -> bool:
        """Whether the structure of an entry has no error at a level; raises `BadStandard`."""
        import jsonschema_rs

        key = (str(entry["kind"]), level)
        if key not in self._validators:
            schema = at_level(self.standard, *key)
            try:
                self._validators[key] = jsonschema_rs.Draft202012Validator(
                    schema, offline=True, pattern_options=jsonschema_rs.RegexOptions()
                )
            except (ValueError, jsonschema_rs.ReferencingError) as error:
                why = shown(getattr(error, "message", str(error)))
                raise BadStandard(
                    str(self.standard.roots[-1]),
                    f"{key[0]} 的模式不能使用：{why}",
                    f"the schema of {key[0]} cannot be used: {why}",
                ) from None
        return bool(self._validators[key].is_valid(entry))


def reach_of(reach: Reach, entry: Any) -> list[Level]:
    """Return the levels at which the structure of an entry is right."""
    if not isinstance(entry, dict) or entry.get("kind") not in reach.standard.schemas.kinds:
        return []
    return [level for level in reach.standard.header.levels if reach.is_valid(entry, level.id)]
