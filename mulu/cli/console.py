"""The terminal: its language, its encoding, its colours."""

import codecs
import contextlib
import os
import sys
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import click

from mulu.errors import MuluError
from mulu.place import Place
from mulu.texts import LANGUAGES, clean, language_of
from mulu.texts import shown as cut
from mulu.words import instead, of_click

_language = "en"
_language_source = "locale"

_LONGEST = 500
"""Characters of the name of a file that a message tells."""
# What a GBK console lacks, and what stands for it there.
_SUBSTITUTES = {"›": ">", "✓": "√", "✗": "×", "≥": ">=", "≤": "<=", "…": "...", "“": '"', "”": '"', "·": "-", "→": "->"}


def language() -> str:
    """Return the language of this run, "zh" or "en"."""
    return _language


def say(zh: str, en: str) -> str:
    """Return the sentence in the language of this run."""
    return zh if _language == "zh" else en


def set_up(arguments: Sequence[str]) -> None:
    """Choose the language (`--lang`, else the environment) and make any text printable."""
    global _language, _language_source
    _open_streams()
    asked = _asked(arguments)
    _language = asked or language_of()
    _language_source = "option" if asked else "environment" if os.environ.get("MULU_LANG") else "locale"
    codecs.register_error("mulu", _replaced)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="mulu")


def _open_streams() -> None:
    """Have something where the caller has closed a stream, or the next file that is opened would stand in its place.

    To print, and to read, fails then as it should; of messages nobody wants to know.
    """
    for number, mode in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


def prefer(language: str) -> None:
    """Take the language that a file of settings asks for, unless the user has asked for one."""
    global _language, _language_source
    if _language_source in ("locale", "file"):
        _language, _language_source = language, "file"


def language_source() -> str:
    """Return who chose the language: "option", "environment", "file" or "locale"."""
    return _language_source


def _asked(arguments: Sequence[str]) -> str | None:
    """Return what `--lang` says, before the options are parsed: their help is in that language too."""
    for this, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        value = following if this == "--lang" else this.removeprefix("--lang=") if this.startswith("--lang=") else ""
        if value in LANGUAGES:
            return value
    return None


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    part = error.object[error.start : error.end]
    return "".join(
        _SUBSTITUTES.get(c) or clean(c).encode("ascii", "backslashreplace").decode() for c in part
    ), error.end


def complain(text: str) -> None:
    """Print one message of what went wrong on stderr; if that takes nothing, the exit code has to say it."""
    with contextlib.suppress(OSError):
        click.echo(clean(f"mulu: {text}"), err=True)


def error_text(error: MuluError, shown: str = "") -> str:
    """Return the message of an error behind the name of its file, with line and column where they are known."""
    path = cut(getattr(error, "path", "") or shown, _LONGEST)
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    text = error.text(_language)
    if not path or text.startswith(path):
        return text
    return f"{Place(path, line=line, column=column)}: {text}"


def color_wanted(no_color: bool, stream: Any) -> bool:
    """Whether to print in colours: only to a terminal, and not against the user's wish (https://no-color.org)."""
    return not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def usage_text(error: click.UsageError) -> str:
    """Return what is wrong with the command line, and where help is."""
    path = error.ctx.command_path if error.ctx else "mulu"
    if isinstance(error, click.NoSuchOption) and (ours := instead(path.rpartition(" ")[2], error.option_name)):
        return say(f"没有选项 {error.option_name}。{ours.zh}", f"there is no option {error.option_name}; {ours.en}")
    told = of_click(error.message)
    english = error.format_message().replace(error.message, told.en if told else error.message).rstrip(".")
    if told and isinstance(error, click.BadOptionUsage):
        english = f"{error.option_name}: {english}"
    return say(f"{_usage_zh(error)}；用法见 {path} --help", f"{english}; see {path} --help")


def _usage_zh(error: click.UsageError) -> str:
    told = of_click(error.message)
    message = told.zh if told else error.message
    name = error.param.get_error_hint(error.ctx) if isinstance(error, click.BadParameter) and error.param else ""
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}"
    if isinstance(error, click.MissingParameter):
        return f"缺少 {name}"
    if isinstance(error, click.BadParameter):
        if error.param is not None and isinstance(error.param.type, click.Choice):
            return f"{name} 的值不对，可用：{'、'.join(map(str, error.param.type.choices))}"
        return f"{name} 的值不对：{message}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 用法不对：{message}"
    return message
