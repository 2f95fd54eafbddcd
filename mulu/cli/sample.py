"""`mulu sample`: a catalog that is made up, to try things with."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from mulu.cli.console import complain, say
from mulu.cli.options import with_standard
from mulu.cli.standards import load_standard
from mulu.cli.targets import refuse_ending, refuse_part
from mulu.errors import UsageFault
from mulu.pointer import inert
from mulu.texts import clean, several


@click.command(
    "sample",
    help=say(
        "生成一份虚构的目录，用于试用、演示和测速：机构、代码、引用互相对应，没有任何问题。\n\n"
        "KIND 是条目的种类，可写条数（service:958）；不写则各种类按常见的比例。--seed 相同，生成的文件也相同。加 "
        "--faults 后，部分条目故意写错，应查出的问题全部列在输出文件旁的 .faults.jsonl 中。",
        "Generate a fictitious catalog for trials, demonstrations and benchmarks. Departments, codes and references "
        "are consistent, and there are no errors.\n\n"
        "KIND is a kind of entry, optionally with a count (service:958); by default all kinds are mixed in usual "
        "proportions. The same --seed always gives the same file. With --faults, some entries are wrong on purpose, "
        "and every expected finding is listed in .faults.jsonl next to the output.",
    ),
)
@click.argument("kinds", nargs=-1, metavar="[KIND[:COUNT]...]")
@click.option(
    "-n",
    "--number",
    "total",
    type=click.IntRange(1, 10**9),
    metavar="N",
    help=say("共多少条", "Total number of entries"),
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32),
    default=1,
    show_default=True,
    metavar="S",
    help=say("换一个数得到另一份目录", "Random seed; a different number gives a different catalog"),
)
@click.option(
    "--faults",
    "dose",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="RATE",
    help=say("每条平均植入多少个故障，如 0.02", "Share of entries to plant errors in, such as 0.02"),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say("写入这个文件；不给或 - 为标准输出", "Output file; default: standard output (-)"),
)
@click.option(
    "--faults-to",
    "beside",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=say(
        "故障列表的文件；不给则在 -o 的文件旁边",
        "File for the list of planted errors; default: next to the output file",
    ),
)
@with_standard
def command(
    kinds: tuple[str, ...],
    total: int | None,
    seed: int,
    dose: float,
    output: Path | None,
    beside: Path | None,
    standard_path: Path | None,
) -> int:
    """Write a sample, and what is wrong in it."""
    import orjson

    from mulu.output import whole_file
    from mulu.sample import Recipes, Sample, counts_of

    target = None if output is None or str(output) == "-" else output
    refuse_ending(target)
    listed = _listed(target, beside, dose)
    refuse_part(standard_path, [target, listed])
    recipes = Recipes(load_standard(standard_path))
    if not recipes.kinds:
        raise UsageFault(
            "这个标准没有样例配方（schemas/sample/<种类>.yaml），无法生成目录",
            "the standard has no recipes (schemas/sample/<kind>.yaml), so no sample can be generated",
        )
    counts = counts_of(recipes, kinds, total)
    whole = sum(counts.values())
    if not whole:
        raise UsageFault("条数为 0，请至少要一条", "the number of entries is 0; ask for at least one")
    wanted = round(dose * whole) if dose else 0
    sample = Sample(recipes, counts, seed, max(wanted, 1) if dose else 0)
    with ExitStack() as stack:
        findings = 0
        if listed is not None:
            stream = stack.enter_context(whole_file(listed))
            for found in sample.found():
                stream.write(orjson.dumps(found.to_dict(), option=orjson.OPT_APPEND_NEWLINE))
                findings += 1
        _write(sample, stack.enter_context(whole_file(target)) if target is not None else None)
    _tell(sample, target, listed, wanted, findings)
    return 0


def _listed(target: Path | None, beside: Path | None, dose: float) -> Path | None:
    """Return the file for the list of faults; `None` if there is none to write."""
    if not dose:
        if beside is not None:
            raise UsageFault("--faults-to 须与 --faults 同用", "--faults-to requires --faults")
        return None
    if beside is None and target is None:
        raise UsageFault(
            "目录写到标准输出时，请用 --faults-to 说明故障列表写到哪里",
            "the catalog goes to standard output; use --faults-to to name the file for the list of faults",
        )
    listed = beside if beside is not None or target is None else _beside(target)
    if listed == target:
        raise UsageFault("目录和故障列表不能是同一个文件", "the catalog and the list of faults cannot be the same file")
    return listed


def _beside(target: Path) -> Path:
    return target.with_suffix(".faults.jsonl")


def _write(sample: Any, stream: Any) -> None:
    lines = sample.lines()
    if stream is None:
        sys.stdout.flush()
        stream = sys.stdout.buffer
        # The words are those of a standard, and a terminal may read them.
        lines = map(inert, lines)
    stream.writelines(lines)
    stream.flush()


def _tell(sample: Any, target: Path | None, listed: Path | None, wanted: int, findings: int) -> None:
    kinds = [f"{kind} {count}" for kind, count in sample.counts.items() if count]
    whole = sum(sample.counts.values())
    where = say(f"写入 {target}", f"to {target}") if target is not None else say("写到标准输出", "to standard output")
    told = say(
        f"{whole} 条{where}：{'、'.join(kinds)}", f"{several(whole, 'entry', 'entries')} {where}: {', '.join(kinds)}"
    )
    click.echo(clean(told), err=True)
    if listed is None:
        old = _beside(target) if target is not None else None
        if old is not None and old.exists():
            complain(
                say(f"{old} 属于以前的样例，与这份目录无关", f"{old} belongs to an earlier sample, not to this one")
            )
        return
    rules = len({fault.planter.rule for fault in sample.faults})
    planted = say(
        f"植入 {len(sample.faults)} 个故障，涉及 {rules} 条规则，应查出 {findings} 个问题，见 {listed}",
        f"{several(len(sample.faults), 'fault')} of {several(rules, 'rule')}, {several(findings, 'finding')}, "
        f"listed in {listed}",
    )
    click.echo(clean(planted), err=True)
    if len(sample.faults) < wanted:
        complain(
            say(
                f"只植入了 {len(sample.faults)} 个故障，不到要求的 {wanted} 个：每种条目至多三分之一可以写错",
                f"only {len(sample.faults)} faults were planted instead of {wanted}: at most a third of the entries "
                "of each kind may be wrong",
            )
        )
