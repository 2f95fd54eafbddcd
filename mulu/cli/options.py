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
            "使用这个文件夹或打包文件中的标准，不用内置标准",
            "Use the standard in this folder or package instead of the built-in one",
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
            "Change a limit; repeatable (see mulu limits)",
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
            help=say("数据库地址：读这个模式（schema）中的表", "Database schema whose tables are read"),
        ),
        setting(
            "--allow-empty",
            is_flag=True,
            help=say("没有条目的文件不算失败", "Accept files without entries"),
        ),
        setting(
            "--set",
            "given",
            table="set",
            multiple=True,
            metavar="PROPERTY=TEXT",
            help=say(
                "补充原文件没有写的属性，如 publisher.name；可重复",
                "Set a property that the file does not provide, such as publisher.name; repeatable",
            ),
        ),
        setting(
            "--encoding",
            metavar="NAME",
            help=say(
                "文本文件的编码，如 gb18030；不给则由内容判断",
                "Encoding of text files, such as gb18030; detected by default",
            ),
        ),
        setting(
            "--from",
            "wanted",
            metavar="FORMAT",
            help=say(
                "输入的格式，见 mulu formats；不给则由内容判断",
                "Format of the input (see mulu formats); detected by default",
            ),
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
            "每完成一个文件，就把结果存入这个文件夹；中断后重新运行，从断点继续",
            "Store the result of each finished file in this folder; after an interruption, run the command again to "
            "continue",
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
        help=say("以这一天为今天，使结果可以重现", "Use this date as today, for reproducible results"),
    )
    return option(command)


def comparing(command: Command) -> Command:
    """Add what a command asks that holds catalogs to two versions: the level, the day, how files are read."""
    level = click.option(
        "--level",
        metavar="LEVEL",
        help=say("要达到的级别；默认第一级", "Level to check against; default: the first level"),
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
            help=say("豁免到期前多少天开始提醒", "How many days before a waiver expires a warning appears"),
        ),
        setting(
            "--waivers",
            multiple=True,
            type=click.Path(),
            metavar="FILE",
            help=say("含有 [[waivers]] 的 TOML 文件；可重复", "TOML file that contains [[waivers]]; repeatable"),
        ),
        setting(
            "--severity",
            table="severity",
            multiple=True,
            metavar="RULE=SEVERITY",
            help=say("改变一条规则的严重程度；可重复", "Change the severity of a rule; repeatable"),
        ),
        setting(
            "--ignore",
            multiple=True,
            metavar="RULE",
            help=say("跳过这条规则或检查；可重复", "Skip this rule or check; repeatable"),
        ),
        setting(
            "--only",
            multiple=True,
            metavar="RULE",
            help=say(
                "只检查结构和这条规则，可重复；见 mulu rules",
                "Check only the structure and this rule; repeatable (see mulu rules)",
            ),
        ),
        setting(
            "--level-date",
            "level_dates",
            table="levels",
            multiple=True,
            metavar="LEVEL=DATE",
            help=say("自该日起须达到的更高级别；可重复", "Date from which a higher level is enforced; repeatable"),
        ),
        setting(
            "--level",
            metavar="LEVEL",
            help=say("要达到的级别；默认第一级", "Level to check against; default: the standard's first level"),
        ),
    ):
        command = option(command)
    return command
