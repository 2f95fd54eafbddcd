"""Limits: each is told of, can be set, and is named where it stops something."""

from dataclasses import fields

import pytest

from mulu.errors import UsageFault
from mulu.limits import DEFAULT, Limits
from mulu.texts import shown


@pytest.mark.parametrize("name", [each.name for each in fields(Limits)])
def test_a_limit_says_what_it_bounds_and_can_be_set(name):
    """A unit and a sentence in both languages; a number, or the text of one, sets it and nothing else."""
    guards = next(each for each in fields(Limits) if each.name == name).metadata["guards"]
    assert guards.zh and guards.en and guards.zh != guards.en
    for value in (7, "7"):
        changed = Limits.of({name: value})
        assert [each.name for each in fields(Limits) if getattr(changed, each.name) != getattr(DEFAULT, each.name)] == [
            name
        ]
    refusal = Limits.of({name: 7}).exceeded(name, "a.csv", "太多", "too many")
    assert f"{name} = 7" in refusal.zh and f"--limit {name}=" in refusal.en


@pytest.mark.parametrize("value", [0, -1, "x", "", True, 1.5, "9" * 30])
def test_a_number_that_is_none_is_refused(value):
    """Name, value, and which numbers there are, are told in both languages."""
    with pytest.raises(UsageFault) as caught:
        Limits.of({"depth": value})
    for said in (caught.value.zh, caught.value.en):
        assert "depth" in said and f"“{shown(value)}”" in said and str(DEFAULT.depth) in said


@pytest.mark.parametrize(("name", "meant"), [("detph", "depth"), ("none of them", ""), ("", "")])
def test_a_name_that_is_none_is_refused(name, meant):
    """The name is told, which was meant, and where all stand."""
    with pytest.raises(UsageFault) as caught:
        Limits.of({name: 1})
    for said in (caught.value.zh, caught.value.en):
        assert f"“{name}”" in said and meant in said and "mulu limits" in said
