"""A standard folder on disk: where the built-in one is, what it may read, what its `standard.toml` says."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulu.errors import BadStandard, Unreadable
from mulu.place import Place
from mulu.texts import Text
from mulu.yaml import Positions, load_yaml

PARTS = ("schemas", "validators", "converters")
# Before Python 3.14 the exception tells the line in its sentence only.
_TOML_LINE = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")


@dataclass(frozen=True, slots=True)
class Level:
    """A step by which departments enter the standard; `rank` counts them from 0."""

    id: str
    rank: int
    title: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A demand of the standard below that is given up on purpose: which, and why; `line` is where it stands."""

    what: str
    reason: Text
    line: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """What `standard.toml` says of the standard as a whole."""

    id: str
    version: str
    base: str
    title: Text
    description: Text
    levels: tuple[Level, ...]
    extends: str | None = None
    relaxes: tuple[Relaxation, ...] = ()


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
    path = inside(root, root / "standard.toml")
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise BadStandard(
            str(root),
            "不是标准目录：没有 standard.toml；请指定含有 standard.toml 的目录",
            "not a standard folder: it has no standard.toml; name a folder that has one",
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        place = _TOML_LINE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (None, None)
        raise BadStandard(
            str(path),
            f"standard.toml 读不出来：{error}",
            f"standard.toml cannot be read: {error}",
            line=line,
            column=column,
        ) from None
    try:
        header = Header(
            id=str(data["id"]),
            version=str(data["version"]),
            base=str(data["base"]),
            title=text_of(data["title"]),
            description=text_of(data["description"]),
            levels=tuple(
                Level(str(item["id"]), rank, text_of(item["title"]), text_of(item["description"]))
                for rank, item in enumerate(data.get("levels", []) if "extends" in data else data["levels"])
            ),
            extends=str(data["extends"]) if "extends" in data else None,
            relaxes=tuple(
                Relaxation(str(item["what"]), text_of(item["reason"]), line)
                for item, line in zip(data.get("relaxes", []), _lines_of(text, "[[relaxes]]"), strict=False)
            ),
        )
    except (KeyError, TypeError) as error:
        raise BadStandard(
            str(path),
            f"standard.toml 缺少 {error} 或写法不对；应有 id、version、base、title、description、levels",
            f"standard.toml lacks {error} or has it in another shape; it needs id, version, base, title, "
            "description and levels",
        ) from None
    if not (header.levels or header.extends) or not header.base.endswith("/"):
        raise BadStandard(
            str(path),
            "levels 至少应有一级，base 应以 / 结尾",
            "levels needs one level at least, and base ends with /",
        )
    return header


def _lines_of(text: str, beginning: str) -> Iterator[int | None]:
    """Yield the number of each line of a TOML text that begins so; then `None` for ever, if it is written otherwise."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith(beginning):
            yield number
    while True:
        yield None


def text_of(data: Any) -> Text:
    """Return the `Text` of a `{zh: …, en: …}` table; raises `KeyError` or `TypeError` if it is none."""
    return Text(zh=str(data["zh"]).strip(), en=str(data["en"]).strip())


def read_yaml(path: Path) -> tuple[Any, Positions]:
    """Return the value of a YAML file of a standard, and the line and column of each pointer in it.

    Raises `BadStandard`, with line and column, if it is none.
    """
    try:
        return load_yaml(path.read_text(encoding="utf-8"), name=str(path))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadStandard(str(path), "不是 UTF-8 文字", "the file is no text in UTF-8", line=line) from None
    except Unreadable as error:
        place = error.place or Place(str(path))
        raise BadStandard(str(path), error.zh, error.en, line=place.line, column=place.column) from None


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
    return sorted(inside(root, path) for path in (root / part).glob(pattern) if path.is_file() or path.is_symlink())


def digest(roots: tuple[Path, ...]) -> str:
    """Return the SHA-256 over names and bytes of all files of the folders of a standard, in hexadecimal."""
    total = hashlib.sha256()
    for root in roots:
        # No file has an empty name, so that nothing can pass from one folder to the next unseen.
        total.update(b"\n")
        for path in _all_files(root):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(root).as_posix()}\n{content}\n".encode())
    return total.hexdigest()


def _all_files(root: Path) -> Iterator[Path]:
    yield root / "standard.toml"
    for part in PARTS:
        yield from files(root, part, "**/*")
