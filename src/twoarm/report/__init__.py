"""From results to pages: content, tables, figures, HTML."""

from twoarm.report.write import write_report

__all__ = ["write_report"]
