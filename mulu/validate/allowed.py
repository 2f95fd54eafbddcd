"""What a stranger's query may say: the written list (`sql.toml`), held against DuckDB's own parse before it is run.

What is not on the list could wait without end, read the clock, chance or the settings of the machine, or change the
tables that other rules ask: a WITH clause may delete. A list of what is refused would not know the next version.
"""

import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import orjson

from mulu.pointer import objects_in
from mulu.standard import Rule, Standard
from mulu.texts import shown
from mulu.validate.failed import RuleFailed, not_run
from mulu.validate.needs import parsed
from mulu.validate.shapes import tables_of


@cache
def written_list() -> dict[str, Any]:
    """Return the list of what a query may say."""
    return tomllib.loads(Path(__file__).with_name("sql.toml").read_text(encoding="utf-8"))


def functions() -> set[str]:
    """Return the functions that a query may call."""
    return {name for group in written_list()["functions"].values() for name in group}


def known_tables(standard: Standard) -> set[str]:
    """Return the tables that hold entries, by the names that queries use."""
    return {"entries", *tables_of(standard.schemas)}


def tables_to_ask(standard: Standard) -> set[str]:
    """Return all tables that a query may ask."""
    return known_tables(standard) | {f"code_{name.replace('-', '_')}" for name in standard.codes}


def refusal(reason: dict[str, str] | None, zh: str, en: str) -> tuple[str, str]:
    """Return, in both languages, that a query may not use what `zh` and `en` name, and why, if a reason is known."""
    if reason is None:
        return f"{zh}不在规则可用之列", f"{en} is not on the list of what rules may use"
    return f"{zh}不可用：{reason['zh']}", f"{en} may not be used: {reason['en']}"


def refuse_unlisted(connection: duckdb.DuckDBPyConnection, rule: Rule, tables: Collection[str]) -> None:
    """Raise `RuleFailed` for a rule whose query is not one SELECT, or says what is not on the list.

    `tables` are those that it may ask (`tables_to_ask`).
    """
    try:
        tree = orjson.loads(parsed(connection, [rule.query])[0])
    except ValueError:
        raise RuleFailed("查询嵌套太深；请减少嵌套", "the query is nested too deep; nest it less") from None
    if tree["error"] and tree["error_type"] == "parser":
        raise RuleFailed(*not_run(ValueError(tree["error_message"])))
    if tree["error"] or len(tree["statements"]) != 1:
        raise RuleFailed("查询应为一个 SELECT", "a query is one SELECT")
    known = {name.lower() for name in tables}
    if rule.suggest is not None and rule.suggest.table.lower() not in known:
        raise RuleFailed(*_no_table(rule.suggest.table))
    for zh, en in _unlisted(connection, tree["statements"], known):
        raise RuleFailed(f"{zh}（详见 mulu standard check）", f"{en} (mulu standard check tells more)")


def _unlisted(connection: duckdb.DuckDBPyConnection, tree: Any, tables: Collection[str]) -> Iterator[tuple[str, str]]:
    nodes = list(objects_in(tree))
    allowed = written_list()["parse"]
    calls = functions() | set(allowed["functions"])
    own = {item["key"].lower() for node in nodes for item in node.get("cte_map", {}).get("map", ())}
    # What DuckDB tells of itself is not to be had by giving a part of the query its name.
    asked = {*tables, *(own - _of_duckdb(connection) if own else ())}
    for node in nodes:
        kind, form = node.get("class"), node.get("type")
        if kind in ("FUNCTION", "WINDOW"):
            name = str(node["function_name"]).lower()
            if name not in calls:
                yield _function(name)
        elif kind == "COLUMN_REF":
            name = str(node["column_names"][0]).lower()
            if len(node["column_names"]) == 1 and name in allowed["words"]:
                yield refusal(_WITH_TABLE, f"列名 {name} ", f"{name} as a column")
        elif kind == "TYPE":
            name = str(node["type_name"]).upper()
            if name not in allowed["types"]:
                yield refusal(None, f"类型 {shown(name)} ", f"the type {shown(name)}")
        elif form == "BASE_TABLE":
            name = ".".join(str(node[key]) for key in ("catalog_name", "schema_name", "table_name") if node.get(key))
            if name.lower() not in asked:
                yield _no_table(name)
        if (kind is not None and kind not in allowed["expressions"]) or (
            kind is None and isinstance(form, str) and form not in allowed["forms"]
        ):
            # A table that is made by a function is told by its name.
            called = node["function"].get("function_name") if form == "TABLE_FUNCTION" else None
            yield _function(str(called)) if called else refusal(None, f"写法 {form} ", f"the form {form}")
        if node.get("sample"):
            yield refusal(written_list()["refused_functions"]["random"], "抽样（SAMPLE）", "SAMPLE")


_WITH_TABLE = {
    "zh": "没有这一列时，它是 DuckDB 的函数；请写成 表.列",
    "en": "where there is no such column it is a function of DuckDB; say it with its table",
}


def _no_table(name: str) -> tuple[str, str]:
    return f"没有可查的表 {shown(name)}", f"there is no table {shown(name)} that a rule may ask"


def _function(name: str) -> tuple[str, str]:
    reason = written_list()["refused_functions"].get(name)
    return refusal(reason, f"函数 {shown(name)} ", f"the function {shown(name)}")


def _of_duckdb(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return what DuckDB's own tables are called, in lower case."""
    return {name.lower() for (name,) in connection.execute("select view_name from duckdb_views()").fetchall()}
