"""`mulu standard lock`: keep a project to the standard as it is now."""

from pathlib import Path

import click

from mulu.cli.console import say
from mulu.cli.options import with_standard
from mulu.cli.settings import settings_folder
from mulu.cli.standards import load_standard, one_folder
from mulu.cli.targets import refuse_part
from mulu.texts import clean


@click.command(
    "lock",
    help=say(
        "把所用的标准（DIR、设置中的或内置的）及其代码表锁定在 mulu.lock 中，写在设置文件旁边。"
        "此后标准或代码表与锁定的不同时，mulu validate 不检查，退出码为 2。",
        "Record the standard in use (DIR, the one in the settings, or the built-in one) and its code lists in "
        "mulu.lock, next to the settings file. If the standard or a code list later differs, mulu validate stops "
        "with exit code 2.",
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("写到这个文件", "Output file"),
)
@with_standard
def command(folder: Path | None, output: Path | None, standard_path: Path | None) -> None:
    """Write the lock."""
    from mulu.output import whole_file
    from mulu.standard.lock import NAME, lock_of, written

    named = one_folder(folder, standard_path)
    target = output or settings_folder() / NAME
    refuse_part(named, [target])
    standard = load_standard(named)
    standard.read()
    with whole_file(target) as stream:
        stream.write(written(lock_of(standard)))
    name, version, count = standard.header.id, standard.header.version, len(list(standard.codes))
    click.echo(
        clean(
            say(
                f"已写出 {target}：{name} {version}，{count} 个代码表",
                f"wrote {target}: {name} {version}, {count} code lists",
            )
        )
    )
