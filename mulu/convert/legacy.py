"""A legacy file as a source of entries: its tables are recognised, and each entry is made as it is asked for."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from mulu.convert.asides import TITLE, UNITS, Asides
from mulu.convert.engine import Builder, Plan, account_unmatched, finish, groups, plan, sourced
from mulu.convert.headings import Unit
from mulu.convert.ledger import Ledger, leaves_of
from mulu.convert.lines import cells_of, rows_from, sample, sheet_table
from mulu.convert.reading import raw
from mulu.convert.records import record_candidate, record_candidates_beside, record_table, record_tables
from mulu.convert.source import AND, ENVELOPE, Given, Reject, Remark, Sourced, drop_beside
from mulu.convert.tables import (
    Candidate,
    Columns,
    Line,
    Matching,
    Stack,
    Table,
    Top,
    detail_candidate,
    lines_candidate,
    matches,
    sheet_candidate,
)
from mulu.convert.units import Said, said_in
from mulu.convert.units import remarks as unit_remarks
from mulu.convert.values import as_text
from mulu.errors import NotRecognised
from mulu.pointer import Json, pointer_of
from mulu.readers import Document
from mulu.readers.model import Sheet
from mulu.standard import Mapping, Standard
from mulu.standard.mappings import Detail, Spec
from mulu.texts import Text, shown

if TYPE_CHECKING:
    from mulu.convert.tree_source import TreeCandidate

_LOOKED_AT = 10_000
"""In how many objects a format must show."""
_SHORT = 20
"""How long a text is that says units and nothing else."""
_OTHER_TABLE = Text("表中另一张不认识的表", "another table in the sheet, of no known format")
_OTHER_SHEET = Text("工作表不是目录表", "the sheet is no catalog table")
_ORPHAN = Text("主表中没有所属的条目", "no entry of the main sheet that it belongs to")


def candidates(document: Document, mappings: list[Mapping]) -> list[Candidate]:
    """Return the readings of a document's tables with each mapping, best first."""
    tops = [Top(sheet) for sheet in document.sheets]
    found = [c for mapping in mappings for top in tops if (c := sheet_candidate(top, mapping)) is not None]
    if not document.sheets:
        # Whether it is a catalog at all shows in the first objects; only then all are looked into.
        found = _of_records(document, mappings, _LOOKED_AT) and _of_records(document, mappings)
    return sorted(found, key=lambda candidate: candidate.rank, reverse=True)


def _of_records(document: Document, mappings: list[Mapping], most: int = sys.maxsize) -> list[Candidate]:
    tables = record_tables(document, most)
    return [c for table in tables for mapping in mappings if (c := record_candidate(table, mapping)) is not None]


def recognise(
    document: Document, standard: Standard, wanted: str | None, tree: "TreeCandidate | None" = None
) -> list[Candidate]:
    """Return the tables of the document that hold entries, each read by the format that fits it best.

    `wanted` is the format that the user names; then any heading of it will do. `tree` is the nearest format of trees.
    Raises `NotRecognised`, which tells the nearest format and what it lacks.
    """
    mappings = [standard.mappings[wanted]] if wanted is not None else standard.mappings.of("table")
    if wanted is None:
        mappings = [mapping for mapping in mappings if mapping.family in (None, document.family)]
    found = candidates(document, [mapping for mapping in mappings if not mapping.is_tree])
    best = found[0] if found else None
    if best is None or not best.score or not (best.is_recognised or wanted is not None):
        nearest = max((one for one in (best, tree) if one is not None and one.marks), key=_nearness, default=None)
        raise _not_recognised(document, standard, nearest)
    if best.records is not None:
        return record_candidates_beside(found)
    # Of two formats that fit a sheet alike, that of the others is taken.
    found.sort(key=lambda candidate: (candidate.rank[:3], candidate.mapping is best.mapping))
    read = {c.sheet: c for c in found if c.score and (c.is_recognised or c is best)}
    for sheet in document.sheets:
        # What belongs to the entries of another sheet may look like a list of entries to a further format.
        other = read.get(sheet.index)
        if other is not None and other.mapping is not best.mapping and _is_detail(Top(sheet), best.mapping):
            del read[sheet.index]
    return sorted(read.values(), key=lambda candidate: candidate.sheet)


