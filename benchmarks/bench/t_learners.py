"""A bootstrapped T-learner: ours beside EconML's and CausalML's, with scikit-learn's stack in them.

Theirs run in environments of their own (`peers.sh`), under the folder `TWOARM_PEERS`. The unit is
one fit of both arms with predictions for everybody. Each of their runs makes one bootstrap
replicate and the full fit, so its seconds count two units; intervals are included.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench.clock import seconds_of, summarised
from benchmarks.bench.cohorts import cohort
from twoarm.learners import Stack, prepare
from twoarm.metalearners.t import replicate_arm
from twoarm.resampling import draw_counts

__all__ = ["measure"]

PATIENTS_AN_ARM, PREDICTORS = 197, 14
ROUNDS, THEIR_REPLICATES, OUR_REPLICATES = 3, 1, 20
ROOT = Path(__file__).resolve().parents[2]
PEERS = {"econml": "econml_t_learner", "causalml": "causalml_t_learner"}


def _ours(X: np.ndarray, y: np.ndarray, treatment: np.ndarray) -> None:
    prepared, everybody = prepare(X), np.ones(y.size, dtype=np.bool_)
    for index in range(OUR_REPLICATES):
        counts = draw_counts(1, index, y.size, strata=treatment)
        for arm in (0, 1):
            replicate_arm(
                Stack(),
                prepared,
                y.astype(np.float64),
                treatment,
                counts,
                arm,
                wanted=everybody,
                seed=index,
            )


def _absence(folder: Path, name: str) -> str | None:
    """Say why a peer cannot be measured; None if it can."""
    if (folder / f"{name}.failed").exists():
        return f"could not be installed; pip's last words are in {name}.failed of TWOARM_PEERS"
    if not (folder / name / "bin" / "python").exists():
        return "not installed; `sh benchmarks/bench/peers.sh` makes its environment"
    return None


def _theirs(folder: Path, name: str, data: Path) -> dict[str, Any]:
    ran = subprocess.run(
        [
            str(folder / name / "bin" / "python"),
            "-m",
            f"benchmarks.bench.{PEERS[name]}",
            str(data),
            str(THEIR_REPLICATES),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {"error": ran.stderr.strip().splitlines()[-1]}
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def _measured(folder: Path, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    X, y = cohort(2 * PATIENTS_AN_ARM, PREDICTORS)
    treatment = np.arange(y.size) % 2
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in ("twoarm", *names)}
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "cohort.npz"
        np.savez(data, X=X, y=y, treatment=treatment)
        _ours(X, y, treatment)
        for _ in range(ROUNDS):
            for name in told:
                if name == "twoarm":
                    seconds = seconds_of(lambda: _ours(X, y, treatment)) / OUR_REPLICATES
                    told[name].append({"unit": seconds})
                else:
                    answer = _theirs(folder, name, data)
                    if "seconds" in answer:
                        answer["unit"] = answer.pop("seconds") / (THEIR_REPLICATES + 1)
                    told[name].append(answer)
    return told


def measure() -> dict[str, Any]:
    """Print and give seconds of one replicate of a T-learner, and the ratios."""
    default = Path.home() / ".cache" / "twoarm-peers"
    folder = Path(os.environ.get("TWOARM_PEERS", default))
    absent = {name: why for name in PEERS if (why := _absence(folder, name))}
    told = _measured(folder, [name for name in PEERS if name not in absent])
    print(f"\nOne bootstrap replicate of a T-learner of stacks, {PATIENTS_AN_ARM} patients an arm")
    rows: dict[str, Any] = {}
    ours = summarised([each["unit"] for each in told["twoarm"]])
    for name, answers in told.items():
        errors = [each["error"] for each in answers if "error" in each]
        if errors:
            absent[name] = errors[0]
            continue
        timing = summarised([each["unit"] for each in answers])
        rows[name] = {"seconds": timing.to_plain(), "ratio": timing.median / ours.median}
        rows[name] |= {"versions": answers[0]["versions"]} if "versions" in answers[0] else {}
        print(f"{name:<17}{1e3 * timing.median:>9.1f} ms{timing.median / ours.median:>8.1f}")
    for name, why in absent.items():
        rows[name] = {"absent": why}
        print(f"{name:<17}{why}")
    return {
        "patients_an_arm": PATIENTS_AN_ARM,
        "predictors": PREDICTORS,
        "base": "theirs: scikit-learn's stack of the same members; ours: Stack()",
        "replicates_a_run": {"twoarm": OUR_REPLICATES, "others": THEIR_REPLICATES},
        "rows": rows,
    }
