"""A standard of somebody else cannot harm: each hostile folder ends in words, nothing is read, written or left."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from verdict import assert_verdict, languages

from mulu.limits import DEFAULT
from mulu.publish.begin import begin
from mulu.publish.zipped import write_zip
from mulu.standard import load
from mulu.validate import Options, Validation
from mulu.validate.allowed import refuse_unlisted, tables_to_ask, written_list

ENTRY = {"kind": "example", "identifier": "A1", "name": "甲", "type": "01", "started": "2020", "ended": "2019"}
SECRET = "secret-content-of-another-file"
QUICK = ("--limit", "rule_seconds=1")


@pytest.fixture
def standard(mulu, tmp_path):
    """Return the folder of a small standard of its own, a catalog for it, and a file outside that nobody may read."""
    folder = mulu.folder / "standard"
    begin("mine", folder, None)
    (mulu.folder / "a.jsonl").write_bytes(json.dumps(ENTRY).encode() + b"\n")
    (mulu.folder / "secret.csv").write_text(f"code,name.zh,name.en,aliases\n{SECRET},甲,a,\n", encoding="utf-8")
    return folder


def rule_of(folder):
    """Return the file of the standard's one rule."""
    return next((folder / "validators").glob("*/*.yaml"))


def with_query(folder, query):
    """Put another query into the rule."""
    path = rule_of(folder)
    before, _, rest = path.read_text(encoding="utf-8").partition("query: |\n")
    after = rest[rest.index("pass:") :]
    path.write_text(f"{before}query: |\n  {query}\n{after}", encoding="utf-8")


REFUSED = {
    "read a file": "select 1 as entry, '' as path, content as name from read_text('{secret}')",
    "read by name": "select 1 as entry, '' as path, code as name from '{secret}'",
    "read csv": "select 1 as entry, '' as path, code as name from read_csv('{secret}')",
    "glob": "select 1 as entry, '' as path, file as name from glob('/*')",
    "network": "select 1 as entry, '' as path from read_csv('http://127.0.0.1:9/x')",
    "attach": "attach '{folder}/x.db' as x",
    "copy": "copy (select 1) to '{folder}/stolen.csv'",
    "copy in select": "select 1 as entry, '' as path from (copy (select 1) to '{folder}/stolen.csv')",
    "export": "export database '{folder}/stolen'",
    "install": "install httpfs",
    "load": "load '{folder}/x.duckdb_extension'",
    "unlock": "set enable_external_access = true",
    "unlock configuration": "set lock_configuration = false; select 1 as entry, '' as path",
    "two statements": "select 1 as entry, '' as path; drop table mulu_raw",
    "close the bracket": "select 1 as entry, '' as path) t; drop table mulu_raw; select * from (select 1",
    "pragma": "pragma database_list",
    "create": "create table x as select 1",
    "environment": "select 1 as entry, getenv('HOME') as path",
    "no such table": "select entry, '' as path from nowhere",
    "no columns": "select 1 as x",
    "no SQL": "\\x1b[31m ::error:: {{",
}
# What the list refuses, though it reads no file and may even be one SELECT.
UNLISTED = {
    "wait": ("select entry, '' as path from example where sleep_ms(100000) is null", "the function sleep_ms"),
    "wait by another name": ("select entry, '' as path from example where pg_sleep(100) is null", "pg_sleep"),
    "clock": ("select entry, '' as path, now() as name from example", "the function now"),
    "clock without brackets": ("select entry, '' as path, current_date as name from example", "current_date"),
    "who runs it": ("select entry, '' as path, USER as name from example", "user"),
    "chance": ("select entry, '' as path from example where random() < 0.5", "the function random"),
    "chance of rows": ("select entry, '' as path from example using sample 10%", "SAMPLE"),
    "chance of a table": ("select entry, '' as path from example tablesample 10%", "SAMPLE"),
    "settings": ("select entry, '' as path, current_setting('TimeZone') as name from example", "current_setting"),
    "time zone": ("select entry, '' as path, '2020-01-01'::timestamptz::varchar as name from example", "TIMESTAMPTZ"),
    "version": ("select entry, '' as path, version() as name from example", "version"),
    "addresses": ("select 1 as entry, '' as path from arrow_scan(1, 2, 3)", "the function arrow_scan"),
    "query in a query": ("select 1 as entry, '' as path from query('select 1')", "the function query"),
    "own settings": ("select 1 as entry, name as path from duckdb_settings()", "the function duckdb_settings"),
    "own tables": ("select 1 as entry, '' as path, path as name from duckdb_databases", "duckdb_databases"),
    "own tables renamed": (
        "select x.entry, '' as path from (with duckdb_logs as (select 1) select 1 as entry) x, duckdb_logs",
        "duckdb_logs",
    ),
    "tables of the engine": ("select 1 as entry, '' as path, filename as name from mulu_portions", "mulu_portions"),
    "system tables": ("select 1 as entry, '' as path from information_schema.tables", "information_schema"),
    "delete": ("with d as (delete from example returning entry) select entry, '' as path from d", "DELETE"),
    "insert": ("with d as (insert into example select * from example returning 1) select * from d", "INSERT"),
    "show": ("select 1 as entry, name as path from (show tables)", "SHOW"),
    "recursion": (
        "with recursive r(n) as (select 1 union all select n + 1 from r) select n as entry, '' as path from r",
        "RECURSIVE",
    ),
}
DIGITS = "with d as (select 0 as n" + "".join(f" union all select {n}" for n in range(1, 10)) + ") select "
PRODUCT = "from d a, d b, d c, d e, d f, d g, d h, d i, d j, d k, d l, d m"


