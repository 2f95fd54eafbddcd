"""Values by the path of their property: what is made on the way, and what is taken out with what it leaves empty."""

import copy

import pytest

from mulu.convert import paths


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ((), {"a": [{"b": 1}, "c"]}),
        (("a",), [{"b": 1}, "c"]),
        (("a", "0", "b"), 1),
        (("a", "1"), "c"),
        (("a", "2"), None),
        (("a", "x"), None),
        (("a", "1", "b"), None),
        (("d",), None),
    ],
)
def test_a_value_is_looked_up(path, wanted):
    """What is not there is nothing, wherever the way ends."""
    assert paths.get({"a": [{"b": 1}, "c"]}, path) == wanted


@pytest.mark.parametrize(
    ("target", "path", "value", "wanted"),
    [
        ({}, ("a",), 1, {"a": 1}),
        ({"a": 1}, ("a",), 2, {"a": 2}),
        ({}, ("a", "b", "c"), 1, {"a": {"b": {"c": 1}}}),
        ({"a": {"x": 0}}, ("a", "b"), 1, {"a": {"x": 0, "b": 1}}),
        ({}, ("a", "0", "b"), 1, {"a": [{"b": 1}]}),
        ({}, ("a", "2", "b"), 1, {"a": [{}, {}, {"b": 1}]}),
        ({"a": [{"b": 1}]}, ("a", "0", "c"), 2, {"a": [{"b": 1, "c": 2}]}),
        ({}, ("a", "0"), 1, {"a": [1]}),
        ({"a": [1]}, ("a", "0"), 2, {"a": [1, 2]}),
        ({}, ("a", "1", "0"), 1, {"a": [{}, [1]]}),
        ({}, ("a", "0", "0", "b"), 1, {"a": [[{"b": 1}]]}),
        ({"a": [1, 2]}, ("a",), [2, 3], {"a": [1, 2, 3]}),
        ({"a": 1}, ("a",), [2], {"a": [2]}),
        ({"a": [1]}, ("a",), 2, {"a": 2}),
    ],
)
def test_a_value_is_set_with_what_it_needs_around_it(target, path, value, wanted):
    """Objects and arrays are made, positions filled up; a list is added to a list, each value once."""
    changed = copy.deepcopy(target)
    paths.put(changed, path, copy.deepcopy(value))
    assert changed == wanted


def test_an_array_is_the_one_that_is_there():
    """Elements that were read before stay."""
    target = {"a": {"b": [1]}, "c": 2}
    paths.array_at(target, ("a", "b")).append(3)
    paths.array_at(target, ("d", "e")).append(4)
    paths.array_at(target, ("c",)).append(5)
    assert target == {"a": {"b": [1, 3]}, "c": [5], "d": {"e": [4]}}


@pytest.mark.parametrize(
    ("target", "path", "wanted"),
    [
        ({"a": 1, "b": 2}, ("a",), {"b": 2}),
        ({"a": {"b": 1}, "c": 2}, ("a", "b"), {"c": 2}),
        ({"a": {"b": {"c": 1}}}, ("a", "b", "c"), {}),
        ({"a": {"b": 1, "c": 2}}, ("a", "b"), {"a": {"c": 2}}),
        ({"a": [{"b": 1}, 2]}, ("a", "0", "b"), {"a": [2]}),
        ({"a": [1]}, ("a", "0"), {}),
        ({"a": [1]}, ("a", "1"), {"a": [1]}),
        ({"a": {"b": [1, 2]}}, ("a", "b", "1"), {"a": {"b": [1]}}),
        ({"a": 1}, ("b",), {"a": 1}),
        ({"a": {"b": 1}}, ("a", "c"), {"a": {"b": 1}}),
    ],
)
def test_a_value_is_taken_out_with_what_is_then_empty(target, path, wanted):
    """No empty object or array is left behind, and nothing else goes."""
    changed = copy.deepcopy(target)
    paths.remove(changed, path)
    assert changed == wanted
