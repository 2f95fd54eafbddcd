"""Values in an entry by the path of their property: looked up, set, appended to, taken out."""

from itertools import pairwise
from typing import Any

from mulu.pointer import Json


def get(target: Json, path: tuple[str, ...]) -> Json:
    """Return the value at a path, `None` where there is none."""
    for step in path:
        if isinstance(target, dict):
            target = target.get(step)
        elif isinstance(target, list) and step.isdecimal() and int(step) < len(target):
            target = target[int(step)]
        else:
            return None
    return target


def put(target: dict[str, Json], path: tuple[str, ...], value: Json) -> None:
    """Set the value at a path, making objects and arrays on the way; a number is a position in an array."""
    if len(path) == 1 and not isinstance(value, list):
        target[path[0]] = value
        return
    node: Any = target
    for step, following in pairwise(path):
        fresh: Json = [] if following.isdecimal() else {}
        if isinstance(node, list):
            while len(node) <= int(step):
                node.append({})
            if following.isdecimal() and node[int(step)] == {}:
                node[int(step)] = []
            node = node[int(step)]
        else:
            node = node.setdefault(step, fresh)
    if isinstance(node, list):
        node.append(value)
    elif isinstance(value, list) and isinstance(node.get(path[-1]), list):
        node[path[-1]] += [item for item in value if item not in node[path[-1]]]
    else:
        node[path[-1]] = value


def array_at(target: dict[str, Json], path: tuple[str, ...]) -> list[Json]:
    """Return the array at a path, made if it is not there."""
    found = get(target, path)
    if not isinstance(found, list):
        found = []
        put(target, path, found)
    return found


def remove(target: dict[str, Json], path: tuple[str, ...]) -> None:
    """Take out what is at a path, and what is then empty around it."""
    parent = get(target, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif isinstance(parent, list) and int(path[-1]) < len(parent):
        parent.pop(int(path[-1]))
    if not parent and len(path) > 1:
        remove(target, path[:-1])
