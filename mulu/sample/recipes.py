"""Recipes of a standard: how to make up entries of its kinds, and how to break them.

    schemas/sample/<kind>.yaml     one kind: `count`, `let`, `alone`, `entry`
    schemas/sample/words/<name>.yaml   a list of words, or {codes: LIST, where: {COLUMN: TEXT}, take: COLUMN}
    schemas/sample/faults/<topic>.yaml   rule or check: how it is broken

A later folder of the standard adds to what an earlier one says, name by name; null takes something out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mulu.errors import BadStandard
from mulu.standard import Standard
from mulu.standard.folder import files, read_yaml
from mulu.texts import Text, shown
from mulu.yaml import Positions, position_of

FOLDER = "sample"
_KEYS = {"count", "let", "alone", "entry"}
_MERGED = ("let", "alone", "entry")


@dataclass(slots=True)
class Recipe:
    """How entries of one kind are made; `paths` holds the file of each part, with its positions."""

    kind: str
    path: Path
    positions: Positions
    count: str = "0"
    let: dict[str, Any] = field(default_factory=dict)
    alone: dict[str, Any] = field(default_factory=dict)
    """Names that have another value in an entry that no other entry counts on."""
    entry: dict[str, Any] = field(default_factory=dict)

    def fault(self, pointer: str, zh: str, en: str) -> BadStandard:
        """Return what is wrong with the recipe, with the line of `pointer` or of what it stands in."""
        return fault_at(self.path, self.positions, pointer, zh, en)


@dataclass(frozen=True)
class Recipes:
    """What a standard says of samples."""

    standard: Standard

    @cached_property
    def kinds(self) -> dict[str, Recipe]:
        """The recipes, by kind, in the order in which a sample holds them: that of their file's names."""
        found: dict[str, Recipe] = {}
        for path, data, positions in self._files("*.yaml"):
            kind = path.stem
            if kind not in self.standard.schemas.kinds:
                raise fault_at(path, positions, "", f"标准没有种类 {kind}", f"the standard has no kind {kind}")
            for key in sorted(set(data) - _KEYS):
                raise fault_at(path, positions, f"/{key}", f"配方没有 {key}", f"a recipe has no {key}")
            recipe = found.setdefault(kind, Recipe(kind, path, positions))
            recipe.path, recipe.positions = path, positions
            recipe.count = str(data.get("count", recipe.count))
            for key in _MERGED:
                own = data.get(key, {})
                if not isinstance(own, dict):
                    raise fault_at(path, positions, f"/{key}", f"{key} 应为映射", f"{key} is a mapping")
                joined = getattr(recipe, key) | own
                setattr(recipe, key, {name: item for name, item in joined.items() if item is not None})
        return found

    @cached_property
    def words(self) -> "Words":
        """The lists of words."""
        return Words(self.standard, {path.stem: (path, data, at) for path, data, at in self._files("words/*.yaml")})

    @cached_property
    def faults(self) -> dict[str, tuple[Path, dict[str, Any], Positions]]:
        """What is said of how a rule or check is broken: the file, what it says, and the positions in it."""
        found: dict[str, tuple[Path, dict[str, Any], Positions]] = {}
        for path, data, positions in self._files("faults/*.yaml"):
            for name, said in data.items():
                if not isinstance(said, dict):
                    raise fault_at(path, positions, f"/{name}", "此处应为映射", "a mapping is wanted here")
                found[name] = (path, said, positions)
        return found

    def _files(self, pattern: str) -> list[tuple[Path, Any, Positions]]:
        found = []
        for root in self.standard.roots:
            for path in files(root, "schemas", f"{FOLDER}/{pattern}"):
                data, positions = read_yaml(path)
                if not isinstance(data, dict) and not (isinstance(data, list) and pattern.startswith("words")):
                    raise fault_at(path, positions, "", "内容应为映射", "the file holds a mapping")
                found.append((path, data, positions))
        return found


@dataclass(frozen=True)
class Words:
    """Lists of words, those taken from code lists made when they are asked for."""

    standard: Standard
    written: Mapping[str, tuple[Path, Any, Positions]]
    _made: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """Return the list of that name; raises `KeyError` if there is none, `BadStandard` if it is written wrongly."""
        if name not in self._made:
            path, data, positions = self.written[name]
            self._made[name] = self._from_codes(path, data, positions) if "codes" in data else data
        return self._made[name]

    def _from_codes(self, path: Path, data: Any, positions: Positions) -> list[Any]:
        for key in sorted(set(data) - {"codes", "where", "take"}):
            raise fault_at(path, positions, f"/{key}", f"词表没有 {key}", f"a list of words has no {key}")
        codes = self.standard.codes[str(data["codes"])]
        where = {name: str(text or "") for name, text in data.get("where", {}).items()}
        for name in [*where, *filter(None, [data.get("take")])]:
            if name not in codes.columns:
                raise fault_at(
                    path, positions, "", f"代码表 {codes.id} 没有列 {name}", f"{codes.id} has no column {name}"
                )
        rows = [code.fields for code in codes.codes]
        rows = [row for row in rows if all(row[name] == text for name, text in where.items())]
        if not rows:
            raise fault_at(path, positions, "", "没有这样的行", "no row is like that")
        if "take" in data:
            return [row[data["take"]] for row in rows]
        return [{name.replace(".", "_"): text for name, text in row.items()} for row in rows]


def fault_at(path: Path, positions: Positions, pointer: str, zh: str, en: str) -> BadStandard:
    """Return what is wrong at a pointer of a file, with its line, or that of what holds it."""
    line, column = position_of(positions, pointer) or (None, None)
    return BadStandard(str(path), zh, en, line=line, column=column)


def reason(error: BaseException) -> Text:
    """Return what is told of a recipe that could not be followed: what it names, or what of it cannot be."""
    if isinstance(error, KeyError):
        name = shown(error.args[0]) if error.args else "—"
        return Text(f"没有 {name}", f"there is no {name}")
    if isinstance(error, IndexError):
        return Text("列表里没有这么多项", "a list has fewer members than are asked for")
    if isinstance(error, ZeroDivisionError):
        return Text("要从空的列表或 0 个中选取", "something is to be taken of an empty list, or of none")
    return Text("此处有值的类型不对", "a value here is of another type than it should be")
