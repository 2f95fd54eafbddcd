"""A standard folder on disk: where the built-in one is, what it may read, what its `standard.toml` says."""

import hashlib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mulu.errors import BadStandard, Unreadable
from mulu.place import Place
from mulu.texts import Text
from mulu.toml import load_toml
from mulu.yaml import Positions, load_yaml

PARTS = ("schemas", "validators", "converters")


class Level(NamedTuple):
    """A step by which departments enter the standard; `rank` counts them from 0."""

    id: str
    rank: int
    title: Text
    description: Text


class Relaxation(NamedTuple):
    """A demand of the standard below that is given up on purpose: which, and why; `line` is where it stands."""

    what: str
    reason: Text
    line: int | None


class Header(NamedTuple):
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
        data, positions = load_toml(path.read_text(encoding="utf-8"), name=path.name)
    except FileNotFoundError:
        raise BadStandard(
            str(root),
            "不是标准目录：没有 standard.toml；请指定含有 standard.toml 的目录",
            "not a standard folder: it has no standard.toml; name a folder that has one",
        ) from None
    except Unreadable as error:
        line, column = (error.place.line, error.place.column) if error.place else (None, None)
        raise BadStandard(
            str(path), f"standard.toml：{error.zh}", f"standard.toml: {error.en}", line=line, column=column
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadStandard(
            str(path), f"standard.toml 读不出来：{error}", f"standard.toml cannot be read: {error}"
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
                Relaxation(str(item["what"]), text_of(item["reason"]), positions.get(f"/relaxes/{number}", (None,))[0])
                for number, item in enumerate(data.get("relaxes", []))
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


NO_TEXTS = (
    "须有且只有 zh 和 en 两种文字；花括号里的文字含逗号时要加引号",
    "needs a text in zh and one in en, and nothing else; in { } one with a comma stands in quotes",
)
"""How it is told that something is no `text_of`, behind its name."""


def text_of(data: Any) -> Text:
    """Return the `Text` of a `{zh: …, en: …}` table; raises `KeyError` or `TypeError` if it is none.

    Nothing else may stand there, which is mostly what follows a comma in a text without quotes.
    """
    for key in data.keys() - {"zh", "en"} if isinstance(data, Mapping) else ():
        raise KeyError(key)
    return Text(zh=str(data["zh"]).strip(), en=str(data["en"]).strip())


def read_yaml(path: Path) -> tuple[Any, Positions]:
    """Return the value of a YAML file of a standard, and the line and column of each pointer in it.

    Raises `BadStandard`, with line and column, if it is none.
    """
    return parse_yaml(path, read_text(path))


def read_text(path: Path) -> str:
    """Return the text of a file of a standard; raises `BadStandard`, with the line, if it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadStandard(str(path), "不是 UTF-8 文字", "the file is no text in UTF-8", line=line) from None


def parse_yaml(path: Path, text: str) -> tuple[Any, Positions]:
    """Return value and positions of a YAML text that stands in a file of a standard, as `read_yaml` does."""
    try:
        return load_yaml(text, name=str(path))
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
    found = []
    checked = None
    for path in (root / part).glob(pattern):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            inside(root, path)
        elif stat.S_ISREG(mode):
            # A plain file is inside if another of its folder is, and there are hundreds in few folders.
            folder = path.parent
            if folder != checked:
                inside(root, path)
                checked = folder
            found.append(path)
    return sorted(found, key=lambda path: path.parts)


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
