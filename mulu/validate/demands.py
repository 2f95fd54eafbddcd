"""What a schema demands, in words: for findings on keywords that hold schemas (`not`, `anyOf`, `if`, `contains` …).

The phrases are data (`demands.yaml`). What they say is bounded: schemas inside schemas are told to a depth, and of
many only the first.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from mulu.pointer import Json, dumps
from mulu.standard import Schemas
from mulu.texts import Text, shown
from mulu.validate.missing import Path as Steps
from mulu.yaml import load_yaml

_DEEPEST = 4
_MOST = 8
_DIGITS = re.compile(r"\^(?:\\d|\[0-9\])\{(\d+)\}\$")
_BLANK = (r"[^\s\u3000]", r"\S")
# Told by phrases that take the keyword's value as it is.
_PLAIN = (
    "x-code-list",
    *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
# Each says that the value is text, a list, an object anyhow.
_SAYS_TYPE = {
    "string": {"const", "enum", "x-code-list", "format", "pattern", "minLength", "maxLength"},
    "array": {"items", "contains", "minItems", "maxItems", "uniqueItems"},
    "object": {"required", "properties", "minProperties", "maxProperties", "propertyNames"},
}
Titles = Callable[[Steps], Text]
"""What the value at a path is called."""


@cache
def _words() -> dict[str, dict[str, Text]]:
    path = Path(__file__).with_name("demands.yaml")
    data, _ = load_yaml(path.read_text(encoding="utf-8"), name=path.name)
    groups = cast(dict[str, dict[str, dict[str, str]]], data)  # our own file, held to this by a test
    return {
        group: {name: Text(text["zh"], text["en"]) for name, text in words.items()} for group, words in groups.items()
    }


def types(names: list[str]) -> Text:
    """Return the types of JSON Schema of those names in words, behind “should be”."""
    words = [_words()["types"][name] for name in names]
    return Text("或".join(word.zh for word in words), " or ".join(word.en for word in words))


def format_wanted(name: str) -> Text:
    """Return what a format is, in words, with an example for those of JSON Schema itself."""
    return _words()["formats"].get(name) or Text(f"{name} 格式", f"of the format {name}")


def shape_wanted(pattern: str, description: Text | None = None) -> Text:
    """Return what a pattern demands: what its text is known to mean, else what the property's description says."""
    shapes = _words()["shapes"]
    if pattern in _BLANK:
        return shapes["blank"]
    if digits := _DIGITS.fullmatch(pattern):
        return shapes["digits"].filled({"value": digits[1]})
    if description is not None and description.zh and description.en:
        # Filled by hand, as a description may be longer than a value that is quoted.
        told = shapes["described"]
        return Text(
            told.zh.replace("{description}", description.zh.rstrip("。.")),
            told.en.replace("{description}", description.en.rstrip("。.")),
        )
    return shapes["pattern"].filled({"value": pattern})


def given_as_reason(demand: Text | None) -> Text:
    """Return what is told behind a sentence of the condition under which it holds; nothing if there is none."""
    return Text("", "") if demand is None else _filled(_words()["joined"]["because"], demand=demand)


def listed(values: list[Json]) -> str:
    """Return values as an entry would write them, the first of many."""
    told = [item if isinstance(item, str) else dumps(item).decode() for item in values[:_MOST]]
    return ", ".join(map(shown, told)) + (f" … ({len(values)})" if len(values) > _MOST else "")


