"""The entries of one version of a standard made entries of the next, by the migrations that the next declares.

Every entry that the old version accepts is one that the new version accepts, or is set aside with the reason. Both
versions judge the whole catalog, before and after; so what is promised is what `mulu validate` says.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import orjson

from mulu.convert.ledger import leaves_of
from mulu.convert.source import Reject, Sourced, place
from mulu.errors import BadStandard, UsageFault
from mulu.mask import mask
from mulu.place import Place
from mulu.pointer import Json, dumps
from mulu.publish.migrate.account import Account
from mulu.publish.migrate.names import Names, step_faults
from mulu.publish.migrate.steps import ADDED, HEADS, Stopped, carried
from mulu.publish.verdict import refuse_levels, verdict
from mulu.readers import Document
from mulu.standard import Standard
from mulu.standard.migrations import Migration, Step, numbers_of
from mulu.texts import Text, shown
from mulu.validate import Options

__all__ = ["Account", "Migrated", "migrate", "migrations_between"]


@dataclass(slots=True)
class Migrated:
    """What came of a catalog; `aside` has the reasons for each entry, by its number from 1, that is not carried."""

    folder: Path
    account: Account
    places: list[Place]
    aside: dict[int, list[Text]]
    refused_before: int

    def rejects(self) -> Iterator[Reject]:
        """Yield the entries that are set aside, as they were."""
        for number, line in enumerate(_lines(self.folder / "old.jsonl"), 1):
            if number in self.aside:
                reason = Text(
                    "；".join(one.zh for one in self.aside[number]), "; ".join(one.en for one in self.aside[number])
                )
                yield Reject(self.places[number - 1], reason, orjson.loads(line))

    def write(self, stream: BinaryIO) -> None:
        """Write the entries that are carried, in their order."""
        for number, line in enumerate(_lines(self.folder / "new.jsonl"), 1):
            if number not in self.aside:
                stream.write(line)


def migrations_between(old: Standard, new: Standard) -> list[Migration]:
    """Return the migrations that lead from one version to another, in their order, those of what is extended first.

    Raises `UsageFault` if they are no two versions of one standard, the later one second.
    """
    olds = {one.header.id: one for one in old.layers}
    found: list[Migration] = []
    for one in new.layers:
        before = olds.get(one.header.id)
        was, now = numbers_of(before.header.version if before else ""), numbers_of(one.header.version)
        if one is new and (was is None or now is None or was > now):
            raise UsageFault(
                f"{old.header.id} {old.header.version} 到 {new.header.id} {new.header.version}："
                "须是同一标准的两个 SemVer 版本，新版在后",
                f"{old.header.id} {old.header.version} to {new.header.id} {new.header.version}: two versions (SemVer) "
                "of one standard are wanted, the later one second",
            )
        if was is not None and now is not None:
            found += [item for item in one.migrations if was < (numbers_of(item.new) or was) <= now]
    return found


def migrate(
    old: Standard,
    new: Standard,
    entries: Iterable[tuple[Document, Sourced]],
    options: Options,
    folder: Path,
    *,
    allow_loss: bool = False,
) -> Migrated:
    """Carry entries from one version to another; `folder` holds them until they are written.

    With `allow_loss` an entry may lose what a step takes away. Raises `UsageFault`, also if one of the versions could
    not judge every entry, and `BadStandard` for a step that names what the old version never had.
    """
    refuse_levels(options, old, new)
    migrations = migrations_between(old, new)
    _refuse_faults(old, new, migrations)
    steps = [step for migration in migrations for step in migration.steps]
    account = Account(old.header.version, new.header.version, steps)
    work = _Work(folder, account, steps, allow_loss)
    work.carry(entries)
    # Without an entry there is nothing to judge; that a file has none was told when it was read.
    options = replace(options, allow_empty=True)
    before = verdict(old, [(folder / "old.jsonl", "old.jsonl")], options, folder / "old")
    after = verdict(new, [(folder / "new.jsonl", "new.jsonl")], options, folder / "new", before)
    for one in (before, after):
        for problem in one.problems():
            version = one.report.standard.header.version
            raise UsageFault(
                f"没能按版本 {version} 检查全部条目，什么也没有写出：{problem.zh}",
                f"not all entries could be checked against version {version}, so nothing is written: {problem.en}",
            )
    refused = {number for _, number in before.errors}
    for (_, number), found in after.errors.items():
        if number not in refused and number not in work.aside:
            work.aside[number] = [
                Text(
                    f"{said['pointer'] or '/'} {said['message']['zh']}",
                    f"{said['pointer'] or '/'} {said['message']['en']}",
                )
                for said in found
            ]
    work.settle()
    return Migrated(folder, account, work.places, dict(sorted(work.aside.items())), len(refused))


@dataclass(slots=True)
class _Work:
    folder: Path
    account: Account
    steps: list[Step]
    allow_loss: bool
    places: list[Place] = field(default_factory=list)
    aside: dict[int, list[Text]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    """How many values each entry has."""
    counts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Of each entry that a step touches: how many values under each head, then how many were added."""
    done: dict[int, Counter[int]] = field(default_factory=dict)
    """How many values of an entry each step touched, by the step's number."""

    def carry(self, entries: Iterable[tuple[Document, Sourced]]) -> None:
        """Do the steps to each entry, and write both down, a line each."""
        numbers = {id(step): number for number, step in enumerate(self.steps)}
        with (self.folder / "old.jsonl").open("wb") as olds, (self.folder / "new.jsonl").open("wb") as news:
            for number, (document, sourced) in enumerate(entries, 1):
                self.places.append(place(document, sourced.origin, ""))
                self.sizes.append(leaves_of(sourced.entry))
                line = dumps(sourced.entry) + b"\n"
                olds.write(line)
                try:
                    touched = carried(self.steps, sourced.entry)
                except Stopped as stopped:
                    # It stands among the new entries as it was, so that others may refer to it.
                    news.write(line)
                    self.aside[number] = [_reason(stopped.step, stopped.pointer, stopped.reason)]
                    continue
                if not touched.done:
                    news.write(line)
                    continue
                news.write(dumps(touched.entry) + b"\n")
                self.counts[number] = tuple(touched.counts[head] for head in (*HEADS, ADDED))
                self.done[number] = Counter(numbers[id(step)] for step, _, _ in touched.done)
                for step, _, value in touched.done:
                    self.account.sample(numbers[id(step)], value)
                if touched.lost and not self.allow_loss:
                    self.aside[number] = [_reason(step, at, _loss(value)) for step, at, value in touched.lost]

    def settle(self) -> None:
        """Enter each entry in the account, now that it is known which are carried."""
        for number, size in enumerate(self.sizes, 1):
            if number in self.aside:
                self.account.set_aside(size)
            else:
                self.account.enter(size, self.counts.get(number), self.done.get(number, {}))


def _refuse_faults(old: Standard, new: Standard, migrations: list[Migration]) -> None:
    def tell(migration: Migration, step: Step, grave: str, text: Text) -> None:
        if grave == "error":
            raise BadStandard(str(migration.path), f"{step.told}：{text.zh}", f"{step.told}: {text.en}", line=step.line)

    step_faults(Names(new), migrations, tell, Names(old))


def _reason(step: Step, pointer: str, text: Text) -> Text:
    return Text(
        mask(f"{pointer} {text.zh}（{step.told}：{step.why.zh}）"),
        mask(f"{pointer} {text.en} ({step.told}: {step.why.en})"),
    )


def _loss(value: Json) -> Text:
    return Text(f"会丢失 {shown(value)}", f"{shown(value)} would be lost")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream
