"""`mulu standard migrate`: entries of one version made entries of the next."""

import os
from contextlib import suppress
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mulu.cli.arguments import limits_of
from mulu.cli.console import complain, language, say
from mulu.cli.options import comparing
from mulu.cli.runs import ALL_FINDINGS, conversion_of, write_rejects
from mulu.cli.standards import load_standard
from mulu.cli.targets import refuse_ending, refuse_input, refuse_part
from mulu.errors import UsageFault
from mulu.scratch import scratch
from mulu.texts import Text, clean, several

if TYPE_CHECKING:  # the help of a command loads no more than it must
    from collections.abc import Iterable

    from mulu.convert.source import Reject
    from mulu.publish.migrate import Migrated
    from mulu.standard import Standard

_SHOWN = 20


@click.command(
    "migrate",
    help=say(
        "按标准新版 NEW 声明的迁移（schemas/migrations/*.yaml），把旧版 OLD 的目录变成新版的条目，"
        "并交代每一个值的去向。\n\n"
        "旧版接受的每一条，要么成为新版接受的一条，要么连同原因列出；有列出的条目时退出码为 1，"
        "不给 --rejects 则什么也不写。"
        "--draft 不迁移目录，而由两版的差别起草一个迁移文件。",
        "Migrate catalogs from version OLD of a standard to version NEW, using the migrations that NEW declares "
        "(schemas/migrations/*.yaml), with an account of every value.\n\n"
        "Each entry accepted by OLD becomes one accepted by NEW, or is listed with the reason; in that case the exit "
        "code is 1, and nothing is written unless --rejects is given. With --draft, no catalog is migrated; instead, "
        "a migration is drafted from the differences.",
    ),
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, metavar="[CATALOG...]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("写到：条目（JSON Lines），或起草的迁移", "Output file: entries (JSON Lines), or the draft"),
)
@click.option(
    "--ledger",
    "ledger_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("把账目写成 JSON", "Write the account as JSON"),
)
@click.option(
    "--rejects",
    "rejects_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "不能迁移的条目连同原因写进这个文件（JSON Lines），其余照常写出",
        "Write entries that cannot be migrated to this file (JSON Lines), with the reason, and write the others as "
        "usual",
    ),
)
@click.option(
    "--allow-loss", is_flag=True, help=say("步骤取消的值可以丢失", "Allow the loss of values that steps remove")
)
@click.option("--draft", "drafts", is_flag=True, help=say("起草一个迁移文件", "Draft a migration"))
@comparing
def command(
    old: Path,
    new: Path,
    paths: tuple[str, ...],
    output: Path | None,
    ledger_path: Path | None,
    rejects_path: Path | None,
    allow_loss: bool,
    drafts: bool,
    level: str | None,
    today: datetime | None,
    limits: tuple[str, ...],
    **asked: Any,
) -> int:
    """Migrate catalogs, or draft a migration."""
    from mulu.output import whole_file
    from mulu.publish.migrate import migrate
    from mulu.validate import Options

    if output is None:
        raise UsageFault("请用 -o 写明输出文件", "name the output file with -o")
    if bool(paths) == drafts:
        raise UsageFault(
            "请给出要迁移的目录文件；只起草迁移的，给 --draft，不给目录文件",
            "name the catalogs to migrate, or use --draft without a catalog",
        )
    before, after = load_standard(old), load_standard(new)
    if drafts:
        _draft(before, after, new, output)
        return 0
    written = [path for path in (output, ledger_path, rejects_path) if path is not None]
    _refuse(paths, (old, new), output, written)
    all_found = (*ALL_FINDINGS, *limits)
    chosen = level or before.header.levels[0].id
    options = Options(chosen, today.date() if today else date.today(), limits=limits_of(all_found))
    with scratch() as folder:
        run = conversion_of(paths, standard=before, limits=all_found, left_out=written, **asked)
        found = migrate(before, after, run.conversion.sourced(), options, folder, allow_loss=allow_loss)
        _tell(found)
        if ledger_path is not None:
            with whole_file(ledger_path) as stream:
                stream.write(found.account.to_json())
        _tell_rejects(chain(run.rejects, found.rejects()))
        if rejects_path is not None:
            write_rejects(rejects_path, chain(run.rejects, found.rejects()))
        count = len(run.rejects) + len(found.aside)
        if rejects_path is not None or not (count or run.failed):
            with whole_file(output) as stream:
                found.write(stream)
        if count or run.failed:
            complain(_left(count, len(run.failed), output, rejects_path).get(language()))
        return 2 if run.failed else 1 if count else 0


def _refuse(paths: tuple[str, ...], standards: tuple[Path, Path], output: Path, written: list[Path]) -> None:
    """Raise `UsageFault` if what is to be written would overwrite what is read, or promises something else."""
    refuse_ending(output)
    for path in paths:
        refuse_input(Path(path), written)
    for standard in standards:
        refuse_part(standard, written)


def _draft(before: "Standard", after: "Standard", new: Path, output: Path) -> None:
    """Write a draft of the migration; `new` is the folder of the version that it leads to."""
    from mulu.output import whole_file
    from mulu.publish.migrate.draft import draft

    text = draft(before, after)
    if Path(os.path.realpath(output)).is_relative_to(new.resolve()):
        # A standard that had no migration yet has no folder for them.
        with suppress(OSError):
            output.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(output) as stream:
        stream.write(text.encode())
    click.echo(clean(say(f"已起草 {output}", f"drafted {output}")))


def _tell(found: "Migrated") -> None:
    """Print the account of a migration."""
    for line in found.account.lines(language()):
        click.echo(clean(line))
    if found.refused_before:
        count = found.refused_before
        click.echo(
            say(
                f"  {count} 条旧版已不接受，只按步骤改写",
                f"  {several(count, 'entry', 'entries')} already rejected by the old version, rewritten as far as "
                "the steps apply",
            )
        )


def _tell_rejects(rejects: "Iterable[Reject]") -> None:
    """Print the first of what cannot be migrated."""
    for reject in islice(rejects, _SHOWN):
        click.echo(clean(f"{reject.place}  {reject.reason.get(language())}"))


def _left(entries: int, files: int, output: Path, rejects: Path | None) -> Text:
    """Return what is said of entries and files that are not carried."""
    aside = Text("", "") if rejects is None else Text(f"，已写入 {rejects}", f", set aside in {rejects}")
    parts = [
        Text(f"{files} 个文件没能读取", f"{several(files, 'file')} could not be read"),
        Text(f"{entries} 条不能迁移{aside.zh}", f"{several(entries, 'entry', 'entries')} cannot be migrated{aside.en}"),
    ]
    told = [part for part, number in zip(parts, (files, entries), strict=True) if number]
    if rejects is None:
        end = Text(
            f"没有写出 {output}；请修正后再做，或用 --rejects 文件 留存不能迁移的、写出其余的",
            f"{output} was not written; fix the problems and run the command again, or use --rejects FILE to set "
            "aside what cannot be migrated and write the rest",
        )
    else:
        end = Text(f"其余写入 {output}", f"the rest was written to {output}")
    return Text(f"{'；'.join(part.zh for part in told)}；{end.zh}", f"{'; '.join(part.en for part in told)}; {end.en}")
