"""Do centres offer a comparison, or did each give one treatment?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import OneTreatmentCentres, one_treatment_centres
from twoarm.diagnostics.comparability.one_treatment_centres import finding
from twoarm.errors import NotEstimable
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import COUNT, TEXT, record, rows

__all__ = ["ONE_TREATMENT_CENTRES"]

_PATH = "overlap.one_treatment_centres"


def _ask(evidence: Evidence) -> OneTreatmentCentres:
    cohort = evidence.plan.cohort
    if cohort.centre is None:
        raise NotEstimable("the study file names no column of centres")
    return one_treatment_centres(cohort.centre, cohort.treatment)


def _block(value: OneTreatmentCentres, _: Study) -> dict[str, Any]:
    return {
        _PATH: {
            "centres": list(value.centres),
            "of": value.all_centres,
            "control": value.control,
            "treated": value.treated,
            "patients": value.patients,
        }
    }


ONE_TREATMENT_CENTRES = Question(
    name="one-treatment centres",
    scope=Scope.COHORT,
    line=Line.CAUSAL,
    doubt="centres that gave all their patients the same treatment",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            record(centres=rows(TEXT), of=COUNT, control=COUNT, treated=COUNT, patients=COUNT),
        ),
    ),
)
