"""Education in NHEFS against statsmodels 0.15.0 (`make_ordinal_values.py`)."""

import causaldata
import numpy as np
import pytest

from twoarm.diagnostics import proportional_odds

OPTIMISER = 2e-7  # statsmodels stops a little before the maximum


def test_slopes_cut_points_and_likelihood():
    data = causaldata.nhefs_complete.load_pandas().data
    X = data[["age", "sex", "smokeintensity"]].astype(float).to_numpy()
    y = data["education"].astype(int).to_numpy() - 1
    model = proportional_odds(X, y, levels=5)
    assert model.slopes == pytest.approx([-0.044779917, 0.041020768, 0.005247919], abs=OPTIMISER)
    cuts = [-3.37046163, -2.211968389, -0.270757189, 0.355382626]
    assert model.cut_points == pytest.approx(cuts, abs=10 * OPTIMISER)
    assert model.log_likelihood == pytest.approx(-2211.78722902, abs=1e-7)
    assert np.diff(model.cumulative(X), axis=1).min() > 0
