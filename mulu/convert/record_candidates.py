"""How well the records of a document match a mapping, and which of them are read."""

from mulu.convert.columns import Columns, Matching, marked
from mulu.convert.header_rows import Candidate
from mulu.convert.records import Alike, Records, Steps
from mulu.standard.mappings import Mapping
from mulu.texts import shown


def record_candidate(records: Records, mapping: Mapping) -> Candidate | None:
    """Return how well the objects match `mapping`; `None` if no heading that marks the format is there."""
    records = records.known_to(mapping)
    columns = Columns(records.columns)
    marks = len(marked(columns, mapping.headings))
    if not marks:
        return None
    return Candidate(mapping, 0, range(0), marks, Matching(columns, mapping.fields).score, columns, records)


def candidates_beside(found: list[Candidate]) -> list[Candidate]:
    """Return the best of the readings of records, with those of other records that are of its format too.

    `found` is sorted, the best first. Of records inside others one of both is read: the inner ones, if the outer ones
    have nothing else that the format knows. Raises `Unreadable` for more lists that are not alike than the limit
    `lists` allows: for each the file is gone through once.
    """
    best, *others = found
    alike = [one for one in others if one.mapping.id == best.mapping.id and one.is_recognised and one.records]
    best = next((one for one in alike if _is_envelope(best, one) or _holds(one, best)), best)
    chosen = [best]
    for one in (found[0], *alike):
        if one is not best and not any(_is_nested(one, other) or _is_nested(other, one) for other in chosen):
            chosen.append(one)
            _hold(one.records, len(chosen))
    return chosen


def _hold(records: Records | None, lists: int) -> None:
    """Refuse a file of too many lists, rather than leave one of them out."""
    if records is not None and lists > records.document.limits.lists:
        named = shown(records.pointer)
        raise records.document.limits.exceeded(
            "lists",
            records.document.path,
            f"字段各不相同的记录列表太多，如 {named}；请分成几个文件",
            f"it contains too many lists of records with different fields, such as {named}; split it into several "
            "files",
        )


def _steps_to(candidate: Candidate) -> Steps:
    return (candidate.records.steps if candidate.records else None) or ()


def _is_nested(outer: Candidate, inner: Candidate) -> bool:
    """Whether the records of one lie inside those of the other."""
    steps = _steps_to(outer)
    return _steps_to(inner)[: len(steps)] == steps


def _holds(outer: Candidate, inner: Candidate) -> bool:
    """Whether some records lie in others that say as much by themselves."""
    return outer.score >= inner.score and _is_nested(outer, inner) and not _is_envelope(outer, inner)


def _is_envelope(outer: Candidate, inner: Candidate) -> bool:
    """Whether all that the format knows of some records lies inside others that they hold."""
    steps = _steps_to(inner)[len(_steps_to(outer)) :]
    if not steps or not _is_nested(outer, inner):
        return False
    taken = Matching(outer.columns, outer.mapping.fields).taken
    labels = [item.label.split(".") for item in outer.columns if item.number in taken]
    return bool(labels) and all(_goes(label, steps) for label in labels)


def _goes(label: list[str], steps: Steps) -> bool:
    """Whether a label leads along the steps, and on."""
    pairs = zip(label, steps, strict=False)
    return len(label) > len(steps) and all(
        name in step.keys if isinstance(step, Alike) else name == step for name, step in pairs
    )
