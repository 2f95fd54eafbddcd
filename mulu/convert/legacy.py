"""A legacy file with tables as a source of entries: each is made as it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from mulu.convert.columns import Columns, Matching, matches
from mulu.convert.engine import Builder, finish, sourced
from mulu.convert.grouping import groups
from mulu.convert.header_rows import Candidate, Stack, Top, detail_candidate, lines_candidate
from mulu.convert.headings import Unit
from mulu.convert.joined import Joined
from mulu.convert.ledger import Ledger, leaves_of
from mulu.convert.lines import rows_from, sample, sheet_table
from mulu.convert.non_data_rows import TITLE, UNITS, Asides
from mulu.convert.paths import get, put
from mulu.convert.plan import Plan, account_unmatched, plan
from mulu.convert.reading import raw
from mulu.convert.records import record_table
from mulu.convert.source import AND, ENVELOPE, Given, Reject, Remark, Sourced, drop_beside
from mulu.convert.table_name import Name, name_of
from mulu.convert.tables import Line, Table, cells_of
from mulu.convert.units import Said, said_in
from mulu.convert.units import remarks as unit_remarks
from mulu.convert.values import as_text
from mulu.pointer import Json, pointer_of
from mulu.readers import Document
from mulu.readers.model import Sheet
from mulu.standard import Standard
from mulu.standard.mappings import Detail, Mapping, Spec
from mulu.texts import Text, shown

_SHORT = 20
"""How long a text is that says units and nothing else."""
_OTHER_TABLE = Text("表中另一张不认识的表", "another table in the sheet, in an unknown format")
_OTHER_SHEET = Text("工作表不是目录表", "the sheet is not a catalog table")
_ORPHAN = Text("主表中没有所属的条目", "no matching entry in the main sheet")


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

    def _entries(self, candidate: Candidate, details: dict[str, list[Joined]]) -> Iterator[Sourced]:
        """Yield the entries of a table, and of those below it in the sheet."""
        if candidate.records is not None:
            table = record_table(candidate.records)
            made = self._plan(candidate.mapping, table)
            yield from self._entries_of(candidate.mapping, table, made, details[candidate.mapping.id])
            account_unmatched([made], self.ledger, self.remarks)
            return
        sheet = self.document.sheets[candidate.sheet]
        mappings = chain((one.mapping for one in self.found), candidate.below)
        stack = Stack(self.document, sheet, {one.id: one for one in mappings}.values())
        # Tables with the same headings have the same columns.
        read: dict[int, tuple[Plan, Asides]] = {}
        below: Candidate | None = candidate
        said = self._titles(sheet, candidate)
        while below is not None:
            mapping, columns = below.mapping, below.columns
            known = read.get(id(columns))
            asides = known[1] if known else self._asides(columns, mapping)
            table = sheet_table(sheet, below.header, columns, asides, stack.merged, is_whole=bool(mapping.named))
            table.units, said = said, []
            if known:
                known[0].read_on(table)
            made, _ = read[id(columns)] = known or (self._plan(mapping, table), asides)
            named = name_of(sheet, below.header[0]) if mapping.named else None
            yield from self._entries_of(mapping, table, made, details[mapping.id], named)
            self._passed_over(table, made)
            below = None
            if table.further is not None and (below := stack.at(table.further)) is None:
                self._other_table(sheet, table.further)
        account_unmatched((made for made, _ in read.values()), self.ledger, self.remarks)

    def _entries_of(
        self, mapping: Mapping, table: Table, made: Plan, details: list[Joined], named: Name | None = None
    ) -> Iterator[Sourced]:
        keys = [
            item.number
            for heading in mapping.one_entry_per
            for item in [next((c for c in table.columns if matches(c, heading)), None)]
            if item is not None
        ]
        is_one = bool(mapping.named) and not keys
        for lines in groups(table.lines, keys, made, self.document.limits.values, is_one=is_one):
            self._made += 1
            self._hold(lines)
            self.ledger.records += len(lines)
            builder = Builder(made, self.ledger, self.remarks, self._made, {})
            builder.add(lines)
            if is_one and named is not None:
                self._name(builder, mapping.named, named)
            for detail in details:
                detail.join(builder)
            sheet: dict[str, Json] = {"sheet": table.name} if table.name else {}
            record: dict[str, Json] = {"format": mapping.id, **sheet, "record": lines[0].number}
            self.ledger.entries += 1
            kept: Json = builder.kept
            entry = finish(builder.entry, mapping.kind, record, kept, builder.original, self.given)
            yield sourced(builder, entry, lines)

    def _name(self, builder: Builder, path: tuple[str, ...], name: Name) -> None:
        """Give an entry the name of its table, and tell so, unless a column has given it one."""
        if get(builder.entry, path) is None:
            put(builder.entry, path, name.text)
            pointer = pointer_of(path)
            builder.trace[pointer] = name.ref
            self.remarks.append(Remark("named-by-table", {"value": name.text}, name.ref, builder.number, pointer))

    def _hold(self, lines: list[Line]) -> None:
        """Refuse an entry of too many lines: all that belongs to one is held together."""
        if sum(len(line.cells) for line in lines) > self.document.limits.values:
            raise self.document.limits.exceeded(
                "values",
                self.document.path,
                "从这里开始的条目行数太多，值太多；请核对每个条目的名称是否都已填写",
                "the entry that begins here has too many values in its rows; check that every entry has its name "
                "filled in",
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

    def _details(self, mapping: Mapping, read: set[int]) -> list[Joined]:
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

    def _joined(self, sheet: Sheet, candidate: Candidate, detail: Detail) -> Joined:
        said = self._titles(sheet, candidate)
        asides = Asides(candidate.columns, detail.fields, candidate.mapping.drops, self.standard.codes)
        table = sheet_table(sheet, candidate.header, candidate.columns, asides)
        table.units = said
        joined = Joined.of(detail, table, self.standard, candidate.mapping)
        for lines in joined.lines.values():
            self._hold(lines)
        self._passed_over(table, joined.plan)
        if table.further is not None:
            self._other_table(sheet, table.further)
        return joined

    def _orphans(self, detail: Joined) -> None:
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
        for number, one in table.dittos.items():
            said: dict[str, Json] = {"heading": made.label(number), "mark": one.mark, "count": one.count}
            self.remarks.append(Remark("ditto", said | {"value": shown(as_text(one.value))}, one.ref))
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
