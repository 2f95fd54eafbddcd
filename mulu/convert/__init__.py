"""Legacy records become entries, each value accounted for, each property knowing the cell it comes from.

`mulu.convert(…)` does it for whole files.
"""

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from mulu.callable import make_callable
from mulu.convert.source import (
    AND,
    ENTRIES,
    TEMPLATE,
    EntrySource,
    Given,
    Remark,
    Source,
    Sourced,
    place,
)
from mulu.errors import Empty, NotRecognised, UsageFault
from mulu.pointer import pointer_of
from mulu.readers import Document, Known
from mulu.readers.text import codec_of
from mulu.standard import Standard
from mulu.texts import Text, did_you_mean

if TYPE_CHECKING:
    from mulu.convert.template import Form
    from mulu.standard.selectors import Selector

__all__ = [
    "AND",
    "ENTRIES",
    "TEMPLATE",
    "EntrySource",
    "Given",
    "Remark",
    "Source",
    "Sourced",
    "check_asked",
    "known",
    "nothing_in",
    "open_source",
    "place",
]

_LOOKED_AT = 100

make_callable(__name__)


def known(standard: Standard) -> Known:
    """Return what the mappings of a standard know of files; it is collected when it is first asked for."""

    @cache
    def words() -> frozenset[str]:
        return frozenset(word for mapping in standard.mappings.of("table") for word in mapping.known_words)

    @cache
    def prefixes() -> dict[str, str]:
        return {uri: prefix for mapping in standard.mappings.of("tree") for prefix, uri in mapping.namespaces.items()}

    @cache
    def records() -> "tuple[Selector, ...]":
        mappings = [mapping for mapping in standard.mappings.of("tree") if mapping.family == "xml"]
        return tuple({path for mapping in mappings for part in mapping.parts for path in part.records})

    return Known(words, prefixes, records)


def check_asked(standard: Standard, wanted: str | None, encoding: str | None) -> None:
    """Raise `UsageFault` unless there are such a format and such an encoding; None asks for neither."""
    if wanted not in (None, ENTRIES, TEMPLATE) and wanted not in standard.mappings:
        formats = [ENTRIES, TEMPLATE, *standard.mappings]
        near, listed = did_you_mean(wanted, formats, most=3), ", ".join(formats)
        raise UsageFault(
            f"没有格式 {wanted}{near.zh or '；'}可用：{listed}",
            f"unknown format {wanted}{near.en}; available: {listed}",
        )
    if encoding is not None:
        codec_of(encoding)


def open_source(
    document: Document, standard: Standard, wanted: str | None = None, given: Given | None = None
) -> Source:
    """Return the entries of a document: as they stand in it, or converted from the format that it is in.

    `wanted` names the format; without it the document's content tells. `given` fills properties that a legacy file
    leaves out. Raises `NotRecognised` if nothing does,
    `UsageFault` if there is no such format or property.
    """
    check_asked(standard, wanted, None)
    empty = not document.sheets and next(iter(document.items()), None) is None
    if wanted == ENTRIES or empty or (wanted is None and _holds_entries(document)):
        if document.sheets:
            raise NotRecognised(
                document.path,
                "表格里没有条目；请去掉 --from mulu，由内容判断格式",
                "a table cannot contain entries of the standard; omit --from mulu so that the format is recognised "
                "by its content",
            )
        return EntrySource(document)
    filled = _forms(document, standard) if wanted in (None, TEMPLATE) else []
    if filled:
        from mulu.convert.filled import TemplateSource

        _check_given(standard, filled[0].kind, given or {})
        return TemplateSource(document, standard, filled, given or {})
    if wanted == TEMPLATE:
        raise NotRecognised(
            document.path,
            "不是填报模板：没有一张工作表在表头下有属性路径的一行；请用 mulu standard template 生成模板，勿删该行",
            "this is not a completed template: no sheet has the row of property paths below its headings; create "
            "one with mulu standard template, and keep that row",
        )
    from mulu.convert.tree_source import TreeSource, tree_candidates

    tree = None
    if not document.sheets:
        trees = standard.mappings.of("tree") if wanted is None else [standard.mappings[wanted]]
        tree = next(iter(tree_candidates(document, trees)), None)
    # A tree is told by names that nobody else uses, a table by headings that may stand anywhere.
    if tree is not None and (tree.is_recognised or (wanted is not None and tree.score)):
        _check_given(standard, tree.mapping.kind, given or {})
        return TreeSource(document, standard, tree.mapping, given or {})
    from mulu.convert.legacy import LegacySource
    from mulu.convert.recognition import recognise

    source = LegacySource(document, standard, recognise(document, standard, wanted, tree), given or {})
    for kind in source.kinds:
        _check_given(standard, kind, given or {})
    return source


def nothing_in(path: str, source: Source | None = None) -> Empty:
    """Return what is said of a file without an entry: of a template, where to begin with filling it in."""
    said = Text("没有任何条目；请核对文件内容", "the file contains no entries; check its content")
    if source is not None and source.format == TEMPLATE:
        from mulu.convert.filled import TemplateSource

        assert isinstance(source, TemplateSource)
        sheet, row = source.begins()
        said = Text(
            f"模板还没有填写：请从工作表“{sheet}”的第 {row} 行起填，一行一条",
            f"the template is still empty: start in row {row} of the sheet “{sheet}”, one row per entry",
        )
    return Empty(
        path,
        f"{said.zh}。确应为空的，加 --allow-empty",
        f"{said.en}. If this is intended, use --allow-empty",
    )


def _forms(document: Document, standard: Standard) -> "list[Form]":
    """Return the sheets that are filled templates; only a document with sheets has any."""
    if not document.sheets:
        return []
    from mulu.convert.template import forms

    return forms(document, standard)


def _check_given(standard: Standard, kind: str, given: Given) -> None:
    for path in given:
        if not any(item.pointer == pointer_of(path) for item in standard.schemas.properties(kind)):
            raise UsageFault(
                f"{kind} 没有属性 {'.'.join(path)}；见 mulu explain {kind}",
                f"a {kind} has no property {'.'.join(path)}; see mulu explain {kind}",
            )


def _holds_entries(document: Document) -> bool:
    """Whether one of the first values says what kind of entry it is."""
    return any(isinstance(item.value, dict) and "kind" in item.value for item in islice(document.items(), _LOOKED_AT))
