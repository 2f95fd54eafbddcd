"""What libraries and the system say in English, told in both languages: by `words.yaml`, else quoted as theirs."""

import errno
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

from mulu.texts import Text, shown


def told(family: str, message: str) -> Text | None:
    """Return what a reader's sentence means, `family` being json, yaml, toml or csv; `None` if it is not known.

    >>> told("json", "trailing comma at line 1 column 3").en
    'there is a comma after the last element'
    """
    found = next((item for item in _read()[family] if item["says"] in message), None)
    return None if found is None else _text(found)


def of_click(message: str) -> Text | None:
    """Return what the reader of command lines says of an option or argument; `None` if the words are our own.

    >>> of_click("'x' is not a valid integer range.").zh
    'x 不是整数'
    """
    for item in _read()["click"]:
        if found := re.search(item["says"], message):
            return _text(item).filled(found.groupdict())
    return None


def instead(command: str, option: str) -> Text | None:
    """Return what does here what an option does that a command has elsewhere; `None` if that is not known.

    >>> instead("validate", "--strict").en
    'to fail on warnings as well: --fail-on warning'
    """
    return next((_text(item) for item in _read().get(command, ()) if item["says"] == option), None)


def told_or_quoted(family: str, message: str) -> Text:
    """Return what a reader's sentence means, or the sentence itself, quoted."""
    return told(family, message) or quoted(family.upper(), message)


def why_no_json(data: bytes) -> Text:
    """Return why `data` is no JSON, without the place."""
    import jiter

    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return why_unreadable(error)
    if data.startswith(b"\xef\xbb\xbf"):
        return told_or_quoted("json", "byte order mark")
    try:
        jiter.from_json(data, allow_inf_nan=False)
    except ValueError as error:
        return told_or_quoted("json", str(error))
    return told_or_quoted("json", "invalid number")


def why_unreadable(error: Exception) -> Text:
    """Return what an `OSError` of the system or a `UnicodeDecodeError` says.

    >>> why_unreadable(OSError(errno.ENOSPC, "No space left on device")).zh
    '磁盘已满'
    """
    if isinstance(error, UnicodeError):
        return _text(_read()["not-utf-8"])
    number, said = getattr(error, "errno", None) or 0, getattr(error, "strerror", None)
    known = _read()["system"].get(errno.errorcode.get(number, ""))
    # On Windows the system has words of its own for each number; elsewhere others are those of a library.
    if known and (said == os.strerror(number) or getattr(error, "winerror", None)):
        return _text(known)
    return quoted("system", str(said or error))


def quoted(library: str, message: str) -> Text:
    """Return a sentence of a library as its own words, in one line.

    >>> quoted("DuckDB", "no such function").en
    'in the words of DuckDB: no such function'
    """
    return _text(_read()["quoted"]).filled({"library": library, "said": shown(message.strip())})


def _text(item: dict[str, str]) -> Text:
    return Text(item["zh"], item["en"])


@cache
def _read() -> dict[str, Any]:
    # By the library's own loader: the strict one tells what it refuses in these words.
    import yaml

    text = Path(__file__).with_name("words.yaml").read_bytes()
    return cast(dict[str, Any], yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
