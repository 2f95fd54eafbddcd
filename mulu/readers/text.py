"""Bytes to text: which encoding a file is in, and what to do with the bytes that are not.

A byte order mark decides, else strict UTF-8 over the whole file, else the best score among the encodings that
departments still use. No first bytes, no detector: GB18030 accepts nearly anything, so a guess is made from
what the lines with such bytes would *say* in each encoding, and it is told. Lines in another encoding than
their file are read in theirs, bytes that are in none become visible as `\\xNN`; both are told, line by line.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mulu.errors import UsageFault
from mulu.place import Place
from mulu.readers.legibility import SAMPLE_BYTES, legibility, sample_of
from mulu.readers.model import Json, Notice

Words = Callable[[], frozenset[str]]
"""Words that tell a right guess, asked for only where one must be made: to collect them costs time."""

CANDIDATES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1251", "cp1252")
"""What a file without a mark that is not UTF-8 may be in; the first wins a tie."""

# Who hands files in: a few characters must say clearly that they are not simplified Chinese, and more clearly
# that they are letters.
_LIKELY = {"gb18030": 0.15, "cp1251": -0.15, "cp1252": -0.15}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
}
_NO_TEXT = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})

# Said by what it is not, which compiles in a tenth of the time.
_WIDE = re.compile("[^\u0000-\u07ff]")


@dataclass(slots=True)
class Decoded:
    """A text, the encoding it was in, and what was noticed on the way."""

    text: str
    encoding: str
    notices: list[Notice] = field(default_factory=list)


def decode(
    data: bytes,
    path: str,
    *,
    encoding: str | None = None,
    declared: str | None = None,
    known: Words = frozenset,
) -> Decoded:
    """Return the text of `data`, with all of its bytes accounted for.

    `encoding` is what the caller insists on, `declared` what the file says of itself, `known` are words (the
    headings of all formats) that tell a right guess. Raises `UsageFault` if `encoding` is no text encoding.
    """
    if encoding is not None:
        return _lines(data, path, codec_of(encoding))
    for mark, marked in _MARKS:
        if data.startswith(mark):
            decoded = _lines(data[len(mark) :], path, marked, skipped=len(mark))
            decoded.notices.insert(0, mark_notice(marked))
            return decoded
    wide = _utf16_without_mark(data)
    if wide:
        guessed = Notice("encoding-guessed", {"encoding": wide, "candidates": wide})
        return Decoded(data.decode(wide), wide, [guessed])
    try:
        decoded = Decoded(data.decode("utf-8"), "utf-8")
        # Two characters of GB18030 can pass for letters of UTF-8; Chinese in UTF-8 is above these.
        if not data.isascii() and _WIDE.search(decoded.text) is None and _is_gb18030_after_all(data):
            decoded = _guessed(data, path, known(), declared)
    except UnicodeDecodeError as error:
        cut = _is_cut_off(data, error)
        decoded = _lines(data, path, "utf-8") if cut else _guessed(data, path, known(), declared)
    if declared and not _same(declared, decoded.encoding) and not data.isascii():
        decoded.notices.append(Notice("encoding-declared-wrong", {"declared": declared, "encoding": decoded.encoding}))
    return decoded


def _is_cut_off(data: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a text is UTF-8 to its last character, of which only a part is there."""
    if error.reason != "unexpected end of data":
        return False
    return sum(not character.isascii() for character in data[-4096 : error.start].decode("utf-8", "ignore")) > 8


def mark_notice(encoding: str) -> Notice:
    """Return the notice of a byte order mark of `encoding`."""
    return Notice("byte-order-mark", {"encoding": encoding})


def codec_of(name: str) -> str:
    """Return the codec for what is written in the encoding `name`; raises `UsageFault` if there is no such."""
    try:
        codec = codecs.lookup(name).name
        bytes(4).decode(codec)
    except (LookupError, UnicodeError, ValueError):
        codec = "undefined"
    if codec in _NO_TEXT:
        raise UsageFault(
            f"没有名为 {name[:40]!r} 的文字编码；常用的有 utf-8、gb18030、big5",
            f"unknown text encoding {name[:40]!r}; common ones are utf-8, gb18030 and big5",
        )
    return _WIDER.get(codec, codec)


def _same(declared: str, used: str) -> bool:
    try:
        codec = codecs.lookup(declared).name
    except LookupError:
        return False
    return codec == used or _WIDER.get(codec) == used or {codec, used} <= {"utf-8", "utf-8-sig", "ascii"}


def _utf16_without_mark(data: bytes) -> str | None:
    """Return the UTF-16 that `data` is in: its ASCII characters (commas, line ends) have a zero byte each."""
    if len(data) % 2 or b"\0" not in data[:SAMPLE_BYTES]:
        return None
    even, odd = data[0:SAMPLE_BYTES:2].count(0), data[1:SAMPLE_BYTES:2].count(0)
    if min(even, odd) * 20 > max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    sample = text[:4096]
    plausible = sum(
        (character.isascii() and (character.isprintable() or character.isspace()))
        or "\u4e00" <= character <= "\u9fff"
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uffef"
        for character in sample
    )
    return encoding if plausible > 0.9 * len(sample) else None


