"""Samples: coherent, clean, the same in every run, of any size; and the figures of the source article."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import orjson
import pytest

from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load

PROFILE = Path(__file__).parents[2] / "profiles" / "zhejiang"
ARTICLE = (
    *("organization:66", "service:958", "licence:95", "seal:61", "grant:2600", "resource:4250"),
    *("interface:480", "element:200", "issued-licence:300", "record:200"),
)


def written(recipes, *kinds, total=None, seed=1, faults=0):
    """Return the bytes of a sample."""
    return b"".join(Sample(recipes, counts_of(recipes, kinds, total), seed, faults).lines())


def test_one_seed_is_one_catalog(recipes):
    """The same bytes again, and others by another seed."""
    first = written(recipes, total=900, faults=40)
    assert first == written(recipes, total=900, faults=40)
    assert first != written(recipes, total=900, faults=40, seed=2)
    assert first.count(b"\n") == 900


def test_a_catalog_does_not_follow_from_the_process():
    """Another hash seed of Python changes nothing."""
    command = [sys.executable, "-m", "mulu", "sample", "-n", "60", "--seed", "7"]
    outputs = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            command,
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(PROFILE.parents[1])},
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_wrong_in_a_sample(checked, seed):
    """No finding of any level or severity."""
    assert checked(total=3000, seed=seed).found == []


def test_a_sample_stays_right_for_years(checked):
    """Nothing in it comes to an end."""
    assert checked(total=700, seed=3, day=date(2045, 12, 31)).found == []


@pytest.mark.parametrize("total", [1, 5, 20, 150])
def test_a_small_sample_is_coherent_too(checked, total):
    """Whatever kinds there is room for."""
    assert checked(total=total, seed=4).found == []


@pytest.mark.parametrize(
    "kinds",
    [
        ("organization:1", "resource:9", "grant:9", "service:9", "interface:9"),
        ("organization:2", "resource:1", "grant:8", "interface:3", "service:3"),
        ("organization:70", "resource:40", "grant:200", "element:60", "licence:9", "issued-licence:9", "seal:3"),
        ("grant:30", "service:30"),
    ],
)
def test_any_mix_of_kinds_is_coherent(checked, kinds):
    """Few departments for many entries, and kinds that refer to what is not there."""
    assert checked(*kinds).found == []


def test_the_article_is_one_catalog(checked):
    """66 departments, 17,000 data items, 958 service items, 95 licence types, 61 seals, 2,600 grants."""
    result = checked(*ARTICLE)
    assert result.found == []
    counts = Counter(entry["kind"] for entry in result.entries)
    assert [counts[kind] for kind in ("organization", "service", "licence", "seal", "grant")] == [66, 958, 95, 61, 2600]
    assert sum(len(entry.get("dataItems", ())) for entry in result.entries if entry["kind"] == "resource") == 17_000


def test_references_lead_to_entries(recipes):
    """What is named by its code stands in the catalog, and departments go by one code and name."""
    entries = [orjson.loads(line) for line in written(recipes, total=2500, seed=5).splitlines()]
    known = {kind: {} for kind in ("organization", "resource", "service", "licence", "seal")}
    for entry in entries:
        known.get(entry["kind"], {})[entry["identifier"]] = entry
    bodies = {code: entry["name"] for code, entry in known["organization"].items()}
    seen = Counter()
    for entry in entries:
        for name in ("publisher", "owner", "creator", "issuer", "assigner", "assignee", "authority"):
            agents = entry.get(name, [])
            for agent in agents if isinstance(agents, list) else [agents]:
                assert bodies[agent["identifier"]] == agent["name"]
                seen["body"] += 1
        found = [("resource", code) for code in entry.get("servesDataset", [])]
        found += [("resource", need["resource"]) for need in entry.get("dataNeeds", [])]
        found += [("licence", entry["licenceType"])] if "licenceType" in entry else []
        found += [("resource", entry["target"]["resource"])] if "target" in entry else []
        found += [("service", entry["serviceItem"]["identifier"])] if "serviceItem" in entry else []
        found += [("seal", code) for code in entry.get("seals", []) if entry["kind"] == "licence"]
        for kind, code in found:
            assert code in known[kind], (entry["identifier"], kind, code)
            seen[kind] += 1
    assert min(seen[kind] for kind in ("body", "resource", "licence", "service", "seal")) > 5


def test_identifiers_are_given_once(recipes):
    """Also in a sample of many cities, and titles within a department."""
    sample = Sample(recipes, {"organization": 1400, "resource": 30_000}, 1)
    codes, titles = set(), set()
    make = sample.catalog.maker("resource")
    for number in range(30_000):
        entry = make(number)
        codes.add(entry["identifier"])
        titles.add((entry["title"], entry["publisher"]["name"]))
    assert len(codes) == len(titles) == 30_000
    make = sample.catalog.maker("organization")
    assert len({make(number)["name"] for number in range(1400)}) == 1400


def test_a_profile_uses_the_recipes_below(checked):
    """What the province adds stands in its own files, and the sample meets its highest level."""
    result = checked(total=900, by=Recipes(load(PROFILE)))
    assert result.found == []
    assert any("dataScope" in entry for entry in result.entries)
