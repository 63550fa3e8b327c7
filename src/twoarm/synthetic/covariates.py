"""What is known of a patient before the decision (sections 5.0 to 5.4).

Eight variables come from a Gaussian copula, nine yes-or-no variables, the site, the pre-stroke mRS
and the centre follow from them. Values are rounded as a registry would hold them, and everything
later is computed from the rounded values.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from twoarm.synthetic.draws import (
    FloatArray,
    Input,
    IntArray,
    Numbers,
    bernoulli,
    category,
    input_generator,
    uniform,
)

__all__ = ["BEFORE_DECISION", "CENTRES", "SITES", "draw_covariates"]

#: Codes of the centres, in the order of their effects on treatment.
CENTRES: Final = tuple(f"C{number:02d}" for number in range(1, 15))
#: Codes of the occlusion sites.
SITES: Final = ("ICA", "M1", "M2")
#: Columns measured before the decision, in the order of the file (section 5.14).
BEFORE_DECISION: Final = (
    "age",
    "female",
    "premrs",
    "nihss",
    "aspects",
    "site",
    "lkw_to_puncture_min",
    "passes",
    "ivt",
    "htn",
    "dm",
    "af",
    "dlp",
    "smoke",
    "prior_stroke",
    "glucose_mmol",
    "sbp",
    "coll_tan",
    "icad_suspected",
)

# Section 5.1, upper triangle; order: age, nihss, aspects, time, passes, coll, glucose, sbp.
_CORRELATIONS: Final = {
    (0, 1): 0.08,
    (0, 2): -0.08,
    (0, 5): -0.15,
    (0, 6): 0.05,
    (0, 7): 0.10,
    (1, 2): -0.30,
    (1, 3): -0.22,
    (1, 4): 0.05,
    (1, 5): -0.35,
    (1, 6): 0.08,
    (2, 3): -0.12,
    (2, 4): -0.03,
    (2, 5): 0.38,
    (3, 5): 0.15,
    (6, 7): 0.10,
}
# Section 5.2: quantiles, and category probabilities.
_U_KNOTS: Final = (0.0, 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 1.0)
_AGE_KNOTS: Final = (18, 33, 43, 49, 58, 67, 76, 83, 87, 92, 98)
_NIHSS_KNOTS: Final = (1, 3, 5.5, 8, 12, 16, 20.5, 24.5, 27, 31, 40)
_TIME_U_KNOTS: Final = (0.0, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 1.0)
_TIME_KNOTS: Final = (75, 130, 165, 240, 375, 660, 960, 1130, 1440)
_ASPECTS_PROBABILITIES: Final = (0.01, 0.02, 0.05, 0.10, 0.15, 0.22, 0.22, 0.23)
_PASSES_PROBABILITIES: Final = (0.13, 0.22, 0.25, 0.18, 0.11, 0.06, 0.03, 0.02)
_COLL_PROBABILITIES: Final = (0.12, 0.33, 0.37, 0.18)
# Section 5.2: keeps u below a last cumulative probability that rounding left just under 1.
_LARGEST_U: Final = 0.999999
# Section 5.3: thrombolysis becomes rare from here on.
_LATE_MIN: Final = 600


def draw_covariates(n: int, seed: int) -> pd.DataFrame:
    """Draw patients as they are before the decision.

    Parameters
    ----------
    n : int
        Number of patients, at least 1.
    seed : int
        Seed of the cohort, 0 or larger.

    Returns
    -------
    DataFrame, n rows
        Column ``centre`` and the columns `BEFORE_DECISION`.

    Raises
    ------
    ArgumentError
        If the seed is negative.

    Examples
    --------
    >>> draw_covariates(2, seed=1)[["centre", "age", "nihss", "site"]].shape
    (2, 4)
    """
    measured = _measurements(n, seed)
    history = _history(measured["age"], measured["glucose_mmol"], measured["nihss"], seed)
    columns: dict[str, Numbers | NDArray[np.str_]] = {
        **measured,
        **history,
        "ivt": _thrombolysis(measured["lkw_to_puncture_min"], history["af"], seed),
        "site": _site(history["icad_suspected"], seed),
        "premrs": _premrs(measured["age"], history["prior_stroke"], seed),
        "centre": _centre(n, seed),
    }
    return pd.DataFrame({name: columns[name] for name in ("centre", *BEFORE_DECISION)})


def _correlated_normals(n: int, seed: int) -> FloatArray:
    correlation = np.eye(8)
    for (row, column), value in _CORRELATIONS.items():
        correlation[row, column] = correlation[column, row] = value
    independent = input_generator(seed, Input.COPULA).standard_normal((n, 8))
    # Not a BLAS product: its sums depend on the number of rows, and the first patients of a
    # larger cohort must be those of a smaller one.
    factor = np.linalg.cholesky(correlation)
    return np.asarray(np.einsum("ij,kj->ki", independent, factor), dtype=np.float64)


def _measurements(n: int, seed: int) -> dict[str, Numbers]:
    z = _correlated_normals(n, seed)
    u = ndtr(z)
    log_minutes = np.interp(u[3], _TIME_U_KNOTS, np.log(_TIME_KNOTS))
    return {
        "age": _whole(np.interp(u[0], _U_KNOTS, _AGE_KNOTS)),
        "nihss": _whole(np.interp(u[1], _U_KNOTS, _NIHSS_KNOTS)),
        "aspects": 3 + _graded(u[2], _ASPECTS_PROBABILITIES),
        "lkw_to_puncture_min": _whole(np.exp(log_minutes)),
        "passes": 1 + _graded(u[4], _PASSES_PROBABILITIES),
        "coll_tan": _graded(u[5], _COLL_PROBABILITIES),
        "glucose_mmol": np.round(np.exp(np.log(7.1) + 0.33 * z[6]), 1),
        "sbp": _whole(np.clip(150 + 25 * z[7], 80, 240)),
    }


def _whole(values: FloatArray) -> IntArray:
    return np.rint(values).astype(np.int64)


def _graded(u: FloatArray, probabilities: tuple[float, ...]) -> IntArray:
    return np.searchsorted(np.cumsum(probabilities), np.minimum(u, _LARGEST_U)).astype(np.int64)


def _history(
    age: Numbers,
    glucose: Numbers,
    nihss: Numbers,
    seed: int,
) -> dict[str, IntArray]:
    """Draw sex, risk factors and suspected causes (section 5.3, in its order)."""
    decades = (age - 67) / 10
    female = bernoulli(seed, Input.FEMALE, -0.12 + 0.18 * decades)
    htn = bernoulli(seed, Input.HTN, 1.05 + 0.30 * decades)
    dm = bernoulli(seed, Input.DM, -1.10 + 0.05 * decades + 0.25 * (glucose - 7.3))
    dlp = bernoulli(seed, Input.DLP, -0.20 + 0.10 * decades)
    smoke = bernoulli(seed, Input.SMOKE, -1.05 - 0.35 * decades)
    prior_stroke = bernoulli(seed, Input.PRIOR_STROKE, -1.65 + 0.15 * decades)
    suspected = -0.55 - 0.20 * decades - 0.05 * (nihss - 16) + 0.35 * dm + 0.30 * htn + 0.35 * smoke
    icad = bernoulli(seed, Input.ICAD, suspected)
    af = bernoulli(seed, Input.AF, -0.60 + 0.50 * decades - 1.6 * icad)
    return {
        "female": female,
        "htn": htn,
        "dm": dm,
        "dlp": dlp,
        "smoke": smoke,
        "prior_stroke": prior_stroke,
        "icad_suspected": icad,
        "af": af,
    }


def _thrombolysis(minutes: Numbers, af: IntArray, seed: int) -> IntArray:
    waited = np.where(minutes < _LATE_MIN, 0.55 * np.maximum(0.0, minutes / 60 - 4.5), 3.2)
    return bernoulli(seed, Input.IVT, 0.75 - waited - 0.5 * af)


def _site(icad: IntArray, seed: int) -> NDArray[np.str_]:
    ica = np.where(icad == 1, 0.20, 0.32)
    m2 = np.where(icad == 1, 0.12, 0.16)
    codes = category(uniform(seed, Input.SITE, icad.size), ica, 1 - ica - m2)
    return np.take(SITES, codes)


def _premrs(age: Numbers, prior_stroke: IntArray, seed: int) -> IntArray:
    none = expit(0.95 - 0.35 * (age - 67) / 10 - 0.4 * prior_stroke)
    return category(uniform(seed, Input.PREMRS, prior_stroke.size), none, 0.58 * (1 - none))


def _centre(n: int, seed: int) -> NDArray[np.str_]:
    codes = input_generator(seed, Input.CENTRE).integers(0, len(CENTRES), n)
    return np.take(CENTRES, codes)
