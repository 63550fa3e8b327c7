"""What the planner of a trial decides himself."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.design import CrossOver, Flow, Recruitment, equal_looks
from twoarm.design.checks import check_share, positive
from twoarm.errors import ArgumentError

__all__ = ["Settings"]

_MOST_THRESHOLDS = 20
_MOST_PATIENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of the planner; probabilities between 0 and 1.

    Attributes
    ----------
    thresholds : tuple of float
        Of predicted benefit; empty for the usual ones and the study's own.
    alpha : float
        Two-sided level.
    power : float
    fixed : int
        Patients randomised to each arm at whom the power is looked at, too.
    rate : float
        Patients whom one open site can screen in a month.
    sites : int
    opening_months : float
        Over how many months the sites open.
    follow_up_months : float
        From randomisation to outcome.
    loss : float
        Share whose outcome stays unknown.
    to_treatment, to_control : float
        Shares of the control, and of the treated, arm who cross over.
    looks : int
        Looks of the group-sequential designs, the last included.
    haircut : float, optional
        By how much hidden confounding may have raised the average benefit; by default what the
        cohort's strongest covariate could do.
    draws, trials : int
        Draws of the truth behind an assurance; simulated trials of each design.
    seed : int
    """

    thresholds: tuple[float, ...] = ()
    alpha: float = 0.05
    power: float = 0.8
    fixed: int = 200
    rate: float = 0.5
    sites: int = 20
    opening_months: float = 12.0
    follow_up_months: float = 3.0
    loss: float = 0.05
    to_treatment: float = 0.0
    to_control: float = 0.0
    looks: int = 3
    haircut: float | None = None
    draws: int = 4000
    trials: int = 2000
    seed: int = 1

    def __post_init__(self) -> None:
        check_share(alpha=self.alpha, power=self.power)
        if self.power <= self.alpha / 2.0:
            raise ArgumentError(
                f"A power must exceed half of the level; found {self.power} and {self.alpha}."
            )
        _check_thresholds(self.thresholds)
        for name in ("fixed", "draws", "trials"):
            value = getattr(self, name)
            if not 1 <= value <= _MOST_PATIENTS:
                raise ArgumentError(f"{name} must lie between 1 and 1000000; found {value}.")
        positive(rate=self.rate, sites=self.sites)
        if self.seed < 0:
            raise ArgumentError(f"The seed must be 0 or larger; found {self.seed}.")
        if self.haircut is not None and not 0.0 <= self.haircut < 1.0:
            raise ArgumentError(
                f"A haircut is a share of 1, 0.05 for 5 points; found {self.haircut}."
            )
        equal_looks(self.looks)
        _ = self.flow  # checks what concerns the flow of patients

    @property
    def crossing(self) -> CrossOver:
        """Who crosses over."""
        return CrossOver(self.to_treatment, self.to_control)

    @property
    def recruitment(self) -> Recruitment:
        """The sites."""
        return Recruitment(self.rate, self.sites, self.opening_months)

    @property
    def flow(self) -> Flow:
        """What happens to patients on the way."""
        return Flow(self.loss, self.crossing, self.recruitment, self.follow_up_months)


def _check_thresholds(thresholds: tuple[float, ...]) -> None:
    if len(thresholds) > _MOST_THRESHOLDS:
        raise ArgumentError(f"At most {_MOST_THRESHOLDS} thresholds; found {len(thresholds)}.")
    for each in thresholds:
        if not -1.0 < each < 1.0:
            raise ArgumentError(
                f"A threshold of benefit is a share of 1, 0.15 for 15 points; found {each}."
            )
