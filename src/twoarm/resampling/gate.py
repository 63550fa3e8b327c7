"""Whether Harrell's correction can be quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twoarm.resampling.metric import Metric

__all__ = ["Gate", "gate"]

_TOLERATED_EXCESS = 0.02


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether Harrell's correction can be quoted for this learner on these patients.

    Attributes
    ----------
    harrell_valid : bool or None
        None if it cannot be told.
    harrell_minus_headline : float or None
        Difference of the two AUCs.
    reason : str
        In words.
    """

    harrell_valid: bool | None
    harrell_minus_headline: float | None
    reason: str


def gate(auc: Metric, events: int, others: int, seeing_copies: Sequence[str] = ()) -> Gate:
    """Say whether Harrell's AUC stays near the headline or shows its known failure.

    It exceeds by more than 0.02 plus two Monte-Carlo standard errors: not valid. Within that, no
    failure was seen, which is not a proof of validity.

    Parameters
    ----------
    auc : Metric
    events, others : int
        Patients with and without the event.
    seeing_copies : sequence of str
        Parts of the learner that had copies of one patient on both sides
        (`twoarm.learners.seeing_copies`): with any of them it is not valid, whatever its value.
    """
    excess = None if auc.harrell is None or auc.headline is None else auc.harrell - auc.headline
    if seeing_copies:
        return Gate(False, excess, _not_held(seeing_copies))
    if excess is None:
        return Gate(None, None, f"cannot tell: {_undefined(auc)}")
    allowed = _TOLERATED_EXCESS + 2.0 * (auc.mcse or 0.0)
    if excess > allowed:
        reason = (
            f"Harrell's AUC exceeds the headline by {excess:.3f}: not valid for this learner and "
            f"these patients ({events} with and {others} without the event)"
        )
        return Gate(False, excess, reason)
    reason = "Harrell's AUC does not exceed the headline"
    if excess > 0.0:
        reason = (
            f"Harrell's AUC exceeds the headline by {excess:.3f}, within the {allowed:.3f} allowed "
            "(0.02 and two Monte-Carlo standard errors)"
        )
    return Gate(True, excess, reason)


def _undefined(auc: Metric) -> str:
    if auc.headline is None:
        return f"there is no AUC to quote ({auc.headline_reason})"
    total = auc.replicates_used + auc.failed
    return f"the AUC is defined in {auc.replicates_used} of {total} replicates"


def _not_held(seeing_copies: Sequence[str]) -> str:
    return (
        "Harrell's correction and the out-of-bag estimates (.632 and .632+ too) do not hold: the "
        "rows of a replicate are divided with copies of one patient on both sides, in "
        f"{', '.join(seeing_copies)}. Cross-validation repeats nobody and holds; tune in the "
        "outermost estimator, with cv a number or a splitter, to have them all."
    )
