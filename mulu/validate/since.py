"""What a file was at a git revision, so that only what has changed since is judged.

Git is asked for the bytes as they are stored; no filter, hook or external program of a repository is run.
"""

import subprocess
from pathlib import Path

from mulu.errors import UsageFault
from mulu.texts import clean
from mulu.words import why_unreadable


def version_of(file: Path, shown: str, revision: str, folder: Path) -> Path | None:
    """Write the file as it was at `revision` into `folder`, and return where; `None` if it was not there yet.

    Raises `UsageFault` if there is no git, the file is not under it, or there is no such revision.
    """
    place = file.resolve().parent
    if shown == "-":
        raise UsageFault(
            "--since 要比较 git 中的文件，不能用于标准输入；请给出文件",
            "--since compares files in git and does not go with standard input; name the file",
        )
    if _git(place, "ls-files", "--error-unmatch", "--", file.name) is None:
        raise UsageFault(
            f"{shown}：不在 git 中，--since 无从比较；请先 git add，或去掉 --since",
            f"{shown}: not under git, so --since has nothing to compare with; git add it, or leave out --since",
        )
    commit = _git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UsageFault(
            f"--since {revision}：git 中没有这个版本；浅克隆请先取得它（git fetch）",
            f"--since {revision}: git has no such revision; in a shallow clone fetch it first (git fetch)",
        )
    old = _git(place, "cat-file", "blob", f"{commit.decode().strip()}:./{file.name}")
    if old is None:
        return None
    # The ending is a hint of what the file is.
    target = folder / f"before{file.suffix}"
    target.write_bytes(old)
    return target


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints, `None` if it says no."""
    try:
        # File names are names, not patterns; the pager and the editor have nothing to do here.
        command = ["git", "--literal-pathspecs", "--no-pager", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        why = why_unreadable(error)
        raise UsageFault(
            f"--since 需要 git，但运行不了（{why.zh}）；请安装 git，或不用 --since",
            f"--since needs git, which cannot be run ({why.en}); install git, or leave --since out",
        ) from None
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode and "safe.directory" in said:
        raise UsageFault(
            f"git 拒绝读取这个仓库：{clean(said.splitlines()[0])}", f"git refuses: {clean(said.splitlines()[0])}"
        )
    return done.stdout if done.returncode == 0 else None
