"""Single records of a file, such as its lines, by the bytes at which they begin."""

from collections.abc import Callable
from typing import BinaryIO

_AHEAD = 64 * 2**10


class RecordAt:
    """Gives records of the file that `open` opens, at most `most` bytes of each.

    `end` gives the end of a record in some bytes, from where it begins in them; -1 if it ends behind them. Records are
    asked for in their order mostly, so that what stands behind one is read with it: to open a file takes longer than
    to look a record up.
    """

    def __init__(self, open: Callable[[], BinaryIO], end: Callable[[bytes, int], int], most: int = -1) -> None:
        self._open = open
        self._end = end
        self._most = most
        self._start = 0
        self._data = b""

    def __call__(self, offset: int) -> bytes:
        """Return the record that begins at a byte, a line with its end."""
        begin = offset - self._start
        end = self._end(self._data, begin) if 0 <= begin < len(self._data) else -1
        if end < 0:
            end = self._read(offset)
            begin = 0
        return self._data[begin : end if self._most < 0 else min(end, begin + self._most)]

    def _read(self, offset: int) -> int:
        """Read what stands at a byte and behind it; return where the record ends."""
        self._start, self._data = offset, b""
        with self._open() as file:
            file.seek(offset)
            while more := file.read(max(_AHEAD, len(self._data))):
                self._data += more
                end = self._end(self._data, 0)
                if end >= 0 or 0 <= self._most <= len(self._data):
                    return end if end >= 0 else len(self._data)
        return len(self._data)


def end_of_line(data: bytes, start: int) -> int:
    """Return where a line ends that begins at `start`, with its line feed; -1 if it has none."""
    return data.find(b"\n", start) + 1 or -1
