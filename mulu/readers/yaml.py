"""YAML files: their documents, or the elements of the list at their root, are the items."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from mulu.limits import Limits
from mulu.readers.model import Document, Item, Json, Notice, Place, Ref
from mulu.yaml import Positions, load_all


@dataclass(slots=True)
class YamlDocument(Document):
    """A YAML file: its items are the elements of the list at its root, or its documents."""

    values: list[Json] = field(default_factory=list)
    _values: list[Positions] = field(default_factory=list)
    _keys: list[Positions] = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        """Yield each element of the list at the root, or each document."""
        return (Item(index, value) for index, value in enumerate(self.values))

    def place(self, ref: Ref, *, key: bool = False) -> Place:
        """Return line and column of the value `ref`, or of its key."""
        item, pointer = cast("tuple[int, str]", ref)
        if item >= len(self.values):
            return Place(self.path)
        part = 0 if self.root_is_array else item
        pointer = f"/{item}{pointer}" if self.root_is_array else pointer
        if key and pointer in self._keys[part]:
            line, column = self._keys[part][pointer]
            return Place(self.path, line=line, column=column)
        while pointer and pointer not in self._values[part]:
            pointer = pointer.rpartition("/")[0]
        line, column = self._values[part].get(pointer, (1, 1))
        return Place(self.path, line=line, column=column)


def read_yaml(text: str, path: str, common: tuple[str, int, str, list[Notice]], limits: Limits) -> YamlDocument:
    """Read the documents of a YAML text; `common` are SHA-256, size, encoding and notices of the file."""
    document = YamlDocument(path, "yaml", *common)
    loaded = load_all(text, path, limits)
    document._values = [part.values for part in loaded]
    document._keys = [part.keys for part in loaded]
    first = loaded[0].value if len(loaded) == 1 else None
    document.root_is_array = isinstance(first, list)
    document.values = first if isinstance(first, list) else [part.value for part in loaded]
    return document
