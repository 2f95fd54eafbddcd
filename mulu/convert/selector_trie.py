"""The ways that several selectors go from one node: those that begin alike go together."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mulu.standard.selectors import PARENT, Selector, Step, Test

_STAY = Step(".")


@dataclass(slots=True)
class Way:
    """A step, behind those that led to it, and what follows it; the first way has no step."""

    step: Step = _STAY
    tests: tuple[tuple["Way", Test], ...] = ()
    """What must hold behind the step, with the way to it."""
    ends: list[int] = field(default_factory=list)
    """The selectors that end here, by number."""
    named: dict[str, list["Way"]] = field(default_factory=dict)
    """What follows, by the name of a member."""
    others: list["Way"] = field(default_factory=list)
    """What follows and has no single name: patterns, `.`, `..` and `**`."""
    takes_text: bool | None = field(init=False)
    """Whether a text, which has no members, passes; `None` if it must be looked at."""

    def __post_init__(self) -> None:
        looks = self.step.position is not None or any(way.ends or way.others for way, _ in self.tests)
        self.takes_text = None if looks else all(not test.is_equal for _, test in self.tests)

    def add(self, number: int, steps: tuple[Step, ...]) -> None:
        """Let a selector go these steps."""
        if not steps:
            return self.ends.append(number)
        step, *rest = steps
        if step.name == self.step.name == "**":
            return self.add(number, tuple(rest))
        is_named = not step.is_pattern and step.name not in (".", PARENT)
        ways = self.named.setdefault(step.name, []) if is_named else self.others
        way = next((one for one in ways if one.step == step), None)
        if way is None:
            way = Way(step, tuple((way_of((test.path,)), test) for test in step.tests))
            ways.append(way)
        return way.add(number, tuple(rest))


def way_of(paths: Iterable[Selector]) -> Way:
    """Return the ways of selectors, numbered in their order."""
    way = Way()
    for number, path in enumerate(paths):
        way.add(number, path.steps)
    return way
