"""What a column may be: every property of a standard, by all the names that its schemas, its list of names and its
converters have for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mulu.pointer import pointer_of
from mulu.publish.suggest.likeness import INITIALS, Likeness, Name, initials, named, spellings, words
from mulu.standard import Standard
from mulu.standard.mapping_data import mapping_data
from mulu.standard.mapping_reader import strings
from mulu.standard.schemas import Property

_CASTS = {"integer": "integer", "number": "number", "boolean": "boolean"}
_OF_FORMAT = {"partial-date": "date", "date": "date", "uri": "url", "email": "email"}
_CARRIED = ("as", "code", "split", "not_in", "unknown", "each")
"""What a way of reading says that holds for another format, too; numbers of codes and units belong to one alone."""
_CONDITIONS = ("when", "unless", "part", "scale", "unknown", "after", "decode")
_SURE, _LESS_SURE = 1.0, 0.5
_WRAPPERS = ("gco:", "gcx:", "@", "#", "^", ".")
_ROUGHLY = 0.5
_SHORTEST = 3
"""Fewer first letters may be anything."""
_ALIKE, _LESS_VOTED, _INITIALS = 0.95, 0.85, 0.8
"""What a name is worth that is alike, one that fewer converters know for a property, and one by first letters."""
_ONE_GROUP, _OTHER_GROUP = 0.8, 0.6
"""What is left if one of two equal names stands in a group, or both in different ones."""


@dataclass(slots=True)
class Place:
    """A property of a kind: where it stands, its names, and how other converters read it.

    `pointer` has `*` for positions, `schema` gives the value its type. `votes` tell how many converters and lists of
    names know it by a column called exactly so, by the name's spelling and the words around it.
    """

    kind: str
    pointer: str
    schema: Mapping[str, Any]
    way: Mapping[str, Any]
    names: set[Name] = field(default_factory=set)
    votes: dict[tuple[str, frozenset[str]], float] = field(default_factory=dict)
    is_list_of_objects: bool = False

    @property
    def inside(self) -> str:
        """The pointer of the list whose elements have this property; "" if it is in none."""
        return self.pointer.rpartition("/*/")[0]


class Places:
    """The places of all kinds of a standard, to be asked what a column is."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard
        self.all: list[Place] = []
        self._by: dict[tuple[str, str], Place] = {}
        for kind in standard.schemas.kinds:
            self._of_schema(kind)
        for given in standard.names:
            if (place := self._by.get((given.kind, given.pointer))) is not None:
                for text in given.names:
                    self._call(place, _heading_name(text, ()), _SURE)
        for mapping in standard.mappings.values():
            roots = standard.roots
            data, _ = mapping_data(mapping.folder / "mapping.yaml", roots)
            for part in [data, *data.get("also", [])]:
                self._of_fields(str(part["kind"]), "", part["fields"], ())
            for detail in data.get("details", []):
                inside = "/" + str(detail["into"]).replace(".", "/") + "/*"
                self._of_fields(str(data["kind"]), inside, detail["fields"], ())
        self.hints = self._hints()
        self._likeness = Likeness([place.names for place in self.all])
        self._exact: dict[str, list[tuple[int, frozenset[str], float]]] = {}
        self._initials: dict[str, set[int]] = {}
        for number, place in enumerate(self.all):
            for (spelled, around), votes in place.votes.items():
                self._exact.setdefault(spelled, []).append((number, around, votes))
            for one in place.names:
                short = initials(one.leaf)
                if len(short) >= _SHORTEST and not one.leaf.isascii():
                    self._initials.setdefault(short, set()).add(number)

    def of(self, name: Name) -> dict[int, float]:
        """Return the places that a column of this name may be: number in `all` → how alike the names are, up to 1."""
        found = {number: _ALIKE * likeness for number, likeness in self._likeness.of(name).items()}
        around = _words_around(name)
        for spelled in spellings(name.leaf):
            votes: dict[int, float] = {}
            for number, others, weight in self._exact.get(spelled, ()):
                votes[number] = votes.get(number, 0.0) + weight * _same_group(around, others)
            most: dict[str, float] = {}
            for number, weight in votes.items():
                kind = self.all[number].kind
                most[kind] = max(most.get(kind, 0.0), weight)
            for number, weight in votes.items():
                share = weight / most[self.all[number].kind]
                group = max(_same_group(around, others) for n, others, _ in self._exact[spelled] if n == number)
                found[number] = max(found.get(number, 0.0), group * (1.0 if share == 1 else _LESS_VOTED * share))
        short = spellings(name.leaf)[0]
        if INITIALS.fullmatch(short):
            for number in self._initials.get(short, ()):
                found[number] = max(found.get(number, 0.0), _INITIALS)
        return found

    def rough(self, name: Name) -> float:
        """Return how likely a text is the name of some property, roughly and quickly: 1 if it is one exactly."""
        if any(spelled in self._exact for spelled in spellings(name.leaf)):
            return 1.0
        return _ROUGHLY * self._likeness.share_known(name)

    def rated(self, name: Name) -> float:
        """Return how alike a name is to that of the property that it is most like."""
        return max(self.of(name).values(), default=0.0)

    def _hints(self) -> dict[tuple[str, str], frozenset[str]]:
        """Return the words that tell of a list of objects, by kind and pointer: those that nothing outside has."""
        outside: dict[str, set[str]] = {}
        for place in self.all:
            if not place.inside and not place.is_list_of_objects:
                outside.setdefault(place.kind, set()).update(word for name in place.names for word in words(name))
        return {
            (place.kind, place.pointer): frozenset(
                word for name in place.names for word in words(Name(name.leaf)) if len(word) > 1
            )
            - outside.get(place.kind, set())
            for place in self.all
            if place.is_list_of_objects
        }

    def _of_schema(self, kind: str) -> None:
        schemas = self._standard.schemas
        titles: dict[str, Property] = {}
        for item in schemas.properties(kind):
            shape = schemas.shape(item.schema)
            titles[item.pointer] = item
            if item.pointer.count("/") == 1 and ("const" in shape or item.name == "source"):
                continue
            inner = shape.get("items")
            inner_shape = schemas.shape(inner) if isinstance(inner, dict) else {}
            if shape.get("type") == "object":
                continue
            place = Place(kind, item.pointer, shape, _derived(shape, inner_shape))
            place.is_list_of_objects = inner_shape.get("type") == "object"
            self.all.append(place)
            self._by[kind, item.pointer] = place
            above = [titles[one] for one in _above(item.pointer) if one in titles]
            for number in range(3):
                name = Name(_names(item)[number], tuple(_names(one)[number] for one in above))
                place.names.add(name)
                if not above:
                    self._vote(place, name, _SURE)

    def _of_fields(self, kind: str, inside: str, fields: Mapping[str, Any], around: tuple[str, ...]) -> None:
        for target, ways in fields.items():
            pointer = inside + pointer_of(tuple("*" if step.isdecimal() else step for step in target.split(".")))
            for way in ways if isinstance(ways, list) else [ways]:
                said = way if isinstance(way, dict) else {"heading": way}
                self._of_way(kind, pointer, said, around)

    def _of_way(self, kind: str, pointer: str, way: Mapping[str, Any], around: tuple[str, ...]) -> None:
        place = self._by.get((kind, pointer)) or self._by.get((kind, pointer.removesuffix("/*")))
        names = [_heading_name(text, around) for text in strings(way.get("heading", []))]
        names += [_path_name(text, around) for text in strings(way.get("at", []))]
        inner = way.get("fields", {})
        # What is looked for where another way found nothing, and passed over if it is not there, stands in a column
        # of something else: a name beside a telephone number.
        is_of_another = "when" in way and "unknown" in way
        if place is not None and "prefix" not in way and not is_of_another:
            sure = not any(key in way for key in _CONDITIONS)
            for name in names:
                self._call(place, name, _SURE if sure else _LESS_SURE)
            carried = {key: way[key] for key in _CARRIED if key in way}
            if way.get("each") == "value" and inner and all(map(_is_bare, _ways(inner))):
                carried["fields"] = inner
            if way.get("each") is None or "fields" in carried:
                place.way = _richer(place.way, carried)
        if way.get("each") in ("line", "element"):
            self._of_fields(kind, f"{pointer}/*", inner, ())

    def _call(self, place: Place, name: Name | None, weight: float) -> None:
        if name is not None:
            place.names.add(name)
            self._vote(place, name, weight)

    @staticmethod
    def _vote(place: Place, name: Name, weight: float) -> None:
        for spelled in spellings(name.leaf):
            key = (spelled, _words_around(name))
            place.votes[key] = place.votes.get(key, 0.0) + weight


