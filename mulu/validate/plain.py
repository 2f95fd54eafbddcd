"""Which plain texts of columns queries ask for, so that each is made once and stands in the table.

Many rules compare names as `plain(name)`, and making a text plain takes longer than to read and compare it. Where such
a call names a column of a table of entries, which is read from DuckDB's own parse of the query, a column that holds its
value stands in its place. A call of which that is not known for sure stays as it is.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import duckdb

from mulu.pointer import objects_in
from mulu.validate.needs import node_of, parsed
from mulu.validate.staging import quoted

_OFTEN = 3
_RUNS = 64
"""For so many sets of rules and kinds it is kept; a process that validates many files asks for it again and again."""
_OWN = ("entry", "path", "position", "parent")

Column = tuple[str, ...]
Columns = Mapping[str, Mapping[Column, Column]]
"""Of each table its columns, and the members of those that are objects, in lower case: how they are called, if they are
texts; else nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `plain` in a query: its bytes, and the column of which table it is asked for."""

    begin: int
    end: int
    alias: str
    table: str
    column: Column


@dataclass(frozen=True, slots=True)
class PlainTexts:
    """Columns of plain texts by table, and for each query the calls in the place of which they stand."""

    columns: Mapping[str, list[Column]] = field(default_factory=dict)
    calls: Mapping[str, list[Call]] = field(default_factory=dict)

    def added(self, table: str, source: str) -> str:
        """Return the query for a table with its columns of plain texts."""
        calls = map(expression, self.columns.get(table, ()))
        columns = "".join(f", {call} as {quoted(call)}" for call in calls)
        return f"select *{columns} from ({source})" if columns else source

    def rewritten(self, query: str) -> str:
        """Return a query with these columns in the place of calls."""
        text = query.encode()
        for call in sorted(self.calls.get(query, ()), key=lambda call: -call.begin):
            text = text[: call.begin] + f"{call.alias}{quoted(expression(call.column))}".encode() + text[call.end :]
        return text.decode()


def plain_texts(connection: duckdb.DuckDBPyConnection, shapes: Mapping[str, Any], queries: list[str]) -> PlainTexts:
    """Return the columns that pay, as `queries` ask for them more than once or twice.

    `shapes` are the types of the columns of tables of entries (`structure`), by the tables' names.
    """
    return _plain_texts(json.dumps(shapes), tuple(queries), tuple(parsed(connection, queries)))


@lru_cache(maxsize=_RUNS)
def _plain_texts(shapes: str, queries: tuple[str, ...], parses: tuple[str, ...]) -> PlainTexts:
    columns = {name: _columns_of(shape) for name, shape in json.loads(shapes).items()}
    found = {query: calls_of(parse, columns) for query, parse in zip(queries, parses, strict=True)}
    times = Counter((call.table, call.column) for calls in found.values() for call in calls)
    by_table: dict[str, list[Column]] = {}
    for (table, column), number in sorted(times.items()):
        if number >= _OFTEN:
            by_table.setdefault(table, []).append(column)
    return PlainTexts(
        by_table,
        {
            query: [call for call in calls if call.column in by_table.get(call.table, ())]
            for query, calls in found.items()
        },
    )


def expression(column: Column) -> str:
    """Return the call for a column, which is the name of the column that holds its values as well."""
    return f"plain({'.'.join(map(quoted, column))})"


@dataclass(frozen=True, slots=True)
class _Scope:
    """What names mean in a SELECT: tables by the names that they have there, `None` for what is no table of entries.

    `grouped` are the columns of which there is one value a group.
    """

    tables: Mapping[str, str | None]
    grouped: Set[str] = frozenset()


def _columns_of(members: Any) -> dict[Column, Column]:
    """Return the columns of a table for `Columns`, by what `structure` says of its types."""
    if not isinstance(members, dict):
        members = {"value": members}
    return dict(_columns(dict.fromkeys(_OWN, "") | members))


def _columns(members: Mapping[str, Any], within: Column = ()) -> Iterator[tuple[Column, Column]]:
    for name, inner in members.items():
        path = (*within, name)
        yield tuple(step.lower() for step in path), path if inner in ("VARCHAR", None) else ()
        if isinstance(inner, dict):
            yield from _columns(inner, path)


def calls_of(parse: str, columns: Columns) -> list[Call]:
    """Return the calls in a query, by DuckDB's parse of it, that name a text of `columns`."""
    try:
        node = node_of(parse)
        return [*_Finder(columns, set(_given(node))).calls(node, ())]
    except (KeyError, ValueError, RecursionError):
        # No single SELECT, one nested beyond reason, or written down as another version of DuckDB does it.
        return []


