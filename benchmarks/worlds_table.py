"""What is the share above 15 points worth, and do the tests of the ranking keep their level?

In every synthetic world: the mean benefit and the share of patients at or above the threshold in
every version (raw, cross-fitted, shrunk, deconvolved) beside both truths, that of the identified
contrast and that of the causal effect, over the cohort's own patients. And how often the tests of
differing benefit reject at two-sided 5 %: the ranking test declared in advance (AUTOC), the slope
of the scores on the predicted benefit (BLP) and the top against the bottom quarter (GATES). Each is
computed twice, in one draw of folds: with sequential folds, a patient being ranked by models of the
folds before his alone, and with ordinary cross-fitting, whose folds teach each other. A study tests
the mean over several draws (`benchmarks.ranking_over_draws`).

Shares are those of the study's T-learner of stacks; the tests rank patients by the recommended
learner, as a study does, and (without ``--tests-only``) by the T-learner as well. Adjusted for is
every column measured before the decision, in the propensity also the centre. The bands of the two
nulls are not drawn here. The tests' folds are drawn within arms; ``--folds-by-outcome`` draws them
within arms and outcomes, to show what that does to their level.

Run: ``python -m benchmarks.worlds_table [--cohorts 200] [--worlds Z] [--tests-only|--stack-only]
[--folder DIR] [--summary-only]``. Cohorts are appended to ``DIR/worlds_table.jsonl``; an
interrupted run goes on where it stopped. With ``--stack-only`` only what a stack is in is measured
again; the tests by the recommended learner, which holds none, stay as they were kept.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from benchmarks.average_effect_coverage import WORLDS, covariates, observed
from benchmarks.ledger import Ledger
from benchmarks.record import RESULTS, keep
from twoarm.diagnostics import Refits
from twoarm.diagnostics.ranking.heterogeneity_chain import ChainTask
from twoarm.diagnostics.ranking.heterogeneity_refits import Work
from twoarm.diagnostics.ranking.heterogeneity_summary import summarise_chain
from twoarm.diagnostics.ranking.ranking_draws import PriorityTask, ScoresTask, ranking_folds
from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic, Stack, cross_fitted
from twoarm.metalearners import (
    Predictors,
    Sample,
    TLearner,
    hajek_scores,
    recommended_learner,
)
from twoarm.metalearners.sample import sample_folds
from twoarm.metrics import benefit_ranks, benefit_slope, group_effects, rate, share_at_threshold
from twoarm.study.plan.propensity import pooled_centres
from twoarm.synthetic import generate

SEED, OUTCOME, THRESHOLD = 71_000_000, "mrs_0_2", 0.15
TREATED, CONTROL = 195, 198
FOLDS, REPEATS, LEVEL = 5, 3, 0.05
SHARES = ("raw", "crossfit", "shrunk", "deconvolved")


def refits_of(data: pd.DataFrame) -> Refits:
    """Give the T-learner of stacks and the cohort, ready to be fitted to parts of it."""
    X, treatment = covariates(data), data["arm"].to_numpy(np.int64)
    centre = pooled_centres(data["centre"].to_numpy(str), treatment)
    sites = np.zeros((len(data), 0)) if centre is None else np.eye(int(centre.max()) + 1)[centre]
    return Refits(
        TLearner(Stack(), desirable=True),
        Predictors.from_matrix(X),
        observed(data, OUTCOME),
        treatment,
        Logistic(),
        Predictors.from_matrix(np.column_stack([X, sites])),
    )


def shares(refits: Refits, cohort: int) -> dict[str, float | None]:
    """Give mean benefit, its calibration slope and the share in every version."""
    known = refits.known
    raw = refits.effects(known, known, seed=cohort).benefit
    chain = ChainTask(refits, FOLDS, cohort)
    repeats = [chain((Work.REPEAT, number)) for number in range(REPEATS)]
    done = [one for one in repeats if one is not None]
    if not done:
        return {}
    found = summarise_chain(done, THRESHOLD)
    return {
        "mean": float(np.mean([one.benefit.mean() for one in done])),
        "aipw": found.average,
        "slope": found.slope,
        "slope_se": found.se,
        "raw": share_at_threshold(raw, THRESHOLD),
        "crossfit": found.crossfit,
        "shrunk": found.shrunk,
        "deconvolved": found.deconvolved,
    }


def p_values(refits: Refits, cohort: int, *, by_outcome: bool) -> dict[str, float | None]:
    """Test for differing benefit: three tests, with sequential folds and with ordinary ones."""
    y, w = refits.outcome, refits.treatment
    fold = ranking_folds(refits, FOLDS, cohort)
    if by_outcome:
        sample = Sample(refits.predictors.coded, y.astype(np.int64), w)
        fold = sample_folds(sample, FOLDS, cohort, Work.RANKING, 0)
    try:
        priority = cross_fitted(fold, PriorityTask(refits, fold[np.newaxis], cohort))
        mu0, mu1, propensity = cross_fitted(fold, ScoresTask(refits, cohort))
    except FitError:
        return {}
    scores = hajek_scores(y, w, mu0, mu1, propensity)
    later = fold > 0
    autoc = rate(scores, priority, fold=fold, seed=cohort)
    ranked = {"sequential": (scores[later], priority[later], fold[later])}
    ranked["cross_fitted"] = (scores, mu1 - mu0, fold)
    naive = rate(scores, mu1 - mu0, priorities_out_of_sample=True, seed=cohort)
    found = {"autoc, sequential": autoc.p, "autoc, cross_fitted": naive.p}
    for kind, (phi, benefit, number) in ranked.items():
        found[f"blp, {kind}"] = _slope_p(phi, benefit, number)
        found[f"gates, {kind}"] = _groups_p(phi, benefit, number)
    return found


def _slope_p(
    phi: NDArray[np.float64], benefit: NDArray[np.float64], fold: NDArray[np.int64]
) -> float | None:
    slope = benefit_slope(phi, benefit, fold=fold).slope
    if not slope.se > 0:  # NaN where all are predicted the same
        return None
    return float(2 * student.sf(abs(slope.estimate / slope.se), phi.size - 2))


def _groups_p(
    phi: NDArray[np.float64], benefit: NDArray[np.float64], fold: NDArray[np.int64]
) -> float | None:
    try:
        return group_effects(phi, benefit_ranks(benefit, fold), groups=4).p
    except ArgumentError:  # too many patients are predicted the same
        return None


def measure(world: str, cohort: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure one cohort."""
    made = generate(world, treated=TREATED, control=CONTROL, seed=SEED + cohort)
    refits = refits_of(made.cohort)
    truth = {}
    for name, column in (("contrast", "contrast_x"), ("causal", "benefit_x")):
        benefit = made.truth[f"{column}_{OUTCOME}"].to_numpy()
        truth[name] = {
            "mean": float(benefit.mean()),
            "share": share_at_threshold(benefit, THRESHOLD),
        }
    ranked_by = {}
    if not asked.stack_only:
        learner = recommended_learner(desirable=True)
        ranked_by["recommended"] = replace(refits, learner=learner)
    if not asked.tests_only:
        ranked_by["T, stack"] = refits
    by_outcome = asked.folds_by_outcome
    found = {
        name: p_values(each, cohort, by_outcome=by_outcome) for name, each in ranked_by.items()
    }
    return {
        "world": world,
        "cohort": cohort,
        "events": int(refits.outcome[refits.treatment == 0].sum()),
        "truth": truth,
        "estimates": {} if asked.tests_only else shares(refits, cohort),
        "p": {f"{name}: {test}": p for name, tests in found.items() for test, p in tests.items()},
    }


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Give means, biases against both truths, and rejection rates, a world at a time."""
    found = {}
    for world in dict.fromkeys(line["world"] for line in lines):
        own = [line for line in lines if line["world"] == world]
        found[world] = {
            "cohorts": len(own),
            "shares": _shares([line for line in own if line["estimates"]]),
            "rejected": _rejections(own),
        }
    return found


def _shares(lines: list[dict[str, Any]]) -> dict[str, Any]:
    if not lines:
        return {}
    truths = {
        f"{name}_{part}": np.array([line["truth"][name][part] for line in lines])
        for name in ("contrast", "causal")
        for part in ("mean", "share")
    }
    found: dict[str, Any] = {"cohorts": len(lines)}
    found |= {name: float(values.mean()) for name, values in truths.items()}
    for name in ("mean", "aipw", "slope", *SHARES):
        values = np.array([line["estimates"][name] for line in lines], dtype=float)
        known = np.isfinite(values)
        part = "share" if name in SHARES else "mean"
        found[name] = {
            "estimable": int(known.sum()),
            "mean": float(values[known].mean()),
            "sd": float(values[known].std(ddof=1)),
        }
        if name != "slope":
            found[name] |= {
                f"bias_to_{truth}": float((values - truths[f"{truth}_{part}"])[known].mean())
                for truth in ("contrast", "causal")
            }
    return found


def _rejections(lines: list[dict[str, Any]]) -> dict[str, Any]:
    found = {}
    for test in dict.fromkeys(name for line in lines for name in line["p"]):
        values = np.array([line["p"].get(test) for line in lines], dtype=float)
        tested = np.isfinite(values)
        rejected = float((values[tested] <= LEVEL).mean()) if tested.any() else None
        found[test] = {"tested": int(tested.sum()), "rejected": rejected}
        if rejected is not None:
            found[test]["mcse"] = float(np.sqrt(rejected * (1 - rejected) / tested.sum()))
    return found


def with_other_tests(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Add the tests that were not computed again, and the number of cohorts they had."""
    return {
        **found,
        "cohorts": max(before["cohorts"], found["cohorts"]),
        "rejected": {**before["rejected"], **found["rejected"]},
    }


