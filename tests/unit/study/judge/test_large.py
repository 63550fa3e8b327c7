"""A large cohort's run repeats less, says so, and lacks no number without a word."""

from __future__ import annotations

import dataclasses
import json

import jsonschema
import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.cohort import load_study
from twoarm.diagnostics import CrossFits, heterogeneity_of_cross_fits
from twoarm.diagnostics.ranking.heterogeneity_chain import kept_chain
from twoarm.diagnostics.ranking.heterogeneity_summary import band_of
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metalearners import hajek_scores
from twoarm.report import write_report
from twoarm.study import read_result, run
from twoarm.study.fit.refits import refits_of
from twoarm.study.judge import large
from twoarm.study.judge.average.missing_effect import MISSING_EFFECT
from twoarm.study.judge.hidden.negative_controls import NEGATIVE_CONTROL
from twoarm.study.judge.importance.variables import IMPORTANCE
from twoarm.study.judge.large import Fewer, effort_of, fewer, null_draws
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.judge.stability.held_out_centres import CENTRES

pytestmark = pytest.mark.usefixtures("unrendered")

USUALLY = large.LARGE
GAPS = {"glucose_mmol": 0.12, "aspects": 0.06}


def with_gaps(cohort):
    rng = np.random.default_rng(5)
    values = cohort.predictors.copy()
    names = [each.column for each in cohort.codebook]
    for name, share in GAPS.items():
        values[rng.random(len(cohort)) < share, names.index(name)] = np.nan
    codebook = tuple(each.model_copy(update={"may_be_missing": True}) for each in cohort.codebook)
    return dataclasses.replace(cohort, predictors=values, codebook=codebook)


def test_a_cohort_is_large_from_5000_patients_on():
    assert USUALLY == 5000


@pytest.fixture(scope="module", autouse=True)
def _everything_is_large():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "LARGE", 300)
        yield


@pytest.fixture(scope="module")
def result(small, tmp_path_factory):
    study, cohort = small
    folder = tmp_path_factory.mktemp("large") / "run"
    found = run(study, with_gaps(cohort), out=folder, replicates=19, executor="serial")
    write_report(found)
    return found


@pytest.fixture(scope="module")
def summary(result):
    return json.loads((result.folder / "summary.json").read_text(encoding="utf-8"))


def stated(result):
    return {(each.question, each.what): each.here for each in fewer(result.plan)}


def test_the_statement_is_in_summary_and_report(result, summary, schema):
    jsonschema.validate(summary, schema)
    rows = summary["run"]["fewer_draws"]
    assert rows == [dataclasses.asdict(each) for each in fewer(result.plan)]
    assert {each["question"] for each in rows} == {
        "heterogeneity", "ranking", "comparison of learners", "importance", "centres",
        "missing data and the average effect", "complete cases", "negative control",
    }  # fmt: skip
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    for each in rows:
        assert f'class="text">{each["here"]}</td>' in page
    assert "these questions repeat less what they repeat: heterogeneity, ranking" in page
    assert (result.folder / "tables" / "fewer_draws.csv").is_file()


def test_what_is_stated_is_what_was_done(result, summary):
    found = stated(result)
    shares = result.value(HETEROGENEITY)
    assert (shares.same_effect.draws, shares.same_effect.whole) == (19, True)
    assert found["heterogeneity", "draws of the null with the same odds ratio for all"] == (
        "19; the band is their range"
    )
    assert str(len(result.value(RANKING).draws)) == found["ranking", "draws of folds"] == "5"
    centres = found["centres", "turns in which every centre is left out once"]
    assert str(result.value(CENTRES).turns) == centres == "5"
    imputations = found[MISSING_EFFECT.name, "imputations with outcome and arm"]
    assert str(result.value(MISSING_EFFECT).imputations) == imputations == "5"
    measured = summary["outcomes"]["mrs_0_2"]["benefit_metrics"]["learners"]["t"]
    matchings = found["comparison of learners", "matchings of pairs"]
    assert str(measured["pairs"]["matchings"]) == matchings == "10"
    assert result.value(COMPARISON).models["t"].pairs.matchings == 10
    assert result.value(IMPORTANCE).modifiers.measures.keys() == {"projection", "loss"}


def test_the_track_of_missing_values_names_its_imputations(result):
    text = next(each.text for each in result.findings if each.name == MISSING_EFFECT.name)
    assert "5 imputations with outcome and arm" in text
    table = (result.folder / "tables" / "missing_effect.csv").read_text(encoding="utf-8-sig")
    assert "5 imputations with outcome and arm" in table
    assert "20 imputations" not in table + text


