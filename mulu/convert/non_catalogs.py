"""What a file is that holds no catalog, where that can be told: another kind of file, or nothing but addresses."""

import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, cast

from mulu.convert.header_rows import HEADER_SEARCH, heading_text
from mulu.convert.headings import normal, short
from mulu.convert.trees import FAMILIES, Node, Tree
from mulu.convert.values import is_blank
from mulu.marks import MARKS
from mulu.pointer import Json
from mulu.readers import Document
from mulu.standard.selectors import Selector, selector
from mulu.texts import Text, shown
from mulu.yaml import load_yaml

_LOOKED_AT = 20
"""At how many items is looked."""
_VALUES = 2_000
"""At how many values is looked."""
_ADDRESS = re.compile(r"https?://\S+")


class _Other(NamedTuple):
    """A kind of file: in which trees it is met, places of which each group has one, and what is told of it.

    A table has no family, and headings in place of places.
    """

    family: str | None
    paths: tuple[tuple[Selector, ...], ...]
    headings: tuple[frozenset[str], ...]
    said: Text


def what_else(document: Document) -> Text | None:
    """Return what a document is and what to do, where it is known to be something else than a catalog."""
    family = FAMILIES.get(document.family)
    trees = [Tree(item.value, family) for item in islice(document.items(), _LOOKED_AT)] if family else []
    rows = [
        {form for text in map(heading_text, row.cells) if text for form in (normal(text), short(normal(text)))}
        for sheet in document.sheets
        for row in islice(sheet.rows, HEADER_SEARCH)
    ]
    for other in _others():
        if other.family is None:
            is_met = any(all(group & row for group in other.headings) for row in rows)
        else:
            is_met = other.family == family and any(_fits(tree, other) for tree in trees)
        if is_met:
            return other.said
    return _links(list(islice(_values(document, trees), _VALUES)))


def _fits(tree: Tree, other: _Other) -> bool:
    return all(any(tree.select(Node(tree.root, ""), path) for path in group) for group in other.paths)


def _values(document: Document, trees: list[Tree]) -> Iterator[Json]:
    """Yield the values of a document: of its cells, or of its trees."""
    cells = chain.from_iterable(row.cells for sheet in document.sheets for row in sheet.rows)
    yield from (str(cell) for cell in cells if cell is not None)
    for tree in trees:
        # Without their pointers, which are long where names are and objects lie in each other.
        waiting = deque([tree.root])
        while waiting:
            value = waiting.popleft()
            if isinstance(value, dict):
                waiting += (member for name, member in value.items() if name not in MARKS)
            elif isinstance(value, list):
                waiting += value
            elif not is_blank(value):
                yield value


def _links(values: list[Json]) -> Text | None:
    """Return that a file is a list of addresses, if half of its values are such: the others are their names."""
    addresses = [value for value in values if isinstance(value, str) and _ADDRESS.fullmatch(value)]
    if not addresses or 2 * len(addresses) < len(values):
        return None
    first = shown(addresses[0])
    return Text(
        f"文件只列出网址（如 {first}），没有写它们指向的资源。请下载这些网址的内容再转换；mulu 不联网",
        f"the file only lists addresses, such as {first}, and does not describe what they lead to. Download those "
        "files and convert them; mulu does not use the network",
    )


@cache
def _others() -> tuple[_Other, ...]:
    path = Path(__file__).with_name("non_catalogs.yaml")
    said = cast(list[dict[str, Json]], load_yaml(path.read_text(encoding="utf-8"), name=path.name)[0])
    return tuple(
        _Other(
            cast(str | None, item.get("family")),
            tuple(tuple(map(selector, group)) for group in cast(list[list[str]], item.get("paths", []))),
            tuple(frozenset(map(normal, group)) for group in cast(list[list[str]], item.get("headings", []))),
            Text(str(item["zh"]), str(item["en"])),
        )
        for item in said
    )
