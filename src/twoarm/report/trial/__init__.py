"""The files of a planned trial: its page, tables, figures, and the draft of a protocol."""

from twoarm.report.trial.write import write_design

__all__ = ["write_design"]
