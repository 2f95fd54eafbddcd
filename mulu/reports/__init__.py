"""Reports: views of one run's findings, one module a format, found by walking this folder.

A module has `write(report, stream, language, color)`; `MACHINE` says that the bytes are for programs and are
UTF-8 whatever the terminal speaks. One that only goes into certain files has `check_target(path)`, too, which
raises `UsageFault`. A module whose name begins with an underscore is no format.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from mulu.errors import UsageFault
from mulu.output import whole_file
from mulu.texts import did_you_mean
from mulu.validate import Report

_ALSO = {"json-lines": "jsonl", "gitlab-code-quality": "gitlab"}
"""What other tools call a format."""


class Format(Protocol):
    """What the module of a format has."""

    MACHINE: bool

    def write(self, report: Report, stream: BinaryIO, language: str, color: bool) -> None:
        """Write the report of a run to `stream`."""


def formats() -> list[str]:
    """Return the names of the formats."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))


def report_format(name: str) -> Format:
    """Return the module of a format, by its name or that of other tools; raises `UsageFault` if there is none."""
    name = _ALSO.get(name, name)
    if name not in formats():
        near, known = did_you_mean(name, formats()), ", ".join(formats())
        raise UsageFault(
            f"没有报告格式 {name}{near.zh or '；'}可用：{known}",
            f"unknown report format {name}{near.en}; available: {known}",
        )
    return cast(Format, importlib.import_module(f"{__name__}.{name}"))


def write_file(report: Report, name: str, target: str | Path, language: str) -> None:
    """Write a report in the format `name` and in `language` ("zh" or "en") to a file, whole or not at all."""
    with whole_file(Path(target)) as stream:
        report_format(name).write(report, stream, language, False)