class Demands:
    """Says what schemas of a standard demand of what is at a path."""

    def __init__(self, schemas: Schemas, titles: Titles) -> None:
        self._schemas, self._titles = schemas, titles

    def of(self, schema: Any, path: Steps, depth: int = 0) -> Text:
        """Return what `schema` demands of the value at `path`, as said behind “it”."""
        phrases = [*self._phrases(schema, path, depth)]
        return _joined("and", phrases) if phrases else _words()["demands"]["other"]

    def of_each(self, schemas: list[Any], path: Steps) -> Text:
        """Return what several schemas demand, of which one is enough."""
        return _joined("or", [self.of(schema, path, 1) for schema in schemas])

    def names(self, names: list[str], path: Steps) -> Text:
        """Return what the properties of an object at `path` are called."""
        titles = [self._titles((*path, name)) for name in names]
        quoted = [Text(f"“{title.zh}”", f"“{title.en}”") for title in titles]
        return _joined("names", quoted)

    def _phrases(self, schema: Any, path: Steps, depth: int) -> Iterator[Text]:
        words = _words()["demands"]
        if schema is False:
            yield words["false"]
        if not isinstance(schema, dict):
            return
        if depth > _DEEPEST:
            yield words["other"]
            return
        for keyword, value in schema.items():
            match keyword:
                case "type":
                    yield from self._type(schema, value)
                case "enum" if "x-code-list" in schema:
                    pass
                case "const" | "enum":
                    yield words[keyword].filled({"value": listed([value] if keyword == "const" else value)})
                case "format":
                    yield _filled(words[keyword], format=format_wanted(value))
                case "pattern":
                    yield _filled(words[keyword], shape=shape_wanted(value))
                case "uniqueItems" if value:
                    yield words[keyword]
                case "$ref" | "$dynamicRef":
                    shape = self._schemas.shape(schema)
                    name = str(shape.get("title", value))
                    yield _filled(words["$ref"], title=Text(name, shape.get("x-en", {}).get("title", name)))
                case "not" | "propertyNames":
                    yield _filled(words[keyword], demand=self.of(value, path, depth + 1))
                case "items" | "contains":
                    yield _filled(words[keyword], demand=self.of(value, (*path, 0), depth + 1))
                case "allOf" | "anyOf" | "oneOf":
                    parts = [self.of(inner, path, depth + 1) for inner in value]
                    yield _filled(words[keyword], demands=_joined("and" if keyword == "allOf" else "or", parts))
                case "required":
                    yield from self._required(schema, value, path)
                case "properties":
                    yield from self._properties(value, path, depth)
                case _ if keyword in _PLAIN:
                    yield words[keyword].filled({"value": value})

    def _type(self, schema: Mapping[str, Any], value: Any) -> Iterator[Text]:
        names = value if isinstance(value, list) else [value]
        if len(names) > 1 or not schema.keys() & _SAYS_TYPE.get(names[0], set()):
            yield _filled(_words()["demands"]["type"], types=types(names))

    def _required(self, schema: Mapping[str, Any], value: list[str], path: Steps) -> Iterator[Text]:
        # That it is there goes without saying where it is said what it is.
        said = schema.get("properties", {})
        names = [name for name in value if name not in said or not {"const", "enum"} & {*_keys(said[name])}]
        if names:
            yield _filled(_words()["demands"]["required"], names=self.names(names, path))

    def _properties(self, value: Mapping[str, Any], path: Steps, depth: int) -> Iterator[Text]:
        for name, inner in [*value.items()][:_MOST]:
            title, demand = self.names([name], path), self.of(inner, (*path, name), depth + 1)
            if "title" in _keys(inner):
                title = Text(f"“{inner['title']}”", f"“{inner.get('x-en', {}).get('title', inner['title'])}”")
            yield _filled(_words()["demands"]["properties"], name=title, demand=demand)


def _keys(schema: Any) -> Iterable[str]:
    return schema if isinstance(schema, dict) else ()


def _joined(how: str, parts: list[Text]) -> Text:
    words = _words()["joined"]
    between, parts = words[how], [*parts[:_MOST], *([words["more"]] if len(parts) > _MOST else [])]
    return Text(between.zh.join(part.zh for part in parts), between.en.join(part.en for part in parts))


def _filled(template: Text, **parts: Text) -> Text:
    """Return a phrase with others in it; they are bounded already, where a value that is quoted would be cut."""
    zh, en = template
    for name, part in parts.items():
        zh, en = zh.replace(f"{{{name}}}", part.zh), en.replace(f"{{{name}}}", part.en)
    return Text(zh, en)
