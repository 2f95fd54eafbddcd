"""`mulu.validate(…)`: a whole validation in one call, as the command line makes it."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from mulu.convert import Given
from mulu.errors import UsageFault
from mulu.limits import DEFAULT, Limits
from mulu.plain_file import is_folder
from mulu.readers.address import is_address, shown_address
from mulu.readers.checkpoint import Kept
from mulu.readers.input_files import PassedOver
from mulu.scratch import scratch
from mulu.standard import Standard
from mulu.texts import name_of
from mulu.validate.baseline import read_baseline
from mulu.validate.judge import Policy
from mulu.validate.lines import processors
from mulu.validate.report import Options, Report
from mulu.validate.run import Progress, Validation
from mulu.validate.waivers import digest_of, read_waivers

Engine = Callable[[Standard, Options, Path, Kept | None], Validation]
"""Begins a run of a standard; the folder is the run's own, what is kept as `validate` has it."""


def validate(
    *paths: str | Path,
    standard: Standard | Path | str | None = None,
    level: str | None = None,
    level_dates: Mapping[str, date] | None = None,
    today: date | None = None,
    format: str | None = None,
    encoding: str | None = None,
    given: Given | None = None,
    schema: str | None = None,
    limits: Limits = DEFAULT,
    allow_empty: bool = False,
    on_passed_over: PassedOver = lambda given, names: None,
    only: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severity: Mapping[str, str] | None = None,
    baseline: Path | str | None = None,
    waivers: Iterable[Path | str] = (),
    warn_days: int = 30,
    since: str | None = None,
    jobs: int | None = None,
    kept: Kept | None = None,
    left_out: Iterable[Path | str] = (),
    on_progress: Progress = lambda entries, part, rules: None,
    engine: Engine = Validation,
) -> Report:
    """Hold files to a standard and return the report; no configuration file and no environment is read.

    `paths` are files, folders, or "-" for standard input. `standard` is a loaded one or its folder, without any the
    built-in one. `level` is the level to reach (the first), `level_dates` from which day a higher one counts, `today`
    the day of the run. `format`, `encoding`, `given` and `limits` say how files are read, as `--from`, `--encoding`,
    `--set` and `--limit` do. `only` names the rules to run, `ignore` those that find nothing, `severity` changes how
    grave a rule is. `baseline` and `waivers` name the files of what does not count, `warn_days` for how many days a
    waiver is told to be ending. `since` is the git revision against which entries must have changed to be judged.

    A file that cannot be checked is noted in its `Input`, and makes `Report.exit_code` 2. Use the report in a `with`
    statement, or close it: its findings stand in a temporary folder.

    `jobs` is how many processes may check a large file of entries (as many as there are processors), whose findings
    are the same for any number of them. `kept` is a folder in which what is finished of each file is kept, and from
    which it is taken if the run is made again; it does not go with `since`. Files that are `left_out` (what the run
    writes; so is the baseline) are passed over where they stand in a folder that is named. `on_progress` is told how
    far the run is. `engine` runs it: this machine, or a cluster of Spark (`mulu.spark.run.engine`).

    Raises `BadStandard`, `BadSettings`, `UsageFault`.

    >>> with validate("-", allow_empty=True) as report:  # doctest: +SKIP
    ...     report.exit_code("error")
    0
    """
    if kept is not None and since is not None:
        raise UsageFault("--resume 与 --since 不能同用", "--resume cannot be combined with --since")
    loaded = standard if isinstance(standard, Standard) else Standard.load(standard)
    policy = read_policy(ignore, severity, level_dates, baseline, waivers, warn_days)
    options = Options(
        level,
        today or date.today(),
        format,
        encoding,
        limits,
        allow_empty,
        frozenset(only),
        given or {},
        policy,
        since,
        jobs or processors(),
        tuple(shown_address(text) if is_address(text) else name_of(text) for text in map(str, paths)),
        schema,
        _inside(paths, [*left_out, *([baseline] if baseline is not None else [])]),
    )
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        run = engine(loaded, options, folder, kept)
        stack.callback(run.close)
        for entries in run.check(paths, schema, on_passed_over):
            on_progress(entries, run.part, None)
        report = run.finish(on_progress=on_progress)
        report.resources = stack.pop_all()
    return report


def _inside(paths: Iterable[Path | str], files: Iterable[Path | str]) -> tuple[str, ...]:
    """Return those of some files that stand in one of the folders among `paths`, so that others change no report."""
    folders = [Path(path).resolve() for path in paths if is_folder(path)]
    return tuple(
        name_of(file)
        for file in files
        if any(Path(os.path.realpath(file)).is_relative_to(folder) for folder in folders)
    )


def read_policy(
    ignore: Iterable[str] = (),
    severity: Mapping[str, str] | None = None,
    level_dates: Mapping[str, date] | None = None,
    baseline: Path | str | None = None,
    waivers: Iterable[Path | str] = (),
    warn_days: int = 30,
) -> Policy:
    """Return what a run is told of rules, exceptions and time, as `validate` is; raises `BadSettings`."""
    read = {name_of(path): read_waivers(Path(path)) for path in waivers}
    return Policy(
        frozenset(ignore),
        severity,
        level_dates,
        read_baseline(Path(baseline)) if baseline is not None else None,
        tuple(waiver for found in read.values() for waiver in found),
        warn_days,
        {path: digest_of(found) for path, found in read.items()},
    )
