"""`mulu convert`: legacy files in, entries out, and an account of every value."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from mulu.cli.console import complain, error_text, language, say
from mulu.cli.options import common, files_of, given_of, limits_of, load_standard, reading
from mulu.convert import ENTRIES, Given, known_prefixes, known_words, open_source
from mulu.convert.account import account_lines, preview_lines
from mulu.convert.ledger import Ledger, to_json
from mulu.convert.source import Reject, Sourced, broken_lines, place
from mulu.convert.target import Target, open_target
from mulu.errors import DEFECTS, BadStandard, Empty, MuluError, UsageFault, internal_error
from mulu.limits import Limits
from mulu.pointer import dumps
from mulu.readers import Document, open_document
from mulu.standard import Standard
from mulu.texts import Text, clean

_NOTHING = Text("没有一个值有对应的属性", "no value of it has a property")


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
    "--rejects",
    "rejects_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "把不能成为条目的记录连同原因写进这个文件（JSON Lines），其余照常转换；有这样的记录时退出码为 1",
        "Set records aside that cannot become entries, with the reason, as JSON Lines; the others are converted all "
        "the same. If there are any the exit code is 1",
    ),
)
@click.option(
    "--to",
    "target_format",
    metavar="FORMAT",
    help=say(
        "写成这种格式（见 mulu formats），写法由输出文件的扩展名决定；不给则写标准的条目",
        "Write this format (see mulu formats), in the syntax of the output's ending; otherwise entries of the standard",
    ),
)
@click.option(
    "--fail-on-loss",
    is_flag=True,
    help=say("目标格式容不下某个值时退出码为 1", "Exit with 1 if the format written has no place for some value"),
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
    rejects_path: Path | None,
    target_format: str | None,
    fail_on_loss: bool,
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
    standard = load_standard(standard_path)
    target = open_target(standard, target_format or ENTRIES, output)
    run = _Run(standard, limits_of(limits), wanted, given_of(given), encoding, allow_empty, preview, target)
    run.keeps_rejects = rejects_path is not None
    with tempfile.TemporaryDirectory(prefix="mulu-") as name, ExitStack() as stack:
        stream: BinaryIO | None = None
        if output is not None:
            stream = stack.enter_context(whole_file(output))
        elif preview is None:
            sys.stdout.flush()
            stream = sys.stdout.buffer
        for file, shown in files_of(paths, Path(name)):
            run.add(file, shown, stream)
        if rejects_path is not None:
            with whole_file(rejects_path) as aside:
                aside.writelines(dumps(one.to_dict()) + b"\n" for one in run.rejects)
        run.tell_rejects(rejects_path)
        if run.failed and not run.made:
            # Nothing came out: an empty file would look like an empty catalog.
            raise click.exceptions.Exit(2)
        if stream is not None:
            target.finish(stream)
    if ledger_path is not None:
        with whole_file(ledger_path) as account:
            account.write(to_json(run.ledgers, target.ledger))
    for line in account_lines(run.ledgers, language(), target.ledger):
        click.echo(clean(line), err=output is None and preview is None)
    if run.failed:
        return 2
    if run.rejects:
        return 1
    return 1 if fail_on_loss and target.ledger is not None and target.ledger.counts["dropped"] else 0


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
        target: Target,
    ) -> None:
        self.standard, self.limits, self.wanted, self.encoding = standard, limits, wanted, encoding
        self.given = given
        self.allow_empty = allow_empty
        self.preview, self.target = preview, target
        self.words, self.prefixes = known_words(standard), known_prefixes(standard)
        self.ledgers: list[Ledger] = []
        self.rejects: list[Reject] = []
        self.keeps_rejects = False
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
        document = open_document(
            file,
            limits=self.limits,
            encoding=self.encoding,
            name=shown,
            known_words=self.words,
            known_prefixes=self.prefixes,
        )
        source = open_source(document, self.standard, self.wanted, self.given)
        before = self.made
        for sourced in source:
            if self.keeps_rejects and source.format != ENTRIES and (aside := _without_property(document, sourced)):
                self.rejects.append(aside)
                continue
            self.made += 1
            if stream is not None:
                self.target.add(sourced.entry, stream)
            elif self.preview:
                self.preview -= 1
                for line in preview_lines(document, sourced, language()):
                    click.echo(clean(line))
        self.ledgers.append(source.ledger)
        self.rejects += broken_lines(document)
        self.rejects += source.rejects if self.keeps_rejects else []
        if self.made == before:
            raise Empty(
                shown,
                "没有任何条目，什么也没有转换；请核对文件内容。确应为空的，加 --allow-empty",
                "it holds no entry, so nothing was converted; look into it, or say --allow-empty if that is meant",
            )

    def tell_rejects(self, path: Path | None) -> None:
        """Say how many records could not become entries, and where the first of them stands."""
        if not self.rejects:
            return
        count, first = len(self.rejects), self.rejects[0]
        zh = "用 --rejects 文件 可以留存它们" if path is None else f"已写入 {path}"
        en = "--rejects FILE sets them aside" if path is None else f"set aside in {path}"
        complain(
            say(
                f"{count} 条记录不能成为条目，第一条在 {first.place}：{first.reason.zh}；{zh}",
                f"{count} records could not become entries, the first at {first.place}: {first.reason.en}; {en}",
            )
        )

    def _fail(self, shown: str, error: MuluError) -> None:
        self.failed = True
        complain(error_text(error, shown))


def _without_property(document: Document, sourced: Sourced) -> Reject | None:
    """Return the record of an entry that has nothing but its source, to be set aside."""
    entry = sourced.entry
    if not isinstance(entry, dict) or set(entry) - {"kind", "source"}:
        return None
    source = entry.get("source")
    return Reject(
        place(document, sourced.origin, ""), _NOTHING, source.get("values", {}) if isinstance(source, dict) else {}
    )
