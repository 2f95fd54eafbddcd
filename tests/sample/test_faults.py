"""Planted faults: for every rule, each found where the list says, and nothing else found."""

from collections import Counter

from mulu.sample import Sample, counts_of, planters
from mulu.standard import load


def test_every_rule_can_be_planted(recipes):
    """There is no rule that a sample could not break."""
    assert set(load().rules) - set(planters(recipes)) == set()


def test_each_fault_is_found_and_nothing_else(checked, recipes):
    """Every planter once: the findings are exactly those of its list."""
    known = planters(recipes)
    broken = Counter(part.kind for planter in known.values() for part in planter.parts)
    result = checked(*[f"{kind}:{3 * broken[kind] + 40}" for kind in recipes.kinds], seed=6, faults=len(known))
    assert {fault.planter.rule for fault in result.sample.faults} == set(known)
    assert result.found == result.expected


def test_many_faults_do_not_disturb_each_other(checked):
    """Each rule several times in one catalog."""
    result = checked(total=5000, seed=7, dose=0.05)
    assert len(result.sample.faults) == 250
    assert result.found == result.expected and len(result.found) >= 250
    again = checked(total=2500, seed=8, dose=0.3)
    assert again.found == again.expected
    assert max(Counter(fault.planter.rule for fault in again.sample.faults).values()) > 1


def test_faults_fit_a_catalog_of_few_kinds(checked):
    """Rules that need a kind which is not there are not broken."""
    result = checked("resource:200", "grant:60", seed=9, dose=0.2)
    assert result.found == result.expected and len(result.sample.faults) == 52


def test_faults_are_spread_evenly_over_the_rules(recipes):
    """A catalog of 17,000 with two faults in a hundred uses nearly all of them; the kinds keep their counts."""
    counts = counts_of(recipes, (), 17_000)
    sample = Sample(recipes, counts, 1, 340)
    used = Counter(fault.planter.rule for fault in sample.faults)
    assert len(sample.faults) == 340 and len(used) > 290 and max(used.values()) <= 2
    assert sample.counts == counts and sum(counts.values()) == 17_000
    lines = [line for _, group in sample.places() for line in group]
    assert len(set(lines)) == len(lines)
    assert min(lines) < 100 and max(lines) > 16_000


def test_both_sides_of_a_duplicate_are_listed(recipes):
    """The one that came first is told as well, as a validation does."""
    sample = Sample(recipes, {"resource": 1000}, 1, 150)
    found = [item for item in sample.found() if item.rule == "duplicate-identifier"]
    assert len(found) == 2 and found[0].entry == found[1].entry and found[0].line < found[1].line
