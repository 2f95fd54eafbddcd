"""`mulu standard new`: begin a standard."""

from pathlib import Path

import click

from mulu.cli.console import say
from mulu.cli.options import common
from mulu.texts import clean


@click.command(
    "new",
    help=say(
        "新建标准 NAME：一个目录，种类、代码表、规则、转换各有一个，可以通过检查，然后逐个改成自己的。"
        "加 --extends 时，是内置标准的一个种类，另加一个属性、一个级别、一条规则。",
        "Create a new standard NAME: a folder with one kind, one code list, one rule and one converter that passes "
        "the check, for you to adapt. With --extends, a kind of the built-in standard with one property, one level and "
        "one rule added.",
    ),
)
@click.argument("name")
@click.option(
    "--extends",
    metavar="ID",
    help=say("以内置标准为基础（mulu-gov-catalog）", "Build on the built-in standard (mulu-gov-catalog)"),
)
@click.option(
    "--kind",
    metavar="KIND",
    help=say(
        "与 --extends 合用：扩展哪个种类；不给则为格式最多的",
        "With --extends: the kind to extend; default: the one with most formats",
    ),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say("写到这个新目录；不给则为 ./NAME", "Folder to create; default: ./NAME"),
)
@common
def command(name: str, extends: str | None, kind: str | None, output: Path | None) -> None:
    """Write the folder of a new standard."""
    from mulu.publish.begin import begin

    target = output or Path(name)
    begin(name, target, extends, kind)
    click.echo(
        clean(
            say(
                f"已写出 {target}；检查：mulu standard check {target}",
                f"wrote {target}; check it: mulu standard check {target}",
            )
        )
    )
