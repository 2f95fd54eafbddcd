"""Work that could end or block the process is done in a child: bounded in time and memory, killed if need be.

The child is a new interpreter, started with no more than it needs. It gets one line of JSON and some bytes, and
answers in lines of JSON; nothing is pickled. If it dies, that is an answer too (`Died`), never a crash of ours.
"""

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

_BOOT = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from mulu.child import answer; answer()"
_MEMORY = "memory"
_END = b"."


class Died(Exception):
    """The child gave no whole answer: `why` is "time", "memory" or "crash"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask(
    function: str, arguments: Mapping[str, Any], data: bytes = b"", *, seconds: float, memory: int
) -> Iterator[bytes]:
    """Yield the lines that `function` ("module:name" of mulu) yields for `arguments` and `data`, in a child.

    The child may take `seconds` of the clock and `memory` bytes of address space (the latter where the system
    bounds that). It never outlives the caller by more than that. Raises `Died`.
    """
    head = {"function": function, "arguments": arguments, "seconds": seconds, "memory": memory, "size": len(data)}
    paths = [str(Path(__file__).resolve().parents[1]), *filter(os.path.isabs, sys.path)]
    with subprocess.Popen(
        # Neither the environment nor the working folder decides what is imported.
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOT, orjson.dumps(paths).decode()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            # A child that died says so by what it did not answer.
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(orjson.dumps(head) + b"\n")
                process.stdin.write(data)
                process.stdin.close()
            last = b""
            for line in process.stdout:
                if last:
                    yield last
                last = line.rstrip(b"\n")
            process.wait()
            if last == _END and not process.returncode:
                return
            if last == orjson.dumps(_MEMORY):
                raise Died("memory")
            # Where memory is bounded, what cannot go on without more of it aborts.
            raise Died("time" if late.is_set() or -process.returncode == _signal("SIGALRM", "SIGXCPU") else "crash")
        finally:
            timer.cancel()
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()


def _signal(*names: str) -> int:
    return next((int(getattr(signal, name)) for name in names if hasattr(signal, name)), 0)


def answer() -> None:
    """Do, in the child, what the head on standard input asks for."""
    head = orjson.loads(sys.stdin.buffer.readline())
    _bound(head["seconds"], head["memory"])
    out = sys.stdout.buffer
    module, _, name = head["function"].partition(":")
    try:
        data = sys.stdin.buffer.read(head["size"])
        for line in getattr(importlib.import_module(module), name)(head["arguments"], data):
            out.write(line + b"\n")
        out.write(_END)
        out.flush()
    except MemoryError:
        out.write(orjson.dumps(_MEMORY))
        out.flush()
    except BrokenPipeError:
        pass
    # What is left is only to be given back, and the system does that faster.
    os._exit(0)


def _bound(seconds: float, memory: int) -> None:
    """Have the system end this process in time, should the one that asked be gone, and bound its memory."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(seconds) + 2)
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