def _is_detail(top: Top, mapping: Mapping) -> bool:
    return any(detail_candidate(top, mapping, detail) is not None for detail in mapping.details)


def _nearness(candidate: "Candidate | TreeCandidate") -> tuple[int, int]:
    return -candidate.needed, candidate.score


def _not_recognised(document: Document, standard: Standard, best: "Candidate | TreeCandidate | None") -> NotRecognised:
    kinds = ", ".join(standard.schemas.kinds)
    headings = list(islice(_headings(document), 40))
    import difflib

    meant = difflib.get_close_matches("kind", [heading.lower() for heading in headings], n=1, cutoff=0.7)
    if meant:
        return NotRecognised(
            document.path,
            f"认不出这是什么目录：没有 kind，但有 {meant[0]}，是不是写错了？条目须有 kind，取值 {kinds}",
            f"this is no catalog that is known: it has no kind but {meant[0]}; is that misspelt? An entry has a "
            f"kind: {kinds}",
        )
    if best is None:
        guessed = _guessed_encoding(document)
        found = [shown(heading) for heading in headings[:6]] or ["—"]
        return NotRecognised(
            document.path,
            f"认不出这是什么目录：没有一个已知的表头（找到的是 {'、'.join(found)}），也不是条目（条目须有 kind，取值 "
            f"{kinds}）。请核对是不是选错了文件或工作表；能读的格式见 mulu formats{guessed.zh}",
            f"this is no catalog that is known: not one known heading (found: {', '.join(found)}), and no entries "
            f"either (an entry has a kind: {kinds}). Check the file and the sheet; mulu formats lists what can be "
            f"read{guessed.en}",
        )
    missing = [heading.replace("*", "…") for heading in best.missing]
    return NotRecognised(
        document.path,
        f"认不出这是什么目录：最接近 {best.mapping.id}（{best.mapping.title.zh}），但还缺 {best.needed} 个标志性表头，"
        f"没有找到的有：{'、'.join(missing[:8])}。请核对表头和工作表；确为该格式的，用 --from {best.mapping.id} 指定。"
        f"若本来就是条目，每条须有 kind（{kinds}）",
        f"this is no catalog that is known: nearest is {best.mapping.id} ({best.mapping.title.en}), which needs "
        f"{best.needed} more of its marks; not found: {', '.join(missing[:8])}. Check headings or names; "
        f"if it is that format, say --from {best.mapping.id}. If it holds entries, each has a kind ({kinds})",
    )


def _guessed_encoding(document: Document) -> Text:
    """Return what to do if the headings are made of wrong characters; nothing if the encoding is known for sure."""
    encoding = next((one.params.get("encoding") for one in document.notices if one.rule == "encoding-guessed"), None)
    if encoding is None:
        return Text("", "")
    return Text(
        f"。文字是按 {encoding} 读的，字不对的话用 --encoding 指明编码（如 cp949、cp1251）",
        f". The text was read as {encoding}; if these are the wrong characters, say the encoding with --encoding "
        "(such as cp949, cp1251)",
    )


def _headings(document: Document) -> Iterator[str]:
    """Yield what may be meant as headings: the first lines of the sheets, or the names of the members."""
    for sheet in document.sheets:
        for row in sheet.rows[:1]:
            yield from (as_text(cell) for cell in row.cells if cell is not None)
    for item in islice(document.items(), 5):
        if isinstance(item.value, dict):
            yield from item.value


