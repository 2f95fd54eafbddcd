"""What rules are asked of, whole: tables with their columns and lines, and the functions beside those of SQL."""

import errno
import sqlite3
from datetime import date
from pathlib import Path

import duckdb
import orjson
import pytest

from mulu import child
from mulu.errors import BadStandard
from mulu.limits import Limits
from mulu.pointer import value_at
from mulu.standard import load
from mulu.validate import Options, Validation, batches, queries
from mulu.validate import spool as spool_module
from mulu.validate.entries import without
from mulu.validate.judge import Policy
from mulu.validate.resume import about
from mulu.validate.shapes import tables_of
from mulu.validate.spool import Spool
from mulu.validate.store import Store
from mulu.validate.structure import Structure
from mulu.validate.tables import Tables

SMALL = Path(__file__).with_name("small")
DAY = date(2026, 1, 15)
BOX = {"wide": 1.5, "tall'": True, "items": [{"no": 1, "tall": {"ps": [1, 2.5]}}, {"no": 2}, {"tall": {"ps": []}}]}


@pytest.fixture
def spooled(tmp_path, files, plain, monkeypatch):
    """Return a run that has checked a file in portions of few entries, and one with nested arrays."""
    monkeypatch.setattr(batches, "ENTRIES", 6)
    Path("box.json").write_bytes(orjson.dumps([{"kind": "thing", "box": BOX}, {"kind": "thing", "box": None}]))
    found = Validation(plain, Options("full", DAY), tmp_path)
    for name in ("list.json", "box.json"):
        for _ in found.add(Path(name), name):
            pass
    yield found
    found.close()


def lines(tables, name):
    """Return the columns of a table with their types, and its lines as JSON."""
    columns = tables.connection.execute(f'describe "{name}"').fetchall()
    found = tables.connection.execute(f'select to_json(t) from "{name}" t order by all').fetchall()
    told = [{k: v for k, v in orjson.loads(line).items() if v is not None} for (line,) in found]
    return {"columns": {column[0]: column[1] for column in columns}, "lines": told}


@pytest.mark.parametrize("query", ["select * from {}", "select entry, size, name, tall from {}"], ids=["all", "few"])
def test_all_that_stands_in_tables(spooled, plain, tmp_path, approved, query):
    """Entries without what was rejected; elements with pointer and position; columns that a query asks for."""
    spool = spooled.spooled()
    assert len(spool.portions) > 3
    names = [*tables_of(plain.schemas), "entries", "code_colour"]
    tables = Tables(plain, tmp_path, spool.size)
    idle = tables.load(spool, [query.format(f'"{name}"') for name in names], DAY)
    approved(f"tables-{'all' if '*' in query else 'few'}", {name: lines(tables, name) for name in names})
    # No part has parts of its own.
    assert idle == {query.format('"thing_part_child"')}
    tables.close()


def test_tables_of_kinds_that_are_not_there_are_empty(plain, tmp_path, approved):
    """A query that needs none of them can run; columns and types are the same."""
    spool = Spool(tmp_path / "entries", ["thing"])
    tables = Tables(plain, tmp_path)
    names = [*tables_of(plain.schemas)]
    wanted = [f'select * from "{name}"' for name in names]
    assert tables.load(spool, wanted, DAY, every=True) == set(wanted)
    approved("tables-empty", {name: lines(tables, name)["columns"] for name in names})
    tables.close()


def test_a_full_disk_is_told_as_one(tmp_path):
    """Whatever the database of findings calls it."""

    class Full:
        def executemany(self, *_):
            raise sqlite3.OperationalError("database or disk is full")

    found = Store(tmp_path, Limits(), None)
    found.close()
    found._connection = Full()
    with pytest.raises(OSError) as caught:
        found.settle(lambda *_: None)
    assert caught.value.errno == errno.ENOSPC


def test_a_spool_is_read_as_it_was_written(spooled, tmp_path, monkeypatch):
    """By number, in order, from a copy, and by another process; of many portions not every index is kept."""
    monkeypatch.setattr(spool_module, "_INDEXES", 2)
    spool = spooled.spooled()
    said = [spool.line(number) for number in range(spool.entries + 2)]
    assert said[0] is None and said[-1] is None and said[1]["doc"]["label"] == "桌子"
    # Where an entry comes from is of no concern to rules.
    assert "x-own" in said[7]["doc"] and "source" not in said[7]["doc"]
    assert [line["entry"] for line in said if line][:3] == [1, 2, 3]
    assert [number for number in range(1, spool.entries + 1) if said[number] is None] == list(range(16, 22))
    subjects = list(spool.subjects())
    assert [one.number for one in subjects] == list(range(1, spool.entries + 1))
    assert [one.key for one in subjects if one.kind] == [line["key"] for line in said if line]
    other = Spool.from_dict(spool.to_dict())
    assert (other.entries, other.size, other.longest) == (spool.entries, spool.size, spool.longest)
    folder = tmp_path / "copy"
    folder.mkdir()
    copied = Spool(tmp_path / "third", spool.kinds)
    copied.copy_from(folder, spool.copy_to(folder, 0))
    copied.copy_from(folder, spool.copy_to(folder, 1))
    first = spool.portions[0].entries
    assert copied.entries == 2 * spool.entries - first and list(copied.subjects())[: spool.entries] == subjects
    assert [copied.line(number) for number in range(1, spool.entries + 1)] == said[1:-1]
    assert copied.line(spool.entries + 1) == spool.line(first + 1)
    assert other.present == copied.present == {"thing"}
    assert [start for _, start in other.files("thing")] == [start for _, start in spool.files("thing")]
    assert spool.longest == max(
        len(line) for file, _ in spool.files("thing") for line in file.read_bytes().splitlines(keepends=True)
    )
    assert spool.size == sum(file.stat().st_size for file, _ in spool.files("thing"))


