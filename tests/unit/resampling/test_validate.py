import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from twoarm import metrics
from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic, Stack
from twoarm.resampling import SCORES, draw_counts, nested_cv, score, validate
from twoarm.resampling.binary import binary


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(120, 4))
    y = (rng.random(120) < 1 / (1 + np.exp(-X[:, 0] - X[:, 1]))).astype(int)
    return X, y


def by_hand(X, y, draws):
    """Fit scikit-learn's logistic regression on each draw; AUC in draw, original, rest."""
    rows = []
    for draw in draws:
        model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(X[draw], y[draw])
        risk = model.predict_proba(X)[:, 1]
        rest = np.setdiff1d(np.arange(len(y)), draw)
        rows.append(
            [
                roc_auc_score(y[draw], risk[draw]),
                roc_auc_score(y, risk),
                roc_auc_score(y[rest], risk[rest]),
            ]
        )
    return np.array(rows)


def test_the_estimates_are_those_of_a_plain_loop_over_the_same_draws(data):
    X, y = data
    draws = np.random.default_rng(0).integers(0, len(y), (7, len(y)))
    result = validate(Logistic(C=np.inf), X, y, resamples=draws)
    train, test, oob = by_hand(X, y, draws).T
    apparent = result.auc.apparent
    assert result.auc.harrell == pytest.approx(apparent - (train - test).mean(), abs=1e-9)
    assert result.auc.oob == pytest.approx(oob.mean(), abs=1e-9)
    assert result.auc.d632 == pytest.approx(0.368 * apparent + 0.632 * oob.mean(), abs=1e-9)
    assert result.auc.mcse == pytest.approx((train - test).std(ddof=1) / np.sqrt(7), abs=1e-9)


def test_row_numbers_from_r_that_count_from_one_are_refused(data):
    X, y = data
    with pytest.raises(ArgumentError, match="subtract 1"):
        validate(Logistic(), X, y, resamples=np.full((2, 120), 120))


def test_replicates_do_not_depend_on_how_many_there_are_or_who_computes(data):
    X, y = data
    stack = Stack(["mean", "logistic"], inner_folds=3)
    runs = [
        validate(stack, X, y, replicates=20, seed=5, executor=executor, workers=workers)
        for executor, workers in (("serial", 1), ("threads", 2), ("threads", 3))
    ]
    assert runs[0].metrics() == runs[1].metrics() == runs[2].metrics()
    assert runs[0].calibration.ici_null == runs[1].calibration.ici_null
    np.testing.assert_array_equal(runs[0].cv.risk, runs[1].cv.risk)
    longer = validate(stack, X, y, replicates=25, seed=5, cv_repeats=11)
    np.testing.assert_array_equal(longer.cv.risk[:10], runs[0].cv.risk)


@pytest.mark.seconds
def test_nested_seeds_are_set_from_the_replicate(data):
    X, y = data
    model = make_pipeline(SimpleImputer(), RandomForestClassifier(5, random_state=None))
    first = validate(model, X, y, replicates=4, seed=1, executor="serial")
    second = validate(model, X, y, replicates=4, seed=1, executor="serial")
    assert first.auc == second.auc
    assert model[-1].random_state is None


@pytest.mark.seconds
def test_a_data_frame_with_texts_goes_to_a_pipeline_as_it_is(data):
    X, y = data
    frame = pd.DataFrame({"a": X[:, 0], "site": np.where(X[:, 1] > 0, "M1", "M2")})
    model = make_pipeline(
        ColumnTransformer([("site", OneHotEncoder(), ["site"])], remainder="passthrough"),
        LogisticRegression(),
    )
    assert validate(model, frame, y, replicates=5).auc.apparent > 0.7


def test_missing_values_are_imputed_inside_the_pipeline_and_refused_without(data):
    X, y = data
    holes = X.copy()
    holes[::7, 2] = np.nan
    model = make_pipeline(SimpleImputer(strategy="median"), Logistic())
    assert validate(model, holes, y, replicates=5).auc.oob is not None
    with pytest.raises(ArgumentError, match="column 2 of X holds missing"):
        validate(Logistic(), holes, y, replicates=5)


def test_with_nothing_missing_the_imputing_pipeline_gives_the_same_numbers(data):
    X, y = data
    plain = validate(LogisticRegression(), X, y, replicates=6, seed=2)
    imputing = validate(make_pipeline(SimpleImputer(), LogisticRegression()), X, y,
                        replicates=6, seed=2)  # fmt: skip
    assert plain.auc == imputing.auc


