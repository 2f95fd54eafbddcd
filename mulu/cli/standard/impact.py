"""`mulu standard impact`: whom a new version would break."""

from datetime import date, datetime
from pathlib import Path

import click

from mulu.cli.arguments import given_of, limits_of
from mulu.cli.console import complain, error_text, language, say
from mulu.cli.options import comparing
from mulu.cli.runs import ALL_FINDINGS, tell_passed_over
from mulu.cli.standards import load_standard
from mulu.pointer import inert
from mulu.scratch import scratch
from mulu.texts import clean


@click.command(
    "impact",
    help=say(
        "用标准的两个版本各检查一遍目录文件：新版不再接受哪些条目、转为接受哪些，按部门和规则列出。"
        "有不再接受的条目时退出码为 1，有文件没能比较时为 2。",
        "Check catalog files against two versions of a standard and show, by department and rule, which entries NEW "
        "rejects that OLD accepted, and vice versa. The exit code is 1 if entries are newly rejected, 2 if a file "
        "could not be compared.",
    ),
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, required=True, metavar="CATALOG...")
@click.option(
    "-f",
    "--format",
    "written",
    type=click.Choice(["text", "json"]),
    default="text",
    help=say("输出格式", "Output format"),
)
@comparing
def command(
    old: Path,
    new: Path,
    paths: tuple[str, ...],
    written: str,
    level: str | None,
    today: datetime | None,
    wanted: str | None,
    encoding: str | None,
    given: tuple[str, ...],
    schema: str | None,
    allow_empty: bool,
    limits: tuple[str, ...],
) -> int:
    """Print what changes for the entries."""
    import orjson

    from mulu.publish.impact import impact, lines, to_dict
    from mulu.readers.input_files import files_of
    from mulu.validate import Options
    from mulu.validate.lines import processors

    before, after = load_standard(old), load_standard(new)
    chosen = level or before.header.levels[0].id
    day = today.date() if today else date.today()
    options = Options(
        chosen,
        day,
        wanted,
        encoding,
        limits_of((*ALL_FINDINGS, *limits)),
        allow_empty,
        given=given_of(given),
        jobs=processors(),
    )
    with scratch() as folder:
        found = impact(
            before, after, files_of(paths, folder, options.limits, schema, tell_passed_over), options, folder
        )
    if written == "json":
        click.echo(inert(orjson.dumps(to_dict(found), option=orjson.OPT_INDENT_2)).decode())
    else:
        for line in lines(found, language()):
            click.echo(clean(line))
    for problem in dict.fromkeys(map(error_text, found.problems)):
        complain(problem)
    return 2 if found.problems else 1 if found.rejected.entries else 0
