"""Code lists: no code twice, those above it there and without loops, no spelling in doubt, retired ones replaced."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from mulu.errors import BadStandard
from mulu.identifiers import partial_date
from mulu.publish.check.flaws import Flaw, of_error
from mulu.publish.check.schemas import HAN
from mulu.standard import Code, CodeList, Standard
from mulu.standard.codes import read_code_list, spelling
from mulu.standard.folder import files
from mulu.texts import close

# A list with these columns holds periods, so that a code may stand on several lines.
_PERIOD = ("valid_from", "valid_to")
_SHOWN = 20
"""Codes of a circle that are told."""
_COLUMNS = ("code", "name.zh", "name.en", "broader", "status", "successor", "aliases", "source", *_PERIOD)


def code_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the code lists of the standard's own folder."""
    for path in files(standard.roots[-1], "schemas", "codes/*.csv"):
        try:
            codes = read_code_list(path)
        except BadStandard as error:
            yield of_error(error)
            continue
        checked = _List(codes, _lines(path), standard)
        yield from checked.headings()
        yield from checked.rows()
        yield from checked.periods_()
        yield from checked.followed()
        yield from checked.above()
        yield from checked.spellings()


def _lines(path: Path) -> list[int]:
    """Return the line on which each row begins; a cell in quotes may hold line breaks."""
    found, open_quote = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not open_quote and line.strip():
            found.append(number)
        open_quote ^= line.count('"') % 2 == 1
    return found[1:]


def _circles(after: Mapping[str, str]) -> frozenset[str]:
    """Return the codes that lead back to themselves; however long their ways, each is gone once."""
    circles: set[str] = set()
    passed: set[str] = set()
    for here in after:
        way: dict[str, int] = {}
        while here in after and here not in passed:
            passed.add(here)
            way[here] = len(way)
            here = after[here]
        if here in way:
            circles.update([*way][way[here] :])
    return frozenset(circles)


def _way_round(after: Mapping[str, str], code: str) -> str:
    """Return the circle that `code` is in, for a person."""
    way = [code]
    while (following := after[way[-1]]) != code and len(way) < _SHOWN:
        way.append(following)
    return " → ".join([*way, *([] if following == code else ["…"]), code])


