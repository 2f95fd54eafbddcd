"""TOML: each key knows its line, and what is no TOML is refused at its place."""

import tomllib

import pytest

from mulu.errors import Unreadable
from mulu.toml import load_toml

TEXT = '''\
# 注释 [x]
level = "register" # [no]
"a b".'c.d' = """
x = 1
[no] ""\\""" # "
"""
list = [
  "a", # ]
  ']',
  { z = 1 },
]

[limits]
cells = 1
[[waivers]]
rule = "x"
[[waivers]]
rule = "y"
[waivers.sub]
k = {a = 1}
[[waivers.deep]]
z = \'\'\'
[[waivers]]
\'\'\'
'''


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_key_has_its_line(end):
    """Strings, comments and arrays over several lines hide no key and invent none."""
    data, positions = load_toml(TEXT.replace("\n", end), name="x")
    assert data == tomllib.loads(TEXT)
    lines = {pointer: line for pointer, (line, _) in positions.items()}
    assert lines == {
        "/level": 2,
        "/a b": 3,
        "/a b/c.d": 3,
        "/list": 7,
        "/limits": 13,
        "/limits/cells": 14,
        "/waivers": 15,
        "/waivers/0": 15,
        "/waivers/0/rule": 16,
        "/waivers/1": 17,
        "/waivers/1/rule": 18,
        "/waivers/1/sub": 19,
        "/waivers/1/sub/k": 20,
        "/waivers/1/deep": 21,
        "/waivers/1/deep/0": 21,
        "/waivers/1/deep/0/z": 22,
    }


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("a = 2027-13-01", 1), ("a = [1,\n", 1), ("a", 1)])
def test_what_is_no_toml_is_refused_at_its_place(text, line):
    """An end that comes too soon is the last line's."""
    with pytest.raises(Unreadable) as caught:
        load_toml(text, name="x")
    assert caught.value.place.line == line


def test_lines_are_counted_once():
    """From the beginning for each key, it would take minutes."""
    count = 40_000
    _, positions = load_toml("\n" * 2_000_000 + "".join(f"k{number} = 0\n" for number in range(count)), name="x")
    assert positions["/k0"] == (2_000_001, 1) and positions[f"/k{count - 1}"] == (2_000_000 + count, 1)


@pytest.mark.parametrize(
    "text", ["a" + ".a" * 20_000 + " = 1", "\n[a" + ' . "a"' * 20_000 + "]", "x = {b = 1, a" + ".a" * 65 + " = 1}"]
)
def test_a_key_of_many_parts_is_refused(text):
    """The parser would take time with the square of their number."""
    with pytest.raises(Unreadable) as caught:
        load_toml(text, name="x")
    assert "64" in caught.value.en and caught.value.place.line == 1 + text.count("\n")


@pytest.mark.parametrize("value", ["'" + "a." * 100 + "'", "[" + "1.5, " * 100 + "]", "1 # " + "." * 100])
def test_points_that_are_in_no_key_are_not_counted(value):
    """Texts, numbers and comments have them, too."""
    assert load_toml(f"a.b = {value}\n", name="x")[1]["/a/b"] == (1, 1)


def test_a_file_of_megabytes_is_refused():
    """No standard and no settings need it."""
    with pytest.raises(Unreadable):
        load_toml("#" * 17_000_000, name="x")


@pytest.mark.parametrize("value", ["2026-13-01", "2026-02-30", "2026/12/01", "2026-1-5", "2026.12.01"])
@pytest.mark.parametrize("line", ["expires = {} # soon", "levels = {{a = {}}}"])
def test_what_should_be_a_date_is_told_as_one(value, line):
    """The parser stops behind the year and says that something follows a number."""
    with pytest.raises(Unreadable) as error:
        load_toml(f"a = 1\n{line.format(value)}\n", name="x")
    assert f"{value} is no date" in str(error.value) and "x:2" in str(error.value.place)


@pytest.mark.parametrize("text", ["share = 2027-01-01 x", "version = 1.2.3", 'x = "2026-13-01" y'])
def test_what_is_no_date_is_not_told_as_one(text):
    """A right date with something behind it, a version, a text."""
    with pytest.raises(Unreadable) as error:
        load_toml(text, name="x")
    assert "no date" not in str(error.value)
