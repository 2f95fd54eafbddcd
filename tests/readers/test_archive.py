"""Members of ZIP archives: expanded in pieces, and held to what the directory says of them."""

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers.archive import open_archive


def packed(content, method=zipfile.ZIP_DEFLATED):
    """Return an archive of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a", content)
    return buffer.getvalue()


def read(data):
    """Return the file in an archive."""
    return open_archive(data, "a.zip", Limits()).read("a")


@given(st.sampled_from([b"a", b"ab", b"1,2\n"]), st.integers(0, 3), st.integers(-700, 700))
def test_a_member_is_expanded_whole(piece, pieces, more):
    """Also where all that is packed has been taken while some of what it expands to is still to come."""
    size = max(0, pieces * 2**16 + more)
    content = (piece * size)[:size]
    assert read(packed(content)) == content


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_that_is_not_what_was_packed_is_refused(method):
    """Its CRC-32 tells, as it tells other programs (APPNOTE 4.4.7)."""
    data = packed("标题,摘要\n甲,乙\n" * 3, method)
    assert read(data)
    changed = data.replace(zlib.crc32(("标题,摘要\n甲,乙\n" * 3).encode()).to_bytes(4, "little"), b"\0\1\2\3")
    with pytest.raises(Unreadable, match="damaged"):
        read(changed)
    if method == zipfile.ZIP_STORED:
        with pytest.raises(Unreadable, match="damaged"):
            read(data.replace("甲".encode(), "申".encode(), 1))
    with pytest.raises(Unreadable, match="damaged"):
        read(data.replace(b"PK\x01\x02", b"PK\x01\x03"))


def test_a_member_that_breaks_off_is_refused():
    """What is packed ends before it says that it ends."""
    content = bytes(range(256)) * 20
    whole = packed(content)
    packed_alone = zlib.compressobj(wbits=-15)
    end = packed_alone.compress(content) + packed_alone.flush()
    assert end in whole
    with pytest.raises(Unreadable, match="damaged"):
        read(whole.replace(end, end[:-8] + b"\0" * 8))
