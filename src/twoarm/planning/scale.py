"""The ordered scale of a run: where the control arm's patients stand on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.planning.known import Scale
from twoarm.study import StudyResult
from twoarm.study.judge.outcomes.ordinal import ORDINAL

__all__ = ["control_shares", "scale_of"]

Floats = NDArray[np.float64]

_FEWEST_CONTROLS = 20


def scale_of(
    result: StudyResult, spec: OutcomeSpec, known: NDArray[np.bool_], chance: Floats
) -> tuple[Scale | None, str]:
    """Give the scale that the outcome was cut from, or why there is none."""
    section, values = result.plan.file.ordinal, result.plan.cohort.ordinal
    found = result.value(ORDINAL)
    if section is None or values is None or found is None:
        return None, result.why_absent(ORDINAL) or "the study file names no ordinal outcome"
    if spec.column != section.column:
        return None, f"{spec.name} is not cut from {section.column}"
    own, event = values[known], result.plan.outcome(spec.name)[known] == 1
    weight = np.where(result.plan.cohort.treatment[known] == 0, 1.0 / (1.0 - chance), 0.0)
    at = own[None, :] == np.array(found.levels)[:, None]
    with_event = [bool(event[here].any()) for here in at]
    if with_event not in (sorted(with_event), sorted(with_event, reverse=True)):
        return None, f"{spec.name} is not one end of {section.column}"
    return Scale(section.column, found.levels, at * weight, with_event[0]), ""


def control_shares(scale: Scale, who: NDArray[np.bool_]) -> Floats | None:
    """Give the shares of the levels among controls of a part of the patients; None if too few."""
    weight = scale.weight[:, who]
    if int((weight > 0.0).sum()) < _FEWEST_CONTROLS:
        return None
    shares: Floats = weight.sum(axis=1) / weight.sum()
    return shares
