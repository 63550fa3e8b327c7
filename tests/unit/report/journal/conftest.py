"""Runs of every kind that a study can be, small enough to be made in a test."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.pictures import pictures

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import Absent
from twoarm.report.html import page_of, render
from twoarm.report.sections import sections
from twoarm.study import run
from twoarm.study.judge.answers import said

STUDY = """\
{predictors}
[study]
name = "kinds"
title = "Kinds of runs"
cohort = "data.csv"
{centre}
{registration}

[target_trial]
eligibility = "Adults."
time_zero = "decision"
strategies = {{ control = "usual care", treated = "the new one" }}
control_by = "{control_by}"
estimand = "risk difference"
population = "{population}"

[treatment]
column = "arm"
control = 0
treated = 1

[[outcomes]]
name = "dead"
column = "dead"
event = {{ equals = 1 }}
desirable = false
primary = true
threshold = 0.05

[[outcomes]]
name = "home"
column = "home"
event = {{ equals = 1 }}
desirable = true

[model]
members = {members}
inner_folds = 2

[validation]
cross_fit_folds = 2
cross_fit_repeats = 1
heterogeneity_draws = 2

[importance]
repeats = 1
"""
PREDICTORS = """
[[predictors]]
column = "age"
type = "number"
unit = "years"
{may}

[[predictors]]
column = "ward"
type = "nominal"
levels = [{{ code = "A" }}, {{ code = "B" }}, {{ code = "C" }}]
{may}
"""
PROPENSITY = """
[[columns]]
column = "age"
type = "number"
propensity = true
"""
KINDS = {
    "plain": {},
    "missing": {"missing": 0.15},
    "few events": {"risk": 0.06},
    "by lot": {"control_by": "randomised", "centre": True},
    "no overlap": {"apart": True},
    "no predictors": {"predictors": False},
    "overlap population": {"population": "overlap", "members": '["mean"]', "registered": True},
}


def pytest_generate_tests(metafunc):
    """Try every kind of run wherever a test takes a `kind`."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", list(KINDS))


@pytest.fixture(scope="session")
def unanswered():
    """Give a result as if some of its questions had no answer."""

    def without(result, names, reason="too few patients", *, defect=False):
        old, absent = result.answers, Absent(reason, defect=defect)
        values = {
            name: dict.fromkeys(found, absent) if name in names else found
            for name, found in old.values.items()
        }
        return replace(result, answers=said(old.study, old.questions, values))

    return without


def columns_of(rng, n, *, risk, missing, apart, centre):
    age = rng.normal(60, 12, n).round(1).astype(object)
    arm = (age > 60).astype(int) if apart else rng.integers(0, 2, n)
    gone = rng.random((3, n)) < missing
    dead = (rng.random(n) < risk).astype(int)
    table = {
        "arm": arm,
        "age": np.where(gone[0], "", age),
        "ward": np.where(gone[1], "", rng.choice(["A", "B", "C"], n)),
        "dead": np.where(gone[2], "", dead.astype(object)),
        "home": rng.integers(0, 2, n),
    }
    return table | ({"centre": rng.integers(1, 5, n)} if centre else {})


@pytest.fixture(scope="session")
def kind_of_run(tmp_path_factory):
    """Give the finished run of a kind; each is made once."""
    made = {}

    def give(kind):
        if kind not in made:
            made[kind] = run_of(tmp_path_factory.mktemp("kind"), **KINDS[kind])
        return made[kind]

    return give


@pytest.fixture(scope="session")
def page_of_kind(kind_of_run):
    """Give a kind's finished run with the sections and the page of its report."""
    made = {}

    def give(kind):
        if kind not in made:
            result = kind_of_run(kind)
            with pictures(rendered=False):
                found, faults = sections(result)
            assert faults == {}
            made[kind] = result, found, render(page_of(result, found))
        return made[kind]

    return give


def run_of(
    folder,
    *,
    risk=0.3,
    missing=0.0,
    apart=False,
    centre=False,
    predictors=True,
    control_by="other",
    population="all",
    members='["mean", "logistic"]',
    registered=False,
):
    rng = np.random.default_rng(8)
    table = columns_of(rng, 160, risk=risk, missing=missing, apart=apart, centre=centre)
    rows = [tuple(table), *zip(*table.values(), strict=True)]
    (folder / "data.csv").write_text(
        "\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8"
    )
    may = "may_be_missing = true" if missing else ""
    text = STUDY.format(
        predictors="" if predictors else "predictors = []",
        centre='centre = "centre"' if centre else "",
        registration='registration = "OSF, 2026-01-15"' if registered else "",
        control_by=control_by,
        population=population,
        members=members,
    )
    text += PREDICTORS.format(may=may) if predictors else PROPENSITY
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    return run(
        study, read_cohort(study), out=folder / "run", replicates=4, executor="serial", seed=3
    )
