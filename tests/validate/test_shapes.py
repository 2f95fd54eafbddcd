"""The columns of the tables that rules query: only those are read of which some query speaks."""

import pytest

from mulu.standard import load
from mulu.validate.shapes import columns_of_queries

ALL = [
    "select * from a",
    "from a select *",
    "select distinct * from a",
    "select * exclude (x) from a",
    "select columns('x.*') from a",
    "select x from a natural join b",
    "select x, a.* from a",
    "select q.* from (select x from a) q, a.* from a",
    "select q.* from (select * from a) q",
    "select q.* from (select 1) as q, a q",
    'select "q".* from (select * from a) "q"',
    "select x from a -- don't\nwhere x in (select * from b) -- '",
    "select x from a where y = e'\\'' or exists (select * from b where z = '')",
    "with q as (select * from a) select x from q",
]
NAMED = [
    "select x from a",
    "select count(*) from a",
    "select a.x*a.y, a.x * z from a",
    "select x from a where y = '.*' or y like 'natural-%'",
    "select x from a where y = 'it''s * from'",
    "select x, $$ * from $$ from a /* columns */ -- natural",
    "select q.* from (select x from a) q",
    "select Q.*, q.x from (select x from a) as q",
]


@pytest.mark.parametrize("query", ALL)
def test_who_asks_for_all_columns_finds_all(query):
    """Such a query names nothing, and would find fewer columns than there are."""
    assert columns_of_queries(["select x from a", query]) is None


@pytest.mark.parametrize("query", NAMED)
def test_a_star_that_means_no_columns_of_a_table_is_none(query):
    """What stands in a text or a comment, what is counted, and what a query in brackets names."""
    found = columns_of_queries([query])
    assert found is not None and {"x", "a"} & found


def test_no_query_of_the_standard_makes_it_read_what_no_rule_asks_for():
    """One would do it for all of them."""
    standard = load()
    queries = [rule.query for rule in [*standard.rules.values(), *standard.statistics.values()]]
    assert len(columns_of_queries(queries)) > 100
