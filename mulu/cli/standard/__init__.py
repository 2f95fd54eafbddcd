"""`mulu standard`: for those who write a standard, and publish it; one module a subcommand."""

import click

from mulu.cli.console import say
from mulu.cli.groups import Commands

command: click.Command = Commands(
    __name__,
    __path__,
    name="standard",
    help=say("编写、检查、比较、发布一个标准。", "Write, check, compare and publish a standard."),
    no_args_is_help=True,
)
