"""Entries as tables: what rules query, derived from the schemas.

One table a kind, with an object of an entry as a STRUCT; one table for each array (`x-table`), with the JSON
Pointer and position of the element; the code lists; and `entries`, one line an entry of whatever kind. All of
it stands in an embedded DuckDB that cannot leave its own memory and temporary folder once it is loaded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import orjson

from mulu.pointer import pointer_of
from mulu.standard import Schemas, Standard
from mulu.standard.codes import columns_of
from mulu.standard.written import Schema
from mulu.validate.needs import needs

_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
RAW = "mulu_raw"
_BATCH = 10_000
# What an optimizer gains by looking at the values of columns, it loses on a few entries.
_FOR_MUCH = "statistics_propagation,join_filter_pushdown,compressed_materialization"


@dataclass(frozen=True, slots=True)
class ArrayTable:
    """A table of the elements of one array; `steps` leads to the array, `*` stands for positions of outer ones."""

    name: str
    steps: tuple[str, ...]
    items: Schema
    schemas: Schemas

    @property
    def structure(self) -> Any:
        """What `json_transform` needs for an element."""
        return structure(self.schemas, self.items)


def structure(schemas: Schemas, schema: Schema, within: tuple[str, ...] = ()) -> Any:
    """Return what `json_transform` needs for a value of `schema`: a type's name, or an object of them."""
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


def words_of(query: str) -> set[str]:
    """Return every word of a query, in lower case: the names of its tables are among them."""
    return set(re.findall(r"[a-z_][a-z0-9_]*", query.lower()))


def tables_of(schemas: Schemas) -> dict[str, tuple[str, ArrayTable | None]]:
    """Return the tables of all kinds by name: the kind, and the array if it is not the table of the entries."""
    found: dict[str, tuple[str, ArrayTable | None]] = {}
    for kind in schemas.kinds:
        found[kind.replace("-", "_")] = kind, None
        found |= {array.name.replace("-", "_"): (kind, array) for array in array_tables(schemas, kind)}
    return found


class Tables:
    """A database of the entries of one run; close it when done.

    `little` says that there are so few entries that planning a query takes longer than running it.
    """

    def __init__(self, standard: Standard, folder: Path, *, memory: str = "2GB", little: bool = False) -> None:
        config: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": "16GB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
        if little:
            # Threads within a query only cost time then; rules run beside each other all the same.
            config |= {"threads": 1, "disabled_optimizers": _FOR_MUCH}
        self.standard = standard
        self.connection = duckdb.connect(":memory:", config=config)

    def load(self, entries: Path, queries: Iterable[str], today: date, *, every: bool = False) -> set[str]:
        """Load the entries of the JSON Lines file `entries` and what else `queries` name, then shut the door.

        A line holds `entry` (number), `kind`, `identifier`, `name`, `owner`, `origin` (text) and `doc` (the
        entry without the values that its schema rejected). After this call no file can be read.

        Returns those of `queries` that can find nothing in these entries, as they ask only for kinds that are not
        there, or cannot do without a table that is empty. What they alone name is loaded only if `every` is true.
        """
        run = self.connection.execute
        texts = ", ".join(f"{name}: 'VARCHAR'" for name in ("kind", "identifier", "name", "owner", "key", "origin"))
        columns = f"{{entry: 'BIGINT', {texts}, doc: 'JSON'}}"
        run(
            f"create table {RAW} as select * from read_json(?, format = 'newline_delimited', columns = {columns}, "
            "maximum_object_size = 67108864)",
            [str(entries)],
        )
        create_macros(self.connection)
        run(f"create macro validation_date() as date '{today.isoformat()}'")
        run(f"create view entries as select entry, kind, identifier, name, owner from {RAW}")
        present = {kind for (kind,) in run(f"select distinct kind from {RAW}").fetchall()}
        tables = tables_of(self.standard.schemas)
        absent = {name for name, (kind, _) in tables.items() if kind not in present}
        words = {query: words_of(query) for query in queries}
        asked = {query: found & tables.keys() for query, found in words.items()}
        idle = {query for query, found in asked.items() if found and found <= absent}
        wanted = set[str]().union(*(found for query, found in asked.items() if query not in idle))
        sizes = self._create({name: self._source(*tables[name]) for name in sorted(wanted - absent)})
        empty = absent | {name for name, size in sizes.items() if size == 0}
        doubtful = [query for query, found in asked.items() if found & empty and query not in idle]
        needed = zip(doubtful, needs(self.connection, doubtful), strict=True)
        idle |= {query for query, names in needed if names & empty}
        rest = set[str]().union(*(found for query, found in words.items() if every or query not in idle))
        codes = {f"code_{name.replace('-', '_')}": name for name in self.standard.codes}
        self._create(
            {name: self._source(*tables[name]) for name in sorted(rest & absent)}
            | {name: codes_source(self.standard, codes[name]) for name in sorted(rest & codes.keys())}
        )
        # Extensions and configuration are fixed before anything of a standard's rules is run.
        run("set enable_external_access = false")
        run("set lock_configuration = true")
        return idle

    def _create(self, sources: dict[str, str]) -> dict[str, int]:
        """Create each table from its query; return how many rows each has."""
        run = self.connection.execute
        return {
            table: int(run(f"create table {_quoted(table)} as {source}").fetchall()[0][0])
            for table, source in sources.items()
        }

    def _source(self, kind: str, array: ArrayTable | None) -> str:
        """Return the query for the table of a kind's entries or of an array in them."""
        if array is not None:
            return _elements(kind, array)
        schemas = self.standard.schemas
        shape = structure(schemas, schemas.resources[schemas.effective[kind]])
        return (
            f"select entry, unnest(json_transform(doc, {_json(shape)})) from {RAW} "
            f"where kind = {_literal(kind)} order by entry"
        )

    def run(self, query: str) -> Iterator[tuple[int | None, str, dict[str, Any]]]:
        """Run a rule's query; yield (entry, pointer, parameters) in this order.

        Raises `duckdb.Error`, and `ValueError` if the query is not one SELECT that yields `entry` and `path`. May be
        called in several threads at once.
        """
        connection = self.connection.cursor()
        statements = connection.extract_statements(
            f"select * from ({query.rstrip().rstrip(';')}\n) order by entry, path"
        )
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ValueError("a rule's query is one SELECT")
        result = connection.execute(statements[0])
        names = [column[0] for column in result.description]
        if "entry" not in names or "path" not in names:
            raise ValueError("a rule's query yields the columns entry and path")
        return _rows(result, names)

    def lines(self, places: list[tuple[int | None, str]]) -> list[str | None]:
        """Return what each entry says of itself, where something was found at a pointer of it.

        It is JSON text: `identifier`, `name`, `owner`, `key`, `kind`, `origin`, and as JSON text again the `value` at
        the pointer and, where the pointer goes through an array, the entry as `doc`, since an array's element must be
        told by its own key.
        """
        rows = self.connection.cursor().execute(
            "select to_json({kind: r.kind, identifier: r.identifier, name: r.name, owner: r.owner, key: r.key, "
            "origin: r.origin, value: case when p.path <> '' then json_extract(r.doc, p.path)::varchar end, "
            "doc: case when regexp_matches(p.path, '/[0-9]+(/|$)') then r.doc::varchar end})::varchar "
            "from (select unnest(?::bigint[]) as entry, unnest(?::varchar[]) as path, unnest(?::bigint[]) as place) p "
            f"left join {RAW} r on r.entry = p.entry order by p.place",
            [[entry for entry, _ in places], [path for _, path in places], list(range(len(places)))],
        )
        return [line for (line,) in rows.fetchall()]

    def close(self) -> None:
        """Give back the memory."""
        self.connection.close()


