"""A standard folder on disk: where the built-in one is, what it may read, what its `standard.toml` says."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulu.errors import BadStandard
from mulu.texts import Text

PARTS = ("schemas", "validators", "converters")


@dataclass(frozen=True, slots=True)
class Level:
    """A step by which departments enter the standard; `rank` counts them from 0."""

    id: str
    rank: int
    title: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Header:
    """What `standard.toml` says of the standard as a whole."""

    id: str
    version: str
    base: str
    title: Text
    description: Text
    levels: tuple[Level, ...]


def builtin_folder() -> Path:
    """Return the folder of the built-in standard: the repository's root in a checkout, else the package's copy.

    The checkout comes first, because an editable install leaves an old copy in the package.
    """
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent
    if (checkout / "standard.toml").is_file() and (checkout / "pyproject.toml").is_file():
        return checkout
    return package / "builtin"


def read_header(root: Path) -> Header:
    """Read `standard.toml` of the folder `root`.

    Raises `BadStandard` if the file is missing, is no TOML or lacks one of its fields.
    """
    path = root / "standard.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadStandard(
            str(root),
            "不是标准目录：没有 standard.toml；请指定含有 standard.toml 的目录",
            "not a standard folder: it has no standard.toml; name a folder that has one",
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadStandard(
            str(path), f"standard.toml 读不出来：{error}", f"standard.toml cannot be read: {error}"
        ) from None
    try:
        return Header(
            id=str(data["id"]),
            version=str(data["version"]),
            base=str(data["base"]),
            title=text_of(data["title"]),
            description=text_of(data["description"]),
            levels=tuple(
                Level(str(item["id"]), rank, text_of(item["title"]), text_of(item["description"]))
                for rank, item in enumerate(data["levels"])
            ),
        )
    except (KeyError, TypeError) as error:
        raise BadStandard(
            str(path),
            f"standard.toml 缺少 {error} 或写法不对；应有 id、version、base、title、description、levels",
            f"standard.toml lacks {error} or has it in another shape; it needs id, version, base, title, "
            "description and levels",
        ) from None


def text_of(data: Any) -> Text:
    """Return the `Text` of a `{zh: …, en: …}` table; raises `KeyError` or `TypeError` if it is none."""
    return Text(zh=str(data["zh"]).strip(), en=str(data["en"]).strip())


def inside(root: Path, path: Path) -> Path:
    """Return `path` if it is a plain file inside `root`; raises `BadStandard` if it leads out of it."""
    if path.is_symlink() or not path.resolve().is_relative_to(root.resolve()):
        raise BadStandard(
            str(path),
            "标准目录中的文件不得是链接，也不得指向目录之外",
            "a file of a standard folder must not be a link or lead out of the folder",
        )
    return path


def files(root: Path, part: str, pattern: str) -> list[Path]:
    """Return the files of one part of a standard that match `pattern`, sorted by their path."""
    return sorted(inside(root, path) for path in (root / part).glob(pattern) if path.is_file())


def digest(root: Path) -> str:
    """Return the SHA-256 over names and bytes of all files of the standard, in hexadecimal."""
    total = hashlib.sha256()
    for path in _all_files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()}\n{content}\n".encode())
    return total.hexdigest()


def _all_files(root: Path) -> Iterator[Path]:
    yield root / "standard.toml"
    for part in PARTS:
        yield from files(root, part, "**/*")
