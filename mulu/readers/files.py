"""Opening a file: once, only if it is a plain file, under a size limit, and told by its content."""

import codecs
import errno
import hashlib
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from mulu.errors import Empty, Unreadable
from mulu.limits import DEFAULT, Limits
from mulu.readers import apart, compressed, json, jsonl, text
from mulu.readers.archive import Archive, open_archive
from mulu.readers.csv import CsvDocument, read_csv
from mulu.readers.dbf import DbfDocument, looks_like_dbf, read_dbf
from mulu.readers.forms import join_forms, join_workbook_forms
from mulu.readers.model import NOTHING, Document, Known, Notice, too_odd
from mulu.readers.relational import SNAPSHOT
from mulu.readers.strict import parses
from mulu.words import why_unreadable

_HEAD = 64 * 1024
_LINES = (".jsonl", ".ndjson", ".jsonlines", ".ldjson")
_TABLES = (".csv", ".tsv", ".tab")
_SCRIPTS = (".sql", ".ddl")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_DOCUMENT_PARTS = {"[content_types].xml", "xl/workbook.xml", "word/document.xml", "content.xml"}
_KIND = re.compile(r"^(?:- )?kind[ ]*:[ \n]", re.MULTILINE)

# What the first bytes say of files that hold no table: (first bytes, Chinese, English).
_OTHERS = (
    (b"%PDF-", " PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"GIF8", "图片", "an image"),
    (b"Rar!", " RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", " 7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", " gzip 压缩文件", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", " zstd 压缩文件", "a zstd file"),
    (
        b"SQLite format 3",
        " SQLite 数据库（请写成地址 sqlite:///文件名）",
        "a SQLite database (name it as sqlite:///FILE)",
    ),
    (b"PAR1", " Parquet 文件", "a Parquet file"),
    (b"{\\rtf", " RTF 文档", "an RTF document"),
    (b"\x7fELF", "程序文件", "a program"),
    (b"MZ\x90", "程序文件", "a program"),
)
_ZIP_KINDS = (
    ("xl/workbook.bin", " xlsb 工作簿", "an .xlsb workbook"),
    ("ppt/presentation.xml", " PowerPoint 文件", "a PowerPoint file"),
    ("content.xml", " OpenDocument 文本或演示文稿", "an OpenDocument text or presentation"),
)


def open_document(
    path: Path,
    *,
    limits: Limits = DEFAULT,
    encoding: str | None = None,
    name: str | None = None,
    known: Known = NOTHING,
) -> Document:
    """Read the file `path`, whatever it is.

    `name` is what reports call it (`path` otherwise), `encoding` what its text is in, if the caller knows
    better, `known` what the formats know of files. Raises `Unreadable`.
    """
    shown = str(path) if name is None else name
    with _open(path, shown) as file:
        size = os.fstat(file.fileno()).st_size
        # What the system makes up as it is read, such as its log, may have nothing to say at the moment.
        head = file.read(_HEAD) or b""
        if _is_json_lines(head, shown) and encoding is None:
            document = _stream(file, path, shown, limits)
            if document is not None:
                return document
        if size > jsonl.BLOCK and encoding is None and head[jsonl.mark_of(head) :].lstrip().startswith(b"["):
            document = _stream_array(file, path, shown, limits, head)
            if document is not None:
                return document
        if size > jsonl.BLOCK and encoding is None and _is_plain_xml(head, shown):
            document = _stream_xml(file, path, shown, known, limits)
            if document is not None:
                return document
        if size > limits.document_bytes:
            raise _too_large(shown, size, limits)
        file.seek(0)
        data = file.read(limits.document_bytes + 1) or b""

    def beside(ending: str) -> bytes | None:
        return _beside(path, ending, limits)

    read = open_bytes(data, shown, limits=limits, encoding=encoding, known=known, beside=beside)
    read.limits = limits
    return read


def open_plain_archive(path: Path, shown: str, limits: Limits) -> Archive | None:
    """Return the archive in a file that is one and no workbook or document; raises `Unreadable` if it is damaged."""
    with _open(path, shown) as file:
        if file.read(4) != _ZIP:
            return None
        file.seek(0)
        data = file.read(limits.document_bytes + 1)
    if len(data) > limits.document_bytes:
        raise _too_large(shown, len(data), limits)
    archive = open_archive(data, shown, limits)
    return None if {name.lower() for name in archive.infos} & _DOCUMENT_PARTS else archive


def open_compressed(path: Path, shown: str) -> BinaryIO | None:
    """Return a file that is compressed by itself, opened, `None` if it is another; raises `Unreadable`."""
    file = _open(path, shown)
    head = file.read(4) or b""
    file.seek(0)
    if compressed.is_compressed(head):
        return file
    file.close()
    return None


def open_bytes(
    data: bytes,
    name: str,
    *,
    limits: Limits = DEFAULT,
    encoding: str | None = None,
    known: Known = NOTHING,
    beside: Callable[[str], bytes | None] = lambda ending: None,
) -> Document:
    """Read a file that is in memory; see `open_document`.

    `beside` gives the file of the same name with another ending, where some keep a part of their content.
    """
    if len(data) > limits.document_bytes:
        raise _too_large(name, len(data), limits)
    if not data.strip(b"\0 \t\r\n"):
        raise Empty(
            name,
            "文件是空的，没有内容；请核对是否导出完整。确应为空的，加 --allow-empty",
            "the file is empty; check that it was exported in full, or say --allow-empty if it should be empty",
        )
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(_ZIP):
        return _with_forms(apart.read(_open_zip, data, name, sha256, limits, known.words), known)
    if data.startswith(_OLE):
        return _with_forms(apart.read(_open_ole, data, name, sha256, limits, known.words), known)
    if data.startswith(SNAPSHOT):
        from mulu.readers.database import read_snapshot
        from mulu.readers.relational import RelationalDocument

        return read_snapshot(RelationalDocument(name, "database", sha256, len(data), "utf-8"), data, limits)
    if looks_like_dbf(data):
        document = DbfDocument(name, "dbf", sha256, len(data), None)
        return read_dbf(document, data, limits, known.words, beside, encoding)
    if compressed.is_compressed(data):
        # It would have been expanded before if nothing were wrong with it, or stood in another.
        for _ in compressed.expanded(io.BytesIO(data), name, limits):
            pass
    _refuse_others(data, name)
    return _open_text(data, name, sha256, limits, encoding, known)


def _with_forms(document: Document, known: Known) -> Document:
    return document if document.family == "docx" else join_workbook_forms(document, known.words())


def _open(path: Path, shown: str) -> BinaryIO:
    # O_NONBLOCK: opening a named pipe would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if path.is_dir():
            raise IsADirectoryError
        descriptor = os.open(path, flags)
    except OSError as error:
        raise _cannot_open(shown, error) from None
    except ValueError:
        raise _cannot_open(shown, OSError(errno.ENOENT, "")) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(
            shown,
            "不是普通文件（是设备或管道）；请先存成文件，或用 - 从标准输入读取",
            "not a plain file but a device or pipe; save it as a file first, or read standard input with -",
        )
    return os.fdopen(descriptor, "rb")


def _beside(path: Path, ending: str, limits: Limits) -> bytes | None:
    folder = Path(os.path.realpath(path)).parent
    for name in (path.with_suffix(ending), path.with_suffix(ending.upper())):
        # Nobody named it; a link could lead to any file of this machine.
        if name.is_file() and Path(os.path.realpath(name)).parent == folder:
            with _open(name, str(name)) as file:
                data = file.read(limits.document_bytes + 1)
            if len(data) > limits.document_bytes:
                raise _too_large(str(name), len(data), limits)
            return data
    return None


def _cannot_open(shown: str, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(shown, "找不到文件；请核对路径和文件名", "there is no such file; check the path and the name")
    if isinstance(error, IsADirectoryError):
        return Unreadable(shown, "这是文件夹，不是文件；请指定其中的文件", "this is a folder; name a file in it")
    if isinstance(error, PermissionError):
        return Unreadable(
            shown,
            "没有读取权限，或文件正被 Excel、WPS 打开；请先关闭该文件，或检查权限",
            "reading is not permitted, or Excel or WPS has it open; close it there or check permissions",
        )
    why = why_unreadable(error)
    return Unreadable(
        shown,
        f"打不开文件：{why.zh}；请核对路径和文件名",
        f"the file cannot be opened: {why.en}; check the path and the name",
    )


def _too_large(shown: str, size: int, limits: Limits) -> Unreadable:
    return limits.exceeded(
        "document_bytes",
        shown,
        f"文件有 {size // 2**20} MiB，太大；请拆分，或改为每行一条的 JSON Lines",
        f"the file has {size // 2**20} MiB, too large; split it, or use JSON Lines, one record a line",
    )


def _is_json_lines(head: bytes, name: str) -> bool:
    """Whether a file that starts with `head` holds one JSON value a line, as far as its first lines tell."""
    body = head.removeprefix(codecs.BOM_UTF8)
    if name.lower().endswith(_LINES):
        return True
    first, newline, rest = body.lstrip(b" \t\r\n").partition(b"\n")
    if not first.startswith(b"{") or not newline:
        return False
    if parses(first):
        return bool(rest.strip(b" \t\r\n"))
    # The first line may be the one that is broken; JSON with a record on each line has a comma behind most of them.
    lines = [line for line in rest.split(b"\n")[:20] if line.strip()]
    whole = sum(line.startswith(b"{") and line.count(b":") > 1 and parses(line) for line in lines)
    return whole * 2 > len(lines)


def _stream(file: BinaryIO, path: Path, shown: str, limits: Limits) -> Document | None:
    """Return the JSON Lines document in `file`; `None` if it is not in UTF-8."""
    document = jsonl.JsonLinesDocument(shown, "jsonl", "", 0, "utf-8", limits=limits)
    return _in_blocks(document, file, path, jsonl.Blocks(os.fstat(file.fileno()).st_size))


def _stream_array(file: BinaryIO, path: Path, shown: str, limits: Limits, head: bytes) -> Document | None:
    """Return the array of entries in `file`, read element by element; `None` if it is none, or not in UTF-8."""
    from mulu.readers import json_array

    if not json_array.holds_entries(head):
        return None
    document = json_array.JsonArrayDocument(shown, "json", "", 0, "utf-8", limits=limits, root_is_array=True)
    return _in_blocks(document, file, path, json_array.ElementBlocks(os.fstat(file.fileno()).st_size, limits))


def _in_blocks(document: jsonl.JsonLinesDocument, file: BinaryIO, path: Path, blocks: jsonl.Cut) -> Document | None:
    digest = hashlib.sha256()
    first = b""
    try:
        for chunk in _in_utf8(file, digest):
            blocks.add(chunk)
            first = first or chunk[:4]
            document.size += len(chunk)
    except UnicodeDecodeError:
        return None
    if not document.size:
        return None
    document.sha256 = digest.hexdigest()
    document.file, document.stamp, document.blocks = path, jsonl.file_stamp(file), blocks.done()
    if first.startswith(codecs.BOM_UTF8):
        document.notices.append(text.mark_notice("utf-8"))
    return document


def _in_utf8(file: BinaryIO, digest: "hashlib._Hash") -> Iterator[bytes]:
    """Yield the bytes of a file while taking their digest; raises `UnicodeDecodeError` if they are not UTF-8."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := file.read(min(2**20, jsonl.BLOCK)):
        digest.update(chunk)
        decoder.decode(chunk)
        yield chunk
    decoder.decode(b"", final=True)


def _is_plain_xml(head: bytes, name: str) -> bool:
    """Whether a file that starts with `head` is XML in UTF-8, without a DOCTYPE, and neither RDF nor a web page."""
    from mulu.readers import html, rdf, xml

    start = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    return (
        start.lstrip().startswith("<")
        and not name.lower().endswith((*_TABLES, *_SCRIPTS))
        and (xml.declared_encoding(head) or "utf-8").lower() in ("utf-8", "utf8")
        and "<!DOCTYPE" not in start
        and rdf.syntax_of(start, name) is None
        and not html.looks_like_html(start)
    )


def _stream_xml(file: BinaryIO, path: Path, shown: str, known: Known, limits: Limits) -> Document | None:
    """Return the XML document in `file`, of which a record at a time is in memory; `None` if it is not in UTF-8."""
    from mulu.readers import xml

    digest = hashlib.sha256()
    try:
        size = sum(map(len, _in_utf8(file, digest)))
    except UnicodeDecodeError:
        return None
    file.seek(0)
    mark = jsonl.mark_of(file.read(4))
    stamp = jsonl.file_stamp(file)

    def read() -> Iterator[bytes]:
        with jsonl.unchanged(path, stamp, shown) as source:
            source.seek(mark)
            while chunk := source.read(xml.CHUNK):
                yield chunk

    common = (shown, "xml", digest.hexdigest(), size, "utf-8", [text.mark_notice("utf-8")] if mark else [])
    document = xml.XmlDocument(*common, read=read, prefixes=known.prefixes(), records=known.records(), limits=limits)
    document.check()
    return document


def _open_zip(data: bytes, name: str, sha256: str, limits: Limits, known: text.Words) -> Document:
    from mulu.readers.docx import document_member, read_docx
    from mulu.readers.ods import is_spreadsheet, read_ods
    from mulu.readers.xlsx import read_xlsx, workbook_member

    archive = open_archive(data, name, limits)
    member = workbook_member(archive)
    if member is not None:
        return read_xlsx(Document(name, "xlsx", sha256, len(data), None), archive, member)
    member = document_member(archive)
    if member is not None:
        document = read_docx(Document(name, "docx", sha256, len(data), None), archive, member)
        return join_forms(document, known())
    if is_spreadsheet(archive):
        return read_ods(Document(name, "ods", sha256, len(data), None), archive)
    members = {each.lower() for each in archive.infos}
    for part, zh, en in _ZIP_KINDS:
        if part in members:
            raise _no_table(name, zh, en)
    # A member that is damaged is why nothing could be read.
    archive.check()
    raise Unreadable(
        name,
        "这是压缩包，里面没有可读的目录文件，或它在压缩包里套了两层以上，或与外层合起来太大；请解压后再指定其中的文件",
        "this is a ZIP archive in which nothing can be read, or which is inside two others, or is too large together "
        "with the outer one; unpack it and name the files",
    )


def _open_ole(data: bytes, name: str, sha256: str, limits: Limits, known: text.Words) -> Document:
    from mulu.readers.xls import read_xls

    return read_xls(Document(name, "xls", sha256, len(data), None), data, limits, known)


def _open_html(data: bytes, name: str, sha256: str, limits: Limits, known: text.Words) -> Document:
    from mulu.readers.html import read_html

    return read_html(Document(name, "html", sha256, len(data), None), data.decode("utf-8", "surrogatepass"), limits)


def _refuse_others(data: bytes, name: str) -> None:
    for start, zh, en in _OTHERS:
        if data.startswith(start):
            raise _no_table(name, zh, en)
    if data[:_HEAD].lstrip().startswith(b"MIME-Version:"):
        raise _no_table(name, "单个文件网页（MHT）", "a single-file web page (MHT)")
    head = data[:_HEAD]
    if b"\0" in head and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        controls = sum(head.count(bytes([code])) for code in range(1, 32) if code not in (9, 10, 12, 13))
        if controls > len(head) // 50:
            raise _no_table(name, "二进制文件", "a binary file")


def _no_table(name: str, zh: str, en: str) -> Unreadable:
    return Unreadable(
        name,
        f"这是{zh}，目前读不了；请提供 .xlsx、.xls、.ods、.docx、.csv 或 JSON 文件",
        f"this is {en}, which cannot be read; hand in .xlsx, .xls, .ods, .docx, .csv or JSON",
    )


def _declared(head: bytes) -> str | None:
    """Return the encoding that a page or an XML declaration names."""
    if b"<" not in head:
        return None
    from mulu.readers import html, xml

    return html.declared_encoding(head) or xml.declared_encoding(head)


def _open_text(
    data: bytes,
    name: str,
    sha256: str,
    limits: Limits,
    encoding: str | None,
    known: Known,
) -> Document:
    decoded = text.decode(data, name, encoding=encoding, declared=_declared(data[:_HEAD]), known=known.words)
    content, notices = decoded.text, decoded.notices
    if len(notices) > limits.notices:
        raise too_odd(name, notices[limits.notices], limits)
    common = (sha256, len(data), decoded.encoding, notices)
    lower = name.lower()
    start = content[:_HEAD].lstrip()
    document: Document
    if start.startswith(("{", "[")) and lower.endswith((*_LINES, ".json")) and '"@graph"' not in start:
        # No other reader need be loaded.
        return _open_json(content, name, common, limits)
    from mulu.readers import html, rdf, xml
    from mulu.readers.ddl import looks_like_sql

    syntax = rdf.syntax_of(content, name)
    if syntax is not None:
        document = rdf.read_rdf(rdf.RdfDocument(name, "rdf", *common), content, syntax, known.prefixes(), limits)
    elif html.looks_like_html(content):
        page = content.encode("utf-8", "surrogatepass")
        document = join_forms(apart.read(_open_html, page, name, sha256, limits, frozenset), known.words())
        document.size, document.encoding = len(data), decoded.encoding
        document.notices = [*notices, *document.notices]
    elif start.startswith("<") and not lower.endswith(_TABLES):
        tree = xml.XmlDocument(name, "xml", *common, limits=limits)
        tree.prefixes, tree.records = known.prefixes(), known.records()
        document = xml.read_xml(tree, content)
    elif lower.endswith(_SCRIPTS):
        document = _open_sql(content, name, common, limits)
    elif lower.endswith((*_LINES, ".json")) or (start.startswith(("{", "[")) and not lower.endswith(_TABLES)):
        document = _open_json(content, name, common, limits)
    elif lower.endswith((".yaml", ".yml")) or (not lower.endswith(_TABLES) and _KIND.search(content[:_HEAD])):
        from mulu.readers.yaml import read_yaml

        document = read_yaml(content, name, common, limits)
    elif not lower.endswith(_TABLES) and looks_like_sql(content):
        document = _open_sql(content, name, common, limits)
    else:
        document = read_csv(CsvDocument(name, "csv", *common, text=content), known.words(), limits)
    return document


def _open_sql(content: str, name: str, common: tuple[str, int, str, list[Notice]], limits: Limits) -> Document:
    from mulu.readers.ddl import read_sql
    from mulu.readers.relational import RelationalDocument

    return read_sql(RelationalDocument(name, "sql", *common, script=content), limits)


def _open_json(content: str, name: str, common: tuple[str, int, str, list[Notice]], limits: Limits) -> Document:
    # Positions count characters, so it does not matter that the text was in another encoding before.
    data = content.encode("utf-8", "surrogatepass")
    if _is_json_lines(data[:_HEAD], name):
        blocks = jsonl.Blocks(len(data))
        blocks.add(data)
        return jsonl.JsonLinesDocument(name, "jsonl", *common, limits=limits, data=data, blocks=blocks.done())
    return json.read_json(json.JsonDocument(name, "json", *common, data=data), limits)