def _guessed(data: bytes, path: str, known: frozenset[str], declared: str | None) -> Decoded:
    valid, invalid = _count_utf8_lines(data)
    if valid >= invalid > 0:
        return _lines(data, path, "utf-8", others=("gb18030", "big5hkscs", "cp1252"))
    sample = sample_of(data)
    scores = {encoding: legibility(sample, encoding, known) + _LIKELY.get(encoding, 0) for encoding in CANDIDATES}
    if declared and _codec_or_none(declared) in scores:
        scores[str(_codec_or_none(declared))] += 0.1
    best = max(CANDIDATES, key=lambda encoding: round(scores[encoding], 2))
    decoded = _lines(data, path, best, others=("utf-8",))
    plausible = sorted((name for name in CANDIDATES if scores[name] > 0.2), key=lambda name: -scores[name])
    params: dict[str, Json] = {"encoding": best, "candidates": ", ".join(plausible) or best}
    decoded.notices.insert(0, Notice("encoding-guessed", params))
    return decoded


def _codec_or_none(name: str) -> str | None:
    try:
        return codec_of(name)
    except UsageFault:
        return None


def _count_utf8_lines(data: bytes) -> tuple[int, int]:
    """Return how many lines with bytes above 127 are valid UTF-8, and how many are not."""
    valid = invalid = 0
    for line in data.split(b"\n"):
        if not line.isascii():
            if _strict(line, "utf-8") is None:
                invalid += 1
            else:
                valid += 1
    return valid, invalid


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _lines(data: bytes, path: str, encoding: str, *, others: tuple[str, ...] = (), skipped: int = 0) -> Decoded:
    """Decode in `encoding`, but each line that says more in one of `others` in that."""
    text = _strict(data, encoding)
    if text is not None and not (others and any(map(_is_utf8_after_all, data.split(b"\n")))):
        return Decoded(text, encoding)
    if encoding.startswith(("utf-16", "utf-32")):
        return _wide(data, path, encoding, skipped)
    decoded: list[str] = []
    notices: list[Notice] = []
    offset = skipped
    for number, line in enumerate(data.split(b"\n"), 1):
        read = _strict(line, encoding)
        if others and not line.isascii() and (read is None or _is_utf8_after_all(line)):
            other = _best(line, encoding, others)
            if other != encoding:
                read = line.decode(other)
                params: dict[str, Json] = {"line": number, "encoding": encoding, "other": other}
                notices.append(Notice("mixed-encoding", params, place=Place(path, line=number)))
        decoded.append(_visible(line, encoding, path, number, offset, notices) if read is None else read)
        offset += len(line) + 1
    return Decoded("\n".join(decoded), encoding, notices)


def _is_utf8_after_all(line: bytes) -> bool:
    """Whether a line of a file in GB18030, which takes nearly any bytes, is UTF-8 in truth."""
    if line.isascii() or _strict(line, "utf-8") is None:
        return False
    return legibility(line, "utf-8") > legibility(line, "gb18030") + 0.2


def _is_gb18030_after_all(data: bytes) -> bool:
    sample = sample_of(data)
    return _strict(data, "gb18030") is not None and legibility(sample, "gb18030") > legibility(sample, "utf-8") + 0.2


def _best(line: bytes, encoding: str, others: tuple[str, ...]) -> str:
    """Return the encoding in which the line says most; the file's own wins a tie."""
    possible = [encoding, *(other for other in others if _strict(line, other) is not None)]
    return max(possible, key=lambda name: legibility(line, name))


def _visible(line: bytes, encoding: str, path: str, number: int, offset: int, notices: list[Notice]) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        text = line.decode(encoding, "backslashreplace")
        column = len(line[: error.start].decode(encoding, "backslashreplace")) + 1
        bad = line[error.start : error.end]
        params: dict[str, Json] = {
            "line": number,
            "offset": offset + error.start,
            "bytes": bad.hex(" "),
            "encoding": encoding,
        }
        notices.append(Notice("undecodable-bytes", params, place=Place(path, line=number, column=column)))
        return text


def _wide(data: bytes, path: str, encoding: str, skipped: int) -> Decoded:
    notices: list[Notice] = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "backslashreplace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        bad = data[error.start : error.end]
        params: dict[str, Json] = {
            "line": line,
            "offset": skipped + error.start,
            "bytes": bad.hex(" "),
            "encoding": encoding,
        }
        notices.append(Notice("undecodable-bytes", params, place=Place(path, line=line, column=column)))
        text = data.decode(encoding, "backslashreplace")
    return Decoded(text, encoding, notices)
