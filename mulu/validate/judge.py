"""What a finding means for the run: does it count, is it known, is somebody answering for it, is it still to come.

The status of a finding is given once, where it is stored, so that every report sees the same:

    new          counts
    known        stands in the baseline
    waived       a waiver covers it
    outlook      is of a level above the run's
    unchanged    is in an entry that has not changed since the revision that the run compares with
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from mulu.checks import checks
from mulu.errors import BadSettings, WrongSetting
from mulu.findings import SEVERITIES, Finding, Subject, finding
from mulu.place import Place
from mulu.pointer import Json
from mulu.standard import Standard
from mulu.texts import did_you_mean
from mulu.validate.baseline import Baseline, Ratchet
from mulu.validate.waivers import Waiver, by_rule

CLOSING = (
    "waiver-expired",
    "waiver-expiring",
    "waiver-unused",
    "baseline-outdated",
    "baseline-of-other-standard",
)
"""The checks of waivers and baseline themselves."""
STATUSES = ("new", "known", "waived", "outlook", "unchanged")


class Judged(NamedTuple):
    """A finding with the severity that it has in this run, its status, and the waiver that covers it."""

    finding: Finding
    status: str
    waiver: Waiver | None = None


class Coming(NamedTuple):
    """A level above the run's that will count from a day on, `days` from today."""

    level: str
    date: date
    days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run is told of rules, of exceptions and of time; all of it may be empty."""

    ignore: frozenset[str] = frozenset()
    """Rules and checks that find nothing."""
    severity: Mapping[str, str] | None = None
    """Rule or check -> the severity of its findings in this run."""
    level_dates: Mapping[str, date] | None = None
    """Level -> the day from which it counts, whatever the run's level is."""
    baseline: Baseline | None = None
    waivers: tuple[Waiver, ...] = ()
    warn_days: int = 30
    """For how many days before its end a waiver is told to be ending."""
    waiver_files: Mapping[str, str] = field(default_factory=dict)
    """File of waivers -> SHA-256 over what they say."""

    @property
    def expects(self) -> bool:
        """Whether it names findings, so that those which are not there any more are told."""
        return self.baseline is not None or bool(self.waivers)


