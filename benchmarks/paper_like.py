"""The shipped cohort: the abstract's numbers, this run's, and the truth.

The truth is known because the cohort is synthetic: the AUC of the fitted models on 100 000 new
patients of the same arm, the mean of the true benefit over the cohort's patients, the same
permutation importance on the true function. Run: ``python -m benchmarks.paper_like RUN_FOLDER``
after ``twoarm run rescue-stenting``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.record import keep
from twoarm.cohort import load_study, read_cohort
from twoarm.cohort.codebook import canonical
from twoarm.importance import permutation_importance
from twoarm.metrics import auc
from twoarm.modelfile import load_model
from twoarm.synthetic import benefit, conditional_risks, generate, risks

SCENARIO, COHORT_SEED, NEW_SEED, NEW_PATIENTS = "paper-like", 20261, 99_000, 200_000
THRESHOLD = 0.15


def coded(model, frame: pd.DataFrame) -> np.ndarray:
    """Code a synthetic frame by the model's codebook."""
    columns = []
    for predictor in model.codebook:
        values = frame[predictor.column]
        if predictor.is_number:
            columns.append(values.to_numpy(float))
        else:
            place = {canonical(level.code): k for k, level in enumerate(predictor.all_levels)}
            columns.append(np.array([place[canonical(value)] for value in values], float))
    return np.column_stack(columns)


def true_auc(model, new: pd.DataFrame, outcome: str) -> dict[str, float]:
    """Give the AUC of each arm's fitted model, and of the true risk, in new patients of the arm."""
    mu = model.risks(coded(model, new), outcome)
    event = (new["mrs90"] <= 2) if outcome == "mrs_0_2" else (new["mrs90"] == 6)
    found = {}
    for arm, name in enumerate(("control", "treated")):
        own = (new["arm"] == arm).to_numpy()
        oracle = risks(new[own], SCENARIO, arm, 0.0)[outcome].to_numpy()
        found[name] = auc(event[own].astype(int), np.clip(mu[arm, own], 0, 1))
        found[f"{name}, oracle"] = auc(event[own].astype(int), oracle)
    return found


def true_importance(cohort_frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Permute each predictor over the cohort's rows and watch the true benefit."""
    positions = np.arange(len(cohort_frame), dtype=float)[:, None].repeat(len(columns), axis=1)

    def of_positions(rows: np.ndarray) -> np.ndarray:
        frame = cohort_frame.copy()
        for k, column in enumerate(columns):
            frame[column] = cohort_frame[column].to_numpy()[rows[:, k].astype(int)]
        return benefit(conditional_risks(frame, SCENARIO))["mrs_0_2"].to_numpy()

    return permutation_importance(of_positions, positions, repeats=20, seed=20260)


def main() -> None:
    """Print the table abstract | this run | truth, and keep it."""
    folder = Path(sys.argv[1])
    summary = json.loads((folder / "summary.json").read_text())
    model = load_model(folder / "model.json")
    study = load_study("rescue-stenting")
    published = study.file.published
    cohort = read_cohort(study)
    made = generate(SCENARIO, treated=195, control=198, seed=COHORT_SEED)
    new = generate(SCENARIO, n=NEW_PATIENTS, seed=NEW_SEED).cohort
    real = true_auc(model, new, "mrs_0_2")
    outcome = summary["outcomes"]["mrs_0_2"]
    truth = made.truth["benefit_mrs_0_2"]
    death = summary["outcomes"]["death"]
    rows = []
    for arm in ("control", "treated"):
        stated = getattr(published.outcomes["mrs_0_2"], f"auc_{arm}")
        ours = outcome["arms"][arm]["auc"]
        rows.append(
            (
                f"AUC {arm}",
                f"{stated.estimate:.2f} ({stated.low:.2f}-{stated.high:.2f})",
                f"Harrell {ours['harrell']:.3f}; repeated cross-validation {ours['headline']:.3f} "
                f"({ours['ci']['low']:.3f}-{ours['ci']['high']:.3f})",
                f"{real[arm]:.3f} (best possible {real[f'{arm}, oracle']:.3f})",
            )
        )
    claim, spread = published.outcomes["mrs_0_2"], outcome["benefit"]
    shares = spread["share_at_threshold"]
    rows += [
        (
            "mean benefit, points",
            f"{100 * claim.mean_difference:+.1f}",
            f"{100 * spread['in_sample']['mean']:+.1f}; cross-fitted {100 * spread['mean']:+.1f}",
            f"{100 * truth.mean():+.1f}",
        ),
        (
            "share above 0",
            f"{claim.share_positive:.3f}",
            f"{spread['in_sample']['share_positive']:.3f}; cross-fitted "
            f"{spread['share_positive']:.3f}",
            f"{(truth > 0).mean():.3f}",
        ),
        (
            "share at or above 15 points",
            f"{claim.share_at_threshold:.3f}",
            f"{shares['raw']:.3f}; cross-fitted {shares['crossfit']:.3f}",
            f"{(truth >= THRESHOLD).mean():.3f}",
        ),
        (
            "mortality, stenting minus control, points",
            f"{100 * published.outcomes['death'].mean_difference:+.1f}",
            f"{-100 * death['benefit']['in_sample']['mean']:+.1f}; cross-fitted "
            f"{-100 * death['benefit']['mean']:+.1f}",
            f"{-100 * made.truth['benefit_death'].mean():+.1f}",
        ),
    ]
    columns = [predictor.column for predictor in cohort.codebook]
    ordered = made.cohort.set_index("record_id").loc[cohort.ids].reset_index()
    importance = dict(zip(columns, true_importance(ordered, columns), strict=True))
    ours = {row["variable"]: row["predicted_benefit"]["value"] for row in outcome["importance"]}
    for name in sorted(importance, key=lambda each: -importance[each])[:8]:
        stated = published.importance.get(name)
        rows.append(
            (
                f"importance of {name}",
                "-" if stated is None else f"{stated:.2f}",
                f"{ours[name]:.3f}",
                f"{importance[name]:.3f}",
            )
        )
    print(f"{'':<42}{'abstract':<22}{'this run (SYNTHETIC DATA)':<48}truth")
    for row in rows:
        print(f"{row[0]:<42}{row[1]:<22}{row[2]:<48}{row[3]}")
    orders = {
        "abstract": sorted(published.importance, key=lambda each: -published.importance[each]),
        "this run": sorted(ours, key=lambda each: -ours[each])[:5],
        "truth": sorted(importance, key=lambda each: -importance[each])[:5],
    }
    for who, order in orders.items():
        print(f"importance order, {who}: {', '.join(order)}")
    keep(
        "paper_like",
        {
            "synthetic": True,
            "scenario": SCENARIO,
            "cohort_seed": COHORT_SEED,
            "run_seed": summary["run"]["seed"],
            "replicates": summary["run"]["replicates"],
            "rows": [
                dict(zip(("item", "abstract", "run", "truth"), row, strict=True)) for row in rows
            ],
            "importance_order": orders,
        },
    )


if __name__ == "__main__":
    main()
