"""Which update is chosen elsewhere, and what does it do to new patients of that place?

    python -m benchmarks.external_validation --sites 200 --keep

A model is built in the shipped cohort (world A, 198 and 195 patients) and validated in sites of
world A and M, of A with older and worse patients (case mix), with a drifted intercept in both arms,
with weaker predictors (flatter), and with an effect that is smaller because controls do better
(smaller benefit). Each site has as many patients in each arm. The update is then looked at in
10 000 new patients of the same site, whose true risks are known: mean and absolute error of either
arm's risk, and of the benefit. Four ways to update: never; by twoarm's rule; always the intercept
of both arms alike; always intercept and slope of each arm, however few the patients.
What is done stands in ``runs/external_validation.jsonl`` and is not computed again. Set
``OPENBLAS_NUM_THREADS=1``: the matrices are small.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.ledger import Ledger
from benchmarks.record import keep
from twoarm.cohort import load_study, read_cohort
from twoarm.cohort.codebook import canonical
from twoarm.diagnostics import Absent, attempt
from twoarm.metrics import as_benefit
from twoarm.modelfile import Model, load_model
from twoarm.modelfile.recalibration import recalibrated_risks
from twoarm.study import run
from twoarm.study.judge.registry import QUESTIONS
from twoarm.synthetic import Scenario, find_scenario, generate, identified_risks
from twoarm.validation import closed_test
from twoarm.validation.decision import (
    ARMS,
    arm_asks,
    common_form,
    common_test,
    decide,
    each_arm_form,
)
from twoarm.validation.linear_predictors import LinearPredictors

SEED, NEW_SEED, NEW_PATIENTS = 150_000, 990_000, 10_000
SIZES = (200, 1000)
OUTCOMES = ("mrs_0_2", "death")
LEARNERS = ("recommended", "study")
QUICK = ("target trial", "overlap", "average effect", "ranking", "discrimination", "coherence")
DRIFT, LESS = 0.8, 1.0
AS_IT_IS = {"intercept": [0.0, 0.0], "log_odds": [[1.0, 0.0], [0.0, 1.0]], "columns": None}


def _moved(world: Scenario, control: float, treated: float) -> Scenario:
    """Give the world with more good outcomes, on the log odds, in either arm."""
    arms = {}
    for name, by in (("control", control), ("treated", treated)):
        arm = getattr(world, name)
        arms[name] = replace(arm, cut_points=tuple(each + by for each in arm.cut_points))
    return replace(world, **arms)


def _older(frame: pd.DataFrame) -> np.ndarray:
    """Give who stays in a site of older patients with worse strokes: shares of those that come."""
    score = (frame["age"].to_numpy() - 72.0) / 6.0 + (frame["nihss"].to_numpy() - 18.0) / 4.0
    return 1.0 / (1.0 + np.exp(-score))


@dataclass(frozen=True)
class Place:
    """A kind of site: its world, and who comes."""

    world: Scenario
    stays: Callable[[pd.DataFrame], np.ndarray] | None = None

    def patients(self, per_arm: int, seed: int) -> Any:
        """Draw a site with this many patients in each arm."""
        if self.stays is None:
            return generate(self.world, treated=per_arm, control=per_arm, seed=seed)
        drawn = generate(self.world, treated=6 * per_arm, control=6 * per_arm, seed=seed)
        kept = np.random.default_rng(seed).random(len(drawn.cohort)) < self.stays(drawn.cohort)
        arm = drawn.cohort["arm"].to_numpy()
        rows = np.sort(
            np.concatenate([np.flatnonzero(kept & (arm == each))[:per_arm] for each in (0, 1)])
        )
        kept_rows = {
            name: getattr(drawn, name).iloc[rows].reset_index(drop=True)
            for name in ("cohort", "truth")
        }
        return replace(drawn, **kept_rows)


PLACES = {
    "A": Place(find_scenario("A")),
    "M": Place(find_scenario("M")),
    "case mix": Place(find_scenario("A"), _older),
    "drift": Place(_moved(find_scenario("A"), DRIFT, DRIFT)),
    "flatter": Place(replace(find_scenario("A"), eta_factor=0.5)),
    "smaller benefit": Place(_moved(find_scenario("A"), LESS, 0.0)),
}


@cache
def built_model() -> Model:
    """Build the model in the shipped cohort, as a run does."""
    study = load_study("rescue-stenting")
    asked = [each for each in QUESTIONS if each.name in QUICK]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        run(study, read_cohort(study), out=out, replicates=2, questions=asked, workers=1)
        return load_model(out / "model.json")


def coded(frame: pd.DataFrame, model: Model) -> np.ndarray:
    """Code a synthetic frame as the model's codebook does."""
    columns = []
    for predictor in model.codebook:
        values = frame[predictor.column]
        if predictor.is_number:
            columns.append(values.to_numpy(float))
            continue
        place = {canonical(level.code): k for k, level in enumerate(predictor.all_levels)}
        columns.append(np.array([place[canonical(value)] for value in values], float))
    return np.column_stack(columns)