SETTINGS = (
    *("memory_limit", "max_temp_directory_size", "disabled_optimizers", "preserve_insertion_order"),
    *("autoinstall_known_extensions", "autoload_known_extensions", "enable_external_access", "lock_configuration"),
)


def test_a_database_is_bounded_and_shut(plain, tmp_path, approved):
    """In memory, files and threads, by how much there is; once it is loaded nothing else is read or changed."""
    found = {}
    for size in (0, 16 * 2**20 - 1, 16 * 2**20, 64 * 2**20, 64 * 2**20 + 1):
        (tmp_path / str(size)).mkdir()
        tables = Tables(plain, tmp_path / str(size), size)
        tables.load(Spool(tmp_path / "entries", ["thing"]), [], DAY)
        run = tables.connection.execute
        said = {name: str(run(f"select current_setting('{name}')").fetchone()[0]) for name in SETTINGS}
        (spill,) = run("select current_setting('temp_directory')").fetchone()
        (threads,) = run("select current_setting('threads')").fetchone()
        assert spill == str(tmp_path / str(size) / "spill") and (threads == 1 or size >= 16 * 2**20)
        found[f"{size} bytes"] = said | {"is a file": (tmp_path / str(size) / "tables.duckdb").exists()}
        for query in ("select * from read_csv('a')", "set threads = 2", "copy (select 1) to 'a'", "attach 'b'"):
            with pytest.raises(duckdb.Error):
                run(query)
        tables.close()
    approved("bounds", found)


def test_what_is_no_query_of_a_rule(plain, tmp_path):
    """It is said what one is."""
    tables = Tables(plain, tmp_path)
    tables.load(Spool(tmp_path / "entries", ["thing"]), [], DAY)
    assert list(tables.run("select 1 as entry, null as path, 2 as a; ")) == [(1, None, {"a": 2})]
    for query, said in {
        "select 1 as ENTRY, '' as path": "the query does not yield the columns entry and path",
        "select 1 as entry, '' as PATH": "the query does not yield the columns entry and path",
        "select 1 as entry) q; select (1": "a query is one SELECT",
    }.items():
        with pytest.raises(queries.RuleFailed) as caught:
            list(tables.run(query))
        assert caught.value.en == said
    tables.close()


PLACES = {
    "kind": "thing",
    "notes": ["a", "", True],
    "parts": [{"name": "b"}, {"name": 3}, {"size": 1}, "c"],
    "owner": {},
}


def test_places_in_an_entry(plain):
    """An element by its key, itself or its content; behind the end of a list by its number, like what is not there."""
    anchor = Structure(plain).anchors(PLACES)
    anchors = {
        ("notes", 0): "/notes/=a",
        ("notes", 1): "/notes/#12ae32cb1ec02d01",
        ("notes", 3): "/notes/3",
        ("parts", 0, "size"): "/parts/=b/size",
        ("parts", 1, "name"): "/parts/=3/name",
        ("parts", 3): "/parts/=c",
        ("parts", 4, "name"): "/parts/4/name",
        ("owner", "name"): "/owner/name",
        ("owner", 0): "/owner/0",
        (): "",
    }
    assert {path: anchor(path) for path in anchors} == anchors
    values = {
        ("notes", 2): True,
        ("notes", 3): None,
        ("parts", 0, "name"): "b",
        ("owner", 0): None,
        ("notes", "0"): None,
    }
    assert {path: value_at(PLACES, path) for path in values} == values
    for path in (("notes", 3), ("notes", "0"), ("owner", "name"), ("kind", 0), ("none", 0)):
        assert without(PLACES, [path]) == PLACES
    assert without(PLACES, [("notes", 2), ("notes", 0), ("parts", 1, "name"), ("owner",)]) == {
        "kind": "thing",
        "notes": [None, "", None],
        "parts": [{"name": "b"}, {}, {"size": 1}, "c"],
    }


