"""Definitions of tables in SQL: MySQL, PostgreSQL, Oracle, SQL Server, Dameng and their kin.

A tolerant reader, not a grammar: a column is a name, a type, and words of which the known ones are read and the
others kept as they stand. It knows `CREATE TABLE`, `ALTER TABLE`, `COMMENT ON` and `sp_addextendedproperty`; each
other statement is counted in a notice, and one that should define a table but is not understood has its own.
"""

import re
from collections.abc import Iterator

from mulu.limits import Limits
from mulu.place import Place
from mulu.readers.columns import NotUnderstood, Words, column_of, read_default, references, split
from mulu.readers.dbms import dbms_of
from mulu.readers.model import Json, Notice
from mulu.readers.relational import Cells, Column, RelationalDocument, Table, add
from mulu.readers.sql import Script, Statement, Token
from mulu.texts import Text, shown

_HEAD = 256 * 1024
_CREATES = re.compile(
    r"(?im)^[ \t]*+(?:(?:CREATE|ALTER)\s++(?:[A-Z]++\s++){0,3}?TABLE\b|COMMENT\s++ON\s++(?:TABLE|COLUMN)\b)"
)
_OBJECT = re.compile(
    r"(?i)(CREATE|ALTER)(?:\s++(?:OR|REPLACE|UNIQUE|DEFINER\s*+=\s*+\S++|MATERIALIZED|EDITIONABLE|FORCE|TEMPORARY)){0,9}\s++(\w++)"
)
_BRACKETS = re.compile(r"(?im)\[dbo\]|^[ \t]*+GO[ \t\r]*+$|TABLE[ ]++\[")
_REMARK = re.compile(r"[ \t]*+,?+[ \t]*+(?:--++([^\n]*+)|/\*((?:[^*\n]|\*(?!/))*+)\*/)")
_ADD_PROPERTY = ("SP_ADDEXTENDEDPROPERTY", "SP_UPDATEEXTENDEDPROPERTY")


def looks_like_sql(text: str) -> bool:
    """Whether a text has a line that begins to define a table."""
    return _CREATES.search(text, 0, _HEAD) is not None


def read_sql(document: RelationalDocument, limits: Limits) -> RelationalDocument:
    """Read the tables that the script of `document` defines; raises `Unreadable` if a limit is exceeded."""
    text = document.script
    script = Script(text, document.path, limits)
    head = text[:_HEAD]
    script.backslash = "`" in head
    script.brackets = not script.backslash and _BRACKETS.search(head) is not None
    reader = _Reader(document, text, limits)
    dbms = dbms_of(head)
    if dbms is not None:
        reader.dbms = {"DBMS": dbms}
    for statement in script.statements():
        reader.read(statement)
    document.tables = [table for table in reader.tables if table is not None]
    document.lay_out(limits)
    lines = (document.at(position).line for position in script.unclosed)
    document.note(
        (Notice("unclosed-quote", {"line": line}, place=Place(document.path, line=line)) for line in lines), limits
    )
    document.note(reader.finish(), limits)
    return document


_FORM = Text("写法不认识", "its syntax is not supported")
_ELSEWHERE = Text("所说的表或字段不是本文件中建立的", "the table or column it refers to is not created in this file")
_OF_OTHERS = Text("字段取自别处，本身没有列出", "its columns are copied from something else and not listed")


