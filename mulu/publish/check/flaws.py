"""What is wrong with a standard, and where."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mulu.errors import BadStandard
from mulu.findings import SEVERITIES
from mulu.standard import Standard
from mulu.standard.written import positions_of
from mulu.yaml import Positions, position_of


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of a standard folder: the file, the line as far as there is one, and what is wrong in both languages.

    `stops` says that the file cannot be read, so that nothing that needs the whole standard can be tried.
    """

    severity: str
    path: str
    line: int | None
    zh: str
    en: str
    stops: bool = False

    @property
    def order(self) -> tuple[str, int, int, str]:
        """By which flaws are sorted: file, line, the gravest first."""
        return (self.path, self.line or 0, SEVERITIES.index(self.severity), self.en)

    def text(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en")."""
        return self.en if language == "en" else self.zh


def of_error(error: BadStandard) -> Flaw:
    """Return what a loader refused as a flaw."""
    return Flaw("error", error.path, error.line, error.zh, error.en, stops=True)


def is_readable(standard: Standard) -> bool:
    """Whether schemas and code lists can be read, so that what names them can be checked."""
    try:
        for kind in standard.schemas.kinds:
            standard.schemas.properties(kind)
    except BadStandard:
        return False
    return True


class Lines:
    """Makes the flaws of one file; a pointer that the file does not have stands where its nearest parent does."""

    def __init__(self, path: Path, positions: Positions | None = None) -> None:
        self.path = path
        self._positions = positions

    @cached_property
    def _known(self) -> Positions:
        return positions_of(self.path) if self._positions is None else self._positions

    def has(self, pointer: str) -> bool:
        """Whether the file itself says something there."""
        return pointer in self._known

    def line(self, pointer: str) -> int | None:
        """Return the line of a pointer."""
        found = position_of(self._known, pointer)
        return found[0] if found is not None else None

    def error(self, pointer: str, zh: str, en: str) -> Flaw:
        """Return an error at a pointer."""
        return Flaw("error", str(self.path), self.line(pointer), zh, en)

    def warning(self, pointer: str, zh: str, en: str) -> Flaw:
        """Return a warning at a pointer."""
        return Flaw("warning", str(self.path), self.line(pointer), zh, en)

    def info(self, pointer: str, zh: str, en: str) -> Flaw:
        """Return a remark at a pointer."""
        return Flaw("info", str(self.path), self.line(pointer), zh, en)
