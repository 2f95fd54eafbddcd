"""Migrations: how entries of one version of a standard become entries of the next, as data.

`schemas/migrations/<name>.yaml` of the new version says from which version to which, and lists steps. A step is for one
kind, says why in both languages, and does one of five things:

    move: /a/b        to: /c/d                     a property renamed, or moved to another object
    recode: /a        codes: {old: new}            other values; null for one that nothing replaces, which is then lost
    split: /a         pattern: …  to: {part: /b}   one text into several, by the named groups of a pattern
    default: /a       value: …                     a value where there is none
    remove: /a                                     a property that has no place any more, whose value is lost

Pointers are JSON Pointers with `*` for each element of an array. The steps are done in the order of the file.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mulu.errors import BadStandard
from mulu.pointer import Json, pointer_of, steps_of
from mulu.standard.folder import NO_TEXTS, files, read_yaml, text_of
from mulu.texts import Text, shown

MEMBERS = {
    "move": {"to"},
    "recode": {"codes"},
    "split": {"pattern", "to"},
    "default": {"value"},
    "remove": set[str](),
}
"""What a step does -> what it says beside `kind` and `why`."""

Path_ = tuple[str, ...]
"""The steps of a pointer, `*` for the positions of arrays."""

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_MOST = 1_000
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `verb` of `MEMBERS` at the property `at` of the entries of a kind.

    `to` has where the value goes, by the name of the group of `pattern` for a split, by `""` for a move.
    """

    kind: str
    verb: str
    at: Path_
    why: Text
    line: int | None
    to: dict[str, Path_] = field(default_factory=dict)
    codes: dict[str, Json] = field(default_factory=dict)
    pattern: str = ""
    value: Json = None

    @property
    def told(self) -> str:
        """The step in few words: `move /a → /b`."""
        to = ", ".join(pointer_of(path) for path in self.to.values())
        return f"{self.verb} {pointer_of(self.at)}" + (f" → {to}" if to else "")


class Migration(NamedTuple):
    """The steps from one version to another, in their order."""

    path: Path
    old: str
    new: str
    why: Text
    steps: tuple[Step, ...]


def numbers_of(version: str) -> tuple[int, int, int] | None:
    """Return the three numbers of a version (Semantic Versioning 2.0.0), `None` if it is none."""
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def read_migrations(root: Path) -> list[Migration]:
    """Read the migrations of one folder, the earliest version first; raises `BadStandard`."""
    found = [read_migration(path) for path in files(root, "schemas", "migrations/*.yaml")]
    return sorted(found, key=lambda one: (numbers_of(one.new) or (0, 0, 0), one.path.name))


def read_migration(path: Path) -> Migration:
    """Read one migration; raises `BadStandard` with the line of what is wrong."""
    data, positions = read_yaml(path)

    def fault(pointer: str, zh: str, en: str) -> BadStandard:
        line, column = positions.get(pointer, (1, 1))
        return BadStandard(str(path), zh, en, line=line, column=column)

    if not isinstance(data, dict) or set(data) != {"from", "to", "why", "steps"}:
        found = shown(", ".join(map(str, data)) if isinstance(data, dict) else data)
        raise fault(
            "",
            f"迁移须有且只有 from、to、why、steps，现有 {found}",
            f"a migration has from, to, why and steps and nothing else, and there is {found}",
        )
    versions = [numbers_of(str(data[key])) for key in ("from", "to")]
    if versions[0] is None or versions[1] is None or versions[0] >= versions[1]:
        raise fault("/to", "from 和 to 应为 SemVer 版本号，to 较新", "from and to are versions of SemVer, to the later")
    if not isinstance(data["steps"], list) or len(data["steps"]) > _MOST:
        raise fault("/steps", f"steps 应为列表，至多 {_MOST} 步", f"steps is a list of {_MOST} steps at most")
    try:
        why = text_of(data["why"])
    except (KeyError, TypeError):
        raise fault("/why", *(f"why {wanted}" for wanted in NO_TEXTS)) from None
    steps = []
    for number, item in enumerate(data["steps"]):
        here = f"/steps/{number}"
        try:
            steps.append(_step(item, positions.get(here, (1, 1))[0]))
        except _Wrong as wrong:
            raise fault(f"{here}{wrong.pointer}", wrong.zh, wrong.en) from None
    return Migration(path, str(data["from"]), str(data["to"]), why, tuple(steps))


