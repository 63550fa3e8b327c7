"""Published effects in a run: of the outcomes that have rows, in benefit direction."""

import dataclasses
import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from twoarm.cohort import load_study
from twoarm.report.sections.average.published import part, published_benchmark_tables
from twoarm.study.judge.average.published import benchmarks

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "summary.schema.json"


@pytest.fixture(scope="module")
def compared(small_result):
    """The small run, with the published effects of the shipped study."""
    study = dataclasses.replace(
        small_result.plan.study, benchmark=load_study("rescue-stenting").benchmark
    )
    plan = dataclasses.replace(small_result.plan, study=study)
    mu = np.array(
        [
            [small_result.effects[s.name].mu0, small_result.effects[s.name].mu1]
            for s in plan.outcomes
        ]
    )
    found = benchmarks(plan, mu, small_result.diagnostics.propensity.score)
    causal = dataclasses.replace(small_result.diagnostics, published=found)
    return dataclasses.replace(small_result, plan=plan, causal=causal)


def test_ours_is_the_runs_own_doubly_robust_estimate(compared):
    for name, found in compared.diagnostics.published.items():
        aipw = compared.diagnostics.effects[name].aipw
        assert found.ours.estimate == pytest.approx(aipw.estimate)
        assert found.ours.se == pytest.approx(aipw.se)
        assert len(found.rows) == sum(
            each.outcome == name for each in compared.plan.study.benchmark
        )


def test_an_outcome_without_complete_predictions_is_left_out(compared):
    mu = np.full((len(compared.plan.outcomes), 2, len(compared.plan.cohort)), np.nan)
    assert benchmarks(compared.plan, mu, compared.diagnostics.propensity.score) == {}


def test_the_summary_holds_the_rows_and_follows_its_schema(compared):
    summary = compared.summary()
    jsonschema.validate(summary, json.loads(SCHEMA.read_text()))
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
    primary, others = published_benchmark_tables(compared, compared.diagnostics.published)
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
