"""Run again what a report tells of, and say what differs: program, standard, files, baseline, waivers, findings."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from mulu.errors import MuluError, Unreadable, UsageFault
from mulu.program import tool
from mulu.reports._stored import dates_of
from mulu.standard import Standard
from mulu.texts import Text, several
from mulu.validate import Report, Validation
from mulu.validate.api import read_policy
from mulu.validate.judge import Policy

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
    options = replace(report.options, policy=_policy(verdict, data))
    run = Validation(standard, options, folder)
    try:
        for _ in run.check(options.paths, options.schema):
            pass
        now = run.finish()
        _inputs(verdict, report, now)
        if not verdict.problems:
            _findings(verdict, report, now)
    finally:
        run.close()
    return verdict


def _policy(verdict: Verdict, data: dict[str, Any]) -> Policy:
    """Return the policy of the run, its files as they are now; raises `BadSettings` if one cannot be read."""
    said = data["options"]
    baseline, waivers = said["baseline"], said["waivers"]
    policy = read_policy(
        data["ignored"],
        said["severity"],
        dates_of(data),
        baseline["path"] if baseline else None,
        [file["path"] for file in waivers],
        said["waiver_days"],
    )
    if policy.baseline is not None and policy.baseline.sha256 != baseline["sha256"]:
        path = baseline["path"]
        verdict.differences.append(Text(f"{path}：基线已改动", f"{path}: the baseline has changed"))
    for file in waivers:
        path = file["path"]
        if policy.waiver_files[path] != file["sha256"]:
            verdict.differences.append(Text(f"{path}：豁免已改动", f"{path}: the waivers have changed"))
    return policy


def _inputs(verdict: Verdict, report: Report, now: Report) -> None:
    """Tell which files are gone, new or changed, or cannot be checked any more."""
    before = {item.path: item for item in report.inputs}
    for path in sorted(before.keys() - {item.path for item in now.inputs}):
        verdict.problems.append(
            (Unreadable(path, "文件不在了；请放回原处再试", "the file no longer exists; restore it"), path)
        )
    for item in now.inputs:
        old = before.get(item.path)
        if old is None:
            verdict.differences.append(Text(f"{item.path}：新增的文件", f"{item.path}: the file is new"))
        elif item.problem is not None and old.problem is None:
            verdict.problems.append((item.problem, item.path))
        elif None not in (old.sha256, item.sha256) and old.sha256 != item.sha256:
            verdict.differences.append(Text(f"{item.path}：文件已改动", f"{item.path}: the file has changed"))
        elif old.before != item.before:
            since = report.options.since
            verdict.differences.append(
                Text(
                    f"{item.path}：文件在 git 版本 {since} 中的内容已不同",
                    f"{item.path}: at the git revision {since} the file is another one now",
                )
            )


def _hashes(verdict: Verdict, data: dict[str, Any], standard: Standard) -> None:
    before, now = data["tool"], tool()
    if before["sha256"] != now["sha256"]:
        old, new = f"{before['version']} ({before['sha256'][:12]}…)", now["version"]
        verdict.differences.append(
            Text(
                f"mulu 不同：报告由 {old} 生成，现在是 {new}",
                f"mulu differs: the report was created by {old}, this is {new}",
            )
        )
    said, header = data["standard"], standard.header
    if said["sha256"] != standard.sha256:
        old, new = f"{said['id']} {said['version']} ({said['sha256'][:12]}…)", f"{header.id} {header.version}"
        verdict.differences.append(
            Text(
                f"标准不同：报告用 {old}，现在是 {new}",
                f"the standard differs: the report was created with {old}, this is {new}",
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
        verdict.differences.append(Text(f"{zh}：{total} 处", f"{several(total, 'finding')} {en}"))
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
