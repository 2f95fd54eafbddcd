"""JSON values: how they are written, and the pointers into them (RFC 6901)."""

import json
from collections.abc import Iterable
from typing import TypeAlias, Union

import orjson

Json: TypeAlias = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]  # noqa: UP007 - recursive


def pointer_step(key: str) -> str:
    """Return `key` as one step of a JSON Pointer, with its slash."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def pointer_of(path: Iterable[str | int]) -> str:
    """Return the pointer of a path of member names and positions.

    >>> pointer_of(("a/b", 0))
    '/a~1b/0'
    """
    return "".join(pointer_step(str(step)) for step in path)


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
