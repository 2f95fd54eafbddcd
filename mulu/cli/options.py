"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mulu.cli.console import say
from mulu.cli.groups import speaking
from mulu.cli.settings import configured, setting

Command = TypeVar("Command", bound=Callable[..., Any])


def common(command: Command) -> Command:
    """Add `--lang` and `--debug`, and the settings that a file gives."""
    debug = click.option("--debug", is_flag=True, expose_value=False, hidden=True)
    return speaking(debug(configured(command)))


def with_standard(command: Command) -> Command:
    """Add what `common` adds, and `--standard`, for commands that use one standard."""
    option = setting(
        "--standard",
        "standard_path",
        type=click.Path(path_type=Path),
        metavar="DIR|ZIP",
        help=say(
            "用这个目录或打包文件中的标准，不用内置的",
            "Use the standard in this folder or packed file instead of the built-in one",
        ),
    )
    return option(common(command))


def limiting(command: Command) -> Command:
    """Add `--limit`, which `MULU_LIMIT` and the table `limits` of a settings file say as well."""
    option = setting(
        "--limit",
        "limits",
        table="limits",
        multiple=True,
        metavar="NAME=N",
        help=say(
            "放宽或收紧一项上限，可重复；见 mulu limits",
            "Allow more or less of something; may be repeated (mulu limits)",
        ),
    )
    return option(command)


def reading(command: Command) -> Command:
    """Add what says how files are read: `--from`, `--encoding`, `--set`, `--schema`, `--allow-empty`, `--limit`."""
    for option in (
        limiting,
        setting(
            "--schema",
            metavar="NAME",
            help=say("数据库地址：读这个模式（schema）中的表", "Of a database: read the tables of this schema"),
        ),
        setting(
            "--allow-empty",
            is_flag=True,
            help=say("没有条目的文件不算失败", "A file without entries is no failure"),
        ),
        setting(
            "--set",
            "given",
            table="set",
            multiple=True,
            metavar="PROPERTY=TEXT",
            help=say(
                "原文件没有写的属性（路径用点连接）；可重复",
                "A property that the legacy file leaves out, its path with dots; may be repeated",
            ),
        ),
        setting(
            "--encoding",
            metavar="NAME",
            help=say("文本文件的编码，如 gb18030；不给则由内容判断", "Encoding of text files, such as gb18030"),
        ),
        setting(
            "--from",
            "wanted",
            metavar="FORMAT",
            help=say("输入的格式，见 mulu formats；不给则由内容判断", "Format of the input (mulu formats lists them)"),
        ),
    ):
        command = option(command)
    return command


def resumable(command: Command) -> Command:
    """Add `--resume`."""
    option = click.option(
        "--resume",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help=say(
            "把每个做完的文件留存在这个文件夹里；中断后再次运行，做完的不再做",
            "Keep what is finished of each file in this folder; run again after an interruption, it is not done again",
        ),
    )
    return option(command)


def dated(command: Command) -> Command:
    """Add `--date`, the day of the run."""
    option = click.option(
        "--date",
        "today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help=say("以这一天为今天，使结果可以重现", "Take this day for today, so that the result can be repeated"),
    )
    return option(command)


def comparing(command: Command) -> Command:
    """Add what a command asks that holds catalogs to two versions: the level, the day, how files are read."""
    level = click.option(
        "--level", metavar="LEVEL", help=say("要达到的级别；默认第一级", "Level to reach; the first by default")
    )
    return level(dated(reading(common(command))))


def judging(command: Command) -> Command:
    """Add what says how findings are judged: level and dates, rules, severities, waivers, the day."""
    for option in (
        dated,
        setting(
            "--waiver-days",
            "warn_days",
            type=click.IntRange(min=0),
            default=30,
            show_default=True,
            metavar="N",
            help=say("豁免到期前多少天开始提醒", "For how many days before its end a waiver is told to be ending"),
        ),
        setting(
            "--waivers",
            multiple=True,
            type=click.Path(),
            metavar="FILE",
            help=say("含有 [[waivers]] 的 TOML 文件；可重复", "TOML file with [[waivers]]; repeatable"),
        ),
        setting(
            "--severity",
            table="severity",
            multiple=True,
            metavar="RULE=SEVERITY",
            help=say("改变一条规则的程度；可重复", "Change how grave a rule is; repeatable"),
        ),
        setting(
            "--ignore",
            multiple=True,
            metavar="RULE",
            help=say("不用这条规则或检查；可重复", "Leave out this rule or check; repeatable"),
        ),
        setting(
            "--only",
            multiple=True,
            metavar="RULE",
            help=say(
                "结构之外只查这条规则，可重复；见 mulu rules",
                "Beside the structure check this rule only; repeatable (mulu rules)",
            ),
        ),
        setting(
            "--level-date",
            "level_dates",
            table="levels",
            multiple=True,
            metavar="LEVEL=DATE",
            help=say(
                "从这一天起也要达到这一级；可重复", "The day from which a higher level must be reached; repeatable"
            ),
        ),
        setting(
            "--level",
            metavar="LEVEL",
            help=say("要达到的级别；默认第一级", "Level to reach; the standard's first by default"),
        ),
    ):
        command = option(command)
    return command
