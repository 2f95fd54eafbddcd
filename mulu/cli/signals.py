"""Signals: what a run has begun is given up in order when somebody asks it to end, and only once."""

import os
import signal
import time
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_SAME = 1.0
"""Seconds within which another signal asks for nothing new: people press keys twice, terminals tell all at once."""
_PATIENCE = 10
"""Seconds to give up in order what was begun, which takes far less; a library may not let `Ended` through."""

_asked: int | None = None
_when = 0.0


class Ended(BaseException):
    """The system, or a person, asked this process to end; what it began is given up on the way out."""


def heed() -> None:
    """Raise `Ended` in the main thread when this process is asked to end, unless that is to be ignored (`nohup`)."""
    for number in _numbers():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def disregard() -> None:
    """Let nothing interrupt what is left: everything is done, but for going away."""
    for number in _numbers():
        signal.signal(number, signal.SIG_IGN)


def asked() -> int | None:
    """Return the signal by which this process was asked to end, if it was."""
    return _asked


def code() -> int:
    """Return the exit code of a process that was asked to end."""
    return 128 + (_asked or signal.SIGINT)


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


def _end(number: int, frame: FrameType | None) -> None:
    global _asked, _when
    if _asked is None:
        _asked, _when = number, time.monotonic()
        if hasattr(signal, "alarm"):
            # It ends the process whatever runs then, which a handler of Python's would wait for.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_PATIENCE)
        raise Ended
    if time.monotonic() - _when < _SAME:
        return
    # Who asks again does not want to wait for order; the next run clears away what is left.
    os._exit(code())
