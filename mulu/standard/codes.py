"""Code lists: one CSV a list, looked up by code, label or the spellings that departments really use."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mulu.errors import BadStandard
from mulu.identifiers.spelling import INVISIBLE
from mulu.standard.folder import files, read_text
from mulu.texts import Text, close, is_chinese, shown
from mulu.words import told_or_quoted

_QUOTES = "‘’“”\"'`「」『』《》"
_TRAILING = _QUOTES + "。.,;、"
_NO_WIDTH = dict.fromkeys(map(ord, INVISIBLE))
_NUMBER = re.compile(r"[0-9]+")
_SHORT = 100
"""Up to how many characters a text is likely to come again."""
# Of more a run would take longer to read the list than the catalog.
_MOST = 100_000
_LEVELS = 64
"""How many codes may stand above each other."""


class Code(NamedTuple):
    """One row of a code list; `fields` holds every column by its heading."""

    code: str
    name: Text
    status: str
    successor: str
    aliases: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class CodeList:
    """A list of codes with their names and spellings; `rows` are its lines below the headings."""

    id: str
    path: Path
    columns: tuple[str, ...]
    rows: list[list[str]] = field(repr=False)

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """The codes, in the order of the list."""
        return tuple(_code(dict(zip(self.columns, row, strict=True))) for row in self.rows)

    @cached_property
    def values(self) -> list[str]:
        """The distinct codes, in the order of the list."""
        place = self.columns.index("code")
        return list(dict.fromkeys(row[place] for row in self.rows))

    @cached_property
    def by_code(self) -> dict[str, Code]:
        """The last row of each code, which is the newest where a list holds periods."""
        return {code.code: code for code in self.codes}

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """Normalised spelling -> code. A code wins over a name, a name over an alias of another row.

        What several codes are called today, as districts of several cities are, stands for none of them, unless it is
        one with its parts (`broader`).
        """
        found = {spelling(code.code): code.code for code in reversed(self.codes)}
        for texts_of in (_names, _aliases):
            meant: dict[str, dict[str, bool]] = {}
            for code in self.codes:
                for text in texts_of(code):
                    codes = meant.setdefault(spelling(text), {})
                    is_todays = not code.status and code is self.by_code[code.code]
                    codes[code.code] = codes.get(code.code, False) or is_todays
            for text, codes in meant.items():
                first, *others = [code for code, is_todays in codes.items() if is_todays] or codes
                found.setdefault(text, first if all(first in self._above(other) for other in others) else "")
        return {text: code for text, code in found.items() if code}

    @cached_property
    def _counts(self) -> bool:
        """Whether some spelling stands for any number."""
        return any("#" in text for text in self._spellings)

    @cached_property
    def _begins(self) -> frozenset[str]:
        """The characters that the spellings begin with."""
        return frozenset(text[:1] for text in self._spellings)

    def _above(self, code: str) -> set[str]:
        """Return the codes of which one is a part."""
        above: set[str] = set()
        while (code := self.by_code[code].fields.get("broader", "")) in self.by_code and code not in above:
            above.add(code)
            if len(above) == _LEVELS:
                # Deeper than any list is; to go on for each of many codes that are called alike would not end.
                break
        return above

    def find(self, text: str) -> str | None:
        """Return the code that `text` stands for: a code, a name or an alias, however it is spelled.

        A `#` in an alias stands for any whole number, so that “每 3 日” and “每 121 日” are one alias; an
        alias without it is looked at first.
        """
        # Of most texts that are no code their first character tells, as that of a Chinese one, or a digit, is that of
        # its spelling.
        first = text[:1]
        is_same = is_chinese(first) or ("0" <= first <= "9" and "#" not in self._begins)
        if is_same and first not in self._begins:
            return None
        wanted = spelling(text)
        if not wanted:
            return None
        found = self._spellings.get(wanted)
        if found is None and self._counts and _NUMBER.search(wanted):
            found = self._spellings.get(_NUMBER.sub("#", wanted))
        return found

    def called(self, text: str) -> list[str]:
        """Return all codes that have `text` for a name or an alias, in the order of the list."""
        wanted = spelling(text)
        found = (code.code for code in self.codes if wanted in map(spelling, (*_names(code), *code.aliases)))
        return list(dict.fromkeys(found))

    @cached_property
    def labels(self) -> list[str]:
        """Every name and alias, longest first: the vocabulary for splitting a cell that holds several."""
        names = {code.name.zh for code in self.codes} | {a for code in self.codes for a in code.aliases}
        return sorted((name for name in names if name and "#" not in name), key=lambda n: (-len(n), n))

    def nearest(self, text: str) -> Code | None:
        """Return the code whose name or alias is closest to `text`, if one is close enough to suggest."""
        wanted = spelling(text)
        known = self._spellings
        if not wanted or len(wanted) > 64 or len(known) > 20_000:
            return None
        if wanted.isdecimal():
            # Where a program took the zeros in front away, no other number is what was meant.
            same = [code for code in self.values if code.isdecimal() and int(code) == int(wanted)]
            return self.by_code[same[0]] if len(same) == 1 else None
        match = close(wanted, known, 1, 0.5)
        return self.by_code[known[match[0]]] if match else None


def spelling(text: str) -> str:
    """Return the form in which spellings are compared: NFKC, no white space, no quotes, lower case.

    >>> spelling(" ‘每年’ ") == spelling("“每年”。") == "每年"
    True
    >>> spelling("……")
    '......'
    """
    return _spelled(text) if len(text) <= _SHORT else _fresh(text)


def _fresh(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not INVISIBLE.isdisjoint(folded):
        folded = folded.translate(_NO_WIDTH)
    folded = "".join(folded.split())
    # What is nothing but punctuation stands for itself.
    return folded.lstrip(_QUOTES).rstrip(_TRAILING) or folded


_spelled = lru_cache(maxsize=10_000)(_fresh)
"""A catalog says the same short texts over and over."""


@dataclass(frozen=True)
class CodeLists:
    """The code lists of the folders that make up a standard; a later folder's list replaces an earlier one's."""

    roots: tuple[Path, ...]
    _loaded: dict[str, CodeList] = field(default_factory=dict)

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The file of each list, by the list's name."""
        return {path.stem: path for root in self.roots for path in files(root, "schemas", "codes/*.csv")}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.paths))

    def __contains__(self, name: object) -> bool:
        return name in self.paths

    def __getitem__(self, name: str) -> CodeList:
        """Return the list of that name, read at first use; raises `BadStandard` if it is missing or no list."""
        if name not in self._loaded:
            if name not in self.paths:
                raise BadStandard(
                    str(self.roots[-1]),
                    f"代码表 {name} 不存在：schemas/codes/{name}.csv",
                    f"there is no code list {name}: schemas/codes/{name}.csv",
                )
            self._loaded[name] = read_code_list(self.paths[name])
        return self._loaded[name]


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the headings of a code list, without reading its rows."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return tuple(next(csv.reader(stream), ()))


