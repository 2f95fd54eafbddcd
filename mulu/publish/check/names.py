"""The list of what properties are called elsewhere: its properties are there, no name means two of one kind."""

from collections.abc import Iterator

from mulu.convert.headings import normal
from mulu.publish.check.flaws import Flaw
from mulu.standard import Standard
from mulu.standard.names import path_of, read_names
from mulu.texts import did_you_mean


def name_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the list of names; raises `BadStandard` if it cannot be read."""
    root = standard.roots[-1]
    path = str(path_of(root))
    schemas = standard.schemas
    seen: dict[tuple[str, str], int] = {}
    for one in read_names(root):
        if one.kind not in schemas.kinds:
            near = did_you_mean(one.kind, schemas.kinds)
            yield Flaw("error", path, one.line, f"没有种类 {one.kind}{near.zh}", f"unknown kind {one.kind}{near.en}")
            continue
        properties = [item.pointer for item in schemas.properties(one.kind)]
        if one.pointer not in properties:
            near = did_you_mean(one.pointer, properties)
            yield Flaw(
                "error",
                path,
                one.line,
                f"{one.kind} 没有属性 {one.pointer}{near.zh}",
                f"{one.kind} has no property {one.pointer}{near.en}",
            )
        if not one.names:
            yield Flaw(
                "error",
                path,
                one.line,
                "没有名称；请填写，或删去这一行",
                "the name is missing; enter one, or delete the line",
            )
        for name in one.names:
            line = seen.setdefault((one.kind, normal(name)), one.line)
            if line != one.line:
                yield Flaw(
                    "error", path, one.line, f"“{name}”已在第 {line} 行", f"“{name}” already occurs on line {line}"
                )
