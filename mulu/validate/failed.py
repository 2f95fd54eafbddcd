"""Why a rule could not be run to its end, in words of both languages."""

from mulu.mask import mask
from mulu.standard import Rule
from mulu.standard.folder import read_yaml
from mulu.texts import Text, name_of
from mulu.words import quoted


class RuleFailed(Exception):
    """A rule could not be run to its end; `zh` and `en` say why, personal numbers masked."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = mask(zh), mask(en)

    def at(self, rule: Rule) -> Text:
        """Return why `rule` failed, with the file and line of its query."""
        line, _ = read_yaml(rule.path)[1].get("/query", (1, 1))
        path = name_of(rule.path)
        return Text(f"{self.zh}（{path}:{line}）", f"{self.en} ({path}:{line})")


class NotTried(RuleFailed):
    """A rule was not run because of what others did: there is nothing to look for in its query."""

    def at(self, rule: Rule) -> Text:
        """Return why."""
        return Text(self.zh, self.en)


def not_run(error: Exception) -> Text:
    """Return that a query cannot be run and what to do, with DuckDB's words for why."""
    why = of_duckdb(error)
    return Text(
        f"查询不能运行，请核对其中的表、列和函数（{why.zh}）",
        f"the query cannot be run; check its tables, columns and functions ({why.en})",
    )


def of_duckdb(error: Exception) -> Text:
    """Return the first line of what DuckDB says, as its own words, personal numbers masked."""
    return quoted("DuckDB", mask(str(error).strip().split("\n")[0] or type(error).__name__))
