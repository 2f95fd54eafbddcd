"""The line of a text file that a finding points at, and where in it the value stands.

Lines are read again, and only if the file is still the one that was checked. A line holds more than the value: what
the standard says is personal is masked wherever in the line it stands, and where that cannot be told from the
rest, the value is all that is quoted.
"""

import csv
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from mulu.errors import MuluError
from mulu.mask import mask, mask_value
from mulu.place import Place
from mulu.pointer import without_positions
from mulu.readers.csv import choose_delimiter
from mulu.readers.text import decode
from mulu.standard import Standard
from mulu.standard.mappings import Spec
from mulu.texts import clean, width
from mulu.validate import Input, Report

WIDE = 100
"""Terminal columns of a quoted line."""
BEFORE = 40
"""How many of them may stand in front of the value."""

_AROUND = 20_000
_HEADINGS = 40
_SAMPLE = 65_536
_COLON = re.compile(r"\s*:")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"?')
_SCALAR = re.compile(r"[^\s,\]}:]+")
_MEMBER = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s"\'{}\[\],:]+)\s*:\s*(\[[^\]]*\]?|"(?:[^"\\]|\\.)*"?|[^,}\]\n]*)')
_NAME = "person-name"
Kinds = frozenset[str]
"""What is personal of a value, as `x-personal` says it; several where one heading is used for several things."""


class Quote(NamedTuple):
    """A line, ready to be printed, and below it the caret."""

    line: str
    caret: str


@dataclass(slots=True)
class _File:
    """What is needed of one file: the lines that are wanted, how it is written, which of its columns are personal."""

    lines: dict[int, str]
    family: str
    delimiter: str = ","
    columns: dict[int, Kinds] = field(default_factory=dict)
    quoted: frozenset[int] = frozenset()
    """Lines that begin inside a quoted cell."""
    told: set[str] = field(default_factory=set)
    """Names of entries that the findings tell beside their places, and what else is shown anyway."""


