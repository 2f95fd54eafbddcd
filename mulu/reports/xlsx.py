"""The workbook report: the submitted workbook back, its faulty cells coloured and commented, findings listed first.

One workbook comes back as it was; what else is handed in (.xls, HTML, CSV, JSON, or several files) as a copy of
its values. Nothing out of the data becomes a formula, and what openpyxl cannot keep is named.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from mulu.convert import known
from mulu.errors import Unreadable, UsageFault
from mulu.readers import Document, open_document
from mulu.readers.annotations import Spot as Where
from mulu.reports._xlsx import copies, marks, original
from mulu.reports._xlsx.cells import Account, Copy, Spot
from mulu.reports._xlsx.listing import LATER, WORDS, Listing
from mulu.texts import Text, clean
from mulu.validate import Input, Report
from mulu.writers import workbook

MACHINE = True
MARKED = 20_000
"""How many cells are coloured and commented."""

_PARTS = 2**29


def check_target(path: Path | None) -> None:
    """Raise `UsageFault` unless `path` can be the name of a workbook."""
    if path is None:
        raise UsageFault(
            "xlsx 报告是工作簿，不能显示在屏幕上；请写明文件，如 -f xlsx:校验结果.xlsx",
            "the xlsx report is a workbook and cannot be shown on the screen; name a file, such as -f "
            "xlsx:checked.xlsx",
        )
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UsageFault(
            f"{path}：xlsx 报告的文件名须以 .xlsx 结尾（含宏的工作簿为 .xlsm）",
            f"{path}: the name of an xlsx report must end in .xlsx (.xlsm for a workbook with macros)",
        )


def write(report: Report, stream: BinaryIO, language: str, color: bool) -> None:
    """Write the workbook; raises `MuluError` if an input has changed since it was checked."""
    name = getattr(stream, "name", None)
    target = Path(name) if isinstance(name, str) else None
    if target is not None:
        check_target(None if name == "<stdout>" else target)
    macros = target is not None and target.suffix.lower() == ".xlsm"
    try:
        _Annotated(report, language, macros, keep=True).save(stream)
    except original.NotKept:
        _Annotated(report, language, macros, keep=False).save(stream)


@dataclass(slots=True)
class _Mark:
    """What is said of one cell."""

    rank: int = LATER
    total: int = 0
    texts: list[tuple[int, str]] = field(default_factory=list)


class _Annotated:
    def __init__(self, report: Report, language: str, macros: bool, keep: bool) -> None:
        self.report = report
        self.language = language
        self.macros = macros
        self.kept = False
        self.account = Account(language)
        self.copies: dict[str, Copy] = {}
        self.several = len(report.inputs) > 1
        self.used: dict[str, dict[int, int]] = {}
        self.anchors: dict[str, dict[tuple[int, int], tuple[int, int]]] = {}
        self.book: Any = self._book(keep)
        self.listing = Listing(report, self.book, self.account, self._spot)
        self._mark()
        self.listing.write()

    def save(self, stream: BinaryIO) -> None:
        """Write the workbook; raises `NotKept`, with nothing written, if openpyxl cannot write what it has read."""
        try:
            workbook.save(self.book, stream)
        except (OSError, MemoryError):
            raise
        except Exception:
            if not self.kept:
                raise
            raise original.NotKept from None
        finally:
            if self.book.vba_archive is not None:
                # openpyxl leaves it open, and it complains when the process ends.
                self.book.vba_archive.close()

    def _say(self, zh: str, en: str) -> str:
        return Text(zh, en).get(self.language)

    # -- the sheets of the inputs

    def _book(self, keep: bool) -> Any:
        documents = [(item, self._document(item)) for item in self.report.inputs[:1]] if not self.several else []
        item, document = documents[0] if documents else (None, None)
        if item is not None and document is not None and document.family == "xlsx":
            if keep:
                return self._kept(item, document)
            self.account.note(
                "这个工作簿无法原样保留（太大，或有 openpyxl 不认识的内容）：以下各表只有值，格式和公式请看原文件",
                "this workbook is too large or has content that cannot be preserved, so the sheets contain values "
                "only; for formats and formulas, see the original file",
            )
        self._refuse_macros()
        book: Any = openpyxl.Workbook()
        book.remove(book.active)
        if self.several:
            self.account.note(
                "一次校验了多个文件：以下是各文件的工作表的副本，只有值，没有原来的格式和公式；单独校验一个工作簿可得到原样的副本",
                "several files were checked: the following sheets contain values only, without formats and "
                "formulas; to get a workbook back unchanged, check it on its own",
            )
        elif document is not None and not document.sheets:
            self.account.note(
                "原文件不是表格：后一张表每行是一个条目，每列是一项属性，供查看；修改请在原文件中进行",
                "the file is not a table: the next sheet shows one entry per row and one property per column, for "
                "reference; make corrections in the original file",
            )
        elif document is not None and keep:
            self.account.note(
                "原文件不是 .xlsx：以下是其内容的副本，只有值和合并的单元格，修改请在原文件中进行",
                "the file is not .xlsx: the following sheets are a copy of its values and merged cells; make "
                "corrections in the original file",
            )
        for each in self.report.inputs:
            held = document if each is item else self._document(each)
            if held is not None:
                stem = Path(each.path).stem
                copy = copies.copy(book, held, self.report.standard, each.format, stem, self.account)
                self.copies.setdefault(each.path, copy)
        return book

    def _kept(self, item: Input, document: Document) -> Any:
        data = item.file.read_bytes()
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise _changed(item)
        names, sheets, drawings = original.parts_of(data, _PARTS)
        has_macros = "xl/vbaproject.bin" in map(str.lower, names)
        if not has_macros:
            self._refuse_macros()
        book, self.copies[item.path] = original.load(data, document, has_macros and self.macros)
        self.kept = True
        self.account.note(
            "本文件是报送的工作簿的副本：除被标记的单元格的底色（条件格式）和批注外，值、公式、格式都没有改动；"
            "可以就在本文件中修改，再次报送",
            "this is the original workbook; only the fill (a conditional format) and the comments of the marked "
            "cells were added, and values, formulas and formats are unchanged; you can correct it and check it again",
        )
        if any(b"<f" in part or b":f" in part for part in sheets.values()):
            book.calculation.fullCalcOnLoad = True
            self.account.note(
                "公式的结果在 Excel 或 WPS 打开时重新计算；再次校验本文件前，请先打开并保存一次",
                "formulas are recalculated when Excel or WPS opens the file; open and save it before checking it again",
            )
        lost = original.lost_features(names, [*sheets.values(), *drawings.values()], self.macros)
        if lost:
            self.account.note(
                f"以下内容无法写入本文件，请以原文件为准：{'、'.join(text.zh for text in lost)}",
                f"not included in this file, but still present in your original: {', '.join(t.en for t in lost)}",
            )
        return book

    def _refuse_macros(self) -> None:
        if self.macros:
            raise UsageFault(
                "xlsx 报告：没有可保留的宏，Excel 不会打开名为 .xlsm 的这个文件；请把报告文件名改为 .xlsx",
                "the xlsx report: the workbook has no macros, and Excel would refuse a file named .xlsm without "
                "macros; use a name ending in .xlsx",
            )

    def _document(self, item: Input) -> Document | None:
        """Read an input again, as it was read; `None` if it could not be read then, or not under the usual limits."""
        if item.sha256 is None:
            return None
        try:
            told = known(self.report.standard)
            document = open_document(item.file, name=item.path, known=told)
            if document.encoding != item.encoding:
                document = open_document(item.file, name=item.path, known=told, encoding=item.encoding)
        except Unreadable:
            if _sha256(item) != item.sha256:
                raise _changed(item) from None
            name = clean(item.path)
            self.account.note(
                f"{name} 太大，没有复制到本文件中",
                f"{name} is too large to be copied into this file",
            )
            return None
        if document.sha256 != item.sha256:
            raise _changed(item)
        return document

    # -- marks

    def _spot(self, finding: dict[str, Any]) -> Spot | None:
        """Return sheet, row and column of a finding as they can be marked; row 0 if it is of the whole sheet."""
        copy = self.copies.get(finding["source"]["path"])
        spot = copy.spot(finding) if copy is not None else None
        if spot is None or not spot[1]:
            return spot
        sheet, row, column = spot
        if not column:
            column = self._first_used(sheet).get(row, 1)
        if (row, column) not in self._merged(sheet):
            return sheet, row, column
        return sheet, *self._merged(sheet)[row, column]

    def _first_used(self, sheet: Any) -> dict[int, int]:
        """Return the first column with a value of each row; asking openpyxl for one row goes through all cells."""
        if sheet.title not in self.used:
            used: dict[int, int] = {}
            self.used[sheet.title] = used
            for cell in original.cells_of(sheet):
                if cell.value is not None:
                    used.setdefault(cell.row, cell.column)
        return self.used[sheet.title]

    def _merged(self, sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
        if sheet.title not in self.anchors:
            self.anchors[sheet.title] = {
                (row, column): (area.min_row, area.min_col)
                for area in sheet.merged_cells.ranges
                for row in range(area.min_row, area.max_row + 1)
                for column in range(area.min_col, area.max_col + 1)
            }
        return self.anchors[sheet.title]

    def _mark(self) -> None:
        made: dict[tuple[str, int, int], _Mark] = {}
        for finding in self.report.told():
            spot = self._spot(finding)
            if spot is None or not spot[1]:
                continue
            key = (spot[0].title, *spot[1:])
            if key not in made and len(made) >= MARKED:
                self.account.note(f"只标记了前 {MARKED} 个单元格", f"only the first {MARKED} cells are marked")
                continue
            mark = made.setdefault(key, _Mark())
            rank = self.listing.rank(finding)
            mark.rank = min(mark.rank, rank)
            mark.total += 1
            if len(mark.texts) < 20:
                mark.texts.append((rank, self._told(finding, rank)))
        fills: dict[str, dict[int, list[Where]]] = {}
        for (title, row, column), mark in made.items():
            fills.setdefault(title, {}).setdefault(mark.rank, []).append((row, column))
            self._comment(self.book[title].cell(row, column), mark)
        for title, spots in fills.items():
            marks.fill(self.book[title], spots)

    def _told(self, finding: dict[str, Any], rank: int) -> str:
        word = WORDS[finding["severity"]].get(self.language)
        if rank == LATER:
            level = self.listing.level(finding["level"])
            word = self._say(f"{word} · “{level}”级起", f"{word} · from level {level}")
        message, mend = (clean(finding[part][self.language]) for part in ("message", "mend"))
        return f"【{word}】{message}\n→ {mend}" if self.language == "zh" else f"[{word}] {message}\n→ {mend}"

    def _comment(self, cell: Any, mark: _Mark) -> None:
        room = marks.room(cell)
        told: list[str] = []
        for _, text in sorted(mark.texts, key=lambda item: item[0]):
            if room < len(text):
                break
            told.append(text)
            room -= len(text)
        if not told:
            told = [sorted(mark.texts)[0][1][:room]]
        if mark.total > len(told):
            more = mark.total - len(told)
            told.append(self._say(f"……另有 {more} 处，见第一张工作表", f"… and {more} more, see the first sheet"))
        marks.comment(cell, "\n\n".join(told))


def _sha256(item: Input) -> str | None:
    try:
        with item.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _changed(item: Input) -> Unreadable:
    return Unreadable(
        item.path,
        "文件在校验之后有改动或已不在，无法写出带批注的工作簿；请重新运行",
        "the file was modified or removed after it was checked, so the workbook cannot be annotated; run the "
        "command again",
    )
