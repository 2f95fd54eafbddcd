"""A table with what a mapping makes of its columns, and what the account says of those that it does not know."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mulu.convert.columns import Column, Matching, factor, matches, measured
from mulu.convert.headings import unit_behind
from mulu.convert.ledger import ColumnAccount, Ledger
from mulu.convert.reading import Reader, read
from mulu.convert.source import Remark
from mulu.convert.tables import Table
from mulu.convert.units import NUMBERS, Said, ratio
from mulu.convert.values import Cell, as_text
from mulu.place import column_name
from mulu.pointer import Json
from mulu.standard import CodeLists
from mulu.standard.mappings import Drop, Spec

_WITH_UNIT = re.compile(r"([+-]?[0-9０-９][0-9０-９,，.．]*)\s*([^\W\d_].*)")
_LONGEST_NUMBER = 40
"""Longer texts are no number with its unit."""


class Taken(NamedTuple):
    """A property that has a column in a table."""

    spec: Spec
    number: int
    """That of the column, of the first of several; 0 of a list whose elements have them."""
    columns: tuple[Column, ...]
    is_measured: bool
    """Whether it is a number, so that the unit counts that the column or the table names."""


@dataclass(slots=True)
class Plan:
    """A table with what a mapping makes of its columns."""

    table: Table
    fields: tuple[Spec, ...]
    matching: Matching
    drops: dict[int, Drop]
    reader: Reader
    properties: dict[int, str]
    """Column -> the property that takes it, as a JSON Pointer with `*` for positions."""
    columns: dict[int, Column] = field(init=False)
    """The columns by number."""
    labels: dict[int, str] = field(init=False)
    """Their headings, each in one line, and told apart where several columns have the same."""
    listed: frozenset[int] = field(init=False)
    """The columns of what each line gives an element of."""
    whole: frozenset[int] = field(init=False)
    """The columns of properties of the entry as a whole."""
    units: list[Said] = field(init=False)
    """Those of the table."""
    _filled: dict[int, tuple[Taken, ...]] = field(default_factory=dict, repr=False)
    _constants: dict[int, tuple[Spec, ...]] = field(default_factory=dict, repr=False)
    _scaled: dict[int, Spec] = field(default_factory=dict, repr=False)
    accounts: dict[int, ColumnAccount] = field(default_factory=dict, repr=False)
    """The accounts of the columns, as far as they are opened."""

    def __post_init__(self) -> None:
        self.columns = {item.number: item for item in self.table.columns}
        self.units = self.table.units
        self.labels = _labels(self.table.columns)
        lists = [inner for spec in self.fields if spec.each == "line" for inner in spec.fields]
        listed = frozenset(item.number for spec in lists for item in self.matching.columns_of(spec))
        self.listed = listed
        self.whole = frozenset(self.matching.taken) - listed

    def read_on(self, table: Table) -> None:
        """Go on with another table of the same columns, of which other units may be said."""
        self.units = table.units
        self._scaled.clear()

    def label(self, number: int) -> str:
        """Return the heading of a column in one line, or its number if it has none."""
        return self.labels.get(number, f"#{number}")

    def unheaded(self) -> dict[int, str]:
        """Return the columns without a heading in which something stands, and how the ledger calls them."""
        return {number: self.label(number) for number in sorted(self.accounts) if number not in self.columns}

    def account(self, number: int, ledger: Ledger) -> ColumnAccount:
        """Return the account of a column, opened in the ledger that all entries of the table are entered into."""
        found = self.accounts.get(number)
        if found is None:
            taken = self.properties.get(number)
            found = self.accounts[number] = ledger.column(self.table.name or None, self.label(number), taken)
        return found

    def scaled(self, spec: Spec) -> Spec:
        """Return how a number is read of its column, whose heading may name another unit than the mapping's."""
        found = self._scaled.get(id(spec))
        if found is None:
            item = self.matching.columns_of(spec)[0]
            times = ratio(spec, item, self.units) or factor(spec, item) or 1
            found = spec if times == 1 else replace(spec, scale=(spec.scale or 1) * times)
            self._scaled[id(spec)] = found
        return found

    def measured(self, spec: Spec, cell: Cell) -> tuple[Json, str] | None:
        """Return what `Reader.read` does for a number with a unit of its own, 12万条 or 500MB; `None` if it is no such.

        The unit in the cell counts, whatever the heading says.
        """
        found = _WITH_UNIT.fullmatch(as_text(cell)) if isinstance(cell, str) and len(cell) <= _LONGEST_NUMBER else None
        unit = unit_behind(found[2]) if found else None
        times = measured(spec, unit) if unit is not None else None
        if found is None or times is None:
            return None
        value, head = read(replace(spec, scale=(spec.scale or 1) * times), found[1], self.reader.codes)
        return None if head == "not_understood" else (value, "transformed")

    def constants(self, fields: tuple[Spec, ...]) -> tuple[Spec, ...]:
        """Return those of some properties that the mapping itself gives."""
        found = self._constants.get(id(fields))
        if found is None:
            found = self._constants[id(fields)] = tuple(spec for spec in fields if spec.constant is not None)
        return found

    def filled(self, fields: tuple[Spec, ...]) -> tuple[Taken, ...]:
        """Return those of some properties that have a column in this table."""
        found = self._filled.get(id(fields))
        if found is None:
            found = self._filled[id(fields)] = tuple(self._taken(fields))
        return found

    def _taken(self, fields: tuple[Spec, ...]) -> Iterator[Taken]:
        columns_of = self.matching.columns_of
        for spec in fields:
            columns = columns_of(spec)
            if columns or (spec.each == "line" and any(map(columns_of, spec.fields))):
                number = columns[0].number if columns else 0
                yield Taken(spec, number, tuple(columns), spec.cast in NUMBERS)


