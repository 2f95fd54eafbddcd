"""Hold entries to a standard: structure by JSON Schema, then rules by SQL."""

from mulu.validate.run import Findings, Input, Options, Report, Validation

__all__ = ["Findings", "Input", "Options", "Report", "Validation"]
