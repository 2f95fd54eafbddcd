"""A standard folder on disk: where the built-in one is, what it may read, what its `standard.toml` says."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from mulu.errors import BadStandard, Unreadable
from mulu.place import Place
from mulu.plain_file import read_plain_text
from mulu.texts import Text, did_you_mean, name_of, nearest, shown
from mulu.toml import load_toml
from mulu.words import why_unreadable
from mulu.yaml import Positions, load_yaml, position_of

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

    Raises `BadStandard`, with the line, if the file is missing, is no TOML, or a field is missing or of another type.
    """
    path = inside(root, root / "standard.toml")
    try:
        data, positions = load_toml(read_text(path), name=path.name)
    except FileNotFoundError:
        raise BadStandard(
            str(root),
            "不是标准目录：没有 standard.toml；请指定含有 standard.toml 的目录",
            "not the folder of a standard: standard.toml is missing; name a folder that contains one",
        ) from None
    except Unreadable as error:
        line, column = (error.place.line, error.place.column) if error.place else (None, None)
        raise BadStandard(
            str(path), f"standard.toml：{error.zh}", f"standard.toml: {error.en}", line=line, column=column
        ) from None
    except OSError as error:
        why = why_unreadable(error)
        raise BadStandard(
            str(path), f"standard.toml 读不出来：{why.zh}", f"standard.toml cannot be read: {why.en}"
        ) from None
    return _Head(path, data, positions).read()


_BASE = re.compile(r"[a-z][a-z0-9+.-]*:[^\s\\\"<>^`{|}#?]*/")


