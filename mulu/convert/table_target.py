"""A table that entries are written to: lines below the headings of a format, and the account of it."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO

import orjson

from mulu.convert.columns import matches
from mulu.convert.grouping import groups
from mulu.convert.ledger import Ledger, leaves_of
from mulu.convert.paths import get
from mulu.convert.table_writing import Layout, Rows, read_again
from mulu.convert.tables import Line
from mulu.convert.trees import label, leaves
from mulu.convert.values import as_text
from mulu.convert.writing import NO_PLACE, kept_of, members_of, own, source_of
from mulu.pointer import Json, dumps, pointer_of, without_positions
from mulu.standard import Standard
from mulu.standard.mappings import Detail, Mapping, Spec
from mulu.texts import Text, width
from mulu.writers.table import Sheet, write_table

NO_KIND = Text("目标格式不收这一种条目", "the target format cannot hold entries of this kind")
_ALIKE = Text(
    "没有名称和代码，或与上一条相同，在表里会与上一条混成一条",
    "it has neither title nor code, or the same as the entry before, with which it would be merged in a table",
)
_WORKBOOK_TEXT = 32_767
"""How many characters a cell of a workbook holds (ECMA-376 part 1, 18.18)."""
_WIDEST = 40


@dataclass
class TableTarget:
    """Writes entries as lines of a table; they wait in a file of their own until all headings are known."""

    mapping: Mapping
    standard: Standard
    path: str
    ending: str
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.path, self.mapping.id)
        assert self.mapping.writing is not None
        codes, drops = self.standard.codes, self.mapping.drops
        longest = _WORKBOOK_TEXT if self.ending == ".xlsx" else None
        self._main = Layout(self.mapping.writing, self.mapping.fields, drops, codes, longest=longest)
        self._details: list[tuple[Detail, Spec, Layout]] = []
        for detail in self.mapping.details:
            if detail.writing is not None:
                into = tuple(detail.into.split("."))
                layout = Layout(
                    detail.writing, detail.fields, drops, codes, longest=longest, inside=f"{pointer_of(into)}/*"
                )
                self._details.append((detail, Spec(target=into, each="line", fields=detail.fields), layout))
        self._keys = [
            item.number
            for heading in self.mapping.one_entry_per
            for item in [next((one for one in self._main.columns if matches(one, heading)), None)]
            if item is not None
        ]
        self._readers = Ledger(self.path, self.mapping.id)
        self._before: list[Line] = []
        self._joined: set[str] = set()
        self._widths: list[dict[int, int]] = [{} for _ in range(1 + len(self._details))]
        # Closed, and so removed, with the target.
        self._waiting: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def add(self, entry: Json, stream: BinaryIO) -> None:
        """Take one entry as lines; what they cannot hold is entered as dropped."""
        self.ledger.records += 1
        if not isinstance(entry, dict) or entry.get("kind") != self.mapping.kind:
            kind = str(entry.get("kind")) if isinstance(entry, dict) else "—"
            self.ledger.drop(NO_KIND, leaves_of(own(entry)), self.ledger.column(None, kind), None)
            return
        before = members_of(source_of(entry, self.mapping.id).get("original"))
        rows = Rows(self._main, before)
        rows.fill(self.mapping.fields, entry)
        details = self._further(entry, before)
        kept = self._kept(entry, [rows, *(further for _, _, further in details)])
        rows.lines = [rows.lines[0], *filter(None, rows.lines[1:])]
        lines = rows.as_lines()
        if not self._is_apart(lines):
            self._all_dropped(entry)
            return
        self._before = lines
        self.ledger.entries += 1
        number = self._main.number_of(self._main.writing.number)
        if number is not None:
            rows.lines[0][number] = self.ledger.entries
        self._settle(entry, kept, rows, details)
        sheets = [rows.lines, *([] for _ in self._details)]
        for at, (_, _, layout) in enumerate(self._details, start=1):
            sheets[at] = next((further.lines for _, _, further in details if further.layout is layout), [])
        for widths, sheet in zip(self._widths, sheets, strict=True):
            for line in sheet:
                for column, cell in line.items():
                    longest = max(map(width, as_text(cell)[: _WIDEST * 4].split("\n")), default=0)
                    widths[column] = max(widths.get(column, 0), min(longest, _WIDEST))
        self._waiting.write(dumps([[[[*pair] for pair in line.items()] for line in sheet] for sheet in sheets]) + b"\n")

    def finish(self, stream: BinaryIO) -> None:
        """Write the table."""
        layouts = [self._main, *(layout for _, _, layout in self._details)]
        sheets = []
        for number, layout in enumerate(layouts):
            columns = self._columns(layout, self._widths[number])
            every = [*layout.headings, *((heading,) for heading in layout.own)]
            headings = [every[at - 1] for at in columns]
            widths = [self._widths[number].get(at, 0) for at in columns]
            blocks = self._blocks(number, layout, columns)
            sheets.append(Sheet(layout.writing.sheet, headings, widths, blocks))
        write_table(stream, sheets, self.ending)
        self._waiting.close()

    def _columns(self, layout: Layout, used: dict[int, int]) -> list[int]:
        """Return the columns that are written: those of the format, and what else an entry has something in.

        One that belongs to a group stands at the end of it.
        """
        always = len(layout.writing.headings)
        found = [*range(1, always + 1)]
        for at in sorted(at for at in used if at > always):
            group = layout.headings[at - 1][:-1] if at <= len(layout.headings) else ()
            last = [n for n, one in enumerate(found) if group and layout.headings[one - 1][:-1] == group]
            found.insert(last[-1] + 1 if last else len(found), at)
        return found

    def _blocks(
        self, number: int, layout: Layout, columns: list[int]
    ) -> Iterator[tuple[list[list[str | int | float | None]], list[int]]]:
        """Yield the lines of each entry, and which of their columns are merged."""
        self._waiting.seek(0)
        how = layout.writing.lines
        for record in self._waiting:
            lines = [dict(map(tuple, line)) for line in orjson.loads(record)[number]]
            if not lines:
                continue
            whole = [at for at in columns if at not in layout.of_lines]
            if number == 0 and how == "repeat":
                for line in lines[1:]:
                    for at in whole:
                        if at not in line and at in lines[0]:
                            line[at] = lines[0][at]
            merged: list[int] = []
            if number == 0 and how == "merge" and len(lines) > 1:
                merged = [n for n, at in enumerate(columns) if at in whole and not any(at in one for one in lines[1:])]
            yield [[line.get(at) for at in columns] for line in lines], merged

    def _further(self, entry: dict[str, Json], before: dict[str, Json]) -> list[tuple[Spec, int, Rows]]:
        """Return the lines of further sheets that name the entry; there are none if they could be another's."""
        found = []
        for detail, spec, layout in self._details:
            name, joined = get(entry, detail.join_target), layout.number_of(detail.join_heading)
            if joined is None or not isinstance(name, str) or not name or as_text(name) != name:
                continue
            further = Rows(layout, before, lines=[])
            if name not in self._joined:
                further.down(spec, get(entry, spec.target), spec.target)
                further.lines = [line for line in further.lines if line]
            for line in further.lines:
                line[joined] = name
            found.append((spec, joined, further))
        if found:
            self._joined.add(str(get(entry, self._details[0][0].join_target)))
        return found

    def _kept(self, entry: dict[str, Json], sheets: list[Rows]) -> Counter[tuple[str, bool]]:
        """Write what the entry's source held beyond the standard; return the values by heading and whether written."""
        found: Counter[tuple[str, bool]] = Counter()
        for heading, value in kept_of(entry, self.mapping.id).items():
            rows = next((one for one in sheets if one.layout.has(heading)), sheets[0])
            found.update((heading, is_written) for is_written in rows.keep(heading, value))
        return found

    def _is_apart(self, lines: list[Line]) -> bool:
        """Whether a reader will take the lines for an entry of its own."""
        if not lines[0].cells:
            return False
        keyed = [at for at in self._keys if at in lines[0].cells]
        together = groups([*self._before, *lines], self._keys, self._main.plan)
        return not self._keys or (bool(keyed) and sum(1 for _ in together) == (2 if self._before else 1))

    def _all_dropped(self, entry: dict[str, Json]) -> None:
        for at, value in leaves(own(entry)):
            self.ledger.drop(_ALIKE, 1, self.ledger.column(None, without_positions(at)[1:]), value)
        for at, _ in leaves(kept_of(entry, self.mapping.id)):
            self.ledger.drop(_ALIKE, 1, self.ledger.column(None, "source/values" + without_positions(at)), None)

    def _settle(
        self,
        entry: dict[str, Json],
        kept: Counter[tuple[str, bool]],
        rows: Rows,
        details: list[tuple[Spec, int, Rows]],
    ) -> None:
        """Enter each value of the entry: written is what a reader of the lines finds again."""
        places = {
            at: place for one in (rows, *(further for _, _, further in details)) for at, place in one.places.items()
        }
        again = read_again(rows, details, self._readers)
        for at, value in leaves(own(entry)):
            head, place, spelt = places.get(at, ("mapped", "", str(value)))
            account = self.ledger.column(None, without_positions(at)[1:], place or None)
            key = (label(at), spelt)
            if again[key] > 0:
                again[key] -= 1
                self.ledger.enter(head, account, value, 1)
            else:
                self.ledger.drop(NO_PLACE, 1, account, value)
        for (heading, is_written), count in kept.items():
            account = self.ledger.column(None, f"source/values/{heading}")
            if is_written:
                self.ledger.enter("kept", account, None, count)
            else:
                self.ledger.drop(NO_PLACE, count, account, None)
