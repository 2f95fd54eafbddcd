"""SQL: a table a kind, a table a list inside entries, a table a code list; in what SQLite, DuckDB and PostgreSQL share.

Objects inside an entry are columns of its table, with the names of the way to them joined by `_`. Lists are tables of
their own, whose lines know the line that they belong to and their place in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mulu.publish.site.model import ANY, OBJECT, Field, Model, Shape
from mulu.publish.site.names import Names, snake
from mulu.texts import Text, clean
from mulu.validate.staging import literal, quoted

_TYPES = {"string": "TEXT", "integer": "BIGINT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN"}
_DEEPEST = 6
"""How many objects inside each other become columns; what is deeper stands as JSON."""


@dataclass(slots=True)
class _Column:
    name: str
    type: str
    note: str
    is_required: bool = False
    codes: str | None = None


@dataclass(slots=True)
class _Table:
    name: str
    title: Text
    parent: str | None
    columns: list[_Column] = field(default_factory=list)
    names: Names = field(default_factory=lambda: Names(("id", "parent_id", "position")))


def ddl(model: Model) -> bytes:
    """Return the statements that make the tables, code lists first, each column with the property that it holds.

    `NOT NULL` is what the first level requires.
    """
    writer = _Writer(model)
    for shape in model.kinds:
        writer.add_kind(shape)
    header = model.standard.header
    lines = [
        f"-- {_note(f'{header.title.zh} / {header.title.en} {header.version}')}",
        "-- SQLite, DuckDB, PostgreSQL; UTF-8",
    ]
    for name, table in writer.code_tables.items():
        lines += ["", f"-- {_note(f'schemas/codes/{name}.csv')}", *_code_table(table)]
    for one in writer.tables:
        lines += ["", f"-- {_note(f'{one.title.zh} / {one.title.en}')}", *_create(one, writer.code_tables)]
    return ("\n".join(lines) + "\n").encode()


def code_rows(model: Model) -> bytes:
    """Return the statements that fill the tables of the code lists; of a code with several lines the newest counts."""
    writer = _Writer(model)
    lines = []
    for name, table in writer.code_tables.items():
        for code in model.standard.codes[name].by_code.values():
            values = (
                code.code,
                code.name.zh,
                code.name.en,
                code.fields.get("broader", ""),
                code.status,
                code.successor,
            )
            told = ", ".join("NULL" if not value else _text(value) for value in values)
            lines.append(f"INSERT INTO {quoted(table)} VALUES ({told});")
    return ("\n".join(lines) + "\n").encode()


class _Writer:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.first = model.standard.header.levels[0].id
        self.names = Names()
        self.tables: list[_Table] = []
        lists = {one.codes for shape in model.shapes.values() for one in shape.fields if one.codes is not None}
        self.code_tables = {name: self.names.take(f"code_{snake(name)}") for name in sorted(lists)}

    def add_kind(self, shape: Shape) -> None:
        """Add the table of a kind, and those of the lists inside."""
        table = _Table(self.names.take(snake(shape.name)), shape.title, None)
        self.tables.append(table)
        self._columns(table, shape, (), "", (shape.name,), True)

    def _columns(
        self, table: _Table, shape: Shape, way: tuple[str, ...], path: str, inside: tuple[str, ...], needed: bool
    ) -> None:
        for one in shape.fields:
            here, pointer = (*way, snake(one.name)), f"{path}/{one.name}"
            required = needed and one.level in ("", self.first)
            shallow = one.shape is not None and one.shape not in inside and len(inside) < _DEEPEST
            if one.many:
                self._list(table, one, here, pointer, inside, shallow)
            elif shallow:
                assert one.shape is not None
                inner = self.model.shapes[one.shape]
                self._columns(table, inner, here, pointer, (*inside, one.shape), required)
            else:
                table.columns.append(self._column(table, one, "_".join(here), pointer, required))

    def _list(
        self, table: _Table, one: Field, way: tuple[str, ...], pointer: str, inside: tuple[str, ...], shallow: bool
    ) -> None:
        child = _Table(self.names.take("_".join((table.name, *way))), one.title, table.name)
        self.tables.append(child)
        if shallow:
            assert one.shape is not None
            self._columns(child, self.model.shapes[one.shape], (), f"{pointer}/*", (*inside, one.shape), True)
        else:
            child.columns.append(self._column(child, one, "value", f"{pointer}/*", True))

    def _column(self, table: _Table, one: Field, name: str, pointer: str, required: bool) -> _Column:
        kind = "TEXT" if one.type in (OBJECT, ANY) else _TYPES[one.type]
        codes = one.codes if one.codes is not None and one.type == "string" else None
        note = f"{pointer} {one.title.zh} / {one.title.en}" + (" (JSON)" if one.type in (OBJECT, ANY) else "")
        return _Column(table.names.take(name), kind, note, required, codes)


def _create(table: _Table, lists: dict[str, str]) -> Iterator[str]:
    rows = [("id BIGINT PRIMARY KEY", "")]
    if table.parent is not None:
        rows += [
            (f"parent_id BIGINT NOT NULL REFERENCES {quoted(table.parent)} (id)", ""),
            ("position BIGINT NOT NULL", ""),
        ]
    for one in table.columns:
        parts = [quoted(one.name), one.type]
        if one.is_required:
            parts.append("NOT NULL")
        if one.codes is not None:
            parts.append(f"REFERENCES {quoted(lists[one.codes])} (code)")
        rows.append((" ".join(parts), one.note))
    yield f"CREATE TABLE {quoted(table.name)} ("
    for number, (text, note) in enumerate(rows, 1):
        comma = "," if number < len(rows) else ""
        yield f"  {text}{comma}" + (f" -- {_note(note)}" if note else "")
    yield ");"


def _code_table(name: str) -> Iterator[str]:
    yield f"CREATE TABLE {quoted(name)} ("
    yield "  code TEXT PRIMARY KEY,"
    yield "  name_zh TEXT, name_en TEXT, broader TEXT, status TEXT, successor TEXT"
    yield ");"


def _text(value: str) -> str:
    return literal(value.replace("\0", ""))


def _note(text: str) -> str:
    # A line break would end the comment; `clean` makes every one of them visible.
    return clean(text)
