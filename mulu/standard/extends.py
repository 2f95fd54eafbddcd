"""`extends` in `standard.toml`: one standard built on another, its folders in order, what it stands on first."""

import re
from pathlib import Path

from mulu.errors import BadStandard
from mulu.standard.folder import Header, Level, builtin_folder, read_header
from mulu.texts import shown

DEPTH = 8
"""How many standards may stand on each other."""


def chain(root: Path) -> list[tuple[Path, Header]]:
    """Return the folders that make up the standard in `root`, each with its header; `root` comes last.

    The levels of a header are those of all folders up to it. Raises `BadStandard`.
    """
    found = [(root, read_header(root))]
    seen = {root.resolve()}
    while (wanted := found[0][1].extends) is not None:
        folder = found[0][0]
        below = _folder_of(folder, wanted)
        if below.resolve() in seen:
            raise _fault(folder, f"extends 绕回了自己：{wanted}", f"extends leads back to the same standard: {wanted}")
        if len(found) == DEPTH:
            raise _fault(folder, f"extends 超过 {DEPTH} 层", f"extends is deeper than {DEPTH}")
        seen.add(below.resolve())
        found.insert(0, (below, read_header(below)))
    levels: tuple[Level, ...] = ()
    for number, (folder, header) in enumerate(found):
        levels = _joined(levels, header.levels)
        found[number] = (folder, header._replace(levels=levels))
    return found


def _folder_of(folder: Path, wanted: str) -> Path:
    """Return the folder that `extends` means: the built-in standard by its id, else one inside `folder`."""
    if "://" in wanted:
        raise _fault(
            folder,
            f"extends 不得是网址：{shown(wanted)}",
            f"extends must not be an address of the network: {shown(wanted)}",
        )
    builtin = builtin_folder()
    if wanted == read_header(builtin).id:
        return builtin
    below = folder / wanted
    try:
        is_outside = not wanted or below.is_symlink() or not below.resolve().is_relative_to(folder.resolve())
        is_standard = (below / "standard.toml").is_file()
    except (OSError, ValueError):
        # Too long for a name, or of signs that no name has.
        is_outside = is_standard = False
    if is_outside:
        raise _fault(
            folder,
            f"extends 只能是本目录之内的目录，不得是链接：{shown(wanted)}",
            f"extends names a folder inside this one, and no link: {shown(wanted)}",
        )
    if not is_standard:
        own = read_header(builtin).id
        raise _fault(
            folder,
            f"extends 既不是内置标准的 id（{own}），也不是本目录中的标准：{shown(wanted)}",
            f"extends is neither the id of the built-in standard ({own}) nor a standard in this folder: "
            f"{shown(wanted)}",
        )
    return below


def _joined(below: tuple[Level, ...], own: tuple[Level, ...]) -> tuple[Level, ...]:
    """Return the levels below with those of the same name replaced, and further ones after them."""
    levels = {level.id: level for level in below} | {level.id: level for level in own}
    return tuple(level._replace(rank=rank) for rank, level in enumerate(levels.values()))


def _fault(folder: Path, zh: str, en: str) -> BadStandard:
    path = folder / "standard.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if re.match(r"""\s*["']?extends\b""", text)), None)
    return BadStandard(str(path), zh, en, line=line)
