"""A migration drafted from what changed between two versions: a beginning for the person who knows what was meant.

What can be read from the versions is a step: a property under another name or in another object, one that is gone, a
code with a successor, a new demand for a value. What a person must decide is left open in such a way that the file is
refused until it is decided; changes that no step can answer stand in remarks.
"""

from collections.abc import Iterator

import orjson

from mulu.pointer import Json, pointer_of
from mulu.publish.diff import CLASSES, Change, diff
from mulu.publish.diff.schemas import alike
from mulu.publish.migrate.names import Names
from mulu.standard import CodeList, Property, Standard
from mulu.standard.migrations import Path_
from mulu.texts import Text, clean

_Pair = tuple[Path_, Property]


def draft(old: Standard, new: Standard) -> str:
    """Return the text of a migration file from `old` to `new`."""
    return "\n".join(_Draft(old, new).lines()) + "\n"


class _Draft:
    def __init__(self, old: Standard, new: Standard) -> None:
        self.old, self.new = old, new
        self.was, self.now = Names(old), Names(new)
        self.changes = {change.where: change for change in diff(old, new).changes}
        self.answered: set[str] = set()

    def lines(self) -> Iterator[str]:
        yield "# 由 mulu standard migrate --draft 起草；请逐步核对，删去不要的。"
        yield "# Drafted by mulu standard migrate --draft; go through each step, and strike out what is not wanted."
        yield f"from: {_json(self.old.header.version)}"
        yield f"to: {_json(self.new.header.version)}"
        yield f"why: {_texts(Text('', ''))}  # 请填写 / to be written"
        steps = [line for kind in self.old.schemas.kinds if kind in self.new.schemas.kinds for line in self._kind(kind)]
        yield "steps:" if steps else "steps: []"
        yield from steps
        yield from self._rest()

    def _kind(self, kind: str) -> Iterator[str]:
        was, now = self.was.properties(kind), self.now.properties(kind)
        gone = [(path, p) for path, p in was.items() if path not in now and path[:-1] not in was.keys() - now.keys()]
        come = [(path, p) for path, p in now.items() if path not in was]
        before = {path: path for path in now if path in was}
        for path, one in gone:
            text = self._why(self.old, kind, one)
            target = _twin((path, one), come)
            if target is None:
                yield from self._step(kind, text, f"remove: {_pointer(path)}  # 值会丢失 / its values are lost")
            else:
                come.remove(target)
                before |= {to: (*path, *to[len(target[0]) :]) for to in now if to[: len(target[0])] == target[0]}
                self._why(self.new, kind, target[1])
                yield from self._step(kind, text, f"move: {_pointer(path)}", f"to: {_pointer(target[0])}")
        for path, at in before.items():
            for more in ((), ("*",)):
                codes = self.was.codes(kind, (*at, *more))
                if codes is not None:
                    yield from self._codes(kind, (*path, *more), codes)
        for path, one in now.items():
            if path in was or ((path, one) in come and path[:-1] not in now.keys() - was.keys()):
                yield from self._default(kind, path, one, was.get(path))

    def _default(self, kind: str, path: Path_, one: Property, before: Property | None) -> Iterator[str]:
        level = self.new.schemas.required_level(one.owner, one.name)
        if level is None or (before and self.old.schemas.required_level(before.owner, before.name) is not None):
            return
        value = one.schema.get("const")
        text = self._why(self.new, kind, one, "/required" if before else "")
        told = (
            _json(value) if value is not None else "null  # 请填写缺省值，或删去这一步 / say which, or strike this out"
        )
        yield from self._step(kind, text, f"default: {_pointer(path)}", f"value: {told}")

    def _codes(self, kind: str, path: Path_, before: CodeList) -> Iterator[str]:
        after = self.now.codes(kind, path)
        if after is None:
            return
        found: dict[str, str | None] = {}
        for code in before.by_code.values():
            here = after.by_code.get(code.code)
            if here is None or (here.status == "retired" and code.status != "retired"):
                successor = _successor(code.code, before, after)
                if here is None or successor:
                    found[code.code] = successor
        if not found:
            return
        texts = []
        for name in found:
            for where in (f"codes/{after.id}/{name}", f"codes/{after.id}/{name}/status"):
                if where in self.changes:
                    self.answered.add(where)
                    texts.append(self.changes[where].text)
        why = Text("；".join(t.zh for t in texts[:3]), "; ".join(t.en for t in texts[:3]))
        told = ", ".join(f"{_json(code)}: {_json(successor)}" for code, successor in found.items())
        lost = "  # null：值会丢失 / null: the value is lost" if None in found.values() else ""
        yield from self._step(kind, why, f"recode: {_pointer(path)}", f"codes: {{{told}}}{lost}")

    def _why(self, standard: Standard, kind: str, one: Property, more: str = "") -> Text:
        """Return what `diff` says of a property, and note that a step answers it."""
        owner = standard.schemas.shape(one.owner).get("$dynamicAnchor", kind)
        where = f"schemas/{owner}/{one.name}{more}"
        self.answered.add(where)
        change = self.changes.get(where)
        return change.text if change else one.title

    def _step(self, kind: str, why: Text, *members: str) -> Iterator[str]:
        yield f"  - kind: {_json(kind)}"
        yield f"    why: {_texts(why)}"
        yield from (f"    {member}" for member in members)

    def _rest(self) -> Iterator[str]:
        rest = [c for c in self.changes.values() if c.kind in CLASSES[:2] and self._is_open(c)]
        if rest:
            yield "# 以下变化没有步骤；因此不合新版的条目，迁移时会逐条列出。"
            yield "# No step answers these; entries that they make invalid are listed when they are migrated."
        for change in rest:
            said = " / ".join(dict.fromkeys(change.text))
            yield clean(f"#   {change.where}  {said}")

    def _is_open(self, change: Change) -> bool:
        return change.where not in self.answered and not change.where.startswith("converters/")


def _twin(gone: _Pair, come: list[_Pair]) -> _Pair | None:
    """Return the new property that an old one has become: in the same object, or of the same name elsewhere."""
    path, one = gone
    beside = [pair for pair in come if pair[0][:-1] == path[:-1] and alike(one.schema, pair[1].schema)]
    stars = len(path) - path[::-1].index("*") if "*" in path else 0
    moved = [
        pair
        for pair in come
        if pair[0][:stars] == path[:stars] and "*" not in pair[0][stars:] and alike(one.schema, pair[1].schema)
    ]
    return next(iter([*beside, *moved]), None)


def _successor(code: str, before: CodeList, after: CodeList) -> str | None:
    here = after.by_code.get(code)
    said = [here.successor if here else "", before.by_code[code].successor]
    for text in said:
        if text in after.by_code:
            return text
    names = (before.by_code[code].name.zh, *before.by_code[code].aliases)
    found = next((new for name in names if (new := after.find(name.replace("#", "1"))) is not None), None)
    return found if found != code else None


def _pointer(path: Path_) -> str:
    return _json(pointer_of(path))


def _texts(text: Text) -> str:
    return f"{{zh: {_json(text.zh)}, en: {_json(text.en)}}}"


def _json(value: Json) -> str:
    return orjson.dumps(value).decode()
