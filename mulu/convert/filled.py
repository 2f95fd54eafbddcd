"""A filled template as a source of entries: each cell is read by the property whose pointer stands over its column."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mulu.convert import values
from mulu.convert.ledger import Ledger
from mulu.convert.lines import sample
from mulu.convert.non_data_rows import NOTE, SIGNED, closing, is_labelled, is_said_note, is_total_line, signing_labels
from mulu.convert.paths import array_at, get, put
from mulu.convert.source import TEMPLATE, Reject, Remark, Sourced, drop_beside
from mulu.convert.template import EXAMPLE, MARK, SEPARATORS, Column, Form, columns, example_lines, is_own, part_of
from mulu.convert.values import Cell, NotUnderstood, as_text, is_blank
from mulu.place import column_name
from mulu.pointer import Json, pointer_of, steps_of
from mulu.readers import Document
from mulu.readers.model import Ref, Row
from mulu.standard import Standard
from mulu.texts import Text, shown

_EXAMPLE_LINE = Text("模板的示例行", "the template's example")
_NUMBER = Text("连接各工作表的编号", "the numbers that link the sheets")
_MARKED = (EXAMPLE.zh, EXAMPLE.en.casefold())
_ORPHAN = Text("主表中没有所属的条目", "no matching entry in the main sheet")
_OTHER_SHEET = Text("工作表不是目录表", "the sheet is not a catalog table")
_RANK = ("mapped", "transformed", "not_understood")


@dataclass(slots=True)
class _Made:
    """An entry in the making."""

    number: int
    entry: dict[str, Json]
    trace: dict[str, Ref]
    source: dict[str, Json]
    kept: dict[str, list[Json]] = field(default_factory=dict)
    original: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """The object that a line became, and its pointer in the entry."""

    made: _Made
    value: dict[str, Json]
    here: str


@dataclass(slots=True)
class TemplateSource:
    """A filled template as a source of entries; see `Source`."""

    document: Document
    standard: Standard
    found: list[Form]
    given: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    ledger: Ledger = field(init=False)
    remarks: list[Remark] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    _columns: dict[str, dict[str, Column]] = field(init=False)
    _places: dict[tuple[str | None, str], tuple[Form, int]] = field(default_factory=dict)
    """Where each column of the account stands."""

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.document.path, TEMPLATE)
        kinds = {form.kind for form in self.found}
        self._columns = {kind: columns(self.standard.schemas, kind) for kind in kinds}
        # The lists behind the drop-downs are hidden, and ours.
        own = {sheet.index for sheet in self.document.sheets if is_own(sheet)}
        self.document.notices[:] = [
            notice
            for notice in self.document.notices
            if notice.rule != "hidden-sheet" or notice.ref is None or notice.ref[0] not in own
        ]

    @property
    def format(self) -> str:
        """The name of the format."""
        return TEMPLATE

    def __iter__(self) -> Iterator[Sourced]:
        self.ledger = Ledger(self.document.path, TEMPLATE)
        self.remarks.clear()
        self.rejects.clear()
        self._places.clear()
        made: list[_Made] = []
        nodes: dict[tuple[str, str, tuple[str, ...]], _Node] = {}
        for form in self.found:
            # Lines are accounted for as they are read, so each sheet is read once.
            for row, cells in self._lines(form) if not form.part else ():
                made.append(self._entry(form, row, cells, len(made) + 1, nodes))
        for form in self.found:
            if form.part:
                self._elements(form, nodes)
        for item in made:
            self.ledger.entries += 1
            entry = self._finished(item)
            yield Sourced(entry, item.number - 1, item.trace)
        self._unknown_columns()
        self._other_sheets()
        drop_beside(self.document, self.ledger)

    def begins(self) -> tuple[str, int]:
        """Return the sheet to fill in first and the number of its first row that is neither heading nor example."""
        form = self.found[0]
        rows = [row.number for row in form.sheet.rows if row.number > form.row and _marked(form, row.cells)]
        return str(form.sheet.name), max(rows, default=form.row) + 1

    def _lines(self, form: Form) -> Iterator[tuple[Row, dict[int, Cell]]]:
        """Yield the lines of a sheet that hold something, without examples, notes, and the numbers of empty lines."""
        numbering = set(form.numbers.values())
        examples = self._examples(form)
        for row in form.sheet.rows:
            if row.number <= form.row:
                continue
            cells: dict[int, Cell] = {n: cell for n, cell in enumerate(row.cells, 1) if not is_blank(cell)}
            if not cells:
                continue
            marked = _marked(form, row.cells)
            other = _written_over(form, cells, examples) if marked else None
            if marked and other is None:
                self.ledger.drop(_EXAMPLE_LINE, len(cells))
            elif (reason := _aside(form, cells)) is not None:
                self._passed_over(form, row, cells, reason)
            elif set(cells) - numbering:
                if other is not None:
                    params: dict[str, Json] = {"row": row.number, "value": shown(as_text(other))}
                    ref = (form.sheet.index, row.number, marked[0])
                    self.remarks.append(Remark("example-written-over", params, ref))
                yield row, cells
            else:
                self.ledger.drop(_NUMBER, len(cells))

    def _examples(self, form: Form) -> list[dict[str, str]]:
        """Return what the template's example says in the lines of a sheet, in either language."""
        found = [column for column in self._columns[form.kind].values() if column.part == form.part]
        return [
            {pointer: _solid(cell) for pointer, cell in cells.items()}
            for language in ("zh", "en")
            for cells, _ in example_lines(self.standard, form.kind, found, language)
        ]

    def _passed_over(self, form: Form, row: Row, cells: dict[int, Cell], reason: Text) -> None:
        self.ledger.drop(reason, len(cells))
        params: dict[str, Json] = {
            "row": row.number,
            "reason_zh": reason.zh,
            "reason_en": reason.en,
            "value": shown(sample(cells)),
        }
        self.remarks.append(Remark("line-passed-over", params, (form.sheet.index, row.number, 0)))

    def _entry(
        self,
        form: Form,
        row: Row,
        cells: dict[int, Cell],
        number: int,
        nodes: dict[tuple[str, str, tuple[str, ...]], _Node],
    ) -> _Made:
        base = (form.sheet.index, row.number, 0)
        source: dict[str, Json] = {"format": TEMPLATE, "sheet": form.sheet.name, "record": row.number}
        made = _Made(number, {"kind": form.kind}, {"": base}, source)
        node = _Node(made, made.entry, "")
        self._fill(form, row, cells, node)
        self._register(form, row, cells, node, (), nodes)
        return made

    def _elements(self, form: Form, nodes: dict[tuple[str, str, tuple[str, ...]], _Node]) -> None:
        """Add each line of a list to the object that its numbers name; a blank number is that of the line above."""
        around = form.around
        said: dict[str, str] = {}
        orphans: Counter[tuple[str, str]] = Counter()
        places: dict[tuple[str, str], Ref] = {}
        for row, cells in self._lines(form):
            for depth, part in enumerate(around):
                cell = cells.get(form.numbers.get(part, 0))
                if cell is not None and said.get(part) != as_text(cell):
                    said[part] = as_text(cell)
                    for inner in around[depth + 1 :]:
                        said.pop(inner, None)
            keys = tuple(said.get(part, "") for part in around)
            parent = nodes.get((form.kind, around[-1], keys))
            if parent is None:
                column = form.numbers.get(around[-1], 0)
                which = form.labels.get(column, around[-1] or form.kind), " › ".join(keys)
                orphans[which] += 1
                places.setdefault(which, (form.sheet.index, row.number, column))
                self.ledger.drop(_ORPHAN, len(cells))
                self.ledger.records += 1
                record = {self._label(form, number): _as_json(cell) for number, cell in cells.items()}
                at = self.document.place((form.sheet.index, row.number, 0))
                self.rejects.append(Reject(at, _ORPHAN, record))
                continue
            array = array_at(parent.value, tuple(steps_of(form.part[len(around[-1]) : -2])))
            here = f"{parent.here}{form.part[len(around[-1]) : -2]}/{len(array)}"
            element: dict[str, Json] = {}
            array.append(element)
            parent.made.trace[here] = (form.sheet.index, row.number, 0)
            node = _Node(parent.made, element, here)
            self._fill(form, row, cells, node)
            self._register(form, row, cells, node, keys, nodes)
        for (heading, value), count in orphans.items():
            params: dict[str, Json] = {"heading": heading, "value": value, "count": count}
            self.remarks.append(Remark("orphan-line", params, places[heading, value]))

    def _register(
        self,
        form: Form,
        row: Row,
        cells: dict[int, Cell],
        node: _Node,
        keys: tuple[str, ...],
        nodes: dict[tuple[str, str, tuple[str, ...]], _Node],
    ) -> None:
        column = form.numbers.get(form.part, 0)
        if column not in cells:
            return
        number = as_text(cells[column])
        if nodes.setdefault((form.kind, form.part, (*keys, number)), node) is not node:
            params: dict[str, Json] = {"heading": form.labels.get(column, form.kind), "value": number}
            ref = (form.sheet.index, row.number, column)
            self.remarks.append(Remark("repeated-line-number", params, ref, node.made.number))

    def _fill(self, form: Form, row: Row, cells: dict[int, Cell], node: _Node) -> None:
        """Read the cells of a line into an object, and enter each into the ledger."""
        self.ledger.records += 1
        made = node.made
        known = self._columns[form.kind]
        for number, pointer in form.columns.items():
            if pointer in known and number not in cells:
                # A blank cell is where a missing value will be told.
                made.trace.setdefault(node.here + pointer[len(form.part) :], (form.sheet.index, row.number, number))
        numbering = set(form.numbers.values())
        for number, cell in cells.items():
            pointer = form.columns.get(number, "")
            account = self.ledger.column(form.sheet.name, self._label(form, number), pointer or None)
            self._places.setdefault((form.sheet.name, account.heading), (form, number))
            if number in numbering:
                self.ledger.drop(_NUMBER, 1, account, cell)
                continue
            column = known.get(pointer) if part_of(pointer) == form.part else None
            if column is None:
                label = self._label(form, number)
                made.kept.setdefault(f"{form.sheet.name}!{label}" if form.part else label, []).append(_as_json(cell))
                self.ledger.enter("kept", account, cell, 1)
                continue
            place = node.here + pointer[len(form.part) :]
            value, head = self._read(column, cell)
            put(node.value, tuple(steps_of(pointer[len(form.part) :])), value)
            made.trace[place] = (form.sheet.index, row.number, number)
            if head != "mapped":
                made.original[place] = _as_json(cell)
            self.ledger.enter(head, account, cell, 1)

    def _read(self, column: Column, cell: Cell) -> tuple[Json, str]:
        """Return what a cell says of a property, and its head in the ledger."""
        if not column.is_list:
            return self._one(column, cell)
        texts = [text for piece in re.split(f"[{SEPARATORS}]", as_text(cell)) if (text := as_text(piece))]
        found = [self._one(column, text) for text in texts]
        # Several values in a cell, or nothing but what separates them, are another spelling of a list.
        heads = {head for _, head in found} | ({"transformed"} if len(found) != 1 else set())
        return [value for value, _ in found], max(heads, key=_RANK.index)

    def _one(self, column: Column, cell: Cell) -> tuple[Json, str]:
        try:
            value = self._value(column, cell)
        except NotUnderstood:
            return _as_json(cell), "not_understood"
        return value, "mapped" if as_text(value if not isinstance(value, list | dict) else None) == as_text(cell) else (
            "transformed"
        )

    def _value(self, column: Column, cell: Cell) -> str | int | float | bool:
        text = as_text(cell)
        if column.code_list is not None:
            codes = self.standard.codes[column.code_list]
            code, _, name = text.partition(" ")
            if code in codes.by_code and as_text(name) in (
                "",
                codes.by_code[code].name.zh,
                codes.by_code[code].name.en,
            ):
                return code
            if "x-code-list" in column.keywords:
                return values.as_code(text, codes, lambda _: None)
            return codes.find(text) or text
        match column.type:
            case "integer":
                return values.as_integer(cell)
            case "number":
                return values.as_number(cell)
            case "boolean":
                return values.as_boolean(cell)
        if column.keywords.get("format") == "partial-date":
            return values.as_date(cell)
        return text

    def _finished(self, made: _Made) -> dict[str, Json]:
        """Return the entry with its `source`, and with what the user says of all entries where it says nothing."""
        for path, text in self.given.items():
            if get(made.entry, path) is None:
                put(made.entry, path, text)
                told = made.source.setdefault("given", {})
                assert isinstance(told, dict)
                told[pointer_of(path)] = text
        if made.kept:
            made.source["values"] = {
                label: found[0] if len(found) == 1 else [*found] for label, found in made.kept.items()
            }
        if made.original:
            made.source["original"] = made.original
        return {**made.entry, "source": made.source}

    def _label(self, form: Form, number: int) -> str:
        return "".join(form.labels.get(number, form.columns.get(number, f"{MARK}{number}")).split("\n"))

    def _unknown_columns(self) -> None:
        """Tell each column whose values no property took, at its heading, or where that would stand."""
        for where, (form, number) in self._places.items():
            account = self.ledger.columns[where]
            if not account.counts["kept"]:
                continue
            has_heading = number in form.labels or number in form.columns
            params: dict[str, Json] = {
                "heading": account.heading if has_heading else column_name(number),
                "count": account.counts["kept"],
                "sample": account.samples[0] if account.samples else "",
            }
            check = "column-not-understood" if has_heading else "column-without-heading"
            self.remarks.append(Remark(check, params, (form.sheet.index, max(form.row - 1, 1), number)))

    def _other_sheets(self) -> None:
        read = {form.sheet.index for form in self.found}
        for sheet in self.document.sheets:
            count = sum(1 for row in sheet.rows for cell in row.cells if not is_blank(cell))
            if count and sheet.index not in read and not is_own(sheet):
                self.ledger.drop(_OTHER_SHEET, count)
                params: dict[str, Json] = {"sheet": sheet.name, "count": count}
                self.remarks.append(Remark("sheet-passed-over", params, (sheet.index, 0, 0)))


