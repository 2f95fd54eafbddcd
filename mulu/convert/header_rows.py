"""Where in a sheet the headings of a table are, which format they are of, and whether another table follows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mulu.convert.columns import Columns, Matching, column, marked, matches
from mulu.convert.headings import bare, normal, units_in
from mulu.convert.values import Cell, is_blank, is_day
from mulu.readers.model import Area, Document, Row, Sheet
from mulu.standard.mappings import Detail, Mapping, Spec

if TYPE_CHECKING:
    from mulu.convert.records import Records

_SAID = re.compile(r"[^:：]{1,14}[:：]\s*\S")
HEADER_SEARCH = 40
"""How many rows at the top of a sheet may hold titles before the headings."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table in a document, read with a mapping: how many headings that mark the format and how many columns match."""

    mapping: Mapping
    sheet: int
    header: range
    marks: int
    score: int
    columns: Columns
    records: "Records | None" = None
    below: tuple[Mapping, ...] = ()
    """Of which other formats tables further down in the sheet are."""

    @property
    def is_recognised(self) -> bool:
        """Whether enough of the headings that mark the format are there."""
        return self.needed <= 0

    @property
    def needed(self) -> int:
        """How many more of the headings that mark the format are needed."""
        lacking = len(self.mapping.required) - len(marked(self.columns, self.mapping.required))
        return max(self.mapping.at_least - self.marks, lacking)

    @property
    def rank(self) -> tuple[bool, int, int, float]:
        """By which the best reading is chosen."""
        share = self.score / max(1, len(self.columns))
        return (self.is_recognised, self.score, self.marks, share)

    @property
    def missing(self) -> list[str]:
        """The headings that mark the format and are not there."""
        there = marked(self.columns, self.mapping.headings)
        return list(dict.fromkeys(group[0] for group in self.mapping.headings if group not in there))


class Top:
    """The top of a sheet, and what its rows give as headings: that is asked by every mapping, and made once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet.index
        self._rows = sheet.rows[:HEADER_SEARCH]
        last = self._rows[-1].number if self._rows else 0
        self._merged = [area for area in sheet.merged if area[0] <= last]
        self._known: dict[tuple[int, int], Columns] = {}
        self._titles: dict[int, bool] = {}

    def _made(self, start: int, height: int) -> Columns:
        if (start, height) not in self._known:
            self._known[start, height] = header_columns(self._rows[start : start + height], self._merged)
        return self._known[start, height]

    def _is_title(self, start: int) -> bool:
        if start not in self._titles:
            self._titles[start] = _is_title(self._rows[start])
        return self._titles[start]

    def is_all_of(self, lower: "Candidate", best: "Candidate") -> bool:
        """Whether the lower rows of headings say as much as with one above, which is a title of two cells then.

        A merged cell would make it a group, and so do columns that are told apart by nothing else.
        """
        if lower.header != best.header[1:] or lower.rank[:3] != best.rank[:3]:
            return False
        labels = [item.label for item in lower.columns]
        row = self._rows[best.header[0]].number
        return (
            [(item.number, item.label) for item in best.columns]
            == [(item.number, item.label) for item in lower.columns]
            and len({*labels}) == len(labels)
            and not any(top == row and right > left for top, left, _, right in self._merged)
        )

    def headers(self, depth: int) -> Iterator[tuple[range, Columns]]:
        """Yield the rows that may be headings, each in up to `depth` lines, by positions, and their columns."""
        rows = self._rows
        for start in range(len(rows)):
            for height in range(1, depth + 1):
                if start + height > len(rows):
                    break
                if rows[start + height - 1].number - rows[start].number != height - 1:
                    break
                if height > 1 and self._is_title(start):
                    continue
                yield range(start, start + height), self._made(start, height)


def _is_title(row: Row) -> bool:
    """Whether a row above headings is no group of them: a single text, or what is said of the table, or its day."""
    texts = [cell for cell in map(heading_text, row.cells) if cell]
    return len({*texts}) < 2 or any(_SAID.match(text) or units_in(text) or is_day(text) for text in texts)


def sheet_candidate(top: Top, mapping: Mapping) -> Candidate | None:
    """Return the best reading of a sheet with `mapping`: the rows whose headings match most."""
    return _best_header(top, mapping, mapping.headings, mapping.fields)


def detail_candidate(top: Top, mapping: Mapping, detail: Detail) -> Candidate | None:
    """Return the best reading of a sheet as one of the mapping's further sheets, if it is one."""
    found = _best_header(top, mapping, detail.headings, detail.fields)
    return found if found and found.marks >= detail.at_least else None


def lines_candidate(top: Top, mapping: Mapping) -> tuple[Candidate, Spec] | None:
    """Return a sheet that holds only what each line of an entry gives, beside what names the entry, and that list.

    Of the list at least two columns must be there.
    """
    best: tuple[Candidate, Spec] | None = None
    for spec in mapping.fields:
        if spec.each != "line":
            continue
        for header, columns in top.headers(mapping.header_rows):
            score = Matching(columns, spec.fields).score
            is_named = any(
                matches(item, heading) for heading in mapping.one_entry_per for item in columns.having(heading)
            )
            if is_named and score >= max(2, best[0].score + 1 if best else 0):
                best = Candidate(mapping, top.sheet, header, 0, score, columns), spec
    return best