@dataclass(slots=True)
class LegacySource:
    """A document that is converted on the way; see `Source`."""

    document: Document
    standard: Standard
    found: list[Candidate]
    given: Given = field(default_factory=dict)
    ledger: Ledger = field(init=False)
    remarks: list[Remark] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    _made: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.document.path, self.format)

    @property
    def format(self) -> str:
        """The name of the format; where sheets are of several, all names."""
        return AND.join(dict.fromkeys(candidate.mapping.id for candidate in self.found))

    @property
    def mapping(self) -> Mapping:
        """How the document is read; where sheets are of several formats, how the first is."""
        return self.found[0].mapping

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of entries that it gives."""
        return tuple(dict.fromkeys(candidate.mapping.kind for candidate in self.found))

    def __iter__(self) -> Iterator[Sourced]:
        self.ledger = Ledger(self.document.path, self.format)
        self.remarks.clear()
        self.rejects.clear()
        self._made = 0
        read = {candidate.sheet for candidate in self.found}
        mappings = {candidate.mapping.id: candidate.mapping for candidate in self.found}
        details = {name: self._details(mapping, read) for name, mapping in mappings.items()}
        for candidate in self.found:
            yield from self._entries(candidate, details)
        for detail in chain.from_iterable(details.values()):
            self._orphans(detail)
            account_unmatched([detail.plan], self.ledger, self.remarks)
        if self.found[0].records is None:
            for sheet in self.document.sheets:
                if sheet.index not in read:
                    self._passed_over_sheet(sheet)
            drop_beside(self.document, self.ledger)
        else:
            self._envelope()

    def properties(self) -> dict[str, str]:
        """Return what the columns of the first table are taken for: normal heading → JSON Pointer."""
        table = self._table(self.found[0])
        made = self._plan(self.mapping, table)
        columns = made.columns
        return {columns[number].full: pointer for number, pointer in made.properties.items()}

    def _entries(self, candidate: Candidate, details: dict[str, list["_Joined"]]) -> Iterator[Sourced]:
        """Yield the entries of a table, and of those below it in the sheet."""
        if candidate.records is not None:
            table = record_table(candidate.records)
            made = self._plan(candidate.mapping, table)
            yield from self._entries_of(candidate.mapping, table, made, details[candidate.mapping.id])
            account_unmatched([made], self.ledger, self.remarks)
            return
        sheet = self.document.sheets[candidate.sheet]
        stack = Stack(self.document, sheet, {one.mapping.id: one.mapping for one in self.found}.values())
        # Tables with the same headings have the same columns.
        read: dict[int, tuple[Plan, Asides]] = {}
        below: Candidate | None = candidate
        said = self._titles(sheet, candidate)
        while below is not None:
            mapping, columns = below.mapping, below.columns
            known = read.get(id(columns))
            asides = known[1] if known else self._asides(columns, mapping)
            table = sheet_table(sheet, below.header, columns, asides, stack.merged)
            table.units, said = said, []
            if known:
                known[0].read_on(table)
            made, _ = read[id(columns)] = known or (self._plan(mapping, table), asides)
            yield from self._entries_of(mapping, table, made, details[mapping.id])
            self._passed_over(table, made)
            below = None
            if table.further is not None and (below := stack.at(table.further)) is None:
                self._other_table(sheet, table.further)
        account_unmatched((made for made, _ in read.values()), self.ledger, self.remarks)

    def _entries_of(self, mapping: Mapping, table: Table, made: Plan, details: list["_Joined"]) -> Iterator[Sourced]:
        keys = [
            item.number
            for heading in mapping.one_entry_per
            for item in [next((c for c in table.columns if matches(c, heading)), None)]
            if item is not None
        ]
        for lines in groups(table.lines, keys, made, self.document.limits.values):
            self._made += 1
            self._hold(lines)
            self.ledger.records += len(lines)
            builder = Builder(made, self.ledger, self.remarks, self._made, {})
            builder.add(lines)
            for detail in details:
                detail.join(builder)
            sheet: dict[str, Json] = {"sheet": table.name} if table.name else {}
            record: dict[str, Json] = {"format": mapping.id, **sheet, "record": lines[0].number}
            self.ledger.entries += 1
            kept: Json = builder.kept
            entry = finish(builder.entry, mapping.kind, record, kept, builder.original, self.given)
            self.ledger.give(entry, builder.trace)
            yield sourced(builder, entry, lines)

    def _hold(self, lines: list[Line]) -> None:
        """Refuse an entry of too many lines: all that belongs to one is held together."""
        if sum(len(line.cells) for line in lines) > self.document.limits.values:
            raise self.document.limits.exceeded(
                "values",
                self.document.path,
                "从这里开始的条目行数太多，值太多；请核对每个条目的名称是否都已填写",
                "the entry that begins here has too many values in its lines; is the name of each entry filled in?",
                place=self.document.place(lines[0].base),
            )

    def _plan(self, mapping: Mapping, table: Table) -> Plan:
        return plan(table, mapping.fields, mapping.drops, self.standard.codes)

    def _asides(self, columns: Columns, mapping: Mapping) -> Asides:
        return Asides(columns, mapping.fields, mapping.drops, self.standard.codes)

    def _table(self, candidate: Candidate) -> Table:
        if candidate.records is not None:
            return record_table(candidate.records)
        asides = self._asides(candidate.columns, candidate.mapping)
        return sheet_table(self.document.sheets[candidate.sheet], candidate.header, candidate.columns, asides)

    def _details(self, mapping: Mapping, read: set[int]) -> list["_Joined"]:
        """Return the further sheets of a format, without those that are `read` already, which these are added to."""
        found = []
        for detail in mapping.details:
            for sheet in self.document.sheets:
                if sheet.index not in read and (candidate := detail_candidate(Top(sheet), mapping, detail)) is not None:
                    read.add(sheet.index)
                    found.append(self._joined(sheet, candidate, detail))
        for sheet in self.document.sheets:
            if sheet.index not in read and (lines := lines_candidate(Top(sheet), mapping)) is not None:
                candidate, spec = lines
                implied = self._implied(candidate, spec)
                if implied is not None:
                    read.add(sheet.index)
                    found.append(self._joined(sheet, candidate, implied))
        return found

    def _implied(self, candidate: Candidate, spec: Spec) -> Detail | None:
        """Return how a sheet of lines joins the entries: by the column of which most values name some of them."""
        mapping = candidate.mapping
        best: tuple[int, Detail] | None = None
        for key in (spec for spec in mapping.fields if set(spec.headings) & set(mapping.one_entry_per)):
            named = set(chain.from_iterable(self._texts(c, key) for c in self.found if c.mapping is mapping))
            shared = len(named & set(self._texts(candidate, key)))
            if shared > (best[0] if best else 0):
                heading = next(h for h in key.headings if any(matches(c, h) for c in candidate.columns))
                best = shared, Detail((), 0, heading, key.target, ".".join(spec.target), spec.fields)
        return best[1] if best else None

    def _texts(self, candidate: Candidate, key: Spec) -> Iterator[str]:
        columns = Matching(candidate.columns, [key]).columns_of(key)
        for line in self._table(candidate).lines if columns else ():
            if columns[0].number in line.cells:
                yield as_text(line.cells[columns[0].number])

    def _joined(self, sheet: Sheet, candidate: Candidate, detail: Detail) -> "_Joined":
        said = self._titles(sheet, candidate)
        asides = Asides(candidate.columns, detail.fields, candidate.mapping.drops, self.standard.codes)
        table = sheet_table(sheet, candidate.header, candidate.columns, asides)
        table.units = said
        joined = _Joined.of(detail, table, self.standard, candidate.mapping)
        for lines in joined.lines.values():
            self._hold(lines)
        self._passed_over(table, joined.plan)
        if table.further is not None:
            self._other_table(sheet, table.further)
        return joined

    def _orphans(self, detail: "_Joined") -> None:
        for value, lines in detail.lines.items():
            for line in lines:
                self.ledger.drop(_ORPHAN, sum(max(1, leaves_of(cell)) for cell in line.cells.values()))
                self.ledger.records += 1
                labels = detail.plan.columns
                cells = {labels[n].label if n in labels else f"#{n}": raw(cell) for n, cell in line.cells.items()}
                self.rejects.append(Reject(self.document.place(line.base), _ORPHAN, cells))
            params: dict[str, Json] = {"heading": detail.heading, "value": value, "count": len(lines)}
            self.remarks.append(Remark("orphan-line", params, lines[0].ref(detail.column)))

    def _titles(self, sheet: Sheet, candidate: Candidate) -> list[Said]:
        """Account for what stands above the headings: names of the table, its maker, the day it was filled in.

        Returns the units that it says the numbers below are in.
        """
        # What is said again is told once.
        said: dict[Unit, Said] = {}
        for row in sheet.rows[: candidate.header[0]]:
            filled = cells_of(row)
            if not filled:
                continue
            here = [s for n, cell in filled.items() for s in said_in(as_text(cell), (sheet.index, row.number, n))]
            is_all = {s.ref[-1] for s in here} == filled.keys() and all(len(s.text) <= _SHORT for s in here)
            reason = UNITS if is_all else TITLE
            self._line_passed_over(
                sheet.index, row.number, reason, " ".join(map(as_text, filled.values())), len(filled)
            )
            for one in here:
                said.setdefault(one.unit, one)
        return [*said.values()]

    def _passed_over(self, table: Table, made: Plan) -> None:
        """Account for the lines of a table that are no data, and tell what became of the units that are said of it."""
        self.remarks += unit_remarks(made.fields, made.matching, table.units)
        known = {one.unit for one in table.units}
        for row, reason, text, count in table.passed_over:
            self._line_passed_over(table.index, row, reason, text, count)
            ref = (table.index, row, 0)
            late = [one for one in said_in(text, ref) if one.unit not in known] if reason is not UNITS else []
            self.remarks += [Remark("unit-not-applied", {"text": one.text}, ref) for one in late[:1]]

    def _other_table(self, sheet: Sheet, start: int) -> None:
        for _, row in rows_from(sheet, start):
            if cells := cells_of(row):
                self._line_passed_over(sheet.index, row.number, _OTHER_TABLE, sample(cells), len(cells))

    def _line_passed_over(self, sheet: int, row: int, reason: Text, text: str, count: int) -> None:
        self.ledger.drop(reason, count)
        params: dict[str, Json] = {"row": row, "reason_zh": reason.zh, "reason_en": reason.en, "value": shown(text)}
        self.remarks.append(Remark("line-passed-over", params, (sheet, row, 0)))

    def _passed_over_sheet(self, sheet: Sheet) -> None:
        count = sum(1 for row in sheet.rows for cell in row.cells if cell is not None and as_text(cell))
        if count:
            self.ledger.drop(_OTHER_SHEET, count)
            params: dict[str, Json] = {"sheet": sheet.name, "count": count}
            self.remarks.append(Remark("sheet-passed-over", params, (sheet.index, 0, 0)))

    def _envelope(self) -> None:
        """Account for what stands around the records; a repeated key is told by a check of its own."""
        total = sum(leaves_of(item.value) for item in self.document.items())
        total += sum(candidate.records.added for candidate in self.found if candidate.records is not None)
        left = total - self.ledger.leaves
        if left > 0:
            self.ledger.drop(ENVELOPE, left)


@dataclass(slots=True)
class _Joined:
    """The lines of a further sheet by the value that names their entry."""

    detail: Detail
    plan: Plan
    column: int
    heading: str
    lines: dict[str, list[Line]]
    spec: Spec

    @classmethod
    def of(cls, detail: Detail, table: Table, standard: Standard, mapping: Mapping) -> "_Joined":
        into = tuple(detail.into.split("."))
        made = plan(table, detail.fields, mapping.drops, standard.codes, inside=f"{pointer_of(into)}/*")
        joined = next(item for item in table.columns if matches(item, detail.join_heading))
        made.matching.taken.add(joined.number)
        made.properties[joined.number] = pointer_of(detail.join_target)
        # A code is spelled in the entry as its property is.
        key = next((spec for spec in mapping.fields if spec.target == detail.join_target), None)
        by_value: dict[str, list[Line]] = {}
        value = ""
        for line in table.lines:
            # A blank cell goes on with the entry of the line above.
            if joined.number in line.cells:
                cell = line.cells[joined.number]
                value = str(made.reader.read(key, cell)[0]) if key is not None else as_text(cell)
            by_value.setdefault(value, []).append(line)
        spec = Spec(target=into, each="line", fields=detail.fields)
        return cls(detail, made, joined.number, joined.label.strip(), by_value, spec)

    def join(self, main: Builder) -> None:
        """Append the lines that name the entry of `main` to it."""
        name: Json = main.entry
        for step in self.detail.join_target:
            name = name.get(step) if isinstance(name, dict) else None
        lines = self.lines.pop(name, None) if isinstance(name, str) else None
        if lines:
            main.ledger.records += len(lines)
            builder = Builder(
                self.plan, main.ledger, main.remarks, main.number, main.entry, main.trace, main.original, main.kept
            )
            builder.add_to(self.spec, lines, self.column)
