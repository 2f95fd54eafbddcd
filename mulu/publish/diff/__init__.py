"""Two versions of a standard: every change, what it does to those who keep to it, and which version it asks for."""

from dataclasses import dataclass

from mulu.publish.diff.changes import CLASSES, Change
from mulu.publish.diff.codes import code_changes
from mulu.publish.diff.rest import help_changes, level_changes, mapping_changes, rule_changes
from mulu.publish.diff.schemas import schema_changes
from mulu.standard import Standard
from mulu.standard.migrations import numbers_of

__all__ = ["CLASSES", "Change", "Diff", "diff"]

_WEIGHTS = ("major", "minor", "patch")


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes from one version to another, gravest first."""

    old: str
    new: str
    changes: tuple[Change, ...]

    @property
    def asked(self) -> str:
        """The least version that the changes ask for (Semantic Versioning 2.0.0); the old one if there are none.

        Below 1.0.0 the second number takes the part of the first (clause 4). `""` if the old one is no such version.
        """
        was = numbers_of(self.old)
        if was is None:
            return ""
        weight = next((name for name in _WEIGHTS if any(change.weight == name for change in self.changes)), None)
        if weight is None:
            return self.old
        number = _WEIGHTS.index(weight) + (was[0] == 0 and weight != "patch")
        return ".".join(map(str, [*was[:number], was[number] + 1, *([0] * (2 - number))]))

    @property
    def is_enough(self) -> bool:
        """Whether the new version is at least the one that is asked for."""
        asked, said = numbers_of(self.asked), numbers_of(self.new)
        return asked is not None and said is not None and said >= asked

    def of_class(self, name: str) -> list[Change]:
        """Return the changes of one class."""
        return [change for change in self.changes if change.kind == name]


def diff(old: Standard, new: Standard) -> Diff:
    """Compare two versions of a standard, each with all that it extends."""
    found = [
        *level_changes(old, new),
        *schema_changes(old, new),
        *code_changes(old, new),
        *rule_changes(old, new),
        *mapping_changes(old, new),
        *help_changes(old, new),
    ]
    # What several schemas take in changes in each; one sentence at one place is one change.
    unique = dict.fromkeys(found)
    return Diff(
        old.header.version,
        new.header.version,
        tuple(sorted(unique, key=lambda change: (CLASSES.index(change.kind), change.where))),
    )
