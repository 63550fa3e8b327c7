"""Outcomes that are cut from one scale: do their models contradict each other?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Coherence, Finding, coherence
from twoarm.diagnostics.outcomes.coherence import finding
from twoarm.errors import NotEstimable
from twoarm.metrics import as_benefit, brier
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    DIFFERENCE,
    PROBABILITY,
    TEXT,
    by_name,
    maybe,
    record,
    rows,
)
from twoarm.study.plan.plan import ARMS, Plan

__all__ = ["COHERENCE", "Cut", "StudyCoherence", "nested_cuts", "study_coherence"]

_FLOOR = 1e-6  # of a Brier score: models of an outcome that nobody has are not trusted without end


@dataclass(frozen=True, slots=True)
class Cut:
    """An outcome, or its opposite, as one of a chain of events that include each other."""

    outcome: OutcomeSpec
    opposite: bool

    @property
    def name(self) -> str:
        """Name of the event: ``mrs_0_2``, ``not death``."""
        return f"not {self.outcome.name}" if self.opposite else self.outcome.name

    def of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn the outcome's events or probabilities into those of the cut, and back."""
        return 1.0 - values if self.opposite else values


@dataclass(frozen=True, slots=True)
class StudyCoherence:
    """The cross-fitted predictions of nested outcomes, checked and repaired.

    Attributes
    ----------
    cuts : tuple of Cut
        Each included in the next.
    arms : tuple of Coherence
        Control and treated.
    mean_benefit, repaired_benefit : dict of str to float
        Mean predicted benefit of each outcome, as the models have it and after the repair.
    patients : int
        Those whose outcomes are all known.
    """

    cuts: tuple[Cut, ...]
    arms: tuple[Coherence, Coherence]
    mean_benefit: dict[str, float]
    repaired_benefit: dict[str, float]
    patients: int


def nested_cuts(plan: Plan) -> tuple[Cut, ...]:
    """Find the outcomes that are cut from one column so that each includes the one before.

    Of several columns the one with most outcomes is taken; an outcome that belongs to no place in
    the chain is left out.

    Raises
    ------
    NotEstimable
        If there are no two such outcomes.
    """
    columns = [spec.column for spec in plan.outcomes]
    column = max(columns, key=columns.count)
    family = [spec for spec in plan.outcomes if spec.column == column]
    chain = [Cut(family[0], False)]
    for spec in family[1:]:
        placed = (_placed(plan, chain, Cut(spec, opposite)) for opposite in (False, True))
        chain = next((longer for longer in placed if longer is not None), chain)
    if len(chain) < 2:
        raise NotEstimable(
            "no two outcomes are cut from the same column so that one includes the other"
        )
    return tuple(chain)


def _placed(plan: Plan, chain: list[Cut], cut: Cut) -> list[Cut] | None:
    """Put a cut where it belongs in the chain, by the patients; None if it belongs nowhere."""
    known = _known(plan, [*chain, cut])
    events = [each.of(plan.outcome(each.outcome.name)[known]) for each in (*chain, cut)]
    size = [event.sum() for event in events[:-1]]
    place = int(np.searchsorted(size, events[-1].sum(), side="right"))
    ordered = [*events[:place], events[-1], *events[place:-1]]
    fits = all((ordered[k] <= ordered[k + 1]).all() for k in range(len(ordered) - 1))
    return [*chain[:place], cut, *chain[place:]] if fits else None


def _known(plan: Plan, cuts: list[Cut] | tuple[Cut, ...]) -> NDArray[np.bool_]:
    values = np.stack([plan.outcome(cut.outcome.name) for cut in cuts])
    return np.asarray(np.isfinite(values).all(axis=0))


def study_coherence(plan: Plan, mu: NDArray[np.float64]) -> StudyCoherence:
    """Check the cross-fitted predictions of nested outcomes in both arms, and repair them.

    Models are trusted by the inverse of their Brier score in their own arm.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (outcomes, 2, patients)
        Cross-fitted probabilities, mean over the repeats; NaN where cross-fitting failed.

    Raises
    ------
    NotEstimable
        If there are no nested outcomes, or their cross-fitted predictions are not complete.
    """
    cuts = nested_cuts(plan)
    known = _known(plan, cuts)
    place = [plan.outcomes.index(cut.outcome) for cut in cuts]
    p = np.stack([cut.of(mu[k]) for cut, k in zip(cuts, place, strict=True)])[:, :, known]
    if not np.isfinite(p).all():
        raise NotEstimable("cross-fitting is not complete")
    events = np.stack([cut.of(plan.outcome(cut.outcome.name)[known]) for cut in cuts])
    treatment = plan.cohort.treatment[known]
    names = [cut.name for cut in cuts]
    control, treated = (
        coherence(p[:, arm], names=names, weights=_trust(events, p[:, arm], treatment == arm))
        for arm in (0, 1)
    )
    repaired = np.stack([control.repaired, treated.repaired], axis=1)
    return StudyCoherence(
        cuts,
        (control, treated),
        _mean_benefits(cuts, p),
        _mean_benefits(cuts, repaired),
        int(known.sum()),
    )


def _trust(
    events: NDArray[np.float64], p: NDArray[np.float64], own: NDArray[np.bool_]
) -> list[float]:
    return [
        1.0 / max(_FLOOR, brier(event[own], risk[own]))
        for event, risk in zip(events, p, strict=True)
    ]


def _mean_benefits(cuts: tuple[Cut, ...], p: NDArray[np.float64]) -> dict[str, float]:
    """Give each outcome's mean benefit from its cut's probabilities, shape (cuts, 2, patients)."""
    means = {}
    for cut, (control, treated) in zip(cuts, p, strict=True):
        means[cut.outcome.name] = as_benefit(
            float((treated - control).mean()), desirable=cut.outcome.desirable != cut.opposite
        )
    return means


def _ask(evidence: Evidence) -> StudyCoherence:
    return study_coherence(evidence.plan, evidence.mu)


def _finding(value: StudyCoherence, study: Study) -> Finding:
    return finding(value.arms, study)


def _block(value: StudyCoherence, _: Study) -> dict[str, Any]:
    return {
        "coherence": {
            "events": [cut.name for cut in value.cuts],
            "n": value.patients,
            "arms": {
                name: {
                    "share_violated": list(arm.share_violated),
                    "share_any": arm.share_any,
                    "largest": arm.largest,
                }
                for name, arm in zip(ARMS, value.arms, strict=True)
            },
            "mean_benefit": {
                name: {"separate": mean, "repaired": value.repaired_benefit[name]}
                for name, mean in value.mean_benefit.items()
            },
        }
    }


_ARM = record(share_violated=rows(PROBABILITY), share_any=PROBABILITY, largest=PROBABILITY)

COHERENCE = Question(
    name="coherence",
    scope=Scope.COHORT,
    doubt="outcomes predicted in contradiction to each other",
    of_models=True,
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(
        Key(
            "coherence",
            maybe(
                record(
                    events=rows(TEXT, fewest=2),
                    n=COUNT,
                    arms=record(control=_ARM, treated=_ARM),
                    mean_benefit=by_name(record(separate=DIFFERENCE, repaired=DIFFERENCE)),
                )
            ),
        ),
    ),
)
