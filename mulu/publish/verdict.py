"""What one version of a standard says of a catalog: which entries it refuses, and by which findings.

An entry is accepted if it has no error that counts at the level, as `mulu validate` counts.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulu.errors import UsageFault
from mulu.findings import SEVERITIES
from mulu.publish.unchanged import unchanged_rules
from mulu.standard import Standard
from mulu.validate import Options, Validation
from mulu.validate.report import Report

Key = tuple[int, int]
"""An entry: number of its file from 0, its place among the entries of that file from 1."""


@dataclass(slots=True)
class Verdict:
    """The report of a run, how many entries each file has, and the errors of each entry that is refused."""

    report: Report
    counts: list[int]
    errors: dict[Key, list[dict[str, Any]]]


def refuse_levels(options: Options, *standards: Standard) -> None:
    """Raise `UsageFault` if a version lacks the level that is asked for."""
    for standard in standards:
        if options.level not in standard.levels:
            raise UsageFault(
                f"{standard.header.id} {standard.header.version} 没有级别 {options.level}",
                f"{standard.header.id} {standard.header.version} has no level {options.level}",
            )


def verdict(
    standard: Standard, files: list[tuple[Path, str]], options: Options, folder: Path, other: Verdict | None = None
) -> Verdict:
    """Validate files; `folder`, which is not there yet, is for what is needed meanwhile and stays.

    `other` is what another version says of the same entries: what must be the same is taken from it.
    """
    folder.mkdir()
    run = Validation(standard, options, folder)
    try:
        for file, shown in files:
            for _ in run.add(file, shown):
                pass
        spool = run.spooled()
        known: set[str] = set()
        if other is not None and other.report.spool is not None:
            known = unchanged_rules(other.report.standard, standard, other.report.spool, spool)
            known -= other.report.failures.keys()
        report = run.finish(known, figures=False)
        counts = [item.entries for item in report.inputs]
        errors: dict[Key, list[dict[str, Any]]] = {}
        before = [sum(counts[:number]) for number in range(len(counts))]
        for number, entry, finding in report.findings.placed():
            if entry and finding["severity"] == SEVERITIES[0] and report.counts_at_level(finding):
                errors.setdefault((number, entry - before[number]), []).append(finding)
        for key, findings in other.errors.items() if other is not None else ():
            if same := [finding for finding in findings if finding["rule"] in known]:
                errors.setdefault(key, []).extend(same)
        return Verdict(report, counts, errors)
    finally:
        run.close()
