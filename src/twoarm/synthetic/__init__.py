"""Cohorts with known individual effects: seven worlds of rescue stenting.

The measured covariates, the choice of treatment, the outcomes and the truth behind them follow
the specification of the synthetic cohort (``docs/explanation/synthetic-cohort.md``).

Examples
--------
>>> from twoarm.synthetic import generate
>>> made = generate("paper-like", n=1000, seed=7)
>>> bool(made.truth["benefit_mrs_0_2"].mean() > 0.25)
True
"""

from __future__ import annotations

from twoarm.synthetic.after_decision import AFTER_DECISION
from twoarm.synthetic.cohort import COHORT_COLUMNS, SyntheticCohort, generate
from twoarm.synthetic.covariates import BEFORE_DECISION, CENTRES, SITES, draw_covariates
from twoarm.synthetic.files import cohort_csv, truth_csv, truth_path, write
from twoarm.synthetic.risks import (
    DESIRABLE,
    OUTCOMES,
    benefit,
    conditional_risks,
    identified_risks,
    risks,
)
from twoarm.synthetic.scenarios import (
    SCENARIOS,
    ArmParameters,
    OutcomeSlopes,
    Scenario,
    find_scenario,
)
from twoarm.synthetic.treatment import propensity

__all__ = [
    "AFTER_DECISION",
    "BEFORE_DECISION",
    "CENTRES",
    "COHORT_COLUMNS",
    "DESIRABLE",
    "OUTCOMES",
    "SCENARIOS",
    "SITES",
    "ArmParameters",
    "OutcomeSlopes",
    "Scenario",
    "SyntheticCohort",
    "benefit",
    "cohort_csv",
    "conditional_risks",
    "draw_covariates",
    "find_scenario",
    "generate",
    "identified_risks",
    "propensity",
    "risks",
    "truth_csv",
    "truth_path",
    "write",
]
