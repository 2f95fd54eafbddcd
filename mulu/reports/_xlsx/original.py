"""The submitted workbook as openpyxl holds it: all stays as it was but for what `lost_features` names."""

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import openpyxl
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import range_boundaries

from mulu.errors import Unreadable
from mulu.limits import DEFAULT, Limits
from mulu.readers import Document
from mulu.readers.archive import Archive, open_archive
from mulu.readers.xlsx import all_sheet_members
from mulu.readers.xlsx_xml import COLUMNS, ROWS, all_relations_of, events, local_name, relations_of
from mulu.reports._xlsx.cells import Spot, fit
from mulu.reports._xlsx.marks import take_off
from mulu.texts import Text

KEPT_CELLS = 1_000_000
"""The largest workbook that is given back as it is, in cells: openpyxl takes some 600 bytes for one."""

_TEXTS = ".sharedStrings+xml"
"""How the type of a part ends that holds texts of cells."""
_MORE = {"comment": 20, "xf": 5, "font": 5, "fill": 5, "border": 5}
"""What takes more than a cell: what is said of one, and a format, of which Excel has 65,490 at most."""
_WEIGHED = ("c", "row", "mergeCell", "hyperlink", "si", "r", *_MORE)

_READ_EACH_TIME = ("/comments", "/drawing", "/pivotTable")
"""How the types of relations end whose parts openpyxl reads for a sheet."""
# openpyxl takes away the escape of a text that looks like one. Excel itself escapes control characters only.
_UNESCAPED = re.compile("_(?=x(?!00[01])[0-9A-Fa-f]{4}_)")
_NO_DATE = re.compile(r"Cell ([A-Z]+[0-9]+) is marked as a date but the serial value (\S+) is outside")


class NotKept(Exception):
    """A workbook cannot be given back as it is, so that its values have to do."""


@dataclass(slots=True)
class Sheets:
    """The sheets of a workbook or page by the names that findings have for them."""

    by_name: dict[str, Any]

    def spot(self, finding: dict[str, Any]) -> Spot | None:
        """Return where a finding stands."""
        place = finding["source"]
        sheet = self.by_name.get(place["sheet"])
        return None if sheet is None else (sheet, place["row"] or 0, place["column"] or 0)


