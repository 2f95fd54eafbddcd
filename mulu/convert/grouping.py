"""Which lines of a table belong to one entry."""

import sys
from collections.abc import Iterable, Iterator

from mulu.convert.plan import Plan
from mulu.convert.tables import Line
from mulu.convert.values import Cell, as_text


def groups(
    lines: Iterable[Line], keys: list[int], made: Plan, most: int = sys.maxsize, *, is_one: bool = False
) -> Iterator[list[Line]]:
    """Yield the lines of one entry after the other: a key that is blank, or the same, goes on with the entry.

    Without a key each line is an entry, or, if the table `is_one`, all of them.

    A line that repeats a single key (a title, no code) may be another entry's all the same, see `_begins`. No more
    lines are gathered than it takes to have more than `most` values.
    """
    current: list[Line] = []
    held: dict[int, str] = {}
    values = 0
    for line in lines:
        here = {number: comparable(line.cells[number]) for number in keys if number in line.cells}
        same = [held.get(number) == text for number, text in here.items() if number in held]
        if current and (
            (not keys and not is_one)
            or (here and (not same or not all(same)))
            or (len(same) == 1 and line.spread.isdisjoint(here) and _begins(line, current[0], keys, made))
        ):
            yield current
            current, held, values = [], {}, 0
        current.append(line)
        values += len(line.cells)
        if values > most:
            break
        held |= {number: text for number, text in here.items() if number not in held}
    if current:
        yield current


def _begins(line: Line, first: Line, keys: list[int], made: Plan) -> bool:
    """Whether a full line that is called as the entry above is another entry.

    Beside cells of a list, such as a data item, most of what concerns the whole entry must be other than in its first
    line; less is told as a contradiction. A line without any has nothing to add: one other cell, or a running number of
    its own, will do.
    """
    whole = made.whole.difference(keys)
    there = [number for number in whole if number in first.cells]
    if not all(number in line.cells for number in there):
        return False
    others = sum(comparable(line.cells[number]) != comparable(first.cells[number]) for number in there)
    if any(number in line.cells for number in made.listed):
        return others > 1 and others * 2 > len(there)
    return others > 0 or any(
        comparable(first.cells[number]).isdigit()
        and comparable(line.cells[number]).isdigit()
        and comparable(line.cells[number]) != comparable(first.cells[number])
        for number in made.drops
        if number in line.cells and number in first.cells
    )


def comparable(cell: Cell) -> str:
    return as_text(cell) if isinstance(cell, str) or not isinstance(cell, list | dict) else as_text(str(cell))