class _Reader:
    def __init__(self, document: RelationalDocument, script: str, limits: Limits) -> None:
        self.document, self.script, self.limits = document, script, limits
        self.again = 0
        """How many characters of what columns refer to are said of one column after another."""
        self.tables: list[Table] = []
        self.named: dict[str, Table] = {}
        self.dbms: Cells = {}
        self.passed: dict[str, tuple[int, int]] = {}
        self.notices: list[Notice] = []

    def read(self, statement: Statement) -> None:
        """Read one statement, or note that it was not."""
        words = Words(statement.tokens, self.script)
        try:
            known = self._read(words, statement)
        except NotUnderstood as error:
            self._not_understood(statement, error.args[0] if error.args else _FORM)
            return
        if not known:
            what = statement.word
            if what in ("CREATE", "ALTER") and (match := _OBJECT.match(self.script, statement.start)):
                what = " ".join(match.groups()).upper()
            count, first = self.passed.get(what, (0, statement.start))
            self.passed[what] = (count + 1, first)

    def finish(self) -> Iterator[Notice]:
        """Yield the notices: what was not understood, one by one, and how many statements of what kind were passed."""
        yield from self.notices
        if self.passed:
            said = ", ".join(f"{what} {count}" for what, (count, _) in self.passed.items())
            place = self.document.at(min(first for _, first in self.passed.values()))
            count = sum(count for count, _ in self.passed.values())
            yield Notice("statements-passed-over", {"statements": said, "count": count}, place=place)

    def _not_understood(self, statement: Statement, reason: Text) -> None:
        said = " ".join(self.script[statement.start : min(statement.end, statement.start + 200)].split())[:80]
        place = self.document.at(statement.start)
        params: dict[str, Json] = {"value": said, "reason_zh": reason.zh, "reason_en": reason.en}
        self.notices.append(Notice("statement-not-understood", params, place=place))

    def _read(self, words: Words, statement: Statement) -> bool:
        if words.take("COMMENT", "ON"):
            return self._comment(words)
        if words.take("ALTER", "TABLE"):
            return self._alter(words)
        for position, token in enumerate(statement.tokens):
            if token.upper in _ADD_PROPERTY:
                words.at = position + 1
                self._property(words)
                return True
        for position, token in enumerate(statement.tokens):
            if token.upper == "CREATE" and self._is_table(statement.tokens[position + 1 : position + 6]):
                words.at = position + 1
                self._create(words, statement)
                return True
            if statement.word != "IF":
                break
        return False

    @staticmethod
    def _is_table(tokens: list[Token]) -> bool:
        said = [token.upper for token in tokens if token.kind == "w"]
        before = said[: said.index("TABLE")] if "TABLE" in said else ["VIEW"]
        return not set(before) & {"VIEW", "INDEX", "OR", "TYPE", "TRIGGER", "SYNONYM", "SEQUENCE"}

    # --- CREATE TABLE ---------------------------------------------------------------------------------------

    def _create(self, words: Words, statement: Statement) -> None:
        while words.upper() != "TABLE":
            words.next()
        word = words.next()
        words.take("IF", "NOT", "EXISTS")
        name = words.name()
        if words.upper() != "(":
            # … like, … as select, … partition of: the columns are those of something else.
            raise NotUnderstood(_OF_OTHERS)
        table = Table(".".join(part.text for part in name), statement.start)
        self._named(table.cells, name)
        table.cells["TABLE_TYPE"] = ("BASE TABLE", word.start)
        elements = list(split(words.group()))
        keys: list[Words] = []
        for element in elements:
            if _is_constraint(element):
                keys.append(Words(element, self.script))
            elif (column := column_of(Words(element, self.script))) is not None:
                self._remarked(column, element[-1].end)
                self._take(table, column)
            else:
                keys.append(Words(element, self.script))
        for key in keys:
            self._constraint(table, key)
        if not table.columns:
            raise NotUnderstood(_OF_OTHERS)
        self._options(table, words)
        table.cells |= self.dbms
        self.tables.append(table)
        for key_name in {table.name.casefold(), name[-1].text.casefold()}:
            self.named[key_name] = table

    @staticmethod
    def _named(cells: Cells, name: list[Token]) -> None:
        for heading, part in zip(("TABLE_NAME", "TABLE_SCHEMA", "TABLE_CATALOG"), reversed(name), strict=False):
            cells[heading] = (part.text, part.start)

    def _take(self, table: Table, column: Column) -> None:
        if len(table.columns) >= self.limits.columns:
            place = self.document.at(column.offset)
            raise self.limits.exceeded(
                "columns",
                self.document.path,
                f"表 {shown(table.name)} 的字段太多",
                f"the table {shown(table.name)} has too many columns",
                place=place,
            )
        table.take(column)

    def _options(self, table: Table, words: Words) -> None:
        start = words.at
        rest: list[Token] = []
        while words.here is not None:
            if words.take("COMMENT"):
                words.take("=")
                said = words.next()
                if said.text.strip():
                    table.cells["TABLE_COMMENT"] = (said.text, said.start)
                if rest:
                    self._add_option(table, words.text(rest), rest[0].start)
                rest, start = [], words.at
                continue
            if words.take("PARTITIONED", "BY") and words.upper() == "(":
                # Hive has columns there that stand nowhere else.
                parts = [*split(words.group())]
                for column in (column_of(Words(part, self.script)) for part in parts if len(part) > 1):
                    if column is not None and table.column(column.name) is None:
                        self._take(table, column)
                continue
            if words.upper() == "(":
                # What is said in there is not said of the table.
                first = words.at
                words.group()
                rest += words.tokens[first : words.at]
                continue
            rest.append(words.next())
        if rest and start < len(words.tokens):
            self._add_option(table, words.text(rest), rest[0].start)

    @staticmethod
    def _add_option(table: Table, text: str, offset: int) -> None:
        add(table.cells, "TABLE_OPTIONS", text, offset, "; ")

    def _remarked(self, column: Column, end: int) -> None:
        """Take a comment that stands behind a column in its line for what is said of it, if nothing else is."""
        found = _REMARK.match(self.script, end)
        said = next(filter(None, found.groups()), "") if found else ""
        if found and re.search(r"\w", said) and not said.startswith(("!", "+")):
            column.cells.setdefault("COLUMN_COMMENT", (said.strip(), found.start(found.lastindex or 0)))

    # --- keys and other constraints -------------------------------------------------------------------------

    def _constraint(self, table: Table, words: Words) -> None:
        """Read a constraint of a table into its columns; what is none of these goes with the table's options."""
        start = words.at
        if words.take("CONSTRAINT") and words.upper() not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "DEFAULT"):
            words.name()
        while words.upper() in ("NOT", "CLUSTER", "CLUSTERED", "NONCLUSTERED"):
            words.next()
        token = words.here
        if words.take("PRIMARY", "KEY"):
            for name in self._listed(words):
                if column := table.column(name.text):
                    column.cells["COLUMN_KEY"] = ("PRI", name.start)
        elif words.take("FOREIGN", "KEY"):
            names = self._listed(words)
            target = words.text(references(words))
            self.again += max(0, len(names) - 1) * len(target)
            if self.again > len(self.script):
                # Of a real key a few columns refer to a name; these would make gigabytes of a short script.
                raise NotUnderstood
            for name in names:
                if column := table.column(name.text):
                    column.add("REFERENCES", target, name.start)
        elif words.upper() == "UNIQUE" and token is not None:
            names = self._listed(words)
            column = table.column(names[0].text) if len(names) == 1 else None
            if column is not None:
                column.cells.setdefault("COLUMN_KEY", ("UNI", names[0].start))
            else:
                self._add_option(table, words.text(words.tokens[start:]), token.start)
        elif words.take("DEFAULT"):
            self._default_for(table, words)
        elif words.upper() not in ("KEY", "INDEX", "FULLTEXT", "SPATIAL", "PERIOD") and token is not None:
            self._add_option(table, words.text(words.tokens[start:]), token.start)

    def _default_for(self, table: Table, words: Words) -> None:
        """Read SQL Server's `default (value) for column`."""
        start = words.at
        while not words.take("FOR"):
            words.next()
        name = words.next()
        column = table.column(name.text)
        if column is None:
            raise NotUnderstood
        read_default(column, Words(words.tokens[start : words.at - 2], self.script))

    @staticmethod
    def _listed(words: Words) -> list[Token]:
        """Take words up to a list of columns in brackets, and return their names."""
        while words.upper() != "(":
            words.next()
        return [part[0] for part in split(words.group()) if part]

    # --- what is said of a table afterwards -----------------------------------------------------------------

    def _table(self, name: list[Token]) -> Table | None:
        full = ".".join(part.text for part in name).casefold()
        return self.named.get(full) or self.named.get(name[-1].text.casefold())

    def _comment(self, words: Words) -> bool:
        if words.take("TABLE"):
            name, column_name = words.name(), None
        elif words.take("COLUMN"):
            *name, column_name = words.name()
            if not name:
                raise NotUnderstood
        else:
            return False
        if not words.take("IS"):
            raise NotUnderstood
        said = words.next()
        table = self._table(name)
        column = table.column(column_name.text) if table is not None and column_name is not None else None
        if said.upper == "NULL" or not said.text.strip():
            return True
        return self._said(table, column, column_name is not None, said)

    @staticmethod
    def _said(table: Table | None, column: Column | None, of_column: bool, said: Token) -> bool:
        if table is None or (of_column and column is None):
            raise NotUnderstood(_ELSEWHERE)
        if column is not None:
            column.cells["COLUMN_COMMENT"] = (said.text, said.start)
        else:
            table.cells["TABLE_COMMENT"] = (said.text, said.start)
        return True

    def _property(self, words: Words) -> None:
        """Read `sp_addextendedproperty`, whose arguments are named or in their order."""
        names = (
            "@NAME",
            "@VALUE",
            "@LEVEL0TYPE",
            "@LEVEL0NAME",
            "@LEVEL1TYPE",
            "@LEVEL1NAME",
            "@LEVEL2TYPE",
            "@LEVEL2NAME",
        )
        found: dict[str, Token] = {}
        for position, part in enumerate(split(words.tokens[words.at :])):
            is_named = len(part) > 2 and part[1].upper == "="
            heading = part[0].upper if is_named else names[position] if position < len(names) else ""
            if part:
                found[heading] = part[2] if is_named else part[0]
        kinds = {found[n].text.upper(): found.get(n.replace("TYPE", "NAME")) for n in names[2::2] if n in found}
        said, name = found.get("@VALUE"), kinds.get("TABLE")
        if said is None or name is None or "@NAME" not in found:
            raise NotUnderstood
        if found["@NAME"].text.upper() not in ("MS_DESCRIPTION", "DESCRIPTION"):
            raise NotUnderstood
        table = self._table([name])
        column_name = kinds.get("COLUMN")
        column = table.column(column_name.text) if table is not None and column_name is not None else None
        if said.text.strip():
            self._said(table, column, column_name is not None, said)

    def _alter(self, words: Words) -> bool:
        while words.upper() in ("ONLY", "IF", "EXISTS"):
            words.next()
        table = self._table(words.name())
        if table is None:
            raise NotUnderstood(_ELSEWHERE)
        if words.upper() in ("WITH", "ENABLE", "DISABLE") and words.upper(1) in ("CHECK", "NOCHECK"):
            words.at += 2
        if words.upper() in ("CHECK", "NOCHECK", "OWNER", "ENABLE", "DISABLE", "REPLICA", "SET"):
            return False
        for action in split(words.tokens[words.at :]):
            self._action(table, Words(action, self.script))
        return True

    def _action(self, table: Table, words: Words) -> None:
        if words.take("COMMENT"):
            words.take("=")
            self._said(table, None, False, words.next())
            return
        if words.take("MODIFY") or words.take("CHANGE"):
            self._replace(table, words)
            return
        if not words.take("ADD"):
            raise NotUnderstood
        if _is_constraint(words.tokens[words.at :]) or words.upper() == "DEFAULT":
            self._constraint(table, words)
            return
        words.take("COLUMN")
        words.take("IF", "NOT", "EXISTS")
        parts = list(split(words.group())) if words.upper() == "(" else [words.tokens[words.at :]]
        for part in parts:
            column = column_of(Words(part, self.script))
            if column is None or table.column(column.name) is not None:
                raise NotUnderstood
            self._take(table, column)

    def _replace(self, table: Table, words: Words) -> None:
        is_change = words.upper(-1) == "CHANGE"
        words.take("COLUMN")
        parts = list(split(words.group())) if words.upper() == "(" else [words.tokens[words.at :]]
        for part in parts:
            inner = Words(part, self.script)
            old = table.column(inner.next().text)
            inner.at -= 0 if is_change else 1
            new = column_of(inner)
            if old is None or new is None:
                raise NotUnderstood
            table.rename(old, new.name)
            old.cells |= new.cells


def _is_constraint(tokens: list[Token]) -> bool:
    """Whether an element of a table is no column; a column may be called `key` or `index` all the same."""
    first = tokens[0].upper if tokens else ""
    second = tokens[1].upper if len(tokens) > 1 else ""
    if first in ("PRIMARY", "FOREIGN"):
        return second == "KEY"
    if first in ("CONSTRAINT", "EXCLUDE", "FULLTEXT", "SPATIAL"):
        return len(tokens) > 2
    if first in ("CHECK", "LIKE", "PERIOD"):
        return second == "(" or first != "CHECK"
    if first in ("CLUSTER", "NOT") or (
        first == "UNIQUE" and second in ("KEY", "INDEX", "(", "CLUSTERED", "NONCLUSTERED")
    ):
        return True
    if first in ("KEY", "INDEX", "UNIQUE"):
        opening = next((n for n, token in enumerate(tokens) if token.upper == "("), 0)
        return 0 < opening < len(tokens) - 1 and tokens[opening + 1].kind != "n"
    return False
