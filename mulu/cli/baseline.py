"""`mulu baseline`: old findings set aside, so that only new ones fail a pipeline; the file may only shrink."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from mulu.cli.console import complain, error_text, say
from mulu.cli.groups import Group, speaking
from mulu.cli.options import judging, reading, with_standard
from mulu.cli.runs import ALL_FINDINGS, report_of
from mulu.cli.settings import setting
from mulu.errors import UsageFault
from mulu.texts import clean, several


@click.group(
    "baseline",
    cls=Group,
    help=say(
        "把已有的问题记入基线，此后只计新出现的问题。基线不会自行增加。",
        "Record existing findings in a baseline, so that only new ones count. A baseline never grows by itself.",
    ),
    no_args_is_help=True,
)
@speaking
def command() -> None:
    """Group what is done to a baseline."""


@command.command(
    "write",
    help=say(
        "检查文件，把达到所选级别、没有豁免的问题写成基线。\n\n"
        "文件已经存在时，只在没有新问题时改写；确要把新问题也记进去，用 --allow-growth。"
        "退出码：0 已写出，1 有新问题而没有写，2 有文件没能检查。",
        "Check files and record the findings that count at the chosen level and are not waived.\n\n"
        "An existing baseline is rewritten only if there are no new findings; use --allow-growth to include new "
        "ones. Exit code: 0 written, 1 not written because there are new findings, 2 a file could not be checked.",
    ),
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("写入这个文件；不给则用设置中的 baseline", "Output file; default: the baseline named in the settings"),
)
@click.option("--allow-growth", is_flag=True, help=say("也记入新的问题", "Include new findings"))
@setting("--baseline", type=click.Path(path_type=Path), hidden=True)
@judging
@reading
@with_standard
def write(paths: tuple[str, ...], output: Path | None, allow_growth: bool, baseline: Path | None, **asked: Any) -> int:
    """Write a baseline."""
    target = output or baseline
    if target is None:
        raise UsageFault("请用 -o 写明基线文件，如 -o mulu-baseline.json", "name the file, as -o mulu-baseline.json")
    return _renewed(paths, target, target if target.exists() else None, allow_growth, asked)


@command.command(
    "prune",
    help=say(
        "检查文件，把基线中已不存在的问题删去；新的问题不会记进去。请给出基线所涉及的全部文件。",
        "Check files and remove from the baseline what is no longer found; new findings are never added. Name every "
        "file that the baseline covers.",
    ),
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@setting(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("要收紧的基线", "Baseline to prune"),
)
@judging
@reading
@with_standard
def prune(paths: tuple[str, ...], baseline: Path | None, **asked: Any) -> int:
    """Shrink a baseline."""
    if baseline is None:
        raise UsageFault("请用 --baseline 写明基线文件", "name the file with --baseline")
    return _renewed(paths, baseline, baseline, None, asked)


def _renewed(
    paths: tuple[str, ...], target: Path, old: Path | None, growth: bool | None, asked: Mapping[str, Any]
) -> int:
    """Write the baseline anew from what is found; `growth` says what happens to new findings, `None`: left out."""
    from mulu.output import whole_file
    from mulu.validate.baseline import line_of, read_baseline, write_baseline
    from mulu.validate.judge import CLOSING

    limits = (*ALL_FINDINGS, *asked["limits"])
    with report_of(paths, baseline=old, left_out=[target], **{**asked, "limits": limits}) as report:
        for item in report.inputs:
            if item.problem is not None:
                complain(error_text(item.problem, item.path))
        for rule in report.failures:
            complain(say(f"规则 {rule} 没有运行成功", f"the rule {rule} could not be run"))
        if report.exit_code("never"):
            complain(say("没有全部检查，基线没有改动", "not all was checked, so the baseline is as it was"))
            return 2
        if not all(count.whole for count in report.findings.rules.values()):
            raise UsageFault(
                "问题超过保留的上限，基线会不完整；请用 --limit findings_per_entry=… 或 findings_per_rule=… 放宽",
                "more was found than the limits keep, so the baseline would not be whole; allow more with --limit "
                "findings_per_entry=… or findings_per_rule=…",
            )
        new = [line_of(found) for found in report.counted() if found["rule"] not in CLOSING]
        if old is not None and growth is False and new:
            complain(
                say(
                    f"{target}：有 {len(new)} 处新问题，没有改写；请先改正，确要记入则加 --allow-growth",
                    f"{target}: not written, as it would take in {several(len(new), 'new finding')}; "
                    "mend them, or say --allow-growth",
                )
            )
            return 1
        before = read_baseline(old) if old is not None else None
        known = before.known.items() if before is not None else ()
        kept = [line for fingerprint, line in known if fingerprint not in report.gone]
        kept += new if growth is not None else []
        header = report.standard.header
        standard = before.standard if before is not None and growth is None else f"{header.id} {header.version}"
        with whole_file(target) as stream:
            write_baseline(stream, standard, kept)
        gone = len(report.gone)
        click.echo(
            clean(
                say(
                    f"{target}：共 {len(kept)} 处" + (f"，删去已不存在的 {gone} 处" if before else ""),
                    f"{target}: {several(len(kept), 'finding')}" + (f", {gone} gone" if before else ""),
                )
            )
        )
    return 0
