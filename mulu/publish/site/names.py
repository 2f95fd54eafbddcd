"""Names for other languages: what a standard calls something, as an identifier that is taken by nothing else."""

import re
import unicodedata
from collections.abc import Collection

_PARTS = re.compile(r"[^\W_]+")


class Names:
    """Gives each thing an identifier of its own; what differs in case only counts as the same.

    `reserved` are words that no identifier may be; `longest` is how many bytes one may have.
    """

    def __init__(self, reserved: Collection[str] = (), longest: int = 63) -> None:
        self._taken = {word.casefold() for word in reserved}
        self._longest = longest

    def take(self, wanted: str) -> str:
        """Return `wanted`, or what is nearest to it and free."""
        wanted = _cut(wanted, self._longest)
        found, number = wanted, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{_cut(wanted, self._longest - len(str(number)) - 1)}_{number}"
        self._taken.add(found.casefold())
        return found


def pascal(name: str) -> str:
    """Return a name as types are called.

    >>> pascal("data-item"), pascal("7 days"), pascal("目录")
    ('DataItem', 'X7Days', '目录')
    """
    joined = "".join(part[0].upper() + part[1:] for part in _PARTS.findall(unicodedata.normalize("NFKC", name)))
    return joined if joined.isidentifier() else f"X{joined}"


def snake(name: str) -> str:
    """Return a name as columns and members are called.

    >>> snake("accrualPeriodicity"), snake("data-item"), snake("URL"), snake("1st")
    ('accrual_periodicity', 'data_item', 'url', 'x_1st')
    """
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFKC", name))
    joined = "_".join(part.lower() for part in _PARTS.findall(split))
    return joined if joined.isidentifier() else f"x_{joined}"


def _cut(name: str, longest: int) -> str:
    return name.encode()[:longest].decode(errors="ignore")
