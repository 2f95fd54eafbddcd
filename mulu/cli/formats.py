"""`mulu formats`: what can be read and written."""

from pathlib import Path

import click

from mulu.cli.console import language, say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard
from mulu.texts import clean, padded, width


@click.command("formats", help=say("列出能读、能写的格式。", "List the formats that mulu can read and write."))
@with_standard
def command(standard_path: Path | None) -> None:
    """Print a line for each format."""
    from mulu.convert import ENTRIES, TEMPLATE

    standard = load_standard(standard_path)
    read, both = say("读", "read"), say("读、写", "read, write")
    rows = [
        (ENTRIES, both, say("标准的条目：JSON、JSON Lines、YAML", "Entries of the standard: JSON, JSON Lines, YAML")),
        (TEMPLATE, read, say("mulu standard template 生成的填报模板", "Workbooks made by mulu standard template")),
    ]
    for mapping in standard.mappings.values():
        rows.append((mapping.id, read if mapping.writing is None else both, mapping.title.get(language())))
    left, middle = (max(width(row[number]) for row in rows) for number in (0, 1))
    for name, ways, title in rows:
        click.echo(clean(f"{padded(name, left)}  {padded(ways, middle)}  {title}"))
