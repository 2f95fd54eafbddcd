"""`mulu report`: what can be done with a JSON report without running anything again."""

from pathlib import Path
from typing import BinaryIO

import click

from mulu.cli.console import language, say
from mulu.cli.groups import Group, speaking
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard
from mulu.cli.targets import refuse_input, report_formats, targets_of, write_reports, write_to


@click.group(
    "report",
    cls=Group,
    help=say(
        "把 JSON 报告写成另一种格式，或比较两份。",
        "Render a JSON report in another format, or compare two reports.",
    ),
    no_args_is_help=True,
)
@speaking
def command() -> None:
    """Group what is done to reports."""


@command.command(
    "render",
    help=say(
        "把 JSON 报告写成别的格式或语言，不重新校验。xlsx 需要原文件还在且没有改动。",
        "Render a JSON report in other formats or in the other language, without checking again. For xlsx, the "
        "original files must still be present and unchanged.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path), metavar="REPORT.json")
@report_formats
@with_standard
def render(file: Path, outputs: tuple[str, ...], quiet: bool, no_color: bool, standard_path: Path | None) -> None:
    """Write the report in each of its formats."""
    from mulu.reports import _stored

    targets = targets_of(outputs, quiet)
    refuse_input(file, [target for _, target in targets])
    data = _stored.read(file)
    write_reports(_stored.report_of(data, load_standard(standard_path)), targets, no_color)


@command.command(
    "diff",
    help=say(
        "比较两份 JSON 报告：新增的、已改的、未变的，按部门和规则统计。"
        "退出码：0 没有新增，1 有新增，2 新的一次有没能检查的。",
        "Compare two JSON reports: new, fixed and unchanged findings, by department and by rule. Exit code: 0 "
        "nothing new, 1 something new, 2 the newer run could not check everything.",
    ),
)
@click.argument("old", type=click.Path(path_type=Path), metavar="OLD.json")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW.json")
@click.option(
    "-f",
    "--format",
    "outputs",
    multiple=True,
    metavar="FORMAT[:FILE]",
    help=say(
        "text、json 或 markdown；加 :文件 写入文件；可重复", "text, json or markdown; :FILE writes to it; repeatable"
    ),
)
@click.option("-q", "--quiet", is_flag=True, help=say("屏幕上不显示结果", "Print nothing on the screen"))
@with_standard
def diff(old: Path, new: Path, outputs: tuple[str, ...], quiet: bool, standard_path: Path | None) -> int:
    """Compare, and write the difference in each of its formats."""
    from mulu.cli.console import complain
    from mulu.reports import _diff, _stored
    from mulu.reports._common import print_line

    targets = targets_of(outputs, quiet, _diff.FORMATS)
    for path in (old, new):
        refuse_input(path, [target for _, target in targets])
    standard = load_standard(standard_path)
    found = _diff.difference(*(_stored.report_of(_stored.read(path), standard) for path in (old, new)))

    for kind, target in targets:

        def write(stream: BinaryIO, color: bool, kind: str = kind) -> None:
            if kind == "json":
                stream.write(_diff.as_json(found))
                return
            lines = _diff.as_text if kind == "text" else _diff.as_markdown
            for line in lines(found, language()):
                print_line(stream, line)

        write_to(target, write, machine=kind != "text", no_color=True)
    left = found.unchecked()
    if left:
        names = say("、", ", ").join(left[:3])
        complain(
            say(
                f"{new}：有没能检查的（{names}），其中原有的问题不一定已改",
                f"{new}: the run could not check everything ({names}), so findings that are missing there may not be "
                "fixed",
            )
        )
        return 2
    return 1 if found.totals["new"] else 0
