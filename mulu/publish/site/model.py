"""What a standard describes, as all parts of its site need it: shapes with their fields, in plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mulu.errors import BadStandard
from mulu.pointer import steps_of
from mulu.standard import Schemas, Standard
from mulu.texts import Text

SCALARS = ("string", "integer", "number", "boolean")
ANY = "any"
"""Type of a value of which the schema does not say what it is, or says several things."""
OBJECT = "object"
MOST_FIELDS = 100_000
"""How many properties the entries of all kinds may have, objects inside each other written out."""
_KEYWORDS = (
    *("const", "enum", "minLength", "maxLength", "pattern", "format", "minimum", "exclusiveMinimum", "maximum"),
    *("exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems"),
)
_CONDITIONS = {"if", "anyOf", "oneOf", "not", "dependentRequired", "dependentSchemas", "contains"}


@dataclass(frozen=True, slots=True)
class Demand:
    """What one keyword asks of a value, from which level on and how gravely; `is_inside` means each of an array."""

    keyword: str
    value: Any
    level: str
    severity: str
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One property: `type` is that of the value, or of each of its elements if there are `many`.

    `shape` names the object that it holds. `level` is the level from which on it is required, `""` if always, `None`
    if never. `home` is the `$id` of the schema that brought the property in.
    """

    name: str
    title: Text
    description: Text
    source: str
    type: str
    many: bool
    shape: str | None
    codes: str | None
    open_codes: str | None
    level: str | None
    demands: tuple[Demand, ...]
    home: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of entry, or an object inside; `id` is the `$id` of its schema, `None` where it stands in another's."""

    name: str
    is_kind: bool
    title: Text
    description: Text
    source: str
    fields: tuple[Field, ...]
    id: str | None
    has_conditions: bool

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(slots=True)
class Model:
    """All shapes by name, the kinds first."""

    standard: Standard
    shapes: dict[str, Shape] = field(default_factory=dict)

    @property
    def kinds(self) -> list[Shape]:
        """The shapes of whole entries."""
        return [shape for shape in self.shapes.values() if shape.is_kind]

    @property
    def objects(self) -> list[Shape]:
        """The shapes inside entries."""
        return [shape for shape in self.shapes.values() if not shape.is_kind]

    def users(self, name: str) -> list[tuple[Shape, Field]]:
        """Return the fields that hold the shape of that name."""
        return [(shape, one) for shape in self.shapes.values() for one in shape.fields if one.shape == name]

    def reached(self, name: str) -> list[str]:
        """Return the names of the shapes that a shape holds, at any depth, each once."""
        found: list[str] = []
        waiting = [name]
        while waiting:
            for one in self.shapes[waiting.pop(0)].fields:
                if one.shape is not None and one.shape not in found and one.shape != name:
                    found.append(one.shape)
                    waiting.append(one.shape)
        return found

    def at(self, kind: str, pointer: str) -> tuple[Shape, Field] | None:
        """Return the field that a JSON Pointer in an entry of a kind leads to, or the nearest around it."""
        shape = self.shapes.get(kind)
        found: tuple[Shape, Field] | None = None
        for step in steps_of(pointer):
            if shape is None:
                return found
            if (one := shape.field(step)) is not None:
                found = (shape, one)
                shape = self.shapes.get(one.shape) if one.shape is not None else None
                if shape is None:
                    return found
            elif not step.isdecimal():
                return found
        return found


def model_of(standard: Standard) -> Model:
    """Return the model of a standard; raises `BadStandard` where its schemas lead nowhere."""
    reader = _Reader(standard)
    names = sorted(standard.schemas.effective, key=lambda name: (name not in standard.schemas.kinds, name))
    for name in names:
        reader.add(name, standard.schemas.resources[standard.schemas.effective[name]])
    _refuse_endless(reader.model)
    return reader.model


def _refuse_endless(model: Model) -> None:
    """Refuse a standard whose objects, each written out wherever it is held, would fill the disk."""
    count = 0
    for kind in model.kinds:
        waiting: list[tuple[str, tuple[str, ...]]] = [(kind.name, (kind.name,))]
        while waiting:
            name, path = waiting.pop()
            count += len(model.shapes[name].fields)
            if count > MOST_FIELDS:
                raise BadStandard(
                    str(model.standard.roots[-1]),
                    f"条目中的属性逐层展开后超过 {MOST_FIELDS} 个，无法生成网站；请减少对象之间的嵌套",
                    f"written out, entries have more than {MOST_FIELDS} properties, too many for a site; nest fewer "
                    "objects in each other",
                )
            held = {one.shape for one in model.shapes[name].fields if one.shape is not None}
            waiting += [(other, (*path, other)) for other in held if other not in path]


