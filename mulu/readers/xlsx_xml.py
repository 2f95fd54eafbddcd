"""What all looks at the XML of a workbook have in common (ECMA-376): streams of elements, relations, names."""

import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers.archive import Archive
from mulu.readers.office import SAFE

ROWS, COLUMNS = 1_048_576, 16_384
TRUE = ("1", "true", "on")
"""How an attribute says yes."""
_CHUNK = 64 * 1024


def events(data: bytes, path: str, tags: Sequence[str], limits: Limits, *, start: bool = False) -> Iterator[Any]:
    """Yield the elements named `tags` (in any namespace) as they end, each is freed afterwards, or as they start.

    What has not ended after `Limits.record_bytes` would fill the memory, and is refused.
    """
    from lxml import etree

    event = "start" if start else "end"
    parser = etree.XMLPullParser((event,), tag=[f"{{*}}{tag}" for tag in tags], **SAFE)
    waiting = 0
    try:
        for position in range(0, len(data), _CHUNK):
            parser.feed(data[position : position + _CHUNK])
            waiting += _CHUNK
            for _, element in parser.read_events():
                waiting = 0
                yield element
                if start:
                    # The parser still adds to it.
                    continue
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
            if waiting > limits.record_bytes:
                raise limits.exceeded("record_bytes", path, "工作表中有一行太长", "a row of a sheet is too long")
        parser.close()
    except etree.XMLSyntaxError:
        raise damaged(path) from None


def local_name(element: Any) -> str:
    """Return an element's name without its namespace."""
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def relations_of(archive: Archive, name: str, *, optional: bool = False) -> dict[str, tuple[str, str]]:
    """Return type and target of each relation of the part `name`, of the package if that is empty, by its identifier.

    Raises `Unreadable` if it has none, unless that is `optional`.
    """
    return {key: (kind, member) for key, kind, member in all_relations_of(archive, name, optional=optional)}


def all_relations_of(archive: Archive, name: str, *, optional: bool = False) -> list[tuple[str, str, str]]:
    """Return identifier, type and target of each relation, as `relations_of` does, also where an identifier recurs."""
    folder, base = posixpath.split(name)
    wanted = posixpath.join(folder, "_rels", f"{base}.rels").lower()
    member = next((member for member in archive.infos if member.lower() == wanted), None)
    if member is None:
        if optional:
            return []
        raise damaged(archive.path)
    by_lower = {member.lower(): member for member in archive.infos}
    relations: list[tuple[str, str, str]] = []
    for element in events(archive.read(member), archive.path, ("Relationship",), archive.limits):
        target = posixpath.normpath(posixpath.join(f"/{folder}", element.get("Target", ""))).lstrip("/")
        relations.append((element.get("Id", ""), element.get("Type", ""), by_lower.get(target.lower(), target)))
    return relations


def column_number(letters: str, path: str) -> int:
    """Return the number of a column, "F" being 6; raises `Unreadable` for what is none, as of a cell of another row."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise damaged(path)
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def row_number(text: str | None, otherwise: int, path: str) -> int:
    """Return a row's number as it is written, `otherwise` if it is not; raises `Unreadable` if it can be none."""
    if text is not None and (not text.isascii() or not text.isdigit() or len(text) > 7):
        raise damaged(path)
    number = otherwise if text is None else int(text)
    if not 1 <= number <= ROWS:
        raise damaged(path)
    return number


def damaged(path: str) -> Unreadable:
    """Return the refusal of a workbook whose XML is not as it should be."""
    return Unreadable(
        path,
        "工作簿已损坏或不完整；请用 Excel 或 WPS 打开后另存为 .xlsx，或重新获取该文件",
        "the workbook is damaged or incomplete; open it in Excel or WPS and save it as .xlsx, or download it again",
    )
