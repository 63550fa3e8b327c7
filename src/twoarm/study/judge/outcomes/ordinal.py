"""The whole scale beside the outcomes that are cut from it: proportional odds in each arm."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    UTILITY_MRS,
    Absent,
    BenefitComparison,
    Finding,
    OrdinalEffects,
    compare_benefits,
    ordinal_effects,
    utility_benefit,
)
from twoarm.diagnostics.outcomes.ordinal import finding
from twoarm.errors import NotEstimable
from twoarm.learners import Split, over_folds
from twoarm.metrics import as_benefit
from twoarm.study.fit.tasks import all_cross_fit_folds
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    DIFFERENCE,
    NUMBER,
    NUMBER_OR_NULL,
    PROBABILITY,
    TEXT,
    by_name,
    maybe,
    record,
    rows,
)
from twoarm.study.plan.plan import Plan

__all__ = ["NO_UTILITY", "ORDINAL", "StudyOrdinal", "study_ordinal"]

Floats = NDArray[np.float64]

_MOST_LEVELS = 30
_RANKIN = tuple(map(float, range(7)))

NO_UTILITY = (
    "utilities are known for the modified Rankin scale alone: values 0 to 6, in a column with mrs "
    "or rankin in its name"
)


@dataclass(frozen=True, slots=True)
class StudyOrdinal:
    """Cross-fitted effects by one proportional odds model of the scale in each arm.

    Attributes
    ----------
    column : str
    levels : tuple of float
        Values of the scale that were seen, the best one first.
    effects : OrdinalEffects
        Of the patients whose scale is known, mean over the repeats of the cross-fitting.
    observed, fitted : ndarray, shape (2, levels - 1)
        For controls and treated: share at this level or better, as seen and as predicted in the
        same patients.
    outcomes : dict of str to BenefitComparison
        Of the outcomes cut from the scale, beside the separate models.
    utility : dict of str to float, or None
        Mean gain in utility by each set of weights; None for another scale than mRS.
    """

    column: str
    levels: tuple[float, ...]
    effects: OrdinalEffects
    observed: Floats
    fitted: Floats
    outcomes: dict[str, BenefitComparison]
    utility: dict[str, float] | None

    @property
    def observed_shares(self) -> Floats:
        """Share of controls and of treated at each level, as seen, shape (2, levels)."""
        return np.diff(self.observed, axis=1, prepend=0.0, append=1.0)


def study_ordinal(plan: Plan, mu: Floats) -> StudyOrdinal:
    """Fit the scale in the folds of the run's cross-fitting, and set it beside the outcomes.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (outcomes, 2, patients)
        Cross-fitted probabilities of the separate models, mean over the repeats.

    Raises
    ------
    NotEstimable
        If the study names no scale, nothing is cut from it, or it has too many levels.
    FitError
        If a model cannot be fitted.
    """
    section, values = plan.file.ordinal, plan.cohort.ordinal
    if section is None or values is None:
        raise NotEstimable("the study file names no ordinal outcome")
    known = np.isfinite(values)
    levels = _levels(plan, values, known)
    code = np.full(values.size, np.nan)
    code[known] = [levels.index(value) for value in values[known]]
    effects = _cross_fitted(plan, code, len(levels), known)
    own = plan.cohort.treatment[known]
    reached = code[known][:, None] <= np.arange(len(levels) - 1)
    cumulative = (effects.cumulative0, effects.cumulative1)
    is_rankin = sorted(levels) == list(_RANKIN) and any(
        part in section.column.lower() for part in ("mrs", "rankin")
    )
    return StudyOrdinal(
        column=section.column,
        levels=levels,
        effects=effects,
        observed=np.stack([reached[own == arm].mean(axis=0) for arm in (0, 1)]),
        fitted=np.stack([cumulative[arm][own == arm].mean(axis=0) for arm in (0, 1)]),
        outcomes=_compared(plan, code, known, effects, mu),
        utility=_utilities(effects) if is_rankin else None,
    )


def _utilities(effects: OrdinalEffects) -> dict[str, float]:
    return {
        name: float(utility_benefit(effects, weights).mean())
        for name, weights in UTILITY_MRS.items()
    }


def _cut_from_scale(plan: Plan) -> list[OutcomeSpec]:
    section = plan.file.ordinal
    return [spec for spec in plan.outcomes if section and spec.column == section.column]


def _levels(plan: Plan, values: Floats, known: NDArray[np.bool_]) -> tuple[float, ...]:
    """Give the levels, the best first: which end that is, the outcomes cut from the scale say."""
    levels = np.unique(values[known])
    if not 2 <= levels.size <= _MOST_LEVELS:
        raise NotEstimable(
            f"the ordinal outcome has {levels.size} levels; expected 2 to {_MOST_LEVELS}"
        )
    directions = set()
    for spec in _cut_from_scale(plan):
        event = plan.outcome(spec.name)
        with_event, without = values[known & (event == 1)], values[known & (event == 0)]
        if with_event.size and without.size and with_event.mean() != without.mean():
            directions.add((with_event.mean() < without.mean()) == spec.desirable)
    if len(directions) != 1:
        raise NotEstimable(
            "the outcomes cut from the ordinal outcome do not say which end of it is the good one"
        )
    return tuple((levels if directions.pop() else levels[::-1]).tolist())


@dataclass(frozen=True)
class _Fold:
    """Fit the scale outside of one fold, and predict the fold in both arms."""

    plan: Plan
    code: Floats
    levels: int

    def __call__(self, split: Split) -> Floats:
        """Give P(Y <= k) in both arms of the patients held out."""
        learnt = split.learnt
        X = self.plan.predictors.prepared(learnt.astype(np.int64)).X
        found = ordinal_effects(
            X[learnt],
            self.code[learnt],
            self.plan.cohort.treatment[learnt],
            levels=self.levels,
            X_new=X[split.held],
        )
        return np.stack([found.cumulative0, found.cumulative1])


def _cross_fitted(
    plan: Plan, code: Floats, levels: int, known: NDArray[np.bool_]
) -> OrdinalEffects:
    section = plan.file.validation
    total = np.zeros((2, code.size, levels - 1))
    work = _Fold(plan, code, levels)
    for split, cumulative in over_folds(all_cross_fit_folds(plan), work, **plan.run_by):
        total[:, split.held] += cumulative
    mean = total[:, known] / section.cross_fit_repeats
    return OrdinalEffects(mean[0], mean[1])


def _compared(
    plan: Plan, code: Floats, known: NDArray[np.bool_], effects: OrdinalEffects, mu: Floats
) -> dict[str, BenefitComparison]:
    """Compare the outcomes cut from the scale; one whose cross-fitting failed is left out."""
    found = {}
    for spec in _cut_from_scale(plan):
        event = plan.outcome(spec.name)
        chosen = np.unique(code[event == 1]).astype(np.int64)
        separate = mu[plan.outcomes.index(spec)]
        rows = np.isfinite(event[known])
        if not np.isfinite(separate).all() or not np.isfinite(code[event == 1]).all():
            continue
        control, treated = effects.one_of(chosen.tolist())
        pair = (treated - control)[rows], (separate[1] - separate[0])[known][rows]
        turned = (as_benefit(each, desirable=spec.desirable) for each in pair)
        found[spec.name] = compare_benefits(*turned)
    return found


def _ask(evidence: Evidence) -> StudyOrdinal:
    return study_ordinal(evidence.plan, evidence.mu)


def _finding(value: StudyOrdinal, study: Study) -> Finding:
    return finding(value.effects, study)


def _block(value: StudyOrdinal, _: Study) -> dict[str, Any]:
    return {
        "ordinal": {
            "column": value.column,
            "levels": list(value.levels),
            "n": int(value.effects.cumulative0.shape[0]),
            "outcomes": {name: _compared_plain(each) for name, each in value.outcomes.items()},
            "utility": Absent(NO_UTILITY) if value.utility is None else value.utility,
        }
    }


def _compared_plain(each: BenefitComparison) -> dict[str, Any]:
    plain = asdict(each)
    if plain["rank_correlation"] is None:
        plain["rank_correlation"] = Absent("a benefit is the same for everybody")
    return plain


_OUTCOME = record(
    mean=DIFFERENCE,
    mean_separate=DIFFERENCE,
    sd=PROBABILITY,
    sd_separate=PROBABILITY,
    rank_correlation=NUMBER_OR_NULL,
)

ORDINAL = Question(
    name="ordinal outcome",
    scope=Scope.COHORT,
    doubt="an ordinal model that says otherwise",
    of_models=True,
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(
        Key(
            "ordinal",
            maybe(
                record(
                    column=TEXT,
                    levels=rows(NUMBER, fewest=2),
                    n=COUNT,
                    outcomes=by_name(_OUTCOME),
                    utility=maybe(by_name(NUMBER)),
                )
            ),
        ),
    ),
)
