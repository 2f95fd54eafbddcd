"""A file becomes a document: it is opened once, told by its content, and read by the reader of its family."""

import hashlib
import io
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mulu.errors import Empty, Unreadable
from mulu.limits import DEFAULT, Limits
from mulu.readers import compressed, isolated, json, jsonl, on_disk, streamed, text
from mulu.readers.model import NOTHING, Document, Known, Notice, too_odd
from mulu.readers.refused import refuse_archive, refuse_others, refuse_settings

if TYPE_CHECKING:
    from mulu.readers.archive import Archive

_HEAD = 64 * 1024
_TABLES = (".csv", ".tsv", ".tab", ".md", ".markdown")
"""Of what is a table, or has some, and may begin like something else."""
_SCRIPTS = (".sql", ".ddl")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_DOCUMENT_PARTS = {"[content_types].xml", "xl/workbook.xml", "word/document.xml", "content.xml"}
_KIND = re.compile(r"^(?:- )?kind[ ]*:[ \n]", re.MULTILINE)


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
    with on_disk.opened(path, shown) as file:
        size = os.fstat(file.fileno()).st_size
        # What the system makes up as it is read, such as its log, may have nothing to say at the moment.
        head = file.read(_HEAD) or b""
        if jsonl.looks_like_lines(head, shown) and encoding is None:
            document = streamed.lines(file, path, shown, limits)
            if document is not None:
                return document
        if size > jsonl.BLOCK and encoding is None and head[jsonl.mark_of(head) :].lstrip().startswith(b"["):
            document = streamed.array(file, path, shown, limits, head)
            if document is not None:
                return document
        is_told_by_ending = shown.lower().endswith((*_TABLES, *_SCRIPTS))
        if size > jsonl.BLOCK and encoding is None and not is_told_by_ending and streamed.is_plain_xml(head, shown):
            document = streamed.tree(file, path, shown, known, limits)
            if document is not None:
                return document
        if size > limits.document_bytes:
            raise on_disk.too_large(shown, size, limits)
        file.seek(0)
        data = on_disk.content(file, shown, limits)

    others = partial(on_disk.beside, path, limits=limits)
    read = open_bytes(data, shown, limits=limits, encoding=encoding, known=known, beside=others)
    read.limits = limits
    return read


def open_plain_archive(path: Path, shown: str, limits: Limits) -> "Archive | None":
    """Return the archive in a file that is one and no workbook or document; raises `Unreadable` if it is damaged."""
    from mulu.readers.archive import open_archive

    with on_disk.opened(path, shown) as file:
        if file.read(4) != _ZIP:
            return None
        file.seek(0)
        data = on_disk.content(file, shown, limits)
    archive = open_archive(data, shown, limits)
    return None if {name.lower() for name in archive.infos} & _DOCUMENT_PARTS else archive


def open_compressed(path: Path, shown: str) -> BinaryIO | None:
    """Return a file that is compressed by itself, opened, `None` if it is another; raises `Unreadable`."""
    file = on_disk.opened(path, shown)
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
        raise on_disk.too_large(name, len(data), limits)
    if not data.strip(b"\0 \t\r\n"):
        raise Empty(
            name,
            "文件是空的，没有内容；请核对是否导出完整。确应为空的，加 --allow-empty",
            "the file is empty; check that it was exported completely, or use --allow-empty if it should be empty",
        )
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(_ZIP):
        return _with_forms(isolated.read(_open_zip, data, name, sha256, limits, known.words), known)
    if data.startswith(_OLE):
        return _with_forms(isolated.read(_open_ole, data, name, sha256, limits, known.words), known)
    from mulu.readers.relational import SNAPSHOT, RelationalDocument

    if data.startswith(SNAPSHOT):
        from mulu.readers.database import read_snapshot

        return read_snapshot(RelationalDocument(name, "database", sha256, len(data), "utf-8"), data, limits)
    from mulu.readers.dbf import DbfDocument, looks_like_dbf, read_dbf

    if looks_like_dbf(data):
        document = DbfDocument(name, "dbf", sha256, len(data), None)
        return read_dbf(document, data, limits, known.words, beside, encoding)
    if compressed.is_compressed(data):
        # It would have been expanded before if nothing were wrong with it, or stood in another.
        for _ in compressed.expanded(io.BytesIO(data), name, limits):
            pass
    refuse_others(data[:_HEAD], name)
    return _open_text(data, name, sha256, limits, encoding, known)


