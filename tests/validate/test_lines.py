"""Lines of entries: the same report whoever checks them, and no work done twice."""

import json
from datetime import date

import pytest

from mulu.limits import Limits
from mulu.readers import jsonl as reader
from mulu.readers import open_document, strict
from mulu.reports import report_format
from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load
from mulu.validate.api import validate
from mulu.validate.check_results import CHECKING
from mulu.validate.tables import Tables

STANDARD = load()
DAY = date(2026, 1, 15)
LAST = STANDARD.header.levels[-1].id
ODD = [
    b"",
    b'{"kind":"resource","title":"a","title":"b","identifier":12345678901234567890123}',
    b"   ",
    b"{broken",
    b'{"kind":"nope"}',
    b"[1]",
    '"一段文字"'.encode(),
    b'{"kind":"resource","identifier":"307000/1","title":"x\\u0000y","dataItems":[{"name":1e999},null,{"name":"ok"}]}',
    '{"kind": "resource", "title": "名称，写法不同", "source": {"a": 1}, "volume": {"storage": 1.50}}\r'.encode(),
]


@pytest.fixture(scope="module")
def entries():
    """Entries without a fault, of all kinds, as lines."""
    recipes = Recipes(STANDARD)
    return b"".join(Sample(recipes, counts_of(recipes, (), 300), 1).lines()).splitlines()


@pytest.fixture
def catalog(tmp_path, entries):
    """A file of entries among which all that is odd stands several times, cut into many blocks."""
    several = [
        line for number, entry in enumerate(entries) for line in ([entry, *ODD] if number % 50 == 7 else [entry])
    ]
    file = tmp_path / "catalog.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + b"\n".join(several))
    return file


def report(path, jobs, **options):
    """Return the JSON report of a run."""
    with validate(path, standard=STANDARD, level=LAST, today=DAY, jobs=jobs, **options) as found:
        target = path.with_name(f"report-{jobs}.json")
        with target.open("wb") as stream:
            report_format("json").write(found, stream, "en", False)
        return target.read_bytes()


@pytest.fixture
def blocks(monkeypatch):
    """Cut files into blocks of the size that the test asks for."""
    return lambda size: monkeypatch.setattr(reader, "BLOCK", size)


def test_the_report_is_the_same_for_any_number_of_processes(catalog, blocks):
    """Byte by byte: one block, many blocks in this process, many blocks in two and in three processes."""
    whole = report(catalog, 1)
    blocks(40_000)
    for jobs in (1, 2, 3):
        assert report(catalog, jobs) == whole
    found = json.loads(whole)["findings"]
    rules = {finding["rule"] for finding in found}
    assert {"duplicate-key", "unparsable-json", "nul-character", "unknown-kind", "entry-not-an-object"} <= rules
    text = catalog.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for finding in found:
        if finding["rule"] == "entry-not-an-object":
            assert finding["name"] is finding["owner"] is None
        if finding["rule"] == "unparsable-json":
            assert text[finding["source"]["line"] - 1] == b"{broken"
        if finding["rule"] == "not-a-json-number":
            assert finding["source"]["column"] > 1 and b"1e999" in text[finding["source"]["line"] - 1]


def test_numbers_of_entries_run_through_blocks_and_files(catalog, blocks):
    """An entry is known by its place among all entries of a run, whichever file and block it stands in."""
    blocks(40_000)
    with validate(catalog, catalog, standard=STANDARD, level=LAST, today=DAY, jobs=2) as found:
        numbers = [subject.number for _, subject in found.subjects()]
        assert numbers == list(range(1, found.entries + 1)) and found.inputs[0].entries == found.inputs[1].entries
        first, *_, last = (finding for finding in found.findings if finding["rule"] == "unknown-kind")
    assert last["number"] - first["number"] > found.inputs[0].entries
    assert last["source"]["line"] > first["source"]["line"]


def test_a_process_that_ends_before_its_work_is_told(catalog, blocks, monkeypatch):
    """The file counts as not checked; nothing of it passes for right."""
    blocks(40_000)
    monkeypatch.setitem(CHECKING, "memory", 2**20)
    with validate(catalog, standard=STANDARD, today=DAY, jobs=2) as found:
        assert "--jobs 1" in found.inputs[0].problem.en and found.exit_code("never") == 2


def test_a_line_that_is_too_long_ends_the_file_where_it_stands(tmp_path, entries, blocks):
    """What stands before it is checked, by however many processes."""
    blocks(40_000)
    file = tmp_path / "catalog.jsonl"
    file.write_bytes(b"\n".join([*entries[:200], b'{"kind":"' + b"x" * 20_000 + b'"}', *entries[200:]]))
    told = []
    for jobs in (1, 2):
        limits = Limits.of({"record_bytes": 15_000})
        with validate(file, standard=STANDARD, today=DAY, jobs=jobs, limits=limits) as found:
            told.append((found.inputs[0].problem.en, found.entries))
    assert told[0] == told[1] and "line 201 is too long" in told[0][0] and told[0][1] == 200


def test_no_work_is_done_twice(tmp_path, entries, blocks, monkeypatch):
    """Each line is parsed once, each block read once, each rule asked once; so is no line without a fault looked at."""
    blocks(40_000)
    file = tmp_path / "catalog.jsonl"
    file.write_bytes(b"\n".join(entries) + b"\n")
    counts = {"parsed": 0, "read": 0, "asked": 0, "searched": 0}

    def counted(name, function):
        def call(*given, **named):
            counts[name] += 1
            return function(*given, **named)

        return call

    monkeypatch.setattr(reader, "parse", counted("parsed", reader.parse))
    monkeypatch.setattr(strict, "_oddities", counted("searched", strict._oddities))
    monkeypatch.setattr(reader.JsonLinesDocument, "read", counted("read", reader.JsonLinesDocument.read))
    monkeypatch.setattr(Tables, "run", counted("asked", Tables.run))
    with validate(file, standard=STANDARD, today=DAY, jobs=1) as found:
        assert not found.failures and found.entries == len(entries)
    looked_at = 100  # to tell that these are entries
    assert len(entries) <= counts["parsed"] <= len(entries) + looked_at
    assert counts["read"] == len(open_document(file).blocks) > 5
    assert counts["searched"] == 0
    assert counts["asked"] <= len(STANDARD.rules) + len(STANDARD.statistics)
