"""Hold entries to a standard: structure by JSON Schema, then rules by SQL."""

from mulu.validate.run import Input, Options, Report, Validation

__all__ = ["Input", "Options", "Report", "Validation"]
