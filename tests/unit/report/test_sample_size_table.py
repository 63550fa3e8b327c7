"""What the patients support stands in the table, on the terminal and in the summary."""

from __future__ import annotations

import dataclasses

from numpy.testing import assert_allclose

from twoarm.design import expected_shrinkage, largest_cox_snell, parameters_supported
from twoarm.report.sections.models.sample_size import sample_size_table
from twoarm.report.terminal import opening_lines
from twoarm.study.plan.sample_size import model_parameters, supported

COLUMNS = 15  # fourteen predictors, one of them with three levels


def test_the_parameters_of_the_model_are_its_columns(small, small_result):
    _, cohort = small
    assert model_parameters(cohort) == COLUMNS == len(small_result.models.encoding.names)


def test_an_arm_is_judged_by_its_own_patients_and_events(small):
    _, cohort = small
    found = supported(cohort, "mrs_0_2", 0)
    assert (found.n, found.events, found.model_parameters) == (198, 12, COLUMNS)
    prevalence = 12 / 198
    by_hand = [parameters_supported(198, prevalence, each) for each in found.r2_nagelkerke]
    assert_allclose(found.parameters, by_hand, rtol=1e-12)
    r2 = 0.5 * largest_cox_snell(prevalence)
    assert_allclose(
        found.shrinkage[-1], expected_shrinkage(198, parameters=COLUMNS, r2=r2), rtol=1e-12
    )


def test_patients_whose_outcome_is_not_known_do_not_count(small):
    _, cohort = small
    values = cohort.outcomes["death"].copy()
    treated = (cohort.treatment == 1).nonzero()[0]
    values[treated[:20]] = float("nan")
    known = values[treated[20:]]
    fewer = dataclasses.replace(cohort, outcomes={**cohort.outcomes, "death": values})
    found = supported(fewer, "death", 1)
    assert (found.n, found.events) == (known.size, int(known.sum()))


def test_the_table_has_a_row_for_every_model(small_result):
    table = sample_size_table(small_result)
    names = [column.name for column in table.columns]
    assert len(table.rows) == 2 * len(small_result.outcomes)
    first = dict(zip(names, table.rows[0], strict=True))
    arm = small_result.outcomes["mrs_0_2"].arms["control"]
    assert (first["events"], first["n"], first["model_parameters"]) == (12, 198, COLUMNS)
    assert first["parameters_r2_15"] == arm.supported.parameters[0]
    assert first["shrinkage_r2_50"] == arm.supported.shrinkage[-1]
    assert first["margin"] == arm.supported.margin


def test_the_summary_gives_the_same(small_result):
    plain = small_result.summary()["outcomes"]["sich"]["arms"]["treated"]["supported"]
    found = small_result.outcomes["sich"].arms["treated"].supported
    assert plain["parameters"] == list(found.parameters)
    assert plain["shrinkage"] == list(found.shrinkage)
    assert plain["r2_nagelkerke"] == [0.15, 0.30, 0.50]


def test_it_is_said_before_anything_is_fitted(small):
    lines = list(opening_lines(*small))
    start = next(k for k, line in enumerate(lines) if "the model has 15 columns" in line)
    control, treated = (supported(small[1], "mrs_0_2", arm).parameters for arm in (0, 1))
    assert lines[start + 1] == (
        "    Functional independence (mRS 0-2): "
        f"{control[0]:.1f} to {control[-1]:.1f}, and {treated[0]:.1f} to {treated[-1]:.1f}"
    )
