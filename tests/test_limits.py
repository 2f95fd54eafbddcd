"""Limits: each is told of, can be set, and is named where it stops something."""

from dataclasses import fields

import pytest

from mulu.errors import UsageFault
from mulu.limits import DEFAULT, Limits


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


@pytest.mark.parametrize(
    "given",
    [{"none": 1}, {"depth": 0}, {"depth": -1}, {"depth": "x"}, {"depth": True}, {"depth": 1.5}, {"depth": "9" * 30}],
)
def test_what_is_no_limit_is_refused(given):
    """A misspelt name or value is told with where it stands."""
    with pytest.raises(UsageFault) as caught:
        Limits.of(given, "mulu.toml [limits]")
    assert "mulu.toml [limits]" in caught.value.zh and "mulu limits" in caught.value.en
