"""Single records by their offsets: the right ones, and the file is opened for few of them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.readers import record_at
from mulu.readers.record_at import RecordAt, end_of_line


@given(
    st.lists(st.binary(max_size=8).map(lambda line: line.replace(b"\n", b" ")), min_size=1, max_size=30),
    st.data(),
    st.booleans(),
)
def test_each_line_is_the_one_that_begins_there(lines, data, ends):
    """In whatever order they are asked for, also if the last one has no end."""
    content = b"\n".join(lines) + (b"\n" if ends else b"")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    at = RecordAt(lambda: io.BytesIO(content), end_of_line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_at, "_AHEAD", data.draw(st.integers(1, 20)))
        for number in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=40)):
            found = io.BytesIO(content[starts[number] :]).readline()
            assert at(starts[number]) == found


def test_a_line_is_cut_where_it_is_too_long():
    at = RecordAt(lambda: io.BytesIO(b"abcdef\nx\n"), end_of_line, 4)
    assert at(0) == b"abcd" and at(7) == b"x\n"


def test_lines_behind_each_other_are_read_together():
    opened = []

    def file():
        opened.append(1)
        return io.BytesIO(b"0123456789\n" * 10_000)

    at = RecordAt(file, end_of_line)
    assert {at(11 * number) for number in range(10_000)} == {b"0123456789\n"}
    assert len(opened) == 2