def test_a_learner_that_fails_sometimes_is_reported_and_left_out(data):
    X, y = data

    class Fragile(LogisticRegression):
        def fit(self, X, y):
            if X[:, 0].max() < 2.2:
                raise RuntimeError("too small")
            return super().fit(X, y)

    result = validate(Fragile(), X, y, replicates=40, seed=1)
    assert 0 < len(result.failures) < 40
    assert result.failures[0].error == "RuntimeError: too small"
    assert result.auc.failed == len(result.failures)
    assert result.auc.replicates_used == 40 - len(result.failures)
    assert (result.auc.ci is None) == (result.auc.failed > 8)


def test_predictions_that_are_not_finite_count_as_failed(data):
    X, y = data

    class Broken(LogisticRegression):
        def predict_proba(self, X):
            return np.full((len(X), 2), np.nan)

    with pytest.raises(FitError, match="not finite"):
        validate(Broken(), X, y, replicates=3)


def test_a_constant_fit_is_a_result_and_ties_count_one_half(data):
    X, y = data
    result = validate(Stack(["mean"]), X, y, replicates=10)
    assert result.auc.apparent == result.auc.harrell == result.auc.oob == 0.5
    assert result.auc.d632plus == 0.5


def test_groups_are_drawn_together():
    groups = np.repeat(np.arange(10), 3)
    counts = draw_counts(1, 0, 30, groups=groups)
    assert (counts.reshape(10, 3) == counts[::3, None]).all()
    assert counts[::3].sum() == 10


def test_a_group_in_two_strata_is_refused():
    with pytest.raises(ArgumentError, match="one stratum"):
        draw_counts(1, 0, 4, groups=np.array([0, 0, 1, 1]), strata=np.array([0, 1, 1, 1]))


def test_strata_keep_their_sizes():
    strata = np.array([0] * 5 + [1] * 9)
    for index in range(20):
        counts = draw_counts(3, index, 14, strata=strata)
        assert counts[:5].sum() == 5
        assert counts[5:].sum() == 9


OUTCOME = np.tile([1, 0, 0, 1, 0], 24)
MISSING = {
    "NaN in a list of texts": ["Yes" if v else float("nan") for v in OUTCOME],
    "NaN in an array of text": np.array(["Yes" if v else float("nan") for v in OUTCOME]),
    "NaN in numbers": np.where(OUTCOME, 1.0, np.nan),
    "None in a series": pd.Series(np.where(OUTCOME, "dead", None)),
    "NA in a boolean series": pd.Series(np.where(OUTCOME, True, None), dtype="boolean"),
    "NA in whole numbers": pd.Series(np.where(OUTCOME, 1, None), dtype="Int64"),
    "NaN among categories": pd.Series(np.where(OUTCOME, "dead", None), dtype="category"),
    "a mask": np.ma.MaskedArray(OUTCOME, mask=OUTCOME == 0),
    "empty texts": np.where(OUTCOME, "dead", " "),
}


@pytest.mark.parametrize("y", MISSING.values(), ids=MISSING.keys())
def test_a_missing_outcome_is_an_error_that_names_the_rows(data, y):
    message = r"^y is missing in 72 rows \(first 1, 2, 4, 6, 7, \.\.\.; counted from 0\)\. Leave"
    with pytest.raises(ArgumentError, match=message):
        validate(Logistic(), data[0], y, replicates=3)
    with pytest.raises(ArgumentError, match=message):
        nested_cv(Logistic(), data[0], y, repeats=1)


@pytest.mark.parametrize("name", ["groups", "strata"])
def test_a_missing_group_is_an_error_and_no_group(data, name):
    labels = [None if k == 7 else "A" for k in range(120)]
    with pytest.raises(ArgumentError, match=rf"^{name} is missing in 1 row \(first 7; counted"):
        validate(Logistic(), *data, replicates=3, **{name: labels})


@pytest.mark.parametrize(
    "y",
    [OUTCOME == 1, OUTCOME.astype(float), list(OUTCOME), pd.Series(OUTCOME == 1, dtype="boolean"),
     pd.Series(np.where(OUTCOME, "yes", "no"), dtype="category"), np.where(OUTCOME, "yes", "no"),
     [str(v) for v in OUTCOME], np.ma.MaskedArray(OUTCOME)],
)  # fmt: skip
def test_whatever_names_two_classes_is_an_outcome(y):
    assert_array_equal(binary(y), OUTCOME)


