"""Whether what migrations name is there: properties and codes of the old version, and in the end of the new one."""

from collections.abc import Callable, Iterable

from mulu.pointer import Json, dumps, pointer_of
from mulu.standard import CodeList, Property, Standard
from mulu.standard.migrations import Migration, Path_, Step
from mulu.texts import Text, shown

Tell = Callable[[Migration, Step, str, Text], None]
"""Told of each fault: where, how grave (`error` or `warning`), what."""


class Names:
    """What can be named in a version of a standard: its properties by kind, and the code lists that they are of."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.kinds = set(standard.schemas.kinds)
        self._properties: dict[str, dict[Path_, Property]] = {}

    def properties(self, kind: str) -> dict[Path_, Property]:
        """Return the properties of a kind by their pointers, nested ones after their parent."""
        if kind not in self._properties:
            found = self.standard.schemas.properties(kind)
            self._properties[kind] = {tuple(item.pointer.split("/")[1:]): item for item in found}
        return self._properties[kind]

    def has(self, kind: str, at: Path_) -> bool:
        """Whether there is such a property, or a list of whose elements the pointer speaks."""
        return at in self.properties(kind) or (at[-1] == "*" and at[:-1] in self.properties(kind))

    def codes(self, kind: str, at: Path_) -> CodeList | None:
        """Return the code list that the value at a place is of, if it is of one."""
        item = self.properties(kind).get(at[:-1] if at[-1] == "*" else at) if kind in self.kinds else None
        if item is None:
            return None
        schemas = self.standard.schemas
        inner = schemas.shape(item.schema).get("items", {}) if at[-1] == "*" else item.schema
        name = inner.get("x-code-list") or schemas.shape(inner).get("x-code-list")
        return self.standard.codes[name] if isinstance(name, str) and name in self.standard.codes else None


def step_faults(new: Names, migrations: Iterable[Migration], tell: Tell, old: Names | None = None) -> None:
    """Tell what is wrong with migrations that end at the version `new`.

    With the version `old` that they begin at, what they begin with is looked up too.
    """
    steps = [(migration, step) for migration in migrations for step in migration.steps]
    known = {kind: set(old.properties(kind)) for kind in old.kinds} if old is not None else {}
    for number, (migration, step) in enumerate(steps):

        def told(grave: str, zh: str, en: str, at: tuple[Migration, Step] = (migration, step)) -> None:
            tell(*at, grave, Text(zh, en))

        later = [one for _, one in steps[number + 1 :]]
        if old is not None:
            _begin(old, known, step, told)
        if step.kind in new.kinds:
            _end(new, step, later, told)
        elif not any(one.kind == step.kind and one.verb == "recode" and one.at == ("kind",) for one in [step, *later]):
            told("error", f"没有种类 {step.kind}", f"there is no kind {step.kind}")
        if step.verb == "move" and step.to[""] == step.at:
            told("error", "这一步什么也不做：移到原处", "the step does nothing: it moves to where it is")
        same = [before for before, after in step.codes.items() if after is not None and _name(after) == before]
        if same:
            told("error", f"这一步不改动代码 {same[0]}", f"the step does nothing to the code {same[0]}")


_Told = Callable[[str, str, str], None]


def _begin(old: Names, known: dict[str, set[Path_]], step: Step, told: _Told) -> None:
    """Hold a step to what entries have when it is done, and note what they have after it."""
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
    codes = old.codes(step.kind, step.at)
    for code in step.codes if codes is not None else ():
        if codes is not None and code not in codes.by_code:
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
        for after in step.codes.values():
            known.setdefault(str(after), set()).update(here)


def _end(new: Names, step: Step, later: list[Step], told: _Told) -> None:
    """Hold a step to the version that it leads to, unless a later one goes on with what it made."""
    known = new.properties(step.kind)
    for target in [step.at] if step.verb == "default" else step.to.values():
        if target not in known and not _taken(target, step.kind, later):
            told("error", f"没有属性 {pointer_of(target)}", f"there is no property {pointer_of(target)}")
    if step.verb in ("move", "split", "remove") and step.at in known and step.at not in step.to.values():
        at = pointer_of(step.at)
        if not any(one.kind == step.kind and step.at in (one.at, *one.to.values()) for one in later):
            told("warning", f"属性 {at} 新版仍有", f"the property {at} is still there in this version")
    codes = new.codes(step.kind, step.at)
    if step.verb == "recode" and not _taken(step.at, step.kind, later) and step.at != ("kind",):
        if not new.has(step.kind, step.at):
            told("error", f"没有属性 {pointer_of(step.at)}", f"there is no property {pointer_of(step.at)}")
        for after in step.codes.values() if codes is not None else ():
            if codes is None or after is None:
                continue
            if str(after) not in codes.by_code:
                told("error", f"代码表 {codes.id} 没有 {after}", f"the code list {codes.id} has no {after}")
            elif codes.by_code[str(after)].status == "retired":
                told("warning", f"代码 {after} 已停用", f"the code {after} is retired")
    if step.verb == "default" and isinstance(step.value, str) and codes and step.value not in codes.by_code:
        told("error", f"代码表 {codes.id} 没有 {step.value}", f"the code list {codes.id} has no {shown(step.value)}")


def _taken(at: Path_, kind: str, later: list[Step]) -> bool:
    """Whether a later step goes on with what stands at a place, or with what it stands in."""
    return any(one.kind == kind and one.verb != "default" and at[: len(one.at)] == one.at for one in later)


def _name(value: Json) -> str:
    return value if isinstance(value, str) else dumps(value).decode()
