"""`mulu formats`: what can be read."""

from pathlib import Path

import click

from mulu.cli.console import language, say
from mulu.cli.options import common, load_standard
from mulu.texts import clean, padded, width


@click.command("formats", help=say("列出能读的格式", "List the formats that can be read"))
@common
def command(standard_path: Path | None) -> None:
    """Print a line for each format."""
    from mulu.convert import ENTRIES, TEMPLATE

    standard = load_standard(standard_path)
    rows = [(ENTRIES, say("标准的条目：JSON、JSON Lines、YAML", "Entries of the standard: JSON, JSON Lines, YAML"))]
    rows.append((TEMPLATE, say("mulu standard template 生成的填报模板", "Workbooks made by mulu standard template")))
    rows += [(mapping.id, mapping.title.get(language())) for mapping in standard.mappings.values()]
    left = max(width(name) for name, _ in rows)
    for name, title in rows:
        click.echo(clean(f"{padded(name, left)}  {title}"))