class Merged:
    """The merged cells of a sheet by the row in which they begin, so that none is looked at for other rows."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._from: dict[int, list[Area]] = {}
        for area in sorted(areas):
            self._from.setdefault(area[0], []).append(area)

    def at(self, row: int) -> list[Area]:
        """Return those that begin in a row, from left to right."""
        return self._from.get(row, [])


class Stack:
    """The tables that follow each other in one sheet; how one is read is found out once for all with its headings."""

    def __init__(self, document: Document, sheet: Sheet, mappings: Iterable[Mapping]) -> None:
        self.merged = Merged(sheet.merged)
        self._document, self._sheet, self._mappings = document, sheet, tuple(mappings)
        self._known: dict[object, Candidate | None] = {}

    def at(self, start: int) -> Candidate | None:
        """Return how the table is read whose headings begin at a position of the rows; `None` if no mapping knows it.

        Of all that have the same headings `columns` is the same list. Raises `Unreadable` for more different headings
        than the file may have sheets.
        """
        rows, merged = self._headings(start)
        first = rows[0].number
        key = (
            tuple(tuple(map(heading_text, row.cells)) for row in rows),
            tuple((top - first, left, bottom - first, right) for top, left, bottom, right in merged),
        )
        if key not in self._known:
            limits = self._document.limits
            if len(self._known) >= limits.sheets:
                raise limits.exceeded(
                    "sheets",
                    self._document.path,
                    f"到第 {first} 行，一张工作表里表头各不相同的表就太多了；请分成几张工作表或几个文件",
                    f"up to row {first}, a sheet contains too many tables with different headings; split them into "
                    "several sheets or files",
                    place=self._document.place((self._sheet.index, first, 0)),
                )
            self._known[key] = self._best(rows, merged)
        found = self._known[key]
        if found is None:
            return None
        return replace(found, header=range(start, start + len(found.header)))

    def _headings(self, start: int) -> tuple[list[Row], list[Area]]:
        """Return the rows that may hold the headings, and their merged cells: those below groups belong to them."""
        depth = max(mapping.header_rows for mapping in self._mappings)
        rows: list[Row] = []
        merged: list[Area] = []
        for row in self._sheet.rows[start : start + depth]:
            is_grouped = rows and (merged or any(map(_is_under, _padded(rows[-1], row), row.cells)))
            if rows and not (is_grouped and row.number == rows[-1].number + 1):
                break
            rows.append(row)
            merged += self.merged.at(row.number)
        return rows, merged

    def _best(self, rows: list[Row], merged: list[Area]) -> Candidate | None:
        found = []
        for height in range(1, len(rows) + 1):
            columns = header_columns(rows[:height], merged)
            for mapping in self._mappings:
                if height <= mapping.header_rows:
                    marks = len(marked(columns, mapping.headings))
                    score = Matching(columns, mapping.fields).score
                    found.append(Candidate(mapping, self._sheet.index, range(height), marks, score, columns))
        best = max(found, key=lambda candidate: candidate.rank, default=None)
        return best if best is not None and best.is_recognised else None


def _padded(above: Row, row: Row) -> Iterator[Cell]:
    return (above.cell(number) for number in range(1, len(row.cells) + 1))


def _is_under(above: Cell, cell: Cell) -> bool:
    """Whether a cell stands under none: a group, of which only the first cell is filled, may reach over it."""
    return is_blank(above) and not is_blank(cell)


def _best_header(
    top: Top, mapping: Mapping, headings: tuple[tuple[str, ...], ...], fields: tuple[Spec, ...]
) -> Candidate | None:
    best: Candidate | None = None
    for header, columns in top.headers(mapping.header_rows):
        marks = len(marked(columns, headings))
        if marks == 0:
            continue
        if best is not None and best.is_recognised and header[0] > best.header[-1] + 1:
            # Below a table that is one there may be another, which comes behind it.
            break
        candidate = Candidate(mapping, top.sheet, header, marks, Matching(columns, fields).score, columns)
        if best is None or candidate.rank[:3] > best.rank[:3] or top.is_all_of(candidate, best):
            best = candidate
    return best


def header_columns(rows: list[Row], merged: Iterable[Area]) -> Columns:
    """Return the columns that some rows of headings give: the lowest text is the heading, those above its groups.

    A group title stands over several columns by a merged cell, or, where merging was lost (CSV), over the blank
    cells to its right as long as something stands below them.
    """
    height = len(rows)
    width = max((len(row.cells) for row in rows), default=0)
    grid = [[heading_text(row.cells[i]) if i < len(row.cells) else "" for i in range(width)] for row in rows]
    first = rows[0].number
    for top, left, bottom, right in merged:
        if first <= top < first + height:
            for r in range(top - first, min(bottom - first, height - 1) + 1):
                for c in range(left - 1, min(right, width)):
                    grid[r][c] = grid[top - first][left - 1]
    for r in range(height - 1):
        for c in range(1, width):
            if not grid[r][c] and any(grid[below][c] for below in range(r + 1, height)):
                grid[r][c] = grid[r][c - 1]
    columns = Columns()
    for number, cells in enumerate(zip(*grid, strict=True), 1):
        texts = [text for text in cells if text]
        if texts:
            label = texts[-1]
            groups = tuple(text for text in dict.fromkeys(texts) if text != label)
            # 信息资源提供方 › 信息资源提供方: a leaf that is called like its group.
            columns.append(column(number, label, groups or tuple(texts[:-1][:1])))
    return _with_bare(columns)


def _with_bare(columns: Columns) -> Columns:
    """Add the forms without what is added to headings, but for those that two columns would have."""
    forms = [bare(item.label) for item in columns]
    if not any(here for here, _ in forms):
        return columns
    found = Counter(
        name for item, (here, _) in zip(columns, forms, strict=True) for name in {item.full, item.short, *here}
    )
    return Columns(
        replace(item, bare=tuple(((*item.groups, normal(group)), form) for form in here if found[form] == 1))
        if here
        else item
        for item, (here, group) in zip(columns, forms, strict=True)
    )


def heading_text(cell: Cell) -> str:
    """Return a cell as a heading is written."""
    return cell.strip() if isinstance(cell, str) else ("" if is_blank(cell) else str(cell))