def _marked(form: Form, cells: Sequence[Cell]) -> list[int]:
    """Return the columns of numbers in which a line says that it is an example."""
    return [n for n, cell in enumerate(cells, 1) if n in form.numbers.values() and as_text(cell).casefold() in _MARKED]


def _aside(form: Form, cells: dict[int, Cell]) -> Text | None:
    """Return why a line is no data but stands below the table: a total, who signed it, a note.

    Where other cells leave it open, what stands in place of a number tells: no line is numbered 填表人.
    """
    numbering = set(form.numbers.values())
    begins_aside = next(iter(cells)) in numbering
    first = as_text(next(iter(cells.values())))
    if (begins_aside or not form.part) and is_total_line(cells):
        return NOTE
    if (found := closing(cells)) is not None:
        return found
    if begins_aside and signing_labels(cells) > 1:
        return SIGNED
    if not set(cells) - numbering:
        return NOTE if is_said_note(first) or (len(first) > 1 and not any(map(str.isdigit, first))) else None
    return NOTE if len(cells) == 1 and not form.part and is_said_note(first) and is_labelled(first) else None


def _written_over(form: Form, cells: dict[int, Cell], examples: list[dict[str, str]]) -> Cell:
    """Return the first cell of a line that is no part of an example, beside which most are; `None` if there is none."""
    said = {pointer: cell for number, pointer in form.columns.items() if (cell := cells.get(number)) is not None}
    others: list[list[Cell]] = [
        [cell for pointer, cell in said.items() if line.get(pointer) != _solid(cell)] for line in examples
    ]
    fewest = min(others, key=len) if others else [*said.values()]
    return fewest[0] if fewest else None


def _solid(cell: Any) -> str:
    return "".join(as_text(cell).split())


def _as_json(cell: Cell) -> Json:
    """Return the content of a cell as JSON."""
    return cell if isinstance(cell, str | int | float | bool) else as_text(cell)
