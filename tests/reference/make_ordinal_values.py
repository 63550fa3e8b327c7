"""Values of `test_proportional_odds.py`: statsmodels' OrderedModel on NHEFS.

Run in an environment of its own: ``pip install statsmodels causaldata``, then this file.
"""

import causaldata
import numpy as np
import statsmodels
from statsmodels.miscmodels.ordinal_model import OrderedModel

data = causaldata.nhefs_complete.load_pandas().data
X = data[["age", "sex", "smokeintensity"]].astype(float).to_numpy()
y = data["education"].astype(int).to_numpy() - 1
model = OrderedModel(y, X, distr="logit")
fit = model.fit(method="bfgs", gtol=1e-9, maxiter=1000, disp=False)
fit = model.fit(method="newton", start_params=fit.params, tol=1e-14, maxiter=100, disp=False)
cuts = model.transform_threshold_params(fit.params)[1:-1]
print("statsmodels", statsmodels.__version__)
print("slopes", np.array2string(np.asarray(fit.params[:3]), precision=9))
print("cut points", np.array2string(cuts, precision=9))
print("log-likelihood", round(float(fit.llf), 8))
