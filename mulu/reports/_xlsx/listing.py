"""The first sheet: how it went, what was not checked, what the workbook lacks, and every finding with a link."""

from collections.abc import Callable
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from mulu.findings import SEVERITIES
from mulu.readers.annotations import OWN_SHEETS
from mulu.reports._common import WORDS as _BY_LANGUAGE
from mulu.reports._common import cuts, failed, notes, outlook, summary, unchecked
from mulu.reports._xlsx.cells import WRAP, Account, Looks, Spot, put, unique
from mulu.reports._xlsx.marks import COLORS
from mulu.texts import Text, clean, lines_in
from mulu.validate import Report

LISTED = 5_000
"""How many findings are listed, the gravest first."""
LATER = len(SEVERITIES)
"""The rank of findings that belong to a higher level than the run's; others have that of their severity."""
_FILLS = [PatternFill("solid", fgColor=color) for color in COLORS]
WORDS = {name: Text(_BY_LANGUAGE["zh"][name], _BY_LANGUAGE["en"][name]) for name in SEVERITIES}

_HIGHER = Text("更高级别", "higher level")
_HEAD = PatternFill("solid", fgColor="44546A")
_LINE = Border(bottom=Side("thin", color="D9D9D9"))
_ON_TOP = 9
"""So many lines leave room for findings when the head of the list stands still."""
_COLUMNS = (
    (Text("程度", "Severity"), 9),
    (Text("级别", "Level"), 12),
    (Text("文件", "File"), 20),
    (Text("工作表", "Sheet"), 16),
    (Text("单元格", "Cell"), 10),
    (Text("条目", "Entry"), 20),
    (Text("规则", "Rule"), 30),
    (Text("问题", "Problem"), 44),
    (Text("怎样改", "What to do"), 40),
)
_FILE, _CELL = 2, 4

Line = tuple[Text, Font | None]


