"""The trial that would test a finished run: what the run knows, and designs side by side."""

from twoarm.planning.files import read_plan, to_json
from twoarm.planning.known import Haircut, Known, typed_in
from twoarm.planning.planning import plan_from_run, plan_trial
from twoarm.planning.settings import Settings
from twoarm.planning.trial_plan import TrialPlan

__all__ = [
    "Haircut",
    "Known",
    "Settings",
    "TrialPlan",
    "plan_from_run",
    "plan_trial",
    "read_plan",
    "to_json",
    "typed_in",
]
