"""Run again what a report tells of, and say what differs: the program, the standard, the files, the findings."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from mulu.errors import MuluError, UsageFault
from mulu.program import tool
from mulu.standard import Standard
from mulu.texts import Text
from mulu.validate import Report, Validation

SHOWN = 5


@dataclass(slots=True)
class Verdict:
    """What differs, and what kept a file from being checked again."""

    differences: list[Text] = field(default_factory=list)
    problems: list[tuple[MuluError, str]] = field(default_factory=list)


def again(report: Report, data: dict[str, Any], standard: Standard, folder: Path) -> Verdict:
    """Run the validation of `report` again in `folder`; `data` are what the file says."""
    verdict = Verdict()
    _hashes(verdict, data, standard)
    if report.level not in standard.levels:
        name = f"{standard.header.id} {standard.header.version}"
        verdict.problems.append(
            (
                UsageFault(
                    f"标准 {name} 没有级别 {report.level}；请用 --standard 指定当时的标准",
                    f"the standard {name} has no level {report.level}; name the standard of the run by --standard",
                ),
                "",
            )
        )
        return verdict
    run = Validation(standard, report.options, folder)
    try:
        for item in report.inputs:
            for _ in run.add(item.file, item.path):
                pass
        now = run.finish()
        for before, item in zip(report.inputs, now.inputs, strict=True):
            if item.sha256 is not None and before.sha256 is not None and item.sha256 != before.sha256:
                verdict.differences.append(Text(f"{item.path}：文件已改动", f"{item.path}: the file has changed"))
            if item.problem is not None and before.problem is None:
                verdict.problems.append((item.problem, item.path))
        if not verdict.problems:
            _findings(verdict, report, now)
    finally:
        run.close()
    return verdict


def _hashes(verdict: Verdict, data: dict[str, Any], standard: Standard) -> None:
    before, now = data["tool"], tool()
    if before["sha256"] != now["sha256"]:
        old, new = f"{before['version']} ({before['sha256'][:12]}…)", now["version"]
        verdict.differences.append(
            Text(
                f"mulu 不同：报告由 {old} 生成，现在是 {new}",
                f"mulu differs: the report is by {old}, this is {new}",
            )
        )
    said, header = data["standard"], standard.header
    if said["sha256"] != standard.sha256:
        old, new = f"{said['id']} {said['version']} ({said['sha256'][:12]}…)", f"{header.id} {header.version}"
        verdict.differences.append(
            Text(
                f"标准不同：报告用 {old}，现在是 {new}",
                f"the standard differs: the report is by {old}, this is {new}",
            )
        )


def _findings(verdict: Verdict, report: Report, now: Report) -> None:
    if report.entries != now.entries:
        verdict.differences.append(
            Text(
                f"条目数：报告中 {report.entries}，现在 {now.entries}",
                f"entries: {report.entries} in the report, {now.entries} now",
            )
        )
    before, after = (Counter(map(_whole, each.findings)) for each in (report, now))
    for left, zh, en in (
        (before - after, "报告中有、现在没有的结果", "in the report and not found now"),
        (after - before, "现在有、报告中没有的结果", "found now and not in the report"),
    ):
        total = left.total()
        if not total:
            continue
        verdict.differences.append(Text(f"{zh}：{total} 处", f"{total} findings {en}"))
        for content in list(left)[:SHOWN]:
            finding = orjson.loads(content)
            where = finding["source"]["path"], finding["rule"]
            verdict.differences.append(
                Text(
                    f"  {' '.join(where)} {finding['message']['zh']}",
                    f"  {' '.join(where)} {finding['message']['en']}",
                )
            )
    if report.failures != now.failures:
        names = ", ".join(sorted(set(report.failures) ^ set(now.failures)) or sorted(now.failures))
        verdict.differences.append(Text(f"规则的运行情况不同：{names}", f"rules failed then or now only: {names}"))


def _whole(finding: dict[str, Any]) -> bytes:
    return orjson.dumps(finding, option=orjson.OPT_SORT_KEYS)
