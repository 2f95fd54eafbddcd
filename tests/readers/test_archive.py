"""Members of archives: expanded whole, and what is not what was packed is refused with its name."""

import io
import zipfile
import zlib

import pytest

from mulu.errors import Unreadable
from mulu.limits import DEFAULT
from mulu.readers.archive import open_archive


def packed(members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return bytearray(stream.getvalue())


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 65_800, 66_135, 66_136, 131_073, 1_000_000])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_member_of_any_size_is_read(size, method):
    """Of repeated bytes all is taken in while some is still to be given."""
    archive = open_archive(bytes(packed({"a": b"x" * size}, method)), "a.zip", DEFAULT)
    assert archive.read("a") == b"x" * size
    assert list(archive.heads()) == [("a", b"x" * min(size, 65_536 if method else size))]


def changed(name, method, at, content=b"content of some length"):
    data = packed({"a.csv": content, name: content}, method)
    data[data.rindex(name.encode()) - 46 + at if at < 46 else data.rindex(content)] ^= 1
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        changed("b.csv", zipfile.ZIP_STORED, 16),
        changed("b.csv", zipfile.ZIP_DEFLATED, 16),
        changed("b.csv", zipfile.ZIP_STORED, 100),
        changed("b.csv", zipfile.ZIP_DEFLATED, 24),
    ],
    ids=["checksum", "checksum-deflated", "content", "size"],
)
def test_what_is_not_what_was_packed_is_refused(data):
    """The message names the member; another can be read."""
    archive = open_archive(data, "a.zip", DEFAULT)
    assert archive.read("a.csv") == b"content of some length"
    for reading in (lambda: archive.read("b.csv"), archive.check):
        with pytest.raises(Unreadable) as caught:
            reading()
        assert "b.csv" in caught.value.en and "校验和" in caught.value.zh and "重新" in caught.value.zh


def test_a_member_that_breaks_off_is_refused():
    """What is packed ends before it says that it ends."""
    content = bytes(range(256)) * 20
    whole = bytes(packed({"a": content}))
    packer = zlib.compressobj(wbits=-15)
    end = packer.compress(content) + packer.flush()
    assert end in whole
    with pytest.raises(Unreadable, match="damaged"):
        open_archive(whole.replace(end, end[:-8] + b"\0" * 8), "a.zip", DEFAULT).read("a")
