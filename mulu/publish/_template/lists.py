"""The drop-downs of a template, and the hidden sheet with the lists that they offer."""

from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from mulu.convert.template import NO, YES, Column, label_of
from mulu.publish._template.sheets import LAST_LINE, Sheets
from mulu.standard import CodeList, Standard
from mulu.texts import Text

_FIRST = 2
_INLINE = 255
"""Characters of the longest list that can stand in a drop-down itself."""
_REFUSED = Text("请从下拉列表中选择。", "Please choose from the list.")


class Lists:
    """Which lists the drop-downs of a workbook need; each stands once in a sheet of its own, whole, as a range."""

    def __init__(self, standard: Standard, language: str, sheets: Sheets) -> None:
        self.standard = standard
        self.language = language
        self.sheets = sheets
        self.name = sheets.add(Text("代码", "Codes"))
        self._used: dict[tuple[str, str | None], int] = {}
        self._next = 2

    def attach(self, name: str, columns: tuple[Column, ...], numbers: int, line: int) -> None:
        """Give the columns of a sheet their drop-downs, from a line on; `numbers` columns stand before them."""
        sheet = self.sheets.book[name]
        letters = {column.pointer: get_column_letter(n) for n, column in enumerate(columns, numbers + 1)}
        for column in columns:
            letter = letters[column.pointer]
            if column.code_list is not None:
                is_closed = "x-code-list" in column.keywords and not column.is_list
                above = self._above(column, columns)
                self._list(sheet, letter, line, self._formula(column, above, letters, line), is_closed)
            elif column.type == "boolean":
                self._list(sheet, letter, line, f'"{YES.get(self.language)},{NO.get(self.language)}"', True)
            elif isinstance(enum := column.keywords.get("enum"), list):
                joined = ",".join(map(str, enum))
                if len(joined) <= _INLINE and not any("," in str(item) or '"' in str(item) for item in enum):
                    self._list(sheet, letter, line, f'"{joined}"', not column.is_list)

    def attach_numbers(self, name: str, main: str, line: int) -> None:
        """Offer in the first column of a sheet the numbers that the lines of the main sheet have."""
        source = f"{quote_sheetname(main)}!$A${line}:$A${LAST_LINE}"
        self._list(self.sheets.book[name], "A", line, source, False)

    def write(self) -> None:
        """Write the sheet of lists, last and hidden, or take it out if none is used."""
        sheet = self.sheets.book[self.name]
        self.sheets.book.move_sheet(sheet, len(self.sheets.book.worksheets))
        if not self._used:
            self.sheets.book.remove(sheet)
            return
        sheet.cell(1, 1).value = self.sheets.stamp
        sheet.sheet_state = "hidden"
        sheet.protection.enable()
        for (list_id, above), column in self._used.items():
            sheet.cell(1, column).value = list_id
            for row, (label, parent) in enumerate(self._rows(list_id, above), _FIRST):
                for place, text in ((column, label), (column + 1, parent)):
                    if text:
                        cell = sheet.cell(row, place)
                        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
                        cell.data_type, cell.number_format = "s", "@"

    def _formula(self, column: Column, above: Column | None, letters: dict[str, str], line: int) -> str:
        """Return what is offered: the list, or the part of it that belongs to what another cell says."""
        assert column.code_list is not None
        list_id = column.code_list
        key = (list_id, above.code_list if above is not None else None)
        if key not in self._used:
            self._used[key] = self._next
            self._next += 2
        at = self._used[key]
        last = _FIRST + max(len(self._rows(*key)), 1) - 1
        here, parents = get_column_letter(at), get_column_letter(at + 1)
        where = quote_sheetname(self.name)
        whole = f"{where}!${here}${_FIRST}:${here}${last}"
        if above is None:
            return whole
        cell = f"${letters[above.pointer]}{line}"
        keys = f"{where}!${parents}${_FIRST}:${parents}${last}"
        part = f"OFFSET({where}!${here}${_FIRST},MATCH({cell},{keys},0)-1,0,COUNTIF({keys},{cell}),1)"
        return f'IF({cell}="",{whole},{part})'

    def _rows(self, list_id: str, above: str | None) -> list[tuple[str, str]]:
        """Return the labels that are offered, with that of the code above each; those of one stand together."""
        codes = self.standard.codes[list_id]
        offered = [code for code in codes.by_code.values() if not code.status]
        if above is None:
            return [(label_of(codes, code.code, self.language), "") for code in offered]
        parents = self.standard.codes[above]
        order = {code: n for n, code in enumerate(parents.values)}
        offered.sort(key=lambda code: order.get(code.fields.get("broader", ""), len(order)))
        return [
            (
                label_of(codes, code.code, self.language),
                label_of(parents, broader, self.language) if (broader := code.fields.get("broader", "")) else "",
            )
            for code in offered
        ]

    def _above(self, column: Column, columns: tuple[Column, ...]) -> Column | None:
        """Return the column beside this one whose codes those of this one hang on."""
        assert column.code_list is not None
        if column.is_list:
            return None
        beside = column.pointer.rpartition("/")[0]
        for other in columns:
            if other.code_list in (None, column.code_list) or other.is_list:
                continue
            assert other.code_list is not None
            if other.pointer.rpartition("/")[0] == beside and _hangs_on(
                self.standard.codes[column.code_list], self.standard.codes[other.code_list]
            ):
                return other
        return None

    def _list(self, sheet: Any, letter: str, line: int, formula: str, is_closed: bool) -> None:
        found = DataValidation(type="list", formula1=formula, allow_blank=True)
        found.showErrorMessage = is_closed
        found.error = _REFUSED.get(self.language)
        sheet.add_data_validation(found)
        found.add(f"{letter}{line}:{letter}{LAST_LINE}")


def _hangs_on(codes: CodeList, above: CodeList) -> bool:
    """Whether the codes of one list stand below those of another."""
    broader = {code.fields.get("broader", "") for code in codes.codes} - {""}
    return bool(broader) and broader <= set(above.by_code) and not broader <= set(codes.by_code)
