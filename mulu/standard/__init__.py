"""Load a standard folder; find a schema, a code list, a rule, a mapping in it.

A standard is plain files: nothing in it is executed. The engine knows no field name of any standard but `kind`,
`source` and `x-…`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mulu.standard.clauses import Clause, read_clauses
from mulu.standard.codes import Code, CodeList, CodeLists
from mulu.standard.examples import Example
from mulu.standard.extends import chain
from mulu.standard.folder import Header, Level, Relaxation, builtin_folder, digest, files, refuse_closed
from mulu.standard.names import OtherNames, read_names
from mulu.standard.rules import Rule, read_rules
from mulu.standard.schemas import Property, Schemas
from mulu.standard.statistics import read_statistics
from mulu.standard.written import read_object

if TYPE_CHECKING:
    from mulu.standard.mapping_reader import Mappings
    from mulu.standard.migrations import Migration

__all__ = [
    "Clause",
    "Code",
    "CodeList",
    "CodeLists",
    "Example",
    "Level",
    "Property",
    "Relaxation",
    "Rule",
    "Schemas",
    "Standard",
    "load",
]


@dataclass(frozen=True)
class Standard:
    """A standard: its header at once, its parts when they are first asked for.

    `roots` are the folders that make it up, what it extends first: of two files of one name the later counts.
    `below` is the standard that it extends.
    """

    roots: tuple[Path, ...]
    header: Header
    below: "Standard | None" = None

    @classmethod
    def load(cls, root: Path | str | None = None) -> "Standard":
        """Load the standard in the folder `root`, or the built-in one, with all that it extends.

        The built-in one is read once a process. Raises `BadStandard` if the folder holds none.
        """
        found: Standard | None = None
        roots: tuple[Path, ...] = ()
        for folder, header in chain(builtin_folder() if root is None else Path(root)):
            roots = (*roots, folder)
            if roots == (builtin_folder(),):
                found = _builtin(header)
            else:
                refuse_closed(folder)
                found = cls(roots, header, found)
        assert found is not None  # the chain ends with the folder itself
        return found

    @property
    def layers(self) -> list["Standard"]:
        """The standard behind all that it extends, the outermost of them first."""
        return [*(self.below.layers if self.below is not None else []), self]

    def read(self) -> None:
        """Read every part now; raises `BadStandard` for the first file that is wrong."""
        _ = self.schemas.resources, self.rules, self.statistics, self.migrations, self.clauses, self.names, self.sha256
        for parts in (self.codes, self.mappings):
            for name in parts:
                _ = parts[name]

    @cached_property
    def codes(self) -> CodeLists:
        """The code lists."""
        return CodeLists(self.roots)

    @cached_property
    def schemas(self) -> Schemas:
        """The schemas."""
        return Schemas(self.roots, self.header.base, self.codes, self.header.levels)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules, by name; the examples of one are built on the examples that its own folder sees."""
        below = self.below.rules if self.below is not None else {}
        return dict(sorted((below | read_rules(self.roots[-1], self.header.levels, self.examples)).items()))

    @cached_property
    def statistics(self) -> dict[str, Rule]:
        """The figures of a whole catalog, by name; each is asked like a rule."""
        return read_statistics(self.roots, self.header.levels)

    @cached_property
    def migrations(self) -> "list[Migration]":
        """The migrations that the standard's own folder declares, the earliest version first."""
        from mulu.standard.migrations import read_migrations

        return read_migrations(self.roots[-1])

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clauses of the documents that the standard rests on, as its own folder lists them."""
        return read_clauses(self.roots[-1])

    @cached_property
    def names(self) -> list[OtherNames]:
        """What properties are called elsewhere, as this folder and all that it builds on list it."""
        return [*(self.below.names if self.below is not None else ()), *read_names(self.roots[-1])]

    @cached_property
    def examples(self) -> "Examples":
        """A whole and right entry of each kind, by kind."""
        return Examples(self.roots)

    @cached_property
    def mappings(self) -> "Mappings":
        """The mappings of legacy formats, by the format's name."""
        from mulu.standard.mapping_reader import Mappings

        return Mappings(self.roots)

    @cached_property
    def levels(self) -> dict[str, Level]:
        """The levels, from the first to the last, by name."""
        return {level.id: level for level in self.header.levels}

    @cached_property
    def sha256(self) -> str:
        """What tells this state of the standard from every other."""
        return digest(self.roots)


@cache
def _builtin(header: Header) -> Standard:
    """Return the built-in standard, whose files nothing changes while a process runs."""
    return Standard((builtin_folder(),), header)


class Examples(Mapping[str, Any]):
    """The example entries of the kinds, each read when it is first asked for; raises `BadStandard` if it is none."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._paths = {path.stem: path for root in roots for path in files(root, "schemas", "examples/*.json")}
        self._read: dict[str, Any] = {}

    def __getitem__(self, kind: str) -> Any:
        if kind not in self._read:
            self._read[kind] = read_object(self._paths[kind])
        return self._read[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


load = Standard.load
