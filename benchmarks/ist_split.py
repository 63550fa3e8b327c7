"""A model of half of the International Stroke Trial's countries, validated in the other half.

    python -m benchmarks.ist_split ist-aspirin DATA --keep

Countries are dealt to two halves by falling size, so that both have about as many patients. The
model is built as a run does, from one half, and validated in the other as a whole and in each of
its countries with at least 300 patients. In each country the closed test is made in every other
patient; what its update does is measured in those left over: mean log-loss before and after.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.record import IST_NOTICE, keep
from twoarm.cohort import load_study, read_cohort
from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, attempt
from twoarm.metrics import log_loss
from twoarm.modelfile import Model, load_model
from twoarm.modelfile.recalibration import recalibrated_risks
from twoarm.study import run
from twoarm.study.judge.registry import QUESTIONS
from twoarm.validation import read_site, validate_model
from twoarm.validation.decision import ARMS, arm_asks, common_test, decide
from twoarm.validation.result import ExternalValidation

QUICK = ("target trial", "overlap", "average effect", "ranking", "discrimination", "coherence")
FEWEST = 300
CODES = "ISO-8859-1"


def halves(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Deal the countries to two halves of about as many patients."""
    sizes = table["COUNTRY"].value_counts()
    dealt: tuple[list[str], list[str]] = ([], [])
    total = [0, 0]
    for country, n in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        side = int(total[1] < total[0])
        dealt[side].append(country)
        total[side] += n
    return dealt


def built_from(study: Study, path: Path, folder: Path) -> Model:
    """Build a model as a run does, without its diagnostics."""
    asked = [each for each in QUESTIONS if each.name in QUICK]
    run(study, read_cohort(study, path), out=folder, replicates=2, questions=asked, workers=1)
    return load_model(folder / "model.json")


def whole(found: ExternalValidation) -> list[dict[str, Any]]:
    """Give what was found of every outcome and learner in the other half."""
    frame = found.to_frame()
    rows = frame.where(frame.notna(), None).to_dict("records")
    decisions = [
        {
            "outcome": outcome.spec.name,
            "learner": name,
            "common": None if isinstance(learner.common, Absent) else learner.common.chosen,
            "update": learner.decision.update,
            "scope": learner.decision.scope,
            "arms_differ": learner.decision.benefit_asked,
            "needs": learner.decision.benefit_needs,
            "benefit": None
            if isinstance(learner.benefit, Absent)
            else {
                "observed": learner.benefit.observed.estimate,
                "predicted": learner.benefit.predicted,
                "difference": learner.benefit.difference.estimate,
                "se": learner.benefit.difference.se,
                "slope": learner.benefit.slope.slope.estimate,
                "slope_se": learner.benefit.slope.slope.se,
                "autoc": learner.benefit.ranking.estimate,
                "autoc_se": learner.benefit.ranking.se,
            },
        }
        for outcome, name, learner in found.parts()
    ]
    return [*rows, *decisions]


def by_country(
    model: Model, study: Study, table: pd.DataFrame, folder: Path
) -> list[dict[str, Any]]:
    """Make the closed test in every other patient of each country; measure it in the others."""
    lines: list[dict[str, Any]] = []
    for country, n in table["COUNTRY"].value_counts().items():
        if n < FEWEST:
            continue
        path = folder / f"{country}.csv"
        table[table["COUNTRY"] == country].to_csv(path, index=False)
        site = read_site(model, study, path)
        risks = model.recommended_risks(site.coded)
        X = model.encoding.encode(site.coded)
        lines += [
            {
                "country": country,
                "outcome": spec.name,
                **_country(site.outcome(spec.name), risks[spec.name], site.treatment, X),
            }
            for spec in site.outcomes
            if spec.name in risks
        ]
    return lines


def _country(
    values: np.ndarray, risks: np.ndarray, treatment: np.ndarray, X: np.ndarray
) -> dict[str, Any]:
    known = np.flatnonzero(np.isfinite(values))
    learnt, held = known[::2], known[1::2]
    y, w = values[learnt], treatment[learnt]
    asks = {
        name: arm_asks(y[w == arm], risks[arm, learnt[w == arm]], X[learnt[w == arm]])
        for arm, name in enumerate(ARMS)
    }
    common = attempt(lambda: common_test(y, risks[:, learnt], w, X[learnt]))
    found = decide(y, risks[:, learnt], w, X[learnt], asks, common)
    after = risks if found.form is None else recalibrated_risks(found.form, risks, X)
    own = treatment[held]
    before, updated = (each[own, held] for each in (risks, after))
    return {
        "n": int(learnt.size),
        "observed": float(y.mean()),
        "expected": float(risks[w, learnt].mean()),
        "update": found.update,
        "scope": found.scope,
        "needs": found.benefit_needs,
        "log_loss_before": log_loss(values[held], before),
        "log_loss_after": log_loss(values[held], updated),
    }


def main() -> None:
    """Validate each half's model in the other half, print and keep it."""
    parser = argparse.ArgumentParser(description="IST split by country.")
    parser.add_argument("study")
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    study = load_study(asked.study)
    table = pd.read_csv(asked.data, dtype=str, keep_default_na=False, encoding=CODES)
    sides = halves(table)
    kept: dict[str, Any] = {"source": IST_NOTICE, "study": asked.study, "directions": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, countries in enumerate(sides):
            inside = table["COUNTRY"].isin(countries)
            here, there = folder / f"here{number}.csv", folder / f"there{number}.csv"
            table[inside].to_csv(here, index=False)
            table[~inside].to_csv(there, index=False)
            model = built_from(study, here, folder / f"run{number}")
            found = validate_model(model, read_site(model, study, there))
            lines = by_country(model, study, table[~inside], folder)
            kept["directions"].append(
                {
                    "learnt_in": countries,
                    "patients": int(inside.sum()),
                    "validated_in": int((~inside).sum()),
                    "with_numbers": int(found.site.usable.sum()),
                    "effective": found.case_mix.effective,
                    "found": whole(found),
                    "countries": lines,
                }
            )
            print(f"learnt in {', '.join(countries)}: {inside.sum()} patients")
            print(found.to_frame().round(3).to_string())
            print(pd.DataFrame(lines).round(3).to_string())
    if asked.keep:
        keep(f"ist_split_{asked.study}", kept)


if __name__ == "__main__":
    main()
