"""What a property is called elsewhere: in portals, forms and exports, one line a property, in `schemas/names.csv`.

The columns are `kind`, `property` (its JSON Pointer, `*` for positions) and `names`, apart by `;`; a name inside a
group of columns is written `group › name`. By them the mapping assistant knows columns of formats that nobody wrote a
converter for.
"""

from pathlib import Path
from typing import NamedTuple

from mulu.standard.sheets import lines_of
from mulu.texts import Text

COLUMNS = ("kind", "property", "names")


class OtherNames(NamedTuple):
    """The names of one property elsewhere, with the line of the list."""

    kind: str
    pointer: str
    names: tuple[str, ...]
    line: int


def path_of(root: Path) -> Path:
    """Return where a standard lists the names."""
    return root / "schemas" / "names.csv"


def read_names(root: Path) -> list[OtherNames]:
    """Read the names of one folder, none if it lists none; raises `BadStandard` with the line of what is wrong."""
    found = lines_of(root, path_of(root), COLUMNS, Text("名称表", "the names"))
    return [
        OtherNames(kind, pointer, tuple(name for one in names.split(";") if (name := one.strip())), line)
        for line, (kind, pointer, names) in found
    ]
