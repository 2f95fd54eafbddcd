"""Recipes of samples: what they make has no fault, and each planted fault is found as it is written down, alone."""

from collections.abc import Iterator

from mulu.publish.check.examples import DAY
from mulu.publish.check.flaws import Flaw, Lines
from mulu.sample import Planter, Recipes, Sample, planters
from mulu.sample.recipes import FOLDER
from mulu.scratch import scratch
from mulu.standard import Standard
from mulu.standard.folder import files
from mulu.validate import Options, Validation

_CLEAN = 30
_Place = tuple[int, str, str]


def sample_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the recipes, if the standard's own folder holds any; raises `BadStandard`."""
    if not files(standard.roots[-1], "schemas", f"{FOLDER}/**/*.yaml"):
        return
    recipes = Recipes(standard)
    known = planters(recipes)
    for rule in standard.rules.values():
        if rule.id not in known and "none" not in recipes.faults.get(rule.id, ({}, {}, {}))[1]:
            yield Lines(rule.path).info(
                "/id",
                f"样例目录里没有 {rule.id} 的故障（schemas/{FOLDER}/faults/）",
                f"no sample holds a fault of {rule.id} (schemas/{FOLDER}/faults/)",
            )
    sample = _sample(recipes, known)
    expected = {(item.line, item.rule, item.pointer) for item in sample.found()}
    found = _found(standard, sample)
    planted = {line: planter for planter, lines in sample.places() for line in lines}
    for place in sorted(found ^ expected):
        line, name, pointer = place
        yield _flaw(recipes, planted.get(line), _kind(sample, line), name, pointer, more=place in found)


def _sample(recipes: Recipes, known: dict[str, Planter]) -> Sample:
    """Return a sample that holds each fault once."""
    broken = dict.fromkeys(recipes.kinds, 0)
    for planter in known.values():
        for part in planter.parts:
            broken[part.kind] += 1
    counts = {kind: 3 * number + _CLEAN for kind, number in broken.items()}
    return Sample(recipes, counts, 1, len(known))


def _found(standard: Standard, sample: Sample) -> set[_Place]:
    with scratch() as folder:
        file = folder / "sample.jsonl"
        with file.open("wb") as stream:
            for lines in sample.lines():
                stream.write(lines)
        run = Validation(standard, Options(standard.header.levels[-1].id, DAY), folder)
        try:
            for _ in run.add(file, file.name):
                pass
            report = run.finish()
            return {(item["source"]["line"], item["rule"], item["pointer"]) for item in report.findings}
        finally:
            run.close()


def _kind(sample: Sample, line: int) -> str:
    for kind, count in sample.counts.items():
        if line <= count:
            return kind
        line -= count
    raise LookupError(line)


def _flaw(recipes: Recipes, planter: Planter | None, kind: str, rule: str, pointer: str, *, more: bool) -> Flaw:
    where = pointer or "/"
    if planter is None:
        recipe = recipes.kinds[kind]
        return Lines(recipe.path, recipe.positions).error(
            f"/entry{pointer}",
            f"编出的 {kind} 有问题：{rule}，{where}",
            f"a {kind} that is made up breaks {rule} at {where}",
        )
    if planter.rule in recipes.faults:
        path, _, positions = recipes.faults[planter.rule]
        lines, at = Lines(path, positions), f"/{planter.rule}"
    else:
        lines, at = Lines(recipes.standard.rules[planter.rule].path), "/fail"
    if more:
        return lines.error(
            at,
            f"样例目录中 {planter.rule} 的故障还引出 {rule}，{where}：请写在 also 中",
            f"in a sample the fault of {planter.rule} also breaks {rule} at {where}: say so under also",
        )
    return lines.error(
        at,
        f"样例目录中 {planter.rule} 的故障没有引出 {rule}，{where}",
        f"in a sample the fault of {planter.rule} does not break {rule} at {where}",
    )
