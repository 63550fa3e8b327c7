"""Refits, centres and missing values: what a run computes of them, and what it leaves out."""

from __future__ import annotations

import csv
import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import effect_stability, leave_one_centre_out_effects
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import auc
from twoarm.modelfile import load_model, read_patients
from twoarm.report import write_report
from twoarm.seeds import Stream, integer
from twoarm.study import run
from twoarm.study.judge.answers import none_yet
from twoarm.study.judge.average.missing_effect import MISSING_EFFECT
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.judge.stability.centres import left_out_together
from twoarm.study.judge.stability.complete_cases import COMPLETE_CASES, complete_cases
from twoarm.study.judge.stability.held_out_centres import CENTRES
from twoarm.study.judge.stability.refits import STABILITY
from twoarm.study.plan.plan import make_plan
from twoarm.synthetic.raw_missing import missing_cells

pytestmark = pytest.mark.usefixtures("unrendered")


def page_of(folder):
    return re.sub(r"\s+", " ", (folder / "report.html").read_text(encoding="utf-8"))


# --- refits ------------------------------------------------------------------------------------


def test_stability_is_that_of_the_stored_replicates_around_the_full_fit(small_result):
    every = small_result.answers.each(STABILITY)
    assert every.keys() == small_result.outcomes.keys()
    for name, found in every.items():
        mu0, mu1 = (np.load(small_result.folder / "pred" / f"mu{k}_{name}.npy") for k in (0, 1))
        full, spec = small_result.in_sample[name], small_result.outcomes[name].spec
        asked = {"desirable": spec.desirable, "threshold": spec.threshold if spec.primary else None}
        direct = effect_stability(mu0, mu1, full.mu0, full.mu1, **asked)
        for part in ("mu0", "mu1", "benefit"):
            assert_array_equal(getattr(found.effects, part).mape, getattr(direct, part).mape)
        summary = small_result.summary()["outcomes"][name]["stability"]
        assert summary["mape"]["benefit"] == direct.benefit.mean_mape
        assert summary["classification_instability"] == direct.benefit.mean_instability_index
        assert (summary["classification_instability"] is None) == (not spec.primary)


def test_the_plots_show_the_primary_outcomes_refits(small_result):
    found = small_result.value(STABILITY)
    mu0, mu1 = (np.load(small_result.folder / "pred" / f"mu{k}_mrs_0_2.npy") for k in (0, 1))
    order = np.argsort(small_result.in_sample["mrs_0_2"].benefit, kind="stable")
    expected = (mu1.astype(float) - mu0.astype(float))[:, order]
    assert_array_equal(found.plot.replicates, expected)
    assert [each.curves.shape[0] for each in found.calibration] == [12, 12]


