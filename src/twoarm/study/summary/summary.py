"""The content of ``summary.json``, the contract for other programs.

What was measured, then what every question puts at its places. Whatever is not computed is null
and listed under ``absent`` with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from twoarm.study.judge.answers import Answers
from twoarm.study.judge.large import fewer
from twoarm.study.judge.verdict import verdict
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.plan import Plan
from twoarm.study.summary.measured import measured_outcome
from twoarm.study.summary.quoted import quoted
from twoarm.study.summary.tree import Node, place, resolved

__all__ = ["summary_of"]


def summary_of(
    plan: Plan,
    outcomes: Mapping[str, OutcomeResult],
    answers: Answers,
    *,
    replicates: int,
    version: str,
    absent: Mapping[str, str],
) -> dict[str, Any]:
    """Give the summary of a run as plain dictionaries, lists, numbers and texts.

    Parameters
    ----------
    plan, outcomes, answers, replicates, version
        Of a `StudyResult`.
    absent : mapping of str to str
        Measured parts that are null, by path, and why.
    """
    cohort = plan.cohort
    tree = Node(
        study={"name": plan.study.name, "title": plan.file.study.title},
        cohort={
            "n": len(cohort),
            "n_control": int((cohort.treatment == 0).sum()),
            "n_treated": int((cohort.treatment == 1).sum()),
            "synthetic": cohort.synthetic,
            "excluded": [asdict(each) for each in cohort.flow.excluded],
            "missing": cohort.missing_shares(),
        },
        run={
            "replicates": replicates,
            "seed": plan.seed,
            "version": version,
            **_fewer_draws(plan),
        },
        outcomes=Node(
            {
                name: measured_outcome(outcome, quoted(answers, name).needed)
                for name, outcome in outcomes.items()
            }
        ),
    )
    for path, value, after in answers.places():
        place(tree, path, value, after)
    summary: dict[str, Any]
    summary, reasons = resolved(tree)
    summary["verdict"] = [
        {**asdict(each), "rests_on": list(each.rests_on)} for each in verdict(answers)
    ]
    summary["findings"] = [
        {"name": each.name, "verdict": each.verdict, "text": each.text} for each in answers.findings
    ]
    summary["absent"] = dict(sorted((reasons | dict(absent)).items()))
    return summary


def _fewer_draws(plan: Plan) -> dict[str, Any]:
    """State what a large cohort's run did less often; a smaller one's says nothing of it."""
    stated = [asdict(each) for each in fewer(plan)]
    return {"fewer_draws": stated} if stated else {}
