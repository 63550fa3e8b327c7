"""The shipped cohort can be made again, and its seed was chosen by one rule."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from twoarm.synthetic import cohort_csv, generate, truth_csv

FIRST_SEED, SEED = 20260, 20261
SHIPPED = files("twoarm") / "shipped" / "rescue_stenting_synthetic.csv"
TRUTH = Path(__file__).parents[2] / "data" / "rescue_stenting_synthetic_truth.csv"


def made(seed):
    return generate("paper-like", treated=195, control=198, seed=seed)


def test_the_shipped_files_are_remade_byte_for_byte():
    again = made(SEED)
    assert SHIPPED.read_bytes() == cohort_csv(again).encode()
    assert TRUTH.read_bytes() == truth_csv(again).encode()


def test_the_seed_is_the_first_with_12_to_18_good_outcomes_among_controls():
    good = []
    for seed in range(FIRST_SEED, SEED + 1):
        cohort = made(seed).cohort
        good.append(int((cohort["mrs90"][cohort["arm"] == 0] <= 2).sum()))
    assert [12 <= count <= 18 for count in good] == [False] * (SEED - FIRST_SEED) + [True]
