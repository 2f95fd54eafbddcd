"""What a change between two versions of a standard does to those who keep to it."""

from dataclasses import dataclass

from mulu.texts import Text

BREAKING, TIGHTENING, LOOSENING, DOCUMENTATION = "breaking", "tightening", "loosening", "documentation"
CLASSES = (BREAKING, TIGHTENING, LOOSENING, DOCUMENTATION)
"""What was right must be written anew · may be refused · what was refused is taken, or more can be said · only words.

From the gravest to the slightest.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its class, the file's part it is in with a path (`schemas/resource/title/maxLength`), a sentence.

    `soft`: what it newly asks for is no more than a warning. `unsure`: looking cannot tell whether more or less is
    asked than before, so that it counts as breaking.
    """

    kind: str
    where: str
    text: Text
    soft: bool = False
    unsure: bool = False

    @property
    def weight(self) -> str:
        """Which number of the version it raises: `major`, `minor` or `patch` (Semantic Versioning 2.0.0).

        An entry that was accepted and may now be refused is an incompatible change, for whoever writes entries.
        """
        if self.kind == BREAKING or (self.kind == TIGHTENING and not self.soft):
            return "major"
        return "patch" if self.kind == DOCUMENTATION else "minor"


def breaking(where: str, zh: str, en: str) -> Change:
    """Return a change after which what was right must be written in another way."""
    return Change(BREAKING, where, Text(zh, en))


def tightening(where: str, zh: str, en: str, *, soft: bool = False) -> Change:
    """Return a change by which something that was accepted may be refused, or, if `soft`, warned of."""
    return Change(TIGHTENING, where, Text(zh, en), soft=soft)


def loosening(where: str, zh: str, en: str) -> Change:
    """Return a change by which more is accepted than before."""
    return Change(LOOSENING, where, Text(zh, en))


def documentation(where: str, zh: str, en: str) -> Change:
    """Return a change of words alone."""
    return Change(DOCUMENTATION, where, Text(zh, en))


def unsure(where: str, zh: str, en: str) -> Change:
    """Return a change of which looking cannot tell whether it asks for more or for less."""
    return Change(
        BREAKING,
        where,
        Text(f"{zh}（看不出收紧还是放宽，按不兼容计）", f"{en} (tightening or loosening unknown, counts as breaking)"),
        unsure=True,
    )
