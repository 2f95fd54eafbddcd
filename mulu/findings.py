"""The one model of what is wrong: which rule, where, what was found, how to mend it.

Findings are values. Whatever finds one (the reader of a file, a conversion, the schema, a rule) makes the same
`Finding`; whatever shows one (a screen, a file) is a view of it. Personal numbers are masked here, when a
finding is made, so that no view can forget it.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from mulu.mask import mask, mask_value
from mulu.place import Place
from mulu.pointer import Json
from mulu.texts import Text

SEVERITIES = ("error", "warning", "info")
"""From the gravest to the slightest."""


class RuleText(NamedTuple):
    """What a rule says of itself, whether a standard's rule or a check of the engine."""

    id: str
    severity: str
    level: str
    title: Text
    why: Text
    message: Text
    mend: Text
    source: str = ""


class Subject(NamedTuple):
    """The entry that a finding is about, as far as it is known; a finding about a whole file has none.

    `number` counts the entries of a run from 1; `identifier`, `name` and `owner` are what the entry says of
    itself; `key` tells it from all others in a way that survives reordering. Every entry of a run has one; a
    frozen dataclass takes three times as long to make.
    """

    number: int = 0
    kind: str | None = None
    identifier: str | None = None
    name: str | None = None
    owner: str | None = None
    key: str = ""

    @property
    def label(self) -> str | None:
        """What a person calls the entry: its identifier, else its name."""
        return self.identifier or self.name or (f"#{self.number}" if self.number else None)


class Fix(NamedTuple):
    """What stands in place of the value, or of a property's name, when it is mended; `safe` if it means the same."""

    safe: bool
    value: Json


class Finding(NamedTuple):
    """One fault at one place.

    `pointer` is the JSON Pointer (RFC 6901) in the entry; `anchor` the same with each array position replaced
    by its element's own key, so that it survives reordering. `input` counts the inputs of a run from 0.
    """

    rule: str
    severity: str
    level: str
    message: Text
    mend: Text
    subject: Subject
    pointer: str
    anchor: str
    params: Mapping[str, Json]
    value: Json
    source: Place
    input: int = 0
    fix: Fix | None = None

    @property
    def order(self) -> str:
        """A text by which findings sort: input, entry, pointer (numbers by value), rule."""
        steps = _in_order(self.pointer)
        place = f"{self.source.row or self.source.line or 0:010d}.{self.source.column or 0:06d}"
        return f"{self.input:08d}\t{self.subject.number:012d}\t{steps}\t{place}\t{self.rule}"

    @property
    def content_key(self) -> str:
        """What the finding is about, without line numbers or array positions."""
        return f"{self.rule}\n{self.subject.key}\n{self.anchor}"

    def to_dict(self, occurrence: int = 1) -> dict[str, Json]:
        """Return the finding as the JSON report writes it; `occurrence` numbers equal `content_key`s from 1."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "level": self.level,
            "kind": self.subject.kind,
            "entry": self.subject.label,
            "name": self.subject.name,
            "number": self.subject.number or None,
            "owner": self.subject.owner,
            "pointer": mask(self.pointer),
            "params": dict(self.params),
            "message": {**self.message.to_dict()},
            "mend": {**self.mend.to_dict()},
            "fix": {"safe": self.fix.safe, "value": self.fix.value} if self.fix else None,
            "source": {**self.source.to_dict()},
            "value": self.value,
            "fingerprint": fingerprint(self.content_key, occurrence),
        }


@lru_cache(maxsize=4096)
def _in_order(pointer: str) -> str:
    return "/".join(step.zfill(8) if step.isdecimal() else step for step in pointer.split("/"))


def fingerprint(content_key: str, occurrence: int) -> str:
    """Return the 32 hexadecimal digits that stand for a finding in every run over the same content."""
    return hashlib.sha256(f"{content_key}\n{occurrence}".encode("utf-8", "backslashreplace")).hexdigest()[:32]


def finding(
    rule: RuleText,
    *,
    subject: Subject,
    pointer: str,
    anchor: str,
    params: Mapping[str, Json],
    value: Json,
    source: Place,
    input: int = 0,
    personal: str | None = None,
    severity: str | None = None,
    level: str | None = None,
    fix: Fix | None = None,
) -> Finding:
    """Make a finding of `rule`, with personal numbers masked.

    `personal` names what the property holds (`x-personal` of its schema), so that a value which does not look
    like a telephone number or a name is masked as one all the same.
    """
    hidden = mask_value(value, personal)
    if personal is None and all(
        given is None or (type(given) is str and len(given) < 100) for given in params.values()
    ):
        shown_params, message, mend = _told_before(rule, tuple(params.items()))
    else:
        shown_params, message, mend = _told(
            rule,
            {name: _hidden(name, given, value, personal) for name, given in params.items()},
        )
    return Finding(
        rule=rule.id,
        severity=severity or rule.severity,
        level=level or rule.level,
        message=message,
        mend=mend,
        subject=_masked_subject(subject),
        pointer=pointer,
        anchor=anchor,
        params=shown_params,
        value=hidden,
        source=source,
        input=input,
        # What is personal is mended by people: a report could not show what would be written.
        fix=fix if fix is not None and personal is None and mask_value(fix.value, None) == fix.value else None,
    )


def _hidden(name: str, given: Json, value: Json, personal: str | None) -> Json:
    # A list or object is not told as the finding's value, and its parameter is as personal.
    is_value = name == "value" or (given == value and value is not None)
    return mask_value(given, personal if is_value else None)


def _told(rule: RuleText, params: dict[str, Json]) -> tuple[dict[str, Json], Text, Text]:
    return params, rule.message.filled(params), rule.mend.filled(params)


@lru_cache(maxsize=4096)
def _told_before(rule: RuleText, params: tuple[tuple[str, Json], ...]) -> tuple[dict[str, Json], Text, Text]:
    """Return parameters and texts; a fault of thousands of entries is put into words once."""
    return _told(rule, {name: mask_value(given, None) for name, given in params})


@lru_cache(maxsize=16)
def _masked_subject(subject: Subject) -> Subject:
    """Return the subject with personal numbers masked; the findings of one entry follow each other."""
    kind, identifier, name, owner = (
        None if text is None else mask(text) for text in (subject.kind, subject.identifier, subject.name, subject.owner)
    )
    return Subject(subject.number, kind, identifier, name, owner, subject.key)
