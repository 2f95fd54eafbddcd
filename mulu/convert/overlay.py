"""What a record held beyond the standard, laid over what is written of its entry in the same format."""

from mulu.convert.trees import leaves
from mulu.marks import MARKS
from mulu.pointer import Json, pointer_of, steps_of

VALUE = "@value"
"""The member that holds the text of a literal of RDF."""


def lay_over(tree: Json, rest: Json, text: str) -> tuple[Json, set[str]]:
    """Return `tree` with what it lacks of `rest`, and the pointers in `rest` of what found its place taken.

    `text` is the member that holds the text of a node which turns out to have more than text.
    """
    lost: set[str] = set()
    return _laid(tree, rest, "", text, lost), lost


def _laid(tree: Json, rest: Json, pointer: str, text: str, lost: set[str]) -> Json:
    if tree is None:
        return _told(rest) if text == VALUE else rest
    if rest == {}:
        return tree
    if isinstance(tree, list) or isinstance(rest, list):
        mine = tree if isinstance(tree, list) else [tree]
        theirs = rest if isinstance(rest, list) else [rest]
        suffix = "/{}" if isinstance(rest, list) else ""
        if not any(isinstance(one, dict) for one in theirs):
            return [*mine, *(one for one in theirs if one not in mine)]
        free = dict(enumerate(mine))
        both: dict[int, Json] = dict.fromkeys(range(len(theirs)))
        # The language of a text that was read goes to it before the same text in another language does.
        for n, one in sorted(enumerate(theirs), key=lambda each: not _is_mark(each[1])):
            # What is left of an element goes to the one at its position, unless that one says otherwise.
            at = next((m for m in (n, *free) if m in free and _is_rest_of(free[m], one, text)), None)
            under = free.pop(at) if at is not None else None
            both[n] = _laid(under, one, pointer + suffix.format(n), text, lost)
        return [*(one for one in both.values() if one is not None and one != {}), *free.values()]
    if isinstance(tree, dict) and isinstance(rest, dict):
        merged = dict(tree)
        for key, member in rest.items():
            laid = _laid(merged.get(key), member, pointer_of((*steps_of(pointer), key)), text, lost)
            if laid is not None:
                merged[key] = laid
        return merged
    if isinstance(rest, dict):
        return _laid({text: tree}, rest, pointer, text, lost)
    if tree != rest:
        lost.update(at for at, _ in leaves(rest, pointer))
    return tree


def _is_mark(rest: Json) -> bool:
    return isinstance(rest, dict) and bool(rest) and all(key in MARKS for key in rest)


def _is_rest_of(tree: Json, rest: Json, text: str) -> bool:
    """Whether `rest` can belong to the element of a list that `tree` was written of."""
    if isinstance(tree, dict) and isinstance(rest, dict) and len(tree) == len(rest) == 1 and tree.keys() != rest.keys():
        # Where XML has one of several elements, two of them have no place in one.
        return not all(isinstance(member, dict) for one in (tree, rest) for member in one.values())
    return _agree(tree, rest, text)


def _agree(tree: Json, rest: Json, text: str) -> bool:
    """Whether `rest` can be laid over `tree` with no value of either in the place of another."""
    if isinstance(rest, dict) and not isinstance(tree, dict | list):
        tree = {text: tree}
    if isinstance(tree, dict) and isinstance(rest, dict):
        return all(key not in tree or _agree(tree[key], member, text) for key, member in rest.items())
    return isinstance(tree, dict | list) or isinstance(rest, dict | list) or tree == rest


def _told(rest: Json) -> Json:
    """Return what is left without the language of literals whose text went elsewhere."""
    if isinstance(rest, list):
        return [told for told in map(_told, rest) if told is not None]
    if not isinstance(rest, dict):
        return rest
    if _is_mark(rest):
        return None
    return {key: told for key, member in rest.items() if (told := _told(member)) is not None}
