"""The way back: an entry becomes a record of another format, by the mapping that reads that format.

What a mapping says once serves both ways: the selector that finds a value makes its place, a code goes back to the
label that its list or the mapping has for it. What the format has no place for is entered in the ledger as dropped;
what a record held beyond the standard (`source.values`) is laid over what is written in the same format again.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from mulu.convert.beyond import NO_NAME, XmlNames
from mulu.convert.boxes import Box, box_as_written, is_box
from mulu.convert.dates import UNITS_OF_TIME, duration_as_written
from mulu.convert.ledger import ColumnAccount, Ledger
from mulu.convert.out import TEXT_OF, Out
from mulu.convert.overlay import lay_over
from mulu.convert.paths import get
from mulu.convert.reading import holds, part_of, read, said_at
from mulu.convert.trees import Node, Tree, closed, leaves
from mulu.convert.values import as_list, as_text
from mulu.marks import DATATYPE
from mulu.pointer import Json, pointer_of, steps_of, without_positions
from mulu.standard import CodeLists
from mulu.standard.mappings import EDGES, OF_DURATION, Mapping, Part, Spec, Write, place_of
from mulu.standard.selectors import Selector, Step, as_written, steps_to
from mulu.texts import Text

COARSER = Text("目标格式只有更粗的取值", "the target format only has a less precise value for it")
NO_PLACE = Text("目标格式没有对应的位置", "the target format has no place for it")
_NAMED = re.compile(r"\{([A-Za-z0-9_.]+)(:name)?\}")
_NO_NAME = re.compile(r"[^a-z0-9_-]+")
_LONGEST_NAME = 90
_BOOLEANS: dict[str, Json] = {"true": True, "false": False}
_BESIDE = ("kind", "source")
_DATES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}


@dataclass(slots=True)
class RecordWriter:
    """Writes the entries of one kind as records of a format."""

    mapping: Mapping
    part: Part
    codes: CodeLists
    ledger: Ledger
    names: XmlNames
    _written: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Pointer in the entry -> head, and the place where it went."""
    _originals: dict[str, Json] = field(default_factory=dict)
    _places: dict[str, Json] = field(default_factory=dict)
    """Pointer in the entry -> the place in the record that it was read from."""
    _is_back: bool = False
    """Whether the entry came of a file of this format."""
    _before: dict[str, Json] = field(default_factory=dict)
    """What the record had beyond the standard."""
    _namespaces: Json = None
    """Those of the prefixes in it."""

    def record(self, entry: dict[str, Json]) -> Json:
        """Return the record, and enter each leaf of the entry into the ledger."""
        self._written.clear()
        source = source_of(entry, self.mapping.id)
        self._is_back = bool(source)
        self._originals, self._places = members_of(source.get("original")), members_of(source.get("at"))
        self._before, self._namespaces = kept_of(entry, self.mapping.id), source.get("namespaces")
        assert self.mapping.writing is not None and self.mapping.family is not None
        out = Out()
        constants = self._constants(entry)
        for path, value in constants:
            if len(path.steps) == 1:
                out.walk(path.steps).value = value
        self._fields(self.part.fields, entry, (), out)
        self._asked_for(entry, out)
        for path, value in constants:
            # What is said of a part of the record is said where there is such a part.
            for one in out.there(path.steps[:-1]) if len(path.steps) > 1 else ():
                if self.mapping.family != "json" or one.value is None or one.members:
                    one.walk(path.steps[-1:]).value = value
        tree = out.tree(self.mapping.family)
        tree = closed(self._with_source(tree)) if self._places or self._before else tree
        self._settle(entry)
        self.ledger.entries += 1
        return tree

    def _constants(self, entry: dict[str, Json]) -> list[tuple[Selector, Json]]:
        """Return what stands in each record, but for what this one had in another way in its source."""
        assert self.mapping.writing is not None
        before = Tree(self._before, self.mapping.family)
        found: list[tuple[Selector, Json]] = []
        for path, value in self.mapping.writing.records.get(self.part.kind, ()):
            text = filled(value, entry)
            if text is not None and not before.select(Node(before.root, ""), path):
                found.append((path, text))
        return found

    def _asked_for(self, entry: dict[str, Json], out: Out) -> None:
        """Write what the format's schema asks of each record, where neither the entry nor its source has it."""
        assert self.mapping.writing is not None
        before = Tree(self._before, self.mapping.family)
        for path, texts in self.mapping.writing.always.get(self.part.kind, ()):
            steps = path.steps
            last = len(steps) - 1 if steps[-1].name.startswith("@") and len(steps) > 1 else len(steps)
            asked = steps[: next((number for number, step in enumerate(steps, 1) if step.repeats), last)]
            if out.there(asked) or before.select(Node(before.root, ""), Selector("", asked)):
                continue
            # Without a text it is a list of nothing.
            value = next((one for one in (filled(text, entry) for text in texts) if one is not None), None)
            value = value if texts else []
            if value is not None:
                out.walk(steps).value = value

    def _fields(self, specs: Iterable[Spec], target: dict[str, Json], prefix: tuple[str, ...], out: Out) -> None:
        parts: dict[str, tuple[Selector, str, dict[int, str]]] = {}
        boxes: dict[str, tuple[Spec, tuple[Step, ...], dict[str, tuple[str, Json]]]] = {}
        durations: dict[str, tuple[Selector, dict[str, tuple[Spec, str, Json]]]] = {}
        for spec in specs:
            value = get(target, spec.target)
            here = (*prefix, *spec.target)
            if value is None or spec.write is None or not holds(spec, target):
                continue
            if spec.constant is not None and value == spec.constant:
                self._written.setdefault(pointer_of(here), ("mapped", ""))
            path = place_of(spec)
            if path is None or pointer_of(here) in self._written:
                continue
            before = self._places.get(pointer_of(here))
            path = as_written(next((one for one in spec.at if one.text == before), path))
            if spec.part is not None and not isinstance(value, dict | list):
                _, _, pieces = parts.setdefault(path.text, (path, spec.part[0][0], {}))
                pieces[spec.part[1]] = self._piece(spec, pointer_of(here), str(value))
                self._written[pointer_of(here)] = ("transformed", path.text)
            elif spec.cast in EDGES and not isinstance(value, dict | list):
                _, _, edges = boxes.setdefault(path.text, (spec, steps_back(before) or path.steps, {}))
                edges[spec.cast] = pointer_of(here), value
                self._written[pointer_of(here)] = ("transformed", path.text)
            elif spec.cast in OF_DURATION and not isinstance(value, dict | list):
                _, said = durations.setdefault(path.text, (path, {}))
                said[spec.cast] = spec, pointer_of(here), value
                self._written[pointer_of(here)] = ("transformed", path.text)
            elif spec.each == "element":
                self._elements(spec, value, here, path, out)
            elif isinstance(value, list):
                self._values(spec, value, here, path, out)
            elif not isinstance(value, dict):
                cell, head = self.back(spec, value, path)
                there = steps_back(before)
                steps = path.steps if there is None else there
                if not prefix:
                    self._leave_room(steps, out)
                original = self._original(spec, pointer_of(here), value, cell)
                if spec.write.time is not None and original != cell and there is None:
                    path, steps = spec.write.time, spec.write.time.steps
                out.walk(steps).value = original
                self._written[pointer_of(here)] = (head, path.text)
        for path, separator, pieces in parts.values():
            out.walk(path.steps).value = separator.join(pieces.get(n, "") for n in range(max(pieces) + 1))
        for path, said in durations.values():
            duration = self._duration(said)
            if duration is None:
                for _, pointer, _ in said.values():
                    del self._written[pointer]
            else:
                out.walk(path.steps).value = duration
        for spec, steps, edges in boxes.values():
            box = self._box(spec, edges)
            if box is None:
                for pointer, _ in edges.values():
                    del self._written[pointer]
            else:
                out.walk(steps).value = box

    def _elements(self, spec: Spec, value: Json, here: tuple[str, ...], path: Selector, out: Out) -> None:
        for number, element in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(element, dict):
                place = (*here, str(number)) if isinstance(value, list) else here
                self._fields(spec.fields, element, place, out.place(path) if path.steps else out)

    def _values(self, spec: Spec, value: list[Json], here: tuple[str, ...], path: Selector, out: Out) -> None:
        cells: list[Json] = []
        for number, one in enumerate(value):
            place = (*here, str(number))
            before = self._places.get(pointer_of(place))
            inner, inside = spec.alone, one if isinstance(one, dict) else {}
            if inside:
                found = next((each for each in spec.fields if self._is_of(each, inside)), None)
                if found is None:
                    continue
                inner, one = found, get(inside, found.target)
            if isinstance(one, dict | list) or one is None:
                continue
            cell, head = self.back(inner, one, path)
            cell = self._original(inner, pointer_of(place), one, cell)
            self._written[pointer_of((*place, *(inner.target if inside else ())))] = (head, path.text)
            for each in (one for one in spec.fields if not one.at):
                # What is read from the same text, such as the name beside a code, is said by it.
                said = get(inside, each.target)
                if said is not None and said in (each.constant, read(each, cell, self.codes)[0]):
                    self._written.setdefault(pointer_of((*place, *each.target)), ("mapped", ""))
            if isinstance(before, str):
                out.walk(steps_to(before)).value = cell
            else:
                cells.append(cell)
        write = spec.write or Write()
        together = self._originals.get(pointer_of((*here, "0")))
        if isinstance(together, str) and spec.split and as_list(together, spec.split) == cells:
            out.walk(path.steps).value = together
        elif write.join is not None and cells:
            out.walk(path.steps).value = write.join.join(map(str, cells))
        else:
            for cell in cells:
                out.place(path).value = cell

    def _is_of(self, spec: Spec, element: dict[str, Json]) -> bool:
        is_written = spec.constant is None and spec.write is not None
        return is_written and get(element, spec.target) is not None and holds(spec, element)

    def back(self, spec: Spec, value: Json, path: Selector) -> tuple[Json, str]:
        """Return a value as the format writes it, and its head in the ledger."""
        assert self.mapping.writing is not None
        nearest = spec.write.nearest.get(str(value)) if spec.write is not None else None
        if nearest is not None:
            return (term(spec, nearest) if self.mapping.family == "rdf" else nearest), "coarser"
        cell = written(spec, value, self.codes, self.mapping.writing.language)
        head = "mapped" if cell == value else "transformed"
        is_name = path.steps and path.steps[-1].name == "@id"
        return (term(spec, cell) if self.mapping.family == "rdf" and not is_name else cell), head

    def _original(self, spec: Spec, pointer: str, value: Json, cell: Json) -> Json:
        """Return a date, number, code or text as it stood in a source of this format, if that still says the same.

        A date there may tell the hour; a code may have several spellings, a number zeros at its end, a text markup.
        """
        original = self._originals.get(pointer)
        if original is None and self._is_back and isinstance(value, str) and spec.decode.get(value) == value:
            return term(spec, value) if self.mapping.family == "rdf" else value
        # A number in RDF is no text.
        is_number = spec.cast in ("integer", "number") and self.mapping.family != "rdf"
        if (
            not (spec.cast == "date" or spec.is_verbatim or is_number or spec.decode)
            or original is None
            or read(spec, original, self.codes)[0] != value
        ):
            return cell
        return term(spec, original) if self.mapping.family == "rdf" else original

    def _piece(self, spec: Spec, pointer: str, value: str) -> str:
        """Return a part of a text as it stood there, which may tell the hour of a date; only if it says that value."""
        original = self._originals.get(pointer)
        if spec.part is None or not isinstance(original, str) or str(read(spec, original, self.codes)[0]) != value:
            return value
        return part_of(original, *spec.part)

    def _box(self, spec: Spec, edges: dict[str, tuple[str, Json]]) -> Json:
        """Return the edges of a box as one value, as it stood in a source of this format if that says the same.

        `None` if some are lacking, or the format has no way to say it.
        """
        values = [edges[edge][1] for edge in EDGES if edge in edges]
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) < len(EDGES):
            return None
        box, original = Box(*numbers), self._originals.get(said_at(spec, edges[EDGES[0]][0]))
        # Of a literal of RDF the datatype is gone.
        if self.mapping.family != "rdf" and is_box(original, box):
            return original
        return box_as_written(box, (spec.write and spec.write.form) or "wkt")

    def _duration(self, said: dict[str, tuple[Spec, str, Json]]) -> Json:
        """Return amount and unit as one duration; `None` if one is lacking, or ISO 8601 has no such unit."""
        if len(said) < len(OF_DURATION):
            return None
        (_, _, amount), (spec, _, unit) = (said[cast] for cast in OF_DURATION)
        known = self.codes[spec.code] if spec.code is not None else None
        name = next((one for one in UNITS_OF_TIME if known is not None and known.find(one) == unit), None)
        if name is None or type(amount) is not int:
            return None
        text = duration_as_written(amount, name)
        return term(spec, text) if self.mapping.family == "rdf" else text

    def _leave_room(self, steps: Iterable[Step], out: Out) -> None:
        """Put what is new behind the elements that the record had: those that are left keep their positions."""
        for step in steps:
            before = self._before.get(step.name)
            if step.tests and isinstance(before, list):
                there = out.members.setdefault(step.name, [])
                there += [Out() for _ in range(len(before) - len(there))]
                out.spaced.add(step.name)
            break

    def _with_source(self, tree: Json) -> Json:
        kept: Json = self._before
        if not kept:
            return tree
        if self.mapping.family == "xml":
            element = self.part.records[0].steps[-1].name
            kept, nameless = self.names.fitted(kept, tree, element, self._namespaces)
            for at in nameless:
                self.ledger.drop(NO_NAME, 1, self._account_of(at), None)
        assert self.mapping.family is not None
        laid, lost = lay_over(tree, kept, TEXT_OF[self.mapping.family])
        for at, value in leaves(kept):
            if at in lost:
                self.ledger.drop(NO_PLACE, 1, self._account_of(at), value)
            else:
                self.ledger.enter("kept", self._account_of(at), value, 1)
        return laid

    def _account_of(self, at: str) -> ColumnAccount:
        """Return the account of what the source holds at a pointer beyond the standard."""
        return self.ledger.column(
            None, "source/values/" + "/".join(step for step in steps_of(at) if not step.isdecimal())
        )

    def _settle(self, entry: dict[str, Json]) -> None:
        for at, value in leaves(own(entry)):
            head, place = self._written.get(at, ("", ""))
            account = self.ledger.column(None, without_positions(at)[1:], place or None)
            if head == "coarser":
                self.ledger.drop(COARSER, 1, account, value)
            elif head:
                self.ledger.enter(head, account, value, 1)
            else:
                self.ledger.drop(NO_PLACE, 1, account, value)


