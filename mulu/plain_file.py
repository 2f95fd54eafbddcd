"""Small files that are read whole: settings, exceptions, reports, the files of a standard.

The readers of catalogs have limits of their own.
"""

import errno
import os
import stat
from pathlib import Path

LARGEST = 256 * 2**20


def read_plain(path: Path) -> bytes:
    """Return the bytes of a plain file.

    Raises `OSError`, also for a device or a pipe, which might let wait or read without end, and for a file that is
    larger than `LARGEST`.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    # O_NONBLOCK: opening a named pipe would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), str(path))
        if status.st_size > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return file.read()


def read_plain_text(path: Path, encoding: str = "utf-8") -> str:
    """Return the text of a plain file, its lines ended by line feeds; raises `OSError` and `UnicodeDecodeError`."""
    text = read_plain(path).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
