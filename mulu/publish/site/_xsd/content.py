"""Which elements a mapping writes, in which others, how often and with what in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mulu.publish.site._xsd.values import ANY, Simple, one_of, types_of
from mulu.publish.site.model import Field, Model, Shape
from mulu.standard.mappings import Mapping, Part, Spec, place_of
from mulu.standard.selectors import Selector, Step


@dataclass(slots=True)
class Content:
    """What an element may have in it; `is_sure` says that it is always there, `is_many` that there may be several."""

    children: dict[str, "Content"] = field(default_factory=dict)
    attributes: dict[str, list[Simple]] = field(default_factory=dict)
    texts: list[Simple] = field(default_factory=list)
    is_many: bool = False
    is_sure: bool = False
    told: tuple[str, str] | None = None

    def child(self, step: Step) -> "Content":
        """Return the element that a step leads to, with what the step asks for in it."""
        if step.name in (".", "#text"):
            return self
        made = self.children.setdefault(step.name.removeprefix("*:"), Content())
        made.is_many |= step.repeats or step.position is not None or bool(step.tests)
        for test in step.tests:
            if test.is_equal and test.value is not None:
                made.put(test.path.steps, [one_of([test.value])])
        return made

    def walk(self, steps: Iterable[Step]) -> "Content":
        """Return the element that steps lead to."""
        one = self
        for step in steps:
            one = one.child(step)
        return one

    def put(
        self, steps: tuple[Step, ...], types: Iterable[Simple], *, is_sure: bool = False, told: Field | None = None
    ) -> None:
        """Put texts of some types at a place."""
        inside = steps[:-1] if steps and steps[-1].name.startswith("@") else steps
        one = self
        for step in inside:
            one = one.child(step)
            one.is_sure |= is_sure
        if inside != steps:
            name = steps[-1].name[1:]
            # Those of XML itself and of other namespaces may stand at every element.
            if ":" not in name.removeprefix("*:"):
                one.attributes.setdefault(name.removeprefix("*:"), []).extend(types)
            return
        one.texts.extend(types)
        if told is not None and one.told is None:
            one.told = (told.title.zh, told.title.en)

    def repeat(self, steps: tuple[Step, ...]) -> "Content":
        """Return the element at a place that may be taken several times."""
        at = next((n for n, step in enumerate(steps) if step.repeats and step.position is None), len(steps) - 1)
        one = self
        for number, step in enumerate(steps):
            one = one.child(step)
            one.is_many |= number == at
        return one


def content_of(model: Model, mapping: Mapping) -> tuple[Content, dict[str, Content]]:
    """Return what holds the elements that a file may begin with, and those of its records by name."""
    assert mapping.writing is not None
    root = Content()
    records: dict[str, Content] = {}
    for path, _ in mapping.writing.envelope:
        root.put(path.steps, [ANY])
    places = [part.records[0] for part in mapping.parts]
    for part, place in zip(mapping.parts, places, strict=True):
        # A record says itself what a condition on its place asks for.
        one = root.repeat(tuple(Step(step.name, (), step.position, step.repeats) for step in place.steps))
        records.setdefault(place.steps[-1].name.removeprefix("*:"), one)
        reader = _Reader(model, mapping)
        reader.fields(part.fields, one, model.shapes.get(part.kind), is_alone=places.count(place) == 1)
        reader.constants(part, one)
    return root, records


class _Reader:
    def __init__(self, model: Model, mapping: Mapping) -> None:
        assert mapping.writing is not None
        self.model = model
        self.writing = mapping.writing
        self.first = ("", model.standard.header.levels[0].id)

    def constants(self, part: Part, content: Content) -> None:
        """Put what stands in each record, and what is written where an entry lacks something."""
        for path, _ in (*self.writing.records.get(part.kind, ()), *self.writing.always.get(part.kind, ())):
            content.put(path.steps, [ANY])

    def fields(self, specs: tuple[Spec, ...], content: Content, shape: Shape | None, *, is_alone: bool) -> None:
        """Put what is written of an object; `is_alone` says whether nothing else is written in its place."""
        for spec in specs:
            path = place_of(spec)
            if path is None or spec.write is None:
                continue
            chain = self._chain(spec, shape)
            last = chain[-1] if chain else None
            if spec.each == "element":
                inner = self.model.shapes.get(last.shape) if last is not None and last.shape is not None else None
                self.fields(spec.fields, content.repeat(path.steps), inner, is_alone=True)
                continue
            types = [*self._types(spec, last)]
            if self._is_list(spec, last) and spec.write.join is None:
                one = content.repeat(path.steps)
                one.texts.extend(types)
                one.told = one.told or ((last.title.zh, last.title.en) if last is not None else None)
                continue
            types = [ANY] if self._is_list(spec, last) else types
            content.put(path.steps, types, is_sure=is_alone and self._is_sure(spec, specs, chain), told=last)
            for other in self._others(spec, path):
                content.put(other.steps, [ANY])

    def _chain(self, spec: Spec, shape: Shape | None) -> list[Field]:
        """Return the properties on the way to what a spec writes; none if the standard has not all of them."""
        found: list[Field] = []
        for step in spec.target:
            if step.isdecimal() and found and found[-1].many:
                continue
            one = shape.field(step) if shape is not None else None
            if one is None:
                return []
            found.append(one)
            shape = self.model.shapes.get(one.shape) if one.shape is not None else None
        return found

    def _types(self, spec: Spec, last: Field | None) -> Iterable[Simple]:
        language = self.writing.language
        if not spec.fields:
            yield from types_of(self.model, spec.alone, last, language)
        inner = self.model.shapes.get(last.shape) if last is not None and last.shape is not None else None
        for one in spec.fields:
            if one.constant is None:
                chain = self._chain(one, inner)
                yield from types_of(self.model, one, chain[-1] if chain else None, language)

    def _is_list(self, spec: Spec, last: Field | None) -> bool:
        return spec.each == "value" or spec.cast == "list" or (last is not None and last.many)

    def _is_sure(self, spec: Spec, specs: tuple[Spec, ...], chain: list[Field]) -> bool:
        """Whether every entry that the first level accepts has this, and it is written as nothing else."""
        return (
            bool(chain)
            and all(one.level in self.first and not one.many for one in chain)
            and not spec.conditions
            and [one.target for one in specs].count(spec.target) == 1
        )

    def _others(self, spec: Spec, path: Selector) -> Iterable[Selector]:
        """Yield the further places where a value may go back to, as a source had it."""
        if spec.write is not None and spec.write.time is not None:
            yield spec.write.time
        if self.writing.as_read:
            yield from (
                one for one in spec.at if one != path and not any(step.name in ("*", "**") for step in one.steps)
            )
