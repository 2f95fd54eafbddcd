"""Begin a standard: a folder with one of everything, which passes `mulu standard check` and waits to be changed."""

import re
from pathlib import Path

from mulu.errors import UsageFault
from mulu.output import whole_folder
from mulu.standard import load

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILES = Path(__file__).with_name("scaffold")


def begin(name: str, target: Path, extends: str | None = None) -> None:
    """Write the standard `name` into the new folder `target`, whole or not at all.

    `extends` is the id of the built-in standard. Raises `UsageFault` if the name cannot be one or the folder is there
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
    if target.exists() or target.is_symlink():
        raise UsageFault(
            f"{target} 已经存在，没有改动；请换一个名称，或用 -o 指定",
            f"{target} already exists and was not changed; choose another folder with -o",
        )
    levels = [level.id for level in builtin.header.levels] if extends else ["basic", "full"]
    words = {
        "@id@": name,
        "@extends@": f'extends = "{extends}"\n' if extends else "",
        "@levels@": "" if extends else (_FILES / "levels.toml").read_text(encoding="utf-8").rstrip(),
        "@first@": levels[0],
        "@last@": levels[-1],
    }
    with whole_folder(target) as folder:
        _write(folder, words)


def _write(folder: Path, words: dict[str, str]) -> None:
    for path in sorted(_FILES.rglob("*")):
        if not path.is_file() or path.name == "levels.toml":
            continue
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        written = folder / path.relative_to(_FILES)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
