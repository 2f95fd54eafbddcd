"""JSON: one value, or the elements of one array."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from mulu.limits import Limits
from mulu.place import Place
from mulu.readers import scan
from mulu.readers.model import Document, Item, Json, Notice, Ref
from mulu.readers.strict import Refused, parse


@dataclass(slots=True)
class JsonDocument(Document):
    """A JSON text, read whole: the elements of an array at its root, or the root itself, are its items."""

    value: Json = None
    data: bytes = b""
    _finder: scan.Finder | None = None

    def items(self) -> Iterator[Item]:
        """Yield each element of the array at the root, or the root."""
        if isinstance(self.value, list):
            return (Item(index, value) for index, value in enumerate(self.value))
        return iter((Item(0, self.value),))

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return line and column of the value `ref`, or of its key."""
        item, pointer = cast("tuple[int, str]", ref)
        if self._finder is None:
            self._finder = scan.Finder(self.data)
        line, column = self._finder.place(f"/{item}{pointer}" if self.root_is_array else pointer, key=key)
        return Place(self.path, line=line, column=column)


def read_json(document: JsonDocument, limits: Limits) -> JsonDocument:
    """Parse `document.data` into `document.value`; raises `Unreadable` at the first syntax error."""
    try:
        value, found = parse(document.data, limits)
    except Refused as refused:
        line, column = scan.line_and_column(document.data, refused.offset)
        raise refused.unreadable(document.path, line, column, limits) from None
    document.value = value
    document.root_is_array = isinstance(value, list)
    finder = scan.Finder(document.data)
    for oddity in found:
        item, pointer = 0, oddity.pointer
        if document.root_is_array:
            first, _, rest = pointer[1:].partition("/")
            item, pointer = int(first), f"/{rest}" if rest or pointer.count("/") > 1 else ""
        line, column = finder.line_and_column(oddity.offset)
        place = Place(document.path, line=line, column=column)
        document.notices.append(Notice(oddity.rule, oddity.params, (item, pointer), place))
    return document
