"""`mulu suggest`: a converter for a file that no format is known of, proposed out of its names and values.

What is sure enough is proposed, the rest left blank: a wrong guess would be believed, a blank is filled in.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from mulu.convert import Source, known, open_source
from mulu.convert.legacy import LegacySource
from mulu.convert.recognition import candidates
from mulu.convert.tree_source import TreeSource
from mulu.errors import Empty, NotRecognised, UsageFault
from mulu.limits import DEFAULT, Limits
from mulu.output import whole_folder
from mulu.pointer import dumps
from mulu.publish.suggest.layouts import layouts
from mulu.publish.suggest.likeness import spellings
from mulu.publish.suggest.places import Places
from mulu.publish.suggest.proposal import THRESHOLD, Match, Proposal, propose
from mulu.publish.suggest.sample import ending, write_sample
from mulu.publish.suggest.writing import mapping_text, samples
from mulu.readers import Document, open_document
from mulu.standard import Standard
from mulu.standard.mapping_reader import read_mapping
from mulu.standard.mappings import Mapping
from mulu.texts import clean, did_you_mean

_LAYOUTS = 4
"""How many tables or lists of records of a file are looked at closely, the likeliest first."""

__all__ = ["THRESHOLD", "Match", "Suggestion", "samples", "suggest"]


@dataclass(slots=True)
class Suggestion:
    """What is proposed for a file.

    `extends` is a format that reads a part of it already: the columns of `known`, heading → JSON Pointer. `owner` is
    the column that names an entry.
    """

    document: Document
    proposal: Proposal
    extends: str | None
    known: dict[str, str]
    owner: str
    standard: Standard

    def text(self, name: str) -> str:
        """Return the text of the mapping of a format that is called `name`."""
        found = [match.column.label for match in self.proposal.matches if match.place is not None]
        return mapping_text(name, self.proposal, self.extends, self.owner, [*self.known, *found])

    def write(self, folder: Path) -> str | None:
        """Write the converter: mapping, sample, what becomes of it, notes; whole or not at all.

        Returns the name of another format that would take the file before this one, `None` if none would. Raises
        `UsageFault` if there is something at `folder` already, `NotWritten` if the disk does not take it.
        """
        if folder.exists() or folder.is_symlink():
            raise UsageFault(
                f"{folder} 已经存在，没有改动；请换一个名称",
                f"{folder} is there already and was left alone; choose another",
            )
        with whole_folder(folder) as new:
            mapped, sample = new / "mapping.yaml", new / f"sample{ending(self.document)}"
            mapped.write_text(self.text(folder.name), encoding="utf-8", newline="\n")
            with sample.open("wb") as stream:
                write_sample(self.document, self.proposal.layout, stream)
            mapping = replace(read_mapping(mapped, (*self.standard.roots, new.parent)), id=folder.name)
            document = _read(sample, self.standard, DEFAULT, None)
            made = [dumps(item.entry) + b"\n" for item in _source(document, self.standard, mapping)]
            (new / "expected.jsonl").write_bytes(b"".join(made))
            (new / "README.md").write_text(_notes(folder.name, self), encoding="utf-8", newline="\n")
            return _rival(document, self.standard, mapping)


def suggest(
    path: Path, standard: Standard, *, kind: str | None = None, encoding: str | None = None, limits: Limits = DEFAULT
) -> Suggestion:
    """Propose a converter for the file at `path`, for entries of `kind` or of the kind that fits best.

    Raises `UsageFault` if there is no such kind or a format that is known reads as much of the file, `NotRecognised` if
    no table and no records are found in it.
    """
    if not standard.schemas.kinds:
        raise UsageFault(
            "这个标准没有种类（schemas/*.schema.json），提不出转换",
            "the standard has no kinds (schemas/*.schema.json), so that nothing can be proposed for it",
        )
    if kind is not None and kind not in standard.schemas.kinds:
        near, kinds = did_you_mean(kind, standard.schemas.kinds), ", ".join(standard.schemas.kinds)
        raise UsageFault(
            f"没有种类 {kind}{near.zh or '；'}可用：{kinds}", f"there is no kind {kind}{near.en}; there are {kinds}"
        )
    try:
        document = _read(path, standard, limits, encoding)
    except Empty:
        document = None
    places = Places(standard)
    found = layouts(document, places) if document is not None else []
    if document is None or not found or not found[0].lines:
        raise NotRecognised(
            str(path),
            "没有找到表格或记录，提不出转换；请给出有表头的表格、JSON 记录或 XML",
            "no table and no records are found in it, so nothing can be proposed; give a table with headings, records "
            "in JSON, or XML",
        )
    proposal = max((propose(one, places, standard, kind) for one in found[:_LAYOUTS]), key=lambda one: one.weight)
    if all(match.place is None for match in proposal.matches):
        count = len(proposal.matches)
        raise NotRecognised(
            str(path),
            f"{count} 列中没有一列有把握，提不出转换；请核对是不是选错了文件或种类（--kind），或手写 mapping.yaml",
            f"of its {count} columns not one is sure, so nothing is proposed; check the file and the kind (--kind), or "
            "write mapping.yaml by hand",
        )
    extends, known = _known(document, standard, proposal)
    name = standard.schemas.kinds[proposal.kind]["x-entry"]["name"]
    owner = next((m.column.label for m in proposal.matches if m.place and m.place.pointer == name), "")
    owner = owner or next((label for label, pointer in known.items() if pointer == name), "")
    proposal.matches = [match for match in proposal.matches if match.column.label not in known]
    if extends is not None and all(match.place is None for match in proposal.matches):
        count, total = len(known), len(known) + len(proposal.matches)
        raise UsageFault(
            f"{path}：格式 {extends} 已读出 {total} 列中的 {count} 列，其余没有把握，提不出更多；直接用 mulu convert",
            f"{path}: the format {extends} reads {count} of its {total} columns already, and of the others nothing is "
            "sure; use mulu convert",
        )
    return Suggestion(document, proposal, extends, known, owner, standard)


def _read(path: Path, standard: Standard, limits: Limits, encoding: str | None) -> Document:
    return open_document(
        path,
        limits=limits,
        encoding=encoding,
        known=known(standard),
    )


def _known(document: Document, standard: Standard, proposal: Proposal) -> tuple[str | None, dict[str, str]]:
    """Return the format of tables that the file is taken for today, and what it makes of which columns."""
    try:
        source = open_source(document, standard)
    except NotRecognised:
        return None, {}
    if not isinstance(source, LegacySource):
        raise UsageFault(
            f"{document.path} 已经是格式 {source.format}，不需要新的转换；直接用 mulu convert",
            f"{document.path} is of the format {source.format} already and needs no converter; use mulu convert",
        )
    if source.mapping.kind != proposal.kind or proposal.layout.is_tree:
        return None, {}
    taken = source.properties()
    known = {
        column.label: taken[spelled]
        for column in proposal.layout.columns
        for spelled in spellings(column.label.rpartition("›")[2])[:1]
        if spelled in taken
    }
    return (source.mapping.id, known) if known else (None, {})


def _source(document: Document, standard: Standard, mapping: Mapping) -> Source:
    if mapping.is_tree:
        return TreeSource(document, standard, mapping)
    return LegacySource(document, standard, candidates(document, [mapping])[:1])


def _rival(document: Document, standard: Standard, mapping: Mapping) -> str | None:
    """Return the format that the sample would be taken for although there is a mapping of its own."""
    if mapping.is_tree:
        return None
    others = [one for one in standard.mappings.of("table") if one.family in (None, document.family)]
    first = candidates(document, [mapping, *others])[0]
    return None if first.mapping is mapping else first.mapping.id


def _notes(name: str, suggestion: Suggestion) -> str:
    """Return the notes on a format: what its columns were taken for, and what its maker has to add."""
    rows = [(match.column.label, match) for match in suggestion.proposal.matches]
    table = [
        f"| {_cell(label)} | {_cell(match.place.pointer) if match.place else ''} | {match.confidence:.2f} |"
        for label, match in rows
    ]
    extends = suggestion.extends
    return "\n".join(
        [
            f"# {name}",
            "",
            "由 `mulu suggest` 提出：请核对下表，补上空着的属性，写明谁在用这种格式、有什么陷阱，"
            "再运行 `mulu standard check`。",
            "",
            "Proposed by `mulu suggest`: look through the table, fill in what is blank, write who uses the format and "
            "what its traps are, and run `mulu standard check`.",
            *(["", f"扩展 extends `{extends}`：{len(suggestion.known)} 列 columns"] if extends else []),
            "",
            "| 列 Column | 属性 Property | 把握 Confidence |",
            "|---|---|---|",
            *table,
            "",
        ]
    )


def _cell(text: str) -> str:
    return clean(" ".join(text.split())).replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
