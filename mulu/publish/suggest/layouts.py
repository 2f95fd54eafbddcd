"""What an unknown file holds: its tables or records, with their columns and what stands in them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mulu.convert.columns import Column, Columns
from mulu.convert.header_rows import HEADER_SEARCH, header_columns
from mulu.convert.lines import sheet_table
from mulu.convert.records import Records, record_table, record_tables
from mulu.convert.trees import TEXTS
from mulu.convert.values import Cell, is_blank
from mulu.marks import MARKS
from mulu.pointer import Json, steps_of
from mulu.publish.suggest.likeness import Name, named
from mulu.publish.suggest.places import Places
from mulu.readers import Document
from mulu.readers.model import Sheet

LINES = 2_000
"""How many lines are looked at to tell what columns hold."""
VALUES = 200
"""How many different values of a column."""
_DEPTH = 2
_DEEPEST = 8
_MOST_COLUMNS = 400
"""More columns than any form has; those beyond are not looked at."""
_RATED = 60
"""How many columns tell what a table is."""
_CLOSELY = 4


@dataclass(slots=True)
class Found:
    """A column, or what stands at one place of each record.

    `label` is how a mapping names it; `values` are some of the different values in it, `filled` in how many lines
    there is one; a list of objects has `inner` columns of its own.
    """

    label: str
    name: Name
    values: list[Cell] = field(default_factory=list)
    filled: int = 0
    inner: list["Found"] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def take(self, cell: Cell) -> None:
        """Note one value."""
        self.filled += 1
        text = repr(cell)
        if len(self.values) < VALUES and text not in self.seen:
            self.seen.add(text)
            self.values.append(cell)


@dataclass(slots=True)
class Layout:
    """A table of a document, or its records.

    `lines` hold what each line has, by the position of its column in `columns`. Records stand in the item of the
    document at `path`, or are the items themselves; a sheet has `header` rows. `is_tree`: the labels are selectors.
    """

    columns: list[Found]
    lines: list[dict[int, Cell]]
    path: tuple[str, ...] = ()
    is_tree: bool = False
    sheet: int = 0
    header: range = range(0)


def layouts(document: Document, places: Places) -> list[Layout]:
    """Return the tables or lists of records of a document, likeliest first, by the names that properties have."""
    if document.sheets:
        found = [one for sheet in document.sheets if (one := _of_sheet(sheet, places)) is not None]
    elif document.family in ("json", "jsonl", "yaml"):
        found = [_of_json(records.alone()) for records in record_tables(document)]
    elif document.family == "xml":
        found = list(_of_tree(next((item.value for item in document.items()), None)))
    else:
        found = []
    return sorted(found, key=lambda layout: -_weight(layout, places))


def _weight(layout: Layout, places: Places) -> float:
    known = sum(places.rated(column.name) for column in layout.columns[:_RATED])
    return known + min(len(layout.lines), 3)


def _of_json(records: Records) -> Layout:
    table = record_table(records)
    layout = _of_lines(table.columns, (line.cells for line in table.lines))
    layout.path = () if records.pointer is None else tuple(steps_of(records.pointer))
    return layout


def _of_sheet(sheet: Sheet, places: Places) -> Layout | None:
    """Return the sheet as a table below the rows whose headings are known best, or fill most columns."""
    found: list[tuple[float, range, list[Column]]] = []
    rows = sheet.rows[:HEADER_SEARCH]
    for start in range(len(rows)):
        for height in range(1, _DEPTH + 1):
            # Headings have something below them.
            if start + height >= len(sheet.rows):
                break
            if sheet.rows[start + height - 1].number - rows[start].number != height - 1:
                break
            texts = {cell for cell in rows[start].cells if isinstance(cell, str) and cell.strip()}
            if len(texts) < 2:
                break
            columns = header_columns(sheet.rows[start : start + height], sheet.merged)[:_MOST_COLUMNS]
            if len(columns) < 2 or len({column.full for column in columns}) < len(columns) / 2:
                continue
            found.append((_score(places.rough, columns, start, height), range(start, start + height), columns))
    # The nearest are looked at closely: that takes longer than to say which they are.
    nearest = sorted(found, key=lambda one: (-one[0], one[1].start, len(one[1])))[:_CLOSELY]
    if not nearest:
        return None
    closely = [
        (_score(places.rated, columns, header.start, len(header)), header, columns) for _, header, columns in nearest
    ]
    _, header, columns = max(closely, key=lambda one: (one[0], -one[1].start, -len(one[1])))
    table = sheet_table(sheet, header, Columns(columns))
    layout = _of_lines(columns, (line.cells for line in table.lines))
    layout.sheet, layout.header = sheet.index, header
    return layout


def _score(rated: Callable[[Name], float], columns: list[Column], start: int, height: int) -> float:
    """Return how likely some rows are the headings: of those known alike the first, and one rather than two."""
    known = sum(rated(_named(column)) for column in columns[:_RATED])
    return known + 0.01 * len(columns) - 0.02 * start - 0.3 * (height - 1)


def _named(column: Column) -> Name:
    """Return the name of a column; one of JSON has the names of the objects that it is in before it, `a.b`."""
    is_dotted = bool(column.groups) and column.full.startswith(f"{'.'.join(column.groups)}.")
    return named(column.label.rpartition(".")[2] if is_dotted else column.label, column.groups)


def _of_lines(columns: list[Column], cells: Iterable[Mapping[int, Cell]]) -> Layout:
    same = Counter(column.full for column in columns)
    found = [Found(_label(column, same[column.full] > 1), _named(column)) for column in columns[:_MOST_COLUMNS]]
    places = {column.number: at for at, column in enumerate(columns[:_MOST_COLUMNS])}
    lines: list[dict[int, Cell]] = []
    for line in cells:
        if len(lines) == LINES:
            break
        here = {places[number]: cell for number, cell in line.items() if number in places and not is_blank(cell)}
        lines.append(here)
        for at, cell in here.items():
            found[at].take(cell)
    for one in found:
        one.inner = _inner(_objects(one))
    return Layout(found, lines)


def _label(column: Column, ambiguous: bool) -> str:
    """Return how a mapping names the column; a star in it would be a pattern."""
    leaf = " ".join(column.label.split()).strip("*＊ ")
    return " › ".join([column.groups[-1], leaf]) if ambiguous and column.groups else leaf


def _objects(column: Found) -> list[Json]:
    return [each for cell in column.values if isinstance(cell, list) for each in cell if isinstance(each, dict)]


def _inner(objects: list[Json]) -> list[Found]:
    found: dict[str, Found] = {}
    for one in objects[:LINES]:
        for key, value in one.items() if isinstance(one, dict) else ():
            if not is_blank(value) and len(found) < _MOST_COLUMNS:
                found.setdefault(key, Found(key, Name(key))).take(value)
    return list(found.values())


def _of_tree(root: Json) -> Iterator[Layout]:
    """Yield the records of an XML tree: the root, and each element that is repeated."""
    if not isinstance(root, dict) or not root:
        return
    name = next(iter(root))
    waiting: list[tuple[tuple[str, ...], Json]] = [((name,), root[name])]
    while waiting:
        path, node = waiting.pop()
        nodes = node if isinstance(node, list) else [node]
        if len(path) == 1 or isinstance(node, list):
            yield _of_elements(path, [one for one in nodes if isinstance(one, dict)])
        if len(path) < _DEEPEST:
            for one in nodes[:1]:
                members = one.items() if isinstance(one, dict) else ()
                waiting += [((*path, key), value) for key, value in members if isinstance(value, dict | list)]


def _of_elements(path: tuple[str, ...], nodes: list[Json]) -> Layout:
    columns: dict[str, Found] = {}
    lines: list[dict[int, Cell]] = []
    for node in nodes[:LINES]:
        line: dict[int, Cell] = {}
        for steps, value in _leaves(node):
            label = "/".join(map(step_of, steps))
            if label not in columns and len(columns) < _MOST_COLUMNS:
                names = tuple(step.lstrip("@").rpartition(":")[2] for step in steps)
                columns[label] = Found(label, Name(names[-1], names[:-1][-2:]))
            if label in columns:
                columns[label].take(value)
                line.setdefault([*columns].index(label), value)
        if line:
            lines.append(line)
    for found in columns.values():
        objects = _objects(found)
        found.inner = _of_elements((), objects).columns if objects else []
    return Layout(list(columns.values()), lines, path, is_tree=True)


def _leaves(node: Json) -> Iterator[tuple[tuple[str, ...], Cell]]:
    """Yield where things stand in a record, and what; a list of elements that have parts stays one."""
    waiting: list[tuple[tuple[str, ...], Json]] = [((), node)]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, dict):
            inner = [
                (steps if key in TEXTS["xml"] else (*steps, key), member)
                for key, member in value.items()
                if key not in MARKS
            ]
            waiting += reversed(inner)
        elif steps and not is_blank(value):
            yield steps, value


def step_of(key: str) -> str:
    """Return the step of a selector that finds an element, in whatever namespace, or an attribute."""
    mark, name = ("@", key[1:]) if key.startswith("@") else ("", key)
    if ":" in name and not mark:
        return f"*:{name.rpartition(':')[2]}"
    return f"'{key}'" if any(one in name for one in "/[]+'") else key
