"""Diagrams of a standard as SVG, out of the references between its schemas: boxes, the lines between them, links."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from mulu.publish.site.model import Model, Shape
from mulu.texts import shown, width

_HEIGHT, _GAP, _PAD = 34, 12, 12
_COLUMN = 8.2
"""Width of half a Chinese character, in the size of the style's `.diagram text`."""
_AROUND = 64
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    label: str
    address: str
    kind: str
    number: int = 0

    @property
    def left(self) -> tuple[float, float]:
        return self.x, self.y + _HEIGHT / 2

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width, self.y + _HEIGHT / 2


def compared(model: Model) -> set[tuple[str, str]]:
    """Return the pairs of kinds that a rule's query reads together, each in the order of the alphabet."""
    tables = {
        re.sub(r"\W", "_", shape.name): shape.name for shape in sorted(model.kinds, key=lambda one: len(one.name))
    }
    found = set()
    for rule in model.standard.rules.values():
        read = set()
        for word in re.findall(r'(?:\bfrom|\bjoin|,)\s+"?(\w+)', rule.query, re.IGNORECASE):
            # A list inside a kind has a table of its own, whose name begins with that of the kind.
            owner = max((table for table in tables if f"{word}_".startswith(f"{table}_")), key=len, default=None)
            if owner is not None:
                read.add(tables[owner])
        found |= {(one, other) for one in read for other in read if one < other}
    return found


def kinds_diagram(model: Model, language: str, address: Callable[[Shape], str], title: str) -> Markup:
    """Return the kinds, the objects that several of them hold, and which kinds rules compare with each other."""
    held = {
        shape.name: [kind.name for kind in model.kinds if shape.name in model.reached(kind.name)]
        for shape in model.objects
    }
    kinds = list(model.kinds)
    shared = [shape for shape in model.objects if len(held[shape.name]) > 1]
    order = {shape.name: number for number, shape in enumerate(kinds)}
    shared.sort(key=lambda shape: sum(order[name] for name in held[shape.name]) / len(held[shape.name]))
    pairs = sorted((order[one], order[other]) for one, other in compared(model))
    arcs = max((14 + 9 * (b - a) for a, b in pairs), default=0)
    wide = _widest(_label(shape, language) for shape in kinds)
    wide_shared = _widest(_label(shape, language) for shape in shared) if shared else 0
    height = max(len(kinds), len(shared)) * (_HEIGHT + _GAP) + 2 * _GAP
    first = [
        _Box(arcs + 8, y, wide, _label(shape, language), address(shape), "kind", number)
        for number, (shape, y) in enumerate(zip(kinds, _rows(len(kinds), height), strict=True))
    ]
    second = [
        _Box(arcs + 8 + wide + 2.5 * _AROUND, y, wide_shared, _label(shape, language), address(shape), "object", number)
        for number, (shape, y) in enumerate(zip(shared, _rows(len(shared), height), strict=True), len(kinds))
    ]
    lines = [
        _curve(first[order[name]], box) for shape, box in zip(shared, second, strict=True) for name in held[shape.name]
    ]
    lines += [_arc(first[a], first[b], 14 + 9 * (b - a)) for a, b in pairs]
    total = arcs + 16 + wide + (2.5 * _AROUND + wide_shared if shared else 0)
    return _svg(total, height, title, lines, [*first, *second])


def tree_diagram(
    model: Model, shape: Shape, language: str, address: Callable[[Shape], str], title: str
) -> Markup | None:
    """Return a shape with the objects that it holds, theirs to the right of each; `None` if it holds none."""
    boxes: list[_Box] = []
    lines: list[Markup] = []
    columns: dict[int, float] = {}

    def measure(one: Shape, depth: int, path: tuple[str, ...]) -> None:
        columns[depth] = max(columns.get(depth, 0), _widest([_label(one, language)]))
        for name in _held(one):
            if name not in path and depth < _DEEPEST:
                measure(model.shapes[name], depth + 1, (*path, name))

    def place(one: Shape, depth: int, row: float, path: tuple[str, ...]) -> tuple[_Box, float]:
        x = 8 + sum(columns[before] + _AROUND for before in range(depth))
        below: list[_Box] = []
        at = row
        for name in _held(one):
            if name not in path and depth < _DEEPEST:
                box, at = place(model.shapes[name], depth + 1, at, (*path, name))
                below.append(box)
        y = (below[0].y + below[-1].y) / 2 if below else row
        look = "kind" if one.is_kind else "object"
        own = _Box(x, y, columns[depth], _label(one, language), address(one), look, len(boxes))
        boxes.append(own)
        lines.extend(_curve(own, box) for box in below)
        return own, at if below else row + _HEIGHT + _GAP

    measure(shape, 0, (shape.name,))
    if len(columns) == 1:
        return None
    _, bottom = place(shape, 0, float(_GAP), (shape.name,))
    return _svg(16 + sum(columns.values()) + _AROUND * (len(columns) - 1), bottom, title, lines, boxes)


def _label(shape: Shape, language: str) -> str:
    return shown(shape.title.get(language))


def _held(shape: Shape) -> list[str]:
    return list(dict.fromkeys(one.shape for one in shape.fields if one.shape is not None))


def _rows(count: int, height: float) -> list[float]:
    step = _HEIGHT + _GAP
    start = (height - count * step + _GAP) / 2
    return [start + number * step for number in range(count)]


def _widest(labels: Iterable[str]) -> float:
    return max((width(label) for label in labels), default=0) * _COLUMN + 2 * _PAD


def _curve(one: _Box, other: _Box) -> Markup:
    start, end = one.right, other.left
    middle = (start[0] + end[0]) / 2
    return _path((start, (middle, start[1]), (middle, end[1]), end), "", one, other)


def _arc(one: _Box, other: _Box, bulge: float) -> Markup:
    start, end = one.left, other.left
    x = start[0] - bulge * 4 / 3
    return _path((start, (x, start[1]), (x, end[1]), end), "compared", one, other)


def _path(points: tuple[tuple[float, float], ...], look: str, one: _Box, other: _Box) -> Markup:
    told = " ".join(f"{x:.1f} {y:.1f}" for x, y in points[1:])
    return Markup('<path class="{}" data-of="{} {}" d="M{:.1f} {:.1f}C{}"/>').format(
        look, one.number, other.number, *points[0], told
    )


def _svg(wide: float, high: float, title: str, lines: list[Markup], boxes: list[_Box]) -> Markup:
    drawn = Markup("").join(
        Markup(
            '<a href="{}" data-box="{}"><g class="{}"><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="6"/>'
            '<text x="{:.1f}" y="{:.1f}">{}</text></g></a>'
        ).format(
            box.address,
            box.number,
            box.kind,
            box.x,
            box.y,
            box.width,
            _HEIGHT,
            box.x + _PAD,
            box.y + _HEIGHT / 2 + 5,
            box.label,
        )
        for box in sorted(boxes, key=lambda box: (box.x, box.y))
    )
    return Markup(
        '<svg class="diagram" role="group" aria-label="{}" viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}" '
        'xmlns="http://www.w3.org/2000/svg"><g class="lines" aria-hidden="true">{}</g>{}</svg>'
    ).format(title, wide, high, wide, high, Markup("").join(lines), drawn)