def show(table: dict[str, Any]) -> None:
    """Print the table."""
    for world, entry in table.items():
        print(f"\n{world} (SYNTHETIC), {entry['cohorts']} cohorts")
        own = entry["shares"]
        if own:
            print(
                f"  mean benefit: contrast {100 * own['contrast_mean']:+.1f}, causal "
                f"{100 * own['causal_mean']:+.1f}; cross-fitted {100 * own['mean']['mean']:+.1f}, "
                f"AIPW {100 * own['aipw']['mean']:+.1f}; slope {own['slope']['mean']:.2f} "
                f"(SD {own['slope']['sd']:.2f})"
            )
            print(
                f"  share: contrast {own['contrast_share']:.3f}, causal {own['causal_share']:.3f}"
            )
            for name in SHARES:
                one = own[name]
                print(
                    f"    {name:<12}{one['mean']:.3f} (SD {one['sd']:.3f}), bias to the contrast "
                    f"{one['bias_to_contrast']:+.3f}, to the causal {one['bias_to_causal']:+.3f}, "
                    f"estimable in {one['estimable']} of {own['cohorts']}"
                )
        for test, one in entry["rejected"].items():
            if one["rejected"] is not None:
                print(
                    f"  rejected by {test:<36}{one['rejected']:.3f} (SE {one['mcse']:.3f}) "
                    f"of {one['tested']}"
                )


def main() -> None:
    """Go on with the simulation, print the table, keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--tests-only", action="store_true")
    part.add_argument("--stack-only", action="store_true")
    parser.add_argument("--folds-by-outcome", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/twoarm-benchmarks"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    name = "worlds_table_folds_by_outcome" if asked.folds_by_outcome else "worlds_table"
    ledger = Ledger(asked.folder / f"{name}.jsonl", ("world", "cohort"))
    for cohort in range(0 if asked.summary_only else asked.cohorts):
        for world in asked.worlds:
            if not ledger.has(world, cohort):
                ledger.add(measure(world, cohort, asked))
    table = summary(ledger.lines)
    if asked.stack_only:
        before = json.loads((RESULTS / f"{name}.json").read_text())["worlds"]
        table = {world: with_other_tests(before[world], new) for world, new in table.items()}
    show(table)
    settings = {"seed": SEED, "treated": TREATED, "control": CONTROL, "outcome": OUTCOME}
    settings |= {"threshold": THRESHOLD, "folds": FOLDS, "repeats": REPEATS}
    keep(name, {"synthetic": True, **settings, "worlds": table})


if __name__ == "__main__":
    main()
