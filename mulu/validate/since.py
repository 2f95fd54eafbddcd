"""What a file was at a git revision, so that only what has changed since is judged.

Git is asked for the bytes as they are stored. A repository may come from a stranger, and its own configuration names
programs: no filter, hook, monitor or transport of it is run, and nothing is fetched from elsewhere.
"""

import os
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from mulu.errors import UsageFault
from mulu.limits import Limits
from mulu.texts import clean
from mulu.words import why_unreadable

_SECONDS = 10
_OURS = ("--literal-pathspecs", "--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
"""File names are names, not patterns; the pager has nothing to do here. What else of the options of a repository would
run a program when a file is listed or its content asked for; others are for what is not asked for."""
_WITHOUT_NETWORK = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
"""What a partial clone lacks it would fetch by a program that its configuration names. Git before 2.45 knows only the
second, of which no configuration can make an exception."""


class Before:
    """The entries that a file had at a revision, each by its key and what tells its content."""

    def __init__(self, entries: Iterable[tuple[str, bytes]] = ()) -> None:
        self._entries = Counter(entries)

    def take(self, key: str, digest: bytes) -> bool:
        """Whether an entry was there and said the same; each stands for one that is there now."""
        if not self._entries[key, digest]:
            return False
        self._entries[key, digest] -= 1
        return True


def version_of(file: Path, shown: str, revision: str, folder: Path, limits: Limits) -> Path | None:
    """Write the file as it was at `revision` into `folder`, and return where; `None` if it was not there yet.

    Raises `UsageFault` if there is no git, the file is not under it, or there is no such revision, `Unreadable` if the
    file was too large then.
    """
    place = file.resolve().parent
    if shown == "-":
        raise UsageFault(
            "--since 要比较 git 中的文件，不能用于标准输入；请给出文件",
            "--since compares files in git and cannot be used with standard input; name the file",
        )
    if _git(place, "ls-files", "--error-unmatch", "--", file.name) is None:
        raise UsageFault(
            "不在 git 中，--since 无从比较；请先 git add，或去掉 --since",
            "the file is not under git, so --since cannot compare it; add it with git add, or omit --since",
        )
    commit = _git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UsageFault(
            f"--since {revision}：git 中没有这个版本；浅克隆请先取得它（git fetch）",
            f"--since {revision}: unknown git revision; in a shallow clone, fetch it first (git fetch)",
        )
    name = f"{commit.decode().strip()}:./{file.name}"
    found = _git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if found is None:
        return None
    blob = found.decode().strip()
    kind = _git(place, "cat-file", "-t", blob)
    if kind is None:
        raise UsageFault(
            f"--since {revision}：git 没有 {shown} 当时的内容；部分克隆请先取得它（git checkout {revision} 再回来）",
            f"--since {revision}: git lacks what {shown} held then; in a partial clone fetch it first (git checkout "
            f"{revision} and back)",
        )
    if kind != b"blob\n":
        return None
    # A repository packs what repeats itself into next to nothing.
    size = int(_git(place, "cat-file", "-s", blob) or 0)
    if size > max(limits.document_bytes, 2 * file.stat().st_size):
        raise limits.exceeded(
            "document_bytes",
            shown,
            f"--since {revision}：当时的文件有 {size // 2**20} MiB，太大；请换一个版本，或去掉 --since",
            f"--since {revision}: at that time the file had {size // 2**20} MiB, too large; name another revision, or "
            "leave out --since",
        )
    # The ending is a hint of what the file is.
    target = folder / f"before{file.suffix}"
    with target.open("wb") as out:
        return None if _git(place, "cat-file", "blob", blob, out=out) is None else target


def _git(folder: Path, *arguments: str, out: BinaryIO | None = None) -> bytes | None:
    """Return what git prints, `None` if it says no; with `out` it is written there."""
    try:
        done = subprocess.run(
            ["git", *_OURS, *arguments],
            cwd=folder,
            env={**os.environ, **_WITHOUT_NETWORK},
            stdin=subprocess.DEVNULL,
            stdout=out or subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        why = why_unreadable(error)
        raise UsageFault(
            f"--since 需要 git，但运行不了（{why.zh}）；请安装 git，或不用 --since",
            f"--since requires git, which cannot be run ({why.en}); install git, or omit --since",
        ) from None
    except subprocess.TimeoutExpired:
        raise UsageFault(
            f"--since：git 在 {_SECONDS} 秒内没有回答，已中止；请检查这个仓库（git fsck），或去掉 --since",
            f"--since: git did not answer within {_SECONDS} seconds and was stopped; check the repository (git "
            "fsck), or omit --since",
        ) from None
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode and "safe.directory" in said:
        raise UsageFault(
            f"git 拒绝读取这个仓库：{clean(said.splitlines()[0])}", f"git refuses: {clean(said.splitlines()[0])}"
        )
    return (done.stdout or b"") if done.returncode == 0 else None
