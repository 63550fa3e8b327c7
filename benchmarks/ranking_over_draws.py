"""Level, power and steadiness of the test of the ranking, and of the rules it was chosen from.

The test: the mean AUTOC over 10 draws of sequential folds, ranking by the recommended learner
(`twoarm.metrics.rate_over_draws`). "Supports" is one-sided 2.5 %. Beside it, from the same draws:

* one draw: the test as it was before, with its own scores and half-samples of each fold;
* shared half-samples: the mean AUTOC over the error that half-samples give which are the same for
  all draws (in closed form);
* total variance: the whole spread between the draws taken off, not only what is sure of it;
* largest correlation: nothing taken off but what the share of ranked patients allows;
* doubled median of the draws' p-values; Cauchy's mean of them.

The rule was chosen on other cohorts of Z and M (seeds 77 000 000 up); cohorts here begin at 79 000
000, and the other worlds without effect had no say. Steadiness: cohorts of four worlds, each with
10 seeds.

Run: ``python -m benchmarks.ranking_over_draws [--nulls 4000] [--others 1000] [--effects 1000]
[--steady 10] [--minutes 60] [--folder runs] [--summary-only]``. Cohorts are appended to
``FOLDER/ranking_over_draws.jsonl``, a few of every world in turn; an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from benchmarks.ledger import Ledger
from benchmarks.ranking_worlds import EFFECTS, NULLS, refits_in
from benchmarks.record import keep
from twoarm.diagnostics import Refits
from twoarm.diagnostics.ranking.ranking_draws import RankingDraws, ScoresTask, ranking_draws
from twoarm.errors import NotEstimable
from twoarm.learners import cross_fitted
from twoarm.metrics import Estimate, rate, rate_over_draws
from twoarm.metrics.normal import Z
from twoarm.metrics.rate_over_draws import draw_weights

SEED, FOLDS, DRAWS = 79_000_000, 5, 10
LONG, STEADY, SEEDS = ("Z", "M null"), ("Z", "A", "M", "H"), 10
BLOCK = 20  # cohorts of a world before the next world has its turn
WITH_ONE_DRAW = 1000  # cohorts of a world in which the test of before is computed, too


def measure(world: str, cohort: int, seed: int) -> dict[str, Any]:
    """Test one cohort's ranking with one seed of the folds.

    Where a draw cannot be made (in an arm nobody who teaches has the event) no test is: chance.
    """
    refits = refits_in(world, SEED + cohort)
    own = SEEDS * cohort + seed
    try:
        made = ranking_draws(refits, folds=FOLDS, draws=DRAWS, seed=own)
    except NotEstimable:
        events = int(refits.outcome[refits.treatment == 0].sum())
        nothing = {"z": 0.0, "draws": [0.0] * DRAWS, "shared": 1.0, "one": None}
        named = {"world": world, "cohort": cohort, "seed": seed}
        return {**named, "events": events, "ranked": 1.0 - 1.0 / FOLDS, **nothing}
    found = rate_over_draws(made.scores, made.priority, fold=made.fold)
    return {
        "world": world,
        "cohort": cohort,
        "seed": seed,
        "events": int(refits.outcome[refits.treatment == 0].sum()),
        "ranked": float((made.fold > 0).mean()),
        "z": _ratio(found.mean),
        "draws": [_ratio(each) for each in found.draws],
        "shared": _shared_half_samples(made),
        "one": _one_draw(refits, made, own) if cohort < WITH_ONE_DRAW else None,
    }


def _ratio(value: Estimate) -> float:
    return value.estimate / value.se if value.se > 0.0 else 0.0


def _one_draw(refits: Refits, made: RankingDraws, seed: int) -> float:
    """Give the ratio of AUTOC to its error as the test was before: the first draw alone."""
    fold = made.fold[0]
    scores = refits.scores(refits.known, *cross_fitted(fold, ScoresTask(refits, seed)))
    return _ratio(rate(scores, made.priority[0], fold=fold, seed=seed))


def _shared_half_samples(made: RankingDraws) -> float:
    """Give the variance of the mean t-statistic over half-samples shared by the draws."""
    by_draw = zip(made.priority, made.fold, strict=True)
    weight = np.mean([draw_weights(made.scores, *each)[0] for each in by_draw], axis=0)
    return float(weight**2 @ (made.scores - made.scores.mean()) ** 2)


def work(asked: argparse.Namespace) -> Iterator[tuple[str, int, int]]:
    """Give world, cohort and seed: a block of every world, and one cohort again, turn by turn."""
    wanted = dict.fromkeys(LONG, asked.nulls) | dict.fromkeys(EFFECTS, asked.effects)
    wanted = dict.fromkeys(NULLS, asked.others) | wanted
    steady = [(world, cohort) for cohort in range(asked.steady) for world in STEADY]
    for turn in range(max(max(wanted.values()) // BLOCK, len(steady)) + 1):
        for world, cohorts in wanted.items():
            block = BLOCK * (4 if world in LONG else 1)  # so that all worlds end together
            numbers = range(block * turn, min(block * (turn + 1), cohorts))
            yield from ((world, cohort, 0) for cohort in numbers)
        for each in steady[turn : turn + 1]:
            yield from ((*each, seed) for seed in range(1, SEEDS))


Lines = list[dict[str, Any]]
Floats = NDArray[np.float64]


def _rules(lines: Lines, side: float = 1.0) -> dict[str, Floats]:
    """Give, by rule, how many standard errors each cohort's ranking is above (-1: below) chance."""
    t = side * np.array([line["draws"] for line in lines])
    mean, between = t.mean(axis=1), t.var(axis=1, ddof=1) * (1.0 - 1.0 / DRAWS)
    shared = np.array([line["shared"] for line in lines])
    ranked = np.array([line["ranked"] for line in lines])
    most = ranked + (1.0 - ranked) / DRAWS
    p = ndtr(-t)
    cauchy = np.arctan(np.tan((0.5 - p) * np.pi).mean(axis=1)) / np.pi
    return {
        "the test": side * np.array([line["z"] for line in lines]),
        "one draw": side * np.array([line["one"] for line in lines], dtype=np.float64),
        "shared half-samples": mean / np.sqrt(shared),
        "total variance": mean / np.sqrt(np.clip(1.0 - between, np.minimum(shared, most), most)),
        "largest correlation": mean / np.sqrt(most),
        "doubled median": -ndtri(np.clip(2.0 * np.median(p, axis=1), 1e-12, 1.0 - 1e-12)),
        "Cauchy": ndtri(0.5 + cauchy),
    }


