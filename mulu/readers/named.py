"""The files that somebody names: each by its path, a folder for the catalogs in it, `-` for standard input."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from mulu.errors import UsageFault

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
    ".ndjson",
    ".yaml",
    ".yml",
    ".html",
    ".htm",
)


def files_of(paths: Iterable[str | Path], folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file that was named, and what to call it; standard input is copied into `folder`.

    Raises `UsageFault` if a folder holds nothing that can be read.
    """
    for named in paths:
        given, path = str(named), Path(named)
        if given == "-":
            kept = folder / "stdin"
            with kept.open("wb") as stream:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            yield kept, "-"
        elif path.is_dir():
            found = list(_within(path))
            if not found:
                raise UsageFault(
                    f"文件夹 {given} 里没有可读的文件（{' '.join(ENDINGS)}）",
                    f"the folder {given} holds no file that can be read ({' '.join(ENDINGS)})",
                )
            yield from ((file, str(file)) for file in found)
        else:
            yield path, given


def _within(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # Excel keeps a lock file “~$…” beside each workbook that is open.
            if name.lower().endswith(ENDINGS) and not name.startswith((".", "~$")):
                yield Path(root) / name
