"""`mulu schema`: the schemas of the standard, and those of mulu's own outputs."""

from importlib.resources import files
from pathlib import Path

import click

from mulu.cli.console import say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard, named_kind
from mulu.errors import UsageFault
from mulu.pointer import inert

_OWN = {
    "report": ("mulu.reports", "report.schema.json"),
    "ledger": ("mulu.convert", "ledger.schema.json"),
    "mapping": ("mulu.standard", "mapping.schema.json"),
}


@click.command(
    "schema",
    help=say(
        "显示一种条目的 JSON Schema。KIND 还可以是 report（JSON 报告）、ledger（转换的账目）或 mapping（格式的映射）。",
        "Print the JSON Schema of a kind of entry. KIND can also be report (the JSON report), ledger (the account of "
        "a conversion) or mapping (a format's mapping).",
    ),
)
@click.argument("kind", required=False, metavar="KIND")
@click.option(
    "--bundle",
    is_flag=True,
    help=say("连同引用的模式合成一个独立的文档", "One self-contained document that includes everything it refers to"),
)
@with_standard
def command(kind: str | None, bundle: bool, standard_path: Path | None) -> None:
    """Print a schema."""
    import orjson

    standard = load_standard(standard_path)
    kind = named_kind(kind, [*standard.schemas.kinds, *_OWN])
    if kind in standard.schemas.kinds:
        schema = standard.schemas.bundle(kind) if bundle else standard.schemas.closed(kind)
        click.echo(inert(orjson.dumps(schema, option=orjson.OPT_INDENT_2)).decode())
    elif kind in _OWN:
        package, name = _OWN[kind]
        click.echo(files(package).joinpath(name).read_text(encoding="utf-8").rstrip())
    else:
        known = ", ".join([*standard.schemas.kinds, *_OWN])
        raise UsageFault(f"没有种类 {kind}；可用：{known}", f"unknown kind {kind}; available: {known}")