class Judge:
    """Gives each finding of a run its status.

    Raises `WrongSetting` for a rule or level that is not there, `BadSettings` if it is a waiver that names it.
    """

    def __init__(self, standard: Standard, level: str | None, today: date, policy: Policy) -> None:
        self.standard = standard
        self.today = today
        self.policy = policy
        self.dates = dict(policy.level_dates or {})
        for name in [] if level is None else [level]:
            _refuse_level(standard, "level", name)
        for name in self.dates:
            _refuse_level(standard, "levels", name)
        due = [name for name, day in self.dates.items() if day <= today]
        chosen = level or standard.header.levels[0].id
        self.level = max([chosen, *due], key=lambda name: standard.levels[name].rank)
        """The level that counts today."""
        self._rank = {name: item.rank for name, item in standard.levels.items()}
        self._severity = dict(policy.severity or {})
        for name, severity in self._severity.items():
            refuse_rule(standard, "severity", name)
            if severity not in SEVERITIES:
                known = ", ".join(SEVERITIES)
                raise WrongSetting(
                    "severity",
                    name,
                    f"规则 {name} 的程度应为 {known} 之一，不是 {severity}",
                    f"the severity of {name} must be one of {known}, not {severity}",
                )
        for name in sorted(policy.ignore):
            refuse_rule(standard, "ignore", name)
        for waiver in policy.waivers:
            try:
                refuse_rule(standard, "waivers", waiver.rule)
            except WrongSetting as error:
                raise BadSettings(waiver.place.path, error.zh, error.en, line=waiver.place.line) from None
        self._ending = [waiver for waiver in policy.waivers if waiver.days_left(today) >= 0]
        self._waivers = by_rule(self._ending)
        self._over = by_rule(waiver for waiver in policy.waivers if waiver.days_left(today) < 0)
        self._used: set[Waiver] = set()
        """Those that are about any finding, also one that does not count for another reason."""
        self._alone: Counter[Waiver] = Counter()
        """How many findings a waiver alone keeps from counting, or kept until it was over."""
        self._ratchet = Ratchet(policy.baseline) if policy.baseline is not None else None
        self.changed: set[int] | None = None
        """Numbers of the entries, and of the files (`file_number`), that have changed; `None`: all are judged."""

    @cached_property
    def above(self) -> frozenset[str]:
        """The levels above the one that counts today."""
        return frozenset(name for name, rank in self._rank.items() if rank > self._rank[self.level])

    @property
    def coming(self) -> list[Coming]:
        """The levels that will count from a later day on, the next first."""
        later = [(day, name) for name, day in self.dates.items() if self._rank[name] > self._rank[self.level]]
        return [Coming(name, day, (day - self.today).days) for day, name in sorted(later)]

    def __call__(self, found: Finding) -> Judged | None:
        """Return the finding as it is judged; `None` if its rule is ignored."""
        if found.rule in self.policy.ignore:
            return None
        severity = self.severity(found.rule, found.severity)
        if severity != found.severity:
            found = found._replace(severity=severity)
        waiver = self._first(self._waivers, found)
        # Asked in any case: what is still there has not been mended, whatever else is said of it.
        known = self._ratchet is not None and self._ratchet.knows(found.content_key)
        over = self._first(self._over, found) if waiver is None else None
        if found.level in self.above:
            return Judged(found, "outlook")
        number = found.subject.number or file_number(found.input)
        unchanged = self.changed is not None and number not in self.changed
        about = waiver or over
        if about is not None and not known and not unchanged:
            self._alone[about] += 1
        if waiver is not None:
            return Judged(found, "waived", waiver)
        if known:
            return Judged(found, "known")
        return Judged(found, "unchanged" if unchanged else "new")

    @property
    def is_sure(self) -> bool:
        """Whether all that a run finds at a level has one status, whatever it is, but for what is ignored."""
        return self.policy.baseline is None and not self.policy.waivers and self.changed is None

    def status(self, rule: str, level: str) -> str | None:
        """Return the status of whatever the rule finds, at a level; `None` if it depends on what that is."""
        if self._ratchet is not None or self.changed is not None or rule in self.policy.ignore:
            return None
        if rule in self._waivers or rule in self._over:
            return None
        return "outlook" if level in self.above else "new"

    def severity(self, rule: str, severity: str) -> str:
        """Return the severity that findings of a rule have in this run."""
        return self._severity.get(rule, severity)

    def _first(self, waivers: Mapping[str, list[Waiver]], found: Finding) -> Waiver | None:
        waiver = next((item for item in waivers.get(found.rule, ()) if item.covers(found)), None)
        if waiver is not None:
            self._used.add(waiver)
        return waiver

    def gone(self, judged: Iterable[str]) -> dict[str, str]:
        """Return what the baseline knows and was not found, fingerprint -> rule, of the rules that were `judged`."""
        return self._ratchet.gone(judged) if self._ratchet is not None else {}

    def closing(self, judged: Iterable[str], whole: bool) -> Iterator[Finding]:
        """Yield what is to be said of waivers and baseline once all is found.

        `judged` are the rules that were run; unless all inputs were checked (`whole`), nothing can be said of what
        was not found.
        """
        rules = set(judged)
        for waiver in self.policy.waivers:
            count, left = self._alone[waiver], waiver.days_left(self.today)
            if left < 0:
                yield self._of_waiver("waiver-expired", waiver, count=count, days=-left)
            elif waiver not in self._used and whole and waiver.rule in rules:
                yield self._of_waiver("waiver-unused", waiver)
            elif left <= self.policy.warn_days:
                yield self._of_waiver("waiver-expiring", waiver, count=count, days=left)
        baseline = self.policy.baseline
        if baseline is None:
            return
        own = f"{self.standard.header.id} {self.standard.header.version}"
        if baseline.standard != own:
            params: dict[str, Json] = {"old": baseline.standard, "new": own}
            yield self._made("baseline-of-other-standard", params, Place(baseline.path))
        gone = len(self.gone(rules)) if whole else 0
        if gone:
            yield self._made("baseline-outdated", {"count": gone, "total": len(baseline.known)}, Place(baseline.path))

    def _of_waiver(self, check: str, waiver: Waiver, **numbers: int) -> Finding:
        params: dict[str, Json] = {
            "rule": waiver.rule,
            "entries": ", ".join(waiver.entries),
            "by": waiver.owner,
            "why": waiver.reason,
            "end": waiver.expires.isoformat(),
            **numbers,
        }
        return self._made(check, params, waiver.place)

    def _made(self, check: str, params: dict[str, Json], place: Place) -> Finding:
        anchor = "/".join(str(params[name]) for name in ("rule", "entries", "end") if name in params)
        return finding(
            checks()[check],
            subject=Subject(),
            pointer="",
            anchor=anchor,
            params=params,
            value=None,
            source=place,
            level=self.standard.header.levels[0].id,
        )


def file_number(number: int) -> int:
    """Return what stands for an input, counted from 0, among the numbers of entries, which count from 1."""
    return -1 - number


def refuse_rule(standard: Standard, setting: str, name: str) -> None:
    """Raise `WrongSetting` unless `name` is a rule of the standard or a check of the engine."""
    if name not in standard.rules and name not in checks():
        near = did_you_mean(name, [*standard.rules, *checks()])
        raise WrongSetting(
            setting,
            name,
            f"没有规则 {name}{near.zh or '；见 mulu rules'}",
            f"unknown rule {name}{near.en or '; mulu rules lists them'}",
        )


def _refuse_level(standard: Standard, setting: str, name: str) -> None:
    if name not in standard.levels:
        known, near = ", ".join(standard.levels), did_you_mean(name, standard.levels)
        raise WrongSetting(
            setting,
            name,
            f"没有级别 {name}{near.zh or '；'}可用：{known}",
            f"unknown level {name}{near.en}; available: {known}",
        )
