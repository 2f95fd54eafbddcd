"""Recipes: what can be said in them, and what a standards body is told when one is wrong."""

import pytest

from mulu.errors import BadStandard, UsageFault
from mulu.publish.begin import begin
from mulu.publish.check import check
from mulu.sample import Recipes, Sample, counts_of
from mulu.standard import load

RECIPE = """\
count: rest
let:
  word: {$of: words, at: k}
  start: {$date: ["2020-01-01", "2020-12-31"]}
entry:
  kind: example
  identifier: "EX-{k:04}"
  name: "{word}示范条目{k}"
  type: {$of: [TYPES], weights: [1]}
"""


@pytest.fixture
def standard(tmp_path):
    """Return a function that makes a small standard with one recipe."""

    def make(recipe=RECIPE, words="[甲, 乙, 丙]", faults=""):
        folder = tmp_path / "parks"
        if not folder.exists():
            begin("parks", folder, None)
        sample = folder / "schemas" / "sample"
        (sample / "words").mkdir(parents=True, exist_ok=True)
        (sample / "faults").mkdir(exist_ok=True)
        code = (folder / "schemas/codes/example-type.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
        (sample / "example.yaml").write_text(recipe.replace("TYPES", code), encoding="utf-8")
        (sample / "words" / "words.yaml").write_text(words, encoding="utf-8")
        (sample / "faults" / "faults.yaml").write_text(faults or "{}", encoding="utf-8")
        return folder

    return make


def entries(folder, total=4):
    """Return the entries of a sample of a standard."""
    recipes = Recipes(load(folder))
    sample = Sample(recipes, counts_of(recipes, (), total), 1)
    make = sample.catalog.maker("example")
    b"".join(sample.lines())
    return [make(number) for number in range(total)]


def test_a_standard_of_ones_own_has_recipes_of_its_own(standard):
    """The engine knows nothing of the built-in standard's kinds."""
    found = entries(standard())
    assert [entry["identifier"] for entry in found] == ["EX-0000", "EX-0001", "EX-0002", "EX-0003"]
    assert [entry["name"][0] for entry in found] == ["甲", "乙", "丙", "甲"]


# what is wrong: (what to replace, by what, line, part of the sentence)
WRONG = {
    "unknown name": ('"{word}示范条目{k}"', '"{wort}示范"', 8, "wort"),
    "unknown list": ("{$of: words, at: k}", "{$of: woerter}", 3, "woerter"),
    "no formula": ("at: k}", 'at: "k +"}', 3, "k +"),
    "a program": ("at: k}", 'at: "__import__(1)"}', 3, "__import__"),
    "a power": ("at: k}", 'at: "9 ** 9"}', 3, "9 ** 9"),
    "unknown generator": ("{$of: words, at: k}", "{$any: words}", 3, "$any"),
    "unknown key of a generator": ("at: k}", "ad: k}", 3, "ad"),
    "unknown member": ("count: rest", "counts: rest", 1, "counts"),
    "another entry of a kind without recipe": ("{$of: words, at: k}", "{$entry: park, at: k}", 3, "park"),
    "itself": ("{$of: words, at: k}\n", '{$entry: example, at: k}\n  next: "{word.start}"\n', 3, "example"),
    "a brace": ("{word}示范", "{word 示范", 8, "{word"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_recipe_is_told_with_its_line(standard, name):
    """File, line and what stands there."""
    old, new, line, part = WRONG[name]
    assert old in RECIPE
    with pytest.raises(BadStandard) as caught:
        entries(standard(RECIPE.replace(old, new)))
    assert caught.value.path.endswith("example.yaml") and caught.value.line == line
    assert part in caught.value.en and part in caught.value.zh


def test_what_cannot_be_made_for_an_entry_is_told(standard):
    """Not before it is tried: a list that turns out to be empty."""
    with pytest.raises(BadStandard) as caught:
        entries(standard(words="[]"))
    assert "example.yaml" in caught.value.path
    assert "Error" not in caught.value.en and "empty list" in caught.value.en


def test_check_validates_what_recipes_make(standard):
    """A property that the schema does not have, and a fault that breaks more than it says."""
    assert [flaw for flaw in check(standard()) if flaw.severity != "info"] == []
    flaws = check(standard(RECIPE + "  titel: 示范\n"))
    assert any("unknown-property" in flaw.en and flaw.line == 10 for flaw in flaws)
    fault = "missing-property:\n  entries: [{like: example, remove: [/identifier], set: {/titel: x}}]\n"
    flaws = check(standard(faults=fault + "  at: [{entry: 0, path: /identifier}]\n"))
    assert any("unknown-property at /titel" in flaw.en and flaw.path.endswith("faults.yaml") for flaw in flaws)
    flaws = check(standard(faults="no-such-rule: {none: 没有}\n"))
    assert any("no-such-rule" in flaw.en for flaw in flaws)


@pytest.mark.parametrize(
    ("kinds", "total", "part"),
    [
        (("recource",), 5, "resource"),
        (("resource:x",), None, "resource:100"),
        (("resource", "resource:3"), 5, "twice"),
        (("resource:3",), 5, "-n 5"),
        (("resource:9", "grant"), 5, "more than"),
        ((), None, "-n"),
    ],
)
def test_counts_that_cannot_be_are_refused(recipes, kinds, total, part):
    """With what to write instead."""
    with pytest.raises(UsageFault) as caught:
        counts_of(recipes, kinds, total)
    assert part in caught.value.en


def test_counts_add_up(recipes):
    """Whatever is asked for: kinds without a count share what is left."""
    for total in (1, 2, 9, 66, 1000, 17_000, 250_001):
        assert sum(counts_of(recipes, (), total).values()) == total
    assert counts_of(recipes, (), 17_000)["organization"] == 66
    assert counts_of(recipes, ("service:3", "grant"), 10) == {"grant": 7, "service": 3}
    assert sum(counts_of(recipes, ("grant", "resource"), 101).values()) == 101
