"""Migrations: texts in both languages, versions in order, and steps that lead to what this version has."""

from collections.abc import Iterator

from mulu.errors import BadStandard
from mulu.publish.check.flaws import Flaw, Lines, is_readable, of_error
from mulu.publish.check.schemas import HAN, LATIN
from mulu.publish.migrate.names import Names, step_faults
from mulu.standard import Standard
from mulu.standard.folder import files
from mulu.standard.migrations import Migration, Step, numbers_of, read_migration
from mulu.texts import Text


def migration_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the migrations of the standard's own folder."""
    found = []
    for path in files(standard.roots[-1], "schemas", "migrations/*.yaml"):
        try:
            found.append(read_migration(path))
        except BadStandard as error:
            yield of_error(error)
    for migration in found:
        yield from _texts(migration)
    own = numbers_of(standard.header.version) or (0, 0, 0)
    chain = sorted(found, key=lambda one: numbers_of(one.new) or own)
    for before, one in zip([None, *chain], chain, strict=False):
        lines = Lines(one.path)
        if (numbers_of(one.new) or own) > own:
            version = standard.header.version
            yield lines.error(
                "/to", f"标准是 {version} 版，还没有 {one.new}", f"the standard is still at version {version}"
            )
        elif before is not None and (numbers_of(one.old) or own) < (numbers_of(before.new) or own):
            name = before.path.name
            yield lines.error("/from", f"与 {name} 的版本重叠", f"its versions overlap with {name}")
    if chain and is_readable(standard):
        told: list[Flaw] = []

        def tell(migration: Migration, step: Step, grave: str, text: Text) -> None:
            told.append(Flaw(grave, str(migration.path), step.line, text.zh, text.en))

        step_faults(Names(standard), chain, tell)
        yield from told


def _texts(migration: Migration) -> Iterator[Flaw]:
    lines = Lines(migration.path)
    whys = [("/why", migration.why), *((f"/steps/{n}/why", step.why) for n, step in enumerate(migration.steps))]
    for pointer, why in whys:
        if not HAN.search(why.zh):
            yield lines.error(pointer, "没有用中文说明理由（why）", "why is missing in Chinese")
        if not LATIN.search(why.en):
            yield lines.error(pointer, "没有用英文说明理由（why）", "why is missing in English")
