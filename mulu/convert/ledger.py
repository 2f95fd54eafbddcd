"""The ledger of a conversion: what became of every source value, in counts that add up.

A leaf is a value that the source holds: a cell that is not blank, a JSON scalar that is neither null nor blank.
Headings and member names are names, not values. Each leaf is counted once, under one of five heads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from mulu.convert.values import Cell, as_text, is_blank
from mulu.mask import mask
from mulu.pointer import Json, pointer_step
from mulu.texts import Text, shown

HEADS = ("mapped", "transformed", "kept", "not_understood", "dropped")
"""As it is · in another spelling · without a place in the standard, in `source` · not in the list or no date, in
`source` too · left out by a rule of the mapping."""

SAMPLES = 3


@dataclass(slots=True)
class ColumnAccount:
    """The account of one heading."""

    heading: str
    sheet: str | None = None
    property: str | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HEADS, 0))
    samples: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Json]:
        """Return the account as the ledger file writes it, with personal numbers masked."""
        return {
            "heading": mask(self.heading),
            "sheet": self.sheet,
            "property": self.property,
            **self.counts,
            "samples": [*self.samples],
            "values_not_understood": [*self.not_understood],
        }


@dataclass(slots=True)
class Ledger:
    """The account of one source."""

    path: str
    format: str
    records: int = 0
    entries: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HEADS, 0))
    columns: dict[tuple[str | None, str], ColumnAccount] = field(default_factory=dict)
    drops: dict[Text, int] = field(default_factory=dict)
    properties: dict[str, list[int]] = field(default_factory=dict)
    """Property → how many values the entries have in it, and how many of these stand nowhere in the source."""

    @property
    def leaves(self) -> int:
        """How many values the source holds."""
        return sum(self.counts.values())

    def column(self, sheet: str | None, heading: str, property: str | None = None) -> ColumnAccount:
        """Return the account of a heading, opened at its first use."""
        account = self.columns.get((sheet, heading))
        if account is None:
            account = self.columns[sheet, heading] = ColumnAccount(heading, sheet)
        if property is not None and account.property is None:
            account.property = property
        return account

    def enter(self, head: str, account: ColumnAccount, cell: Cell, leaves: int) -> None:
        """Enter `leaves` values of one cell under `head`."""
        self.counts[head] += leaves
        account.counts[head] += leaves
        samples = account.not_understood if head == "not_understood" else account.samples
        # A column often holds the same everywhere.
        if len(samples) < SAMPLES and cell not in samples:
            _sample(samples, cell)

    def drop(self, reason: Text, leaves: int, account: ColumnAccount | None = None, cell: Cell = None) -> None:
        """Enter values that a rule leaves out, with its reason."""
        self.drops[reason] = self.drops.get(reason, 0) + leaves
        self.counts["dropped"] += leaves
        if account is not None:
            account.counts["dropped"] += leaves
            _sample(account.samples, cell)

    def give(self, entry: Json, trace: Mapping[str, object] | None) -> None:
        """Note the properties that an entry has got; what `trace` does not know is a constant, or was said by the user.

        Values of a list may stand where the list does. Without a trace the entry was one already.
        """
        if trace is None or not isinstance(entry, dict):
            return
        for name, value in entry.items():
            if name not in ("kind", "source"):
                step = pointer_step(name)
                self._give(trace, value, step, step, step in trace)

    def _give(self, trace: Mapping[str, object], value: Json, pointer: str, label: str, is_known: bool) -> None:
        if isinstance(value, dict):
            for name, member in value.items():
                step = pointer_step(name)
                at = pointer + step
                self._give(trace, member, at, label + step, at in trace)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                at = f"{pointer}/{number}"
                self._give(trace, one, at, f"{label}/*", is_known or at in trace)
        elif not is_blank(value):
            counts = self.properties.get(label)
            if counts is None:
                counts = self.properties[label] = [0, 0]
            counts[0] += 1
            counts[1] += not is_known

    def state(self) -> dict[str, Json]:
        """Return all that it holds, which `of` makes a ledger of again."""
        columns: list[Json] = [
            [one.heading, one.sheet, one.property, {**one.counts}, [*one.samples], [*one.not_understood]]
            for one in self.columns.values()
        ]
        drops: list[Json] = [[reason.zh, reason.en, count] for reason, count in self.drops.items()]
        return {
            "path": self.path,
            "format": self.format,
            "records": self.records,
            "entries": self.entries,
            "counts": {**self.counts},
            "columns": columns,
            "drops": drops,
            "properties": {name: [*counts] for name, counts in self.properties.items()},
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Ledger":
        """Return the ledger that `state` told of."""
        columns = [ColumnAccount(*said) for said in state["columns"]]
        return cls(
            **{name: state[name] for name in ("path", "format", "records", "entries", "counts", "properties")},
            columns={(one.sheet, one.heading): one for one in columns},
            drops={Text(zh, en): count for zh, en, count in state["drops"]},
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the account as the ledger file writes it."""
        return {
            "path": self.path,
            "format": self.format,
            "records": self.records,
            "entries": self.entries,
            "leaves": self.leaves,
            **self.counts,
            "drops": [{"reason": {**reason.to_dict()}, "count": count} for reason, count in self.drops.items()],
            "columns": [account.to_dict() for account in self.columns.values()],
            "properties": [
                {"property": property, "values": values, "defaulted": defaulted}
                for property, (values, defaulted) in sorted(self.properties.items())
            ],
        }


def to_json(ledgers: list[Ledger], target: Ledger | None = None) -> bytes:
    """Return the account of a conversion as `ledger.schema.json` beside this module describes it.

    `target` is the account of writing another format: its records are the entries, its leaves theirs.
    """
    sources = [ledger.to_dict() for ledger in ledgers]
    total = {head: sum(ledger.counts[head] for ledger in ledgers) for head in HEADS}
    total = {"leaves": sum(ledger.leaves for ledger in ledgers), **total}
    account: dict[str, Any] = {"sources": sources, "total": total}
    if target is not None:
        account["written"] = target.to_dict()
    return orjson.dumps(account, option=orjson.OPT_INDENT_2) + b"\n"


def leaves_of(value: object) -> int:
    """Return how many values a cell or JSON value holds."""
    count = 0
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif not is_blank(item):
            count += 1
    return count


def _sample(samples: list[str], cell: Cell) -> None:
    if cell is not None and len(samples) < SAMPLES:
        text = _shown(cell) if isinstance(cell, str) else mask(shown(cell if isinstance(cell, list) else as_text(cell)))
        if text not in samples:
            samples.append(text)


@lru_cache(maxsize=1024)
def _shown(cell: str) -> str:
    """Return a text as a sample; many columns hold the same few over and over."""
    return mask(shown(as_text(cell)))
