"""A model in another place: its page, tables, figures and files."""

from twoarm.report.validation.lines import validation_lines
from twoarm.report.validation.write import Written, write_validation

__all__ = ["Written", "validation_lines", "write_validation"]
