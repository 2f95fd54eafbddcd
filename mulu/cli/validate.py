"""`mulu validate`: files in, a verdict on every entry out."""

import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from mulu.cli.console import color_wanted, complain, error_text, language, say
from mulu.cli.options import common, judging, reading, report_of
from mulu.cli.settings import setting, setting_lines
from mulu.errors import UsageFault
from mulu.findings import SEVERITIES


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
@click.argument("paths", nargs=-1, metavar="PATH...")
@setting(
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
    "--show-settings",
    is_flag=True,
    help=say("只列出各项设置及其来源", "Only list the settings and where each comes from"),
)
@setting("-q", "--quiet", is_flag=True, help=say("屏幕上不显示报告", "Print no report on the screen"))
@setting("--no-color", is_flag=True, help=say("不用颜色", "No colours"))
@setting(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="error",
    show_default=True,
    help=say("达到这一程度的问题使退出码为 1", "Findings of this severity or graver make the exit code 1"),
)
@setting("--show-waived", is_flag=True, help=say("屏幕上也列出被豁免的问题", "List what is waived on the screen, too"))
@setting(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "这个基线里已有的问题不计入；见 mulu baseline", "What stands in this baseline does not count (mulu baseline)"
    ),
)
@click.option(
    "--since",
    metavar="REF",
    help=say("只计入自 git 的这个版本以来有改动的条目", "Only entries that have changed since this git revision count"),
)
@judging
@reading
@common
def command(
    paths: tuple[str, ...],
    outputs: tuple[str, ...],
    show_settings: bool,
    quiet: bool,
    no_color: bool,
    fail_on: str,
    show_waived: bool,
    baseline: Path | None,
    since: str | None,
    **asked: Any,
) -> int:
    """Check files and write the reports."""
    if show_settings:
        for line in setting_lines():
            click.echo(line)
        return 0
    from mulu.reports import report_format, write_file

    targets = _targets(outputs, quiet)
    for name, target in targets:
        check_target = getattr(report_format(name), "check_target", None)
        if check_target is not None:
            check_target(target)
    with report_of(paths, baseline=baseline, since=since, **asked) as report:
        report.show_waived = show_waived
        for item in report.inputs:
            if item.problem is not None:
                complain(error_text(item.problem, item.path))
        for kind, target in targets:
            module = report_format(kind)
            if target is not None:
                write_file(report, kind, target, language())
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
