"""Begin a standard: a folder with one of everything, which passes `mulu standard check` and waits to be changed.

One that extends another begins with a kind of that, to which it adds a property, a level and a rule.
"""

import json
import re
from collections import Counter
from pathlib import Path

from mulu.errors import UsageFault
from mulu.output import whole_folder
from mulu.standard import Standard, load
from mulu.texts import did_you_mean
from mulu.validate.shapes import table_of

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILES = Path(__file__).with_name("scaffold")


def begin(name: str, target: Path, extends: str | None = None, kind: str | None = None) -> None:
    """Write the standard `name` into the new folder `target`, whole or not at all.

    `extends` is the id of the built-in standard, `kind` that of its kinds which is to be extended: if it is not given,
    the one that most formats are of. Raises `UsageFault` if the name or the kind cannot be one or the folder is there
    already, `NotWritten` if the disk does not take it.
    """
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise UsageFault(
            f"名称 {name} 应由小写字母、数字和 - 组成，以字母开头，不超过 64 个字符",
            f"invalid name {name}: use at most 64 lower-case letters, digits and hyphens, beginning with a letter",
        )
    builtin = load()
    if extends not in (None, builtin.header.id):
        raise UsageFault(
            f"--extends 只能是内置标准 {builtin.header.id}；要以别的标准为基础，把它放进新目录，"
            "再改 standard.toml 的 extends",
            f"--extends only accepts the built-in standard, {builtin.header.id}; to extend another one, copy it into "
            "the new folder and name it under extends in standard.toml",
        )
    if kind is not None and extends is None:
        raise UsageFault(
            "--kind 只与 --extends 合用：指明扩展内置标准的哪个种类",
            "--kind goes with --extends: it says which kind of the built-in standard is to be extended",
        )
    if target.exists() or target.is_symlink():
        raise UsageFault(
            f"{target} 已经存在，没有改动；请换一个名称，或用 -o 指定",
            f"{target} already exists and was not changed; choose another folder with -o",
        )
    words = {"@id@": name}
    if extends:
        words |= {"@extends@": extends} | _words_of(builtin, kind or _usual(builtin))
    with whole_folder(target) as folder:
        _write(_FILES / ("extension" if extends else "own"), folder, words)
        # What reads departments' files comes first, and nobody should have to make the folder for it.
        (folder / "converters").mkdir(exist_ok=True)


def _usual(standard: Standard) -> str:
    return Counter(mapping.kind for mapping in standard.mappings.values()).most_common(1)[0][0]


def _words_of(standard: Standard, kind: str) -> dict[str, str]:
    """Return what a standard says of one of its kinds, by the marks that stand for it in the files."""
    kinds = standard.schemas.kinds
    if kind not in kinds:
        near = did_you_mean(kind, list(kinds))
        raise UsageFault(
            f"标准没有种类 {kind}{near.zh}；有：{'、'.join(kinds)}",
            f"the standard has no kind {kind}{near.en}; there are {', '.join(kinds)}",
        )
    example = json.dumps(standard.examples[kind], ensure_ascii=False, indent=2)
    return {
        "@kind@": kind,
        "@table@": table_of(kind, None),
        "@title.zh@": kinds[kind]["title"],
        "@title.en@": kinds[kind]["x-en"]["title"],
        "@below@": standard.schemas.effective[kind],
        "@example@": example.removeprefix("{").removesuffix("}").strip(),
    }


def _write(files: Path, folder: Path, words: dict[str, str]) -> None:
    for path in sorted(files.rglob("*")):
        if not path.is_file():
            continue
        written = folder / _filled(path.relative_to(files).as_posix(), words)
        written.parent.mkdir(parents=True, exist_ok=True)
        text = _filled(path.read_text(encoding="utf-8"), words)
        written.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