def _rows(result: Any, names: list[str]) -> Iterator[tuple[int | None, str, dict[str, Any]]]:
    while rows := result.fetchmany(_BATCH):
        for row in rows:
            values = dict(zip(names, row, strict=True))
            yield values.pop("entry"), values.pop("path") or "", values


def codes_source(standard: Standard, name: str) -> str:
    """Return the query for the table of a code list; it reads the list's file."""
    path = standard.codes.paths[name]
    columns = ", ".join(
        f"nullif(trim({_quoted(column)}), '') as {_quoted(column.replace('.', '_'))}" for column in columns_of(path)
    )
    return (
        f"select {columns} from read_csv({_literal(str(path))}, header = true, all_varchar = true, "
        "delim = ',', quote = '\"', escape = '\"', null_padding = false, strict_mode = true)"
    )


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a database the functions that rules may use beside its own, but for the day of the run."""
    run = connection.execute
    run(f"create macro blank(t) as t is null or trim(t, '{WHITE}') = ''")
    run(
        r"create macro plain(t) as regexp_replace(lower(nfc_normalize(translate(t, "
        f"'{FULL}', '{HALF}'))), '[\\s\\p{{Z}}\\p{{P}}\\p{{S}}\\p{{C}}]+', '', 'g')"
    )
    run(
        "create macro first_day(t) as case "
        "when regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast(substr(t, 1, 10) as date) "
        "when regexp_matches(t, '^[0-9]{4}-[0-9]{2}$') then try_cast(t || '-01' as date) "
        "when regexp_matches(t, '^[0-9]{4}$') then try_cast(t || '-01-01' as date) end"
    )
    run(
        "create macro last_day(t) as case "
        "when regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast(substr(t, 1, 10) as date) "
        "when regexp_matches(t, '^[0-9]{4}-[0-9]{2}$') "
        "then cast(try_cast(t || '-01' as date) + interval 1 month - interval 1 day as date) "
        "when regexp_matches(t, '^[0-9]{4}$') then try_cast(t || '-12-31' as date) end"
    )


# What a regular expression knows as \s or \p{Z}, and the spaces without width U+200B and U+FEFF. A text of nothing
# else is empty when trimmed, which is planned and run in less time than a regular expression.
WHITE = "\t\n\f\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F) if chr(code) != "＇")
HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) != "＇")


def _split(steps: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Cut the way to an array at the positions of outer arrays: (a, b, *, c) -> [(a, b), (c,)]."""
    groups: list[list[str]] = [[]]
    for step in steps:
        if step == "*":
            groups.append([])
        else:
            groups[-1].append(step)
    return [tuple(group) for group in groups]


def _elements(kind: str, array: ArrayTable) -> str:
    """Return the query for the elements of one array: unnest each array on the way, carrying the pointer along."""
    source = (
        "select entry, identifier as parent, '' as path, 0::bigint as position, doc as value "
        f"from {RAW} where kind = {_literal(kind)}"
    )
    for group in _split(array.steps):
        member = pointer_of(group)
        inner = f"json_extract(value, {_literal(member)})"
        source = (
            f"select entry, parent, path || {_literal(member + '/')} || (position - 1) as path, position, value "
            "from ("
            f"select entry, parent, path, unnest(json_extract({inner}, '$[*]')) as value, "
            f"generate_subscripts(json_extract({inner}, '$[*]'), 1) as position from ({source}) "
            f"where json_type({inner}) = 'ARRAY')"
        )
    shape = array.structure
    columns = f"json_transform(value, {_json(shape)})"
    columns = f"unnest({columns})" if isinstance(shape, dict) else f"{columns} as value"
    return f"select entry, path, position, parent, {columns} from ({source}) order by entry, path"


def _json(value: Any) -> str:
    return _literal(orjson.dumps(value).decode())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
