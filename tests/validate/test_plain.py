"""Plain texts that many rules compare are made once; whatever stands in their place finds the same."""

import duckdb
import pytest

from mulu.validate.plain import plain_texts
from mulu.validate.tables import create_macros

SHAPES = {
    "a": {"title": "VARCHAR", "size": "BIGINT", "of": {"name": "VARCHAR", "is": {"name": "VARCHAR"}}},
    "b": "VARCHAR",
}
TABLES = {
    "a": "select entry, path, title, length(title) as size, {'name': title || '。', 'is': {'name': 'X'}} as of "
    "from (values (1, '', '目录。'), (2, '', '目 录'), (3, '', null), (4, '', 'Ａ-b')) v(entry, path, title)",
    "b": "select entry, path, value from (values (1, '/x', '目录'), (2, '/x', 'a B'), (2, '/y', '“”')) "
    "v(entry, path, value)",
    "c": "select '目录' as title",
}
# How many calls are exchanged in a query.
QUERIES = {
    "select entry, path from a where plain(title) = '目录'": 1,
    "select entry, path from A where '摘要' <> '' and Plain( Title ) = '目录' and plain(a.title) <> ''": 2,
    "select x.entry, x.path, plain(x.of.name) as of from a x where plain(x.of.is.name) = 'x'": 2,
    "select entry, path from a where plain(of.name) <> plain(title)": 2,
    "select a.entry, b.path from a join b on plain(a.title) = plain(b.value)": 2,
    "select a.entry, b.path from a left join b on plain(a.title) = plain(b.value) where plain(value) is null": 3,
    "select a.entry, '' as path from a where exists (select 1 from b where plain(value) = plain(a.title))": 2,
    "select a.entry, '' as path from a where exists (select 1 from b where plain(value) = plain(title))": 2,
    "select a.entry, '' as path from a where exists (select 1 from c where plain(c.title) = plain(a.title))": 1,
    "select min(entry) as entry, '' as path from a where plain(title) <> '' group by plain(title)": 2,
    "select distinct plain(title) as entry, '' as path from a order by plain(title) desc": 2,
    "select entry, path from (select entry, path, plain(a.title) as title from a) q where plain(q.title) = '目录'": 1,
    # What means something else, or may not be exchanged.
    "select entry, path from (select entry, path, upper(title) as title from a) q where plain(title) = 'ＡB'": 0,
    "select entry, path from a where plain(title || '的') = '目录的' or plain('') = title": 0,
    "select entry, plain(title) as path from a group by entry, title": 0,
    "select min(entry) as entry, title as path from a group by all having plain(a.title) <> ''": 0,
    "select entry, path from a where list_filter([title], title -> plain(title) = '目录') <> []": 0,
    "select entry, path from a where [plain(title) for title in ['A']] = ['a']": 0,
    "with a as (select 1 as entry, '' as path, 'X' as title) select entry, path from a where plain(title) = 'x'": 0,
    "select entry, path from a r(entry, path, size, title) where plain(cast(title as varchar)) = '3'": 0,
    "select entry, path from a where exists (select 1 from c where plain(title) = '目录')": 0,
    "select entry, path from a where exists (select 1 from (select of as a from a) q where plain(a.name) = 'ab')": 0,
    "select entry, upper(title) as title, path from a where plain(title) = '目录'": 0,
    "select entry, path from a where exists (select 1 union select 2 order by plain('title'))": 0,
    "select plain(title, title) from a": 0,
    "select from plain(title)": 0,
    f"select entry, path from {'(select * from ' * 300}a{')' * 300} where plain(title) = ''": 0,
}


@pytest.fixture
def connection():
    """Return a database with the functions of rules."""
    with duckdb.connect() as opened:
        create_macros(opened)
        yield opened


def found(connection, query):
    """Return what a query finds, or that it finds nothing as it is wrong."""
    try:
        return sorted(connection.execute(query).fetchall(), key=str)
    except duckdb.Error as error:
        return type(error)


@pytest.mark.parametrize(("query", "number"), QUERIES.items(), ids=lambda text: str(text)[:80])
def test_a_plain_text_is_exchanged_where_it_is_sure_what_it_is_of(query, number, connection):
    """The query finds what it would find without, and an author's names mean what they meant."""
    for table, source in TABLES.items():
        connection.execute(f"create table {table} as {source}")
    expected = found(connection, query)
    columns = [f"a.{name}" for name in ("title", "of.name", "of.is.name")]
    asking = [f"select {', '.join([f'plain({name})' for name in columns] * 3)} from a", "select plain(value) from b"]
    plain = plain_texts(connection, SHAPES, [*asking, "select plain(value), plain(b.value) from b", query])
    for table, source in TABLES.items():
        connection.execute(f"create or replace table {table} as {plain.added(table, source)}")
    assert len(plain.calls[query]) == number
    assert (plain.rewritten(query) != query) == (number > 0)
    assert found(connection, plain.rewritten(query)) == expected


def test_a_text_that_few_ask_for_is_made_where_it_is_asked_for(connection):
    """A column more in each line would cost more than it saves."""
    queries = ["select entry from a where plain(title) <> plain(a.title)", "select entry from a"]
    plain = plain_texts(connection, SHAPES, queries)
    assert [plain.rewritten(query) for query in queries] == queries
    assert plain.added("a", TABLES["a"]) == TABLES["a"]
