"""The numbers of the first screen by other means: NumPy, pandas, SciPy and scikit-learn alone.

They start from the data file, the run's stored predictions (``pred/*.npy``, ``crossfit/*.npy``) and
the counts of the resamples.
"""

import numpy as np
import pandas as pd
from scipy import optimize, stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

Z = stats.norm.ppf(0.975)
OUTCOMES = {
    "mrs_0_2": (lambda d: d.mrs90 <= 2, True),
    "mrs_0_3": (lambda d: d.mrs90 <= 3, True),
    "sich": (lambda d: d.sich == 1, False),
    "death": (lambda d: d.mrs90 == 6, False),
}
NUMBERS = ["age", "female", "premrs", "nihss", "aspects", "lkw_to_puncture_min", "passes", "ivt",
           "htn", "dm", "af", "prior_stroke", "glucose_mmol"]  # fmt: skip
TREATMENT = ["dlp", "smoke", "sbp", "coll_tan", "icad_suspected"]


class Recomputed:
    """A finished run of the shipped cohort, computed again."""

    def __init__(self, folder, csv):
        self.folder = folder
        self.data = pd.read_csv(csv).sort_values("record_id").reset_index(drop=True)
        self.w = self.data.arm.to_numpy()
        load = {name: np.load(folder / "crossfit" / f"{name}.npy")
                for name in ("mu", "fold", "propensity")}  # fmt: skip
        self.mu, self.fold, self.e = load["mu"], load["fold"], load["propensity"]

    def y(self, name="mrs_0_2"):
        return OUTCOMES[name][0](self.data).to_numpy().astype(float)

    def sign(self, name="mrs_0_2"):
        return 1.0 if OUTCOMES[name][1] else -1.0

    def scores(self, name="mrs_0_2", repeat=None):
        """Doubly robust scores of both arms; of the mean over repeats unless one is named."""
        mu = self.mu[:, list(OUTCOMES).index(name)]
        m0, m1 = mu.mean(axis=0) if repeat is None else mu[repeat]
        y = self.y(name)
        phi0 = m0 + (1 - self.w) / (1 - self.e) * (y - m0)
        phi1 = m1 + self.w / self.e * (y - m1)
        return phi0, phi1, m0, m1

    def average(self, name="mrs_0_2"):
        """AIPW risks and benefit, with the interval of 0016: HC3 residuals, Satterthwaite's t."""
        phi0, phi1, m0, m1 = self.scores(name)
        y, n = self.y(name), self.w.size
        d = phi1 - phi0
        weight = np.where(self.w == 1, 1 / self.e, 1 / (1 - self.e))
        residual = weight * np.where(self.w == 1, y - m1, m0 - y)
        share = weight / np.bincount(self.w, weights=weight)[self.w]
        parts = (d - d.mean() - residual + residual / (1 - share)) / n
        v = (parts**2).sum()
        df = 2 * v**2 / ((parts**4).sum() - v**2 / n)
        worth = [weight[self.w == a].sum() ** 2 / (weight[self.w == a] ** 2).sum() for a in (0, 1)]
        df = min(df, min(worth) - 1)
        half = stats.t.ppf(0.975, df) * max(np.sqrt(v), d.std(ddof=1) / np.sqrt(n))
        ends = sorted(self.sign(name) * np.array([d.mean() - half, d.mean() + half]))
        return phi0.mean(), phi1.mean(), self.sign(name) * d.mean(), *ends

    def published(self, csv):
        """Benefits that published odds ratios with an interval would give here."""
        rows = pd.read_csv(csv)
        rows = rows[(rows.outcome == "mrs_0_2") & rows.comparable.eq("yes")]
        m0 = self.scores()[2]
        found = []
        for row in rows.itertuples():
            ratio, told = row.estimate, pd.notna(row.low) and pd.notna(row.high)
            if row.measure == "risks":
                p1, p0 = row.risk_treated, row.risk_control
                ratio, told = p1 / (1 - p1) / (p0 / (1 - p0)), pd.notna(row.n_treated)
            if told:
                odds = ratio * m0 / (1 - m0)
                found.append((odds / (1 + odds) - m0).mean())
        return min(found), max(found)

    def auc(self, arm, counts, full):
        """The AUC to quote, its interval, and Harrell's, of the primary outcome in one arm."""
        own = self.w == arm
        y = self.y()[own]
        repeats = zip(self.mu[:, 0, arm], self.fold, strict=True)
        quoted = np.mean([_within(y, mu[own], fold[own]) for mu, fold in repeats])
        risk = np.load(self.folder / "pred" / f"mu{arm}_mrs_0_2.npy").astype(float)[:, own]
        counts = counts[:, own]
        optimism = [roc_auc_score(y, r, sample_weight=c) - roc_auc_score(y, r)
                    for r, c in zip(risk, counts, strict=True)]  # fmt: skip
        harrell = roc_auc_score(y, full[own]) - np.mean(optimism)
        sampling = np.mean([_delong(y, mu[own]) for mu in self.mu[:, 0, arm]])
        variance = sampling + _between(y, risk, counts)
        half = Z * np.sqrt(variance) / (quoted * (1 - quoted))
        low, high = (1 / (1 + np.exp(-(np.log(quoted / (1 - quoted)) + s * half))) for s in (-1, 1))
        return quoted, low, high, harrell

    def benefit(self, repeat=None):
        mu = self.mu[:, 0]
        each = mu[:, 1] - mu[:, 0]
        return each.mean(axis=0) if repeat is None else each[repeat]

    def share(self, threshold=0.15):
        mu = self.mu[:, 0]
        return (mu[:, 1] - mu[:, 0] >= threshold).mean()

    def hidden(self, target):
        """E-value to bring the average down to `target`: Ding and VanderWeele 2016, eq. in 4.2."""
        phi0, phi1, *_ = self.scores()
        p0, p1, f = phi0.mean(), phi1.mean(), self.w.mean()
        left = lambda b: (p1 - p0 * b) * (f + (1 - f) / b) - target  # noqa: E731
        bias = optimize.brentq(left, 1.0, 1e6)
        return bias + np.sqrt(bias * (bias - 1))

    def strongest(self):
        """Risk ratios of the measured column that could bias most, cut above its median."""
        X = self.encoded(TREATMENT)
        found = []
        for column in X.T:
            values = np.unique(column)
            has = column > (values[0] if values.size <= 2 else np.median(column))
            p = [has[self.w == a].mean() for a in (0, 1)]
            table = [(self.y()[(self.w == a) & has].sum() * ((self.w == a) & ~has).sum(),
                      self.y()[(self.w == a) & ~has].sum() * ((self.w == a) & has).sum(),
                      (self.w == a).sum()) for a in (0, 1)]  # fmt: skip
            up, down = (sum(row[k] / row[2] for row in table) for k in (0, 1))
            if min(p) == 0 or min(up, down) == 0:
                continue
            a, b = max(p[0] / p[1], p[1] / p[0]), max(up / down, down / up)
            found.append((a * b / (a + b - 1), a, b))
        return max(found)[1:]

    def encoded(self, more=()):
        site = [(self.data.site == level).astype(float) for level in ("ICA", "M2")]
        return np.column_stack([self.data[[*NUMBERS, *more]].astype(float), *site])

    def quarters(self, by, predicted):
        """Predicted and estimated benefit, with 1.96 standard errors, in quarters of `by`."""
        phi0, phi1, *_ = self.scores(repeat=0)
        phi = phi1 - phi0
        number = np.floor((stats.rankdata(by) - 1) * 4 / by.size).astype(int)
        for k in range(4):
            own = number == k
            mean, se = phi[own].mean(), phi[own].std(ddof=1) / np.sqrt(own.sum())
            yield own, predicted[own].mean(), mean, mean - Z * se, mean + Z * se

    def blinded_risk(self):
        """Cross-fitted ridge regression of both arms: risk of being without the outcome."""
        X, bad, risk = self.encoded(), 1 - self.y(), np.empty(self.w.size)
        for k in np.unique(self.fold[0]):
            held = self.fold[0] == k
            scale = StandardScaler().fit(X[~held])
            model = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000)
            model.fit(scale.transform(X[~held]), bad[~held])
            risk[held] = model.predict_proba(scale.transform(X[held]))[:, 1]
        return risk


