"""Selectors: where a value stands in a tree, as a mapping of XML, JSON or RDF names it.

A selector is a path of steps, `gmd:contact/gmd:CI_ResponsibleParty/gmd:organisationName`. A step is the name of a
member, an element, `@attribute` or a property; `'…'` quotes a name that has a slash or bracket. `*` is any name,
`*:title` a name in any namespace or none, `a|b` either name, `.` the value itself, `**` any number of steps, `..` (in
JSON) the object around it.
Conditions stand in brackets: `extras[key=theme]/value`, `dct:title[@language!=en]`, `.[@type=Dataset]`,
`distribution[2]`, or name what must be there, `*[*:resTitle]`, or must not, `*[!*:resTitle]`. A `+` behind a step says
that it is the one that is repeated for each value when the format is written; without it that is the last one.

The grammar is a part of XPath's abbreviated syntax (XPath 1.0, 2.5), small enough to be turned round: the same
selector finds a value and makes the place for it.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from mulu.pointer import pointer_step, steps_of

PARENT = ".."
"""The step to the object around a value."""
_MOST_STEPS = 64
_MARKED = ("@", "^", "#")
"""What begins the names of attributes, marks and texts, which `*` does not mean."""


@dataclass(frozen=True, slots=True)
class Test:
    """What must hold of a node: `path` selects `value` in it, or does not; anything at all where `value` is `None`.

    `is_equal`: whether it must.
    """

    path: "Selector"
    value: str | None
    is_equal: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a selector."""

    name: str
    tests: tuple[Test, ...] = ()
    position: int | None = None
    repeats: bool = False
    others: tuple[str, ...] = ()
    """Further names that will do; the format is written with the first one."""
    is_pattern: bool = field(init=False)
    """Whether more than one name fits."""
    pointer: str = field(init=False)
    """The name as a step of a JSON Pointer."""

    def __post_init__(self) -> None:
        is_pattern = self.name in ("*", "**") or self.name.startswith("*:") or bool(self.others)
        object.__setattr__(self, "is_pattern", is_pattern)
        object.__setattr__(self, "pointer", pointer_step(self.name))

    def fits(self, name: str) -> bool:
        """Whether a member of this name is meant."""
        if self.name == "*":
            return name[:1] not in _MARKED
        if self.name.startswith("*:"):
            return name.rpartition(":")[2] == self.name[2:] and name[:1] not in _MARKED
        return name == self.name or name in self.others


@dataclass(frozen=True, slots=True)
class Selector:
    """A path of steps, with the text that it was written as."""

    text: str
    steps: tuple[Step, ...]


@lru_cache(maxsize=20_000)
def selector(text: str) -> Selector:
    """Return the selector that `text` writes; raises `ValueError` with the position of what is wrong.

    >>> [step.name for step in selector("extras[key=theme]/value").steps]
    ['extras', 'value']
    >>> selector("").steps
    ()
    """
    steps, end = _steps(text, 0)
    if end != len(text):
        raise ValueError(f"{text!r}: unexpected {text[end]!r} at {end + 1}")
    if len(steps) > _MOST_STEPS:
        raise ValueError(f"{text!r}: more than {_MOST_STEPS} steps")
    return Selector(text, steps)


def joined(base: Selector, path: Selector) -> Selector:
    """Return the way to a place that is named from another one.

    >>> joined(selector("a/b"), selector("c")).text
    'a/b/c'
    """
    text = "/".join(one.text for one in (base, path) if one.steps)
    return Selector(text, base.steps + path.steps)


@lru_cache(maxsize=20_000)
def as_written(path: Selector) -> Selector:
    """Return a selector with the first of the names that will do.

    >>> as_written(selector("a/b|c")).text
    'a/b'
    """
    if not any(step.others for step in path.steps):
        return path
    text = path.text
    for other in (other for step in path.steps for other in step.others):
        text = text.replace(f"|{other}", "", 1)
    return Selector(text, tuple(replace(step, others=()) for step in path.steps))


def steps_to(pointer: str) -> tuple[Step, ...]:
    """Return the steps to a place in a record that is named by its pointer, positions in lists included.

    >>> [(step.name, step.position) for step in steps_to("/extras/3/value")]
    [('extras', 4), ('value', None)]
    """
    found: list[Step] = []
    for step in steps_of(pointer):
        if step.isdecimal() and found and found[-1].position is None:
            found[-1] = Step(found[-1].name, (), int(step) + 1, repeats=True)
        else:
            found.append(Step(step))
    return tuple(found)


def _steps(text: str, at: int) -> tuple[tuple[Step, ...], int]:
    found: list[Step] = []
    if not text:
        return (), at
    while True:
        name, at = _name(text, at, "[]/+|")
        others: list[str] = []
        while text[at : at + 1] == "|":
            other, at = _name(text, at + 1, "[]/+|")
            others.append(other)
        tests: list[Test] = []
        position = None
        while at < len(text) and text[at] == "[":
            close = text.find("]", at)
            inside = text[at + 1 : close]
            if close > 0 and inside.isdecimal():
                position, at = int(inside), close + 1
                continue
            test, at = _test(text, at + 1)
            tests.append(test)
        repeats = at < len(text) and text[at] == "+"
        at += repeats
        if name != "." or tests:
            found.append(Step(name, tuple(tests), position, repeats, tuple(others)))
        if at == len(text) or text[at] != "/":
            return tuple(found), at
        at += 1


def _test(text: str, at: int) -> tuple[Test, int]:
    is_there = text[at : at + 1] != "!"
    start = at if is_there else at + 1
    steps, at = _steps_of_test(text, start)
    path = Selector(text[start:at], steps)
    if text[at : at + 1] == "]":
        return Test(path, None, is_there), at + 1
    if not is_there:
        raise ValueError(f"{text!r}: ] is expected at {at + 1}")
    is_equal = text[at : at + 1] == "="
    if not is_equal and text[at : at + 2] != "!=":
        raise ValueError(f"{text!r}: =, != or ] is expected at {at + 1}")
    value, at = _name(text, at + (1 if is_equal else 2), "]")
    if text[at : at + 1] != "]":
        raise ValueError(f"{text!r}: ] is expected at {at + 1}")
    return Test(path, value, is_equal), at + 1


def _steps_of_test(text: str, at: int) -> tuple[tuple[Step, ...], int]:
    found: list[Step] = []
    while True:
        name, at = _name(text, at, "[]/=!")
        if name != ".":
            found.append(Step(name))
        if at == len(text) or text[at] != "/":
            return tuple(found), at
        at += 1


def _name(text: str, at: int, ends: str) -> tuple[str, int]:
    """Return the name or value that starts at `at`, and where it ends."""
    if at < len(text) and text[at] == "'":
        close = text.find("'", at + 1)
        if close < 0:
            raise ValueError(f"{text!r}: the quote at {at + 1} is not closed")
        return text[at + 1 : close], close + 1
    end = at
    while end < len(text) and text[end] not in ends:
        end += 1
    if end == at:
        raise ValueError(f"{text!r}: a name is expected at {at + 1}")
    return text[at:end], end
