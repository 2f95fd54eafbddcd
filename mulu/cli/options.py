"""Options and arguments that several commands share."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from mulu.cli.console import say
from mulu.errors import UsageFault
from mulu.limits import Limits
from mulu.texts import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

# Files in a folder that are handed in as a whole: what mulu reads, by the ending that people give it.
_ENDINGS = (
    ".xlsx",
    ".xlsm",
    ".xls",
    ".et",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
)


def common(command: Command) -> Command:
    """Add `--standard`, `--lang` and `--debug`."""
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, hidden=True),
        click.option(
            "--lang", type=click.Choice(LANGUAGES), expose_value=False, help=say("输出的语言", "Language of the output")
        ),
        click.option(
            "--standard",
            "standard_path",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help=say("用这个目录中的标准，不用内置的", "Use the standard in this folder instead of the built-in one"),
        ),
    ):
        command = option(command)
    return command


def reading(command: Command) -> Command:
    """Add what says how files are read: `--from`, `--encoding`, `--set`, `--allow-empty`, `--limit`."""
    for option in (
        click.option(
            "--limit",
            "limits",
            multiple=True,
            metavar="NAME=N",
            help=say("放宽或收紧一项读取上限，可重复", "Allow more or less of something; may be repeated"),
        ),
        click.option(
            "--allow-empty", is_flag=True, help=say("没有条目的文件不算失败", "A file without entries is no failure")
        ),
        click.option(
            "--set",
            "given",
            multiple=True,
            metavar="PROPERTY=TEXT",
            help=say(
                "原文件没有写的属性（路径用点连接）；可重复",
                "A property that the legacy file leaves out, its path with dots; may be repeated",
            ),
        ),
        click.option(
            "--encoding",
            metavar="NAME",
            help=say("文本文件的编码，如 gb18030；不给则由内容判断", "Encoding of text files, such as gb18030"),
        ),
        click.option(
            "--from",
            "wanted",
            metavar="FORMAT",
            help=say("输入的格式，见 mulu formats；不给则由内容判断", "Format of the input (mulu formats lists them)"),
        ),
    ):
        command = option(command)
    return command


def load_standard(path: Path | None) -> Any:
    """Load the standard that `--standard` names, or the built-in one."""
    from mulu.standard import load

    return load(path)


def limits_of(given: tuple[str, ...]) -> Limits:
    """Return the limits that the environment (`MULU_LIMIT_…`) and, above it, `--limit` set; raises `UsageFault`."""
    asked: dict[str, object] = {}
    for item in given:
        name, _, number = item.partition("=")
        asked[name] = number
    Limits.of(asked)
    prefix = "MULU_LIMIT_"
    outside = {name.removeprefix(prefix).lower(): text for name, text in os.environ.items() if name.startswith(prefix)}
    return Limits.of(outside | asked, "MULU_LIMIT_…")


def given_of(given: tuple[str, ...]) -> dict[tuple[str, ...], str]:
    """Return what `--set` says; raises `UsageFault` if something is not PROPERTY=TEXT."""
    found: dict[tuple[str, ...], str] = {}
    for item in given:
        name, equals, text = item.partition("=")
        path = tuple(name.split("."))
        if not equals or not text.strip() or not all(path) or path in found:
            raise UsageFault(
                f"--set {item} 写法不对；应为 属性=文字，每个属性一次；属性名见 mulu explain",
                f"--set {item} is not PROPERTY=TEXT, each property once; mulu explain tells the names",
            )
        found[path] = text
    return found


def files_of(paths: tuple[str, ...], folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file that was named, and what to call it; a folder stands for the catalogs in it, `-` for stdin.

    Raises `UsageFault` if a folder holds nothing that can be read.
    """
    for given in paths:
        path = Path(given)
        if given == "-":
            kept = folder / "stdin"
            with kept.open("wb") as stream:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            yield kept, "-"
        elif path.is_dir():
            found = list(_within(path))
            if not found:
                raise UsageFault(
                    f"文件夹 {given} 里没有可读的文件（{' '.join(_ENDINGS)}）",
                    f"the folder {given} holds no file that can be read ({' '.join(_ENDINGS)})",
                )
            yield from ((file, str(file)) for file in found)
        else:
            yield path, given


def refuse_input(file: Path, targets: Iterable[Path | None]) -> None:
    """Raise `UsageFault` if one of the files that are to be written is an input: it would be lost."""
    for target in targets:
        if target is not None and target.exists() and file.exists() and target.samefile(file):
            raise UsageFault(
                f"{target} 是输入文件，写出会覆盖它；请换一个输出文件名",
                f"{target} is an input, and writing would overwrite it; choose another name for the output",
            )


def _within(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # Excel keeps a lock file “~$…” beside each workbook that is open.
            if name.lower().endswith(_ENDINGS) and not name.startswith((".", "~$")):
                yield Path(root) / name
