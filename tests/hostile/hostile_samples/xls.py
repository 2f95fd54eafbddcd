"""Workbooks of Excel 97, and other compound files."""

import io
import struct
from functools import cache

import xlwt

from hostile_samples.xlsx import HEADINGS, VALUES


@cache
def good():
    """Return a small workbook that can be read."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("目录")
    for row, values in enumerate((HEADINGS, VALUES)):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def patched(offset, data):
    """Return the small workbook with bytes written over."""
    whole = bytearray(good())
    whole[offset : offset + len(data)] = data
    return bytes(whole)


def record(kind, change):
    """Return the small workbook with the first record of a kind changed."""
    whole = bytearray(good())
    position = 512
    while position < len(whole) - 4:
        code, size = struct.unpack_from("<HH", whole, position)
        if code == kind:
            whole[position + 4 : position + 4 + size] = change(bytes(whole[position + 4 : position + 4 + size]))
            return bytes(whole)
        position += 4 + size
    raise AssertionError(hex(kind))


def flipped(seed):
    """Return the small workbook with a few bytes changed."""
    import random

    chance = random.Random(seed)
    whole = bytearray(good())
    for _ in range(20):
        whole[chance.randrange(512, len(whole))] = chance.randrange(256)
    return bytes(whole)


def samples():
    """Yield name, file, bytes, and what must be said."""
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield "signature-only", "a.xls", signature, ""
    yield "signature-and-zeros", "a.xls", signature + b"\0" * 100_000, ""
    yield "signature-and-ones", "a.xls", signature + b"\xff" * 100_000, ""
    yield "cut-half", "a.xls", lambda: good()[: len(good()) // 2]
    yield "cut-header", "a.xls", lambda: good()[:512], ""
    yield "sector-huge", "a.xls", lambda: patched(30, b"\xff\xff")
    yield "sector-zero", "a.xls", lambda: patched(30, b"\0\0")
    yield "fat-count", "a.xls", lambda: patched(44, b"\xff\xff\xff\x7f")
    yield "directory-start", "a.xls", lambda: patched(48, b"\xff\xff\xff\x7f")
    yield "fat-loop", "a.xls", lambda: patched(76, b"\0\0\0\0" * 109)
    yield "difat", "a.xls", lambda: patched(68, b"\1\0\0\0\xff\xff\xff\x7f")
    yield (
        "dimensions",
        "a.xls",
        lambda: record(0x200, lambda data: b"\0\0\0\0\xff\xff\xff\x7f\0\0\xff\xff\0\0"[: len(data)]),
    )
    yield "strings-count", "a.xls", lambda: record(0xFC, lambda data: b"\xff\xff\xff\x7f" * 2 + data[8:])
    yield "string-length", "a.xls", lambda: record(0xFC, lambda data: data[:8] + b"\xff\xff\x1f" + data[11:])
    yield "row", "a.xls", lambda: record(0x208, lambda data: b"\xff\xff" + data[2:])
    yield "label", "a.xls", lambda: record(0xFD, lambda data: b"\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff"[: len(data)])
    yield "sheet-offset", "a.xls", lambda: record(0x85, lambda data: b"\xff\xff\xff\x7f" + data[4:])
    yield "sheet-offset-loop", "a.xls", lambda: record(0x85, lambda data: b"\0\0\0\0" + data[4:])
    yield "version", "a.xls", lambda: record(0x809, lambda data: b"\x00\x01" + data[2:])
    yield "encrypted", "a.xls", lambda: good() + "EncryptedPackage".encode("utf-16-le") + b"\0\0", "password"
    yield "word", "a.xls", lambda: signature + b"\0" * 1_000 + "WordDocument".encode("utf-16-le") + b"\0\0", "Word"
    yield "name", "a.xls", lambda: good().replace("目录".encode("utf-16-le"), "\u202e\x1b".encode("utf-16-le"))
    for seed in range(8):
        yield f"flipped-{seed}", "a.xls", lambda seed=seed: flipped(seed)
