"""One value of a file in place of another: how it is written there, and how the new one is to be written."""

import json
import re
from html import unescape
from typing import Any
from xml.sax.saxutils import escape

from mulu.pointer import Json
from mulu.readers.csv import CsvDocument
from mulu.yaml import resolve

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}:]+")
# What begins with a dash, a question mark or a colon before a blank is no text.
_YAML = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|(?![-?:](?:\s|$))[^\s\[\]{},#&*!|>'\"%@`](?:[^\n:#,\]}]|:(?! )|(?<! )#)*"
)
_CONTENT = re.compile(r"[^<>]+")
_ELEMENT = re.compile(r">([^<>]+)(?=</)")


def in_text(document: Any, text: str, start: int, old: Json, value: Json) -> tuple[str, str] | None:
    """Return what stands at `start` of a document's text and what is to stand there; `None` if it is not `old`."""
    if isinstance(document, CsvDocument):
        return in_csv(document, text, start, old, value)
    if document.family == "yaml":
        return in_yaml(text, start, old, value)
    if document.family == "xml":
        said = _CONTENT.match(text, start)
        return (said[0], escape(value)) if said is not None and isinstance(value, str) else None
    match = (_STRING if text[start : start + 1] == '"' else _SCALAR).match(text, start)
    try:
        same = match is not None and json.loads(match[0]) == old
    except ValueError:
        same = False
    return (match[0], json.dumps(value, ensure_ascii=False)) if match is not None and same else None


def in_csv(document: CsvDocument, text: str, start: int, old: Json, value: Json) -> tuple[str, str] | None:
    """Return the cell of a CSV as it is written and as it is to be; `None` if it is not the old value."""
    quoted = re.compile(r' *"(?:[^"]|"")*" *').match(text, start)
    ends = [
        at
        for at in (text.find(mark, quoted.end() if quoted else start) for mark in (document.delimiter, "\n"))
        if at >= 0
    ]
    cell = text[start : min(ends, default=len(text))].rstrip("\r")
    inner = cell.strip(" ")[1:-1].replace('""', '"') if quoted else cell
    if not isinstance(old, str) or inner.strip() != old.strip() or not isinstance(value, str):
        return None
    needs = quoted is not None or any(mark in value for mark in (document.delimiter, '"', "\n", "\r"))
    return cell, '"' + value.replace('"', '""') + '"' if needs else value


def in_element(text: str, start: int, old: Json) -> int:
    """Return where an element's text begins that is a value and stands whole on one line; the end if there is none.

    Of an element only the line is known: if two on it say the same, nobody can tell which of them is meant.
    """
    stop = text.find("\n", start)
    line = text[start : stop if stop >= 0 else len(text)]
    found = [at for at in _ELEMENT.finditer(line) if isinstance(old, str) and unescape(at[1]).strip() == old.strip()]
    return start + found[0].start(1) if len(found) == 1 else len(text)


def in_yaml(text: str, start: int, old: Json, value: Json) -> tuple[str, str] | None:
    """Return a scalar of YAML as it is written and as it is to be; `None` if it is not the old value."""
    match = _YAML.match(text, start)
    if match is None:
        return None
    token = match[0].rstrip()
    if token[0] == "'":
        found: Json = token[1:-1].replace("''", "'")
    elif token[0] == '"':
        try:
            found = json.loads(token)
        except ValueError:
            return None
    else:
        found = resolve(token)
    if found != old:
        return None
    plain = isinstance(value, str) and resolve(value) == value and _YAML.fullmatch(value) and value == value.strip()
    return token, str(value) if plain and token[0] not in "'\"" else json.dumps(value, ensure_ascii=False)


def in_sheet(part: bytes, cell: str, value: str) -> bytes | None:
    """Return the XML of a sheet with a text in one cell; `None` if the cell is not there or is a formula."""
    name = re.escape(cell.encode())
    pattern = (
        rb'<((?:[A-Za-z0-9]+:)?)c(\s[^<>]*?\br="' + name + rb'"[^<>]*?|\s+r="' + name + rb'"[^<>]*?)(?:/>|>(.*?)</\1c>)'
    )
    found = re.search(pattern, part, re.DOTALL)
    if found is None or re.search(rb"<(?:[A-Za-z0-9]+:)?f[\s/>]", found[3] or b""):
        return None
    prefix, attributes = found[1], re.sub(rb'\st="[^"]*"', b"", found[2]).rstrip(b"/")
    text = escape(value).encode("ascii", "xmlcharrefreplace")
    made = b'<%sc%s t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>' % (
        prefix, attributes, prefix, prefix, text, prefix, prefix, prefix
    )  # fmt: skip
    return part[: found.start()] + made + part[found.end() :]
