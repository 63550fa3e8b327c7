"""Every design at every threshold: size, flow, power, assurance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from twoarm.design import (
    Drawn,
    Kind,
    Parted,
    Risks,
    Truths,
    assurance,
    benefit_compared,
    chance_of_no_benefit,
    chance_of_refuting,
    compared,
    exact_power,
    futile_haircut,
    kind_power,
    predicted_benefit,
    randomised,
    risks_of,
    size,
)
from twoarm.errors import NotEstimable
from twoarm.planning.known import Known
from twoarm.planning.settings import Settings
from twoarm.planning.trial_plan import DesignRow

__all__ = ["Planner", "thresholds_of"]

_USUAL = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30)
_EXACT_BELOW = 100


def thresholds_of(known: Known, settings: Settings) -> tuple[float, ...]:
    """Give the thresholds that are looked at, the study's own among them."""
    asked = settings.thresholds or _USUAL
    return tuple(sorted({*asked, known.threshold}))


class Planner:
    """Plans the designs of one trial on one state of knowledge.

    Parameters
    ----------
    known : Known
    settings : Settings
    truths : Truths, optional
        Draws of the truth; None where nothing is known of the uncertainty.
    """

    def __init__(self, known: Known, settings: Settings, truths: Truths | None):
        self.known, self.settings, self.truths = known, settings, truths
        self.haircut = settings.haircut
        if self.haircut is None and known.haircut is not None:
            self.haircut = known.haircut.value

    def rows(self) -> Iterator[DesignRow]:
        """Give all designs that are offered: without a ranking, all-comers alone."""
        yield self.row(Kind.ALL_COMERS, None)
        if self.known.no_ranking:
            return
        for kind in list(Kind)[1:]:
            for threshold in thresholds_of(self.known, self.settings):
                yield self.row(kind, threshold)

    def parted(self, threshold: float | None) -> Parted:
        """Part the patients; without a threshold everybody is above."""
        if threshold is None:
            return Parted(1.0, self.known.model.mean, math.nan)
        return self.known.model.parted(threshold)

    def risks(self, parted: Parted, *, as_assigned: bool = True) -> Risks:
        """Give the expected risks, by assigned arm or as treated."""
        return risks_of(
            parted,
            self.known.model.mean,
            self.known.prior.expected,
            desirable=self.known.desirable,
            crossing=self.settings.crossing if as_assigned else None,
        )

    def drawn(self, parted: Parted) -> Drawn | None:
        """Give the draws of the truth in these parts of the patients."""
        if self.truths is None:
            return None
        return Drawn(
            self.truths,
            parted,
            self.known.model.mean,
            desirable=self.known.desirable,
            crossing=self.settings.crossing,
        )

    def row(self, kind: Kind, threshold: float | None) -> DesignRow:
        """Plan one design."""
        parted = self.parted(threshold)
        assigned = self.risks(parted)
        patients, reason = self._size(kind, assigned)
        if kind is not Kind.ALL_COMERS and not patients and parted.share in (0.0, 1.0):
            return self._nothing(kind, threshold, parted.share, reason)
        reference, other = compared(kind, assigned)
        treated = self.risks(parted, as_assigned=False)
        expected = benefit_compared(kind, treated, desirable=self.known.desirable)
        predicted = predicted_benefit(kind, parted, self.known.model.mean)
        return DesignRow(
            kind=str(kind),
            threshold=threshold,
            share=parted.share,
            predicted=predicted,
            expected=float(expected),
            reference_risk=float(reference),
            other_risk=float(other),
            patients=patients,
            **self._flow(kind, patients, parted.share),
            exact_power=self._exact(kind, patients, float(reference), float(other)),
            fixed_power=self._fixed(kind, assigned),
            **self._chances(kind, patients, self.drawn(parted), predicted),
            reason=reason,
        )

    def _size(self, kind: Kind, risks: Risks) -> tuple[int | None, str]:
        chosen = self.settings
        try:
            return (
                size(
                    kind,
                    risks,
                    power=chosen.power,
                    alpha=chosen.alpha,
                    desirable=self.known.desirable,
                ),
                "",
            )
        except NotEstimable as error:
            return None, str(error)

    def _flow(self, kind: Kind, patients: int | None, share: float) -> dict[str, Any]:
        names = "randomised", "screened", "months", "months_low", "months_high"
        if patients is None:
            return dict.fromkeys(names)
        both = 2 * randomised(patients, self.settings.loss)
        taken = share if kind is Kind.ENRICHED else 1.0
        screened = math.ceil(both / taken - 1e-9)
        plan, later = self.settings.recruitment, self.settings.follow_up_months
        months = [float(plan.months(screened))]
        months += [plan.months_within(both, taken, chance) for chance in (0.1, 0.9)]
        return dict(zip(names, [both, screened, *(each + later for each in months)], strict=True))

    def _exact(
        self, kind: Kind, patients: int | None, reference: float, other: float
    ) -> float | None:
        if patients is None or patients >= _EXACT_BELOW or kind is Kind.STRATIFIED:
            return None
        return exact_power(
            patients,
            reference,
            other,
            alpha=self.settings.alpha,
            desirable=self.known.desirable,
        )

    def _fixed(self, kind: Kind, risks: Risks) -> float:
        seen = max(1.0, self.settings.fixed * (1.0 - self.settings.loss))
        found = kind_power(
            kind, seen, risks, alpha=self.settings.alpha, desirable=self.known.desirable
        )
        return float(found)

    def assurance(self, kind: Kind, patients: int, drawn: Drawn, haircut: float = 0.0) -> float:
        """Give the assurance of a design of this size."""
        return assurance(kind, patients, drawn, alpha=self.settings.alpha, haircut=haircut)

    def _chances(
        self, kind: Kind, patients: int | None, drawn: Drawn | None, predicted: float
    ) -> dict[str, Any]:
        names = (
            "assurance",
            "assurance_after_haircut",
            "futile_haircut",
            "refuted",
            "no_benefit",
            "no_benefit_after_haircut",
        )
        found: dict[str, Any] = dict.fromkeys(names)
        if drawn is None:
            return found
        cut = self.haircut
        found["no_benefit"] = chance_of_no_benefit(kind, drawn)
        if cut is not None:
            found["no_benefit_after_haircut"] = chance_of_no_benefit(kind, drawn, haircut=cut)
        if patients is None:
            return found

        def chance(haircut: float) -> float:
            return self.assurance(kind, patients, drawn, haircut)

        found["assurance"] = chance(0.0)
        found["assurance_after_haircut"] = None if cut is None else chance(cut)
        found["futile_haircut"] = futile_haircut(chance)
        found["refuted"] = chance_of_refuting(
            kind, patients, drawn, predicted, alpha=self.settings.alpha
        )
        return found

    def _nothing(self, kind: Kind, threshold: float | None, share: float, reason: str) -> DesignRow:
        """Give the row of a design that nobody, or everybody, is in."""
        missing: dict[str, Any] = dict.fromkeys(DesignRow.__dataclass_fields__)
        nothing = math.nan
        return DesignRow(
            **{
                **missing,
                "kind": str(kind),
                "threshold": threshold,
                "share": share,
                "predicted": nothing,
                "expected": nothing,
                "reference_risk": nothing,
                "other_risk": nothing,
                "reason": reason,
            }
        )
