"""Published odds ratios on this cohort's own risks, by hand and against the printed table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoarm.cohort import load_study
from twoarm.cohort.benchmark import PublishedEffect, read_benchmark
from twoarm.diagnostics import benefit_e_value, published_benchmark, reanchored_benefit
from twoarm.diagnostics.average.published_benchmark import finding
from twoarm.errors import ArgumentError, StudyFileError

BASE = {
    "key": "A",
    "source": "somewhere",
    "design": "trial",
    "population": "all",
    "comparable": "yes",
    "control_definition": "none",
    "outcome": "good",
}


def effect(**cells):
    return PublishedEffect.model_validate(BASE | cells)


def odds(estimate, low=None, high=None, **more):
    return effect(measure="odds_ratio", estimate=estimate, low=low, high=high, **more)


# Absolute effects at a control risk, by hand: OR p / (1 - p + OR p) - p, to a tenth of a point.
@pytest.mark.parametrize(
    ("risk", "ratio", "points"),
    [
        (0.065, 1.34, 2.0), (0.065, 1.41, 2.4), (0.065, 1.93, 5.3), (0.065, 2.87, 10.1),
        (0.065, 3.27, 12.0), (0.065, 10.9, 36.6), (0.157, 1.93, 10.7), (0.21, 3.27, 25.5),
        (0.40, 1.34, 7.2), (0.40, 10.9, 47.9),
    ],
)  # fmt: skip
def test_one_risk(risk, ratio, points):
    assert 100 * reanchored_benefit([risk], ratio, desirable=True) == pytest.approx(
        points, abs=0.05
    )


def test_the_mean_over_patients_by_hand():
    # Odds 1/9 and 1 times 3: risks 1/4 and 3/4.
    assert reanchored_benefit([0.1, 0.5], 3.0, desirable=True) == pytest.approx((0.15 + 0.25) / 2)
    assert reanchored_benefit([0.1, 0.5], 3.0, desirable=False) == pytest.approx(-0.2)
    assert reanchored_benefit([0.0, 1.0], 3.0, desirable=True) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.01, 100))
def test_inverting_the_ratio_and_the_outcome_gives_the_same_benefit(risks, ratio):
    mu0 = np.array(risks)
    benefit = reanchored_benefit(mu0, ratio, desirable=True)
    turned = reanchored_benefit(1 - mu0, 1 / ratio, desirable=False)
    assert benefit == pytest.approx(turned, abs=1e-12)
    assert np.sign(benefit) in (0, np.sign(np.log(ratio)))


def trial(n=400, p0=0.2, p1=0.5):
    """Risks that are the same for all: AIPW is the difference of means."""
    y = np.concatenate([np.arange(n // 2) < p * n / 2 for p in (p0, p1)]).astype(float)
    w = np.repeat([0, 1], n // 2)
    return y, w, np.full(n, p0), np.full(n, p1), np.full(n, 0.5)


def test_ours_beside_theirs_with_limits_and_the_confounding_needed():
    parts = trial()
    found = published_benchmark(*parts, [odds(2.0, 1.0, 3.0)], desirable=True)
    assert found.ours.estimate == pytest.approx(0.3)
    assert found.control_risk == pytest.approx(0.2)
    (row,) = found.rows
    assert row.benefit == pytest.approx(1 / 3 - 0.2)
    assert (row.low, row.high) == pytest.approx(joined(0.2, 2.0, 0.0, 1 / 3 - 0.2, 3 / 7 - 0.2))
    same = benefit_e_value(*parts, desirable=True, threshold=1 / 3 - 0.2).to_threshold
    assert row.needed == same
    assert row.needed.estimate > 1


def test_limits_of_an_outcome_to_be_avoided_swap():
    y, w, mu0, mu1, e = trial(p0=0.5, p1=0.2)
    found = published_benchmark(y, w, mu0, mu1, e, [odds(0.5, 0.25, 1.0)], desirable=False)
    assert found.ours.estimate == pytest.approx(0.3)
    (row,) = found.rows
    assert row.benefit == pytest.approx(0.5 - 1 / 3)
    assert (row.low, row.high) == pytest.approx(joined(0.5, 0.5, 0.0, 0.5 - 1 / 3, 0.5 - 0.2))


def joined(risk, ratio, low, benefit, high, n=400):
    """Join limits with the error of one risk of n / 2 controls, by the delta method.

    d/dp (OR p / (1 - p + OR p) - p) = OR / (1 - p + OR p)^2 - 1. Doubly robust scores are spread
    over n patients, with n - 1 in the variance.
    """
    slope = ratio / (1 - risk + ratio * risk) ** 2 - 1
    error = abs(slope) * np.sqrt(risk * (1 - risk) / (n / 2) * n / (n - 1))
    own = 1.959964 * error
    return benefit - np.hypot(benefit - low, own), benefit + np.hypot(high - benefit, own)


def test_few_events_of_ones_own_widen_what_others_published():
    # 12 events in 200 controls against 1200 in 20 000: the same risk, known less well.
    many = published_benchmark(*trial(40_000, 0.06, 0.1), [odds(2.0, 1.9, 2.1)], desirable=True)
    few = published_benchmark(*trial(400, 0.06, 0.1), [odds(2.0, 1.9, 2.1)], desirable=True)
    known = [reanchored_benefit([0.06], ratio, desirable=True) for ratio in (1.9, 2.1)]
    assert (many.rows[0].low, many.rows[0].high) == pytest.approx(known, abs=0.0015)
    own = joined(0.06, 2.0, known[0], few.rows[0].benefit, known[1])
    assert (few.rows[0].low, few.rows[0].high) == pytest.approx(own)
    assert own[1] - own[0] > 4 * (known[1] - known[0])


def test_coverage_of_a_reanchored_effect():
    # The true odds ratio is published without error, so only the cohort's own risks are unsure.
    rng = np.random.default_rng(8)
    truth, covered = 3 * 0.1 / (0.9 + 3 * 0.1) - 0.1, []
    for _ in range(400):
        w, y = np.repeat([0, 1], 60), rng.random(120) < 0.1
        mu0 = np.full(120, y[w == 0].mean())
        found = published_benchmark(y, w, mu0, mu0, np.full(120, 0.5), [odds(3.0, 3.0, 3.0)],
                                    desirable=True).rows[0]  # fmt: skip
        covered.append(found.low <= truth <= found.high)
    # 6 events on average: a Wald interval of so rare a risk holds 0.89 to 0.96.
    assert 0.88 < np.mean(covered) < 0.97


def test_publications_are_counted_and_not_their_rows(stenting):
    twice = [odds(1.2, 1.0, 1.4), odds(1.3, 1.0, 1.6, key="B"), odds(1.5, 1.0, 2.0, source="other")]
    text = finding(published_benchmark(*trial(), twice, desirable=True), stenting).text
    assert "3 effects from 2 publications in comparable patients" in text
    text = finding(published_benchmark(*trial(), twice[:1], desirable=True), stenting).text
    assert "1 effect from 1 publication in" in text


def test_risks_give_woolfs_interval():
    # 26 of 66 against 13 of 66: OR 106 / 40 = 2.65, SE^2 = 1/26 + 1/40 + 1/13 + 1/53.
    shares = {"risk_treated": 26 / 66, "risk_control": 13 / 66, "n_treated": 66, "n_control": 66}
    (row,) = published_benchmark(*trial(), [effect(measure="risks", **shares)], desirable=True).rows
    se = np.sqrt(1 / 26 + 1 / 40 + 1 / 13 + 1 / 53)
    assert row.odds_ratio == pytest.approx(26 * 53 / (13 * 40))
    assert row.odds_low == pytest.approx(2.65 * np.exp(-1.959964 * se), rel=1e-6)
    assert row.odds_high == pytest.approx(2.65 * np.exp(1.959964 * se), rel=1e-6)
    shares |= {"n_control": ""}
    (row,) = published_benchmark(*trial(), [effect(measure="risks", **shares)], desirable=True).rows
    assert row.odds_low is None
    assert row.low is None


def test_nothing_is_needed_where_ours_is_not_the_larger():
    (row,) = published_benchmark(*trial(), [odds(20.0)], desirable=True).rows
    assert row.needed.estimate == 1
    assert row.needed.already_below == (True, True)


def test_an_average_that_is_harm_has_no_confounding_to_explain_it():
    y, w, mu0, mu1, e = trial(p0=0.5, p1=0.4)
    (row,) = published_benchmark(y, w, mu0, mu1, e, [odds(0.2)], desirable=True).rows
    assert row.benefit < -0.1
    assert row.needed is None


@pytest.mark.parametrize(
    ("published", "verdict", "words"),
    [
        ([odds(1.2, 1.0, 1.4)], "questions", "meets none of theirs"),
        ([odds(40.0, 30.0, 60.0)], "questions", "meets none of theirs"),
        ([odds(1.2, 1.0, 1.4), odds(4.0, 2.0, 8.0)], "cannot tell", "no evidence"),
        ([odds(1.2)], "cannot tell", "no published effect in comparable patients"),
        ([odds(1.2, 1.0, 1.4, comparable="no")], "cannot tell", "no published effect"),
    ],
)
def test_the_verdict(stenting, published, verdict, words):
    value = published_benchmark(*trial(), published, desirable=True)
    assert len(value.rows) == len(published)
    found = finding(value, stenting)
    assert found.name == "published trials"
    assert found.verdict == verdict
    assert words in found.text


def test_what_does_not_fit_is_refused():
    with pytest.raises(ArgumentError, match="from 0 to 1"):
        reanchored_benefit([1.2], 2.0, desirable=True)
    with pytest.raises(ArgumentError, match="above 0"):
        reanchored_benefit([0.2], 0.0, desirable=True)


HEADER = ",".join((*BASE, "measure", "estimate", "low", "high", "risk_treated", "risk_control"))
ROW = "A,somewhere,trial,all,yes,none,good,"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("odds_ratio,2,3,4,,", "limits do not enclose"),
        ("odds_ratio,2,1,,,", "both limits, or none"),
        ("odds_ratio,,,,,", "needs an estimate"),
        ("odds_ratio,-1,,,,", "greater than 0"),
        ("risks,,,,0.3,", "needs risk_treated and risk_control"),
        ("hazard_ratio,2,,,,", "measure"),
        ("odds_ratio,2,1,3,,,9", "row 2"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path, row, problem):
    path = tmp_path / "published.csv"
    path.write_text(f"{HEADER}\n{ROW}{row}\n", encoding="utf-8")
    with pytest.raises(StudyFileError, match=problem):
        read_benchmark(path, ["good"])


def test_a_file_is_read_and_unknown_outcomes_are_named(tmp_path):
    path = tmp_path / "published.csv"
    path.write_text(f"{HEADER}\n{ROW}odds_ratio,2,1,3,,\n", encoding="utf-8")
    effects, content = read_benchmark(path, ["good"])
    assert (effects[0].estimate, effects[0].n_treated) == (2.0, None)
    assert content == path.read_bytes()
    with pytest.raises(StudyFileError, match=r"no such outcome: 'good' \| known: bad"):
        read_benchmark(path, ["bad"])
    with pytest.raises(StudyFileError, match="Cannot read the benchmark file"):
        read_benchmark(tmp_path / "absent.csv", ["good"])


def test_the_shipped_file_covers_the_outcomes(stenting):
    outcomes = {each.outcome for each in stenting.benchmark}
    assert outcomes == {"mrs_0_2", "mrs_0_3", "sich", "death"}
    svin = next(each for each in stenting.benchmark if each.key == "SVIN registry")
    assert (svin.estimate, svin.low, svin.high) == (1.93, 1.21, 3.07)
    assert all(each.source for each in stenting.benchmark)


def test_another_benchmark_file_is_another_study(stenting, tmp_path):
    (tmp_path / "study.toml").write_bytes(stenting.path.read_bytes())
    rows = (stenting.path.parent / "rescue_stenting_published.csv").read_text(encoding="utf-8")
    table = tmp_path / "rescue_stenting_published.csv"
    table.write_text(rows, encoding="utf-8")
    assert load_study(tmp_path / "study.toml").digest == stenting.digest
    table.write_text(rows.replace("1.93", "1.94"), encoding="utf-8")
    assert load_study(tmp_path / "study.toml").digest != stenting.digest
