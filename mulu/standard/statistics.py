"""Statistics: figures of a whole catalog, each a query in `schemas/statistics/<name>.yaml`.

A query yields rows of `value`, of `total` where the figure is a share, and of `label_zh` and `label_en` where there is
more than one row. It is asked as the rules are, under the same bounds.
"""

from pathlib import Path

from mulu.errors import BadStandard
from mulu.findings import SEVERITIES, RuleText
from mulu.standard.folder import NO_TEXTS, Level, files, read_yaml, text_of
from mulu.standard.rules import Rule, Said
from mulu.texts import Text, shown

TOPIC = "statistics"
FIGURE = ("value", "total", "label_zh", "label_en")
"""The columns of a statistic's query; `value` is needed."""
_KEYS = {"title", "why", "source", "query"}


def read_statistics(roots: tuple[Path, ...], levels: tuple[Level, ...]) -> dict[str, Rule]:
    """Read the statistics of the folders that make up a standard, by name; raises `BadStandard`."""
    found = {
        path.stem: read_statistic(path, levels)
        for root in roots
        for path in files(root, "schemas", "statistics/*.yaml")
    }
    return dict(sorted(found.items()))


def read_statistic(path: Path, levels: tuple[Level, ...]) -> Rule:
    """Read one statistic, as a rule that is about no entry; raises `BadStandard` with the line of what is wrong."""
    data, positions = read_yaml(path)
    if not isinstance(data, dict) or set(data) != _KEYS:
        known = ", ".join(sorted(_KEYS))
        found = ", ".join(map(str, data)) if isinstance(data, dict) else shown(data)
        raise BadStandard(
            str(path),
            f"统计须有且只有 {known}，现有 {shown(found)}",
            f"a statistic has {known} and nothing else, and there is {shown(found)}",
            line=1,
        )
    texts: dict[str, Text] = {}
    for key in ("title", "why"):
        try:
            texts[key] = text_of(data[key])
        except (KeyError, TypeError):
            line, column = positions.get(f"/{key}", (1, 1))
            zh, en = [f"{key} {wanted}" for wanted in NO_TEXTS]
            raise BadStandard(str(path), zh, en, line=line, column=column) from None
    text = RuleText(
        f"{TOPIC}/{path.stem}",
        SEVERITIES[-1],
        levels[0].id,
        **texts,
        message=texts["title"],
        mend=Text("", ""),
        source=str(data["source"]),
    )
    query = str(data["query"]).strip().rstrip(";")
    asked = f"select null as entry, '' as path, figures.* from ({query}\n) figures"
    return Rule(text.id, TOPIC, asked, path, kinds={}, says=lambda: Said(text))
