"""Large texts of which a part at a time is in memory: JSON Lines, arrays of entries, XML; in UTF-8 only."""

import codecs
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mulu.limits import Limits
from mulu.readers import jsonl, on_disk, text
from mulu.readers.model import Document, Known


def lines(file: BinaryIO, path: Path, shown: str, limits: Limits) -> Document | None:
    """Return the JSON Lines document in `file`; `None` if it is not in UTF-8."""
    document = jsonl.JsonLinesDocument(shown, "jsonl", "", 0, "utf-8", limits=limits)
    return _in_blocks(document, file, path, jsonl.Blocks(os.fstat(file.fileno()).st_size))


def array(file: BinaryIO, path: Path, shown: str, limits: Limits, head: bytes) -> Document | None:
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
    document.file, document.stamp, document.blocks = path, on_disk.stamp_of(file), blocks.done()
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


def is_plain_xml(head: bytes, name: str) -> bool:
    """Whether a file that starts with `head` is XML in UTF-8, without a DOCTYPE, and neither RDF nor a web page."""
    from mulu.readers import html, rdf, xml

    start = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    return (
        start.lstrip().startswith("<")
        and (xml.declared_encoding(head) or "utf-8").lower() in ("utf-8", "utf8")
        and "<!DOCTYPE" not in start
        and rdf.syntax_of(start, name) is None
        and not html.looks_like_html(start)
    )


def tree(file: BinaryIO, path: Path, shown: str, known: Known, limits: Limits) -> Document | None:
    """Return the XML document in `file`, of which a record at a time is in memory; `None` if it is not in UTF-8."""
    from mulu.readers import xml

    digest = hashlib.sha256()
    try:
        size = sum(map(len, _in_utf8(file, digest)))
    except UnicodeDecodeError:
        return None
    file.seek(0)
    mark = jsonl.mark_of(file.read(4))
    stamp = on_disk.stamp_of(file)

    def read() -> Iterator[bytes]:
        with on_disk.opened_again(path, shown, stamp) as source:
            source.seek(mark)
            while chunk := source.read(xml.CHUNK):
                yield chunk

    common = (shown, "xml", digest.hexdigest(), size, "utf-8", [text.mark_notice("utf-8")] if mark else [])
    document = xml.XmlDocument(*common, read=read, prefixes=known.prefixes(), records=known.records(), limits=limits)
    document.check()
    return document
