"""The plan of a trial as plain values: what pages show and ``design.json`` holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from twoarm.planning.known import Source
from twoarm.planning.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Basis",
    "DesignRow",
    "HaircutRow",
    "Looks",
    "OrdinalRow",
    "PlannedOnPredictions",
    "SequentialRow",
    "SimulatedRow",
    "TrialPlan",
]


@dataclass(frozen=True, slots=True)
class Basis:
    """What the trial is planned on; see `twoarm.planning.Known`.

    Attributes
    ----------
    average, average_se : float
        Average benefit and its standard error; None where that is not known.
    slope, slope_se : float
        Calibration slope before it was clipped to 0 to 1.
    predicted_mean, predicted_sd : float
        Of the benefit that one model predicts.
    haircut, haircut_low, haircut_odds_ratio : float
    haircut_covariate, no_haircut : str
    """

    title: str
    outcome: str
    label: str
    desirable: bool
    synthetic: bool
    patients: int
    replicates: int
    source: Source
    threshold: float
    average: float
    average_se: float | None
    slope: float | None
    slope_se: float | None
    control_risk: float
    control_risk_se: float | None
    predicted_mean: float
    predicted_sd: float
    no_ranking: str
    haircut: float | None
    haircut_low: float | None
    haircut_odds_ratio: float | None
    haircut_covariate: str
    no_haircut: str
    no_scale: str


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One design at one threshold.

    Attributes
    ----------
    kind : str
        See `twoarm.design.Kind`.
    threshold : float or None
        Of predicted benefit; None for all-comers.
    share : float
        Of patients who reach it.
    predicted : float
        What the model predicts for the benefit that the design estimates.
    expected : float
        The same after shrinking.
    reference_risk, other_risk : float
        Expected in the arms compared, by assigned arm, cross-over included; for the stratified
        design of everybody.
    patients : int or None
        In each arm, with an outcome; None with a `reason`.
    randomised, screened : int or None
        Of both arms, lost patients made up for.
    months, months_low, months_high : float or None
        Until the last outcome: expected, and within which 10 and 90 of 100 such trials end.
    exact_power : float or None
        Of arms below a hundred patients.
    fixed_power : float
        With the fixed number of patients.
    assurance, assurance_after_haircut : float or None
    futile_haircut : float or None
        From which the assurance is under 30 %; None if no haircut up to 1 does that.
    refuted : float or None
        Chance that the trial's interval lies below what the model predicts.
    no_benefit, no_benefit_after_haircut : float or None
        Chance that those randomised do not gain on average: never to start.
    """

    kind: str
    threshold: float | None
    share: float
    predicted: float
    expected: float
    reference_risk: float
    other_risk: float
    patients: int | None
    randomised: int | None
    screened: int | None
    months: float | None
    months_low: float | None
    months_high: float | None
    exact_power: float | None
    fixed_power: float | None
    assurance: float | None
    assurance_after_haircut: float | None
    futile_haircut: float | None
    refuted: float | None
    no_benefit: float | None
    no_benefit_after_haircut: float | None
    reason: str

    @property
    def name(self) -> str:
        """How the design is called with its threshold."""
        if self.threshold is None:
            return self.kind
        return f"{self.kind}, {100 * self.threshold:g} points"


@dataclass(frozen=True, slots=True)
class Looks:
    """Boundaries of a group-sequential trial, efficacy and futility spent alike."""

    spending: str
    information: tuple[float, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    stops_at_effect: tuple[float, ...]
    stops_at_nothing: tuple[float, ...]
    inflation: float
    expected_at_effect: float
    expected_at_nothing: float


@dataclass(frozen=True, slots=True)
class SequentialRow:
    """A design with interim looks: patients randomised to both arms at most, and on average."""

    kind: str
    threshold: float | None
    spending: str
    most: int
    at_effect: int
    at_nothing: int
    screened_most: int


@dataclass(frozen=True, slots=True)
class OrdinalRow:
    """A design with the whole scale as outcome, beside the one that is cut from it."""

    kind: str
    threshold: float | None
    column: str
    odds_ratio: float
    patients: int
    patients_dichotomy: int


@dataclass(frozen=True, slots=True)
class PlannedOnPredictions:
    """An enriched trial planned on predicted benefit as if it were true."""

    threshold: float
    promised: float
    expected: float
    patients: int
    true_power: float


@dataclass(frozen=True, slots=True)
class HaircutRow:
    """Assurance of every design if the true average is so much lower; None where it has none."""

    haircut: float
    assurance: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class SimulatedRow:
    """A design run on simulated trials.

    Attributes
    ----------
    truth : str
        ``this run's shrunk model``, or the world's letter.
    kind : str
    threshold : float or None
    looks : str
        How the errors are spent; empty without interim looks.
    true_benefit : float
        Mean among those randomised.
    formula, power, power_se : float
    randomised, screened : float
        Mean over the trials, both arms.
    months_low, months_median, months_high : float
    """

    truth: str
    kind: str
    threshold: float | None
    looks: str
    true_benefit: float
    formula: float
    power: float
    power_se: float
    randomised: float
    screened: float
    months_low: float
    months_median: float
    months_high: float


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """Designs side by side.

    Attributes
    ----------
    format_version : int
    version : str
        Of twoarm.
    basis : Basis
    settings : Settings
    designs : tuple of DesignRow
        All-comers first, then by kind and threshold.
    looks : tuple of Looks
    sequential, ordinal, naive, simulated : tuple of rows
        At the study's threshold; `naive` at every threshold.
    haircut_designs : tuple of str
        The designs that `haircuts` speak of.
    haircuts : tuple of HaircutRow
    no_simulation : str
        Why the model was not run in the synthetic worlds.
    """

    format_version: int
    version: str
    basis: Basis
    settings: Settings
    designs: tuple[DesignRow, ...]
    looks: tuple[Looks, ...]
    sequential: tuple[SequentialRow, ...]
    ordinal: tuple[OrdinalRow, ...]
    naive: tuple[PlannedOnPredictions, ...]
    simulated: tuple[SimulatedRow, ...]
    haircut_designs: tuple[str, ...]
    haircuts: tuple[HaircutRow, ...]
    no_simulation: str

    def to_frame(self) -> pd.DataFrame:
        """Give the designs as a table, a row each."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.designs])

    def row(self, kind: str, threshold: float | None = None) -> DesignRow | None:
        """Give a design; None if it is not offered."""
        for each in self.designs:
            if each.kind == kind and each.threshold == threshold:
                return each
        return None

    @property
    def main(self) -> tuple[DesignRow, ...]:
        """The designs at the study's own threshold, all-comers first."""
        return tuple(
            each for each in self.designs if each.threshold in (None, self.basis.threshold)
        )

    @property
    def by_threshold(self) -> tuple[DesignRow, ...]:
        """The enriched designs, by rising threshold."""
        return tuple(each for each in self.designs if each.kind == "enriched")
