"""A tree that is being written: each place is made when something is to stand there."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mulu.pointer import Json
from mulu.standard.selectors import Selector, Step, Test

TEXT_OF = {"json": "#text", "xml": "#text", "rdf": "@value"}
"""The member that holds the text of an object, by the family of the tree."""


@dataclass(slots=True)
class Out:
    """A node that is being written: its members by name, and its own value."""

    members: dict[str, list["Out"]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    """The names that stand for a list, also if it has one element."""
    spaced: set[str] = field(default_factory=set)
    """The names whose elements stand at positions of their own, with free ones between them."""
    value: Json = None

    def child(self, step: Step, *, fresh: bool = False) -> "Out":
        """Return the member that a step leads to, made with what its conditions ask for if it is not there."""
        if step.name == ".":
            return self
        name = step.name.removeprefix("*:")
        there = self.members.setdefault(name, [])
        if fresh or step.repeats:
            self.lists.add(name)
        if step.position is not None and step.repeats:
            self.spaced.add(name)
        if step.position is not None and not fresh:
            while len(there) < step.position:
                there.append(Out())
            return there[step.position - 1]
        if not fresh:
            found = next((one for one in there if all(map(one._meets, step.tests))), None)
            if found is not None:
                return found
        made = Out()
        for test in step.tests:
            if test.is_equal and test.value is not None:
                made.walk(test.path.steps).value = test.value
        there.append(made)
        return made

    def there(self, steps: Iterable[Step]) -> list["Out"]:
        """Return the nodes that steps lead to, as far as they were made."""
        found = [self]
        for step in steps:
            found = [member for node in found for member in node.members.get(step.name, [])]
        return found

    def walk(self, steps: Iterable[Step]) -> "Out":
        """Return the node that steps lead to, made on the way."""
        node = self
        for step in steps:
            node = node.child(step)
        return node

    def place(self, path: Selector) -> "Out":
        """Return a new node at a place that may be taken several times."""
        steps = path.steps
        repeated = next((n for n, step in enumerate(steps) if step.repeats and step.position is None), len(steps) - 1)
        node = self
        for number, step in enumerate(steps):
            node = node.child(step, fresh=number == repeated)
        return node

    def _meets(self, test: Test) -> bool:
        node: Out | None = self
        for step in test.path.steps:
            name = step.name.removeprefix("*:")
            node = next(iter(node.members.get(name, [])), None) if node is not None else None
        if test.value is None:
            return (node is not None) == test.is_equal
        return (node is not None and str(node.value) == test.value) == test.is_equal

    def tree(self, family: str) -> Json:
        """Return the node as a tree of its family; what has nothing in it is left out."""
        members: dict[str, Json] = {}
        for name, nodes in self.members.items():
            made: list[Json] = [node.tree(family) for node in nodes]
            while made and made[-1] is None:
                made.pop()
            if made:
                # A position that is left free for what is laid over.
                made = [{} if one is None and name in self.spaced else one for one in made]
                made = [one for one in made if one is not None]
            if made:
                members[name] = made if len(made) > 1 or name in self.lists else made[0]
        if not members:
            return self.value
        if isinstance(self.value, dict):
            return {**members, **self.value}
        if self.value is not None:
            members[TEXT_OF[family]] = self.value
        return members
