"""The standard that a command uses: a folder, a packed file or the built-in one, held to its lock."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from mulu.cli.settings import nearest_file, said
from mulu.errors import BadSettings, UsageFault
from mulu.scratch import scratch
from mulu.texts import call


def locked_standard(path: Path | None) -> Any:
    """Load the standard that `--standard` names; raises `BadSettings` if a lock says that it must be another."""
    from mulu.standard.lock import NAME, differences

    standard = load_standard(path)
    lock = nearest_file(NAME)
    found = differences(lock, standard) if lock is not None else []
    if found:
        raise BadSettings(
            os.path.relpath(lock or NAME),
            f"所用的标准与锁定的不同：{'；'.join(one.zh for one in found)}；"
            "请换回锁定的标准，确要改用的，重新运行 mulu standard lock",
            f"the standard in use is not the locked one: {'; '.join(one.en for one in found)}; use the locked one, "
            "or, if the change is intended, run mulu standard lock again",
        )
    return standard


def load_standard(path: Path | None) -> Any:
    """Load the standard that `--standard` names, a folder or a packed file, or the built-in one."""
    from mulu.standard import load

    return load(standard_folder(path))


def named_kind(kind: str | None, known: Iterable[str]) -> str:
    """Return the kind that an argument names; raises `UsageFault`, which tells those that there are, if it names none.

    Which those are the standard says, so that help cannot.
    """
    if kind is None:
        kinds = ", ".join(known)
        raise UsageFault(f"缺少 KIND；可用：{kinds}", f"KIND is missing; available: {kinds}")
    return kind


def one_folder(folder: Path | None, standard_path: Path | None) -> Path | None:
    """Return the folder of a standard that is named by an argument or by `--standard`; raises `UsageFault` for both."""
    if folder is not None and said("standard_path"):
        raise UsageFault("目录给了两次：DIR 和 --standard", "the folder is given twice: as DIR and with --standard")
    return folder or standard_path


def standard_folder(path: Path | None) -> Path | None:
    """Return the folder of a standard; a packed one is unpacked into one that is private, and gone with the command."""
    if path is None or not path.is_file():
        return path
    from mulu.publish.pack import unpack

    folder = click.get_current_context().with_resource(scratch())
    call(folder, str(path))
    unpack(path, folder)
    return folder