def summary(lines: Lines) -> dict[str, Any]:
    """Give, world by world, how often each rule finds the ranking better, or worse, than chance."""
    first = [line for line in lines if line["seed"] == 0]
    own = {world: [line for line in first if line["world"] == world] for world in NULLS + EFFECTS}
    own["all without effect"] = [line for world in NULLS for line in own[world]]
    found = {world: _world(each) for world, each in own.items() if each}
    return {"worlds": found, "steady": _steady(lines)}


def _world(lines: Lines) -> dict[str, Any]:
    paired = [line for line in lines if line["one"] is not None]
    return {
        "cohorts": len(lines),
        "events in the control arm": float(np.mean([line["events"] for line in lines])),
        "mean of z": float(np.mean([line["z"] for line in lines])),
        "sd of z": float(np.std([line["z"] for line in lines])),
        "supports": {name: _share(z) for name, z in _rules(lines).items()},
        "questions": {name: _share(z) for name, z in _rules(lines, -1.0).items()},
        "paired": _paired(_rules(paired)) if paired else None,
    }


def _share(z: Floats) -> dict[str, float]:
    made = z[np.isfinite(z)]
    share = float((made > Z).mean()) if made.size else np.nan
    return {
        "cohorts": made.size,
        "share": share,
        "se": float(np.sqrt(share * (1 - share) / max(made.size, 1))),
    }


def _paired(rules: dict[str, Floats]) -> dict[str, Any]:
    """Give the test's rejections less those of one draw in the same cohorts."""
    difference = (rules["the test"] > Z).astype(float) - (rules["one draw"] > Z)
    return {
        "cohorts": difference.size,
        "difference": float(difference.mean()),
        "se": float(difference.std() / np.sqrt(difference.size)),
    }


def _steady(lines: Lines) -> dict[str, Any]:
    """Give how often the seeds of one cohort agree with the answer most of them give."""
    found = {}
    for name, value in (
        ("the test", lambda line: line["z"]),
        ("one draw", lambda line: line["draws"][0]),
    ):
        agree = []
        for world in STEADY:
            for cohort in sorted({line["cohort"] for line in lines if line["seed"] > 0}):
                own = [value(line) > Z for line in lines
                       if (line["world"], line["cohort"]) == (world, cohort)]  # fmt: skip
                if len(own) == SEEDS:
                    agree.append(max(np.mean(own), 1 - np.mean(own)))
        if agree:
            at = np.array(agree)
            found[name] = {"cohorts": at.size, "mean agreement": float(at.mean()),
                           "share of cohorts with 9 of 10": float((at >= 0.9 - 1e-9).mean()),
                           "smallest": float(at.min())}  # fmt: skip
    return found


def show(table: dict[str, Any]) -> None:
    """Print the tables."""
    print("share of cohorts with `supports` (SYNTHETIC)")
    for world, entry in table["worlds"].items():
        print(
            f"{world}, {entry['cohorts']} cohorts, {entry['events in the control arm']:.1f} events"
        )
        print(f"  z {entry['mean of z']:.2f} (SD {entry['sd of z']:.2f}); paired {entry['paired']}")
        for name, one in entry["supports"].items():
            share = f"{one['share']:.4f} ({one['se']:.4f}) of {one['cohorts']}"
            print(f"  {name:<22}{share}, below {entry['questions'][name]['share']:.4f}")
    for name, one in table["steady"].items():
        print(f"steady, {name}: {one}")


def main() -> None:
    """Go on with the simulation, print the table, keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--nulls", type=int, default=4000)
    parser.add_argument("--others", type=int, default=1000)
    parser.add_argument("--effects", type=int, default=1000)
    parser.add_argument("--steady", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / "ranking_over_draws.jsonl", ("world", "cohort", "seed"))
    end = time.monotonic() + (0.0 if asked.summary_only else 60.0 * asked.minutes)
    for item in work(asked):
        if time.monotonic() > end:
            break
        if not ledger.has(*item):
            ledger.add(measure(*item))
    table = summary(ledger.lines)
    show(table)
    settings = {"seed": SEED, "folds": FOLDS, "draws": DRAWS, "seeds": SEEDS}
    keep("ranking_over_draws", {"synthetic": True, **settings, **table})


if __name__ == "__main__":
    main()
