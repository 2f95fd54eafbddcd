"""Files that are compressed by themselves, gzip or zstd: expanded as a stream, under a count."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from mulu.errors import MissingExtra, MuluError, Unreadable
from mulu.limits import Limits

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
ENDINGS = (".gz", ".zst")
_CHUNK = 2**20
_SMALL = 2**16


def is_compressed(head: bytes) -> bool:
    """Whether a file begins as gzip or zstd."""
    return head.startswith((GZIP, ZSTD))


def inner_name(name: str) -> str:
    """Return what a compressed file is called once it is expanded.

    >>> inner_name("folder/catalog.jsonl.gz")
    'catalog.jsonl'
    """
    last = Path(name).name
    return next((last[: -len(ending)] for ending in ENDINGS if last.lower().endswith(ending)), last) or "file"


def expanded(stream: BinaryIO, shown: str, limits: Limits) -> Iterator[bytes]:
    """Yield the content of a compressed file in pieces; raises `Unreadable` if it is damaged or becomes too large."""
    head = stream.read(4)
    packed = stream.seek(0, 2)
    stream.seek(0)
    most = limits.ratio * max(packed, _SMALL)
    size = 0
    try:
        with _reader(stream, head) as content:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > limits.expanded:
                    raise limits.exceeded(
                        "expanded",
                        shown,
                        "gzip 或 zstd 文件展开后太大",
                        "the gzip or zstd file is too large when expanded",
                    )
                if size > most:
                    raise limits.exceeded(
                        "ratio", shown, "gzip 或 zstd 文件展开倍数太高", "the gzip or zstd file expands too many times"
                    )
                yield chunk
    except MuluError:
        raise
    except Exception:
        # Each library has errors of its own for the same thing.
        raise _damaged(shown) from None


def _reader(stream: BinaryIO, head: bytes) -> Any:
    if head.startswith(GZIP):
        import gzip

        return gzip.GzipFile(fileobj=stream)
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # from Python 3.14 on
    except ImportError:
        pass
    else:
        return zstd.ZstdFile(stream)
    try:
        import zstandard
    except ImportError:
        raise MissingExtra("zstd", "读取 zstd 压缩文件", "reading a zstd file") from None
    return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)


def _damaged(shown: str) -> Unreadable:
    return Unreadable(
        shown,
        "gzip 或 zstd 文件已损坏或不完整；请重新下载或导出",
        "the gzip or zstd file is damaged or incomplete; fetch or export it again",
    )