class _Head:
    """Reads what `standard.toml` says and names the line of each fault."""

    def __init__(self, path: Path, data: Mapping[str, Any], positions: Positions) -> None:
        self.path, self.data, self.positions = path, data, positions

    def fault(self, pointer: str, zh: str, en: str) -> NoReturn:
        line, column = position_of(self.positions, pointer) or (1, None)
        raise BadStandard(str(self.path), f"standard.toml：{zh}", f"standard.toml: {en}", line=line, column=column)

    def read(self) -> Header:
        data = self.data
        extends = self._word("", data, "extends") if "extends" in data else None
        header = Header(
            id=self._word("", data, "id"),
            version=self._word("", data, "version"),
            base=self._word("", data, "base"),
            title=self._text("", data, "title"),
            description=self._text("", data, "description"),
            levels=tuple(
                Level(
                    self._word(here, item, "id"),
                    rank,
                    self._text(here, item, "title"),
                    self._text(here, item, "description"),
                )
                for rank, (here, item) in enumerate(self._tables("levels", needed=extends is None))
            ),
            extends=extends,
            relaxes=tuple(
                Relaxation(
                    self._word(here, item, "what"),
                    self._text(here, item, "reason"),
                    self.positions.get(here, (None,))[0],
                )
                for here, item in self._tables("relaxes", needed=False)
            ),
        )
        if not _BASE.fullmatch(header.base):
            self.fault(
                "/base",
                f"base 应为以 / 结尾的网址，如 https://example.org/standard/1.0/，不能是 {shown(header.base)}",
                "base is an address that ends with /, such as https://example.org/standard/1.0/, not "
                f"{shown(header.base)}",
            )
        return header

    def _tables(self, key: str, *, needed: bool) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the tables `[[key]]` with their pointers."""
        given = self.data.get(key, [])
        if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
            self.fault(f"/{key}", f"{key} 应写成若干 [[{key}]]", f"{key} is written as tables [[{key}]]")
        if needed and not given:
            self.fault(f"/{key}", f"须有 [[{key}]]，至少一个", f"one [[{key}]] is needed at least")
        return [(f"/{key}/{number}", item) for number, item in enumerate(given)]

    def _word(self, here: str, data: Mapping[str, Any], key: str) -> str:
        value = self._value(here, data, key)
        if not isinstance(value, str) or not value.strip():
            self.fault(
                f"{here}/{key}", f"{key} 应为引号中的文字，不能是空的", f"{key} is a text in quotes, and not empty"
            )
        return value

    def _text(self, here: str, data: Mapping[str, Any], key: str) -> Text:
        try:
            return text_of(self._value(here, data, key))
        except (KeyError, TypeError):
            self.fault(f"{here}/{key}", *(f"{key} {wanted}" for wanted in NO_TEXTS))

    def _value(self, here: str, data: Mapping[str, Any], key: str) -> Any:
        if key not in data:
            near = did_you_mean(key, data)
            at = next(iter(nearest(key, data)), "")
            self.fault(f"{here}/{at}", f"缺少 {key}{near.zh}", f"{key} is missing{near.en}")
        return data[key]


NO_TEXTS = (
    "须有且只有 zh 和 en 两种文字；花括号里的文字含逗号时要加引号",
    "needs a text in zh and one in en, and nothing else; in { } one with a comma stands in quotes",
)
"""How it is told that something is no `text_of`, behind its name."""


def text_of(data: Any) -> Text:
    """Return the `Text` of a `{zh: …, en: …}` table; raises `KeyError` or `TypeError` if it is none.

    Nothing else may stand there, which is mostly what follows a comma in a text without quotes.
    """
    if not isinstance(data["zh"], str) or not isinstance(data["en"], str):
        raise TypeError
    for key in data.keys() - {"zh", "en"} if isinstance(data, Mapping) else ():
        raise KeyError(key)
    return Text(zh=data["zh"].strip(), en=data["en"].strip())


def read_yaml(path: Path) -> tuple[Any, Positions]:
    """Return the value of a YAML file of a standard, and the line and column of each pointer in it.

    Raises `BadStandard`, with line and column, if it is none.
    """
    return parse_yaml(path, read_text(path))


def read_text(path: Path) -> str:
    """Return the text of a file of a standard.

    Raises `BadStandard` if it cannot be read, with the line if it is not UTF-8, `FileNotFoundError` if there is none.
    """
    try:
        return read_plain_text(path)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadStandard(str(path), *why_unreadable(error), line=line) from None
    except FileNotFoundError:
        raise
    except OSError as error:
        why = why_unreadable(error)
        raise BadStandard(str(path), f"文件读不出来：{why.zh}", f"the file cannot be read: {why.en}") from None


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
        raise _leads_out(path)
    return path


def _leads_out(path: Path) -> BadStandard:
    return BadStandard(
        str(path),
        "标准目录中的文件不得是链接，也不得指向目录之外",
        "a file of a standard folder must not be a link or lead out of the folder",
    )


def refuse_closed(root: Path) -> None:
    """Raise `BadStandard` if a folder of the standard cannot be looked into: its rules would be missing unseen."""

    def refuse(error: OSError) -> None:
        why = why_unreadable(error)
        raise BadStandard(
            str(error.filename),
            f"文件夹读不出来：{why.zh}；请检查权限",
            f"the folder cannot be read: {why.en}; check its permissions",
        )

    for part in PARTS:
        if (root / part).exists():
            for _ in os.walk(root / part, onerror=refuse):
                pass


def files(root: Path, part: str, pattern: str) -> list[Path]:
    """Return the files of one part of a standard that match `pattern`, sorted by their path."""
    found = []
    top, checked = root.resolve(), None
    for path in (root / part).glob(pattern):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise _leads_out(path)
        if stat.S_ISREG(mode):
            # A plain file is inside if its folder is, and there are hundreds in few folders.
            folder = path.parent
            if folder != checked and not folder.resolve().is_relative_to(top):
                raise _leads_out(path)
            checked = folder
            if name_of(path.name) != path.name:
                raise BadStandard(
                    name_of(path),
                    "文件名不是 Unicode；请改名",
                    "the name of the file is no Unicode; rename it",
                )
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
