"""Mappings of legacy formats: what a `converters/<format>/mapping.yaml` says, as the engine uses it."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mulu.pointer import pointer_of
from mulu.standard.selectors import Selector
from mulu.texts import Text

EDGES = ("west", "south", "east", "north")
"""The edges of a bounding box, in the order of RFC 7946."""
OF_DURATION = ("duration", "duration-unit")
CASTS = (
    *("text", "identifier", "date", "integer", "number", "boolean", "url", "email", "list", "start", "end"),
    *OF_DURATION,
    *("person", "phone"),
    *EDGES,
)
FORMS = ("text", "wkt", "geojson", "numbers")
"""What a value may be written as: a number as a text, the edges of a box together; of numbers, west comes first."""
EACH = ("line", "value", "column", "element")
READS = ("table", "tree")
LINES = ("first", "repeat", "merge")
FAMILIES = ("json", "xml", "rdf")
"""What a tree may be written in: JSON (also YAML), XML, RDF in any of its syntaxes."""
TABLE_FAMILIES = (None, "xlsx", "xls", "ods", "docx", "csv", "html", "dbf", "sql", "database", "json", "jsonl", "yaml")
"""What a mapping of tables may keep to; `None` are all."""


@dataclass(frozen=True, slots=True)
class Spec:
    """Where one property comes from and how its value is read.

    `target` is the path of the property; `headings` are the columns that may hold it, best first, `at` the places in
    a tree; the rest says how the text there becomes the value. `each` makes an array: of the lines of an entry
    (`line`), of the values in one cell or at one place (`value`), of several columns (`column`) or of the objects in
    a list (`element`), with `fields` for its elements. Lines whose cells hold several values each are cut by `split`
    into as many elements.

    Properties of the same `bases` and conditions are read from one node: the first at one of these places that has any
    of them. `inside` are their places in it, where `at` has the whole ways.

    A `prefix` such as `mailto:` stands before the value in the source and not in the entry.

    A value without a reading stands in the property as it is, and is a finding; with `leaves_unknown` it is left in
    the source instead, for a further way to take or to be kept. A text that one of the code lists `not_in` knows is
    no value of this property: a placeholder, or the name of a type where its condition is expected.
    """

    target: tuple[str, ...]
    headings: tuple[str, ...] = ()
    at: tuple[Selector, ...] = ()
    bases: tuple[Selector, ...] = ()
    inside: tuple[Selector, ...] = ()
    after: str | None = None
    cast: str = "text"
    code: str | None = None
    decode: MappingOf[str, str] = field(default_factory=dict)
    split: tuple[str, ...] = ()
    by_vocabulary: bool = False
    part: tuple[tuple[str, ...], int, int | None] | None = None
    """Which part of a text is read, from 0, and by what parts are separated; the first of these is written."""
    prefix: str = ""
    scale: float | None = None
    conditions: tuple[tuple[bool, tuple[str, ...], tuple[Any, ...]], ...] = ()
    leaves_unknown: bool = False
    not_in: tuple[str, ...] = ()
    constant: Any = None
    each: str | None = None
    fields: tuple["Spec", ...] = ()
    write: "Write | None" = field(default_factory=lambda: Write())
    # What follows from the others is worked out once, since every value that is read asks for it.
    pointer: str = field(init=False, compare=False, repr=False)
    """The target as a JSON Pointer."""
    alone: "Spec" = field(init=False, compare=False, repr=False)
    """The way to read one value of a list that is separated already."""
    is_kept: bool = field(init=False, compare=False, repr=False)
    """Whether the target is an `x-…` property, so that its value counts as kept, not as mapped."""
    is_verbatim: bool = field(init=False, compare=False, repr=False)
    """Whether a text is read as it stands, without the white space around it."""

    def __post_init__(self) -> None:
        is_alone = not self.split and self.cast != "list"
        object.__setattr__(self, "pointer", pointer_of(self.target))
        object.__setattr__(self, "is_kept", self.target[0].startswith("x-"))
        is_changed = self.code or self.decode or self.split or self.part or self.prefix
        object.__setattr__(self, "is_verbatim", self.cast == "text" and not is_changed)
        object.__setattr__(self, "alone", self if is_alone else replace(self, split=(), cast="text"))


@dataclass(frozen=True, slots=True)
class Write:
    """How the way back differs from the way in: another place, a code instead of its name, values in one text.

    `at` is the place, the first that is read where it is `None`; `label` what is written of a code: its `code`, or its
    name in `zh` or `en`; `join` what stands between the values of a list that becomes one text. `nearest` gives for
    codes that the format cannot tell apart the nearest text that it has: that is written, and counted as a loss. `form`
    is what a number or a box becomes, one of `FORMS`. `texts` are what is written for some codes in a table; where such
    a text says less than the code, another way writes the code as well. `time` is the place of a date that a source of
    this format had with the hour.
    """

    at: Selector | None = None
    label: str | None = None
    join: str | None = None
    time: Selector | None = None
    form: str | None = None
    nearest: MappingOf[str, str] = field(default_factory=dict)
    texts: MappingOf[str, str] = field(default_factory=dict)


def place_of(spec: Spec) -> Selector | None:
    """Return where a property is written when nothing says otherwise: the first place that is no pattern."""
    if spec.write is not None and spec.write.at is not None:
        return spec.write.at
    return next((path for path in spec.at if all(step.name not in ("*", "**") for step in path.steps)), None)


@dataclass(frozen=True, slots=True)
class Part:
    """The entries of one kind in a tree: where their records stand, and where each property comes from."""

    kind: str
    records: tuple[Selector, ...]
    fields: tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """What a written file has besides the entries' values.

    `envelope` and each `record` (by kind) get these values at these places; a value may name properties of the entry,
    `urn:dataset:{identifier}`. `order` lists the members of an element in the order that its schema asks for.
    `language` is that in which the names of codes are written. With `as_read` a value goes back to the place that it
    was read from, of the several that the format has for it, where the entry came of a file of this format. `always`
    (by kind) holds what the format's schema asks of each record: the first text whose properties the entry has, at a
    place that is made for it if nothing stands there. With `alone`, a single record is written without what stands
    around it.

    A table has the columns `headings`, and those of `further` that an entry needs; `number` is the one that counts the
    entries. Where an entry takes several `lines`, what concerns all of it stands on the `first`, is `repeat`ed on each,
    or its cells are `merge`d downwards. `sheet` is the sheet's name.
    """

    language: str = "zh"
    headings: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    lines: str = LINES[0]
    number: str | None = None
    sheet: str = ""
    envelope: tuple[tuple[Selector, Any], ...] = ()
    records: MappingOf[str, tuple[tuple[Selector, Any], ...]] = field(default_factory=dict)
    order: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    endings: tuple[str, ...] = ()
    as_read: bool = False
    always: MappingOf[str, tuple[tuple[Selector, tuple[str, ...]], ...]] = field(default_factory=dict)
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """A column, or what is at a place in a tree, that is left out on purpose, and why."""

    headings: tuple[str, ...]
    reason: Text
    at: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """A further sheet whose lines belong to the entries of the first, joined by a value that both hold."""

    headings: tuple[tuple[str, ...], ...]
    at_least: int
    join_heading: str
    join_target: tuple[str, ...]
    into: str
    fields: tuple[Spec, ...]
    writing: Writing | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one legacy format is recognised, read and written.

    Of each group of `headings` any one marks the format; `at_least` groups are needed, and those of `required` always.
    A tree has selectors in place of headings (`marks`), and `parts` where a table has `fields`. `family` is the family
    of files that it is for, `None` for tables of all. `writing` is `None` for what is only read.
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
    namespaces: MappingOf[str, str] = field(default_factory=dict)
    marks: tuple[tuple[Selector, ...], ...] = ()
    required_marks: tuple[tuple[Selector, ...], ...] = ()
    parts: tuple[Part, ...] = ()
    writing: Writing | None = None
    named: tuple[str, ...] = ()
    """The property that a table's own name is of, where all its lines are one entry: see `convert/table_name.py`."""

    @property
    def is_tree(self) -> bool:
        """Whether it reads trees; otherwise tables."""
        return self.reads == "tree"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of entries that it gives."""
        return tuple(dict.fromkeys((self.kind, *(part.kind for part in self.parts))))

    @property
    def specs(self) -> Iterator[Spec]:
        """Every way to read a property, those of elements of arrays among them."""
        waiting = list(self.fields)
        for one in self.details:
            waiting += one.fields
        for part in self.parts:
            waiting += part.fields
        while waiting:
            spec = waiting.pop()
            yield spec
            waiting.extend(spec.fields)

    @property
    def known_words(self) -> frozenset[str]:
        """Every heading that the mapping knows, for judging encodings and finding header rows."""
        words = {heading for group in self.headings for heading in group}
        words.update(leaf for spec in self.specs for heading in spec.headings for leaf in heading.split("›"))
        return frozenset(word.strip() for word in words if "*" not in word)
