"""The next trial: a plan's words, tables and figures in the report's shape, a protocol's text."""

from twoarm.report.design.topics import report_section

__all__ = ["report_section"]
