"""A file on the disk, opened with care: only a plain one, without waiting, under a limit; why it cannot be is told."""

import errno
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.plain_file import open_plain
from mulu.words import why_unreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

Stamp: TypeAlias = tuple[int, int, int]
"""What tells that an open file is still the same: which it is, its size and the time of its last change."""


def opened(path: Path, shown: str) -> BinaryIO:
    """Open a file for reading; raises `Unreadable` if it is a folder, a device, a pipe, or cannot be opened."""
    try:
        with open_plain(path) as file:
            return io.BufferedReader(_Read(os.dup(file.fileno()), shown))
    except IsADirectoryError as error:
        # One that may be looked into was told file by file.
        raise _cannot_open(shown, error if os.access(path, os.R_OK | os.X_OK) else PermissionError()) from None
    except OSError as error:
        raise _cannot_open(shown, error) from None
    except ValueError:
        raise _cannot_open(shown, OSError(errno.ENOENT, "")) from None


def stamp_of(file: io.FileIO | BinaryIO) -> Stamp:
    """Return the stamp of an open file."""
    status = os.fstat(file.fileno())
    return status.st_ino, status.st_size, status.st_mtime_ns


def opened_again(path: Path, shown: str, stamp: Stamp) -> BinaryIO:
    """Open a file that was read before; raises `Unreadable` if it is not the one any more that has this stamp."""
    try:
        file = opened(path, shown)
    except Unreadable:
        raise _changed(shown) from None
    try:
        refuse_changed(file, shown, stamp)
    except Unreadable:
        file.close()
        raise
    return file


def refuse_changed(file: io.FileIO | BinaryIO, shown: str, stamp: Stamp) -> None:
    """Raise `Unreadable` if an open file is not any more what it was when it had this stamp."""
    if stamp_of(file) != stamp:
        raise _changed(shown)


def _changed(shown: str) -> Unreadable:
    return Unreadable(
        shown,
        "读取期间文件被修改或移走；请等写入结束后重试",
        "the file was changed or moved while it was being read; try again when no other program is writing to it",
    )


class _Read(io.FileIO):
    """A file whose bytes may be out of reach, as of a disk or server that fails: it is told which file.

    Whoever reads it to its end is told if it was changed meanwhile: half of one state and half of another is neither.
    """

    def __init__(self, descriptor: int, shown: str) -> None:
        super().__init__(descriptor, "rb")
        self._shown = shown
        self._stamp = stamp_of(self)

    def readinto(self, buffer: "Buffer", /) -> int | None:
        """Read into a buffer; raises `Unreadable`."""
        try:
            size = super().readinto(buffer)
        except OSError as error:
            raise _cannot_open(self._shown, error) from None
        if size == 0:
            refuse_changed(self, self._shown, self._stamp)
        return size

    def read(self, size: int | None = -1, /) -> bytes | Any:
        """Read by the way above; that of `FileIO` is its own."""
        return io.RawIOBase.read(self, -1 if size is None else size)

    readall = io.RawIOBase.readall


def content(file: BinaryIO, shown: str, limits: Limits) -> bytes:
    """Return what is in an open file; raises `Unreadable` if it is too large."""
    # What the system makes up as it is read, such as its log, may have nothing to say at the moment.
    data = file.read(limits.document_bytes + 1) or b""
    if len(data) > limits.document_bytes:
        raise too_large(shown, len(data), limits)
    return data


def beside(path: Path, ending: str, limits: Limits) -> bytes | None:
    """Return what is in the file of the same name with another ending, `None` if there is none."""
    folder = Path(os.path.realpath(path)).parent
    for name in (path.with_suffix(ending), path.with_suffix(ending.upper())):
        # Nobody named it; a link could lead to any file of this machine.
        if name.is_file() and Path(os.path.realpath(name)).parent == folder:
            with opened(name, str(name)) as file:
                return content(file, str(name), limits)
    return None


def _cannot_open(shown: str, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(shown, "找不到文件；请核对路径和文件名", "the file does not exist; check the path and name")
    if isinstance(error, IsADirectoryError):
        return Unreadable(shown, "这是文件夹，不是文件；请指定其中的文件", "this is a folder; name a file in it")
    if error.errno == errno.ESPIPE:
        return Unreadable(
            shown,
            "不是普通文件（是设备或管道）；请先存成文件，或用 - 从标准输入读取",
            "this is a device or pipe, not a regular file; save it as a file first, or use - for standard input",
        )
    if isinstance(error, PermissionError):
        return Unreadable(
            shown,
            "没有读取权限，或文件正被 Excel、WPS 打开；请先关闭该文件，或检查权限",
            "the file cannot be read: either you have no permission, or it is open in Excel or WPS; close it there "
            "or check the permissions",
        )
    why = why_unreadable(error)
    return Unreadable(
        shown,
        f"打不开文件：{why.zh}；请核对路径和文件名",
        f"the file cannot be opened: {why.en}; check the path and name",
    )


def too_large(shown: str, size: int, limits: Limits) -> Unreadable:
    """Return what is said of a file of `size` bytes, which are too many."""
    return limits.exceeded(
        "document_bytes",
        shown,
        f"文件有 {size // 2**20} MiB，太大；请拆分，或改为每行一条的 JSON Lines",
        f"the file is too large ({size // 2**20} MiB); split it, or use JSON Lines, one record per line",
    )
