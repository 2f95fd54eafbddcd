"""What a new version of a standard does to real catalogs: whose entries it newly refuses, whose it newly accepts.

Both versions validate the same files; an entry is accepted if it has no error that counts at the level. So what is
told is what `mulu validate` would say under each version. Rules that must find the same are run once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mulu.errors import MuluError
from mulu.place import Place
from mulu.publish.verdict import Key, Verdict, refuse_levels, verdict
from mulu.standard import Standard
from mulu.texts import Text, several
from mulu.validate import Options

EXAMPLES = 3
"""How many entries of a rule are shown."""


@dataclass(slots=True)
class Effect:
    """Entries whose fate one rule changes: how many, of which departments, and the first of them as findings."""

    rule: str
    title: Text
    entries: int = 0
    owners: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Side:
    """The entries that only one of the versions refuses, and why it does."""

    entries: set[Key] = field(default_factory=set)
    owners: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Effect] = field(default_factory=dict)


@dataclass(slots=True)
class Impact:
    """What becomes of catalogs; `problems` are the files that could not be compared, and why."""

    entries: int
    rejected: Side
    accepted: Side
    still_rejected: int
    problems: list[MuluError] = field(default_factory=list)


def impact(old: Standard, new: Standard, files: Iterable[tuple[Path, str]], options: Options, folder: Path) -> Impact:
    """Validate files under both versions, and compare; `folder` is for what is needed meanwhile.

    Raises `UsageFault` if a version lacks the level that is asked for.
    """
    refuse_levels(options, old, new)
    named = list(files)
    before = verdict(old, named, options, folder / "old")
    after = verdict(new, named, options, folder / "new", before)
    problems = [*before.problems(), *after.problems()]
    compared = set()
    for number, (was, is_) in enumerate(zip(before.counts, after.counts, strict=True)):
        if was == is_:
            compared.add(number)
        else:
            shown = named[number][1]
            problems.append(
                MuluError(
                    f"{shown}：旧版读出 {was} 条，新版读出 {is_} 条，无法逐条比较；请先用 mulu convert 转成条目",
                    f"{shown}: the old version reads {was} entries from it, the new one {is_}, so they cannot be "
                    "compared; convert it to entries first (mulu convert)",
                )
            )
    refused = [{key for key in run.errors if key[0] in compared} for run in (before, after)]
    return Impact(
        sum(count for number, count in enumerate(before.counts) if number in compared),
        _side(after, refused[1] - refused[0]),
        _side(before, refused[0] - refused[1]),
        len(refused[0] & refused[1]),
        problems,
    )


def _side(run: Verdict, keys: set[Key]) -> Side:
    """Return what refuses the entries: each counts once for each rule that it breaks."""
    side = Side(keys)
    for key in sorted(keys):
        found = run.errors[key]
        owner = found[0]["owner"] or ""
        side.owners[owner] += 1
        for rule in dict.fromkeys(finding["rule"] for finding in found):
            effect = side.rules.setdefault(rule, Effect(rule, run.report.rule(rule).title))
            effect.entries += 1
            effect.owners[owner] += 1
            if len(effect.examples) < EXAMPLES:
                effect.examples.append(next(finding for finding in found if finding["rule"] == rule))
    side.rules = dict(sorted(side.rules.items(), key=lambda item: (-item[1].entries, item[0])))
    return side


def to_dict(found: Impact) -> dict[str, Any]:
    """Return the result as JSON has it."""
    return {
        "entries": found.entries,
        "still_rejected": found.still_rejected,
        "problems": [{"zh": problem.zh, "en": problem.en} for problem in found.problems],
        **{name: _side_dict(side) for name, side in (("rejected", found.rejected), ("accepted", found.accepted))},
    }


def _side_dict(side: Side) -> dict[str, Any]:
    return {
        "entries": len(side.entries),
        "owners": dict(side.owners.most_common()),
        "rules": [
            {
                "rule": effect.rule,
                "title": effect.title.to_dict(),
                "entries": effect.entries,
                "owners": dict(effect.owners.most_common()),
                "examples": effect.examples,
            }
            for effect in side.rules.values()
        ],
    }


_SIDES = {
    "rejected": Text("新版不再接受 {n} 条", "newly rejected: {n}"),
    "accepted": Text("新版转为接受 {n} 条", "newly accepted: {n}"),
}


def lines(found: Impact, language: str) -> Iterator[str]:
    """Yield the result as text."""
    for name, side in (("rejected", found.rejected), ("accepted", found.accepted)):
        yield _SIDES[name].get(language).replace("{n}", str(len(side.entries)))
        for owner, count in side.owners.most_common():
            yield f"  {owner or '—'}  {count}"
        for effect in side.rules.values():
            yield f"  {effect.title.get(language)}  {effect.rule} · {effect.entries}"
            for finding in effect.examples:
                place = _place(finding["source"])
                yield f"    {place}  {finding['entry'] or '—'}  {finding['message'][language]}"
        yield ""
    yield Text(
        f"共 {found.entries} 条，两版都不接受的 {found.still_rejected} 条",
        f"{several(found.entries, 'entry', 'entries')} compared; {found.still_rejected} rejected by both versions",
    ).get(language)


def _place(source: dict[str, Any]) -> str:
    return str(Place(**{name: value for name, value in source.items() if name != "cell"}))
