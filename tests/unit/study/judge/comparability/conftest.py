"""Small studies whose arms overlap as a test wants it."""

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort

STUDY = """
[study]
name = "overlap"
title = "Overlap"
cohort = "data.csv"
id = "pid"
seed = 7
{centre}

[target_trial]
eligibility = "Adults"
time_zero = "Decision"
strategies = {{ control = "usual care", treated = "new" }}
control_by = "{control_by}"
estimand = "Risk difference"
population = "{population}"

[treatment]
column = "arm"
control = 0
treated = 1

[[outcomes]]
name = "death"
column = "dead"
event = {{ equals = 1 }}
desirable = false
primary = true
threshold = 0.05

[[predictors]]
column = "age"
label = "Age"
type = "number"
unit = "years"

[[predictors]]
column = "weight"
type = "number"
unit = "kg"

[[predictors]]
column = "ward"
label = "Ward"
type = "binary"
levels = [{{ code = 0, label = "east" }}, {{ code = 1, label = "west" }}]

[model]
members = ["mean", "logistic"]

[validation]
replicates = 4
cross_fit_folds = 2
cross_fit_repeats = 1
heterogeneity_draws = 2

[importance]
repeats = 2
"""


@pytest.fixture(scope="session")
def overlap_study(tmp_path_factory):
    """Give a study and its cohort; columns replace those of a cohort treated as by lot."""

    def made(n=120, population="all", control_by="other", **columns):
        rng = np.random.default_rng(11)
        table = {
            "pid": [f"P{k}" for k in range(n)],
            "arm": np.tile([0, 1], n // 2),
            "age": rng.normal(70, 8, n).round(1),
            "weight": rng.normal(80, 12, n).round(1),
            "ward": rng.integers(0, 2, n),
            "dead": rng.integers(0, 2, n),
        } | columns
        folder = tmp_path_factory.mktemp("overlap")
        rows = zip(*table.values(), strict=True)
        text = "\n".join(",".join(map(str, row)) for row in [tuple(table), *rows])
        (folder / "data.csv").write_text(text + "\n", encoding="utf-8")
        centre = 'centre = "centre"' if "centre" in table else ""
        text = STUDY.format(population=population, control_by=control_by, centre=centre)
        (folder / "study.toml").write_text(text, encoding="utf-8")
        study = load_study(folder / "study.toml")
        return study, read_cohort(study)

    return made