def load(data: bytes, document: Document, macros: bool) -> tuple[Any, Sheets]:
    """Return the workbook `data` as openpyxl holds it. Raises `NotKept`."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            book: Any = openpyxl.load_workbook(io.BytesIO(data), rich_text=True, keep_vba=macros)
        except MemoryError:
            raise
        except Exception:
            # openpyxl meets what it does not know with whatever its code runs into.
            raise NotKept from None
    take_off(book)
    by_name = {sheet.title: sheet for sheet in book.worksheets}
    if any(sheet.name not in by_name for sheet in document.sheets if sheet.rows):
        raise NotKept
    _give_back_numbers(book, [str(warning.message) for warning in told])
    for sheet in book.worksheets:
        for cell in cells_of(sheet):
            if cell.comment is not None:
                fit(cell.comment)
            if type(cell.value) is str and cell.data_type == "s" and _UNESCAPED.search(cell.value):
                cell._value = _UNESCAPED.sub("_x005F_", cell.value)
    return book, Sheets(by_name)


def cells_of(sheet: Any) -> Iterator[Any]:
    """Yield the cells that a sheet has, by rows.

    openpyxl itself makes all as far as the last one, which may be a blank one in the far corner.
    """
    for spot in sorted(sheet._cells):
        yield sheet._cells[spot]


def _weight(part: bytes, limits: Limits) -> int:
    """Return how many cells take as long in openpyxl as a part does: each that a range names is made, too."""
    cells = 0
    for element in events(part, "", _WEIGHED, limits):
        area = element.get("ref", "")
        if ":" in area:
            left, top, right, bottom = range_boundaries(area)
            cells += (int(right or COLUMNS) - int(left or 1) + 1) * (int(bottom or ROWS) - int(top or 1) + 1)
        cells += _MORE.get(local_name(element), 1)
        if cells > KEPT_CELLS:
            break
    return cells


def _give_back_numbers(book: Any, told: list[str]) -> None:
    """Undo that openpyxl makes `#VALUE!` of a number in a cell for dates that is none, such as 20240101."""
    numbers = [match.groups() for match in map(_NO_DATE.match, told) if match]
    for sheet in book.worksheets if numbers else ():
        for cell in cells_of(sheet):
            if not numbers or cell.data_type != "e" or cell.coordinate != numbers[0][0]:
                continue
            if cell.value == "#VALUE!" and is_date_format(cell.number_format):
                number = float(numbers.pop(0)[1])
                cell._value, cell.data_type = int(number) if number.is_integer() else number, "n"


_LOST_MEMBERS = (
    ("xl/charts/chartex", "新式图表（瀑布图、树状图等）", "charts of newer kinds (waterfall, treemap …)"),
    ("xl/cellimages", "嵌入单元格的图片（WPS）", "pictures inside cells (WPS)"),
    ("xl/richdata/", "嵌入单元格的图片、数据类型", "pictures inside cells, data types"),
    ("xl/embeddings/", "嵌入的文件", "embedded files"),
    ("xl/activex/", "控件", "controls"),
    ("xl/ctrlprops/", "控件", "controls"),
    ("xl/slicers/", "切片器", "slicers"),
    ("xl/timelines/", "日程表", "timelines"),
    ("xl/threadedcomments/", "批注的回复", "replies to comments"),
    ("xl/querytables/", "外部数据的查询", "queries of other data"),
    ("xl/diagrams/", "SmartArt 图形", "SmartArt"),
    ("_xmlsignatures/", "数字签名", "digital signatures"),
)
_LOST_ELEMENTS = (
    (b"sparklineGroup", "迷你图", "sparklines"),
    (b"x14:dataValidation ", "引用其他工作表的下拉列表", "drop-down lists that refer to other sheets"),
    (b"x14:conditionalFormatting ", "引用其他工作表的条件格式", "conditional formats that refer to other sheets"),
    (b"<xdr:sp ", "文本框、形状", "text boxes and shapes"),
    (b"<xdr:sp>", "文本框、形状", "text boxes and shapes"),
    (b"<xdr:grpSp>", "组合图形", "groups of shapes"),
    (b"<xdr:cxnSp ", "连接线", "connectors"),
)


def lost_features(names: list[str], parts: list[bytes], macros_kept: bool) -> list[Text]:
    """Return what of a workbook openpyxl cannot keep, by the names of its members and by sheets and drawings."""
    lower = [name.lower() for name in names]
    found = [Text(zh, en) for start, zh, en in _LOST_MEMBERS if any(name.startswith(start) for name in lower)]
    found += [Text(zh, en) for tag, zh, en in _LOST_ELEMENTS if any(tag in part for part in parts)]
    images = [name for name in lower if name.startswith("xl/media/")]
    # openpyxl keeps images if Pillow is there, but not drawings of Windows.
    if images and (find_spec("PIL") is None or any(name.endswith((".emf", ".wmf")) for name in images)):
        found.append(Text("图片", "images"))
    if "xl/vbaproject.bin" in lower and not macros_kept:
        found.append(
            Text("宏（报告文件名以 .xlsm 结尾时保留）", "macros (kept if the report's file name ends in .xlsm)")
        )
    return list(dict.fromkeys(found))


def parts_of(data: bytes, most: int) -> tuple[list[str], dict[str, bytes], dict[str, bytes]]:
    """Return the names of a workbook's members, its sheets and its drawings.

    Raises `NotKept` if these, or what the drawings show, exceed `most` bytes, or if openpyxl would make more cells than
    `KEPT_CELLS`.
    """
    try:
        archive = open_archive(data, "", DEFAULT)
        sheets = [member for _, member in all_sheet_members(archive)]
        related = [
            (kind.rpartition("/")[2], member)
            for sheet in sheets
            for _, kind, member in all_relations_of(archive, sheet, optional=True)
            if kind.endswith(_READ_EACH_TIME) and member in archive.infos
        ]
        parts = [*sheets, *(member for _, member in related)]
        comments, shown = ([one for kind, one in related if kind == wanted] for wanted in ("comments", "drawing"))
        drawings = {name for name in archive.infos if name.lower().startswith("xl/drawings/") and name.endswith(".xml")}
        drawings.update(shown)
        # Each is one sheet's; openpyxl reads it as often as it is referred to.
        if len(set(parts)) < len(parts) or sum(archive.infos[part].file_size for part in {*parts, *drawings}) > most:
            raise NotKept
        read = {part: archive.read(part) for part in (*sheets, *comments, *drawings)}
        weighed = [*(read[part] for part in (*sheets, *comments)), *map(archive.read, _of_all_sheets(archive))]
        if (
            sum(_weight(part, archive.limits) for part in weighed) > KEPT_CELLS
            or sum(_shown_bytes(archive, part, read[part]) for part in shown) > most
        ):
            raise NotKept
    except (Unreadable, ValueError):
        raise NotKept from None
    return [*archive.infos], {part: read[part] for part in sheets}, {part: read[part] for part in drawings}


def _of_all_sheets(archive: Archive) -> set[str]:
    """Return the members that hold the texts and formats of all sheets, as openpyxl finds them."""
    types = events(archive.read("[Content_Types].xml"), "", ("Override",), archive.limits)
    texts = (each.get("PartName", "")[1:] for each in types if each.get("ContentType", "").endswith(_TEXTS))
    return {member for member in ("xl/styles.xml", *texts) if member in archive.infos}


def _shown_bytes(archive: Archive, drawing: str, data: bytes) -> int:
    """Return how many bytes of pictures and charts a drawing shows; openpyxl reads each as often as it is shown."""
    members = relations_of(archive, drawing, optional=True)
    size = 0
    for element in events(data, "", ("blip", "chart"), archive.limits):
        for name, value in element.items():
            member = members.get(value, ("", ""))[1] if name.startswith("{") else ""
            size += archive.infos[member].file_size if member in archive.infos else 0
    return size
