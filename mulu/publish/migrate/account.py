"""The ledger of a migration: what became of every value of the old entries, in counts that add up.

    leaves  = carried + moved + changed + merged + lost + set_aside
    written = carried + moved + changed + added

A leaf is what the ledger of a conversion calls one: a value that is neither null nor blank.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from mulu.convert.ledger import SAMPLES
from mulu.mask import mask
from mulu.pointer import Json
from mulu.publish.migrate.steps import ADDED, HEADS
from mulu.standard.migrations import Step
from mulu.texts import several, shown

_NAMES = {
    "zh": {
        "carried": "照原样",
        "moved": "换位置",
        "changed": "换写法",
        "merged": "合并",
        "lost": "丢失",
        "set_aside": "留存未迁移",
        "added": "新增",
    },
    "en": {
        "carried": "as they are",
        "moved": "moved",
        "changed": "changed",
        "merged": "merged",
        "lost": "lost",
        "set_aside": "set aside",
        "added": "added",
    },
}


@dataclass(slots=True)
class _StepAccount:
    entries: int = 0
    values: int = 0
    samples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """The account of one migration."""

    old: str
    new: str
    steps: list[Step]
    entries: int = 0
    entries_aside: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*HEADS, "set_aside", ADDED), 0))
    by_step: list[_StepAccount] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_step = [_StepAccount() for _ in self.steps]

    @property
    def leaves(self) -> int:
        """How many values the old entries hold."""
        return sum(count for head, count in self.counts.items() if head != ADDED)

    @property
    def written(self) -> int:
        """How many values the new entries hold."""
        return sum(self.counts[head] for head in ("carried", "moved", "changed", ADDED))

    def sample(self, step: int, value: Json) -> None:
        """Keep a value that a step found, as an example."""
        samples = self.by_step[step].samples
        if len(samples) < SAMPLES and (text := mask(shown(value))) not in samples:
            samples.append(text)

    def enter(self, size: int, counts: tuple[int, ...] | None, done: Mapping[int, int]) -> None:
        """Enter an entry of `size` values that is carried: its values by head, and how many each step touched."""
        self.entries += 1
        for head, count in zip((*HEADS, ADDED), counts or (size,), strict=False):
            self.counts[head] += count
        for step, values in done.items():
            self.by_step[step].entries += 1
            self.by_step[step].values += values

    def set_aside(self, size: int) -> None:
        """Enter an entry of `size` values that is not carried."""
        self.entries_aside += 1
        self.counts["set_aside"] += size

    def to_dict(self) -> dict[str, Json]:
        """Return the account as `--ledger` writes it."""
        return {
            "from": self.old,
            "to": self.new,
            "entries": self.entries + self.entries_aside,
            "entries_written": self.entries,
            "entries_set_aside": self.entries_aside,
            "leaves": self.leaves,
            **self.counts,
            "written": self.written,
            "steps": [
                {
                    "kind": step.kind,
                    "step": step.told,
                    "why": {**step.why.to_dict()},
                    "entries": one.entries,
                    "values": one.values,
                    "samples": [*one.samples],
                }
                for step, one in zip(self.steps, self.by_step, strict=True)
            ],
        }

    def to_json(self) -> bytes:
        """Return the account as a file."""
        return orjson.dumps(self.to_dict(), option=orjson.OPT_INDENT_2) + b"\n"

    def lines(self, language: str) -> Iterator[str]:
        """Yield the account as text."""
        names, zh = _NAMES[language], language == "zh"
        total = self.entries + self.entries_aside
        told = ("，" if zh else ", ").join(
            f"{names[head]} {count}" for head, count in self.counts.items() if head != ADDED
        )
        if zh:
            yield f"{self.old} → {self.new}：{total} 条，迁移 {self.entries} 条，留存 {self.entries_aside} 条"
            yield f"  {self.leaves} 个值：{told}；另新增 {self.counts[ADDED]}，写出 {self.written}"
        else:
            entries = several(total, "entry", "entries")
            yield f"{self.old} → {self.new}: {entries}, {self.entries} migrated, {self.entries_aside} set aside"
            yield f"  {several(self.leaves, 'value')}: {told}; {self.counts[ADDED]} added, {self.written} written"
        for step, one in zip(self.steps, self.by_step, strict=True):
            yield f"  {step.kind} {step.told} × {one.values}  {step.why.get(language)}"
