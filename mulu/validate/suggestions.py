"""What a value that is not on a list was probably meant to be: did-you-mean for rules.

Names of departments are short and alike, and so are codes: by the likeness that serves for names of properties
every one would be near to every other. Here a line of the list is meant if one of its columns is just what was
written, if every column that was written is one slip away (a character changed, left out, added, or two swapped),
or if it is the only one that ends with what was written: 民政局 for 长沙市民政局.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mulu.identifiers.spelling import half_width
from mulu.pointer import Json
from mulu.standard.rules import Suggest
from mulu.texts import shown

SHORTEST = 3
"""Characters of the shortest text for which one is proposed; one slip makes anything of a shorter one."""
MOST = 3

_Line = tuple[str | None, ...]
_NONE: dict[str, Json] = {"suggestion": None, "suggestion_zh": "", "suggestion_en": ""}
SUGGESTION = tuple(_NONE)
"""The parameters that what was meant is told by."""


class Neighbours:
    """The lists of the rules of one run, each read when it is first asked for; `read` gives its lines."""

    def __init__(self, read: Callable[[Suggest], list[_Line]]) -> None:
        self._read = read
        self._lists: dict[Suggest, _List] = {}

    def told(self, suggest: Suggest | None, params: Mapping[str, Any]) -> dict[str, Json]:
        """Return the parameters `suggestion`, `suggestion_zh` and `suggestion_en` for what a rule found.

        There are none if the rule names no list.
        """
        if suggest is None:
            return {}
        known = self._lists.get(suggest)
        if known is None:
            known = self._lists[suggest] = _List(self._read(suggest))
        found = known.meant(tuple(_plain(params.get(name)) for name, _ in suggest.by))
        if not found:
            return _NONE
        texts = [" ".join(shown(value) for value in line if value) for line in found]
        return {
            "suggestion": texts[0] if len(texts) == 1 else None,
            "suggestion_zh": f"，是不是 {'、'.join(texts)}？",
            "suggestion_en": f" (did you mean {' or '.join(texts)}?)",
        }


class _List:
    """Lines by what stands in their columns, by halves of it, and by how it ends."""

    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._plain = [tuple(map(_plain, line)) for line in lines]
        self._by: dict[tuple[int, str, str], list[int]] = defaultdict(list)
        self._known: dict[tuple[str, ...], list[_Line]] = {}
        for number, line in enumerate(self._plain):
            for column, text in enumerate(line):
                if len(text) >= SHORTEST:
                    for how, key in _keys(text):
                        self._by[column, how, key].append(number)

    def meant(self, written: tuple[str, ...]) -> list[_Line]:
        """Return the lines that were probably meant, at most `MOST`."""
        if written not in self._known:
            found = self._same(written) or self._near(written) or self._ending(written)
            # What is on the list just as it was written was rejected for another reason.
            others = [number for number in found if self._differs(written, number)]
            self._known[written] = [self._lines[number] for number in others] if len(others) <= MOST else []
        return self._known[written]

    def _differs(self, written: tuple[str, ...], number: int) -> bool:
        return any(text and text != known for text, known in zip(written, self._plain[number], strict=True))

    def _same(self, written: tuple[str, ...]) -> list[int]:
        return self._found(written, lambda text: [("whole", text)])

    def _near(self, written: tuple[str, ...]) -> list[int]:
        given = [column for column, text in enumerate(written) if text]
        return [
            number
            for number in self._found(written, lambda text: list(_halves(text, (-1, 0, 1))))
            if all(one_slip(written[column], self._plain[number][column]) for column in given)
        ]

    def _ending(self, written: tuple[str, ...]) -> list[int]:
        found = self._found(written, lambda text: [("end", text)])
        return found if len(found) == 1 else []

    def _found(self, written: tuple[str, ...], keys: Callable[[str], list[tuple[str, str]]]) -> list[int]:
        return sorted(
            {
                number
                for column, text in enumerate(written)
                if len(text) >= SHORTEST
                for how, key in keys(text)
                for number in self._by.get((column, how, key), ())
            }
        )


def _plain(value: Any) -> str:
    """Return a text without case, width, blanks and punctuation."""
    text = half_width(value) if isinstance(value, str) else ""
    return "".join(character for character in text.lower() if character.isalnum())


def _keys(text: str) -> Iterator[tuple[str, str]]:
    yield "whole", text
    yield from _halves(text, (0,))
    for start in range(1, len(text) - SHORTEST + 1):
        yield "end", text[start:]


def _halves(text: str, off: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    """Yield the halves of a text; `off` is how much longer the text may be of which they are sought.

    A slip, even two characters swapped in the middle, leaves one of the halves as it was.
    """
    for more in off:
        length = len(text) + more
        half = max(1, (length - 2) // 2)
        yield f"begin {length}", text[:half]
        yield f"finish {length}", text[-half:]


def one_slip(written: str, meant: str) -> bool:
    """Whether a text differs from another by at most one character changed, left out or added, or two swapped.

    >>> one_slip("市民证局", "市民政局"), one_slip("民市政局", "市民政局"), one_slip("民证局", "市民政局")
    (True, True, False)
    """
    shortest = min(len(written), len(meant))
    start = next((at for at in range(shortest) if written[at] != meant[at]), shortest)
    left, right = written[start:], meant[start:]
    shortest = min(len(left), len(right))
    stop = next((at for at in range(shortest) if left[-1 - at] != right[-1 - at]), shortest)
    left, right = left[: len(left) - stop], right[: len(right) - stop]
    return (len(left) <= 1 and len(right) <= 1) or (len(left) == 2 and left == right[::-1])
