"""From apparent performance and replicates to corrected performance, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose

from twoarm.resampling import ResampledScores, gate, optimism
from twoarm.resampling.metric import Range
from twoarm.resampling.optimism import (
    auc_632plus,
    corrected_auc,
    corrected_calibration,
    corrected_fit,
    corrected_loss,
    headline_of,
    loss_632plus,
    scaled,
)

DIGITS = 1e-12
shares = floats(0.0, 1.0)
NAN = math.nan


def scores(train, test, oob):
    return ResampledScores(*(np.array(part, dtype=np.float64) for part in (train, test, oob)))


def test_auc_632plus_by_hand():
    # Apparent 0.9, out of bag 0.7: R = 0.2 / 0.4, w = 0.632 / (1 - 0.368 * 0.5).
    weight = 0.632 / 0.816
    assert_allclose(auc_632plus(0.9, 0.7), (1 - weight) * 0.9 + weight * 0.7, rtol=DIGITS)


def test_auc_632plus_of_a_published_run():
    # Logistic regression on 198 patients, 5000 replicates, own code in R after predboot::pred.ML:
    # apparent 0.8174291939, out of bag 0.769546, R 0.150848, w 0.669146, .632+ 0.785388.
    assert_allclose(auc_632plus(0.8174291939, 0.769546), 0.785388, rtol=0, atol=2e-6)


@pytest.mark.parametrize("oob", [0.5, 0.49, 0.0])
def test_auc_out_of_bag_without_discrimination_counts_as_a_half(oob):
    # R = 1, so w = 1: nothing is left of the apparent value.
    assert_allclose(auc_632plus(0.95, oob), 0.5, rtol=DIGITS)


@pytest.mark.parametrize("apparent", [0.8, 0.7, 0.55, 0.3])
def test_auc_that_does_not_overfit_is_plain_632(apparent):
    # Out of bag at least as good: R = 0, w = 0.632.
    expected = 0.368 * apparent + 0.632 * 0.8
    assert_allclose(auc_632plus(apparent, 0.8), expected, rtol=DIGITS)


@given(apparent=shares, oob=shares)
def test_auc_632plus_lies_between_its_parts(apparent, oob):
    low, high = sorted([apparent, max(oob, 0.5)])
    assert low - DIGITS <= auc_632plus(apparent, oob) <= high + DIGITS


def test_loss_632plus_by_hand():
    # Apparent 0.1, out of bag 0.2, no information 0.3: R = 0.1 / 0.2, w = 0.632 / 0.816.
    weight = 0.632 / 0.816
    assert_allclose(loss_632plus(0.1, 0.2, 0.3), (1 - weight) * 0.1 + weight * 0.2, rtol=DIGITS)


def test_loss_632plus_of_a_published_run():
    # The same run, Brier score: gamma 0.219115226, out of bag 0.149374, .632+ 0.143108.
    found = loss_632plus(0.1292398211, 0.149374, 0.219115226)
    assert_allclose(found, 0.143108, rtol=0, atol=2e-6)


@pytest.mark.parametrize("oob", [0.3, 0.35, 9.0])
def test_a_loss_out_of_bag_is_no_worse_than_no_information(oob):
    # R = 1, w = 1: the no-information value itself.
    assert_allclose(loss_632plus(0.1, oob, 0.3), 0.3, rtol=DIGITS)


@pytest.mark.parametrize("oob", [0.1, 0.05])
def test_a_loss_that_does_not_overfit_is_plain_632(oob):
    assert_allclose(loss_632plus(0.1, oob, 0.3), 0.368 * 0.1 + 0.632 * oob, rtol=DIGITS)


def test_a_model_worse_than_no_information_is_plain_632():
    # gamma <= apparent: R = 0, and out of bag is capped at gamma.
    assert_allclose(loss_632plus(0.4, 0.5, 0.3), 0.368 * 0.4 + 0.632 * 0.3, rtol=DIGITS)


@given(apparent=shares, oob=shares, no_information=shares)
def test_loss_632plus_lies_between_its_parts(apparent, oob, no_information):
    low, high = sorted([apparent, min(oob, no_information)])
    found = loss_632plus(apparent, oob, no_information)
    assert low - DIGITS <= found <= high + DIGITS


def test_every_estimate_of_an_auc_by_hand():
    found = corrected_auc(
        0.9,
        scores([0.95, 0.93, 0.97], [0.85, 0.86, 0.81], [0.7, 0.75, 0.65]),
        nested=np.array([0.72, 0.74]),
    )
    optimism = np.array([0.10, 0.07, 0.16])
    assert_allclose(found.harrell, 0.9 - optimism.mean(), rtol=DIGITS)
    assert_allclose(found.mcse, optimism.std(ddof=1) / math.sqrt(3), rtol=DIGITS)
    assert_allclose(found.oob, 0.7, rtol=DIGITS)
    assert_allclose(found.d632, 0.368 * 0.9 + 0.632 * 0.7, rtol=DIGITS)
    assert_allclose(found.d632plus, auc_632plus(0.9, 0.7), rtol=DIGITS)
    assert_allclose(found.nested_cv, 0.73, rtol=DIGITS)
    assert found.headline == found.nested_cv
    assert found.headline_method == "nested_cv"
    assert found.headline_name == "repeated cross-validation"
    assert (found.replicates_used, found.failed) == (3, 0)


def test_every_estimate_of_a_brier_score_by_hand():
    found = corrected_loss(0.1, scores([0.08, 0.09], [0.12, 0.14], [0.2, 0.24]), no_information=0.3)
    assert_allclose(found.harrell, 0.1 + 0.045, rtol=DIGITS)
    assert_allclose(found.d632, 0.368 * 0.1 + 0.632 * 0.22, rtol=DIGITS)
    assert_allclose(found.d632plus, loss_632plus(0.1, 0.22, 0.3), rtol=DIGITS)
    assert found.ci is None


def test_a_measure_undefined_in_a_replicate_is_left_out_of_its_mean_only():
    train, test, oob = np.full(10, 0.9), np.full(10, 0.8), np.full(10, 0.7)
    train[0], test[1], oob[2], oob[3] = NAN, NAN, NAN, 0.5
    found = corrected_auc(0.9, scores(train, test, oob))
    assert_allclose(found.harrell, 0.9 - 0.1, rtol=DIGITS)
    assert_allclose(found.oob, (8 * 0.7 + 0.5) / 9, rtol=DIGITS)
    assert (found.replicates_used, found.failed, found.oob_used) == (8, 2, 9)


def test_a_mean_of_the_few_replicates_in_which_it_is_defined_is_not_given():
    # Two events: both are drawn in four resamples of ten, and nobody is left to test out of bag.
    train, test, oob = np.full(10, NAN), np.full(10, NAN), np.full(10, NAN)
    train[:4], test[:4] = 0.97, 0.96
    found = corrected_auc(0.959, scores(train, test, oob))
    assert found.harrell is found.mcse is found.oob is found.d632 is found.d632plus is None
    assert found.intervals == ()
    assert (found.replicates_used, found.failed, found.oob_used) == (4, 6, 0)


@given(seed=integers(0, 2**32 - 1))
def test_a_number_and_the_count_it_rests_on_agree(seed):
    rng = np.random.default_rng(seed)
    total, repeats = int(rng.integers(1, 40)), int(rng.integers(0, 6))
    parts = rng.uniform(0.5, 1.0, (3, total))
    parts[rng.random((3, total)) < rng.uniform(0, 0.4, (3, 1))] = NAN
    nested = np.where(rng.random(repeats) < 0.3, NAN, rng.uniform(0.5, 1.0, repeats))
    resampled = scores(*parts)
    for found in (
        corrected_auc(0.9, resampled, nested=nested),
        corrected_loss(0.1, resampled, no_information=0.3, nested=nested),
    ):
        assert found.replicates_used == np.isfinite(parts[0] - parts[1]).sum()
        assert found.replicates_used + found.failed == total
        assert found.oob_used == np.isfinite(parts[2]).sum()
        assert found.repeats_used == np.isfinite(nested).sum()
        assert (found.harrell is None) == (found.failed > 0.2 * total)
        assert found.mcse is None or found.harrell is not None
        few = total - found.oob_used > 0.2 * total
        assert {found.oob is None, found.d632 is None, found.d632plus is None} == {few}
        assert (found.headline is None) == (found.repeats_used == 0) == bool(found.headline_reason)
    for found in (
        corrected_fit(0.9, resampled, nested=nested),
        corrected_calibration(0.9, resampled, nested=nested),
    ):
        assert found.replicates_used + found.failed == total
        assert (found.harrell is None) == (found.failed > 0.05 * total)
        assert (found.headline is None) == bool(found.headline_reason)
        assert found.headline is None or found.repeats_used >= 0.95 * repeats > 0


def test_nothing_defined_is_nothing_reported():
    nothing = scores([NAN] * 4, [NAN] * 4, [NAN] * 4)
    for found in (
        corrected_auc(0.8, nothing),
        corrected_loss(0.2, nothing, no_information=0.25),
    ):
        assert found.apparent > 0
        assert found.harrell is found.oob is found.d632 is found.d632plus is found.headline is None
        assert found.ci is found.mcse is None
        assert found.failed == 4
    undefined = gate(corrected_auc(0.8, nothing), 5, 5)
    assert undefined.harrell_valid is undefined.harrell_minus_headline is None
    assert "no AUC to quote (not defined in any complete repeat" in undefined.reason
    given = corrected_auc(0.8, nothing, nested=np.array([0.7]))
    assert gate(given, 5, 5).reason == "cannot tell: the AUC is defined in 0 of 4 replicates"


def auc_of(optimism, oob, spread=0.0, n=100):
    """Give the metric of replicates with this optimism, out-of-bag value and spread."""
    train = np.full(n, 0.9) + spread * np.tile([1, -1], n // 2)
    return corrected_auc(
        0.9,
        scores(train, np.full(n, 0.9 - optimism), np.full(n, oob)),
        nested=np.array([oob]),
    )


def test_the_gate_tells_a_harrell_value_far_above_the_headline():
    overfitted = gate(auc_of(0.02, 0.6), 20, 80)
    assert overfitted.harrell_valid is False
    assert overfitted.harrell_minus_headline > 0.2
    assert "(20 with and 80 without the event)" in overfitted.reason
    assert gate(auc_of(0.02, 0.9), 20, 80).harrell_valid is True


@pytest.mark.parametrize("nested", [[0.9], []])
def test_the_gate_is_shut_where_copies_were_on_both_sides_whatever_the_value(nested):
    replicates = scores(np.full(9, 0.9), np.full(9, 0.9), np.full(9, 0.9))
    auc = corrected_auc(0.9, replicates, nested=np.array(nested))
    found = gate(auc, 20, 80, ("Search", "Other"))
    assert found.harrell_valid is False
    assert found.harrell_minus_headline == (0.0 if nested else None)
    assert "copies of one patient on both sides, in Search, Other." in found.reason


def test_the_gate_allows_for_monte_carlo_error():
    # Harrell 0.88; the headline lies 0.03 lower. Two errors of 0.005 or more make up for it.
    def excess(metric):
        return metric.harrell - metric.headline

    low, high = 0.5, 0.9
    for _ in range(60):  # bisection for the out-of-bag value that gives an excess of 0.03
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(auc_of(0.02, middle)) > 0.03 else (low, middle)
    precise, vague = auc_of(0.02, low), auc_of(0.02, low, spread=0.2)
    assert_allclose(excess(precise), 0.03, rtol=0, atol=1e-6)
    assert gate(precise, 20, 80).harrell_valid is False
    assert vague.mcse > 0.005
    assert gate(vague, 20, 80).harrell_valid is True


def test_the_gate_says_what_its_numbers_show():
    """An excess above 0.02 that Monte-Carlo error makes up for is not called one below it."""
    vague = auc_of(0.02, 0.85, spread=0.2)
    found = gate(vague, 20, 60)
    assert found.harrell_valid is True
    assert found.harrell_minus_headline == pytest.approx(0.03)
    allowed = 0.02 + 2 * vague.mcse
    assert f"by 0.030, within the {allowed:.3f} allowed" in found.reason
    assert gate(auc_of(0.02, 0.9), 20, 60).reason == "Harrell's AUC does not exceed the headline"


def test_cross_validation_is_the_mean_over_repeats_with_their_range():
    found = corrected_auc(0.9, scores([0.9], [0.8], [0.7]), nested=np.array([0.7, 0.8, 0.78]))
    assert_allclose(found.nested_cv, 0.76, rtol=DIGITS)
    assert found.nested_cv_range == Range(0.7, 0.8)


@pytest.mark.parametrize(
    ("method", "expected"), [("d632plus", 0.8), ("oob", 0.7), ("nested_cv", 0.6)]
)
def test_one_constant_chooses_the_headline(monkeypatch, method, expected):
    monkeypatch.setattr(optimism, "HEADLINE", method)
    assert headline_of(0.7, 0.8, 0.6) == expected


def test_the_headline_may_be_the_mean_of_two(monkeypatch):
    monkeypatch.setattr(optimism, "HEADLINE", "d632plus_cv")
    assert_allclose(headline_of(0.7, 0.8, 0.6), 0.7, rtol=DIGITS)
    assert headline_of(0.7, None, 0.6) is headline_of(0.7, 0.8, None) is None
    found = corrected_auc(0.9, scores([0.9], [0.8], [0.7]), nested=np.array([0.7]))
    assert_allclose(found.headline, 0.5 * (found.d632plus + 0.7), rtol=DIGITS)
    assert found.headline_method == "d632plus_cv"


def test_the_scaled_brier_score_is_that_of_each_estimate():
    brier = corrected_loss(
        0.1,
        scores(np.linspace(0.09, 0.11, 30), np.full(30, 0.12), np.full(30, 0.2)),
        no_information=0.3,
        nested=np.array([0.15, 0.17]),
    )
    found = scaled(brier, 0.2)
    for name in ("apparent", "harrell", "oob", "d632", "d632plus", "nested_cv", "headline"):
        expected = 1 - getattr(brier, name) / 0.16
        assert_allclose(getattr(found, name), expected, rtol=0, atol=DIGITS)
    assert_allclose(found.mcse, brier.mcse / 0.16, rtol=DIGITS)
    assert_allclose(found.nested_cv_range.low, 1 - 0.17 / 0.16, rtol=DIGITS)
    assert [each.method for each in found.intervals] == ["location_shifted", "harrell_2025"]
    for ours, theirs in zip(found.intervals, brier.intervals, strict=True):
        assert ours.low < found.harrell < ours.high
        assert_allclose(ours.low, 1 - theirs.high / 0.16, rtol=DIGITS)


def test_a_fit_is_corrected_by_harrell_and_calibration_by_the_original_patients():
    replicates = scores([0.5, 0.6], [0.3, 0.2], [NAN, NAN])
    nested = np.array([0.2, 0.3, 0.35])
    fit = corrected_fit(0.4, replicates, nested=nested)
    assert_allclose([fit.harrell, fit.nested_cv, fit.headline], [0.4 - 0.3, 0.3, 0.3], rtol=DIGITS)
    calibration = corrected_calibration(1.0, replicates, nested=nested)
    assert_allclose([calibration.harrell, calibration.nested_cv], [0.25, 0.3], rtol=DIGITS)
    assert_allclose(calibration.mcse, np.std([0.3, 0.2], ddof=1) / math.sqrt(2), rtol=DIGITS)
    for each in (fit, calibration):
        assert each.oob is each.d632 is each.d632plus is each.ci is None
        assert (each.replicates_used, each.failed) == (2, 0)
        assert each.headline_method == "nested_cv"
        assert each.nested_cv_range == Range(0.2, 0.35)


@pytest.mark.parametrize(("missing", "given"), [(0, True), (5, True), (6, False)])
def test_calibration_needs_a_finite_regression_in_95_of_100(missing, given):
    test = np.full(100, 0.8)
    test[:missing] = NAN
    replicates = scores(np.ones(100), test, np.full(100, NAN))
    for found in (
        corrected_calibration(1.0, replicates, nested=test),
        corrected_fit(0.4, replicates, nested=test),
    ):
        for value in (found.harrell, found.nested_cv, found.headline, found.mcse):
            assert (value is not None) == given
        assert found.failed == missing
        assert found.often_missing == (missing > 5)


def test_a_fit_that_separates_in_the_full_cohort_has_no_harrell_value():
    found = corrected_fit(NAN, scores([0.5, 0.6], [0.3, 0.2], [NAN, NAN]))
    assert found.harrell is found.mcse is found.nested_cv is found.headline is None
