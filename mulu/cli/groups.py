"""A group of commands: one module a command, found by walking the group's folder."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import click

from mulu.cli.console import say
from mulu.texts import LANGUAGES, did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])


def speaking(command: Command) -> Command:
    """Add `--lang`; what it says is read before the command is known."""
    option = click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=say("输出的语言，写在命令前后都可以", "Language of the output; can precede or follow the command"),
    )
    return option(command)


class Closed(Exception):
    """Whoever read our output has closed it. No `OSError`: of those click makes exit code 1, which means findings."""


class Group(click.Group):
    """A command with commands below it."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with what its help begins with."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, _beginning(command.help or "")) for name, command in found if command])


class Commands(Group):
    """The commands in a package; the module of one is imported when it is asked for."""

    def __init__(self, package: str, folders: Iterable[str], private: Iterable[str] = (), **attributes: Any) -> None:
        super().__init__(**attributes)
        speaking(self)
        self._package = package
        self._folders = folders
        self._private = frozenset(private)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; raises `Closed` if nobody reads what it prints."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise Closed from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for; raises `click.UsageError` with what was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            near = did_you_mean(args[0], self.list_commands(ctx))
            ctx.fail(say(f"没有命令 {args[0]}{near.zh}", f"unknown command {args[0]}{near.en}"))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(info.name for info in pkgutil.iter_modules(self._folders) if info.name not in self._private)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command of that name."""
        if name not in self.list_commands(ctx):
            return None
        return cast(click.Command, importlib.import_module(f"{self._package}.{name}").command)


def _beginning(text: str) -> str:
    """Return what a command does without the details, which stand in its own help behind a mark or in a paragraph."""
    return re.split(r"[。：；]|[.:;]\s|\n|\.$", text, maxsplit=1)[0]
