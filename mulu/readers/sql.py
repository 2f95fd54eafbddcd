"""SQL scripts cut into statements and words, whatever database wrote them.

Nothing here is run, and nothing is understood but where a statement ends: a `;`, a line with `GO` (SQL Server) or
`/` (Oracle, Dameng), what `DELIMITER` says (MySQL), or, where all of these were forgotten, a line that begins the
next one. Statements that define nothing, such as a dump's millions of INSERTs, are passed over by one pattern.
Every pattern is possessive, so time grows with the length alone. Before Python 3.11.5 a possessive group does not go
back if a further round of it begins and then fails; so the rounds of those here fail at their first character or not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from mulu.limits import Limits

WANTED = frozenset(("CREATE", "ALTER", "COMMENT", "EXEC", "EXECUTE", "DECLARE", "IF", "BEGIN"))
"""First words of statements that may say something of a table."""

# A comment that is never closed reaches to the end, as databases read it: to seek its end anew from each place where
# one may begin would take time that grows with the square of the length.
_COMMENT = r"--[^\n]*+|/\*(?s:.)*?(?:\*/|\Z)"
_SPACE = re.compile(rf"\s++|{_COMMENT}")
_SPACE_MYSQL = re.compile(rf"\s++|#[^\n]*+|{_COMMENT}")
_WORD = re.compile(r"[^\W\d][\w$#]*+")
# Commands of the programs that run scripts (SQL*Plus, psql, mysql, sqlcmd); they end with their line.
_LINE = re.compile(
    r"(?i)(?:(?:PROMPT|SPOOL|REM|REMARK|WHENEVER|EXIT|QUIT|CONNECT|ACCEPT|DEFINE|UNDEFINE|SET|USE|PRINT|SHOW)\b"
    r"|\\|@|:)[^\n;]*+;?"
)
_GO = re.compile(r"(?i)(?:GO(?:[ \t]++\d++)?|/)[ \t\r;]*+(?=\n|\Z)")
# The client of MySQL takes no longer one.
_DELIMITER = re.compile(r"(?i)DELIMITER[ \t]++(\S{1,15})(?!\S)[^\n]*+")
# For each the patterns are made anew; scripts have one or two.
_DELIMITERS = 100
_COPY = re.compile(r"(?i)COPY\b[^;\n]*?\bFROM\s++stdin\b[^;\n]*+;")
_ROUTINE = re.compile(
    r"(?i)(?:CREATE\s++(?:OR\s++REPLACE\s++)?(?:EDITIONABLE\s++|NONEDITIONABLE\s++)?(?:DEFINER\s*+=\s*+\S++\s++)?"
    r"(?:PROCEDURE|PROC|FUNCTION|TRIGGER|PACKAGE|EVENT|TYPE\s++BODY|CLASS)|ALTER\s++(?:PROCEDURE|PROC|FUNCTION|TRIGGER))\b"
)
_BLOCK = re.compile(r"(?i)(?:DECLARE\b(?!\s++@)|BEGIN\b(?!\s*+(?:;|TRAN|WORK|\Z)))")
_ROUTINE_END = re.compile(r"(?im)^[ \t]*+(?:GO|/)[ \t\r]*+$")
_DOLLAR = re.compile(r"\$\w*+\$")
_DOLLARS = re.compile(r"(?=(\$\w*+\$))")
_HEAD = 4000
_BLOCK_END = re.compile(r"(?im)^[ \t]*+END\b[^\n;]*+;")
_NEXT = r"(?:CREATE|ALTER\s++TABLE|COMMENT\s++ON|INSERT\s++INTO|INSERT\s*+\[|EXEC(?:UTE)?|DROP\s++TABLE)\b"
_NEXT_LINE = re.compile(rf"(?i){_NEXT}")


class Token(NamedTuple):
    """A word, a quoted name (`q`), a text (`s`), a number or a mark; `text` is without its quotes.

    `upper` is the word in capitals; empty if it is a quoted name, a text or a number.
    """

    kind: str
    text: str
    start: int
    end: int
    upper: str


@dataclass(slots=True)
class Statement:
    """A statement; without tokens it was passed over, as it can say nothing of a table."""

    word: str
    start: int
    end: int
    tokens: list[Token] = field(default_factory=list)


@dataclass
class Script:
    """The text of a script; `backslash`: in its texts `\\'` is a quote (MySQL), `brackets`: `[x]` is a name.

    `unclosed` are the offsets of quotes, brackets and comments that are never closed.
    """

    text: str
    path: str
    limits: Limits
    backslash: bool = False
    brackets: bool = False
    unclosed: list[int] = field(default_factory=list)
    delimiter: str = ";"
    _open: set[str] = field(default_factory=set)
    _delimiters: set[str] = field(default_factory=set)
    _ahead: dict[re.Pattern[str], re.Match[str] | None] = field(default_factory=dict)

    @cached_property
    def _space(self) -> re.Pattern[str]:
        return _SPACE_MYSQL if self.backslash else _SPACE

    @cached_property
    def _quoted(self) -> str:
        inside = r"[^'\\]++|''|\\." if self.backslash else r"[^']++|''"
        double = r"[^\"\\]++|\"\"|\\." if self.backslash else r"[^\"]++|\"\""
        quotes = (("'", inside), ('"', double), ("`", "[^`]++|``"))
        # A name in brackets that begins within another is none, so that nothing is sought beyond the next bracket.
        bracket = r"|\[[^\[\]\n]*+\]" if self.brackets else ""
        return "|".join(self._text(mark, within) for mark, within in quotes) + bracket

    def _text(self, mark: str, inside: str) -> str:
        """Return the pattern of a text between two marks.

        Behind one that is never closed only a text of nothing but such marks can be closed; to seek the end of each
        would take time that grows with the square of the length.
        """
        return f"(?:{mark}{mark})+(?!{mark})" if mark in self._open else f"{mark}(?:{inside})*+{mark}"

    @cached_property
    def _token(self) -> re.Pattern[str]:
        comment = _COMMENT + (r"|#[^\n]*+" if self.backslash else "")
        return re.compile(
            rf"(?P<c>\s++|{comment})|(?P<e>[Ee]'(?:[^'\\]++|''|\\.)*+')|(?P<q>(?:[Nn](?='))?(?:{self._quoted}))"
            r"|(?P<w>(?:(?<![@#])[@#]++|)[^\W\d][\w$#@]*+)|(?P<n>\d++(?:\.\d++)?\w*+)|(?P<d>\$\w*+\$)|(?P<p>.)",
            re.DOTALL,
        )

    @cached_property
    def _mark(self) -> re.Pattern[str]:
        """What a statement that is passed over holds up to the next mark, and that mark."""
        bracket = r"\[" if self.brackets else ""
        line = rf"\n(?=[ \t]*+(?i:(?:GO|/)[ \t]*+\r?(?:\n|\Z)|{_NEXT}))"
        return re.compile(
            rf"[^'\"`\n/\-{bracket}{re.escape(self.delimiter[0])}]*+"
            rf"(?:{self._quoted}|(?P<c>{_COMMENT})|(?P<end>{re.escape(self.delimiter)})|(?P<line>{line}|\Z)"
            rf"|(?P<open>['\"`{bracket}])|.)",
            re.DOTALL,
        )

    def statements(self) -> Iterator[Statement]:
        """Yield the statements in order; those that define nothing come without tokens."""
        position = 0
        size = len(self.text)
        while True:
            while (blank := self._space.match(self.text, position)) is not None:
                self._comment(blank.group(), position)
                position = blank.end()
            if position >= size:
                return
            if self.text.startswith(self.delimiter, position):
                position += len(self.delimiter)
                continue
            if match := _GO.match(self.text, position):
                position = match.end()
                continue
            if (match := _DELIMITER.match(self.text, position)) and len(self._delimiters) < _DELIMITERS:
                self.delimiter = match.group(1)
                self._delimiters.add(self.delimiter)
                self.__dict__.pop("_mark", None)
                position = match.end()
                continue
            statement = self._statement(position)
            position = max(statement.end, position + 1)
            yield statement

    def _statement(self, start: int) -> Statement:
        found = _WORD.match(self.text, start)
        word = found.group().upper() if found else self.text[start]
        if match := _LINE.match(self.text, start):
            return Statement(word, start, match.end())
        if match := _COPY.match(self.text, start):
            end = self.text.find("\n\\.", match.end())
            return Statement(word, start, len(self.text) if end < 0 else end + 3)
        if _ROUTINE.match(self.text, start) or _BLOCK.match(self.text, start):
            return Statement(word, start, self._routine_end(start))
        if word in WANTED:
            return self._tokens(word, start)
        return Statement(word, start, self._passed(start))

    def _passed(self, position: int) -> int:
        """Return where the statement ends that is passed over from `position` on."""
        while match := self._mark.match(self.text, position):
            if match.lastgroup == "end":
                return match.end()
            if match.lastgroup == "line":
                return match.start("line")
            if match.lastgroup == "open":
                self._unclosed(match.start("open"))
            elif match.lastgroup == "c":
                self._comment(match["c"], match.start("c"))
            position = match.end()
        return len(self.text)

    def _routine_end(self, start: int) -> int:
        """Return where a routine ends, whose body has statements with `;` of their own."""
        if self.delimiter != ";":
            end = self.text.find(self.delimiter, start)
            return len(self.text) if end < 0 else end + len(self.delimiter)
        dollar = self._next(_DOLLAR, start)
        if dollar and dollar.start() - start < _HEAD and self.text.find(";", start, dollar.start()) < 0:
            close = self.text.find(dollar.group(), dollar.end())
            return self._passed(len(self.text) if close < 0 else close + len(dollar.group()))
        for pattern in (_ROUTINE_END, _BLOCK_END):
            if match := self._next(pattern, start):
                return match.end()
        return self._passed(start)

    def _next(self, pattern: re.Pattern[str], position: int) -> re.Match[str] | None:
        """Return where the pattern is found next; positions only grow, so what lies ahead is sought once."""
        found = self._ahead[pattern] if pattern in self._ahead else pattern.search(self.text, position)
        if found is not None and found.start() < position:
            found = pattern.search(self.text, position)
        self._ahead[pattern] = found
        return found

    @cached_property
    def _last_dollars(self) -> dict[str, int]:
        """Where each mark `$…$` stands for the last time."""
        return {match[1]: match.start() for match in _DOLLARS.finditer(self.text)}

    def _tokens(self, word: str, start: int) -> Statement:
        """Cut a statement into tokens, up to its end or to a line that begins another."""
        statement = Statement(word, start, start)
        position, depth, size = start, 0, len(self.text)
        fresh = False
        while position < size:
            match = self._token.match(self.text, position)
            assert match is not None
            kind, text = str(match.lastgroup), match.group()
            if kind == "c":
                self._comment(text, position)
                fresh = fresh or "\n" in text
                position = match.end()
                continue
            if not depth and self.text.startswith(self.delimiter, position):
                statement.end = position + len(self.delimiter)
                return statement
            if fresh and statement.tokens and (_GO.match(self.text, position) or self._begins(position, depth, word)):
                break
            fresh = False
            end = match.end()
            if kind == "p" and text in "'\"`":
                self._unclosed(position)
            elif kind == "d":
                # Many marks that are never closed would be sought up to the end each.
                close = self.text.find(text, end) if self._last_dollars[text] >= end else -1
                kind, end = ("s", close + len(text)) if close >= 0 else ("p", end)
            depth += (text == "(") - (text == ")")
            depth = max(depth, 0)
            kind, text = _content(kind, text, self.backslash)
            statement.tokens.append(Token(kind, text, position, end, text.upper() if kind in "wp" else ""))
            position = end
            if position - start > self.limits.record_bytes:
                raise self.limits.exceeded("record_bytes", self.path, "一条语句太长", "a statement is too long")
            if len(statement.tokens) > self.limits.nodes:
                raise self.limits.exceeded("nodes", self.path, "一条语句的词太多", "a statement has too many words")
        statement.end = position
        return statement

    def _begins(self, position: int, depth: int, word: str) -> bool:
        """Whether a line begins another statement, although the one above was not ended."""
        match = _NEXT_LINE.match(self.text, position)
        if match is None:
            return False
        # A bracket that is never closed must not swallow the tables below.
        return word not in ("IF", "DECLARE") and (not depth or match.group().upper().startswith(("CREATE", "COMMENT")))

    def _comment(self, text: str, position: int) -> None:
        """Tell of a comment that is never closed."""
        if text.startswith("/*") and (len(text) < 4 or not text.endswith("*/")):
            self._unclosed(position)

    def _unclosed(self, position: int) -> None:
        self.unclosed.append(position)
        mark = self.text[position]
        if mark in "'\"`" and mark not in self._open:
            self._open.add(mark)
            for pattern in ("_quoted", "_token", "_mark"):
                self.__dict__.pop(pattern, None)


def _content(kind: str, text: str, backslash: bool) -> tuple[str, str]:
    """Return what a token is, and its text without quotes."""
    if kind == "e":
        return "s", _unescaped(text[2:-1]).replace("''", "'")
    if kind != "q":
        return kind, text
    text = text[1:] if text[0] in "Nn" else text
    mark, inside = text[0], text[1:-1]
    if mark == "'":
        return "s", (_unescaped(inside) if backslash else inside).replace("''", "'")
    if mark == "[":
        return "q", inside
    return "q", (_unescaped(inside) if backslash and mark == '"' else inside).replace(mark * 2, mark)


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


def _unescaped(text: str) -> str:
    """Return a text of MySQL without its backslashes (MySQL reference manual, String Literals)."""
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text, flags=re.DOTALL)
