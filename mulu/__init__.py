"""mulu (目录, "catalog"): one metadata standard for government data catalogs, with its converters and validators.

    with mulu.validate("catalog.xlsx", level="share") as report:
        for finding in report.counted():
            print(finding["rule"], finding["source"], finding["message"]["zh"])
        mulu.reports.write_file(report, "html", "report.html", "zh")

    for entry in mulu.convert("catalog.xlsx"):
        print(entry["kind"])

    standard = mulu.Standard.load("my-standard")

What a name stands for is imported when it is first used, so that `import mulu` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mulu import reports
    from mulu.convert.api import Conversion, convert
    from mulu.errors import MuluError
    from mulu.standard import Standard
    from mulu.validate.api import validate
    from mulu.validate.report import Report

__all__ = ["Conversion", "MuluError", "Report", "Standard", "convert", "reports", "validate"]

_HOMES = {
    "Conversion": "mulu.convert.api",
    "MuluError": "mulu.errors",
    "Report": "mulu.validate",
    "Standard": "mulu.standard",
}


def __getattr__(name: str) -> Any:
    if name in ("convert", "reports", "validate"):
        # Those of the two functions can be called themselves.
        return importlib.import_module(f"mulu.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module mulu has no attribute {name}")
