"""Work that could end or block the process is done in a child: bounded in time and memory, killed if need be.

The child is a new interpreter, started with no more than it needs. It gets one line of JSON and some bytes, and
answers in lines of JSON; nothing is pickled. If it dies, that is an answer too (`Died`), never a crash of ours.

To start an interpreter takes longer than to read a small workbook. So one that has loaded its modules may stay
(`ask(…, loaded=…)`): it does nothing itself but forks a process for each work, which finds everything as new.
"""

import atexit
import contextlib
import gc
import importlib
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

import orjson

_BOOT = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from mulu.child import serve; serve(*sys.argv[2:])"
_END = b".\n"
_NO_MEMORY = b"!\n"
_DEAD = b"?"
_FORKED = b"@"
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
    loaded: str | None = None,
    talks: bool = False,
) -> Generator[bytes, bytes | None, None]:
    """Yield the lines that `function` ("module:name" of mulu) yields for `arguments` and `data`, in a child.

    With `talks`, each but the first answers a line that the caller sends for it (`send`), which the function gets in
    the place of its `yield`; it is sent an empty one at the end.

    What gives the arguments, where they take a while, is called while the child starts.
    The child may work `seconds` for each line (four times as much by the clock), for the first `starting` seconds
    more, in `memory` bytes of address space, as far as the system bounds that. It does not outlive the caller by
    more. With `loaded`, a module of mulu, it is forked from a process that has loaded that and stays for the next
    work, where the system can do so. Raises `Died`.
    """
    process = _waiting(function, loaded) or _Process(function, loaded)
    watch = _Watch(process)
    # Whatever ends this before the child has said that it is done, ends the child.
    is_done = False
    try:
        head = {
            "arguments": arguments() if callable(arguments) else arguments,
            "seconds": [seconds + starting, seconds],
            "memory": memory,
            "bytes": len(data),
            "talks": talks,
        }
        watch.until = time.monotonic() + _PATIENCE * (seconds + starting)
        watch.start()
        process.send(_dumped(head) + b"\n", data)
        while (line := process.answer()).endswith(b"\n"):
            watch.until = math.inf
            if line.startswith(_FORKED) and not process.forked:
                process.forked = int(line[1:])
                continue
            if line == _END:
                is_done = True
                return
            if line == _NO_MEMORY:
                raise Died("memory")
            if line.startswith(_DEAD):
                raise Died("time" if int(line[1:]) in _ALARMS else "crash")
            asked = yield line
            watch.until = time.monotonic() + _PATIENCE * seconds
            if asked is not None:
                process.send(asked + b"\n")
        code = process.wait()
        raise Died("time" if watch.late or code in _ALARMS else "crash")
    finally:
        watch.end()
        if is_done and process.stays and not watch.late:
            _keep(process)
        else:
            process.end()


def _dumped(head: Mapping[str, Any]) -> bytes:
    """Return a head as JSON; what names of files hold that is no Unicode is kept."""
    try:
        return orjson.dumps(head)
    except TypeError:
        return json.dumps(head).encode()


_CAN_FORK = hasattr(os, "fork")


class _Process:
    """An interpreter that does the work, or stays and forks a process for each."""

    def __init__(self, function: str, loaded: str | None) -> None:
        self.does = (function, loaded)
        self.stays = loaded is not None and _CAN_FORK
        self.forked = 0
        """The number of the process that does the present work, if it is a forked one.

        It is forgotten once that has ended: the system may give the number to another, which nobody may kill.
        """
        paths = [str(Path(__file__).resolve().parents[1]), *filter(os.path.isabs, sys.path)]
        modules = [loaded] if loaded is not None and _CAN_FORK else []
        # Neither the environment nor the working folder decides what is imported.
        command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOT, orjson.dumps(paths).decode(), function]
        try:
            self._process = subprocess.Popen(
                [*command, *modules], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            # What children do not need is not loaded before.
            from mulu.errors import MuluError
            from mulu.words import why_unreadable

            # Whoever writes a file meanwhile must not take it for a fault of that file.
            why = why_unreadable(error)
            raise MuluError(
                f"系统没有开始所需的进程（{why.zh}），没有做完；请放宽进程数和打开文件数的限制"
                "（ulimit -u、-n，容器的 pids）后重试",
                f"the system could not start a required process ({why.en}), so the command did not complete; allow "
                "more processes and open files (ulimit -u and -n, the container's pids limit) and try again",
            ) from None
        assert self._process.stdin is not None and self._process.stdout is not None
        self.requests, self.answers = self._process.stdin, self._process.stdout

    def send(self, *parts: bytes) -> None:
        """Send what the child is to read; one that died says so by what it does not answer."""
        with contextlib.suppress(BrokenPipeError):
            for part in parts:
                self.requests.write(part)
            self.requests.flush()

    def answer(self) -> bytes:
        """Return the next line that the child answers; without its end if the child died."""
        line = self.answers.readline()
        if line in (_END, _NO_MEMORY) or line.startswith(_DEAD):
            self.forked = 0
        return line

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> int:
        return self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        if self.forked:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.forked, signal.SIGKILL)

    def end(self) -> None:
        self.kill()
        self.wait()
        self.answers.close()
        # What it was not given in full it does not need any more.
        with contextlib.suppress(OSError):
            self.requests.close()