def test_the_patients_table_holds_the_stability_intervals(small_result, small_report):
    with (small_report / "tables" / "patients.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for name, found in small_result.answers.each(STABILITY).items():
        for end in ("low", "high"):
            column = [row[f"benefit_{name}_stability_{end}"] for row in rows]
            expected = getattr(found.effects.benefit, end).tolist()
            for row, text, value in zip(rows, column, expected, strict=True):
                assert text == ("" if row["outside_support"] else repr(value))
    page = page_of(small_report)
    assert "a spread of refitted predictions and not a confidence interval" in page
    assert 'id="table-stability"' in page
    assert "Instability of the predicted benefit" in page


def test_the_findings_of_the_report_include_these(small_report):
    text = (small_report / "tables" / "findings.csv").read_text(encoding="utf-8-sig")
    names = [row["name"] for row in csv.DictReader(text.splitlines())]
    assert names[-2:] == ["stability", "centres"]


def test_an_interim_result_has_none_of_it(small_result, validator):
    nothing = none_yet(small_result.plan.study, QUESTIONS)
    interim = dataclasses.replace(small_result, answers=nothing)
    summary = interim.summary()
    for part in ("centres", "missing_by_arm", "complete_cases"):
        assert summary[part] is None
        assert summary["absent"][part] == "not computed in an interim result"
    validator.validate(summary)


# --- centres -----------------------------------------------------------------------------------


def test_every_outcome_is_measured_in_centres_left_out(small_result):
    plan, found = small_result.plan, small_result.value(CENTRES)
    assert (found.n, found.turns) == (14, 14)
    held = leave_one_centre_out_effects(
        plan.stacks_of("death"),
        plan.predictors,
        plan.outcome("death"),
        plan.cohort.treatment,
        left_out_together(plan.cohort.centre, own=20, shared=10),
        desirable=False,
        seed=integer(plan.seed, Stream.CENTRES, 3),
        executor="serial",
    ).effects
    own = plan.cohort.treatment == 1
    y = plan.outcome("death")[own]
    one = found.models["death"]["treated"]
    assert one.auc == auc(y, held.mu1[own])
    assert_allclose(one.o_e, y.sum() / held.mu1[own].sum())
    assert small_result.summary()["centres"]["outcomes"]["death"]["treated"]["auc"] == one.auc


def test_where_events_are_few_the_spread_between_centres_is_absent_with_a_reason(
    small_result, small_report
):
    """14 centres share the 12 controls with the event: none has ten."""
    summary = small_result.summary()
    path = "centres.outcomes.mrs_0_2.control.pooled_auc"
    assert summary["centres"]["outcomes"]["mrs_0_2"]["control"]["pooled_auc"] is None
    assert "fewer than three centres" in summary["absent"][path]
    assert "the spread between centres cannot be estimated" in page_of(small_report)


@given(lists(integers(0, 60), min_size=1, max_size=400))
def test_a_centre_is_left_out_as_a_whole_alone_or_in_one_of_ten_turns(codes):
    centre = np.array([f"C{code:02d}" for code in codes])
    turn = left_out_together(centre, own=20, shared=10)
    names = np.unique(centre)
    assert all(np.unique(turn[centre == name]).size == 1 for name in names)
    assert np.unique(turn).size == (names.size if names.size <= 20 else 10)
    if names.size <= 20:
        assert_array_equal(names[turn], centre)


def test_many_centres_are_spread_evenly_over_the_turns():
    rng = np.random.default_rng(0)
    turn = left_out_together(
        np.array([f"H{k}" for k in rng.integers(0, 400, 8000)]), own=20, shared=10
    )
    sizes = np.bincount(turn)
    assert sizes.size == 10
    assert sizes.max() - sizes.min() <= 10


# --- missing values ----------------------------------------------------------------------------


ALWAYS_KNOWN = ("age", "female", "premrs", "site")
FIRST = "67,0,0,16,8,M1,360,3,0,0,0,0,0,7.1"


@pytest.fixture(scope="module")
def gappy(small_study_file, tmp_path_factory):
    """Give a run with the cells empty that a registry would leave empty, without centres."""
    folder = tmp_path_factory.mktemp("gaps")
    text = small_study_file.read_text(encoding="utf-8")
    shipped = re.search(r'^cohort = "(.*)"', text, re.MULTILINE)[1]
    cells, data = missing_cells(pd.read_csv(shipped), 1), pd.read_csv(shipped, dtype=str)
    gone = cells.reindex(columns=data.columns, fill_value=False)
    data.mask(gone).to_csv(folder / "gaps.csv", index=False)
    text = text.replace(shipped, str(folder / "gaps.csv")).replace('centre = "centre"\n', "")
    text = re.sub(r'(\[\[predictors\]\]\ncolumn = "(?!age|female|premrs|site).*\n)',
                  r"\1may_be_missing = true\n", text)  # fmt: skip
    text = text.replace("propensity = true\n", "propensity = true\nmay_be_missing = true\n")
    (folder / "gaps.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "gaps.toml")
    result = run(study, read_cohort(study), out=folder / "run", executor="serial", replicates=4)
    write_report(result)
    return result


def test_a_study_without_centres_says_so(gappy, validator):
    assert gappy.value(CENTRES) is None
    assert gappy.why_absent(CENTRES) == "the study file names no column of centres"
    summary = gappy.summary()
    assert summary["centres"] is None
    assert summary["absent"]["centres"] == "the study file names no column of centres"
    validator.validate(summary)
    assert 'id="table-centre_models"' not in page_of(gappy.folder)


def test_missing_values_are_counted_by_arm_and_what_is_informative_is_named(gappy):
    """A registry notes suspected atherosclerosis four times as often in the stented (5.13)."""
    cohort, summary = gappy.plan.cohort, gappy.summary()["missing_by_arm"]
    glucose = [each.column for each in cohort.codebook].index("glucose_mmol")
    for name, arm in (("control", 0), ("treated", 1)):
        share = np.isnan(cohort.predictors[cohort.treatment == arm, glucose]).mean()
        assert summary["glucose_mmol"][name] == share > 0
    informative = {name for name, each in summary.items() if each["informative"]}
    assert "icad_suspected" in informative
    assert not informative & {"age", "nihss", "dm"}
    asked = next(each for each in gappy.findings if each.name == "missing data")
    assert asked.verdict == "questions"
    assert "icad_suspected (arm)" in asked.text
    page = page_of(gappy.folder)
    assert 'id="table-missing"' in page
    assert 'id="table-complete_cases"' in page


def test_nothing_missing_is_said_in_a_sentence(small_result, small_report):
    page = page_of(small_report)
    assert "No predictor and no outcome is missing in any patient." in page
    assert "complete_cases" not in page
    assert small_result.summary()["absent"]["complete_cases"] == ("no value is missing in anybody")
    assert "missing data" not in {each.name for each in small_result.findings}


def with_cohort(plan, **changes):
    return dataclasses.replace(plan, cohort=dataclasses.replace(plan.cohort, **changes))


def test_complete_cases_learn_from_nobody_with_a_missing_predictor(gappy):
    plan, found = gappy.plan, gappy.value(COMPLETE_CASES)
    complete = plan.cohort.complete
    mu = np.stack([gappy.effects["mrs_0_2"].mu0, gappy.effects["mrs_0_2"].mu1])[None]
    known = np.isfinite(plan.outcome("mrs_0_2"))
    assert found.n_control == (complete & known & (plan.cohort.treatment == 0)).sum()
    again = complete_cases(plan, mu)
    flipped = dict(plan.cohort.outcomes)
    flipped["mrs_0_2"] = np.where(complete, flipped["mrs_0_2"], 1 - flipped["mrs_0_2"])
    other = complete_cases(with_cohort(plan, outcomes=flipped), mu)
    assert (again.mean_benefit, again.auc) == (other.mean_benefit, other.auc)
    assert (again.mean_benefit, again.auc) == (found.mean_benefit, found.auc)
    benefit = gappy.effects["mrs_0_2"].benefit
    assert_allclose(found.same_patients, benefit[known & complete].mean())
    assert_allclose(found.everybody, benefit[known].mean())
    assert found.mean_benefit != found.same_patients


def test_complete_cases_fewer_than_the_folds_have_no_numbers(gappy):
    """As in a cohort of 57 with 9 complete patients: a reason, no defect."""
    plan, mu = gappy.plan, np.full((1, 2, len(gappy.plan.cohort)), 0.5)
    gaps = plan.cohort.predictors.copy()
    arm = plan.cohort.treatment
    for side in (0, 1):
        gaps[np.flatnonzero(plan.cohort.complete & (arm == side))[1:], 0] = np.nan
    few = with_cohort(plan, predictors=gaps)
    folds = plan.file.validation.cross_fit_folds
    assert few.cohort.complete.sum() == 2 < folds
    with pytest.raises(NotEstimable, match=f"2 complete patients are too few for {folds} folds"):
        complete_cases(few, mu)


def test_a_report_has_one_definition_of_complete_cases(gappy):
    """Columns of the model of treatment count, whichever part of the report speaks."""
    cohort = gappy.plan.cohort
    predictors = ~np.isnan(cohort.predictors).any(axis=1)
    assert (cohort.complete <= predictors).all()
    assert cohort.complete.sum() < predictors.sum()
    measured = [np.isnan(values) for _, values in cohort.measured()]
    assert (cohort.complete == ~np.any(measured, axis=0)).all()
    found, track = gappy.value(COMPLETE_CASES), gappy.value(MISSING_EFFECT).complete_cases
    assert found.n_control + found.n_treated == track.patients
    lacking = next(each for each in gappy.findings if each.name == "missing data")
    assert f"{(~cohort.complete).sum()} of {len(cohort)} patients" in lacking.text


@pytest.mark.parametrize(
    ("gaps", "message"),
    [
        (lambda w: w == 0, "in one arm every patient lacks a value"),
        (lambda w: w >= 0, "^every patient lacks a value"),
        (lambda w: np.zeros_like(w) == 1, "no value is missing"),
        (lambda w: np.arange(w.size) > 7, "cross-fitting failed"),
    ],
)
def test_complete_cases_that_cannot_be_refitted_are_absent_with_a_reason(
    small_result, gaps, message
):
    plan = small_result.plan
    predictors = np.array(plan.cohort.predictors)
    predictors[gaps(plan.cohort.treatment), 0] = np.nan
    mu = np.full((1, 2, len(plan.cohort)), 0.5)
    with pytest.raises(NotEstimable, match=message):
        complete_cases(with_cohort(plan, predictors=predictors), mu)


# --- what stands in for a missing predictor: deterministic, without outcome and treatment, shipped


def test_filling_in_is_deterministic_and_looks_at_neither_outcome_nor_arm(gappy):
    cohort, spec = gappy.plan.cohort, gappy.models.encoding
    rng = np.random.default_rng(0)
    shuffled = dataclasses.replace(
        cohort,
        treatment=rng.permutation(cohort.treatment),
        outcomes={name: rng.permutation(values) for name, values in cohort.outcomes.items()},
    )
    again, other = (make_plan(gappy.plan.study, each).predictors for each in (cohort, shuffled))
    assert again.spec().fill == other.spec().fill == spec.fill
    counts = rng.integers(0, 3, len(cohort))
    assert_array_equal(again.prepared(counts).X, again.prepared(counts).X)
    assert_array_equal(again.prepared(counts).X, other.prepared(counts).X)


def test_the_fill_is_learnt_again_in_each_resample(gappy):
    predictors = gappy.plan.predictors
    fills = set()
    for seed in range(20):
        counts = np.random.default_rng(seed).integers(0, 3, len(gappy.plan.cohort))
        fills.add(predictors.spec(counts).fill)
    assert len(fills) > 1


def test_the_model_file_ships_the_fill_and_lets_only_the_allowed_be_missing(gappy, tmp_path):
    model = load_model(gappy.folder / "model.json")
    names = [predictor.column for predictor in model.codebook]
    fill = dict(zip(names, gappy.models.encoding.fill, strict=True))
    values = dict(zip(names, FIRST.split(","), strict=True))

    def patients(**changes):
        row = values | changes
        text = f"{','.join(row)}\n{','.join(row.values())}\n"
        (tmp_path / "new.csv").write_text(text, encoding="utf-8")
        return read_patients(model, tmp_path / "new.csv")

    unknown = patients(glucose_mmol="", aspects="")
    assert np.isnan(unknown.coded).sum() == 2
    assert not any(unknown.unusable)
    filled = patients(glucose_mmol=f"{fill['glucose_mmol']:g}", aspects=f"{fill['aspects']:g}")
    risks = [model.risks(each.coded, "mrs_0_2") for each in (unknown, filled)]
    assert_array_equal(risks[0], risks[1])
    for name in ALWAYS_KNOWN:
        assert patients(**{name: ""}).unusable == [[f"{name} is missing"]]


# --- drawing whole centres ---------------------------------------------------------------------


def drawing_centres(study_text, folder):
    text = study_text.replace("[validation]\n", '[validation]\nresample = "centres"\n')
    (folder / "centres.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "centres.toml")
    return study, read_cohort(study)


def test_whole_centres_are_drawn_and_measured_where_the_study_asks(study_text, tmp_path):
    study, cohort = drawing_centres(study_text, tmp_path)
    result = run(study, cohort, out=tmp_path / "run", executor="serial", replicates=3)
    names = np.unique(cohort.centre)
    for index in range(3):
        counts = result.plan.draw(index)
        drawn = [np.unique(counts[cohort.centre == name]) for name in names]
        assert all(each.size == 1 for each in drawn)
        assert sum(int(each[0]) for each in drawn) == names.size
    arm = cohort.treatment == 0
    stored = np.load(result.folder / "pred" / "mu0_death.npy")
    weights = np.stack([result.plan.draw(index) for index in range(3)])
    y = cohort.outcomes["death"]
    out_of_bag = [
        auc(y[arm & (w == 0)], p[arm & (w == 0)]) for w, p in zip(weights, stored, strict=True)
    ]
    assert result.outcomes["death"].arms["control"].auc.oob == pytest.approx(np.mean(out_of_bag))
    write_report(result)
    assert "3 replicates of whole centres" in page_of(result.folder)


def test_drawing_centres_needs_centres(study_text, tmp_path):
    without = study_text.replace('centre = "centre"\n', "")
    with pytest.raises(ArgumentError, match="found no column of centres"):
        make_plan(*drawing_centres(without, tmp_path))


def test_what_is_drawn_is_part_of_the_record(study_text, small, tmp_path):
    from twoarm.study.files.record import record_of

    one = record_of(make_plan(*small))
    other = record_of(make_plan(*drawing_centres(study_text, tmp_path)))
    assert one["options"]["validation"] != other["options"]["validation"]
