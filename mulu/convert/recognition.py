"""Which format the tables of a document are in; where none is, what is told of the nearest one."""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from mulu.convert.header_rows import Candidate, Top, detail_candidate, sheet_candidate
from mulu.convert.others import what_else
from mulu.convert.record_candidates import candidates_beside, record_candidate
from mulu.convert.records import record_tables
from mulu.convert.values import as_text
from mulu.errors import NotRecognised
from mulu.marks import GRAPH, MARKS
from mulu.pointer import Json
from mulu.readers import Document
from mulu.standard import Standard
from mulu.standard.mappings import Mapping
from mulu.texts import Text, shown

if TYPE_CHECKING:
    from mulu.convert.tree_source import TreeCandidate

_LOOKED_AT = 10_000
"""In how many objects a format must show."""
_SHOWN = 40
"""How many characters of a heading are told, of which there may be six."""
_NEAR = 2
"""How many marks must be there, for each that is needed, so that a format is called near."""


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
    found = candidates(document, [mapping for mapping in mappings if not mapping.is_tree])
    best = found[0] if found else None
    if best is None or not best.score or not (best.is_recognised or wanted is not None):
        nearest = max((one for one in (best, tree) if one is not None and one.marks), key=_nearness, default=None)
        raise _not_recognised(document, standard, nearest)
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


def _not_recognised(document: Document, standard: Standard, best: "Candidate | TreeCandidate | None") -> NotRecognised:
    kinds = ", ".join(standard.schemas.kinds)
    headings = list(islice(_headings(document), 40))
    import difflib

    meant = difflib.get_close_matches("kind", [heading.lower() for heading in headings], n=1, cutoff=0.7)
    if meant:
        return NotRecognised(
            document.path,
            f"认不出这是什么目录：没有 kind，但有 {meant[0]}，是不是写错了？条目须有 kind，取值 {kinds}",
            f"this is no catalog that is known: it has no kind but {meant[0]}; is that misspelt? An entry has a "
            f"kind: {kinds}",
        )
    other = what_else(document)
    if other is not None:
        return NotRecognised(document.path, f"认不出目录：{other.zh}", f"this is no catalog that is known: {other.en}")
    # Entries have members, not headings.
    entries = Text("", "")
    if not document.sheets:
        entries = Text(
            f"。若本来就是条目，每条须有 kind（{kinds}）", f". If it holds entries, each has a kind ({kinds})"
        )
    doubt = _doubtful_text(document)
    if best is None or not _is_near(document, best):
        found = [shown(heading, _SHOWN) for heading in headings[:6]] or ["—"]
        return NotRecognised(
            document.path,
            f"认不出这是什么目录：找到的是 {'、'.join(found)}，与各格式的表头和名称都不相近。请核对是不是选错了文件或"
            f"工作表；能读的格式见 mulu formats，都不是的，用 mulu suggest 起草一个转换{entries.zh}{doubt.zh}",
            f"this is no catalog that is known: what is found ({', '.join(found)}) is near to the headings and names "
            "of no format. Check the file and the sheet; mulu formats lists what can be read, mulu suggest drafts a "
            f"converter for anything else{entries.en}{doubt.en}",
        )
    missing = [heading.replace("*", "…") for heading in best.missing]
    return NotRecognised(
        document.path,
        f"认不出这是什么目录：最接近 {best.mapping.id}（{best.mapping.title.zh}），但还缺 {best.needed} 个标志性表头，"
        f"没有找到的有：{'、'.join(missing[:8])}。请核对表头和工作表；确为该格式的，用 --from {best.mapping.id} 指定；"
        f"是别的格式的，用 mulu suggest 起草一个转换{entries.zh}{doubt.zh}",
        f"this is no catalog that is known: nearest is {best.mapping.id} ({best.mapping.title.en}), which needs "
        f"{best.needed} more of its marks; not found: {', '.join(missing[:8])}. Check headings or names; "
        f"if it is that format, say --from {best.mapping.id}; mulu suggest drafts a converter for another one"
        f"{entries.en}{doubt.en}",
    )


def _is_near(document: Document, best: "Candidate | TreeCandidate") -> bool:
    """Whether enough of what marks a format is there to name it: for what lacks, of all that a sheet has, or by names
    of a tree that only this format requires.
    """
    if best.marks >= _NEAR * best.needed:
        return True
    if isinstance(best, Candidate):
        return bool(document.sheets) and best.marks >= _NEAR and len(best.columns) <= 2 * best.marks
    return best.has_required


def _doubtful_text(document: Document) -> Text:
    """Return what to do if the headings are made of wrong characters; nothing if they are right for sure."""
    damage = next((one for one in document.notices if one.rule == "undecodable-bytes"), None)
    if damage is not None:
        line, encoding = damage.params["line"], damage.params["encoding"]
        return Text(
            f"。文字是按 {encoding} 读的，第 {line} 行有字节不成文字，文件可能已损坏，请从来源系统重新导出",
            f". The text was read as {encoding}, and bytes in line {line} are no text: the file may be damaged, export "
            "it again",
        )
    encoding = next((one.params.get("encoding") for one in document.notices if one.rule == "encoding-guessed"), None)
    if encoding is None:
        return Text("", "")
    return Text(
        f"。文字是按 {encoding} 读的，字不对的话用 --encoding 指明编码（如 cp949、cp1251）",
        f". The text was read as {encoding}; if these are the wrong characters, say the encoding with --encoding "
        "(such as cp949, cp1251)",
    )


def _headings(document: Document) -> Iterator[str]:
    """Yield what may be meant as headings: the first lines of the sheets, or the names of the members."""
    for sheet in document.sheets:
        for row in sheet.rows[:1]:
            yield from (as_text(cell) for cell in row.cells if cell is not None)
    for item in islice(document.items(), 5):
        yield from _names(item.value)


def _names(value: Json) -> Iterator[str]:
    """Yield the names of a tree's members, those nearest to the root first; of a list those of its first element."""
    waiting = deque([value])
    while waiting:
        one = waiting.popleft()
        if isinstance(one, dict):
            names = [name for name in one if name not in (*MARKS, GRAPH)]
            yield from names
            waiting += (one[name] for name in names)
        elif isinstance(one, list):
            waiting += one[:1]
