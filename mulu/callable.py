"""A package that can be called: `mulu.validate(…)`, whose work stands in the package `mulu.validate`."""

import importlib
import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *args: Any, **given: Any) -> Any:
        """Call the function of the package's own name, which stands in its module `api`."""
        name = self.__name__.rpartition(".")[2]
        return getattr(importlib.import_module(f"{self.__name__}.api"), name)(*args, **given)


def make_callable(package: str) -> None:
    """Let the package of that name be called; the function of the same name in its module `api` does the work."""
    sys.modules[package].__class__ = _Callable