class _List:
    def __init__(self, codes: CodeList, lines: list[int], standard: Standard) -> None:
        self.codes, self.standard = codes, standard
        self.rows_ = list(zip(codes.codes, lines, strict=False))
        self.known = set(codes.values)
        self.periods = all(column in codes.columns for column in _PERIOD)

    def flaw(self, severity: str, line: int, zh: str, en: str) -> Flaw:
        return Flaw(severity, str(self.codes.path), line, zh, en)

    def headings(self) -> Iterator[Flaw]:
        """Yield columns that rules could not tell apart, and misspelt ones of those that mean something here."""
        seen: dict[str, str] = {}
        for column in self.codes.columns:
            name = column.replace(".", "_").lower()
            if name in seen:
                yield self.flaw(
                    "error",
                    1,
                    f"列 {column} 与 {seen[name]} 在规则的表中同名 {name}",
                    f"the columns {column} and {seen[name]} have one name in the table for rules, {name}",
                )
            seen.setdefault(name, column)
            # A list may have columns of its own, which begin as these do.
            near = close(column.lower(), _COLUMNS, 1, 0.8)
            if near and column not in _COLUMNS:
                yield self.flaw(
                    "warning",
                    1,
                    f"列 {column} 不起作用，是不是 {near[0]}？",
                    f"unknown column {column} (did you mean {near[0]}?)",
                )

    def periods_(self) -> Iterator[Flaw]:
        """Yield periods that are none, and codes that are current twice; past ones overlap where sources differ."""
        current: dict[str, int] = {}
        for code, line in self.rows_ if self.periods else ():
            since, until = (code.fields[column].strip() for column in _PERIOD)
            odd = [date for date in (since, until) if date and not partial_date.is_compact(date)]
            for date in odd:
                yield self.flaw(
                    "error",
                    line,
                    f"{code.code} 的时期 {date} 不是日期；应为 2021、2021-06 或 2021-06-18",
                    f"{date} in the period of {code.code} is not a date; write 2021, 2021-06 or 2021-06-18",
                )
            if since and until and not odd and partial_date.get_first_day(since) > partial_date.get_last_day(until):
                yield self.flaw(
                    "error",
                    line,
                    f"{code.code} 的时期止于 {until}，早于 {since}",
                    f"the period of {code.code} ends in {until}, before {since}",
                )
            if not until and code.code in current:
                yield self.flaw(
                    "error",
                    line,
                    f"{code.code} 已在第 {current[code.code]} 行现行；一个代码只有一行没有 valid_to",
                    f"{code.code} is current on line {current[code.code]} already; of a code one row has no valid_to",
                )
            if not until:
                current.setdefault(code.code, line)

    def rows(self) -> Iterator[Flaw]:
        first: dict[str, int] = {}
        alike: dict[str, str] = {}
        # Names of places and the like have no English, and those under a class that has one need none.
        english = any(code.name.en.strip() for code, _ in self.rows_)
        if not english and self.rows_:
            yield self.flaw("info", 1, "没有英文名称", "English names are missing")
        for code, line in self.rows_:
            if code.code in first and not self.periods:
                at = first[code.code]
                yield self.flaw(
                    "error",
                    line,
                    f"代码 {code.code} 已在第 {at} 行",
                    f"the code {code.code} already occurs on line {at}",
                )
            first.setdefault(code.code, line)
            other = alike.setdefault("".join(code.code.casefold().split()), code.code)
            if code.code != code.code.strip():
                yield self.flaw(
                    "error",
                    line,
                    f"代码“{code.code}”首尾有空格，条目中的写法对不上",
                    f"the code “{code.code}” has leading or trailing spaces; remove them",
                )
            elif other != code.code:
                yield self.flaw(
                    "error",
                    line,
                    f"代码 {code.code} 与 {other} 只有大小写或空格不同",
                    f"the codes {code.code} and {other} differ only in case or spaces",
                )
            for column, text in (("name.zh", code.name.zh), ("name.en", code.name.en)):
                optional = column == "name.en" and (not english or code.fields.get("broader"))
                if not text.strip() and not optional:
                    yield self.flaw("error", line, f"{code.code} 没有 {column}", f"{code.code} has no {column}")
            if HAN.search(code.name.en):
                yield self.flaw(
                    "error",
                    line,
                    f"{code.code} 的 name.en 是中文“{code.name.en}”；请用英文写",
                    f"name.en of {code.code} is in Chinese, “{code.name.en}”; write it in English",
                )
            if not code.fields.get("source", "").strip():
                yield self.flaw(
                    "warning",
                    line,
                    f"{code.code} 没有出处；请写在 source 列",
                    f"{code.code} has no source; enter it in the column source",
                )
            yield from self._status(code, line)

    def _status(self, code: Code, line: int) -> Iterator[Flaw]:
        if code.status not in ("", "retired"):
            yield self.flaw(
                "error",
                line,
                f"status 应为空或 retired：{code.status}",
                f"status must be empty or retired, not {code.status}",
            )
        successors = [item.strip() for item in code.successor.split(";") if item.strip()]
        if code.status == "retired" and not successors and "successor" not in self.codes.columns:
            yield self.flaw("error", line, "停用的代码须有 successor 列", "a retired code needs a column successor")
        elif code.status == "retired" and not successors:
            # Some codes have ended without one: a county that was dissolved into several, a cycle given up.
            yield self.flaw(
                "info", line, f"停用的代码 {code.code} 没有后继", f"the retired code {code.code} has no successor"
            )
        for successor in successors:
            if successor not in self.known or (successor == code.code and not self.periods):
                yield self.flaw(
                    "error",
                    line,
                    f"{code.code} 的后继 {successor} 不在表中",
                    f"the successor {successor} of {code.code} is not in the list",
                )

    def followed(self) -> Iterator[Flaw]:
        """Yield retired codes whose successors lead back to them, so that none of them ever counts again."""
        # A code of several periods may come back.
        after = {} if self.periods else {code.code: code.successor.strip() for code, _ in self.rows_}
        circles = _circles(after)
        for code, line in self.rows_ if after else ():
            # One that replaces itself is told as that.
            if code.code in circles and after[code.code] != code.code:
                shown = _way_round(after, code.code)
                yield self.flaw("error", line, f"后继绕成圈：{shown}", f"the successors form a loop: {shown}")

    def above(self) -> Iterator[Flaw]:
        parents = {code.code: code.fields.get("broader", "").strip() for code, _ in self.rows_}
        wanted = {parent for parent in parents.values() if parent}
        # The codes above may be those of another list.
        elsewhere = next(
            (
                name
                for name in self.standard.codes
                if not wanted <= self.known and name != self.codes.id and wanted <= set(self._other(name))
            ),
            None,
        )
        circles = _circles(parents) if elsewhere is None else frozenset()
        for code, line in self.rows_:
            parent = parents[code.code]
            if parent and elsewhere is None and parent not in self.known:
                yield self.flaw(
                    "error",
                    line,
                    f"{code.code} 的上级 {parent} 不在表中",
                    f"{parent}, the broader code of {code.code}, is not in the list",
                )
            if code.code in circles:
                shown = _way_round(parents, code.code)
                yield self.flaw("error", line, f"上级绕成圈：{shown}", f"the broader codes form a loop: {shown}")

    def _other(self, name: str) -> list[str]:
        try:
            return self.standard.codes[name].values
        except BadStandard:
            return []

    def spellings(self) -> Iterator[Flaw]:
        """An alias that is also another code, name or alias could mean either."""
        meant: dict[str, str] = {}
        for code, _ in self.rows_:
            meant.setdefault(spelling(code.code), code.code)
        for code, _ in self.rows_:
            for name in (code.name.zh, code.name.en):
                meant.setdefault(spelling(name), code.code)
        for code, line in self.rows_:
            for alias in code.aliases:
                if "；" in alias:
                    yield self.flaw(
                        "error",
                        line,
                        f"别名“{alias}”里有中文分号；各别名之间用英文分号 ; 分隔",
                        f"the alias “{alias}” contains a full-width semicolon; separate aliases with a plain ;",
                    )
                other = meant.setdefault(spelling(alias), code.code)
                if other != code.code:
                    yield self.flaw(
                        "error",
                        line,
                        f"“{alias}”既指 {code.code}，又指 {other}",
                        f"“{alias}” means {code.code} and {other}",
                    )
