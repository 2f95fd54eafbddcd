"""What is finished of a batch of files, kept in a folder, so that a run that was ended goes on where it was.

Each file of the batch has a folder of its own in it, called by a digest of what is in the file, what it is called, and
all else that decides what comes of it. It counts once `done.json` is there, which is written last, when everything
beside it is on the disk; without it, it is what a run was at when it was ended, and is begun anew.
"""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import orjson

from mulu.errors import UsageFault
from mulu.output import NotWritten, whole_file
from mulu.plain_file import read_plain
from mulu.pointer import Json, dumps
from mulu.program import tool
from mulu.readers.input_files import BESIDE
from mulu.words import why_unreadable

_MARK = "mulu-resume"
_DONE = "done.json"
_PIECE = re.compile("[0-9a-f]{64}")


class Piece:
    """What is kept of one file; `said` is what `end` was given in an earlier run, `None` if it did not come to that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: Any = None
        with contextlib.suppress(OSError):
            digest, _, done = read_plain(folder / _DONE).partition(b"\n")
            # What lost a file or part of one since then, or says something else, is made again.
            if digest == _sha256(done):
                kept = orjson.loads(done)
                if all(_digest_of(folder / name) == of_file for name, of_file in kept["digests"].items()):
                    self.said = kept["said"]

    def begin(self) -> None:
        """Make the folder, empty."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)

    def end(self, said: Json) -> None:
        """Note that the file is finished; raises `NotWritten`."""
        digests: dict[str, Json] = {}
        for path in self.folder.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
            digests[path.name] = _digest_of(path)
        with whole_file(self.folder / _DONE) as done:
            kept = dumps({"digests": digests, "said": said})
            done.write(_sha256(kept) + b"\n" + kept)
        self.said = said


class Kept:
    """The folder; use it in a `with` statement, and `finish` it when all that comes of the batch is written.

    Raises `UsageFault` for a folder that holds something else, holds files of the batch or is in use by another run,
    `NotWritten` if it cannot be made.
    """

    def __init__(self, folder: Path, paths: Iterable[str | Path]) -> None:
        self.folder = folder
        self.before = self.anew = 0
        """How many files were finished before, and how many in this run."""
        self._met: set[str] = set()
        for path in map(Path, paths):
            if path.is_dir() and Path(os.path.realpath(folder)).is_relative_to(path.resolve()):
                raise UsageFault(
                    f"{folder} 在输入的文件夹 {path} 里，其中的文件会被当作输入；--resume 请用另一个文件夹",
                    f"{folder} lies inside the input folder {path}, so its files would be read as input; use another "
                    "folder for --resume",
                )
        try:
            if folder.is_dir() and not (folder / _MARK).is_file() and any(folder.iterdir()):
                raise UsageFault(
                    f"{folder} 里有别的文件；--resume 请用一个新的或空的文件夹",
                    f"{folder} contains other files; use a new or empty folder for --resume",
                )
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._mark = (folder / _MARK).open("ab")
        except OSError as error:
            why = why_unreadable(error)
            raise NotWritten(
                f"{folder}：不能用作 --resume 的文件夹（{why.zh}）；请换一个",
                f"{folder} cannot be used for --resume ({why.en}); use another folder",
            ) from None
        if not _locked(self._mark):
            self._mark.close()
            raise UsageFault(
                f"{folder} 正被另一次运行使用；请等它结束，或换一个文件夹",
                f"{folder} is in use by another run; wait until it ends, or use another folder",
            )

    def __enter__(self) -> "Kept":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._mark.close()

    def piece(self, file: Path, shown: str, about: Json) -> Piece | None:
        """Return what is kept of a file that is called `shown`, of which `about` decides what comes beside its bytes.

        Without a piece, the file cannot be read.
        """
        content = _digest(file)
        if content is None:
            return None
        key = hashlib.sha256(dumps([tool()["sha256"], content, shown, about], sort_keys=True)).hexdigest()
        found = Piece(self.folder / key)
        if found.said is None:
            found.begin()
        if key not in self._met:
            self._met.add(key)
            self.anew += found.said is None
            self.before += found.said is not None
        return found

    def finish(self, whole: bool) -> None:
        """Remove everything if all files could be read, else what belongs to no file of the batch as it is now."""
        for path in self.folder.iterdir():
            is_kept = path.name in self._met and not whole and (path / _DONE).is_file()
            if _PIECE.fullmatch(path.name) and not is_kept:
                shutil.rmtree(path, ignore_errors=True)
        if whole:
            self._mark.close()
            with contextlib.suppress(OSError):
                (self.folder / _MARK).unlink()
                self.folder.rmdir()


def _digest(file: Path) -> list[Json] | None:
    """Return the digests of a file and of those that are read along with it; `None` if it cannot be read."""
    beside = (file.with_suffix(ending) for ending in (*BESIDE, *map(str.upper, BESIDE)))
    # What is no plain file is not opened: a pipe would wait for ever.
    if not file.is_file():
        return None
    found: list[Json] = []
    try:
        for path in (file, *(path for path in beside if path.is_file())):
            found.append(_digest_of(path))
    except OSError:
        return None
    return found


def _digest_of(path: Path) -> str | None:
    """Return the digest of a file, `None` of what is no plain one; raises `OSError`."""
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _locked(mark: BinaryIO) -> bool:
    """Keep other runs out until the file is closed, by this process or by its end, where the system knows how."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
