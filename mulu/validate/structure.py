"""Structure: an entry against the schema of its kind, by `jsonschema-rs`.

One form of the schemas judges, another explains: each error of that becomes a `Fault`.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache

import jsonschema_rs

from mulu.errors import BadStandard
from mulu.findings import SEVERITIES
from mulu.limits import DEFAULT, Limits
from mulu.pointer import Json, dumps, has_more, pointer_of
from mulu.standard import Property, Standard
from mulu.texts import Text, shown
from mulu.validate.faults import Fault, Faults, Spares
from mulu.validate.mend import mend
from mulu.validate.missing import Path
from mulu.validate.params import LONGEST, MOST_ASKED, suggestion
from mulu.validate.validators import validators_of
from mulu.words import quoted

# Of several faults of one value the gravest is told, then that of the first level, of equals the first in this order:
# what is no text is no code.
_FIRST = (
    "missing-property",
    "wrong-type",
    "value-not-in-code-list",
    "value-not-allowed",
    "invalid-pattern",
    "text-too-short",
    "text-too-long",
    "invalid-format",
)


class Structure:
    """Holds entries to the schemas of a standard."""

    def __init__(self, standard: Standard, limits: Limits = DEFAULT) -> None:
        self.standard = standard
        self.limits = limits
        self.schemas = standard.schemas
        self._validators = validators_of(self.schemas)
        self._faults = Faults(standard)
        self._known_missing: dict[tuple[str, tuple[tuple[Path, str, int], ...]], list[Fault]] = {}

    def _validator(self, kind: str, *, explains: bool) -> jsonschema_rs.Draft202012Validator:
        try:
            return self._validators.explaining(kind) if explains else self._validators.judging(kind)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            why = quoted("jsonschema-rs", str(getattr(error, "message", error)))
            raise BadStandard(
                str(self.standard.roots[-1]),
                f"{kind} 的模式不能使用，请用 mulu standard check 检查（{why.zh}）",
                f"the schema of {kind} cannot be used; check it with mulu standard check ({why.en})",
            ) from None

    def faults(self, entry: Json, most: int = sys.maxsize, spares: Spares = lambda check, level: False) -> list[Fault]:
        """Return what is wrong with the structure of `entry`, in the order of its properties.

        Of unknown properties behind the first `most` of an object no more is told than what they are called, and of
        what `spares` names no more than where it is: to explain it takes longer than to find it.
        """
        if not isinstance(entry, dict):
            said = shown(dumps(entry).decode() if isinstance(entry, list) or entry is None else entry)
            return [self._faults.fault("entry-not-an-object", (), {"value": said}, entry, rejected=True)]
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in self.schemas.kinds:
            return [self._unknown_kind(kind)]
        # Nearly all entries are right, and to see that takes a small part of the time of looking for what is not.
        if self._validator(kind, explains=False).is_valid(entry):
            return []
        if has_more(entry, self.limits.values):
            # What is wrong comes all at once, each with a copy of the object that it is in.
            params: dict[str, Json] = {"limit": "values", "most": self.limits.values}
            return [self._faults.fault("entry-too-large", (), params, None, rejected=True)]
        found: list[Fault] = []
        for error in self._validator(kind, explains=True).iter_errors(entry):
            found.extend(self._faults.of_error(error, kind, entry, most, spares))
        missing = self._missing_in(kind, entry) if self._validators.tell_no_missing else []
        return self._in_order([*found, *missing]) if found else missing

    def _unknown_kind(self, kind: Json) -> Fault:
        known = tuple(self.schemas.kinds)
        said = shown(kind)
        found = Text(f"kind 的值 {said} 不是标准中的种类", f"the standard has no kind {said}")
        if kind is None:
            found = Text("条目没有写 kind", "the entry has no kind")
        params: dict[str, Json] = {
            "value": kind,
            "found_zh": found.zh,
            "found_en": found.en,
            "known": ", ".join(known),
            **suggestion(str(kind or "")[:LONGEST], known),
        }
        fix = mend("unknown-kind", kind, {"enum": [*known]}, params, None) if isinstance(kind, str) else None
        return self._faults.fault("unknown-kind", ("kind",), params, kind, rejected=True, fix=fix)

    def property_at(self, kind: str, path: Path) -> Property | None:
        """Return what the standard says of the property at `path`, or `None` if it has none there."""
        return self._faults.property_at(kind, path)

    def _in_order(self, faults: list[Fault]) -> list[Fault]:
        return sorted(self._once(faults), key=lambda fault: (_in_order(fault.path), fault.check))

    def _missing_in(self, kind: str, entry: Json) -> list[Fault]:
        """Return the faults of what an entry lacks, in their order; many lack the same."""
        lacking = [*self._validators.need(kind).lacking(entry)]
        # The schemas stay as long as the validators.
        key = kind, tuple([(path, name, id(schema)) for path, name, schema in lacking])
        known = self._known_missing.get(key)
        if known is None:
            level_of = self._faults.level_of_required
            known = self._in_order(
                [self._faults.missing(kind, path, name, level_of([schema], name)) for path, name, schema in lacking]
            )
            if len(self._known_missing) < MOST_ASKED and len(lacking) <= LONGEST:
                self._known_missing[key] = known
        return known

    def _once(self, faults: list[Fault]) -> Iterator[Fault]:
        told: dict[Path, tuple[tuple[int, int, int], Fault]] = {}
        if len({fault.path for fault in faults}) == len(faults):
            yield from faults
            return
        for fault in faults:
            if fault.check not in _FIRST:
                yield fault
                continue
            rank = self.standard.levels[fault.level].rank
            grade = (SEVERITIES.index(fault.severity), rank, _FIRST.index(fault.check))
            if fault.path not in told or grade < told[fault.path][0]:
                told[fault.path] = (grade, fault)
        yield from (fault for _, fault in told.values())

    def anchors(self, entry: Json) -> Callable[[Path], str]:
        """Return what gives the anchors of places in an entry.

        An anchor is a pointer with each array position replaced by the element's own key (`x-key`). An element without
        one is known by its content, so that it may change places all the same.
        """
        kind = entry.get("kind") if isinstance(entry, dict) else None
        known: dict[Path, str] = {}

        def anchor(path: Path) -> str:
            steps: list[str | int] = []
            node: Json = entry
            for number, step in enumerate(path):
                if isinstance(node, list) and isinstance(step, int) and step < len(node):
                    node, place = node[step], path[: number + 1]
                    if place not in known:
                        known[place] = self._element(str(kind), path[:number], node)
                    steps.append(known[place])
                else:
                    node = node.get(str(step)) if isinstance(node, dict) else None
                    steps.append(step)
            return pointer_of(tuple(steps))

        return anchor

    def _element(self, kind: str, array: Path, value: Json) -> str:
        """Return what an element of an array is known by."""
        there = self._faults.property_at(kind, array)
        key = there.schema.get("x-key") if there else None
        own = value.get(key) if isinstance(value, dict) and key else value
        plain = isinstance(own, str | int | float) and own != ""
        return f"={own}" if plain else f"#{_digest(value)}"


def _digest(value: Json) -> str:
    return hashlib.sha256(dumps(value, sort_keys=True)).hexdigest()[:16]


@lru_cache(maxsize=8192)
def _in_order(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in path)
