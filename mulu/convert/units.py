"""Units that a sheet says outside of headings: above its table, in a row below the headings, in a note under it.

A unit above the table is that of every column which is counted in one of its kind; what a heading names itself comes
first. A unit that applies to nothing, or is said where the lines have been read already, is told and not applied.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mulu.convert.columns import Column, Matching, leaves, measured, named_unit
from mulu.convert.headings import Unit, unit_of, units_in
from mulu.convert.source import Remark
from mulu.pointer import Json
from mulu.readers.model import Ref
from mulu.standard.mappings import Spec

NUMBERS = ("integer", "number")
"""How what is counted or measured is read."""


@dataclass(frozen=True, slots=True)
class Said:
    """A unit that is said: the text, where it stands, and which column it is of, 0 for the table as a whole."""

    unit: Unit
    text: str
    ref: Ref
    column: int = 0


def said_in(text: str, ref: Ref) -> list[Said]:
    """Return the units that a text says of the table as a whole, each once."""
    return [Said(unit, text, ref) for unit in dict.fromkeys(units_in(text))]


def ratio(spec: Spec, item: Column, said: Iterable[Said]) -> float | None:
    """Return what a number in a column is multiplied by, as the unit is said elsewhere; `None` if none applies."""
    if spec.cast not in NUMBERS or unit_of(item.label) is not None:
        return None
    own = [one.unit for one in said if one.column == item.number]
    if own:
        return measured(spec, own[-1])
    named = named_unit(spec)
    units = {one.unit for one in said if not one.column and named is not None and one.unit.measure == named.measure}
    return measured(spec, units.pop()) if len(units) == 1 else None


def remarks(fields: Iterable[Spec], matching: Matching, said: list[Said]) -> Iterator[Remark]:
    """Yield what became of the units that are said of a table, each once."""
    if not said:
        # A sheet may hold thousands of tables.
        return
    columns = [
        (spec, item)
        for spec in leaves(fields)
        if spec.cast in NUMBERS
        for item in matching.columns_of(spec)[:1]
        if spec.headings
    ]
    told: set[Ref] = set()
    for one in said:
        here = [(spec, item) for spec, item in columns if one.column in (0, item.number)]
        if one.column and not here:
            # What the column holds is no number of the standard; it is kept as it is.
            continue
        applied = [item.label for spec, item in here if _applies(spec, item, one, said)]
        if applied:
            params: dict[str, Json] = {"text": one.text, "heading": "、".join(dict.fromkeys(applied))}
            yield Remark("unit-outside-heading", params, one.ref)
        elif one.ref not in told and not any(_names(item, one.unit) for _, item in here):
            told.add(one.ref)
            yield Remark("unit-not-applied", {"text": one.text}, one.ref)


def _names(item: Column, unit: Unit) -> bool:
    own = unit_of(item.label)
    return own is not None and own[1] == unit


def _applies(spec: Spec, item: Column, one: Said, said: list[Said]) -> bool:
    named = named_unit(spec)
    is_kind = bool(one.column) or (named is not None and named.measure == one.unit.measure)
    return is_kind and ratio(spec, item, said) is not None
