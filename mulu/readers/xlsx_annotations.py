"""What a workbook says beside its values: hidden columns, struck-out text, comments, boxes (ECMA-376 part 1, 18)."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mulu.errors import Unreadable
from mulu.readers.annotations import Beside, said
from mulu.readers.archive import Archive
from mulu.readers.xlsx_xml import COLUMNS, ROWS, TRUE, column_number, events, local_name, relations_of, row_number

STRIKE = re.compile(rb"<(?:[\w.-]+:)?strike\b")
"""Without this nothing in a part is struck out."""
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})(?![0-9])")


def hidden_columns(cols: Any, path: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of the hidden columns that a sheet's `cols` tells."""
    for item in cols:
        if item.get("hidden") in TRUE:
            first = row_number(item.get("min"), 1, path)
            yield first, min(row_number(item.get("max"), first, path), COLUMNS)


class Struck:
    """Tells the cells whose text is struck out: by their style, or in the text itself, all of it or some."""

    def __init__(self, path: str, styles: Collection[str] = (), texts: Mapping[str, bool] | None = None) -> None:
        """`styles` are the numbers of styles that strike out, `texts` those of shared texts and whether all is."""
        from lxml import etree

        self._path, self._styles, self._texts = path, frozenset(styles), texts or {}
        # Asked of a row as a whole, which has mostly none, that takes a tenth of looking at its cells.
        self._styles_of: Any = etree.XPath("*/@s", smart_strings=False)
        self._texts_of: Any = etree.XPath("*[@t = 's']/*/text()", smart_strings=False)

    def may_be_in(self, sheet: bytes) -> bool:
        """Whether some of a sheet's texts may be struck out."""
        return bool(self._styles or self._texts) or STRIKE.search(sheet) is not None

    @classmethod
    def of(cls, archive: Archive, workbook: str) -> "Struck":
        """Look at the styles and shared texts of a workbook; most have none."""
        styles: set[str] = set()
        texts: dict[str, bool] = {}
        # Each part once, however often it is referred to.
        for kind, member in dict.fromkeys(relations_of(archive, workbook).values()):
            if member not in archive.infos or not kind.endswith(("/styles", "/sharedStrings")):
                continue
            data = archive.read(member)
            if not STRIKE.search(data):
                continue
            if kind.endswith("/styles"):
                styles |= _struck_styles(data, archive)
            else:
                for number, item in enumerate(events(data, archive.path, ("si",), archive.limits)):
                    if (is_whole := _is_struck(item)) is not None:
                        texts[str(number)] = is_whole
        return cls(archive.path, styles, texts)

    def note(self, row: Any, number: int, beside: Beside) -> None:
        """Note the struck-out cells of a row."""
        if (
            "0" not in self._styles
            and self._styles.isdisjoint(self._styles_of(row))
            and self._texts.keys().isdisjoint(self._texts_of(row) if self._texts else ())
            and next(row.iter("{*}strike"), None) is None
        ):
            return
        for position, cell in enumerate(row, 1):
            is_whole = self._is_whole(cell) if len(cell) else None
            if is_whole is not None:
                name = cell.get("r")
                column = position if name is None else column_number(name.removesuffix(str(number)), self._path)
                (beside.struck if is_whole else beside.partly).add((number, column))

    def _is_whole(self, cell: Any) -> bool | None:
        value = next((child.text or "" for child in cell if local_name(child) == "v"), "")
        inline = next((child for child in cell if local_name(child) == "is"), None)
        if not value and inline is None:
            return None
        if cell.get("s", "0") in self._styles:
            return True
        if inline is not None:
            return _is_struck(inline)
        return self._texts.get(value.strip()) if cell.get("t") == "s" else None


def _struck_styles(data: bytes, archive: Archive) -> set[str]:
    """Return the numbers of those styles of cells whose font strikes out."""
    fonts: list[bool] = []
    styles: list[str] = []
    number = 0
    for element in events(data, archive.path, ("font", "xf", "cellStyleXfs", "cellXfs"), archive.limits):
        name = local_name(element)
        if name == "font":
            fonts.append(any(local_name(child) == "strike" and child.get("val", "1") in TRUE for child in element))
        elif name == "xf":
            font = element.get("fontId", "0")
            if font.isascii() and font.isdigit() and int(font[:9]) < len(fonts) and fonts[int(font[:9])]:
                styles.append(str(number))
            number += 1
        elif name == "cellStyleXfs":
            styles, number = [], 0
        else:
            break
    return set(styles)


