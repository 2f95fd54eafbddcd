"""The examples that prove a rule: small catalogs, written whole or as a kind's example with changes."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import orjson

from mulu.errors import BadStandard
from mulu.pointer import pointer_step, steps_of
from mulu.standard.folder import NO_TEXTS, read_yaml, text_of
from mulu.texts import Text, did_you_mean, shown
from mulu.yaml import position_of


class Example(NamedTuple):
    """A catalog that a rule passes or fails; `at` lists (position of the entry, pointer) of what is to be found."""

    name: Text
    entries: tuple[Mapping[str, Any], ...]
    at: tuple[tuple[int, str], ...]


class Examples:
    """Reads the examples of a rule and names the line of each fault."""

    def __init__(self, path: Path, kinds: Mapping[str, Any]) -> None:
        self.path, self.kinds = path, kinds
        self.data, self.positions = read_yaml(path)

    def fault(self, pointer: str, zh: str, en: str) -> NoReturn:
        line, column = position_of(self.positions, pointer) or (1, 1)
        raise BadStandard(str(self.path), zh, en, line=line, column=column)

    def of(self, key: str) -> tuple[Example, ...]:
        """Return the examples under `key` (pass, fail); raises `BadStandard`."""
        examples = self._list(f"/{key}", self.data[key])
        return tuple(self._example(f"/{key}/{number}", example) for number, example in enumerate(examples))

    def _example(self, here: str, data: Any) -> Example:
        self._keys(here, data, {"name", "entries"}, {"at"})
        try:
            name = text_of(data["name"])
        except (KeyError, TypeError):
            self.fault(f"{here}/name", *(f"name {wanted}" for wanted in NO_TEXTS))
        entries = self._list(f"{here}/entries", data["entries"])
        at = self._list(f"{here}/at", data.get("at", []))
        return Example(
            name,
            tuple(self._entry(f"{here}/entries/{number}", entry) for number, entry in enumerate(entries)),
            tuple(self._place(f"{here}/at/{number}", place, len(entries)) for number, place in enumerate(at)),
        )

    def _place(self, here: str, data: Any, entries: int) -> tuple[int, str]:
        self._keys(here, data, {"entry", "path"}, set())
        entry = data["entry"]
        if not isinstance(entry, int) or isinstance(entry, bool):
            self.fault(
                f"{here}/entry",
                f"entry 应为不带引号的序号，从 0 数起，不能是 {_written(entry)}",
                f"entry is a number without quotes that counts from 0, not {_written(entry)}",
            )
        if not 0 <= entry < entries:
            self.fault(
                f"{here}/entry",
                f"没有第 {shown(entry)} 条；entry 是 entries 中的序号，从 0 数起",
                f"there is no entry {shown(entry)}; entry counts those under entries from 0",
            )
        return entry, self._pointer(f"{here}/path", data["path"], has_steps=False)

    def _entry(self, here: str, data: Any) -> Mapping[str, Any]:
        """Return an entry that is written whole, or as its kind's example with some values set and some removed."""
        if not isinstance(data, dict):
            self.fault(here, "条目应为一个映射", "an entry is a mapping")
        if "like" not in data:
            return dict(data)
        self._keys(here, data, {"like"}, {"set", "remove"})
        kind = data["like"]
        if kind not in list(self.kinds):
            near = did_you_mean(str(kind), self.kinds)
            self.fault(
                f"{here}/like",
                f"没有种类 {shown(kind)} 的示例 schemas/examples/{shown(kind)}.json{near.zh}",
                f"there is no example of the kind {shown(kind)}, schemas/examples/{shown(kind)}.json{near.en}",
            )
        # An example is JSON, which is copied ten times as fast by writing and reading it.
        entry = orjson.loads(orjson.dumps(self.kinds[kind]))
        for number, pointer in enumerate(self._list(f"{here}/remove", data.get("remove", []))):
            self._change(f"{here}/remove/{number}", entry, pointer, {"remove": [pointer]})
        changes = data.get("set", {})
        if not isinstance(changes, dict):
            self.fault(f"{here}/set", "set 应写成 {指针: 值}", "set is written {pointer: value}")
        for pointer, value in changes.items():
            self._change(f"{here}/set{pointer_step(str(pointer))}", entry, pointer, {"set": {pointer: value}})
        return dict(entry)

    def _change(self, here: str, entry: Any, pointer: Any, change: Mapping[str, Any]) -> None:
        self._pointer(here, pointer)
        try:
            patched(entry, change)
        except (AttributeError, TypeError, IndexError, ValueError):
            self.fault(
                here,
                f"示例中没有 {pointer} 这个位置；请核对指针，序号从 0 数起",
                f"the example has no such place as {pointer}; look at the pointer, positions count from 0",
            )

    def _pointer(self, here: str, pointer: Any, *, has_steps: bool = True) -> str:
        if not isinstance(pointer, str) or not (pointer.startswith("/") or (not pointer and not has_steps)):
            self.fault(
                here,
                f"{shown(pointer)} 不是 JSON Pointer；应以 / 开头，如 /a/0",
                f"{shown(pointer)} is no JSON Pointer; it begins with /, as /a/0 does",
            )
        return pointer

    def _list(self, here: str, data: Any) -> list[Any]:
        if not isinstance(data, list):
            name = here.rpartition("/")[2]
            self.fault(here, f"{name} 应为列表", f"{name} is a list")
        return data

    def _keys(self, here: str, data: Any, required: set[str], optional: set[str]) -> None:
        known = ", ".join(sorted(required | optional))
        if not isinstance(data, dict):
            self.fault(here, f"此处应为映射，有 {known}", f"a mapping is expected here, of {known}")
        for key in data:
            if key not in required | optional:
                said = shown(key)
                self.fault(
                    here + pointer_step(str(key)),
                    f"不认识的项 {said}；可用：{known}",
                    f"unknown key {said}; known: {known}",
                )
        for key in sorted(required - set(data)):
            self.fault(here, f"缺少 {key}", f"{key} is missing")


def _written(value: Any) -> str:
    """Return a value as a file would have it, a text in quotes."""
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def patched(entry: Any, data: Mapping[str, Any]) -> Any:
    """Change `entry` as an example says, by `set` (pointer: value) and `remove` (pointers), and return it."""
    for pointer in data.get("remove", []):
        *way, last = steps_of(pointer)
        node = _node(entry, way, make=False)
        if isinstance(node, list):
            del node[int(last)]
        elif node is not None:
            node.pop(last, None)
    for pointer, value in data.get("set", {}).items():
        *way, last = steps_of(pointer)
        node = _node(entry, way, make=True)
        node[int(last) if isinstance(node, list) else last] = copy.deepcopy(value)
    return entry


def _node(entry: Any, way: list[str], *, make: bool) -> Any:
    for step in way:
        if isinstance(entry, list):
            entry = entry[int(step)]
        elif entry is None:
            return None
        else:
            entry = entry.setdefault(step, {}) if make else entry.get(step)
    return entry
