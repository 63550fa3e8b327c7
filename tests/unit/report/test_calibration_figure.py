"""The calibration figure shows what the measure measures."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from twoarm import validate
from twoarm.learners import Logistic
from twoarm.metrics import calibration as measured
from twoarm.metrics import calibration_curve
from twoarm.report import calibration
from twoarm.report.figures import CONTROL, TREATED
from twoarm.report.sections.models.calibration import calibration_drawings


def sample(n=150):
    rng = np.random.default_rng(21)
    X = rng.normal(size=(n, 5))
    y = (rng.random(n) < 1 / (1 + np.exp(1 - X[:, 0]))).astype(int)
    return X, y


@pytest.fixture(scope="module")
def validation():
    return validate(Logistic(), *sample(), replicates=4, cv_repeats=3, executor="serial")


@pytest.fixture
def axes(validation):
    ax = Figure().add_subplot()
    assert calibration(validation, ax) is ax
    return ax


def curves(ax):
    """Identity, apparent, one a repeat; the points of groups and their intervals are no curves."""
    lines = [line for line in ax.get_lines() if line.get_marker() == "None"]
    curves = [line for line in lines[1:] if np.size(line.get_xdata()) > 2]
    return lines[0], curves[0], curves[1:]


def test_the_first_line_is_the_identity(axes):
    identity, _, _ = curves(axes)
    x, y = identity.get_data()
    assert_array_equal(x, y)
    assert x[0] == 0.0
    assert x[-1] == axes.get_xlim()[1]


def test_curves_are_the_smoother_of_the_measure_patient_by_patient(validation, axes):
    _, apparent, repeats = curves(axes)
    assert len(repeats) == validation.cv.risk.shape[0]
    for line, risk in zip(
        (apparent, *repeats), (validation.risk, *validation.cv.risk), strict=True
    ):
        x, y = line.get_data()
        order = np.argsort(risk, kind="stable")
        assert_array_equal(x, risk[order])
        assert_array_equal(y, calibration_curve(validation.outcome, risk)[order])
        ici = measured(validation.outcome, risk).ici
        assert_allclose(np.abs(y - x).mean(), ici, rtol=1e-12)


def test_the_legend_gives_the_ici_of_both(validation, axes):
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    ici = validation.calibration.ici
    expected = [f"apparent, ICI {ici.apparent:.3f}", f"cross-validated, ICI {ici.nested_cv:.3f}"]
    assert texts == ["groups, 95 % interval", *expected]


def test_bars_count_the_cross_validated_predictions_below_zero(validation, axes):
    top = axes.get_xlim()[1]
    heights = np.array([bar.get_height() for bar in axes.patches])
    counts, _ = np.histogram(validation.cv.risk, bins=heights.size, range=(0, top))
    assert counts.sum() == validation.cv.risk.size
    assert_allclose(heights / heights.sum(), counts / counts.sum(), rtol=1e-12)
    assert max(bar.get_y() + bar.get_height() for bar in axes.patches) < 0.0
    assert axes.get_ylim()[0] < 0.0
    assert min(axes.get_yticks()) >= 0.0


def test_without_cross_validation_the_apparent_curve_stands_alone():
    found = validate(Logistic(), *sample(), replicates=2, cv_repeats=0, executor="serial")
    ax = calibration(found, Figure().add_subplot())
    _, _, repeats = curves(ax)
    assert len(repeats) == 0
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    ici = found.calibration.ici.apparent
    assert texts == ["groups, 95 % interval", f"apparent, ICI {ici:.3f}"]
    assert sum(bar.get_height() for bar in ax.patches) > 0


def test_a_studys_arm_is_drawn_like_a_validation(small_result):
    arm = small_result.primary.arms["treated"]
    ax = calibration(arm, Figure().add_subplot(), colour=CONTROL)
    _, apparent, repeats = curves(ax)
    assert apparent.get_xdata().size == arm.n
    assert len(repeats) == 2
    assert {to_hex(line.get_color()) for line in repeats} == {CONTROL}
    assert TREATED != CONTROL


def test_an_arms_predictions_are_those_that_were_measured(small_result):
    cohort = small_result.plan.cohort
    for name, outcome in small_result.outcomes.items():
        for number, arm in enumerate(outcome.arms.values()):
            own = cohort.treatment == number
            assert_array_equal(arm.outcome, cohort.outcomes[name][own])
            full = small_result.in_sample[name]
            assert_array_equal(arm.risk, (full.mu0, full.mu1)[number][own])
            crossfit = small_result.effects[name]
            mean = (crossfit.mu0, crossfit.mu1)[number][own]
            assert_allclose(arm.cv.risk.mean(axis=0), mean, rtol=1e-12)


def test_the_report_has_one_for_each_arm_of_the_primary_outcome(small_result):
    drawings = calibration_drawings(small_result)
    found = {each.name: each for each in drawings}
    assert "Calibration, Rescue stenting" in found["calibration_treated"].title
    assert "Calibration, Failed thrombectomy only" in found["calibration_control"].title
    assert "cross-validated, ICI" in found["calibration_treated"].svg


def test_points_are_groups_of_patients_with_wilsons_limits(validation, axes):
    groups = validation.groups
    (points,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert_array_equal(points.get_xdata(), groups.predicted)
    assert_array_equal(points.get_ydata(), groups.observed)
    assert groups.n.sum() == validation.n
    held = validation.cv.risk.mean(axis=0)
    assert_allclose(groups.predicted @ groups.n, held.sum())


def test_few_events_have_points_with_counts_and_no_curve(small_result):
    arm = small_result.primary.arms["control"]
    assert arm.events < 20
    ax = calibration(arm, Figure().add_subplot())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["groups, 95 % interval"]
    assert [text.get_text() for text in ax.texts] == [
        f"{k} of {n}" for k, n in zip(arm.groups.events, arm.groups.n, strict=True)
    ]
