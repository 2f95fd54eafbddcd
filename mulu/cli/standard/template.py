"""`mulu standard template`: a workbook that a department fills in."""

import shlex
from pathlib import Path

import click

from mulu.cli.console import complain, language, say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard, named_kind
from mulu.cli.targets import refuse_part
from mulu.errors import UsageFault
from mulu.texts import clean, several


@click.command(
    "template",
    help=say(
        "生成种类 KIND 的填报模板：列、下拉、必填标记、填写说明和示例都来自标准。填好后直接用 mulu validate 检查。",
        "Write a workbook for entering entries of KIND, with columns, drop-downs, required fields, help and an "
        "example taken from the standard. The completed workbook can be checked directly with mulu validate.",
    ),
)
@click.argument("kind", required=False, metavar="KIND")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.xlsx",
    help=say("输出文件", "Output file"),
)
@click.option(
    "--level", metavar="LEVEL", help=say("按这一级别标出必填项；默认第一级", "Mark the fields that this level requires")
)
@with_standard
def command(kind: str | None, output: Path, level: str | None, standard_path: Path | None) -> None:
    """Write the workbook, and say what it cannot hold."""
    from mulu.output import whole_file
    from mulu.publish.template import write_template

    if output.suffix.lower() != ".xlsx":
        raise UsageFault(
            f"{output}：模板是工作簿，文件名应以 .xlsx 结尾",
            f"{output}: a template is a workbook; the file name must end in .xlsx",
        )
    refuse_part(standard_path, [output])
    standard = load_standard(standard_path)
    kind = named_kind(kind, standard.schemas.kinds)
    with whole_file(output) as stream:
        template = write_template(standard, kind, level or standard.header.levels[0].id, language(), stream)
    if template.left_out:
        names = ", ".join(template.left_out)
        complain(
            say(
                f"模板中没有这些属性（单元格放不下）：{names}",
                f"left out of the template because they do not fit into a cell: {names}",
            )
        )
    count = sum(len(part.columns) for part in template.parts)
    told = ["mulu", "validate", str(output)]
    told += ["--standard", str(standard_path)] if standard_path is not None else []
    told += ["--level", level] if level is not None else []
    check = shlex.join(told)
    click.echo(
        clean(
            say(
                f"已写出 {output}：{len(template.parts)} 张表，{count} 列；填好后检查：{check}",
                f"wrote {output}: {several(len(template.parts), 'sheet')}, {several(count, 'column')}; "
                f"check it: {check}",
            )
        )
    )