def _is_struck(item: Any) -> bool | None:
    """Whether all of a text of runs is struck out; `None` if none of it is."""
    found = set()
    for run in item:
        if local_name(run) not in ("r", "t") or not "".join(run.itertext()).strip():
            continue
        found.add(
            any(
                local_name(said) == "strike" and said.get("val", "1") in TRUE
                for form in run
                if local_name(form) == "rPr"
                for said in form
            )
        )
    return False not in found if True in found else None


def look_beside(archive: Archive, sheet: str, found: Beside, read: set[str]) -> None:
    """Note the comments on the cells of the sheet that is in the member `sheet`, and the texts of boxes over them.

    Each part is one sheet's: those that are in `read` are passed over, what is read is added. A part that cannot be
    read does not keep the cells from being read, as they do not depend on it; that is noted.
    """
    try:
        parts = [*dict.fromkeys(relations_of(archive, sheet, optional=True).values())]
        for ending, note in (
            ("/threadedComment", _note_thread),
            ("/comments", _note_comments),
            ("/drawing", _note_boxes),
        ):
            for kind, member in parts:
                if kind.endswith(ending) and member in archive.infos and member not in read:
                    read.add(member)
                    note(archive, member, found)
    except Unreadable:
        found.is_unread = True


def _note_thread(archive: Archive, member: str, found: Beside) -> None:
    for element in _elements(archive, member, found.comments, "threadedComment"):
        # What programs that know no threads are shown of a thread is the first of its comments once more.
        found.threaded.add(element.get("ref"))
        found.comments.append((*_spot(element.get("ref")), _text_of(element)))


def _note_comments(archive: Archive, member: str, found: Beside) -> None:
    writers: list[str] = []
    for element in _elements(archive, member, found.comments, "author", "comment"):
        if local_name(element) == "author":
            writers.append(element.text or "")
            continue
        position = element.get("authorId", "")
        is_number = position.isascii() and position.isdigit() and len(position) < 10
        writer = writers[int(position)] if is_number and int(position) < len(writers) else ""
        if element.get("ref") not in found.threaded and (text := said(writer, _text_of(element))):
            found.comments.append((*_spot(element.get("ref")), text))


def _note_boxes(archive: Archive, member: str, found: Beside) -> None:
    for element in _elements(archive, member, found.boxes, "twoCellAnchor", "oneCellAnchor", "absoluteAnchor"):
        corner = {local_name(each): each.text or "" for each in element.iterfind("{*}from/*")}
        row, column = _corner(corner.get("row", ""), ROWS), _corner(corner.get("col", ""), COLUMNS)
        for body in element.iterfind(".//{*}txBody"):
            if not any(local_name(above) in ("Fallback", "txBody") for above in body.iterancestors()) and (
                text := _text_of(body)
            ):
                found.boxes.append((row, column, text))


def _elements(archive: Archive, member: str, texts: list[tuple[int, int, str]], *tags: str) -> Iterator[Any]:
    """Yield the elements of a part; raises `Unreadable` if it is damaged, or too many texts have been found."""
    for element in events(archive.read(member), archive.path, tags, archive.limits):
        yield element
        if len(texts) > archive.limits.notices:
            raise archive.limits.exceeded("notices", archive.path, "批注太多", "there are too many comments")


def _spot(ref: str | None) -> tuple[int, int]:
    """Return row and column of a cell; what is said of none that there can be stands at the first."""
    match = _CELL.match(ref or "")
    row, column = (int(match[2]), column_number(match[1], "")) if match else (1, 1)
    return (row, column) if row <= ROWS and column <= COLUMNS else (1, 1)


def _corner(text: str, most: int) -> int:
    return min(int(text) + 1, most) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _text_of(element: Any) -> str:
    """Return a text of runs in one line, without readings that stand over its characters."""
    texts: list[str] = []
    waiting = [element]
    while waiting:
        each = waiting.pop()
        name = local_name(each)
        if name in ("t", "text") and each is not element:
            texts.append(each.text or "")
        if name != "rPh":
            waiting += reversed(each)
    return " ".join("".join(texts).split())
