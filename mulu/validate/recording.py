"""What checking and rules tell becomes findings, which are kept: with the place, in words, masked."""

from collections.abc import Mapping
from typing import Any

import orjson

from mulu.checks import checks
from mulu.convert import Remark
from mulu.convert.source import origin_at
from mulu.findings import Finding, Fix, Subject, finding
from mulu.place import Place
from mulu.pointer import Json, path_of, pointer_of, value_at
from mulu.readers import Document, Notice
from mulu.standard import Rule, Standard
from mulu.validate.faults import Fault
from mulu.validate.queries import LONGEST
from mulu.validate.report import Input
from mulu.validate.resume import Record
from mulu.validate.store import Store
from mulu.validate.structure import Structure

_POSITIONS = ("line", "row", "column", "offset")


class Notes:
    """Makes findings of a run and keeps them in its store, and in the record of the present file if it has one."""

    def __init__(self, standard: Standard, structure: Structure, store: Store) -> None:
        self._standard, self._structure, self._store = standard, structure, store
        self.record: Record | None = None
        self.in_file = 0
        """How many findings that count the present file has had."""

    def fault(self, item: Input, subject: Subject, fault: Fault, anchor: str, at: Place) -> None:
        """Note a fault of an entry."""
        kind = subject.kind or ""
        known = self._structure.property_at(kind, fault.path) if kind in self._standard.schemas.kinds else None
        self._found(
            finding(
                checks()[fault.check],
                subject=subject,
                pointer=pointer_of(fault.path),
                anchor=anchor,
                params=fault.params,
                value=fault.value if not isinstance(fault.value, dict | list) else None,
                source=at,
                input=item.number,
                personal=known.schema.get("x-personal") if known else None,
                severity=fault.severity,
                level=fault.level,
                fix=fault.fix,
            )
        )

    def only_counts(self, fault: Fault, subject: Subject) -> bool:
        """Count a fault that need not be made a finding, as it would not be kept; return whether it is one."""
        if self.record is not None or not self._store.spares(fault.check, fault.level, subject.number):
            return False
        self.count(fault.check, fault.severity, fault.level, 1)
        return True

    def count(self, check: str, severity: str, level: str, number: int) -> None:
        """Count faults of the present file that are no more than counted."""
        self.in_file += number * (self._store.count_only(check, severity, level, number) == "new")

    def remark(self, item: Input, document: Document, remark: Remark, subject: Subject) -> None:
        """Note what was remarked when an entry was made."""
        self._told(item, remark.check, remark.params, document.place(remark.ref) if remark.ref else None, subject)

    def notice(self, item: Input, document: Document, notice: Notice) -> None:
        """Note what was noticed when a file was read."""
        at = notice.place or (document.place(notice.ref) if notice.ref else None)
        self._told(item, notice.rule, notice.params, at, Subject())

    def broken(
        self, rule: Rule, item: Input, entry: int, pointer: str, params: Mapping[str, Any], said: Mapping[str, Any]
    ) -> None:
        """Note what a rule found; `said` is the line of the entry in the spool, empty if there is none.

        Its place is looked up later.
        """
        path = path_of(pointer)
        kind = said.get("kind")
        known = self._structure.property_at(kind, path) if kind else None
        doc = said.get("doc", {})
        value = value_at(doc, path) if path else None
        self._store.add(
            finding(
                rule.text,
                subject=Subject(
                    entry, kind, said.get("identifier"), said.get("name"), said.get("owner"), said.get("key") or ""
                ),
                pointer=pointer,
                anchor=self._structure.anchors(doc)(path),
                params=dict(params),
                value=None if isinstance(value, dict | list) else value,
                source=Place(item.path),
                input=item.number,
                personal=known.schema.get("x-personal") if known else None,
                fix=_fix_of(rule, params),
            ),
            origin_at(said.get("origin"), pointer),
        )

    def _told(self, item: Input, check: str, params: Mapping[str, Json], at: Place | None, subject: Subject) -> None:
        self._found(
            finding(
                checks()[check],
                subject=subject,
                pointer="",
                # Without an entry what was found tells one from another, not where.
                anchor=orjson.dumps(
                    {name: given for name, given in params.items() if name not in _POSITIONS},
                    option=orjson.OPT_SORT_KEYS,
                    default=str,
                ).decode(),
                params=params,
                value=params.get("value"),
                source=at or Place(item.path),
                input=item.number,
                level=self._standard.header.levels[0].id,
            )
        )

    def _found(self, found: Finding) -> None:
        """Keep what was found in the present file."""
        if self.record is not None:
            self.record.add(found)
        self.in_file += self._store.add(found) == "new"


def _fix_of(rule: Rule, params: Mapping[str, Any]) -> Fix | None:
    value = params.get(rule.fix[1]) if rule.fix is not None else None
    # Nobody agrees to write what is not told in full.
    is_whole = value is not None and len(str(value)) < LONGEST
    return Fix(rule.fix[0], value) if rule.fix is not None and is_whole else None