def _words_around(name: Name) -> frozenset[str]:
    return frozenset(word for one in name.around for word in words(Name(one)) if len(word) > 1)


def _same_group(around: frozenset[str], others: frozenset[str]) -> float:
    """Return how sure it is that two groups that a name stands in are the same."""
    if bool(around) != bool(others):
        return _ONE_GROUP
    return 1.0 if not around or around & others else _OTHER_GROUP


def _names(item: Property) -> tuple[str, str, str]:
    return item.title.zh, item.title.en, item.name


def _derived(shape: Mapping[str, Any], inner: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a value of this schema is read, as a mapping says it."""
    if "x-code-list" in shape:
        return {"code": shape["x-code-list"]}
    if shape.get("type") == "array":
        if "x-code-list" in inner:
            return {"code": inner["x-code-list"], "split": "vocabulary"}
        return {} if inner.get("type") == "object" else {"as": "list"}
    if shape.get("type") in _CASTS:
        return {"as": _CASTS[shape["type"]]}
    if "format" in shape:
        return {"as": _OF_FORMAT.get(shape["format"], "identifier")}
    return {}


def _richer(known: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the way that says more of how a value is read; the one that is known already if both say as much."""

    def weight(way: Mapping[str, Any]) -> int:
        return sum(key in way for key in ("as", "code", "split", "not_in", "fields")) - ("unknown" in way)

    return other if weight(other) > weight(known) else known


def _above(pointer: str) -> Iterator[str]:
    steps = pointer.split("/")
    for end in range(2, len(steps)):
        yield "/".join(steps[:end]).removesuffix("/*")


def _heading_name(text: str, around: tuple[str, ...]) -> Name | None:
    """Return the name of a column by its heading, `group › heading`; `None` for a pattern."""
    *groups, leaf = (part.strip() for part in text.split("›"))
    if not leaf or "*" in leaf:
        return None
    # A heading of JSON has the names of the objects that it is in before it.
    *objects, last = leaf.split(".") if leaf.isascii() else [leaf]
    return named(last, (*(groups or around), *objects))


def _path_name(text: str, around: tuple[str, ...]) -> Name | None:
    """Return the name of a place in a tree: of its last step, inside those before it."""
    steps = [step.partition("[")[0].strip("'+") for step in text.split("/")]
    names = [step.rpartition(":")[2] for step in steps if step and not step.startswith(_WRAPPERS)]
    names = [name for name in names if "*" not in name and name]
    return Name(names[-1], (*around, *names[:-1])[-2:]) if names else None


def _ways(fields: Mapping[str, Any]) -> Iterator[Any]:
    for ways in fields.values():
        yield from ways if isinstance(ways, list) else [ways]


def _is_bare(way: Any) -> bool:
    """Whether a field is read from the value that its list is cut into, not from a place of its own."""
    return isinstance(way, dict) and "heading" not in way and "at" not in way