TEXTS = (
    *(
        "",
        "a",
        "Ａｂ－１",
        "市 民政局",
        "《条例》（试行）",
        "“a”、b；c。",
        "e\u0301",
        "é",
        "a\u0300\u200b",
        "１２＇",
        "x\x00y",
    ),
    *("2021", "2021-02", "2021-02-30", "2021-06-08", "2021-06-08T12:00", "21-06", "2024-02", "2021-13", "x"),
)


def test_functions_of_rules(plain, tmp_path, approved):
    """What is alike when names are compared, and the days that a date stands for."""
    tables = Tables(plain, tmp_path)
    tables.load(Spool(tmp_path / "entries", ["thing"]), [], DAY)
    query = "select plain(t), blank(t), first_day(t)::varchar, last_day(t)::varchar from (select ?::varchar as t)"
    run = tables.connection.execute
    approved("functions", {text: list(run(query, [text]).fetchone()) for text in TEXTS})
    assert run("select plain(null), first_day(null), last_day(null), validation_date()::varchar").fetchall() == [
        (None, None, None, "2026-01-15")
    ]
    for text in map(chr, [*range(33, 127), *range(0xFF01, 0xFF5F)]):
        (said,) = run("select plain(?)", [f"a{text}"]).fetchone()
        folded = text if text < "\x7f" else chr(ord(text) - 0xFEE0)
        assert said == ("a" + folded.lower() if folded.isalnum() else "a"), text
    tables.close()


def test_what_is_kept_depends_on_all_that_decides(approved):
    """Another option, another folder of what is kept."""
    whole = Options(
        "full",
        DAY,
        "table",
        "gb18030",
        Limits.of({"depth": 3}),
        allow_empty=True,
        given={("owner", "name"): "甲局", ("code",): "A-1"},
        policy=Policy(ignore=frozenset({"wrong-type"})),
    )
    approved("kept-by", [about("digest", Options(None, DAY)), about("digest", whole)])


def answers(monkeypatch, *lives):
    """Let children answer what is given; an exception ends one. Returns what they were asked."""
    asked, left = [], list(lives)

    def ask(function, arguments, data=b"", **bounds):
        said = left.pop(0)
        asked.append((function, arguments, bounds))

        def told():
            for line in said:
                if isinstance(line, Exception):
                    raise line
                yield orjson.dumps(line)

        return told()

    monkeypatch.setattr(queries.child, "ask", ask)
    return asked


def results(standard, tmp_path, limits):
    """Return what each rule finds in a run whose children are made up, or why it failed."""
    rules = [*standard.rules.values(), *standard.statistics.values()]
    spool = Spool(tmp_path / "entries", ["thing"])
    told = {}
    for rule, found in queries.results(standard, Options(None, DAY, limits=limits), rules, spool, tmp_path):
        try:
            told[rule.id] = [list(one) for one in found]
        except queries.RuleFailed as failed:
            text = failed.at(rule)
            told[rule.id] = [part.replace(str(standard.roots[0]), "small") for part in (text.zh, text.en)]
    return told


def test_all_that_is_said_of_rules_whose_process_ends(tmp_path, monkeypatch, approved):
    """For time, for memory, by themselves; another process goes on, until there have been too many."""
    standard = load(SMALL)
    limits = Limits.of({"rule_seconds": 3, "rule_memory": 5_000_000})
    found = {"entry": 1, "path": "/label", "params": {"a": 1}}
    number = "failed 11010519491231002X"
    asked = answers(
        monkeypatch,
        [{}, found, found, {}, {"failed": [number, number]}, child.Died("time")],
        [{}, {}, child.Died("memory")],
    )
    told = {"some": results(standard, tmp_path, limits)}
    assert [call[0] for call in asked] == ["mulu.validate.queries:answer"] * 2
    names = [*standard.rules, *(one.id for one in standard.statistics.values())]
    assert [call[1]["rules"] for call in asked] == [names[start:] for start in (0, 3)]
    said = {"seconds": 3, "starting": 30, "memory": 5_000_000, "loaded": "mulu.validate.tables"}
    assert [call[2] for call in asked] == [said] * 2
    rest = {"root": str(SMALL), "folder": str(tmp_path), "today": "2026-01-15"}
    assert rest.items() <= asked[0][1].items()
    answers(monkeypatch, [{}, {"late": True}], [{}, child.Died("crash")])
    told["two"] = results(standard, tmp_path, limits)
    answers(monkeypatch, [{}, {}, *[{"spent": True}] * (len(names) - 1)])
    told["together"] = results(standard, tmp_path, limits)
    for name, life in {
        "late": [child.Died("time")],
        "large": [child.Died("memory")],
        "broken": [{"broken": ["坏", "bad"]}],
    }.items():
        answers(monkeypatch, life)
        with pytest.raises(BadStandard) as caught:
            results(standard, tmp_path, limits)
        assert caught.value.path == str(SMALL)
        told[name] = [caught.value.zh, caught.value.en]
    approved("ended", told)
