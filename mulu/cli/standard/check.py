"""`mulu standard check`: a standard folder, looked over."""

from pathlib import Path

import click

from mulu.cli.arguments import limits_of
from mulu.cli.console import language, say
from mulu.cli.options import limiting, with_standard
from mulu.cli.standards import load_standard, one_folder, standard_folder
from mulu.texts import clean, name_of, several

_WORDS = {"error": ("错误", "error"), "warning": ("警告", "warning"), "info": ("提示", "info")}


@click.command(
    "check",
    help=say(
        "检查标准目录 DIR（不给则检查内置标准）：模式、代码表、规则及其示例、转换及其样例、"
        "迁移、条款、对上级标准的放宽。每个问题说明文件和行。有错误或警告时退出码为 1。",
        "Check the standard in the folder DIR (default: the built-in one): schemas, code lists, rules and their "
        "examples, mappings and their samples, migrations, clauses, and anything that loosens the standard it "
        "extends. Each problem is reported with its file and line. The exit code is 1 if there are errors or "
        "warnings.",
    ),
)
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--quiet", "-q", is_flag=True, help=say("不显示提示", "Hide remarks; show only errors and warnings"))
@click.option(
    "--clauses",
    is_flag=True,
    help=say(
        "不检查，只列出条款：哪些属性、代码表、规则引用它，哪些没有检查及原因",
        "Do not check; list the clauses with the properties, code lists and rules that cover each, or the reason why "
        "none does",
    ),
)
@limiting
@with_standard
def command(
    folder: Path | None, quiet: bool, clauses: bool, limits: tuple[str, ...], standard_path: Path | None
) -> int:
    """Print a line for each fault, and how many there are."""
    from mulu.publish.check import check as flaws_of
    from mulu.publish.check.clauses import clause_lines

    chosen = one_folder(folder, standard_path)
    if clauses:
        for line in clause_lines(load_standard(chosen), language()):
            click.echo(clean(line))
        return 0
    flaws = flaws_of(standard_folder(chosen), limits_of(limits))
    counts = dict.fromkeys(_WORDS, 0)
    for flaw in flaws:
        counts[flaw.severity] += 1
        if flaw.severity != "info" or not quiet:
            path = name_of(flaw.path)
            place = f"{path}:{flaw.line}" if flaw.line else path
            click.echo(clean(f"{place}: {say(*_WORDS[flaw.severity])}: {flaw.text(language())}"))
    click.echo(
        say(
            f"{counts['error']} 个错误，{counts['warning']} 个警告，{counts['info']} 个提示",
            f"{several(counts['error'], 'error')}, {several(counts['warning'], 'warning')}, "
            f"{several(counts['info'], 'remark')}",
        )
    )
    return 1 if counts["error"] or counts["warning"] else 0
