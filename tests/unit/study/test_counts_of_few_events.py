"""Few events: no number without the replicates it rests on, and the reasons said."""

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.report.sections.models.auc import auc_table
from twoarm.report.sentences import sentences
from twoarm.report.terminal import terminal_summary
from twoarm.resampling import draw_counts
from twoarm.study import run
from twoarm.study.judge.stability.refits import STABILITY
from twoarm.study.plan.plan import ARMS

REPLICATES = 10
STUDY = """
[study]
name = "two-two"
title = "Two and two"
cohort = "cohort.csv"
id = "pid"

[target_trial]
eligibility = "adults"
time_zero = "decision"
strategies = { control = "usual care", treated = "new treatment" }
control_by = "other"
estimand = "risk difference"

[treatment]
column = "arm"
control = 0
treated = 1
labels = { control = "usual care", treated = "new treatment" }

[[outcomes]]
name = "death"
column = "dead"
event = { equals = 1 }
desirable = false
primary = true
threshold = 0.05

[[predictors]]
column = "age"
type = "integer"

[[predictors]]
column = "sbp"
type = "integer"

[validation]
cross_fit_folds = 4
cross_fit_repeats = 2
"""


def run_of(folder, sizes, events):
    """Run a study with these patients and events in each arm, asking what reads replicates."""
    rng = np.random.default_rng(7)
    lines = ["pid,arm,age,sbp,dead"]
    for arm, (size, with_event) in enumerate(zip(sizes, events, strict=True)):
        lines += [
            f"P{arm}{row:03},{arm},{rng.integers(40, 90)},{rng.integers(100, 190)},"
            f"{int(row < with_event)}"
            for row in range(size)
        ]
    (folder / "cohort.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    study = load_study(folder / "study.toml")
    return run(study, read_cohort(study), out=folder / "run", replicates=REPLICATES,
               executor="serial", questions=(STABILITY,))  # fmt: skip


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run_of(tmp_path_factory.mktemp("two-two"), (88, 72), (2, 2))


def test_a_replicate_counts_where_it_drew_both_events_of_the_arm(result):
    cohort = result.plan.cohort
    event = cohort.outcomes["death"] == 1
    drawn = np.stack([
        draw_counts(result.plan.seed, i, len(cohort), strata=cohort.treatment)
        for i in range(REPLICATES)
    ])  # fmt: skip
    for arm, name in enumerate(ARMS):
        both = (drawn[:, event & (cohort.treatment == arm)] > 0).all(axis=1).sum()
        auc = result.primary.arms[name].auc
        assert 0 < both < 0.8 * REPLICATES
        assert (auc.replicates_used, auc.failed) == (both, REPLICATES - both)
        assert auc.oob_used == 0  # nobody with the event is left to be tested


def test_no_number_stands_without_its_replicates(result):
    summary = result.summary()
    for name in ARMS:
        arm, where = summary["outcomes"]["death"]["arms"][name], f"outcomes.death.arms.{name}"
        measures = {part: arm[part] for part in ("auc", "brier", "scaled_brier", "log_loss")}
        for part, found in measures.items():
            for key in ("harrell", "oob", "d632", "d632plus", "mcse", "headline", "nested_cv"):
                assert found[key] is None, (name, part, key)
                assert f"{where}.{part}.{key}" in summary["absent"]
            assert found["ci"] is None
            assert found["intervals"] == {}
        for found in (arm["r2"], arm["g"], *(arm["calibration"][key] for key in ("slope", "ici"))):
            assert found["harrell"] is found["headline"] is None
        assert summary["absent"][f"{where}.auc.ci"] == arm["auc"]["headline_reason"]
    assert summary["outcomes"]["death"]["average_effect"]["g_formula"]["low"] is None


def test_the_reason_is_said_where_the_number_would_stand(result):
    why = "A stack needs at least two different patients with the event and two without"
    texts = [each.text for each in sentences(result)]
    for name, label in zip(ARMS, ("usual care", "new treatment"), strict=True):
        fit = result.primary.arms[name]
        assert why in fit.auc.headline_reason
        assert why in fit.gate.reason
        (said,) = (text for text in texts if text.startswith(f"{label}: the AUC could not"))
        assert why in said
        missing = f"not defined in {fit.auc.failed} of 10 replicates; no corrected value is given."
        assert any(text.startswith(f"{label}: auc") and text.endswith(missing) for text in texts)
    page = " ".join(texts + list(terminal_summary(result)))
    assert "Harrell's correction" not in page
    assert ".." not in page
    assert "rests on the others" not in page
    assert "2 patients with the event" in page


def test_refits_that_mostly_failed_say_nothing_of_stability(result):
    failed = {index for index, _ in result.failures}
    expected = f"both arms' models could be fitted in {REPLICATES - len(failed)} of 10 replicates"
    assert len(failed) > 2
    assert result.why_absent(STABILITY) == expected
    assert result.summary()["outcomes"]["death"]["stability"] is None
    assert result.findings == ()


def test_the_table_of_the_auc_has_gaps_and_counts(result):
    table = auc_table(result)
    for row in table.rows:
        cells = dict(zip((column.name for column in table.columns), row, strict=True))
        gaps = ("harrell", "oob", "d632", "d632plus", "nested_cv", "headline", "ci_low", "mcse")
        assert [cells[gap] for gap in gaps] == [None] * len(gaps)
        assert cells["replicates_used"] + cells["failed"] == REPLICATES
        assert cells["oob_used"] == cells["repeats_used"] == 0
        assert cells["harrell_gate"] == "cannot tell"
    assert "Nothing to quote: death, usual care (no repeat of cross-validation" in table.note


# --- every number of every measure, over numbers of events and patients -------------------------

MEANS = ("auc", "brier", "scaled_brier", "log_loss")
GRID = [
    ((n, m), (min(events, n - 2), min(others, m - 2)))
    for n, m in ((8, 8), (8, 52), (20, 12), (40, 8), (60, 60))
    for events in (2, 3, 4, 5, 6, 7, 8, 9)
    for others in (2, 9)
]
SOME = GRID[::11]


def measures_of(summary):
    """Give the path and the content of every measure of every arm."""
    for name in ARMS:
        arm, where = summary["outcomes"]["death"]["arms"][name], f"outcomes.death.arms.{name}"
        for part in (*MEANS, "r2", "g"):
            yield part, f"{where}.{part}", arm[part]
        for part, found in arm["calibration"].items():
            if part != "ici_null":
                yield part, f"{where}.calibration.{part}", found


def check_counts(result):
    """Compare every number with the count that it rests on."""
    summary = result.summary()
    failed = len({index for index, _ in result.failures})
    absent = summary["outcomes"]["death"]["stability"] is None
    assert absent == (failed > 0.2 * REPLICATES)
    for part, where, found in measures_of(summary):
        used, out_of_bag = found["replicates_used"], found["oob_used"]
        assert used + found["failed"] == REPLICATES
        assert out_of_bag <= REPLICATES
        assert found["repeats_used"] <= 2
        if part in MEANS:
            assert (found["harrell"] is None) == (used < 0.8 * REPLICATES), where
            for key in ("oob", "d632", "d632plus"):
                assert (found[key] is None) == (out_of_bag < 0.8 * REPLICATES), where
        else:
            assert found["harrell"] is None or used >= 0.95 * REPLICATES, where
        assert found["mcse"] is None or found["harrell"] is not None
        assert (found["headline"] is None) == bool(found["headline_reason"]), where
        assert found["headline"] is None or found["repeats_used"] > 0
        if found["ci"] is not None:
            assert None not in (found["harrell"], found["oob"], found["headline"])
            assert found["ci"]["low"] < found["headline"] < found["ci"]["high"]
        for key, value in found.items():
            if value is None:
                assert summary["absent"][f"{where}.{key}"], f"{where}.{key}"


@pytest.mark.parametrize(("sizes", "events"), SOME)
def test_numbers_and_the_counts_they_rest_on_agree(tmp_path, sizes, events):
    check_counts(run_of(tmp_path, sizes, events))


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "events"), [each for each in GRID if each not in SOME])
def test_they_agree_for_every_number_of_events_and_patients(tmp_path, sizes, events):
    check_counts(run_of(tmp_path, sizes, events))
