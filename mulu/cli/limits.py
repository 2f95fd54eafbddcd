"""`mulu limits`: how much of anything is read, and how to change it."""

from dataclasses import fields

import click

from mulu.cli.arguments import limits_of
from mulu.cli.console import language, say
from mulu.cli.options import common, limiting
from mulu.limits import Limits
from mulu.texts import padded, width


@click.command(
    "limits",
    help=say(
        "列出各项上限的名称、值、单位和适用对象。\n\n"
        '改变一项：--limit 名称=值，环境变量 MULU_LIMIT="名称=值 …"，或设置文件的 [limits]。',
        "List all limits with their name, value, unit and what each applies to.\n\n"
        'To change one, use --limit NAME=N, the variable MULU_LIMIT="NAME=N …", or [limits] in a settings file.',
    ),
)
@limiting
@common
def command(limits: tuple[str, ...]) -> None:
    """Print a line for each limit, as it is set."""
    chosen = limits_of(limits)
    rows = []
    for each in fields(Limits):
        unit, guards = (each.metadata[key].get(language()) for key in ("in", "guards"))
        rows.append((each.name, f"{getattr(chosen, each.name)} {unit}".rstrip(), guards))
    columns = [max(width(row[number]) for row in rows) for number in (0, 1)]
    for name, value, guards in rows:
        click.echo(f"{padded(name, columns[0])}  {padded(value, columns[1])}  {guards}")
    click.echo(
        say(
            '改变一项：--limit 名称=值，环境变量 MULU_LIMIT="名称=值 …"，或设置文件的 [limits]',
            'to change one: --limit NAME=N, MULU_LIMIT="NAME=N …" in the environment, or [limits] in a settings file',
        )
    )
