"""What a converter reads and writes: each column or place, and the property that it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass

from mulu.pointer import pointer_of
from mulu.publish.site.model import Field, Model, Shape
from mulu.standard.mappings import Mapping, Spec
from mulu.texts import Text

_EACH = {
    "line": Text("每行一个", "one a line"),
    "value": Text("每个值一个", "one for each value"),
    "column": Text("每列一个", "one a column"),
    "element": Text("每个元素一个", "one an element"),
}
_CASTS = {
    "identifier": Text("标识：半角、大写、无空格", "identifier: half width, upper case, no blanks"),
    "date": Text("日期", "date"),
    "integer": Text("整数", "whole number"),
    "number": Text("数", "number"),
    "boolean": Text("是否", "yes or no"),
    "url": Text("网址", "web address"),
    "email": Text("邮箱", "e-mail"),
    "list": Text("列表", "list"),
    "start": Text("时段的开始", "start of a period"),
    "end": Text("时段的结束", "end of a period"),
    "duration": Text("时长的数", "the number of a duration"),
    "duration-unit": Text("时长的单位", "the unit of a duration"),
    "person": Text("与电话写在一格的姓名", "the name beside a telephone number"),
    "phone": Text("电话，不含一旁的姓名", "telephone number, without the name beside it"),
    "west": Text("矩形范围的西边", "west edge of a box"),
    "south": Text("矩形范围的南边", "south edge of a box"),
    "east": Text("矩形范围的东边", "east edge of a box"),
    "north": Text("矩形范围的北边", "north edge of a box"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way of reading a property: from which columns or places, into what, and how."""

    kind: str
    target: str
    shape: Shape | None
    field: Field | None
    places: tuple[str, ...]
    constant: str | None
    notes: tuple[Text, ...]
    codes: str | None


def ways(model: Model, mapping: Mapping) -> list[Way]:
    """Return the ways of a mapping, in its own order; those of further sheets after those of the first."""
    found: list[Way] = []
    # Of a tree the first part says what the mapping itself does.
    parts = [(part.kind, part.fields) for part in mapping.parts] or [(mapping.kind, mapping.fields)]
    for kind, fields in parts:
        found += _ways(model, kind, fields, ())
    for detail in mapping.details:
        found += _ways(model, mapping.kind, detail.fields, (detail.into,))
    return found


def _ways(model: Model, kind: str, specs: tuple[Spec, ...], inside: tuple[str, ...]) -> Iterator[Way]:
    for spec in specs:
        path = (*inside, *spec.target)
        at = model.at(kind, pointer_of(path))
        # What leads beyond the last property that the standard has is a property of the mapping's own.
        shape, field = at if at is not None and at[1].name in path[-2:] else (None, None)
        places = (*spec.headings, *(path_.text for path_ in spec.at))
        if places or spec.constant is not None or not spec.fields:
            constant = None if spec.constant is None else str(spec.constant)
            yield Way(kind, ".".join(path), shape, field, places, constant, tuple(_notes(spec)), spec.code)
        yield from _ways(model, kind, spec.fields, path)


def _notes(spec: Spec) -> Iterator[Text]:
    if spec.each is not None:
        yield _EACH[spec.each]
    if spec.cast in _CASTS:
        yield _CASTS[spec.cast]
    if spec.decode:
        yield Text(*(("、", ", ")[n].join(f"{key} → {value}" for key, value in spec.decode.items()) for n in (0, 1)))
    if spec.split:
        told = " ".join(one.strip() or "␣" for one in spec.split)
        yield Text(f"按 {told} 拆开", f"split at {told}")
    if spec.part is not None:
        yield Text(
            f"以 {spec.part[0]} 分开的第 {spec.part[1] + 1} 段", f"part {spec.part[1] + 1} between {spec.part[0]}"
        )
    if spec.scale is not None:
        yield Text(f"乘以 {spec.scale:g}", f"times {spec.scale:g}")
    if spec.prefix:
        yield Text(f"去掉前面的 {spec.prefix}", f"without {spec.prefix} in front")
    if spec.after is not None:
        yield Text(f"在“{spec.after}”右边", f"to the right of “{spec.after}”")
    for holds, path, values in spec.conditions:
        name = ".".join(path)
        zh, en = (" / ".join(word if one is None else str(one) for one in values) for word in ("空", "empty"))
        yield Text(f"当 {name} {'为' if holds else '不为'} {zh}", f"where {name} is {'' if holds else 'not '}{en}")
    if spec.not_in:
        told_lists = ", ".join(spec.not_in)
        yield Text(f"代码表 {told_lists} 中的词不取", f"words of the list {told_lists} are not taken")
    if spec.write is None:
        yield Text("只读，不写", "read, not written")
