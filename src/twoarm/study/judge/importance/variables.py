"""Which variables matter, for the prediction and for the effect?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, attempt
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.importance.modifiers import Modifiers, modifier_importance
from twoarm.study.judge.importance.refitted import RefittedImportance, refitted_importance
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    NUMBER,
    NUMBER_OR_NULL,
    PROBABILITY,
    RANGE,
    TEXT,
    maybe,
    record,
    rows,
)

__all__ = ["IMPORTANCE", "VariableImportance"]

_PATH = "outcomes.{outcome}.importance"


@dataclass(frozen=True, slots=True, eq=False)
class VariableImportance:
    """Both kinds of importance of an outcome's variables.

    Attributes
    ----------
    variables : tuple of str
        Columns, in the order of the codebook.
    value : ndarray, shape (variables,)
        What the predicted benefit depends on, by the full fit; sum 1.
    predicted : RefittedImportance or Absent
        The same in refitted models; primary outcome.
    modifiers : Modifiers or Absent
        What modifies the effect; primary outcome.
    """

    variables: tuple[str, ...]
    value: NDArray[np.float64]
    predicted: RefittedImportance | Absent
    modifiers: Modifiers | Absent


def _ask(evidence: Evidence) -> Mapping[str, VariableImportance]:
    plan, full = evidence.plan, evidence.full
    columns = tuple(each.column for each in plan.cohort.codebook)
    elsewhere = Absent("primary outcome only")
    found = {}
    for spec in plan.outcomes:
        predicted: RefittedImportance | Absent = elsewhere
        modifiers: Modifiers | Absent = elsewhere
        if spec.primary:
            predicted = attempt(lambda: refitted_importance(plan))
            modifiers = attempt(lambda: _modifiers(evidence))
        found[spec.name] = VariableImportance(
            columns, full.importance[spec.name], predicted, modifiers
        )
    return found


def _modifiers(evidence: Evidence) -> Modifiers:
    evidence.require("all")
    return modifier_importance(evidence.plan, evidence.full.models.encoding)


def _block(value: VariableImportance, _: Study) -> dict[str, Any]:
    order = sorted(range(len(value.variables)), key=lambda k: -float(value.value[k]))
    return {_PATH: [_row(value, k) for k in order]}


def _row(value: VariableImportance, k: int) -> dict[str, Any]:
    return {
        "variable": value.variables[k],
        "predicted_benefit": {"value": float(value.value[k]), **_limits(value.predicted, k)},
        "effect_modifier": value.modifiers
        if isinstance(value.modifiers, Absent)
        else _modifier(value.modifiers, k, value.variables),
    }


def _limits(refitted: RefittedImportance | Absent, k: int) -> dict[str, Any]:
    if isinstance(refitted, Absent):
        return {"low": refitted, "high": refitted}
    low, high = refitted.limits
    rank_low, rank_high = refitted.rank_limits
    return {
        "low": float(low[k]),
        "high": float(high[k]),
        "rank": {"low": float(rank_low[k]), "high": float(rank_high[k])},
        "refits": refitted.refits,
    }


def _modifier(modifiers: Modifiers, k: int, variables: tuple[str, ...]) -> dict[str, Any]:
    """Give the rise of the loss for the variable's group, its rank, and its reference."""
    number = modifiers.group_of(k)
    measured = modifiers.measures["loss"]
    lower, upper = measured.limits
    mean, high, p = measured.reference_mean, measured.reference_high, measured.p
    assert mean is not None  # a run always permutes treatment
    assert high is not None
    assert p is not None
    return {
        "value": float(measured.value[number]),
        "low": float(lower[number]),
        "high": float(upper[number]),
        "rank": {
            "low": float(measured.rank_low[number]),
            "high": float(measured.rank_high[number]),
        },
        "reference": {
            "mean": float(mean[number]),
            "high": float(high[number]),
            "p": float(p[number]),
            "permutations": modifiers.permutations,
        },
        "together": [variables[member] for member in modifiers.groups[number]],
    }


_PREDICTED = record(value=PROBABILITY, low=NUMBER_OR_NULL, high=NUMBER_OR_NULL)
_PREDICTED["properties"] |= {"rank": RANGE, "refits": COUNT}
_MODIFIER = record(
    value=NUMBER,
    low=NUMBER,
    high=NUMBER,
    rank=RANGE,
    reference=record(mean=NUMBER, high=NUMBER, p=PROBABILITY, permutations=COUNT),
    together=rows(TEXT, fewest=1),
)

IMPORTANCE = Question(
    name="importance",
    scope=Scope.OUTCOMES,
    of_models=True,
    ask=_ask,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                rows(
                    record(
                        variable=TEXT,
                        predicted_benefit=_PREDICTED,
                        effect_modifier=maybe(_MODIFIER),
                    )
                )
            ),
        ),
    ),
)
