"""What a person is shown of a conversion: the account at its end, and its first entries beside their cells."""

from collections.abc import Iterator

from mulu.checks import checks
from mulu.convert.ledger import HEADS, ColumnAccount, Ledger
from mulu.convert.source import Sourced, place
from mulu.mask import mask
from mulu.pointer import Json, pointer_step
from mulu.readers import Document, Notice
from mulu.texts import padded, several, shown, width

_NAMES = {
    "zh": {"mapped": "照抄", "transformed": "改写", "kept": "保留", "not_understood": "看不懂", "dropped": "舍去"},
    "en": {
        "mapped": "as they are",
        "transformed": "rewritten",
        "kept": "kept aside",
        "not_understood": "not understood",
        "dropped": "dropped",
    },
}
_MOST = 12
"""How many columns, and values, of a kind the account names on the screen; its file has them all."""


def account_lines(ledgers: list[Ledger], language: str, target: Ledger | None = None) -> Iterator[str]:
    """Yield the lines of the account of a conversion, and of writing another format if one was written."""
    for ledger in ledgers:
        yield from _source_lines(ledger, language)
    if target is not None:
        yield from _target_lines(target, language == "zh")


def _target_lines(ledger: Ledger, zh: bool) -> Iterator[str]:
    lost = [account for account in ledger.columns.values() if account.counts["dropped"]]
    held = ledger.leaves - ledger.counts["dropped"]
    if zh:
        yield f"写出 {ledger.path}（{ledger.format}）：{ledger.records} 条 → {ledger.entries} 条记录"
        yield f"  {ledger.leaves} 个值：写出 {held}，该格式容不下 {ledger.counts['dropped']}"
    else:
        came = several(ledger.records, "entry", "entries")
        yield f"wrote {ledger.path} ({ledger.format}): {came} → {several(ledger.entries, 'record')}"
        left = ledger.counts["dropped"]
        yield f"  {several(ledger.leaves, 'value')}: {held} written, {left} without a place in this format"
    for account in lost[:_MOST]:
        yield _column_line(account, account.counts["dropped"], account.samples, zh)
    yield from _more(len(lost), zh)


def _source_lines(ledger: Ledger, language: str) -> Iterator[str]:
    zh = language == "zh"
    names = _NAMES[language]
    columns = list(ledger.columns.values())
    unmapped = [
        c for c in columns if c.counts["kept"] and not any(c.counts[h] for h in HEADS if h not in ("kept", "dropped"))
    ]
    mapped = (
        len(columns) - len(unmapped) - sum(1 for c in columns if all(not c.counts[h] for h in HEADS if h != "dropped"))
    )
    counts = ", ".join(f"{names[head]} {ledger.counts[head]}" for head in HEADS)
    if zh:
        yield f"{ledger.path}（{ledger.format}）：{ledger.records} 行记录 → {ledger.entries} 条"
        yield f"  {ledger.leaves} 个值：{counts.replace(', ', '，')}"
    else:
        came, made = several(ledger.records, "record"), several(ledger.entries, "entry", "entries")
        yield f"{ledger.path} ({ledger.format}): {came} → {made}"
        yield f"  {several(ledger.leaves, 'value')}: {counts}"
    if columns:
        yield (
            f"  {len(columns)} 列：{mapped} 列有对应的属性，{len(unmapped)} 列没有（内容保留在 source 中）"
            if zh
            else f"  {several(len(columns), 'column')}: {mapped} with a property, {len(unmapped)} without "
            "(kept in source)"
        )
    for account in unmapped[:_MOST]:
        yield _column_line(account, account.counts["kept"], account.samples, zh)
    yield from _more(len(unmapped), zh)
    puzzling = [c for c in columns if c.counts["not_understood"]]
    if puzzling:
        yield (
            "  看不懂的值（照原样放在条目里，校验时会指出）："
            if zh
            else "  Values not understood (they stand as they are, and validation points at them):"
        )
    for account in puzzling[:_MOST]:
        yield _column_line(account, account.counts["not_understood"], account.not_understood, zh)
    yield from _more(len(puzzling), zh)
    for reason, count in ledger.drops.items():
        yield f"  舍去 {count} 个值：{reason.zh}" if zh else f"  dropped {count}×: {reason.en}"


def notice_lines(document: Document, language: str) -> Iterator[str]:
    """Yield what the reader of a file noticed, a line for each check: how often, where first, and what was found."""
    first: dict[str, Notice] = {}
    counts: dict[str, int] = {}
    for notice in document.notices:
        first.setdefault(notice.rule, notice)
        counts[notice.rule] = counts.get(notice.rule, 0) + 1
    for rule, notice in first.items():
        at = notice.place or (document.place(notice.ref) if notice.ref else document.path)
        said = mask(checks()[rule].message.filled(notice.params).get(language))
        yield f"  {at}  {said}" + (f" (× {counts[rule]})" if counts[rule] > 1 else "")


def _column_line(account: ColumnAccount, count: int, samples: list[str], zh: bool) -> str:
    sheet = f"{account.sheet}!" if account.sheet else ""
    values = ("、" if zh else ", ").join(samples)
    return f"    {padded(mask(shown(sheet + account.heading)), 24)} × {count}  {values}"


def _more(count: int, zh: bool) -> Iterator[str]:
    if count > _MOST:
        yield f"    ……另有 {count - _MOST} 列，见 --ledger" if zh else f"    … and {count - _MOST} more, see --ledger"


def preview_lines(document: Document, sourced: Sourced) -> Iterator[str]:
    """Yield an entry, a value a line, beside the cell that the value comes from and what that cell says."""
    entry = sourced.entry
    source = entry.get("source") if isinstance(entry, dict) else None
    original = source.get("original", {}) if isinstance(source, dict) else {}
    own = {k: v for k, v in entry.items() if k != "source"} if isinstance(entry, dict) else entry
    yield f"#{sourced.item + 1}"
    rows = list(_leaves(own))
    left = min(48, max((width(pointer) for pointer, _ in rows), default=0))
    for pointer, value in rows:
        at = place(document, sourced.origin, pointer)
        said = _nearest(original, pointer) if isinstance(original, dict) else None
        where = str(at).removeprefix(document.path).lstrip("› :")
        before = f" “{mask(shown(said))}”" if said is not None else ""
        traced = sourced.trace is None or _is_traced(sourced, pointer)
        yield f"  {padded(mask(pointer), left)}  {mask(shown(value))}" + (f"  ← {where}{before}" if traced else "")
    yield ""


def _is_traced(sourced: Sourced, pointer: str) -> bool:
    trace = sourced.trace or {}
    here = pointer
    while here:
        if here in trace:
            return True
        here = here.rpartition("/")[0]
    return False


def _nearest(original: dict[str, Json], pointer: str) -> Json:
    here = pointer
    while here:
        if here in original:
            return original[here]
        here = here.rpartition("/")[0]
    return None


def _leaves(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _leaves(member, pointer + pointer_step(key))
    elif isinstance(value, list) and value:
        for position, member in enumerate(value):
            yield from _leaves(member, f"{pointer}/{position}")
    else:
        yield pointer, value
