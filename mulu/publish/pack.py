"""A standard in one file: a ZIP archive with the checksum of each of its files, and the careful way back.

Nothing in a packed standard is executed, as nothing in a folder is; here it is seen to that unpacking writes plain
files into one folder and nowhere else, and no more than a standard needs.
"""

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from mulu.errors import BadStandard, Unreadable
from mulu.limits import DEFAULT
from mulu.publish.zipped import write_zip
from mulu.readers.archive import Archive, open_archive
from mulu.standard import load
from mulu.standard.folder import PARTS, builtin_folder, files, inside
from mulu.words import why_unreadable

SUMS = "SHA256SUMS"
"""The member with a line for each other one, as `sha256sum -c` reads it."""
SUM_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
"""A line of it: the checksum and the name."""
HEADER = "standard.toml"
LIMITS = replace(DEFAULT, document_bytes=64 * 2**20, expanded=256 * 2**20, members=20_000)
"""How large a packed standard may be."""

_ZIP = b"PK"
_LONGEST = 200
# What Windows takes for devices, whatever their ending, and what it cuts off the end of a name.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def pack(folder: Path | None, stream: BinaryIO) -> int:
    """Write the standard in a folder, or the built-in one, as one file; return how many files are in it.

    A standard that it extends goes along if it lies inside; the built-in one does not. The same files give the same
    bytes. Raises `BadStandard` if the folder holds no whole standard.
    """
    standard = load(folder)
    standard.read()
    root = folder if folder is not None else builtin_folder()
    members: dict[str, bytes] = {}
    for one in standard.roots:
        if not one.resolve().is_relative_to(root.resolve()):
            continue
        for path in [inside(one, one / HEADER), *(path for part in PARTS for path in files(one, part, "**/*"))]:
            name = path.resolve().relative_to(root.resolve()).as_posix()
            if "__pycache__" not in path.parts:
                _check_name(name, str(path))
                members[name] = path.read_bytes()
    members = dict(sorted(members.items()))
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members.items())
    write_zip(stream, {SUMS: sums.encode(), **members})
    return len(members)


def unpack(path: Path, folder: Path) -> None:
    """Unpack a packed standard into an empty folder of the caller's own.

    Raises `BadStandard` if it is none: damaged, changed since it was packed, or holding what no standard holds.
    """
    try:
        size = path.stat().st_size
        if size > LIMITS.document_bytes:
            raise LIMITS.exceeded("document_bytes", str(path), "文件太大", "the file is too large")
        content = path.read_bytes()
        if not content.startswith(_ZIP):
            raise BadStandard(
                str(path),
                f"这既不是标准的文件夹，也不是打包的标准；请写出 {HEADER} 所在的文件夹，或 mulu standard pack 打的包",
                f"this is neither the folder of a standard nor a package; name a folder that contains {HEADER}, or a "
                "file written by mulu standard pack",
            )
        archive = open_archive(content, str(path), LIMITS)
        contents = _checked(archive, path)
    except Unreadable as error:
        # What is said of workbooks does not help here.
        raise _refused(path, _first(error.zh, "；", "（", "）"), _first(error.en, ";", "(", ")")) from None
    except OSError as error:
        why = why_unreadable(error)
        raise _refused(path, f"读不出来：{why.zh}", f"it cannot be read: {why.en}") from None
    for name, content in contents.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            stream.write(content)


def _checked(archive: Archive, path: Path) -> dict[str, bytes]:
    """Return the files of a packed standard, each as its checksum says."""
    if SUMS not in archive.infos or HEADER not in archive.infos:
        raise _refused(path, f"没有 {SUMS} 或 {HEADER}", f"it has no {SUMS} or no {HEADER}")
    try:
        lines = archive.read(SUMS).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise _refused(path, f"{SUMS} 不是文字", f"{SUMS} is no text") from None
    said = {match[2]: match[1] for line in lines if (match := SUM_LINE.fullmatch(line))}
    if len(said) != len(lines) or set(said) != set(archive.infos) - {SUMS}:
        odd = ", ".join(sorted(set(said) ^ (set(archive.infos) - {SUMS}))[:3])
        raise _refused(path, f"文件与 {SUMS} 不符：{odd}", f"its files do not match {SUMS}: {odd}")
    contents = {}
    for name, digest in said.items():
        _check_name(name, str(path))
        contents[name] = archive.read(name)
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise _refused(path, f"{name} 的校验和不对", f"the checksum of {name} is wrong")
    return contents


def _check_name(name: str, path: str) -> None:
    """Refuse a name that is no plain file of a standard on every system."""
    steps = name.split("/")
    plain = all(
        step not in ("", ".", "..") and step == step.strip() and not step.endswith(".") and not _DEVICES.fullmatch(step)
        for step in steps
    )
    placed = steps[-1] == HEADER or any(part in steps[:-1] for part in PARTS)
    if not plain or not placed or len(name) > _LONGEST or any(character in name for character in '<>:"|?*\\'):
        raise BadStandard(
            path,
            f"标准中不应有这样的文件：{name}",
            f"a file with this name does not belong in a package: {name}",
        )


def _first(text: str, mark: str, opening: str, closing: str) -> str:
    """Return what stands before a mark, its bracket closed."""
    said = text.partition(mark)[0]
    return said + closing * (said.count(opening) - said.count(closing))


def _refused(path: Path, zh: str, en: str) -> BadStandard:
    return BadStandard(
        str(path),
        f"不是可用的打包标准：{zh}；请向发布者重新获取，或用 mulu standard pack 重新打包",
        f"this package cannot be used: {en}; download it again, or create it again with mulu standard pack",
    )
