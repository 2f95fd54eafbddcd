"""A package that can be called: `mulu.validate(…)`, whose work stands in the package `mulu.validate`."""

import importlib
import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *args: Any, **given: Any) -> Any:
        """Call the function of the package's own name, which stands in its module `whole`."""
        name = self.__name__.rpartition(".")[2]
        return getattr(importlib.import_module(f"{self.__name__}.api"), name)(*args, **given)


def make_callable(package: str) -> None:
    """Let the package of that name be called; what is done is its `whole` module's function of the same name."""
    sys.modules[package].__class__ = _Callable
