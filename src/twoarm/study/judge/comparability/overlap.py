"""Do the arms share patients?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Overlap
from twoarm.diagnostics.comparability.overlap import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import COUNT, NUMBER, PROBABILITY, record

__all__ = ["OVERLAP"]

_PAIR = record(control=NUMBER, treated=NUMBER)


def _ask(evidence: Evidence) -> Overlap:
    return evidence.overlap


def _block(value: Overlap, _: Study) -> dict[str, Any]:
    worth = {"inverse": value.ess_inverse, "overlap": value.ess_overlap}
    return {
        "overlap.trimming": {
            "alpha": value.trimming.alpha,
            "kept": int(value.trimming.kept.sum()),
        },
        "overlap.effective_sample_size": {
            name: {"control": pair[0], "treated": pair[1]} for name, pair in worth.items()
        },
    }


OVERLAP = Question(
    name="overlap",
    scope=Scope.COHORT,
    line=Line.CAUSAL,
    doubt="patients who have no counterpart in the other arm",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key("overlap.trimming", record(alpha=PROBABILITY, kept=COUNT)),
        Key("overlap.effective_sample_size", record(inverse=_PAIR, overlap=_PAIR)),
    ),
)
