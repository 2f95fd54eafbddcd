"""Mends written into the files that were checked: of each value its own bytes are replaced, all others stay.

A text file is changed where the finding stands, in its own encoding; a workbook in the one cell of the one sheet.
What cannot be changed so is left, and told why. A file that has changed since it was checked is not touched.
"""

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mulu.convert import ENTRIES
from mulu.errors import MuluError, Unreadable
from mulu.output import whole_file
from mulu.pointer import Json, steps_of
from mulu.readers import Document, open_bytes, open_document
from mulu.readers.archive import open_archive
from mulu.readers.xlsx import sheet_members
from mulu.texts import Text, name_of
from mulu.validate.in_place import in_element, in_sheet, in_text
from mulu.validate.report import Input, Report
from mulu.validate.spellings import meaning, spellings
from mulu.words import why_unreadable

_MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is changed: where, what stood there as it is written, what stands there then."""

    finding: dict[str, Any]
    before: str
    after: str


@dataclass(slots=True)
class Mended:
    """What becomes of one file."""

    item: Input
    data: bytes = b""
    changes: list[Change] = field(default_factory=list)
    lines: list[tuple[int, str, str]] = field(default_factory=list)
    """Of a text file number, old and new text of each line that is changed."""
    left: int = 0
    """How many mends could not be written at their place."""
    problem: Text | None = None


def mends(report: Report, *, unsafe: bool, spelt: bool = True) -> Iterator[Mended]:
    """Yield what each file of a run would become; nothing is written. Files without a mend are left out.

    `spelt` takes in spellings of which no finding tells; without it departments' own files are left out.
    """
    wanted: dict[int, list[dict[str, Any]]] = {}
    for number, _, finding in report.findings.placed():
        fix = finding["fix"]
        if fix is not None and (fix["safe"] or unsafe):
            wanted.setdefault(number, []).append(finding)
    for item in report.inputs:
        if not spelt and item.format == ENTRIES and item.number in wanted:
            yield _Mender(report, item).mended(wanted[item.number])
        elif spelt and item.format is not None:
            mended = _with_spellings(report, item, wanted.get(item.number, []), unsafe)
            if mended is not None:
                yield mended


def _with_spellings(report: Report, item: Input, findings: list[dict[str, Any]], unsafe: bool) -> Mended | None:
    """Return what a file becomes with its spellings; `None` if nothing in it is to be mended."""
    found: list[dict[str, Any]] = []
    try:
        # What is too large, or has changed since, is told below.
        if item.file.stat().st_size <= report.options.limits.document_bytes:
            data = item.file.read_bytes()
            if hashlib.sha256(data).hexdigest() == item.sha256:
                found = spellings(report, item, data, unsafe=unsafe)
        if found:
            meant = meaning(report, item, _Mender(report, item).mended(found).data)
            sure = meant == meaning(report, item, data)
    except (OSError, MuluError):
        found = []
    taken = {_spot(finding) for finding in findings}
    mends = [finding for finding in found if sure and _spot(finding) not in taken]
    if not findings and not found:
        return None
    mended = _Mender(report, item).mended([*findings, *mends])
    mended.left += 0 if not found or sure else len(found)
    return mended


def _spot(finding: dict[str, Any]) -> tuple[Any, ...]:
    """Return where in its file a finding stands."""
    return tuple(finding["source"][key] for key in ("sheet", "row", "line", "column"))


def write(mended: Mended) -> None:
    """Write a mended file to its place, whole or not at all; raises `MuluError` if it may not or has changed."""
    path = mended.item.file
    # What is called otherwise than the file is a copy of what an archive, a compressed file or standard input holds.
    if Path(mended.item.path) != Path(name_of(path)) or path.is_symlink() or not path.is_file():
        raise Unreadable(
            mended.item.path,
            "不是普通文件（链接、压缩包中的内容或标准输入），没有修改；请指定文件本身",
            "not changed, because it is a link, part of another file, or standard input; name the file itself",
        )
    if not os.access(path, os.W_OK) or not path.stat().st_mode & 0o200:
        raise Unreadable(
            mended.item.path,
            "文件是只读的，没有修改；请先允许写入",
            "not changed, because the file is read-only; make it writable",
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != mended.item.sha256:
        raise _changed(mended.item)
    with whole_file(path) as stream:
        stream.write(mended.data)


def _changed(item: Input) -> Unreadable:
    return Unreadable(
        item.path,
        "文件在校验之后有改动，没有修改；请重新运行",
        "not changed, because the file was modified after it was checked; run the command again",
    )


class _Mender:
    def __init__(self, report: Report, item: Input) -> None:
        self.report = report
        self.mend = Mended(item)

    def mended(self, findings: list[dict[str, Any]]) -> Mended:
        """Return what the file becomes if `findings` are mended."""
        item, limits = self.mend.item, self.report.options.limits
        try:
            size = item.file.stat().st_size
            if size > limits.document_bytes:
                # What is checked line by line may be larger than what fits into memory.
                told = limits.exceeded(
                    "document_bytes",
                    item.path,
                    f"文件有 {size // 2**20} MiB，改写时须整个读入，太大，没有修改",
                    f"the file has {size // 2**20} MiB; to be changed it is read whole, which is too much, so it was "
                    "left alone",
                )
                self.mend.problem = Text(told.zh, told.en)
                return self.mend
            data = item.file.read_bytes()
        except OSError as error:
            why = why_unreadable(error)
            self.mend.problem = Text(f"读不了：{why.zh}", f"the file cannot be read: {why.en}")
            return self.mend
        if hashlib.sha256(data).hexdigest() != item.sha256:
            problem = _changed(item)
            self.mend.problem = Text(problem.zh, problem.en)
        elif item.encoding is not None:
            self._text(data, findings)
        elif data.startswith(b"PK"):
            self._workbook(data, findings)
        else:
            self.mend.problem = _cannot_change(len(findings))
        return self.mend

    def _document(self, text: str) -> Document:
        """Read a text as it was read when it was checked, under the limits of the run."""
        data, limits = text.encode(), self.report.options.limits
        # In UTF-8 it may have more bytes than in its own encoding.
        limits = replace(limits, document_bytes=max(limits.document_bytes, len(data)))
        return open_bytes(data, self.mend.item.path, limits=limits, encoding="utf-8")

    def _value(self, finding: dict[str, Any]) -> Json:
        """Return what is written: in a department's own file the name of a code, as it writes names."""
        value: Json = finding["fix"]["value"]
        codes = finding["params"].get("list")
        if self.mend.item.format != ENTRIES and isinstance(codes, str):
            code = self.report.standard.codes[codes].by_code.get(str(value))
            return code.name.zh if code is not None else value
        return value

    # -- texts

    def _text(self, data: bytes, findings: list[dict[str, Any]]) -> None:
        item = self.mend.item
        encoding = str(item.encoding)
        mark = _MARKS.get(encoding, b"") if data.startswith(_MARKS.get(encoding, b"\0")) else b""
        try:
            text = data[len(mark) :].decode(encoding)
            whole = text.encode(encoding) == data[len(mark) :]
        except (UnicodeError, LookupError):
            whole = False
        # Places count characters, whatever the file is encoded in.
        try:
            document = self._document(text) if whole else None
        except MuluError as error:
            self.mend.problem = Text(error.zh, error.en)
            return
        if document is None or document.family == "html" or ("\n" not in text and "\r" in text):
            self.mend.problem = _cannot_change(len(findings))
            return
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        spans: dict[tuple[int, int], tuple[str, int, dict[str, Any]]] = {}
        taken: set[int] = set()
        for finding in findings:
            line, column = finding["source"]["line"], finding["source"]["column"]
            start = len(text)
            if line and line <= len(starts) and document.family == "xml":
                start = in_element(text, starts[line - 1], finding["value"])
            elif line and line <= len(starts) and column:
                start = starts[line - 1] + column - 1
            found = self._replacement(document, text, start, finding)
            # Of two mends of one value the first counts; the next run finds what is left.
            if found is None or start in taken:
                self.mend.left += 1
                continue
            before, after = found
            taken.add(start)
            spans[start, start + len(before)] = after, line, finding
            self.mend.changes.append(Change(finding, before, after))
        # What is personal in a line of XML nobody can tell, so that its values are shown one by one.
        if document.family != "xml":
            self._rewritten(text, starts, spans)
        out = "".join(_pieces(text, spans))
        try:
            self.mend.data = mark + out.encode(encoding)
        except UnicodeError:
            self.mend.problem = Text(
                f"改好的值写不进 {encoding}；请先把文件另存为 UTF-8",
                f"the corrected text cannot be written in {encoding}; save the file as UTF-8",
            )

    def _replacement(self, document: Any, text: str, start: int, finding: dict[str, Any]) -> tuple[str, str] | None:
        """Return what stands at `start` and what is to stand there; `None` if it is not the value of the finding."""
        value = self._value(finding)
        is_key = finding["rule"] == "unknown-property"
        old = steps_of(finding["pointer"])[-1] if is_key else finding["value"]
        return in_text(document, text, start, old, value)

    def _rewritten(self, text: str, starts: list[int], spans: dict[tuple[int, int], tuple[str, int, Any]]) -> None:
        """Note the lines that are changed, old and new."""
        of_line: dict[int, dict[tuple[int, int], tuple[str, int, Any]]] = {}
        for (at, to), value in spans.items():
            start = starts[value[1] - 1]
            of_line.setdefault(value[1], {})[at - start, to - start] = value
        for number, inside in sorted(of_line.items()):
            line = text[starts[number - 1] : starts[number] if number < len(starts) else len(text)]
            self.mend.lines.append((number, line.rstrip("\r\n"), "".join(_pieces(line, inside)).rstrip("\r\n")))

    # -- workbooks

    def _workbook(self, data: bytes, findings: list[dict[str, Any]]) -> None:
        item = self.mend.item
        try:
            limits = self.report.options.limits
            document = open_document(item.file, limits=limits, name=item.path)
            members = sheet_members(open_archive(data, item.path, limits))
        except MuluError as error:
            self.mend.problem = Text(error.zh, error.en)
            return
        values = {
            (sheet.name, row.number, column): cell
            for sheet in document.sheets
            for row in sheet.rows
            for column, cell in enumerate(row.cells, 1)
        }
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in set(members.values())}
            for finding in findings:
                place, value = finding["source"], self._value(finding)
                member = members.get(place["sheet"])
                before = values.get((place["sheet"], place["row"], place["column"]))
                if member is None or not place["cell"] or before != finding["value"] or not isinstance(value, str):
                    self.mend.left += 1
                    continue
                changed = in_sheet(parts[member], place["cell"], value)
                if changed is None:
                    self.mend.left += 1
                    continue
                parts[member] = changed
                self.mend.changes.append(Change(finding, str(before), value))
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as target:
                for info in archive.infolist():
                    content = parts.get(info.filename)
                    target.writestr(info, archive.read(info) if content is None else content, info.compress_type)
        self.mend.data = out.getvalue()


def _cannot_change(count: int) -> Text:
    return Text(
        f"这种文件不能就地修改（{count} 处可改的没有改）；请按报告自行修改，或先另存为 .xlsx、.csv",
        f"files of this type cannot be changed in place (corrections not made: {count}); correct it using the "
        "report, or save it as .xlsx or .csv first",
    )


def _pieces(text: str, spans: dict[tuple[int, int], tuple[str, int, Any]]) -> Iterator[str]:
    done = 0
    for (start, stop), (after, _, _) in sorted(spans.items(), key=lambda item: item[0]):
        yield text[done:start]
        yield after
        done = stop
    yield text[done:]