def _within(y, risk, fold):
    """AUC over pairs of one fold: concordant pairs, ties half, over all pairs."""
    good = pairs = 0.0
    for k in np.unique(fold):
        cases, others = risk[(fold == k) & (y == 1)], risk[(fold == k) & (y == 0)]
        apart = cases[:, None] - others
        good += (apart > 0).sum() + 0.5 * (apart == 0).sum()
        pairs += apart.size
    return good / pairs


def _delong(y, risk):
    """DeLong's variance of an AUC, from the table of all pairs."""
    apart = risk[y == 1][:, None] - risk[y == 0]
    won = (apart > 0) + 0.5 * (apart == 0)
    return sum(won.mean(axis=k).var(ddof=1) / won.shape[1 - k] for k in (0, 1))


def _between(y, risk, counts):
    """Variance between replicates' models of the AUC in the patients they did not draw.

    Two-way layout, models by patients, of placement values, solved by least squares in each class.
    """
    values, parts, seen = [], [], []
    for r, c in zip(risk, counts, strict=True):
        out = c == 0
        if min((out & (y == 1)).sum(), (out & (y == 0)).sum()) < 2:
            continue
        part = np.zeros(y.size)
        for i in np.flatnonzero(out):
            rival = r[out & (y != y[i])]
            above = (r[i] > rival).mean() + 0.5 * (r[i] == rival).mean()
            part[i] = above if y[i] == 1 else 1 - above
        values.append(part[out & (y == 1)].mean())
        parts.append(part)
        seen.append(out)
    values, parts, seen = map(np.array, (values, parts, seen))
    adjusted, chance = values.copy(), np.zeros(values.size)
    for label in (0, 1):
        own = seen & (y == label)
        model, patient = np.nonzero(own)
        rows = np.arange(model.size)
        design = np.zeros((model.size, values.size + y.size))
        design[rows, model] = design[rows, values.size + patient] = 1.0
        fit = np.linalg.lstsq(design, parts[own], rcond=None)[0]
        effect = fit[values.size :]
        effect = effect + 0.0
        for m in range(values.size):
            mine = own[m]
            adjusted[m] -= effect[mine].mean()
            left = parts[m, mine] - effect[mine]
            chance[m] += left.var(ddof=1) / mine.sum()
    return max(0.0, adjusted.var(ddof=1) - chance.mean())