class Quotes:
    """Quotes for the findings of one report; `findings` are those that will be asked for.

    A value that is `shown` all the same is not masked for the name that it stands under.
    """

    def __init__(self, report: Report, findings: Iterable[dict[str, Any]], shown: Collection[str] = ()) -> None:
        self._standard = report.standard
        wanted: dict[str, set[int]] = {}
        told: dict[str, set[str]] = {}
        for finding in findings:
            if finding["source"]["line"] and finding["source"]["column"]:
                wanted.setdefault(finding["source"]["path"], set()).add(finding["source"]["line"])
                # What is only to be spelt otherwise is no finding, and names no entry.
                told.setdefault(finding["source"]["path"], {*shown}).add(finding.get("name", ""))
        self._files: dict[str, _File] = {}
        for item in report.inputs:
            if item.path in wanted and item.encoding is not None and item.sha256 is not None:
                read = self._read(item, wanted[item.path])
                if read is not None:
                    read.told = told[item.path]
                    self._files[item.path] = read

    def of(self, finding: dict[str, Any], place: Place) -> Quote | None:
        """Return the quoted line of a finding, if there is one that tells more than its message."""
        file = self._files.get(place.path)
        if file is None or place.line not in file.lines or not place.column:
            return None
        line = file.lines[place.line]
        start = place.column - 1
        first = line[start : start + 1]
        if not first or (finding["value"] is None and (first in "{[" or place.column == 1)):
            return None
        # No more of a long line is looked at than what could matter.
        cut = max(0, start - _AROUND)
        line, start = line[cut : start + _AROUND], start - cut
        end = _end(line, start, file)
        if file.family != "csv" and _COLON.match(line, end):
            # A property's name is at fault; nobody knows what its value is.
            return _window(mask(self._members(file, line[:end])), start, end)
        masked = self._masked(file, line, place.line if not cut else 0, start)
        if masked is None:
            line, start, end = line[start:end], 0, end - start
            masked = line
        known = self._properties.get(finding["kind"], {}).get(without_positions(finding["pointer"]))
        if known is not None:
            own = _hidden(line[start:end], frozenset((known,))) if known else line[start:end]
            masked = masked[:start] + own + masked[end:]
        return _window(mask(masked), start, max(end, start + 1))

    def masked(self, path: str, number: int, line: str) -> str:
        """Return a whole line of a file, old or new, with what is personal masked."""
        file = self._files.get(path)
        masked = self._masked(file, line, number, 0) if file is not None else None
        return "***" if masked is None else mask(masked)

    def _read(self, item: Input, wanted: set[int]) -> _File | None:
        try:
            personal = bool(self._words)
            digest, lines, head, inside, odd = hashlib.sha256(), {}, "", set(), False
            for number, line in enumerate(_lines(item, digest), 1):
                if len(head) < _SAMPLE:
                    head += line[:_SAMPLE] + "\n"
                if number in wanted:
                    lines[number] = line
                    if odd:
                        inside.add(number)
                odd ^= bool(line.count('"') % 2)
        except (OSError, MuluError):
            return None
        if digest.hexdigest() != item.sha256:
            return None
        start = head.lstrip("\ufeff \t\r\n")
        if start.startswith(("{", "[")):
            return _File(lines, "json")
        if item.path.lower().endswith((".yaml", ".yml")):
            return _File(lines, "yaml")
        file = _File(lines, "csv", choose_delimiter(head, frozenset()), quoted=frozenset(inside))
        if personal:
            known = {_word(word) for mapping in self._standard.mappings.of("table") for word in mapping.known_words}
            for row in islice(csv.reader(head.splitlines(), delimiter=file.delimiter), _HEADINGS):
                if sum(_word(cell) in known for cell in row) < 3:
                    continue
                file.columns |= {n: self._words[w] for n, cell in enumerate(row) if (w := _word(cell)) in self._words}
        return file

    def _masked(self, file: _File, line: str, number: int, start: int) -> str | None:
        """Return the line with what is personal masked, as long as it was; `None` if that cannot be told."""
        if file.family != "csv":
            return self._members(file, line)
        cells = list(_cells(line, file.delimiter))
        if not number or number in file.quoted or start not in [at for at, _ in cells]:
            return None
        for column, (at, to) in enumerate(cells):
            if column in file.columns:
                line = line[:at] + _hidden(line[at:to], file.columns[column]) + line[to:]
        return line

    def _members(self, file: _File, line: str) -> str:
        """Return the line with the values of members masked that are called like something personal."""
        parts, at = [], 0
        while match := _MEMBER.search(line, at):
            kinds, value = self._words.get(_word(match[1].strip('"'))), match[2]
            # What one format calls a person's name is the title in another, and stands beside the place anyway.
            if kinds is not None and value.strip('"') not in file.told:
                parts += [line[at : match.start(2)], _hidden(value, kinds)]
                at = match.end()
                continue
            # Of an object or list the members are looked at one by one.
            end = match.start(2) + 1 if value.startswith(("{", "[")) else match.end()
            parts.append(line[at:end])
            at = end
        return "".join(parts) + line[at:]

    @cached_property
    def _properties(self) -> dict[str, dict[str, str]]:
        """Kind -> pointer with `*` for positions -> what the property holds that is personal, else nothing."""
        schemas = self._standard.schemas
        return {
            kind: {known.pointer: str(known.schema.get("x-personal", "")) for known in schemas.properties(kind)}
            for kind in schemas.kinds
        }

    @cached_property
    def _words(self) -> dict[str, Kinds]:
        """Each name or heading that stands for something personal -> what it is: a name, a number, or either."""
        found: dict[str, Kinds] = {}
        for word, kind in _personal(self._standard):
            found[word] = found.get(word, frozenset()) | {kind}
        return found


def _personal(standard: Standard) -> Iterator[tuple[str, str]]:
    pointers: dict[str, dict[str, str]] = {}
    for kind in standard.schemas.kinds:
        found = pointers.setdefault(kind, {})
        for known in standard.schemas.properties(kind):
            personal = known.schema.get("x-personal")
            if isinstance(personal, str):
                name = known.pointer.rpartition("/")[2] if not known.pointer.endswith("/*") else known.name
                found[known.pointer.replace("/*", "")] = personal
                yield _word(name), personal
    for mapping in standard.mappings.values():
        further = [(mapping.kind, spec) for detail in mapping.details for spec in detail.fields]
        inside = [(part.kind, spec) for part in mapping.parts for spec in part.fields]
        own = inside or [(mapping.kind, spec) for spec in mapping.fields]
        specs = [(kind, spec, "") for kind, spec in (*own, *further)]
        while specs:
            kind, spec, before = specs.pop()
            pointer = f"{before}/{'/'.join(spec.target)}"
            if pointer in pointers.get(kind, {}):
                yield from _names(spec, pointers[kind][pointer])
            specs.extend((kind, inner, pointer) for inner in spec.fields)