class _Reader:
    def __init__(self, standard: Standard) -> None:
        self.model = Model(standard)
        self.schemas: Schemas = standard.schemas
        self.first_level = standard.header.levels[0].id

    def add(self, name: str, schema: dict[str, Any], home: str | None = None) -> None:
        """Read a shape; those that stand inside it, without a schema of their own, come after it."""
        parts = self.schemas.parts(schema)
        identifier = schema.get("$id") if home is None else None
        inner: list[tuple[str, dict[str, Any], str]] = []
        title, description = _texts(parts, name)
        fields = tuple(
            self._field(name, schema, member, value, home or str(identifier), inner)
            for member, value in self.schemas.members(schema).items()
        )
        self.model.shapes[name] = Shape(
            name,
            home is None and name in self.schemas.kinds,
            title,
            description,
            "；".join(dict.fromkeys(str(part["$comment"]) for part in parts if "$comment" in part and "$id" in part)),
            fields,
            identifier,
            any(_CONDITIONS & set(part) for part in parts),
        )
        for other, value, where in inner:
            self.add(other, value, where)

    def _field(
        self,
        owner: str,
        schema: dict[str, Any],
        name: str,
        member: dict[str, Any],
        home: str,
        inner: list[tuple[str, dict[str, Any], str]],
    ) -> Field:
        homes = [
            str(part["$id"])
            for part in self.schemas.parts(schema)
            if "$id" in part and name in part.get("properties", {})
        ]
        title, description = _texts([member], name)
        own = self.schemas.shape(member)
        many = own.get("type") == "array"
        value = self.schemas.shape(own["items"]) if many and isinstance(own.get("items"), dict) else own
        if many and "items" not in own:
            value = {}
        demands = tuple(self._demands(member, False)) + (
            tuple(self._demands(own["items"], True)) if many and isinstance(own.get("items"), dict) else ()
        )
        kind_of_value = _type(value)
        shape = None
        if kind_of_value == OBJECT:
            shape = self._shape_of(owner, name, value, inner, home)
        keywords = self._keywords([member, own, value])
        return Field(
            name,
            title,
            description,
            str(member.get("$comment", "")),
            kind_of_value,
            many,
            shape,
            keywords.get("x-code-list"),
            keywords.get("x-open-code-list"),
            self.schemas.required_level(schema, name),
            demands,
            homes[-1] if homes else home,
        )

    def _shape_of(
        self,
        owner: str,
        name: str,
        value: dict[str, Any],
        inner: list[tuple[str, dict[str, Any], str]],
        home: str,
    ) -> str | None:
        identifier = value.get("$id")
        for known, effective in self.schemas.effective.items():
            if identifier is not None and (identifier == effective or _stem(identifier) == known):
                return known
        if not self.schemas.members(value):
            return None
        own = f"{owner}.{name}"
        if own in self.schemas.effective or any(own == other for other, _, _ in inner):
            raise BadStandard(home, f"名称重复：{own}", f"two objects have the name {own}")
        inner.append((own, value, home))
        return own

    def _keywords(self, nodes: list[dict[str, Any]]) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in nodes:
            for part in [node, *node.get("allOf", [])]:
                for key in ("x-code-list", "x-open-code-list"):
                    if isinstance(part, dict) and key in part:
                        found.setdefault(key, part[key])
        return found

    def _demands(
        self, node: dict[str, Any], is_inside: bool, level: str = "", severity: str = "error"
    ) -> Iterator[Demand]:
        """Yield what a property's schema and those that it takes in ask of the value itself."""
        level = node.get("x-level", level or self.first_level)
        severity = node.get("x-severity", severity)
        for keyword in _KEYWORDS:
            # What a code list says is said by the list.
            if keyword in node and not (keyword == "enum" and "x-code-list" in node):
                yield Demand(keyword, node[keyword], level, severity, is_inside)
        for part in node.get("allOf", []):
            if isinstance(part, dict) and "if" not in part:
                yield from self._demands(part, is_inside, level, severity)


def _texts(parts: list[dict[str, Any]], name: str) -> tuple[Text, Text]:
    """Return title and description: what the first of the schemas that has one says."""
    found = []
    for key, fallback in (("title", name), ("description", "")):
        chinese = next((str(part[key]) for part in parts if key in part), fallback)
        english = next((str(part["x-en"][key]) for part in parts if key in part.get("x-en", {})), "")
        found.append(Text(chinese, english or chinese))
    return found[0], found[1]


def _type(schema: dict[str, Any]) -> str:
    said = schema.get("type")
    if said in SCALARS or said == OBJECT:
        return str(said)
    if said is None and "properties" in schema:
        return OBJECT
    if said is None and "const" in schema:
        value = schema["const"]
        return {bool: "boolean", int: "integer", float: "number", str: "string"}.get(type(value), ANY)
    if said is None and isinstance(schema.get("enum"), list) and all(isinstance(one, str) for one in schema["enum"]):
        return "string"
    return ANY


def _stem(identifier: str) -> str:
    return identifier.rpartition("/")[2].removesuffix(".schema.json")
