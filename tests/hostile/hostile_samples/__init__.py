"""Hostile files, made by code: a module a family of files, each with `samples()`."""

import importlib
import pkgutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """A file that means no good: its name, what makes its bytes, and what must be said of it.

    `refused` is what the refusal must hold (`None`: it may be read as well), `rules` are findings that there must be.
    """

    file: str
    make: Callable[[], bytes]
    refused: str | None = None
    rules: tuple[str, ...] = field(default=())


def _kept(data):
    """Return what makes the bytes again; until then they take little room, as nearly all of them repeat something."""
    packed = zlib.compress(data, 1)
    return lambda: zlib.decompress(packed)


def _all():
    found = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, file, made, *rest in module.samples():
            refused = next((item for item in rest if isinstance(item, str)), None)
            rules = next((item for item in rest if isinstance(item, tuple)), ())
            key = f"{info.name}-{name}"
            assert key not in found, key
            found[key] = Sample(file, made if callable(made) else _kept(made), refused, rules)
    return found


SAMPLES = _all()
