"""Queries of rules, from the SQL of DuckDB to that of Spark.

sqlglot does what it does rightly; where its result would mean something else, or where the engines themselves differ,
a form is exchanged here, and nowhere else. What has no counterpart is refused (`CannotCarry`), so that no rule means
two things.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from mulu.errors import MissingExtra
from mulu.spark.characters import DROPPED, MOST, Letters, Seen, letters
from mulu.spark.pattern import CannotCarry, java_pattern
from mulu.standard import Standard
from mulu.validate.shapes import structure, tables_of
from mulu.validate.tables import FULL, HALF, WHITE
from mulu.words import quoted

_FIRST_DAY = (
    "case when x rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then try_cast(substr(x, 1, 10) as date) "
    r"when x rlike '^[0-9]{4}-[0-9]{2}\\z' then try_cast(concat(x, '-01') as date) "
    r"when x rlike '^[0-9]{4}\\z' then try_cast(concat(x, '-01-01') as date) end"
)
_LAST_DAY = (
    "case when x rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then try_cast(substr(x, 1, 10) as date) "
    r"when x rlike '^[0-9]{4}-[0-9]{2}\\z' then last_day(try_cast(concat(x, '-01') as date)) "
    r"when x rlike '^[0-9]{4}\\z' then try_cast(concat(x, '-12-31') as date) end"
)
# DuckDB takes the characters between two places, in whatever order they are said, and counts the one before the first.
_PLACE = "(case when s < 0 then length(x) + s + 1 else s end)"
_SUBSTR = (
    "case when x is null or s is null or n is null then null else substr(x, "
    f"greatest(least({_PLACE}, {_PLACE} + n), 1), "
    f"greatest({_PLACE}, {_PLACE} + n, 1) - greatest(least({_PLACE}, {_PLACE} + n), 1)) end"
)
# DuckDB rounds texts away from zero and numbers to the even one; Spark refuses the one and cuts the other.
_WHOLE = (
    "case typeof(x) when 'string' then cast(round(cast(cast(x as string) as decimal(38, 10))) as {kind}) "
    "when 'double' then cast(rint(cast(x as double)) as {kind}) else cast(x as {kind}) end"
)
# Spark takes 2018-05 for a day.
_DATE = (
    "case when typeof(x) <> 'string' or x is null "
    "or trim(cast(x as string)) rlike '^[0-9]+-[0-9]{1,2}-[0-9]{1,2}([ T]|$)' "
    "then cast(x as date) else raise_error('this is no day') end"
)
# DuckDB writes numbers with an exponent from 1e16 on, Java from 1E7.
_TEXT = (
    "case when typeof(x) <> 'double' then cast(x as string) "
    "when abs(try_cast(cast(x as string) as double)) between 1e-4 and 9999999999999998 "
    "or try_cast(cast(x as string) as double) = 0 then regexp_replace(case "
    "when cast(x as string) like '%E%' then cast(cast(cast(x as string) as decimal(38, 20)) as string) "
    r"else cast(x as string) end, '([.][0-9]+?)0+\\z', '$1') "
    "else regexp_replace(regexp_replace(regexp_replace(lower(cast(x as string)), '[.]0e', 'e'), 'e([0-9])', 'e+$1'), "
    r"'e([+-])([0-9])\\z', 'e$10$2') end"
)
_DAY = "mulu_day"
_WHOLE_NUMBERS = {"INT": "int", "BIGINT": "bigint"}


def _sqlglot() -> Any:
    try:
        import sqlglot
    except ImportError:
        raise MissingExtra("spark", "在 Spark 上校验", "validation on Spark") from None
    return sqlglot


def carrier(spark: Any, standard: Standard, today: date, seen: Seen) -> "Carrier":
    """Return what carries the queries of a standard over to a session, for a run that has seen these characters."""
    fractions = fractions_of(standard)
    if not seen.characters:
        return Carrier(today, fractions=fractions)
    found = letters(seen)
    signs = spark.createDataFrame([(sign,) for sign in found.characters], "sign string")
    dropped = {row.sign for row in signs.where(signs["sign"].rlike(f"[{DROPPED}]")).collect()}
    differing = frozenset(sign for sign, is_dropped in found.characters.items() if (sign in dropped) != is_dropped)
    return Carrier(today, found, differing, fractions)


def fractions_of(standard: Standard) -> frozenset[str]:
    """Return the names of the columns, in lower case, that hold numbers with fractions in any table of a standard."""
    schemas = standard.schemas
    tables = tables_of(schemas).values()
    shapes = [
        array.structure if array else structure(schemas, schemas.resources[schemas.effective[kind]])
        for kind, array in tables
    ]
    return frozenset(name for shape in shapes for name in _fractional("value", shape))


def _fractional(name: str, shape: Any) -> Iterator[str]:
    if shape == "DOUBLE":
        yield name.lower()
    for inner, member in shape.items() if isinstance(shape, dict) else ():
        yield from _fractional(inner, member)


class Carrier:
    """Carries queries over.

    `letters` says what DuckDB makes of the characters of the run; without it all are of those on which the engines
    agree by themselves. `differing` are the characters of it that Java drops and DuckDB keeps, or the other way round.
    `fractions` names the columns of numbers that may have fractions.
    """

    def __init__(
        self,
        today: date,
        letters: Letters | None = None,
        differing: frozenset[str] = frozenset(),
        fractions: frozenset[str] = frozenset(),
    ) -> None:
        self.sqlglot = _sqlglot()
        self.exp = exp = self.sqlglot.exp
        self.today = today
        self.letters = letters
        self.differing = differing
        self.fractions = fractions
        self._fractions = fractions
        self._templates: dict[str, Any] = {}
        self._forms: dict[type, Callable[[Any], Any]] = {
            exp.Anonymous: self._own,
            exp.LastDay: lambda node: self._day(_LAST_DAY, x=node.this),
            exp.Lower: lambda node: self._lower(node.this),
            exp.Upper: self._upper,
            exp.RegexpLike: self._matches,
            exp.Substring: self._substring,
            exp.Like: self._like,
            exp.Cast: self._cast,
            exp.DPipe: self._joined,
            exp.Sub: self._difference,
        }

    def sql(self, query: str) -> str:
        """Return the query as Spark is to run it; raises `CannotCarry`."""
        try:
            return self._sql(query)
        except RecursionError:
            raise CannotCarry("查询嵌套太深", "the query is nested too deep") from None

    def _sql(self, query: str) -> str:
        try:
            tree = self.sqlglot.parse_one(query.rstrip().rstrip(";"), read="duckdb")
        except self.sqlglot.errors.SqlglotError as error:
            why = quoted("sqlglot", str(error).split("\n")[0])
            raise CannotCarry(f"查询读不出来（{why.zh}）", f"the query cannot be read ({why.en})") from None
        self._fractions = self._with_aliases(tree)
        # From the inside out, so that what is exchanged holds what was exchanged in it.
        for node in reversed(list(tree.walk(bfs=False))):
            form = self._forms.get(type(node))
            if form is not None:
                made = form(node)
                if made is not node:
                    node.replace(made)
        return str(tree.sql("spark", unsupported_level=self.sqlglot.ErrorLevel.RAISE))

    def _made(self, template: str, **parts: Any) -> Any:
        """Return an expression of Spark with its names exchanged for `parts`."""
        if template not in self._templates:
            self._templates[template] = self.sqlglot.parse_one(template, read="spark")
        tree = self.exp.Paren(this=self._templates[template].copy())
        for column in list(tree.find_all(self.exp.Column)):
            if column.name in parts:
                part = parts[column.name].copy()
                column.replace(self.exp.Paren(this=part) if isinstance(part, self.exp.Binary) else part)
        return tree

    def _text(self, text: str) -> Any:
        return self.exp.Literal.string(text)

    def _own(self, node: Any) -> Any:
        """Return what stands for a function that the engine adds."""
        name, given = node.name.lower(), node.expressions
        if name == "blank":
            return self._made("x is null or btrim(x, w) = ''", x=given[0], w=self._text(WHITE))
        if name == "plain":
            return self._plain(given[0])
        if name == "validation_date":
            return self._day("cast(d as date)", d=self._text(self.today.isoformat()))
        if name == "first_day":
            return self._day(_FIRST_DAY, x=given[0])
        raise CannotCarry(f"Spark 上没有函数 {name}", f"Spark has no function {name}")

    def _plain(self, text: Any) -> Any:
        text = self._made("translate(x, f, h)", x=text, f=self._text(FULL), h=self._text(HALF))
        dropped = f"[{DROPPED}]+"
        if self.letters is not None:
            cut = text.find(self.exp.Substring) is not None
            joined = self.letters.begins_with_mark and text.find(self.exp.Concat) is not None
            if self.letters.composed and (cut or joined):
                raise CannotCarry(
                    "条目中有与字母分开书写的附加符号，plain 内不能有 substr；有文字以附加符号开头的，也不能有 ||；"
                    "请先把文字规范化（NFC）",
                    "the entries hold marks that are apart from their letters, so that plain may hold no substr, nor "
                    "|| where a text begins with a mark; normalise the texts first (NFC)",
                )
            if self.letters.too_many:
                raise CannotCarry(
                    f"条目中分开书写的附加符号超过 {MOST} 种；请先把文字规范化（NFC）",
                    f"the entries hold more than {MOST} letters with marks apart; normalise the texts first (NFC)",
                )
            for apart, composed in sorted(self.letters.composed.items(), key=lambda pair: -len(pair[0])):
                text = self._made("replace(x, a, c)", x=text, a=self._text(apart), c=self._text(composed))
            more = [sign for sign in self.differing if self.letters.characters[sign]]
            kept = [sign for sign in self.differing if not self.letters.characters[sign]]
            if self.differing:
                dropped = f"[[{DROPPED}{''.join(more)}]&&[^\\x00{''.join(kept)}]]+"
        return self._made("regexp_replace(x, d, '')", x=self._lower(text), d=self._text(dropped))

    def _lower(self, text: Any) -> Any:
        return self._cased(self.exp.Lower(this=text.copy()), self.letters.lower if self.letters else None)

    def _upper(self, node: Any) -> Any:
        return self._cased(node, self.letters.upper if self.letters else None)

    def _cased(self, node: Any, letters: tuple[str, str] | None) -> Any:
        if letters is None:
            return node
        return self._made("translate(x, f, t)", x=node.this, f=self._text(letters[0]), t=self._text(letters[1]))

    def _matches(self, node: Any) -> Any:
        pattern = node.expression
        if not pattern.is_string or node.args.get("flag") is not None:
            raise CannotCarry("正则式应为一段写明的文字", "a pattern is a text that is written out")
        return self._made("x rlike p", x=node.this, p=self._text(java_pattern(pattern.this)))

    def _substring(self, node: Any) -> Any:
        start, length = node.args.get("start"), node.args.get("length")
        first, count = (int(each.this) if isinstance(each, self.exp.Literal) else None for each in (start, length))
        # From the first character on, and where both are written out, the engines agree.
        if length is None or first == 1 or (first and count is not None):
            return node
        return self._made(_SUBSTR, x=node.this, s=start, n=length)

    def _like(self, node: Any) -> Any:
        """A backslash is nothing special for DuckDB."""
        pattern = node.expression
        if pattern.is_string:
            escaped: Any = self._text(pattern.this.replace("\\", "\\\\"))
        else:
            escaped = self._made("replace(p, b, bb)", p=pattern, b=self._text("\\"), bb=self._text("\\\\"))
        # It may be negated, so that it stays what it is.
        node.set("expression", escaped)
        return node

    def _cast(self, node: Any) -> Any:
        kind = node.to.this.name
        if kind in _WHOLE_NUMBERS:
            return self._made(_WHOLE.format(kind=_WHOLE_NUMBERS[kind]), x=node.this)
        if kind == "DATE":
            return self._day(_DATE, x=node.this)
        if kind in ("TEXT", "VARCHAR") and self._may_have_fractions(node.this, self._fractions):
            return self._made(_TEXT, x=node.this)
        return node

    def _with_aliases(self, tree: Any) -> frozenset[str]:
        """Return the names of columns with fractions, with those that a query gives to what is made of such."""
        found = self.fractions
        while True:
            more = found | {
                alias.alias.lower()
                for alias in tree.find_all(self.exp.Alias)
                if self._may_have_fractions(alias.this, found)
            }
            if more == found:
                return found
            found = more

    def _may_have_fractions(self, node: Any, names: frozenset[str]) -> bool:
        return any(
            (isinstance(part, self.exp.Cast) and part.to.this.name == "DOUBLE")
            or (isinstance(part, self.exp.Literal) and part.is_number and not part.is_int)
            or (isinstance(part, self.exp.Identifier) and part.name.lower() in names)
            for part in node.walk()
        )

    def _joined(self, node: Any) -> Any:
        sides = [
            self._made(_TEXT, x=side) if self._may_have_fractions(side, self._fractions) else side
            for side in (node.this, node.expression)
        ]
        return self._made("concat(a, b)", a=sides[0], b=sides[1])

    def _difference(self, node: Any) -> Any:
        days = [self._is_day(side) for side in (node.this, node.expression)]
        return self._made("datediff(a, b)", a=node.this, b=node.expression) if all(days) else node

    def _is_day(self, node: Any) -> bool:
        """Whether something is a day by its form; of what is one by its column only Spark makes an interval."""
        while isinstance(node, self.exp.Paren) and not node.meta.get(_DAY):
            node = node.this
        return bool(node.meta.get(_DAY))

    def _day(self, template: str, **parts: Any) -> Any:
        """Return an expression of Spark that gives a day, marked as one."""
        made = self._made(template, **parts)
        made.meta[_DAY] = True
        return made
