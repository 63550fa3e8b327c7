"""Two runs side by side: texts, tables and figures of a comparison, and its page."""

from twoarm.report.comparison.lines import comparison_lines
from twoarm.report.comparison.write import write_comparison

__all__ = ["comparison_lines", "write_comparison"]