def test_labels_of_several_kinds_are_not_made_texts_of(data):
    with pytest.raises(ArgumentError, match=r"y holds labels of several kinds \(int, str\)"):
        validate(Logistic(), data[0], [1 if v else "no" for v in OUTCOME], replicates=3)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(120), "two classes"),
        (np.arange(120), "found 120 different values in 120 rows: 0, 1, 2, 3, 4, "),
        (["NA", "Yes"] + ["No"] * 118, "found 3 different values in 120 rows: 'NA', 'No', 'Yes'"),
        (np.zeros((120, 2)), "found shape"),
    ],
)
def test_an_outcome_without_two_classes_is_refused(data, y, message):
    with pytest.raises(ArgumentError, match=message):
        validate(Logistic(), data[0], y, replicates=3)


def test_shapes_that_do_not_fit_are_refused(data):
    X, y = data
    with pytest.raises(ArgumentError, match="must agree"):
        validate(Logistic(), X[:50], y, replicates=3)
    with pytest.raises(ArgumentError, match="At least 2 replicates"):
        validate(Logistic(), X, y, replicates=1)
    with pytest.raises(ArgumentError, match="one label a row"):
        validate(Logistic(), X, y, replicates=3, groups=np.zeros(4))


def test_the_frame_has_a_row_a_measure(data):
    X, y = data
    frame = validate(Logistic(), X, y, replicates=5).to_frame()
    assert list(frame.index) == [
        "auc", "brier", "scaled_brier", "log_loss", "r2", "g", "gp",
        "calibration.intercept", "calibration.slope", "calibration.in_the_large",
        "calibration.ici", "calibration.e50", "calibration.e90", "calibration.emax",
    ]  # fmt: skip
    assert {"apparent", "harrell", "oob", "d632", "d632plus", "ci_low", "mcse"} <= set(frame)
    assert {"nested_cv", "nested_cv_low", "headline_method", "replicates_used"} <= set(frame)
    assert not {"ci", "intervals", "nested_cv_range"} & set(frame)
    assert frame.notna().loc["calibration.slope", "nested_cv"]


@pytest.mark.seconds
def test_the_gate_calls_harrell_not_valid_for_a_forest_on_noise():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(150, 10)), (rng.random(150) < 0.3).astype(int)
    forest = validate(RandomForestClassifier(50), X, y, replicates=20)
    assert forest.gate.harrell_valid is False
    assert forest.gate.harrell_minus_headline > 0.2
    linear = validate(Logistic(), X, y, replicates=200)
    assert abs(linear.gate.harrell_minus_headline) < 0.06


def test_every_measure_of_the_full_fit_is_that_of_the_metrics(data):
    X, y = data
    found = validate(Logistic(), X, y, replicates=5)
    measures = ("auc", "brier", "scaled_brier", "log_loss", "r2")
    for name in measures:
        expected = getattr(metrics, name)(y, found.risk)
        assert getattr(found, name).apparent == pytest.approx(expected, abs=1e-12)
    assert found.g.apparent == pytest.approx(metrics.g_index(y, found.risk), abs=1e-9)
    assert found.gp.apparent == pytest.approx(metrics.gp_index(y, found.risk), abs=1e-9)
    order = np.argsort(found.risk, kind="stable")
    curve = found.apparent_curve
    np.testing.assert_array_equal(curve.predicted, found.risk[order])
    smoothed = metrics.calibration_curve(y, found.risk)[order]
    np.testing.assert_array_equal(curve.observed, smoothed)
    assert len(found.cross_validated_curves) == 10
    calibration = metrics.calibration(y, found.risk)
    for name in ("intercept", "slope", "in_the_large", "ici", "e50", "e90", "emax"):
        expected = getattr(calibration, name)
        assert getattr(found.calibration, name).apparent == pytest.approx(expected, abs=1e-9)


def test_the_scores_of_a_replicate_are_the_metrics_of_its_patients(data):
    X, y = data
    counts = draw_counts(4, 0, len(y))
    p = 1 / (1 + np.exp(-X[:, 0] - 0.5 * X[:, 2]))
    table = dict(zip(SCORES, score(p, y, counts), strict=True))
    weights = (counts, np.ones(120), counts == 0)
    for name in ("auc", "brier", "log_loss"):
        expected = [getattr(metrics, name)(y, p, weight=weight) for weight in weights]
        np.testing.assert_allclose(table[name], expected, rtol=1e-12)
    for name, measure in (("r2", metrics.r2), ("g", metrics.g_index), ("gp", metrics.gp_index)):
        expected = [measure(y, p, weight=weight) for weight in weights[:2]]
        np.testing.assert_allclose(table[name][:2], expected, rtol=1e-9)
    drawn, everybody = (metrics.calibration(y, p, weight=weight) for weight in weights[:2])
    assert table["slope"][0] == pytest.approx(drawn.slope)
    for name in ("intercept", "slope", "in_the_large", "ici", "e50", "e90", "emax"):
        assert table[name][1] == pytest.approx(getattr(everybody, name))
    assert np.isnan(table["slope"][2])


