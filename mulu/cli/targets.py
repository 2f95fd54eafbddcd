"""Where output goes: reports by `-f FORMAT[:FILE]`, and which files may not be written over."""

import os
import sys
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from mulu.cli.console import color_wanted, language, say
from mulu.cli.settings import setting
from mulu.errors import UsageFault
from mulu.output import refuse_no_place, whole_file
from mulu.texts import did_you_mean

if TYPE_CHECKING:  # the help of a command loads no more than it must
    from mulu.validate import Report

Command = TypeVar("Command", bound=Callable[..., Any])
Targets = list[tuple[str, Path | None]]
"""Format and file of each report; `None` is the screen."""
_OF_ENTRIES = {".jsonl", ".ndjson", ".json"}


def report_formats(command: Command) -> Command:
    """Add `-f`, `--quiet` and `--no-color`."""
    for option in (
        setting("--no-color", is_flag=True, help=say("不用颜色", "No colours")),
        setting("-q", "--quiet", is_flag=True, help=say("屏幕上不显示报告", "Do not print a report on the screen")),
        setting(
            "-f",
            "--format",
            "outputs",
            multiple=True,
            metavar="FORMAT[:FILE]",
            help=say(
                "报告的格式：text、concise、json、jsonl、markdown、sarif、junit、github、gitlab、html、xlsx、parquet；"
                "加 :文件 写入文件；可重复",
                "Report format: text, concise, json, jsonl, markdown, sarif, junit, github, gitlab, html, xlsx or "
                "parquet; with :FILE, written to that file; repeatable",
            ),
        ),
    ):
        command = option(command)
    return command


def targets_of(outputs: tuple[str, ...], quiet: bool, known: Collection[str] | None = None) -> Targets:
    """Return format and file of each report; without any for the screen, the text report goes there.

    `known` are the formats if they are not those of reports. Raises `UsageFault`, `NotWritten` for no place.
    """
    from mulu.reports import report_format

    targets: Targets = []
    for item in outputs:
        name, colon, path = item.partition(":")
        if colon and not path:
            raise UsageFault(f"-f {item} 的冒号后面缺少文件名", f"-f {item} has no file name after the colon")
        if colon or not quiet or (known is None and report_format(name).MACHINE):
            targets.append((name, Path(path) if colon else None))
    if not any(path is None for _, path in targets) and not quiet:
        targets.append(("text", None))
    if sum(path is None for _, path in targets) > 1:
        raise UsageFault(
            "屏幕上只能有一份报告；其余的请写入文件，如 -f json:报告.json",
            "only one report can go to the screen; write the others to files, such as -f json:report.json",
        )
    for name, target in targets:
        if target is not None:
            refuse_no_place(target)
        if known is None:
            check_target = getattr(report_format(name), "check_target", None)
            if check_target is not None:
                check_target(target)
        elif name not in known:
            near, names = did_you_mean(name, known), ", ".join(known)
            raise UsageFault(
                f"没有格式 {name}{near.zh or '；'}可用：{names}",
                f"unknown format {name}{near.en}; available: {names}",
            )
    return targets


def refuse_input(file: Path, targets: Iterable[Path | None]) -> None:
    """Raise `UsageFault` if one of the files that are to be written is an input: it would be lost."""
    for target in targets:
        if target is not None and _is_same(target, file):
            raise UsageFault(
                f"{target} 是输入文件，写出会覆盖它；请换一个输出文件名",
                f"{target} is an input file and would be overwritten; choose another name for the output",
            )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def refuse_ending(output: Path | None) -> None:
    """Raise `UsageFault` if entries, JSON Lines, were written to a file whose ending promises something else."""
    from mulu.readers.compressed import ENDINGS as COMPRESSED
    from mulu.readers.input_files import ENDINGS

    ending = "" if output is None else output.suffix.lower()
    if ending in {*ENDINGS, *COMPRESSED, ".zip"} - _OF_ENTRIES:
        raise UsageFault(
            f"{output} 里要写的是标准的条目（JSON Lines），不是 {ending} 文件；请改用 .jsonl，"
            "要别的格式用 mulu convert --to 格式（见 mulu formats）",
            f"the output is entries of the standard (JSON Lines), which cannot be a {ending} file ({output}); name "
            "it .jsonl, or use mulu convert --to FORMAT for another format (see mulu formats)",
        )


def refuse_part(standard: Path | None, targets: Iterable[Path | None], but: str | None = None) -> None:
    """Raise `UsageFault` if a file that is to be written is one of the standard in use, or the packed one.

    What the pattern `but` says of places in the standard may be written.
    """
    from mulu.standard.folder import PARTS

    if standard is None:
        return
    refuse_input(standard, targets)
    root = Path(os.path.realpath(standard))
    for target in targets:
        place = Path(os.path.realpath(target)) if target is not None and target.is_file() else None
        if place is not None and place.is_relative_to(root):
            within = place.relative_to(root)
            if but is not None and within.match(but):
                continue
            first = within.parts[0]
            if first in PARTS or first == "standard.toml":
                raise UsageFault(
                    f"{target} 是所用标准的文件，写出会覆盖它；请换一个输出文件名",
                    f"{target} belongs to the standard in use and would be overwritten; choose another name for the "
                    "output",
                )


def write_reports(report: "Report", targets: Targets, no_color: bool) -> None:
    """Write a report in each of its formats."""
    from mulu.reports import report_format

    for kind, target in targets:
        module = report_format(kind)

        def write(stream: BinaryIO, color: bool, module: Any = module) -> None:
            module.write(report, stream, language(), color)

        write_to(target, write, machine=module.MACHINE, no_color=no_color)


def write_to(target: Path | None, write: Callable[[BinaryIO, bool], None], *, machine: bool, no_color: bool) -> None:
    """Have something written to a file, whole or not at all, or to the screen; `write` takes a stream and colours."""
    if target is not None:
        with whole_file(target) as stream:
            write(stream, False)
    elif machine:
        sys.stdout.flush()
        write(sys.stdout.buffer, False)
    else:
        write(cast(BinaryIO, _Screen()), color_wanted(no_color, sys.stdout))


class _Screen:
    """Standard output as a stream of UTF-8, in whatever encoding the terminal has."""

    def write(self, data: bytes) -> int:
        """Print text."""
        return sys.stdout.write(data.decode("utf-8"))

    def isatty(self) -> bool:
        """Whether it is a terminal, which has a width."""
        return sys.stdout.isatty()

    def fileno(self) -> int:
        """Return its number."""
        return sys.stdout.fileno()
