"""Files that are compressed by themselves are read as what they hold, and bounded."""

import gzip
import io
import zlib

import pytest

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_document
from mulu.readers.compressed import expanded, inner_name
from mulu.readers.input_files import files_of

LINES = b'{"kind": "resource", "title": "a"}\n' * 50


def zstd(data):
    """Return `data` as zstd."""
    zstandard = pytest.importorskip("zstandard")
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
def test_a_compressed_file_is_read_as_what_it_holds(ending, pack, tmp_path, tmp_path_factory):
    """By name, in a folder, and whatever the parts that it was put together of."""
    packed = tmp_path / f"catalog.jsonl{ending}"
    packed.write_bytes(pack(LINES) + pack(LINES))
    (tmp_path / f"picture.png{ending}").write_bytes(pack(b"no catalog"))
    for named in (packed, tmp_path):
        (file, shown), *others = files_of([named], tmp_path_factory.mktemp("work"), Limits())
        assert not others and shown == f"{packed} › catalog.jsonl"
        document = open_document(file, name=shown)
        assert document.family == "jsonl" and sum(1 for _ in document.items()) == 100


def test_what_is_damaged_is_told_by_its_name(tmp_path):
    """The run of other files goes on; this one is told where it is opened."""
    for name, data in {"cut.jsonl.gz": gzip.compress(LINES)[:-9], "bad.jsonl.gz": b"\x1f\x8b\x08\0not gzip"}.items():
        path = tmp_path / name
        path.write_bytes(data)
        ((file, shown),) = files_of([path], tmp_path, Limits())
        assert file == path
        with pytest.raises(Unreadable, match="damaged or incomplete"):
            open_document(file, name=shown)


@pytest.mark.parametrize(("limits", "name"), [({"ratio": 10}, "ratio"), ({"expanded": 2**20}, "expanded")])
def test_a_bomb_is_refused_before_it_fills_the_disk(limits, name):
    """No more than the limit is ever given out."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(b"\0" * 40_000_000) + packer.flush()
    given = 0
    with pytest.raises(Unreadable, match=f"limit {name} ="):
        for chunk in expanded(io.BytesIO(bomb), "bomb.gz", Limits.of(limits)):
            given += len(chunk)
    assert given <= 2**21


def test_the_inner_name():
    """It tells the family of a file whose content does not."""
    assert [inner_name(name) for name in ("a/b.csv.GZ", "b.jsonl.zst", "b", ".gz")] == ["b.csv", "b.jsonl", "b", "file"]
