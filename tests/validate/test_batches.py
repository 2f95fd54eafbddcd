"""Entries that are made here and checked beside: the same report whoever checks them, and nothing of it is lost."""

import json
import math
from contextlib import closing
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulu import child
from mulu.convert import EntrySource, Sourced
from mulu.limits import Limits
from mulu.readers.json import JsonDocument
from mulu.reports import report_format
from mulu.standard import load
from mulu.validate import batches
from mulu.validate.api import validate
from mulu.validate.batches import Helpers, Made, Work, checked
from mulu.validate.check_results import CHECKING, Terms
from mulu.validate.spool import Spool
from mulu.validate.structure import Structure

STANDARD = load()
DAY = date(2026, 1, 15)
LAST = STANDARD.header.levels[-1].id
RULES = frozenset({"mobile-number-as-contact", "title-numbered-by-dragging"})
"""The rules that find something in the files here: to ask the others takes most of the time, and changes nothing."""
HEAD = "信息资源名称,信息资源提供方,信息资源代码,更新周期,联系电话"


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Batches of seven entries."""
    monkeypatch.setattr(batches, "ENTRIES", 7)


def table(rows):
    """Return a table in which some rows have a code that is none, a date that is none, or nothing."""
    lines = [
        f"名称{n},甲局,{'307/' if n % 5 == 3 else '307000000/000'}{n},{'每年' if n % 4 else '有时'},{13800000000 + n}"
        for n in range(rows)
    ]
    return "\n".join([HEAD, *lines, "名称甲,乙局,,,"]).encode()


def xml(records):
    """Return a file that is read record by record, some without a title."""
    one = (
        '<record><header><identifier>oai:a:{0}</identifier></header><metadata><dc xmlns:dc="{1}">{2}'
        "<dc:date>某年</dc:date><dc:identifier>{0}</dc:identifier><x>{0}</x></dc></metadata></record>"
    )
    uri = "http://purl.org/dc/elements/1.1/"
    body = "".join(one.format(n, uri, f"<dc:title>名称{n}</dc:title>" if n % 3 else "") for n in range(records))
    body = body.replace("<x>31</x>", "<x>31</x>" * 60)
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{body}</ListRecords></OAI-PMH>'.encode()


def odd_entries():
    """Return entries with what JSON has, and has not, room for."""
    odd = [{"x": 2**80, "y": [None, 1.0, -0.0]}, {"x": "\u2028"}, {"x": math.nan, "y": math.inf}, None, "text", [1], {}]
    return [
        {"kind": "resource", "title": f"名称{n}", "identifier": n, "volume": odd[n % 7]} if n % 3 else odd[n % 7]
        for n in range(60)
    ]


FILES = {
    "a.csv": table(40),
    "a.json": json.dumps(odd_entries(), indent=1).encode(),
    "b.json": json.dumps({"kind": "resource", "title": ["名称"]}, indent=1).encode(),
    "a.yaml": "\n".join(f"- {{kind: resource, title: 名称{n}, issued: {n}}}" for n in range(30)).encode(),
    "a.xml": xml(40),
}


def report(path, jobs, *, limits=None, **options):
    """Return the JSON report of a run, and what kept a file from being checked whole."""
    given = {"standard": STANDARD, "level": LAST, "today": DAY, "only": RULES} | options
    with validate(path, jobs=jobs, limits=Limits.of(limits or {}), **given) as found:
        target = path.parent / "report.json"
        with target.open("wb") as stream:
            report_format("json").write(found, stream, "en", False)
        problem = found.inputs[0].problem
        return target.read_bytes(), problem and problem.en, found.entries


BOUNDS = [{"values": 40}, {"entries": 17}, {"findings": 20}, {"findings_per_rule": 3}]


@pytest.mark.parametrize(
    ("name", "limits"), [*((name, {}) for name in FILES), *(("a.xml", limits) for limits in BOUNDS)]
)
def test_the_report_is_the_same_for_any_number_of_processes(tmp_path, name, limits):
    """Byte by byte; also where reading or checking ends on the way, and where findings are only counted."""
    file = tmp_path / name
    file.write_bytes(FILES[name])
    told = report(file, 1, limits=limits)
    assert told[0] and json.loads(told[0])["findings"]
    assert bool(told[1]) == any(name in limits for name in ("values", "entries", "findings"))
    assert report(file, 3, limits=limits) == told


def test_one_batch_or_many_make_no_difference(tmp_path, monkeypatch):
    """Findings, their order, and the numbers of entries."""
    file = tmp_path / "a.csv"
    file.write_bytes(FILES["a.csv"])
    many = report(file, 2)
    monkeypatch.setattr(batches, "ENTRIES", 1000)
    assert report(file, 1) == many and many[2] == 41
    monkeypatch.setattr(batches, "_BYTES", 1)
    assert report(file, 2) == many


@pytest.mark.parametrize("jobs", [1, 2])
def test_checking_ends_at_the_first_entry_too_many(tmp_path, jobs):
    """As many are checked as the limit says, and the place of the next one is told."""
    file = tmp_path / "a.csv"
    file.write_bytes(table(40))
    _, problem, entries = report(file, jobs, limits={"entries": 17})
    assert entries == 17 and ":19:" in problem and "entries = 17" in problem


@pytest.mark.parametrize("jobs", [1, 2])
def test_checking_ends_with_the_batch_of_too_many_findings(tmp_path, jobs):
    """A batch more may be checked; the place is that of the first entry that was not."""
    file = tmp_path / "a.csv"
    file.write_bytes(table(400))
    _, problem, entries = report(file, jobs, limits={"findings": 20})
    assert f"a.csv:{entries + 2}:" in problem and "findings = 20" in problem and 0 < entries < 40


def test_a_process_that_ends_before_its_work_is_told(tmp_path, monkeypatch):
    """The file counts as not checked; what comes behind it does not suffer."""
    file, other = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_bytes(table(40))
    other.write_bytes(table(3))
    monkeypatch.setitem(CHECKING, "memory", 2**20)
    with validate(file, other, standard=STANDARD, today=DAY, only=RULES, jobs=2) as found:
        assert "--jobs 1" in found.inputs[0].problem.en and found.exit_code("never") == 2
        assert found.inputs[1].problem is None and found.inputs[1].entries == 4
        numbers = [subject.number for _, subject in found.subjects()]
    assert numbers == list(range(1, found.entries + 1))


def test_helpers_stay_for_all_files(tmp_path, monkeypatch):
    """To begin one takes as long as to check a thousand entries."""
    begun = []
    ask = child.ask

    def asked(function, *given, **named):
        begun.append(function)
        return ask(function, *given, **named)

    monkeypatch.setattr(child, "ask", asked)
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_bytes(table(40))
    with validate(tmp_path, standard=STANDARD, today=DAY, only=RULES, jobs=2) as found:
        assert found.entries == 3 * 41
    assert begun == ["mulu.validate.batches:answer"]


def test_numbers_run_through_batches_and_files(tmp_path):
    """An entry has its number in the run, whoever has checked it; places are those of the file."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(table(40))
    with validate(tmp_path / "a.csv", tmp_path / "b.csv", standard=STANDARD, today=DAY, only=RULES, jobs=3) as found:
        numbers = [subject.number for _, subject in found.subjects()]
        assert numbers == list(range(1, 83))
        places = [(one["number"], one["source"]["row"]) for one in found.findings if one.get("number")]
    assert places and all(row == (number - 1) % 41 + 2 for number, row in places)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(values, min_size=15, max_size=25))
