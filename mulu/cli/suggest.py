"""`mulu suggest`: a converter for a file of an unknown format."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mulu.cli.arguments import limits_of
from mulu.cli.console import complain, say
from mulu.cli.options import limiting, with_standard
from mulu.cli.standards import load_standard
from mulu.mask import mask
from mulu.texts import clean, padded, width

if TYPE_CHECKING:
    from mulu.publish.suggest import Match, Suggestion


@click.command(
    "suggest",
    help=say(
        "为格式未知的表格、JSON 或 XML 起草转换：按列名和内容推断各列对应的属性，没有把握的留空。用 -o "
        "写出转换文件夹（mapping.yaml、样例、预期结果），供修改。",
        "Propose a converter for a workbook, CSV, JSON or XML file in an unknown format. Columns are matched to "
        "properties by their names and values; uncertain ones are left blank. With -o, write a converter folder to "
        "edit (mapping.yaml, a sample and its expected result).",
    ),
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say("写入这个新目录，如 converters/我的格式名", "New folder to write, such as converters/NAME"),
)
@click.option(
    "--kind", metavar="KIND", help=say("条目的种类；不给则取最合适的", "Kind of the entries; default: the best match")
)
@click.option(
    "--encoding",
    metavar="NAME",
    help=say(
        "文本文件的编码，如 gb18030；不给则由内容判断", "Encoding of text files, such as gb18030; detected by default"
    ),
)
@limiting
@with_standard
def command(
    path: Path,
    output: Path | None,
    kind: str | None,
    encoding: str | None,
    limits: tuple[str, ...],
    standard_path: Path | None,
) -> None:
    """Propose, show, and write what is asked for."""
    from mulu.publish.suggest import suggest

    suggestion = suggest(path, load_standard(standard_path), kind=kind, encoding=encoding, limits=limits_of(limits))
    rival = None if output is None else suggestion.write(output)
    for line in _lines(suggestion):
        click.echo(clean(line))
    if output is None:
        click.echo(say("未写文件；加 -o 目录 写出转换", "nothing was written; use -o DIR to write the converter"))
        return
    click.echo(
        clean(
            say(
                f"已写出 {output}；核对 mapping.yaml，放进标准的 converters/，再运行 mulu standard check",
                f"wrote {output}; review mapping.yaml, put the folder under converters/ of your standard, and run "
                "mulu standard check",
            )
        )
    )
    if rival is not None:
        complain(
            say(
                f"格式 {rival} 读这个文件读出的列更多，会先被选中；请补上空着的列，或用 --from 指定",
                f"the format {rival} has a property for more columns of this file and would be taken before it; fill "
                "in the blank columns, or name the format by --from",
            )
        )


def _lines(suggestion: "Suggestion") -> list[str]:
    """Return a line a column: heading, confidence, property, and what stands in it."""
    from mulu.publish.suggest import samples

    rows: list[tuple[str, str, str, str]] = []

    def add(matches: "list[Match]", indent: str) -> None:
        for match in matches:
            sure = "" if match.place is None else f"{match.confidence:.2f}"
            pointer = "—" if match.place is None else match.place.pointer
            rows.append(
                (indent + mask(" ".join(match.column.label.split())), sure, pointer, " | ".join(samples(match.column)))
            )
            add(match.inner, indent + "  ")

    for label, pointer in suggestion.known.items():
        rows.append((label, suggestion.extends or "", pointer, ""))
    add(suggestion.proposal.matches, "")
    found = len(suggestion.known) + sum(match.place is not None for match in suggestion.proposal.matches)
    total = len(suggestion.known) + len(suggestion.proposal.matches)
    widths = [min(36, max(width(row[column]) for row in rows)) for column in range(3)]
    kind = suggestion.proposal.kind
    return [
        say(
            f"{suggestion.document.path}：{kind}，{total} 列中 {found} 列有属性，{total - found} 列留空",
            f"{suggestion.document.path}: {kind}, {found} of {total} columns have a property, "
            f"{total - found} left blank",
        ),
        *("  ".join([*(padded(row[at], widths[at]) for at in range(3)), row[3]]).rstrip() for row in rows),
    ]
