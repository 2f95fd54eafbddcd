"""Positions in JSON texts agree with where a plain serialiser put each value."""

import json
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from mulu.pointer import pointer_step, steps_of
from mulu.readers import scan

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
SPACES = st.sampled_from(["", " ", "\n", "\r\n\t", "  "])


def written(value, pointer, gap, out, where):
    """Write `value` with white space `gap` at every turn, noting where each value and key begins."""
    where[pointer] = (sum(map(len, out)), None)
    if isinstance(value, dict):
        out.append("{" + gap)
        for number, (key, member) in enumerate(value.items()):
            out.append(("," + gap) if number else "")
            step = pointer + pointer_step(key)
            key_offset = sum(map(len, out))
            out.append(json.dumps(key, ensure_ascii=number % 2 == 0) + gap + ":" + gap)
            written(member, step, gap, out, where)
            where[step] = (where[step][0], key_offset)
            out.append(gap)
        out.append("}")
    elif isinstance(value, list):
        out.append("[" + gap)
        for number, member in enumerate(value):
            out.append(("," + gap) if number else "")
            written(member, f"{pointer}/{number}", gap, out, where)
            out.append(gap)
        out.append("]")
    else:
        out.append(json.dumps(value, ensure_ascii=False))


@given(VALUES, SPACES, st.sampled_from([0, 3, 200_000]), st.randoms(use_true_random=False))
def test_locate_finds_every_value_and_key(value, gap, remembered, chance):
    """In whatever order they are asked for, and however few of them are kept in mind."""
    out: list[str] = [gap]
    where: dict[str, tuple[int, int | None]] = {}
    written(value, "", gap, out, where)
    text = "".join(out)
    data = text.encode()
    finder = scan.Finder(data)
    asked = list(where.items())
    chance.shuffle(asked)
    for pointer, (offset, key_offset) in asked:
        with patch.object(scan, "_REMEMBERED", remembered):
            spot = finder.locate(steps_of(pointer))
        assert spot.found == pointer.count("/")
        assert len(data[: spot.value].decode()) == offset
        assert (None if spot.key is None else len(data[: spot.key].decode())) == key_offset


@given(
    st.lists(st.sampled_from(["甲", "é", "𠀀", "a", "\n", "\r\n", " "]), min_size=1, max_size=60),
    st.lists(st.integers(0, 600), min_size=1, max_size=8),
    st.sampled_from([4, 5, 4096]),
)
def test_lines_and_columns_count_characters(characters, places, step):
    """Whatever was asked before, and however far marks are apart."""
    text = "".join(characters) * 10
    finder = scan.Finder(text.encode())
    for place in places:
        before = text[: place % (len(text) + 1)]
        with patch.object(scan, "_STEP", step):
            found = finder.line_and_column(len(before.encode()))
        assert found == (before.count("\n") + 1, len(before) - before.rfind("\n"))


@given(st.lists(VALUES, max_size=5), SPACES)
def test_elements_are_the_elements(values, gap):
    data = (gap + "[" + gap + (gap + "," + gap).join(map(json.dumps, values)) + gap + "]").encode()
    starts = list(scan.elements(data, scan.skip_space(data, 0)))
    assert [json.loads(data[start : scan.skip_value(data, start)]) for start in starts] == values


@given(VALUES)
def test_what_json_wrote_has_no_repeated_keys(value):
    data = json.dumps(value).encode()
    assert not [oddity for oddity in scan.oddities(data, 0) if isinstance(oddity, scan.Repeat)]


def test_an_absent_pointer_gives_the_nearest_value_above():
    data = b'{"a": {"b": [1, 2]}}'
    assert scan.Finder(data).locate(["a", "b", "7"]) == scan.Spot(12, 7, 2)
    assert scan.Finder(data).locate(["a", "x", "y"]) == scan.Spot(6, 1, 1)
    assert scan.Finder(data).locate(["a", "b", "01x"]).found == 2


def test_the_last_of_repeated_keys_counts():
    data = b'{"a": 1, "b": {"a": 2}, "a": 3}'
    assert data[scan.Finder(data).locate(["a"]).value :].startswith(b"3")


def test_repeated_keys_are_told_with_pointer_and_both_offsets():
    data = '{"名": [{"a": 1, "\\u0061": 2}]}'.encode()
    (repeat,) = [oddity for oddity in scan.oddities(data, 0) if isinstance(oddity, scan.Repeat)]
    assert (repeat.pointer, repeat.key) == ("/名/0/a", "a")
    assert data[repeat.first :].startswith(b'"a"')
    assert data[repeat.second :].startswith(b'"\\u0061"')


def test_brackets_and_quotes_inside_texts_mean_nothing():
    data = rb'{"a": "]}\"{[", "b": [["\\"], 5]}'
    assert data[scan.Finder(data).locate(["b", "1"]).value :].startswith(b"5")


def test_depth_costs_no_stack():
    data = b"[" * 100_000 + b"]" * 100_000
    assert scan.skip_value(data, 0) == len(data)
