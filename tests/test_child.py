"""Work in a child: answers come back, and a child that dies is told, with why."""

import os

import orjson
import pytest

from mulu import child

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


@pytest.mark.parametrize(
    ("name", "why"), [("spin", "time"), ("grow", "memory"), ("abort", "crash"), ("deep", "crash"), ("none", "crash")]
)
def test_a_dead_child_is_an_answer(name, why):
    """Too slow, too large or dead: the caller goes on, and knows which."""
    with pytest.raises(child.Died) as caught:
        list(answers(name, **({"seconds": 0.2} if why == "time" else {})))
    assert caught.value.why == why


def test_a_child_that_is_not_heard_out_is_ended():
    """Nobody waits for what is not wanted any more."""
    lines = answers("spin")
    assert next(lines) == b"1\n"
    lines.close()
    assert list(lines) == []
