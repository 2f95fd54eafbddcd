"""Options and arguments that several commands share."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from mulu.cli.console import say
from mulu.errors import MuluError, Unreadable, UsageFault
from mulu.limits import DEFAULT, Limits
from mulu.texts import LANGUAGES, clean

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
    ".xml",
    ".ttl",
    ".nt",
    ".rdf",
    ".jsonld",
    ".ndjson",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
    ".ods",
    ".docx",
    ".dbf",
    ".sql",
    ".ddl",
)
_BESIDE = (".dbt", ".fpt")
_PASSED_SHOWN = 5


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
            metavar="DIR|ZIP",
            help=say(
                "用这个目录或打包文件中的标准，不用内置的",
                "Use the standard in this folder or packed file instead of the built-in one",
            ),
        ),
    ):
        command = option(command)
    return command


def reading(command: Command) -> Command:
    """Add what says how files are read: `--from`, `--encoding`, `--set`, `--schema`, `--allow-empty`, `--limit`."""
    for option in (
        click.option(
            "--limit",
            "limits",
            multiple=True,
            metavar="NAME=N",
            help=say("放宽或收紧一项读取上限，可重复", "Allow more or less of something; may be repeated"),
        ),
        click.option(
            "--schema",
            metavar="NAME",
            help=say("数据库地址：读这个模式（schema）中的表", "Of a database: read the tables of this schema"),
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
    """Load the standard that `--standard` names, a folder or a packed file, or the built-in one."""
    from mulu.standard import load

    return load(standard_folder(path))


def standard_folder(path: Path | None) -> Path | None:
    """Return the folder of a standard; a packed one is unpacked into one that is private, and gone with the command."""
    if path is None or not path.is_file():
        return path
    from mulu.publish.pack import unpack

    folder = tempfile.TemporaryDirectory(prefix="mulu-")
    click.get_current_context().call_on_close(folder.cleanup)
    unpack(path, Path(folder.name))
    return Path(folder.name)


def limits_of(given: tuple[str, ...]) -> Limits:
    """Return the limits with those of `--limit` changed; raises `UsageFault`."""
    names = {field.name for field in fields(Limits)}
    changed: dict[str, int] = {}
    for item in given:
        name, _, number = item.partition("=")
        if name not in names or not number.isdecimal() or not int(number[:18]) > 0:
            raise UsageFault(
                f"--limit {item} 写法不对；应为 名称=正整数，名称有：{'、'.join(sorted(names))}",
                f"--limit {item} is not NAME=N; the names are {', '.join(sorted(names))}",
            )
        changed[name] = int(number[:18])
    return replace(DEFAULT, **changed)


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


def files_of(
    paths: tuple[str, ...], folder: Path, limits: Limits, schema: str | None = None
) -> Iterator[tuple[Path, str]]:
    """Yield each file that was named, and what to call it.

    A folder or a ZIP archive stands for the catalogs in it, `-` for standard input, an address for what its database
    says of its tables (those of `schema`). What has to be written down for it goes to `folder`. Raises `UsageFault` if
    a folder or archive holds nothing that can be read, `Unreadable` if a database does not answer.
    """
    from mulu.readers.database import is_address, shown_address, snapshot

    kept: dict[str, Path] = {}
    for number, given in enumerate(paths):
        if is_address(given):
            # Before any file is read, so that a wrong address does not end a run half-way.
            kept[given] = folder / f"database-{number}"
            kept[given].write_bytes(snapshot(given, schema))
    for given in paths:
        path = Path(given)
        if given in kept:
            yield kept[given], shown_address(given)
        elif given == "-":
            stdin = folder / "stdin"
            with stdin.open("wb") as stream:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            yield stdin, "-"
        elif path.is_dir():
            found, passed = _within(path)
            if not found:
                raise _nothing(given, "文件夹", "the folder")
            _tell_passed_over(given, passed)
            for file in found:
                yield from _unpacked(file, str(file), folder, limits)
        else:
            yield from _unpacked(path, given, folder, limits)


def _unpacked(path: Path, shown: str, folder: Path, limits: Limits) -> Iterator[tuple[Path, str]]:
    """Yield the file, or the files in it if it is an archive."""
    from mulu.readers.archive import unpacked
    from mulu.readers.files import open_plain_archive

    archive = None
    if not shown.lower().endswith(_ENDINGS):
        # What is wrong with the file is told when it is read, like any other's fault.
        with suppress(MuluError):
            archive = open_plain_archive(path, shown, limits)
    if archive is None:
        yield path, shown
        return
    into = Path(tempfile.mkdtemp(dir=folder))
    try:
        found, passed = unpacked(archive, into, _ENDINGS, _BESIDE)
    except Unreadable:
        yield path, shown
        return
    if not found:
        raise _nothing(shown, "压缩包", "the archive")
    _tell_passed_over(shown, passed)
    yield from ((file, f"{shown} › {name}") for file, name in found)


def _within(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files of a folder that can be read, and the names of the others."""
    found: list[Path] = []
    passed: list[str] = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # Excel keeps a lock file “~$…” beside each workbook that is open.
            if name.startswith((".", "~$")) or name.lower().endswith(_BESIDE):
                continue
            if name.lower().endswith((*_ENDINGS, ".zip")):
                found.append(Path(root) / name)
            else:
                passed.append(name)
    return found, passed


def _nothing(given: str, zh: str, en: str) -> UsageFault:
    return UsageFault(
        f"{zh} {given} 里没有可读的文件（{' '.join(_ENDINGS)}）",
        f"{en} {given} holds no file that can be read ({' '.join(_ENDINGS)})",
    )


def _tell_passed_over(given: str, names: list[str]) -> None:
    """Say on standard error which files of a folder or archive are not looked at, by their endings."""
    if names:
        some = ", ".join(names[:_PASSED_SHOWN]) + (" …" if len(names) > _PASSED_SHOWN else "")
        said = say(
            f"{given}：跳过 {len(names)} 个不是目录的文件：{some}",
            f"{given}: {len(names)} file(s) that are no catalogs were passed over: {some}",
        )
        click.echo(clean(said), err=True)