def many(text, tens):
    """Return the SQL of a text that is `text` ten to the power of `tens` times."""
    sql = f"'{text}'"
    for _ in range(tens):
        sql = f"replace({sql}, '{text}', '{text * 10}')"
    return sql


ENDLESS = {
    "product": f"{DIGITS} 1 as entry, '' as path {PRODUCT} where a.n + l.n + m.n < 0",
    "rows": f"{DIGITS} a.n + l.n as entry, '' as path {PRODUCT}",
    "long text": f"select 1 as entry, '' as path where length({many('x', 10)}) < 0",
    "sorting": f"{DIGITS} 1 as entry, '' as path where (select max(lower(cast(l.n as text)) || m.n) {PRODUCT}) = ''",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_query_that_reaches_out_is_refused(mulu, standard, name):
    """The rule is named, with its file and line; nothing was read or written."""
    secret = mulu.folder / "secret.csv"
    with_query(standard, REFUSED[name].replace("{secret}", str(secret)).replace("{folder}", str(mulu.folder)))
    before = sorted(mulu.folder.rglob("*"))
    for language in languages(name):
        ran = mulu("validate", "a.jsonl", "--standard", standard, language=language)
        assert_verdict(ran, (2,))
        assert SECRET not in ran.said and "ended-before-started" in ran.said
        assert f"{rule_of(standard).name}:" in ran.said
        # What there is not is told.
        assert name != "no such table" or "nowhere" in ran.said
    assert sorted(mulu.folder.rglob("*")) == before


@pytest.mark.parametrize("name", UNLISTED)
def test_a_query_beyond_the_list_is_refused(mulu, standard, name):
    """What could wait, or give another result at another time or place, or change what other rules see, is not run."""
    query, told = UNLISTED[name]
    with_query(standard, query)
    for command, code in ((("validate", "a.jsonl", "--standard", standard), 2), (("standard", "check", standard), 1)):
        ran = mulu(*command)
        assert_verdict(ran, (code,))
        assert told in ran.out and f"{rule_of(standard).name}:" in ran.out


def test_no_function_of_duckdb_is_called_without_brackets_unnoticed():
    """Each function that needs no brackets is a word that the list knows, in this version of DuckDB."""
    known = {*written_list()["parse"]["words"]}
    with duckdb.connect() as connection:
        names = connection.execute("select distinct function_name from duckdb_functions()").fetchall()
        for (name,) in names:
            try:
                connection.execute(f'select "{name}"')
            except duckdb.Error:
                continue
            assert name in known


def test_what_rules_of_the_built_in_standard_say_is_on_the_list():
    """The list that strangers are held to is the one that is kept to here."""
    standard = load()
    tables = tables_to_ask(standard)
    with duckdb.connect() as connection:
        for rule in (*standard.rules.values(), *standard.statistics.values()):
            refuse_unlisted(connection, rule, tables)


@pytest.mark.parametrize("name", ENDLESS)
def test_a_query_without_end_is_stopped(mulu, standard, name):
    """The limit is named, and the other rules still run."""
    with_query(standard, ENDLESS[name])
    ran = mulu("validate", "a.jsonl", "--standard", standard, *QUICK)
    assert_verdict(ran, (2,))
    assert "ended-before-started" in ran.out and f"{rule_of(standard).name}:" in ran.out
    # Who wants no report is told all the same why the exit code is 2.
    (told,) = [line for line in ran.err.splitlines() if line.startswith("mulu: ")]
    assert "rule_seconds = 1" in told or "memory" in told.lower()


ENTRIES = f"{DIGITS} entry, '' as path from example, d a, d b, d c, d e, d f, d g, d h"
LONG = f"{DIGITS} entry, '' as path, {many('x', 6)} as name from example, d a, d b"


def test_a_rule_that_tells_without_end_is_stopped(mulu, standard):
    """The time counts for the rule, not for each line that it tells; of a long text the beginning is told."""
    with_query(standard, ENTRIES)
    ran = mulu("validate", "a.jsonl", "--standard", standard, "-q", *QUICK)
    assert_verdict(ran, (2,))
    assert "rule_seconds = 1" in ran.err
    with_query(standard, LONG)
    ran = mulu("validate", "a.jsonl", "--standard", standard, "-q", "-f", "json:report.json")
    assert_verdict(ran, (1,))
    assert (mulu.folder / "report.json").stat().st_size < 200_000


def test_rules_that_take_too_long_together_are_not_tried(mulu, standard):
    """Each is named, with the limit of all; here they have no time at all."""
    options = Options(None, date(2026, 1, 15), limits=replace(DEFAULT, rules_seconds=0))
    run = Validation(load(standard), options, mulu.folder)
    for _ in run.add(mulu.folder / "a.jsonl", "a.jsonl"):
        pass
    report = run.finish()
    run.close()
    (told,) = report.failures.values()
    assert report.failures.keys() == {"ended-before-started"} and "limit rules_seconds = 0" in told.en
    assert report.exit_code("error") == 2


NO_PLACES = {
    "select 7 as path, entry from example": "yields 7 in the column path",
    "select 'name' as path, entry from example": "yields name in the column path",
    f"select {many('/a', 5)} as path, entry from example": "in the column path, which is no JSON Pointer",
    "select '' as path, 'a' as entry from example": "yields a in the column entry",
    "select '' as path, entry * 1.5 as entry from example": "yields 1.5 in the column entry",
    "select '' as path, entry + 1 as entry from example": "in the column entry, the number of no entry",
    "select '' as path, entry - 1 as entry from example": "yields 0 in the column entry",
    "select '' as path, true as entry from example": "yields true in the column entry",
}


@pytest.mark.parametrize("query", NO_PLACES)
def test_a_query_that_yields_no_places_is_refused(mulu, standard, query):
    """What is found has an entry and a pointer: the rule is named with its file and line, and no other is hidden."""
    with_query(standard, query)
    for command, code in ((("validate", "a.jsonl", "--standard", standard), 2), (("standard", "check", standard), 1)):
        ran = mulu(*command)
        assert_verdict(ran, (code,))
        assert NO_PLACES[query] in ran.out and f"{rule_of(standard).name}:" in ran.out


def test_a_sum_beyond_64_bits_is_told(mulu, standard):
    """JSON as it is written here has no such integers."""
    with_query(standard, "select entry, '' as path, 100000000000000000000 as name from example")
    ran = mulu("validate", "a.jsonl", "--standard", standard)
    assert_verdict(ran, (1,))
    assert "100000000000000000000" in ran.out


def changed(path, old, new):
    """Replace something in a file of the standard."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def link(path, target):
    """Put a link in the place of a file."""
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def codes_of(folder):
    """Return the code list."""
    return next((folder / "schemas" / "codes").glob("*.csv"))


def schema_of(folder):
    """Return the schema."""
    return next((folder / "schemas").glob("*.schema.json"))


def extends(value):
    """Return what makes the standard extend something."""
    return lambda folder: (folder / "standard.toml").write_text(
        f'extends = "{value}"\n' + (folder / "standard.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )


def mapping_of(folder):
    """Return the mapping."""
    return next((folder / "converters").glob("*/mapping.yaml"))


def with_schemas(folder, *schemas):
    """Add schemas s0, s1, …, and refer to the first."""
    first = schema_of(folder)
    text = first.read_text(encoding="utf-8")
    base = re.search(r'"\$id": "(.*/)example', text)[1]
    for number, said in enumerate(schemas):
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{base}s{number}.schema.json"}
        path = folder / "schemas" / f"s{number}.schema.json"
        path.write_text(json.dumps({**schema, "$dynamicAnchor": f"s{number}", **said}), encoding="utf-8")
    changed(first, '"type": "string"', '"$ref": "s0.schema.json"')


def beside(*numbers):
    """Return a schema that holds its value to others as well."""
    return {"allOf": [{"$ref": f"s{number}.schema.json"} for number in numbers]}


def inside(**numbers):
    """Return a schema that holds what is inside its value to others."""
    return {"properties": {name: {"$ref": f"s{number}.schema.json"} for name, number in numbers.items()}}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
FOLDERS = {
    "extends outside": extends("../other"),
    "extends absolute": extends("/etc"),
    "extends network": extends("http://127.0.0.1/x"),
    "extends itself": extends("."),
    "extends unknown": extends("nothing"),
    "extends a long name": extends("x" * 5_000),
    "extends what no name has": extends(r"x\u0000y"),
    "a name is no Unicode": lambda f: (rule_of(f).parent / "\udcff.yaml").write_bytes(b"x"),
    "header is a link": lambda f: link(f / "standard.toml", "../secret.csv"),
    "header is no TOML": lambda f: (f / "standard.toml").write_text("\x1b[31m = = ::error::", encoding="utf-8"),
    "header is bytes": lambda f: (f / "standard.toml").write_bytes(b"\xff\xfe\0" * 1000),
    "header is deep": lambda f: (f / "standard.toml").write_text("a = " + "[" * 100_000, encoding="utf-8"),
    "codes are a link": lambda f: link(codes_of(f), f.parent / "secret.csv"),
    "codes without columns": lambda f: codes_of(f).write_text("a,b\n1,2\n", encoding="utf-8"),
    "codes with a quote": lambda f: codes_of(f).write_text('code,name.zh,name.en,aliases\n"', encoding="utf-8"),
    "codes in GBK": lambda f: codes_of(f).write_bytes("code,name.zh,name.en,aliases\n1,甲,a,\n".encode("gbk")),
    "codes elsewhere": lambda f: changed(schema_of(f), '"x-code-list": "', '"x-code-list": "../../../secret'),
    "rule is a link": lambda f: link(rule_of(f), "/etc/hostname"),
    "rule is a bomb": lambda f: rule_of(f).write_text(BOMB, encoding="utf-8"),
    "rule is deep": lambda f: rule_of(f).write_text("a: " + "[" * 100_000, encoding="utf-8"),
    "rule is an object": lambda f: rule_of(f).write_text("!!python/object/apply:os.system [x]", encoding="utf-8"),
    "rule is a list": lambda f: rule_of(f).write_text("- 1\n", encoding="utf-8"),
    "rule is bytes": lambda f: rule_of(f).write_bytes(bytes(range(256))),
    "schema is deep": lambda f: schema_of(f).write_bytes(b"[" * 100_000),
    "schema of another dialect": lambda f: changed(schema_of(f), "draft/2020-12/schema", "draft/x"),
    "schema refers to a file": lambda f: changed(schema_of(f), '"type": "string"', '"$ref": "file:///etc/passwd"'),
    "schema refers to the network": lambda f: changed(schema_of(f), '"type": "string"', '"$ref": "http://127.0.0.1/x"'),
    "schema with a slow pattern": lambda f: changed(
        schema_of(f), '"type": "string"', '"type": "string", "pattern": "^(?=(a+)+$)(a|a)*\\\\1$"'
    ),
    "schema with a vast pattern": lambda f: changed(
        schema_of(f), '"type": "string"', '"type": "string", "pattern": "((a{1000}){1000}){1000}"'
    ),
    "schema refers to itself": lambda f: changed(schema_of(f), '"type": "string"', '"$ref": "#"'),
    "schemas refer in a ring": lambda f: with_schemas(f, beside(1), beside(2), beside(0)),
    "schemas refer to others ten times": lambda f: with_schemas(f, *(beside(*[n] * 10) for n in range(1, 12)), {}),
    "schema refers to itself inside by two ways": lambda f: with_schemas(f, {**inside(a=0), "allOf": [inside(a=0)]}),
    "schema refers to itself inside by a pattern, too": lambda f: with_schemas(
        f, {**inside(a=0), "patternProperties": {"^a": {"$ref": "s0.schema.json"}}}
    ),
    "schema refers to itself in items by two ways": lambda f: with_schemas(
        f, {"items": {"$ref": "s0.schema.json"}, "contains": {"$ref": "s0.schema.json"}}
    ),
    "schemas refer inside to others twice": lambda f: with_schemas(
        f, *({"properties": {"a": beside(n, n)}} for n in range(1, 40)), {}
    ),
    "schemas have two properties of the next": lambda f: with_schemas(f, *(inside(a=n, b=n) for n in range(1, 24)), {}),
    "schemas are inside each other": lambda f: with_schemas(f, *[inside(**{f"p{n}": n for n in range(10)})] * 10),
    "schemas are inside each other very deep": lambda f: with_schemas(f, *(inside(a=n) for n in range(1, 2_000)), {}),
    "codes in millions": lambda f: codes_of(f).write_text(
        codes_of(f).read_text(encoding="utf-8") + "c,甲,a,,,,,\n" * 300_000, encoding="utf-8"
    ),
    "schema is no object": lambda f: schema_of(f).write_text("[]", encoding="utf-8"),
    "schema is a link": lambda f: link(schema_of(f), "/etc/passwd"),
    "mapping is a bomb": lambda f: mapping_of(f).write_text(BOMB, encoding="utf-8"),
    "mapping with unknown words": lambda f: changed(mapping_of(f), "kind: example", "kind: example\neval: x"),
    "mapping extends a long name": lambda f: changed(mapping_of(f), "kind: example", "extends: " + "x" * 5_000),
    "mapping extends what no name has": lambda f: changed(mapping_of(f), "kind: example", r'extends: "x\0y"'),
    "mapping of wrong types": lambda f: changed(mapping_of(f), "at_least: 2", "at_least: [1]"),
}


def help_of(name, text):
    """Return what puts a further file beside the schemas; text, or a link if it is a path."""

    def put(folder):
        path = folder / "schemas" / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(text, Path):
            link(path, text)
        else:
            path.write_text(text, encoding="utf-8")

    return put


def example_set(folder, value):
    """Write something else behind the first `set` of an example of the rule."""
    text = rule_of(folder).read_text(encoding="utf-8")
    found = re.search(r"set: (\{.*?\})", text)
    changed(rule_of(folder), found[0], f"set: {value}")


MIGRATION = "from: 0.0.1\nto: 0.1.0\nwhy: {zh: 因, en: why}\nsteps:\n  - {kind: example, why: {zh: 因, en: why}, "
MIGRATIONS = {
    "migration is a link": help_of("migrations/a.yaml", Path("/etc/hostname")),
    "migration is a bomb": help_of("migrations/a.yaml", BOMB),
    "migration is deep": help_of("migrations/a.yaml", "a: " + "[" * 100_000),
    "migration with a slow pattern": help_of(
        "migrations/a.yaml", MIGRATION + "split: /name, pattern: '^(?=(a+)+$)(?P<a>a|a)*\\1$', to: {a: /a}}\n"
    ),
    "migration with a vast pattern": help_of(
        "migrations/a.yaml", MIGRATION + "split: /name, pattern: '(?P<a>((a{1000}){1000}){1000})', to: {a: /a}}\n"
    ),
    "migration to a place of its own": help_of("migrations/a.yaml", MIGRATION + "move: /name, to: /kind/../x}\n"),
    "example sets a text": lambda f: example_set(f, "text"),
    "example sets a list": lambda f: example_set(f, "[/name]"),
    "example sets inside a text": lambda f: example_set(f, "{/name/x/y: 1}"),
    "clauses are a link": help_of("clauses.csv", Path("/etc/hostname")),
    "clauses with a quote": help_of("clauses.csv", 'document,clause\n"'),
    "clauses in GBK": lambda f: (f / "schemas/clauses.csv").write_bytes("文件".encode("gbk")),
}


@pytest.mark.parametrize("name", MIGRATIONS)
def test_hostile_help_is_refused(mulu, standard, name):
    """Migrations, examples and clauses, which no validation reads, are refused by what reads them."""
    MIGRATIONS[name](standard)
    for command in (("check", standard), ("pack", standard, "-o", "a.zip")):
        ran = mulu("standard", *command)
        if command[0] == "check" or not ("place" in name or "example" in name):
            assert_verdict(ran, (1, 2))
            assert str(standard) in ran.said and SECRET not in ran.said
    ran = mulu("standard", "migrate", standard, standard, "a.jsonl", "-o", "b.jsonl")
    assert_verdict(ran, (0, 1, 2))


@pytest.mark.parametrize("name", FOLDERS)
def test_a_hostile_folder_is_refused(mulu, standard, name):
    """Both commands name the file that is wrong and read nothing outside."""
    FOLDERS[name](standard)
    (mulu.folder / "a.csv").write_text("示例编号,示例名称,示例类型\nA1,甲,01\n", encoding="utf-8")
    for language in languages(name):
        ran = mulu("validate", "a.jsonl", "a.csv", "--standard", standard, language=language)
        assert_verdict(ran, (2,))
        assert str(standard) in ran.said and SECRET not in ran.said
        ran = mulu("standard", "check", standard, language=language)
        assert_verdict(ran, (1, 2))
        assert str(standard) in ran.said and SECRET not in ran.said


RECURSIVE = {
    "by a name, or any other": {**inside(a=0), "additionalProperties": {"$ref": "s0.schema.json"}},
    "by each item": {"prefixItems": [{"$ref": "s0.schema.json"}] * 2, "items": {"$ref": "s0.schema.json"}},
    "by two names": inside(a=0, b=0),
    "beside a choice": {**inside(a=0), "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
}


@pytest.mark.parametrize("name", RECURSIVE)
def test_a_schema_that_refers_to_itself_by_one_way_is_used(mulu, standard, name):
    """Trees are described so; each value is held to it once."""
    with_schemas(standard, RECURSIVE[name])
    ran = mulu("validate", "a.jsonl", "--standard", standard)
    assert_verdict(ran, (1,))


def test_codes_far_above_each_other_are_looked_up_and_checked(mulu, standard):
    """Twenty thousand codes that are called alike, each above and after the next, cost no more than their number."""
    lines = (f"c{n},甲,Alike,c{n - 1},,c{n + 1},,\n" for n in range(1, 20_000))
    with codes_of(standard).open("a", encoding="utf-8") as stream:
        stream.writelines(["c0,甲,Alike,c20000,,c1,,\n", *lines, "c20000,甲,Alike,c19999,,c0,,\n"])
    ran = mulu("standard", "check", standard)
    assert_verdict(ran, (1,))
    assert "c9 → c10" in ran.out and "c9 → c8" in ran.out and "… → c9" in ran.out
    sample = (standard / "converters" / "example-table" / "sample.csv").read_text(encoding="utf-8")
    (mulu.folder / "a.csv").write_text(sample.replace("public", "甲"), encoding="utf-8")
    assert_verdict(mulu("validate", "--standard", standard, "a.csv"), (1,))


def test_what_is_wrong_in_a_packed_standard_is_told_as_in_the_file(mulu, standard):
    """Not where it was unpacked to, which is gone and has another name each time."""
    with_query(standard, "select nothing from example")
    assert_verdict(mulu("standard", "pack", standard, "-o", "mine.zip"), (0,))
    for command in (("validate", "a.jsonl", "--standard", "mine.zip"), ("standard", "check", "mine.zip")):
        ran = mulu(*command)
        assert_verdict(ran, (1, 2))
        assert "mine.zip/validators/" in ran.out and "mulu-run" not in ran.said
    changed(standard / "standard.toml", 'version = "0.1.0"', "version = 1")
    sums = {path.relative_to(standard).as_posix(): path.read_bytes() for path in standard.rglob("*") if path.is_file()}
    with (mulu.folder / "mine.zip").open("wb") as stream:
        lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sums.items())
        write_zip(stream, {"SHA256SUMS": lines.encode(), **sums})
    ran = mulu("validate", "a.jsonl", "--standard", "mine.zip")
    assert_verdict(ran, (2,))
    assert "mine.zip/standard.toml:" in ran.err and "mulu-run" not in ran.said


def test_a_packed_standard_that_is_a_bomb_is_refused(mulu, standard):
    """The message is a whole one."""
    with (mulu.folder / "bomb.zip").open("wb") as stream:
        write_zip(stream, {"standard.toml": b"#" * 300_000_000, "SHA256SUMS": b""})
    ran = mulu("validate", "a.jsonl", "--standard", "bomb.zip")
    assert_verdict(ran, (2,))
    assert "bomb.zip" in ran.err and ran.err.count("(") == ran.err.count(")") and "limit expanded" in ran.err


def test_a_message_is_no_template(mulu, standard):
    """Format strings, escapes and commands in the texts of a rule do nothing."""
    changed(
        rule_of(standard),
        "zh: “{name}”于",
        "zh: “{name}{name.__class__}{0}%s%n{name!r:>99999999}\\x1b[31m{{x}}${jndi:x}<script>”于",
    )
    changed(rule_of(standard), "核对两个日期", '"::error::\\u001b[31m\\u202e{name}"')
    ran = mulu("validate", "a.jsonl", "--standard", standard, language="zh")
    assert_verdict(ran, (1,))
    assert "甲{name.__class__}{0}%s%n{name!r:>99999999}" in ran.out


def test_examples_that_do_not_end_are_stopped(mulu, standard):
    """`standard check` runs the queries of a stranger, too."""
    with_query(standard, ENDLESS["product"])
    ran = mulu("standard", "check", standard, environment={"MULU_LIMIT": "check_seconds=2"})
    assert_verdict(ran, (1,))
    assert "limit check_seconds = 2" in ran.out


@pytest.mark.parametrize("command", [("suggest", "a.csv", "--standard", "standard"), ("standard", "build", "standard")])
def test_a_standard_without_kinds_is_told(mulu, standard, command):
    """Nothing can be proposed for it; its site has no diagram."""
    schema_of(standard).unlink()
    (mulu.folder / "a.csv").write_text("甲,乙\n1,2\n3,4\n", encoding="utf-8")
    assert_verdict(mulu(*command, *(("-o", "site") if command[1] == "build" else ())), (0, 2))


def test_texts_of_a_standard_drive_no_terminal_and_break_no_workbook(mulu, standard):
    """Titles with what is unseen are told visibly in JSON, and left out of cells, which cannot hold them."""
    before = mulu.folder / "before"
    begin("mine", before, None)
    for path in (schema_of(standard), codes_of(standard)):
        sign = "\\u202e\\u001b" if path.suffix == ".json" else "\u202e\x1b"
        path.write_text(path.read_text(encoding="utf-8").replace("示例", f"示例{sign}"), encoding="utf-8")
    for command in (
        ("schema", "example", "--standard", standard),
        ("standard", "diff", before, standard, "-f", "json"),
        ("standard", "template", "example", "--standard", standard, "-o", "a.xlsx"),
    ):
        assert_verdict(mulu(*command), (0, 1))


@pytest.mark.parametrize("pattern", ["(((((a{100}){100}){100}){100}){100})", "(?=x)"])
def test_a_pattern_that_cannot_be_used_is_told(mulu, standard, pattern):
    """The site of a standard is made with the patterns that its catalogs are held to."""
    changed(
        schema_of(standard), '"properties": {', '"allOf": [{"pattern": ' + json.dumps(pattern) + '}], "properties": {'
    )
    ran = mulu("standard", "build", standard, "-o", "site")
    assert_verdict(ran, (2,))
    assert "cannot be used" in ran.err and str(standard) in ran.err


def test_a_query_in_thousands_of_brackets_is_told(mulu, standard):
    """The reader of SQL goes into each of them."""
    with_query(standard, "select entry, '' as path from example where " + "(" * 2_000 + "true" + ")" * 2_000)
    for command in (("standard", "check", standard), ("validate", "a.jsonl", "--standard", standard)):
        assert_verdict(mulu(*command), (0, 1, 2))
