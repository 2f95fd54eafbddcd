"""The files that somebody names: each by its path, a folder or archive for what is in it, `-` for standard input."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mulu.errors import MuluError, Unreadable, UsageFault
from mulu.limits import Limits
from mulu.plain_file import is_folder
from mulu.readers.address import is_address, shown_address
from mulu.readers.compressed import ENDINGS as COMPRESSED
from mulu.readers.compressed import expanded, inner_name
from mulu.texts import name_of

if TYPE_CHECKING:
    from mulu.readers.archive import Archive

# Files in a folder that are handed in as a whole: what mulu reads, by the ending that people give it.
ENDINGS = (
    ".xlsx",
    ".xlsm",
    ".xls",
    ".et",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".xml",
    ".ttl",
    ".nt",
    ".rdf",
    ".jsonld",
    ".ndjson",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
    ".ods",
    ".docx",
    ".dbf",
    ".sql",
    ".ddl",
)
BESIDE = (".dbt", ".fpt")
"""Files that belong to one of the same name, and are read with it."""

PassedOver = Callable[[str, list[str]], None]
"""Told of the files in a folder or archive that are not read: no catalogs, by their endings, or left out."""


def files_of(
    paths: Iterable[str | Path],
    folder: Path,
    limits: Limits,
    schema: str | None = None,
    passed_over: PassedOver = lambda given, names: None,
    left_out: Collection[str] = (),
) -> Iterator[tuple[Path, str]]:
    """Yield each file that was named, and what to call it.

    A folder or a ZIP archive stands for the catalogs in it, a compressed file for what it holds, `-` for standard
    input, an address for what its database says of its tables (those of `schema`). What has to be written down for it
    goes to `folder`. What is `left_out` is passed over where it stands in a folder. Raises `UsageFault` if a path is
    empty or a folder holds nothing that can be read, `Unreadable` if a database does not answer.
    """
    out = {Path(os.path.realpath(path)) for path in left_out}
    kept: dict[str, Path] = {}
    named = [str(path) for path in paths]
    # Before any file is read, so that a wrong argument does not end a run half-way.
    for number, given in enumerate(named):
        if not given:
            # A script's variable that is not set; as a path it would be the folder in which mulu runs.
            raise UsageFault("有一个路径是空的；请写出文件或文件夹", "one of the paths is empty; give a file or folder")
        if is_address(given):
            from mulu.readers.database import snapshot

            kept[given] = folder / f"database-{number}"
            kept[given].write_bytes(snapshot(given, schema))
        elif is_folder(given) and not _within(Path(given), out)[0]:
            raise _nothing(given)
    for given in named:
        path = Path(given)
        if given in kept:
            yield kept[given], shown_address(given)
        elif given == "-":
            stdin = folder / "stdin"
            with stdin.open("wb") as stream:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            yield _expanded(stdin, "-", folder, limits) or (stdin, "-")
        elif is_folder(path):
            found, passed = _within(path, out)
            if passed:
                passed_over(given, passed)
            for file in found:
                yield from _unpacked(file, name_of(file), folder, limits, passed_over)
        else:
            yield from _unpacked(path, name_of(given), folder, limits, passed_over)


def _unpacked(
    path: Path, shown: str, folder: Path, limits: Limits, passed_over: PassedOver
) -> Iterator[tuple[Path, str]]:
    """Yield the file, or the files in it if it is an archive."""
    from mulu.readers.files import open_plain_archive

    archive = None
    if not shown.lower().endswith(ENDINGS):
        inner = _expanded(path, shown, folder, limits)
        if inner is not None:
            yield inner
            return
        # What is wrong with the file is told when it is read, like any other's fault.
        with suppress(MuluError):
            archive = open_plain_archive(path, shown, limits)
    if archive is None:
        yield path, shown
        return
    yield from _members(path, archive, shown, folder, _Budget(shown, len(archive.data), limits), passed_over)


@dataclass(slots=True)
class _Budget:
    """What an archive of `size` bytes and those in it may hold together."""

    shown: str
    size: int
    limits: Limits
    members: int = 0
    expanded: int = 0

    def add(self, members: int, expanded: int) -> None:
        """Count members and bytes; raises `Unreadable` if all are too many."""
        self.members += members
        self.expanded += expanded
        limits = self.limits
        if self.members > limits.members:
            raise limits.exceeded(
                "members",
                self.shown,
                "压缩包及其中的压缩包内文件太多",
                "the archive, with the archives inside it, has too many files",
            )
        name = "ratio" if self.expanded > limits.ratio * max(self.size, 2**16) else "expanded"
        if name == "ratio" or self.expanded > limits.expanded:
            raise limits.exceeded(
                name,
                self.shown,
                "压缩包及其中的压缩文件展开后太大",
                "the archive, with the compressed files inside it, is too large when expanded",
            )


def _members(
    path: Path,
    archive: "Archive",
    shown: str,
    folder: Path,
    budget: _Budget,
    passed_over: PassedOver,
    *,
    is_outer: bool = True,
) -> Iterator[tuple[Path, str]]:
    """Yield the files in an archive, and in the archives and compressed files in it: one level, no further.

    What cannot be unpacked is given as it is: why is told when it is read, and stands in the reports.
    """
    from mulu.readers.archive import unpacked
    from mulu.readers.files import open_plain_archive

    try:
        budget.add(len(archive.infos), archive.expanded)
        found, passed = unpacked(archive, Path(tempfile.mkdtemp(dir=folder)), _is_wanted, BESIDE)
    except Unreadable:
        yield path, shown
        return
    if not found:
        # That nothing in it can be read is told when it is opened, and ends no run of several files.
        yield path, shown
        return
    if passed:
        passed_over(shown, passed)
    for file, name in found:
        called, inner = f"{shown} › {name}", None
        if is_outer and _is_packed(name):
            yield _expanded(file, called, folder, budget.limits, budget) or (file, called)
            continue
        if is_outer and not name.lower().endswith(ENDINGS):
            with suppress(MuluError):
                inner = open_plain_archive(file, called, budget.limits)
        if inner is None:
            yield file, called
        else:
            yield from _members(file, inner, called, folder, budget, passed_over, is_outer=False)


def _expanded(
    path: Path, shown: str, folder: Path, limits: Limits, budget: _Budget | None = None
) -> tuple[Path, str] | None:
    """Return what is in a file that is compressed by itself, `None` if it is not or cannot be expanded."""
    from mulu.readers.files import open_compressed

    # What is wrong with the file is told when it is read.
    with suppress(MuluError):
        file = open_compressed(path, shown)
        if file is not None:
            name = inner_name(shown.rpartition(" › ")[2])
            # Of a name in an archive none is used on the disk.
            target = Path(tempfile.mkdtemp(dir=folder)) / (name if budget is None else "file")
            with file, target.open("wb") as stream:
                for chunk in expanded(file, shown, limits):
                    if budget is not None:
                        budget.add(0, len(chunk))
                    stream.write(chunk)
            return target, shown if shown == "-" else f"{shown} › {name}"
    return None


def _within(folder: Path, out: Collection[Path]) -> tuple[list[Path], list[str]]:
    """Return the files of a folder that can be read, and the names of the others.

    A folder inside that the system does not let be looked into is among the first: who opens it tells so. Links that
    lead out of the folder are among the others: who handed it in could have any file of this machine read.
    """
    found: list[Path] = []
    inside = os.path.realpath(folder)
    passed: list[str] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: found.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # Excel keeps a lock file “~$…” beside each workbook that is open.
            if name.startswith((".", "~$")) or name.lower().endswith(BESIDE):
                continue
            file = Path(root, name)
            # A link that leads to itself is an error to `resolve`; who opens it tells so.
            place = Path(os.path.realpath(file))
            if _is_wanted(name) and place not in out and place.is_relative_to(inside):
                found.append(file)
            else:
                passed.append(name)
    return found, passed


def _is_wanted(name: str) -> bool:
    """Whether a file in a folder or archive is called like one that is read, an archive or a compressed one."""
    return name.lower().endswith((*ENDINGS, ".zip")) or _is_packed(name)


def _is_packed(name: str) -> bool:
    """Whether a file is called like a compressed one of those that are read."""
    return name.lower().endswith(COMPRESSED) and inner_name(name).lower().endswith(ENDINGS)


def _nothing(given: str) -> UsageFault:
    return UsageFault(
        f"文件夹 {given} 里没有可读的文件（{' '.join(ENDINGS)}）",
        f"the folder {given} contains no file of a supported type ({' '.join(ENDINGS)})",
    )