def _with_forms(document: Document, known: Known) -> Document:
    from mulu.readers.annotations import is_own
    from mulu.readers.forms import join_workbook_forms

    for sheet in document.sheets:
        if sheet.rows and sheet.rows[0].number == 1 and is_own(sheet.rows[0].cells):
            sheet.rows = []
    return document if document.family == "docx" else join_workbook_forms(document, known.words())


def _open_zip(data: bytes, name: str, sha256: str, limits: Limits, known: text.Words) -> Document:
    from mulu.readers.archive import open_archive
    from mulu.readers.docx import document_member, read_docx
    from mulu.readers.forms import join_forms
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
    refuse_archive(archive, name)


def _open_ole(data: bytes, name: str, sha256: str, limits: Limits, known: text.Words) -> Document:
    from mulu.readers.xls import read_xls

    return read_xls(Document(name, "xls", sha256, len(data), None), data, limits, known)


def _open_html(data: bytes, name: str, sha256: str, limits: Limits, known: text.Words) -> Document:
    from mulu.readers.html import read_html

    return read_html(Document(name, "html", sha256, len(data), None), data.decode("utf-8", "surrogatepass"), limits)


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
    if start.startswith(("{", "[")) and lower.endswith((*jsonl.ENDINGS, ".json")) and '"@graph"' not in start:
        # No other reader need be loaded.
        return _open_json(content, name, common, limits)
    from mulu.readers import html, rdf, xml
    from mulu.readers.ddl import looks_like_sql

    refuse_settings(start, name)
    syntax = rdf.syntax_of(content, name)
    if syntax is not None:
        document = rdf.read_rdf(rdf.RdfDocument(name, "rdf", *common), content, syntax, known.prefixes(), limits)
    elif html.looks_like_html(content):
        from mulu.readers.forms import join_forms

        page = content.encode("utf-8", "surrogatepass")
        document = join_forms(isolated.read(_open_html, page, name, sha256, limits, frozenset), known.words())
        document.size, document.encoding = len(data), decoded.encoding
        document.notices = [*notices, *document.notices]
    elif start.startswith("<") and not lower.endswith(_TABLES):
        tree = xml.XmlDocument(name, "xml", *common, limits=limits)
        tree.prefixes, tree.records = known.prefixes(), known.records()
        document = xml.read_xml(tree, content)
    elif lower.endswith(_SCRIPTS):
        document = _open_sql(content, name, common, limits)
    elif lower.endswith((*jsonl.ENDINGS, ".json")) or (start.startswith(("{", "[")) and not lower.endswith(_TABLES)):
        document = _open_json(content, name, common, limits)
    elif lower.endswith((".yaml", ".yml")) or (not lower.endswith(_TABLES) and _KIND.search(content[:_HEAD])):
        from mulu.readers.yaml import read_yaml

        document = read_yaml(content, name, common, limits)
    elif not lower.endswith(_TABLES) and looks_like_sql(content):
        document = _open_sql(content, name, common, limits)
    else:
        from mulu.readers.csv import CsvDocument, read_csv

        document = read_csv(CsvDocument(name, "csv", *common, text=content), known.words(), limits)
    return document


def _open_sql(content: str, name: str, common: tuple[str, int, str, list[Notice]], limits: Limits) -> Document:
    from mulu.readers.ddl import read_sql
    from mulu.readers.relational import RelationalDocument

    return read_sql(RelationalDocument(name, "sql", *common, script=content), limits)


def _open_json(content: str, name: str, common: tuple[str, int, str, list[Notice]], limits: Limits) -> Document:
    # Positions count characters, so it does not matter that the text was in another encoding before.
    data = content.encode("utf-8", "surrogatepass")
    if jsonl.looks_like_lines(data[:_HEAD], name):
        blocks = jsonl.Blocks(len(data))
        blocks.add(data)
        return jsonl.JsonLinesDocument(name, "jsonl", *common, limits=limits, data=data, blocks=blocks.done())
    try:
        return json.read_json(json.JsonDocument(name, "json", *common, data=data), limits)
    except Unreadable as refusal:
        if "json" in Path(name).name.lower():
            raise
        raise Unreadable(
            name,
            f"{refusal.zh}。开头是括号，所以按 JSON 读；若是文字或 Markdown，请把其中的表另存为 .csv",
            f"{refusal.en}. It was read as JSON because it begins with a bracket; if it is plain text or Markdown, "
            "save its table as .csv",
            place=refusal.place,
        ) from None
