"""What stands for several files: folders and ZIP archives, and what in them is no catalog."""

import errno
import gzip
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import orjson
import pytest

from mulu.cli import run

CSV = "资源名称,资源代码,提供单位,摘要,共享类型,更新周期,数据格式\n{0},1/1,示例市民政局,内容,无条件共享,每月,csv\n"
SQL = "create table t_{0} (id int primary key, mc varchar(20));\ncomment on table t_{0} is '{0}';\n"


def workbook(title):
    book = openpyxl.Workbook()
    for line in CSV.format(title).splitlines():
        book.active.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(members, encoding="utf-8"):
    """Return a ZIP archive; names in another encoding than UTF-8 are without its mark, as Windows packs them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in members.items():
            packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue() if encoding == "utf-8" else repacked(members, encoding)


def repacked(members, encoding):
    """Write stored members by hand, their names in `encoding` and without the mark of UTF-8."""
    body, directory = b"", b""
    for name, data in members.items():
        data = data.encode() if isinstance(data, str) else data
        raw = name.encode(encoding)
        common = struct.pack("<HHHHHIII", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data))
        common += struct.pack("<HH", len(raw), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + raw
        body += b"PK\x03\x04" + common + raw + data
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def converted(capfdbinary, *arguments):
    code = run(["convert", *map(str, arguments), "--lang", "en"])
    out, err = capfdbinary.readouterr()
    return code, [orjson.loads(line) for line in out.splitlines()], err.decode()


MEMBERS = {
    "民政/目录.xlsx": workbook("婚姻登记"),
    "民政/清单.csv": CSV.format("养老机构"),
    "库/结构.sql": SQL.format("低保对象"),
    "说明.pdf": b"%PDF-1.7",
    "__MACOSX/._目录.xlsx": b"x",
    "民政/~$目录.xlsx": b"x",
    "内.rar": b"Rar!",
}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_archive_stands_for_the_catalogs_in_it(tmp_path, capfdbinary, encoding):
    path = tmp_path / "交 付.zip"
    path.write_bytes(archive(MEMBERS, encoding))
    code, entries, err = converted(capfdbinary, path)
    assert code == 0 and [entry["title"] for entry in entries] == ["婚姻登记", "养老机构", "低保对象"]
    assert f"{path} › 民政/目录.xlsx (cn-open-data)" in err.replace("cn-guide-2017", "cn-open-data")
    assert f"{path}: 2 files skipped" in err and "说明.pdf, 内.rar" in err


def test_findings_name_the_archive_and_the_file_in_it(tmp_path, capfdbinary):
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"b.csv": CSV.format("").replace("每月", "偶尔")}))
    assert run(["validate", str(path), "-f", "concise"]) == 1
    assert f"{path} › b.csv:2:" in capfdbinary.readouterr().out.decode()


def test_a_folder_stands_for_the_catalogs_in_it_archives_too(tmp_path, capfdbinary):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "清单.csv").write_text(CSV.format("养老机构"), encoding="utf-8")
    (tmp_path / "a.zip").write_bytes(archive(MEMBERS))
    (tmp_path / "c.dbt").write_bytes(b"x")
    (tmp_path / "说明.pdf").write_bytes(b"%PDF")
    code, entries, err = converted(capfdbinary, tmp_path)
    assert code == 0 and [entry["title"] for entry in entries] == ["婚姻登记", "养老机构", "低保对象", "养老机构"]
    assert f"{tmp_path}: 1 file skipped" in err and ": 说明.pdf" in err


def test_a_file_whose_name_is_no_unicode_is_read(tmp_path, capfdbinary):
    """Names in GBK are found where an archive was unpacked; the bytes are told visibly."""
    name = os.fsdecode(str(tmp_path).encode() + b"/\xff\xfe.csv")
    try:
        Path(name).write_text(CSV.format("养老机构"), encoding="utf-8")
    except OSError:
        pytest.skip("this file system has only names in Unicode")
    assert converted(capfdbinary, name)[0] == 0
    told = f"{tmp_path}/\\udcff\\udcfe.csv"
    for given in (name, tmp_path):
        assert run(["validate", str(given), "-f", "json", "--ignore", "missing-property"]) in (0, 1)
        report = orjson.loads(capfdbinary.readouterr().out)
        assert [one["path"] for one in report["inputs"]] == [told]


def test_a_link_to_itself_in_a_folder_is_told_and_the_others_are_read(tmp_path, capfdbinary):
    (tmp_path / "a.csv").write_text(CSV.format("养老机构"), encoding="utf-8")
    (tmp_path / "b.csv").symlink_to("b.csv")
    code, entries, err = converted(capfdbinary, tmp_path)
    assert code == 2 and [entry["title"] for entry in entries] == ["养老机构"]
    assert f"{tmp_path}/b.csv: the file cannot be opened" in err


def test_a_folder_inside_that_cannot_be_looked_into_is_told(tmp_path, capfdbinary, monkeypatch):
    """What stands in it was not checked, so that the exit code is 2; the others are read."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.csv").write_text(CSV.format("养老机构"), encoding="utf-8")
    scandir = os.scandir

    def refusing(path="."):
        if Path(path) == tmp_path / "closed":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    code, entries, err = converted(capfdbinary, tmp_path)
    assert code == 2 and [entry["title"] for entry in entries] == ["养老机构"]
    assert f"{tmp_path / 'closed'}: " in err


