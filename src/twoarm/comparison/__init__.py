"""Two finished runs side by side: what differs in patients, settings and numbers."""

from twoarm.comparison.baseline import ArmBaseline, Variable
from twoarm.comparison.compare import Comparison, compare_runs
from twoarm.comparison.leaves import Difference
from twoarm.comparison.patients import SharedPatients
from twoarm.comparison.quoted import Quote, QuotedPair
from twoarm.comparison.reading import FinishedRun, read_finished, why_absent
from twoarm.comparison.words import Said

__all__ = [
    "ArmBaseline",
    "Comparison",
    "Difference",
    "FinishedRun",
    "Quote",
    "QuotedPair",
    "Said",
    "SharedPatients",
    "Variable",
    "compare_runs",
    "read_finished",
    "why_absent",
]