def events(frame: pd.DataFrame, outcome: str) -> np.ndarray:
    """Give an outcome, 0 and 1."""
    mrs = frame["mrs90"].to_numpy()
    return ((mrs <= 2) if outcome == "mrs_0_2" else (mrs == 6)).astype(float)


def predicted(model: Model, x: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Give both learners' risks by outcome."""
    study = {name: model.risks(x, name) for name in OUTCOMES}
    return {"recommended": model.recommended_risks(x), "study": study}


@cache
def newcomers(place: str) -> dict[str, Any]:
    """Give new patients of a place whom the model gives numbers, with what is true of them."""
    model, kind = built_model(), PLACES[place]
    made = kind.patients(NEW_PATIENTS // 2, NEW_SEED)
    x = coded(made.cohort, model)
    outside = np.array([bool(each) for each in model.outside_support(x)])
    rows = ~(outside | model.too_far(x) | model.decided(x))
    true = identified_risks(made.cohort[rows], kind.world)
    return {
        "X": model.encoding.encode(x[rows]),
        "risks": predicted(model, x[rows]),
        "true": {o: true[[f"mu0_{o}", f"mu1_{o}"]].to_numpy().T for o in OUTCOMES},
        "benefit": {o: made.truth.loc[rows, f"benefit_x_{o}"].to_numpy() for o in OUTCOMES},
    }


def errors(form: dict[str, Any], place: str, learner: str, outcome: str) -> dict[str, float]:
    """Measure an update in the new patients of a place."""
    new, model = newcomers(place), built_model()
    risks = recalibrated_risks(form, new["risks"][learner][outcome], new["X"])
    true = new["true"][outcome]
    gain = as_benefit(risks[1] - risks[0], desirable=model.outcomes[outcome]["desirable"])
    apart = gain - new["benefit"][outcome]
    return {
        "off_control": float((risks[0] - true[0]).mean()),
        "off_treated": float((risks[1] - true[1]).mean()),
        "error_control": float(np.abs(risks[0] - true[0]).mean()),
        "error_treated": float(np.abs(risks[1] - true[1]).mean()),
        "off_benefit": float(apart.mean()),
        "error_benefit": float(np.abs(apart).mean()),
    }


def _always_each(y: np.ndarray, risks: np.ndarray, w: np.ndarray, width: int) -> dict[str, Any]:
    """Give intercept and slope of each arm, whatever a test says."""
    tests = {}
    for arm, name in enumerate(ARMS):
        rows = w == arm
        lp = LinearPredictors.of(risks[arm, rows]).value
        test = closed_test(y[rows], lp, level=1.0 - 1e-12)
        tests[name] = test
    return each_arm_form(tests, width)


def _always_intercept(y: np.ndarray, risks: np.ndarray, w: np.ndarray) -> dict[str, Any]:
    test = common_test(y, risks, w, np.zeros((y.size, 0)))
    own = np.log(risks / (1.0 - risks))[w, np.arange(y.size)]
    shift = 0.0
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-(own + shift)))
        shift += float((y - p).sum() / (p * (1.0 - p)).sum())
    return common_form(replace(test, chosen="intercept", intercept=shift, slope=1.0))


