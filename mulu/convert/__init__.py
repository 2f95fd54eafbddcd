"""Legacy records become entries, each value accounted for, each property knowing the cell it comes from."""

from collections.abc import Callable
from functools import cache
from itertools import islice

from mulu.convert.source import ENTRIES, EntrySource, Given, Remark, Source, Sourced, place
from mulu.errors import NotRecognised, UsageFault
from mulu.pointer import pointer_of
from mulu.readers import Document
from mulu.standard import Standard

__all__ = [
    "ENTRIES",
    "EntrySource",
    "Given",
    "Remark",
    "Source",
    "Sourced",
    "known_words",
    "open_source",
    "place",
]

_LOOKED_AT = 100


def known_words(standard: Standard) -> Callable[[], frozenset[str]]:
    """Return what gives every heading that some mapping knows, by which encodings and delimiters are judged."""

    @cache
    def words() -> frozenset[str]:
        return frozenset(word for mapping in standard.mappings.values() for word in mapping.known_words)

    return words


def open_source(
    document: Document, standard: Standard, wanted: str | None = None, given: Given | None = None
) -> Source:
    """Return the entries of a document: as they stand in it, or converted from the format that it is in.

    `wanted` names the format; without it the document's content tells. `given` fills properties that a legacy file
    leaves out. Raises `NotRecognised` if nothing does,
    `UsageFault` if there is no such format or property.
    """
    if wanted is not None and wanted != ENTRIES and wanted not in standard.mappings:
        formats = ", ".join([ENTRIES, *standard.mappings])
        raise UsageFault(f"没有格式 {wanted}；可用：{formats}", f"there is no format {wanted}; there are {formats}")
    empty = not document.sheets and next(iter(document.items()), None) is None
    if wanted == ENTRIES or empty or (wanted is None and _holds_entries(document)):
        if document.sheets:
            raise NotRecognised(
                document.path,
                "表格里没有条目；请去掉 --from mulu，由内容判断格式",
                "a table holds no entries; leave out --from mulu and let the content tell the format",
            )
        return EntrySource(document)
    from mulu.convert.legacy import LegacySource, recognise

    found = recognise(document, standard, wanted)
    kind = found[0].mapping.kind
    for path in given or {}:
        if not any(item.pointer == pointer_of(path) for item in standard.schemas.properties(kind)):
            raise UsageFault(
                f"{kind} 没有属性 {'.'.join(path)}；见 mulu explain {kind}",
                f"a {kind} has no property {'.'.join(path)}; see mulu explain {kind}",
            )
    return LegacySource(document, standard, found, given or {})


def _holds_entries(document: Document) -> bool:
    """Whether one of the first values says what kind of entry it is."""
    return any(isinstance(item.value, dict) and "kind" in item.value for item in islice(document.items(), _LOOKED_AT))
