"""How much of anything is read: a file that asks for more is refused, by the name of the limit."""

from dataclasses import dataclass

from mulu.errors import Unreadable
from mulu.place import Place


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one file. Sizes are in bytes, of text in characters."""

    document_bytes: int = 256 * 2**20
    """Size of a file that is read whole (all but JSON Lines)."""
    record_bytes: int = 16 * 2**20
    """Size of one line of JSON Lines, of one record of a CSV file."""
    depth: int = 64
    """Nesting of objects and arrays in each other."""
    text: int = 2**20
    """Length of one text value or cell."""
    key: int = 2**10
    """Length of one key of an object."""
    digits: int = 400
    """Length of one number."""
    keys: int = 10_000
    """Number of keys in one object."""
    columns: int = 2_000
    sheets: int = 200
    cells: int = 20_000_000
    """Cells of one workbook, counted as its sheets' smallest rectangles that hold all values."""
    members: int = 10_000
    """Files in one archive (a workbook is one)."""
    expanded: int = 2 * 2**30
    """Size of an archive's files together, after expansion."""
    ratio: int = 200
    """How many times larger than the archive its files are together, after expansion."""
    aliases: int = 10_000
    """Values that the aliases of a YAML file may repeat, above the number of values in the file."""
    notices: int = 1_000_000
    """Remarks about one file that are kept; further ones are counted."""
    findings_per_entry: int = 1_000
    """Findings about one entry that are kept; further ones are counted."""
    findings_per_rule: int = 1_000_000
    """Findings of one rule in one run that are kept; further ones are counted."""

    def exceeded(self, limit: str, path: str, zh: str, en: str, *, place: Place | None = None) -> Unreadable:
        """Return the refusal of `path` for what `zh` and `en` say; `limit` names the field."""
        value = getattr(self, limit)
        return Unreadable(
            path,
            f"{zh}（上限 {limit} = {value}；如文件确实无误，可用 --limit {limit}=… 放宽）",
            f"{en} (limit {limit} = {value}; if the file is right, allow more with --limit {limit}=…)",
            place=place,
        )


DEFAULT = Limits()
"""The limits of a run that sets none."""
