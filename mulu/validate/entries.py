"""One entry: what it says of itself, and what rules are to see of it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from mulu.findings import Subject
from mulu.pointer import Json, dumps
from mulu.standard import Standard
from mulu.validate.faults import Fault
from mulu.validate.missing import Path


def subject_of(standard: Standard, entry: Json, number: int) -> Subject:
    """Return what an entry says of itself; `number` is its number in the run."""
    kind = entry.get("kind") if isinstance(entry, dict) else None
    kind = kind if isinstance(kind, str) else None
    ways = standard.schemas.says.get(kind) if kind is not None else None
    identifier, name, owner = [_text_at(entry, way) for way in ways] if ways else (None, None, None)
    # Many entries have a name before they have an identifier, and are known by it while they are mended.
    own = identifier or (name and "\n".join(filter(None, [owner, name]))) or digest_of(entry).hex()[:32]
    return Subject(number, kind, identifier, name, owner, f"{kind or ''}:{own}")


def seen_by_rules(subject: Subject, entry: Json, faults: list[Fault], text: bytes | None = None) -> bytes | None:
    """Return an entry as rules are to see it: without what its schema rejected, and without where it came from.

    `None`: rules see nothing of it, as it is no object or of no known kind. `text` is the entry as it was read, if it
    says neither more nor less.
    """
    doc = without(entry, [fault.path for fault in faults if fault.rejected]) if faults else entry
    if not isinstance(doc, dict) or doc.get("kind") != subject.kind:
        return None
    if text is not None and doc is entry and "source" not in doc:
        return text
    return dumps({key: value for key, value in doc.items() if key != "source"} if "source" in doc else doc)


def without(entry: Json, paths: list[Path]) -> Json:
    """Return a copy of `entry` without the values at `paths`; elements of arrays become null, others stay in place."""
    if any(not path for path in paths):
        return None
    gone: dict[str | int, Any] = {}
    for path in paths:
        inside = gone
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
            if inside is _ALL:
                break
        else:
            inside[path[-1]] = _ALL
    return _without(entry, gone) if gone else entry


_ALL: dict[str | int, Any] = {}
"""Stands for all that is at a place; it is told by being this object."""


def _without(value: Json, gone: Mapping[str | int, Any]) -> Json:
    """Return a value that shares with the given one what is not on the way to what is gone."""
    if isinstance(value, dict):
        members = dict(value)
        for step, inside in gone.items():
            name = str(step)
            if name in members and inside is _ALL:
                del members[name]
            elif name in members:
                members[name] = _without(members[name], inside)
        return members
    if isinstance(value, list):
        elements = list(value)
        for step, inside in gone.items():
            if isinstance(step, int) and step < len(elements):
                elements[step] = None if inside is _ALL else _without(elements[step], inside)
        return elements
    return value


def content_of(entry: Json) -> bytes:
    """Return what an entry says as text, for comparison: where it was read from left out."""
    own = {key: value for key, value in entry.items() if key != "source"} if isinstance(entry, dict) else entry
    return dumps(own, sort_keys=True)


def digest_of(entry: Json) -> bytes:
    """Return what tells the content of an entry from any other's."""
    return hashlib.sha256(content_of(entry)).digest()


def _text_at(entry: Json, steps: tuple[str, ...]) -> str | None:
    node = entry
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, str) and node.strip() else None
