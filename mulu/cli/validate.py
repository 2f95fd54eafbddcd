"""`mulu validate`: files in, a verdict on every entry out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mulu.cli.console import complain, error_text, language, say
from mulu.cli.options import judging, reading, resumable, with_standard
from mulu.cli.progress import MODES, Progress
from mulu.cli.runs import ALL_FINDINGS, kept_in, report_of
from mulu.cli.settings import setting, setting_lines
from mulu.cli.targets import refuse_input, refuse_part, report_formats, targets_of, write_reports
from mulu.errors import UsageFault
from mulu.findings import SEVERITIES

if TYPE_CHECKING:  # the help of a command loads no more than it must
    from mulu.validate.api import Engine


@click.command(
    "validate",
    help=say(
        "检查目录文件：部门自己的工作簿、CSV、JSON，或标准的条目。\n\n"
        "每个问题都指到原文件的单元格或行列。PATH 可以是文件、文件夹、ZIP 压缩包、数据库地址或 -（标准输入）。\n\n"
        "退出码：0 没有达到 --fail-on 的问题，1 有，2 有文件没能检查。",
        "Check catalog files: a department's own workbook, CSV or JSON file, or entries of the standard.\n\n"
        "Each finding points to its cell, or line and column, in the original file. PATH is a file, a folder, a ZIP "
        "archive, a database address, or - for standard input.\n\n"
        "Exit code: 0 no findings at or above --fail-on, 1 findings, 2 a file could not be checked.",
    ),
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@report_formats
@click.option(
    "--show-settings",
    is_flag=True,
    help=say("只列出各项设置及其来源", "List the settings and where each comes from, then exit"),
)
@setting(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="error",
    show_default=True,
    help=say("达到这一程度的问题使退出码为 1", "Exit with 1 if there are findings of this severity or higher"),
)
@click.option(
    "-e",
    "--exit-zero",
    is_flag=True,
    help=say(
        "同 --fail-on never：有问题退出码也是 0", "Exit with 0 even if there are findings; same as --fail-on never"
    ),
)
@setting("--show-waived", is_flag=True, help=say("屏幕上也列出被豁免的问题", "Also show waived findings on the screen"))
@setting(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "这个基线里已有的问题不计入；见 mulu baseline",
        "Do not count findings recorded in this baseline (see mulu baseline)",
    ),
)
@click.option(
    "--fix",
    is_flag=True,
    help=say(
        "直接在文件中改正写法（空白、全角、日期、连字符，条目中还有代码的别名），再检查一次；含义不变",
        "Correct notation in the files themselves (spaces, full-width characters, dates, hyphens; in entries also "
        "code aliases) and check again; meaning is never changed",
    ),
)
@click.option(
    "--unsafe-fixes",
    "unsafe",
    is_flag=True,
    help=say(
        "与 --fix 或 --diff 同用：推测的改法也采用，如最接近的代码",
        "With --fix or --diff: include guesses, such as the closest code",
    ),
)
@click.option(
    "--diff",
    "only_show",
    is_flag=True,
    help=say("只显示 --fix 会改什么，不写文件", "Show what --fix would change, without writing any file"),
)
@click.option(
    "--since",
    metavar="REF",
    help=say("只计入自 git 的这个版本以来有改动的条目", "Count only entries changed since this git revision"),
)
@setting(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help=say(
        "用几个进程检查大文件；默认为处理器数；用 Spark 时由集群决定",
        "Number of processes for large files; default: one per processor; ignored with Spark",
    ),
)
@setting(
    "--progress",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help=say(
        "在标准错误中显示进度；auto 只在终端上显示，always 在日志中也定时写一行",
        "Show progress on standard error; always: also in logs, one line every few seconds",
    ),
)
@resumable
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help=say(
        "在本机（duckdb）或 Spark 集群上运行；spark 读 JSON Lines、Parquet 和 Delta 中的条目",
        "Run on this machine (duckdb) or on a Spark cluster (entries in JSON Lines, Parquet or Delta)",
    ),
)
@judging
@reading
@with_standard
def command(
    paths: tuple[str, ...],
    outputs: tuple[str, ...],
    show_settings: bool,
    quiet: bool,
    no_color: bool,
    fix: bool,
    unsafe: bool,
    only_show: bool,
    fail_on: str,
    exit_zero: bool,
    show_waived: bool,
    baseline: Path | None,
    since: str | None,
    jobs: int | None,
    progress: str,
    resume: Path | None,
    engine_name: str,
    **asked: Any,
) -> int:
    """Check files and write the reports."""
    if show_settings:
        for line in setting_lines():
            click.echo(line)
        return 0
    if fix or only_show or unsafe:
        _refuse_beside_fixes(paths, resume, engine_name, fix=fix, unsafe=unsafe, only_show=only_show)
    targets = targets_of(outputs, quiet)
    written = [target for _, target in targets if target is not None]
    for path in paths:
        refuse_input(Path(path), written)
    refuse_part(asked["standard_path"], written)
    asked = dict(asked, baseline=baseline, since=since, left_out=written)
    # All that can be mended is, not only what a report would hold.
    mending = {**asked, "limits": (*ALL_FINDINGS, *asked["limits"])}
    # What is left is what the files as they are then still have.
    whole = _fixed(paths, mending, unsafe) if fix else True
    kept = kept_in(resume, paths)
    with (
        Progress(progress) as told,
        _engine(engine_name) as engine,
        report_of(
            paths, jobs=jobs, kept=kept, on_progress=told, engine=engine, **(mending if only_show else asked)
        ) as report,
    ):
        told.close()
        report.show_waived = show_waived
        # On a terminal the report, which tells of it too, stands right below.
        if not (sys.stdout.isatty() and any(target is None for _, target in targets)):
            for item in report.inputs:
                if item.problem is not None:
                    complain(error_text(item.problem, item.path))
            if report.failures:
                from mulu.reports._common import failed

                for _, reason in failed(report):
                    complain(reason.get(language()))
        if only_show:
            from mulu.cli import fixing

            fixing.show(report, unsafe=unsafe)
            targets = [target for target in targets if target[1] is not None]
        write_reports(report, targets, no_color)
        code = report.exit_code("never" if exit_zero else fail_on) if whole else 2
        if kept is not None:
            kept.finish(code != 2)
        return code


def _fixed(paths: tuple[str, ...], mending: dict[str, Any], unsafe: bool) -> bool:
    """Mend the files; return whether each could be written."""
    from mulu.cli import fixing

    with report_of(paths, **mending) as report:
        return fixing.fix(report, unsafe=unsafe)


def _refuse_beside_fixes(
    paths: tuple[str, ...], resume: Path | None, engine_name: str, *, fix: bool, unsafe: bool, only_show: bool
) -> None:
    """Raise `UsageFault` for what does not go with `--fix`, `--diff` and `--unsafe-fixes`."""
    if (unsafe and not (fix or only_show)) or (fix and only_show) or (fix and "-" in paths):
        raise UsageFault(
            "--unsafe-fixes 须与 --fix 或 --diff 同用；--fix 与 --diff 只用一个；标准输入不能用 --fix",
            "--unsafe-fixes requires --fix or --diff; --fix and --diff cannot be combined; --fix cannot be used with "
            "standard input",
        )
    if resume is not None:
        raise UsageFault(
            "--resume 不与 --fix、--diff 同用；请先做完校验，再改写法",
            "--resume cannot be combined with --fix or --diff; finish checking first, then correct",
        )
    if engine_name == "spark":
        raise UsageFault(
            "--engine spark 不改文件，不能与 --fix、--diff 同用",
            "--engine spark does not change files and cannot be combined with --fix or --diff",
        )


@contextmanager
def _engine(name: str) -> Iterator["Engine"]:
    """Give what runs the validation, with the session of Spark that it may need."""
    if name == "spark":
        from mulu.spark.run import engine
        from mulu.spark.session import session

        with session() as spark:
            yield engine(spark)
    else:
        from mulu.validate.run import Validation

        yield Validation
