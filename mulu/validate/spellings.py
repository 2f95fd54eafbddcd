"""Spellings that are understood, but are not how the value is written.

What a conversion reads as the same value (`2021年6月8日`, full width, blanks around it, an alias of a code) breaks no
rule, so that no finding tells of it. `--fix` writes it as it is written, in every cell of its column that says just
this. Only what certainly means the same is taken: a value that has its cell to itself, and differs in spelling alone.
An alias of a code may say more than its name (区县（市） for 各区（县）), so to write the name for it is a guess.
Of entries of the standard these are blanks around texts, which the schema accepts.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from mulu.convert import AND, Source, Sourced, known, open_source
from mulu.identifiers.spelling import half_width
from mulu.mask import mask_value
from mulu.pointer import Json, path_of, pointer_step, value_at, without_positions
from mulu.readers import Document, open_bytes
from mulu.readers.model import Ref
from mulu.standard import Standard
from mulu.standard.codes import spelling
from mulu.standard.schemas import Property
from mulu.validate.mend import LONGEST
from mulu.validate.report import Input, Report

_WRITABLE = ("csv", "json", "jsonl", "xlsx", "xml", "yaml")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
# A day and nothing else: with a time of day beside it, something would be lost. Eight digits are a way to write it.
_DAY = re.compile(r"[0-9]{4}\s*[年/.-]\s*[0-9]{1,2}(\s*[月/.-]\s*[0-9]{1,2})?\s*[月日]?")

_Where = tuple[int, int, str] | tuple[int, str]
"""Sheet, column and what a cell says; or item and pointer of a value that stands in a tree."""


def spellings(report: Report, item: Input, data: bytes, *, unsafe: bool = False) -> list[dict[str, Any]]:
    """Return the mends of spellings in a file, as findings tell theirs; raises `MuluError` if it cannot be read."""
    document = _document(report, item, data)
    if document.family not in _WRITABLE:
        return []
    wanted: dict[_Where, dict[str, Any]] = {}
    form = _Format(report.standard, str(item.format), unsafe)
    for sourced in _source(report, document):
        for ref, mend in form.mends(sourced):
            where: _Where = (ref[0], ref[2], str(mend["value"])) if len(ref) == 3 else ref
            wanted.setdefault(where, {**mend, "source": document.place(ref).to_dict()})
    return [*_in_cells(document, wanted), *(mend for where, mend in wanted.items() if len(where) == 2)]


def meaning(report: Report, item: Input, data: bytes) -> tuple[list[Json], int]:
    """Return what a file says whatever its spelling: its entries, and how much was odd when they were read."""
    source = _source(report, _document(report, item, data))
    entries = [_without_spelling(one.entry) if one.trace is not None else _stripped(one.entry) for one in source]
    return entries, len(source.remarks)


def _document(report: Report, item: Input, data: bytes) -> Document:
    return open_bytes(
        data,
        item.path,
        limits=report.options.limits,
        encoding=report.options.encoding,
        known=known(report.standard),
    )


def _source(report: Report, document: Document) -> Source:
    return open_source(document, report.standard, report.options.format, report.options.given)


def _without_spelling(entry: Json) -> Json:
    if not isinstance(entry, dict) or not isinstance(entry.get("source"), dict):
        return entry
    source = entry["source"]
    assert isinstance(source, dict)
    return {**entry, "source": {name: value for name, value in source.items() if name != "original"}}


def _in_cells(document: Document, wanted: dict[_Where, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the mends of cells, each wherever in its column a cell says the same."""
    for sheet in document.sheets:
        for row in sheet.rows:
            for column, cell in enumerate(row.cells, 1):
                mend = wanted.get((sheet.index, column, cell)) if isinstance(cell, str) else None
                if mend is not None:
                    yield {**mend, "source": document.place((sheet.index, row.number, column)).to_dict()}


