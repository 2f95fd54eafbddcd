"""The SQL of rules: only the functions and forms of the written list (`sql.toml`), which mean one thing everywhere."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from mulu.errors import MissingExtra
from mulu.publish.check.flaws import is_readable
from mulu.standard import Standard
from mulu.texts import did_you_mean
from mulu.validate.allowed import functions, refusal, tables_to_ask, written_list
from mulu.words import quoted

_DIALECT = "duckdb"
# Of the list's groups, what they hold is read as functions or as forms.
_Fault = tuple[int, str, str]


def _sqlglot() -> Any:
    try:
        import sqlglot
    except ImportError:
        raise MissingExtra("publish", "检查规则的查询", "checking the queries of rules") from None
    return sqlglot


def narrowed(query: str, tables: set[str], catalogs: str) -> str:
    """Return a query that asks `query` of each catalog apart; the table `catalogs` tells the number of each entry's.

    Raises `ValueError` if it is no SQL.
    """
    sqlglot = _sqlglot()
    try:
        tree = sqlglot.parse_one(query, read=_DIALECT)
    except sqlglot.errors.SqlglotError as error:
        raise ValueError(str(error)) from None
    own = {cte.alias for cte in tree.find_all(sqlglot.exp.CTE)}
    for table in list(tree.find_all(sqlglot.exp.Table)):
        if table.name in tables - own:
            part = _narrow(table.name, catalogs).subquery(table.alias or table.name)
            if table.args.get("joins"):
                part.set("joins", table.args["joins"])
            table.replace(part)
    return (
        f"select mulu_q.* from (select distinct number from {catalogs}) mulu_e, lateral ({tree.sql(_DIALECT)}) mulu_q"
    )


@cache
def _narrow(table: str, catalogs: str) -> Any:
    return _sqlglot().parse_one(
        f'select * from "{table}" where entry in '
        f"(select mulu_c.entry from {catalogs} mulu_c where mulu_c.number = mulu_e.number)",
        read=_DIALECT,
    )


class Language:
    """What a query may say."""

    def __init__(self, standard: Standard) -> None:
        self.sqlglot = _sqlglot()
        self.list = written_list()
        self.functions = functions()
        self.tables: set[str] | None = None
        if is_readable(standard):
            self.tables = tables_to_ask(standard)

    def faults(self, query: str) -> Iterator[_Fault]:
        """Yield the line from 0, and in both languages the fault, of each thing that a query may not say."""
        try:
            yield from list(self._faults(query))
        except RecursionError:
            yield 0, "查询嵌套太深；请减少嵌套", "the query is nested too deep; nest it less"

    def _faults(self, query: str) -> Iterator[_Fault]:
        errors = self.sqlglot.errors
        try:
            trees = [tree for tree in self.sqlglot.parse(query, read=_DIALECT) if tree is not None]
            tokens = self.sqlglot.tokenize(query, read=_DIALECT)
        except errors.ParseError as error:
            # The error's own text holds codes for the terminal.
            first = error.errors[0] if error.errors else {}
            what = quoted("sqlglot", str(first.get("description", "")).strip().rstrip("."))
            yield (
                (first.get("line") or 1) - 1,
                f"SQL 读不出来，请检查这一行及其前后的逗号、括号和关键字（{what.zh}）",
                f"this is no SQL; look at commas, brackets and keywords on this line and around it ({what.en})",
            )
            return
        except errors.SqlglotError:
            yield 0, "SQL 读不出来，请检查引号是否成对", "this is no SQL; look whether quotes come in pairs"
            return
        if len(trees) != 1 or not isinstance(trees[0], self.sqlglot.exp.Query):
            yield 0, "查询应为一个 SELECT", "a query is one SELECT"
            return
        yield from self._calls(tokens)
        yield from self._forms(trees[0], query)
        yield from self._far(trees[0], query)

    def _calls(self, tokens: list[Any]) -> Iterator[_Fault]:
        refused = self.list["refused_functions"]
        known = self.functions | set(self.list["words"]["before_brackets"])
        for this, following in pairwise(tokens):
            name = this.text.lower()
            # A word before a bracket, other than one that begins a clause, calls a function.
            if following.text != "(" or not name.isidentifier() or name in known:
                continue
            yield this.line - 1, *refusal(refused.get(name), f"函数 {name}", f"the function {name}")
        operators = set(self.list["words"]["operators"])
        for token in tokens:
            if token.text and not token.text[0].isalnum() and token.text not in operators and self._is_sign(token):
                yield token.line - 1, *refusal(None, f"运算符 {token.text}", f"the operator {token.text}")
            if token.token_type == self.sqlglot.TokenType.STRING and "\\p{" in token.text:
                yield (
                    token.line - 1,
                    "正则式中不得用 \\p{…}：Spark 不认",
                    "no \\p{…} in a pattern: Spark does not know it",
                )

    def _is_sign(self, token: Any) -> bool:
        kinds = self.sqlglot.TokenType
        return token.token_type not in (kinds.STRING, kinds.IDENTIFIER, kinds.VAR, kinds.NUMBER)

    def _forms(self, tree: Any, query: str) -> Iterator[_Fault]:
        exp = self.sqlglot.exp
        allowed, refused = set(self.list["forms"]["allowed"]), self.list["refused_forms"]
        own = {cte.alias for cte in tree.find_all(exp.CTE)}
        for node in tree.walk():
            form = type(node).__name__
            if form not in allowed:
                name = node.name if isinstance(node, exp.Anonymous) else ""
                if name.lower() in self.functions or (isinstance(node, exp.Func) and form not in refused):
                    # Functions are told by the name that the author wrote.
                    continue
                yield _line(node, query), *refusal(refused.get(form), f"写法 {form}", f"the form {form}")
            elif isinstance(node, exp.With) and node.args.get("recursive"):
                yield _line(node, query), *refusal(refused["Recursive"], "递归", "recursion")
            elif isinstance(node, exp.Cast) and node.to.sql(_DIALECT).upper() not in self.list["forms"]["types"]:
                kind = node.to.sql(_DIALECT)
                yield _line(node, query), *refusal(None, f"转换为 {kind}", f"the type {kind}")
            elif isinstance(node, exp.Table) and (self._is_unknown(node.name, own) or node.args.get("db")):
                name = f"{node.args['db'].name}.{node.name}" if node.args.get("db") else node.name
                near = did_you_mean(name, sorted(self.tables or ()))
                yield _line(node, query), f"没有表 {name}{near.zh}", f"there is no table {name}{near.en}"

    def _far(self, tree: Any, query: str) -> Iterator[_Fault]:
        """Yield each column of a table that stands in a query further out than the one right around."""
        exp = self.sqlglot.exp
        for column in tree.find_all(exp.Column):
            # Of `a.b.c` the first may be the table.
            name = column.parts[0].name
            inner, depth = column.find_ancestor(exp.Select), 0
            while inner is not None and len(column.parts) > 1 and name not in _sources(inner):
                inner, depth = inner.find_ancestor(exp.Select), depth + 1
            if inner is not None and len(column.parts) > 1 and depth > 1:
                yield (
                    _line(column, query),
                    f"{column.sql(_DIALECT)} 属于隔了一层的外层查询：Spark 只认紧邻的一层；改用连接",
                    f"{column.sql(_DIALECT)} is of a query two levels out, and Spark knows only the one right around; "
                    "use a join",
                )

    def _is_unknown(self, table: str, own: set[str]) -> bool:
        return self.tables is not None and table not in self.tables | own


def _sources(select: Any) -> set[str]:
    """Return what the tables of a query are called in it."""
    parts = [select.args.get("from_") or select.args.get("from"), *(select.args.get("joins") or [])]
    return {part.this.alias_or_name for part in parts if part is not None}


def _line(node: Any, query: str) -> int:
    """Return the line from 0 on which a part of a query stands: where the first name in it does."""
    for inner in node.walk():
        if "line" in inner.meta:
            return int(inner.meta["line"]) - 1
    words = node.sql(_DIALECT).split()
    lines = query.lower().splitlines()
    return next((number for number, text in enumerate(lines) if words and words[0].lower() in text), 0)
