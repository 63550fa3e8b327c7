"""The outcomes together: coherence of those that include each other, and the scale behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Finding
from twoarm.diagnostics.outcomes.coherence import finding as coherence_finding
from twoarm.diagnostics.outcomes.ordinal import finding as ordinal_finding
from twoarm.study.attempt import attempt
from twoarm.study.judge.outcomes.coherence import StudyCoherence, study_coherence
from twoarm.study.judge.outcomes.ordinal import StudyOrdinal, study_ordinal
from twoarm.study.plan.plan import Plan

__all__ = ["OutcomesTogether", "outcomes_together"]


@dataclass(frozen=True, slots=True)
class OutcomesTogether:
    """What the outcomes say of each other; a part that is None has its reason in `errors`."""

    coherence: StudyCoherence | None
    ordinal: StudyOrdinal | None
    findings: tuple[Finding, ...]
    errors: dict[str, str]


def outcomes_together(plan: Plan, mu: NDArray[np.float64]) -> OutcomesTogether:
    """Check the outcomes against each other and against the scale that they are cut from.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (outcomes, 2, patients)
        Cross-fitted probabilities, mean over the repeats; NaN where cross-fitting failed.
    """
    errors: dict[str, str] = {}
    nested = attempt("coherence", errors, lambda: study_coherence(plan, mu))
    scale = attempt("ordinal", errors, lambda: study_ordinal(plan, mu))
    findings = []
    if nested is not None:
        findings.append(coherence_finding(nested.arms, plan.study))
    if scale is not None:
        findings.append(ordinal_finding(scale.effects, plan.study))
    return OutcomesTogether(nested, scale, tuple(findings), errors)
