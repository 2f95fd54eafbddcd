"""Folders for what is needed only while something runs, gone with it.

A run that is killed leaves its folder, with entries of the files that it read; the next one removes it.
"""

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mulu.errors import UsageFault

_PREFIX, _SUFFIX = "mulu-run-", ".tmp"
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
"""No name that a person gives: somebody's own folder beside it may well be called `mulu-results`."""
_OLD = 3600
"""Seconds after which a folder that nobody holds was left; who makes one holds it a moment later."""


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder that is private to this user; raises `OSError` or `UsageFault` if there can be none."""
    _remove_left()
    base = tempfile.gettempdir()
    if any("\ud800" <= sign <= "\udfff" for sign in base):
        # Not every library can open what stands there.
        raise UsageFault(
            f"存放临时文件的文件夹 {base} 名称无法识别；请用环境变量 TMPDIR 指定另一个",
            f"the folder for temporary files, {base}, has a name that is not readable; name another by TMPDIR",
        )
    with tempfile.TemporaryDirectory(prefix=_PREFIX, suffix=_SUFFIX) as name, _held(name):
        yield Path(name)


def _remove_left() -> None:
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for entry in found:
            if _NAME.fullmatch(entry.name) and _is_old(entry):
                with contextlib.suppress(OSError), _held(entry.path) as is_ours:
                    if is_ours:
                        shutil.rmtree(entry.path, ignore_errors=True)


def _is_old(entry: "os.DirEntry[str]") -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    is_own = hasattr(os, "getuid") and status.st_uid == os.getuid()
    return is_own and stat.S_ISDIR(status.st_mode) and time.time() - status.st_mtime > _OLD


@contextlib.contextmanager
def _held(folder: str) -> Iterator[bool]:
    """Hold a folder as long as this lasts, or as this process lives; yields whether nobody else does.

    Where folders cannot be held (on Windows, on some file servers) that is false.
    """
    try:
        import fcntl

        opened = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield False
        return
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(opened)
