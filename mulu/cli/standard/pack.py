"""`mulu standard pack`: a standard as one file."""

from pathlib import Path

import click

from mulu.cli.console import say
from mulu.cli.options import with_standard
from mulu.cli.standards import one_folder, standard_folder
from mulu.cli.targets import refuse_part
from mulu.texts import clean


@click.command(
    "pack",
    help=say(
        "把标准目录 DIR（不给则为内置标准）打包成一个带校验和的文件，可直接用于 --standard。",
        "Pack the standard in the folder DIR (default: the built-in one) into one file with checksums, for use with "
        "--standard.",
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.zip",
    help=say("输出文件", "Output file"),
)
@with_standard
def command(folder: Path | None, output: Path, standard_path: Path | None) -> None:
    """Write the file."""
    from mulu.output import whole_file
    from mulu.publish.pack import pack

    named = one_folder(folder, standard_path)
    refuse_part(named, [output])
    chosen = standard_folder(named)
    with whole_file(output) as stream:
        count = pack(chosen, stream)
    click.echo(clean(say(f"已写出 {output}：{count} 个文件", f"wrote {output}: {count} files")))
