"""`mulu standard check` and `new`, and the examples of a rule, as those who write standards use them."""

import orjson
import pytest

from mulu.standard import load

STANDARD = load()


@pytest.mark.parametrize(("language", "word"), [("zh", "0 个错误"), ("en", "0 errors")])
def test_a_new_standard_is_written_and_passes(mulu, tmp_path, language, word):
    """Two commands, and there is a standard that holds."""
    assert mulu("standard", "new", "parks").code == 0
    result = mulu("standard", "check", "parks", "--lang", language)
    assert result.code == 0 and word in result.out
    assert mulu("standard", "check", "--standard", "parks").code == 0
    assert mulu("explain", "example", "--standard", "parks").code == 0


def test_faults_are_told_by_file_and_line(mulu, tmp_path):
    """A line each, and exit code 1."""
    mulu("standard", "new", "parks")
    rule = tmp_path / "parks" / "validators" / "date" / "ended-before-started.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace(", en: check both dates", ""), encoding="utf-8")
    result = mulu("standard", "check", "parks")
    assert result.code == 1 and "ended-before-started.yaml:10: 错误:" in result.out


def test_remarks_are_no_failure(mulu, tmp_path):
    """They are told, unless `-q` is given, and the exit code stays 0."""
    mulu("standard", "new", "parks")
    mapping = tmp_path / "parks" / "converters" / "example-table" / "mapping.yaml"
    mapping.write_text(
        mapping.read_text(encoding="utf-8") + "  ended: {heading: 结束日期, as: date}\n", encoding="utf-8"
    )
    result = mulu("standard", "check", "parks")
    assert result.code == 0 and "结束日期" in result.out
    assert "结束日期" not in mulu("standard", "check", "parks", "-q").out


def test_what_is_no_standard_cannot_be_checked(mulu, tmp_path):
    """Exit code 2, and what is missing."""
    result = mulu("standard", "check", ".")
    assert result.code == 2 and "standard.toml" in result.err


def test_nothing_is_overwritten_and_nothing_left(mulu, tmp_path):
    """A folder that is there is left alone, and a failure leaves no half of one."""
    (tmp_path / "parks").mkdir()
    assert mulu("standard", "new", "parks").code == 2
    assert mulu("standard", "new", "Parks/../x").code == 2
    assert mulu("standard", "new", "parks", "-o", "no/such/folder").code == 2
    assert mulu("standard", "new", "other", "--extends", "elsewhere").code == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["parks"]


def test_a_failure_in_the_middle_leaves_nothing(mulu, tmp_path, monkeypatch):
    """A full disk, say."""

    def full(files, folder, words):
        (folder / "standard.toml").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mulu.publish.begin._write", full)
    result = mulu("standard", "new", "parks")
    assert result.code == 2 and "磁盘已满" in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("which", ["pass", "fail"])
def test_examples_of_a_rule_are_whole_entries(mulu, tmp_path, which):
    """They can be given to `mulu validate` as they are."""
    result = mulu("explain", "duplicate-identifier", "--examples", which)
    rule = STANDARD.rules["duplicate-identifier"]
    examples = rule.passes if which == "pass" else rule.fails
    entries = [orjson.loads(line) for line in result.out.splitlines()]
    assert entries == [dict(entry) for example in examples for entry in example.entries]
    (tmp_path / "examples.jsonl").write_text(result.out, encoding="utf-8")
    report = mulu("validate", "examples.jsonl", "--format", "jsonl").out
    assert ("duplicate-identifier" in report) == (which == "fail")


def test_only_rules_have_examples(mulu):
    """Anything else is told, with the nearest rule."""
    result = mulu("explain", "duplicate-identifer", "--examples", "fail")
    assert result.code == 2 and "duplicate-identifier" in result.err


@pytest.mark.parametrize("command", [[], ["build"], ["check"], ["new"]])
@pytest.mark.parametrize(("language", "word"), [("zh", "用法"), ("en", "Usage")])
def test_help_is_in_the_language_of_the_user(mulu, monkeypatch, command, language, word):
    """In both languages, for the group and its commands."""
    monkeypatch.setenv("MULU_LANG", language)
    result = mulu("standard", *command, "--help")
    assert result.code == 0 and word in result.out
