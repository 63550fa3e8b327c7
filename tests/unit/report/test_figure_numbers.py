"""What figures show, computed again from the cohort, the stored predictions and the summary."""

import numpy as np
import pytest
from scipy.stats import rankdata

from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.judge.outcomes.ordinal import ORDINAL
from twoarm.study.judge.ranking.learners import COMPARISON


@pytest.fixture(scope="module")
def data(small_drawings):
    drawn = {name: each.data for name, each in small_drawings.items()}

    def rows(name, series=None):
        names = [column.name for column in drawn[name].columns]
        table = [dict(zip(names, row, strict=True)) for row in drawn[name].rows]
        return [row for row in table if series is None or row["series"] == series]

    return rows


def test_the_outcomes_are_those_of_the_summary(small_result, data):
    summary = small_result.summary()["outcomes"]
    for row, outcome in zip(data("outcomes", "adjusted (AIPW)"), summary.values(), strict=True):
        expected = outcome["average_effect"]["aipw"]
        assert row["x"] == pytest.approx(100 * expected["estimate"])
        assert row["low"] == pytest.approx(100 * expected["low"])
        assert row["high"] == pytest.approx(100 * expected["high"])


def test_the_scale_is_counted_from_the_cohort(small_result, data):
    cohort, found = small_result.plan.cohort, small_result.value(ORDINAL)
    for arm, label in enumerate(("Failed thrombectomy only", "Rescue stenting")):
        own = cohort.ordinal[cohort.treatment == arm]
        own = own[np.isfinite(own)]
        shown = {
            row["series"]: row["x"] for row in data("scale") if row["label"] == f"observed, {label}"
        }
        assert list(shown) == [f"{level:g}" for level in found.levels]
        for level, share in shown.items():
            assert share == pytest.approx(100 * (own == float(level)).mean())
        effects = (found.effects.cumulative0, found.effects.cumulative1)[arm]
        standard = [row["x"] for row in data("scale") if row["label"] == f"standardised, {label}"]
        assert np.cumsum(standard)[:-1] == pytest.approx(100 * effects.mean(axis=0))


def test_the_waterfall_holds_every_patient_inside_the_support(small_result, data):
    outside = small_result.value(SUPPORT).flags.outside
    benefit = 100 * small_result.effects["mrs_0_2"].benefit[~outside]
    drawn = [row["high"] for row in data("waterfall")]
    assert drawn == pytest.approx(np.sort(benefit)[::-1])


def test_quarters_hold_the_means_of_the_scores(small_result, data):
    evidence = small_result.value(COMPARISON)
    benefit, scores = evidence.compared.effects["t"].benefit, evidence.patients.scores
    quarter = np.floor(4 * (rankdata(benefit) - 1) / benefit.size)
    for k, (row, predicted) in enumerate(
        zip(data("benefit_quarters", "estimated"), data("benefit_quarters", "predicted"),
            strict=True)
    ):  # fmt: skip
        assert row["y"] == pytest.approx(100 * scores[quarter == k].mean())
        assert predicted["y"] == pytest.approx(100 * benefit[quarter == k].mean())


def test_the_flow_counts_the_patients(data):
    boxes = [row["x"] for row in data("flow", "box")]
    assert boxes == [393, 393, 198, 195]


def test_learners_are_spread_as_their_predictions_are(small_result, data):
    effects = small_result.value(COMPARISON).compared.effects
    wide = data("learners", "middle 95 % of patients")
    for row, each in zip(wide, effects.values(), strict=True):
        low, high = np.percentile(each.benefit, [2.5, 97.5])
        assert (row["low"], row["high"]) == pytest.approx((100 * low, 100 * high))


def test_subgroups_hold_all_patients_first(small_result, data):
    rows = data("subgroups")
    average = small_result.value(COMPARISON).average
    assert rows[0]["x"] == pytest.approx(100 * average.estimate)
    assert len(rows) > 20


def test_the_calibration_of_few_events_has_no_line_of_noise(data):
    assert data("calibration_control", "groups of patients")
    assert not [row for row in data("calibration_control") if "cross" in row["series"]]
    assert data("calibration_treated", "cross-validated, repeat 1")
