"""Numbers that carry their own rules: one module a number, in the folder of the country that issues it.

Each module is the check behind one JSON Schema `format`, and is found by walking this folder. It has what
`Identifier` lists, a `get_…` function for each part of the number, and `complete` if it ends with check characters.

>>> for name in sorted(formats()):
...     print(name)
citizen-number
licence-identifier
licence-type-code
organisation-code
partial-date
region-code
resource-code
service-basic-code
service-handling-code
service-implementation-code
uscc
>>> explain("uscc", "11330105002500287C") is None
True
>>> reason = explain("uscc", "11330105002500287D")
>>> reason.position, reason.zh
(18, '第 18 位校验码应为 C，实际为 D；请核对第 1 至 8 位和第 18 位')
"""

import importlib
import pkgutil
from functools import cache
from typing import Protocol, cast


class InvalidIdentifier(ValueError):
    """A text breaks the rules of a number: `zh` and `en` say which character, why, and what to do.

    `position` counts the characters of the compact form from 1, those of the text itself where only its
    spelling is wrong; it is `None` where no single character is to blame. The sentences are at most 120
    characters long and quote only what is wrong, so that they do not give a personal number away.
    """

    def __init__(self, zh: str, en: str, position: int | None = None) -> None:
        super().__init__(zh, en, position)
        self.zh = zh
        self.en = en
        self.position = position

    def text(self, lang: str) -> str:
        """Return the sentence in `lang` ("zh" or "en")."""
        return self.en if lang == "en" else self.zh

    def __str__(self) -> str:
        return self.en


class Identifier(Protocol):
    """What the module of a number has."""

    FORMAT: str
    """Name of the JSON Schema `format`."""

    def compact(self, text: str) -> str:
        """Return `text` half width, in upper case, without the blanks and hyphens that it may have."""

    def validate(self, text: str, *, strict: bool = False) -> str:
        """Return the compact form or raise `InvalidIdentifier`; if `strict`, also where `text` is not so."""

    def is_valid(self, text: str) -> bool:
        """Whether the number is right, however it is spelled. Never raises."""

    def is_compact(self, text: str) -> bool:
        """Whether the number is right and in compact form, as an entry holds it. Never raises."""

    def format(self, text: str) -> str:
        """Return the number as people write it; nothing is checked."""


def formats() -> dict[str, Identifier]:
    """Return the module of each number by the name of its JSON Schema `format`."""
    return dict(_found())


def explain(format: str, text: str) -> InvalidIdentifier | None:
    """Return why `text` does not conform to `format`; `None` if it does, or if no module here is for it."""
    module = _found().get(format)
    if module is None:
        return None
    try:
        module.validate(text, strict=True)
    except InvalidIdentifier as reason:
        return reason
    return None


def complete(format: str, text: str) -> str:
    """Return the number that `text` begins, with its check characters; raises `KeyError` if the format has none.

    >>> complete("uscc", "1133010500250028")
    '11330105002500287C'
    >>> complete("licence-identifier", "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001")
    '1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9'
    """
    module = _found()[format]
    if not hasattr(module, "complete"):
        raise KeyError(format)
    return cast(str, module.complete(text))


@cache
def _found() -> dict[str, Identifier]:
    names = [info.name for info in pkgutil.walk_packages(__path__, f"{__name__}.")]
    modules = [cast(Identifier, importlib.import_module(name)) for name in names]
    return {module.FORMAT: module for module in modules if hasattr(module, "FORMAT")}
