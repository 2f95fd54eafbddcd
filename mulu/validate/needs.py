"""What a query cannot do without: tables that leave it without a row if one of them is empty.

Planning a query costs milliseconds, and half of a standard's rules compare entries of one kind with entries of
another. In a file that holds no entry of the other kind they need not be planned. Which tables those are is read
from DuckDB's own parse of the query; what is not known here for sure counts as something that can be done without.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import orjson

from mulu.pointer import objects_in

# Functions that give a value for each row. A query without groups that calls any other may count its rows, and then
# has one although there are none.
_ROW_BY_ROW = frozenset(
    "|| + - * abs blank coalesce first_day last_day length lower nullif plain regexp_matches replace substr substring "
    "upper validation_date".split()
)
_NAMED = Mapping[str, frozenset[str]]
_NOTHING: frozenset[str] = frozenset()
_known: dict[str, frozenset[str]] = {}
"""What the queries so far need; a process that validates many files asks them again and again."""
_parses: dict[str, str] = {}


def needs(connection: duckdb.DuckDBPyConnection, queries: list[str]) -> list[frozenset[str]]:
    """Return for each query the tables, in lower case, of which none may be empty if it is to yield a row."""
    new = [query for query in queries if query not in _known]
    _known.update(zip(new, map(_of_text, parsed(connection, new)), strict=True))
    return [_known[query] for query in queries]


def parsed(connection: duckdb.DuckDBPyConnection, queries: list[str]) -> list[str]:
    """Return DuckDB's parse of each query, as JSON; each is parsed once a process."""
    new = list({query: None for query in queries if query not in _parses})
    if new:
        rows = connection.execute(
            "select json_serialize_sql(query, skip_default := true) "
            "from (select unnest(?::varchar[]) as query, unnest(?::bigint[]) as place) order by place",
            [new, list(range(len(new)))],
        ).fetchall()
        _parses.update((query, text) for query, (text,) in zip(new, rows, strict=True))
    return [_parses[query] for query in queries]


def node_of(text: str) -> dict[str, Any]:
    """Return the query in a parse; raises `KeyError` or `ValueError` if it is no single SELECT."""
    (statement,) = orjson.loads(text)["statements"]
    node: dict[str, Any] = statement["node"]
    return node


def _of_text(text: str) -> frozenset[str]:
    try:
        return _of_query(node_of(text), {})
    except (KeyError, ValueError, RecursionError):
        # No single SELECT, one nested beyond reason, or written down as another version of DuckDB does it.
        return _NOTHING


def _of_query(node: dict[str, Any], named: _NAMED) -> frozenset[str]:
    """Return what a query needs; `named` holds what the queries of the WITH clauses around it need."""
    for item in node.get("cte_map", {}).get("map", []):
        named = {**named, item["key"].lower(): _of_query(item["value"]["query_node"], named)}
    if node["type"] == "SET_OPERATION_NODE":
        parts = [_of_query(part, named) for part in node["children"]]
        if node["setop_type"] in ("UNION", "UNION_BY_NAME"):
            return frozenset.intersection(*parts)
        return parts[0] if node["setop_type"] == "EXCEPT" else _NOTHING
    if node["type"] != "SELECT_NODE" or not (_is_grouped(node) or _is_row_by_row(node)):
        return _NOTHING
    return _of_table(node["from_table"], named) | _of_condition(node.get("where_clause"), named)


def _is_grouped(node: dict[str, Any]) -> bool:
    """Whether the rows are grouped by something; without a row there is no group then."""
    sets = node.get("group_sets", [])
    return bool(node.get("group_expressions")) and len(sets) == 1 and len(sets[0]) > 0


def _is_row_by_row(node: dict[str, Any]) -> bool:
    if {"group_expressions", "group_sets", "having"} & set(node):
        return False
    if node.get("aggregate_handling", "STANDARD_HANDLING") != "STANDARD_HANDLING":
        return False
    rest = [value for key, value in node.items() if key not in ("from_table", "where_clause", "cte_map")]
    return all(name in _ROW_BY_ROW for name in _calls(rest))


def _calls(value: Any) -> Iterator[str]:
    for node in objects_in(value):
        if node.get("class") == "FUNCTION":
            yield str(node.get("function_name", "")).lower()


def _of_table(table: dict[str, Any], named: _NAMED) -> frozenset[str]:
    kind = table["type"]
    if kind == "BASE_TABLE" and not table.get("schema_name") and not table.get("catalog_name"):
        name = table["table_name"].lower()
        return named[name] if name in named else frozenset((name,))
    if kind == "SUBQUERY":
        return _of_query(table["subquery"]["node"], named)
    if kind == "JOIN" and table["ref_type"] in ("REGULAR", "CROSS"):
        left = _of_table(table["left"], named)
        if table["join_type"] == "INNER":
            return left | _of_table(table["right"], named)
        return left if table["join_type"] == "LEFT" else _NOTHING
    return _NOTHING


def _of_condition(condition: dict[str, Any] | None, named: _NAMED) -> frozenset[str]:
    """Return what must not be empty for a condition to be true."""
    if condition is None:
        return _NOTHING
    if condition["class"] == "CONJUNCTION":
        parts = [_of_condition(part, named) for part in condition["children"]]
        return frozenset.union(*parts) if condition["type"] == "CONJUNCTION_AND" else frozenset.intersection(*parts)
    if condition["class"] == "SUBQUERY" and condition["subquery_type"] in ("EXISTS", "ANY"):
        return _of_query(condition["subquery"]["node"], named)
    return _NOTHING
