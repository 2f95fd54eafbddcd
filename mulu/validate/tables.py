"""Entries as tables: what rules query, derived from the schemas.

One table a kind, with an object of an entry as a STRUCT; one table for each array (`x-table`), with the JSON
Pointer and position of the element; the code lists; and `entries`, one line an entry of whatever kind. Each is read
from the spool by itself, and has no column of which no query speaks. All of it stands in an embedded DuckDB, in memory
or, if it is much, in a file, that cannot leave its own files once it is loaded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from mulu.pointer import pointer_of
from mulu.standard import Schemas, Standard
from mulu.standard.codes import columns_of
from mulu.standard.written import Schema
from mulu.validate.needs import needs
from mulu.validate.spool import Spool

_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
_PORTIONS = "mulu_portions"
_ALL = re.compile(
    r"(?:select|distinct|all|,|\.)\s*\*|\*\s*(?:from|exclude|replace)|\b(?:columns|natural)\b", re.IGNORECASE
)
_BATCH = 10_000
_MEMORY = "280MB"
_LITTLE = 16 * 2**20
_MUCH = 64 * 2**20
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


def shape_of(standard: Standard, kind: str, array: ArrayTable | None) -> Any:
    """Return what the table of a kind's entries, or of an array in them, is made by."""
    if array is not None:
        return [*array.steps, array.structure]
    return structure(standard.schemas, standard.schemas.resources[standard.schemas.effective[kind]])


class Tables:
    """A database of the entries of one run; close it when done.

    `size` is how many bytes of entries there are: of a few, planning a query takes longer than running it.
    """

    def __init__(self, standard: Standard, folder: Path, size: int = 0) -> None:
        config: dict[str, Any] = {
            "memory_limit": _MEMORY,
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": "64GB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
        if size < _LITTLE:
            # Threads within a query only cost time then; rules run beside each other all the same.
            config |= {"threads": 1, "disabled_optimizers": _FOR_MUCH}
        self.standard = standard
        # A file holds them compressed, at a tenth of the size; what memory has no room for would be written as it is.
        self.connection = duckdb.connect(str(folder / "tables.duckdb") if size > _MUCH else ":memory:", config=config)
        # Once a query takes two seconds it would be drawn on standard output, into what is written there.
        self.connection.execute("set enable_progress_bar = false")

    def load(self, spool: Spool, queries: Iterable[str], today: date, *, every: bool = False) -> set[str]:
        """Load the entries of the spool and what else `queries` name, then shut the door: no file can be read after.

        Returns those of `queries` that can find nothing in these entries, as they ask only for kinds that are not
        there, or cannot do without a table that is empty. What they alone name is loaded only if `every` is true.
        """
        run = self.connection.execute
        create_macros(self.connection)
        run(f"create macro validation_date() as date '{today.isoformat()}'")
        tables = tables_of(self.standard.schemas)
        absent = {name for name, (kind, _) in tables.items() if kind not in spool.present}
        words = {query: words_of(query) for query in queries}
        asked = {query: found & tables.keys() for query, found in words.items()}
        idle = {query for query, found in asked.items() if found and found <= absent}
        running = [query for query in words if every or query not in idle]
        wanted = set[str]().union(*(asked[query] for query in running))
        read = _Reading(self.standard, spool, columns_of_queries(running))
        run(f"create table {_PORTIONS} (filename varchar, start bigint)")
        for file, start in read.starts():
            run(f"insert into {_PORTIONS} values (?, ?)", [file, start])
        sizes = self._create({name: read.table(*tables[name]) for name in sorted(wanted - absent)})
        if any("entries" in words[query] for query in running):
            self._create({"entries": read.entries()})
        empty = absent | {name for name, size in sizes.items() if size == 0}
        doubtful = [query for query, found in asked.items() if found & empty and query not in idle]
        needed = zip(doubtful, needs(self.connection, doubtful), strict=True)
        idle |= {query for query, names in needed if names & empty}
        rest = set[str]().union(*(found for query, found in words.items() if every or query not in idle))
        codes = {f"code_{name.replace('-', '_')}": name for name in self.standard.codes}
        self._create(
            {name: read.empty(*tables[name]) for name in sorted(rest & absent)}
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
    # Nearly every text begins with a character of these two ranges, none of which is in `WHITE`; to trim takes
    # forty times as long as to look.
    run(
        "create macro blank(t) as t is null or case when t > '!' and t < '\x7f' or t > '\u4e00' and t < '\ufaff' "
        f"then false else trim(t, '{WHITE}') = '' end"
    )
    # All three ways give the same: most texts are plain already, others need not be composed. `translate` alone
    # takes thirty times as long as the first.
    drop = f"'{_DROPPED}', '', 'g'"
    run(
        f"create macro plain(t) as case when regexp_full_match(t, '[0-9a-z{_HAN}]*') then t "
        f"when regexp_full_match(t, '[{_SIMPLE}]*') then lower(regexp_replace(t, {drop})) "
        f"else regexp_replace(lower(nfc_normalize(translate(t, '{FULL}', '{HALF}'))), {drop}) end"
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
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Characters that only `lower` changes and only `_DROPPED` takes away, whatever stands beside them: ASCII but NUL, Latin
# signs, marks of typography, full-width marks, Chinese characters.
_SIMPLE = "\\x01-\\x7f\xa0-\xbf\u2000-\u2064\u3000-\u3003\u3008-\u3020！-／：-＠［-｀｛-～" + _HAN
_DROPPED = r"[\s\p{Z}\p{P}\p{S}\p{C}]+"
FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F) if chr(code) != "＇")
HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) != "＇")


