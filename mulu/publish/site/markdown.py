"""The README of a format as markup: the little of Markdown that they use, and nothing that could act.

Headings, paragraphs, lists, tables, code, emphasis, and links to addresses of the web; links to files stay texts, and
markup in a text is shown as it stands.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from mulu.texts import clean

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^()\s]+)\)|\*([^*\s][^*]*)\*")
_RULE = re.compile(r"^-{3,}\s*$", re.MULTILINE)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_ADDRESS = re.compile(r"https?://[^\s]+")
_ROW = re.compile(r"\|[\s:|-]+\|")


def in_language(text: str, language: str) -> str:
    """Return the half of a text that is in a language, if a line of `---` divides it into two; else all of it."""
    halves = _RULE.split(text)
    if len(halves) != 2:
        return text
    chinese, english = sorted(halves, key=lambda half: -len(_CHINESE.findall(half)) / max(len(half), 1))
    return (english if language == "en" else chinese).strip()


def rendered(text: str, heading: int = 2) -> Markup:
    """Return a text as markup; its greatest headings become those of the level `heading`."""
    return Markup("\n").join(_blocks(clean(text, keep_newlines=True).split("\n"), heading))


def _blocks(lines: list[str], heading: int) -> Iterator[Markup]:
    number = 0
    while number < len(lines):
        line = lines[number]
        start = number
        number += 1
        if not line.strip():
            continue
        if line.startswith("```"):
            while number < len(lines) and not lines[number].startswith("```"):
                number += 1
            yield Markup("<pre><code>{}</code></pre>").format("\n".join(lines[start + 1 : number]))
            number += 1
        elif match := re.match(r"(#{1,6}) +(.*)", line):
            level = min(heading + len(match[1]) - 1, 6)
            yield Markup(f"<h{level}>{{}}</h{level}>").format(_inline(match[2]))
        elif line.startswith("|"):
            while number < len(lines) and lines[number].startswith("|"):
                number += 1
            yield _table(lines[start:number])
        elif _item(line) is not None:
            items = [line]
            while number < len(lines) and lines[number].strip() and (_item(lines[number]) or lines[number][0] == " "):
                items.append(lines[number])
                number += 1
            yield _list(items)
        else:
            while number < len(lines) and lines[number].strip() and not re.match(r"[#|`]|[-*] ", lines[number]):
                number += 1
            yield Markup("<p>{}</p>").format(_inline("\n".join(lines[start:number])))


def _item(line: str) -> str | None:
    match = re.match(r" *(?:[-*]|\d+[.、]) +(.*)", line)
    return match[1] if match else None


def _list(lines: list[str]) -> Markup:
    items: list[str] = []
    for line in lines:
        told = _item(line)
        if told is not None:
            items.append(told)
        else:
            items[-1] += " " + line.strip()
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items))


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if not _ROW.fullmatch(line)]
    body = []
    for number, row in enumerate(rows):
        tag = "th" if number == 0 else "td"
        body.append(
            Markup("<tr>{}</tr>").format(
                Markup("").join(Markup(f"<{tag}>{{}}</{tag}>").format(_inline(one)) for one in row)
            )
        )
    return Markup('<div class="scroll" tabindex="0"><table>{}</table></div>').format(Markup("").join(body))


def _inline(text: str) -> Markup:
    found, at = Markup(""), 0
    for match in _INLINE.finditer(text):
        found += escape(text[at : match.start()])
        at = match.end()
        code, strong, label, address, emphasis = match.groups()
        if code is not None:
            found += Markup("<code>{}</code>").format(code)
        elif strong is not None:
            found += Markup("<strong>{}</strong>").format(strong)
        elif emphasis is not None:
            found += Markup("<em>{}</em>").format(emphasis)
        elif _ADDRESS.fullmatch(address):
            found += Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, label)
        else:
            found += escape(label)
    return found + escape(text[at:])
