"""A text that was written for a web page, as the text that its reader sees there.

Portals keep descriptions in the HTML of their editors; what shows them elsewhere would show the tags. Only tags that
editors write are taken for such, so that `a < b`, `<name>` and `List<T>` stay what they are.

Sources: HTML Living Standard, chapters 4 (elements) and 13.5 (named character references).
"""

import re
from html import unescape
from html.entities import html5

_BREAKS = "br|p|div|h[1-6]|ul|ol|table|tr|blockquote|pre|hr|dl|dt|dd|center"
_INLINE = "a|abbr|b|code|em|font|i|img|s|small|span|strike|strong|sub|sup|u|li|td|th|tbody|thead|tfoot|style|script"
_TAG = re.compile(rf"<(/?)({_BREAKS}|{_INLINE})(\s[^<>]*|/)?>", re.IGNORECASE)
# One letter in angle brackets may be anything; what ends an element, or has an attribute, is a tag.
_SURE = re.compile(
    rf"</(?:{_BREAKS}|{_INLINE})\s*>|<(?:{_BREAKS}|li|img)(?:\s[^<>]*|/)?>|<(?:a|font|span)\s[^<>]*=", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAK = re.compile(_BREAKS, re.IGNORECASE)
_ADDRESS = re.compile(r"""\shref\s*=\s*["']?(https?://[^"'\s<>]+)""", re.IGNORECASE)
_UNSEEN = ("style", "script")
_TURNS = 3
"""How often markup may be written as the text of markup: exporters escape what is escaped already."""


def without_markup(text: str) -> str:
    """Return a text without markup and with the characters that its entities stand for; any other text as it is.

    A text of which nothing would be left, such as a picture, stays as it is too. What has no markup has none when it
    is read again.

    >>> without_markup("<p>Roads &amp; bridges,<br>see <a href='https://a.example/'>here</a></p>")
    'Roads & bridges,\\nsee here (https://a.example/)'
    >>> without_markup("a < b & c")
    'a < b & c'
    """
    if "<" not in text and "&" not in text:
        return text
    found = text
    for _ in range(_TURNS):
        has_tags = _SURE.search(found) is not None
        if not has_tags and _ENTITY.search(found) is None:
            break
        found = _ENTITY.sub(_character, _without_tags(found) if has_tags else found).replace("\u00a0", " ")
        if has_tags:
            found = _lines(found)
    return found.strip() or text


def _character(entity: re.Match[str]) -> str:
    """Return what an entity stands for: in addresses `&region=` is none, though a browser reads `&reg` there."""
    return unescape(entity[0]) if entity[0][1] == "#" or entity[0][1:] in html5 else entity[0]


def _without_tags(text: str) -> str:
    ends = {name: text.casefold().rfind(f"</{name}") for name in _UNSEEN}
    parts: list[str] = []
    last, unseen, address = 0, "", ""
    for match in _TAG.finditer(text):
        closes, name, attributes = match[1] == "/", match[2].casefold(), match[3] or ""
        if unseen:
            unseen = "" if closes and name == unseen else unseen
            last = match.end()
            continue
        said = text[last : match.start()]
        parts.append(said)
        last = match.end()
        if _BREAK.fullmatch(name):
            # Where one block ends and the next begins is one line's end.
            if name == "br" or said or parts[-2:-1] != ["\n"]:
                parts.append("\n")
        elif name == "li" and not closes:
            parts.append("\n- ")
        elif name in ("td", "th") and closes:
            parts.append(" ")
        elif name == "a":
            if closes and address and address not in said:
                parts.append(f" ({address})")
            to = _ADDRESS.search(attributes)
            address = to[1] if to and not closes else ""
        elif name in _UNSEEN and not closes and ends[name] > match.start():
            unseen = name
    return "".join(parts) + text[last:]


def _lines(text: str) -> str:
    """Return a text without blanks around its lines, and of several blank lines one."""
    lines: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip()
