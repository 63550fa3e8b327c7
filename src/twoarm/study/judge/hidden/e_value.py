"""How strong would one hidden factor have to be to make the average effect?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import (
    Absent,
    BenefitEValue,
    CovariateStrength,
    benefit_e_value,
    covariate_strengths,
)
from twoarm.diagnostics.hidden.benefit_e_value import finding
from twoarm.diagnostics.hidden.e_value import EValue
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.hidden.lot import unless_by_lot
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import BOOLEAN, NUMBER, RATIO, TEXT, maybe, record

__all__ = ["E_VALUE"]

_PATH = "hidden_confounding.e_value"


def _ask(evidence: Evidence) -> BenefitEValue:
    unless_by_lot(evidence)
    evidence.require(evidence.population)
    own, names = evidence.primary, evidence.treatment.names
    strengths = covariate_strengths(own.X, own.outcome, own.treatment, names=names)
    found = benefit_e_value(
        own.outcome,
        own.treatment,
        own.mu0,
        own.mu1,
        own.propensity,
        desirable=own.spec.desirable,
        threshold=own.spec.threshold,
        population=evidence.population,
    )
    return replace(found, measured=strengths[0] if strengths else None)


def _block(value: BenefitEValue, _: Study) -> dict[str, Any]:
    return {
        _PATH: {
            "benefit": value.benefit,
            "to_zero": _target(value.to_zero),
            "to_threshold": None if value.to_threshold is None else _target(value.to_threshold),
            "strongest_covariate": _strongest(value.measured),
        }
    }


def _strongest(covariate: CovariateStrength | None) -> Any:
    if covariate is None:
        return Absent("no covariate's risk ratios are defined")
    return {
        "column": covariate.name,
        "with_treatment": covariate.with_treatment,
        "with_outcome": covariate.with_outcome,
        "bias": covariate.bias,
    }


def _target(value: EValue) -> dict[str, Any]:
    estimate, limit = value.already_below
    return {
        "estimate": value.estimate,
        "limit": value.limit,
        "estimate_already_below": estimate,
        "limit_already_below": limit,
    }


_TARGET = record(
    estimate=RATIO, limit=RATIO, estimate_already_below=BOOLEAN, limit_already_below=BOOLEAN
)
_COVARIATE = record(column=TEXT, with_treatment=RATIO, with_outcome=RATIO, bias=RATIO)

E_VALUE = Question(
    name="E-value",
    scope=Scope.PRIMARY,
    line=Line.CAUSAL,
    doubt="how weak a hidden factor would be enough",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                record(
                    benefit=NUMBER,
                    to_zero=_TARGET,
                    to_threshold=_TARGET,
                    strongest_covariate=maybe(_COVARIATE),
                )
            ),
        ),
    ),
)
