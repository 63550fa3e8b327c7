"""Comparison and measures of benefit on the page: what is shown is what was computed."""

import csv
import dataclasses
import re

import pytest

from twoarm.metrics import Estimate
from twoarm.report import write_report
from twoarm.report.benefit_evidence_tables import concordance_table, targeting_table
from twoarm.report.benefit_figures import benefit_drawings
from twoarm.report.comparison_tables import comparison_table, rank_table
from twoarm.report.policy_tables import needed_table, needed_text, net_benefit_table, policy_table

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
def folder(small_result, tmp_path_factory):
    out = tmp_path_factory.mktemp("evidence")
    write_report(small_result, out)
    return out


def test_the_comparison_has_a_row_for_each_learner(small_result):
    table = comparison_table(small_result)
    learners = small_result.evidence.compared.page.learners
    assert [row[2] for row in table.rows] == [each.mean for each in learners]
    assert [row[5] for row in table.rows] == [each.slope.estimate for each in learners]
    assert len(rank_table(small_result).columns) == 1 + len(learners)


def test_a_learner_that_failed_is_named(small_result):
    compared = dataclasses.replace(small_result.evidence.compared, errors={"x": "too few events"})
    evidence = dataclasses.replace(small_result.evidence, compared=compared)
    table = comparison_table(dataclasses.replace(small_result, evidence=evidence))
    assert "X-learner could not be fitted: too few events." in table.note


def test_net_benefit_is_given_at_the_threshold_and_around_it(small_result):
    table = net_benefit_table(small_result)
    assert [row[0] for row in table.rows] == [0.05, 0.10, 0.15, 0.20, 0.25]
    t = small_result.evidence.models["t"]
    assert table.rows[2][1] == t.at_threshold.model[0]
    assert table.rows[0][1] == t.net_benefit.model[5]
    gain, low, high = table.rows[2][-3:]
    assert low < gain < high
    assert gain == pytest.approx(t.at_threshold.model[0] - t.at_threshold.treat_all[0])


def test_a_threshold_off_the_grid_gets_a_row_of_its_own(small_result):
    evidence = small_result.evidence
    patients = dataclasses.replace(evidence.patients, threshold=0.125)
    models = {
        name: dataclasses.replace(
            each,
            at_threshold=dataclasses.replace(
                each.at_threshold, threshold=each.at_threshold.threshold - 0.025
            ),
        )
        for name, each in evidence.models.items()
    }
    evidence = dataclasses.replace(evidence, patients=patients, models=models)
    table = net_benefit_table(dataclasses.replace(small_result, evidence=evidence))
    assert [row[0] for row in table.rows] == [0.05, 0.10, 0.125, 0.15, 0.20, 0.25]


def test_treating_nobody_and_everybody_stand_beside_the_learners(small_result):
    rows = policy_table(small_result).rows
    assert [row[1] for row in rows[:2]] == [0.0, 1.0]
    assert len(rows) == 2 + len(small_result.evidence.models)
    assert rows[1][3] == small_result.evidence.average.estimate


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
    ],
)
def test_numbers_needed_run_through_infinity(benefit, low, high, text):
    assert needed_text(Estimate(benefit, 0.1, low, high)) == text


def test_numbers_needed_are_those_of_the_benefits_beside_them(small_result):
    for _, benefit, _, _, text in needed_table(small_result).rows:
        assert text.startswith(f"NNTB {1 / benefit:.1f}")


def test_only_one_row_of_targeting_is_a_test(small_result):
    rows = targeting_table(small_result).rows
    assert [row[1] for row in rows if row[3] is not None] == [
        "AUTOC, the test",
        "Last quarter over first, same folds",
    ]
    assert rows[0][2] == small_result.diagnostics.ranking.rate.estimate


def randomised(result):
    trial = result.plan.file.target_trial.model_copy(update={"control_by": "randomised"})
    file = result.plan.file.model_copy(update={"target_trial": trial})
    study = dataclasses.replace(result.plan.study, file=file)
    return dataclasses.replace(result, plan=dataclasses.replace(result.plan, study=study))


def test_notes_name_confounding_unless_treatment_was_drawn_by_lot(small_result):
    drawn = randomised(small_result)
    assert "whatever else differs" in concordance_table(small_result).note
    assert "whatever else differs" not in concordance_table(drawn).note
    assert "unmeasured cause" in policy_table(small_result).note
    assert "unmeasured cause" not in policy_table(drawn).note


def test_the_page_shows_them_with_their_figures(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    for name in SHOWN:
        assert f'id="table-{name}"' in page
        with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) > 1
    for name in ("net_benefit", "benefit_calibration", "targeting"):
        svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert "synthetic data" in svg
        assert re.search(rf'<svg role="img"[^>]*>(?:(?!</svg>).)*{name}-', page, re.DOTALL)


def test_a_run_without_a_cross_fit_still_has_a_page(small_result, tmp_path):
    without = dataclasses.replace(small_result, evidence=None)
    assert benefit_drawings(without) == []
    page = write_report(without, tmp_path).read_text(encoding="utf-8")
    assert not any(f'id="table-{name}"' in page for name in SHOWN)
    assert "cross-fitting failed" in page
