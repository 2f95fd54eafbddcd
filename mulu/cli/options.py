"""Options and arguments that several commands share."""

import os
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mulu.cli.console import say
from mulu.cli.groups import speaking
from mulu.cli.settings import configured, nearest_file, placed, said, setting
from mulu.errors import BadSettings, UsageFault, WrongSetting
from mulu.limits import Limits
from mulu.scratch import scratch
from mulu.texts import clean

if TYPE_CHECKING:
    from mulu.readers.kept import Kept
    from mulu.validate import Report
    from mulu.validate.run import Progress
    from mulu.validate.whole import Engine

Command = TypeVar("Command", bound=Callable[..., Any])
ALL_FINDINGS = tuple(f"{name}={10**12}" for name in ("findings", "findings_per_rule", "findings_per_entry"))
"""The limits of a run that must have every finding, unless the user says otherwise."""
_PASSED_SHOWN = 5
"""How many files that are passed over are named."""


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


def kept_in(folder: Path | None, paths: tuple[str, ...]) -> "Kept | None":
    """Return the folder of `--resume`, if there is one; the command's end tells how many files were not done again."""
    if folder is None:
        return None
    from mulu.readers.kept import Kept

    context = click.get_current_context()
    kept = context.with_resource(Kept(folder, paths))

    def tell() -> None:
        if kept.before or kept.anew:
            said = say(
                f"{kept.before} 个文件以前已做完，不再做；{kept.anew} 个本次做",
                f"{kept.before} file(s) were finished before and are kept, {kept.anew} done anew",
            )
            click.echo(clean(said), err=True)

    context.call_on_close(tell)
    return kept


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


def report_of(
    paths: tuple[str, ...],
    *,
    wanted: str | None,
    encoding: str | None,
    given: tuple[str, ...],
    schema: str | None,
    limits: tuple[str, ...],
    allow_empty: bool,
    standard_path: Path | None,
    level: str | None,
    level_dates: tuple[str, ...],
    only: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[str, ...],
    waivers: tuple[str, ...],
    warn_days: int,
    today: datetime | None,
    baseline: Path | None = None,
    since: str | None = None,
    jobs: int | None = None,
    kept: "Kept | None" = None,
    left_out: Iterable[Path] = (),
    on_progress: "Progress" = lambda entries, part, rules: None,
    engine: "Engine | None" = None,
) -> "Report":
    """Validate files as `judging` and `reading` say; a setting that is wrong is told with the line of its file."""
    if not paths:
        ctx = click.get_current_context()
        raise click.MissingParameter(ctx=ctx, param=next(p for p in ctx.command.params if p.name == "paths"))
    from mulu.validate.run import Validation
    from mulu.validate.whole import validate

    try:
        return validate(
            *paths,
            standard=locked_standard(standard_path),
            level=level,
            level_dates=dates_of(level_dates),
            today=today.date() if today else None,
            format=wanted,
            encoding=encoding,
            given=given_of(given),
            schema=schema,
            limits=limits_of(limits),
            allow_empty=allow_empty,
            on_passed_over=tell_passed_over,
            only=only,
            ignore=ignore,
            severity=severities_of(severity),
            baseline=baseline,
            waivers=waivers,
            warn_days=warn_days,
            since=since,
            jobs=jobs,
            kept=kept,
            left_out=left_out,
            on_progress=on_progress,
            engine=engine or Validation,
        )
    except WrongSetting as error:
        raise placed(error) from None


def locked_standard(path: Path | None) -> Any:
    """Load the standard that `--standard` names; raises `BadSettings` if a lock says that it must be another."""
    from mulu.standard.lock import NAME, differences

    standard = load_standard(path)
    lock = nearest_file(NAME)
    found = differences(lock, standard) if lock is not None else []
    if found:
        raise BadSettings(
            os.path.relpath(lock or NAME),
            f"所用的标准与锁定的不同：{'；'.join(one.zh for one in found)}；"
            "请换回锁定的标准，确要改用的，重新运行 mulu standard lock",
            f"the standard in use is not the locked one: {'; '.join(one.en for one in found)}; go back to the one that "
            "is locked, or, if the change is meant, run mulu standard lock again",
        )
    return standard


