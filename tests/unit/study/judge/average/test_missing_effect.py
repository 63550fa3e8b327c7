"""The average effect with missing values: four ways in a run, none where nothing is missing."""

import dataclasses

import numpy as np
import pytest

from twoarm.diagnostics import Absent, average_effect
from twoarm.errors import NotEstimable
from twoarm.metalearners import Predictors
from twoarm.report import write_report
from twoarm.study import run
from twoarm.study.judge import large
from twoarm.study.judge.average.missing_effect import (
    MISSING_EFFECT,
    WAYS,
    finding,
    missing_effect,
)
from twoarm.study.plan.propensity import treatment_model

pytestmark = pytest.mark.usefixtures("unrendered")


def with_gaps(cohort, *, predictors=True, outcomes=True):
    """Hide glucose, ASPECTS and collaterals in some, and an outcome in others."""
    rng = np.random.default_rng(5)
    values, columns = cohort.predictors.copy(), cohort.propensity_columns.copy()
    names = [each.column for each in cohort.codebook]
    results = dict(cohort.outcomes)
    if predictors:
        for name, share in (("glucose_mmol", 0.12), ("aspects", 0.06)):
            values[rng.random(len(cohort)) < share, names.index(name)] = np.nan
        columns[rng.random(len(cohort)) < 0.3, 3] = np.nan
    if outcomes:
        lost = rng.random(len(cohort)) < 0.06
        results = {name: np.where(lost, np.nan, each) for name, each in results.items()}

    def open_to_gaps(codebook):
        return tuple(each.model_copy(update={"may_be_missing": True}) for each in codebook)

    return dataclasses.replace(
        cohort,
        predictors=values,
        propensity_columns=columns,
        outcomes=results,
        codebook=open_to_gaps(cohort.codebook),
        propensity_codebook=open_to_gaps(cohort.propensity_codebook),
    )


def planned(plan, cohort):
    return dataclasses.replace(
        plan, cohort=cohort, predictors=Predictors(cohort.codebook, cohort.predictors)
    )


@pytest.fixture(scope="module", autouse=True)
def _few_imputations():
    """Four say what twenty do, in a fifth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        few = dataclasses.replace(large._USUAL, imputations=4)
        patch.setattr(large, "_USUAL", few)
        yield


@pytest.fixture(scope="module")
def plan(small_result):
    return dataclasses.replace(small_result.plan, executor="serial")


@pytest.fixture(scope="module")
def holed(plan):
    return planned(plan, with_gaps(plan.cohort))


@pytest.fixture(scope="module")
def found(holed):
    return missing_effect(holed)


def test_each_way_has_its_patients_and_an_interval(holed, found):
    cohort = holed.cohort
    known = int(np.isfinite(cohort.outcomes["mrs_0_2"]).sum())
    whole = np.isfinite(np.column_stack([values for _, values in cohort.measured()])).all(axis=1)
    primary = found["mrs_0_2"]
    assert tuple(primary.tracks()) == WAYS == tuple(primary.titles)
    counts = {name: track.patients for name, track in primary.tracks().items()}
    assert counts == {
        "imputed_once": known,
        "complete_cases": int((whole & np.isfinite(cohort.outcomes["mrs_0_2"])).sum()),
        "multiply_imputed": known,
        "outcome_weighted": len(cohort),
    }
    for track in primary.tracks().values():
        assert track.aipw.low < track.aipw.estimate < track.aipw.high
    assert found["death"].multiply_imputed.aipw.estimate > 0  # in benefit direction


def test_the_runs_own_imputation_is_the_plain_estimate(holed, found):
    model, y = treatment_model(holed.cohort), holed.outcome("mrs_0_2")
    known = np.isfinite(y)
    direct = average_effect(
        model.predictors[known],
        y[known],
        holed.cohort.treatment[known],
        propensity=model.propensity.score[known],
        replicates=0,
    )
    g_formula = found["mrs_0_2"].imputed_once.g_formula
    assert g_formula.estimate == pytest.approx(direct.g_formula.estimate)


def test_nothing_missing_is_nothing_to_compare(plan, small_result):
    with pytest.raises(NotEstimable, match="nothing is missing"):
        missing_effect(plan)
    assert small_result.answers.each(MISSING_EFFECT) == {}
    assert small_result.why_absent(MISSING_EFFECT) == "nothing is missing"
    summary = small_result.summary()
    assert summary["outcomes"]["death"]["missing_effect"] is None
    assert summary["absent"]["outcomes.death.missing_effect"] == "nothing is missing"


def test_missing_outcomes_alone_need_no_imputation(plan):
    found = missing_effect(planned(plan, with_gaps(plan.cohort, predictors=False)))["mrs_0_2"]
    assert found.tracks().keys() == {"imputed_once", "outcome_weighted"}
    assert found.multiply_imputed == found.complete_cases == Absent("no predictor is missing")


def test_missing_predictors_alone_need_no_weights(plan):
    found = missing_effect(planned(plan, with_gaps(plan.cohort, outcomes=False)))["mrs_0_2"]
    assert set(WAYS) - found.tracks().keys() == {"outcome_weighted"}
    assert found.outcome_weighted.reason.startswith("Every outcome is known")


def test_workers_do_not_change_a_number(holed, found):
    assert missing_effect(dataclasses.replace(holed, executor="threads", workers=2)) == found


def test_the_finding_asks_where_the_ways_part(holed, found):
    study, primary = holed.study, found["mrs_0_2"]
    track = primary.imputed_once
    moved = dataclasses.replace(track.aipw, estimate=track.aipw.estimate + 2 * track.aipw.se)
    split = dataclasses.replace(
        primary, complete_cases=dataclasses.replace(primary.complete_cases, aipw=moved)
    )
    assert finding(split, study).verdict == "questions"
    alike = dataclasses.replace(
        primary, complete_cases=track, multiply_imputed=track, outcome_weighted=track
    )
    said = finding(alike, study)
    assert said.verdict == "cannot tell"
    assert said.name == "missing data and the average effect"
    assert "does not show" in said.text
    crossing = dataclasses.replace(track.aipw, low=-0.01)
    unsure = dataclasses.replace(alike, multiply_imputed=dataclasses.replace(track, aipw=crossing))
    assert finding(unsure, study).verdict == "questions"


def test_a_run_with_gaps_says_so_everywhere(small, validator, tmp_path):
    study, cohort = small
    result = run(study, with_gaps(cohort), out=tmp_path / "run", executor="serial", replicates=4)
    summary = result.summary()
    validator.validate(summary)
    block = summary["outcomes"]["mrs_0_2"]["missing_effect"]
    assert tuple(block) == WAYS
    names = [each.name for each in result.findings]
    assert "missing data and the average effect" in names
    page = write_report(result).read_text(encoding="utf-8")
    assert 'id="table-missing_effect"' in page
    assert (result.folder / "tables" / "missing_effect.csv").is_file()