def test_a_link_out_of_a_folder_is_passed_over(tmp_path, capfdbinary):
    """Otherwise who hands in a folder could have any file of this machine told in a report; named, it is read."""
    folder = tmp_path / "a"
    folder.mkdir()
    for path in (tmp_path / "b.csv", folder / "c.csv"):
        path.write_text(CSV.format("养老机构"), encoding="utf-8")
    (folder / "d.csv").symlink_to(tmp_path / "b.csv")
    (folder / "e.csv").symlink_to("c.csv")
    code, entries, err = converted(capfdbinary, folder)
    assert code == 0 and len(entries) == 2
    assert "1 file skipped" in err and "a link out of the folder): d.csv" in err
    assert len(converted(capfdbinary, folder / "d.csv")[1]) == 1


def test_a_run_does_not_read_what_it_wrote_into_the_folder_before(tmp_path, capfdbinary, monkeypatch):
    """A pipeline runs the same command in the same folder again and again."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "清单.csv").write_text(CSV.format("养老机构"), encoding="utf-8")
    reports = ("json:报告/a.json", "html:a.html", "junit:a.xml", "gitlab:b.json")
    (tmp_path / "报告").mkdir()
    command = ["validate", ".", "-q", "--level", "register", *(part for each in reports for part in ("-f", each))]
    codes = [run(command), run(command)]
    assert codes[0] == codes[1] < 2
    assert [item["path"] for item in orjson.loads((tmp_path / "报告/a.json").read_bytes())["inputs"]] == ["清单.csv"]
    assert run(["verify", "报告/a.json"]) == 0
    for item in (*tmp_path.glob("*.[hjx]*"), tmp_path / "报告/a.json"):
        item.unlink()
    write = ["baseline", "write", ".", "-o", "b.json"]
    assert [run(write), run(write)] == [0, 0]
    assert run(["validate", ".", "-q", "--baseline", "b.json"]) == 0
    (tmp_path / "b.json").unlink()
    for _ in range(2):
        assert run(["convert", ".", "-o", "all.jsonl", "--ledger", "account.json"]) == 0
        assert (tmp_path / "all.jsonl").read_bytes().count(b"\n") == 1
    assert b"all.jsonl" in capfdbinary.readouterr().err


def test_a_table_and_its_memo_file_lie_beside_each_other(tmp_path, capfdbinary):
    fields = (("XXZYMC", 20), ("GXLX", 12), ("GXZQ", 8), ("FBRQ", 8), ("TGDW", 20), ("ZYZY", 10))
    size = 1 + sum(length for _, length in fields)
    head = b"\x83\x7b\x06\x01" + struct.pack("<IHH", 1, 33 + 32 * len(fields), size) + bytes(20)
    for name, length in fields:
        kind = b"M" if name == "ZYZY" else b"C"
        head += name.encode().ljust(11, b"\0") + kind + bytes(4) + bytes([length]) + bytes(15)
    values = ("婚姻登记", "无条件共享", "每月", "20230601", "示例市民政局", "1")
    record = b" " + b"".join(v.encode("gb18030").ljust(n) for v, (_, n) in zip(values, fields, strict=True))
    memo = bytes(512) + "登记双方和日期".encode("gb18030") + b"\x1a\x1a"
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"库/ML.DBF": head + b"\r" + record + b"\x1a", "库/ML.DBT": memo}))
    code, entries, err = converted(capfdbinary, path)
    assert code == 0 and entries[0]["description"] == "登记双方和日期" and "skipped" not in err


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (lambda: {"../a.csv": "x"}, "leads outside"),
        (lambda: {"/etc/a.csv": "x"}, "leads outside"),
        (lambda: {"a.csv": b"0" * 60_000_000}, "ratio"),
        (lambda: {f"{n}.csv": "" for n in range(6)}, "members"),
        (lambda: {"A.csv": "x", "a.csv": "y"}, "same name"),
    ],
)
def test_an_archive_made_to_harm_is_refused_and_the_others_are_read(tmp_path, capfdbinary, members, said):
    (tmp_path / "a.zip").write_bytes(archive(members()))
    (tmp_path / "b.csv").write_text(CSV.format("养老机构"), encoding="utf-8")
    code, entries, err = converted(capfdbinary, tmp_path / "a.zip", tmp_path / "b.csv", "--limit", "members=5")
    assert code == 2 and len(entries) == 1 and said in err


def test_a_link_in_an_archive_is_refused(tmp_path, capfdbinary):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        link = zipfile.ZipInfo("a.csv")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    (tmp_path / "a.zip").write_bytes(stream.getvalue())
    code, entries, err = converted(capfdbinary, tmp_path / "a.zip")
    assert (code, entries) == (2, []) and "link" in err


def test_archives_and_compressed_files_in_an_archive_are_read(tmp_path, capfdbinary):
    """As in a folder; what is called like an archive and is none is no success."""
    inner = archive({"下/清单.csv": CSV.format("养老机构"), "图.png": b"x", "b.sql": SQL.format("低保对象")})
    members = {"附/内.ZIP": inner, "甲.csv.gz": gzip.compress(CSV.format("婚姻登记").encode())}
    path = tmp_path / "a.zip"
    path.write_bytes(archive(members))
    code, entries, err = converted(capfdbinary, path)
    assert code == 0 and [entry["title"] for entry in entries] == ["养老机构", "低保对象", "婚姻登记"]
    assert f"{path} › 附/内.ZIP › 下/清单.csv (" in err and f"{path} › 甲.csv.gz › 甲.csv (" in err
    assert f"{path} › 附/内.ZIP: 1 file skipped" in err
    path.write_bytes(archive(members | {"坏.zip": b"PK\x03\x04"}))
    assert run(["validate", str(path), "-f", "json"]) == 2
    captured = capfdbinary.readouterr()
    told = {item["path"]: item for item in orjson.loads(captured.out)["inputs"]}
    assert len(told) == 4 and f"{path} › 坏.zip: " in captured.err.decode()


@pytest.mark.parametrize(
    ("members", "limit", "name"),
    [
        (lambda: {"a.zip": archive({"b.zip": archive({"c.csv": CSV.format("甲")})})}, "members=100", "a.zip › b.zip"),
        (
            lambda: {"a.zip": archive({"c.csv.gz": gzip.compress(CSV.format("甲").encode())})},
            "members=9",
            "a.zip › c.csv.gz",
        ),
        (lambda: {"a.zip": archive({f"{n}.csv": CSV.format("甲") for n in range(3)})}, "members=3", "a.zip"),
        (lambda: {"a.zip": archive({"c.csv": CSV.format("甲" * 900)})}, "expanded=3000", "a.zip"),
        (lambda: {"c.csv.gz": gzip.compress(CSV.format("甲" * 900).encode())}, "expanded=2800", "c.csv.gz"),
        (lambda: {"c.csv.gz": gzip.compress(b" " * 20_000_000)}, "ratio=200", "c.csv.gz"),
    ],
    ids=["three-levels", "compressed-in-two", "members", "expanded", "expanded-gzip", "ratio"],
)
def test_limits_hold_for_an_archive_and_those_in_it_together(tmp_path, capfdbinary, members, limit, name):
    """What is too deep or too much is refused by its name, and the rest is read."""
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"好.csv": CSV.format("养老机构")} | members()))
    code, entries, err = converted(capfdbinary, path, "--limit", limit)
    assert code == 2 and [entry["title"] for entry in entries] == ["养老机构"]
    assert f"{path} › {name}: " in err


@pytest.mark.parametrize("data", [b"PK\x03\x04 cut", b"", b"no archive"])
def test_a_damaged_archive_is_told_in_words(tmp_path, capfdbinary, data):
    (tmp_path / "a.zip").write_bytes(data)
    code, entries, err = converted(capfdbinary, tmp_path / "a.zip")
    assert (code, entries) == (2, []) and str(tmp_path / "a.zip") in err and "Traceback" not in err


def test_an_archive_without_catalogs_is_no_success(tmp_path, capfdbinary):
    (tmp_path / "a.zip").write_bytes(archive({"说明.pdf": b"%PDF"}))
    code, entries, err = converted(capfdbinary, tmp_path / "a.zip")
    assert (code, entries) == (2, []) and "contains nothing readable" in err


def test_a_workbook_called_zip_is_a_workbook(tmp_path, capfdbinary):
    (tmp_path / "a.zip").write_bytes(workbook("婚姻登记"))
    code, entries, _ = converted(capfdbinary, tmp_path / "a.zip")
    assert code == 0 and [entry["title"] for entry in entries] == ["婚姻登记"]


@pytest.mark.parametrize("command", ["validate", "convert"])
def test_an_empty_path_is_not_the_folder_of_the_run(mulu, tmp_path, command):
    """A variable of a script that is not set must not have other files checked."""
    (tmp_path / "目录.csv").write_text(CSV.format("甲"), encoding="utf-8")
    ran = mulu(command, "")
    assert ran.code == 2 and "路径是空的" in ran.err and not ran.out
