"""Published effects in a run: of the outcomes that have rows, in benefit direction."""

import dataclasses

import numpy as np
import pytest

from twoarm.cohort import load_study
from twoarm.diagnostics import Absent
from twoarm.report.sections.average.published import part, published_benchmark_tables
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.average.published import PUBLISHED


@pytest.fixture(scope="module")
def published(small_evidence):
    """What the small run knows, with the published effects of the shipped study."""
    plan = small_evidence.plan
    study = dataclasses.replace(plan.study, benchmark=load_study("rescue-stenting").benchmark)
    return dataclasses.replace(small_evidence, plan=dataclasses.replace(plan, study=study))


@pytest.fixture(scope="module")
def compared(small_result, published, answered):
    study = published.plan.study
    found = answered(small_result, PUBLISHED, PUBLISHED.ask(published), study=study)
    return dataclasses.replace(found, plan=published.plan)


def test_ours_is_the_runs_own_doubly_robust_estimate(compared):
    found_of = compared.answers.each(PUBLISHED)
    assert found_of.keys() == compared.outcomes.keys()
    for name, found in found_of.items():
        aipw = compared.value(AVERAGE_EFFECT, name).ate.aipw
        assert found.ours.estimate == pytest.approx(aipw.estimate)
        assert found.ours.se == pytest.approx(aipw.se)
        assert len(found.rows) == sum(
            each.outcome == name for each in compared.plan.study.benchmark
        )


def test_an_outcome_without_complete_predictions_is_absent(published):
    crossfit = published.crossfit
    nothing = dataclasses.replace(crossfit, mu=np.full_like(crossfit.mu, np.nan))
    found = PUBLISHED.ask(dataclasses.replace(published, crossfit=nothing))
    incomplete = Absent("cross-fitting is not complete")
    assert found == dict.fromkeys(found, incomplete)
    assert found.keys() == {each.name for each in published.plan.outcomes}


def test_the_summary_holds_the_rows_and_follows_its_schema(compared, validator):
    summary = compared.summary()
    validator.validate(summary)
    block = summary["outcomes"]["death"]["published_benchmark"]
    meta = next(row for row in block["rows"] if row["key"].startswith("Meta-analysis 2023"))
    assert meta["low"] is None
    position = block["rows"].index(meta)
    path = f"outcomes.death.published_benchmark.rows.{position}.low"
    assert summary["absent"][path] == "the publication gives no interval"
    assert meta["benefit"] > 0  # fewer deaths are a benefit


def test_without_a_file_the_part_is_absent_and_no_table_is_made(small_result):
    summary = small_result.summary()
    path = "outcomes.death.published_benchmark"
    assert summary["absent"][path] == "no published effect is listed"
    shown = part(small_result)
    assert shown.tables == shown.details == ()


def test_the_table_has_ours_first_and_brackets_what_does_not_match(compared):
    primary, others = published_benchmark_tables(compared, compared.answers.each(PUBLISHED))
    outcomes = list(compared.outcomes.values())
    (own,) = [row for row in primary.rows if row[1] == "This study"]
    assert own == primary.rows[0]
    assert own[0] == next(each.spec.title for each in outcomes if each.spec.primary)
    own_of_others = [row[0] for row in others.rows if row[1] == "This study"]
    assert own_of_others == [each.spec.title for each in outcomes if not each.spec.primary]
    rows = (*primary.rows, *others.rows)
    basilar = [row for row in rows if str(row[1]).startswith("PC-SEARCH")]
    assert basilar
    assert all(str(row[2]).startswith("[") for row in basilar)
