"""The tables that rules ask, as views of a session: of the same names and columns as on one machine.

They are made of a view `mulu_entries`: `entry`, `kind`, `identifier`, `name`, `owner` and `doc`, the JSON text that
rules see of an entry. What was read for one rule is kept for the others, in memory and on the executors' disks.
"""

from collections.abc import Iterable
from typing import Any

import duckdb

from mulu.pointer import pointer_of
from mulu.standard import Standard
from mulu.standard.rules import Suggest
from mulu.validate.needs import needs
from mulu.validate.shapes import (
    ArrayTable,
    columns_of_queries,
    pruned,
    split,
    structure,
    tables_of,
    words_of,
)
from mulu.validate.tables import KNOWN, codes_source

ENTRIES = "mulu_entries"
_NONE = "mulu_no_entries"
_TYPES = {"VARCHAR": "string", "BIGINT": "bigint", "DOUBLE": "double", "BOOLEAN": "boolean"}


def idle(standard: Standard, present: set[str], queries: Iterable[str]) -> set[str]:
    """Return the queries that can find nothing, as the entries are of the kinds `present` only."""
    tables = tables_of(standard.schemas)
    absent = {name for name, (kind, _) in tables.items() if kind not in present}
    every = list(queries)
    with duckdb.connect(":memory:") as connection:
        needed = needs(connection, every)
    asked = [words_of(query) & tables.keys() for query in every]
    return {
        query
        for query, found, names in zip(every, asked, needed, strict=True)
        if names & absent or (found and found <= absent)
    }


def create(session: Any, standard: Standard, present: set[str], queries: list[str]) -> list[Any]:
    """Create the views that `queries` ask; returns those frames that are to be given back in the end."""
    words = set[str]().union(*map(words_of, queries)) if queries else set()
    columns = columns_of_queries(queries)
    kept = []
    session.sql(f"select * from {ENTRIES} where false").createOrReplaceTempView(_NONE)
    for name, (kind, array) in tables_of(standard.schemas).items():
        if name in words:
            source = ENTRIES if kind in present else _NONE
            frame = session.sql(_table(standard, source, kind, array, columns))
            if kind in present:
                kept.append(frame.persist())
            frame.createOrReplaceTempView(name)
    if "entries" in words:
        session.sql(f"select entry, kind, identifier, name, owner from {ENTRIES}").createOrReplaceTempView("entries")
    for code in standard.codes:
        name = f"code_{code.replace('-', '_')}"
        if name in words:
            _codes(session, standard, code).createOrReplaceTempView(name)
    return kept


def lines(session: Any, suggest: Suggest) -> list[tuple[str | None, ...]]:
    """Return the lines of the list that `suggest` names, each once, as `Tables.lines` does."""
    names = [_quoted(column) for _, column in suggest.by]
    columns = ", ".join(f"cast({name} as string) as {name}" for name in names)
    order = ", ".join(f"{name} nulls last" for name in names)
    query = f"select distinct {columns} from {_quoted(suggest.table)} order by {order} limit {KNOWN}"
    return [tuple(row) for row in session.sql(query).collect()]


def _table(standard: Standard, source: str, kind: str, array: ArrayTable | None, columns: set[str] | None) -> str:
    """Return the query for the table of a kind's entries, or of an array in them."""
    schemas = standard.schemas
    if array is None:
        shape = _type_of(pruned(structure(schemas, schemas.resources[schemas.effective[kind]]), columns))
        return f"select entry, doc.* from ({_read(source, kind, 'doc', shape)})"
    groups = split(array.steps)
    shape = inner = _type_of(pruned(array.structure, columns))
    for group in reversed(groups):
        shape = f"array<{shape}>"
        for step in reversed(group):
            shape = f"struct<{_quoted(step)}: {shape}>"
    query = _read(source, kind, "identifier as parent, '' as path, 0L as position, doc as value", shape)
    for group in groups:
        value = ".".join(["value", *map(_quoted, group)])
        query = (
            f"select entry, parent, concat(path, {_literal(pointer_of(group) + '/')}, at) as path, "
            f"cast(at + 1 as bigint) as position, element as value from ({query}) "
            f"lateral view posexplode({value}) as at, element"
        )
    return (
        f"select entry, path, position, parent, {'value.*' if inner.startswith('struct') else 'value'} from ({query})"
    )


def _read(source: str, kind: str, columns: str, shape: str) -> str:
    return (
        f"select entry, {columns} from (select entry, identifier, from_json(doc, {_literal(shape)}) as doc "
        f"from {source} where kind = {_literal(kind)})"
    )


def _codes(session: Any, standard: Standard, name: str) -> Any:
    """Return the table of a code list."""
    with duckdb.connect(":memory:") as connection:
        result = connection.execute(codes_source(standard, name))
        columns = ", ".join(f"{_quoted(column[0])} string" for column in result.description or ())
        return session.createDataFrame(result.fetchall(), columns)


def _type_of(members: Any) -> str:
    """Return the type of Spark for what `structure` describes."""
    if isinstance(members, dict):
        return f"struct<{', '.join(f'{_quoted(name)}: {_type_of(inner)}' for name, inner in members.items())}>"
    return _TYPES[members or "VARCHAR"]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
