"""A migration is read as it is written, and what it may not say is refused with the line."""

import pytest

from mulu.errors import BadStandard
from mulu.standard.migrations import numbers_of, read_migration, read_migrations

HEAD = "from: 1.0.0\nto: 1.1.0\nwhy: {zh: 新版, en: next}\nsteps:\n"
WHY = "why: {zh: 因, en: for}"


def written(folder, steps, head=HEAD, name="1.1.0"):
    """Write a migration and return its path."""
    path = folder / f"{name}.yaml"
    path.write_text(head + "".join(f"  - {step}\n" for step in steps), "utf-8")
    return path


def test_each_kind_of_step_is_read(tmp_path):
    """Where it begins, where it goes, and why."""
    steps = [
        f"{{kind: a, {WHY}, move: /x/*/y, to: /x/*/z/y}}",
        f"{{kind: a, {WHY}, recode: /x, codes: {{old: new, gone: null, 'true': yes}}}}",
        f"{{kind: a, {WHY}, split: /x, pattern: '(?P<one>.)-(?P<two>.)', to: {{one: /y, two: /z}}}}",
        f"{{kind: a, {WHY}, default: /x, value: [1]}}",
        f"{{kind: a, {WHY}, remove: /x}}",
    ]
    found = read_migration(written(tmp_path, steps))
    assert (found.old, found.new, found.why.en) == ("1.0.0", "1.1.0", "next")
    assert [step.told for step in found.steps] == [
        "move /x/*/y → /x/*/z/y",
        "recode /x",
        "split /x → /y, /z",
        "default /x",
        "remove /x",
    ]
    assert found.steps[1].codes == {"old": "new", "gone": None, "true": "yes"}
    assert found.steps[3].value == [1] and found.steps[4].line == 9


@pytest.mark.parametrize(
    "step",
    [
        "{kind: a, why: {zh: 因, en: for}}",
        "{kind: a, why: {zh: 因}, remove: /x}",
        "{kind: a, remove: /x}",
        f"{{kind: a, {WHY}, remove: /x, move: /y, to: /z}}",
        f"{{kind: a, {WHY}, remove: /x, when: always}}",
        f"{{kind: a, {WHY}, remove: x}}",
        f"{{kind: a, {WHY}, remove: /x//y}}",
        f"{{kind: a, {WHY}, remove: [1]}}",
        f"{{kind: a, {WHY}, move: /x}}",
        f"{{kind: a, {WHY}, move: /x/*/y, to: /z/*/y}}",
        f"{{kind: a, {WHY}, move: /x, to: /z/*/y}}",
        f"{{kind: a, {WHY}, move: /x/*, to: /x/*}}",
        f"{{kind: a, {WHY}, recode: /x, codes: {{}}}}",
        f"{{kind: a, {WHY}, recode: /x, codes: {{old: {{a: b}}}}}}",
        f"{{kind: a, {WHY}, default: /x, value: null}}",
        f"{{kind: a, {WHY}, split: /x, pattern: '(', to: {{one: /y}}}}",
        f"{{kind: a, {WHY}, split: /x, pattern: '(?P<one>a)', to: {{two: /y}}}}",
        f"{{kind: a, {WHY}, split: /x, pattern: '(?P<one>a)(?=b)', to: {{one: /y}}}}",
        f"{{kind: a, {WHY}, split: /x, pattern: 7, to: {{one: /y}}}}",
        "text",
    ],
)
def test_what_a_step_may_not_say(tmp_path, step):
    """The line is that of the step."""
    with pytest.raises(BadStandard) as caught:
        read_migration(written(tmp_path, [f"{{kind: a, {WHY}, remove: /right}}", step]))
    assert caught.value.line == 6 and caught.value.zh and caught.value.en


@pytest.mark.parametrize(
    "head",
    [
        "from: 1.0.0\nto: 1.0.0\nwhy: {zh: 新, en: next}\nsteps:\n",
        "from: 1.0\nto: 1.1.0\nwhy: {zh: 新, en: next}\nsteps:\n",
        "from: 1.0.0\nto: 1.1\nwhy: {zh: 新, en: next}\nsteps:\n",
        "from: 1.0.0\nto: 1.1.0\nsteps:\n",
        "from: 1.0.0\nto: 1.1.0\nwhy: 新版\nsteps:\n",
        "from: 1.0.0\nto: 1.1.0\nwhy: {zh: 新, en: next}\nrest: x\nsteps:\n",
    ],
)
def test_what_a_migration_may_not_say(tmp_path, head):
    """Versions in order, texts in both languages, nothing more, though its steps are right."""
    with pytest.raises(BadStandard):
        read_migration(written(tmp_path, [f"{{kind: a, {WHY}, remove: /x}}"], head))


def test_migrations_stand_by_version(tmp_path):
    """Not by the name of their files."""
    folder = tmp_path / "schemas/migrations"
    folder.mkdir(parents=True)
    for name, old, new in (("a", "1.9.0", "1.10.0"), ("b", "1.0.0", "1.9.0")):
        head = HEAD.replace("1.0.0", old).replace("1.1.0", new)
        written(folder, [f"{{kind: a, {WHY}, remove: /x}}"], head, name)
    assert [one.new for one in read_migrations(tmp_path)] == ["1.9.0", "1.10.0"]
    assert numbers_of("1.10.0-rc.1") == (1, 10, 0) and numbers_of("1.10") is None
