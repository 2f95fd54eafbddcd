"""Regular expressions of rules: from RE2, which DuckDB has, to the dialect of Java, which Spark has."""

import re

_DIGIT, _SPACE, _WORD = "0-9", r"\t\n\f\r ", "0-9A-Za-z_"
_CLASSES = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
# Escapes that mean the same; of others the meaning differs, or one of the two does not know them.
_SAME = frozenset("tnfra")
_CODE_POINT = re.compile(r"\\x\{[0-9A-Fa-f]{1,6}\}")
_COUNT = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")


class CannotCarry(ValueError):
    """Something in a query means one thing on DuckDB and another, or nothing, on Spark; `zh` and `en` say what."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def java_pattern(pattern: str) -> str:
    r"""Return the pattern of Java that matches what `pattern` does for RE2; raises `CannotCarry` if none is known.

    >>> java_pattern(r'^[0-9]+\.$')
    '^[0-9]+\\.\\z'
    >>> java_pattern('[[&]..')
    '[\\[\\&][^\\n][^\\n]'
    >>> java_pattern(r'[\x{200B}-\x{200F}]')
    '[\\x{200B}-\\x{200F}]'
    """
    out: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            piece, at = _escape(pattern, at, within=False)
        elif sign == "[":
            piece, at = _class(pattern, at)
        elif sign == "(" and pattern.startswith("(?", at) and not pattern.startswith("(?:", at):
            raise _unknown(pattern, pattern[at : at + 3])
        elif sign == "{" and not _COUNT.match(pattern, at):
            raise _unknown(pattern, "{")
        else:
            # The end of a line ends no text for RE2, and a dot matches all of Java's ends of lines but one.
            piece, at = {"$": r"\z", ".": r"[^\n]"}.get(sign, sign), at + 1
        out.append(piece)
    return "".join(out)


def _escape(pattern: str, at: int, *, within: bool) -> tuple[str, int]:
    sign = pattern[at + 1 : at + 2]
    if sign and not sign.isalnum():
        return pattern[at : at + 2], at + 2
    if sign in _SAME:
        return pattern[at : at + 2], at + 2
    if code_point := _CODE_POINT.match(pattern, at):
        return code_point.group(), code_point.end()
    if sign in _CLASSES:
        return (_CLASSES[sign] if within else f"[{_CLASSES[sign]}]"), at + 2
    if sign.lower() in _CLASSES and sign and not within:
        return f"[^{_CLASSES[sign.lower()]}]", at + 2
    raise _unknown(pattern, pattern[at : at + 2])


def _class(pattern: str, at: int) -> tuple[str, int]:
    start = at
    at += 1
    out = ["["]
    if pattern[at : at + 1] == "^":
        out.append("^")
        at += 1
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        sign = pattern[at]
        if pattern.startswith("[:", at):
            raise _unknown(pattern, "[:")
        if sign == "\\":
            piece, at = _escape(pattern, at, within=True)
        else:
            # Java reads classes within classes and their intersection.
            piece, at = (f"\\{sign}" if sign in "[&]" or (sign == "^" and first) else sign), at + 1
        out.append(piece)
        first = False
    if at >= len(pattern):
        raise _unknown(pattern, pattern[start:])
    return "".join([*out, "]"]), at + 1


def _unknown(pattern: str, what: str) -> CannotCarry:
    return CannotCarry(
        f"正则式 {pattern} 中的 {what} 不能换成 Spark 的写法",
        f"{what} in the pattern {pattern} has no counterpart on Spark",
    )
