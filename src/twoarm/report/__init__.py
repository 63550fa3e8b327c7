"""From results to pages: content, tables, figures, HTML."""

from twoarm.report.comparison import write_comparison
from twoarm.report.sections.models.calibration import calibration
from twoarm.report.trial import write_design
from twoarm.report.validation import write_validation
from twoarm.report.write import write_report

__all__ = ["calibration", "write_comparison", "write_design", "write_report", "write_validation"]
