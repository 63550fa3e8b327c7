"""What two runs were asked to do, and by which software."""

from __future__ import annotations

from typing import Any

from twoarm.comparison.leaves import Difference, differing
from twoarm.comparison.reading import FinishedRun

__all__ = ["settings_differing"]


def settings_differing(a: FinishedRun, b: FinishedRun) -> tuple[Difference, ...]:
    """Give what differs in the study file (its defaults filled in), seed, replicates, versions.

    Who computed (executor, workers) and where does not change a number and is left out.
    """
    return differing(_settings(a), _settings(b))


def _settings(run: FinishedRun) -> dict[str, Any]:
    plan = run.result.plan
    file = plan.file.model_dump(mode="json", exclude={"run"})
    file["validation"].pop("replicates", None)
    file["study"].pop("seed", None)
    return {
        "run": {
            "seed": plan.seed,
            "replicates": run.result.replicates,
            "versions": run.record["versions"],
            "lock": run.record["lock"],
            "cpu": run.record["cpu"],
        },
        "study file": file,
        "benchmark": [each.model_dump(mode="json") for each in plan.study.benchmark],
    }
