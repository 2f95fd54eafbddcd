"""The sheets of a template: titles, headings with help, the row of pointers, example lines, and what is asked for."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from mulu.convert.template import Column, label_of
from mulu.publish._template.locks import UNLOCKED, lock
from mulu.readers.annotations import OWN
from mulu.standard import Standard
from mulu.texts import Text, lines_in, width
from mulu.writers import workbook

GROUP_ROW, HEAD_ROW, MARK_ROW, FIRST_LINE = 3, 4, 5, 6
LAST_LINE = 5_000
"""To which line drop-downs and marks reach."""

_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_NAMED = 12
"""How many codes a note names."""
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_OPEN, _SHUT = Border(left=_THIN, right=_THIN, top=_THIN), Border(left=_THIN, right=_THIN, bottom=_THIN)
_TOP = Alignment(vertical="top", wrap_text=True)
_MIDDLE = Alignment(vertical="center", horizontal="center", wrap_text=True)
_FILLS = {"must": "F8CBAD", "inside": "FCE4D6", "later": "FFF2CC", "free": "EDEDED", "number": "D9E1F2"}
_COVER = 100
"""Width of the sheet that says how the others are filled in."""
_LEGEND = {
    "must": Text("必填（表头带 *）；该行有内容而此格空着时显示为红色", "required (* in the heading); red while blank"),
    "inside": Text(
        "填了同组其他内容时必填（表头带 (*)）", "required once another field of its group is filled in, (*)"
    ),
    "later": Text("更高级别才要求", "required only at a higher level"),
    "free": Text("选填", "optional"),
    "number": Text("编号，连接各工作表", "number that links the sheets"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """One column: its heading, what is written under it for the reader, its help, and whether it has to be filled.

    `demanded` is the level from which it always has to be, `""` from the first, `None` never; `demanded_inside` says
    whether what it is part of, once it is there, asks for it.
    """

    title: Text
    mark: str
    help: Text
    groups: tuple[Text, ...] = ()
    demanded: str | None = None
    demanded_inside: bool = False
    column: Column | None = None
    source: str = ""
    number: bool = False


class Sheets:
    """A workbook in the making."""

    def __init__(self, standard: Standard, level: str, language: str, stamp: str) -> None:
        self.standard = standard
        self.level = standard.levels[level]
        self.language = language
        self.stamp = stamp
        self.book = Workbook()
        self.book.remove(self.book.worksheets[0])
        self.font = "微软雅黑" if language == "zh" else "Calibri"

    def cover(self, parts: list[tuple[Text, bool]]) -> None:
        """Begin with a sheet that says how the others are filled in."""
        sheet = self.book.create_sheet(self._unique(Text("填报说明", "How to fill in")))
        title = parts[0][0]
        self._put(sheet, 1, 1, self._say(f"{title.zh}填报模板", f"{title.en}: template"), bold=True, size=16)
        self._put(sheet, 2, 1, self.stamp, size=8, color="808080")
        row = 4
        for zh, en in self._instructions(title):
            said = self._say(zh, en)
            self._put(sheet, row, 1, said, wrap=True)
            # Spreadsheets do not always look how high a row must be.
            sheet.row_dimensions[row].height = 3 + 15 * lines_in(said, _COVER)
            row += 1
        for name, meaning in _LEGEND.items():
            row += 1
            cell = self._put(sheet, row, 1, meaning.get(self.language))
            cell.fill = PatternFill("solid", fgColor=_FILLS[name])
            cell.border = _BOX
        row += 2
        for part, is_list in parts:
            what = (
                self._say(
                    f"“{part.zh}”：属于各条目，一行一个", f"“{part.en}”: one row each, with the number of its entry"
                )
                if is_list
                else self._say(f"“{part.zh}”：一行一条", f"“{part.en}”: one row per entry")
            )
            self._put(sheet, row, 1, what, wrap=True)
            row += 1
        sheet.column_dimensions["A"].width = _COVER
        sheet.sheet_view.showGridLines = False
        self._print(sheet, fit=True)

    def _instructions(self, title: Text) -> list[tuple[str, str]]:
        """Return how a template is filled in, a paragraph after the other; `title` is that of its first sheet."""
        header = self.standard.header
        return [
            (
                f"标准：{header.title.zh} {header.version}；级别：{self.level.title.zh}。{self.level.description.zh}",
                f"Standard: {header.title.en} {header.version}; level: {self.level.title.en}. "
                f"{self.level.description.en}",
            ),
            (
                f"从“{title.zh}”填起，一行一条，编号自定，如 1、2、3。",
                f"Start with “{title.en}”: one row per entry, numbered as you like (1, 2, 3 …).",
            ),
            (
                "灰色斜体的是示例，编号为“示例”、内容没有改过的行不会被读取，留着或删去都可以；要在示例行上直接改，请把编号也改掉。",
                "Rows in grey italics numbered “Example” are examples; they are not read as long as they are "
                "unchanged, so you can keep or delete them. If you overwrite one, change its number as well.",
            ),
            (
                "鼠标停在表头上，可以看到填什么、依据是什么。有下拉的请从下拉中选；一格填几项的，一项一行（Alt+Enter），或用“；”隔开。",
                "Point to a heading to see what to enter and why. Choose from the drop-down list where there is "
                "one; put several values in one cell on separate lines (Alt+Enter), or separate them with “；”.",
            ),
            (
                "日期写成 2024-03-05、2024-03 或 2024。代码等以文本存放，前面的 0 不会丢。",
                "Write dates as 2024-03-05, 2024-03 or 2024. Codes are stored as text, with their leading zeros.",
            ),
            (
                "表头下的浅色小字是属性路径，读取时靠它认列，请勿删改。表头已锁定；要移动列、改表头，先撤销工作表保护（没有密码）。",
                "The small pale line under the headings tells the columns apart; leave it as it is. The headings are "
                "locked: to move columns or reword headings, unprotect the sheet first (there is no password).",
            ),
            (
                "可以排序、筛选、插入和删除行、调整列宽；自己要加的列写在最右边。从别处粘贴时请用“只粘贴值”，否则格子会连同锁定一起粘贴。",
                "You can sort, filter, insert and delete rows and change column widths; add columns of your own on "
                "the far right. Paste values only: pasting whole cells also pastes their protection.",
            ),
            (
                f"填完后检查：mulu validate 本文件 --level {self.level.id}",
                f"Check: mulu validate FILE --level {self.level.id}",
            ),
        ]

    def add(self, title: Text) -> str:
        """Add a sheet to fill in; return what it is called."""
        sheet = self.book.create_sheet(self._unique(title))
        return str(sheet.title)

    def fill(self, name: str, title: Text, heads: list[Head], examples: list[list[Any]]) -> None:
        """Write headings, pointers and example lines of a sheet."""
        sheet = self.book[name]
        header = self.standard.header
        about = self._say(
            f"{title.zh}（{header.title.zh} {header.version}）", f"{title.en} ({header.title.en} {header.version})"
        )
        self._put(sheet, 1, 1, about, bold=True, size=14)
        level = self._say(f"级别：{self.level.title.zh}；带 * 的必填", f"Level: {self.level.title.en}; * is required")
        self._put(sheet, 2, 1, level, color="808080")
        for column, head in enumerate(heads, 1):
            self._head(sheet, column, head, [row[column - 1] for row in examples])
        self._groups(sheet, heads)
        for number, row in enumerate(examples, FIRST_LINE):
            for column, value in enumerate(row, 1):
                cell = self._put(sheet, number, column, value, color="808080", italic=True, wrap=True)
                cell.border = _BOX
                cell.fill = PatternFill("solid", fgColor="F7F7F7")
                cell.number_format = _number_format(heads[column - 1])
                cell.protection = UNLOCKED
            sheet.row_dimensions[number].height = 48 if any(width(str(v or "")) > 24 for v in row) else None
        self._demands(sheet, heads)
        lock(sheet, len(heads), MARK_ROW, LAST_LINE)
        sheet.row_dimensions[1].height = 24
        sheet.row_dimensions[HEAD_ROW].height = 36
        frozen = next((n for n, head in enumerate(heads[:4], 1) if not head.number and head.demanded == ""), 1)
        sheet.freeze_panes = f"{get_column_letter(max(frozen, sum(head.number for head in heads)) + 1)}{MARK_ROW + 1}"
        sheet.print_title_rows = f"{GROUP_ROW}:{HEAD_ROW}"
        sheet.print_title_cols = f"A:{get_column_letter(max(frozen, 1))}"
        self._print(sheet, fit=len(heads) <= 14)

    def save(self, stream: BinaryIO) -> None:
        """Write the workbook, the same bytes for the same standard."""
        self.book.active = 1
        self.book.properties.creator = self.standard.header.id
        workbook.save(self.book, stream)

    def _head(self, sheet: Any, column: int, head: Head, values: list[Any]) -> None:
        state = self._state(head)
        star = {"must": "*", "inside": "(*)"}.get(state, "")
        cell = self._put(sheet, HEAD_ROW, column, f"{head.title.get(self.language)}{star}", bold=True, wrap=True)
        cell.alignment = _MIDDLE
        for row in (GROUP_ROW, HEAD_ROW):
            sheet.cell(row, column).fill = PatternFill("solid", fgColor=_FILLS[state])
            sheet.cell(row, column).border = _BOX
        mark = self._put(sheet, MARK_ROW, column, head.mark, size=7, color="A6A6A6")
        mark.border = _BOX
        cell.comment = self._note(head, state)
        letter = get_column_letter(column)
        widest = max([width(cell.value) + 2, *(width(line) + 2 for v in values for line in str(v or "").split("\n"))])
        dimension = sheet.column_dimensions[letter]
        dimension.width = 15 if head.number else min(max(widest, 12), 32)
        dimension.number_format = _number_format(head)
        dimension.alignment = _TOP
        dimension.protection = UNLOCKED

    def _state(self, head: Head) -> str:
        levels = self.standard.levels
        if head.number:
            return "number"
        if head.demanded is not None and (not head.demanded or levels[head.demanded].rank <= self.level.rank):
            return "must"
        if head.demanded_inside:
            return "inside"
        return "later" if head.demanded else "free"

    def _note(self, head: Head, state: str) -> Comment:
        language = self.language
        lines = [head.title.get(language), head.help.get(language)]
        if state == "later":
            level = self.standard.levels[head.demanded or ""].title
            lines.append(self._say(f"“{level.zh}”级别必填", f"required at the level “{level.en}”"))
        elif state in ("must", "inside"):
            lines.append(_LEGEND[state].get(language))
        if head.column is not None:
            lines += self._allowed(head.column)
        if head.source:
            lines.append(self._say(f"依据：{head.source}", f"Source: {head.source}"))
        text = "\n".join(ILLEGAL_CHARACTERS_RE.sub("", line) for line in lines if line)
        comment = Comment(text, OWN)
        comment.width = 320
        comment.height = min(30 + 19 * lines_in(text, 44), 420)
        return comment

    def _allowed(self, column: Column) -> list[str]:
        """Return what a note says of the values: their codes, their form, their bounds."""
        lines = []
        if column.is_list:
            lines.append(
                self._say("可填几项，一项一行，或用“；”隔开", "several values: one per line, or separated by “；”")
            )
        if column.code_list is not None:
            codes = self.standard.codes[column.code_list]
            offered = [label_of(codes, code.code, self.language) for code in codes.by_code.values() if not code.status]
            shown = self._say("、", ", ").join(offered[:_NAMED])
            more = self._say(f"等 {len(offered)} 个", f" … {len(offered)} in total") if len(offered) > _NAMED else ""
            lines.append(self._say(f"可选：{shown}{more}", f"Choose: {shown}{more}"))
        elif isinstance(column.keywords.get("enum"), list):
            lines.append(self._say("可选：", "Choose: ") + ", ".join(map(str, column.keywords["enum"][:_NAMED])))
        if column.type in ("integer", "number"):
            low, high = column.keywords.get("minimum"), column.keywords.get("maximum")
            bounds = "".join([f" ≥ {low}" if low is not None else "", f" ≤ {high}" if high is not None else ""])
            lines.append(self._say("整数" if column.type == "integer" else "数字", f"a {column.type}") + bounds)
        if (most := column.keywords.get("maxLength")) is not None:
            lines.append(self._say(f"最多 {most} 个字符", f"at most {most} characters"))
        return lines

    def _groups(self, sheet: Any, heads: list[Head]) -> None:
        """Write what columns are part of above them, once for all that stand beside each other."""
        start = 1
        while start <= len(heads):
            groups = heads[start - 1].groups
            end = start
            while groups and end < len(heads) and heads[end].groups == groups:
                end += 1
            if groups:
                text = " › ".join(group.get(self.language) for group in groups)
                self._put(sheet, GROUP_ROW, start, text, wrap=True).alignment = _MIDDLE
                for column in range(start, end + 1):
                    sheet.cell(GROUP_ROW, column).fill = PatternFill("solid", fgColor="D0D0D0")
                if end > start:
                    sheet.merge_cells(start_row=GROUP_ROW, end_row=GROUP_ROW, start_column=start, end_column=end)
            else:
                sheet.cell(GROUP_ROW, start).border = _OPEN
                sheet.cell(HEAD_ROW, start).border = _SHUT
            start = end + 1

    def _demands(self, sheet: Any, heads: list[Head]) -> None:
        """Have blank cells that are asked for turn red, in lines that hold something."""
        first = get_column_letter(sum(head.number for head in heads) + 1)
        last = get_column_letter(len(heads))
        red = PatternFill("solid", bgColor="FF9999", fgColor="FF9999")
        for number, head in enumerate(heads, 1):
            state = self._state(head)
            if state not in ("must", "inside"):
                continue
            letter = get_column_letter(number)
            used = f"${first}{FIRST_LINE}:${last}{FIRST_LINE}"
            if state == "inside":
                above = head.mark.rpartition("/")[0] + "/"
                beside = [n for n, other in enumerate(heads, 1) if other.mark.startswith(above)]
                used = f"${get_column_letter(beside[0])}{FIRST_LINE}:${get_column_letter(beside[-1])}{FIRST_LINE}"
            formula = f"AND(COUNTA({used})>0,LEN(TRIM(${letter}{FIRST_LINE}))=0)"
            area = f"{letter}{FIRST_LINE}:{letter}{LAST_LINE}"
            sheet.conditional_formatting.add(area, _rule(formula, red))

    def _print(self, sheet: Any, *, fit: bool) -> None:
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.pageOrder = "overThenDown"
        sheet.oddFooter.center.text = "&A  &P / &N"
        if fit:
            sheet.sheet_properties.pageSetUpPr.fitToPage = True
            sheet.page_setup.fitToHeight = 0
        else:
            sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
            sheet.page_setup.scale = 60

    def _put(
        self,
        sheet: Any,
        row: int,
        column: int,
        value: Any,
        *,
        bold: bool = False,
        italic: bool = False,
        size: int = 10,
        color: str = "000000",
        wrap: bool = False,
    ) -> Any:
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            # Whatever it begins with, a text is no formula.
            cell.data_type = "s"
        else:
            cell.value = value
        cell.font = Font(name=self.font, bold=bold, italic=italic, size=size, color=color)
        if wrap:
            cell.alignment = _TOP
        return cell

    def _say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def _unique(self, title: Text) -> str:
        """Return the title as a sheet can be called: 31 characters, none of them forbidden, not taken."""
        name = ILLEGAL_CHARACTERS_RE.sub("", title.get(self.language)).translate(_NOT_IN_NAMES).strip("' ") or "Sheet"
        taken = {sheet.title.casefold() for sheet in self.book.worksheets} | {"history"}
        found, number = name[:31], 1
        while found.casefold() in taken:
            number += 1
            found = f"{name[: 27 - len(str(number))]} ({number})"
        return found


def _rule(formula: str, fill: PatternFill) -> Any:
    make: Any = FormulaRule
    return make(formula=[formula], fill=fill)


def _number_format(head: Head) -> str:
    """Return how a column's cells are kept: as text, lest leading zeros go, unless they hold numbers."""
    if head.column is None or head.column.is_list:
        return "@"
    return {"integer": "0", "number": "General"}.get(head.column.type, "@")