def own(entry: Json) -> Json:
    """Return what an entry says itself, without its kind and its source."""
    return {key: member for key, member in entry.items() if key not in _BESIDE} if isinstance(entry, dict) else entry


def written(spec: Spec, value: Json, codes: CodeLists, language: str) -> Json:
    """Return a value of the standard as a format writes it: the reverse of `mulu.convert.reading.read`."""
    label = spec.write.label if spec.write is not None else None
    if spec.decode and isinstance(value, str | bool) and label is None:
        for text, decoded in spec.decode.items():
            if decoded == as_text(value):
                return _BOOLEANS.get(text, text) if isinstance(value, bool) else text
    if spec.code is not None and isinstance(value, str):
        known = codes[spec.code]
        code = known.by_code.get(value)
        if code is None or label == "code":
            return value
        name = code.name.get(label or language)
        # A name that others have as well would not say which of them is meant.
        return name if name and known.find(name) == value else value
    if spec.prefix and isinstance(value, str):
        return spec.prefix + value
    if spec.scale is not None and isinstance(value, int | float) and not isinstance(value, bool):
        scaled = round(value / spec.scale, 9)
        value = int(scaled) if scaled == int(scaled) else scaled
    if spec.write is not None and spec.write.form == "text" and not isinstance(value, dict | list):
        return as_text(value)
    return value


