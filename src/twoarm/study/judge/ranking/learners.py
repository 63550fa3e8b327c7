"""What do other learners say of the same patients, and how good is any of them?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, Finding
from twoarm.diagnostics.ranking.learners import finding
from twoarm.metalearners import LearnerSummary
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import number, plain_slope
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.ranking.benefit_evidence import (
    EVIDENCE_ON,
    BenefitEvidence,
    benefit_evidence,
)
from twoarm.study.judge.ranking.comparison import LEARNERS
from twoarm.study.judge.ranking.plain_measures import MEASURES_SCHEMA, plain_measures
from twoarm.study.judge.schema import (
    COEFFICIENT,
    NUMBER,
    NUMBER_OR_NULL,
    PROBABILITY,
    SPREAD,
    TEXT,
    by_name,
    maybe,
    record,
)

__all__ = ["COMPARISON"]

_COMPARISON = "outcomes.{outcome}.comparison"
_MEASURES = "outcomes.{outcome}.benefit_metrics"
_SAME_FOR_ALL = "the learner predicts the same benefit for everybody in a fold"
_UNRANKED = "a learner ranks nobody, or no two pairs differ in what was observed"


def _ask(evidence: Evidence) -> BenefitEvidence:
    evidence.require("all")
    score = evidence.treatment.propensity.score
    encoding = evidence.full.models.encoding
    return benefit_evidence(evidence.plan, evidence.crossfit.mu, encoding, score)


def _finding(value: BenefitEvidence, study: Study) -> Finding:
    return finding(value.compared.page, study)


def _block(value: BenefitEvidence, _: Study) -> dict[str, Any]:
    return {_COMPARISON: _compared(value), _MEASURES: _measured(value)}


def _compared(value: BenefitEvidence) -> dict[str, Any]:
    compared = value.compared
    names = [each.name for each in compared.page.learners]
    failed = {name: Absent(error) for name, error in compared.errors.items()}
    ranks = compared.page.rank_correlation.tolist()
    return {
        "learners": {
            each.name: {"base": compared.bases[each.name], **_learner(each)}
            for each in compared.page.learners
        }
        | failed,
        "rank_correlation": {
            one: {other: number(value, _UNRANKED) for other, value in zip(names, row, strict=True)}
            for one, row in zip(names, ranks, strict=True)
        },
    }


def _learner(each: LearnerSummary) -> dict[str, Any]:
    return {
        "mean": each.mean,
        "sd": each.sd,
        "share_at_threshold": each.share_at_threshold,
        "share_losing_threshold": each.share_losing_threshold,
        "slope": plain_slope(each.slope, _SAME_FOR_ALL),
    }


def _measured(value: BenefitEvidence) -> dict[str, Any]:
    errors = value.compared.errors
    failed = {name: Absent(errors[name]) for name in EVIDENCE_ON if name in errors}
    return {
        "treat_none": asdict(value.treat_none),
        "treat_all": asdict(value.treat_all),
        "learners": {name: plain_measures(each) for name, each in value.models.items()} | failed,
    }


_LEARNER = record(
    base=TEXT,
    mean=NUMBER,
    sd=SPREAD,
    share_at_threshold=PROBABILITY,
    share_losing_threshold=PROBABILITY,
    slope=COEFFICIENT,
)
_RANKS = by_name(by_name(NUMBER_OR_NULL, *LEARNERS), *LEARNERS)

COMPARISON = Question(
    name="comparison of learners",
    scope=Scope.PRIMARY,
    doubt="learners that disagree",
    of_models=True,
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(
        Key(
            _COMPARISON,
            maybe(record(learners=by_name(maybe(_LEARNER), *LEARNERS), rank_correlation=_RANKS)),
        ),
        Key(_MEASURES, maybe(MEASURES_SCHEMA)),
    ),
)
