"""The layout of help: in the language of the run, and by the columns that its characters take."""

from collections.abc import Iterable

import click

from mulu.cli.console import say
from mulu.texts import padded, width, wrapped

_HEADINGS = {"Options": "选项：", "Commands": "命令："}
# What the reader of command lines adds to options.
_WORDS = {
    "Show this message and exit.": "显示这份说明",
    "Show the version and exit.": "显示版本",
    "[default: ": "[默认：",
    "[required": "[必填",
}
_NARROWEST = 20


class Help(click.HelpFormatter):
    """What `--help` shows."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        super().write_usage(prog, args, prefix or say("用法：", "Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a part."""
        self.write(f"{' ' * self.current_indent}{say(_HEADINGS.get(heading, heading), f'{heading}:')}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, between which there are blank lines."""
        indent = " " * self.current_indent
        paragraphs = (wrapped(paragraph, self.width - len(indent)) for paragraph in text.split("\n\n"))
        self.write("\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms and, in a column beside them, what they mean; the column is wider than that of the terms."""
        told = [(term, _told(meaning)) for term, meaning in rows]
        widest = min(max(width(term) for term, _ in told), col_max, self.width // 3)
        start = self.current_indent + widest + col_spacing
        for term, meaning in told:
            lines = wrapped(meaning, max(self.width - start, _NARROWEST))
            if width(term) > widest:
                lines = ["", *lines]
            terms = [" " * self.current_indent + term, *[""] * (len(lines) - 1)]
            for left, right in zip(terms, lines, strict=True):
                self.write(f"{padded(left, start)}{right}".rstrip() + "\n")


def _told(meaning: str) -> str:
    """Return the meaning of an option with the words that are not ours in the language of the run."""
    for english, chinese in _WORDS.items():
        meaning = meaning.replace(english, say(chinese, english))
    return meaning
