"""Help is the first that anybody asks for: of the whole, and of each command, in both languages."""

import re
import subprocess
import sys

import click
import pytest

from mulu import cli
from mulu import words as wording
from mulu.texts import width


def commands(group, words=()):
    """Yield the words of each command below a group."""
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            command = group.get_command(ctx, name)
            yield (*words, name)
            if isinstance(command, click.Group):
                yield from commands(command, (*words, name))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_is_listed_and_tells_what_it_does(mulu, language):
    """A module beside the commands that is none must not be taken for one."""
    whole = mulu("--help", "--lang", language)
    assert whole.code == 0 and "validate" in whole.out
    found = list(commands(cli._group()))
    assert len(found) > 20
    for words in found:
        told = mulu(*words, "--help", "--lang", language)
        assert told.code == 0 and told.out.strip() and not told.err, words
        assert len(words) > 1 or words[0] in whole.out


@pytest.mark.parametrize("words", [(), ("standard",)])
def test_a_group_without_a_command_shows_its_help(mulu, words):
    """On lines, as `--help` does; nothing was done, so the exit code is 2."""
    ran = mulu(*words)
    assert ran.code == 2 and not ran.out and ran.err == mulu(*words, "--help").out


def test_a_misspelt_command_gets_a_suggestion(mulu):
    """Groups inside the program answer as the program itself does."""
    for words, meant in ((["valdiate"], "validate"), (["standard", "chek"], "check")):
        ran = mulu(*words)
        assert ran.code == 2 and f"没有命令 {words[-1]}，是不是 {meant}？" in ran.err
    assert "是不是" not in mulu("xyz").err


def test_a_report_without_a_place_is_told_before_the_run(mulu):
    """Nobody waits an hour to be told that a folder is missing."""
    ran = mulu("validate", "没有.jsonl", "-f", "json:无/报告.json")
    assert ran.code == 2 and "请先建立 无" in ran.err and "没有.jsonl" not in ran.err
    ran = mulu("validate", "没有.jsonl", "-f", "json:")
    assert ran.code == 2 and "缺少文件名" in ran.err
    ran = mulu("validate", "没有.jsonl", "-f", "json:.")
    assert ran.code == 2 and "这是文件夹" in ran.err and "没有.jsonl" not in ran.err


def test_a_standard_is_asked_for_by_those_that_use_one(mulu):
    """Help offers nothing that is refused, or does nothing."""
    without = {("limits",), *(("standard", name) for name in ("diff", "impact", "migrate", "new"))}
    groups = {words[:-1] for words in commands(cli._group())}
    for words in commands(cli._group()):
        if words not in groups:
            assert ("--standard" in mulu(*words, "--help").out) == (words not in without), words
    assert mulu("limits", "--standard", "/nonexistent").code == 2


@pytest.mark.parametrize("option", [item["says"] for item in wording._read()["validate"]])
def test_an_option_that_other_checkers_have_is_answered_with_what_does_it_here(mulu, option):
    """What it names is an option; one that came to be would never be asked for in vain."""
    for language in ("zh", "en"):
        ran = mulu("validate", option, "a.jsonl", "--lang", language)
        assert ran.code == 2 and option in ran.err and "--help" not in ran.err
        own = mulu("validate", "--help").out
        for named in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", ran.err.replace(option, "")):
            assert named in own, named
    assert "--help" in mulu("validate", "--nothing-like-it", "a.jsonl").err


@pytest.mark.parametrize("words", [["schema"], ["standard", "template", "-o", "a.xlsx"]], ids=" ".join)
def test_a_kind_that_is_not_said_is_asked_for_by_name(mulu, words):
    """The standard says which there are, so help cannot."""
    ran = mulu(*words)
    assert ran.code == 2 and "缺少 KIND" in ran.err and "resource" in ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [60, 80])
def test_help_fits_the_terminal_and_is_not_cut(mulu, monkeypatch, language, columns):
    """A Chinese character takes two columns; what a command does is told to its end."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in [(), *commands(cli._group())]:
        told = mulu(*words, "--help", "--lang", language).out
        assert all(width(line) <= columns for line in told.splitlines() if " " in line.strip()), told
        _usage, _, rest = told.partition("\n\n")
        assert "..." not in rest, words


@pytest.mark.parametrize("words", [["standard", "template"], ["validate"], []], ids=["template", "validate", "all"])
def test_chinese_help_has_no_english_of_the_library(words):
    """What the reader of command lines adds is in the language of the run, too; help is made once a process."""
    command = [sys.executable, "-m", "mulu", "--lang", "zh", *words, "--help"]
    told = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    assert "选项" in told
    for english in ("Show", "default:", "required", "Options", "Commands", "Usage"):
        assert english not in told
