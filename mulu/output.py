"""The one writer: a file is written whole beside its place and then moved there, or not at all."""

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

from mulu.errors import MuluError
from mulu.words import why_unreadable

_BEGINNING, _END = ".mulu-", ".tmp"
_FORGOTTEN = 24 * 3600
# As many as systems follow.
_LINKS = 40


class NotWritten(MuluError):
    """The file `path` could not be written; what stood there before still does."""


def refuse_no_place(path: Path) -> None:
    """Raise `NotWritten` where `path` is a folder or stands in none, so that nobody waits for a run in vain.

    So it does where `whole_file` would not follow a link.
    """
    path = _target(path)
    if path.is_dir():
        raise _not_written(path, IsADirectoryError())
    if not path.parent.is_dir():
        raise _not_written(path, FileNotFoundError())


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write into; at the end it stands at `path`, complete and on the disk.

    If anything fails on the way nothing is left and what stood at `path` is untouched. Raises `NotWritten`. A device or
    a pipe is not replaced: it gets what was written when all of it is there. Nor is a link: the file that it leads to
    is written. A file that is there keeps who may read and write it.
    """
    named, path = path, _target(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        with tempfile.TemporaryFile() as whole:
            yield whole
            whole.seek(0)
            try:
                with path.open("wb") as device:
                    shutil.copyfileobj(whole, device)
            except BrokenPipeError:
                raise
            except OSError as error:
                raise _not_written(path, error) from None
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_dir():
            raise IsADirectoryError
        temporary = _beside(path)
        _clear(path.parent)
        mode = path.stat().st_mode & 0o777 if path.exists() else None
        descriptor = os.open(temporary, flags, 0o666 if mode is None else 0o600)
        stream = os.fdopen(descriptor, "wb")
        # What is written may depend on what the file is to be called.
        cast(FileIO, stream.raw).name = str(named)
        # Before anything is written, so that nobody reads it who could not read what stood there.
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)
    except OSError as error:
        raise _not_written(path, error) from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _settle(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise _not_written(path, error) from None
        raise


@contextmanager
def whole_folder(path: Path, *, replaces: bool = False) -> Iterator[Path]:
    """Give a new folder to write into; at the end it stands at `path` with all that was put in it, or nothing does.

    With `replaces` it takes the place of a folder that stands there, which goes only then. Raises `NotWritten`; what
    may be replaced, and that there is something where nothing may be, is for the caller to tell.
    """
    temporary = _beside(path)
    # Not called as what may be cleared away: it is all there is, until the new folder stands in its place.
    old = path.with_name(f".{secrets.token_hex(8)}.old")
    try:
        _clear(path.parent)
        temporary.mkdir()
        yield temporary
        if replaces and path.exists():
            path.rename(old)
        try:
            temporary.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
        if old.exists():
            old.rename(needless := _beside(path))
            shutil.rmtree(needless, ignore_errors=True)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise _not_written(path, error) from None
        raise


def _target(path: Path) -> Path:
    """Return the file that `path` leads to, itself if it is no link; raises `NotWritten` for a link of another.

    In a folder that all may write to another could lay a link where a report is expected, and have a file of the caller
    replaced.
    """
    target = path
    try:
        for _ in range(_LINKS):
            if not target.is_symlink():
                return target
            if hasattr(os, "geteuid") and target.lstat().st_uid not in (0, os.geteuid()):
                raise NotWritten(
                    f"{path}：没有写出，这是他人建立的链接；请指定文件本身，或换一个文件名",
                    f"{path}: not written because it is a link created by another user; name the file itself, or "
                    "choose another file",
                )
            target = target.parent / target.readlink()
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    except OSError as error:
        raise _not_written(path, error) from None


def _beside(path: Path) -> Path:
    """Return a new name beside `path`, short: one made of a long name and a suffix might be too long for the disk."""
    return path.with_name(f"{_BEGINNING}{secrets.token_hex(8)}{_END}")


def _clear(folder: Path) -> None:
    """Remove what a process that was killed left behind; one that still works has written to it lately."""
    for left in folder.glob(f"{_BEGINNING}*{_END}"):
        with contextlib.suppress(OSError):
            if time.time() - left.lstat().st_mtime > _FORGOTTEN:
                if left.is_dir() and not left.is_symlink():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink()


def _settle(folder: Path) -> None:
    """Have the folder's own entry written to the disk, where the system knows how."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _not_written(path: Path, error: OSError) -> NotWritten:
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return NotWritten(
            f"{path}：没有写出，文件夹不存在；请先建立 {path.parent}",
            f"{path}: not written because its folder does not exist; create {path.parent} first",
        )
    if isinstance(error, IsADirectoryError):
        return NotWritten(
            f"{path}：没有写出，这是文件夹；请给出文件名",
            f"{path}: not written because it is a folder; name a file in it",
        )
    if isinstance(error, PermissionError):
        return NotWritten(
            f"{path}：没有写出，没有权限，或文件正被 Excel、WPS 打开；请关闭后重试，或换一个文件名",
            f"{path}: not written; either you have no permission, or it is open in Excel or WPS: close it there, or "
            "choose another name",
        )
    why = why_unreadable(error)
    return NotWritten(
        f"{path}：没有写出（{why.zh}）；原有文件没有改动",
        f"{path}: not written ({why.en}); the existing content is unchanged",
    )
