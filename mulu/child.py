"""Work that could end or block the process is done in a child: bounded in time and memory, killed if need be.

The child is a new interpreter, started with no more than it needs. It gets one line of JSON and some bytes, and
answers in lines of JSON; nothing is pickled. If it dies, that is an answer too (`Died`), never a crash of ours.
"""

import contextlib
import importlib
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import orjson

_BOOT = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from mulu.child import answer; answer(sys.argv[2])"
_END = b".\n"
_NO_MEMORY = b"!\n"
_ALARMS = [-number for name in ("SIGALRM", "SIGPROF") if (number := getattr(signal, name, 0))]
# On a machine that has other work, too, time of the clock passes without work being done.
_PATIENCE = 4
_LOOK = 0.05


class Died(Exception):
    """The child gave no whole answer: `why` is "time", "memory" or "crash"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask(
    function: str,
    arguments: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    data: bytes = b"",
    *,
    seconds: float,
    memory: int,
    starting: float = 0,
) -> Generator[bytes, None, None]:
    """Yield the lines that `function` ("module:name" of mulu) yields for `arguments` and `data`, in a child.

    What gives the arguments, where they take a while, is called while the child starts.
    The child may work `seconds` for each line (four times as much by the clock), for the first `starting` seconds
    more, in `memory` bytes of address space, as far as the system bounds that. It does not outlive the caller by
    more. Raises `Died`.
    """
    paths = [str(Path(__file__).resolve().parents[1]), *filter(os.path.isabs, sys.path)]
    with subprocess.Popen(
        # Neither the environment nor the working folder decides what is imported.
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOT, orjson.dumps(paths).decode(), function],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        watch = _Watch(process)
        try:
            head = {
                "arguments": arguments() if callable(arguments) else arguments,
                "seconds": [seconds + starting, seconds],
                "memory": memory,
                "bytes": len(data),
            }
            watch.until = time.monotonic() + _PATIENCE * (seconds + starting)
            watch.start()
            # A child that died says so by what it did not answer.
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(orjson.dumps(head) + b"\n")
                process.stdin.write(data)
                process.stdin.close()
            while (line := process.stdout.readline()).endswith(b"\n"):
                watch.until = math.inf
                if line == _END:
                    return
                if line == _NO_MEMORY:
                    raise Died("memory")
                yield line
                watch.until = time.monotonic() + _PATIENCE * seconds
            process.wait()
            raise Died("time" if watch.late or process.returncode in _ALARMS else "crash")
        finally:
            watch.until = -1
            process.kill()
            # What it was not given in full it does not need any more.
            with contextlib.suppress(OSError):
                process.stdin.close()


class _Watch(threading.Thread):
    """Kills a child that has not answered `until` then; -1 ends the watch."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        super().__init__(daemon=True)
        self.process = process
        self.until = math.inf
        self.late = False

    def run(self) -> None:
        """Look now and then."""
        while self.until > 0 and self.process.returncode is None:
            if time.monotonic() > self.until:
                self.late = True
                self.process.kill()
                return
            time.sleep(_LOOK)


def answer(function: str) -> None:
    """Do, in the child, what the head on standard input asks of `function`."""
    # What a library prints must not stand among the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        module, _, name = function.partition(":")
        work = getattr(importlib.import_module(module), name)
        head = orjson.loads(sys.stdin.buffer.readline())
        data = sys.stdin.buffer.read(head["bytes"])
        first, following = head["seconds"]
        _bound(head["memory"])
        _alarm(first)
        for line in work(head["arguments"], data):
            # To wait until the line is taken is no fault of this process.
            _alarm(0)
            out.write(line + b"\n")
            out.flush()
            _alarm(following)
        out.write(_END)
        out.flush()
    except MemoryError:
        out.write(_NO_MEMORY)
        out.flush()
    except BrokenPipeError:
        pass
    # What is left is only to be given back, and the system does that faster.
    os._exit(0)


def _alarm(seconds: float) -> None:
    """Have the system end this process after so many seconds of work, or too many of the clock; 0: not any more."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE * seconds)


def _bound(memory: int) -> None:
    """Have the system bound the memory of this process, and let no key on the keyboard but the caller end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory if most == resource.RLIM_INFINITY else min(memory, most)
    # Some systems know the bound but let nobody set it.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
