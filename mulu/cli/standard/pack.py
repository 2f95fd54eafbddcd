"""`mulu standard pack`: a standard as one file."""

from pathlib import Path

import click

from mulu.cli.console import say
from mulu.cli.options import common
from mulu.cli.settings import said
from mulu.errors import UsageFault
from mulu.texts import clean


@click.command(
    "pack",
    help=say(
        "把标准目录 DIR（不给则为内置标准）打包成一个带校验和的文件，可直接用于 --standard。",
        "Pack the standard in the folder DIR, or the built-in one, into one file with checksums; --standard takes it.",
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE.zip", help=say("写到", "The file")
)
@common
def command(folder: Path | None, output: Path, standard_path: Path | None) -> None:
    """Write the file."""
    from mulu.output import whole_file
    from mulu.publish.pack import pack

    if folder is not None and said("standard_path"):
        raise UsageFault("目录给了两次：DIR 和 --standard", "the folder is given twice, as DIR and by --standard")
    with whole_file(output) as stream:
        count = pack(folder or standard_path, stream)
    click.echo(clean(say(f"已写出 {output}：{count} 个文件", f"wrote {output}: {count} files")))
