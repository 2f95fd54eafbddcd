"""`mulu validate --fix` and `--diff`: what is mended in the files that were checked."""

from collections.abc import Iterator
from typing import Any

import click

from mulu.cli.console import complain, error_text, say
from mulu.errors import MuluError, Unreadable
from mulu.place import Place
from mulu.texts import clean, shown
from mulu.validate import Report
from mulu.validate.apply import Mended, mends, write

LONG = 200
"""Characters of the longest line that a diff shows whole."""
KEPT = 60


def show(report: Report, *, unsafe: bool) -> None:
    """Print what would be changed: lines of texts as a unified diff, cells of workbooks one by one."""
    from mulu.reports._common import place_of
    from mulu.reports._quote import Quotes

    total = 0
    for mended in mends(report, unsafe=unsafe):
        path = clean(mended.item.path)
        total += len(mended.changes)
        if mended.lines:
            findings = [change.finding for change in mended.changes]
            quotes = Quotes(report, findings, {text for finding in findings for text in _shown(finding)})
            click.echo(f"--- {path}\n+++ {path}")
            for number, before, after in mended.lines:
                click.echo(f"@@ -{number} +{number} @@")
                old, new = (quotes.masked(mended.item.path, number, line) for line in (before, after))
                for sign, line in zip("-+", _around(old, new), strict=True):
                    click.echo(f"{sign}{clean(line)}")
        else:
            for change in mended.changes:
                click.echo(f"{clean(str(place_of(change.finding)))}: {shown(change.before)} → {shown(change.after)}")
        _not_mended(mended)
    complain(say(f"可改 {total} 处；没有写文件", f"{total} to be mended; no file was written"))


def _shown(finding: dict[str, Any]) -> Iterator[str]:
    """Yield the values that the old line shows, though under its new name, or with its blanks gone, one is masked."""
    if finding["rule"] == "unknown-property" and isinstance(finding["value"], str):
        yield finding["value"]
    elif not finding["rule"]:
        yield from (finding["value"], finding["fix"]["value"])


def _around(old: str, new: str) -> tuple[str, str]:
    """Return two lines without what both begin and end with, if they are long: a line may be a whole record."""
    if max(len(old), len(new)) <= LONG:
        return old, new
    shortest = min(len(old), len(new))
    first = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    last = next((at for at in range(shortest - first) if old[-1 - at] != new[-1 - at]), shortest - first)
    first, last = max(0, first - KEPT), max(0, last - KEPT)
    start, stop = ("…" if first else ""), ("…" if last else "")
    return f"{start}{old[first : len(old) - last]}{stop}", f"{start}{new[first : len(new) - last]}{stop}"


def fix(report: Report, *, unsafe: bool) -> bool:
    """Write the mends into the files; return whether each file could be written."""
    whole, total, guesses = True, 0, 0
    for mended in mends(report, unsafe=unsafe):
        _not_mended(mended)
        whole = whole and mended.problem is None
        if mended.problem is not None or not mended.changes:
            continue
        try:
            write(mended)
        except MuluError as error:
            complain(error_text(error, mended.item.path))
            whole = False
            continue
        total += len(mended.changes)
        complain(
            say(
                f"{mended.item.path}：改了 {len(mended.changes)} 处",
                f"{mended.item.path}: {len(mended.changes)} mended",
            )
        )
    if not unsafe:
        guesses = sum(1 for finding in report.findings if finding["fix"] is not None and not finding["fix"]["safe"])
    if not total:
        complain(say("没有可以改的", "nothing was mended"))
    if guesses:
        complain(
            say(
                f"另有 {guesses} 处只能猜测，先用 --diff --unsafe-fixes 看",
                f"guesses beside: {guesses}; look at them with --diff --unsafe-fixes",
            )
        )
    return whole


def _not_mended(mended: Mended) -> None:
    path = mended.item.path
    if mended.problem is not None:
        complain(error_text(Unreadable(path, mended.problem.zh, mended.problem.en), path))
    if mended.left:
        complain(
            say(
                f"{Place(path)}：{mended.left} 处没有改，原处的内容与值不完全相同（如由多个单元格合成、公式、数字）",
                f"{Place(path)}: {mended.left} left, because what stands there is not just the value (made of several "
                "cells, a formula, a number)",
            )
        )
