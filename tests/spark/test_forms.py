"""What rules may say means one thing on both engines: each function and form, with values that set engines apart."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import duckdb
import pytest

from mulu.publish.check.sql import Language
from mulu.spark.characters import Seen, simple
from mulu.spark.pattern import CannotCarry, java_pattern
from mulu.spark.session import prepared
from mulu.spark.transpile import Carrier, carrier, fractions_of
from mulu.standard import load
from mulu.validate.tables import create_macros

PySparkException = pytest.importorskip(
    "pyspark.errors", reason="PySpark is not installed: pip install 'mulu[spark]'"
).PySparkException

DAY = date(2026, 1, 15)
STANDARD = load()
TEXTS = [
    None, "", " ", "　", "a", "A", "abc", "ABC", "a.b", "a%b", "a_b", "a\\b", "a\nb", "a\n", "a\r", "\ta\t", "'", '"',
    "中文", "中文（字）", "ＡＢＣ１２", "示例市民政局", "𠮷野家", "№1", "①", "★机密", "法〔2016〕51号", "a-b_c d",
    "2018", "2018-05", "2018-05-31", "2018-02-30", "2018-05-31T10:00:00", "2018-13", "2018-5-1", "0001-01-01", "9999",
    "2018\n", "12", " 7 ", "-3", "x/000001", "1.50", "&&", "[a]", "a]b", "{a}", "a+b", "a*b", "a?b", "(a)", "^a", "a$",
    "\u200b", "\ufeff", "\xa0", "a\u2028b", "a\x85b", "a\x0bb",
]  # fmt: skip
STRANGE = [
    "\u0130", "\u0391\u03a3", "\xdf", "\ufb01", "e\u0301", "\u212b", "\uf900", "\uac00", "\u1100\u1161", "\u01f0",
    "\u3164",
    "\U0001d7d9", "\U0001f600", "\ue000", "a\u0323\u0307x", "\u0301", "\ua7cb", "\U00010d50", "\U0001f900\u0378",
    "\u0f71\u0f72",
]  # fmt: skip
NUMBERS = [None, 0, 1, -1, 2, 7, 2**53 + 1, -(2**31)]
FRACTIONS = [None, 0.0, 0.5, 1.5, 2.5, -2.5, 1e15, 1e16, 1.5e-5, 1e-4, 12345678.9, 1e300, 0.1]

CASES = [
    # functions of texts
    "length(t)", "lower(t)", "upper(t)", "replace(t, 'a', '')", "replace(t, '', 'x')", "replace(t, '中', t)",
    "substr(t, 1, 2)", "substr(t, 2)", "substr(t, 0)", "substr(t, -2)", "substr(t, 0, 2)", "substr(t, -2, 1)",
    "substr(t, -5, 3)", "substr(t, 3, -2)", "substr(t, 9, 2)", "substring(t, 2, 3)", "substr(t, 1, length(t) - 2)",
    "substr(t, length(t) - 1)", "substr(t, length(t) - 2, 2)", "substr(t, i - 9, 2)", "substr(t, 2, i - 9)",
    "substr(t, 5 - i, i - 5)", "substr(t, nullif(i, 3), nullif(i, 5))",
    "regexp_matches(t, '^a')", "regexp_matches(t, 'b$')", "regexp_matches(t, '^a$')", "regexp_matches(t, 'a.b')",
    "regexp_matches(t, '^[0-9]{4}(-[0-9]{2})?$')", "regexp_matches(t, '[[a]')", "regexp_matches(t, '[]a]b')",
    "regexp_matches(t, '[&&]')", "regexp_matches(t, '^[^a-z]+$')", "regexp_matches(t, '\\s')",
    "regexp_matches(t, '^\\S+$')", "regexp_matches(t, '\\d\\d')", "regexp_matches(t, '\\W')",
    "regexp_matches(t, '[\\d\\s]')", "regexp_matches(t, '\\\\')", "regexp_matches(t, '(中|文)+')",
    "regexp_matches(t, '[—－（(【]')", "regexp_matches(t, '^(?:a|b)*?b')", "regexp_matches(t, '[a\\-b]{2,}')",
    "regexp_matches(t, '^.$')", "regexp_matches(t, '[\\]^]')", "regexp_matches(t, '\\t|\\n|\\r')",
    "blank(t)", "plain(t)", "plain(coalesce(t, 'x'))", "first_day(t)", "last_day(t)", "first_day(t) < last_day(t)",
    "validation_date()", "first_day(t) > validation_date()", "last_day(t) - first_day(t)",
    # values
    "coalesce(t, 'x')", "coalesce(nullif(t, ''), 'x')", "nullif(t, 'a')", "abs(n)", "abs(f)", "cast(n as text)",
    "cast(f as text)", "cast(b as text)", "cast(n as double)",
    "cast(b as integer)", "cast(first_day(t) as text)",
    "cast(case when regexp_matches(t, '^ ?-?[0-9]+([.][0-9]+)? ?$') then t end as integer)",    # operators
    "t || '/%'", "t || n", "n || t", "f || t", "b || t", "t || t || t", "first_day(t) || t", "n + 1", "n - 1", "n * 2",
    "-n", "cast(n as bigint) - cast(i as integer)", "f * 2", "n + f", "first_day(t) + 1",
    "t = 'a'", "t <> 'a'", "t != 'a'", "t < 'b'", "t <= 'a'", "t > '中'",
    "t >= '中'", "n between 0 and 2", "t between 'a' and 'b'", "t in ('a', '中文', '')", "t not in ('a', '中文')",
    "n in (1, null)", "t is null", "t is not null", "b is true", "not b", "b and null", "b or null", "b or t = 'a'",
    "t like 'a%'", "t like 'a_b'", "t like '%\\%'", "t like 'a\\b'", "t like t || '%'", "t not like '%a%'",
    "case when t = 'a' then 1 when t is null then 2 end", "case t when 'a' then 1 else 0 end", "(s.a)", "(s).a",
    "s.a", "s.b",
    "s is null", "x.s.a", "s.a is null", "true", "null", "'it''s'", "'a\\b'",
]  # fmt: skip
WHERE = {
    "true": CASES,
    "f between -3 and 3": ["cast(f as integer)", "cast(f as bigint)"],
    "regexp_matches(t, '^[0-9]{4}')": ["cast(substr(t, 1, 4) as integer)", "cast(substr(t, 1, 1) as double)"],
    "t like '2018-05-%' or t = '9999-12-31' or t like '2018-5-%'": ["cast(t as date)"],
}
"""Lines -> what is asked of them."""
QUERIES = [
    "select count(*) as v from x", "select count(t) as v from x", "select count(distinct t) as v from x",
    "select min(t) as v from x", "select max(t) as v from x", "select min(n) as v from x", "select sum(n) as v from x",
    "select sum(f) as v from x where f in (0.5, 1.5, 2.5)", "select max(first_day(t)) as v from x",
    "select count(case when t = 'a' then 1 end) as v from x where false", "select max(n) as v from x where false",
    "select sum(n) as v from x where false", "select min(f) as v, max(f) as w from x", "select max(b) as v from x",
    "select lower(t) as v, count(*) as n from x group by lower(t)", "select n as v, count(*) as c from x group by n",
    "select substr(t, 1, 1) as v, count(*) as n from x group by substr(t, 1, 1) having count(*) > 1",
    "select i as v, row_number() over (order by t, i) as n from x",
    "select i as v, row_number() over (order by t desc, i) as n from x",
    "select i as v, row_number() over (partition by n order by f, i desc) as n from x",
    "select i as v, rank() over (order by n) as r, dense_rank() over (order by n desc) as d from x",
    "select i as v, lag(t) over (order by i) as a, lead(t) over (order by i) as z from x",
    "select i as v, lag(t, 2) over (order by i) as a, lead(n, 3) over (order by i) as z from x",
    "select i as v, count(*) over (partition by lower(t)) as n, min(i) over (partition by n) as m from x",
    "select i as v, sum(n) over (order by i) as n, max(t) over (order by i) as m from x where abs(n) < 10",
    "select i as v, min(t) over (partition by b order by i desc) as m from x",
    "select i as v, count(n) over (order by i rows between 2 preceding and current row) as n from x",
    "select distinct n as v from x", "select distinct b as v, n as w from x",
    "select t as v from x union select t from x", "select n as v from x union all select i from x",
    "select n as v from x intersect select i from x", "select n as v from x except select i from x",
    "select a.i as v, b.i as w from x a join x b on a.n = b.n and a.i < b.i",
    "select a.i as v, b.i as w from x a left join x b on b.i = a.n",
    "select a.i as v, b.i as w from x a join x b on b.t like a.t || '%' and a.t <> ''",
    "select a.i as v from x a where exists (select 1 from x b where b.n = a.i)",
    "select a.i as v from x a where not exists (select 1 from x b where plain(b.t) = plain(a.t) and b.i <> a.i)",
    "select a.i as v from x a where not exists (select 1 from x b where b.t like '%' || a.t || '%' and b.i <> a.i)",
    "select i as v from x where n in (select i from x)", "select i as v from x where n not in (select i from x)",
    "select i as v from x where n not in (select n from x)", "select i as v from x where i not in (select 3)",
    "select i as v, (select count(*) from x b where b.n = a.i) as n from x a",
    "select i as v, (select max(t) from x) as m from x where i < (select max(n) from x)",
    "with y as (select i, t from x where t <> ''), z as (select max(i) as m from y) "
    "select y.i as v from y, z where i < m",
    "select z.v from (select lower(t) as v, i from x) z where z.v is not null",
    "select a.* from (select i as v, t, n from x) a",
    "select coalesce(t, '-') as t, i as v from x where t is null",
    "select upper(t) as t, count(*) as v from x group by upper(t)",
    'select i as "v", t as "名 称" from x', "select e.value as v, e.path, e.position from e",
    "select x.i as v, e.value from x left join e on e.i = x.i", "select i as v from x cross join (select 1 as one) o",
]  # fmt: skip


def rows(texts):
    """Return lines of a table with columns of each type."""
    size = max(len(texts), len(FRACTIONS), len(NUMBERS))
    return [
        (
            i,
            texts[i % len(texts)],
            NUMBERS[i % len(NUMBERS)],
            FRACTIONS[i % len(FRACTIONS)],
            (True, False, None)[i % 3],
            None if i % 5 == 4 else {"a": texts[i % len(texts)], "b": None if i % 2 else i},
            [] if i % 4 else None if i % 8 else [texts[i % len(texts)], None],
        )
        for i in range(size)
    ]


def carrier_of(session, texts):
    """Return what carries queries over in a run that has these texts."""
    seen = Seen()
    for text in filter(None, texts):
        seen.look(text)
    made = carrier(session, STANDARD, DAY, seen)
    made.fractions |= {"f"}
    return made


@pytest.fixture(scope="module")
def both(spark):
    """The two engines with the same tables, of texts that are simple and of texts that are not."""
    found = {}
    for name, texts in (("simple", TEXTS), ("any", TEXTS + STRANGE)):
        session = prepared(spark)
        given = rows(texts)
        shape = "i bigint, t string, n bigint, f double, b boolean, s struct<a: string, b: bigint>, l array<string>"
        session.createDataFrame(given, shape).cache().createOrReplaceTempView("x")
        session.sql(
            "select i, concat('/', p) as path, p + 1 as position, value from x lateral view posexplode(l) v as p, value"
        ).createOrReplaceTempView("e")
        connection = duckdb.connect()
        create_macros(connection)
        connection.execute(f"create macro validation_date() as date '{DAY}'")
        connection.execute(
            "create table x (i bigint, t varchar, n bigint, f double, b boolean, s struct(a varchar, b bigint), "
            "l varchar[])"
        )
        connection.executemany("insert into x values (?, ?, ?, ?, ?, ?, ?)", [list(row) for row in given])
        connection.execute(
            "create table e as select i, '/' || (p - 1) as path, p as position, value from "
            "(select i, unnest(l) as value, generate_subscripts(l, 1) as p from x)"
        )
        found[name] = connection, session, carrier_of(session, texts)
    return found


def told(values):
    """Return lines of a result in an order that is the same for both engines."""
    return sorted((tuple(row) for row in values), key=repr)


def same(value):
    """Return what tells a value from others of any type: 1, 1.0 and true are three."""
    return repr(value)


@pytest.mark.parametrize("texts", ["simple", "any"])
def test_each_function_and_operator_means_the_same(both, texts):
    """Every value that one engine gives, the other gives too."""
    connection, session, carrier = both[texts]
    for where, cases in WHERE.items():
        query = "select i, " + ", ".join(f"{case} as v{n}" for n, case in enumerate(cases)) + f" from x where {where}"
        ours, theirs = connection.execute(query).fetchall(), session.sql(carrier.sql(query)).collect()
        assert len(ours) > 2
        pairs = list(zip(told(ours), told(theirs), strict=True))
        different = [
            (case, a[1], a[n], b[n])
            for a, b in pairs
            for n, case in enumerate(("i", *cases))
            if same(a[n]) != same(b[n])
        ]
        assert not different, different


def test_each_form_of_a_query_means_the_same(both):
    """Groups, windows, joins, subqueries, sets: the same rows on both engines."""
    connection, session, carrier = both["any"]

    def theirs(query):
        return told(session.sql(carrier.sql(query)).collect())

    with ThreadPoolExecutor(4) as pool:
        found = list(zip(QUERIES, pool.map(theirs, QUERIES), strict=True))
    ours = [told(connection.execute(query).fetchall()) for query in QUERIES]
    different = [(query, a, b) for (query, b), a in zip(found, ours, strict=True) if a != b]
    assert not different, different


def test_joined_texts_are_plain_alike(spark):
    """Marks that are apart from their letters are composed in what is joined, too, if no text begins with one."""
    session, texts = prepared(spark), ["e\u0301", "a\u0323\u0307x", "中e\u0301文", "e", "x"]
    session.createDataFrame([(text,) for text in texts], "t string").createOrReplaceTempView("x")
    connection = duckdb.connect()
    create_macros(connection)
    connection.execute("create table x as select unnest(?::varchar[]) as t", [texts])
    query = "select a.t as a, b.t as b, plain(a.t || b.t || 'E') as v from x a, x b"
    theirs = session.sql(carrier_of(session, texts).sql(query)).collect()
    assert told(theirs) == told(connection.execute(query).fetchall())
    with pytest.raises(CannotCarry):
        carrier_of(session, [*texts, "\u0301"]).sql(query)


@pytest.mark.parametrize("value", ["2018-05", "x", "2018"])
def test_what_one_engine_refuses_the_other_does(both, value):
    """A cast that cannot be done is an error on both, never a null or another day on one."""
    connection, session, carrier = both["any"]
    for kind in ("date", "integer") if value == "x" else ("date",):
        query = f"select cast('{value}' as {kind}) as v from x"
        with pytest.raises(duckdb.Error):
            connection.execute(query).fetchall()
        with pytest.raises(PySparkException):
            session.sql(carrier.sql(query)).collect()


def test_every_function_and_form_of_the_list_is_tried():
    """The list of what rules may use grows only together with these cases."""
    language = Language(STANDARD)
    sqlglot = language.sqlglot
    queries = [*(f"select {case} as v from x" for cases in WHERE.values() for case in cases), *QUERIES]
    text = " ".join(queries)
    assert [name for name in sorted(language.functions) if f"{name}(" not in text] == []
    forms = {type(node).__name__ for query in queries for node in sqlglot.parse_one(query, read="duckdb").walk()}
    assert sorted(set(language.list["forms"]["allowed"]) - forms - {"Tuple"}) == []
    assert [operator for operator in language.list["words"]["operators"] if operator not in text] == []
    casts = [cast for query in queries for cast in sqlglot.parse_one(query, read="duckdb").find_all(sqlglot.exp.Cast)]
    assert set(language.list["forms"]["types"]) - {cast.to.sql("duckdb").upper() for cast in casts} == set()
    assert [fault for query in queries for fault in language.faults(query) if "table" not in fault[2]] == []


@pytest.mark.parametrize(
    "pattern", ["\\bx", "\\p{Han}", "(?i)a", "[[:alpha:]]", "a{,2}", "[a", "\\Qa\\E", "\\pN", "\\x41", "a\\"]
)
def test_a_pattern_of_one_dialect_only_is_refused(pattern):
    """What is not known to mean the same is told, and not run."""
    with pytest.raises(CannotCarry, match="counterpart"):
        java_pattern(pattern)


@pytest.mark.parametrize(
    "query",
    ["select regexp_matches(t, p) from x", "select regexp_matches(t, 'a', 'i') from x", "select strange(t) from x"],
)
def test_what_cannot_be_carried_over_is_refused(query):
    """Neither a pattern that is computed nor a function that nobody knows is passed on."""
    with pytest.raises(CannotCarry):
        Carrier(DAY).sql(query)


def test_simple_texts_are_told_by_their_characters():
    """Characters on which the engines might disagree are known."""
    assert all(simple(text) for text in TEXTS if text is not None)
    assert not any(simple(text) for text in STRANGE)


def test_simple_characters_are_the_same_to_both(spark):
    """Each character that counts as simple is made small, great and plain alike by both engines, in company too."""
    session = prepared(spark)
    signs = [sign for code in range(1, 0x110000) if simple(sign := chr(code))]
    assert len(signs) > 70_000
    texts = ["a".join(signs[at : at + 8]) for at in range(0, len(signs), 8)]
    connection = duckdb.connect()
    create_macros(connection)
    session.createDataFrame([(text,) for text in texts], "t string").createOrReplaceTempView("x")
    query = "select t, lower(t) as l, upper(t) as u, plain(t) as p, blank(t) as b from x"
    connection.execute("create table x as select unnest(?::varchar[]) as t", [texts])
    ours = {row[0]: row for row in connection.execute(query).fetchall()}
    theirs = {row[0]: tuple(row) for row in session.sql(Carrier(DAY).sql(query)).collect()}
    assert [(ours[text], theirs[text]) for text in texts if ours[text] != theirs[text]] == []


@pytest.mark.parametrize("queries", [STANDARD.rules, STANDARD.statistics], ids=["rules", "statistics"])
def test_every_query_of_the_standard_can_be_carried_over(queries):
    """None has a pattern or a function without a counterpart."""
    carried = Carrier(DAY, fractions=fractions_of(STANDARD))
    assert all(carried.sql(one.query) for one in queries.values())
