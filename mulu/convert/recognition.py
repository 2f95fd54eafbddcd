"""Which format the tables of a document are in."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mulu.convert.header_rows import Candidate, Top, detail_candidate, sheet_candidate
from mulu.convert.record_candidates import candidates_beside, record_candidate
from mulu.convert.records import record_tables
from mulu.convert.unrecognised import not_recognised
from mulu.readers import Document
from mulu.standard import Standard
from mulu.standard.mappings import Mapping

if TYPE_CHECKING:
    from mulu.convert.tree_source import TreeCandidate

_LOOKED_AT = 10_000
"""In how many objects a format must show."""

_MOST_ABOVE = 5
"""How many rows may stand above a table that is one entry: with more of them it is the list in a form."""


def candidates(document: Document, mappings: list[Mapping]) -> list[Candidate]:
    """Return the readings of a document's tables with each mapping, best first."""
    tops = [Top(sheet) for sheet in document.sheets]
    found = [c for mapping in mappings for top in tops if (c := sheet_candidate(top, mapping)) is not None]
    if not document.sheets:
        # Whether it is a catalog at all shows in the first objects; only then all are looked into.
        found = _of_records(document, mappings, _LOOKED_AT) and _of_records(document, mappings)
    return sorted(found, key=lambda candidate: candidate.rank, reverse=True)


def _of_records(document: Document, mappings: list[Mapping], most: int = sys.maxsize) -> list[Candidate]:
    tables = record_tables(document, most)
    return [c for table in tables for mapping in mappings if (c := record_candidate(table, mapping)) is not None]


def recognise(
    document: Document, standard: Standard, wanted: str | None, tree: "TreeCandidate | None" = None
) -> list[Candidate]:
    """Return the tables of the document that hold entries, each read by the format that fits it best.

    `wanted` is the format that the user names; then any heading of it will do. `tree` is the nearest format of trees.
    Raises `NotRecognised`, which tells the nearest format and what it lacks.
    """
    mappings = [standard.mappings[wanted]] if wanted is not None else standard.mappings.of("table")
    if wanted is None:
        mappings = [mapping for mapping in mappings if mapping.family in (None, document.family)]
    tables = [mapping for mapping in mappings if not mapping.is_tree]
    found = candidates(document, [mapping for mapping in tables if wanted is not None or not mapping.named])
    if document.sheets and not (found and found[0].is_recognised):
        # A table that is one entry as a whole has no column that tells whose it is, so that it is known by less.
        whole = candidates(document, [mapping for mapping in tables if mapping.named])
        whole = [candidate for candidate in whole if candidate.header[0] <= _MOST_ABOVE]
        found = whole if whole and whole[0].is_recognised else found
    best = found[0] if found else None
    if best is None or not best.score or not (best.is_recognised or wanted is not None):
        nearest = max((one for one in (best, tree) if one is not None and one.marks), key=_nearness, default=None)
        raise not_recognised(document, standard, nearest)
    if best.records is not None:
        return candidates_beside(found)
    # Of two formats that fit a sheet alike, that of the others is taken.
    found.sort(key=lambda candidate: (candidate.rank[:3], candidate.mapping is best.mapping))
    read = _uppermost([c for c in found if c.score and (c.is_recognised or c is best)])
    for sheet in document.sheets:
        # What belongs to the entries of another sheet may look like a list of entries to a further format.
        other = read.get(sheet.index)
        if other is not None and other.mapping is not best.mapping and _is_detail(Top(sheet), best.mapping):
            del read[sheet.index]
    return sorted(read.values(), key=lambda candidate: candidate.sheet)


def _uppermost(found: list[Candidate]) -> dict[int, Candidate]:
    """Return the best reading of each sheet, `found` being sorted, the best last.

    Below a table there may be another, which comes behind it, whatever it scores and whichever format it is of.
    """
    of_sheets: dict[int, list[Candidate]] = {}
    for one in found:
        of_sheets.setdefault(one.sheet, []).append(one)
    read = {}
    for sheet, readings in of_sheets.items():
        end = min(one.header[-1] for one in readings) + 1
        *_, best = (one for one in readings if one.header[0] <= end)
        below = {one.mapping.id: one.mapping for one in readings if one.header[0] > end}
        read[sheet] = replace(best, below=tuple(below.values()))
    return read


def _is_detail(top: Top, mapping: Mapping) -> bool:
    return any(detail_candidate(top, mapping, detail) is not None for detail in mapping.details)


def _nearness(candidate: "Candidate | TreeCandidate") -> tuple[int, int]:
    return -candidate.needed, candidate.score
