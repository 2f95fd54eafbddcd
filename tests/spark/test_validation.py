"""A whole validation gives the same on both engines: findings, places, figures, verdict."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from mulu.cli import run
from mulu.convert import ENTRIES, open_source
from mulu.errors import MissingExtra, UsageFault
from mulu.pointer import dumps
from mulu.readers import open_document
from mulu.standard import load
from mulu.validate.api import validate
from mulu.validate.run import Validation

pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'mulu[spark]'")

import sqlglot

from mulu.spark import views
from mulu.spark.run import Distributed, engine
from mulu.spark.session import why_failed
from mulu.spark.transpile import carrier
from mulu.validate.allowed import known_tables
from mulu.validate.report import Options
from mulu.validate.tables import Tables

DAY = date(2026, 1, 15)
ROOT = Path(__file__).parents[2]
PROFILE = ROOT / "profiles" / "zhejiang"
CORPUS = ROOT.parent / "shared" / "corpus" / "cn"
STANDARD = load()
LAST = STANDARD.header.levels[-1].id
# What stands in a line that no department meant: each of it must be told as on one machine.
HOSTILE = [
    b"{broken", b"[1]", b"null", b"", b"  \r", b'{"kind": "nonsense", "a": 1, "a": 2}', b'{"kind": 1}', b"\xff\xfe",
    b'{"kind": "resource", "title": "a\\u0000b"}', b'{"kind": "resource", "title": "\\ud800"}',
    '{"kind": "resource", "title": "号码11010519491231002X", "publisher": {"name": "e\u0301\ufb01"}}'.encode(),
    b'{"kind": "resource", "dataVolume": {"records": 1.0}, "title": "1.5"}',
    b'{"kind": "resource", "dataVolume": {"records": 99999999999999999999}}',
    b'{"kind": "resource", "kind": "resource"}', b"[" * 100 + b"]" * 100,
]  # fmt: skip


def written(path, entries):
    """Write entries as JSON Lines; return the path."""
    path.write_bytes(b"".join((one if isinstance(one, bytes) else dumps(dict(one))) + b"\n" for one in entries))
    return path


def catalogs(standard, name):
    """Return the entries of each example of a rule, good and bad."""
    return [example.entries for example in (*standard.rules[name].passes, *standard.rules[name].fails)]


def examples(standard, rules):
    """Return the entries of all examples of rules."""
    return [entry for name in rules for entries in catalogs(standard, name) for entry in entries]


def result(*paths, engine=Validation, **options):
    """Run a validation and return all that a user sees of it."""
    with validate(*paths, engine=engine, **{"today": DAY, **options}) as report:
        return SimpleNamespace(
            findings=list(report.findings),
            rules={name: vars_of(count) for name, count in report.findings.rules.items()},
            inputs=[(item.path, item.entries, item.problem and item.problem.en) for item in report.inputs],
            statistics=report.statistics,
            failures=report.failures,
            exit_code=report.exit_code("error"),
            subjects=[(item.path, subject) for item, subject in report.subjects()],
            gone=report.gone,
        )


def vars_of(count):
    """Return what is counted of a rule."""
    return count.severity, count.total, count.kept, count.levels, count.statuses


def corpus():
    """Yield entries that were made of real catalogs, if the corpus is here."""
    for path in sorted(CORPUS.glob("*.xlsx"))[:3] if CORPUS.is_dir() else ():
        source = open_source(open_document(path), STANDARD, None, {})
        if source.format != ENTRIES:
            yield from (sourced.entry for _, sourced in zip(range(200), source, strict=False))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """2,000 made-up entries with faults, hostile lines, real catalogs."""
    folder = tmp_path_factory.mktemp("catalog")
    sample = folder / "sample.jsonl"
    assert run(["sample", "-n", "2000", "--faults", "0.2", "-o", str(sample)]) == 0
    written(folder / "hostile.jsonl", HOSTILE)
    written(folder / "real.jsonl", [*corpus(), STANDARD.examples["resource"]])
    (folder / "sample.faults.jsonl").unlink()
    return folder


@pytest.fixture(scope="module")
def both(spark, catalog):
    """What the engines make of the catalog, at the highest level."""
    # What is told of a file as a whole Spark cannot see.
    options = {"level": LAST, "ignore": ["mixed-encoding"]}
    return result(catalog, **options), result(str(catalog), engine=engine(spark), **options)


def test_both_engines_find_the_same(both):
    """Every finding, with its texts, its value, its line and column, its fingerprint."""
    ours, theirs = both
    assert ours.failures == theirs.failures == {}
    mine, other = ([json.dumps(one, sort_keys=True) for one in each.findings] for each in both)
    known = set(mine)
    assert [one for one in other if one not in known][:3] == []
    assert len(other) == len(mine)
    # One by one, as pytest would take minutes to tell long lists apart.
    assert all(a == b for a, b in zip(mine, other, strict=True))
    assert theirs.rules == ours.rules


@pytest.fixture(scope="module")
def piled(spark, tmp_path_factory):
    """The examples of all rules as tables of both engines.

    Yields the standard, the first and last entry of each example of each rule, and what asks each engine.
    """
    standard, folder = STANDARD, tmp_path_factory.mktemp("examples")
    entries, spans = [], {}
    for name in standard.rules:
        for own in catalogs(standard, name):
            spans.setdefault(name, []).append((len(entries) + 1, len(entries) + len(own)))
            entries += own
    file = written(folder / "examples.jsonl", entries)
    queries = [rule.query for rule in standard.rules.values()]
    options = Options(None, DAY)
    ours, theirs = folder / "ours", folder / "theirs"
    ours.mkdir()
    theirs.mkdir()
    here, there = Validation(standard, options, ours), Distributed(standard, options, theirs, spark)
    assert list(here.check([file]))[-1:] == list(there.check([file])) == [len(entries)]
    tables = Tables(standard, ours)
    tables.load(here.spooled(), queries, DAY, every=True)
    kept = views.create(there.session, standard, there.spool.present, queries)
    carried = carrier(there.session, standard, DAY, there._seen())
    yield (
        standard,
        spans,
        lambda query: sorted(map(repr, tables.run(query))),
        lambda query: sorted(map(repr, _rows(there.session.sql(carried.sql(query))))),
    )
    for frame in kept:
        frame.unpersist()
    tables.close()
    here.close()
    there.close()


def _rows(frame):
    """Yield rows of Spark as `Tables.run` yields those of DuckDB."""
    for row in frame.collect():
        values = dict(zip(frame.columns, row, strict=True))
        yield values.pop("entry"), values.pop("path"), values


def within(query, tables, span):
    """Return a query that sees the entries of a span alone."""
    tree = sqlglot.parse_one(query, read="duckdb")
    own = {cte.alias for cte in tree.find_all(sqlglot.exp.CTE)}
    for table in list(tree.find_all(sqlglot.exp.Table)):
        if table.name in tables - own:
            part = sqlglot.parse_one(f'select * from "{table.name}" where entry between {span[0]} and {span[1]}')
            part = part.subquery(table.alias or table.name)
            if table.args.get("joins"):
                part.set("joins", table.args["joins"])
            table.replace(part)
    return tree.sql("duckdb")


def test_each_rule_finds_the_same_in_its_examples(piled):
    """Good and bad examples of every rule: the same entries, pointers and parameters; and something is found."""
    standard, spans, ours, theirs = piled
    tables = known_tables(standard)
    whole = {name: within(rule.query, tables, whole_of(spans[name])) for name, rule in standard.rules.items()}
    mine = {name: ours(query) for name, query in whole.items()}
    # Where one example makes up for what another lacks each is asked alone.
    apart = {
        (name, span): within(standard.rules[name].query, tables, span)
        for name, rows in mine.items()
        if not rows
        for span in spans[name]
    }
    alone = {at: ours(query) for at, query in apart.items()}
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip([*whole, *apart], pool.map(theirs, [*whole.values(), *apart.values()]), strict=True))
    both = mine | alone
    assert {at: (both[at], found[at]) for at in both if both[at] != found[at]} == {}
    heard = {name for name, rows in mine.items() if rows} | {name for (name, _), rows in alone.items() if rows}
    assert sorted(set(standard.rules) - heard) == []


def whole_of(spans):
    """Return the span of all examples of a rule."""
    return spans[0][0], spans[-1][1]


def test_both_engines_count_the_same(both):
    """Entries, inputs, figures of the catalog, what each entry says of itself, the exit code."""
    ours, theirs = both
    assert theirs.inputs == ours.inputs
    assert theirs.statistics == ours.statistics and ours.statistics
    assert theirs.subjects == ours.subjects
    assert theirs.exit_code == ours.exit_code == 1


def test_no_personal_number_leaves_the_cluster(both):
    """Numbers are masked in what the other engine found, too."""
    assert "11010519491231002X" not in json.dumps([both[1].findings, [one.label for _, one in both[1].subjects]])


def test_rules_of_a_profile_find_the_same(spark, tmp_path):
    """A standard that extends another goes to the executors with all that it rests on."""
    standard = load(PROFILE)
    own = [name for name in standard.rules if name not in STANDARD.rules]
    assert own
    file = written(tmp_path / "own.jsonl", examples(standard, own))
    ours, theirs = (result(file, standard=standard, only=own, engine=one) for one in (Validation, engine(spark)))
    assert theirs == ours
    assert set(own) <= set(ours.rules)


def test_exceptions_count_as_on_one_machine(spark, tmp_path):
    """Waivers, baseline, severities and what is ignored; entries of several files, one of them compressed."""
    rule = next(rule for rule in STANDARD.rules.values() if rule.fails)
    entries = examples(STANDARD, [rule.id])
    folder = tmp_path / "catalogs"
    folder.mkdir()
    written(folder / "b.jsonl", entries)
    (tmp_path / "目 录.jsonl.gz").write_bytes(gzip.compress((folder / "b.jsonl").read_bytes()))
    baseline, waivers = tmp_path / "known.json", tmp_path / "waivers.toml"
    assert run(["baseline", "write", "--isolated", "--level", LAST, "-o", str(baseline), str(folder / "b.jsonl")]) == 0
    waivers.write_text(
        f'[[waivers]]\nrule = "{rule.id}"\nentries = ["*"]\nreason = "known"\nowner = "a"\nexpires = 2026-06-01\n',
        encoding="utf-8",
    )
    for options in ({"waivers": [waivers]}, {"baseline": baseline, "severity": {rule.id: "info"}}):
        ours, theirs = (
            result(folder, only=[rule.id], level=LAST, engine=one, **options) for one in (Validation, engine(spark))
        )
        assert theirs == ours
    packed = result(str(tmp_path / "目 录.jsonl.gz"), only=[rule.id], engine=engine(spark))
    assert [one["source"]["line"] for one in packed.findings] == [
        one["source"]["line"] for one in result(folder / "b.jsonl", only=[rule.id]).findings
    ]


def test_a_table_is_read_as_entries(spark, tmp_path):
    """Parquet with a column a property, or one of JSON texts: the same findings, without lines."""
    file = written(tmp_path / "a.jsonl", examples(STANDARD, [next(iter(STANDARD.rules))]))
    spark.read.json(str(file)).coalesce(1).write.parquet(str(tmp_path / "columns.parquet"))
    spark.read.text(str(file)).coalesce(1).write.parquet(str(tmp_path / "texts.parquet"))
    ours = result(file, only=list(STANDARD.rules)[:1])
    for name in ("columns", "texts"):
        table = str(tmp_path / f"{name}.parquet")
        theirs = result(table, only=list(STANDARD.rules)[:1], engine=engine(spark))
        assert [(one["rule"], one["number"], one["pointer"], one["value"]) for one in theirs.findings] == [
            (one["rule"], one["number"], one["pointer"], one["value"]) for one in ours.findings
        ]
        assert {(one["source"]["path"], one["source"]["line"]) for one in theirs.findings} == {(table, None)}


def test_the_command_line_writes_reports_and_tells_by_its_exit_code(spark, tmp_path, capsys):
    """`--engine spark` writes what any run writes; what cannot be read is named, and makes it 2."""
    file = written(tmp_path / "a.jsonl", [{"kind": "resource"}])
    base = ["validate", "--isolated", "--engine", "spark", "--only", next(iter(STANDARD.rules)), "-q"]
    assert run([*base, "-f", f"jsonl:{tmp_path / 'out.jsonl'}", str(file)]) == 1
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["type"] for line in lines[:2]] == ["run", "finding"] and lines[0]["summary"]["entries"] == 1
    delta = tmp_path / "delta" / "_delta_log"
    delta.mkdir(parents=True)
    (delta / "0.json").write_text("{}", encoding="utf-8")
    (tmp_path / "empty.jsonl").touch()
    named = [str(tmp_path / name) for name in ("missing.jsonl", "delta", "empty.jsonl")]
    assert run([*base, *named]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in (*named, "PATH_NOT_FOUND", "delta")) and "Traceback" not in told


@pytest.mark.parametrize(
    "options", [{"since": "HEAD"}, {"format": "ckan"}, {"encoding": "gb18030"}, {"given": {("a",): "b"}}], ids=str
)
def test_what_the_engine_cannot_do_is_refused(spark, tmp_path, options):
    """An option without an effect would be a false promise."""
    with pytest.raises(UsageFault, match="--engine spark does not go with"):
        result(written(tmp_path / "a.jsonl", []), engine=engine(spark), **options)


def test_a_query_beyond_the_list_is_not_run(spark, tmp_path, monkeypatch):
    """What a stranger's rule says to a cluster is held to the list of what rules may say."""
    file = written(tmp_path / "a.jsonl", [STANDARD.examples["resource"]])
    standard = load(PROFILE)
    name = next(name for name in standard.rules if name not in STANDARD.rules)
    query = f'select r.entry, \'\' as path from resource r join "text"."{file}" t on true'
    object.__setattr__(standard.rules[name], "query", query)
    theirs = result(file, standard=standard, only=[name], engine=engine(spark))
    assert "there is no table" in theirs.failures[name].en
    assert theirs.exit_code == 2


def test_missing_library_is_named(monkeypatch):
    """PySpark is large, so that not everybody has it."""
    from mulu.spark.session import session

    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    with pytest.raises(MissingExtra, match=r"mulu\[spark\]"), session():
        pass


class _Raised:
    """An error of Java, with the one that stands inside of it."""

    def __init__(self, message, cause=None):
        self.getMessage = lambda: message
        self.getCause = lambda: cause


@pytest.mark.parametrize(
    ("raised", "en"),
    [
        (_Raised("Not enough memory to build and broadcast the table"), "raise spark.driver.memory"),
        (
            _Raised("Boxed Exception", _Raised("java.lang.OutOfMemoryError: Java heap space")),
            "raise spark.driver.memory",
        ),
        (_Raised("is bigger than spark.driver.maxResultSize (1024.0 MiB)"), "--only"),
        (_Raised("[SOMETHING] else"), "in the words of Spark: [SOMETHING] else"),
        (_Raised("Boxed Exception"), "in the words of Spark: Boxed Exception"),
    ],
)
def test_why_a_query_failed_is_told_with_what_to_do(raised, en):
    error = RuntimeError()
    error.java_exception = raised
    assert en in why_failed(error).en