class _Format:
    """What a format's mapping and the standard say of the spelling of values."""

    def __init__(self, standard: Standard, name: str, unsafe: bool = False) -> None:
        self._unsafe = unsafe
        self._codes = standard.codes
        self._known: dict[str, dict[str, Property]] = {}
        self._schemas = standard.schemas
        # Words that the format has of its own: how its template, or the system that exports it, writes a code.
        self._words: dict[str, dict[str, set[str]]] = {}
        mappings = [standard.mappings[one] for one in name.split(AND) if one in standard.mappings]
        for spec in (spec for mapping in mappings for spec in mapping.specs):
            if spec.code is not None:
                own = [(code, text) for text, code in spec.decode.items()]
                own += spec.write.texts.items() if spec.write is not None else []
                for code, text in own:
                    self._words.setdefault(spec.code, {}).setdefault(code, set()).add(text)

    def mends(self, sourced: Sourced) -> Iterator[tuple[Ref, dict[str, Any]]]:
        """Yield where a value of an entry stands that is spelled otherwise, and how it is written."""
        if sourced.trace is None:
            yield from self._blanks(sourced.entry, sourced.item)
            return
        entry, trace = sourced.entry, sourced.trace
        source = entry.get("source") if isinstance(entry, dict) else None
        original = source.get("original") if isinstance(source, dict) else None
        if not isinstance(entry, dict) or not isinstance(original, dict):
            return
        kind = str(entry.get("kind"))
        # A cell of which several values were made is no spelling of any of them.
        alone = Counter(ref for pointer, ref in trace.items() if not isinstance(_at(entry, pointer), dict | list))
        for pointer, said in original.items():
            value, ref = _at(entry, pointer), trace.get(pointer)
            if isinstance(value, list) and len(value) == 1 and f"{pointer}/0" not in trace:
                value, pointer, lonely = value[0], f"{pointer}/0", ref is not None and not alone[ref]
            else:
                lonely = ref is not None and alone[ref] == 1
            named = self._property(kind, pointer)
            if ref is None or not lonely or named is None or not isinstance(said, str):
                continue
            text = self._written(named, said, value)
            if text is not None and text != said:
                yield ref, _mend(kind, pointer, said, text)

    def _blanks(self, entry: Json, item: int) -> Iterator[tuple[Ref, dict[str, Any]]]:
        """Yield the texts of an entry that have blanks around them, and are of the standard."""
        kind = str(entry.get("kind")) if isinstance(entry, dict) else ""
        waiting: list[tuple[str, Json]] = [("", entry)]
        while waiting:
            pointer, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [(f"{pointer}{pointer_step(name)}", inner) for name, inner in value.items()]
            elif isinstance(value, list):
                waiting += [(f"{pointer}/{number}", inner) for number, inner in enumerate(value)]
            elif isinstance(value, str) and value.strip() not in ("", value):
                above, _, last = pointer.rpartition("/")
                # A list of texts is one property.
                named = self._property(kind, pointer) or (self._property(kind, above) if last.isdecimal() else None)
                if named is not None and not _is_personal(named, value):
                    yield (item, pointer), _mend(kind, pointer, value, value.strip())

    def _property(self, kind: str, pointer: str) -> Property | None:
        if kind not in self._schemas.kinds:
            return None
        if kind not in self._known:
            self._known[kind] = {each.pointer: each for each in self._schemas.properties(kind)}
        return self._known[kind].get(without_positions(pointer))

    def _written(self, named: Property, said: str, value: Json) -> str | None:
        """Return how a value is written; `None` if what was said may be more than another spelling."""
        if len(said) > LONGEST or _is_personal(named, said):
            return None
        codes = named.schema.get("x-code-list")
        if isinstance(codes, str):
            return self._name(codes, said, value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        text, half = str(value), half_width(said)
        is_day = _DATE.fullmatch(text) and _DAY.fullmatch(half.strip())
        return text if is_day or spelling(half) == spelling(text) else None

    def _name(self, codes: str, said: str, value: Json) -> str | None:
        """Return how a code is written in this format, as far as what was said is the same name.

        With guesses, it may be another name of the code. A number or letter is how some system codes the value; an
        alias that stands for any number tells more.
        """
        code = self._codes[codes].by_code.get(str(value))
        if code is None or said.isascii():
            return None
        own = self._words.get(codes, {}).get(code.code)
        if own:
            return next((text for text in sorted(own) if spelling(text) == spelling(said)), None)
        names = [code.name.zh, *(alias for alias in code.aliases if self._unsafe and "#" not in alias)]
        return code.name.zh if spelling(said) in map(spelling, names) else None


def _mend(kind: str, pointer: str, said: str, text: str) -> dict[str, Any]:
    fix = {"safe": True, "value": text}
    return {"rule": "", "kind": kind, "pointer": pointer, "params": {}, "value": said, "fix": fix}


def _is_personal(named: Property, said: str) -> bool:
    schemas = (named.schema, named.schema.get("items", {}))
    return any("x-personal" in schema for schema in schemas) or mask_value(said, None) != said


def _stripped(value: Json) -> Json:
    """Return a value whose texts have no blanks around them."""
    if isinstance(value, dict):
        return {name: _stripped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_stripped(inner) for inner in value]
    return value.strip() if isinstance(value, str) else value


def _at(entry: Json, pointer: str) -> Json:
    return value_at(entry, path_of(pointer))