class _Wrong(Exception):
    def __init__(self, pointer: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.pointer, self.zh, self.en = pointer, zh, en


def _step(data: Any, line: int) -> Step:
    verbs = [verb for verb in MEMBERS if isinstance(data, dict) and verb in data]
    if len(verbs) != 1:
        known = ", ".join(MEMBERS)
        raise _Wrong("", f"每一步做且只做一件事：{known}", f"a step does one of {known}")
    verb = verbs[0]
    wanted = {"kind", "why", verb, *MEMBERS[verb]}
    if set(data) != wanted:
        told = ", ".join(sorted(wanted))
        raise _Wrong("", f"{verb} 一步须有且只有 {told}", f"a step that does {verb} has {told}, nothing else")
    try:
        why = text_of(data["why"])
    except (KeyError, TypeError):
        raise _Wrong("/why", *(f"why {wanted}" for wanted in NO_TEXTS)) from None
    at = _path(data[verb], f"/{verb}")
    to = data.get("to", {})
    found = Step(
        str(data["kind"]),
        verb,
        at,
        why,
        line,
        {"": _target(to, at, "/to")} if verb == "move" else {},
        value=data.get("value"),
    )
    if verb == "split":
        return _split(data, found)
    if verb == "recode":
        return _recode(data["codes"], found)
    if verb == "default" and found.value is None:
        raise _Wrong("/value", "value 不能为空：写出缺省值", "value cannot be null: say what is to stand there")
    return found


def _split(data: dict[str, Any], found: Step) -> Step:
    import re2

    pattern, to = data["pattern"], data["to"]
    if not isinstance(pattern, str) or len(pattern) > _LONGEST:
        zh, en = f"正则式应为文字，至多 {_LONGEST} 个字符", f"the pattern is a text of {_LONGEST} characters at most"
        raise _Wrong("/pattern", zh, en)
    options = re2.Options()
    # Otherwise the library writes on standard error, too.
    options.log_errors = False
    try:
        groups = re2.compile(pattern, options).groupindex
    except re2.error as error:
        # The library tells why in bytes.
        why = shown(error.args[0].decode("utf-8", "replace"))
        raise _Wrong("/pattern", f"正则式不能用：{why}", f"the pattern: {why}") from None
    if not isinstance(to, dict) or not to or set(to) != set(groups):
        named = ", ".join(groups)
        raise _Wrong(
            "/to",
            f"to 应为每个命名组写出去处：{named}",
            f"to says for each named group of the pattern where it goes: {named}",
        )
    places = {name: _target(pointer, found.at, f"/to/{name}") for name, pointer in to.items()}
    return Step(found.kind, found.verb, found.at, found.why, found.line, places, pattern=pattern)


def _recode(codes: Any, found: Step) -> Step:
    if not isinstance(codes, dict) or not codes or any(isinstance(value, dict | list) for value in codes.values()):
        raise _Wrong("/codes", "codes 应为 {旧值: 新值}", "codes is {old value: new value}")
    return Step(found.kind, found.verb, found.at, found.why, found.line, codes=codes)


def _path(pointer: Any, where: str) -> Path_:
    if not isinstance(pointer, str) or not pointer.startswith("/") or "" in steps_of(pointer):
        raise _Wrong(
            where, f"应为指针，如 /a/*/b：{shown(pointer)}", f"a pointer is wanted, such as /a/*/b: {shown(pointer)}"
        )
    return tuple(steps_of(pointer))


def _target(pointer: Any, at: Path_, where: str) -> Path_:
    """Return where a value goes: within the same element of each array that it stands in."""
    found = _path(pointer, where)
    stars = len(at) - at[::-1].index("*") if "*" in at else 0
    if found[:stars] != at[:stars] or "*" in found[stars:] or at[stars:] == ():
        raise _Wrong(
            where,
            f"{pointer} 不在 {pointer_of(at)} 的同一个数组元素中",
            f"{pointer} is not in the same element of an array as {pointer_of(at)}",
        )
    return found
