"""From results to pages: content, tables, figures, HTML."""

from twoarm.report.sections.models.calibration import calibration
from twoarm.report.write import write_report

__all__ = ["calibration", "write_report"]