def plan(
    table: Table, fields: tuple[Spec, ...], drops: tuple[Drop, ...], codes: CodeLists, *, inside: str = ""
) -> Plan:
    """Match a table's columns with the properties of a mapping, or of what is `inside` one of them."""
    matching = Matching(table.columns, fields)
    dropped = {
        item.number: drop
        for drop in drops
        for item in table.columns
        if item.number not in matching.taken and any(matches(item, heading) for heading in drop.headings)
    }
    properties: dict[int, str] = {}
    for number, pointer, is_sure in _properties(fields, matching, inside):
        # What takes a column only if it fits does not speak for the column.
        if is_sure or number not in properties:
            properties[number] = pointer
    return Plan(table, fields, matching, dropped, Reader(codes, table.date_1904), properties)


def _properties(fields: tuple[Spec, ...], matching: Matching, prefix: str) -> Iterator[tuple[int, str, bool]]:
    for spec in fields:
        here = prefix + spec.pointer
        inside = f"{here}/*" if spec.each else here
        yield from ((item.number, inside, not spec.leaves_unknown) for item in matching.columns_of(spec))
        if spec.each == "line":
            yield from _properties(spec.fields, matching, inside)


def account_unmatched(plans: Iterable[Plan], ledger: Ledger, remarks: list[Remark]) -> None:
    """Remark each heading of a sheet that the mapping does not know, once, with a sample of what stands below it.

    So is one that repeats the heading of a column that was read, and what stands in columns without a heading.
    """
    told = set()
    for made in plans:
        taken = made.matching.taken
        read = {(item.groups, item.full): item for item in made.table.columns if item.number in taken}
        for number, label in {**made.labels, **made.unheaded()}.items():
            if number in taken or number in made.drops or label in told:
                continue
            account: ColumnAccount | None = ledger.columns.get((made.table.name or None, label))
            if account is None or not any(account.counts.values()):
                continue
            told.add(label)
            params: dict[str, Json] = {
                "heading": label,
                "count": account.counts["kept"],
                "sample": account.samples[0] if account.samples else "",
            }
            item = made.columns.get(number)
            check = "column-not-understood"
            if item is None:
                check, params["heading"] = "column-without-heading", column_name(number)
            elif made.table.heading and (first := read.get((item.groups, item.full))) is not None:
                check, params["heading"] = "repeated-heading", _one_line(item.label)
                params |= {"column": column_name(number), "first": column_name(first.number)}
            ref = (made.table.index, made.table.heading, number) if made.table.heading else None
            remarks.append(Remark(check, params, ref))


def _labels(columns: Iterable[Column]) -> dict[int, str]:
    labels: dict[int, str] = {}
    seen = set()
    for item in columns:
        label = _one_line(item.label)
        if label in seen and item.groups and f"{item.groups[-1]} › {label}" not in seen:
            label = f"{item.groups[-1]} › {label}"
        elif label in seen:
            label = f"{label}#{item.number}"
        seen.add(label)
        labels[item.number] = label
    return labels


def _one_line(label: str) -> str:
    return "".join(label.split("\n")).replace("\r", "").strip()
