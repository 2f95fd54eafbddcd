"""What a validation was asked for, and what it gives: options, inputs, findings, figures of the catalog."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from mulu.checks import checks
from mulu.convert import Given
from mulu.errors import MuluError
from mulu.findings import SEVERITIES, RuleText, Subject
from mulu.limits import DEFAULT, Limits
from mulu.mask import mask
from mulu.pointer import Json
from mulu.standard import Standard
from mulu.texts import Text
from mulu.validate.judge import Coming, Policy
from mulu.validate.spool import Spool
from mulu.validate.store import RuleCount


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for."""

    level: str | None
    """The level to reach; the standard's first if none is said."""
    today: date
    format: str | None = None
    encoding: str | None = None
    limits: Limits = DEFAULT
    allow_empty: bool = False
    only: frozenset[str] = frozenset()
    """Rules to run; without any, all of the standard."""
    given: Given = field(default_factory=dict)
    """What the user says of all entries of legacy files: path of a property -> its text."""
    policy: Policy = field(default_factory=Policy)
    since: str | None = None
    """The git revision against which entries must have changed to be judged."""
    jobs: int = 1
    """How many processes may check the entries of a file."""
    paths: tuple[str, ...] = ()
    """What was named to be checked: files, folders, archives, addresses without their passwords."""
    schema: str | None = None
    """The schema of a database whose tables are asked for."""
    left_out: tuple[str, ...] = ()
    """What is passed over where it stands in a folder that is named: what the run writes, and its baseline."""


@dataclass(slots=True)
class Input:
    """One file of a run; `problem` says why nothing, or not all of it, was checked."""

    number: int
    path: str
    file: Path
    sha256: str | None = None
    encoding: str | None = None
    format: str | None = None
    records: int = 0
    entries: int = 0
    octets: int = 0
    """Bytes as they were read."""
    problem: MuluError | None = None
    before: str | None = None
    """SHA-256 of the file as it was at the revision that the run compares with."""


class Statistic(NamedTuple):
    """One figure: how many, of how many where it is a share, and of what where there are several."""

    value: int
    total: int | None = None
    label: Text | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return it as the JSON report writes it."""
        label: Json = {**self.label.to_dict()} if self.label else None
        return {"label": label, "value": self.value, "total": self.total}


def statistic_rows(given: list[Mapping[str, Json]]) -> list[Statistic]:
    """Return the rows of a statistic's query that count anything, the largest first."""
    rows = []
    for row in given:
        value, total = row.get("value"), row.get("total")
        if not isinstance(value, int) or not (total is None or isinstance(total, int)) or not (value or total):
            continue
        zh, en = row.get("label_zh"), row.get("label_en")
        rows.append(Statistic(value, total, Text(mask(str(zh)), mask(str(en))) if zh and en else None))
    return sorted(rows, key=lambda row: (-row.value, row.label.en if row.label else ""))


class Findings(Protocol):
    """What a report has of findings, whether they were just made or stand in a file."""

    rules: dict[str, RuleCount]
    totals: dict[tuple[str, str, str], int]
    """(status, severity, level) -> number of findings."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the findings that were kept as the JSON report writes them, in their order."""

    def placed(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield them, each behind the numbers of its input and of its entry (0: a finding about a whole file)."""


@dataclass(slots=True)
class Report:
    """The result of a run."""

    standard: Standard
    options: Options
    inputs: list[Input]
    findings: Findings
    failures: dict[str, Text] = field(default_factory=dict)
    """Rule -> why it could not be run."""
    spool: Spool | None = None
    """The entries of the run, as long as the run's folder is there."""
    coming: list[Coming] = field(default_factory=list)
    """The levels that will count from a later day on."""
    ignored: frozenset[str] = frozenset()
    """Rules and checks that the run was told to ignore."""
    gone: dict[str, str] = field(default_factory=dict)
    """What the baseline knows and was not found, fingerprint -> rule."""
    show_waived: bool = False
    """Whether reports for people list what is waived."""
    statistics: dict[str, list[Statistic]] = field(default_factory=dict)
    """The standard's figures of the catalog, by name, as far as there is anything to count."""
    resources: ExitStack = field(default_factory=ExitStack)
    """What the report reads from, given back by `close`."""

    def __enter__(self) -> "Report":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the files that the findings stand in; the report cannot be read any more."""
        self.resources.close()

    @property
    def level(self) -> str:
        """The level that is to be reached."""
        return self.options.level or self.standard.header.levels[0].id

    @property
    def entries(self) -> int:
        """How many entries were checked."""
        return sum(item.entries for item in self.inputs)

    def counts(self, status: str = "new") -> dict[str, int]:
        """Return how many findings of each severity there are of a status: without any, of those that count."""
        found = dict.fromkeys(SEVERITIES, 0)
        for (given, severity, _), count in self.findings.totals.items():
            found[severity] += count if given == status else 0
        return found

    def total(self, status: str) -> int:
        """Return how many findings have a status (`judge.STATUSES`)."""
        return sum(self.counts(status).values())

    def of_level(self, level: str) -> dict[str, int]:
        """Return how many findings of each severity do not count yet and will once `level` does."""
        rank = self.standard.levels[level].rank
        found = dict.fromkeys(SEVERITIES, 0)
        for (status, severity, given), count in self.findings.totals.items():
            if status == "outlook" and self.standard.levels[given].rank <= rank:
                found[severity] += count
        return found

    def counted(self) -> Iterator[dict[str, Any]]:
        """Return the findings that count, in their order."""
        return filter(self.counts_at_level, self.findings)

    def counts_at_level(self, finding: Mapping[str, Any]) -> bool:
        """Whether a finding counts: of the run's level or of one below, and neither known, waived nor unchanged."""
        return bool(finding["status"] == "new")

    def told(self) -> Iterator[dict[str, Any]]:
        """Return the findings that people are told of: those that count, and those of higher levels."""
        return (finding for finding in self.findings if finding["status"] in ("new", "outlook"))

    def waived(self) -> Iterator[dict[str, Any]]:
        """Return the findings that a waiver covers."""
        return (finding for finding in self.findings if finding["status"] == "waived")

    def subjects(self) -> Iterator[tuple[Input, Subject]]:
        """Yield every entry of the run with its input, in their order, personal numbers masked.

        Of an entry whose kind is not known nothing but its number is told.
        """
        subjects = self.spool.subjects() if self.spool is not None else iter(())
        for item in self.inputs:
            for subject in islice(subjects, item.entries):
                identifier, name, owner = (
                    told and mask(told) for told in (subject.identifier, subject.name, subject.owner)
                )
                yield item, subject._replace(identifier=identifier, name=name, owner=owner)

    @property
    def outlook(self) -> int:
        """How many findings are of levels above the run's."""
        return self.total("outlook")

    def rule(self, name: str) -> RuleText:
        """Return the texts of a rule of the standard or of a check of the engine."""
        rule = self.standard.rules.get(name)
        return rule.text if rule is not None else checks()[name]

    def exit_code(self, fail_on: str) -> int:
        """Return 2 if something could not be checked, 1 if there are findings at or above `fail_on`, else 0."""
        if self.failures or any(item.problem for item in self.inputs):
            return 2
        counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return 1 if any(self.counts()[severity] for severity in counted) else 0
