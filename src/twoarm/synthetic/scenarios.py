"""The seven worlds a synthetic cohort can come from, as tables of parameters.

Every world shares the covariates and differs in who gets the stent, in what an unmeasured factor
does, and in what the stent does. The tables follow the specification of the synthetic cohort
(``docs/explanation/synthetic-cohort.md``), whose section numbers the comments give.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import Final

from twoarm.errors import ArgumentError

__all__ = ["SCENARIOS", "ArmParameters", "OutcomeSlopes", "Scenario", "find_scenario"]


@dataclass(frozen=True, slots=True)
class OutcomeSlopes:
    """Effects of the covariates on the log odds of a good outcome in one arm.

    Attributes
    ----------
    age : float
        Per year above 67.
    nihss : float
        Per point above 16.
    aspects : float
        Per point above 8.
    hours_to_6 : float
        Per hour from last known well to puncture, up to 6 hours; zero at 6 hours.
    hours_after_6 : float
        Per hour beyond 6 hours, up to 24 hours.
    passes : float
        Per device pass above 3.
    premrs : float
        Per point of the mRS before the stroke.
    dm, prior_stroke, htn, ivt, icad : float
        Of diabetes, a previous stroke, hypertension, thrombolysis, suspected atherosclerosis.
    glucose : float
        Per mmol/L above 7.1.
    coll : float
        Per Tan grade of the collaterals above 1.6.
    ica, m2 : float
        Of these sites, against M1.
    """

    age: float
    nihss: float
    aspects: float
    hours_to_6: float
    hours_after_6: float
    passes: float
    premrs: float
    dm: float
    glucose: float
    prior_stroke: float
    htn: float
    ivt: float
    coll: float
    ica: float
    m2: float
    icad: float


@dataclass(frozen=True, slots=True)
class ArmParameters:
    """What one arm does to the outcome.

    Attributes
    ----------
    slopes : OutcomeSlopes
        Effects of the covariates; `Scenario.eta_factor` multiplies them.
    cut_points : tuple of 6 float
        Log odds of mRS 0, 0-1, ..., 0-5 in a patient whose covariates add nothing, without
        symptomatic haemorrhage. They rise.
    sich_intercept : float
        Log odds of symptomatic haemorrhage in a patient whose covariates add nothing.
    """

    slopes: OutcomeSlopes
    cut_points: tuple[float, float, float, float, float, float]
    sich_intercept: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One world.

    Attributes
    ----------
    name : str
        Readable name, as typed on the command line.
    letter : str
        Short name, as in tables.
    title : str
        What the world is for, in one line.
    eta_factor : float
        Multiplies the covariates' part of both arms' log odds.
    unmeasured_weight : float
        Log odds of being stented, and of a good outcome, per unit of the unmeasured standard
        normal factor U. Zero: nothing is unmeasured.
    choice_intercept : float
        Intercept of the log odds of being stented.
    control, treated : ArmParameters
        Failed thrombectomy only; rescue stenting.
    """

    name: str
    letter: str
    title: str
    eta_factor: float
    unmeasured_weight: float
    choice_intercept: float
    control: ArmParameters
    treated: ArmParameters

    def arm(self, arm: int) -> ArmParameters:
        """Give the parameters of arm 0 (control) or 1 (treated).

        Raises
        ------
        ArgumentError
            If `arm` is neither.
        """
        if arm not in (0, 1):
            raise ArgumentError(f"An arm is 0 (control) or 1 (treated); found {arm!r}.")
        return self.treated if arm else self.control


# Section 5.6, column eta_0.
_FAILED: Final = OutcomeSlopes(
    age=-0.040,
    nihss=-0.19,
    aspects=0.17,
    hours_to_6=-0.08,
    hours_after_6=-0.01,
    passes=-0.08,
    premrs=-0.33,
    dm=-0.35,
    glucose=-0.06,
    prior_stroke=-0.12,
    htn=-0.25,
    ivt=0.25,
    coll=0.55,
    ica=-0.70,
    m2=0.40,
    icad=0.0,
)
# Section 5.6, column eta_1.
_STENTED: Final = OutcomeSlopes(
    age=-0.050,
    nihss=-0.085,
    aspects=0.28,
    hours_to_6=-0.28,
    hours_after_6=-0.085,
    passes=-0.32,
    premrs=-0.36,
    dm=-0.40,
    glucose=-0.10,
    prior_stroke=-0.30,
    htn=-0.10,
    ivt=0.05,
    coll=0.25,
    ica=-0.30,
    m2=0.15,
    icad=0.45,
)

