"""Do the outcome models tell who will have the event? All that follows rests on that."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.cohort.load import Study
from twoarm.diagnostics.absent import Absent
from twoarm.diagnostics.finding import Finding, Verdict, says

__all__ = ["ArmAuc", "Discrimination", "finding"]

_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class ArmAuc:
    """The AUC to quote of one arm's model, with its 95 % interval."""

    auc: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """Whether the interval lies above 0.5: better than drawing lots."""
        return self.low > _CHANCE


@dataclass(frozen=True, slots=True)
class Discrimination:
    """Both arms' models of the primary outcome; an arm with events only, or none, has no AUC."""

    control: ArmAuc | Absent
    treated: ArmAuc | Absent


@says("discrimination")
def finding(value: Discrimination, study: Study) -> Finding:
    """Say in which arm the model is not shown to be better than drawing lots.

    `questions` if it is not in either of them: the predicted benefit is the difference of both.

    Examples
    --------
    >>> from twoarm.cohort import load_study
    >>> value = Discrimination(ArmAuc(0.55, 0.47, 0.63), ArmAuc(0.75, 0.66, 0.82))
    >>> finding(value, load_study("rescue-stenting")).verdict
    'questions'
    """
    labels = study.file.treatment.labels
    both = ((labels.control, value.control), (labels.treated, value.treated))
    arms = {label: found for label, found in both if isinstance(found, ArmAuc)}
    without = [f"{label} ({found.reason})" for label, found in both if isinstance(found, Absent)]
    lost = [label for label, found in arms.items() if not found.is_shown]
    verdict: Verdict = "questions" if lost else "cannot tell"
    quoted = "; ".join(
        f"{label} {found.auc:.3f} ({found.low:.3f} to {found.high:.3f})"
        for label, found in arms.items()
    )
    text = f"{study.file.primary.title}, AUC to quote of the outcome models: {quoted or 'none'}."
    if without:
        text += f" None is given for {' and '.join(without)}."
    if lost:
        text += (
            f" For {' and '.join(lost)} the interval does not lie above 0.5: that the model tells "
            "who will have the event better than drawing lots is not shown, and what is predicted "
            "for one patient rests on it."
        )
    return Finding("discrimination", verdict, text)