class _Reading:
    """The queries that read tables from the spool; `columns` are the names that are asked for, `None`: all."""

    def __init__(self, standard: Standard, spool: Spool, columns: set[str] | None) -> None:
        self.schemas = standard.schemas
        self.spool = spool
        self.columns = columns
        self._moved = len(spool.portions) > 1

    def starts(self) -> Iterator[tuple[str, int]]:
        """Yield each file with what is to be added to the numbers of entries in it, if to any."""
        for kind in sorted(self.spool.present) if self._moved else ():
            yield from ((str(file), start) for file, start in self.spool.files(kind))

    def table(self, kind: str, array: ArrayTable | None) -> str:
        """Return the query for the table of a kind's entries, or of an array in them."""
        if array is not None:
            return self._elements(kind, array)
        columns = self._type(self.schemas.resources[self.schemas.effective[kind]])
        return f"select entry, unnest(doc) from ({self._read(kind, doc=columns)})"

    def empty(self, kind: str, array: ArrayTable | None) -> str:
        """Return the query for the same table without a row, of a kind that is not there."""
        if array is None:
            columns = self._type(self.schemas.resources[self.schemas.effective[kind]])
            return f"select 0::bigint as entry, unnest(null::{columns}) limit 0"
        inner = self._type(array.items)
        value = f"unnest(null::{inner})" if inner.startswith("STRUCT") else f"null::{inner} as value"
        return (
            "select 0::bigint as entry, ''::varchar as path, 0::bigint as position, ''::varchar as parent, "
            f"{value} limit 0"
        )

    def entries(self) -> str:
        """Return the query for one line an entry, of whatever kind."""
        texts = dict.fromkeys(("kind", "identifier", "name", "owner"), "VARCHAR")
        sources = [
            f"select entry, kind, identifier, name, owner from ({self._read(kind, **texts)})"
            for kind in sorted(self.spool.present)
        ]
        return " union all ".join(sources)

    def _read(self, kind: str, /, **columns: str) -> str:
        """Return the query for columns of the lines of a kind; what is no value of its column is null."""
        files = ", ".join(_literal(str(file)) for file, _ in self.spool.files(kind))
        types = ", ".join(f"{name}: {_literal(type)}" for name, type in {"entry": "BIGINT", **columns}.items())
        longest = max(2**20, self.spool.longest + 1)
        source = (
            f"read_json([{files}], format = 'newline_delimited', columns = {{{types}}}, ignore_errors = true, "
            f"maximum_object_size = {longest}"
        )
        names = ", ".join(columns)
        if not self._moved:
            return f"select entry, {names} from {source})"
        return (
            f"select r.entry + p.start as entry, {names} from {source}, filename = true) r "
            f"join {_PORTIONS} p on p.filename = r.filename"
        )

    def _elements(self, kind: str, array: ArrayTable) -> str:
        """Return the query for the elements of one array: unnest each array on the way, with the pointer so far."""
        groups = split(array.steps)
        type = self._type(array.items)
        for group in reversed(groups):
            type = f"{type}[]"
            for step in reversed(group):
                type = f"STRUCT({_quoted(step)} {type})"
        source = (
            "select entry, identifier as parent, '' as path, 0::bigint as position, doc as value "
            f"from ({self._read(kind, identifier='VARCHAR', doc=type)})"
        )
        for group in groups:
            inner = ".".join(["value", *map(_quoted, group)])
            source = (
                f"select entry, parent, path || {_literal(pointer_of(group) + '/')} || (position - 1) as path, "
                f"position, value from (select entry, parent, path, unnest({inner}) as value, "
                f"generate_subscripts({inner}, 1) as position from ({source}))"
            )
        columns = "unnest(value)" if self._type(array.items).startswith("STRUCT") else "value"
        return f"select entry, path, position, parent, {columns} from ({source})"

    def _type(self, schema: Schema) -> str:
        return _type_of(pruned(structure(self.schemas, schema), self.columns))


def columns_of_queries(queries: Iterable[str]) -> set[str] | None:
    """Return every name that queries may use; `None` if one asks for all columns of something."""
    if any(_ALL.search(query) for query in queries):
        return None
    return set[str]().union(*map(words_of, queries))


def pruned(members: Any, columns: set[str] | None) -> Any:
    """Return those members of a `structure` that `columns` name; all, if they name none."""
    if not isinstance(members, dict):
        return members
    inner = {name: pruned(member, columns) for name, member in members.items()}
    return {name: member for name, member in inner.items() if _is_asked(name, columns)} or inner


def _is_asked(name: str, columns: set[str] | None) -> bool:
    # What is no word of ASCII is not found by `words_of`.
    return columns is None or name.lower() in columns or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)


def _type_of(members: Any) -> str:
    """Return the SQL type of what `structure` describes."""
    if isinstance(members, dict):
        return f"STRUCT({', '.join(f'{_quoted(name)} {_type_of(inner)}' for name, inner in members.items())})"
    return str(members or "VARCHAR")


def split(steps: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Cut the way to an array at the positions of outer arrays: (a, b, *, c) -> [(a, b), (c,)]."""
    groups: list[list[str]] = [[]]
    for step in steps:
        if step == "*":
            groups.append([])
        else:
            groups[-1].append(step)
    return [tuple(group) for group in groups]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
