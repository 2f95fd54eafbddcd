"""`mulu convert`: legacy files in, entries out, and an account of every value."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import click

from mulu.cli.console import complain, language, say
from mulu.cli.options import reading, resumable, with_standard
from mulu.cli.runs import Converting, conversion_of, kept_in, write_rejects
from mulu.cli.standards import locked_standard
from mulu.cli.targets import refuse_ending, refuse_input, refuse_part
from mulu.convert import ENTRIES
from mulu.convert.account import account_lines, preview_lines
from mulu.convert.ledger import to_json
from mulu.convert.source import Reject
from mulu.convert.target import Target, open_target
from mulu.errors import Empty, UsageFault
from mulu.output import whole_file
from mulu.texts import Text, clean, several


@click.command(
    "convert",
    help=say(
        "把部门的目录转换为标准的条目（JSON Lines），并交代每一个值的去向。\n\n"
        "SRC 可以是文件、文件夹、ZIP 压缩包、数据库地址或 -（标准输入）。有文件没能转换时退出码为 2，其余照常转换。",
        "Convert a department's catalog to entries of the standard (JSON Lines), with an account of every value.\n\n"
        "SRC is a file, a folder, a ZIP archive, a database address, or - for standard input. If a file cannot be "
        "converted, the others still are, and the exit code is 2.",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT.jsonl",
    help=say("写入这个文件；不给则写到标准输出", "Output file; default: standard output"),
)
@click.option(
    "--ledger",
    "ledger_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("把逐列的账目写成 JSON", "Write the account of all values, column by column, as JSON"),
)
@click.option(
    "--rejects",
    "rejects_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "把不能成为条目的记录连同原因写进这个文件（JSON Lines），其余照常转换；有这样的记录时退出码为 1",
        "Write records that cannot become entries to this file (JSON Lines), with the reason, and convert the "
        "others; the exit code is 1 if there are any",
    ),
)
@click.option(
    "--to",
    "target_format",
    metavar="FORMAT",
    help=say(
        "写成这种格式（见 mulu formats），写法由输出文件的扩展名决定；不给则写标准的条目",
        "Write this format (see mulu formats) instead of entries; the file extension selects the syntax",
    ),
)
@click.option(
    "--fail-on-loss",
    is_flag=True,
    help=say("目标格式容不下某个值时退出码为 1", "Exit with 1 if the target format cannot hold every value"),
)
@click.option(
    "--preview",
    type=click.IntRange(min=1),
    metavar="N",
    help=say(
        "只显示前 N 条和各值来自的单元格，不转换全部",
        "Show the first N entries next to their source cells, without converting the rest",
    ),
)
@click.option("-q", "--quiet", is_flag=True, help=say("屏幕上不显示账目", "Do not print the account on the screen"))
@resumable
@reading
@with_standard
def command(
    paths: tuple[str, ...],
    output: Path | None,
    ledger_path: Path | None,
    rejects_path: Path | None,
    target_format: str | None,
    fail_on_loss: bool,
    preview: int | None,
    quiet: bool,
    resume: Path | None,
    standard_path: Path | None,
    **asked: Any,
) -> int:
    """Convert files, and write entries and account."""
    if preview is not None:
        _refuse_beside_preview(output, resume)
    written = [path for path in (output, ledger_path, rejects_path) if path is not None]
    for path in paths:
        refuse_input(Path(path), written)
    # What a sample becomes is written anew when its mapping has changed.
    refuse_part(standard_path, [output], but="converters/*/expected.jsonl")
    refuse_part(standard_path, [ledger_path, rejects_path])
    if target_format in (None, ENTRIES):
        refuse_ending(output)
    standard = locked_standard(standard_path)
    target = open_target(standard, target_format or ENTRIES, output)
    kept = kept_in(resume, paths)
    run = conversion_of(
        paths, standard=standard, sets_aside=rejects_path is not None, kept=kept, left_out=written, **asked
    )
    _write(run, target, output, rejects_path, preview)
    if ledger_path is not None:
        with whole_file(ledger_path) as account:
            account.write(to_json(run.conversion.ledgers, target.ledger))
    if not quiet:
        for line in [*account_lines(run.conversion.ledgers, language(), target.ledger), *run.noticed]:
            click.echo(clean(line), err=output is None and preview is None)
    if kept is not None:
        kept.finish(not run.failed)
    if run.failed:
        return 2
    if run.rejects:
        return 1
    return 1 if fail_on_loss and target.ledger is not None and target.ledger.counts["dropped"] else 0


def _refuse_beside_preview(output: Path | None, resume: Path | None) -> None:
    if output is not None:
        raise UsageFault("--preview 不写文件，不能与 -o 同用", "--preview writes no file and does not go with -o")
    if resume is not None:
        raise UsageFault(
            "--preview 只看开头几条，不能与 --resume 同用",
            "--preview shows the first entries and does not go with --resume",
        )


def _write(
    run: Converting, target: Target, output: Path | None, rejects_path: Path | None, preview: int | None
) -> None:
    """Write the entries, or show the first of them, and what is set aside; the output stands if anything came out."""
    with ExitStack() as stack:
        stream: BinaryIO | None = None
        if output is not None:
            stream = stack.enter_context(whole_file(output))
        elif preview is None:
            sys.stdout.flush()
            stream = sys.stdout.buffer
        made = _entries(run, target, stream, preview or 0)
        if rejects_path is not None:
            write_rejects(rejects_path, run.rejects)
        if run.rejects:
            complain(_rejected(run.rejects, rejects_path).get(language()))
        if run.failed and not made:
            # Nothing came out: an empty file would look like an empty catalog.
            raise click.exceptions.Exit(2)
        if made and target.ledger is not None and not target.ledger.entries:
            raise _no_place(made, target.ledger.format, output)
        if stream is not None:
            target.finish(stream)


def _entries(run: Converting, target: Target, stream: BinaryIO | None, shown: int) -> int:
    """Write the entries, or without a stream show so many of them; return how many there are."""
    made = 0
    for made, (document, sourced) in enumerate(run.conversion.sourced(), 1):
        if stream is not None:
            target.add(sourced.entry, stream)
        elif made <= shown:
            for line in preview_lines(document, sourced):
                click.echo(clean(line))
    return made


def _no_place(made: int, target_format: str, output: Path | None) -> Empty:
    return Empty(
        str(output or "-"),
        f"没有写出：{made} 条中没有一条是 {target_format} 能收的种类；mulu explain {target_format} 说明收哪些",
        f"nothing was written: of {several(made, 'entry', 'entries')} none is of a kind that {target_format} holds; "
        f"mulu explain {target_format} tells which",
    )


def _rejected(rejects: list[Reject], path: Path | None) -> Text:
    """Return what is said of records that could not become entries: how many, and where the first of them stands."""
    count, first = len(rejects), rejects[0]
    zh = "用 --rejects 文件 可以留存它们" if path is None else f"已写入 {path}"
    en = "--rejects FILE sets them aside" if path is None else f"set aside in {path}"
    return Text(
        f"{count} 条记录不能成为条目，第一条在 {first.place}：{first.reason.zh}；{zh}",
        f"{several(count, 'record')} could not become entries, the first at {first.place}: {first.reason.en}; {en}",
    )