_ready: dict[tuple[str, str | None], _Process] = {}
"""The processes that stay, by what they do, while they have no work."""


if _CAN_FORK:
    # Two processes that write to one would get each other's answers.
    os.register_at_fork(after_in_child=_ready.clear)


def _waiting(function: str, loaded: str | None) -> _Process | None:
    found = _ready.pop((function, loaded), None)
    if found is not None and not found.is_alive:
        found.end()
        found = None
    return found


def _keep(process: _Process) -> None:
    """Keep a process for the next work of its kind, and end the one that was kept for it."""
    needless = _ready.pop(process.does, None)
    _ready[process.does] = process
    if needless is not None:
        needless.end()


@atexit.register
def end_all() -> None:
    """End the processes that stay; the next work starts another."""
    while _ready:
        _ready.popitem()[1].end()


class _Watch(threading.Thread):
    """Kills a child that has not answered `until` then."""

    def __init__(self, process: _Process) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.until = math.inf
        self.late = False
        self._looking = threading.Lock()

    def end(self) -> None:
        """End the watch: afterwards it kills nothing, so that the process may be given other work."""
        with self._looking:
            self.until = -1

    def run(self) -> None:
        """Look now and then."""
        while self._goes_on():
            time.sleep(_LOOK)

    def _goes_on(self) -> bool:
        with self._looking:
            # Once a look: the one who is answered sets it at any time.
            until = self.until
            if until < 0 or not self.process.is_alive:
                return False
            if time.monotonic() > until:
                self.late = True
                self.process.kill()
            return not self.late


def serve(function: str, loaded: str | None = None) -> None:
    """Do, in the child, what the head on standard input asks of `function`; with `loaded` again and again."""
    # What a library prints must not stand among the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # No key on the keyboard but the caller ends this process, or what it forks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As in the caller: what is loaded stays, and need not be looked through for garbage all the time.
    gc.set_threshold(100_000)
    module, _, name = function.partition(":")
    work = getattr(importlib.import_module(module), name)
    if loaded is None:
        _answer(work, *_request(), out)
    importlib.import_module(loaded)
    while (request := _request())[0]:
        forked = os.fork()
        if not forked:
            out.write(_FORKED + b"%d\n" % os.getpid())
            _answer(work, *request, out)
        code = os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1])
        if code:
            out.write(_DEAD + b"%d\n" % code)
            out.flush()
    os._exit(0)


def _request() -> tuple[dict[str, Any], bytes]:
    line = sys.stdin.buffer.readline()
    head: dict[str, Any] = json.loads(line) if line else {}
    return head, sys.stdin.buffer.read(head["bytes"]) if head else b""


def _answer(
    work: Callable[[Any, bytes], Iterable[bytes]], head: Mapping[str, Any], data: bytes, out: BinaryIO
) -> NoReturn:
    try:
        first, following = head["seconds"]
        _bound(head["memory"])
        _alarm(first)
        answers = iter(work(head["arguments"], data))
        asked = None
        while (said := _next(answers, asked)) is not None:
            # To wait until the line is taken, or for the next one, is no fault of this process.
            _alarm(0)
            out.write(said + b"\n")
            out.flush()
            asked = sys.stdin.buffer.readline().rstrip(b"\n") if head["talks"] else None
            _alarm(following)
        out.write(_END)
        out.flush()
    except MemoryError:
        out.write(_NO_MEMORY)
        out.flush()
    except BrokenPipeError:
        pass
    except BaseException:  # Nothing may go on into what the process was forked from.
        os._exit(1)
    # What is left is only to be given back, and the system does that faster.
    os._exit(0)


def _next(answers: Iterator[bytes], asked: bytes | None) -> bytes | None:
    """Return the next answer, to what was asked if answers are asked for one by one; `None` at the end."""
    if asked is None:
        return next(answers, None)
    try:
        return cast("Generator[bytes, bytes]", answers).send(asked)
    except StopIteration:
        return None


def _alarm(seconds: float) -> None:
    """Have the system end this process after so many seconds of work, or too many of the clock; 0: not any more."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE * seconds)


def _bound(memory: int) -> None:
    """Have the system bound the memory of this process."""
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