class Listing:
    """Writes the sheet into `book`, before all others; `spot` finds the cell of a finding in it."""

    def __init__(self, report: Report, book: Any, account: Account, spot: Callable[[dict[str, Any]], Spot | None]):
        self.report = report
        self.book = book
        self.account = account
        self.spot = spot
        self.language = account.language
        self.looks = Looks()
        self.grey = self._font(color="7F7F7F")
        self.link = self._font(color="0563C1", u="single")
        several = len(report.inputs) > 1
        self.columns = [number for number in range(len(_COLUMNS)) if number != _FILE or several]
        self.total = sum(_COLUMNS[number][1] for number in self.columns)

    def rank(self, finding: dict[str, Any]) -> int:
        """Return how grave a finding is, from 0; `LATER` if it does not count at the run's level."""
        return SEVERITIES.index(finding["severity"]) if self.report.counts_at_level(finding) else LATER

    def level(self, name: str) -> str:
        """Return what a level is called."""
        return clean(self.report.standard.levels[name].title.get(self.language))

    def _say(self, zh: str, en: str) -> str:
        return Text(zh, en).get(self.language)

    def write(self) -> None:
        """Write the sheet."""
        listed = self._listed()
        sheet = self.book.create_sheet(unique(self.book, self._say("校验结果", "Findings")), 0)
        self._prepare(sheet)
        put(sheet, 1, 1, self._say(*OWN_SHEETS)).font = self._font(b=True, sz=14)
        lines = self._lines()
        row = self._notes(sheet, 2, lines[:_ON_TOP])
        words = [word.get(self.language) for word in (*WORDS.values(), _HIGHER)]
        for number, word in enumerate(words, 1):
            cell = put(sheet, row, number, word)
            cell.fill, cell.alignment = _FILLS[number - 1], Alignment(horizontal="center", shrink_to_fit=True)
        put(
            sheet, row, len(words) + 1, self._say("← 单元格底色的含义", "← meaning of the cell colours")
        ).font = self.grey
        head = row + 1
        for number, column in enumerate(self.columns, 1):
            title, wide = _COLUMNS[column]
            cell = put(sheet, head, number, title.get(self.language))
            cell.font, cell.fill = self._font(b=True, color="FFFFFF"), _HEAD
            cell.alignment = Alignment(vertical="center")
            sheet.column_dimensions[get_column_letter(number)].width = wide
        sheet.row_dimensions[head].height = 20
        for number, finding in enumerate(listed, head + 1):
            self._row(sheet, number, finding)
        last = head + max(len(listed), 1)
        if not listed:
            put(sheet, last, 1, self._say("没有发现问题", "no findings"))
        sheet.freeze_panes = f"A{head + 1}"
        sheet.print_title_rows = f"{head}:{head}"
        sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(self.columns))}{last}"
        self._notes(sheet, last + 2, lines[_ON_TOP:])

    def _listed(self) -> list[dict[str, Any]]:
        found: dict[int, list[dict[str, Any]]] = {}
        total = 0
        for finding in self.report.told():
            total += 1
            same = found.setdefault(self.rank(finding), [])
            if len(same) < LISTED:
                same.append(finding)
        listed = [finding for rank in sorted(found) for finding in found[rank]][:LISTED]
        if total > len(listed):
            self.account.note(
                f"共 {total} 处问题，本表只列出最严重的 {len(listed)} 处；全部结果：-f json:报告.json",
                f"{total} findings; the {len(listed)} most severe are listed here, all of them in -f json:report.json",
            )
        return listed

    def _prepare(self, sheet: Any) -> None:
        """Make the sheet the one that is shown first, and printed on pages as wide as it is."""
        for other in self.book._sheets:
            view = getattr(other, "sheet_view", None)
            if view is not None:
                view.tabSelected = other is sheet
        self.book.active = 0
        for view in self.book.views:
            view.firstSheet = 0
        sheet.sheet_view.showGridLines = False
        sheet.sheet_properties.tabColor = "C00000"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0

    def _notes(self, sheet: Any, row: int, lines: list[Line]) -> int:
        """Write lines over the whole width; returns the row below."""
        for said, font in lines:
            text = said.get(self.language)
            cell = put(sheet, row, 1, text)
            cell.alignment = WRAP
            if font is not None:
                cell.font = font
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(self.columns))
            # Merged cells do not grow with their text.
            sheet.row_dimensions[row].height = _height(text, self.total)
            row += 1
        return row

    def _lines(self) -> list[Line]:
        """Return what the sheet has to say before the findings."""
        paths = [clean(item.path) for item in self.report.inputs]
        names = self._say("、", ", ").join(paths[:3])
        names += self._say(f" 等 {len(paths)} 个", " …") if len(paths) > 3 else ""
        later, cut = outlook(self.report), [text for _, text in cuts(self.report)]
        red = [
            Text(
                f"没有（全部）检查：{clean(item.path)}：{why.zh}", f"not (fully) checked: {clean(item.path)}: {why.en}"
            )
            for item, why in unchecked(self.report)
        ]
        red += [text for _, text in failed(self.report)]
        lines: list[Line] = [
            (Text(f"文件：{names}", f"File: {names}"), None),
            (summary(self.report), self._font(b=True)),
        ]
        lines += [(text, None) for text in [*([later] if later else []), *notes(self.report)]]
        lines += [(text, self._font(b=True, color="C00000")) for text in red]
        return lines + [(text, None) for text in (*cut, *self.account.notes)]

    def _font(self, **changes: Any) -> Font:
        """Return the workbook's usual font, changed; without a name it would be any."""
        usual = self.book._fonts[0]
        return Font(**{"name": usual.name, "sz": usual.sz, **changes})

    def _row(self, sheet: Any, row: int, finding: dict[str, Any]) -> None:
        rank, spot, place = self.rank(finding), self.spot(finding), finding["source"]
        where = f"{get_column_letter(spot[2])}{spot[1]}" if spot and spot[1] else ""
        otherwise = f"{place['line']}:{place['column']}" if place["line"] else ""
        values = [
            WORDS[finding["severity"]].get(self.language),
            self.level(finding["level"]),
            place["path"],
            spot[0].title if spot else place["sheet"] or "",
            where or (self._say("整张表", "sheet") if spot else otherwise),
            finding["name"] or finding["entry"] or "",
            f"{self.report.rule(finding['rule']).title.get(self.language)}\n{finding['rule']}",
            finding["message"][self.language],
            finding["mend"][self.language],
        ]
        shown = [(values[column], _COLUMNS[column][1]) for column in self.columns]
        sheet.row_dimensions[row].height = max(_height(text, wide) for text, wide in shown)
        for number, column in enumerate(self.columns, 1):
            cell = put(sheet, row, number, clean(values[column], keep_newlines=True))
            looks: dict[str, Any] = {"alignment": WRAP, "border": _LINE}
            if rank == LATER:
                looks["font"] = self.grey
            if column == 0:
                looks["fill"] = _FILLS[rank]
            if column == _CELL and spot is not None:
                quoted = spot[0].title.replace("'", "''")
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{where or 'A1'}")
                looks["font"] = self.link
            self.looks.give(cell, **looks)


def _height(text: str, wide: int) -> int:
    """Return how high a row must be for a text in a cell of that width; spreadsheets do not always look."""
    return min(3 + 15 * lines_in(text, wide), 400)
