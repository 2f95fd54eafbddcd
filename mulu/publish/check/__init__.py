"""Hold a standard folder to what a standard must be: `mulu standard check`.

Each part is read file by file, so that one fault does not hide the others. What needs the standard as a whole
(rules run over their examples, mappings over their samples) is done once all files can be read.
"""

from collections.abc import Iterator
from pathlib import Path

from mulu.errors import BadStandard
from mulu.publish.check.codes import code_flaws
from mulu.publish.check.examples import example_flaws
from mulu.publish.check.extends import extension_flaws
from mulu.publish.check.flaws import Flaw, of_error
from mulu.publish.check.mappings import mapping_flaws
from mulu.publish.check.rules import rule_flaws
from mulu.publish.check.samples import sample_flaws
from mulu.publish.check.schemas import schema_flaws
from mulu.publish.check.stray import stray_flaws
from mulu.standard import Standard, load
from mulu.standard.folder import builtin_folder

__all__ = ["Flaw", "check"]


def check(root: Path | None = None) -> list[Flaw]:
    """Return what is wrong with the standard in `root`, or the built-in one, by file and line.

    Only the files of the folder itself are judged, each in the light of all that it extends. Raises `BadStandard` if
    the folder holds no standard at all, `MissingExtra` if what reads SQL is not installed.
    """
    folder = builtin_folder() if root is None else root
    try:
        standard = load(folder)
    except BadStandard as error:
        if not (folder / "standard.toml").is_file():
            raise
        return [of_error(error)]
    return sorted(set(_flaws(standard)), key=lambda flaw: flaw.order)


def _flaws(standard: Standard) -> Iterator[Flaw]:
    yield from stray_flaws(standard)
    broken = False
    for part in (schema_flaws, code_flaws, rule_flaws, mapping_flaws):
        try:
            for flaw in part(standard):
                broken = broken or flaw.stops
                yield flaw
        except BadStandard as error:
            broken = True
            yield of_error(error)
    if broken:
        return
    try:
        yield from example_flaws(standard)
        yield from extension_flaws(standard)
        yield from sample_flaws(standard)
    except BadStandard as error:
        yield of_error(error)
