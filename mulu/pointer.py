"""JSON values: how they are written, and the pointers into them (RFC 6901)."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeAlias, Union

import orjson

Json: TypeAlias = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]  # noqa: UP007 - recursive


def pointer_step(key: str) -> str:
    """Return `key` as one step of a JSON Pointer, with its slash."""
    return "/" + (key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key)


def pointer_of(path: Iterable[str | int]) -> str:
    """Return the pointer of a path of member names and positions.

    >>> pointer_of(("a/b", 0))
    '/a~1b/0'
    """
    return "".join(pointer_step(str(step)) for step in path)


def path_of(pointer: str) -> tuple[str | int, ...]:
    """Return the path of a pointer; what may be a position in a list is taken for one.

    >>> path_of("/a~1b/0")
    ('a/b', 0)
    """
    return tuple(int(step) if step.isdecimal() else step for step in steps_of(pointer))


def without_positions(pointer: str) -> str:
    """Return a pointer with `*` for positions, as properties are known by.

    >>> without_positions("/distribution/0/format")
    '/distribution/*/format'
    """
    return "/".join("*" if step.isdecimal() else step for step in pointer.split("/"))


def value_at(value: Json, path: Iterable[str | int]) -> Json:
    """Return what stands at `path`, `None` if nothing does."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def copied(value: Json) -> Json:
    """Return a value with objects and lists of its own."""
    if isinstance(value, dict):
        return {key: copied(member) for key, member in value.items()}
    return [copied(member) for member in value] if isinstance(value, list) else value


def has_more(value: Json, most: int) -> bool:
    """Whether a value holds more than `most` others."""
    waiting, count = [value], 0
    while waiting and count <= most:
        one = waiting.pop()
        inside: Collection[Json] = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        count += len(inside)
        waiting += inside
    return count > most


def has_longer_pointers(value: Json, most: int) -> bool:
    """Whether the pointers of all values in a value have more than about `most` characters together."""
    waiting, size = [(value, 0)], 0
    while waiting and size <= most:
        one, length = waiting.pop()
        if isinstance(one, dict):
            size += length * len(one) + sum(map(len, one))
            waiting += [(inner, length + len(key) + 1) for key, inner in one.items() if isinstance(inner, dict | list)]
        elif isinstance(one, list):
            size += length * len(one)
            waiting += [(inner, length + 2) for inner in one if isinstance(inner, dict | list)]
    return size > most


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in a value, itself among them, in no order that counts."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def steps_of(pointer: str) -> list[str]:
    """Return the steps of a JSON Pointer.

    >>> steps_of("/a~1b/0")
    ['a/b', '0']
    """
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def dumps(value: Json, *, sort_keys: bool = False) -> bytes:
    """Return `value` as JSON in UTF-8, with integers of any length."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None)
    except TypeError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)
        return text.encode("utf-8", "backslashreplace")


# What looks like one inside of a text costs no more than the time of the slower parser.
_LONG_NUMBER = re.compile(rb"(?:\A|[\[:,])[ \t\r\n]*+-?[0-9]{19}")


def loads(data: bytes) -> Any:
    """Return the value of a JSON text that was accepted or written before, with integers of any length."""
    # orjson makes another number of an integer of over 64 bits.
    if _LONG_NUMBER.search(data) is None:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            # Half a character of UTF-16, as Python writes and reads it.
            pass
    return json.loads(data)


# In UTF-8: DEL, C1, soft hyphen, Arabic letter mark, zero widths, directions, separators, byte order mark, tags.
_DRIVING = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
    rb"|\xf3\xa0[\x80-\x81][\x80-\xbf]"
)


def inert(data: bytes) -> bytes:
    """Return a JSON text of the same meaning that drives no terminal and no reading direction.

    >>> inert('"a\u202eb\x9b"'.encode())
    b'"a\\\\u202eb\\\\u009b"'
    """
    return data if data.isascii() and b"\x7f" not in data else _DRIVING.sub(_escaped, data)


def _escaped(match: re.Match[bytes]) -> bytes:
    units = match.group().decode().encode("utf-16-be")
    return b"".join(b"\\u%04x" % int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2))