def read_code_list(path: Path) -> CodeList:
    """Read one code list from CSV in UTF-8; raises `BadStandard` naming the line that is wrong."""
    reader = csv.reader(io.StringIO(read_text(path).removeprefix("\ufeff")), strict=True)
    try:
        columns = tuple(next((row for row in reader if row), ()))
        lines = [(reader.line_num, row) for row in islice(reader, _MOST + 1) if row]
    except csv.Error as error:
        why = told_or_quoted("csv", str(error))
        raise BadStandard(
            str(path),
            f"代码表读不出来：{why.zh}",
            f"the code list cannot be read: {why.en}",
            line=reader.line_num or None,
        ) from None
    if len(lines) > _MOST:
        raise BadStandard(
            str(path),
            f"代码表超过 {_MOST} 行；这么多的值请用 pattern 约束，或分成几张代码表",
            f"the code list has more than {_MOST} lines; bound so many values by a pattern, or split the list",
            line=lines[-1][0],
        )
    missing = {"code", "name.zh", "name.en", "aliases"} - set(columns)
    if missing:
        raise BadStandard(
            str(path),
            f"代码表缺少列：{'、'.join(sorted(missing))}；第一行是表头，用逗号分隔，现为 {shown(','.join(columns))}",
            f"the code list lacks the column {', '.join(sorted(missing))}; its first line holds the headings "
            f"with commas between them, and is {shown(','.join(columns))}",
            line=1,
        )
    place = columns.index("code")
    for line, row in lines:
        if len(row) != len(columns):
            raise BadStandard(
                str(path),
                f"应有 {len(columns)} 格，与表头一致，现有 {len(row)} 格；内容里有逗号的，给整格加引号",
                f"{len(columns)} cells are needed, as the header has, and there are {len(row)}; a cell with a "
                "comma in it stands in quotes",
                line=line,
            )
        if not row[place]:
            raise BadStandard(
                str(path),
                "该行没有代码；请填写 code，或删去该行",
                "the line has no code; fill in code, or drop the line",
                line=line,
            )
    return CodeList(path.stem, path, columns, [row for _, row in lines])


def _names(code: Code) -> Iterator[str]:
    return filter(None, (code.name.zh, code.name.en))


def _aliases(code: Code) -> Iterator[str]:
    return iter(code.aliases)


def _code(row: dict[str, str]) -> Code:
    return Code(
        code=row["code"],
        name=Text(row["name.zh"], row["name.en"]),
        status=row.get("status", ""),
        successor=row.get("successor", ""),
        aliases=tuple(alias for alias in row["aliases"].split(";") if alias.strip()),
        fields=row,
    )
