"""DBF tables whose fields are not what their types say."""

import struct


def table(kind, value, *, version=3):
    """Return a table of one record: a text, and a field of some kind."""
    fields = (("XXZYMC", "C", b"\xbb\xe9\xd2\xf6".ljust(8)), ("A", kind, value))
    size = 1 + sum(len(content) for *_, content in fields)
    data = bytes([version, 123, 6, 1]) + struct.pack("<IHH", 1, 33 + 32 * len(fields), size) + bytes(20)
    for name, letter, content in fields:
        data += name.encode().ljust(11, b"\0") + letter.encode() + bytes(4) + bytes([len(content), 0]) + bytes(14)
    return data + b"\r " + b"".join(content for *_, content in fields) + b"\x1a"


def samples():
    """Yield name, file, bytes, and what must be said."""
    for number in ("1-1", "--1", "***"):
        yield f"number-{number}", "a.dbf", table("N", number.rjust(6).encode())
    for days, milliseconds in ((1_721_426, -(2**31)), (1_721_425 + 3_652_059, 2**31 - 1)):
        yield f"moment-{days}-{milliseconds}", "a.dbf", table("T", struct.pack("<ii", days, milliseconds), version=0x30)
    for double in (b"\xff" * 8, struct.pack("<d", float("inf"))):
        yield f"double-{double.hex()}", "a.dbf", table("B", double, version=0x30)
    yield "date-of-letters", "a.dbf", table("D", b"2o23O6O1")
    yield "memo-without-file", "a.dbf", table("M", b"9999999999", version=0x83)