def nulls(value, path=""):
    """Give the paths at which there is nothing."""
    if value is None:
        return [path]
    within = dict(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(within, dict):
        return []
    return [
        each
        for key, part in within.items()
        for each in nulls(part, f"{path}.{key}" if path else str(key))
    ]


def test_no_number_is_missing_without_a_word(summary):
    unexplained = set(nulls(summary)) - summary["absent"].keys()
    assert all(path.endswith("threshold") for path in unexplained)  # of outcomes that have none
    benefit = "outcomes.mrs_0_2.benefit.share_at_threshold"
    assert "not drawn from" in summary["absent"][f"{benefit}.no_effect"]
    assert f"{benefit}.same_effect" not in summary["absent"]
    control = next(iter(summary["negative_controls"]))
    reason = summary["absent"][f"negative_controls.{control}.share_at_threshold"]
    assert reason.endswith("it takes 19 fits to permuted treatment")


def test_negative_controls_keep_their_effect_and_their_ranking(result):
    for name in result.answers.each(NEGATIVE_CONTROL):
        found = result.value(NEGATIVE_CONTROL, name)
        assert np.isfinite(found.effect.p)
        assert 0.0 <= found.ranking.p <= 1.0


def test_the_report_is_the_same_when_read_back(result):
    page = (result.folder / "report.html").read_bytes()
    write_report(read_result(result.folder))
    assert (result.folder / "report.html").read_bytes() == page


def test_the_report_says_what_the_band_is(result):
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "range of 19 draws, which chance alone exceeds once in 20 times" in page
    assert "Two measures of effect modification" in page
    assert "too few to compare" not in page


def test_with_fewer_draws_than_can_be_compared_none_is_made(result):
    plan = result.plan
    assert null_draws(plan) == 19
    assert null_draws(dataclasses.replace(plan, replicates=18)) == 0
    section = plan.file.validation.model_copy(update={"heterogeneity_draws": 18})
    file = plan.file.model_copy(update={"validation": section})
    study = dataclasses.replace(plan.study, file=file)
    asked_less = dataclasses.replace(plan, study=study)
    assert null_draws(asked_less) == 0
    rows = [
        each
        for each in fewer(asked_less)
        if each.what.startswith("draws of the null with the same")
    ]
    assert rows == [
        Fewer(
            "heterogeneity",
            "draws of the null with the same odds ratio for all",
            "18",
            "none: fewer than the 19 that can be compared with were asked for",
        )
    ]


def test_a_smaller_cohort_repeats_what_it_always_did(result, small_result, monkeypatch):
    monkeypatch.setattr(large, "LARGE", 394)
    plan = result.plan
    assert (effort_of(plan), fewer(plan)) == (large._USUAL, ())
    assert "fewer_draws" not in small_result.summary()["run"]
    monkeypatch.setattr(large, "LARGE", 393)
    assert effort_of(plan) == large._LARGE


def test_studies_of_large_cohorts_ask_for_draws_that_can_be_compared():
    for name in ("ist-aspirin", "ist-heparin"):
        section = load_study(name).file.validation
        assert min(section.heterogeneity_draws, section.replicates) >= 19


def test_kept_cross_fits_are_calibrated_by_hand(result):
    plan = result.plan
    refits, rng = refits_of(plan), np.random.default_rng(3)
    known = np.flatnonzero(refits.known)
    mu = rng.uniform(0.1, 0.9, size=(2, 2, refits.known.size))
    fold = rng.integers(0, 4, size=(2, refits.known.size))
    score = rng.uniform(0.2, 0.8, refits.known.size)
    repeats, halves = kept_chain(refits, CrossFits(mu, fold, score), half_samples=6, seed=8)
    for number, found in enumerate(repeats):
        benefit = mu[number, 1, known] - mu[number, 0, known]
        y, w = refits.outcome[known], refits.treatment[known]
        scores = hajek_scores(y, w, *mu[number][:, known], score[known])
        centred = benefit.copy()
        for each in range(4):
            inside = fold[number, known] == each
            centred[inside] -= benefit[inside].mean()
        assert_allclose(found.benefit, benefit)
        assert_allclose(found.average, scores.mean())
        design = np.column_stack([np.ones(known.size), centred])
        assert_allclose(found.slope, np.linalg.lstsq(design, scores, rcond=None)[0][1])
    assert len(halves) == 6
    for number, half in enumerate(halves):
        drawn = np.isin(known, half.rows)
        arm = refits.treatment[known]
        sizes = [int((arm[drawn] == each).sum()) for each in (0, 1)]
        assert sizes == [int((arm == each).sum()) // 2 for each in (0, 1)]
        assert_allclose(half.benefit, repeats[number % 2].benefit[drawn])
    assert not np.array_equal(halves[0].rows, halves[2].rows)


def test_cross_fits_that_failed_and_counts_below_0_are_refused(result):
    plan = result.plan
    refits, n = refits_of(plan), len(plan.cohort)
    given = CrossFits(np.full((1, 2, n), np.nan), np.zeros((1, n), dtype=int), np.full(n, 0.5))
    settings = {"threshold": 0.1, "in_sample": np.zeros(n), "seed": 1}
    with pytest.raises(NotEstimable, match="cross-fitting is not complete"):
        heterogeneity_of_cross_fits(refits, given, **settings)
    with pytest.raises(ArgumentError, match="found 200 and -1"):
        heterogeneity_of_cross_fits(refits, given, draws=-1, **settings)


def test_a_whole_band_is_the_range_of_its_draws_and_needs_19():
    shares = [None, *np.linspace(0.2, 0.38, 19)]
    found = band_of(shares, whole=True)
    assert (found.low, found.high, found.failed) == (0.2, 0.38, 1)
    assert not found.is_rough
    assert band_of(shares[:-1], whole=True).is_rough
    assert band_of(shares).is_rough  # the middle 95 % of so few decides nothing
    assert band_of(shares).high < 0.38
    assert band_of([]).mean is None