@settings(max_examples=15, deadline=None)
def test_what_is_checked_beside_is_what_was_made(tmp_path_factory, made):
    """Whatever a value holds, another process gets it as it is."""
    entries = [{"kind": "resource", "title": "名称", "volume": value, "x": [value]} for value in made]

    def told(jobs):
        folder = tmp_path_factory.mktemp("run")
        spool = Spool(folder, list(STANDARD.schemas.kinds))
        work = Work("a", 0, Terms())
        source = EntrySource(JsonDocument("a", "json", "", 0, "utf-8", value=entries))
        made = Made(STANDARD, source, 0, len(entries))
        shared = spool.begin()
        found = []
        with closing(Helpers(STANDARD, Limits(), spool, jobs)) as helpers:
            for batch in checked(work, made, spool, Structure(STANDARD), helpers, lambda: shared):
                found += map(repr, batch.checked.told("a"))
                spool.take(batch.checked.written or shared.close())
        return found, [spool.line(number + 1) for number in range(len(entries))]

    here, beside = told(1), told(2)
    assert repr(here) == repr(beside) and here[0]
    assert [line["entry"] for line in here[1] if line]


@pytest.mark.parametrize(
    ("entry", "is_exact"),
    [
        ({"nullable": True}, True),
        ({"x": "null"}, True),
        ({"x": 2**64}, False),
        ({"x": math.nan}, False),
        ({"x": None}, False),
        ({"x": [1, None]}, False),
        ([None], False),
        (math.nan, False),
    ],
)
def test_the_quick_parser_is_left_only_for_what_it_does_not_read(entry, is_exact):
    """A property that is called nullable, or a text that says null, is no reason to write a batch slowly."""
    batch = batches._Batch()
    batch.add(Sourced(entry, 0, {"": (0, 1, 0)}))
    assert batch.is_exact == is_exact
