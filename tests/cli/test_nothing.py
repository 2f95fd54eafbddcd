"""A corpus of nothing: whatever holds no entry that was checked never passes, in no format."""

import orjson
import pytest

from mulu.limits import DEFAULT
from mulu.readers.input_files import ENDINGS, files_of


def workbook(path, rows):
    """Write a workbook with one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def old_workbook(path, rows):
    """Write a workbook of the older kind."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("目录")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(path))


def text(content):
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


HEADINGS = ["信息资源名称", "信息资源代码", "信息资源提供方", "信息资源摘要", "共享类型", "更新周期", "信息资源格式"]
HTML = "<html><meta charset='utf-8'><table>{}</table></html>"
CELLS = "<tr>" + "".join(f"<td>{heading}</td>" for heading in HEADINGS) + "</tr>"
CORPUS = {
    "no-record.xml": text("<a><b/></a>"),
    "cut-off.xml": text("<a><b>"),
    "no-record.ttl": text("@prefix a: <http://a/> .\na:b a:c 1 .\n"),
    "no-record.nt": text('<http://a/b> <http://a/c> "1" .\n'),
    "no-record.rdf": text('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'),
    "no-record.jsonld": text('{"@context": {"a": "http://a/"}, "@id": "http://a/b", "a:c": 1}'),
    "no-table.sql": text("select 1;\n"),
    "no-table.ddl": text("drop table a;\n"),
    "no-bytes.ods": text(b""),
    "no-bytes.docx": text(b""),
    "no-bytes.dbf": text(b""),
    "empty.xlsx": lambda path: workbook(path, []),
    "wrong-sheet.xlsx": lambda path: workbook(path, [["姓名", "年龄"], ["甲", 3]]),
    "headings-only.xlsx": lambda path: workbook(path, [HEADINGS]),
    "title-only.xlsx": lambda path: workbook(path, [["某局目录"]]),
    "no-bytes.xlsx": text(b""),
    "empty.xls": lambda path: old_workbook(path, []),
    "wrong-sheet.xls": lambda path: old_workbook(path, [["姓名", "年龄"], ["甲", 3]]),
    "headings-only.xls": lambda path: old_workbook(path, [HEADINGS]),
    "empty.csv": text(""),
    "blank.csv": text("\n\n,,\n"),
    "wrong-table.csv": text("姓名,年龄\n甲,3\n"),
    "headings-only.csv": text(",".join(HEADINGS) + "\n"),
    "mark-only.csv": text(b"\xef\xbb\xbf"),
    "empty.tsv": text(""),
    "headings-only.tsv": text("\t".join(HEADINGS) + "\n"),
    "empty.json": text(""),
    "list.json": text("[]"),
    "object.json": text("{}"),
    "null.json": text("null"),
    "wrong-key.json": text('{"knd": "resource", "title": "x"}'),
    "wrong-envelope.json": text('{"datasets": []}'),
    "no-entries.json": text('{"data": {"list": []}, "code": 200}'),
    "numbers.json": text("[1, 2]"),
    "wrong-class.json": text('[{"kind": "resorce", "title": "x"}]'),
    "empty.jsonl": text(""),
    "blank.jsonl": text("\n\n"),
    "wrong-key.jsonl": text('{"Kind": "resource"}\n'),
    "wrong-class.jsonl": text('{"kind": "dcat:DataSet", "title": "x"}\n'),
    "empty.ndjson": text(""),
    "empty.yaml": text(""),
    "comment.yaml": text("# 目录\n"),
    "list.yaml": text("[]\n"),
    "wrong-class.yaml": text("kind: resorce\ntitle: x\n"),
    "empty.html": text(""),
    "no-table.html": text("<html><p>维护中</p></html>"),
    "empty-table.html": text(HTML.format("")),
    "headings-only.html": text(HTML.format(CELLS)),
    "page.xls": text("<html><p>登录已过期</p></html>"),
    "picture.xlsx": text(b"\x89PNG\r\n\x1a\n"),
    "program.csv": text(b"MZ\x90\x00\x03\x00\x00\x00"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_nothing_never_passes(mulu, tmp_path, name):
    """None exits 0, alone or beside a report of any kind, and the message names the file."""
    CORPUS[name](tmp_path / name)
    for arguments in ([], ["-f", "json"]):
        result = mulu("validate", name, *arguments)
        assert result.code in (1, 2) and "Traceback" not in result.err
        assert name in result.err + result.out
    report = orjson.loads(result.out)
    # What was found fails, or it is said that nothing was checked.
    assert report["summary"]["error"] or any(item["problem"] for item in report["inputs"])
    # Nor does what makes old faults pass make nothing pass.
    assert mulu("validate", name, "--fail-on", "never").code == (2 if report["inputs"][0]["problem"] else 0)
    if report["inputs"][0]["problem"]:
        assert mulu("baseline", "write", name, "-o", "b.json").code == 2 and not (tmp_path / "b.json").exists()


def test_the_corpus_has_every_family(tmp_path):
    """A family of files that is read is in the corpus; the two that have the form of another apart."""
    for name in CORPUS:
        (tmp_path / name).write_bytes(b"")
    for name in ("x.et", "x.xlsm", "x.yml", "x.htm"):
        (tmp_path / name).write_bytes(b"")
    found = {path.suffix for path, _ in files_of([tmp_path], tmp_path, DEFAULT)}
    assert found == set(ENDINGS)
