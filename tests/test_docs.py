"""What the pages say can be done so: their commands exist, their links lead somewhere, in both languages."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mulu import cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "SECURITY.md", *sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").glob("*.md"))]
TRANSLATED = [page for page in PAGES if page.name.endswith(".zh.md")]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELLS = ("sh", "powershell", "text", "yaml")


def name(page):
    """What a test of a page is called."""
    return str(page.relative_to(ROOT))


def commands(text):
    """Yield the commands of mulu in the blocks of a page and in its sentences, as a shell would part their words."""
    lines = [line for kind, block in BLOCK.findall(text) if kind in SHELLS for line in joined(block)]
    # What a sentence leaves out, such as the file of an option, the ellipsis stands for.
    mentioned = [f"{said} …" for said in re.findall(r"`(mulu [a-z][^`\n]*)`", BLOCK.sub("", text))]
    for line in [*lines, *mentioned]:
        for part in re.split(r"\s(?:&&|\|\||\||;|>|2>|<)\s*", re.sub(r"^\$ ", "", line)):
            words = re.sub(r"\s#\s.*", "", part).strip()
            words = re.sub(r"^(?:\S+=(?:\"[^\"]*\"|\S*)\s+)*(?:\S*/)?(?=mulu )", "", words)
            if words.startswith("mulu "):
                yield words


def joined(block):
    """Return the lines of a block, those that a backslash goes on with as one."""
    return re.sub(r"\\\n\s*", " ", block).splitlines()


def refused(line):
    """Return why a command would not be understood; `None` if it would."""
    try:
        words = shlex.split(line)[1:]
    except ValueError as error:
        return str(error)
    command = cli._group()
    try:
        while isinstance(command, click.Group) and words and not words[0].startswith(("-", "…")):
            _, command, words = command.resolve_command(click.Context(command), words)
        command.make_parser(click.Context(command)).parse_args(words)
    except click.UsageError as error:
        return error.format_message()
    return None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_commands_of_a_page_exist(page):
    """A reader who copies one is not told that there is no such option."""
    lines = list(commands(page.read_text("utf-8")))
    assert {line: why for line in lines if (why := refused(line))} == {}


def test_a_command_that_is_none_is_noticed():
    """In a block, behind a pipe, in a sentence; what the shell says beside it is no part of it."""
    text = "```sh\nLANG=C mulu validat a.xlsx # x\ncat a | mulu validate - --levl x > b\n```\nUse `mulu standard chek`."
    lines = list(commands(text))
    assert lines == ["mulu validat a.xlsx", "mulu validate - --levl x", "mulu standard chek …"]
    assert all(map(refused, lines)) and refused("mulu validate - --level share") is None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_links_of_a_page_lead_somewhere(page):
    """To files of the repository, and to headings that are there."""
    text = BLOCK.sub("", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", TRANSLATED, ids=name)
def test_both_languages_show_the_same_commands(page):
    """Their options stand in the same order; names of files are those of the language."""
    other = page.with_name(page.name.replace(".zh.md", ".md"))

    def shown(text):
        lines = [line for kind, block in BLOCK.findall(text) if kind == "sh" for line in joined(block)]
        return [re.findall(r"^\w+|(?<=\s)-[-a-zA-Z]+", re.sub(r"\s#\s.*", "", line)) for line in lines]

    assert shown(page.read_text("utf-8")) == shown(other.read_text("utf-8"))


def test_each_page_is_there_in_both_languages():
    """Chinese and English are equals."""
    docs = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert {one.replace(".zh.md", ".md") for one in docs if one.endswith(".zh.md")} == {
        one for one in docs if not one.endswith(".zh.md")
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_example_of_the_readme_is_what_the_command_prints(language):
    """Line by line, in order; an ellipsis stands for what is left out."""
    page = ROOT / ("README.md" if language == "en" else "README.zh.md")
    block = next(block for kind, block in BLOCK.findall(page.read_text("utf-8")) if kind == "text")
    command, *shown = block.splitlines()
    words = [sys.executable, "-m", *shlex.split(command.removeprefix("$ ")), "--lang", language]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    printed = iter(ran.stdout.splitlines())
    assert [line for line in shown if line.strip(" …") and line not in printed] == []
