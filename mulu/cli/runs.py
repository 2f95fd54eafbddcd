"""A run over files, as the options that commands share ask for it, and what is said of it on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mulu.cli.arguments import dates_of, given_of, limits_of, severities_of
from mulu.cli.console import complain, error_text, language, say
from mulu.cli.settings import placed
from mulu.cli.standards import locked_standard
from mulu.errors import MuluError, WrongSetting
from mulu.texts import clean, several

if TYPE_CHECKING:
    from mulu.convert.api import Conversion
    from mulu.convert.source import Reject
    from mulu.readers.checkpoint import Kept
    from mulu.validate import Report
    from mulu.validate.api import Engine

ALL_FINDINGS = tuple(f"{name}={10**12}" for name in ("findings", "findings_per_rule", "findings_per_entry"))
"""The limits of a run that must have every finding, unless the user says otherwise."""
_PASSED_SHOWN = 5
"""How many files that are passed over are named."""


def report_of(
    paths: tuple[str, ...],
    *,
    wanted: str | None,
    given: tuple[str, ...],
    limits: tuple[str, ...],
    standard_path: Path | None,
    level_dates: tuple[str, ...],
    severity: tuple[str, ...],
    today: datetime | None,
    engine: "Engine | None" = None,
    **same: Any,
) -> "Report":
    """Validate files as `judging` and `reading` say; a setting that is wrong is told with the line of its file.

    The `same` are parameters of `mulu.validate` by the same names.
    """
    if not paths:
        ctx = click.get_current_context()
        raise click.MissingParameter(ctx=ctx, param=next(p for p in ctx.command.params if p.name == "paths"))
    from mulu.validate.api import validate
    from mulu.validate.run import Validation

    try:
        return validate(
            *paths,
            standard=locked_standard(standard_path),
            level_dates=dates_of(level_dates),
            today=today.date() if today else None,
            format=wanted,
            given=given_of(given),
            limits=limits_of(limits),
            on_passed_over=tell_passed_over,
            severity=severities_of(severity),
            engine=engine or Validation,
            **same,
        )
    except WrongSetting as error:
        raise placed(error) from None


@dataclass(slots=True)
class Converting:
    """A conversion, and what has been told of its files so far."""

    conversion: "Conversion"
    failed: list[str] = field(default_factory=list)
    """The files that could not be converted, or not to their end."""
    rejects: "list[Reject]" = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)
    """What was noticed in reading, a line each."""


def conversion_of(
    paths: tuple[str, ...],
    *,
    wanted: str | None,
    given: tuple[str, ...],
    limits: tuple[str, ...],
    **same: Any,
) -> Converting:
    """Convert files as `reading` says, as the entries are asked for; what fails is said on standard error at once.

    The `same` are parameters of `mulu.convert` by the same names.
    """
    from mulu.convert.account import notice_lines
    from mulu.convert.api import convert

    def fail(path: str, problem: MuluError) -> None:
        run.failed.append(path)
        complain(error_text(problem, path))

    run = Converting(
        convert(
            *paths,
            format=wanted,
            given=given_of(given),
            limits=limits_of(limits),
            on_problem=fail,
            on_passed_over=tell_passed_over,
            on_reject=lambda reject: run.rejects.append(reject),
            on_read=lambda document: run.noticed.extend(notice_lines(document, language())),
            **same,
        )
    )
    return run


def write_rejects(path: Path, rejects: "Iterable[Reject]") -> None:
    """Write records that were set aside, a line each."""
    from mulu.output import whole_file
    from mulu.pointer import dumps

    with whole_file(path) as stream:
        stream.writelines(dumps(reject.to_dict()) + b"\n" for reject in rejects)


def kept_in(folder: Path | None, paths: tuple[str, ...]) -> "Kept | None":
    """Return the folder of `--resume`, if there is one; the command's end tells how many files were not done again."""
    if folder is None:
        return None
    from mulu.readers.checkpoint import Kept

    context = click.get_current_context()
    kept = context.with_resource(Kept(folder, paths))

    def tell() -> None:
        if kept.before or kept.anew:
            said = say(
                f"{kept.before} 个文件以前已完成，本次沿用；本次处理 {kept.anew} 个",
                f"{several(kept.before, 'file')} already finished in an earlier run, {kept.anew} processed now",
            )
            click.echo(clean(said), err=True)

    context.call_on_close(tell)
    return kept


def tell_passed_over(given: str, names: list[str]) -> None:
    """Say on standard error which files of a folder or archive are not looked at, by their endings."""
    some = ", ".join(names[:_PASSED_SHOWN]) + (" …" if len(names) > _PASSED_SHOWN else "")
    said = say(
        f"{given}：跳过 {len(names)} 个文件（不是目录、属于本次运行，或是通到文件夹外的链接）：{some}",
        f"{given}: {several(len(names), 'file')} skipped (not a catalog, part of this run, or a link out of the "
        f"folder): {some}",
    )
    click.echo(clean(said), err=True)
