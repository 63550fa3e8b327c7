"""How did the arms come to be: by lot, by what was known at the decision, or by what came later?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twoarm.cohort.load import Study
from twoarm.cohort.rules import parse_rule
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised, says

__all__ = ["TargetTrialCheck", "finding", "target_trial"]

ControlBy = Literal["final_reperfusion", "status_at_decision", "randomised", "other"]

_ORIGIN: dict[ControlBy, str] = {
    "final_reperfusion": (
        "Controls are known by their final reperfusion, which came after the decision. Patients "
        "in whom the vessel opened later without the treatment are missing among them: part or "
        "all of the difference between the arms can come from that alone."
    ),
    "status_at_decision": (
        "Controls are known by their state at the decision, as in a trial; who then was treated "
        "was not drawn by lot."
    ),
    "randomised": (
        "The arms were assigned at random: the average contrast of the arms as assigned needs no "
        "adjustment."
    ),
    "other": (
        "The study file does not say that controls are known by their state at the decision, nor "
        "that the arms were drawn by lot."
    ),
}


@dataclass(frozen=True, slots=True)
class TargetTrialCheck:
    """What the study file says of time zero, checked as far as software can.

    Attributes
    ----------
    control_by : str
        How controls are recognised: `final_reperfusion`, `status_at_decision`, `randomised` or
        `other`.
    late_rules : tuple of str
        Eligibility rules that look at a column known only after the decision, outcomes included.
    """

    control_by: ControlBy
    late_rules: tuple[str, ...]


def target_trial(study: Study) -> TargetTrialCheck:
    """Check the target trial of a study.

    Predictors and columns of the propensity that came after the decision need no check here: a
    study file that lists one is refused when it is read.

    Parameters
    ----------
    study : Study
        From `load_study`.

    Notes
    -----
    What the study file declares is taken as true. That the decision was made when it says, and
    that patients were followed as they were assigned, no software can see.

    References
    ----------
    Hernan MA, Robins JM. Am J Epidemiol 2016;183:758-764, doi 10.1093/aje/kwv254: the trial to
    emulate; eligibility and treatment at time zero.

    Examples
    --------
    >>> from twoarm.cohort import load_study
    >>> target_trial(load_study("rescue-stenting")).control_by
    'final_reperfusion'
    """
    file = study.file
    late = {column.column for column in file.columns if not column.before_decision}
    late |= {outcome.column for outcome in file.outcomes if outcome.role == "outcome"}
    rules = tuple(
        entry.rule
        for entry in file.eligibility
        if late.intersection(parse_rule(entry.rule).columns)
    )
    return TargetTrialCheck(file.target_trial.control_by, rules)


@says("target trial")
def finding(value: TargetTrialCheck, study: Study) -> Finding:
    """Say whether the comparison starts at the decision; `supports` by lot alone."""
    late_controls = value.control_by == "final_reperfusion"
    if late_controls or value.late_rules:
        verdict: Verdict = "questions"
    else:
        verdict = "supports" if is_randomised(study) else "cannot tell"
    text = _ORIGIN[value.control_by]
    if value.late_rules:
        text += (
            f" Eligibility looks at what came after the decision ({'; '.join(value.late_rules)}): "
            "patients chosen by it make the arms differ."
        )
    return Finding("target trial", verdict, text)
