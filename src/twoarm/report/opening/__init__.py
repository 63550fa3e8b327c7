"""The first screen: what a reader must see before anything else."""

from twoarm.report.opening.content import Opening
from twoarm.report.opening.together import opening

__all__ = ["Opening", "opening"]
