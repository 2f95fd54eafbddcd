"""The definition of one column in SQL: a name, a type, and words of which the known ones are read.

The others are kept as they stand, so that no dialect's option is lost or stops the reading.
"""

from collections.abc import Iterator

from mulu.readers.relational import Column
from mulu.readers.sql import Token


class NotUnderstood(Exception):
    """The statement is not as this reader knows it, or speaks of something that the script does not define."""


class Words:
    """The tokens of a statement, taken one after the other."""

    def __init__(self, tokens: list[Token], script: str) -> None:
        self.tokens, self.script, self.at = tokens, script, 0

    @property
    def here(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    @property
    def is_modifier(self) -> bool:
        """Whether the word here says more of a column, and is no part of its type or default."""
        word = self.upper()
        return word in _MODIFIERS and (word != "CHARACTER" or self.upper(1) == "SET")

    def upper(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.tokens[position].upper if position < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        """Pass over the given words if they are what follows."""
        for ahead, word in enumerate(words):
            if self.upper(ahead) != word:
                return False
        self.at += len(words)
        return True

    def next(self) -> Token:
        token = self.here
        if token is None:
            raise NotUnderstood
        self.at += 1
        return token

    def name(self) -> list[Token]:
        """Take a name with its qualifiers, `schema.table`."""
        parts = [self.next()]
        while self.take("."):
            parts.append(self.next())
        if any(part.kind not in "wqs" for part in parts):
            raise NotUnderstood
        return parts

    def group(self) -> list[Token]:
        """Take what stands in the brackets that open here, without them."""
        if not self.take("("):
            raise NotUnderstood
        start, depth = self.at, 1
        while depth:
            mark = self.next().upper
            depth += (mark == "(") - (mark == ")")
        return self.tokens[start : self.at - 1]

    def text(self, tokens: list[Token]) -> str:
        """Return tokens as the script writes them."""
        return " ".join(self.script[tokens[0].start : tokens[-1].end].split()) if tokens else ""


def split(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield what commas separate, outside of brackets, and of those of types such as `map<string, int>`."""
    part: list[Token] = []
    depth = angles = 0
    for token in tokens:
        depth += (token.upper == "(") - (token.upper == ")")
        if token.upper == "<" and (angles or (part and part[-1].upper in _NESTING)):
            angles += 1
        elif token.upper == ">" and angles:
            angles -= 1
        if token.upper == "," and not depth and not angles:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


_MODIFIERS = frozenset(
    "NOT NULL PRIMARY UNIQUE COMMENT DEFAULT REFERENCES CHECK CONSTRAINT COLLATE CHARACTER AUTO_INCREMENT IDENTITY "
    "GENERATED ON ENABLE DISABLE USING AS STORAGE COMPRESS KEY INVISIBLE VISIBLE ENCODE SPARSE ROWGUIDCOL "
    "AUTOINCREMENT VIRTUAL STORED".split()
)
_NESTING = ("ARRAY", "MAP", "STRUCT", "UNIONTYPE")
"""Types of Hive, Spark and Doris that name others behind them."""
_WRAPPING = ("LOWCARDINALITY", "NULLABLE")
"""What ClickHouse puts around a type, the outer one first."""
_TYPE_WORDS = {
    "DOUBLE": ("PRECISION",),
    "CHARACTER": ("VARYING", "LARGE"),
    "CHAR": ("VARYING",),
    "NATIONAL": ("CHARACTER", "CHAR", "VARCHAR"),
    "BIT": ("VARYING",),
    "BINARY": ("VARYING", "LARGE"),
    "LARGE": ("OBJECT",),
    "LONG": ("RAW", "VARCHAR"),
}
_TYPE_TAIL = ("WITH", "WITHOUT", "LOCAL", "TIME", "ZONE", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO", "(")
_COUNTED = ("CHAR", "BINARY", "RAW", "BIT", "TEXT", "STRING")
_WHOLE = ("INT", "SERIAL", "YEAR")


def read_type(column: Column, name: str, offset: int, arguments: list[tuple[str, int]]) -> None:
    """Note a type's name, and of its arguments the length or the digits; a mere display width is no length."""
    upper = name.upper()
    column.cells["DATA_TYPE"] = (name.lower(), offset)
    # Of `number(*, 2)` the digits are not bounded.
    is_unbounded = arguments[:1] and arguments[0][0] == "*"
    numbers = [(int(text), start) for text, start in arguments if text.isascii() and text.isdigit() and len(text) < 10]
    if upper.startswith(("ENUM", "SET")):
        return
    used = 0
    if any(word in upper for word in _COUNTED) and numbers:
        column.cells["CHARACTER_MAXIMUM_LENGTH"] = numbers[0]
        used = 1
    elif is_unbounded and numbers:
        column.cells["NUMERIC_SCALE"] = numbers[0]
        used = len(arguments)
    elif upper.startswith(("NUM", "DEC", "FLOAT", "DOUBLE", "MONEY")) and numbers:
        column.cells["NUMERIC_PRECISION"] = numbers[0]
        if len(numbers) > 1:
            column.cells["NUMERIC_SCALE"] = numbers[1]
        used = len(numbers[:2])
    rest = [(text, start) for text, start in arguments[used:] if text.upper() not in ("CHAR", "BYTE", "*")]
    if rest:
        column.add("EXTRA", f"({', '.join(text for text, _ in rest)})", rest[0][1])


def column_of(words: Words) -> Column | None:
    """Return the column that a definition describes; `None` if it does not begin with a name."""
    first = words.next()
    if first.kind not in "wqs":
        return None
    column = Column(first.text, first.start, {"COLUMN_NAME": (first.text, first.start)})
    _type(column, words)
    _modifiers(column, words)
    return column


def _type(column: Column, words: Words) -> None:
    token = words.here
    if token is None or words.is_modifier:
        return
    parts = [token.text for token in words.name()][-1:]
    for wrapping in _WRAPPING:
        if parts[0].upper() == wrapping and words.upper() == "(":
            words = Words(words.group(), words.script)
            parts = [token.text for token in words.name()][-1:]
            if wrapping == "NULLABLE":
                column.cells["IS_NULLABLE"] = ("YES", token.start)
    while words.upper() in _TYPE_WORDS.get(parts[-1].upper(), ()):
        parts.append(words.next().text)
    if parts[0].upper() in _NESTING and words.upper() == "<":
        parts[0] += words.text(_nested(words))
    arguments = words.group() if words.upper() == "(" else []
    while words.upper() in _TYPE_TAIL and parts[0].upper() in ("TIMESTAMP", "TIME", "INTERVAL", "DATETIME"):
        if words.upper() == "(":
            arguments += words.group()
        else:
            parts.append(words.next().text)
    while words.take("[", "]"):
        parts.append("[]")
    read_type(column, " ".join(parts), token.start, [(a.text, a.start) for a in arguments if a.upper != ","])
    if arguments and parts[0].upper() in ("ENUM", "SET"):
        column.add("CHECK_CLAUSE", words.text(arguments), arguments[0].start)


def _nested(words: Words) -> list[Token]:
    """Take what stands in the angle brackets that open here, with them."""
    start, depth = words.at, 0
    while depth or words.at == start:
        mark = words.next().upper
        depth += (mark == "<") - (mark == ">")
    return words.tokens[start : words.at]


def _modifiers(column: Column, words: Words) -> None:
    while (token := words.here) is not None:
        if _modifier(column, words, token):
            continue
        start = words.at
        words.next()
        if words.upper() == "(":
            words.group()
        column.add("EXTRA", words.text(words.tokens[start : words.at]), token.start)


def _modifier(column: Column, words: Words, token: Token) -> bool:
    """Read what follows a column's type, if it is one of the words that are known."""
    if not words.is_modifier:
        return False
    if words.take("NOT", "NULL"):
        column.cells["IS_NULLABLE"] = ("NO", token.start)
    elif words.take("NULL"):
        column.cells.setdefault("IS_NULLABLE", ("YES", token.start))
    elif words.take("PRIMARY", "KEY"):
        column.cells["COLUMN_KEY"] = ("PRI", token.start)
    elif words.take("UNIQUE"):
        words.take("KEY")
        column.cells.setdefault("COLUMN_KEY", ("UNI", token.start))
    elif words.take("COMMENT"):
        said = words.next()
        if said.text.strip():
            column.cells["COLUMN_COMMENT"] = (said.text, said.start)
    elif words.take("DEFAULT"):
        read_default(column, words)
    elif words.upper() == "REFERENCES":
        column.add("REFERENCES", words.text(references(words)), token.start)
    elif words.upper() == "CHECK" and words.upper(1) == "(":
        words.next()
        column.add("CHECK_CLAUSE", words.text(words.group()), token.start)
    elif words.take("CONSTRAINT"):
        # Its name says nothing of the data.
        words.next()
    else:
        return False
    return True


def read_default(column: Column, words: Words) -> None:
    """Take an expression up to the next modifier; a text in quotes loses them, and no value is none."""
    start = words.at
    while words.here is not None:
        if words.upper() == "(":
            words.group()
        elif words.at > start and words.is_modifier and words.upper(-1) not in ("NOT", ":"):
            break
        else:
            words.next()
    tokens = words.tokens[start : words.at]
    around = 0
    while len(tokens) - 2 * around > 2 and tokens[around].upper == "(" and tokens[-1 - around].upper == ")":
        around += 1
    tokens = tokens[around : len(tokens) - around]
    if not tokens or (len(tokens) == 1 and tokens[0].upper == "NULL"):
        return
    is_text = tokens[0].kind in "sq" and (len(tokens) == 1 or tokens[1].upper == ":")
    text = tokens[0].text if is_text else words.text(tokens)
    if text.strip():
        column.cells["COLUMN_DEFAULT"] = (text, tokens[0].start)


def references(words: Words) -> list[Token]:
    """Take `references table (columns)` and return what it refers to."""
    if not words.take("REFERENCES"):
        raise NotUnderstood
    start = words.at
    words.name()
    if words.upper() == "(":
        words.group()
    return words.tokens[start : words.at]
