"""Comparison and measures of benefit on the page: what is shown is what was computed."""

import csv
import dataclasses
import re

import pytest

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate, needed_for
from twoarm.report import write_report
from twoarm.report.sections import ranking
from twoarm.report.sections.ranking.comparison import comparison_table, rank_table
from twoarm.report.sections.ranking.concordance import concordance_table
from twoarm.report.sections.ranking.net_benefit import net_benefit_table
from twoarm.report.sections.ranking.policy import needed_table, needed_text, policy_table
from twoarm.report.sections.ranking.targeting import targeting_table
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING

pytestmark = pytest.mark.usefixtures("unrendered")

SHOWN = (
    "comparison",
    "rank_correlation",
    "net_benefit",
    "policy",
    "number_needed",
    "targeting",
    "c_for_benefit",
    "e_for_benefit",
    "benefit_calibration",
    "benefit_groups",
)


@pytest.fixture(scope="module")
def folder(small_report):
    return small_report


def test_the_comparison_has_a_row_for_each_learner(small_result):
    compared = small_result.value(COMPARISON).compared
    table, learners = comparison_table(compared, "Alive"), compared.page.learners
    assert table.title.endswith("Alive")
    assert [row[2] for row in table.rows] == [each.mean for each in learners]
    shares = [(each.share_at_threshold, each.share_losing_threshold) for each in learners]
    assert [row[4:6] for row in table.rows] == shares
    assert [row[6] for row in table.rows] == [each.slope.estimate for each in learners]
    assert len(rank_table(compared.page).columns) == 1 + len(learners)


def test_a_learner_that_failed_is_named(small_result):
    compared = dataclasses.replace(
        small_result.value(COMPARISON).compared, errors={"x": "too few events"}
    )
    assert "X-learner could not be fitted: too few events." in comparison_table(compared, "").note


def test_net_benefit_is_given_at_the_threshold_and_around_it(small_result):
    table = net_benefit_table(small_result.plan, small_result.value(COMPARISON))
    assert [row[0] for row in table.rows] == [0.05, 0.10, 0.15, 0.20, 0.25]
    t = small_result.value(COMPARISON).models["t"]
    assert table.rows[2][1] == t.at_threshold.model[0]
    assert table.rows[0][1] == t.net_benefit.model[5]
    gain, low, high = table.rows[2][-3:]
    assert low < gain < high
    assert gain == pytest.approx(t.at_threshold.model[0] - t.at_threshold.treat_all[0])


def test_treating_nobody_and_everybody_stand_beside_the_learners(small_result):
    rows = policy_table(small_result.plan, small_result.value(COMPARISON)).rows
    assert [row[1] for row in rows[:2]] == [0.0, 1.0]
    assert len(rows) == 2 + len(small_result.value(COMPARISON).models)
    assert rows[1][3] == small_result.value(COMPARISON).average.estimate


@pytest.mark.parametrize(
    ("benefit", "low", "high", "text"),
    [
        (0.25, 0.125, 0.5, "NNTB 4.0 (2.0 to 8.0)"),
        (-0.25, -0.5, -0.125, "NNTH 4.0 (2.0 to 8.0)"),
        # Altman 1998: an interval of -5 % to 25 % is NNTB 4 to infinity to NNTH 20
        (0.10, -0.05, 0.25, "NNTB 10.0 (NNTB 4.0 to ∞ to NNTH 20.0)"),
        (-0.10, -0.25, 0.05, "NNTH 10.0 (NNTB 20.0 to ∞ to NNTH 4.0)"),
        (0.0, -0.1, 0.1, "∞ (NNTB 10.0 to ∞ to NNTH 10.0)"),
        (0.1, 0.0, 0.2, "NNTB 10.0 (NNTB 5.0 to ∞)"),
        (0.9, 0.6, 1.2, "NNTB 1.1 (1.0 to 1.7)"),
        (0.0, 0.0, 0.0, "∞"),
    ],
)
def test_numbers_needed_run_through_infinity(benefit, low, high, text):
    assert needed_text(needed_for(Estimate(benefit, 0.1, low, high))) == text


def test_numbers_needed_are_those_of_the_benefits_beside_them(small_result):
    for _, benefit, _, _, text in needed_table(
        small_result.plan, small_result.value(COMPARISON)
    ).rows:
        assert text.startswith(f"NNTB {1 / benefit:.1f}")


def test_only_one_row_of_targeting_is_a_test(small_result):
    test, evidence = small_result.value(RANKING), small_result.value(COMPARISON)
    rows = targeting_table(small_result.plan.study, evidence, test).rows
    assert [row[1] for row in rows if row[3] is not None] == [
        "AUTOC, the test",
        "Last quarter over first, same folds",
    ]
    assert rows[0][2] == test.rate.estimate
    alone = [each.estimate for each in test.draws]
    assert [row[2] for row in rows[1:3]] == [min(alone), max(alone)]
    note = targeting_table(small_result.plan.study, evidence, test).note
    assert f"the mean over 10 such draws, of which {test.draws_above} alone" in note


def randomised(result):
    trial = result.plan.file.target_trial.model_copy(update={"control_by": "randomised"})
    file = result.plan.file.model_copy(update={"target_trial": trial})
    study = dataclasses.replace(result.plan.study, file=file)
    return dataclasses.replace(result, plan=dataclasses.replace(result.plan, study=study))


def test_notes_name_confounding_unless_treatment_was_drawn_by_lot(small_result):
    drawn, own, found = (
        randomised(small_result).plan,
        small_result.plan,
        small_result.value(COMPARISON),
    )
    assert "whatever else differs" in concordance_table(own.study, found).note
    assert "whatever else differs" not in concordance_table(drawn.study, found).note
    assert "unmeasured cause" in policy_table(own, found).note
    assert "unmeasured cause" not in policy_table(drawn, found).note


def test_the_page_shows_them_with_their_figures(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    for name in SHOWN:
        assert f'id="table-{name}"' in page
        with (folder / "tables" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.reader(file))) > 1
    for name in ("net_benefit", "benefit_calibration", "targeting"):
        svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert "synthetic data" in svg
        assert re.search(rf'<svg role="img"[^>]*>(?:(?!</svg>).)*{name}-', page, re.DOTALL)


def test_a_run_without_a_cross_fit_still_has_a_page(small_result, answered, tmp_path):
    failed = Absent("cross-fitting failed")
    without = answered(small_result, COMPARISON, failed)
    without = answered(without, BASELINE_RISK, failed)
    assert [each.name for each in ranking.section(without).drawings] == ["benefit", "waterfall"]
    page = write_report(without, tmp_path).read_text(encoding="utf-8")
    assert not any(f'id="table-{name}"' in page for name in SHOWN)
    assert "cross-fitting failed" in page
