"""Which learner serves best where an arm has 5 to 9 events?

The study's stack and what could take its place, fitted to cohorts of the synthetic worlds that
happen to have so few events; AUC and log-loss on 20 000 new patients of the same world and arm. One
set of cohorts to choose by, another to confirm. Run: ``python -m benchmarks.few_events``
"""

from __future__ import annotations

import numpy as np

from benchmarks.record import keep
from benchmarks.worlds import World, stenting
from twoarm.cohort import load_study
from twoarm.learners import ElasticNet, Logistic, Mean, Stack, fit_model, prepare
from twoarm.metrics import auc, log_loss
from twoarm.study.plan.learner import build_stack

SEEDS = {"choice": 77, "confirmation": 78}
COHORTS, NEWCOMERS, MOST_TRIES = 40, 20_000, 2000
EVENTS = range(5, 10)
WORLDS = {"paper-like": 198, "moderate": 90, "no-effect": 90}
"""Patients of the arm: as in the study, or fewer where the event is commoner."""

MODEL = load_study("rescue-stenting").file.model
STACK, CHOSEN = "the study's stack", "elastic net, C 0.5 (the study's)"
LEARNERS = {
    "event rate": Mean(),
    "ridge, C 1": Logistic(C=1.0),
    "ridge, C 0.3": Logistic(C=0.3),
    "ridge, C 0.1": Logistic(C=0.1),
    "ridge, C 0.03": Logistic(C=0.03),
    "ridge, C 0.01": Logistic(C=0.01),
    CHOSEN: ElasticNet(**MODEL.elastic_net.model_dump()),
    "elastic net, C 0.1": ElasticNet(C=0.1),
    STACK: build_stack(MODEL),
    "stack of event rate and ridge": Stack([("mean", Mean()), ("logistic", Logistic(C=0.1))]),
    "stack of event rate, ridge, elastic net": Stack(["mean", "logistic", "elastic_net"]),
}


def few_event_cohorts(world: World, n: int, seed: int):
    """Give the first cohorts of a world that have so few events, with their numbers."""
    given = 0
    for number in range(MOST_TRIES):
        X, y = world.patients(n, seed, number)
        if int(y.sum()) in EVENTS:
            yield number, X, y
            given += 1
        if given == COHORTS:
            return


def measured(world: World, n: int, seed: int) -> dict[str, np.ndarray]:
    """Give AUC and log-loss of each learner on new patients, shape (cohorts, 2)."""
    X_new, y_new = world.newcomers(NEWCOMERS)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in LEARNERS}
    for number, X, y in few_event_cohorts(world, n, seed):
        prepared, once = prepare(X), np.ones(y.size, dtype=np.int64)
        for name, learner in LEARNERS.items():
            fitted = fit_model(learner, prepared, y, once, seed=number)
            risk = fitted.predict_proba(X_new)[:, 1]
            found[name].append((auc(y_new, risk), log_loss(y_new, risk)))
    return {name: np.array(values) for name, values in found.items()}


def row(scores: dict[str, np.ndarray], name: str) -> dict[str, float | str]:
    """Summarise one learner; differences from the stack are paired by cohort."""
    means = scores[name].mean(axis=0)
    difference = scores[name] - scores[STACK]
    se = difference.std(axis=0, ddof=1) / np.sqrt(len(difference))
    return {
        "learner": name,
        "auc": float(means[0]),
        "log_loss": float(means[1]),
        "auc_minus_stack": float(difference[:, 0].mean()),
        "auc_se": float(se[0]),
        "log_loss_minus_stack": float(difference[:, 1].mean()),
        "log_loss_se": float(se[1]),
    }


def main() -> None:
    """Measure, print the table, keep it."""
    tables = []
    for purpose, seed in SEEDS.items():
        for scenario, n in WORLDS.items():
            scores = measured(stenting(scenario, "control"), n, seed)
            rows = [row(scores, name) for name in LEARNERS]
            cohorts = len(scores[STACK])
            tables.append(
                {
                    "purpose": purpose,
                    "seed": seed,
                    "world": f"{scenario}, control",
                    "patients": n,
                    "cohorts": cohorts,
                    "rows": rows,
                }
            )
            print(f"\n{purpose}: {scenario}, control, {n} patients, {cohorts} cohorts")
            print(f"{'':<42}{'AUC':>7}{'minus stack':>20}{'log-loss':>11}{'minus stack':>20}")
            for each in rows:
                print(
                    f"{each['learner']:<42}{each['auc']:>7.3f}"
                    f"{each['auc_minus_stack']:>+12.4f} ({each['auc_se']:.4f})"
                    f"{each['log_loss']:>11.4f}"
                    f"{each['log_loss_minus_stack']:>+12.4f} ({each['log_loss_se']:.4f})",
                    flush=True,
                )
    events = [EVENTS[0], EVENTS[-1]]
    keep("few_events", {"newcomers": NEWCOMERS, "events": events, "tables": tables})


if __name__ == "__main__":
    main()
