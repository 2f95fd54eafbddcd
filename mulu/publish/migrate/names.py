"""Whether what migrations name is there: properties and codes of the old version, and in the end of the new one."""

from collections.abc import Callable, Iterable

from mulu.pointer import Json, dumps, pointer_of
from mulu.standard import CodeList, Migration, Standard
from mulu.standard.migrations import Path_, Step
from mulu.texts import Text, shown

Tell = Callable[[Migration, Step, str, Text], None]
"""Told of each fault: where, how grave (`error` or `warning`), what."""


def step_faults(standard: Standard, migrations: Iterable[Migration], tell: Tell, old: Standard | None = None) -> None:
    """Tell what is wrong with migrations that end at the version `standard`.

    With the version `old` that they begin at, what they begin with is looked up too.
    """
    chain = list(migrations)
    steps = [(migration, step) for migration in chain for step in migration.steps]
    known = {kind: _pointers(old, kind) for kind in old.schemas.kinds} if old is not None else None
    for number, (migration, step) in enumerate(steps):

        def told(grave: str, zh: str, en: str, at: tuple[Migration, Step] = (migration, step)) -> None:
            tell(*at, grave, Text(zh, en))

        later = [one for _, one in steps[number + 1 :]]
        if known is not None:
            _begin(old, known, step, told)
        if step.kind in standard.schemas.kinds:
            _end(standard, step, later, told)
        elif not any(one.kind == step.kind and one.verb == "recode" and one.at == ("kind",) for one in [step, *later]):
            told("error", f"没有种类 {step.kind}", f"there is no kind {step.kind}")
        if step.verb == "move" and step.to[""] == step.at:
            told("error", "这一步什么也不做：移到原处", "the step does nothing: it moves to where it is")
        same = [old_code for old_code, new in step.codes.items() if new is not None and _name(new) == old_code]
        if same:
            told("error", f"这一步不改动代码 {same[0]}", f"the step does nothing to the code {same[0]}")


_Told = Callable[[str, str, str], None]


def _begin(old: Standard | None, known: dict[str, set[Path_]], step: Step, told: _Told) -> None:
    """Hold a step to what entries have when it is done, and note what they have after it."""
    assert old is not None
    here = known.get(step.kind)
    if here is None:
        told("error", f"旧版没有种类 {step.kind}", f"the old version has no kind {step.kind}")
        return
    there = step.at in here or (step.at[-1] == "*" and step.at[:-1] in here)
    if step.verb != "default" and not there:
        at = pointer_of(step.at)
        told(
            "error", f"这一步什么也不做：旧版没有属性 {at}", f"the step does nothing: there was no property {at} before"
        )
    codes = codes_at(old, step.kind, step.at)
    if codes is not None:
        for code in step.codes:
            if code not in codes.by_code:
                told(
                    "error",
                    f"这一步什么也不做：旧版代码表 {codes.id} 没有 {code}",
                    f"the step does nothing: the old code list {codes.id} has no {code}",
                )
    if step.verb in ("move", "split", "remove"):
        inside = {path for path in here if path[: len(step.at)] == step.at}
        here -= inside
        for target in step.to.values():
            here |= {target[:length] for length in range(1, len(target) + 1)}
            if step.verb == "move":
                here |= {(*target, *path[len(step.at) :]) for path in inside}
    elif step.verb == "default":
        here.add(step.at)
    elif step.at == ("kind",):
        for new in step.codes.values():
            known.setdefault(str(new), set()).update(here)


def _end(standard: Standard, step: Step, later: list[Step], told: _Told) -> None:
    """Hold a step to the version that it leads to, unless a later one goes on with what it made."""
    known = _pointers(standard, step.kind)
    for target in [step.at] if step.verb == "default" else step.to.values():
        if target not in known and not _taken(target, step.kind, later):
            told("error", f"没有属性 {pointer_of(target)}", f"there is no property {pointer_of(target)}")
    if step.verb in ("move", "split", "remove") and step.at in known and step.at not in step.to.values():
        at = pointer_of(step.at)
        if not any(one.kind == step.kind and step.at in (one.at, *one.to.values()) for one in later):
            told("warning", f"属性 {at} 新版仍有", f"the property {at} is still there in this version")
    codes = codes_at(standard, step.kind, step.at)
    if step.verb == "recode" and not _taken(step.at, step.kind, later) and step.at != ("kind",):
        if step.at not in known and not (step.at[-1] == "*" and step.at[:-1] in known):
            told("error", f"没有属性 {pointer_of(step.at)}", f"there is no property {pointer_of(step.at)}")
        for new in step.codes.values():
            if codes is not None and new is not None and str(new) not in codes.by_code:
                told("error", f"代码表 {codes.id} 没有 {new}", f"the code list {codes.id} has no {new}")
            elif codes is not None and new is not None and codes.by_code[str(new)].status == "retired":
                told("warning", f"代码 {new} 已停用", f"the code {new} is retired")
    if step.verb == "default" and isinstance(step.value, str) and codes and step.value not in codes.by_code:
        told("error", f"代码表 {codes.id} 没有 {step.value}", f"the code list {codes.id} has no {shown(step.value)}")


def _taken(at: Path_, kind: str, later: list[Step]) -> bool:
    """Whether a later step goes on with what stands at a place, or with what it stands in."""
    return any(one.kind == kind and one.verb != "default" and at[: len(one.at)] == one.at for one in later)


def _pointers(standard: Standard, kind: str) -> set[Path_]:
    return {tuple(item.pointer.split("/")[1:]) for item in standard.schemas.properties(kind)}


def codes_at(standard: Standard, kind: str, at: Path_) -> CodeList | None:
    """Return the code list that the value at a place is of, if it is of one."""
    if kind not in standard.schemas.kinds:
        return None
    wanted = pointer_of(at[:-1] if at[-1] == "*" else at)
    item = next((one for one in standard.schemas.properties(kind) if one.pointer == wanted), None)
    if item is None:
        return None
    shape = standard.schemas.shape(item.schema)
    inner = shape.get("items", {}) if at[-1] == "*" else item.schema
    name = inner.get("x-code-list") or standard.schemas.shape(inner).get("x-code-list")
    return standard.codes[name] if isinstance(name, str) and name in standard.codes else None


def _name(value: Json) -> str:
    return value if isinstance(value, str) else dumps(value).decode()
