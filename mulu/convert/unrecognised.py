"""What is told of a document of which no format is recognised: the nearest one, or what else it may be."""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from mulu.convert.header_rows import Candidate
from mulu.convert.non_catalogs import what_else
from mulu.convert.values import as_text
from mulu.errors import NotRecognised
from mulu.marks import GRAPH, MARKS
from mulu.pointer import Json
from mulu.readers import Document
from mulu.standard import Standard
from mulu.texts import Text, shown

if TYPE_CHECKING:
    from mulu.convert.tree_source import TreeCandidate

_LOOKED_AT = 40
"""How many headings are looked at."""
_TOLD = 6
"""How many of them are told."""
_MISSING = 8
"""How many marks that a format lacks are told."""
_SHOWN = 40
"""How many characters of a heading are told, of which there may be six."""
_NEAR = 2
"""How many marks must be there, for each that is needed, so that a format is called near."""


def not_recognised(document: Document, standard: Standard, best: "Candidate | TreeCandidate | None") -> NotRecognised:
    """Return what is told of a document; `best` is the reading that comes nearest."""
    import difflib

    kinds = ", ".join(standard.schemas.kinds)
    headings = list(islice(_headings(document), _LOOKED_AT))
    meant = difflib.get_close_matches("kind", [heading.lower() for heading in headings], n=1, cutoff=0.7)
    if meant:
        said = Text(
            f"没有 kind，但有 {meant[0]}，是不是写错了？条目须有 kind，取值 {kinds}",
            f"it has no property kind, but it has {meant[0]}; is that a misspelling? An entry needs a kind: {kinds}",
        )
    elif (other := what_else(document)) is not None:
        said = other
    else:
        damage = _damage(document)
        is_near = best is not None and _is_near(document, best)
        parts = [_nearest(best)] if best is not None and is_near else []
        # The characters of a damaged text say nothing.
        parts += [damage] if damage is not None else [] if is_near else [_strange(headings, _is_prose(document))]
        end = [*_guess(document)]
        if not document.sheets:
            # Entries have members, not headings.
            end.append(
                Text(
                    f"若本来就是条目，每条须有 kind（{kinds}）", f"If it contains entries, each needs a kind ({kinds})"
                )
            )
        said = Text(
            "。".join(["；".join(part.zh for part in parts), *(part.zh for part in end)]),
            ". ".join(["; ".join(part.en for part in parts), *(part.en for part in end)]),
        )
    return NotRecognised(document.path, f"认不出这是什么目录：{said.zh}", f"the format is not recognised: {said.en}")


def _strange(headings: list[str], is_prose: bool) -> Text:
    """Return what is said where nothing comes near."""
    if is_prose:
        first = shown(headings[0], _SHOWN) if headings else "—"
        return Text(
            f"文件里是没有分列的文字（第一行：{first}），不是表格。请把目录交成 .xlsx，或用逗号、制表符分列的 .csv",
            f"it is text without columns (first line: {first}), not a table. Provide the catalog as .xlsx, or as "
            ".csv with commas or tabs between the columns",
        )
    found = [shown(heading, _SHOWN) for heading in headings[:_TOLD]] or ["—"]
    return Text(
        f"找到的是 {'、'.join(found)}，与各格式的表头和名称都不相近。请核对是不是选错了文件或工作表；"
        "能读的格式见 mulu formats，都不是的，用 mulu suggest 起草一个转换",
        f"its content ({', '.join(found)}) does not resemble the headings or names of any format. Check the file and "
        "the sheet; mulu formats lists the supported formats, and mulu suggest drafts a converter for any other file",
    )


def _is_prose(document: Document) -> bool:
    """Whether a text has several lines, none of them with a separator: a file of words, no table."""
    if document.family != "csv" or len(document.sheets) != 1:
        return False
    rows = document.sheets[0].rows[:_LOOKED_AT]
    return len(rows) > 1 and all(len([cell for cell in row.cells if cell is not None]) < 2 for row in rows)


def _nearest(best: "Candidate | TreeCandidate") -> Text:
    """Return what the nearest format lacks."""
    missing = [heading.replace("*", "…") for heading in best.missing][:_MISSING]
    return Text(
        f"最接近 {best.mapping.id}（{best.mapping.title.zh}），但还缺 {best.needed} 个标志性表头，"
        f"没有找到的有：{'、'.join(missing)}。请核对表头和工作表；确为该格式的，用 --from {best.mapping.id} 指定；"
        "是别的格式的，用 mulu suggest 起草一个转换",
        f"the closest format is {best.mapping.id} ({best.mapping.title.en}), but {best.needed} more of its marks are "
        f"needed; not found: {', '.join(missing)}. Check the headings or names; if it is this format, use --from "
        f"{best.mapping.id}; if it is another one, mulu suggest drafts a converter",
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


def _damage(document: Document) -> Text | None:
    """Return what is said of a text with bytes that are none, or lines that are no JSON; `None` if there are none."""
    found = next((one for one in document.notices if one.rule in ("undecodable-bytes", "unparsable-json")), None)
    if found is None:
        return None
    line = found.params["line"]
    if found.rule == "unparsable-json":
        column, zh, en = (found.params[name] for name in ("column", "reason_zh", "reason_en"))
        return Text(
            f"第 {line} 行第 {column} 列起不是 JSON：{zh}，请改正后重试",
            f"it is not valid JSON from line {line}, column {column} on: {en}; correct it and try again",
        )
    encoding = found.params["encoding"]
    return Text(
        f"文字按 {encoding} 读取，第 {line} 行有字节不成文字，文件可能已损坏，请从来源系统重新导出",
        f"some bytes in line {line} are not text in {encoding}, so the file may be damaged; export it again",
    )


def _guess(document: Document) -> Iterator[Text]:
    """Yield what to do if the encoding was guessed and the characters are wrong ones."""
    for one in document.notices:
        if one.rule == "encoding-guessed":
            encoding = one.params.get("encoding")
            yield Text(
                f"文字是按 {encoding} 读的，字不对的话用 --encoding 指明编码（如 cp949、cp1251）",
                f"The text was read as {encoding}; if characters look wrong, specify the encoding with --encoding "
                "(such as cp949 or cp1251)",
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
