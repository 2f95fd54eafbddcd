"""A bounding box in one value: the edges of a rectangle that is written as WKT, as GeoJSON or as numbers.

Only what is in degrees is read: a rectangle, and of an outline in GeoJSON the rectangle around it. A point, projected
coordinates, another order of the axes, or an outline that may cross the meridian of 180 degrees are `NotUnderstood`, so
that nothing is made of them that they do not say.

Sources: OGC 06-103r4 (WKT), RFC 7946 (GeoJSON, `bbox` in chapter 5), OGC 11-052r4 (a WKT literal of RDF may begin with
its reference system, and is in CRS84, longitude first, if it does not), `ENVELOPE(west, east, north, south)` of CQL.
"""

import re
from itertools import pairwise
from typing import NamedTuple

import orjson

from mulu.convert.values import Cell, NotUnderstood, as_number, as_text
from mulu.pointer import Json
from mulu.standard.mappings import EDGES

_MEMBERS = {"type", "coordinates", "bbox"}
_LONGEST = 2_000
"""A rectangle takes far less, in any notation."""
_LONGEST_OUTLINE = 200_000
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[Ee][+-]?[0-9]{1,2})?"
_NUMBERS = re.compile(rf"{_NUMBER}(?:(?:\s*+[,;]\s*+|\s++){_NUMBER}){{3}}")
_EACH = re.compile(_NUMBER)
_CRS84 = re.compile(r"<https?://www\.opengis\.net/def/crs/OGC/1\.3/CRS84>\s*")
_ENVELOPE = re.compile(rf"ENVELOPE\s*\(\s*({_NUMBER}(?:\s*,\s*{_NUMBER}){{3}})\s*\)", re.IGNORECASE)
_POINTS = rf"{_NUMBER}\s+{_NUMBER}(?:\s*,\s*{_NUMBER}\s+{_NUMBER}){{4}}"
_POLYGON = re.compile(rf"(?:MULTI)?POLYGON\s*[(\s]+({_POINTS})[)\s]+", re.IGNORECASE)


_HALF = 180
"""An outline wider than half the earth, in degrees, may as well be one across the meridian of 180 degrees."""


class Box(NamedTuple):
    """A rectangle, in degrees; across the meridian of 180 degrees west is greater than east."""

    west: float
    south: float
    east: float
    north: float


def as_edge(cell: Cell, edge: str) -> float:
    """Return one of the edges, `west`, `south`, `east` or `north`, of the rectangle that a value says.

    >>> as_edge("POLYGON((11.9 54, 12.3 54, 12.3 54.2, 11.9 54.2, 11.9 54))", "north")
    54.2
    >>> as_edge({"bbox": [[-10, 40, 5, 50]]}, "west")
    -10
    """
    return box_of(cell)[EDGES.index(edge)]


def box_of(cell: Cell) -> Box:
    """Return the rectangle that a value says; raises `NotUnderstood` if it says none."""
    box = (_of_edges(cell) or _of_geojson(cell)) if isinstance(cell, dict) else _of_text(as_text(cell))
    if not (abs(box.west) <= 180 and abs(box.east) <= 180 and -90 <= box.south <= box.north <= 90):
        raise NotUnderstood
    return box


def is_box(value: Json, box: Box) -> bool:
    """Whether a value says that box."""
    try:
        return box_of(value) == box
    except NotUnderstood:
        return False


def box_as_written(box: Box, form: str) -> str | None:
    """Return a box as `wkt`, `geojson` or `numbers`; `None` for one that a polygon would turn inside out.

    >>> box_as_written(Box(-10, 40, 5, 50.5), "wkt")
    'POLYGON((-10 40, 5 40, 5 50.5, -10 50.5, -10 40))'
    """
    west, south, east, north = box
    if form == "numbers":
        return f"{west},{south},{east},{north}"
    if west > east:
        return None
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    if form == "geojson":
        return orjson.dumps({"type": "Polygon", "coordinates": [ring]}).decode()
    return f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))"


def _of_text(text: str) -> Box:
    if text.startswith("{") and len(text) <= _LONGEST_OUTLINE:
        try:
            return _of_geojson(orjson.loads(text))
        except orjson.JSONDecodeError:
            raise NotUnderstood from None
    if len(text) > _LONGEST:
        raise NotUnderstood
    if _NUMBERS.fullmatch(text):
        return Box(*_numbers(text))
    text = _CRS84.sub("", text, count=1)
    if match := _ENVELOPE.fullmatch(text):
        west, east, north, south = _numbers(match[1])
        return Box(west, south, east, north)
    if match := _POLYGON.fullmatch(text):
        numbers = _numbers(match[1])
        return _around(list(zip(numbers[::2], numbers[1::2], strict=True)))
    raise NotUnderstood


def _of_edges(value: dict[str, Json]) -> Box | None:
    """Return the box of an object that has a number for each edge, as DCAT-US 3 names them: westBoundingLongitude …"""
    named = [[member for name, member in value.items() if edge in name.casefold()] for edge in EDGES]
    if any(len(members) != 1 for members in named):
        return None
    numbers = [as_number(members[0]) for members in named if isinstance(members[0], str | int | float)]
    if len(numbers) != len(EDGES):
        raise NotUnderstood
    return Box(*numbers)


def _numbers(text: str) -> list[float]:
    return [as_number(float(one)) for one in _EACH.findall(text)]


def _of_geojson(value: Json) -> Box:
    """Return the `bbox` of an object, of several the first, which holds the others (STAC 1.0), or its one ring."""
    if not isinstance(value, dict) or set(value) - _MEMBERS:
        raise NotUnderstood
    if "bbox" in value:
        numbers = _list(value["bbox"])
        numbers = _list(numbers[0]) if numbers and isinstance(numbers[0], list) else numbers
        if len(numbers) not in (4, 6):
            raise NotUnderstood
        # Of six, each corner has a height as well.
        west, south, east, north = map(_degrees, [*numbers[:2], *numbers[len(numbers) // 2 :][:2]])
        return Box(west, south, east, north)
    if value.get("type") not in ("Polygon", "MultiPolygon"):
        raise NotUnderstood
    found = _list(value.get("coordinates"))
    polygons = found if value["type"] == "MultiPolygon" else [found]
    # The first ring of a polygon is its outline, the others are holes in it.
    rings = [_list(_list(polygon)[0]) for polygon in polygons if polygon]
    points = [_list(point) for ring in rings for point in ring]
    if not points or any(len(point) < 2 for point in points):
        raise NotUnderstood
    return _outside([(_degrees(point[0]), _degrees(point[1])) for point in points])


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise NotUnderstood
    return value


def _degrees(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotUnderstood
    return value


def _outside(points: list[tuple[float, float]]) -> Box:
    """Return the box around an outline, which may be that of a rectangle."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if not (east - west <= _HALF and west < east and south < north):
        return _around(points)
    return Box(west, south, east, north)


def _around(points: list[tuple[float, float]]) -> Box:
    """Return the box whose four corners are the points of a ring, one after the other."""
    if len(points) != 5 or points[0] != points[4]:
        raise NotUnderstood
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    corners = [(west, south), (east, south), (east, north), (west, north)]
    # A step along a side changes one coordinate.
    is_along = all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))
    if not is_along or set(points) != set(corners):
        raise NotUnderstood
    return Box(west, south, east, north)