def load_standard(path: Path | None) -> Any:
    """Load the standard that `--standard` names, a folder or a packed file, or the built-in one."""
    from mulu.standard import load

    return load(standard_folder(path))


def one_folder(folder: Path | None, standard_path: Path | None) -> Path | None:
    """Return the folder of a standard that is named by an argument or by `--standard`; raises `UsageFault` for both."""
    if folder is not None and said("standard_path"):
        raise UsageFault("目录给了两次：DIR 和 --standard", "the folder is given twice, as DIR and by --standard")
    return folder or standard_path


def standard_folder(path: Path | None) -> Path | None:
    """Return the folder of a standard; a packed one is unpacked into one that is private, and gone with the command."""
    if path is None or not path.is_file():
        return path
    from mulu.publish.pack import unpack

    folder = click.get_current_context().with_resource(scratch())
    unpack(path, folder)
    return folder


def limits_of(given: tuple[str, ...]) -> Limits:
    """Return the limits that `--limit` sets; raises `UsageFault`."""
    asked = {name: number for name, _, number in (item.partition("=") for item in given)}
    for name, number in asked.items():
        try:
            Limits.of({name: number})
        except UsageFault as error:
            raise placed(WrongSetting("limits", name, error.zh, error.en)) from None
    return Limits.of(asked)


def dates_of(given: tuple[str, ...]) -> dict[str, date]:
    """Return what `--level-date` says; raises `UsageFault` if something is not LEVEL=YYYY-MM-DD."""
    found: dict[str, date] = {}
    for item in given:
        name, _, day = item.partition("=")
        try:
            found[name] = date.fromisoformat(day)
        except ValueError:
            raise placed(
                WrongSetting(
                    "levels",
                    name,
                    f"--level-date {item} 写法不对；应为 级别=2027-01-01",
                    f"--level-date {item} is not LEVEL=YYYY-MM-DD",
                )
            ) from None
    return found


def severities_of(given: tuple[str, ...]) -> dict[str, str]:
    """Return what `--severity` says; raises `UsageFault` if something is not RULE=SEVERITY."""
    for item in given:
        if "=" not in item:
            raise UsageFault(f"--severity {item} 写法不对；应为 规则=程度", f"--severity {item} is not RULE=SEVERITY")
    return {name: severity for name, _, severity in (item.partition("=") for item in given)}


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


def refuse_input(file: Path, targets: Iterable[Path | None]) -> None:
    """Raise `UsageFault` if one of the files that are to be written is an input: it would be lost."""
    for target in targets:
        if target is not None and target.exists() and file.exists() and target.samefile(file):
            raise UsageFault(
                f"{target} 是输入文件，写出会覆盖它；请换一个输出文件名",
                f"{target} is an input, and writing would overwrite it; choose another name for the output",
            )


def refuse_part(standard: Path | None, targets: Iterable[Path | None]) -> None:
    """Raise `UsageFault` if a file that is to be written is one of the standard in use, or the packed one."""
    from mulu.standard.folder import PARTS

    if standard is None:
        return
    refuse_input(standard, targets)
    root = Path(os.path.realpath(standard))
    for target in targets:
        place = Path(os.path.realpath(target)) if target is not None and target.is_file() else None
        if place is not None and place.is_relative_to(root):
            first = place.relative_to(root).parts[0]
            if first in PARTS or first == "standard.toml":
                raise UsageFault(
                    f"{target} 是所用标准的文件，写出会覆盖它；请换一个输出文件名",
                    f"{target} is a file of the standard in use, and writing would overwrite it; choose another name "
                    "for the output",
                )


def tell_passed_over(given: str, names: list[str]) -> None:
    """Say on standard error which files of a folder or archive are not looked at, by their endings."""
    some = ", ".join(names[:_PASSED_SHOWN]) + (" …" if len(names) > _PASSED_SHOWN else "")
    said = say(
        f"{given}：跳过 {len(names)} 个文件，不是目录，属于本次运行，或是通到文件夹外的链接：{some}",
        f"{given}: {len(names)} file(s) were passed over, as they are no catalogs, belong to this run, or are links "
        f"that lead out of the folder: {some}",
    )
    click.echo(clean(said), err=True)
