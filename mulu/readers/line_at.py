"""Single lines of a file, by the bytes at which they begin."""

from collections.abc import Callable
from typing import BinaryIO

_AHEAD = 64 * 2**10


class LineAt:
    """Gives lines of the file that `open` opens, at most `most` bytes of each.

    Lines are asked for in their order mostly, so that what stands behind one is read with it: to open a file takes
    longer than to look a line up.
    """

    def __init__(self, open: Callable[[], BinaryIO], most: int = -1) -> None:
        self._open = open
        self._most = most
        self._start = 0
        self._data = b""

    def __call__(self, offset: int) -> bytes:
        """Return the line that begins at a byte, with its end."""
        begin = offset - self._start
        end = self._data.find(b"\n", begin) if 0 <= begin < len(self._data) else -1
        if end >= 0:
            return self._data[begin : end + 1]
        with self._open() as file:
            file.seek(offset)
            line = file.readline(self._most)
            self._start, self._data = offset, line + file.read(_AHEAD)
        return line
