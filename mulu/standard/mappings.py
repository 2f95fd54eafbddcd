"""Mappings of legacy formats: the grammar of `converters/<format>/mapping.yaml`, read strictly.

An unknown key is a fault, never ignored: a misspelt one would lose a column without a word.
"""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from mulu.errors import BadStandard
from mulu.standard.folder import files, read_yaml, text_of
from mulu.texts import Text

CASTS = ("text", "identifier", "date", "integer", "number", "boolean", "url", "email", "list", "start", "end")
EACH = ("line", "value", "column", "element")
VOCABULARY = "vocabulary"
LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Spec:
    """Where one property comes from and how its value is read.

    `target` is the path of the property; `headings` the columns that may hold it, best first; the rest says how
    the cell's text becomes the value. `each` makes an array: of the lines of an entry (`line`), of the values in
    one cell (`value`), of several columns (`column`) or of the objects in a list (`element`), with `fields` for its
    elements. Lines whose cells hold several values each are cut by `split` into as many elements.

    A value without a reading stands in the property as it is, and is a finding; with `leaves_unknown` it is left in
    the source instead, for a further way to take or to be kept. A text that one of the code lists `not_in` knows is
    no value of this property: a placeholder, or the name of a type where its condition is expected.
    """

    target: tuple[str, ...]
    headings: tuple[str, ...] = ()
    after: str | None = None
    cast: str = "text"
    code: str | None = None
    decode: MappingOf[str, str] = field(default_factory=dict)
    split: tuple[str, ...] = ()
    by_vocabulary: bool = False
    part: tuple[str, int] | None = None
    scale: float | None = None
    conditions: tuple[tuple[bool, tuple[str, ...], tuple[Any, ...]], ...] = ()
    leaves_unknown: bool = False
    not_in: tuple[str, ...] = ()
    constant: Any = None
    each: str | None = None
    fields: tuple["Spec", ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether the target is an `x-…` property, so that its value counts as kept, not as mapped."""
        return self.target[0].startswith("x-")


@dataclass(frozen=True, slots=True)
class Drop:
    """A column that is left out on purpose, and why."""

    headings: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class Detail:
    """A further sheet whose lines belong to the entries of the first, joined by a value that both hold."""

    headings: tuple[tuple[str, ...], ...]
    at_least: int
    join_heading: str
    join_target: tuple[str, ...]
    into: str
    fields: tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one legacy format is recognised and read.

    Of each group of `headings` any one marks the format; `at_least` groups are needed, and those of `required` always.
    `family` is the family of files whose tables it is for, `None` for all.
    """

    id: str
    title: Text
    description: Text
    kind: str
    reads: str
    headings: tuple[tuple[str, ...], ...]
    required: tuple[tuple[str, ...], ...]
    at_least: int
    header_rows: int
    one_entry_per: tuple[str, ...]
    fields: tuple[Spec, ...]
    details: tuple[Detail, ...]
    drops: tuple[Drop, ...]
    folder: Path
    family: str | None = None

    @property
    def known_words(self) -> frozenset[str]:
        """Every heading that the mapping knows, for judging encodings and finding header rows."""
        words = {heading for group in self.headings for heading in group}
        waiting = list(self.fields) + [spec for detail in self.details for spec in detail.fields]
        while waiting:
            spec = waiting.pop()
            words.update(leaf for heading in spec.headings for leaf in heading.split("›"))
            waiting.extend(spec.fields)
        return frozenset(word.strip() for word in words if "*" not in word)


def read_mappings(roots: tuple[Path, ...]) -> dict[str, Mapping]:
    """Read the mappings of the folders that make up a standard, by format; raises `BadStandard`."""
    found = {}
    for root in roots:
        for path in files(root, "converters", "*/mapping.yaml"):
            found[path.parent.name] = read_mapping(path)
    return found


def read_mapping(path: Path) -> Mapping:
    """Read one mapping; raises `BadStandard` with the line of what is wrong."""
    return _Reader(path).read()


class _Reader:
    """Reads one mapping file and names the line of each fault."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data, self.positions = read_yaml(path)
        self.here = ""

    def fault(self, pointer: str, zh: str, en: str) -> NoReturn:
        line, column = self.positions.get(pointer, (1, 1))
        raise BadStandard(str(self.path), zh, en, line=line, column=column)

    def read(self) -> Mapping:
        """Return the mapping; raises `BadStandard`, at the nearest place that is known."""
        try:
            return self.mapping()
        except (LookupError, TypeError, ValueError, AttributeError):
            zh, en = (
                "此处有值的类型或个数不对",
                "a value here is of another type, or another number of values, than it should be",
            )
            self.fault(self.here, zh, en)

    def mapping(self) -> Mapping:
        data = self._inherited()
        self._keys(
            "",
            data,
            {"title", "description", "kind", "reads", "recognise", "fields"},
            {"table", "details", "drop", "extends", "family"},
        )
        table = data.get("table", {})
        self._keys("/table", table, set(), {"header_rows", "one_entry_per"})
        recognise = data["recognise"]
        self._keys("/recognise", recognise, {"headings"}, {"at_least", "required"})
        required = _groups(recognise.get("required", []))
        headings = required + _groups(recognise["headings"])
        if data["reads"] != "table":
            self.fault(
                "/reads", f"不认识的读法 {data['reads']}；应为 table", f"unknown reads {data['reads']}; it is table"
            )
        return Mapping(
            id=self.path.parent.name,
            title=self._text("/title", data["title"]),
            description=self._text("/description", data["description"]),
            kind=str(data["kind"]),
            reads=data["reads"],
            headings=headings,
            required=required,
            at_least=int(recognise.get("at_least", len(headings))),
            header_rows=int(table.get("header_rows", 1)),
            one_entry_per=_strings(table.get("one_entry_per", [])),
            fields=self._specs("/fields", data["fields"]),
            details=tuple(
                self._detail(f"/details/{number}", item) for number, item in enumerate(data.get("details", []))
            ),
            drops=tuple(self._drop(f"/drop/{number}", item) for number, item in enumerate(data.get("drop", []))),
            folder=self.path.parent,
            family=None if "family" not in data else str(data["family"]),
        )

    def _inherited(self) -> dict[str, Any]:
        """Return what the file says, and below it what the format says that it `extends`; `fields` are joined."""
        data: dict[str, Any] = self.data
        seen = {self.path.parent.name}
        name = data.get("extends")
        while name is not None:
            path = self.path.parents[1] / str(name) / "mapping.yaml"
            if name in seen or "/" in str(name) or not path.is_file():
                self.fault("/extends", f"没有可继承的格式 {name}", f"there is no format {name} to extend")
            seen.add(name)
            base, _ = read_yaml(path)
            fields = {**base.get("fields", {}), **data.get("fields", {})}
            name = base.get("extends")
            data = {**base, **data, "fields": fields}
        return data

    def _detail(self, pointer: str, data: Any) -> Detail:
        self._keys(pointer, data, {"recognise", "join", "into", "fields"}, set())
        self._keys(f"{pointer}/join", data["join"], {"heading", "to"}, set())
        headings = _groups(data["recognise"]["headings"])
        return Detail(
            headings=headings,
            at_least=int(data["recognise"].get("at_least", len(headings))),
            join_heading=str(data["join"]["heading"]),
            join_target=tuple(str(data["join"]["to"]).split(".")),
            into=str(data["into"]),
            fields=self._specs(f"{pointer}/fields", data["fields"]),
        )

    def _drop(self, pointer: str, data: Any) -> Drop:
        self._keys(pointer, data, {"heading", "reason"}, set())
        return Drop(_strings(data["heading"]), self._text(f"{pointer}/reason", data["reason"]))

    def _specs(self, pointer: str, data: Any) -> tuple[Spec, ...]:
        if not isinstance(data, dict):
            self.fault(pointer, "fields 应为映射", "fields is a mapping")
        specs: list[Spec] = []
        for name, item in data.items():
            here = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            # A property that comes from different columns under different conditions is a list of ways.
            for number, one in enumerate(item if isinstance(item, list) else [item]):
                specs.append(self._spec(f"{here}/{number}" if isinstance(item, list) else here, name, one))
        return tuple(specs)

    def _spec(self, pointer: str, name: str, data: Any) -> Spec:
        if isinstance(data, str):
            data = {"heading": data}
        self._keys(
            pointer,
            data,
            set(),
            {
                "heading",
                "after",
                "as",
                "code",
                "decode",
                "split",
                "part",
                "scale",
                "when",
                "unless",
                "value",
                "each",
                "fields",
                "unknown",
                "not_in",
            },
        )
        cast = data.get("as", "text")
        if cast not in CASTS:
            self.fault(
                f"{pointer}/as",
                f"不认识的类型 {cast}；应为 {'、'.join(CASTS)}",
                f"unknown type {cast}; it is one of {', '.join(CASTS)}",
            )
        if data.get("each") not in (None, *EACH):
            self.fault(f"{pointer}/each", f"each 应为 {'、'.join(EACH)}", f"each is one of {', '.join(EACH)}")
        if data.get("unknown") not in (None, LEAVE):
            self.fault(f"{pointer}/unknown", f"unknown 只能是 {LEAVE}", f"unknown can only be {LEAVE}")
        split = data.get("split", [])
        part = data.get("part")
        return Spec(
            target=tuple(name.split(".")),
            headings=_strings(data.get("heading", [])),
            after=data.get("after"),
            cast=cast,
            code=data.get("code"),
            decode={str(key): str(value) for key, value in data.get("decode", {}).items()},
            split=() if split == VOCABULARY else _strings(split),
            by_vocabulary=split == VOCABULARY,
            part=None if part is None else (str(part[0]), int(part[1])),
            scale=None if "scale" not in data else float(data["scale"]),
            conditions=tuple(
                (wanted, tuple(path.split(".")), tuple(values if isinstance(values, list) else [values]))
                for key, wanted in (("when", True), ("unless", False))
                for path, values in data.get(key, {}).items()
            ),
            leaves_unknown=data.get("unknown") == LEAVE,
            not_in=_strings(data.get("not_in", [])),
            constant=data.get("value"),
            each=data.get("each"),
            fields=self._specs(f"{pointer}/fields", data["fields"]) if "fields" in data else (),
        )

    def _keys(self, pointer: str, data: Any, required: set[str], optional: set[str]) -> None:
        self.here = pointer
        if not isinstance(data, dict):
            self.fault(pointer, "此处应为映射", "a mapping is expected here")
        for key in sorted(set(data) - required - optional):
            known = ", ".join(sorted(required | optional))
            self.fault(f"{pointer}/{key}", f"不认识的项 {key}；可用：{known}", f"unknown key {key}; known: {known}")
        for key in sorted(required - set(data)):
            self.fault(pointer, f"缺少 {key}", f"{key} is missing")

    def _text(self, pointer: str, data: Any) -> Text:
        try:
            return text_of(data)
        except (KeyError, TypeError):
            self.fault(pointer, "须有 zh 和 en 两种文字", "a text in zh and in en is needed")


def _groups(data: list[Any]) -> tuple[tuple[str, ...], ...]:
    """Return headings that mark a format; one that has other names is a list of them."""
    return tuple(_strings(item) for item in data)


def _strings(data: Any) -> tuple[str, ...]:
    """Return one text or a list of them; a list in the list, such as one used again by its anchor, is flattened."""
    return tuple(text for item in data for text in _strings(item)) if isinstance(data, list) else (str(data),)
