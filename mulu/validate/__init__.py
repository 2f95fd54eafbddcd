"""Hold entries to a standard: structure by JSON Schema, then rules by SQL. `mulu.validate(…)` does all of it."""

from mulu.callable import make_callable
from mulu.validate.report import Findings, Input, Options, Report
from mulu.validate.run import Validation

__all__ = ["Findings", "Input", "Options", "Report", "Validation"]

make_callable(__name__)
