"""Plan, run, result: the only place that knows the whole pipeline."""

from twoarm.study.plan import ARMS, Plan, make_plan
from twoarm.study.result import OutcomeResult, StudyResult
from twoarm.study.run import Progress, run

__all__ = ["ARMS", "OutcomeResult", "Plan", "Progress", "StudyResult", "make_plan", "run"]
