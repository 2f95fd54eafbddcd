"""Plain files, and no others; small ones are read whole: settings, exceptions, reports, the files of a standard.

The readers of catalogs have limits of their own.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST = 256 * 2**20


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file; raises `OSError`, of a device or a pipe, which might let wait or read without end, `ESPIPE`.

    A path that no system can have raises `ValueError`.
    """
    if is_folder(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    # O_NONBLOCK: opening a named pipe would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), str(path))
    return os.fdopen(descriptor, "rb")


def is_folder(path: Path | str) -> bool:
    """Whether a path leads to a folder; one that no system can have, or that nobody may look at, leads to none."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def read_plain(path: Path) -> bytes:
    """Return the bytes of a plain file; raises `OSError`, also for a file that is larger than `LARGEST`."""
    with open_plain(path) as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return file.read()


def read_plain_text(path: Path, encoding: str = "utf-8") -> str:
    """Return the text of a plain file, its lines ended by line feeds; raises `OSError` and `UnicodeDecodeError`."""
    text = read_plain(path).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
