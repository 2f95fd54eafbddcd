"""The steps of migrations, done to one entry, with what became of each of its values.

A value that a step touches is wrapped on the spot, so that what becomes of it is known at the end however many steps
touch it; what no step touches stays as it is and is counted as carried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mulu.convert.ledger import leaves_of
from mulu.convert.values import is_blank
from mulu.pointer import Json, copied, dumps, pointer_of, steps_of
from mulu.standard.migrations import Path_, Step
from mulu.texts import Text, shown

CARRIED, MOVED, CHANGED, MERGED, LOST = "carried", "moved", "changed", "merged", "lost"
HEADS = (CARRIED, MOVED, CHANGED, MERGED, LOST)
"""As it was · in another place · another value · made equal to one beside it, of which one is kept · gone by a step."""
ADDED = "added"

_BY_POINTER = ("original", "at")
"""What the source record tells of single values: their spelling, the place that they were read from."""

Path = tuple[str | int, ...]


class Stopped(Exception):
    """A step that cannot be done to an entry: which, at which pointer, and why in both languages."""

    def __init__(self, step: Step, path: Path, zh: str, en: str) -> None:
        super().__init__(en)
        self.step, self.pointer, self.reason = step, pointer_of(path), Text(zh, en)


@dataclass(slots=True)
class Touched:
    """What steps did to an entry: values by `HEADS` and `ADDED`, what each step did, and where something was lost."""

    entry: Json
    counts: dict[str, int]
    done: list[tuple[Step, str, Json]] = field(default_factory=list)
    lost: list[tuple[Step, str, Json]] = field(default_factory=list)


class _Leaf:
    __slots__ = ("head", "value")

    def __init__(self, value: Json, head: str) -> None:
        self.value, self.head = value, head


def carried(steps: list[Step], entry: Json) -> Touched:
    """Do the steps to an entry, which is left as it is, and return what came of it; raises `Stopped`."""
    hand = _Hand(entry)
    for step in steps:
        if isinstance(hand.entry, dict) and _plain(hand.entry.get("kind")) == step.kind:
            hand.do(step)
    return hand.finished()


class _Hand:
    """An entry in work."""

    def __init__(self, entry: Json) -> None:
        self.entry: Any = entry
        self.is_own = False
        self.counts = dict.fromkeys((*HEADS, ADDED), 0)
        self.done: list[tuple[Step, str, Json]] = []
        self.lost: list[tuple[Step, str, Json]] = []

    def do(self, step: Step) -> None:
        found = list(_places(self.entry, step.at, step.verb == "default"))
        if not found:
            return
        if not self.is_own:
            self.entry, self.is_own = copied(self.entry), True
        for path in reversed(found):
            # From the last to the first, so that positions in arrays hold while elements are taken out.
            getattr(self, f"_{step.verb}")(step, path)

    def _note(self, step: Step, path: Path, value: Any) -> None:
        self.done.append((step, pointer_of(path), _plain(value)))

    def _move(self, step: Step, path: Path) -> None:
        target = _filled(step.to[""], path)
        value = self._taken(path)
        self._put(step, path, target, _marked(value, MOVED))
        self._note(step, path, value)
        self._repoint(path, target)

    def _default(self, step: Step, path: Path) -> None:
        holder = _at(self.entry, path[:-1])
        if isinstance(holder, dict) and is_blank(_plain(holder.get(str(path[-1])))):
            holder[str(path[-1])] = _marked(step.value, ADDED)
            self._note(step, path, step.value)

    def _remove(self, step: Step, path: Path) -> None:
        self._lose(step, path, self._taken(path))

    def _split(self, step: Step, path: Path) -> None:
        import re2

        value = _plain(_at(self.entry, path))
        match = re2.fullmatch(step.pattern, value) if isinstance(value, str) else None
        if match is None:
            raise Stopped(
                step,
                path,
                f"值 {shown(value)} 不合拆分的写法",
                f"the value {shown(value)} does not fit the pattern that splits it",
            )
        parts = [(place, match[name]) for name, place in step.to.items() if match[name]]
        if not parts:
            raise Stopped(step, path, "拆分后什么也没有", "nothing is left of the value when it is split")
        taken = self._taken(path)
        head = ADDED if isinstance(taken, _Leaf) and taken.head == ADDED else CHANGED
        for place, part in parts:
            self._put(step, path, _filled(place, path), _Leaf(part, head))
            # One value of the old entry has become the first part; the others are more than it had.
            head = ADDED
        self._note(step, path, value)

    def _recode(self, step: Step, path: Path) -> None:
        holder, last = _at(self.entry, path[:-1]), path[-1]
        value = _plain(holder[last])
        name = value if isinstance(value, str) else dumps(value).decode()
        if name not in step.codes:
            return
        new = step.codes[name]
        if new is None:
            self._lose(step, path, self._taken(path))
            return
        if new == value:
            return
        if isinstance(holder, list) and any(_plain(item) == new for item in holder):
            self._count(holder.pop(int(last)), MERGED)
            self._forget(path, MERGED)
        else:
            holder[last] = _marked(holder[last], CHANGED, new)
        self._note(step, path, value)

    def _repoint(self, path: Path, target: Path) -> None:
        """Let what `source` tells by pointers of a value that was moved go with it."""
        for told in self._told():
            moved = {_moved(steps, path, target): value for steps, value in _by_steps(told)}
            told.clear()
            told.update({pointer_of(steps): value for steps, value in moved.items()})

    def _forget(self, path: Path, head: str) -> None:
        """Take out what `source` tells of a value that is gone; what is told of elements behind it moves up."""
        for told in self._told():
            rest: dict[str, Any] = {}
            for steps, value in _by_steps(told):
                if steps[: len(path)] == _words(path):
                    self._count(value, head)
                    continue
                at, last = len(path) - 1, path[-1]
                if isinstance(last, int) and steps[:at] == _words(path[:-1]) and int(steps[at]) > last:
                    steps = (*steps[:at], str(int(steps[at]) - 1), *steps[at + 1 :])
                rest[pointer_of(steps)] = value
            told.clear()
            told.update(rest)

    def _told(self) -> Iterator[dict[str, Any]]:
        source = self.entry.get("source")
        for name in _BY_POINTER if isinstance(source, dict) else ():
            if isinstance(told := source.get(name), dict):
                yield told

    def _lose(self, step: Step, path: Path, value: Any) -> None:
        self._note(step, path, value)
        self._forget(path, LOST)
        if self._count(value, LOST):
            self.lost.append((step, pointer_of(path), _plain(value)))

    def _count(self, value: Any, head: str) -> int:
        """Count the values in what is taken out for good, those apart that a step had added."""
        found = sum(1 for leaf in _leaves(value) if not (isinstance(leaf, _Leaf) and leaf.head == ADDED))
        self.counts[head] += found
        return found

    def _taken(self, path: Path) -> Any:
        """Take a value out, with the lists and objects around it that are empty then."""
        holder: Any = _at(self.entry, path[:-1])
        value = holder.pop(path[-1])
        while len(path) > 1 and not holder and isinstance(path[-2], str):
            path = path[:-1]
            holder = _at(self.entry, path[:-1])
            holder.pop(path[-1])
        return value

    def _put(self, step: Step, path: Path, target: Path, value: Any) -> None:
        holder: Any = self.entry
        for key in target[:-1]:
            holder = holder.setdefault(key, {}) if isinstance(holder, dict) else _element(holder, key)
            if not isinstance(holder, dict | list):
                break
        last = target[-1]
        if not isinstance(holder, dict):
            there = pointer_of(target)
            raise Stopped(step, path, f"{there} 处已有别的值", f"another value is in the way at {there}")
        if not is_blank(_plain(holder.get(str(last)))):
            there = pointer_of(target)
            raise Stopped(
                step,
                path,
                f"{there} 已有值 {shown(_plain(holder[str(last)]))}",
                f"{there} has the value {shown(_plain(holder[str(last)]))} already",
            )
        holder[str(last)] = value

    def finished(self) -> Touched:
        if not self.is_own:
            self.counts[CARRIED] = leaves_of(self.entry)
            return Touched(self.entry, self.counts)
        for leaf in _leaves(self.entry):
            self.counts[leaf.head if isinstance(leaf, _Leaf) else CARRIED] += 1
        return Touched(_plain(self.entry), self.counts, self.done, self.lost)


def _places(entry: Any, at: Path_, for_new: bool) -> Iterator[Path]:
    """Yield where the pattern leads in an entry: to what is there, or for something new to where it would stand."""
    waiting: list[tuple[Path, Any, Path_]] = [((), entry, at)]
    while waiting:
        path, node, rest = waiting.pop()
        if not rest:
            yield path
        elif rest[0] == "*":
            if isinstance(node, list):
                # The last is put first, so that they are given in order.
                waiting += [((*path, n), node[n], rest[1:]) for n in range(len(node) - 1, -1, -1)]
        elif isinstance(node, dict) and rest[0] in node:
            waiting.append(((*path, rest[0]), node[rest[0]], rest[1:]))
        elif isinstance(node, dict) and for_new and len(rest) == 1:
            yield (*path, rest[0])


def _by_steps(told: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from ((tuple(steps_of(pointer)), value) for pointer, value in told.items())


def _words(path: Path) -> tuple[str, ...]:
    return tuple(map(str, path))


def _moved(steps: tuple[str, ...], path: Path, target: Path) -> tuple[str, ...]:
    """Return where a value stands now that what is at `path` stands at `target`."""
    return (*_words(target), *steps[len(path) :]) if steps[: len(path)] == _words(path) else steps


def _filled(pattern: Path_, path: Path) -> Path:
    """Return a target with the positions of the arrays that the value stands in."""
    return tuple(path[number] if step == "*" else step for number, step in enumerate(pattern))


def _element(holder: Any, key: str | int) -> Any:
    return holder[key] if isinstance(holder, list) and isinstance(key, int) and key < len(holder) else None


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def _marked(node: Any, head: str, new: Json = None) -> Any:
    """Return a value with a mark at each value in it; one that was added, or changed, stays so when it is moved."""
    if isinstance(node, dict):
        return {key: _marked(item, head) for key, item in node.items()}
    if isinstance(node, list):
        return [_marked(item, head) for item in node]
    if isinstance(node, _Leaf):
        kept = node.head if node.head == ADDED or head == MOVED else head
        return _Leaf(node.value if new is None else new, kept)
    if is_blank(node):
        return node if new is None else _Leaf(new, ADDED)
    return _Leaf(node if new is None else new, head)


def _leaves(node: Any) -> Iterator[Any]:
    """Yield the values that count, marked or not."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, _Leaf) or not is_blank(item):
            yield item


def _plain(node: Any) -> Any:
    """Return a value without marks."""
    if isinstance(node, _Leaf):
        return node.value
    if isinstance(node, dict):
        return {key: _plain(item) for key, item in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return node
