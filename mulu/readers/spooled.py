"""Rows that stand on the disk as lines of JSON, of which a batch at a time is in memory."""

import os
from collections.abc import Callable, Iterator, Sequence
from operator import eq
from tempfile import SpooledTemporaryFile
from typing import overload
from weakref import finalize

from mulu.readers.model import Row

BATCH = 500
"""How many rows there are in a line."""
_IN_MEMORY = 2 * 2**20


class Spool:
    """Where the rows of a document stand: on the disk once there are many. Its file is gone with the last user."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it lives as long as this does
        finalize(self, self._file.close)

    def add(self, line: bytes) -> tuple[int, int]:
        """Append a line; return where it stands."""
        offset = self._file.seek(0, os.SEEK_END)
        return offset, self._file.write(line)

    def read(self, offset: int, length: int) -> bytes:
        """Return what stands there."""
        self._file.seek(offset)
        return self._file.read(length)


class SpooledRows(Sequence[Row]):
    """`count` rows that come in lines of `BATCH`; `decode` makes rows of a line."""

    def __init__(
        self,
        spool: Spool,
        count: int,
        lines: Iterator[bytes],
        decode: Callable[[bytes], list[Row]],
    ) -> None:
        self._spool, self._count, self._decode = spool, count, decode
        self._spots = [spool.add(next(lines)) for _ in range(0, count, BATCH)]
        self._at, self._rows = -1, list[Row]()

    def _batch(self, number: int) -> list[Row]:
        if number != self._at:
            self._at, self._rows = number, self._decode(self._spool.read(*self._spots[number]))
        return self._rows

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        for number in range(len(self._spots)):
            yield from self._batch(number)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(self._count))]
        number = range(self._count)[at]
        return self._batch(number // BATCH)[number % BATCH]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]
