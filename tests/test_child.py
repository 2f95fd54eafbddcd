"""Work in a child: answers come back, and a child that dies is told, with why."""

import errno
import os
import signal
from pathlib import Path

import orjson
import pytest

from mulu import child
from mulu.errors import MuluError

MANY = 2**31


def echo(arguments, data):
    """Yield what was given."""
    yield orjson.dumps([arguments, data.decode()])
    yield b"{}"


def chatter(arguments, data):
    """Print beside the answer, as a library does that draws how far it is."""
    os.write(1, b"100%\n")
    print("done", flush=True)
    yield b"{}"


def spin(arguments, data):
    """Never come to an end, but for a first answer."""
    yield b"1"
    while True:
        pass


def grow(arguments, data):
    """Take more memory than there is."""
    yield b"%d" % len(bytearray(2**40))


def abort(arguments, data):
    """End the process as a fault in C does."""
    yield b"1"
    os.abort()


def deep(arguments, data):
    """Fail as Python code does."""
    raise KeyError


SEEN = []


def remember(arguments, data):
    """Tell how often this process has been asked, and by which process it was made."""
    SEEN.append(data)
    yield orjson.dumps([len(SEEN), os.getppid()])


def answers(name, **bounds):
    """Return the lines of a function of this module."""
    function = f"{__name__.rpartition('.')[2]}:{name}"
    return child.ask(function, {"a": 1}, "甲".encode(), **{"seconds": 20, "memory": MANY} | bounds)


@pytest.fixture(autouse=True)
def findable(monkeypatch, request):
    """Let the child import this module by its name."""
    monkeypatch.syspath_prepend(request.path.parent)


def test_answers_are_lines():
    """What the function yields arrives as it is."""
    assert [orjson.loads(line) for line in answers("echo")] == [[{"a": 1}, "甲"], {}]


def test_arguments_may_be_worked_out_while_the_child_starts():
    """Then they arrive like others, and what goes wrong with them is told as it is."""
    function = f"{__name__.rpartition('.')[2]}:echo"
    given = child.ask(function, lambda: {"a": 2}, seconds=20, memory=MANY)
    assert orjson.loads(next(given)) == [{"a": 2}, ""]
    with pytest.raises(ZeroDivisionError):
        list(child.ask(function, lambda: {"a": 1 // 0}, seconds=20, memory=MANY))


def test_what_is_printed_is_no_answer():
    """Neither by the system nor by Python."""
    assert list(answers("chatter")) == [b"{}\n"]


@pytest.mark.parametrize("loaded", [None, "mulu.readers.files"])
@pytest.mark.parametrize(
    ("name", "why"), [("spin", "time"), ("grow", "memory"), ("abort", "crash"), ("deep", "crash"), ("none", "crash")]
)
def test_a_dead_child_is_an_answer(name, why, loaded):
    """Too slow, too large or dead: the caller goes on, and knows which."""
    with pytest.raises(child.Died) as caught:
        list(answers(name, loaded=loaded, **({"seconds": 0.2} if why == "time" else {})))
    assert caught.value.why == why


def running():
    """Return the processes that this one has started, and those that they have."""
    processes = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = status.read_text().partition(" (")
            state, parent = rest.rpartition(") ")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            processes.setdefault(int(parent), []).append(int(number))
    own = processes.get(os.getpid(), [])
    return {*own, *(inner for number in own for inner in processes.get(number, []))}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not list its processes as files")
@pytest.mark.parametrize("loaded", [None, "mulu.readers.files"])
def test_a_child_that_is_not_heard_out_is_ended(loaded):
    """Nobody waits for what is not wanted any more, and nothing of it goes on."""
    before = running()
    lines = answers("spin", loaded=loaded)
    assert next(lines) == b"1\n" and running() > before
    lines.close()
    assert list(lines) == [] and running() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_one_that_has_loaded_its_modules_serves_again_and_remembers_nothing():
    """What one work leaves behind, another does not find; one that was ended is started again."""
    first, second = (orjson.loads(*answers("remember", loaded="mulu.readers.files")) for _ in range(2))
    assert first == second and first[0] == 1 and first[1] != os.getpid()
    with pytest.raises(child.Died):
        list(answers("abort", loaded="mulu.readers.files"))
    assert orjson.loads(*answers("remember", loaded="mulu.readers.files")) == first
    os.kill(first[1], signal.SIGKILL)
    os.waitid(os.P_PID, first[1], os.WEXITED | os.WNOWAIT)
    again = orjson.loads(*answers("remember", loaded="mulu.readers.files"))
    assert again[0] == 1 and again[1] != first[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_a_forked_program_has_one_of_its_own():
    """What the program that it was forked from keeps ready, it leaves alone."""
    first = orjson.loads(*answers("remember", loaded="mulu.readers.files"))
    forked = os.fork()
    if not forked:
        try:
            os._exit(orjson.loads(*answers("remember", loaded="mulu.readers.files"))[1] == first[1])
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert orjson.loads(*answers("remember", loaded="mulu.readers.files")) == first


class Answered(child._Watch):
    """A watch that is ended right after it has looked how long it may wait."""

    said = iter(())

    @property
    def until(self):
        return next(self.said, -1)

    @until.setter
    def until(self, value):
        self.said = iter([value])


def test_a_watch_that_is_ended_kills_nothing():
    """Neither while it looks nor later: the process may have other work by then."""
    killed = []

    class Process:
        is_alive = True

        def kill(self):
            killed.append(self)

    watch = Answered(Process())
    watch.run()
    assert not watch.late and not killed
    ended = child._Watch(Process())
    ended.until = 0.0
    ended.end()
    ended.run()
    assert not ended.late and not killed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
@pytest.mark.parametrize("name", ["echo", "abort", "grow"])
def test_no_number_of_a_process_that_has_ended_is_killed(name, monkeypatch):
    """The system may have given it to another by then."""
    killed = []
    kill = os.kill
    monkeypatch.setattr(os, "kill", lambda number, sent: (killed.append(number), kill(number, sent)))
    try:
        list(answers(name, loaded="mulu.readers.files"))
    except child.Died:
        assert name != "echo"
    function = f"{__name__.rpartition('.')[2]}:{name}"
    stays = child._ready.get((function, "mulu.readers.files"))
    assert (stays is not None) == (name == "echo")
    if stays is not None:
        stays.end()
        del child._ready[stays.does]
    # That which forks is ended, once.
    assert len(killed) == 1


def test_a_process_that_the_system_does_not_start_is_told(monkeypatch):
    """It is no fault of the file that was to be read or written."""

    def refused(*arguments, **given):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(child.subprocess, "Popen", refused)
    with pytest.raises(MuluError) as caught:
        next(answers("echo"))
    assert "ulimit -u" in caught.value.zh and "further process" in caught.value.en