def term(spec: Spec, cell: Json) -> Json:
    """Return a value as a term of RDF: an address is a name, a date or duration has its datatype.

    Words where an address belongs are words here too; the datatype of a date is that of its precision.
    """
    if not isinstance(cell, str):
        return cell
    if (spec.cast == "url" and not any(map(str.isspace, cell))) or (
        spec.decode and cell.startswith(("http://", "https://"))
    ):
        return {"@id": cell}
    if spec.cast == "date":
        return {"@value": cell, DATATYPE: _DATES.get(len(cell), "xsd:dateTime")}
    if spec.cast in OF_DURATION:
        return {"@value": cell, DATATYPE: "xsd:duration"}
    return cell


def steps_back(before: Json) -> tuple[Step, ...] | None:
    """Return the steps to the place that a value was read from, if that is told by its pointer."""
    return steps_to(before) if isinstance(before, str) and before[:1] in ("", "/") else None


def source_of(entry: dict[str, Json], name: str) -> dict[str, Json]:
    """Return what an entry says of its source if that was of the format `name`, else nothing."""
    source = members_of(entry.get("source"))
    return source if source.get("format") == name else {}


def kept_of(entry: dict[str, Json], name: str) -> dict[str, Json]:
    """Return what the record that an entry was made of held beyond the standard, if it was of the format `name`."""
    return members_of(source_of(entry, name).get("values"))


def members_of(value: Json) -> dict[str, Json]:
    """Return an object as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def filled(value: Json, entry: dict[str, Json]) -> Json:
    """Return a text with the properties that it names in braces put in; `None` if one of them is no single value.

    `{title:name}` puts in a name made of the property; see `name_of`.
    """
    if not isinstance(value, str):
        return value
    found = {match[1]: get(entry, tuple(match[1].split("."))) for match in _NAMED.finditer(value)}
    if any(one is None or isinstance(one, dict | list) for one in found.values()):
        return None
    return _NAMED.sub(lambda match: (name_of if match[2] else str)(str(found[match[1]])), value)


def name_of(text: str) -> str:
    """Return a name of `a`-`z`, digits, `-` and `_`: the text itself if it is one, else what is left, and a hash.

    >>> name_of("air-quality"), name_of("资源/001")
    ('air-quality', '001-3835eb95')
    """
    left = _NO_NAME.sub("-", unicodedata.normalize("NFKC", text).lower()).strip("-")[:_LONGEST_NAME]
    if left == text and len(text) > 1:
        return text
    # Of two texts that leave the same, each has its own name.
    return "-".join(filter(None, (left, hashlib.sha256(text.encode()).hexdigest()[:8])))
