"""A folder in which stands whatever can be wrong with a file: what comes of each, at once and in a run that goes on."""

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

import mulu
from mulu.convert.account import notice_lines
from mulu.errors import MuluError, UsageFault
from mulu.limits import DEFAULT
from mulu.readers.checkpoint import Kept

TABLE = "信息资源名称,信息资源代码,信息资源摘要,共享类型,更新周期,信息资源提供方\n"
ENTRY = orjson.dumps({"kind": "resource", "title": "己"})


def packed(**files):
    """Return the bytes of an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


FILES = {
    "a.csv": (TABLE + "甲,1,说甲,无条件共享,每年,\n,,,,,\n注：到此为止\n").encode("gb18030"),
    "b.json": orjson.dumps([{"标题": "乙", "来源部门": "局", "描述": "说", "更新频率": "每年", "旧": 1}, {"旧": 2}]),
    "c.jsonl": ENTRY + b'\n{"kind": \n' + ENTRY + b"\n[1\n",
    "d.json": b"{",
    "e.json": b"[]",
    "f.csv": b"",
    "g.csv": b"a,b\n1,2\n",
    "h.zip": packed(i_csv=TABLE + "丙,3,说丙,无条件共享,每年,\n", j_json="{", k_txt="x"),
    "l.csv.gz": gzip.compress((TABLE + "丁,4,说丁,无条件共享,每年,\n").encode(), mtime=0),
    "m.bin": b"\0\1",
    "n.jsonl": ENTRY,
    "o.csv": ("\n".join([TABLE.strip(), "戊,5,说戊", '"开着,6'])).encode(),
}


@pytest.fixture
def batch(tmp_path, monkeypatch):
    """Go to a folder in which the batch stands."""
    monkeypatch.chdir(tmp_path)
    for name, data in FILES.items():
        path = tmp_path / "batch" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def told(**options):
    """Return what is told of the batch, in its order, and the accounts at its end."""
    lines = []

    def tell(*what):
        lines.append(" ".join(one if isinstance(one, str) else orjson.dumps(one).decode() for one in what))

    def read(document):
        tell("read", document.path, document.family, document.encoding or "", document.size, document.sha256[:8])
        for language in ("zh", "en"):
            lines.extend(notice_lines(document, language))

    conversion = mulu.convert(
        "batch",
        on_problem=lambda path, problem: tell(type(problem).__name__, path, problem.zh, "|", problem.en),
        on_passed_over=lambda given, names: tell("passed over", given, [*names]),
        on_read=read,
        on_reject=lambda reject: tell("reject", reject.to_dict()),
        left_out=["batch/n.jsonl"],
        **options,
    )
    for document, sourced in conversion.sourced():
        tell("entry", document.path, sourced.entry)
    for ledger in conversion.ledgers:
        tell("ledger", ledger.to_dict())
    return lines


@pytest.mark.parametrize("way", ["plain", "aside", "few", "empty"])
def test_each_file_of_a_batch_is_told_of(way, batch, approved):
    """What is converted, what is wrong with the others, what is passed over, and what no entry was made of."""
    options = {
        "plain": {},
        "few": {"sets_aside": True, "limits": replace(DEFAULT, notices=1)},
        "aside": {"sets_aside": True},
        "empty": {"allow_empty": True, "given": {("note",): "全部"}},
    }
    approved(f"batch/{way}.txt", told(**options[way]))


def test_a_batch_that_goes_on_tells_what_it_would_have(batch):
    """What was converted before is not converted again, and nobody sees the difference."""
    once = told(sets_aside=True)
    with Kept(Path("kept"), ["batch"]) as kept:
        assert told(sets_aside=True, kept=kept) == once
        assert (kept.before, kept.anew) == (0, 11)
    with Kept(Path("kept"), ["batch"]) as kept:
        assert told(sets_aside=True, kept=kept) == once
        assert (kept.before, kept.anew) == (6, 5)


@pytest.mark.parametrize(
    "other",
    [
        {"format": "cn-guide-2017"},
        {"encoding": "gb18030"},
        {"given": {("note",): "别的"}},
        {"given": {("title",): "全部"}},
        {"limits": replace(DEFAULT, notices=7)},
        {"sets_aside": True},
    ],
)
def test_a_batch_that_is_asked_for_otherwise_is_done_anew(other, batch):
    """What was kept of a file holds only for the same question."""
    asked = {"given": {("note",): "全部"}}
    for options in (asked, {**asked, **other}):
        with Kept(Path("kept"), ["batch"]) as kept:
            told(**options, kept=kept)
            assert kept.before == 0
    with Kept(Path("kept"), ["batch"]) as kept:
        told(**asked, kept=kept)
        assert kept.before > 0


def test_the_first_problem_ends_a_conversion_that_nobody_watches(batch):
    """Without a function for problems they are raised when their file is reached."""
    conversion = mulu.convert("batch/a.csv", "batch/d.json")
    entries = iter(conversion)
    assert next(entries)["title"] == "甲"
    with pytest.raises(MuluError, match="invalid JSON"):
        next(entries)
    assert [ledger.path for ledger in conversion.ledgers] == ["batch/a.csv"]


def test_a_fault_of_the_program_costs_one_file(batch):
    """It is told as such, with the file's name, and the others are converted."""
    problems = []

    def read(document):
        if document.path == "batch/a.csv":
            raise ZeroDivisionError

    conversion = mulu.convert(
        "batch/a.csv", "batch/b.json", on_problem=lambda *told: problems.append(told), on_read=read
    )
    assert [entry["title"] for entry in conversion if "title" in entry] == ["甲", "乙"]
    ((path, problem),) = problems
    assert path == "batch/a.csv" and "ZeroDivisionError" in problem.zh and "ZeroDivisionError" in problem.en


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        (
            {"format": "cn-guide-2018"},
            "没有格式 cn-guide-2018，是不是 cn-guide-2017？",
            "unknown format cn-guide-2018 (did you mean",
        ),
        ({"format": "zzz"}, "没有格式 zzz；可用：mulu, mulu-template, ", "unknown format zzz; available: mulu, "),
        ({"encoding": "utf-99"}, "utf-99", "utf-99"),
        ({"given": {("publisher", "nam"): "x"}}, "resource 没有属性 publisher.nam；", "has no property publisher.nam;"),
    ],
)
def test_what_is_asked_for_wrongly_is_told(options, zh, en, batch):
    """A name that does not exist, with one that is meant where there is one."""
    with pytest.raises(UsageFault) as caught:
        list(mulu.convert("batch/a.csv", **options))
    assert zh in caught.value.zh and en in caught.value.en


def test_what_came_of_a_file_before_it_broke_off_is_in_the_account(tmp_path):
    """It is in the output, so the account adds up to it; of a file that gave nothing there is none."""
    line = b'{"kind": "resource", "title": "a"}\n'
    (tmp_path / "a.jsonl").write_bytes(line * 3 + b'{"kind": "' + b"x" * 200 + b'"}\n' + line)
    (tmp_path / "b.jsonl").write_bytes(b'{"kind": "' + b"x" * 200 + b'"}\n' + line)
    problems = []
    found = mulu.convert(
        tmp_path / "a.jsonl",
        tmp_path / "b.jsonl",
        limits=replace(DEFAULT, record_bytes=100),
        on_problem=lambda name, problem: problems.append((Path(name).name, problem.en)),
    )
    assert len(list(found)) == 3
    assert [name for name, _ in problems] == ["a.jsonl", "b.jsonl"] and "line 4 is too long" in problems[0][1]
    assert [(ledger.records, ledger.entries, ledger.leaves) for ledger in found.ledgers] == [(3, 3, 6)]
