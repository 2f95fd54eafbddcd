"""`mulu validate`: files in, a verdict on every entry out."""

import sys
import tempfile
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, cast

import click

from mulu.cli.console import color_wanted, complain, error_text, language, say
from mulu.cli.options import common, files_of, given_of, limits_of, load_standard, reading, refuse_input
from mulu.errors import UsageFault
from mulu.findings import SEVERITIES
from mulu.limits import Limits


@click.command(
    "validate",
    help=say(
        "检查目录文件：部门自己的工作簿、CSV、JSON，或标准的条目。\n\n"
        "每个问题都指到原文件的单元格或行列。PATH 可以是文件、文件夹或 -（标准输入）。\n\n"
        "退出码：0 没有达到 --fail-on 的问题，1 有，2 有文件没能检查。",
        "Check catalog files: a department's own workbook, CSV or JSON, or entries of the standard.\n\n"
        "Each finding points into the file as it was handed in. PATH is a file, a folder or - for standard input.\n\n"
        "Exit code: 0 nothing at or above --fail-on, 1 findings, 2 a file could not be checked.",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-f",
    "--format",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]",
    help=say(
        "报告的格式：text、concise、json、jsonl、markdown、sarif、junit、github、gitlab、xlsx；"
        "加 :文件 写入文件；可重复",
        "text, concise, json, jsonl, markdown, sarif, junit, github, gitlab or xlsx; :FILE writes to it; repeatable",
    ),
)
@click.option(
    "--level", metavar="LEVEL", help=say("要达到的级别；默认第一级", "Level to reach; the standard's first by default")
)
@click.option(
    "--only",
    multiple=True,
    metavar="RULE",
    help=say(
        "结构之外只查这条规则，可重复；见 mulu rules",
        "Beside the structure check this rule only; repeatable (mulu rules)",
    ),
)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="error",
    show_default=True,
    help=say("达到这一程度的问题使退出码为 1", "Findings of this severity or graver make the exit code 1"),
)
@click.option(
    "--date",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help=say("以这一天为今天，使结果可以重现", "Take this day for today, so that the result can be repeated"),
)
@click.option("-q", "--quiet", is_flag=True, help=say("屏幕上不显示报告", "Print no report on the screen"))
@click.option("--no-color", is_flag=True, help=say("不用颜色", "No colours"))
@reading
@common
def command(
    paths: tuple[str, ...],
    outputs: tuple[str, ...],
    level: str | None,
    only: tuple[str, ...],
    fail_on: str,
    today: datetime | None,
    quiet: bool,
    no_color: bool,
    wanted: str | None,
    encoding: str | None,
    given: tuple[str, ...],
    allow_empty: bool,
    limits: tuple[str, ...],
    standard_path: Path | None,
) -> int:
    """Check files and write the reports."""
    from mulu.output import whole_file
    from mulu.reports import report_format
    from mulu.validate import Options, Validation

    bounds: Limits = limits_of(limits)
    targets = _targets(outputs, quiet)
    for name, target in targets:
        check_target = getattr(report_format(name), "check_target", None)
        if check_target is not None:
            check_target(target)
    standard = load_standard(standard_path)
    chosen = level or standard.header.levels[0].id
    if chosen not in standard.levels:
        known = ", ".join(standard.levels)
        raise UsageFault(f"没有级别 {chosen}；可用：{known}", f"there is no level {chosen}; there are {known}")
    for name in only:
        if name not in standard.rules:
            raise UsageFault(f"没有规则 {name}；见 mulu rules", f"there is no rule {name}; mulu rules lists them")
    day = today.date() if today else date.today()
    options = Options(chosen, day, wanted, encoding, bounds, allow_empty, frozenset(only), given_of(given))
    with tempfile.TemporaryDirectory(prefix="mulu-") as name, ExitStack() as stack:
        folder = Path(name)
        run = Validation(standard, options, folder)
        stack.callback(run.close)
        for file, shown in files_of(paths, folder):
            refuse_input(file, [target for _, target in targets])
            for _ in run.add(file, shown):
                pass
        report = run.finish()
        for item in report.inputs:
            if item.problem is not None:
                complain(error_text(item.problem, item.path))
        for kind, target in targets:
            module = report_format(kind)
            if target is not None:
                with whole_file(target) as stream:
                    module.write(report, stream, language(), False)
            elif module.MACHINE:
                sys.stdout.flush()
                module.write(report, sys.stdout.buffer, language(), False)
            else:
                screen = cast(BinaryIO, _Screen())
                module.write(report, screen, language(), color_wanted(no_color, sys.stdout))
        return report.exit_code(fail_on)


def _targets(outputs: tuple[str, ...], quiet: bool) -> list[tuple[str, Path | None]]:
    """Return format and file of each report; without any for the screen, the text report goes there."""
    targets: list[tuple[str, Path | None]] = []
    for item in outputs:
        name, colon, path = item.partition(":")
        targets.append((name, Path(path) if colon else None))
    if not any(path is None for _, path in targets) and not quiet:
        targets.append(("text", None))
    if sum(path is None for _, path in targets) > 1:
        raise UsageFault(
            "屏幕上只能有一份报告；其余的请写入文件，如 -f json:报告.json",
            "one report only can go to the screen; write the others to files, as -f json:report.json",
        )
    return targets


class _Screen:
    """Standard output as a stream of UTF-8, in whatever encoding the terminal has."""

    def write(self, data: bytes) -> int:
        """Print text."""
        return sys.stdout.write(data.decode("utf-8"))
