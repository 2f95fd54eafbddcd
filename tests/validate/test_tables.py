"""Entries as tables: which rules need not be asked, and that those that are left out would have found nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import duckdb
import pytest

from mulu.pointer import dumps
from mulu.standard import load
from mulu.validate import Options, Validation
from mulu.validate.needs import needs
from mulu.validate.queries import ahead
from mulu.validate.shapes import words_of
from mulu.validate.tables import Tables

STANDARD = load()
RULES = STANDARD.rules
DAY = date(2026, 1, 15)
LAST = STANDARD.header.levels[-1].id

# query: the tables without which it has no row
NEEDS = {
    "select entry from a": "a",
    "select entry from A where B is null": "a",
    "select a.entry from a join b on a.x = b.x join c on c.x = b.x": "a b c",
    "select a.entry from a, b where a.x = b.x": "a b",
    "select a.entry from a left join b on a.x = b.x": "a",
    "select b.entry from a right join b on a.x = b.x": "",
    "select a.entry from a full join b on a.x = b.x": "",
    "select a.entry from a positional join b": "",
    "select a.entry from a left join (b join c on b.x = c.x) on a.x = b.x": "a",
    "select entry from a where exists (select 1 from b join c using (x))": "a b c",
    "select entry from a where not exists (select 1 from b)": "a",
    "select entry from a where x in (select x from b)": "a b",
    "select entry from a where x not in (select x from b)": "a",
    "select entry from a where x = 1 or exists (select 1 from b)": "a",
    "select entry from a where exists (select 1 from b join c using (x)) or exists (select 1 from c)": "a c",
    "select entry from a where not (x in (select x from b))": "a",
    "select entry from a where x > all (select x from b)": "a",
    "select entry from a where x = (select max(x) from b)": "a",
    "select entry from a union all select entry from b": "",
    "select entry from a join b using (x) union select entry from b": "b",
    "select entry from a except select entry from b": "a",
    "select entry from (select entry from a where exists (select 1 from b)) q": "a b",
    "with q as (select entry from a) select entry from q join b using (entry)": "a b",
    "with q as (select entry from a), r as (select entry from q join b using (entry)) select entry from R": "a b",
    "with a as (select entry from b) select entry from a": "b",
    "with a as (select entry from a) select entry from a": "a",
    "with q as (select entry from a) select entry from b": "b",
    "with recursive q as (select entry from a union all select entry from q) select entry from q": "",
    "select count(*) from a": "",
    "select max(entry) as entry from a join b using (x)": "",
    "select 1 as entry from a having true": "",
    "select (select count(*) from b) as entry from a": "",
    "select entry from a where entry in (select count(*) from b)": "a",
    "select entry from a order by count(*)": "",
    "select entry, count(*) from a group by entry": "a",
    "select entry, count(*) from a group by entry having count(*) > 1": "a",
    "select entry, count(*) from a group by all": "",
    "select entry, count(*) from a group by rollup (entry)": "",
    "select entry, count(*) from a group by grouping sets ((entry), ())": "",
    "select entry, count(*) over (partition by x) from a": "a",
    "select entry, sum(count(*)) over () from a": "",
    "select entry, upper(x) || 'b' from a": "a",
    "select entry, unheard_of(x) from a": "",
    "select entry from main.a": "",
    "select * from (values (1)) v(entry)": "",
    "select entry from read_csv('a')": "",
    "select 1 as entry": "",
    "delete from a": "",
    "select from where": "",
    "select entry from a; select entry from a": "",
    f"select entry, {' || '.join(['x'] * 400)} from a": "",
    f"select entry from a where {' or '.join(['x = 1'] * 2000)}": "a",
    f"select entry from {'(select entry from ' * 200}a{')' * 200}": "a",
    f"select entry from {'(select entry from ' * 900}a{')' * 900}": "",
}


@pytest.mark.parametrize(("query", "expected"), NEEDS.items(), ids=lambda text: text[:80])
def test_a_query_needs_what_it_cannot_have_a_row_without(query, expected):
    """A table counts only where it is sure that nothing comes of it being empty."""
    with duckdb.connect() as connection:
        assert needs(connection, ["select entry from z", query]) == [{"z"}, set(expected.split())]


@pytest.fixture
def tables(tmp_path):
    """Return a function that loads entries, and gives back the tables and the queries that can find nothing."""
    opened = []

    def open_tables(entries, *, every=False):
        file = tmp_path / "catalog.jsonl"
        file.write_bytes(b"".join(dumps(dict(entry)) + b"\n" for entry in entries))
        run = Validation(STANDARD, Options(LAST, DAY), tmp_path)
        for _ in run.add(file, file.name):
            pass
        run.close()
        opened.append(Tables(STANDARD, tmp_path))
        queries = [rule.query for rule in RULES.values()]
        return opened[-1], opened[-1].load(run.spool, queries, DAY, every=every)

    yield open_tables
    for item in opened:
        item.close()


def test_no_rule_finds_anything_without_a_table_that_it_needs(tables):
    """Over the failing examples of all rules at once: a needed table is emptied, and the rule has nothing to say."""
    entries = [entry for rule in RULES.values() for example in rule.fails for entry in example.entries]
    found, idle = tables(entries, every=True)
    assert not idle
    by_table: dict[str, list[str]] = {}
    needed = needs(found.connection, [rule.query for rule in RULES.values()])
    for rule, names in zip(RULES.values(), needed, strict=True):
        for name in names:
            by_table.setdefault(name, []).append(rule.query)
    stored = {name for (name,) in found.connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert by_table.keys() <= stored | {"entries"} and len(by_table) > 30
    for name in by_table.keys() & stored:
        found.connection.execute("begin")
        found.connection.execute(f'delete from "{name}"')
        for query in by_table[name]:
            assert found.connection.execute(query).fetchall() == [], query
        found.connection.execute("rollback")
    assert sum(1 for rule in RULES.values() if list(found.run(rule.query))) > len(RULES) * 0.9


def test_rules_find_what_their_queries_say(tables):
    """Over the failing examples of all rules at once: as they are run, and as they are written."""
    entries = [entry for rule in RULES.values() for example in rule.fails for entry in example.entries]
    loaded, _ = tables(entries)
    columns = {name for (name,) in loaded.connection.execute("select column_name from duckdb_columns()").fetchall()}
    assert sum(name.startswith("plain(") for name in columns) > 10
    for rule in (rule for rule in RULES.values() if "plain(" in rule.query):
        cursor = loaded.connection.execute(f"select * from ({rule.query}) order by entry, path")
        rows = [dict(zip([name for name, *_ in cursor.description], row, strict=True)) for row in cursor.fetchall()]
        said = [(row.pop("entry"), row.pop("path"), row) for row in rows]
        assert sorted(loaded.run(rule.query), key=str) == sorted(said, key=str), rule.id


@pytest.mark.parametrize("kind", ["resource", "organization", "service"])
def test_rules_that_are_left_out_would_find_nothing(kind, tables):
    """A kind alone: what is not asked is asked here all the same."""
    found, idle = tables([STANDARD.examples[kind]], every=True)
    assert 0 < len(idle) < len(RULES)
    for query in idle:
        assert list(found.run(query)) == []


def test_rules_that_compare_with_another_kind_are_not_asked_of_one_kind_alone(tables):
    """No work is done for what cannot come to anything: neither the query nor the table is there."""
    found, idle = tables([STANDARD.examples["resource"]])
    assert RULES["authority-without-the-data"].query in idle
    assert RULES["duplicate-item-name"].query not in idle
    stored = {name for (name,) in found.connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert "resource_item" in stored and not {"service_material", "code_document_type"} & stored


def test_a_table_has_no_column_of_which_no_query_of_it_speaks(tables):
    """Other tables have columns of the same name that are asked for."""
    loaded, _ = tables([STANDARD.examples["resource"], STANDARD.examples["service"]])
    rows = loaded.connection.execute("select table_name, lower(column_name) from duckdb_columns()").fetchall()
    for table in ("resource", "resource_item", "service", "service_material"):
        named = [words for rule in RULES.values() if table in (words := words_of(rule.query))]
        columns = {column for name, column in rows if name == table and not column.startswith("plain(")}
        assert {"entry"} < columns <= {"entry", "path", "position", "parent"}.union(*named)
    assert ("resource", "description") in rows and ("service_material", "description") not in rows


BLANK = ["", " ", "\t\r\n", "\f", "　", "\xa0 \u2003", "\u200b", "\ufeff", "\u2028\u2029\u202f\u205f\u1680"]
NOT_BLANK = ["无", " a ", "\u200d", "\x00", "-", "\u180e", "\u3000。"]


@pytest.mark.parametrize("text", [*BLANK, *NOT_BLANK])
def test_blank_is_white_space_only(text, tables):
    """The ideographic space and those without width are white space too."""
    found, _ = tables([STANDARD.examples["resource"]])
    assert found.connection.execute("select blank(?::varchar), blank(null)", [text]).fetchall() == [
        (text in BLANK, True)
    ]


@pytest.mark.parametrize(
    "query",
    ["delete from resource returning entry, '' as path", "select 1; select 2", "select 1) q; drop table resource; ("],
)
def test_a_rule_is_one_select(query, tables):
    """A query that does anything else is refused before anything is done."""
    found, _ = tables([STANDARD.examples["resource"]])
    with pytest.raises((ValueError, duckdb.Error)):
        list(found.run(query))
    assert found.connection.execute("select count(*) from resource").fetchall() == [(1,)]


def test_rules_that_nobody_waits_for_are_stopped():
    """Of a run that is given up, those that run are ended and the others not begun."""
    stopped, begun = Event(), []

    def run(query):
        begun.append(query)
        stopped.wait(60)

    rules = list(RULES.values())[:20]
    answers = ahead(run, rules, 2, stopped.set)
    assert next(answers)[0] is rules[0]
    answers.close()
    assert stopped.is_set() and len(begun) < 6


def test_a_query_that_runs_is_ended_from_outside(tmp_path):
    """DuckDB itself ends it, as it could go on for minutes."""
    tables = Tables(STANDARD, tmp_path)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(tables.run, "select max(md5(range::text)) as entry, '' as path from range(100000000000)")
        while not running.done():
            tables.stop()
    with pytest.raises(duckdb.InterruptException):
        running.result()
    tables.close()
