"""`mulu verify`: whether a report still holds."""

from pathlib import Path

import click

from mulu.cli.console import complain, error_text, language, say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard
from mulu.scratch import scratch
from mulu.texts import clean


@click.command(
    "verify",
    help=say(
        "按 JSON 报告记下的选项、文件、标准和程序重新校验，看报告是否仍然成立。"
        "退出码：0 成立，1 不同（说明哪里不同），2 无法重新校验。",
        "Repeat the run recorded in a JSON report, with the same files and options, and check whether its results "
        "still hold. Exit code: 0 they hold, 1 something differs (and what), 2 the run cannot be repeated.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path), metavar="REPORT.json")
@with_standard
def command(file: Path, standard_path: Path | None) -> int:
    """Run again and tell what differs."""
    from mulu.reports import _stored
    from mulu.reports._verify import again

    data = _stored.read(file)
    standard = load_standard(standard_path)
    with scratch() as folder:
        verdict = again(_stored.report_of(data, standard), data, standard, folder)
    for text in verdict.differences:
        click.echo(clean(text.get(language())))
    for problem, path in verdict.problems:
        complain(error_text(problem, path))
    if verdict.problems:
        return 2
    if verdict.differences:
        click.echo(say("报告不再成立", "the report no longer holds"))
        return 1
    total = len(data["findings"])
    click.echo(
        say(
            f"报告成立：文件、标准、程序和 {total} 处结果都相同",
            f"the report holds: files, standard, program and all {total} findings are the same",
        )
    )
    return 0
