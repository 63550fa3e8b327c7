"""Own regressions against statsmodels: what the library would weigh, cost and change.

Least squares with HC3 errors (calibration of benefit), with errors clustered by centre (CR1), with
classical errors (partial R2), and proportional odds, each on arrays of the size that a run of the
shipped study has: what it takes to install and to import statsmodels, the time of one fit as the
engine asks for it, and how far the numbers differ. Decision:
``docs/decisions/0014-own-regressions.md``. Run: ``python -m benchmarks.own_regressions``.
"""

from __future__ import annotations

import subprocess
import sys
import time
import timeit
import warnings
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.miscmodels.ordinal_model import OrderedModel
from threadpoolctl import threadpool_limits

from benchmarks.record import keep
from twoarm.diagnostics import partial_r2, proportional_odds
from twoarm.diagnostics.stability.centre_benefit import clustered_slope
from twoarm.metrics.least_squares import least_squares_hc3
from twoarm.seeds import generator

Floats = NDArray[np.float64]

PATIENTS, COLUMNS, LEVELS, CENTRES = 393, 24, 7, 12
ADDED = ("statsmodels", "patsy")
"""What the core of twoarm does not need for anything else."""
STARTS = {
    "twoarm.metrics": "import twoarm.metrics",
    "statsmodels, regression": "import statsmodels.regression.linear_model",
    "statsmodels, ordinal": "import statsmodels.miscmodels.ordinal_model",
    "statsmodels.api": "import statsmodels.api",
}
FITS_OF_A_RUN = {"hc3": 250, "cr1": 1, "classical": 2, "proportional_odds": 100}
"""Of the shipped study: repeats and half-samples of the chain; the folds of two arms."""


def megabytes(package: str) -> float:
    """Give what an installed package takes on the disk."""
    files = metadata.files(package) or []
    return sum(each.locate().stat().st_size for each in files if each.locate().exists()) / 1e6


def seconds_to_start(statement: str, loaded: str = "import numpy, scipy.stats, pandas") -> float:
    """Give the processor's seconds of an import, NumPy, SciPy and pandas being there; best of 5."""
    program = f"{loaded}\nimport time; t = time.process_time()\n{statement}\n"
    program += "print(time.process_time() - t)"
    command = [sys.executable, "-c", program]
    return min(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    )


def milliseconds(call: Callable[[], Any]) -> float:
    """Give the processor's milliseconds of a call: the best of several rounds of half a second."""
    timer = timeit.Timer(call, timer=time.process_time)
    number = max(1, round(0.5 / max(timer.timeit(1), 1e-4)))
    return 1e3 * min(timer.repeat(5, number)) / number


def relative(ours: Floats, theirs: Floats) -> float:
    """Give the largest difference, in units of the largest number."""
    return float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))


def data() -> dict[str, Any]:
    """Draw patients of the size of the shipped cohort."""
    rng = generator(14)
    X = rng.normal(size=(PATIENTS, COLUMNS))
    arm = rng.integers(0, 2, PATIENTS).astype(float)
    benefit = 0.1 + 0.05 * X[:, 0]
    latent = X[:, :3].sum(axis=1) - arm + rng.logistic(size=PATIENTS)
    return {
        "X": X,
        "arm": arm,
        "benefit": benefit,
        "scores": benefit + rng.normal(0.0, 0.8, PATIENTS),
        "centre": rng.integers(0, CENTRES, PATIENTS),
        "level": np.digitize(latent, np.quantile(latent, np.arange(1, LEVELS) / LEVELS)),
    }


def pairs(given: dict[str, Any]) -> dict[str, tuple[Callable[[], Floats], Callable[[], Floats]]]:
    """Give each regression by ours and by statsmodels: numbers that both can give."""
    X, arm, scores, centre = (given[name] for name in ("X", "arm", "scores", "centre"))
    design = sm.add_constant(given["benefit"] - given["benefit"].mean())
    within = (
        given["benefit"] - (np.bincount(centre, given["benefit"]) / np.bincount(centre))[centre]
    )
    clustered = sm.add_constant(within)
    linear = np.column_stack([arm, np.ones(PATIENTS), X])
    names = [f"x{k}" for k in range(COLUMNS)]

    def hc3() -> Floats:
        fit = least_squares_hc3(design, scores)
        return np.r_[fit.coefficient, fit.se]

    def hc3_theirs() -> Floats:
        fit = sm.OLS(scores, design).fit(cov_type="HC3")
        return np.r_[fit.params, fit.bse]

    def cr1() -> Floats:
        fit = clustered_slope(scores, given["benefit"], centre)
        return np.array([fit.estimate, fit.se])

    def cr1_theirs() -> Floats:
        fit = sm.OLS(scores, clustered).fit(cov_type="cluster", cov_kwds={"groups": centre})
        return np.array([fit.params[1], fit.bse[1]])

    def classical() -> Floats:
        found = partial_r2(X, scores, arm, names=names)
        return np.array([found.estimate, found.se])

    def classical_theirs() -> Floats:
        fit, _ = sm.OLS(scores, linear).fit(), sm.OLS(arm, linear[:, 1:]).fit()
        return np.array([fit.params[0], fit.bse[0]])

    def ordinal() -> Floats:
        return proportional_odds(X, given["level"], levels=LEVELS).slopes

    def ordinal_theirs() -> Floats:
        model = OrderedModel(given["level"], X, distr="logit")
        return np.asarray(model.fit(method="bfgs", disp=False, gtol=1e-8).params[:COLUMNS])

    return {
        "hc3": (hc3, hc3_theirs),
        "cr1": (cr1, cr1_theirs),
        "classical": (classical, classical_theirs),
        "proportional_odds": (ordinal, ordinal_theirs),
    }


def main() -> None:
    """Measure, print and keep."""
    warnings.simplefilter("ignore")
    fits = {}
    for name, (ours, theirs) in pairs(data()).items():
        with threadpool_limits(1):  # as inside a run
            fits[name] = {
                "cpu_ms_own": milliseconds(ours),
                "cpu_ms_statsmodels": milliseconds(theirs),
                "largest_relative_difference": relative(ours(), theirs()),
                "fits_of_a_run": FITS_OF_A_RUN[name],
            }
        print(name, fits[name], flush=True)
    weight = {each: megabytes(each) for each in ADDED}
    starts = {name: seconds_to_start(statement) for name, statement in STARTS.items()}
    print(weight, starts, sep="\n")
    keep(
        "own_regressions",
        {
            "statsmodels": metadata.version("statsmodels"),
            "patients": PATIENTS,
            "columns": COLUMNS,
            "megabytes_added": weight,
            "cpu_seconds_to_import": starts,
            "fits": fits,
        },
    )


if __name__ == "__main__":
    main()