def test_repeats_of_cross_validation_may_be_left_out(data):
    X, y = data
    found = validate(Logistic(), X, y, replicates=5, cv_repeats=0)
    assert found.auc.nested_cv is found.auc.nested_cv_range is None
    assert found.calibration.slope.headline is None
    assert found.calibration.slope.harrell is not None
    assert found.auc.headline is found.auc.ci is None
    assert found.auc.d632plus is not None
    assert found.gate.harrell_valid is None
    assert found.cross_validated_curves == ()
    with pytest.raises(ArgumentError, match="0 or more repeats"):
        validate(Logistic(), X, y, replicates=5, cv_repeats=-1)


def test_separated_replicates_are_counted():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 10)), np.repeat([0, 1], 30)
    found = validate(Logistic(C=np.inf), X, y, replicates=100, seed=1, cv_repeats=0)
    assert 0 < found.separated < 100
    assert found.calibration.slope.harrell is not None  # small, but finite


def test_measures_that_are_often_undefined_are_named():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)), (rng.random(60) < 0.3).astype(int)
    found = validate(Stack(["mean", "logistic"], inner_folds=3), X, y, replicates=30)
    failed = found.calibration.slope.failed
    assert failed > 1.5  # all weight on `mean`: no slope
    caution = next(text for text in found.cautions() if "calibration.slope" in text)
    missing = f"not defined in {failed} of 30 replicates; no corrected value is given"
    assert caution.endswith(missing)
    assert found.calibration.slope.harrell is None
    assert found.auc.failed == 0


def test_two_events_give_no_corrected_number_and_say_so():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(60, 2)), np.r_[1, 1, np.zeros(58, dtype=int)]
    found = validate(Stack(["mean", "logistic"]), X, y, replicates=30, cv_repeats=2)
    assert found.auc.harrell is found.auc.oob is found.auc.d632plus is found.auc.headline is None
    assert 0 < found.auc.replicates_used < 24
    assert found.auc.oob_used == found.auc.repeats_used == 0
    assert any("auc out of bag" in text and "30 of 30" in text for text in found.cautions())


def test_the_reason_for_a_missing_headline_stands_beside_it():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=80), "site": rng.choice(["u", "v"], 80)})
    frame.loc[0, "site"] = "rare"
    y = (rng.random(80) < 1 / (1 + np.exp(-frame["a"]))).astype(int)
    model = make_pipeline(
        ColumnTransformer([("site", OneHotEncoder(), ["site"])], remainder="passthrough"),
        LogisticRegression(),
    )
    found = validate(model, frame, y, replicates=10, cv_repeats=2)
    for name, metric in found.metrics().items():
        assert metric.headline is None, name
        assert "unknown categories ['rare']" in metric.headline_reason, name
    assert "unknown categories ['rare']" in found.gate.reason
    assert found.to_frame()["headline_reason"].str.contains("rare").all()
    without = validate(Logistic(), frame[["a"]], y, replicates=5, cv_repeats=0)
    assert without.auc.headline_reason == "cross-validation was not asked for"
    assert "not asked for" in without.gate.reason
    whole = validate(Logistic(), frame[["a"]], y, replicates=5, cv_repeats=1)
    assert {metric.headline_reason for metric in whole.metrics().values()} == {""}


TUNED = GridSearchCV(
    KNeighborsClassifier(), {"n_neighbors": [1, 15]}, scoring="roc_auc",
    cv=StratifiedKFold(3, shuffle=True),
)  # fmt: skip


def test_tuning_inside_a_replicate_is_that_of_a_fit_to_patients_once():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(80, 3))
    y = (rng.random(80) < 1 / (1 + np.exp(-2 * X[:, 0]))).astype(int)
    options = {"replicates": 12, "seed": 1, "cv_repeats": 0}
    found = validate(TUNED, X, y, **options)
    assert found.seeing_copies == ()
    many, one = (validate(KNeighborsClassifier(k), X, y, **options) for k in (15, 1))
    # Copies would choose one neighbour in every replicate.
    assert found.auc.oob == pytest.approx(many.auc.oob, abs=0.03)
    assert one.auc.oob < many.auc.oob - 0.1


def test_a_search_that_cannot_be_told_is_said_loudly(data):
    X, y = data
    with pytest.warns(UserWarning, match="both sides, in GridSearchCV in BaggingClassifier"):
        found = validate(BaggingClassifier(TUNED, 2), X, y, replicates=3, cv_repeats=1)
    assert found.seeing_copies == ("GridSearchCV in BaggingClassifier",)
    assert found.gate.harrell_valid is False
    assert "copies of one patient" in found.gate.reason
