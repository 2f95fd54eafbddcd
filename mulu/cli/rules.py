"""`mulu rules`: what is checked."""

from pathlib import Path

import click

from mulu.cli.console import language, say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard
from mulu.errors import UsageFault
from mulu.texts import clean, padded


@click.command(
    "rules",
    help=say("列出规则；给出 TOPIC 则只列该主题的。", "List the rules, or those of one TOPIC."),
)
@click.argument("topic", required=False)
@click.option("--checks", is_flag=True, help=say("只列引擎自带的检查", "List only the checks built into the engine"))
@with_standard
def command(topic: str | None, checks: bool, standard_path: Path | None) -> None:
    """Print a line for each rule."""
    from mulu.checks import checks as engine_checks

    standard = load_standard(standard_path)
    topics = sorted({rule.topic for rule in standard.rules.values()})
    if topic is not None and topic not in topics:
        known = ", ".join(topics)
        raise UsageFault(f"没有主题 {topic}；可用：{known}", f"unknown topic {topic}; available: {known}")
    found = [(rule.topic, rule.text) for rule in standard.rules.values() if topic in (None, rule.topic)]
    if checks:
        found = [("", text) for text in engine_checks().values()]
    elif topic is None:
        found += [("", text) for text in engine_checks().values()]
    for name, text in sorted(found, key=lambda item: (item[0] == "", item[0], item[1].id)):
        where = f"{name}/{text.id}" if name else text.id
        title = text.title.get(language())
        click.echo(clean(f"{padded(where, 46)} {padded(text.severity, 8)} {padded(text.level, 13)} {title}"))
