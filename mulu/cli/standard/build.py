"""`mulu standard build`: the site of a standard."""

from pathlib import Path

import click

from mulu.cli.console import say
from mulu.cli.options import with_standard
from mulu.cli.standards import one_folder, standard_folder
from mulu.texts import clean


@click.command(
    "build",
    help=say(
        "生成标准 DIR（不给则为内置标准）的网站：中英文页面，以及 JSON Schema、代码表、JSON-LD、SHACL、SQL 等文件，"
        "放到 standard.toml 中 base 的地址即可。",
        "Build the website of the standard in DIR (default: the built-in one): pages in Chinese and English, JSON "
        "Schemas, code lists, JSON-LD, SHACL, SQL and more. Publish it at the address given as base in standard.toml.",
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="SITE",
    help=say(
        "写到这个文件夹；已有的同一标准的网站会被替换",
        "Output folder; an existing site of the same standard is replaced",
    ),
)
@click.option(
    "--versions",
    "earlier",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "上一版网站的 versions.json，其中的版本一并列出", "versions.json of the previous site, to list earlier versions"
    ),
)
@with_standard
def command(folder: Path | None, output: Path, earlier: Path | None, standard_path: Path | None) -> None:
    """Write the site."""
    from mulu.publish.site import build

    count = build(standard_folder(one_folder(folder, standard_path)), output, earlier)
    click.echo(
        clean(
            say(
                f"已写出 {output}：{count} 个文件；打开 {output / 'index.html'} 查看",
                f"wrote {output}: {count} files; open {output / 'index.html'} to view it",
            )
        )
    )
