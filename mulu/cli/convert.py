"""`mulu convert`: legacy files in, entries out, and an account of every value."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from mulu.cli.console import complain, error_text, language, say
from mulu.cli.options import common, files_of, given_of, limits_of, load_standard, reading, refuse_input
from mulu.convert import Given, known_words, open_source
from mulu.convert.account import account_lines, preview_lines
from mulu.convert.ledger import Ledger, to_json
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, UsageFault, internal_error
from mulu.limits import Limits
from mulu.pointer import dumps, inert
from mulu.readers import open_document
from mulu.standard import Standard
from mulu.texts import clean


@click.command(
    "convert",
    help=say(
        "把部门的目录转换为标准的条目（JSON Lines），并交代每一个值的去向。\n\n"
        "SRC 可以是文件、文件夹或 -（标准输入）。有文件没能转换时退出码为 2，其余照常转换。",
        "Turn a department's catalog into entries of the standard (JSON Lines), and account for every value.\n\n"
        "SRC is a file, a folder or - for standard input. If a file cannot be converted the exit code is 2; the others "
        "are converted all the same.",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="SRC...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT.jsonl",
    help=say("写入这个文件；不给则写到标准输出", "Write here instead of to standard output"),
)
@click.option(
    "--ledger",
    "ledger_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("把逐列的账目写成 JSON", "Write the account, column by column, as JSON"),
)
@click.option(
    "--preview",
    type=click.IntRange(min=1),
    metavar="N",
    help=say("只显示前 N 条和各值来自的单元格，不转换全部", "Show the first N entries beside their source cells"),
)
@reading
@common
def command(
    paths: tuple[str, ...],
    output: Path | None,
    ledger_path: Path | None,
    preview: int | None,
    wanted: str | None,
    encoding: str | None,
    given: tuple[str, ...],
    allow_empty: bool,
    limits: tuple[str, ...],
    standard_path: Path | None,
) -> int:
    """Convert files, and write entries and account."""
    from mulu.output import whole_file

    if output is not None and preview is not None:
        raise UsageFault("--preview 不写文件，不能与 -o 同用", "--preview writes no file and does not go with -o")
    run = _Run(load_standard(standard_path), limits_of(limits), wanted, given_of(given), encoding, allow_empty, preview)
    with tempfile.TemporaryDirectory(prefix="mulu-") as name, ExitStack() as stack:
        stream: BinaryIO | None = None
        if output is not None:
            stream = stack.enter_context(whole_file(output))
        elif preview is None:
            sys.stdout.flush()
            stream = sys.stdout.buffer
        for file, shown in files_of(paths, Path(name)):
            refuse_input(file, (output, ledger_path))
            run.add(file, shown, stream)
        if run.failed and not run.made:
            # Nothing came out: an empty file would look like an empty catalog.
            raise click.exceptions.Exit(2)
    if ledger_path is not None:
        with whole_file(ledger_path) as account:
            account.write(to_json(run.ledgers))
    for line in account_lines(run.ledgers, language()):
        click.echo(clean(line), err=output is None and preview is None)
    return 2 if run.failed else 0


class _Run:
    """The conversion of several files, one after the other; what goes wrong with one does not stop the others."""

    def __init__(
        self,
        standard: Standard,
        limits: Limits,
        wanted: str | None,
        given: Given,
        encoding: str | None,
        allow_empty: bool,
        preview: int | None,
    ) -> None:
        self.standard, self.limits, self.wanted, self.encoding = standard, limits, wanted, encoding
        self.given = given
        self.allow_empty = allow_empty
        self.preview = preview
        self.words = known_words(standard)
        self.ledgers: list[Ledger] = []
        self.made = 0
        self.failed = False

    def add(self, file: Path, shown: str, stream: BinaryIO | None) -> None:
        """Convert one file into `stream`, or show its first entries."""
        try:
            self._convert(file, shown, stream)
        except Empty as error:
            if not self.allow_empty:
                self._fail(shown, error)
        except BadStandard:
            raise
        except MuluError as error:
            self._fail(shown, error)
        except DEFECTS as error:
            self._fail(shown, internal_error(shown, error))

    def _convert(self, file: Path, shown: str, stream: BinaryIO | None) -> None:
        document = open_document(file, limits=self.limits, encoding=self.encoding, name=shown, known_words=self.words)
        source = open_source(document, self.standard, self.wanted, self.given)
        before = self.made
        for sourced in source:
            self.made += 1
            if stream is not None:
                stream.write(inert(dumps(sourced.entry)) + b"\n")
            elif self.preview:
                self.preview -= 1
                for line in preview_lines(document, sourced, language()):
                    click.echo(clean(line))
        self.ledgers.append(source.ledger)
        if self.made == before:
            raise Empty(
                shown,
                "没有任何条目，什么也没有转换；请核对文件内容。确应为空的，加 --allow-empty",
                "it holds no entry, so nothing was converted; look into it, or say --allow-empty if that is meant",
            )

    def _fail(self, shown: str, error: MuluError) -> None:
        self.failed = True
        complain(error_text(error, shown))