def of_site(place: str, per_arm: int, site: int) -> list[dict[str, Any]]:
    """Validate one site; a line for each outcome and learner."""
    model = built_model()
    made = PLACES[place].patients(per_arm, SEED + site)
    x = coded(made.cohort, model)
    outside = np.array([bool(each) for each in model.outside_support(x)])
    rows = ~(outside | model.too_far(x) | model.decided(x))
    frame, x = made.cohort[rows], x[rows]
    w, X, said = frame["arm"].to_numpy(), model.encoding.encode(x), predicted(model, x)
    lines = []
    for outcome in OUTCOMES:
        y = events(frame, outcome)
        for learner in LEARNERS:
            risks = np.clip(said[learner][outcome], 1e-6, 1.0 - 1e-6)
            asks = {
                name: arm_asks(y[w == arm], risks[arm, w == arm], X[w == arm])
                for arm, name in enumerate(ARMS)
            }
            common = attempt(lambda: common_test(y, risks, w, X))  # noqa: B023  called at once
            found = decide(y, risks, w, X, asks, common)
            ways: dict[str, Any] = {"never": AS_IT_IS, "rule": found.form or AS_IT_IS}
            ways["intercept"] = _always_intercept(y, risks, w)
            each = attempt(lambda: _always_each(y, risks, w, X.shape[1]))  # noqa: B023
            ways["each arm"] = AS_IT_IS if isinstance(each, Absent) else each
            lines.append(
                {
                    "outcome": outcome,
                    "learner": learner,
                    "n": int(y.size),
                    "update": found.update,
                    "scope": found.scope,
                    "benefit_asked": found.benefit_asked,
                    "needs": found.benefit_needs,
                    "common": None if isinstance(common, Absent) else common.chosen,
                    **{
                        f"test_{arm}": None if isinstance(a.test, Absent) else a.test.chosen
                        for arm, a in asks.items()
                    },
                    "ways": {
                        way: errors(form, place, learner, outcome) for way, form in ways.items()
                    },
                }
            )
    return lines


def table(lines: list[dict[str, Any]], sites: int) -> list[dict[str, Any]]:
    """Give shares of updates and mean errors for each place, size, outcome and learner."""
    rows = pd.DataFrame(
        {"place": line["place"], "per_arm": line["per_arm"], **each}
        for line in lines
        if line["site"] < sites
        for each in line["found"]
    )
    out = []
    keys = ["place", "per_arm", "outcome", "learner"]
    for key, part in rows.groupby(keys, sort=False):
        shares = {
            name: {str(k): float(v) for k, v in part[name].value_counts(normalize=True).items()}
            for name in ("update", "scope", "common", "test_control", "test_treated")
        }
        ways = {}
        for way in part["ways"].iloc[0]:
            each = pd.DataFrame([row[way] for row in part["ways"]])
            signed = each[["off_control", "off_treated", "off_benefit"]]
            ways[way] = {
                **each.drop(columns=signed.columns).mean().to_dict(),
                **signed.abs().mean().to_dict(),
                "mean_off_benefit": float(each["off_benefit"].mean()),
            }
        out.append(
            {
                **dict(zip(keys, key, strict=True)),
                "sites": len(part),
                **shares,
                "benefit_asked": float(part["benefit_asked"].mean()),
                "needs": float(part["needs"].median()),
                "ways": ways,
            }
        )
    return out


def show(found: list[dict[str, Any]]) -> None:
    """Print the table."""
    for row in found:
        chosen = " ".join(f"{k} {v:.2f}" for k, v in row["update"].items())
        scope = " ".join(f"{k} {v:.2f}" for k, v in row["scope"].items())
        print(
            f"{row['place']:16} {row['per_arm']:5} {row['outcome']:8} {row['learner']:12} "
            f"{row['sites']:4}  {chosen} | {scope} | arms differ {row['benefit_asked']:.2f}, "
            f"needs {row['needs']:.0f}"
        )
        for way, each in row["ways"].items():
            print(
                f"    {way:10} off control {100 * each['off_control']:5.1f} treated "
                f"{100 * each['off_treated']:5.1f} benefit {100 * each['off_benefit']:5.1f}; error "
                f"{100 * each['error_control']:5.1f} {100 * each['error_treated']:5.1f} "
                f"{100 * each['error_benefit']:5.1f}"
            )


def main() -> None:
    """Measure what is not measured yet, and print the table."""
    parser = argparse.ArgumentParser(description="Closed testing at other sites.")
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="site to begin with")
    parser.add_argument("--lines", type=Path, default=Path("runs/external_validation.jsonl"))
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    ledger = Ledger(asked.lines, ("place", "per_arm", "site"))
    for site in range(asked.first, asked.sites):
        for place in PLACES:
            for per_arm in SIZES:
                if not ledger.has(place, per_arm, site):
                    found = of_site(place, per_arm, site)
                    ledger.add({"place": place, "per_arm": per_arm, "site": site, "found": found})
    found = table(ledger.lines, asked.sites)
    show(found)
    if asked.keep:
        keep("external_validation", {"seed": SEED, "rows": found})


if __name__ == "__main__":
    main()
