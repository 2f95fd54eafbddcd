"""`mulu standard diff`: what changed between two versions, and which version number that asks for."""

from pathlib import Path

import click

from mulu.cli.console import language, say
from mulu.cli.options import common
from mulu.cli.standards import load_standard


@click.command(
    "diff",
    help=say(
        "比较标准的两个版本，OLD 和 NEW 是目录或打包文件：每处变化是不兼容、收紧、放宽还是只改文字，"
        "版本号至少应是多少（SemVer）。NEW 的版本号不够时退出码为 1。",
        "Compare two versions of a standard (folders or packages). Each change is classed as breaking, tightening, "
        "loosening or documentation, and the required version number (SemVer) is derived. The exit code is 1 if the "
        "version number of NEW is too low.",
    ),
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "-f",
    "--format",
    "written",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help=say("输出格式；markdown 可直接放进变更记录", "Output format; markdown is suitable for a changelog"),
)
@common
def command(old: Path, new: Path, written: str) -> int:
    """Print the changes and the verdict."""
    from mulu.publish.diff import diff
    from mulu.publish.diff.render import rendered

    found = diff(load_standard(old), load_standard(new))
    click.echo(rendered(found, written, language()))
    return 0 if found.is_enough else 1
