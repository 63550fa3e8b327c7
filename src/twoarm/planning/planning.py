"""From what is known to designs side by side."""

from __future__ import annotations

import math
from importlib import metadata

import numpy as np

from twoarm.design import NormalBenefit, ObservedBenefit
from twoarm.planning.beside import (
    haircut_rows,
    looks_of,
    naive_rows,
    ordinal_rows,
    sequential_rows,
)
from twoarm.planning.design_rows import Planner
from twoarm.planning.from_run import known_from_run
from twoarm.planning.known import Known
from twoarm.planning.settings import Settings
from twoarm.planning.simulated import OWN, simulated_rows, truth_of_own_model
from twoarm.planning.trial_plan import Basis, DesignRow, SimulatedRow, TrialPlan
from twoarm.planning.worlds import model_in_worlds, why_no_worlds
from twoarm.seeds import Stream, generator
from twoarm.study import StudyResult

__all__ = ["FORMAT_VERSION", "plan_from_run", "plan_trial"]

FORMAT_VERSION = 1
_NO_RUN = "there is no run whose model could be applied"


def plan_from_run(
    result: StudyResult, settings: Settings | None = None, *, outcome: str | None = None
) -> TrialPlan:
    """Plan the trial that would test a finished run.

    Parameters
    ----------
    result : StudyResult
        From `twoarm.run`, or read back by `twoarm.study.read_result`.
    settings : Settings, optional
    outcome : str, optional
        By default the primary one.

    Returns
    -------
    TrialPlan

    Raises
    ------
    ArgumentError
        If the run has no such outcome, or a setting is out of range.
    NotEstimable
        If the run does not tell the outcome's average benefit.

    Notes
    -----
    Effects are shrunk by the run's calibration slope (`docs/decisions/0024`); what hidden
    confounding may have added is in them, and the haircut asks how much of it the trial survives.
    """
    chosen = settings or Settings()
    known = known_from_run(result, outcome)
    planner = _planner(known, chosen)
    why = why_no_worlds(result, known)
    worlds: list[SimulatedRow] = []
    designs = tuple(planner.rows())
    if not why:
        main = _main(designs, known)[:2]  # all-comers and enriched
        for number, (world, truth) in enumerate(model_in_worlds(result, known, known.threshold), 1):
            worlds += simulated_rows(
                planner, main, truth, f"world {world}", number=number, with_looks=False
            )
    return _plan(planner, designs, tuple(worlds), why)


def plan_trial(known: Known, settings: Settings | None = None) -> TrialPlan:
    """Plan a trial on numbers that were typed in (`typed_in`).

    Examples
    --------
    >>> from twoarm.planning import typed_in
    >>> known = typed_in(benefit_mean=0.08, benefit_sd=0.12, slope=0.25, control_risk=0.25)
    >>> plan = plan_trial(known, Settings(loss=0.0, trials=10))
    >>> plan.row("enriched", 0.15).patients
    248
    """
    planner = _planner(known, settings or Settings())
    return _plan(planner, tuple(planner.rows()), (), _NO_RUN)


def _planner(known: Known, settings: Settings) -> Planner:
    truths = None
    if known.prior.covariance is not None:
        rng = generator(settings.seed, Stream.TRIALS, 0)
        truths = known.prior.draws(settings.draws, rng)
    return Planner(known, settings, truths)


def _main(designs: tuple[DesignRow, ...], known: Known) -> list[DesignRow]:
    return [each for each in designs if each.threshold in (None, known.threshold)]


def _plan(
    planner: Planner,
    designs: tuple[DesignRow, ...],
    worlds: tuple[SimulatedRow, ...],
    no_simulation: str,
) -> TrialPlan:
    known = planner.known
    main, looks = _main(designs, known), looks_of(planner)
    names, haircuts = haircut_rows(planner, main)
    truth = truth_of_own_model(planner, known.threshold)
    own = simulated_rows(planner, main, truth, OWN, number=0, with_looks=True)
    return TrialPlan(
        format_version=FORMAT_VERSION,
        version=metadata.version("twoarm"),
        basis=_basis(planner),
        settings=planner.settings,
        designs=designs,
        looks=looks,
        sequential=tuple(sequential_rows(planner, main, looks)),
        ordinal=tuple(ordinal_rows(planner, main)),
        naive=tuple(naive_rows(planner)),
        simulated=(*own, *worlds),
        haircut_designs=names,
        haircuts=haircuts,
        no_simulation=no_simulation,
    )


def _basis(planner: Planner) -> Basis:
    known, prior, cut = planner.known, planner.known.prior, planner.known.haircut
    se: list[float | None] = [None] * 4
    if prior.covariance is not None:
        se = np.sqrt(np.diag(np.asarray(prior.covariance))).tolist()
    model = known.model
    assert isinstance(model, NormalBenefit | ObservedBenefit)
    spread = model.sd if isinstance(model, NormalBenefit) else float(model.values.std(ddof=1))
    return Basis(
        title=known.title,
        outcome=known.outcome,
        label=known.label,
        desirable=known.desirable,
        synthetic=known.synthetic,
        patients=known.patients,
        replicates=known.replicates,
        source=known.source,
        threshold=known.threshold,
        average=prior.average,
        average_se=se[0],
        slope=_finite(known.slope),
        slope_se=_finite(known.slope_se),
        control_risk=prior.control_risk,
        control_risk_se=se[2],
        predicted_mean=model.mean,
        predicted_sd=spread,
        no_ranking=known.no_ranking,
        haircut=planner.haircut,
        haircut_low=None if cut is None else cut.low,
        haircut_odds_ratio=None if cut is None else cut.odds_ratio,
        haircut_covariate="" if cut is None else cut.covariate,
        no_haircut=known.no_haircut,
        no_scale=known.no_scale,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
