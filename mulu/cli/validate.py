"""`mulu validate`: files in, a verdict on every entry out."""

import tempfile
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import click

from mulu.cli.console import complain, error_text, say
from mulu.cli.options import common, files_of, given_of, limits_of, load_standard, reading
from mulu.cli.targets import report_formats, targets_of, write_reports
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
@report_formats
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
@click.option(
    "--fix",
    is_flag=True,
    help=say(
        "就地改好写法（空白、全角、日期、代码的别名、连字符），再校验一次；含义不变",
        "Mend spellings in the files themselves (blanks, full width, dates, aliases of codes, hyphens) and check again",
    ),
)
@click.option(
    "--unsafe-fixes",
    "unsafe",
    is_flag=True,
    help=say("与 --fix 或 --diff 同用：连猜测的也改", "With --fix or --diff: guesses too, such as the nearest code"),
)
@click.option(
    "--diff",
    "only_show",
    is_flag=True,
    help=say("只显示 --fix 会改什么，不写文件", "Show what --fix would change, and write no file"),
)
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
    fix: bool,
    unsafe: bool,
    only_show: bool,
    wanted: str | None,
    encoding: str | None,
    given: tuple[str, ...],
    schema: str | None,
    allow_empty: bool,
    limits: tuple[str, ...],
    standard_path: Path | None,
) -> int:
    """Check files and write the reports."""
    from mulu.validate import Options, Validation

    bounds: Limits = limits_of(limits)
    targets = targets_of(outputs, quiet)
    standard = load_standard(standard_path)
    chosen = level or standard.header.levels[0].id
    if chosen not in standard.levels:
        known = ", ".join(standard.levels)
        raise UsageFault(f"没有级别 {chosen}；可用：{known}", f"there is no level {chosen}; there are {known}")
    for name in only:
        if name not in standard.rules:
            raise UsageFault(f"没有规则 {name}；见 mulu rules", f"there is no rule {name}; mulu rules lists them")
    day = today.date() if today else date.today()
    if (unsafe and not (fix or only_show)) or (fix and only_show) or (fix and "-" in paths):
        raise UsageFault(
            "--unsafe-fixes 须与 --fix 或 --diff 同用；--fix 与 --diff 只用一个；标准输入不能用 --fix",
            "--unsafe-fixes goes with --fix or --diff; of --fix and --diff use one; standard input cannot be mended",
        )
    options = Options(chosen, day, wanted, encoding, bounds, allow_empty, frozenset(only), given_of(given))
    with tempfile.TemporaryDirectory(prefix="mulu-") as name, ExitStack() as stack:
        folder = Path(name)
        run = Validation(standard, options, folder)
        stack.callback(run.close)
        for file, shown in files_of(paths, folder, bounds, schema):
            for _ in run.add(file, shown):
                pass
        report = run.finish()
        written = True
        if fix:
            from mulu.cli import fixing

            written = fixing.fix(report, unsafe=unsafe)
            # What is left is what the files as they are now still have.
            (folder / "again").mkdir()
            run = Validation(standard, options, folder / "again")
            stack.callback(run.close)
            for file, shown in files_of(paths, folder, bounds):
                for _ in run.add(file, shown):
                    pass
            report = run.finish()
        for item in report.inputs:
            if item.problem is not None:
                complain(error_text(item.problem, item.path))
        if only_show:
            from mulu.cli import fixing

            fixing.show(report, unsafe=unsafe)
            targets = [target for target in targets if target[1] is not None]
        write_reports(report, targets, no_color)
        return report.exit_code(fail_on) if written else 2
