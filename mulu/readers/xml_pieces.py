"""XML in pieces: each a part of the tree that ends with a record, freed before the next one begins.

Where records stand is told by selectors: a path of names from the root, or `**/name`. A piece is the tree from the
root with all that has come since the piece before it, so that a path leads to a record in it as in the whole file. A
file without a record is one piece.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from mulu.readers.office import SAFE
from mulu.standard.selectors import Selector


class Piece(NamedTuple):
    """The root, and for each element around the record which of its children is the last that belongs to the piece."""

    root: Any
    ends: dict[Any, Any]
    has_record: bool
    """Whether it ends with a record, or is one."""

    def children(self, element: Any) -> list[Any]:
        """Return the children of an element that belong to the piece."""
        found: list[Any] = [*element]
        last = self.ends.get(element)
        return found if last is None else found[: found.index(last) + 1]


class TooLong(Exception):
    """A piece is longer than it may be."""


class NotWellFormed(Exception):
    """What is wrong stands in `log`, as lxml tells it."""

    def __init__(self, log: Any) -> None:
        super().__init__()
        self.log = log


def pieces(
    chunks: Iterable[bytes], records: Iterable[Selector], name: Callable[[Any], str], most: int
) -> Iterator[Piece]:
    """Yield the pieces of a file; each is good until the next is asked for, the last one for ever.

    `name` gives the name of an element by which `records` mean it. Raises `NotWellFormed`, and `TooLong` when no record
    has ended within about `most` bytes.
    """
    from lxml import etree

    paths = tuple(path for path in map(_path, records) if path is not None)
    tags = {f"{{*}}{path[-1].rpartition(':')[2]}" for path in paths}
    parser: Any = etree.XMLPullParser(("end",) if tags else (), tag=sorted(tags) or None, encoding="utf-8", **SAFE)
    done: Any = None
    waiting = 0
    for chunk in chunks:
        _fed(parser, chunk)
        waiting += len(chunk)
        for _, element in parser.read_events():
            around = [element, *element.iterancestors()]
            if len(around) == 1 or not _is_record(tuple([name(one) for one in reversed(around)]), paths):
                continue
            waiting = 0
            _free(done)
            yield Piece(around[-1], dict(zip(around[1:], around, strict=False)), True)
            _clear(around)
            done = element
        if waiting > most:
            raise TooLong
    root = _fed(parser, None)
    _free(done)
    yield Piece(root, {}, _is_record((name(root),), paths))


def _fed(parser: Any, chunk: bytes | None) -> Any:
    """Give the parser the next bytes, or have it end and return the root; raises `NotWellFormed`."""
    from lxml import etree

    try:
        return parser.close() if chunk is None else parser.feed(chunk)
    except etree.XMLSyntaxError:
        raise NotWellFormed(parser.feed_error_log) from None


def has_content(piece: Piece) -> bool:
    """Whether a piece holds any text or attribute."""
    return any(one.attrib or (one.text or "").strip() or (one.tail or "").strip() for one in piece.root.iter())


def _path(record: Selector) -> tuple[str, ...] | None:
    """Return the names on the way to a record, `None` if they are not all said."""
    names = tuple(step.name for step in record.steps)
    is_plain = all(
        not step.is_pattern or (number == 0 and step.name == "**") for number, step in enumerate(record.steps)
    )
    return names if is_plain and names and names[-1] != "**" else None


@lru_cache(maxsize=100)
def _is_record(names: tuple[str, ...], paths: tuple[tuple[str, ...], ...]) -> bool:
    """Whether an element is a record that is inside no other."""
    if not _fits(names, paths):
        return False
    return not any(_fits(names[:length], paths) for length in range(1, len(names)))


def _fits(names: tuple[str, ...], paths: tuple[tuple[str, ...], ...]) -> bool:
    return any(names == path if path[0] != "**" else names[1 - len(path) :] == path[1:] for path in paths)


def _clear(around: list[Any]) -> None:
    """Free what a piece held: the record, and what stands before and around it."""
    around[0].clear(keep_tail=True)
    for inner, outer in pairwise(around):
        while outer[0] is not inner:
            del outer[0]
        outer.text = None
        outer.attrib.clear()


def _free(record: Any) -> None:
    """Take out the record of the last piece; text that came behind it belongs to the next one."""
    if record is None:
        return
    outer = record.getparent()
    if outer is None:
        return
    if record.tail and record.tail.strip():
        outer.text = record.tail
    outer.remove(record)
