"""Which tables a standard's entries make, derived from the schemas: their names, and the types of their columns."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from mulu.standard import Schemas, Standard
from mulu.standard.written import Schema

_QUERIES = 4_096
"""Of how many queries is kept what they name; each table asks for it again."""
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
_ALL = re.compile(
    r"\b(\w+)\.\*|(?:select|distinct|all|,|\.)\s*\*|\*\s*(?:from|exclude|replace)|\b(?:columns|natural)\b",
    re.IGNORECASE,
)
_ALL_OF = re.compile(r"\b(\w+)\.\*")
# Texts and comments: words in them are no words of SQL.
_UNREAD = re.compile(r"\be'(?:\\.|[^'\\])*'|'[^']*'|(\$\w*\$).*?\1|--[^\n]*|/\*.*?\*/", re.IGNORECASE | re.DOTALL)


class ArrayTable(NamedTuple):
    """A table of the elements of one array; `steps` leads to the array, `*` stands for positions of outer ones."""

    name: str
    steps: tuple[str, ...]
    items: Schema
    schemas: Schemas

    @property
    def structure(self) -> Any:
        """The types of an element, see `structure`."""
        return structure(self.schemas, self.items)


def structure(schemas: Schemas, schema: Schema, within: tuple[str, ...] = ()) -> Any:
    """Return the types of a value of `schema` as columns: a type's name, or an object of them; arrays are left out."""
    shape = schemas.shape(schema)
    anchor = shape.get("$dynamicAnchor")
    if anchor in within:
        # An object inside one of its own kind could go on for ever; rules see the outermost.
        return None
    inside = (*within, anchor) if anchor else within
    members = {
        name: inner
        for name, member in schemas.members(schema).items()
        if (inner := structure(schemas, member, inside)) is not None
    }
    if members:
        return members
    kind = shape.get("type")
    if kind is None and ("const" in shape or "enum" in shape):
        return "VARCHAR"
    return _TYPES.get(kind) if isinstance(kind, str) else None


def array_tables(schemas: Schemas, kind: str) -> list[ArrayTable]:
    """Return the tables of the arrays of `kind`, outer ones first."""

    def walk(schema: Schema, steps: tuple[str, ...], seen: tuple[str, ...]) -> Iterator[ArrayTable]:
        for name, member in schemas.members(schema).items():
            inner = schemas.shape(member)
            here = (*steps, name)
            if "x-table" in member and isinstance(inner.get("items"), dict):
                items = inner["items"]
                yield ArrayTable(f"{kind}_{member['x-table']}", here, items, schemas)
                inner, member, here = schemas.shape(items), items, (*here, "*")
            anchor = inner.get("$dynamicAnchor", name)
            if anchor not in seen:
                yield from walk(member, here, (*seen, anchor))

    return list(walk(schemas.resources[schemas.effective[kind]], (), (kind,)))


@lru_cache(maxsize=_QUERIES)
def words_of(query: str) -> frozenset[str]:
    """Return every word of a query, in lower case: the names of its tables are among them."""
    return frozenset(re.findall(r"[a-z_][a-z0-9_]*", query.lower()))


def columns_of_queries(queries: Iterable[str]) -> set[str] | None:
    """Return every name that queries may use; `None` if one asks for all columns of a table."""
    every = list(queries)
    if any(map(_asks_for_all, every)):
        return None
    return set[str]().union(*map(words_of, every))


@lru_cache(maxsize=_QUERIES)
def _asks_for_all(query: str) -> bool:
    if not _ALL.search(query):
        return False
    bare = _UNREAD.sub("''", query)
    # All columns of a query in brackets are those that it names.
    named = {name for name in _ALL_OF.findall(bare) if _is_of_brackets(name, bare)}
    return any(match[1] not in named for match in _ALL.finditer(bare))


def _is_of_brackets(name: str, query: str) -> bool:
    """Whether a name is given to queries in brackets alone."""
    *given, _ = re.split(rf"\b{name}\b(?!\.)", query, flags=re.IGNORECASE)
    return all(map(_ends_with_bracket, given))


def _ends_with_bracket(text: str) -> bool:
    """Whether a text ends with a closing bracket, which AS may follow."""
    bare = text.rstrip()
    if bare != text and bare[-2:].lower() == "as":
        bare = bare[:-2].rstrip()
    return bare.endswith(")")


def split(steps: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Cut the way to an array at the positions of outer arrays: (a, b, *, c) -> [(a, b), (c,)]."""
    groups: list[list[str]] = [[]]
    for step in steps:
        if step == "*":
            groups.append([])
        else:
            groups[-1].append(step)
    return [tuple(group) for group in groups]


# A process validates by one standard, or compares a few.
@lru_cache(maxsize=4)
def tables_of(schemas: Schemas) -> dict[str, tuple[str, ArrayTable | None]]:
    """Return the tables of all kinds by name: the kind, and the array if it is not the table of the entries."""
    found: dict[str, tuple[str, ArrayTable | None]] = {}
    for kind in schemas.kinds:
        found |= {table_of(kind, array): (kind, array) for array in (None, *array_tables(schemas, kind))}
    return found


def table_of(kind: str, array: ArrayTable | None) -> str:
    """Return the name of the table of a kind's entries, or of an array in them."""
    return (array.name if array else kind).replace("-", "_")


def shape_of(standard: Standard, kind: str, array: ArrayTable | None, columns: set[str] | None) -> Any:
    """Return what the table of a kind's entries, or of an array in them, is made by for a query of these columns."""
    if array is not None:
        return [*array.steps, pruned(array.structure, columns)]
    schema = standard.schemas.resources[standard.schemas.effective[kind]]
    return pruned(structure(standard.schemas, schema), columns)


def is_asked(name: str, columns: set[str] | None) -> bool:
    """Whether a query that names `columns`, in lower case, may speak of a property; `None`: it names all."""
    # What is no word of ASCII is not found by `words_of`.
    return columns is None or name.lower() in columns or not _WORD.fullmatch(name)


def pruned(members: Any, columns: set[str] | None) -> Any:
    """Return the members that a query may speak of; all, if it speaks of none."""
    if not isinstance(members, dict):
        return members
    kept = {name: pruned(inner, columns) for name, inner in members.items() if is_asked(name, columns)}
    return kept or {name: pruned(inner, columns) for name, inner in members.items()}
