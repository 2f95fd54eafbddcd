"""What stops a run, or the reading of one file, as an exception.

    MuluError              a sentence in Chinese and in English
    ├── Unreadable         a file cannot be read, or not safely
    │   └── Empty          there is nothing in it
    ├── NotRecognised      a file was read, but no converter knows its headings
    ├── BadStandard        a file of a standard folder is wrong
    ├── BadSettings        a file of settings or of waivers, or a baseline, is wrong
    ├── UsageFault         the command was given something that it cannot do
    │   └── WrongSetting   a setting, or the option of its name, says what cannot be
    └── MissingExtra       an optional library is not installed

Faults in what a department handed in are findings, not exceptions. All of these survive pickling.
"""

import re

from mulu.place import Place
from mulu.texts import Text, name_of

_NUMBER = re.compile("[0-9０-９]{3}")


class MuluError(Exception):
    """The root: `zh` and `en` say the same, what is wrong first, then what to do; personal numbers are masked."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = _masked(zh)
        self.en = _masked(en)

    def text(self, lang: str) -> str:
        """Return the sentence in `lang` ("zh" or "en")."""
        return self.en if lang == "en" else self.zh

    def __str__(self) -> str:
        return self.en


def _masked(text: str) -> str:
    if not _NUMBER.search(text):
        return text
    from mulu.mask import mask

    return mask(text)


class _FileError(MuluError):
    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.args = (path, zh, en)
        self.path = path


class Unreadable(_FileError):
    """The file `path` cannot be read; `place` is where reading stopped, as far as that is known."""

    def __init__(self, path: str, zh: str, en: str, *, place: Place | None = None) -> None:
        super().__init__(path, zh, en)
        self.place = place


class Empty(Unreadable):
    """The file `path` holds nothing, so that nothing could be checked or converted."""


class NotRecognised(_FileError):
    """The file `path` can be read, but nothing in it tells which converter it is for."""


class BadStandard(_FileError):
    """The file `path` of a standard folder is wrong, at `line` and `column` (from 1) where they are known."""

    def __init__(self, path: str, zh: str, en: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(name_of(path), zh, en)
        self.line = line
        self.column = column


class BadSettings(_FileError):
    """The settings, waivers or baseline in the file `path` are wrong, at `line` (from 1) where it is known."""

    def __init__(self, path: str, zh: str, en: str, *, line: int | None = None) -> None:
        super().__init__(path, zh, en)
        self.line = line


class UsageFault(MuluError):
    """The command line, or the caller of a function, asked for something that cannot be done."""


class WrongSetting(UsageFault):
    """The setting of the key `setting`, or the option of its name, says what cannot be, of `item` or by it."""

    def __init__(self, setting: str, item: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.args = (setting, item, zh, en)
        self.setting = setting
        self.item = item


class MissingExtra(MuluError):
    """What was asked for needs libraries that only `mulu[extra]` installs; `zh` and `en` name what it was."""

    def __init__(self, extra: str, zh: str, en: str) -> None:
        super().__init__(
            f"{zh}需要可选组件，请安装：pip install 'mulu[{extra}]'",
            f"{en} needs an optional component; install it: pip install 'mulu[{extra}]'",
        )
        self.args = (extra, zh, en)
        self.extra = extra


DEFECTS = (
    RecursionError,
    MemoryError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
)
"""What a defect of the engine, or of a library below it, shows itself as."""

NO_MEMORY = Text(
    "内存不足，没有做完；请关闭其他程序，放宽进程的内存限制，或把文件拆小",
    "not enough memory, so the command did not complete; close other programs, allow the process more memory, or "
    "split the file",
)

NO_THREAD = Text(
    "系统不让再开线程，没有做完；请放宽进程数的限制（ulimit -u，容器的 pids），或用 --jobs 1",
    "the system could not start another thread, so the command did not complete; allow more processes (ulimit -u, "
    "the container's pids limit), or use --jobs 1",
)


def internal_error(path: str, error: BaseException) -> MuluError:
    """Return what a user is told of a defect, where, which, and to report it, or that there is too little memory."""
    if isinstance(error, MemoryError):
        return MuluError(f"{path}：{NO_MEMORY.zh}", f"{path}: {NO_MEMORY.en}")
    what = f"{type(error).__name__}: {error}"[:200]
    return MuluError(
        f"{path}：mulu 内部错误（{what}）；请把文件样例和这一行报告给 mulu 项目",
        f"{path}: internal error in mulu ({what}); please report this line with a sample of the file",
    )
