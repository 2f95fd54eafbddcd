"""The mapping engine: the lines of a table become entries, each value accounted for.

A `Builder` makes one entry out of the lines that belong to it. It notes for each property the cell that it comes
from, and for each cell what became of it; what no property took is kept in the entry's `source`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mulu.convert import values
from mulu.convert.columns import Column, Columns, Matching, column
from mulu.convert.grouping import comparable
from mulu.convert.ledger import Ledger, leaves_of
from mulu.convert.paths import array_at, get, put, remove
from mulu.convert.plan import Plan, Taken
from mulu.convert.reading import RANK, holds, raw, said_at, set_constants
from mulu.convert.source import Remark, Sourced
from mulu.convert.tables import Line
from mulu.convert.values import Cell, NotUnderstood, as_text, is_blank
from mulu.pointer import Json, pointer_of, pointer_step
from mulu.readers.model import Ref
from mulu.standard.mappings import Spec

_NO_STATUS = "", 0


@dataclass(slots=True)
class Builder:
    """Makes one entry."""

    plan: Plan
    ledger: Ledger
    remarks: list[Remark]
    number: int
    entry: dict[str, Json]
    trace: dict[str, Ref] = field(default_factory=dict)
    original: dict[str, Json] = field(default_factory=dict)
    kept: dict[str, Json] = field(default_factory=dict)
    _status: dict[Ref, tuple[str, int]] = field(default_factory=dict)
    _shares: dict[Ref, "_Share"] = field(default_factory=dict)
    _written: dict[Ref, Cell] = field(default_factory=dict)

    def add(self, lines: list[Line]) -> None:
        """Read the lines of the entry into its properties, and enter each cell into the ledger."""
        self._see_repeated(lines)
        self._see_written(lines)
        for taken in self.plan.filled(self.plan.fields):
            self._apply(taken, self.entry, "", lines)
        set_constants(self.plan.constants(self.plan.fields), self.entry)
        self._settle(lines)

    def add_to(self, spec: Spec, lines: list[Line], joined: int) -> None:
        """Append lines of a further sheet to the entry; `joined` is their column that names it."""
        for line in lines:
            if joined in line.cells and joined not in line.spread:
                self._status[line.refs[joined]] = ("mapped", joined)
        self._see_repeated(lines)
        self._see_written(lines)
        self._each_line(spec, self.entry, "", lines)
        self._settle(lines)

    def _see_repeated(self, lines: list[Line]) -> None:
        seen: dict[tuple[tuple[int, str], ...], Line] = {}
        for line in lines if len(lines) > 1 else ():
            own = tuple((n, comparable(cell)) for n, cell in line.cells.items() if n not in line.spread)
            first = seen.setdefault(own, line)
            if own and first is not line:
                self.remarks.append(Remark("repeated-line", {"first": first.number}, line.base, self.number))

    def _see_written(self, lines: list[Line]) -> None:
        for line in lines:
            for number, cell in line.written.items():
                self._written[line.refs[number]] = cell

    def _apply(self, taken: Taken, target: dict[str, Json], prefix: str, lines: list[Line]) -> None:
        spec, number, columns, is_measured = taken
        if spec.conditions and not holds(spec, target):
            return
        if spec.each == "line":
            self._each_line(spec, target, prefix, lines)
            return
        pointer = prefix + spec.pointer
        if spec.each == "column":
            self._each_column(spec, target, pointer, columns, lines)
            return
        found = self._one(number, lines)
        if found is None:
            if lines and number not in lines[0].cells:
                # A blank cell is where a missing value will be told.
                self.trace.setdefault(pointer, lines[0].ref(number))
            return
        cell, ref = found
        reader = self.plan.reader
        if spec.not_in and reader.is_none(spec, cell):
            self.trace.setdefault(pointer, ref)
            return
        if spec.each == "element":
            self._each_element(spec, target, pointer, cell, ref, number)
            return
        if spec.each == "value":
            self._each_value(spec, target, pointer, cell, ref, number)
            return
        value, head = reader.read(self.plan.scaled(spec) if is_measured else spec, cell)
        if head == "not_understood" and is_measured and (own := self.plan.measured(spec, cell)) is not None:
            value, head = own
        if head == "not_understood" and (noted := reader.noted(spec, cell)) is not None:
            (value, remark), head = noted, "transformed"
            if remark:
                params: dict[str, Json] = {"heading": self.plan.label(number), "value": as_text(cell), "remark": remark}
                self.remarks.append(Remark("remark-behind-code", params, ref, self.number, pointer))
        if head == "not_understood" and spec.leaves_unknown:
            return
        self.trace[pointer] = ref
        if spec.is_kept:
            head = "kept"
        before = get(target, spec.target) if isinstance(value, list) else None
        if isinstance(before, list) and before:
            # Another column has given the first elements of the list.
            pointer += f"/{len(before)}"
        put(target, spec.target, value)
        self._note(said_at(spec, pointer), head, cell, ref, number)

    def _each_line(self, spec: Spec, target: dict[str, Json], prefix: str, lines: list[Line]) -> None:
        fields = self.plan.filled(spec.fields)
        numbers = {item.number for inner in fields for item in inner.columns}
        if not numbers:
            return
        array = array_at(target, spec.target)
        for line in lines:
            # A line belongs to the list if it fills a cell of its own; cells merged from above only complete it.
            if not any(number in line.cells and number not in line.spread for number in numbers):
                continue
            first = len(array)
            parts = _cut(line, numbers, spec.split)
            for part in parts:
                element: dict[str, Json] = {}
                here = f"{prefix}{spec.pointer}/{len(array)}"
                array.append(element)
                self.trace[here] = line.base
                for inner in fields:
                    self._apply(inner, element, here, [part])
                set_constants(self.plan.constants(spec.fields), element)
            if len(parts) > 1:
                self._note_cut(spec, f"{prefix}{spec.pointer}/{first}", line, parts)
        if not array:
            remove(target, spec.target)
            if lines:
                # The first of its blank cells is where a missing list will be told.
                self.trace.setdefault(prefix + spec.pointer, lines[0].ref(min(numbers)))

    def _note_cut(self, spec: Spec, here: str, line: Line, parts: list[Line]) -> None:
        """Note the cells of a line that were cut into the values of several elements."""
        for inner in spec.fields:
            for item in self.plan.matching.columns_of(inner):
                cell, ref = line.cells.get(item.number), line.refs.get(item.number)
                if (
                    ref is not None
                    and self._status.get(ref, ("",))[0] == "mapped"
                    and parts[0].cells.get(item.number) != cell
                ):
                    self._status[ref] = ("transformed", item.number)
                    self.original[here + inner.pointer] = raw(cell, stripped=False)

    def _each_value(self, spec: Spec, target: dict[str, Json], pointer: str, cell: Cell, ref: Ref, number: int) -> None:
        try:
            texts = values.as_list(cell, spec.split)
        except NotUnderstood:
            return
        array = array_at(target, spec.target)
        first = len(array)
        heads = []
        for text in texts:
            element: dict[str, Json] = {}
            here = f"{pointer}/{len(array)}"
            for inner in spec.fields:
                if inner.constant is not None or not holds(inner, element) or self.plan.reader.is_none(inner, text):
                    continue
                value, head = self.plan.reader.read(inner, text)
                if head != "not_understood" or not inner.leaves_unknown:
                    put(element, inner.target, value)
                    self.trace[here + inner.pointer] = ref
                    heads.append(head)
            set_constants(spec.fields, element)
            if element:
                array.append(element)
                self.trace[here] = ref
        if not array:
            remove(target, spec.target)
        if heads:
            self.trace.setdefault(pointer, ref)
            whole = isinstance(cell, str) and (len(texts) > 1 or "[" in cell)
            head = min(heads, key=lambda h: RANK[h])
            # Where other columns have given elements before, the spelling stands with the first of these.
            here = pointer if first == 0 else f"{pointer}/{first}"
            self._note(here, "transformed" if head == "mapped" and whole else head, cell, ref, number)

    def _each_element(
        self, spec: Spec, target: dict[str, Json], pointer: str, cell: Cell, ref: Ref, number: int
    ) -> None:
        """Read a list of objects, each member of them a value of its own in the ledger."""
        if not isinstance(cell, list) or not all(isinstance(item, dict) for item in cell):
            return
        array = array_at(target, spec.target)
        share = self._shares[ref] = _Share()
        for position, item in enumerate(cell):
            assert isinstance(item, dict)
            here = f"{pointer}/{len(array)}"
            element: dict[str, Json] = {}
            array.append(element)
            base: Ref = (ref[0], f"{ref[1]}/{position}") if len(ref) == 2 else ref
            self.trace[here] = base
            columns = Columns(column(n, key) for n, key in enumerate(item, start=1))
            keys = ["", *item]
            matching = Matching(columns, spec.fields)
            understood: dict[int, str] = {}
            for inner in spec.fields:
                for found in matching.columns_of(inner)[:1]:
                    member = item[keys[found.number]]
                    if is_blank(member) or not holds(inner, element) or self.plan.reader.is_none(inner, member):
                        continue
                    value, head = self.plan.reader.read(inner, member)
                    if head == "not_understood" and inner.leaves_unknown:
                        continue
                    understood[found.number] = max(head, understood.get(found.number, head), key=RANK.__getitem__)
                    put(element, inner.target, value)
                    place = here + inner.pointer
                    self.trace[place] = (
                        (base[0], base[1] + pointer_step(keys[found.number])) if len(base) == 2 else base
                    )
                    if head in ("transformed", "not_understood"):
                        self.original[place] = raw(member, stripped=False)
            set_constants(spec.fields, element)
            for position_, head in understood.items():
                share.counts[head] = share.counts.get(head, 0) + leaves_of(item[keys[position_]])
            rest = {key: member for n, (key, member) in enumerate(item.items(), start=1) if n not in understood}
            if leaves_of(rest):
                share.rest.append(rest)
                share.counts["kept"] = share.counts.get("kept", 0) + leaves_of(rest)

    def _each_column(
        self, spec: Spec, target: dict[str, Json], pointer: str, columns: Sequence[Column], lines: list[Line]
    ) -> None:
        array = array_at(target, spec.target)
        for item in columns:
            found = self._one(item.number, lines)
            if found is not None:
                cell, ref = found
                value, head = self.plan.reader.read(spec, cell)
                here = f"{pointer}/{len(array)}"
                array.append(value)
                self.trace.setdefault(pointer, ref)
                self.trace[here] = ref
                self._note(here, "kept" if spec.is_kept else head, cell, ref, item.number)
        if not array:
            remove(target, spec.target)

    def _one(self, number: int, lines: list[Line]) -> tuple[Cell, Ref] | None:
        """Return the first cell of a column; lines that repeat it are settled, lines that say otherwise remarked."""
        if len(lines) == 1:
            (line,) = lines
            only = line.cells.get(number)
            return None if only is None else (only, line.refs[number])
        first: tuple[Cell, Ref] | None = None
        for line in lines:
            if number not in line.cells or number in line.spread:
                # A cell merged from above was counted there; for the first line of a list element it is its value.
                if first is None and number in line.spread:
                    first = line.cells[number], line.refs[number]
                continue
            cell, ref = line.cells[number], line.refs[number]
            if first is None:
                first = cell, ref
            elif comparable(cell) != comparable(first[0]):
                params: dict[str, Json] = {
                    "heading": self.plan.label(number),
                    "value": comparable(cell),
                    "first": comparable(first[0]),
                }
                self.remarks.append(Remark("lines-disagree", params, ref, self.number))
                self._status.setdefault(ref, ("kept", number))
            else:
                self._status[ref] = ("=", number)
        return first

    def _note(self, pointer: str, head: str, cell: Cell, ref: Ref, number: int) -> None:
        if ref in self._written:
            cell, head = self._written[ref], "transformed" if head == "mapped" else head
        if head in ("transformed", "not_understood"):
            self.original[pointer] = raw(cell, stripped=False)
        before = self._status.get(ref)
        if before is not None and before[0] != "=" and RANK[before[0]] >= RANK[head]:
            head = before[0]
        # What repeats the same cell down the lines of the entry shares its fate.
        self._status[ref] = (head, number)

    def _settle(self, lines: list[Line]) -> None:
        """Enter every cell of the lines into the ledger, and keep what no property took."""
        heads: dict[int, str] = {}
        # No line repeats what another says if there is but one.
        for head, number in self._status.values() if len(lines) > 1 else ():
            if head != "=" and RANK[head] > RANK.get(heads.get(number, ""), -1):
                heads[number] = head
        left: dict[int, list[Json]] = {}
        taken, drops, statuses = self.plan.matching.taken, self.plan.drops, self._status
        ledger, accounts = self.ledger, self.plan.accounts
        for line in lines:
            refs, spread = line.refs, line.spread
            for number, cell in line.cells.items():
                if number in spread:
                    continue
                account = accounts.get(number) or self.plan.account(number, ledger)
                # What stands in a column that no property takes is kept as it is; of wide tables that is nearly all.
                if type(cell) is str and number not in taken and number not in drops:
                    ledger.enter("kept", account, cell, 1)
                    left.setdefault(number, []).append(cell)
                    continue
                ref = refs[number]
                leaves = 1 if type(cell) is str else max(1, leaves_of(cell))
                if self._shares and (share := self._shares.get(ref)) is not None:
                    for head, count in share.counts.items():
                        ledger.enter(head, account, cell, count)
                    if share.rest:
                        left.setdefault(number, []).append([*share.rest])
                    continue
                head = statuses.get(ref, _NO_STATUS)[0]
                if head == "=":
                    head = heads.get(number, "kept")
                if not head and number in drops:
                    ledger.drop(drops[number].reason, leaves, account, cell)
                    continue
                ledger.enter(head or "kept", account, cell, leaves)
                if head in ("", "kept"):
                    left.setdefault(number, []).append(raw(cell, stripped=False))
        for number, found in left.items():
            label = self.plan.label(number)
            while label in self.kept:
                label += "#"
            self.kept[label] = found[0] if len(found) == 1 or all(item == found[0] for item in found) else found


@dataclass(slots=True)
class _Share:
    """What became of the members of a list of objects: leaves by head, and the members that nothing took."""

    counts: dict[str, int] = field(default_factory=dict)
    rest: list[Json] = field(default_factory=list)


def finish(
    entry: dict[str, Json],
    kind: str,
    record: dict[str, Json],
    kept: Json,
    original: dict[str, Json],
    given: Mapping[tuple[str, ...], str],
) -> dict[str, Json]:
    """Return the entry with its `source`: the format, the record, what was kept and the original spellings.

    What the user says of the whole file (`given`) fills the properties that the file leaves out, and stands in
    `source` as such.
    """
    source = record
    if kept:
        source["values"] = kept
    if original:
        source["original"] = original
    missing = {path: text for path, text in given.items() if get(entry, path) is None}
    for path, text in missing.items():
        put(entry, path, text)
    if missing:
        source["given"] = {pointer_of(path): text for path, text in missing.items()}
    return {"kind": kind, **entry, "source": source}


def sourced(builder: Builder, entry: dict[str, Json], lines: list[Line]) -> Sourced:
    """Return the entry with its trace; the whole entry stands where its first line does."""
    return Sourced(entry, builder.number - 1, {"": lines[0].base, **builder.trace})


def _cut(line: Line, numbers: set[int], separators: tuple[str, ...]) -> list[Line]:
    """Return the lines that the nth values of a line's cells make, or the line if its cells hold one value each."""
    cells = {n: line.cells[n] for n in numbers if n in line.cells}
    # What is a list already is not cut by marks in its texts.
    if not separators or any(isinstance(cell, list | dict) for cell in cells.values()):
        return [line]
    pieces = {n: [as_text(piece) for piece in _pieces(cell, separators)] for n, cell in cells.items()}
    count = max(map(len, pieces.values()))
    if count == 1:
        return [line]
    return [
        replace(line, cells={n: found[i] for n, found in pieces.items() if i < len(found) and found[i]})
        for i in range(count)
    ]


def _pieces(cell: Cell, separators: tuple[str, ...]) -> list[str]:
    pieces = [as_text(cell)]
    for separator in separators:
        pieces = [piece for text in pieces for piece in text.split(separator)]
    return pieces