# Section 5.8, one world per column.
_PAPER_LIKE: Final = Scenario(
    name="paper-like",
    letter="A",
    title="No unmeasured factor; tuned to the published abstract",
    eta_factor=1.0,
    unmeasured_weight=0.0,
    choice_intercept=0.062,
    control=ArmParameters(_FAILED, (-5.256, -4.046, -2.947, -1.802, -0.251, 1.189), -2.293),
    treated=ArmParameters(_STENTED, (-3.033, -1.652, -0.390, 0.477, 1.236, 1.820), -3.056),
)
_PAPER_LIKE_SHARP: Final = Scenario(
    name="paper-like-sharp",
    letter="A-sharp",
    title="As paper-like, with covariates that predict better",
    eta_factor=1.25,
    unmeasured_weight=0.0,
    choice_intercept=0.062,
    control=ArmParameters(_FAILED, (-5.839, -4.536, -3.322, -2.034, -0.270, 1.373), -2.293),
    treated=ArmParameters(_STENTED, (-3.377, -1.844, -0.423, 0.555, 1.413, 2.070), -3.056),
)
_MODERATE: Final = Scenario(
    name="moderate",
    letter="M",
    title="Some unmeasured confounding and a moderate effect, as in other cohorts",
    eta_factor=1.0,
    unmeasured_weight=0.5,
    choice_intercept=0.061,
    control=ArmParameters(_FAILED, (-4.424, -3.142, -2.112, -1.052, 0.376, 1.627), -2.929),
    treated=ArmParameters(_STENTED, (-3.406, -2.154, -1.056, -0.192, 0.802, 1.714), -3.711),
)
_CONFOUNDED: Final = Scenario(
    name="confounded",
    letter="B",
    title="Looks like the published cohort, with the small effect a trial would find",
    eta_factor=1.0,
    unmeasured_weight=1.6,
    choice_intercept=0.053,
    control=ArmParameters(_FAILED, (-4.999, -3.546, -2.303, -1.136, 0.496, 1.872), -3.029),
    treated=ArmParameters(_STENTED, (-4.051, -2.700, -1.616, -0.557, 0.699, 1.691), -2.674),
)
_CONFOUNDED_NULL: Final = Scenario(
    name="confounded-null",
    letter="N",
    title="As confounded, with an average effect of zero on the mRS",
    eta_factor=1.0,
    unmeasured_weight=1.6,
    choice_intercept=0.052,
    control=ArmParameters(_FAILED, (-5.005, -3.550, -2.307, -1.139, 0.494, 1.873), -3.029),
    treated=ArmParameters(_STENTED, (-4.948, -3.537, -2.338, -1.214, 0.358, 1.690), -2.674),
)
_NO_EFFECT: Final = replace(
    _MODERATE,
    name="no-effect",
    letter="Z",
    title="The stent changes nothing for anybody, and nothing is unmeasured",
    unmeasured_weight=0.0,
    treated=_MODERATE.control,
)
# Section 5.8: one log odds more at every cut point, so only baseline risk makes benefits differ.
_ONE_ODDS_RATIO: Final = replace(
    _NO_EFFECT,
    name="one-odds-ratio",
    letter="H",
    title="The same odds ratio for everybody, and nothing is unmeasured",
    treated=ArmParameters(_FAILED, (-3.424, -2.142, -1.112, -0.052, 1.376, 2.627), -2.929),
)

#: All scenarios, in the order in which tables list them.
SCENARIOS: Final = (
    _PAPER_LIKE,
    _PAPER_LIKE_SHARP,
    _MODERATE,
    _CONFOUNDED,
    _CONFOUNDED_NULL,
    _NO_EFFECT,
    _ONE_ODDS_RATIO,
)


def find_scenario(scenario: str | Scenario) -> Scenario:
    """Look a scenario up by its readable name or its letter, in any case.

    Parameters
    ----------
    scenario : str or Scenario
        For example ``"paper-like"`` or ``"A"``. A `Scenario` is given back as it is, so that
        callers can bring a world of their own.

    Raises
    ------
    ArgumentError
        If there is no scenario of that name.

    Examples
    --------
    >>> find_scenario("m").name
    'moderate'
    """
    if isinstance(scenario, Scenario):
        return scenario
    by_name = {known.name: known for known in SCENARIOS}
    by_letter = {known.letter.lower(): known for known in SCENARIOS}
    wanted = scenario.strip().lower()
    found = by_name.get(wanted) or by_letter.get(wanted)
    if found is None:
        # A cutoff of zero: there is always a nearest name, however far.
        nearest = difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.0)[0]
        allowed = ", ".join(f"{known.name} ({known.letter})" for known in SCENARIOS)
        raise ArgumentError(
            f"A scenario is one of {allowed}; found {scenario!r}. The nearest is {nearest!r}."
        )
    return found
