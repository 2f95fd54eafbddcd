"""A group of commands: one module a command, found by walking the group's folder."""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any, cast

import click


class Commands(click.Group):
    """The commands in a package; the module of one is imported when it is asked for."""

    def __init__(self, package: str, folders: Iterable[str], private: Iterable[str] = (), **attributes: Any) -> None:
        super().__init__(**attributes)
        self._package = package
        self._folders = folders
        self._private = frozenset(private)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(info.name for info in pkgutil.iter_modules(self._folders) if info.name not in self._private)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command of that name."""
        if name not in self.list_commands(ctx):
            return None
        return cast(click.Command, importlib.import_module(f"{self._package}.{name}").command)