def _given(value: Any) -> Iterator[str]:
    """Yield the names, in lower case, that a query gives to queries of WITH clauses and to columns."""
    for item in objects_in(value):
        yield from (each["key"].lower() for each in item.get("cte_map", {}).get("map", []))
        yield from map(str.lower, [*item.get("column_name_alias", []), *item.get("aliases", [])])
        if "class" in item and item.get("alias"):
            yield item["alias"].lower()


class _Finder:
    def __init__(self, columns: Columns, given: Set[str]) -> None:
        self.columns = columns
        self.given = given

    def calls(self, value: Any, scopes: tuple[_Scope, ...]) -> Iterator[Call]:
        """Yield the calls in a part of a parse; `scopes` are those of the queries around it, inner ones first."""
        if isinstance(value, list):
            for item in value:
                yield from self.calls(item, scopes)
        elif not isinstance(value, dict) or value.get("class") == "LAMBDA":
            # A lambda gives names of its own.
            return
        elif value.get("type") == "SELECT_NODE":
            yield from self._of_select(value, scopes)
        elif value.get("class") == "FUNCTION" and value["function_name"].lower() == "plain":
            yield from self._of_call(value, scopes)
        else:
            # What is selected by several queries together is ordered by names that they give.
            yield from self.calls([item for key, item in value.items() if key != "modifiers"], scopes)

    def _of_select(self, node: dict[str, Any], scopes: tuple[_Scope, ...]) -> Iterator[Call]:
        tables = dict(self._tables(node["from_table"]))
        rows = (_Scope(tables), *scopes)
        yield from self._of_table(node["from_table"], rows)
        yield from self.calls(node.get("where_clause"), rows)
        grouped = {
            item["column_names"][-1].lower()
            for item in [*node["select_list"], *node.get("group_expressions", [])]
            if item["class"] == "COLUMN_REF" and _is_grouped(node)
        }
        groups = (_Scope(tables, grouped), *scopes)
        yield from self.calls([item for key, item in node.items() if key not in ("from_table", "where_clause")], groups)

    def _of_table(self, table: dict[str, Any], scopes: tuple[_Scope, ...]) -> Iterator[Call]:
        """Yield the calls in a FROM clause; a query in it may see some of its neighbours, or none."""
        if table["type"] != "JOIN":
            yield from self.calls(table, ())
            return
        yield from self._of_table(table["left"], scopes)
        yield from self._of_table(table["right"], scopes)
        yield from self.calls([item for key, item in table.items() if key not in ("left", "right")], scopes)

    def _tables(self, table: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
        if table["type"] == "JOIN":
            yield from self._tables(table["left"])
            yield from self._tables(table["right"])
            return
        name = table.get("table_name", "").lower()
        is_known = name in self.columns and name not in self.given and table["type"] == "BASE_TABLE"
        is_itself = not {"schema_name", "catalog_name", "column_name_alias"} & table.keys()
        yield table.get("alias", name).lower(), name if is_known and is_itself else None

    def _of_call(self, call: dict[str, Any], scopes: tuple[_Scope, ...]) -> Iterator[Call]:
        (given,) = call["arguments"]
        if given["expression"]["class"] != "COLUMN_REF":
            yield from self.calls(given, scopes)
            return
        written = given["expression"]["column_names"]
        names = tuple(name.lower() for name in written)
        owner, path, grouped = self._owner(names, scopes)
        column = self.columns[owner].get(path) if owner is not None else None
        if owner is not None and column and not grouped & {*path}:
            begin = call["query_location"]
            alias = "" if path == names else f"{quoted(written[0])}."
            yield Call(begin, begin + call["query_location_length"], alias, owner, column)

    def _owner(self, names: Column, scopes: tuple[_Scope, ...]) -> tuple[str | None, Column, Set[str]]:
        """Return the table of which a column is, if that is sure, the column's own path, and what is grouped there."""
        for scope in scopes if names[0] not in self.given else ():
            if names[0] in scope.tables:
                return scope.tables[names[0]], names[1:], scope.grouped
            owners = [
                owner
                for owner in scope.tables.values()
                # What is no table of entries has no objects.
                if (len(names) == 1 if owner is None else names[:1] in self.columns[owner])
            ]
            if owners:
                return owners[0] if len(owners) == 1 else None, names, scope.grouped
        return None, names, frozenset()


def _is_grouped(node: dict[str, Any]) -> bool:
    return bool(node.get("group_expressions")) or node["aggregate_handling"] != "STANDARD_HANDLING"