def _names(spec: Spec, personal: str) -> Iterator[tuple[str, str]]:
    """Yield the headings, and the names of members and elements, that hold what a property is known to hold."""
    for heading in spec.headings:
        yield _word(heading.rpartition("›")[2]), personal
    for path in spec.at:
        if path.steps:
            yield _word(path.steps[-1].name.rpartition(":")[2]), personal


def _word(text: str) -> str:
    return "".join(text.split("（")[0].split("(")[0].split()).strip("*").lower()


def _lines(item: Input, digest: Any) -> Iterator[str]:
    """Yield the lines of an input as its reader counted them, without their ends."""
    with item.file.open("rb") as file:
        if item.encoding == "utf-8":
            for number, raw in enumerate(file):
                digest.update(raw)
                text = raw.decode("utf-8", "replace")
                text = text.removeprefix("\ufeff") if number == 0 else text
                # A file without any line feed may have the line ends of an old Macintosh.
                yield from [text[:-1]] if text.endswith("\n") else text.split("\r") if number == 0 else [text]
            return
        data = file.read()
    digest.update(data)
    text = decode(data, item.path, encoding=item.encoding).text.removeprefix("\ufeff")
    yield from text.split("\n" if "\n" in text else "\r")


def _end(line: str, start: int, file: _File) -> int:
    """Return where the value ends that begins at `start`, on this line."""
    if file.family == "csv":
        return next((to for at, to in _cells(line[start:], file.delimiter)), 0) + start
    if line[start] == '"':
        match = _STRING.match(line, start)
    elif file.family == "yaml":
        match = re.compile(r"'[^']*'?|[^#\r\n]*[^#\s]").match(line, start)
    else:
        match = _SCALAR.match(line, start)
    return match.end() if match else start + 1


def _cells(line: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Yield where each cell of a line begins and ends."""
    quoted = re.compile(r' *"(?:[^"]|"")*"?')
    at = 0
    while True:
        match = quoted.match(line, at)
        to = line.find(delimiter, match.end() if match else at)
        to = len(line.rstrip("\r")) if to < 0 else to
        yield at, max(at, to)
        if line[to : to + 1] != delimiter:
            return
        at = to + 1


def _kind_of(text: str, kinds: Kinds) -> str:
    """Return what a value is: where a name may stand beside a number, or in its place, letters are those of a name."""
    if len(kinds) == 1:
        return next(iter(kinds))
    return _NAME if any(character.isalpha() for character in text) else min(kinds - {_NAME})


def _hidden(text: str, kinds: Kinds) -> str:
    """Return a value masked as what it is, character by character, its quotes left as they are."""
    inner = text.strip('"')
    kind = _kind_of(inner, kinds)
    if kind and "[" not in text:
        hidden = mask_value(inner, kind)
        if isinstance(hidden, str) and len(hidden) == len(inner):
            return text.replace(inner, hidden, 1) if inner else text
    return re.sub(r"[^\s\"\[\],]", "*", text)


def _window(line: str, start: int, end: int) -> Quote:
    """Return what of the line stands around the value, in terminal columns; Chinese characters take two."""
    line = line.rstrip()
    first, room = start, WIDE - 2 if width(clean(line)) <= WIDE else BEFORE
    while first and (room := room - width(clean(line[first - 1]))) >= 0:
        first -= 1
    first += len(line[first:start]) - len(line[first:start].lstrip()) if not line[:start].strip() else 0
    lead = "…" if line[:first].strip() else ""
    shown, at, columns, marked = [lead], first, width(lead), 0
    before = columns
    while at < len(line) and columns < WIDE:
        piece = clean(line[at])
        if at == start:
            before = columns
        columns += width(piece)
        if start <= at < end:
            marked = columns - before
        shown.append(piece)
        at += 1
    if line[at:].strip():
        shown.append("…")
    return Quote("".join(shown).rstrip(), " " * before + "^" * max(1, marked))
