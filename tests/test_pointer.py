"""JSON as it is written and read between the steps of a run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.pointer import dumps, loads

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters())
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(VALUES)
def test_what_was_written_is_read(value):
    """Integers of any length, and what no UTF-8 can hold, too."""
    read = loads(dumps(value))
    assert dumps(read) == dumps(value)


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 123456789012345678901])
@pytest.mark.parametrize("text", ["%d", "[%d]", "[1,%d]", '{"a":%d}', '{"a": \n %d}', '["a,1", %d]'])
def test_an_integer_of_any_length_stays_what_it_is(number, text):
    """Wherever it stands, with blanks before it, as in a file that was handed in, or without."""
    read = loads((text % number).encode())
    assert number in ([read] if isinstance(read, int) else read.values() if isinstance(read, dict) else read)


def test_what_is_no_json_but_is_written_by_python_is_read():
    """Half a character and what is no number."""
    assert loads(b'"\\ud800"') == "\ud800" and math.isnan(loads(b"NaN"))
