"""Entries as tables: what rules query, derived from the schemas.

One table a kind, with an object of an entry as a STRUCT; one table for each array (`x-table`), with the JSON
Pointer and position of the element; the code lists; and `entries`, one line an entry of whatever kind. Each is read
from the spool by itself, and has no column of which no query that names it speaks. All of it stands in an embedded
DuckDB, in memory or, if it is much, in a file, that cannot leave its own files once it is loaded.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from weakref import WeakSet

import duckdb

from mulu.standard import Standard
from mulu.standard.codes import columns_of
from mulu.standard.rules import Suggest
from mulu.validate.failed import RuleFailed
from mulu.validate.needs import needs
from mulu.validate.plain import PlainTexts, plain_texts
from mulu.validate.shapes import ArrayTable, columns_of_queries, is_asked, tables_of, words_of
from mulu.validate.spool import Spool
from mulu.validate.staging import PORTIONS, STAGE, Staging, literal, quoted

KNOWN = 100_000
"""How many lines of a list are looked at for what a value was meant to be."""
_BATCH = 1_000
_MEMORY = "280MB"
_LITTLE = 16 * 2**20
_MUCH = 160 * 2**20
# What an optimizer gains by looking at the values of columns, it loses on a few entries.
_FOR_MUCH = "statistics_propagation,join_filter_pushdown,compressed_materialization"


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
            # To keep the order of much takes memory for which its threads wait for each other. Rules ask for an order
            # where they need one.
            "preserve_insertion_order": size < _LITTLE,
            # The file is never opened again: to bring it up to date in between takes a tenth of the time of all.
            "checkpoint_threshold": "1TB",
        }
        if size < _LITTLE:
            # Threads within a query only cost time then; rules run beside each other all the same.
            config |= {"threads": 1, "disabled_optimizers": _FOR_MUCH}
        self.standard = standard
        # A file holds them compressed, at a tenth of the size; what memory has no room for would be written as it is.
        self.connection = duckdb.connect(str(folder / "tables.duckdb") if size > _MUCH else ":memory:", config=config)
        self._plain = PlainTexts()
        self._cursors: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
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
        columns = {
            name: columns_of_queries(query for query in running if name in words[query]) for name in sorted(wanted)
        }
        read = Staging(self.standard, spool, columns)
        present = {name: tables[name] for name in sorted(wanted - absent)}
        # Who asks for all columns of a table is not to find more in it.
        shapes = {name: read.shape(*table) for name, table in present.items() if columns[name] is not None}
        asking = [query for query in running if "plain" in words[query]]
        self._plain = plain_texts(self.connection, shapes, asking)
        sizes = self._read(read, present, any("entries" in words[query] for query in running))
        empty = absent | {name for name, size in sizes.items() if size == 0}
        doubtful = [query for query, found in asked.items() if found & empty and query not in idle]
        needed = zip(doubtful, needs(self.connection, doubtful), strict=True)
        idle |= {query for query, names in needed if names & empty}
        running = [query for query in words if every or query not in idle]
        rest = set[str]().union(*(words[query] for query in running))
        codes = {f"code_{name.replace('-', '_')}": name for name in self.standard.codes}
        self._create(
            {name: read.empty(*tables[name]) for name in sorted(rest & absent)}
            | {
                name: codes_source(
                    self.standard, codes[name], columns_of_queries(q for q in running if name in words[q])
                )
                for name in sorted(rest & codes.keys())
            }
        )
        # Extensions and configuration are fixed before anything of a standard's rules is run.
        run("set enable_external_access = false")
        run("set lock_configuration = true")
        return idle

    def _read(
        self, read: Staging, tables: Mapping[str, tuple[str, ArrayTable | None]], entries: bool
    ) -> dict[str, int]:
        """Create the tables of entries, and with `entries` that of all of them; return how many rows each has."""
        run = self.connection.execute
        run(f"create table {PORTIONS} (filename varchar, start bigint)")
        for file, start in read.starts():
            run(f"insert into {PORTIONS} values (?, ?)", [file, start])
        sizes: dict[str, int] = {}
        for kind in sorted(read.spool.present):
            own = {name: array for name, (of, array) in tables.items() if of == kind}
            if not own and not entries:
                continue
            # It need not be compressed for the file that the tables may stand in.
            run(f"create temp table {STAGE} as {read.stage(kind, own.values())}")
            sizes |= self._create({name: read.table(kind, array) for name, array in own.items()})
            if entries:
                run(f"create table if not exists entries as {read.entries()} limit 0")
                run(f"insert into entries {read.entries()}")
            run(f"drop table {STAGE}")
        return sizes

    def _create(self, sources: dict[str, str]) -> dict[str, int]:
        """Create each table from its query; return how many rows each has."""
        run = self.connection.execute
        return {
            table: int(run(f"create table {quoted(table)} as {self._plain.added(table, source)}").fetchall()[0][0])
            for table, source in sources.items()
        }

    def run(self, query: str) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
        """Run a rule's query; yield its columns entry and path, whatever they hold, and the others, in this order.

        Raises `duckdb.Error`, and `RuleFailed` if the query is not one SELECT that yields `entry` and `path`. May be
        called in several threads at once.
        """
        connection = self.connection.cursor()
        self._cursors.add(connection)
        statements = connection.extract_statements(
            f"select * from ({self._plain.rewritten(query).rstrip().rstrip(';')}\n) order by entry, path"
        )
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise RuleFailed("查询应为一个 SELECT", "a query is one SELECT")
        result = connection.execute(statements[0])
        names = [column[0] for column in result.description]
        if "entry" not in names or "path" not in names:
            raise RuleFailed("查询没有给出列 entry 和 path", "the query does not yield the columns entry and path")
        return _rows(result, names)

    def lines(self, suggest: Suggest) -> list[tuple[str | None, ...]]:
        """Return the lines of the list that `suggest` names, each once; raises `duckdb.Error` if there is none."""
        return self.connection.cursor().execute(_list_query(suggest)).fetchall()

    def stop(self) -> None:
        """End the queries that run in other threads; they raise `duckdb.Error`."""
        for cursor in list(self._cursors):
            cursor.interrupt()

    def close(self) -> None:
        """Give back the memory."""
        self.connection.close()


def _list_query(suggest: Suggest) -> str:
    columns = ", ".join(f"cast({quoted(column)} as varchar)" for _, column in suggest.by)
    return f"select distinct {columns} from {quoted(suggest.table)} order by all limit {KNOWN}"


def _rows(result: Any, names: list[str]) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    while rows := result.fetchmany(_BATCH):
        for row in rows:
            values = dict(zip(names, row, strict=True))
            yield values.pop("entry"), values.pop("path"), values


def codes_source(standard: Standard, name: str, asked: set[str] | None = None) -> str:
    """Return the query for the table of a code list, with its columns that are `asked` (all); it reads the file."""
    path = standard.codes.paths[name]
    columns = ", ".join(
        f"nullif(trim({quoted(column)}), '') as {quoted(as_named)}"
        for column, as_named in ((column, column.replace(".", "_")) for column in columns_of(path))
        if as_named == "code" or is_asked(as_named, asked)
    )
    return (
        f"select {columns} from read_csv({literal(str(path))}, header = true, all_varchar = true, "
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
    # All ways give the same: most names are plain already, most sentences but for a few marks, others need not be
    # composed. The second takes half as long as the third, `translate` alone thirty times as long as the first. The
    # last expression stands there once, since planning a query compiles it as often as it is written.
    bare = "t"
    for mark in _MARKS:
        bare = f"replace({bare}, '{mark}', '')"
    run(
        f"create macro plain(t) as case when regexp_full_match(t, '[0-9a-z{_HAN}]*') then t "
        f"when regexp_full_match({bare}, '[0-9a-z{_HAN}]*') then {bare} "
        f"else regexp_replace(lower(case when regexp_full_match(t, '[{_SIMPLE}]*') then t "
        f"else nfc_normalize(translate(t, '{FULL}', '{HALF}')) end), '{_DROPPED}', '', 'g') end"
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
_MARKS = "，。、；（）"
_DROPPED = r"[\s\p{Z}\p{P}\p{S}\p{C}]+"
FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F) if chr(code) != "＇")
HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) != "＇")
