"""A workbook to fill in: the columns of a kind, out of its schema and code lists; `convert.template` reads it back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from mulu.convert.template import EXAMPLE, MARK, Column, columns, example_lines, part_of, stamp
from mulu.errors import UsageFault
from mulu.publish._template.lists import Lists
from mulu.publish._template.sheets import FIRST_LINE, Head, Sheets
from mulu.standard import Standard
from mulu.texts import Text, did_you_mean

_NUMBER = Text("编号", "No.")


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet: the entries of a kind, or the lines of a list inside them, with the numbers that join the sheets."""

    pointer: str
    title: Text
    numbers: tuple[tuple[str, Text], ...]
    columns: tuple[Column, ...]


@dataclass(slots=True)
class Template:
    """What was written: its sheets, and the properties that no column can hold."""

    parts: list[Part]
    left_out: list[str] = field(default_factory=list)


def write_template(standard: Standard, kind: str, level: str, language: str, stream: BinaryIO) -> Template:
    """Write the workbook of a kind; what the level asks for is marked.

    Raises `UsageFault` if the standard has no such kind or level, or the kind nothing that a column can hold.
    """
    if kind not in standard.schemas.kinds:
        raise _unknown("种类", "kind", kind, standard.schemas.kinds)
    if level not in standard.levels:
        raise _unknown("级别", "level", level, standard.levels)
    found = _parts(standard, kind)
    if not found or found[0].pointer:
        raise UsageFault(f"{kind} 没有可以填写的属性", f"entries of kind {kind} have no property that fits into a cell")
    held = {column.pointer for part in found for column in part.columns}
    template = Template(found, _left_out(standard, kind, held))
    sheets = Sheets(standard, level, language, stamp(standard))
    sheets.cover([(part.title, bool(part.pointer)) for part in found])
    names = [sheets.add(part.title) for part in found]
    lists = Lists(standard, language, sheets)
    for part, sheet in zip(found, names, strict=True):
        heads = [*_number_heads(kind, part), *(_head(standard, kind, level, column) for column in part.columns)]
        title = part.title if not part.pointer else Text(*map(" › ".join, zip(*_titles(found, part), strict=True)))
        sheets.fill(sheet, title, heads, _example_rows(standard, kind, part, language))
        lists.attach(sheet, part.columns, len(part.numbers), FIRST_LINE)
        if part.pointer:
            lists.attach_numbers(sheet, names[0], FIRST_LINE)
    lists.write()
    sheets.save(stream)
    return template


def _unknown(zh: str, en: str, name: str, known: Iterable[str]) -> UsageFault:
    near, listed = did_you_mean(name, known), ", ".join(known)
    return UsageFault(
        f"没有{zh} {name}{near.zh or '；'}可用：{listed}", f"there is no {en} {name}{near.en}; known: {listed}"
    )


def _titles(found: list[Part], part: Part) -> list[tuple[str, str]]:
    around = [other.title for other in found if other is part or part.pointer.startswith(other.pointer)]
    return [(title.zh, title.en) for title in around]


def _parts(standard: Standard, kind: str) -> list[Part]:
    schemas = standard.schemas
    by_part: dict[str, list[Column]] = {}
    for column in columns(schemas, kind).values():
        by_part.setdefault(column.part, []).append(column)
    own = schemas.kinds[kind]
    titles = {"": Text(own.get("title", kind), own.get("x-en", {}).get("title", kind))}
    titles |= {f"{item.pointer}/*": item.title for item in schemas.properties(kind)}
    found = []
    for pointer, inside in by_part.items():
        around = [other for other in by_part if pointer != other and (not other or pointer.startswith(f"{other}/"))]
        if part_of(pointer[:-2]) not in by_part:
            # A list in elements that hold nothing else: nothing would tell which of them is meant.
            continue
        numbers = around + ([pointer] if any(other.startswith(f"{pointer}/") for other in by_part) else [])
        joined = tuple((number, _number_of(titles[number])) for number in numbers)
        found.append(Part(pointer, titles[pointer], joined if pointer else (("", _number_of(titles[""])),), (*inside,)))
    return sorted(found, key=lambda part: part.pointer != "")


def _number_of(title: Text) -> Text:
    return Text(f"{title.zh}{_NUMBER.zh}", f"{title.en}: {_NUMBER.en}")


def _left_out(standard: Standard, kind: str, held: set[str]) -> list[str]:
    return [
        item.pointer
        for item in standard.schemas.properties(kind)
        if item.pointer not in ("/kind", "/source")
        and item.pointer not in held
        and not any(pointer.startswith(f"{item.pointer}/") for pointer in held)
    ]


def _number_heads(kind: str, part: Part) -> Iterator[Head]:
    for pointer, title in part.numbers:
        own = pointer == part.pointer
        help_ = (
            Text(
                "给每行一个编号，如 1、2、3；其他工作表用它说明自己属于哪一行。写“示例”、内容没有改过的行不会被读取。",
                "A number for each row, such as 1, 2, 3, used to refer to it from other sheets. Rows numbered "
                "“Example” are not read as long as nothing else in them is changed.",
            )
            if own
            else Text(
                "这一行属于哪一条：填那张工作表里的编号；与上一行相同的可以空着。",
                "The number of the row in that sheet to which this row belongs; blank means the same as above.",
            )
        )
        yield Head(
            title, f"{MARK}{kind}{pointer}", help_, demanded="" if own and not part.pointer else None, number=True
        )


def _head(standard: Standard, kind: str, level: str, column: Column) -> Head:
    schemas = standard.schemas
    by_pointer = {item.pointer: item for item in schemas.properties(kind)}
    way, groups = column.pointer[len(column.part) :], []
    demanded: str | None = ""
    ranks = standard.levels
    steps = way.split("/")[1:]
    for depth in range(1, len(steps) + 1):
        item = by_pointer[f"{column.part}/{'/'.join(steps[:depth])}"]
        asked = schemas.required_level(item.owner, item.name)
        if depth < len(steps):
            groups.append(item.title)
        if asked is None:
            # What an object asks for is asked only where there is an object.
            demanded = None
        elif demanded is not None and asked and (not demanded or ranks[asked].rank > ranks[demanded].rank):
            demanded = asked
    last = schemas.required_level(column.described.owner, column.described.name)
    inside = len(steps) > 1 and last is not None and (not last or ranks[last].rank <= ranks[level].rank)
    return Head(
        column.described.title,
        column.pointer,
        column.described.description,
        groups=tuple(groups),
        demanded=demanded,
        demanded_inside=inside,
        column=column,
        source=str(column.described.schema.get("$comment", "")),
    )


def _example_rows(standard: Standard, kind: str, part: Part, language: str) -> list[list[Any]]:
    """Return the lines of a sheet that show the kind's example entry, as far as there is one."""
    rows = []
    for cells, positions in example_lines(standard, kind, part.columns, language):
        numbers = [EXAMPLE.get(language)] * len(part.numbers)
        if len(part.numbers) > 1:
            numbers[1:] = [str(n + 1) for n in positions][: len(numbers) - 1]
        rows.append([*numbers, *(cells.get(column.pointer) for column in part.columns)])
    return rows
