"""What one version of a standard says of a catalog: which entries it refuses, and by which findings.

An entry is accepted if it has no error that counts at the level, as `mulu validate` counts.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulu.errors import MuluError, UsageFault
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

    def problems(self) -> list[MuluError]:
        """Return why it is not known of every entry whether it is refused; without any it is."""
        found = [item.problem for item in self.report.inputs if item.problem is not None]
        version = self.report.standard.header.version
        if self.report.failures:
            names = ", ".join(self.report.failures)
            found.append(
                MuluError(
                    f"版本 {version} 的规则没能运行：{names}", f"rules of version {version} could not be run: {names}"
                )
            )
        # An entry whose errors were only counted would look as if it were accepted.
        cut = [name for name, count in self.report.findings.rules.items() if not count.whole]
        if cut:
            names = ", ".join(sorted(cut))
            found.append(
                MuluError(
                    f"版本 {version} 的问题超过保留的上限（{names}），被拒绝的条目会数漏；"
                    "请用 --limit findings_per_rule=… 或 findings_per_entry=… 放宽",
                    f"the findings under version {version} exceed a limit ({names}), so rejected entries could be "
                    "missed; raise it with --limit findings_per_rule=… or findings_per_entry=…",
                )
            )
        return found


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
