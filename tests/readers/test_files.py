"""The one way in: what is opened, how it is told, and what is refused with which words."""

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from mulu import errors
from mulu.errors import BadStandard, MissingExtra, MuluError, Unreadable, UsageFault
from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import on_disk, open_bytes, open_document
from mulu.readers.jsonl import JsonLinesDocument


def refused(function, *arguments, **options):
    with pytest.raises(Unreadable) as caught:
        function(*arguments, **options)
    refusal = caught.value
    assert refusal.text("zh") == refusal.zh and refusal.text("en") == str(refusal) == refusal.en
    return refusal


def test_a_document_knows_its_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    document = open_document(path, name="部门/a.csv")
    assert (document.path, document.size, document.encoding) == ("部门/a.csv", 8, "utf-8")
    assert document.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert open_document(path).path == str(path)


def test_a_file_is_told_by_content_not_by_name(tmp_path):
    for name in ("a.xls", "a.xlsx", "a.json", "a"):
        path = tmp_path / name
        path.write_bytes(b'[{"a": 1}]')
        assert open_document(path).family == "json"
    assert open_bytes(b"[1] x,b\n1,2\n", "a.csv").family == "csv"


@pytest.mark.parametrize(
    ("data", "word_zh", "word_en"),
    [
        (b"", "空", "empty"),
        (b" \r\n\t", "空", "empty"),
        (b"%PDF-1.7 ...", "PDF", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片", "image"),
        (b"Rar!\x1a\x07", "RAR", "RAR"),
        (b"\x1f\x8b\x08", "gzip", "gzip"),
        (b"\0\1\0\0Standard Jet DB\0", "Access", "Access"),
        (b"$FL2@(#) SPSS DATA FILE", "变量表", "list of its variables"),
        (b"[project]\nname = 1\n", "TOML", "TOML"),
        (b"; note\r\n\r\n[a.b]\r\n\r\n[c]\r\n", "TOML", "TOML"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "图片", "image"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "MHT", "MHT"),
        (bytes(range(1, 32)) * 10 + b"\0", "二进制", "binary"),
    ],
)
def test_what_holds_no_table_is_named(data, word_zh, word_en):
    refusal = refused(open_bytes, data, "x")
    assert word_zh in refusal.zh
    assert word_en in refusal.en


@pytest.mark.parametrize("data", [b"[1,\n[2]]", b'["a",\n"b"]', b'[\n{"a": 1}]'])
def test_lists_of_json_are_no_settings(data):
    """Both begin with a bracket."""
    assert open_bytes(data, "x.json").family in ("json", "jsonl")


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    assert "找不到" in refused(open_document, tmp_path / "none.csv").zh
    assert "文件夹" in refused(open_document, tmp_path).zh
    assert "does not exist" in refused(open_document, Path("a\0b")).en


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refused(open_document, tmp_path / "pipe").en


def test_a_device_is_refused():
    if Path("/dev/zero").exists():
        assert "not a regular file" in refused(open_document, Path("/dev/zero")).en


def test_a_file_that_another_program_holds_is_told(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.xlsx"
    path.write_bytes(b"x")
    monkeypatch.setattr(os, "open", denied)
    refusal = refused(open_document, path)
    assert "Excel" in refusal.zh and "Excel" in refusal.en


def test_a_file_beyond_the_limit_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 100)
    assert "--limit document_bytes=" in refused(open_document, path, limits=Limits(document_bytes=99)).zh
    assert "--limit document_bytes=" in refused(open_bytes, b"a" * 100, "x", limits=Limits(document_bytes=99)).en


def test_json_lines_may_be_larger_than_a_document(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' * 100)
    assert len(list(open_document(path, limits=Limits(document_bytes=99)).items())) == 100


def test_importing_the_readers_is_light():
    heavy = "{'lxml', 'python_calamine', 'openpyxl', 'xlrd', 'yaml', 'jiter', 're2'}"
    code = f"import mulu.readers, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "error",
    [
        MuluError("坏", "bad"),
        Unreadable("a", "坏", "bad", place=Place("a", line=1)),
        errors.NotRecognised("a", "坏", "bad"),
        BadStandard("a", "坏", "bad", line=1, column=2),
        UsageFault("坏", "bad"),
        MissingExtra("office", "读取 Word ", "reading Word"),
    ],
)
def test_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(again) == error.en


def grow(path):
    with path.open("ab") as file:
        file.write(b'{"a":2}\n')


CHANGES = {
    "cut at the end of a line": lambda path: os.truncate(path, path.stat().st_size // 2),
    "grown": grow,
    "overwritten": lambda path: os.utime(path, ns=(0, 1)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, name):
    """Half of one state and half of another is neither, whatever the half that was read says."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' * 50_000)
    with on_disk.opened(path, "a.jsonl") as file:
        file.read(8)
        CHANGES[name](path)
        assert "changed or moved while" in refused(file.read).en


@pytest.mark.parametrize("name", [*CHANGES, "replaced", "gone", "a pipe"])
def test_a_file_that_is_read_by_parts_stays_the_same(tmp_path, name):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' * 50_000)
    document = open_document(path, name="a.jsonl")
    if name in CHANGES:
        CHANGES[name](path)
    else:
        path.rename(tmp_path / "b.jsonl")
    if name == "replaced":
        path.write_bytes((tmp_path / "b.jsonl").read_bytes())
        moment = (tmp_path / "b.jsonl").stat().st_mtime_ns
        os.utime(path, ns=(moment, moment))
    elif name == "a pipe":
        os.mkfifo(path)
    for read in (lambda: list(document.items()), lambda: document.read(document.blocks[0])):
        assert "changed or moved while" in refused(read).en


def test_a_part_that_changes_after_it_was_opened_is_refused(tmp_path, monkeypatch):
    def open_and_change(document):
        file = on_disk.opened_again(path, "a.jsonl", document.stamp)
        CHANGES["overwritten"](path)
        return file

    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' * 50_000)
    document = open_document(path, name="a.jsonl")
    monkeypatch.setattr(JsonLinesDocument, "open", open_and_change)
    assert "changed or moved while" in refused(document.read, document.blocks[0]).en
