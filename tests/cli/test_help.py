"""Help is the first that anybody asks for: of the whole, and of each command, in both languages."""

import click
import pytest

from mulu import cli


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
